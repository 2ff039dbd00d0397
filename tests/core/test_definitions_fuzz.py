"""Whatever stands in a file, the answer is findings, never an exception."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arende import definitions
from arende.yamlfile import parse
from effort import examples

STATES = Path(__file__).resolve().parents[2] / "states"
DATA = parse((STATES / "declaration_of_intent.yaml").read_text(encoding="utf-8"), "x").data
ODD: list[Any] = [
    None, True, 0, -1, 1.5, 10**30, "", "x", "draft", "previous", "*", "same", "[", "å ä", "\u202e", [], [None], [[]],
    {}, {"x": 1}, ["draft", "draft"], {"sv": None}, {"field": {"amount": {"gt": "1"}}}, {"field": []}, {"approved": {}},
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for k, v in children for p in places(v, (*path, k)))]


PLACES = places(DATA)


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = replaced(value[path[0]], path[1:], new)
    return changed


def judged(text: str) -> None:
    found = definitions.sound(definitions.read_with_lines(text, "x.yaml"), "x.yaml", {"notice"})
    assert found.case_type is not None or found.findings
    assert all(f.line >= 1 and f.sentence.sv and f.sentence.en for f in found.findings)


@pytest.mark.slow
@settings(max_examples=examples(150), deadline=None, derandomize=True)
@given(st.sampled_from(PLACES), st.sampled_from(ODD))
def test_an_odd_value_anywhere_gives_findings(path: tuple[Any, ...], new: Any) -> None:
    judged(json.dumps(replaced(DATA, path, new), ensure_ascii=False))


@pytest.mark.slow
@settings(max_examples=examples(200), deadline=None, derandomize=True)
@given(st.text(alphabet=st.sampled_from("ab:{}[]-&*!|>#'\"%@`,? \n\t0\x00é"), max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    judged(text)
