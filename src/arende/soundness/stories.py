"""V16: the scenarios of a definition reach every end. Judged by following their triggers, without the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from arende.casetypes import Finding, Scenario
from arende.soundness.subject import Subject


def v16_scenarios(s: Subject) -> Iterator[Finding]:
    """V16: every final state is reached by a scenario, where there are any."""
    if not s.ct.scenarios:
        return
    seen = {state for told in s.ct.scenarios for state in _visited(s, told)}
    for state, d in s.ct.states.items():
        if d.final and state in s.paths and state not in seen:
            yield s.found(
                "V16", ("states", state),
                f"Inget scenario når {state}. Skriv ett som slutar där.",
                f"No scenario reaches {state}. Write one that ends there.",
                level="warn", path=s.paths[state],
            )  # fmt: skip


def _visited(s: Subject, told: Scenario) -> Iterator[str]:
    """The states that a scenario passes: where its steps may lead, corrected by what it expects."""
    here = {s.ct.initial}
    yield s.ct.initial
    for step in told.steps:
        here = _after(s, here, step)
        yield from here


def _after(s: Subject, here: set[str], step: Mapping[str, Any]) -> set[str]:
    expected = step.get("expect")
    if isinstance(expected, Mapping) and isinstance(state := expected.get("state"), str):
        return {state} if state in s.ct.states else here
    trigger = step.get("do")
    if not isinstance(trigger, str) or "expect_refused" in step:
        return here
    led = {d for state in here for r in s.by_trigger(state, trigger) for d in s.dests(r)}
    return led or here


RULES: tuple[Callable[[Subject], Iterable[Finding]], ...] = (v16_scenarios,)
