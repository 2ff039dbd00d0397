"""The generated pages are what the program says today."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
sys.path.insert(0, str(REFERENCE))

import make  # noqa: E402 – the script beside the pages
import words  # noqa: E402 – the words beside the script


@pytest.mark.parametrize("name", make.PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == make.PAGES[name](), "run: make docs"


def test_every_page_of_the_folder_is_generated() -> None:
    written_by_hand = {"performance.md", "threats.md"}
    by_the_stories = {"coverage.md"}  # tests/usecases/test_shipped_types.py writes it, and holds it current
    assert {p.name for p in REFERENCE.glob("*.md")} - written_by_hand - by_the_stories == set(make.PAGES)


def test_every_key_of_the_language_has_its_meaning() -> None:
    table = [row for row in make.language().splitlines() if row.startswith("| `") and row.count(" | ") == 3]
    assert [row for row in table if row.endswith("|  |")] == []


def test_no_meaning_is_left_over() -> None:
    from arende import casetypes, effecttypes, statetypes, terms

    models = {**vars(terms), **vars(effecttypes), **vars(statetypes), **vars(casetypes)}
    stale = []
    for key in words.FIELDS:
        model, _, name = key.partition(".")
        fields = models[model].model_fields
        if name not in {field.alias or own for own, field in fields.items()}:
            stale.append(key)
    assert stale == []
