"""What a simulated year shows: lead times, last days that passed, and the load on each body, month by month.

Everything is read from the record that the year left, as an administrator would read a real one.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from arende import db, models, queries, reconcile
from arende.casetypes import CaseType
from arende.meetingtables import agenda_items, meetings
from arende.prepared import Row
from arende.simulation.play import Year
from arende.usecases import audit
from arende.workdays import local_day

MACHINERY = ("no_worker", "sweep_late")
"""Findings about processes, which a simulation has none of."""
LIVED = ("plan_undecided",)
"""Findings about what people did or did not do in time: no promise of the program."""


@dataclass(frozen=True)
class Spread:
    """How long something took, in calendar days."""

    count: int
    median: float
    p90: float

    @classmethod
    def of(cls, days: list[float]) -> Spread:
        """The spread of at least one figure."""
        ordered = sorted(days)
        return cls(
            len(ordered), round(statistics.median(ordered), 1), round(ordered[math.ceil(0.9 * len(ordered)) - 1], 1)
        )


@dataclass(frozen=True)
class Missed:
    """A last day that passed before what it waited for had come, of so many that were set."""

    type: str
    what: str
    missed: int
    of: int


@dataclass(frozen=True)
class Figures:
    """The result of a simulated year; the same seed gives the same."""

    year: int
    seed: int
    cases: dict[str, dict[str, int]]
    """Type → registered, finished, waiting."""
    lead_times: dict[str, dict[str, Spread]]
    """Type → phase, or ``whole`` → how long, of those that have left the phase or have ended."""
    waiting_in: dict[str, dict[str, int]]
    """Type → state → how many cases are there at the end of the year."""
    missed: list[Missed]
    meetings: dict[str, dict[str, int]]
    """Body → held, cancelled, moved, still to come."""
    items: dict[str, list[int]]
    """Body → agenda items dealt with in each month."""
    work: dict[str, list[int]]
    """Body → tasks and requests that came to it in each month."""
    mails: dict[str, int]
    """Template → how many were handed over."""
    done: dict[str, int]
    """What was done to get there: commands, refusals, deadlines fired, stops of the sweeps."""
    refusals: list[tuple[int, str, str]]
    """How often each reason was given, in Swedish and English."""
    warned: list[str]
    """What people brought about and the program tells of at the end, such as a September without its decision."""
    broken: list[str]
    """What does not hold at the end. It should be empty."""


def of(played: Year, seed: int) -> Figures:
    """Read the figures from the record of a year that has been played."""
    app, world = played.world.app, played.world
    with db.reading(app.engine) as conn:
        cases = _rows(conn, models.cases)
        rules = {c["id"]: app.types.pinned(c["definition"], lambda h: queries.definition(conn, h)) for c in cases}
        counted, left = _counted(cases)
        figures = Figures(
            year=played.year,
            seed=seed,
            cases=counted,
            lead_times=_lead_times(conn, cases, rules),
            waiting_in=left,
            missed=_missed(conn, cases),
            meetings=_meetings(conn, cases, played.year),
            items=_items(conn, played.year),
            work=_work(conn, cases, rules, played.year),
            mails=_mails(conn),
            done=dict(sorted(world.told.items())),
            refusals=[(n, s.sv, s.en) for s, n in sorted(world.refusals.items(), key=lambda x: (-x[1], x[0].sv))],
            warned=[],
            broken=[],
        )
    figures.broken.extend(f"{f['register_no']} {f['what']}" for f in audit.verify(app)[2])
    for finding in reconcile.find(app, with_files=False):
        if finding.kind not in MACHINERY:
            (figures.warned if finding.kind in LIVED else figures.broken).append(finding.sentence.sv)
    return figures


def _rows(conn: Connection, table: Any) -> list[Row]:
    return [dict(r) for r in conn.execute(select(table).order_by(table.c.id)).mappings()]


def _counted(cases: list[Row]) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    left: dict[str, Counter[str]] = defaultdict(Counter)
    for c in cases:
        counted[c["type"]]["registered"] += 1
        counted[c["type"]]["finished" if c["closed_at"] else "waiting"] += 1
        if not c["closed_at"]:
            left[c["type"]][c["state"]] += 1
    return {k: dict(v) for k, v in counted.items()}, {k: dict(v) for k, v in left.items()}


# ---------------------------------------------------------------- lead times


def _lead_times(conn: Connection, cases: list[Row], rules: dict[int, CaseType]) -> dict[str, dict[str, Spread]]:
    """Days in each phase, of the cases that have left it; and in all, of those that have ended."""
    e = models.events.c
    query = select(e.case_id, e.recorded_at, e.payload).where(e.kind == "case:step:taken").order_by(e.case_id, e.seq)
    steps: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for row in conn.execute(query):
        steps[row.case_id].append((row.recorded_at, row.payload["to"]))
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for c in cases:
        for phase, days in _phases(c, rules[c["id"]], steps[c["id"]]).items():
            found[c["type"]][phase].append(days)
        if c["closed_at"]:
            found[c["type"]]["whole"].append(_days(c["opened_at"], c["closed_at"]))
    order = ("initiate", "prepare", "decide", "close", "whole")
    return {t: {p: Spread.of(by[p]) for p in order if by.get(p)} for t, by in found.items()}


def _phases(case: Row, rules: CaseType, steps: list[tuple[datetime, str]]) -> dict[str, float]:
    """Phase → days in it, of the phases that the case is not in any more."""
    spent: dict[str, float] = defaultdict(float)
    since, phase = case["opened_at"], rules.states[rules.initial].phase
    for moment, state in steps:
        spent[phase] += _days(since, moment)
        since = moment
        phase = phase if rules.states[state].hold else rules.states[state].phase
    if not case["closed_at"]:
        spent.pop(phase, None)
    return dict(spent)


def _days(a: datetime, b: datetime) -> float:
    return (b - a).total_seconds() / 86400


# ---------------------------------------------------------------- last days


def _missed(conn: Connection, cases: list[Row]) -> list[Missed]:
    """Last days that fired; those by which the clock itself goes on are none to be missed."""
    t = models.tasks.c
    acts = {(r.case_id, f"task:{r.seq}.{r.n}"): r.act for r in conn.execute(select(t.case_id, t.seq, t.n, t.act))}
    types = {c["id"]: c["type"] for c in cases}
    d = models.deadlines.c
    query = select(d.case_id, d.key, d.state, d.rule).where(d.step == "due", d.state != "cancelled").order_by(d.id)
    every, late = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in conn.execute(query):
        if ((row.rule or {}).get("then") or {}).get("trigger"):
            continue
        kind, _, name = row.key.partition(":")
        name = acts.get((row.case_id, row.key), name) if kind == "task" else name.partition(":")[0]
        what = (types[row.case_id], f"{kind}:{name}")
        every[what] += 1
        late[what] += row.state == "fired"
    found = [Missed(type_, what, late[type_, what], n) for (type_, what), n in every.items() if late[type_, what]]
    return sorted(found, key=lambda m: (-m.missed, m.type, m.what))


# ---------------------------------------------------------------- bodies and months


def _meetings(conn: Connection, cases: list[Row], year: int) -> dict[str, dict[str, int]]:
    states = {c["id"]: c["state"] for c in cases}
    e = models.events.c
    taken = conn.execute(select(e.case_id, e.payload).where(e.kind == "case:step:taken"))
    moved = Counter(r.case_id for r in taken if "meeting_date" in (r.payload.get("fields") or {}))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for m in _rows(conn, meetings):
        if m["day"].year != year:
            continue
        body = found[m["body"]]
        cancelled = states[m["case_id"]] == "cancelled"
        body["cancelled" if cancelled else "held" if m["over"] else "not_over"] += 1
        body["moved"] += moved[m["case_id"]] > 0
    return {k: {n: found[k][n] for n in ("held", "moved", "cancelled", "not_over")} for k in sorted(found)}


def _items(conn: Connection, year: int) -> dict[str, list[int]]:
    where = {m["case_id"]: (m["body"], m["day"]) for m in _rows(conn, meetings)}
    placed = (
        (*where[i["case_id"]],) for i in _rows(conn, agenda_items) if i["state"] == "on" and i["outcome"] is not None
    )
    return _by_month(((body, day.year, day.month) for body, day in placed), year)


def _work(conn: Connection, cases: list[Row], rules: dict[int, CaseType], year: int) -> dict[str, list[int]]:
    """Tasks by the body of their office, requests by the body of the role that is asked."""
    fields = {c["id"]: c["fields"] for c in cases}
    tasks = (((t["office"] or "").partition("@")[2] or t["role"], t["opened_at"]) for t in _rows(conn, models.tasks))
    asked = (
        (_body(rules[a["case_id"]], fields[a["case_id"]], a["role"]), a["asked_at"])
        for a in _rows(conn, models.approvals)
    )
    return _by_month((_placed(*one) for found in (tasks, asked) for one in found), year)


def _body(rules: CaseType, fields: Row, role: str) -> str:
    """The body in which a role is held; a role of no body stands for itself."""
    declared = rules.roles.get(role)
    return (declared.body or fields.get(declared.body_from or "") if declared else None) or role


def _placed(body: str, moment: datetime) -> tuple[str, int, int]:
    day = local_day(moment)
    return body, day.year, day.month


def _by_month(placed: Iterable[tuple[str, int, int]], year: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0] * 12)
    for body, of_year, month in placed:
        if of_year == year:
            found[body][month - 1] += 1
    return {body: found[body] for body in sorted(found)}


def _mails(conn: Connection) -> dict[str, int]:
    o = models.outbox.c
    counted = Counter(conn.execute(select(o.template).where(o.state == "sent")).scalars())
    return dict(sorted(counted.items(), key=lambda x: (-x[1], x[0])))
