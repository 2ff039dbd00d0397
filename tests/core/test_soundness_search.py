"""The judge against an independent search: two programs that share no line must agree on the ways of a definition."""

from time import process_time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from arende import soundness
from arende.casetypes import CaseType
from effort import examples

NAMES = ["a", "b", "c", "d", "e"]
STEP = st.tuples(st.sampled_from([*NAMES, "*"]), st.sampled_from([*NAMES, "same"]))


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A small definition with one final state at least; its steps lead anywhere."""
    finals = draw(st.sets(st.sampled_from(NAMES[1:]), min_size=1, max_size=3))
    rest = {"waits_for": ["manager"], "no_deadline": "small"}
    steps = draw(st.lists(STEP, max_size=9, unique=True))
    return {
        "key": "small",
        "version": "1.0.0",
        "initial": "a",
        "states": {n: {"final": True} if n in finals else dict(rest) for n in NAMES},
        "transitions": [
            {"trigger": f"t{n}", "from": [source], "to": dest, "by": ["case_officer"]}
            for n, (source, dest) in enumerate(steps)
        ],
    }


def naive(data: dict[str, Any]) -> tuple[set[str], set[str], set[str]]:
    """Unreachable states, reachable states that never end, final states that are left: by matrix and brute force."""
    finals = {n for n, d in data["states"].items() if d.get("final")}
    edges = set()
    for t in data["transitions"]:
        (source,) = t["from"]
        for here in NAMES if source == "*" else [source]:
            if not (source == "*" and here in finals):
                edges.add((here, here if t["to"] == "same" else t["to"]))
    alive = {(x, y) for x, y in edges if x not in finals}
    leads = {(n, n) for n in NAMES} | alive
    for middle in NAMES:
        leads |= {(x, y) for x in NAMES for y in NAMES if (x, middle) in leads and (middle, y) in leads}
    reached = {y for x, y in leads if x == "a"}
    stuck = {x for x in reached if not any((x, f) in leads for f in finals)}
    return set(NAMES) - reached, stuck, {x for x, _ in edges if x in finals}


@settings(max_examples=examples(300), deadline=None, derandomize=True)
@given(definitions())
def test_ways_are_judged_as_an_independent_search_judges_them(data: dict[str, Any]) -> None:
    ct = CaseType.model_validate(data)
    findings = soundness.check(ct)
    unreachable, stuck, left = naive(data)
    told = {code: [f for f in findings if f.code == code] for code in ("V03", "V04", "V05")}
    assert {_named(f.sentence.sv, NAMES) for f in told["V03"]} == unreachable
    assert {f.path[-1] for f in told["V04"]} == stuck
    assert bool(told["V05"]) == bool(left)
    for f in told["V04"]:
        assert f.path[0] == "a"
        steps = {(r.source, r.dest) for r in ct.rows}
        assert all(pair in steps for pair in zip(f.path, f.path[1:], strict=False))


def _named(sentence: str, names: list[str]) -> str:
    """The state that the sentence of V03 names."""
    return next(n for n in names if f" {n}." in sentence)


BOUND = st.fixed_dictionaries(
    {}, optional={k: st.integers(-3, 3) for k in ("gt", "ge", "lt", "le", "eq", "ne")}
).filter(bool)


@settings(max_examples=examples(300), deadline=None, derandomize=True)
@given(BOUND, BOUND)
def test_overlaps_are_judged_as_trying_every_value_judges_them(one: dict[str, int], other: dict[str, int]) -> None:
    """V06 and V07 on one whole number, against every number from -20 to 20."""

    def fits(n: int, b: dict[str, int]) -> bool:
        tests = {
            "gt": n > b.get("gt", n - 1), "ge": n >= b.get("ge", n), "lt": n < b.get("lt", n + 1),
            "le": n <= b.get("le", n), "eq": n == b.get("eq", n), "ne": n != b.get("ne", n + 1),
        }  # fmt: skip
        return all(tests.values())

    numbers = range(-20, 21)
    steps = [
        {"trigger": "go", "from": ["a"], "to": "b", "by": ["manager"], "when": [{"field": {"n": bounds}}]}
        for bounds in (one, other)
    ]
    ct = CaseType.model_validate({
        "key": "small", "version": "1.0.0", "initial": "a",
        "fields": {"n": {"type": "integer", "set_by": ["register"]}},
        "states": {"a": {"waits_for": ["manager"], "no_deadline": "small"}, "b": {"final": True}},
        "transitions": steps,
    })  # fmt: skip
    told = [(f.code, f.level) for f in soundness.check(ct)]
    assert told.count(("V06", "error")) == sum(not any(fits(n, b) for n in numbers) for b in (one, other))
    assert (("V07", "error") in told) == any(fits(n, one) and fits(n, other) for n in numbers)
    assert (("V07", "warn") in told) == any(not fits(n, one) and not fits(n, other) for n in numbers)


def test_two_hundred_states_are_judged_in_a_moment() -> None:
    rest = {"waits_for": ["manager"], "no_deadline": "small"}
    ct = CaseType.model_validate({
        "key": "long", "version": "1.0.0", "initial": "s0",
        "states": {**{f"s{n}": rest for n in range(200)}, "s200": {"final": True}},
        "transitions": [
            {"trigger": f"t{n}", "from": [f"s{n}"], "to": f"s{n + 1}", "by": ["manager"]} for n in range(200)
        ],
    })  # fmt: skip
    began = process_time()
    assert soundness.check(ct) == []
    assert process_time() - began < 2
