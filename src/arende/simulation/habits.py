"""How people are: when they get round to something, and which of the ways open to them they take.

Everything is read from the definition, so a case type that is added tomorrow is played without a line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from arende import workdays
from arende.casetypes import CaseType, Rule
from arende.simulation.world import World, at

Kind = Literal["forward", "back", "same", "hold", "ending"]
RARE: dict[Kind, float] = {"hold": 0.012, "ending": 0.006, "back": 0.07, "same": 0.03}
"""How often somebody, when acting, does something else than going on."""
LATE = 0.12
"""Share of acts that come after their last day."""
LONGEST = 15
"""Working days within which somebody gets round to what has a distant last day."""
OUTSIDE = 1.5
"""What waits for somebody outside takes so many times the time that was set for it, in the mean."""


@dataclass(frozen=True)
class Way:
    """A step out of a state, and what sort of step it is."""

    rule: Rule
    kind: Kind

    @property
    def trigger(self) -> str:
        """The step's name."""
        return self.rule.transition.name


class Habits:
    """What is usual in one case type: the way of its first scenario, and the order of its states."""

    def __init__(self, rules: CaseType, told: CaseType | None = None) -> None:
        self.rules = rules
        self.order = {state: n for n, state in enumerate(rules.states)}
        stories = (told or rules).scenarios
        first = stories[0].steps if stories else ()
        asked = [e.approval.approve.trigger for t in rules.transitions for e in t.then if e.approval is not None]
        moved = {s.at_meeting.moved for s in rules.states.values() if s.at_meeting}  # a meeting's doing, no habit
        self.usual = {str(s["do"]) for s in first if "do" in s and "refused" not in s} - moved | {t for t in asked if t}
        self.ways = {state: self._ways(state) for state in rules.states}

    def _ways(self, state: str) -> list[Way]:
        """Ways out of a state that a person may take: the usual first, of them a sitting's end, then the least far."""
        found = [Way(r, self._kind(r)) for r in self.rules.rows if r.source == state and _by_a_person(r)]

        def place(way: Way) -> tuple[bool, bool, int]:
            goes_on = not _asks(way.rule, "items_settled")  # a sitting may be suspended; it is usual to end it
            return way.trigger not in self.usual, goes_on, self.order.get(way.rule.dest, -1)

        return sorted(found, key=place)

    def _kind(self, rule: Rule) -> Kind:
        states, t = self.rules.states, rule.transition
        if rule.dest == "previous":
            return "forward"
        dest = states[rule.dest]
        if dest.hold:
            return "hold"
        if dest.final and t.comment == "required" and states[rule.source].phase != "close":
            return "ending"
        if rule.dest == rule.source:
            return "same"
        return "forward" if self.order[rule.dest] > self.order[rule.source] else "back"

    def meets(self, state: str) -> bool:
        """Whether the state is left by opening a meeting, which is done on its day."""
        return any(way.trigger in self.usual and _asks(way.rule, "meeting_begun") for way in self.ways[state])

    def sits(self, state: str) -> bool:
        """Whether the meeting goes on in this state: it is left when every item is settled."""
        usual = (way for way in self.ways[state] if way.trigger in self.usual)
        return self.rules.meeting_of is not None and any(_asks(way.rule, "items_settled") for way in usual)

    def when(self, world: World, state: str, due_on: date | None, fields: dict[str, Any]) -> datetime | None:
        """When somebody acts in a case that has come into the state; None when it is left to the clock or to others."""
        declared = self.rules.states[state]
        if declared.final or declared.auto:
            return None
        if self.meets(state):
            return self._on_the_day(world, fields)
        if self.sits(state):
            return world.clock.now + timedelta(hours=2)
        clocked = declared.deadline is not None and declared.deadline.then is not None
        by_clock = clocked and declared.deadline.then.trigger is not None  # type: ignore[union-attr]  # told above
        if by_clock and (declared.deadline.before or "system" in declared.waits_for):  # type: ignore[union-attr]  # told above
            return None
        if not set(declared.waits_for) - {"parties", "external", "system"}:
            return None
        window = _window(world.clock.today, due_on)
        if by_clock or "external" in declared.waits_for:
            return world.in_days(1 + int(world.chance.expovariate(1 / (OUTSIDE * window))))
        return world.in_days(delay(world, window))

    def _on_the_day(self, world: World, fields: dict[str, Any]) -> datetime:
        day = date.fromisoformat(fields["meeting_date"])
        hour, minute = (int(x) for x in (fields.get("starts_at") or "09:00").split(":"))
        return max(world.clock.now + timedelta(minutes=1), at(day, hour, minute))


def delay(world: World, window: int) -> int:
    """Working days until somebody does what has so many working days left."""
    if world.happens(LATE):
        return window + world.chance.randint(1, 8)
    most = max(1, min(window, LONGEST))
    return world.chance.randint(max(0, most // 5), most)


def _window(today: date, due_on: date | None) -> int:
    if due_on is None:
        return 5
    return max(1, workdays.working_days_between(today, due_on)) if due_on > today else 1


def _by_a_person(rule: Rule) -> bool:
    t = rule.transition
    return t.trigger is not None and not t.auto and bool(set(t.by) - {"system"})


def _asks(rule: Rule, guard: str) -> bool:
    return any(g.name == guard for g in rule.transition.when)
