"""What a rule judges: the definition with its lines, the words around it, and the ways through it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from arende import guards
from arende.casetypes import CaseType, Finding, Guard, Level, Rule, Transition
from arende.effecttypes import Due, Effect
from arende.errors import Sentence
from arende.terms import BUILT_IN_ROLES
from arende.yamlfile import Lines

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """One effect where it stands: in which transition, and at which place of the file."""

    effect: Effect
    transition: Transition
    index: int
    place: Place
    nested: bool = False
    """In ``on_change`` of a consultation: it happens later, not with the step."""


@dataclass(frozen=True)
class Subject:
    """One definition under examination. ``template_names`` is None where no template folder is known."""

    ct: CaseType
    lines: Lines
    file: str
    template_names: frozenset[str] | None = None
    template_fields: Mapping[str, set[str]] | None = None

    def found(
        self,
        code: str,
        place: Place,
        sv: str,
        en: str,
        *,
        level: Level = "error",
        path: tuple[str, ...] = (),
        suggestion: Sentence | None = None,
    ) -> Finding:
        """A finding at a place of the file."""
        file = self.lines.file(place, self.file)
        return Finding(code, level, file, self.lines.at(place), Sentence(sv, en), path, suggestion)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every role that may be named."""
        return frozenset(BUILT_IN_ROLES) | frozenset(self.ct.roles)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every transition from every state that exists and is not final."""
        return tuple(r for r in self.ct.rows if r.source in self.ct.states and not self.ct.states[r.source].final)

    @cached_property
    def before_hold(self) -> Mapping[str, tuple[str, ...]]:
        """For every hold state: the states it is entered from, which ``previous`` leads back to."""
        entered: dict[str, dict[str, None]] = {s: {} for s, d in self.ct.states.items() if d.hold}
        for rule in self.rules:
            if rule.dest in entered and not self.ct.states[rule.source].hold:
                entered[rule.dest].setdefault(rule.source)
        return {hold: tuple(sources) for hold, sources in entered.items()}

    def dests(self, rule: Rule) -> tuple[str, ...]:
        """Where a step may lead: one state, or for ``previous`` every state the hold is entered from."""
        if rule.dest == "previous":
            return self.before_hold.get(rule.source, ())
        return (rule.dest,) if rule.dest in self.ct.states else ()

    def out_of(self, state: str) -> tuple[Rule, ...]:
        """The steps that leave from a state."""
        return self._by_source.get(state, ())

    @cached_property
    def _by_source(self) -> Mapping[str, tuple[Rule, ...]]:
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule.source, []).append(rule)
        return {state: tuple(rules) for state, rules in found.items()}

    @cached_property
    def by_index(self) -> Mapping[int, tuple[Rule, ...]]:
        """The steps of each transition of the file, by its number."""
        found: dict[int, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule.index, []).append(rule)
        return {index: tuple(rules) for index, rules in found.items()}

    def path_to_take(self, index: int) -> tuple[str, ...]:
        """The shortest way that ends with a step of this transition."""
        return next((self.path_over(r) for r in self.by_index.get(index, ())), ())

    def by_trigger(self, state: str, trigger: str) -> tuple[Rule, ...]:
        """The steps that a trigger may mean in a state."""
        return tuple(r for r in self.out_of(state) if r.transition.trigger == trigger)

    @cached_property
    def paths(self) -> Mapping[str, tuple[str, ...]]:
        """The shortest way from the initial state to every state that can be reached."""
        return self.ways(lambda _: True)

    def ways(self, usable: Callable[[Rule], bool]) -> dict[str, tuple[str, ...]]:
        """The shortest way from the initial state to every state, by usable steps only.

        ``previous`` leads back to where the case has been already, so it opens no way.
        """
        found: dict[str, tuple[str, ...]] = {self.ct.initial: (self.ct.initial,)}
        queue = deque(found)
        while queue:
            state = queue.popleft()
            for rule in self.out_of(state):
                for dest in self.dests(rule) if usable(rule) and rule.dest != "previous" else ():
                    if dest not in found:
                        found[dest] = (*found[state], dest)
                        queue.append(dest)
        return found

    def given_by(self, trigger: str) -> frozenset[str]:
        """The fields that certainly have a value after a step (or after ``register``)."""
        return self._given.get(trigger, frozenset())

    @cached_property
    def _given(self) -> Mapping[str, frozenset[str]]:
        asking = {t for f in self.ct.fields.values() for t in f.set_by}
        return {t: frozenset(k for k, f in self.ct.asked_by(t).items() if f.required) for t in asking}

    @cached_property
    def set_before(self) -> Mapping[str, frozenset[str]]:
        """For every state that can be reached: the fields that are set on every path to it.

        A step back to where the case rested before (``previous``) takes nothing away, so it is left out.
        """
        known = {self.ct.initial: self.given_by("register")}
        queue = [self.ct.initial]
        while queue:
            state = queue.pop()
            for rule in self.out_of(state):
                name = rule.transition.name
                after = (known[state] - self.ct.cleared_by(name)) | self.given_by(name)
                for dest in self.dests(rule) if rule.dest != "previous" else ():
                    now = known[dest] & after if dest in known else after
                    if known.get(dest) != now:
                        known[dest] = now
                        queue.append(dest)
        return known

    def path_over(self, rule: Rule) -> tuple[str, ...]:
        """The shortest way that ends with this step."""
        return (*self.paths.get(rule.source, (rule.source,)), *self.dests(rule)[:1])

    @cached_property
    def opened(self) -> tuple[Opened, ...]:
        """Every effect of the file, those of ``on_change`` too."""
        return tuple(self._opened())

    def _opened(self) -> Iterator[Opened]:
        for index, t in enumerate(self.ct.transitions):
            for n, effect in enumerate(t.then):
                place: Place = ("transitions", index, "then", n)
                yield Opened(effect, t, index, place)
                later = effect.consultation.on_change if effect.consultation else ()
                for m, nested in enumerate(later):
                    yield Opened(nested, t, index, (*place, "consultation", "on_change", m), nested=True)

    @cached_property
    def dues(self) -> tuple[tuple[Place, Due, tuple[str, ...]], ...]:
        """Every deadline: its place, and the roles that it waits for."""
        found = [(("states", s, "deadline"), d.deadline, d.waits_for) for s, d in self.ct.states.items() if d.deadline]
        of_items: list[tuple[Place, Due, tuple[str, ...]]] = []
        for o in self.opened:
            e = o.effect
            if e.task and e.task.due:
                of_items.append(((*o.place, "task", "due"), e.task.due, (e.task.of,)))
            if e.approval and e.approval.due:
                of_items.append(((*o.place, "approval", "due"), e.approval.due, e.approval.of))
            if e.consultation:
                of_items.append(((*o.place, "consultation", "due"), e.consultation.due, ("parties",)))
        return (*found, *of_items)

    @cached_property
    def fired(self) -> tuple[tuple[Place, str], ...]:
        """Every trigger that an answer, a join or a deadline takes, and the place that says so."""
        found: list[tuple[Place, str]] = []
        for o in self.opened:
            if (a := o.effect.approval) is not None:
                for key, lead in a.leads.items():
                    if lead and lead.trigger:
                        found.append(((*o.place, "approval", key, "trigger"), lead.trigger))
            if (c := o.effect.consultation) is not None:
                found.append(((*o.place, "consultation", "complete"), c.complete))
                if c.expired:
                    found.append(((*o.place, "consultation", "expired"), c.expired))
        for place, due, _ in self.dues:
            if due.then and due.then.trigger:
                found.append(((*place, "then", "trigger"), due.then.trigger))
        return tuple(found)

    def guards(self, index: int) -> Iterator[tuple[Place, Guard, Any]]:
        """The guards of a transition that can be understood: place, guard, typed argument."""
        for n, g in enumerate(self.ct.transitions[index].when):
            try:
                yield ("transitions", index, "when", n), g, argument(g)
            except (KeyError, ValidationError):
                continue  # V02 or V19 has told


def argument(guard: Guard) -> Any:
    """The typed argument of a guard; raises KeyError for an unknown one, ValidationError for a wrong argument."""
    spec = guards.REGISTRY[guard.name]
    return spec.argument.validate_python(guard.arg) if spec.argument else guard.arg


def words(keys: Iterable[str]) -> str:
    """Names in a row: "a, b, c"."""
    return ", ".join(keys)
