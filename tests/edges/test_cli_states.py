"""``arende states``: a contract for editors, scripts and continuous integration."""

import json
from pathlib import Path

import pytest

from arende.cli.shared import OPTIONS, run, take_global_options
from arende.cli.tree import build

GOOD = """\
key: mini
version: 1.0.0
initial: open
states:
  open: {waits_for: case_officer, no_deadline: tiny}
  closed: {final: true}
transitions:
  - {trigger: close, from: open, to: closed, by: [case_officer]}
"""


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARENDE_HOME", raising=False)
    monkeypatch.setattr(OPTIONS, "json", False)
    monkeypatch.setattr(OPTIONS, "lang", "sv")


def arende(*words: str) -> int:
    line = take_global_options(list(words))
    return run(build(line), line, OPTIONS)


def test_what_is_shipped_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("states", "check") == 0
    assert "håller" in capsys.readouterr().out


def test_findings_are_told_with_file_line_and_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    bad = tmp_path / "bad.yaml"
    bad.write_text(GOOD.replace("key: mini", "key: bad").replace("to: closed", "to: clsed"), encoding="utf-8")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    assert arende("states", "check", str(tmp_path)) == 1
    told = capsys.readouterr().out
    assert f"{bad}:8: fel V02: Tillståndet clsed finns inte. (menade du closed?)" in told
    assert "binary.yaml:1: fel V00" in told
    assert "2 av 3 definitioner håller inte" in told


def test_findings_are_objects_with_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        GOOD.replace("  closed: {final: true}", "  closed: {final: true}\n  lost: {final: true}"), encoding="utf-8"
    )
    assert arende("states", "check", str(bad), "--json") == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert set(found) == {"code", "level", "file", "line", "sentence", "path", "suggestion"}
    assert (found["code"], found["level"], found["line"], found["file"]) == ("V03", "error", 7, str(bad))


def test_a_warning_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mini.yaml"
    file.write_text(GOOD + "scenarios: [{name: start, steps: [{expect: {state: open}}]}]\n", encoding="utf-8")
    assert arende("states", "check", str(file)) == 0
    assert "varning V16" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("states", "check", str(tmp_path / "nowhere.yaml")) == 1
    assert "Det finns ingen fil" in capsys.readouterr().err


def test_an_empty_folder_has_no_definitions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("states", "check", str(tmp_path)) == 0
    assert "inga definitioner" in capsys.readouterr().out


ROLE = GOOD + "roles:\n  boss: {office: chair, body: BODY}\n"


@pytest.mark.long
def test_a_body_that_the_people_file_does_not_have_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mini.yaml"
    file.write_text(ROLE.replace("BODY", "rsua"), encoding="utf-8")
    assert arende("states", "check", str(file)) == 0
    told = capsys.readouterr().out
    assert f"{file}:10: varning V02: Organet rsua finns inte i demonstrationens personfil" in told
    assert "(menade du rsau?)" in told
    own = "authority: {key: x, name: X, email: x@region.example}\nbodies:\n  rsua: {name: {sv: N}, kind: board}\n"
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "people.yaml").write_text(own, encoding="utf-8")
    monkeypatch.setenv("ARENDE_HOME", str(tmp_path / "home"))
    assert arende("states", "check", str(file)) == 0
    assert "Organet" not in capsys.readouterr().out
    file.write_text(ROLE.replace("BODY", "rsau"), encoding="utf-8")
    assert arende("states", "check", str(file)) == 0
    assert "Organet rsau finns inte i personfilen" in capsys.readouterr().out


def test_no_shipped_definition_names_a_body_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("states", "check") == 0
    assert "Organet" not in capsys.readouterr().out


@pytest.mark.long
def test_a_version_is_compared_with_the_older_edition(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("old", GOOD), ("new", GOOD.replace("[case_officer]}", "[manager]}"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mini.yaml").write_text(text, encoding="utf-8")
    assert arende("states", "check", str(tmp_path / "new"), "--against", str(tmp_path / "old")) == 1
    assert "V17" in capsys.readouterr().out
    assert arende("states", "check", str(tmp_path / "new"), "--against", str(tmp_path / "new")) == 0


def test_the_home_adds_and_replaces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "states").mkdir()
    (tmp_path / "states" / "mini.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "states" / "broken.yaml").write_text("key: [", encoding="utf-8")
    assert arende("states", "list", "--home", str(tmp_path), "--json") == 0
    told = capsys.readouterr()
    assert {"mini", "declaration_of_intent"} <= {t["key"] for t in json.loads(told.out)}
    assert "broken.yaml:" in told.err


@pytest.mark.parametrize(
    ("format_", "begins"), [("prose", "# Mini"), ("mermaid", "stateDiagram-v2"), ("svg", "<svg role"), ("json", "{")]
)
def test_a_definition_is_shown_in_every_format(
    format_: str, begins: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mini.yaml"
    file.write_text(GOOD, encoding="utf-8")
    assert arende("states", "show", str(file), "--format", format_) == 0
    assert capsys.readouterr().out.startswith(begins)


def test_an_unknown_case_type_is_met_with_the_one_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("states", "show", "declaration_of_intnt") == 1
    assert "menade du declaration_of_intent?" in capsys.readouterr().err


def test_a_wrong_format_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        arende("states", "show", "declaration_of_intent", "--format", "pdf")
    assert caught.value.code == 2
    assert "prose" in capsys.readouterr().err


def test_the_schema_is_printed_as_it_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("states", "schema") == 0
    assert json.loads(capsys.readouterr().out)["$schema"].startswith("https://json-schema.org/")
