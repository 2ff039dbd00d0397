"""V06 and V07: guards can be met, and two steps of one name never fit at once.

Only comparisons of fields are analysed; every other guard may be met or not, whatever else is true. The values of a
field fall into a few classes, cut at the constants that the guards name; one sample of each class is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, pairwise, product
from typing import Any

from arende import guards
from arende.casetypes import FieldDef, Finding, Rule
from arende.soundness.subject import Subject, words

MAX_SAMPLES = 20_000
_NUMBERS = ("gt", "ge", "lt", "le")


class Undecided(Exception):
    """There are too many cases to try, or the answer hangs on something that is not analysed."""


Condition = tuple[str, Any]
"""A guard that looks at fields: its name and typed argument."""


def conditions(s: Subject, index: int) -> list[Condition]:
    """The guards of a transition that compare fields."""
    return [(g.name, arg) for _, g, arg in s.guards(index) if g.name in ("field", "any_field")]


def v06_dead(s: Subject) -> Iterator[Finding]:
    """V06: no step is dead: its guards can be met, and there is somebody who may take it."""
    fired = {trigger for _, trigger in s.fired}
    for index, t in enumerate(s.ct.transitions):
        place = ("transitions", index)
        path = s.path_to_take(index)
        if not t.by and not t.auto and t.trigger not in fired:
            yield s.found(
                "V06", place,
                f"Ingen får ta steget {t.name}. Skriv under by: vem som får det.",
                f"Nobody may take the step {t.name}. Write under by: who may.",
                path=path,
            )  # fmt: skip
        held = conditions(s, index)
        try:
            if _never(s, held):
                yield s.found(
                    "V06", (*place, "when"),
                    f"Steget {t.name} kan aldrig tas: villkoren på {words(_fields(held))} går inte ihop.",
                    f"{t.name} can never be taken: its guards on {words(_fields(held))} contradict each other.",
                    path=path,
                )  # fmt: skip
        except Undecided:
            yield s.found(
                "V06", (*place, "when"),
                f"Det går inte att avgöra om villkoren för {t.name} kan uppfyllas. Förenkla dem.",
                f"It cannot be decided whether the guards of {t.name} can be met. Simplify them.",
                level="warn", path=path,
            )  # fmt: skip


def _never(s: Subject, held: list[Condition]) -> bool:
    if not held:
        return False
    if not any(_met(held, values) for values in samples(s.ct.fields, held)):
        return True
    for name, arg in held:
        for key in arg if name == "field" else ():
            bounds, field = arg[key], s.ct.fields.get(key)
            if field and field.pattern and (bounds.eq is not None or bounds.one_of):
                raise Undecided  # a pattern is never run here: a hostile one could take for ever
    return False


def v07_choices(s: Subject) -> Iterator[Finding]:
    """V07: steps of one name from one state exclude each other or have priorities; a choice is complete."""
    told: set[tuple[int, int]] = set()
    for state in s.ct.states:
        for a, b in combinations(s.out_of(state), 2):
            if a.transition.name != b.transition.name or _ordered(a, b) or (a.index, b.index) in told:
                continue
            told.add((a.index, b.index))
            yield from _overlap(s, a, b)
        yield from _unmatched(s, state)
        yield from _unforeseen(s, state)


def _ordered(a: Rule, b: Rule) -> bool:
    one, other = a.transition.priority, b.transition.priority
    return one is not None and other is not None and one != other


def _overlap(s: Subject, a: Rule, b: Rule) -> Iterator[Finding]:
    name, held = a.transition.name, [*conditions(s, a.index), *conditions(s, b.index)]
    try:
        both = next((v for v in samples(s.ct.fields, held) if _met(held, v)), None) if held else {}
    except Undecided:
        yield s.found(
            "V07", ("transitions", b.index),
            f"Det går inte att avgöra om båda stegen {name} från {a.source} kan gälla samtidigt. Sätt priority.",
            f"It cannot be decided whether both steps {name} from {a.source} may hold at once. Give priority.",
            level="warn", path=s.path_over(b),
        )  # fmt: skip
        return
    if both is None:
        return
    when = ", ".join(f"{k} = {'–' if v is None else v}" for k, v in both.items())
    yield s.found(
        "V07", ("transitions", b.index),
        f"{name} från {a.source} kan betyda två steg samtidigt{f' ({when})' if when else ''}. "
        "Låt villkoren utesluta varandra, eller sätt priority.",
        f"{name} from {a.source} may mean two steps at once{f' ({when})' if when else ''}. "
        "Let the guards exclude each other, or give priority.",
        path=s.path_over(b),
    )  # fmt: skip


def _unmatched(s: Subject, state: str) -> Iterator[Finding]:
    """An automatic state must always have a way out that fits."""
    if not s.ct.states[state].auto or state not in s.paths:
        return
    autos = [r for r in s.out_of(state) if r.transition.auto]
    branches = [conditions(s, r.index) for r in autos if len(r.transition.when) == len(conditions(s, r.index))]
    if not autos or any(not b for b in branches):
        return
    held, known = [c for b in branches for c in b], s.set_before.get(state, frozenset())
    try:
        lost = next((v for v in samples(s.ct.fields, held, known) if not any(_met(b, v) for b in branches)), None)
    except Undecided:
        lost = None
    if lost is not None:
        when = ", ".join(f"{k} = {'–' if v is None else v}" for k, v in lost.items()) or "–"
        yield s.found(
            "V07", ("states", state),
            f"I {state} finns fall där inget automatiskt steg passar ({when}). Lägg till ett steg för dem.",
            f"In {state} there are cases that no automatic step fits ({when}). Add a step for them.",
            path=s.paths[state],
        )  # fmt: skip


def _unforeseen(s: Subject, state: str) -> Iterator[Finding]:
    """A choice between several steps of one name foresees every value that the fields may have."""
    known = s.set_before.get(state)
    for trigger in dict.fromkeys(r.transition.trigger for r in s.out_of(state)):
        steps = s.by_trigger(state, trigger) if trigger and known is not None else ()
        branches = [[c for c in conditions(s, r.index) if c[0] == "field"] for r in steps]
        if len(branches) < 2 or not all(branches):
            continue
        held = [c for b in branches for c in b]
        try:
            values = samples(s.ct.fields, held, [*(known or ()), *s.ct.asked_by(trigger or "")])
            lost = next((v for v in values if not any(_met(b, v) for b in branches)), None)
        except Undecided:
            continue
        if lost is not None:
            when = ", ".join(f"{k} = {'–' if v is None else v}" for k, v in lost.items())
            yield s.found(
                "V07", ("transitions", steps[-1].index),
                f"Inget av stegen {trigger} från {state} passar när {when}. Lägg till ett steg för det fallet.",
                f"None of the steps {trigger} from {state} fits when {when}. Add a step for that case.",
                level="warn", path=s.path_over(steps[-1]),
            )  # fmt: skip


def samples(
    fields: Mapping[str, FieldDef], held: list[Condition], known: Iterable[str] = ()
) -> Iterator[dict[str, Any]]:
    """One sample of every class of values; fields in ``known`` are never unset. Raises Undecided when too many."""
    keys = _fields(held)
    domains = [_domain(fields[k], _constants(held, k), unset=k not in known) for k in keys if k in fields]
    total = 1
    for domain in domains:
        total *= len(domain)
    if total > MAX_SAMPLES:
        raise Undecided
    names = [k for k in keys if k in fields]
    return (dict(zip(names, values, strict=True)) for values in product(*domains))


def _fields(held: list[Condition]) -> list[str]:
    return list(dict.fromkeys(str(key) for _, arg in held for key in arg))


def _constants(held: list[Condition], key: str) -> list[Any]:
    found: list[Any] = []
    for name, arg in held:
        if name == "field" and key in arg:
            for bound, value in arg[key].model_dump(exclude_none=True, exclude={"present"}).items():
                found += value if bound == "one_of" else [value]
    return found


def _domain(field: FieldDef, constants: list[Any], *, unset: bool) -> list[Any]:
    """One sample of every class of a field's values; None where it may be unset."""
    values: list[Any]
    if field.type == "boolean":
        values = [True, False]
    elif field.type == "choice":
        values = list(field.choices or ())
    elif field.type in ("integer", "decimal"):
        values = _numbers([c for c in constants if isinstance(c, int | float)], whole=field.type == "integer")
    else:
        values = [*dict.fromkeys(c for c in constants if isinstance(c, str)), "…"]
    return [*values, None] if unset else values


def _numbers(constants: list[float], *, whole: bool) -> list[Any]:
    cuts = sorted(set(constants))
    if whole:
        near = {int(c // 1) + step for c in cuts for step in (-1, 0, 1, 2)}
        return sorted(near | {0})
    between = [(a + b) / 2 for a, b in pairwise(cuts)]
    return sorted({*cuts, *between, *([cuts[0] - 1, cuts[-1] + 1] if cuts else [0])})


def _met(held: list[Condition], values: Mapping[str, Any]) -> bool:
    return all(
        any(values.get(k) is not None for k in arg)
        if name == "any_field"
        else all(guards.within(values.get(k), bounds) for k, bounds in arg.items())
        for name, arg in held
    )


RULES: tuple[Callable[[Subject], Iterable[Finding]], ...] = (v06_dead, v07_choices)
