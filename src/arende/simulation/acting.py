"""Somebody takes a step: which one, what has to be in place first, and the values that it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from arende import commands, db, guards, models
from arende.casetypes import CaseType
from arende.commands import Outcome
from arende.guards import Comparison
from arende.people import SYSTEM
from arende.simulation import calendar, room, sights
from arende.simulation.habits import RARE, Habits, Kind, Way
from arende.simulation.values import Values
from arende.simulation.world import SAID, World
from arende.usecases import waitingcases
from arende.usecases.facts import persons_of
from arende.usecases.options import Ask
from arende.work import Work

TRIES = 3
"""How often somebody tries to go on in vain before ending the matter or sending it back."""


@dataclass
class Desk:
    """The cases as those who work on them see them."""

    world: World
    bodies: frozenset[str]
    """Bodies whose meetings are in arende: their outcomes come from the minutes, never by hand."""
    habits: dict[str, Habits] = field(default_factory=dict)
    vain: dict[str, int] = field(default_factory=dict)
    """Diary number → how often nobody could go on since it last moved."""

    def habits_of(self, rules: CaseType) -> Habits:
        """What is usual in the case type."""
        if rules.hash not in self.habits:
            types = self.world.app.types
            told = types.current(rules.key) if rules.key in types.keys else None
            self.habits[rules.hash] = Habits(rules, told)
        return self.habits[rules.hash]

    def act(self, register_no: str) -> Outcome | None:
        """Somebody takes the case on, or does something else with it; None when it goes nowhere now."""
        with db.reading(self.world.app.engine) as conn:
            w = Work(self.world.app, Ask(actor=SYSTEM, door="clock", register_no=register_no), conn)
            w.open_case(register_no)
            turn = _Turn(self, w)
            ways = list(turn.ways())
            people = {way.rule.id: turn.people(way) for way in ways}
        for way in ways:
            for person in people[way.rule.id]:
                outcome = turn.take(way, person)
                if outcome is not None:
                    self.vain.pop(register_no, None)
                    return outcome
        if ways:  # else it waits for others
            self.vain[register_no] = self.vain.get(register_no, 0) + 1
        return None


class _Turn:
    """One attempt at one case."""

    def __init__(self, desk: Desk, w: Work) -> None:
        self.desk, self.world, self.rules, self.case = desk, desk.world, w.rules, w.case
        self.habits = desk.habits_of(w.rules)
        self.w = w

    def ways(self) -> Iterator[Way]:
        """The ways to try, in order: mostly those that lead on, now and then another one."""
        here = self.habits.ways[self.case["state"]]
        found = [w for w in here if not self._is_others_business(w) and not self._barred(w)]
        kind = self._rare()
        if kind is not None:
            yield from self.desk.world.chance.sample(of := [w for w in found if w.kind == kind], len(of))
        if (missed := self._missed_meeting()) is not None:
            yield from (w for w in here if w.trigger == missed)
        yield from (w for w in found if w.kind == "forward")
        if self.desk.vain.get(self.case["register_no"], 0) >= TRIES:
            yield from (w for kind in ("same", "ending", "back") for w in found if w.kind == kind)

    def _rare(self) -> Kind | None:
        drawn = self.world.chance.random()
        for kind, share in RARE.items():
            if (drawn := drawn - share) < 0:
                return kind
        return None

    def _is_others_business(self, way: Way) -> bool:
        """Steps that come from a meeting's minutes, from the answer to a request, or by themselves."""
        mine = self.rules.states[self.case["state"]].at_meeting
        if mine is not None:
            if way.trigger in (mine.moved, mine.taken_up):
                return True
            if way.trigger in mine.outcomes.values() and waitingcases.body_awaited(mine, self.case) in self.desk.bodies:
                return True
        leads = {lead for a in self.w.rows(models.approvals) if a["state"] == "pending" for lead in _leads(a["rule"])}
        return way.trigger in leads

    def _barred(self, way: Way) -> bool:
        """Steps that nobody would try: of another kind of case, before the day of the meeting, or of other minutes."""
        if any(e.approval and not all(persons_of(self.w, r) for r in e.approval.of) for e in way.rule.transition.then):
            return True
        known = self.case["fields"]
        asked = {k for k, f in self.rules.asked_by(way.trigger).items() if f.anew or known.get(k) in (None, "")}
        for g in way.rule.transition.when:
            if g.name == "sections_given":
                return True
            if g.name == "meeting_begun" and known["meeting_date"] > self.world.clock.today.isoformat():
                return True
            if g.name == "field" and any(
                key not in asked and not guards.within(known.get(key), Comparison.model_validate(bounds))
                for key, bounds in g.arg.items()
            ):
                return True
        return False

    def _missed_meeting(self) -> str | None:
        """The step that chooses another meeting, when the case was not on the agenda of the one it had chosen."""
        mine = self.rules.states[self.case["state"]].at_meeting
        if mine is None or mine.moved is None:
            return None
        body, day = waitingcases.body_awaited(mine, self.case), self.case["fields"].get(mine.date or "")
        passed = isinstance(day, str) and day < self.world.clock.today.isoformat()
        if not passed or body not in self.desk.bodies:
            return None
        return None if sights.on_agenda(self.w.conn, body, self.case["register_no"]) else mine.moved

    def people(self, way: Way) -> list[str]:
        """Who may take the step: first those whom the state waits for."""
        waits = self.rules.states[self.case["state"]].waits_for
        roles = sorted(
            set(way.rule.transition.by) - {"system", "external", "parties"}, key=lambda r: (r not in waits, r)
        )
        barred = {c["actor_id"] for c in self.w.rows(models.conflicts)}
        return list(dict.fromkeys(p.key for role in roles for p in persons_of(self.w, role) if p.id not in barred))

    def take(self, way: Way, person: str) -> Outcome | None:
        """Put in place what the step asks for, and take it."""
        t, world = way.rule.transition, self.world
        values = Values(world, self.rules, self.case, way.rule).given()
        for g in t.when:
            self._see_to(g.name, g.arg, person)
        note = SAID if t.comment == "required" or way.kind in ("back", "hold", "ending") else None
        no = self.case["register_no"]
        return world.do(commands.Advance(actor=person, register_no=no, trigger=way.trigger, note=note, fields=values))

    def _see_to(self, guard: str, arg: Any, person: str) -> None:
        """What a person does so that a guard has nothing to object; many guards wait for others, and are left."""
        no, world = self.case["register_no"], self.world
        if guard == "document_present" and not any(d["key"] == arg for d in self._documents()):
            self.add(person, str(arg), self._text(str(arg)))
        elif guard == "relation_present":
            if not self._has(models.relations, kind=arg):
                world.do(commands.Relate(actor=person, register_no=no, kind=str(arg), other=f"Underlag ({SAID})"))
        elif guard == "agenda_filled":
            room.fill_agenda(world, no, person)
        elif guard == "quorum_present":
            room.gather(world, no)
        elif guard == "items_settled":
            room.settle(world, no)

    def add(self, person: str, key: str, words: str) -> None:
        """Put a document on the case."""
        sha256, size = self.world.text(words)
        name, kind = (f"{key}.json", "application/json") if words.startswith("{") else (f"{key}.md", "text/markdown")
        no = self.case["register_no"]
        self.world.do(commands.AddDocument(actor=person, register_no=no, key=key, file_name=name, media_type=kind,
                                           size=size, sha256=sha256))  # fmt: skip

    def _text(self, key: str) -> str:
        year = self.case["fields"].get("year")
        if any(g.name == "plan_sound" for t in self.rules.transitions for g in t.when) and isinstance(year, int):
            return calendar.written(calendar.plan_of(self.world, year))
        return f"{self.rules.documents[key].title.sv if self.rules.documents[key].title else key}. {SAID}\n"  # type: ignore[union-attr]  # told just before

    def _documents(self) -> list[dict[str, Any]]:
        return self._rows(models.documents)

    def _has(self, table: Any, **wanted: Any) -> bool:
        return any(all(r[k] == v for k, v in wanted.items()) for r in self._rows(table))

    def _rows(self, table: Any) -> list[dict[str, Any]]:
        with db.reading(self.world.app.engine) as conn:
            found = conn.execute(select(table).where(table.c.case_id == self.case["id"])).mappings()
            return [dict(r) for r in found]


def _leads(rule: dict[str, Any]) -> set[str]:
    """The steps that the answers to a request lead to."""
    told = (rule.get(answer) or {} for answer in ("approve", "return", "reject", "withdraw"))
    return {str(lead["trigger"]) for lead in told if lead.get("trigger")}


def hurry(world: World, register_no: str) -> None:
    """Take a calendar's case to its publication at once: each step on this day, each request answered yes."""
    desk = Desk(world, frozenset())
    for _ in range(12):
        with db.reading(world.app.engine) as conn:
            w = Work(world.app, Ask(actor=SYSTEM, door="clock", register_no=register_no), conn)
            w.open_case(register_no)
            waiting = [(a["id"], a["approver_id"]) for a in w.rows(models.approvals) if a["state"] == "pending"]
            people = {a.id: a.key for a in _actors(conn)}
            turn, phase = _Turn(desk, w), w.case["phase"]
            ways = [way for way in turn.habits.ways[w.case["state"]] if way.kind == "forward"]
            who = {way.rule.id: turn.people(way) for way in ways}
        if phase == "close":
            return
        for number, approver in waiting:
            world.do(commands.DecideApproval(actor=people[approver], approval=number, decision="approve"))
        any(turn.take(way, p) is not None for way in ways for p in who[way.rule.id])


def _actors(conn: Any) -> Any:
    return conn.execute(select(models.actors.c.id, models.actors.c.key))
