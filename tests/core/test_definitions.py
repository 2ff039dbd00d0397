"""A definition is read with its lines; what cannot be read is told in a sentence, never by a traceback."""

import ast
import inspect
from pathlib import Path

import pytest

from arende import casetypes, definitions, effecttypes, statetypes, wording
from arende.casetypes import CaseType, Finding
from arende.yamlfile import MAX_DEPTH

MINI = """\
key: mini
version: 1.0.0
initial: open
fields: {amount: {type: integer, set_by: register}}
states:
  open: {waits_for: case_officer, deadline: {days: 30, unit: calendar, then: {escalate: manager}}}
  closed: {final: true}
transitions:
  - {trigger: close, from: open, to: closed, by: [case_officer]}
"""


def only(text: str) -> Finding:
    """The one finding of a text that is no definition."""
    case_type, findings = definitions.read(text, "mini.yaml")
    assert case_type is None
    assert len(findings) == 1, findings
    return findings[0]


def test_the_smallest_definition_is_read() -> None:
    case_type, findings = definitions.read(MINI, "mini.yaml")
    assert case_type is not None
    assert findings == []
    assert case_type.states["open"].waits_for == ("case_officer",)


@pytest.mark.parametrize(
    ("change", "line", "code", "says"),
    [
        (("closed: {final: true}", "no: {final: true}"), 7, "V01", "'no'"),
        (("closed: {final: true}", "true: {final: true}"), 7, "V01", "”true”"),
        (("closed: {final: true}", "2020: {final: true}"), 7, "V01", "a–z"),
        (("closed: {final: true}", "Closed!: {final: true}"), 7, "V01", "a–z"),
        (("{final: true}", "{final: yes}"), 7, "V00", "sant eller falskt"),
        (("version: 1.0.0", "version: 1.0"), 2, "V00", "1.0.0"),
        (("version: 1.0.0", "version: 2"), 2, "V00", "tre tal"),
        (("initial: open", "initial: [open, closed]"), 3, "V01", "precis ett"),
        (("initial: open\n", ""), 1, "V01", "precis ett"),
        (("deadline: {days", "deadlin: {days"), 6, "V18", "deadlin"),
        (("from: open", "from_: open"), 9, "V18", "from_"),
        (("key: mini", "key: mini\nkey: other"), 2, "V00", "två gånger"),
        (("type: integer", "type: heltal"), 4, "V02", "integer"),
        (("days: 30", "days: thirty"), 6, "V00", "heltal"),
        (("days: 30, ", ""), 6, "V00", "precis ett av"),
        (("days: 30", "days: 30, ground: law"), 6, "V00", "lagrummet"),
        (("amount: {", "amount: &a {"), 4, "V00", "Ankare"),
        (("key: mini", "key: !!python/object/apply:os.system [ls]"), 1, "V00", "Märket"),
        (("key: mini", "key: mini\n---\nkey: other"), 2, "V00", "ett dokument"),
        (("  open: {", "\topen: {"), 6, "V00", "tabb"),
        (("trigger: close", "trigger: 'close"), 9, "V00", "Citattecknet"),
        (("by: [case_officer]}", "when: [{field: {amount: {gt: 1}}, cleared: x}]}"), 9, "V19", "ett villkor per punkt"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(change: tuple[str, str], line: int, code: str, says: str) -> None:
    case_type, findings = definitions.read(MINI.replace(*change), "mini.yaml")
    assert case_type is None
    assert (findings[0].code, findings[0].line, findings[0].level) == (code, line, "error")
    assert says in findings[0].sentence.sv
    assert findings[0].sentence.en


def test_a_misspelt_key_is_met_with_the_right_one() -> None:
    found = only(MINI.replace("deadline:", "deadlin:"))
    assert found.suggestion is not None
    assert found.suggestion.sv == "menade du deadline?"
    assert only(MINI.replace("transitions:", "transition:")).code == "V18"


@pytest.mark.parametrize(
    "text", ["", "# bara en kommentar\n", "- en\n- lista\n", "bara text", "\x00\x01\x02", "\ud800"]
)
def test_a_file_that_is_no_definition_is_a_finding(text: str) -> None:
    assert only(text).code == "V00"


def test_a_bomb_is_refused_before_it_grows() -> None:
    assert "djupt" in only("a: " + "[" * 100_000).sentence.sv
    assert "djupt" in only("a: " + "{a: " * (MAX_DEPTH + 1)).sentence.sv
    assert "1 MB" in only("#" * 1_000_001).sentence.sv
    assert "Ankare" in only("a: &a [x]\nb: &b [*a, *a]\n").sentence.sv


def test_a_quoted_word_is_a_word() -> None:
    case_type, _ = definitions.read(MINI.replace("key: mini", 'key: mini\ntitle: {sv: "no"}'), "mini.yaml")
    assert case_type is not None
    assert case_type.title is not None
    assert case_type.title.sv == "no"


def test_every_rule_of_the_models_has_swedish_words() -> None:
    raised = {
        node.args[0].value
        for module in (casetypes, effecttypes, statetypes)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueError"
        for _ in [0]
        if isinstance(node.args[0], ast.Constant)
    }
    assert raised == set(wording._RULES)


def test_a_step_takes_away_the_value_that_it_clears() -> None:
    served = {"type": "date", "set_by": "record", "cleared_by": ["send"]}
    rules = CaseType.model_validate(
        {"key": "mini", "version": "1.0.0", "initial": "open", "states": {"open": {}}, "fields": {"served": served}}
    )
    assert rules.fields_for("send", {"served": "2026-11-02"}, {}) == {}
    assert rules.fields_for("other", {"served": "2026-11-02"}, {}) == {"served": "2026-11-02"}


def test_one_broken_file_never_hides_the_good_ones(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.yaml").write_text(MINI, encoding="utf-8")
    (tmp_path / "c.yaml").write_text("key: [", encoding="utf-8")
    (tmp_path / "d.yaml").mkdir()
    types, findings = definitions.load_folder([tmp_path])
    assert list(types) == ["mini"]
    assert {Path(f.file).name for f in findings} == {"a.yaml", "c.yaml", "d.yaml"}


def test_the_same_key_twice_in_a_folder_is_told_and_the_first_stands(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MINI, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(MINI.replace("1.0.0", "2.0.0"), encoding="utf-8")
    types, findings = definitions.load_folder(sorted(tmp_path.iterdir()))
    assert types["mini"].version == "1.0.0"
    assert [(f.code, f.line) for f in findings] == [("V01", 1)]
    assert "a.yaml" in findings[0].sentence.sv


def test_the_home_replaces_what_is_shipped(tmp_path: Path) -> None:
    for folder, version in (("shipped", "1.0.0"), ("home", "9.0.0")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mini.yaml").write_text(MINI.replace("1.0.0", version), encoding="utf-8")
    types, findings = definitions.load_folder([tmp_path / "shipped", tmp_path / "home"])
    assert findings == []
    assert types["mini"].version == "9.0.0"


def test_scenarios_beside_the_file_belong_to_it(tmp_path: Path) -> None:
    (tmp_path / "mini.yaml").write_text(MINI, encoding="utf-8")
    folder = tmp_path / "mini" / "scenarios"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("- {name: start, steps: [{do: close}]}\n", encoding="utf-8")
    (folder / "b.yaml").write_text("- {nam: start, steps: []}\n", encoding="utf-8")
    found = definitions.open_file(tmp_path / "mini.yaml")
    assert found.case_type is not None
    assert [s.name for s in found.case_type.scenarios] == ["start"]
    assert {f.code for f in found.findings} == {"V18", "V00"}
    assert all(f.file.endswith("b.yaml") for f in found.findings)
