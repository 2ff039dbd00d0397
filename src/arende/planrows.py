"""A plan as a flat table of rows: what a person has read out of a document, with how sure they were of each row.

A row names its section, priority area, priority and assignment, and carries its activities. Neighbouring rows of the
same area or priority are one entry. The words for certainty are hög, medel and låg, or high, medium and low.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arende.errors import Invalid, Sentence
from arende.operationalplan import Confidence, Entry, Goal, Mark, Plan, doubted

CERTAINTY: dict[str, Confidence] = {
    "hög": "high",
    "medel": "medium",
    "låg": "low",
    "high": "high",
    "medium": "medium",
    "low": "low",
}


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RowActivity(_Told):
    """One activity of a row."""

    text: str = Field(min_length=1, max_length=4000)
    numbers: tuple[int, ...] = ()
    note: str | None = None
    line: int | None = None


class Row(_Told):
    """One assignment with its activities, and what it stands under. None = the cell is empty or unknown."""

    section: str
    priority_area: str | None = None
    priority: str | None = None
    priority_note: str | None = None
    assignment: str | None = None
    assignment_numbers: tuple[int, ...] = ()
    assignment_line: int | None = None
    activities: tuple[RowActivity, ...] = ()
    confidence: str = "high"


class Table(_Told):
    """The whole table, with the names of its sections."""

    title: str
    revision_note: str = ""
    sections: dict[str, str]
    numbered: tuple[dict[str, Any], ...] = ()
    rows: tuple[Row, ...]


def from_table(given: Any) -> Plan:
    """The plan that a table of rows tells. Raises Invalid when it is no such table."""
    try:
        table = Table.model_validate(given)
        goals = tuple(Goal(number=g["number"], text=g["text"], heading=g.get("goal") or "") for g in table.numbered)
    except (ValidationError, KeyError) as e:
        wrong = e.errors(include_url=False)[0]["loc"] if isinstance(e, ValidationError) else (str(e),)
        place = ".".join(str(part) for part in wrong)
        raise Invalid(
            Sentence(f"Tabellen går inte att läsa: {place} är fel.", f"The table cannot be read: {place} is wrong.")
        ) from None
    unnamed = sorted({r.section for r in table.rows} - set(table.sections))
    if unnamed:
        raise Invalid(Sentence(f"Avsnittet {unnamed[0]} har inget namn.", f"Section {unnamed[0]} has no name."))
    sections = tuple(
        Entry(kind="section", text=f"{no} {title}", change="unknown",
              children=_areas([r for r in table.rows if r.section == no]))
        for no, title in table.sections.items()
    )  # fmt: skip
    return doubted(Plan(title=table.title, revision_note=table.revision_note, numbered=goals, sections=sections))


def mark_of(note: str) -> Mark:
    """What a note of the source says about the change: "Omformulerat" is reworded, "Ska finnas kvar" is kept."""
    said = f"{note.casefold()} "
    for word, mark in _NOTES:
        if word in said:
            return mark
    return "unknown"


_NOTES: tuple[tuple[str, Mark], ...] = (
    ("omformuler", "reworded"),
    ("finnas kvar", "kept"),
    ("struken", "deleted"),
    ("stryks", "deleted"),
    ("utgår", "deleted"),
    ("oförändra", "unchanged"),
    ("ny ", "new"),
    ("nytt ", "new"),
)


def _areas(rows: list[Row]) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for area, of_area in groupby(rows, lambda r: r.priority_area):
        below = _priorities(list(of_area))
        found += [Entry(kind="area", text=area, children=below)] if area else below
    return tuple(found)


def _priorities(rows: list[Row]) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for (priority, note), of_priority in groupby(rows, lambda r: (r.priority, r.priority_note or "")):
        below = tuple(e for row in of_priority for e in _assignment(row))
        found += (
            [Entry(kind="priority", text=priority, note=note, change=mark_of(note), children=below)]
            if priority
            else below
        )
    return tuple(found)


def _assignment(row: Row) -> tuple[Entry, ...]:
    sure = CERTAINTY.get(row.confidence.casefold(), "low")
    doubts = () if sure == "high" else ("place",)
    activities = tuple(
        Entry(kind="activity", text=a.text, numbers=a.numbers, note=a.note or "", change=mark_of(a.note or ""),
              line=a.line, confidence=sure)
        for a in row.activities
    )  # fmt: skip
    if not row.assignment and not activities:
        return (Entry(kind="assignment", text="", confidence=sure, doubts=doubts),)
    if not row.assignment:
        return tuple(a.model_copy(update={"doubts": doubts}) for a in activities)
    return (
        Entry(kind="assignment", text=row.assignment, numbers=row.assignment_numbers, line=row.assignment_line,
              confidence=sure, doubts=doubts, children=activities),
    )  # fmt: skip
