"""What two versions of a text say differently, word by word, for the eye of a person who has read the first."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

LINES, WORDS = 2000, 400
"""Lines of a text, and words of one changed place, that are compared at most: more takes too long to compare, and
nobody reads it in a mail."""
AROUND = 6
"""Unchanged words shown on either side of a change."""
PLACES = 12
"""Changed places shown at most, where nothing else is said."""


class Part(NamedTuple):
    """Some words, and whether they stand in both versions, are gone, or are new."""

    kind: Literal["same", "gone", "new"]
    text: str


Passage = tuple[Part, ...]


def passages(before: str, now: str, places: int = PLACES, words: int = WORDS) -> tuple[Passage, ...] | None:
    """Each changed place with a few words around it; None when the texts are too long to compare, or too different."""
    old, new = [line.split() for line in before.splitlines()], [line.split() for line in now.splitlines()]
    old, new = [w for w in old if w], [w for w in new if w]
    if max(len(old), len(new)) > LINES:
        return None
    found: list[Passage] = []
    lines = SequenceMatcher(None, [tuple(w) for w in old], [tuple(w) for w in new], autojunk=False)
    for tag, a, b, c, d in lines.get_opcodes():
        if tag == "equal":
            continue
        gone, added = [w for line in old[a:b] for w in line], [w for line in new[c:d] for w in line]
        if max(len(gone), len(added)) > words:
            return None
        found += _in_words(gone, added)
    return tuple(found) if len(found) <= places else None


def _in_words(old: list[str], new: list[str]) -> list[Passage]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [_passage(old, new, group) for group in matcher.get_grouped_opcodes(AROUND)]


def _passage(old: list[str], new: list[str], codes: Iterable[tuple[str, int, int, int, int]]) -> Passage:
    parts: list[Part] = []
    for tag, a, b, c, d in codes:
        if tag == "equal":
            parts.append(Part("same", " ".join(old[a:b])))
            continue
        if b > a:
            parts.append(Part("gone", " ".join(old[a:b])))
        if d > c:
            parts.append(Part("new", " ".join(new[c:d])))
    return tuple(parts)


def marked(passage: Passage, gone: str, new: str) -> str:
    """A passage as plain text: ``… behovet [borttaget: är stort] [nytt: har ökat] i länet …``."""
    named = {"gone": gone, "new": new}
    return " ".join(p.text if p.kind == "same" else f"[{named[p.kind]}: {p.text}]" for p in passage)


def whole(before: str, now: str) -> Passage:
    """The whole text word by word: what stands in both, what is gone and what is new, in reading order."""
    old, new = before.split(), now.split()
    return _passage(old, new, SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
