"""Two versions of an operational plan: compared on structure first, on words second.

Each entry of the one is paired with the same entry of the other: by its key, else by the same text in the same place,
by the same text elsewhere, and last by a text that has most words in common. What has no pair is added or removed; a
pair is moved, reworded, changed in its data, or the same – and may be more than one of these.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from arende.comparison import Passage, whole
from arende.errors import Sentence
from arende.operationalplan import KIND_WORDS, KINDS, STATUS_WORDS, Entry, Kind, Plan, folded

Difference = Literal["added", "removed", "reworded", "changed", "moved"]
ORDER: tuple[Difference, ...] = ("added", "removed", "reworded", "changed", "moved")
WORDS: dict[Difference, Sentence] = {
    "added": Sentence("NY", "NEW"),
    "removed": Sentence("STRUKEN", "REMOVED"),
    "reworded": Sentence("OMFORMULERAD", "REWORDED"),
    "changed": Sentence("ÄNDRAD", "CHANGED"),
    "moved": Sentence("FLYTTAD", "MOVED"),
}
"""What stands beside an entry for those who do not see its colour."""
ALIKE = 0.55
"""Of all words of two texts, the part that they must share to be one entry reworded."""
ALIKE_ELSEWHERE = 0.7
"""The same, where the entries stand in different places."""
MOST_PAIRS = 250_000
"""Pairs of unlike entries that are weighed at most; beyond that, they are told as removed and added."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One entry of either version, with what differs. ``entry`` is the new one; the old one where it is removed."""

    entry: Entry
    differences: tuple[Difference, ...]
    words: Passage
    """Its text, word by word: what stands in both, what is gone and what is new."""
    told: tuple[Sentence, ...] = ()
    """What has changed besides the text, in words: from where it moved, another owner, another end date."""
    children: tuple[Compared, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions laid over one another, in the order of the new one; what is removed stands where it stood."""

    sections: tuple[Compared, ...]
    numbered: tuple[tuple[Difference, str], ...] = ()
    """Numbered activities that are not the same, with their text."""

    def walk(self) -> Iterator[Compared]:
        """Every entry of either version."""
        yield from _walk(self.sections)

    def counts(self) -> dict[Difference, int]:
        """How many entries differ, by how. One that is both moved and reworded counts as each."""
        found = Counter(d for c in self.walk() for d in c.differences)
        return {d: found[d] for d in ORDER}


def _walk(found: tuple[Compared, ...]) -> Iterator[Compared]:
    for one in found:
        yield one
        yield from _walk(one.children)


@dataclass(slots=True, eq=False)
class _Node:
    """An entry with where it stands; compared by what it is, not by what it says."""

    entry: Entry
    at: int
    above: _Node | None
    children: list[_Node]
    pair: _Node | None = None

    @property
    def place(self) -> tuple[str, ...]:
        """The texts of what it stands under."""
        return (*self.above.place, _name(self.above.entry)) if self.above else ()


def compare(before: Plan, now: Plan) -> Comparison:
    """What differs from one version to the next."""
    old, new = _nodes(before), _nodes(now)
    _pair(old, new)
    goals_before, goals = ({(g.number, g.text) for g in p.numbered} for p in (before, now))
    numbered: list[tuple[Difference, str]] = [("removed", f"{n}. {t}") for n, t in sorted(goals_before - goals)]
    numbered += [("added", f"{n}. {t}") for n, t in sorted(goals - goals_before)]
    return Comparison(tuple(_merged([n for n in old if not n.above], [n for n in new if not n.above])), tuple(numbered))


def inherited(before: Plan, now: Plan) -> dict[int, str]:
    """The keys that entries of the new version have from the old one, by their place in ``walk``."""
    old, new = _nodes(before), _nodes(now)
    _pair(old, new)
    return {n.at: n.pair.entry.key for n in new if n.pair is not None}


def _nodes(plan: Plan) -> list[_Node]:
    found: list[_Node] = []

    def add(entries: tuple[Entry, ...], above: _Node | None) -> None:
        for entry in entries:
            node = _Node(entry, len(found), above, [])
            found.append(node)
            if above is not None:
                above.children.append(node)
            add(entry.children, node)

    add(plan.sections, None)
    return found


# ---------------------------------------------------------------- which is which


def _pair(old: list[_Node], new: list[_Node]) -> None:
    _by(old, new, lambda n: n.entry.key or None)
    _by(old, new, lambda n: (n.entry.kind, folded(n.entry.text), n.place))
    _by(old, new, lambda n: _name(n.entry) if n.entry.kind == "section" else None)
    _by(old, new, lambda n: (n.entry.kind, folded(n.entry.text)) if n.entry.text else None)
    for kind in KINDS:  # outermost first: what stands under a pair is then looked for under it
        _alike(kind, old, new)


def _name(entry: Entry) -> str:
    """What an entry says; of a section without its number, which another section put before it changes."""
    return folded(re.sub(r"^[\d.]+\s+", "", entry.text) if entry.kind == "section" else entry.text)


def _by(old: list[_Node], new: list[_Node], name: Callable[[_Node], object]) -> None:
    """Pair what bears the same name, in the order of each version."""
    waiting: dict[object, list[_Node]] = defaultdict(list)
    for node in reversed(old):
        if node.pair is None and (called := name(node)) is not None:
            waiting[called].append(node)
    for node in new:
        if node.pair is None and (called := name(node)) is not None and waiting[called]:
            _join(waiting[called].pop(), node)


def _alike(kind: Kind, old: list[_Node], new: list[_Node]) -> None:
    """Pair what is left of one kind by the words in common, the most alike first."""
    left = [n for n in old if n.pair is None and n.entry.kind == kind]
    right = [n for n in new if n.pair is None and n.entry.kind == kind]
    if len(left) * len(right) > MOST_PAIRS:
        return
    bags = {id(n): Counter(n.entry.text.casefold().split()) for n in (*left, *right)}
    weighed = [(likeness(bags[id(a)], bags[id(b)]), a, b) for a in left for b in right]
    for share, a, b in sorted(weighed, key=lambda found: -found[0]):
        together = (a.above and a.above.pair) is b.above
        if a.pair is None and b.pair is None and share >= (ALIKE if together else ALIKE_ELSEWHERE):
            _join(a, b)


def likeness(a: Counter[str], b: Counter[str]) -> float:
    """The part of all words that two texts share, from 0 to 1."""
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def _join(old: _Node, new: _Node) -> None:
    old.pair, new.pair = new, old


# ---------------------------------------------------------------- laid over one another


def _merged(old: list[_Node], new: list[_Node]) -> Iterator[Compared]:
    """The children of one place: the new ones in their order, each followed by what was removed after its pair."""
    after: dict[int, list[_Node]] = defaultdict(list)
    here, behind = {*new}, -1
    for node in old:
        if node.pair is None:
            after[behind].append(node)
        elif node.pair in here:
            behind = node.pair.at
    yield from (_removed(n) for n in after[-1])
    for node in new:
        yield _compared(node)
        yield from (_removed(n) for n in after[node.at])


def _removed(node: _Node) -> Compared:
    """What is gone, with what is gone under it; what lived on elsewhere is told there."""
    children = tuple(_removed(c) for c in node.children if c.pair is None)
    return Compared(node.entry, ("removed",), whole(node.entry.text, ""), children=children)


def _compared(node: _Node) -> Compared:
    old = node.pair
    below = tuple(_merged(old.children if old else [], node.children))
    if old is None:
        return Compared(node.entry, ("added",), whole("", node.entry.text), children=below)
    differences: list[Difference] = []
    told: list[Sentence] = []
    renumbered = list(_renumbered(old.entry, node.entry))
    if old.entry.text.split() != node.entry.text.split() and not renumbered:
        differences.append("reworded")
    if data := [*renumbered, *_data(old.entry, node.entry)]:
        differences.append("changed")
        told += data
    if (old.above and old.above.pair) is not node.above:
        differences.append("moved")
        told.append(_moved_from(old))
    return Compared(node.entry, tuple(differences), whole(old.entry.text, node.entry.text), tuple(told), children=below)


_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)*)\.?\s+(.*)", re.DOTALL)


def _renumbered(old: Entry, new: Entry) -> Iterator[Sentence]:
    """That a section has another number and the same words."""
    before, after = (_NUMBER.fullmatch(e.text) for e in (old, new))
    if new.kind != "section" or not before or not after or before[2].split() != after[2].split():
        return
    if before[1] != after[1]:
        yield _from_to(Sentence("avsnittets nummer", "section number"), _one(before[1]), _one(after[1]))


def _data(old: Entry, new: Entry) -> Iterator[Sentence]:
    """What differs in numbers, owner, status, start and end date."""
    if old.numbers != new.numbers:
        yield _from_to(Sentence("siffra", "number"), _list(old.numbers), _list(new.numbers))
    if old.owner != new.owner:
        yield _from_to(Sentence("ansvarig", "owner"), _one(old.owner), _one(new.owner))
    if old.status != new.status:
        before, after = (STATUS_WORDS[s] if s else _NOTHING for s in (old.status, new.status))
        yield _from_to(Sentence("läge", "status"), before, after)
    if old.starts != new.starts:
        yield _from_to(Sentence("startdatum", "start date"), _one(old.starts), _one(new.starts))
    if old.ends != new.ends:
        yield _from_to(Sentence("slutdatum", "end date"), _one(old.ends), _one(new.ends))


_NOTHING = Sentence("inget", "none")


def _one(value: object) -> Sentence:
    return Sentence(str(value), str(value)) if value else _NOTHING


def _list(numbers: Iterable[int]) -> Sentence:
    return _one(", ".join(map(str, numbers)))


def _from_to(what: Sentence, old: Sentence, new: Sentence) -> Sentence:
    return Sentence(f"{what.sv}: {old.sv} → {new.sv}", f"{what.en}: {old.en} → {new.en}")


def _moved_from(old: _Node) -> Sentence:
    if old.above is None:
        return Sentence("stod överst", "stood at the top")
    kind, text = KIND_WORDS[old.above.entry.kind], old.above.entry.text or "–"
    short = text if len(text) <= 80 else f"{text[:79].rstrip()}…"
    return Sentence(f"stod under {kind.sv} ”{short}”", f'stood under {kind.en} "{short}"')
