"""Planning backwards: from the meeting that decides to the day when somebody must begin.

The bodies say what they need before a meeting – papers, a summons, a meeting of the body that prepares – and the case
type says what lies between the case and the meeting: work, a round of answers, other bodies. From these follows a chain
of last days, none of which is a promise yet: the plan is made anew whenever it is asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from arende import duedates
from arende.casetypes import CaseType, Rule
from arende.effecttypes import Due
from arende.errors import Sentence
from arende.statetypes import State
from arende.workdays import full_date, spoken_date, working_days_between

Kind = Literal["work", "consultation", "papers", "summons", "meeting"]
Days = Mapping[str, Sequence[date]]
"""The first days of each body's meetings, in order."""

LOOKS_BACK = timedelta(days=183)
"""A body that has not met for half a year before has no meeting planned then."""
DRAFTING = Due(days=10, unit="working")
"""Time for work whose state tells no amount of its own."""


@dataclass(frozen=True, slots=True)
class BodyRules:
    """What a body needs before it meets, as the people file says."""

    key: str
    name: Sentence
    prepared_by: str | None = None
    papers: Due | None = None
    summons: Due | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A state of the case on its way: work for a time, a round of answers, a body's meeting, or both of these."""

    state: str
    title: Sentence
    body: str | None = None
    work: Due | None = None
    answers: Due | None = None
    aims: str | None = None
    """The field with the day of the meeting that the case aims at."""


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain. ``due`` is its last day; None when a body has no meeting early enough."""

    kind: Kind
    title: Sentence
    due: date | None
    why: Sentence
    body: str | None = None
    state: str | None = None
    begins: date | None = None
    proposed: bool = False
    """A meeting whose day somebody's rule proposes, and nobody has decided."""

    @property
    def key(self) -> tuple[str, str | None, str | None]:
        """What tells it from the others of the chain."""
        return self.kind, self.body, self.state


@dataclass(frozen=True)
class BackPlan:
    """The chain to one meeting, first things first."""

    body: str
    meeting: date
    today: date
    steps: tuple[Step, ...]
    made: date | None = None
    """The day when a plan that is kept was made."""
    missed: tuple[Step, ...] = field(init=False)
    """Steps whose last day has passed, and meetings that do not exist."""

    def __post_init__(self) -> None:
        late = tuple(s for s in self.steps if s.due is None or s.due < self.today)
        object.__setattr__(self, "missed", late)

    @property
    def feasible(self) -> bool:
        """Whether every last day is still ahead."""
        return not self.missed


# ---------------------------------------------------------------- the way of the case


def way(ct: CaseType, state: str, target: str, chosen: Mapping[str, object]) -> list[Stage]:
    """The stages from ``state`` to the one that waits for the body ``target``, by the shortest way of the definition.

    ``chosen`` are the case's fields: a state may take its body from one. Without such a state the case has only its own
    work left before the meeting.
    """
    found = _shortest(ct, state, target, chosen)
    stages = [_stage(ct, rule, s, target, chosen) for rule, s in found]
    if not stages or stages[-1].body != target:
        stages.append(Stage("", Sentence("Sammanträdet", "The meeting"), body=target))
    return stages


def _shortest(ct: CaseType, state: str, target: str, chosen: Mapping[str, object]) -> list[tuple[Rule | None, str]]:
    """The rules from ``state`` to the nearest state of the body; the first one has none. Else ``state`` alone."""
    ways: dict[str, list[tuple[Rule | None, str]]] = {state: [(None, state)]}
    queue = deque([state])
    while queue:
        here = queue.popleft()
        if _body_of(ct, here, target, chosen) == target:
            return ways[here]
        for rule in (r for r in ct.rows if r.source == here):
            if rule.dest in ct.states and rule.dest not in ways and not _aside(ct.states[rule.dest]):
                ways[rule.dest] = [*ways[here], (rule, rule.dest)]
                queue.append(rule.dest)
    return ways[state]


def _aside(state: State) -> bool:
    return state.final or state.hold


def _body_of(ct: CaseType, state: str, target: str, chosen: Mapping[str, object]) -> str | None:
    """The body whose meeting the state waits for. One that a field names may become any that the field allows."""
    at = ct.states[state].at_meeting
    if at is None or at.body or at.body_from is None:
        return at.body if at else None
    declared = ct.fields.get(at.body_from)
    if declared and (declared.choices is None or target in declared.choices):
        return target
    return str(value) if (value := chosen.get(at.body_from)) else None


def _stage(ct: CaseType, rule: Rule | None, state: str, target: str, chosen: Mapping[str, object]) -> Stage:
    declared = ct.states[state]
    title = Sentence(ct.state_title(state), ct.state_title(state, "en"))
    body = _body_of(ct, state, target, chosen)
    effects = rule.transition.then if rule else ()
    answers = next((e.consultation.due for e in effects if e.consultation), None)
    if body or answers:
        return Stage(
            state, title, body, answers=answers, aims=declared.at_meeting.date if declared.at_meeting else None
        )
    due = declared.deadline
    measured = due if due and (due.days or due.weeks or due.months) and not (due.before or due.after) else None
    return Stage(state, title, work=measured or DRAFTING)


# ---------------------------------------------------------------- the chain


def plan(
    stages: Sequence[Stage],
    rules: Mapping[str, BodyRules],
    days: Days,
    body: str,
    meeting: date,
    today: date,
    proposed: Collection[tuple[str, date]] = (),
) -> BackPlan:
    """The chain back from ``meeting`` of ``body``. Stages after the one that waits for the body play no part.

    ``proposed`` are the meetings, by body and day, that nobody has decided: the chain says so.
    """
    upto = next((n for n, s in enumerate(stages) if s.body == body), len(stages) - 1)
    own = frozenset(s.body for s in stages[:upto] if s.body)
    chain = _Chain(rules, days, own, {body: meeting}, frozenset(proposed))
    last = meeting
    steps: list[Step] = []
    for stage in reversed(stages[: upto + 1]):
        found = sorted(chain.of(stage, last), key=lambda s: (s.due or date.min, _ORDER[s.kind]))
        steps = [*found, *steps]
        last = min((s.begins or s.due for s in found if s.due), default=last)
    return BackPlan(body, meeting, today, tuple(steps))


_ORDER: dict[Kind, int] = {"work": 0, "consultation": 1, "papers": 2, "summons": 3, "meeting": 4}


@dataclass(frozen=True)
class _Chain:
    """The steps of each stage, counted back from the day when it must be over."""

    rules: Mapping[str, BodyRules]
    days: Days
    own: frozenset[str]
    """Bodies that the case itself goes to before: their meetings are stages, not preparation."""
    given: Mapping[str, date]
    """The meeting that was chosen."""
    proposed: frozenset[tuple[str, date]]
    """Meetings that nobody has decided."""

    def of(self, stage: Stage, last: date) -> Iterator[Step]:
        """The steps of one stage that must be over on ``last``."""
        day = None
        if stage.body:
            day = self.given.get(stage.body) or _latest(self.days.get(stage.body, ()), last)
            yield from self._meeting(stage.body, day, last, stage.state, ())
        if stage.answers:
            yield _work(stage, "consultation", stage.answers, day or last)
        if stage.work:
            yield _work(stage, "work", stage.work, last)

    def _meeting(
        self, body: str, day: date | None, last: date, state: str | None, below: tuple[str, ...]
    ) -> Iterator[Step]:
        """A meeting, what must be done before it, and the meetings that prepare it."""
        name, rules = self._name(body), self.rules.get(body)
        title = Sentence(f"{name.sv} möts", f"{name.en} meets")
        if day is None:
            yield Step("meeting", title, None, _no_meeting(name, last), body, state)
            return
        told = (body, day) in self.proposed
        yield Step("meeting", title, day, _on_the_day(name, day, proposed=told), body, state, proposed=told)
        if rules is None:
            return
        steps = list(self._demands(rules, day, state))
        yield from steps
        before = rules.prepared_by
        if before and before not in self.own and before not in (*below, body):
            by = min((s.due for s in steps if s.due), default=_eve(day))
            yield from self._meeting(before, _latest(self.days.get(before, ()), by), by, None, (*below, body))

    def _demands(self, rules: BodyRules, day: date, state: str | None) -> Iterator[Step]:
        """What the body itself demands before its meeting."""
        name = rules.name
        if rules.summons:
            counted = duedates.before(day, rules.summons)
            title = Sentence(f"Kallelse till {name.sv}", f"Summons to {name.en}")
            yield Step("summons", title, counted.date, counted.why, rules.key, state)
        if rules.papers:
            counted = duedates.before(day, rules.papers)
            title = Sentence(f"Handlingar in till {name.sv}", f"Papers in for {name.en}")
            yield Step("papers", title, counted.date, counted.why, rules.key, state)

    def _name(self, body: str) -> Sentence:
        known = self.rules.get(body)
        return known.name if known else Sentence(body.upper(), body.upper())


def _work(stage: Stage, kind: Kind, amount: Due, last: date) -> Step:
    counted = duedates.before(last, amount)
    title = stage.title
    if kind == "consultation":
        title = Sentence(f"{title.sv}: svar in", f"{title.en}: answers in")
    return Step(kind, title, last, counted.why, stage.body, stage.state, begins=counted.date)


def _eve(day: date) -> date:
    return day - timedelta(days=1)


def _latest(days: Sequence[date], last: date) -> date | None:
    """The last meeting on or before a day, unless it is of another time altogether; ``days`` are in order."""
    n = bisect_right(days, last)
    return days[n - 1] if n and last - days[n - 1] <= LOOKS_BACK else None


def _on_the_day(name: Sentence, day: date, *, proposed: bool) -> Sentence:
    sv, en = (", föreslagen dag, inte beslutad", ", a proposed day, not decided") if proposed else ("", "")
    return Sentence(f"{name.sv} möts {spoken_date(day)}{sv}", f"{name.en} meets on {spoken_date(day, 'en')}{en}")


def _no_meeting(name: Sentence, last: date) -> Sentence:
    return Sentence(
        f"{name.sv} har inget planerat möte senast den {full_date(last)}. Lägg in ett, eller välj ett senare möte.",
        f"{name.en} has no meeting planned by {full_date(last, 'en')}. Add one, or choose a later meeting.",
    )


# ---------------------------------------------------------------- choosing, and moving


def proposals(
    stages: Sequence[Stage],
    rules: Mapping[str, BodyRules],
    days: Days,
    body: str,
    today: date,
    many: int = 4,
    proposed: Collection[tuple[str, date]] = (),
) -> list[BackPlan]:
    """The chains to the next meetings of ``body`` from ``today`` on, soonest first, until ``many`` can be made."""
    found: list[BackPlan] = []
    for meeting in (d for d in days.get(body, ()) if d >= today):
        found.append(plan(stages, rules, days, body, meeting, today, proposed))
        if sum(p.feasible for p in found) >= many:
            break
    return found


def effects(before: BackPlan, after: BackPlan) -> list[Sentence]:
    """What moving to another meeting changes: each last day that moves, what is missed by it, and what is gained."""
    old, was_missed = {s.key: s for s in before.steps}, {s.key for s in before.missed}
    now_missed = {s.key for s in after.missed}
    told = [_moved(old[s.key], s) for s in after.steps if s.key in old and old[s.key].due != s.due]
    told += [_added(s) for s in after.steps if s.key not in old]
    new = {s.key for s in after.steps}
    told += [
        Sentence(f"{s.title.sv}: behövs inte längre.", f"{s.title.en}: no longer needed.")
        for s in before.steps
        if s.key not in new
    ]
    for step in after.steps:
        if step.key in now_missed - was_missed:
            told.append(Sentence(f"{step.title.sv}: hinns inte längre.", f"{step.title.en}: can no longer be made."))
        elif step.key in was_missed - now_missed:
            told.append(Sentence(f"{step.title.sv}: hinns nu.", f"{step.title.en}: can now be made."))
    return told


def _moved(old: Step, new: Step) -> Sentence:
    title = new.title
    if old.due is None or new.due is None:
        sv, en = ("fick ett möte", "got a meeting") if new.due else ("har inget möte längre", "has no meeting any more")
        return Sentence(f"{title.sv}: {sv}.", f"{title.en}: {en}.")
    n = working_days_between(old.due, new.due)
    later = Sentence("senare", "later") if new.due > old.due else Sentence("tidigare", "earlier")
    days = f"{abs(n)} arbetsdag" + ("" if abs(n) == 1 else "ar"), f"{abs(n)} working day" + ("" if abs(n) == 1 else "s")
    return Sentence(
        f"{title.sv}: från den {full_date(old.due)} till den {full_date(new.due)}, {days[0]} {later.sv}.",
        f"{title.en}: from {full_date(old.due, 'en')} to {full_date(new.due, 'en')}, {days[1]} {later.en}.",
    )


def _added(step: Step) -> Sentence:
    if step.due is None:
        return step.why
    return Sentence(
        f"{step.title.sv}: nytt, den {full_date(step.due)}.", f"{step.title.en}: new, {full_date(step.due, 'en')}."
    )
