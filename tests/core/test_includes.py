"""Parts that definitions share: put in whole, with their own file and line in every finding."""

from pathlib import Path

import pytest

from arende import definitions
from arende.definitions import Definition

PART = """\
title: {sv: Vila, en: Rest}
fields:
  review_on: {type: date, set_by: [rest]}
states:
  resting: {waits_for: given, hold: true, deadline: {at: review_on}}
transitions:
  - {trigger: rest, from: [given, late], to: resting, by: given}
  - {trigger: wake, from: resting, to: previous, by: given}
"""
WHOLE = """\
key: whole
version: 1.0.0
include:
  - {part: rest, from: open, by: case_officer}
initial: open
states:
  open: {waits_for: case_officer, deadline: {days: 30}}
  late: {waits_for: case_officer, deadline: {days: 30}}
  closed: {final: true}
transitions:
  - {trigger: delay, from: open, to: late, by: case_officer}
  - {trigger: close, from: [open, late], to: closed, by: case_officer}
"""


def read(tmp_path: Path, whole: str = WHOLE, part: str = PART) -> Definition:
    (tmp_path / "parts").mkdir(exist_ok=True)
    (tmp_path / "parts" / "rest.yaml").write_text(part, "utf-8")
    (tmp_path / "whole.yaml").write_text(whole, "utf-8")
    ((_, found),) = definitions.examine([tmp_path])
    return found


def told(found: Definition) -> list[tuple[str, str, int]]:
    return [(f.code, Path(f.file).name, f.line) for f in found.findings]


def test_a_part_stands_in_the_definition_with_what_was_given(tmp_path: Path) -> None:
    found = read(tmp_path).case_type
    assert found is not None
    assert list(found.states) == ["open", "late", "closed", "resting"]
    assert [(t.name, t.from_, t.by) for t in found.transitions][2:] == [
        ("rest", ("open", "late"), ("case_officer",)),
        ("wake", ("resting",), ("case_officer",)),
    ]
    assert found.states["resting"].waits_for == ("case_officer",)


def test_the_hash_is_of_the_whole_and_tells_nothing_of_its_parts(tmp_path: Path) -> None:
    first = read(tmp_path).case_type
    second = read(tmp_path, part=PART.replace("at: review_on", "at: review_on, remind: [-9]")).case_type
    assert first is not None
    assert second is not None
    assert first.hash != second.hash
    assert '"include"' not in first.canonical()


def test_a_slip_in_a_part_is_told_with_the_file_and_line_of_the_part(tmp_path: Path) -> None:
    assert told(read(tmp_path, part=PART.replace("hold: true", "hld: true"))) == [("V18", "rest.yaml", 5)]
    assert told(read(tmp_path, part=PART.replace("to: resting", "to: restng"))) == [("V02", "rest.yaml", 7)]
    assert told(read(tmp_path, part=PART.replace("fields:", "scenarios:"))) == [("V00", "rest.yaml", 2)]
    assert told(read(tmp_path, part="- a list")) == [("V00", "rest.yaml", 1)]
    assert told(read(tmp_path, part="states: [a]")) == [("V00", "rest.yaml", 1)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("part: rest", "part: rst"), "Det finns ingen del rst. De som finns: rest."),
        (("part: rest", "part: ../whole"), "Det finns ingen del ../whole."),
        ((", by: case_officer}", "}"), "Delen rest behöver veta by"),
        ((", by: case_officer}", ", by: case_officer, to: closed}"), "Delen rest frågar inte efter to."),
    ],
)
def test_what_is_asked_of_a_part_is_judged_at_the_line_that_asks(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    found = read(tmp_path, WHOLE.replace(*change, 1))
    assert told(found) == [("V00", "whole.yaml", 4)]
    assert says in found.findings[0].sentence.sv


def test_the_definitions_own_word_stands_instead_of_the_parts(tmp_path: Path) -> None:
    own = WHOLE.replace("  closed:", "  resting: {waits_for: manager, hold: true, deadline: {days: 9}}\n  closed:")
    found = read(tmp_path, own).case_type
    assert found is not None
    assert found.states["resting"].waits_for == ("manager",)


def test_two_parts_may_not_say_the_same(tmp_path: Path) -> None:
    asked = "  - {part: rest, from: open, by: case_officer}\n"
    assert told(read(tmp_path, WHOLE.replace(asked, asked + asked))) == [("V00", "rest.yaml", 3)]


def test_a_part_beside_the_definition_comes_before_the_others(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "rest.yaml").write_text("title: {sv: Tom}\n", "utf-8")
    read(tmp_path)
    (tmp_path / "parts" / "rest.yaml").unlink()
    whole = tmp_path / "whole.yaml"
    found = definitions.open_file(whole, parts=[tmp_path / "ours", tmp_path / "parts"])
    assert "frågar inte efter" in found.findings[0].sentence.sv
