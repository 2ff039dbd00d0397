"""The values that a step asks for, as somebody might give them: read from the definition, drawn by chance."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from arende import db, models, workdays
from arende.casetypes import CaseType, FieldDef, Rule
from arende.guards import Comparison, within
from arende.simulation.world import SAID, World
from arende.statetypes import AtMeeting

_SAMPLES = ("§ 12", "12", "09:00", "A", "2021-1", "RS", "1")
"""Texts of which one fits the patterns that definitions ask for."""
LEAD = 10
"""Working days before a body's meeting when papers are to be in: a nearer meeting is not chosen."""


class Values:
    """What somebody fills in at one step of a case (or, without a case, when it is registered)."""

    def __init__(self, world: World, rules: CaseType, case: dict[str, Any] | None, rule: Rule | None) -> None:
        self.world, self.rules, self.rule = world, rules, rule
        self.stored: dict[str, Any] = dict(case["fields"]) if case else {}
        self.trigger = rule.transition.name if rule else "register"
        self.found: dict[str, Any] = {}

    def given(self) -> dict[str, Any]:
        """A value for every field that the step demands, and for those that a later day hangs on."""
        asked = self.rules.asked_by(self.trigger)
        for key, f in sorted(asked.items(), key=lambda item: item[1].type == "date"):  # a day may hang on a body chosen
            if not self._needed(key, f):
                continue
            if (value := self._value(key, f)) is not None:
                self.found[key] = value
        return self.found

    def _needed(self, key: str, f: FieldDef) -> bool:
        known = not f.anew and self.stored.get(key) not in (None, "")
        if self._is_moved(key):
            return True
        return (f.required and not known) or key in self._hung_on() or key in self._asked_for()

    def _asked_for(self) -> set[str]:
        """The first field of each "one of these is filled in"."""
        when = self.rule.transition.when if self.rule else ()
        return {str(g.arg[-1]) for g in when if g.name == "any_field" and g.arg}

    def _hung_on(self) -> set[str]:
        """Fields from which the last day of the next state, or its meeting, is counted."""
        dest = self.rule.dest if self.rule else self.rules.initial
        state = self.rules.states.get(dest)
        if state is None:
            return set()
        due, aimed = state.deadline, state.at_meeting
        days = {d for d in (due.before, due.after, due.at) if d} if due else set()
        return days | ({aimed.date} if aimed and aimed.date else set())

    def _value(self, key: str, f: FieldDef) -> Any:
        if f.type == "date":
            return self._day(key)
        if f.type == "choice":
            return self._choice(self._meant(key, tuple(f.choices or ())))
        if f.type in ("party", "parties"):
            party = self._party(key)
            return party if f.type == "party" or party is None else [party]
        if f.type == "text":
            return SAID if f.pattern is None else next((s for s in _SAMPLES if re.fullmatch(f.pattern or "", s)), None)
        plain = {"integer": self.world.clock.today.year, "decimal": "1000.00", "boolean": self.world.happens(0.5)}
        return plain.get(f.type)

    def _meant(self, key: str, choices: tuple[str, ...]) -> tuple[str, ...]:
        """The choices that this way of the step is for."""
        when = self.rule.transition.when if self.rule else ()
        bounds = [g.arg[key] for g in when if g.name == "field" and key in g.arg]
        return tuple(c for c in choices if all(within(c, Comparison.model_validate(b)) for b in bounds)) or choices

    def _choice(self, choices: tuple[str, ...]) -> str:
        """The first choice is the usual one."""
        weights = [4] + [1] * (len(choices) - 1)
        return self.world.chance.choices(choices, weights)[0]

    def _party(self, key: str) -> str | None:
        """A party of the kind that the field is called after, else any authority of the state."""
        a = models.actors.c
        with db.reading(self.world.app.engine) as conn:
            rows = conn.execute(select(a.key, a.data).where(a.kind == "party").order_by(a.key)).all()
        kinds = {r.key: (r.data or {}).get("kind") for r in rows}
        fitting = [k for k, kind in kinds.items() if kind == key] or [
            k for k, kind in kinds.items() if kind != "municipality"
        ]
        return self.world.chance.choice(fitting or list(kinds)) if kinds else None

    # ------------------------------------------------------------ days

    def _day(self, key: str) -> str:
        today = self.world.clock.today
        if self._is_moved(key):
            return _open_day(date.fromisoformat(self.stored[key]) + timedelta(days=7)).isoformat()
        aimed = next((a for a in self._meetings() if a.date == key), None)
        if aimed is not None:
            return self._meeting_day(aimed).isoformat()
        ahead = key in self._hung_on()
        return workdays.add_working_days(today, self.world.chance.randint(5, 25) if ahead else 0).isoformat()

    def _is_moved(self, key: str) -> bool:
        """The day of something to come, asked for once more: it is moved by a week."""
        before = self.stored.get(key)
        mine = self.rule is not None and self.rule.source == self.rule.dest and self.rules.fields[key].type == "date"
        if not mine or any(a.date == key for a in self._meetings()):
            return False
        return isinstance(before, str) and before > self.world.clock.today.isoformat()

    def _meetings(self) -> Iterable[AtMeeting]:
        return (s.at_meeting for s in self.rules.states.values() if s.at_meeting is not None)

    def _meeting_day(self, aimed: AtMeeting) -> date:
        """The body's next meeting that the papers still make, after any chosen just now; today where none is known."""
        today = self.world.clock.today
        if self.rule is not None and any(g.name == "meeting_held" for g in self.rule.transition.when):
            return today
        body = aimed.body or self.found.get(aimed.body_from or "") or self.stored.get(aimed.body_from or "")
        after = workdays.add_working_days(today, LEAD)
        for other in self._meetings():
            if other.date in self.found and other.date != aimed.date:
                after = max(after, date.fromisoformat(self.found[other.date]))
        return self.world.next_meeting(str(body), after) or today


def _open_day(day: date) -> date:
    while not workdays.is_working_day(day):
        day += timedelta(days=1)
    return day
