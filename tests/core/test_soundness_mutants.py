"""Every shipped definition, spoilt in every place in turn: the rule that ought to find it does."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arende import definitions, includes, soundness
from arende.casetypes import CaseType, Finding
from arende.terms import ALSO_OF_ACT
from arende.yamlfile import Lines, parse

STATES = Path(__file__).resolve().parents[2] / "states"
FILES = sorted(STATES.glob("*.yaml"))
Mutant = tuple[str, dict[str, Any], str]
"""What was done, the spoilt definition, the rule that must find it ("" = only the version tells)."""


def whole(file: Path) -> dict[str, Any]:
    """A definition as plain data, its parts in their places."""
    parsed = includes.put_in(parse(file.read_text(encoding="utf-8"), file.name), file.name, [STATES / "parts"])
    return {key: value for key, value in parsed.data.items() if key != "include"}


def judged(data: dict[str, Any]) -> list[Finding]:
    """What the rules find in a definition given as plain data, without going through YAML again."""
    ct = CaseType.model_validate(data)
    return soundness.check(ct, lines=Lines())


def mutants(data: dict[str, Any]) -> Iterator[Mutant]:
    yield from _without_a_transition(data)
    yield from _without_a_guard(data)
    yield from _spoilt_states(data)
    yield from _spoilt_rounds(data)
    yield from _spoilt_fields(data)


def _changed(data: dict[str, Any], *path: Any) -> tuple[dict[str, Any], Any]:
    """A copy, and the thing at a place of it; what lies beside the way to it is shared."""
    whole = dict(data)
    here: Any = whole
    for part in path:
        here[part] = copy.copy(here[part])
        here = here[part]
    return whole, here


def _without_a_transition(data: dict[str, Any]) -> Iterator[Mutant]:
    for n, t in enumerate(data["transitions"]):
        whole, steps = _changed(data, "transitions")
        del steps[n]
        yield f"without {t.get('trigger')} #{n}", whole, _expected_without(data, whole, t)


def _expected_without(data: dict[str, Any], whole: dict[str, Any], t: dict[str, Any]) -> str:
    """By hand: a name that leads nowhere now, a state that is cut off, a state that has lost its end."""
    names = {x.get("trigger") for x in whole["transitions"]}
    if t.get("trigger") not in names and _named(whole, t["trigger"]):
        return "V02"
    before, after = _reached(data, data["initial"]), _reached(whole, data["initial"])
    if after < before:
        return "V03"
    finals = {s for s, d in data["states"].items() if d.get("final")}
    return "V04" if any(not _reached(whole, s) & finals for s in after) else ""


def _reached(data: dict[str, Any], start: str) -> set[str]:
    found, queue = {start}, [start]
    while queue:
        here = queue.pop()
        for t in data["transitions"]:
            sources = [t["from"]] if isinstance(t["from"], str) else t["from"]
            if (here in sources or sources == ["*"]) and not data["states"][here].get("final"):
                dests = [t["to"]]
                if t["to"] == "previous":
                    dests = [s for x in data["transitions"] if x["to"] == here for s in _list(x["from"])]
                for dest in dests:
                    if dest not in ("same", "*", *found):
                        found.add(dest)
                        queue.append(dest)
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(value: Any, name: str, key: str = "") -> bool:
    """Whether a trigger is still named somewhere that demands it."""
    if isinstance(value, dict):
        return any(_named(v, name, k) for k, v in value.items() if k not in ("scenarios", "act"))
    if isinstance(value, list):
        return any(_named(v, name, key) for v in value)
    return value == name and key in (
        "trigger",
        "complete",
        "expired",
        "set_by",
        "not_same_as",
        "same_as",
        "delivered_by",
    )


def _without_a_guard(data: dict[str, Any]) -> Iterator[Mutant]:
    steps = data["transitions"]
    for n, t in enumerate(steps):
        twins = [
            x for m, x in enumerate(steps) if m != n and x.get("trigger") == t.get("trigger") and x["from"] == t["from"]
        ]
        for g, guard in enumerate(_list(t.get("when") or [])):
            whole, here = _changed(data, "transitions", n)
            here["when"] = [x for m, x in enumerate(_list(t["when"])) if m != g]
            keys = set(guard["field"]) if isinstance(guard, dict) and "field" in guard else set()
            told_apart = any(
                keys & set(x["field"])
                for twin in twins
                if "priority" not in t or "priority" not in twin
                for x in _list(twin.get("when") or [])
                if "field" in x
            )
            yield f"{t.get('trigger')} #{n} without {guard}", whole, "V07" if told_apart else ""
        if t.get("when"):
            for text, code in (("os.getcwd", "V19"), ("no_such_guard", "V02")):
                whole, here = _changed(data, "transitions", n, "when")
                here[-1] = text
                yield f"{t.get('trigger')} #{n} when {text}", whole, code


def _spoilt_states(data: dict[str, Any]) -> Iterator[Mutant]:
    for name, d in data["states"].items():
        for key, code in (("deadline", "V09"), ("no_deadline", "V09"), ("waits_for", "V09"), ("decision", "V15")):
            if d.get(key) and not d.get("final"):
                whole, here = _changed(data, "states", name)
                del here[key]
                yield f"{name} without {key}", whole, code
        if d.get("deadline"):
            whole, here = _changed(data, "states", name, "deadline")
            here["then"] = {"escalate": _list(d["waits_for"])[0]}
            yield f"{name} escalates to itself", whole, "V10"
            whole, here = _changed(data, "states", name, "deadline")
            here.update(remind=[], then=None)
            yield f"{name} has a deadline without consequence", whole, "V10"
            whole, here = _changed(data, "states", name, "deadline")
            here["remind"] = [1]
            yield f"{name} reminds too late", whole, "V10"
        if d.get("final"):
            whole, here = _changed(data, "states", name)
            here["deadline"] = {"days": 3}
            yield f"{name} has a deadline", whole, "V12"


def _spoilt_rounds(data: dict[str, Any]) -> Iterator[Mutant]:
    for n, t in enumerate(data["transitions"]):
        for e, effect in enumerate(t.get("then") or []):
            for kind, keys in (("approval", ("approve", "return", "reject")), ("consultation", ("late", "expired"))):
                for key in keys if kind in effect else ():
                    if key in effect[kind] and key != "approve":
                        whole, here = _changed(data, "transitions", n, "then", e, kind)
                        del here[key]
                        may_lack = key in ALSO_OF_ACT.get(effect[kind].get("act", ""), ())
                        yield f"{t['trigger']} #{n}: {kind} without {key}", whole, "" if may_lack else "V11"
            if "approval" in effect and (lead := effect["approval"]["approve"].get("trigger")):
                whole, here = _changed(data, "transitions", n, "then", e, "approval", "approve")
                elsewhere = next(
                    x["trigger"]
                    for x in data["transitions"]
                    if x["trigger"] != lead and t["to"] not in _list(x["from"])
                )
                here["trigger"] = elsewhere
                yield f"{t['trigger']} #{n}: the answer leads to {elsewhere}", whole, "V11"
        if data["states"].get(t["to"], {}).get("final"):
            whole, here = _changed(data, "transitions", n)
            here["then"] = [{"task": {"of": "manager", "act": "look"}}]
            yield f"{t['trigger']} #{n} opens a task at the end", whole, "V12"


def _spoilt_fields(data: dict[str, Any]) -> Iterator[Mutant]:
    read = {
        key
        for t in data["transitions"]
        for g in _list(t.get("when") or [])
        if isinstance(g, dict) and "field" in g
        for key, bounds in g["field"].items()
        if "present" not in bounds
    }
    for key in sorted(read):
        whole, here = _changed(data, "fields", key)
        here.pop("set_by", None)
        yield f"nobody is asked for {key}", whole, "V14"


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_spoilt_definition_is_found_out(file: Path) -> None:
    data = whole(file)
    sound = CaseType.model_validate(data)
    wrong, tried = [], 0
    for what, spoilt, code in mutants(data):
        tried += 1
        told = {f.code for f in judged(spoilt)}
        # A name that leads nowhere is told first, and the ways are judged only when there is none.
        if code and code not in told and "V02" not in told:
            wrong.append(f"{what}: {code} was to find it, and {sorted(told)} did")
        if [f.code for f in soundness.compare(sound, CaseType.model_validate(spoilt))] != ["V17"]:
            wrong.append(f"{what}: it was taken for the same definition")
    assert wrong == []
    assert tried > 20


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_shipped_definition_is_sound_and_its_key_is_its_name(file: Path) -> None:
    found = definitions.sound(definitions.open_file(file), file.name)
    assert found.findings == ()
    assert found.case_type is not None
    assert found.case_type.key == file.stem
