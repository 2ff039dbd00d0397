"""The table of threats names tests that exist, for every threat and every bad input."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from docpages import ROOT

PAGE = (ROOT / "docs" / "reference" / "threats.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:core|edges|usecases|slow|store)/[^`]*::[^`]*)`", PAGE)))
BAD_INPUT = (
    "three gets and a head", "runs scripts and presses buttons", "form-filling bot", "forwarded mail",
    "copied recipient", "spoofed from", "two from headers", "comments or encoded words", "dkim `l=`", "replayed",
    "expired token", "superseded token", "vacation note", "delivery report", "calendar answer", "quoted word",
    "below the signature", "inte godkänt", "ok men", "contradictory", "old request for a new text", "hidden text",
    "100 kb mail", "50 mb attachment", "broken mime", "unknown charset",
)  # fmt: skip


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return frozenset(n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_exists(name: str) -> None:
    file, _, function = name.partition("::")
    function, _, case = function.rstrip("]").partition("[")
    assert function in functions(file)
    assert f'"{case}"' in (ROOT / "tests" / file).read_text(encoding="utf-8") or not case


def test_every_row_names_a_test() -> None:
    rows = [
        row for row in PAGE.splitlines() if row.startswith("| ") and not row.startswith(("| | ", "| input", "| att"))
    ]
    assert [row[:60] for row in rows if "::test_" not in row] == []


@pytest.mark.parametrize("threat", [f"T{n}" for n in range(1, 19)])
def test_every_threat_has_a_row(threat: str) -> None:
    assert re.search(rf"^\| {threat} \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("bad", BAD_INPUT)
def test_every_bad_input_has_a_row(bad: str) -> None:
    part = PAGE.partition("## Bad input")[2].partition("\n## ")[0].lower()
    assert any(bad in row.split("|")[1] for row in part.splitlines() if row.startswith("| "))
