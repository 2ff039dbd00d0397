"""An operational plan: priority area → priority → assignment → activity, under the sections of the plan.

A plan is a tree of entries. A level may be missing: an assignment can stand right under its section, and an activity
whose assignment could not be read stands where it stood. What is not known for certain is said on the entry, as doubts,
and is never filled in: a text that has lost its red colour has changes of an unknown kind, not none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from arende.errors import Invalid, Sentence

Kind = Literal["section", "area", "priority", "assignment", "activity"]
Mark = Literal["new", "reworded", "kept", "deleted", "unchanged", "unknown"]
"""How the source says that an entry differs from the version before."""
Confidence = Literal["high", "medium", "low"]
"""How sure it is that the entry stands in its right place and column."""
Status = Literal["not_started", "ongoing", "done", "delayed", "stopped"]
Doubt = Literal[
    "column", "place", "fused", "split_word", "lone_number", "duplicate", "repeated_line", "years", "empty", "change",
    "owner", "ends", "unread"
]  # fmt: skip

KINDS: tuple[Kind, ...] = ("section", "area", "priority", "assignment", "activity")
"""From the outermost inwards."""
LETTER: dict[Kind, str] = {"section": "S", "area": "O", "priority": "P", "assignment": "U", "activity": "A"}
"""What the key of an entry begins with: sektion, område, prioritering, uppdrag, aktivitet."""
MOST = 5000
"""Entries of one plan at most: more is another document."""

KIND_WORDS: dict[Kind, Sentence] = {
    "section": Sentence("avsnitt", "section"),
    "area": Sentence("prioriteringsområde", "priority area"),
    "priority": Sentence("prioritering", "priority"),
    "assignment": Sentence("uppdrag", "assignment"),
    "activity": Sentence("aktivitet", "activity"),
}
MARK_WORDS: dict[Mark, Sentence] = {
    "new": Sentence("ny", "new"),
    "reworded": Sentence("omformulerad", "reworded"),
    "kept": Sentence("ska finnas kvar", "to be kept"),
    "deleted": Sentence("struken", "deleted"),
    "unchanged": Sentence("oförändrad", "unchanged"),
    "unknown": Sentence("ändring okänd", "change unknown"),
}
STATUS_WORDS: dict[Status, Sentence] = {
    "not_started": Sentence("ej påbörjad", "not started"),
    "ongoing": Sentence("pågår", "ongoing"),
    "done": Sentence("klar", "done"),
    "delayed": Sentence("försenad", "delayed"),
    "stopped": Sentence("avbruten", "stopped"),
}
DOUBT_WORDS: dict[Doubt, Sentence] = {
    "column": Sentence(
        "Texten visar inte i vilken kolumn cellen stod: den kan vara ett annat slag.",
        "The text does not show in which column the cell stood: it may be of another kind.",
    ),
    "place": Sentence(
        "Cellen var sammanslagen eller delad av ett sidbyte: vad den hör till är inte säkert.",
        "The cell was merged or cut by a page break: what it belongs to is not certain.",
    ),
    "fused": Sentence("Två celler har flutit ihop i texten.", "Two cells have run together in the text."),
    "split_word": Sentence(
        "Ett ord är delat utan bindestreck vid en radbrytning.", "A word is cut without a hyphen at the end of a line."
    ),
    "lone_number": Sentence(
        "En siffra stod ensam; den kan höra till cellen före eller efter.",
        "A number stood alone; it may belong to the cell before or after.",
    ),
    "duplicate": Sentence("Samma text står på flera ställen.", "The same text stands in several places."),
    "repeated_line": Sentence("Samma rad står två gånger i följd.", "The same line stands twice in a row."),
    "years": Sentence(
        "Årtalen går inte att förstå (till exempel 20201-2020).", "The years make no sense (such as 20201-2020)."
    ),
    "empty": Sentence("Inget står under den.", "Nothing stands under it."),
    "owner": Sentence(
        "Ingen med det namnet finns bland personer, enheter och nämnder.",
        "Nobody of that name is among the persons, units and bodies.",
    ),
    "ends": Sentence(
        "Slutdatumet ligger före planens år eller före starten, eller går inte att läsa som en dag.",
        "The end date is before the plan's year or before the start, or cannot be read as a day.",
    ),
    "unread": Sentence(
        "Numret eller läget går inte att läsa. Det står kvar i anmärkningen.",
        "The number or the status cannot be read. It is kept in the note.",
    ),
    "change": Sentence(
        "Källan säger att ändringar är röda, men texten har ingen färg: om den är ändrad är okänt.",
        "The source says that changes are red, but the text has no colour: whether it changed is unknown.",
    ),
}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Frozen):
    """One cell of the plan and what stands under it."""

    kind: Kind
    text: str = Field(max_length=4000)
    """As it stands in the source, its lines joined; empty for a cell that was empty or could not be read."""
    key: str = Field("", pattern=r"^([SOPUA][0-9]{1,5})?$")
    """The name it keeps from version to version, such as A17; empty until the plan has been kept."""
    numbers: tuple[Annotated[int, Field(ge=1, le=999)], ...] = Field((), max_length=20)
    """Of the numbered activities that it carries out; several when it spans them ("6,7")."""
    note: str = Field("", max_length=400)
    """What the source says about it in so many words: "Omformulerat", "Ska finnas kvar"."""
    change: Mark = "unknown"
    confidence: Confidence = "high"
    doubts: tuple[Doubt, ...] = ()
    line: int | None = Field(None, ge=1)
    """Where it begins in the source, counted from 1."""
    owner: str = Field("", max_length=200)
    """Who is responsible: a unit or an office, in words."""
    status: Status | None = None
    starts: date | None = None
    ends: date | None = None
    children: tuple[Entry, ...] = ()


class Goal(_Frozen):
    """One of the numbered activities that run through the sections."""

    number: int = Field(ge=1, le=999)
    text: Text
    heading: str = Field("", max_length=200)
    """The goal that it stands under: "Hög attraktivitet"."""


class Plan(_Frozen):
    """One version of an operational plan."""

    title: Text
    revision_note: str = Field("", max_length=1000)
    """What the source says about its own changes."""
    numbered: tuple[Goal, ...] = ()
    sections: tuple[Entry, ...] = ()

    def walk(self) -> Iterator[tuple[tuple[Entry, ...], Entry]]:
        """Every entry with what it stands under, outermost first, in the order of the plan."""
        yield from walk(self.sections)

    def of(self, kind: Kind) -> list[Entry]:
        """Every entry of one kind, in order."""
        return [e for _, e in self.walk() if e.kind == kind]


def walk(entries: tuple[Entry, ...], above: tuple[Entry, ...] = ()) -> Iterator[tuple[tuple[Entry, ...], Entry]]:
    """Each entry after what it stands under."""
    for entry in entries:
        yield above, entry
        yield from walk(entry.children, (*above, entry))


def read(given: Any) -> Plan:
    """A plan from data: our own form, or a table of rows as ``planrows`` knows it. Raises Invalid in sentences."""
    try:
        plan = Plan.model_validate(given)
    except ValidationError as e:
        first = e.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "filen"
        raise Invalid(
            Sentence(
                f"Planen går inte att läsa: {place} är fel ({first['msg']}).",
                f"The plan cannot be read: {place} is wrong ({first['msg']}).",
            )
        ) from None
    fits(plan)
    return plan


def fits(plan: Plan) -> None:
    """An entry stands only under one of a level further out, no key is had by two, and there are not too many."""
    found = list(plan.walk())
    if len(found) > MOST:
        raise Invalid(Sentence(f"Planen har {len(found)} delar; högst {MOST} går.", f"At most {MOST} entries."))
    for above, entry in found:
        outer = KINDS.index(above[-1].kind) if above else -1
        if KINDS.index(entry.kind) <= outer or (not above and entry.kind != "section"):
            wrong, under = KIND_WORDS[entry.kind], KIND_WORDS[above[-1].kind] if above else Sentence("inget", "nothing")
            raise Invalid(
                Sentence(f"{wrong.sv} ”{entry.text[:60]}” kan inte stå under {under.sv}.",
                         f'{wrong.en} "{entry.text[:60]}" cannot stand under {under.en}.')
            )  # fmt: skip
    twice = [key for key, n in Counter(e.key for _, e in found if e.key).items() if n > 1]
    if twice:
        raise Invalid(Sentence(f"Nyckeln {twice[0]} står på två ställen.", f"The key {twice[0]} stands in two places."))


_INTERVAL = re.compile(r"(?<![\d-])([12]\d{3,})\s*[-–]\s*(\d{2,})(?!\d|-\d)")
"""Neither a day (2026-06-30) nor a telephone number is one."""
_HALF = re.compile(r"\b(första|andra) halvåret ((?:19|20|21)\d\d)\b", re.IGNORECASE)


def odd_years(text: str) -> bool:
    """Whether an interval of years in the text cannot be one: 20201-2020, 2020-2018."""
    for first, last in _INTERVAL.findall(text):
        whole = last if len(last) == 4 else first[:2] + last
        if len(first) > 4 or len(last) not in (2, 4) or int(whole) < int(first):
            return True
    return False


def end_of(text: str) -> date | None:
    """The day by which the text says that it is done: "första halvåret 2019" is 2019-06-30. None when it does not."""
    found = _HALF.search(text)
    if found is None:
        return None
    return date(int(found[2]), 6, 30) if found[1].lower() == "första" else date(int(found[2]), 12, 31)


def folded(text: str) -> str:
    """The letters and digits of a text alone: what is left of it whatever broke its lines."""
    return "".join(c for c in text.casefold() if c.isalnum())


def named_in(words: str) -> str:
    """A name as it is looked for: without regard to case and space."""
    return " ".join(words.casefold().split())


def _unknown(owner: str, known: Collection[str]) -> bool:
    """Whether nobody has the name, nor each of the names in a row of them ("Regionkontoret och Infrastruktur")."""
    parts = re.split(r"[,;/]|\boch\b", owner)
    return named_in(owner) not in known and not all(named_in(part) in known for part in parts)


def year_of(plan: Plan) -> int | None:
    """The first year that the title names."""
    found = re.search(r"\b(?:19|20|21)\d\d\b", plan.title)
    return int(found[0]) if found else None


def doubted(plan: Plan, year: int | None = None, known: Collection[str] | None = None) -> Plan:
    """The plan with the doubts that it raises itself: duplicates, odd years, an unknown change, emptiness, odd days.

    ``year`` is the plan's, else its title's. ``known`` has the names that an owner may have, as ``named_in`` gives
    them; None = not known, so that no owner is doubted.
    """
    begins = date(first, 1, 1) if (first := year or year_of(plan)) else date.min
    seen = Counter((e.kind, folded(e.text)) for _, e in plan.walk() if e.text)
    red = bool(re.search(r"\brö(d|tt|da)\b", plan.revision_note, re.IGNORECASE))

    def told(entry: Entry) -> Entry:
        found = set(entry.doubts)
        if entry.text and entry.kind != "section" and seen[entry.kind, folded(entry.text)] > 1:
            found.add("duplicate")
        if odd_years(entry.text):
            found.add("years")
        if entry.kind in ("section", "assignment") and not any(c.text for _, c in walk(entry.children)):
            found.add("empty")
        if red and entry.change == "unknown" and entry.kind != "section":
            found.add("change")
        ends = entry.ends or (end_of(entry.text) if entry.kind == "activity" else None)
        if ends and ends < max(begins, entry.starts or begins):
            found.add("ends")
        if entry.owner and known is not None and _unknown(entry.owner, known):
            found.add("owner")
        return entry.model_copy(
            update={
                "doubts": tuple(sorted(found)),
                "ends": ends,
                "children": tuple(told(c) for c in entry.children),
            }
        )

    return plan.model_copy(update={"sections": tuple(told(s) for s in plan.sections)})


def keyed(plan: Plan, inherited: dict[int, str] | None = None, taken: dict[str, int] | None = None) -> Plan:
    """The plan with a key on every entry: its own, else the inherited one (by its place in ``walk``), else a new one.

    ``taken`` is the highest number used so far under each letter; a key that was once given is never given again.
    """
    last = Counter(taken or {})
    order = [e for _, e in plan.walk()]
    keys = [(inherited or {}).get(n) or e.key for n, e in enumerate(order)]
    for key in filter(None, keys):
        last[key[0]] = max(last[key[0]], int(key[1:]))
    numbered = iter(range(len(order)))

    def named(entry: Entry) -> Entry:
        key = keys[next(numbered)]
        if not key:
            last[LETTER[entry.kind]] += 1
            key = f"{LETTER[entry.kind]}{last[LETTER[entry.kind]]}"
        return entry.model_copy(update={"key": key, "children": tuple(named(c) for c in entry.children)})

    return plan.model_copy(update={"sections": tuple(named(s) for s in plan.sections)})


def counts(plan: Plan) -> dict[str, int]:
    """How many entries there are of each kind, and how many that somebody should look at."""
    found = Counter(e.kind for _, e in plan.walk() if e.text)
    return {
        "numbered": len(plan.numbered),
        **{kind: found[kind] for kind in KINDS},
        "uncertain": sum(1 for _, e in plan.walk() if uncertain(e)),
    }


def uncertain(entry: Entry) -> bool:
    """Whether a person should look at the entry: its place is not certain, or its text is odd."""
    return entry.confidence != "high" or bool(set(entry.doubts) - {"change"})
