"""The meetings of the simulated year: the decided calendar, and for other bodies days that a rule invents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select

from arende import commands, db, home, meetingplan, meetingrules, models, workdays
from arende.casetypes import CaseType
from arende.meetingplan import MeetingPlan
from arende.simulation.world import SAID, World, at
from arende.usecases import promises
from arende.yamlfile import text_of

ASSEMBLY_MEETS = (2, 4, 6, 10, 12)
"""Months in which an assembly meets; the other bodies meet every month but July."""
_WEEKS = {"committee": 2, "executive_board": 3, "board": 3, "local_board": 3, "assembly": 4}
"""Kind of body → in which week of the month it meets: who prepares before who decides. All others: the first."""


def plan_of(world: World, year: int) -> MeetingPlan:
    """The decided calendar of the year; where there is none, one that the rules propose."""
    settings = world.app.settings
    for file in home.calendar_files(settings):
        plan = meetingplan.read(text_of(file, file.name), file.name)
        if plan.year == year:
            return plan
    file = home.meeting_rules_file(settings)
    return meetingrules.propose(meetingrules.read(text_of(file, file.name), file.name), year)


def written(plan: MeetingPlan) -> str:
    """The plan as a calendar file."""
    return json.dumps(meetingplan.written(plan), ensure_ascii=False, default=str, indent=1)


def plan_types(world: World) -> list[CaseType]:
    """Case types whose case is the calendar of a year."""
    return [t for t in _types(world) if any(g.name == "plan_sound" for r in t.transitions for g in r.when)]


def case_types(world: World) -> list[CaseType]:
    """Case types that come in by themselves: neither meetings nor their calendars."""
    plans = {t.key for t in plan_types(world)}
    return [t for t in _types(world) if t.meeting_of is None and t.key not in plans]


def _types(world: World) -> list[CaseType]:
    return [world.app.types.current(key) for key in world.app.types.keys]


def bodies_awaited(types: Iterable[CaseType]) -> list[str]:
    """Bodies whose meetings some state waits for."""
    found: dict[str, None] = {}
    for rules in types:
        for state in rules.states.values():
            if (wanted := state.at_meeting) is not None:
                chosen = rules.fields.get(wanted.body_from or "")
                found |= dict.fromkeys([wanted.body] if wanted.body else (chosen.choices if chosen else None) or ())
    return list(found)


# ---------------------------------------------------------------- before the year begins


def prepare(world: World, year: int) -> None:
    """Decide and publish the year's calendar before it begins, and plan the meetings of every other body awaited."""
    planned: set[str] = set()
    for rules in plan_types(world):
        plan = plan_of(world, year)
        _publish(world, rules, plan)
        planned |= {m.body for m in plan.meetings}
    promises.keep(world.app)
    meeting = next((t for t in _types(world) if t.meeting_of is not None), None)
    if meeting is None:
        return
    with db.reading(world.app.engine) as conn:
        b = models.bodies.c
        kinds = {r.key: r.kind for r in conn.execute(select(b.key, b.kind))}
    for body in bodies_awaited(_types(world)):
        if body in kinds and body not in planned:
            for day in invented(kinds[body], year):
                _plan_meeting(world, meeting, body, day)


def _publish(world: World, rules: CaseType, plan: MeetingPlan) -> None:
    """Take the calendar's case to its publication on one day, as if all had been prepared for it."""
    from arende.simulation.acting import hurry

    clerk = world.holder("secretary", plan.meetings[-1].body) or world.holder("registrar") or ""
    fields = dict.fromkeys(rules.asked_by("register"), plan.year)
    asked = commands.RegisterCase(actor=clerk, type=rules.key, title=f"{rules.name()} {plan.year}", fields=fields)
    outcome = world.do(asked)
    if outcome is not None and outcome.register_no is not None:
        hurry(world, outcome.register_no)


def invented(kind: str, year: int) -> list[date]:
    """Days on which a body of that kind may meet: a Tuesday or, for an assembly, a Wednesday; never a day off."""
    months = ASSEMBLY_MEETS if kind == "assembly" else (m for m in range(1, 13) if m != 7)
    days = []
    for month in months:
        first = date(year, month, 1)
        day = first + timedelta(days=((2 if kind == "assembly" else 1) - first.weekday()) % 7)
        day += timedelta(weeks=_WEEKS.get(kind, 1) - 1)
        while not workdays.is_working_day(day):
            day += timedelta(days=1)
        days.append(day)
    return days


def _plan_meeting(world: World, rules: CaseType, body: str, day: date) -> None:
    clerk = world.holder("secretary", body) or world.holder("registrar") or ""
    fields = {rules.meeting_of or "body": body, "meeting_date": day.isoformat(), "starts_at": "09:00"}
    title = f"{body.upper()} {day.isoformat()}"
    world.do(commands.RegisterCase(actor=clerk, type=rules.key, title=title, fields=fields))


# ---------------------------------------------------------------- during the year


def plan_next_year(world: World, year: int) -> None:
    """Somebody will open the case of next year's calendar, in time for the meeting that decides it."""
    file = home.meeting_rules_file(world.app.settings)
    rules = meetingrules.read(text_of(file, file.name), file.name)
    days = sorted(m.first for m in plan_of(world, year).of(rules.decides) if m.first.month < rules.next_year.month)
    begins = workdays.add_working_days(days[-1] if days else date(year, 5, 31), 1)
    for kind in plan_types(world):
        world.later(at(begins, 9), lambda kind=kind: _open_plan(world, kind, rules.decides, year + 1))  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def _open_plan(world: World, kind: CaseType, body: str, year: int) -> None:
    clerk = world.holder("secretary", body) or ""
    fields = dict.fromkeys(kind.asked_by("register"), year)
    world.do(commands.RegisterCase(actor=clerk, type=kind.key, title=f"{kind.name()} {year} ({SAID})", fields=fields))
