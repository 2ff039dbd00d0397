"""How a plan is getting on: the last that was told of each activity, and figures for each priority."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from arende.operationalplan import Entry, Plan, Status

STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Figures:
    """One priority – or assignment, where it stands under none – and how many of its activities are where."""

    section: str
    name: str
    activities: int
    by_status: dict[Status, int]
    untold: int
    """Activities that nobody has followed up."""
    late: int
    """Activities past their end date that are neither done nor stopped."""


def status_of(entry: Entry, told: Mapping[str, Mapping[str, Any]]) -> Status | None:
    """What was told last, else what the plan itself says; None when nobody has said."""
    last = told.get(entry.key)
    return last["status"] if last else entry.status


def ends_of(entry: Entry, told: Mapping[str, Mapping[str, Any]]) -> date | None:
    """The day by which it is to be done: as told last, else as the plan says."""
    last = told.get(entry.key)
    return (last["ends"] if last else None) or entry.ends


def is_late(entry: Entry, told: Mapping[str, Mapping[str, Any]], today: date) -> bool:
    """Whether its day has passed and it is neither done nor stopped."""
    ends = ends_of(entry, told)
    return ends is not None and ends < today and status_of(entry, told) not in ("done", "stopped")


def figures(plan: Plan, told: Mapping[str, Mapping[str, Any]], today: date) -> list[Figures]:
    """Figures for each priority, in the order of the plan; together they count every activity once."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for above, entry in plan.walk():
        if entry.kind == "activity":
            groups.setdefault(_group(above), []).append(entry)
    return [_figures(*names, found, told, today) for names, found in groups.items()]


def _group(above: tuple[Entry, ...]) -> tuple[str, str]:
    """The section, and the nearest priority, else area, else assignment that an activity stands under."""
    by_kind = {e.kind: e.text for e in above}
    name = next((by_kind[k] for k in ("priority", "area", "assignment") if by_kind.get(k)), "–")
    return by_kind["section"], name


def _figures(
    section: str, name: str, found: list[Entry], told: Mapping[str, Mapping[str, Any]], today: date
) -> Figures:
    counted = Counter(status_of(e, told) for e in found)
    by_status = {s: counted[s] for s in STATUSES}
    late = sum(is_late(e, told, today) for e in found)
    return Figures(section, name, len(found), by_status, counted[None], late)
