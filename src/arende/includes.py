"""Parts that several case types share, written once: put into a definition before it is read.

A part is a file in the folder ``parts/`` beside the definitions. It has ``roles``, ``fields``, ``documents``,
``states`` and ``transitions`` like a definition, and the word ``given`` where the definition that includes it says
which states, which target and which roles are meant. What the definition itself says under the same name stands
instead.

What comes out is one definition: it is judged, stored and hashed whole, and each place keeps its own file and line.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

from arende.errors import Sentence
from arende.yamlfile import Lines, Parsed, Path, Unreadable, parse, text_of

SECTIONS = ("roles", "fields", "documents", "states")
GIVEN = "given"
ASKS = {"from": "from", "to": "to", "by": "by", "waits_for": "by", "when": "when"}
"""Key of a part that may say ``given`` → key of the include that says what is meant."""
ASKS_OF_LETTERS = {"template": "letter"}
"""The same of the letters that the part's steps write: which template is the definition's own."""


def put_in(parsed: Parsed, file: str, folders: Sequence[pathlib.Path]) -> Parsed:
    """The definition with its parts in their places. Raises Unreadable, with file and line, for a part at fault.

    ``folders`` are searched in order for ``NAME.yaml``.
    """
    if not isinstance(parsed.data, dict) or not isinstance(asked := parsed.data.get("include"), list):
        return parsed
    whole = _Whole(parsed, file)
    for n, one in enumerate(asked):
        if isinstance(one, str):
            one = {"part": one}
        if isinstance(one, dict) and isinstance(one.get("part"), str):
            _One(whole, n, one, folders).add()
    return Parsed(whole.data, Lines(whole.lines, whole.files))


class _Whole:
    """The definition as it grows."""

    def __init__(self, parsed: Parsed, file: str) -> None:
        self.file, self.known = file, parsed.lines
        self.data: dict[str, Any] = dict(parsed.data)
        self.own = {s: _keys(parsed.data.get(s)) for s in SECTIONS}
        self.lines: dict[Path, int] = dict(parsed.lines.known)
        self.files: dict[Path, str] = {}

    def refuse(self, place: Path, sv: str, en: str) -> Unreadable:
        return Unreadable(self.file, self.known.at(place), sv, en, place)


class _One:
    """One part on its way into a definition."""

    def __init__(self, whole: _Whole, n: int, asked: dict[str, Any], folders: Sequence[pathlib.Path]) -> None:
        self.whole, self.asked, self.place = whole, asked, ("include", n)
        self.name = str(asked["part"])
        self.used: set[str] = set()
        self.file, self.parsed = self._found(folders)

    def _found(self, folders: Sequence[pathlib.Path]) -> tuple[str, Parsed]:
        for path in (folder / f"{self.name}.yaml" for folder in folders if self.name.isidentifier()):
            if path.is_file():
                return str(path), parse(text_of(path, str(path)), str(path))
        known = sorted({f.stem for folder in folders if folder.is_dir() for f in folder.glob("*.yaml")})
        raise self.whole.refuse(
            self.place,
            f"Det finns ingen del {self.name[:60]}. De som finns: {', '.join(known) or 'inga'}.",
            f"There is no part {self.name[:60]}. There are: {', '.join(known) or 'none'}.",
        )

    def add(self) -> None:
        """Put every section of the part where it belongs."""
        content = self.parsed.data
        if not isinstance(content, dict):
            raise self._wrong((), "Filen är ingen del.", "The file is no part.")
        for key in content:
            if key not in (*SECTIONS, "transitions", "title"):
                raise self._wrong((key,), *_foreign(key))
        for section in SECTIONS:
            for name, value in self._mapping(content, section):
                if name not in self.whole.own[section]:
                    self._enter(section, name, value)
        self._transitions(content.get("transitions") or [])
        for key in sorted(set(self.asked) - {"part"} - self.used):
            raise self.whole.refuse(
                (*self.place, key),
                f"Delen {self.name} frågar inte efter {key}. Ta bort raden.",
                f"The part {self.name} does not ask for {key}. Remove the line.",
            )

    def _mapping(self, content: dict[str, Any], section: str) -> Iterator[tuple[str, Any]]:
        found = content.get(section) or {}
        if not isinstance(found, dict):
            raise self._wrong(
                (section,),
                f"{section} ska ha underrubriker: nyckel och värde.",
                f"{section} should have keys and values.",
            )
        yield from found.items()

    def _enter(self, section: str, name: str, value: Any) -> None:
        there = dict(self.whole.data.get(section) or {})
        if name in there:
            raise self._wrong(
                (section, name),
                f"{name} finns redan, från en annan del. Skriv det i definitionen själv, eller byt namn.",
                f"{name} is there already, from another part. Write it in the definition itself, or rename it.",
            )
        there[name] = self._filled(value)
        self.whole.data[section] = there
        self._line((section, name), (section, name))

    def _transitions(self, found: Any) -> None:
        if not isinstance(found, list):
            raise self._wrong(("transitions",), "transitions ska vara en lista.", "transitions should be a list.")
        there = list(self.whole.data.get("transitions") or [])
        for n, value in enumerate(found):
            self._line(("transitions", n), ("transitions", len(there)))
            there.append(self._filled(value))
        self.whole.data["transitions"] = there

    def _filled(self, value: Any) -> Any:
        """A value of the part with what the definition has given in place of the word ``given``."""
        if not isinstance(value, dict):
            return value
        filled = {k: self._meant(ASKS[k], v) if k in ASKS else v for k, v in value.items()}
        if isinstance(effects := value.get("then"), list):
            filled["then"] = [self._letter(e) for e in effects]
        return filled

    def _letter(self, effect: Any) -> Any:
        letter = effect.get("letter") if isinstance(effect, dict) else None
        if not isinstance(letter, dict):
            return effect
        asked = ASKS_OF_LETTERS
        return {**effect, "letter": {k: self._meant(asked[k], v) if k in asked else v for k, v in letter.items()}}

    def _meant(self, asked: str, value: Any) -> Any:
        if value == GIVEN:
            return self._given(asked)
        if isinstance(value, list) and GIVEN in value:
            meant = self._given(asked)
            own = meant if isinstance(meant, list) else [meant]
            return [one for v in value for one in (own if v == GIVEN else [v])]
        return value

    def _given(self, key: str) -> Any:
        self.used.add(key)
        if key == "when" and key not in self.asked:
            return []  # nothing besides what the part itself demands
        if key not in self.asked:
            raise self.whole.refuse(
                self.place,
                f"Delen {self.name} behöver veta {key}: skriv include: [{{part: {self.name}, {key}: …}}].",
                f"The part {self.name} has to know {key}: write include: [{{part: {self.name}, {key}: …}}].",
            )
        return self.asked[key]

    def _line(self, here: Path, there: Path) -> None:
        """Every place of the part below ``here`` keeps its line and its file as ``there`` of the definition."""
        for path, line in self.parsed.lines.known.items():
            if path[: len(here)] == here:
                moved = (*there, *path[len(here) :])
                self.whole.lines[moved] = line
                self.whole.files[moved] = self.file

    def _wrong(self, place: Path, sv: str, en: str) -> Unreadable:
        return Unreadable(self.file, self.parsed.lines.at(place), sv, en, place)


def _foreign(key: str) -> Sentence:
    known = ", ".join((*SECTIONS, "transitions", "title"))
    return Sentence(
        f"”{key}” hör inte hemma i en del. Här kan stå: {known}.",
        f'"{key}" has no place in a part. Possible keys: {known}.',
    )


def _keys(section: object) -> frozenset[str]:
    """The keys of a section; none where it is not a mapping, which is told as a fault elsewhere."""
    return frozenset(section) if isinstance(section, dict) else frozenset()
