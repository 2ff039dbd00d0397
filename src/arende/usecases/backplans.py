"""Planning a case backwards from a body's meeting: what the pure plan needs, gathered from database and calendars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from arende import backplan, db, duedates, models, queries, workdays
from arende.app import App
from arende.backplan import BackPlan, BodyRules, Stage
from arende.errors import Refused, Sentence
from arende.swedish_holidays import FIRST_YEAR
from arende.usecases import successions
from arende.usecases.meetingdays import body_row, due_before, meeting_days, proposed_meetings

ALTERNATIVES = 3
"""How many other meetings that can be made are shown."""


@dataclass(frozen=True)
class Planned:
    """The chain to the chosen meeting, the meetings to choose instead, and what a change of meeting leads to."""

    chosen: BackPlan
    alternatives: tuple[BackPlan, ...]
    aimed_at: date | None
    """The meeting that the case says it aims at, when it is another one."""
    effects: tuple[Sentence, ...]


@dataclass(frozen=True)
class Asked:
    """Everything a plan is made of, but the meeting."""

    stages: list[Stage]
    rules: Mapping[str, BodyRules]
    days: Mapping[str, tuple[date, ...]]
    body: str
    today: date
    aimed_at: date | None
    proposed: frozenset[tuple[str, date]]

    def to(self, meeting: date) -> BackPlan:
        """The chain back from the meeting."""
        return backplan.plan(self.stages, self.rules, self.days, self.body, meeting, self.today, self.proposed)

    @property
    def decided(self) -> set[int]:
        """The years in which somebody has decided when the body meets."""
        return {d.year for d in self.days[self.body] if (self.body, d) not in self.proposed}


def back_plan(app: App, register_no: str, body: str, meeting: date | None = None) -> Planned:
    """The case planned back from ``meeting`` of ``body`` – or from the one it aims at, else the first that can be made.

    ``body`` is a key or short name of the people file. Raises NotFound for an unknown case or body, and Refused when
    the body does not meet that day or has no meeting ahead, or the case has ended.
    """
    with db.reading(app.engine) as conn:
        still_open(queries.case(conn, register_no))
        asked = gather_plan(app, conn, register_no, body, meeting)
    chosen, later = choose(asked, meeting)
    others = tuple(p for p in later if p.feasible and p.meeting != chosen.meeting)[:ALTERNATIVES]
    moved = asked.aimed_at if asked.aimed_at != chosen.meeting else None
    effects = tuple(backplan.effects(asked.to(moved), chosen)) if moved else ()
    return Planned(chosen, others, moved, effects)


def choose(asked: Asked, meeting: date | None) -> tuple[BackPlan, list[BackPlan]]:
    """The chain to the meeting asked for, or to the best; and those to the next meetings that can be made."""
    later = backplan.proposals(
        asked.stages, asked.rules, asked.days, asked.body, asked.today, ALTERNATIVES + 1, asked.proposed
    )
    return (asked.to(_known(asked, meeting)) if meeting else _best(asked, later)), later


def gather_plan(app: App, conn: Connection, register_no: str, body: str, meeting: date | None = None) -> Asked:
    """What the plan of a case is made of, as the database and the calendars have it."""
    case = queries.case(conn, register_no)
    ct = app.types.pinned(case["definition"], lambda h: queries.definition(conn, h))
    rules = {row["key"]: _rules(dict(row)) for row in conn.execute(select(models.bodies)).mappings().all()}
    found = body_row(conn, body)
    key = str(found["key"])
    first, today = date(FIRST_YEAR, 1, 1), workdays.local_day(app.clock())
    successions.demand_body(conn, found, meeting or today)
    decided = {b: meeting_days(conn, b, first, calendar=app.calendar) for b in rules}
    stages = backplan.way(ct, case["state"], key, case["fields"])
    aimed = case["fields"].get(stages[-1].aims or "")
    years = {y for d in filter(None, (today, meeting)) for y in (d.year - 1, d.year, d.year + 1)}
    may = [m for m in proposed_meetings(app, conn, sorted(years)) if m.body in rules]
    return Asked(
        stages=stages,
        rules=rules,
        days={b: tuple(sorted({*known, *(m.first for m in may if m.body == b)})) for b, known in decided.items()},
        body=key,
        today=today,
        aimed_at=date.fromisoformat(aimed) if aimed else None,
        proposed=frozenset((m.body, m.first) for m in may),
    )


def still_open(case: Mapping[str, Any]) -> None:
    """Refuse to plan a case that has ended."""
    if case["closed_at"] is not None:
        ended = workdays.local_day(case["closed_at"])
        raise Refused(
            Sentence(
                f"{case['register_no']} avslutades den {workdays.full_date(ended)}: det finns inget kvar att planera.",
                f"{case['register_no']} ended on {workdays.full_date(ended, 'en')}: nothing is left to plan.",
            )
        )


def _rules(row: Mapping[str, Any]) -> BodyRules:
    name = Sentence(row["short"] or row["name_sv"], row["short"] or row["name_en"] or row["name_sv"])
    data = row["data"]
    papers, summons = (due_before(d) if (d := data.get(key)) else None for key in ("papers", "summons"))
    return BodyRules(row["key"], name, data.get("prepared_by"), papers, summons)


def _known(asked: Asked, meeting: date) -> date:
    """The day, when the body meets then. Where nobody has decided the year, it may meet on any working day."""
    days = asked.days[asked.body]
    name = asked.rules[asked.body].name
    if meeting.year in asked.decided and meeting not in days:
        near = sorted(sorted(days, key=lambda d: abs(d - meeting))[:2])
        sv, en = (" och ".join(map(workdays.full_date, near)), " and ".join(workdays.full_date(d, "en") for d in near))
        raise Refused(
            Sentence(
                f"{name.sv} möts inte {workdays.spoken_date(meeting)}. Närmast: {sv}.",
                f"{name.en} does not meet on {workdays.spoken_date(meeting, 'en')}. Nearest: {en}.",
            )
        )
    if not workdays.is_working_day(meeting):
        kind = workdays.day_name(meeting)
        raise Refused(
            Sentence(
                f"{workdays.full_date(meeting)} är {kind.sv}. Välj en arbetsdag.",
                f"{workdays.full_date(meeting, 'en')} is {kind.en}. Choose a working day.",
            )
        )
    return meeting


def _best(asked: Asked, later: list[BackPlan]) -> BackPlan:
    if asked.aimed_at and asked.aimed_at >= asked.today:
        return asked.to(asked.aimed_at)
    found = next((p for p in later if p.feasible), None) or (later[0] if later else None)
    if found is None:
        name = asked.rules[asked.body].name
        raise duedates.NoMeeting(
            Sentence(
                f"{name.sv} har inget planerat möte från den {workdays.full_date(asked.today)}. "
                "Lägg in årets kalender, eller ange dagen med --meeting.",
                f"{name.en} has no meeting planned from {workdays.full_date(asked.today, 'en')}. "
                "Add the year's calendar, or give the day by --meeting.",
            )
        )
    return found
