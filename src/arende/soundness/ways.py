"""V03, V04, V05 and V08: the ways through a definition, with a path for each that leads wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from arende.casetypes import Finding, Rule
from arende.soundness.subject import Subject


def v03_reachable(s: Subject) -> Iterator[Finding]:
    """V03: every state can be reached from the initial one, guards ignored."""
    for state in s.ct.states:
        if state not in s.paths:
            yield s.found(
                "V03", ("states", state),
                f"Inget steg leder till {state}. Lägg till en övergång dit, eller ta bort tillståndet.",
                f"No step leads to {state}. Add a transition to it, or remove the state.",
            )  # fmt: skip


def v04_ends(s: Subject) -> Iterator[Finding]:
    """V04: from every state that can be reached, some final state can be reached."""
    ending = _ending(s)
    for state, path in s.paths.items():
        if state not in ending:
            yield s.found(
                "V04", ("states", state),
                f"Ärendet fastnar i {state}: därifrån går det inte att nå något slut ({' → '.join(path)}). "
                "Lägg till en övergång som leder mot ett tillstånd med final: true.",
                f"The case gets stuck in {state}: no end can be reached from there ({' → '.join(path)}). "
                "Add a transition that leads towards a state with final: true.",
                path=path,
            )  # fmt: skip


def _ending(s: Subject) -> set[str]:
    """The states from which a final one can be reached: backwards from the ends."""
    into: dict[str, set[str]] = {}
    for rule in s.rules:
        for dest in s.dests(rule):
            into.setdefault(dest, set()).add(rule.source)
    ending = {state for state, d in s.ct.states.items() if d.final}
    queue = list(ending)
    while queue:
        more = into.get(queue.pop(), set()) - ending
        ending |= more
        queue += more
    return ending


def v05_final(s: Subject) -> Iterator[Finding]:
    """V05: nothing leaves a final state."""
    for rule in s.ct.rows:
        if rule.source in s.ct.states and s.ct.states[rule.source].final:
            dest = s.dests(rule)
            yield s.found(
                "V05", ("transitions", rule.index),
                f"{rule.source} är slutligt, men {rule.transition.name} leder därifrån. Ta bort det ena.",
                f"{rule.source} is final, but {rule.transition.name} leaves it. Remove one of them.",
                path=(*s.paths.get(rule.source, (rule.source,)), *dest[:1]),
            )  # fmt: skip


def v08_cycles(s: Subject) -> Iterator[Finding]:
    """V08: a cycle has at least one step that a person or the clock takes."""
    autos = [r for r in s.rules if r.transition.auto]
    told: set[frozenset[str]] = set()
    for rule in autos:
        cycle = _cycle(s, rule, autos)
        if cycle and frozenset(cycle) not in told:
            told.add(frozenset(cycle))
            yield s.found(
                "V08", ("transitions", rule.index),
                f"Systemet går runt av sig självt: {' → '.join(cycle)}. Lägg ett steg som en människa tar i kretsen.",
                f"The system goes round by itself: {' → '.join(cycle)}. Put a step that a person takes into the cycle.",
                path=cycle,
            )  # fmt: skip


def _cycle(s: Subject, rule: Rule, autos: list[Rule]) -> tuple[str, ...]:
    """A way back to where the rule starts by automatic steps only, or nothing."""
    found: dict[str, tuple[str, ...]] = {dest: (rule.source, dest) for dest in s.dests(rule)}
    queue = list(found)
    while queue:
        state = queue.pop(0)
        if state == rule.source:
            return found[state]
        for step in autos:
            if step.source == state:
                for dest in s.dests(step):
                    if dest not in found:
                        found[dest] = (*found[state], dest)
                        queue.append(dest)
    return ()


RULES: tuple[Callable[[Subject], Iterable[Finding]], ...] = (v03_reachable, v04_ends, v05_final, v08_cycles)
