"""An operational plan in words, as its documents and pages show it: four columns, a row for each activity.

A cell that covers several rows is written in the first of them, as in the table that people know. Where two versions
are compared, what differs is red and underlined or struck, and is told in words as well: nobody needs to see colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from arende.errors import Sentence
from arende.markdown import Changed
from arende.operationalplan import MARK_WORDS, STATUS_WORDS, Entry, Kind, Plan, counts
from arende.plancomparison import WORDS, Compared, Comparison
from arende.workdays import full_date

COLUMNS: tuple[Kind, ...] = ("area", "priority", "assignment", "activity")
HEADINGS = ("Prioriteringsområden", "Prioriteringar", "Förvaltningens uppdrag", "Aktiviteter")
"""As they stand above the columns."""
_GONE, _NEW = Sentence("borttaget", "gone"), Sentence("nytt", "new")

Cells = dict[str, Any]
T = TypeVar("T", Entry, Compared)


def plan_words(plan: Plan, language: str = "sv") -> dict[str, Any]:
    """A plan for its document: numbered activities, and the rows of each section."""
    return {
        "title": plan.title,
        "numbered": _numbered(plan),
        "sections": [
            {"title": s.text, "rows": rows(s.children, lambda e: said(e, language), lambda e: e.kind)}
            for s in plan.sections
        ],
        "counts": counts(plan),
    }


def change_words(found: Comparison, plan: Plan, told: Sentence, language: str = "sv") -> dict[str, Any]:
    """Two versions laid over one another, for the document with the changes marked."""
    return {
        "title": plan.title,
        "compared_with": told.in_(language),
        "numbered": [Changed([("new" if d == "added" else "gone", f"[{WORDS[d].in_(language)}] {t}")])
                     for d, t in found.numbered],
        "sections": [
            {"title": said_change(s, language),
             "rows": rows(s.children, lambda c: said_change(c, language), lambda c: c.entry.kind)}
            for s in found.sections
        ],
        "counts": [f"{WORDS[d].in_(language).lower()}: {n}" for d, n in found.counts().items() if n],
    }  # fmt: skip


def _numbered(plan: Plan) -> list[dict[str, Any]]:
    headings = list(dict.fromkeys(g.heading for g in plan.numbered))
    return [
        {"heading": h, "goals": [f"{g.number}. {g.text}" for g in plan.numbered if g.heading == h]} for h in headings
    ]


def rows(below: Sequence[T], told: Callable[[T], Any], kind: Callable[[T], Kind]) -> list[Cells]:
    """The rows of a table; a cell stands in the first row that it covers and is empty in the others."""
    found: list[Cells] = []
    for one in below:
        inner = rows(one.children, told, kind) or [dict.fromkeys(COLUMNS, "")]
        inner[0] = {**inner[0], kind(one): told(one)}
        found += inner
    return found


def said(entry: Entry, language: str = "sv") -> str:
    """An entry as it stands in its cell: numbers in front, then its words, who and until when."""
    numbers = ",".join(map(str, entry.numbers))
    mark = f"({MARK_WORDS[entry.change].in_(language)})" if entry.change not in ("unknown", "unchanged") else ""
    more = "; ".join(_about(entry, language))
    return " ".join(x for x in (numbers, entry.text or "–", mark, f"({more})" if more else "") if x)


def _about(entry: Entry, language: str) -> Iterable[str]:
    if entry.owner:
        yield Sentence(f"ansvarig: {entry.owner}", f"owner: {entry.owner}").in_(language)
    if entry.status:
        yield STATUS_WORDS[entry.status].in_(language)
    if entry.starts:
        day = full_date(entry.starts, language)
        yield Sentence(f"från {day}", f"from {day}").in_(language)
    if entry.ends:
        day = full_date(entry.ends, language)
        yield Sentence(f"senast {day}", f"by {day}").in_(language)


def said_change(c: Compared, language: str = "sv") -> Any:
    """An entry with its changes: a mark in words, and what is new and what is gone."""
    if not c.differences:
        return said(c.entry, language)
    marks = f"[{', '.join(WORDS[d].in_(language) for d in c.differences)}]"
    told = f"({'; '.join(t.in_(language) for t in c.told)})" if c.told else ""
    if c.differences[0] in ("added", "removed"):
        kind = "new" if c.differences[0] == "added" else "gone"
        return Changed([("mark", marks), (kind, said(c.entry, language))])
    parts: list[tuple[str, str]] = [("mark", marks)]
    parts += [("same", ",".join(map(str, c.entry.numbers)))] if c.entry.numbers else []
    parts += _worded(c, language) if "reworded" in c.differences else [("same", c.entry.text)]
    return Changed([*parts, *([("new", told)] if told else [])])


def _worded(c: Compared, language: str) -> list[tuple[str, str]]:
    names = {"gone": _GONE.in_(language), "new": _NEW.in_(language)}
    return [(p.kind, p.text if p.kind == "same" else f"[{names[p.kind]}: {p.text}]") for p in c.words]
