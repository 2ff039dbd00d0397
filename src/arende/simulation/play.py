"""The year itself: cases come in, people look at what waits for them, the clock sweeps, and mail leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select

from arende import actors, commands, db, outbox, queries, workdays
from arende.casetypes import CaseType
from arende.errors import Forbidden, Invalid, NotFound, Refused, Sentence, Stale
from arende.leases import claim, judge, settle
from arende.meetingtables import meetings
from arende.prepared import Row
from arende.settings import Settings
from arende.simulation import calendar, requests, sights
from arende.simulation.acting import Desk
from arende.simulation.values import Values
from arende.simulation.world import SAID, World, at, open_world
from arende.smtp import Delivery
from arende.usecases import clock, promises

SUBJECTS = (
    "kollektivtrafiken i inlandet", "gång- och cykelvägar", "kulturskolans samverkan", "digital infrastruktur",
    "vattenförsörjningen", "kompetensförsörjningen", "kustleden", "nattågen", "besöksnäringen", "klimatanpassningen",
)  # fmt: skip
BOUNCES = 0.002
"""Share of the mails that cannot be delivered."""
OUTAGE = 0.008
"""How often a day begins a stop of the sweeps, of one to three days."""
DISQUALIFIED = 0.01
"""Share of the cases whose officer has a conflict of interest; the manager gives them to another."""
BATCH = 500
"""Mails claimed at a time."""
AGAIN = 5
"""Working days after which somebody looks anew at what could not go on."""

_YES, _NO = Delivery("accepted", "250 simulated"), Delivery("permanent", "550 no such mailbox")

_BY_RULE = tuple(f": {kind.__name__}" for kind in (Forbidden, Invalid, NotFound, Refused, Stale))
"""How the line of a promise ends that was refused by the rules."""

Told = Callable[[date], object]


@dataclass
class Year:
    """One simulated year."""

    world: World
    year: int
    cases: int
    desk: Desk
    seen: dict[int, int] = field(default_factory=dict)
    """Case → the version last looked at."""
    planned: dict[int, int] = field(default_factory=dict)
    """Case → the event by which it came to the state that somebody is going to act in."""
    asked: set[tuple[str, int]] = field(default_factory=set)
    """Requests, tasks and parties that somebody is going to see to."""
    looked: datetime | None = None
    down_until: date = date.min

    def play(self, tell: Told, last: date) -> None:
        """From the first day of the year to the last one. ``tell`` hears of each month that begins."""
        self._bring_in()
        calendar.plan_next_year(self.world, self.year)
        day = date(self.year, 1, 1)
        while day <= last:
            if day.day == 1:
                tell(day)
            self._day(day)
            day += timedelta(days=1)
        self.world.run_until(at(last, 23, 59))
        self.down_until = date.min
        self._sweep()

    def _day(self, day: date) -> None:
        """At midnight and at eight the clock sweeps; on working days people look twice at what waits for them."""
        world = self.world
        if self.down_until < day and world.happens(OUTAGE):
            self.down_until = day + timedelta(days=world.chance.randint(0, 2))
            world.told["outages"] += 1
        for hour in (0, 8):
            world.run_until(at(day, hour, 1))
            self._sweep()
        if workdays.is_working_day(day):
            self._look()
            for hour in (12, 17):
                world.run_until(at(day, hour, 30))
                self._sweep()
                self._look()

    # ------------------------------------------------------------ the machine

    def _sweep(self) -> None:
        """What the flows do: fire what is due, keep what meetings promised, hand over the mail."""
        world = self.world
        with db.reading(world.app.engine) as conn:
            if self.down_until >= world.clock.today or not sights.anything_due(conn, world.clock.now):
                return
        world.told["fired"] += clock.fire_due(world.app, self._broken).count
        while sum(kept := promises.keep(world.app, self._not_kept)):
            world.told["promises_kept"] += kept[0]
            world.told["promises_refused"] += kept[1]
        self._post()

    def _not_kept(self, line: str) -> None:
        """What the rules refuse is a task for the secretary, and counted so; anything else is a fault."""
        if not line.endswith(_BY_RULE):
            self._broken(line)

    def _broken(self, line: str) -> None:
        """A fault of the program would be told here; the figures show it."""
        self.world.told["faults"] += 1
        self.world.refusals[_same(line)] += 1

    def _post(self) -> None:
        """Hand every mail over to nobody, by the same leases and settlements as real delivery."""
        world, failed, full = self.world, False, True
        while full:
            rows = claim(world.app, BATCH, "simulation", world.clock.now)
            full = len(rows) == BATCH
            settled = []
            for row in rows:
                bounced = world.happens(BOUNCES)
                failed = failed or bounced
                said = (
                    Delivery("permanent", "550 no such mailbox") if bounced else Delivery("accepted", "250 simulated")
                )
                settled.append(judge(row, said, world.clock.now))
                world.told["bounced" if bounced else "mails"] += 1
            settle(world.app, settled, "simulation", "simulation", world.clock.now)
        if failed:
            outbox.report_failures(world.app)

    # ------------------------------------------------------------ cases come in

    def _bring_in(self) -> None:
        """Spread over the working days of the year, each a type by turns of chance."""
        days = [d for n in range(366) if workdays.is_working_day(d := date(self.year, 1, 1) + timedelta(days=n))
                and d.year == self.year]  # fmt: skip
        types = calendar.case_types(self.world)
        for n in range(self.cases):
            rules = self.world.chance.choice(types)
            when = self.world.office_hour(self.world.chance.choice(days))
            self.world.later(when, partial(self._register, rules, n + 1))

    def _register(self, rules: CaseType, n: int) -> None:
        world = self.world
        offices = [r for r in rules.by if r not in rules.roles]
        officer = world.holder("case_officer")
        who = officer if officer and "case_officer" in offices and world.happens(0.7) else None
        who = who or next((p for role in offices if role != "case_officer" and (p := world.holder(role))), officer)
        if who is None:
            return
        fields = Values(world, rules, None, None).given()
        title = f"{rules.name()} om {world.chance.choice(SUBJECTS)} ({n})"
        done = world.do(commands.RegisterCase(actor=who, type=rules.key, title=title, fields=fields, officer=officer))
        if done is not None and officer is not None and world.happens(DISQUALIFIED):
            world.later(world.in_days(1), partial(self._step_aside, str(done.register_no), officer))

    def _step_aside(self, register_no: str, officer: str) -> None:
        """The officer has a conflict of interest; the manager gives the case to another."""
        world = self.world
        world.do(commands.DeclareConflict(actor=officer, register_no=register_no, reason=SAID))
        with db.reading(world.app.engine) as conn:
            others = [p.key for p in actors.holders(conn, "case_officer", None, world.clock.today) if p.key != officer]
        manager = world.holder("manager")
        if others and manager:
            new = world.chance.choice(others)
            world.do(commands.AssignCase(actor=manager, register_no=register_no, officer=new))

    # ------------------------------------------------------------ people look at what waits

    def _look(self) -> None:
        """Everything that has changed since the last look: somebody is going to see to it."""
        world, since = self.world, self.looked
        self.looked = world.clock.now
        with db.reading(world.app.engine) as conn:
            rows = [r for r in sights.changed(conn, since) if self.seen.get(r["id"]) != r["version"]]
            due = sights.last_days(conn, since) if rows else {}
            waiting = sights.waiting(conn, since)
        for row in rows:
            self.seen[row["id"]] = row["version"]
            self._plan(row, due.get((row["id"], f"state:{row['state']}")))
        for table, row in waiting:
            if (table, row["id"]) not in self.asked:
                self.asked.add((table, row["id"]))
                requests.expect(world, requests.seen(table, row))

    def _plan(self, row: Row, due_on: date | None) -> None:
        if self.planned.get(row["id"]) == row["entered_seq"]:
            return
        habits = self.desk.habits_of(self._rules(row))
        when = habits.when(self.world, row["state"], due_on, row["fields"])
        self.planned[row["id"]] = row["entered_seq"]
        if when is not None:
            self.world.later(when, partial(self._act, row["id"], row["register_no"], row["entered_seq"]))

    def _rules(self, row: Row) -> CaseType:
        if row["definition"] in self.desk.habits:
            return self.desk.habits[row["definition"]].rules
        with db.reading(self.world.app.engine) as conn:
            return self.world.app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))

    def _act(self, case_id: int, register_no: str, entered_seq: int) -> None:
        """Somebody gets round to it, if the case is still where it was; in vain, it is looked at anew after a while."""
        row = self._case(case_id)
        if row["entered_seq"] != entered_seq or row["closed_at"] is not None:
            return
        self.desk.act(register_no)
        now = self._case(case_id)
        if now["entered_seq"] == entered_seq and now["closed_at"] is None:
            again = self.world.in_days(AGAIN)
            self.world.later(again, partial(self._act, case_id, register_no, entered_seq))
        elif self.desk.habits_of(self._rules(now)).sits(now["state"]):
            self._plan(now, None)

    def _case(self, case_id: int) -> Row:
        with db.reading(self.world.app.engine) as conn:
            return sights.case(conn, case_id)


def play(settings: Settings, year: int, cases: int, seed: int, tell: Told, last: date | None = None) -> Year:
    """Simulate a year (or until its day ``last``) in the installation that the settings name; it must have no cases.

    The cases are spread over the whole year. Raises Refused where there are cases already.
    """
    begins = at(date(year - 1, 12, 1), 9)
    world = open_world(settings, seed, begins)
    calendar.prepare(world, year)
    with db.reading(world.app.engine) as conn:
        meeting = frozenset(conn.execute(select(meetings.c.body).distinct()).scalars())
    played = Year(world, year, cases, Desk(world, meeting))
    played.play(tell, last or date(year, 12, 31))
    return played


def _same(line: str) -> Sentence:
    plain = "".join("#" if c.isdigit() else c for c in line)
    return Sentence(plain, plain)
