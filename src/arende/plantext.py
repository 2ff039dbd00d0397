"""An operational plan read from the text of a document, with its doubts.

The text of a table that was printed and copied out has lost its columns: cells stand one after the other, with empty
lines between. What is left to read by, and how far it is trusted:

- A heading "1.2 …" begins a section; the headings of the columns come again on each page.
- A cell with numbers in front ("6,7 …") is an assignment. A cell whose lines break earlier than the width of the other
  cells is of a narrow column, a priority. Any other cell is taken for an activity and says that its column is
  doubtful; where a section has no numbers at all, that is every cell.
- A merged cell is printed with the *last* row that it covers, left to right. So the cell after an assignment is its
  last activity, and those before it are its others. What stands on either side of a page break may belong to both: the
  entry is kept where it stands and says so.

Nothing is left out and nothing is mended: each line of the tables is in one entry, with the line it begins on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from arende.errors import Invalid, Sentence
from arende.operationalplan import MOST, Confidence, Doubt, Entry, Goal, Kind, Plan, doubted, walk
from arende.planrows import mark_of

SECTION = re.compile(r"^\s*(\d{1,2}\.\d{1,2})\s+(\S.*)$")
NUMBERED = re.compile(r"^([1-9]\d{0,2})\.\s+(\S.*)$")
IN_FRONT = re.compile(r"^([1-9]\d?(?:\s*(?:,|och|[-–])\s*[1-9]\d?)*)\s+(?=\D)")
"""Numbers in front of a cell: "6 Nationell plan", "6,7 Utveckla", "6–8 Samordna"."""
MOST_NUMBERS = 20
"""Numbers that an entry spans at most; more are taken for words."""
FUSED = re.compile(r"^(\d{1,2})(?=[A-ZÅÄÖ])|[a-zåäö](?=[A-ZÅÄÖ][a-zåäö]{3})")
"""A number without a space before its cell, or a capital in the middle of a word."""
NOTE = re.compile(r"^\((\w[^)]{2,40})\)\s*|\s*-\s*(Ska finnas kvar)$")
HEADINGS = ("prioriteringsområden", "prioriteringar", "aktiviteter")
ENDINGS = re.compile(r"^(ar|er|or|rhet)\b|^(en|na|rna)$")
"""What a line begins with when a word was cut before it without a hyphen."""
NARROWER = 0.95
"""How much narrower than half of the cells are at least a cell must be to be of another column."""
BROKEN = 0.88
"""A line that was broken though the next word had room, to this part of the widest, ends a cell of its own."""
LONGEST = 2_000_000
"""Characters of a text at most."""


_WIDTHS = {
    **dict.fromkeys("ijl|'.,:;", 0.45),
    **dict.fromkeys("tfrI-()/ ", 0.57),
    **dict.fromkeys("ckszvxyaeåäöé", 0.9),
    **dict.fromkeys("mMWw", 1.45),
    **dict.fromkeys("ABCDEGHKNOPQRSTUVXYÅÄÖ%&", 1.22),
}
"""What a letter takes in the proportional types that tables are set in; any other takes 1."""


def _width(line: str) -> float:
    return sum(_WIDTHS.get(letter, 1.0) for letter in line.strip())


@dataclass(frozen=True, slots=True)
class Cell:
    """The lines of one cell, as they stand."""

    line: int
    lines: tuple[str, ...]

    @property
    def widest(self) -> float:
        """What the column has room for at least."""
        return max(_width(line) for line in self.lines)

    @property
    def room(self) -> float | None:
        """What the column has room for at most, since the next word did not fit; None for a single line."""
        cut = [f"{a} {b.split()[0]}" for a, b in pairwise(self.lines) if not a.endswith(")")]
        return min((_width(line) for line in cut), default=None)


@dataclass(slots=True)
class _Section:
    heading: list[str]
    line: int
    pages: list[list[Cell]] = field(default_factory=lambda: [[]])


def read_text(text: str) -> Plan:
    """The plan that a text tells. Raises Invalid when the text has no section with a table."""
    if len(text) > LONGEST:
        raise Invalid(Sentence("Texten är för lång för en verksamhetsplan.", "The text is too long for a plan."))
    lines = text.replace("\f", "\n ").splitlines()
    first = next((n for n, line in enumerate(lines) if SECTION.match(line)), len(lines))
    sections = _sections(lines, first)
    if not any(any(s.pages) for s in sections):
        raise Invalid(
            Sentence(
                "Texten har inget avsnitt med en tabell. Ett avsnitt börjar med nummer och namn, som "
                "”1.1 Övergripande”, och sedan raden ”Prioriteringsområden Prioriteringar Förvaltningens uppdrag "
                "Aktiviteter”.",
                "The text has no section with a table. A section begins with a number and a name, such as "
                '"1.1 General", and then the line "Prioriteringsområden Prioriteringar Förvaltningens uppdrag '
                'Aktiviteter".',
            )
        )
    title, note, goals = _front(lines[:first])
    plan = Plan(title=title, revision_note=note, numbered=goals, sections=tuple(_section(s) for s in sections))
    if sum(1 for _ in plan.walk()) > MOST:
        raise Invalid(Sentence("Texten har för många celler.", "The text has too many cells."))
    return doubted(plan)


# ---------------------------------------------------------------- before the tables


def _front(lines: Sequence[str]) -> tuple[str, str, tuple[Goal, ...]]:
    """Title, what the plan says of its changes, and the numbered activities with the goal they stand under."""
    blocks = [" ".join(line.strip() for line in c.lines) for c in _cells(list(enumerate(lines, 1)))]
    top = [line.strip() for line in lines if line.strip()]
    title = re.sub(r"^\d+\s+", "", top[0]) if top else "Verksamhetsplan"
    note = next((line for line in top if "ändringar" in line.casefold()), "")
    goals: list[Goal] = []
    heading = ""
    for block in blocks[1:]:
        if found := NUMBERED.match(block):
            goals.append(Goal(number=int(found[1]), text=_words(found[2])[:4000], heading=heading[:200]))
        elif len(block) < 80 and not block.endswith("."):
            heading = block
    return title[:4000], note[:1000], tuple(goals)


# ---------------------------------------------------------------- sections, pages, cells


def _sections(lines: Sequence[str], first: int) -> list[_Section]:
    found: list[_Section] = []
    block: list[tuple[int, str]] = []
    in_heading = False

    def close() -> None:
        if block and found:
            found[-1].pages[-1].extend(_cells(block))
        block.clear()

    for n, line in enumerate(lines[first:], first + 1):
        if heading := SECTION.match(line):
            close()
            found.append(_Section([f"{heading[1]} {heading[2].strip()}"], n))
            in_heading = True
        elif _of_headings(line, lines[n : n + 1]):
            close()
            in_heading = False
            if found[-1].pages[-1]:
                found[-1].pages.append([])
        elif in_heading and line.strip():
            found[-1].heading.append(line.strip())
        elif not _tail_of_headings(line, lines[n - 2]):
            block.append((n, line))
    close()
    return found


def _of_headings(line: str, following: Sequence[str]) -> bool:
    said = f"{line} {' '.join(following)}".casefold()
    return line.strip().casefold().startswith(HEADINGS[0]) and all(h in said for h in HEADINGS)


def _tail_of_headings(line: str, before: str) -> bool:
    """The rest of the columns' headings, where they took two lines."""
    return line.strip().casefold() in ("uppdrag aktiviteter", "aktiviteter") and before.strip().casefold().startswith(
        HEADINGS[0]
    )


def _cells(lines: Iterable[tuple[int, str]]) -> list[Cell]:
    found: list[Cell] = []
    block: list[tuple[int, str]] = []
    for n, line in [*lines, (0, "")]:
        if line.strip():
            block.append((n, line.strip()))
        elif block:
            found.append(Cell(block[0][0], tuple(text for _, text in block)))
            block = []
    return found


def _words(text: str) -> str:
    return " ".join(text.split())


def joined(lines: Sequence[str]) -> str:
    """The lines of a cell as one: a hyphen at the end of a line is taken away where the word goes on in lower case."""
    text = lines[0]
    for line in lines[1:]:
        goes_on = line[:1].islower() and line.split()[0] not in ("och", "eller", "samt")
        if text[-1:] == "-" and text[-2:-1].isalpha() and goes_on:
            text = (text[:-1] if text[-2].islower() else text) + line
        else:
            text = f"{text} {line}"
    return _words(text)


# ---------------------------------------------------------------- what a cell is


@dataclass(frozen=True, slots=True)
class _Taken:
    """A cell with what it is taken for."""

    kind: Kind
    entry: Entry


def _taken(cell: Cell, width: float, numbered: bool) -> _Taken:
    lines, doubts = list(cell.lines), set[Doubt]()
    if any(a == b for a, b in pairwise(lines)):
        doubts.add("repeated_line")
    if any(ENDINGS.match(line) for line in lines[1:]):
        doubts.add("split_word")
    text = joined(lines)
    if text.isdigit():
        return _Taken("activity", Entry(kind="activity", text=text, line=cell.line, confidence="low",
                                        doubts=("column", "lone_number")))  # fmt: skip
    if FUSED.search(text) or (cell.room is not None and cell.room < BROKEN * cell.widest):
        doubts.add("fused")
    numbers, text = numbers_of(text)
    note, text = _noted(text)
    kind, sure = _kind(cell, bool(numbers), width, numbered)
    if sure != "high":
        doubts.add("column")
    return _Taken(kind, Entry(kind=kind, text=text[:4000], numbers=numbers, note=note, change=mark_of(note),
                              confidence=sure, doubts=tuple(sorted(doubts)), line=cell.line))  # fmt: skip


def numbers_of(text: str) -> tuple[tuple[int, ...], str]:
    """The numbers in front of a cell, each of those that they span, and what follows."""
    found = IN_FRONT.match(text)
    numbers: list[int] = []
    for first, last in re.findall(r"(\d+)(?:\s*[-–]\s*(\d+))?", found[1] if found else ""):
        numbers += range(int(first), int(last or first) + 1)
    if found is None or not 0 < len(numbers) <= MOST_NUMBERS:
        return (), text
    return tuple(numbers), text[found.end() :]


def _kind(cell: Cell, has_number: bool, width: float, numbered: bool) -> tuple[Kind, Confidence]:
    if has_number:
        return "assignment", "high"
    if numbered and cell.room is not None and cell.room < width:
        return "priority", "medium"
    return "activity", "medium" if numbered and len(cell.lines) > 1 else "low"


def _noted(text: str) -> tuple[str, str]:
    """A note that the source has put into the cell, and the text without it."""
    found = NOTE.search(text)
    if found is None or mark_of(found[1] or found[2]) == "unknown":
        return "", text
    return found[1] or found[2], _words(text[: found.start()] + text[found.end() :])


# ---------------------------------------------------------------- what belongs to what


def _section(section: _Section) -> Entry:
    cells = [cell for page in section.pages for cell in page]
    usual = [c.widest for c in cells if len(c.lines) > 2 and not IN_FRONT.match(c.lines[0])]
    width = NARROWER * median(usual) if usual else 0.0
    numbered = any(IN_FRONT.match(c.lines[0]) for c in cells)
    rows: list[Entry] = []
    for n, page in enumerate(section.pages):
        taken = [_taken(cell, width, numbered) for cell in page]
        rows += sorted(_page(taken, cut_before=n > 0, cut_after=n + 1 < len(section.pages)), key=_first_line)
    return Entry(kind="section", text=_words(" ".join(section.heading))[:4000], line=section.line, children=tuple(rows))


def _first_line(entry: Entry) -> int:
    return min((e.line or 0) for _, e in walk((entry,)))


def _page(taken: list[_Taken], cut_before: bool, cut_after: bool) -> list[Entry]:
    """The entries of one page, each under what was printed with its last row."""
    found: list[Entry] = []
    waiting: list[Entry] = []
    """Entries whose priority has not come yet."""
    loose: list[Entry] = []
    """Activities whose assignment has not come yet."""
    priority: Entry | None = None
    rest = list(taken)
    first = cut_before
    while rest:
        one = rest.pop(0)
        if one.kind == "activity":
            before_priority = bool(rest) and rest[0].kind == "priority"
            loose.append(one.entry.model_copy(update={"confidence": "low"}) if before_priority else one.entry)
            continue
        if one.kind == "priority":
            if priority is not None:
                found.append(priority)
            priority = one.entry
            continue
        last = [rest.pop(0).entry] if rest and rest[0].kind == "activity" else []
        waiting.append(_with(one.entry, [*loose, *last], doubtful=bool(loose) and first))
        loose, first = [], False
        if priority is not None:
            found.append(priority.model_copy(update={"children": tuple(_placed(waiting, doubtful=cut_before))}))
            priority, waiting, cut_before = None, [], False
    if priority is not None:
        found.append(priority.model_copy(update={"children": tuple(_placed(waiting, doubtful=True))}))
        waiting = []
    return [*found, *_placed(waiting, doubtful=True), *_placed(loose, doubtful=cut_after or bool(loose))]


def _with(assignment: Entry, activities: list[Entry], doubtful: bool) -> Entry:
    return assignment.model_copy(update={"children": tuple(_placed(activities, doubtful))})


def _placed(entries: list[Entry], doubtful: bool) -> list[Entry]:
    """The entries, saying that what they belong to is not certain where it is not."""
    if not doubtful:
        return entries
    return [e.model_copy(update={"confidence": "low", "doubts": tuple(sorted({*e.doubts, "place"}))}) for e in entries]
