"""``arende plan``: reads the text of a document with its doubts, keeps versions, shows and compares them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_cli_outbox import arende

from arende.cli.shared import OPTIONS
from arende.home import demo_file

TEXT, TABLE = str(demo_file("operational_plan_2019.txt")), demo_file("operational_plan_2019.json")
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _swedish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OPTIONS, "lang", "sv")


def said(capture: Capture, *words: str, code: int = 0) -> Any:
    capture.readouterr()
    assert arende("--json", *words) == code
    return json.loads(capture.readouterr().out)


def test_a_text_is_read_without_a_case_and_its_doubts_are_told(capsys: Capture) -> None:
    found = said(capsys, "plan", "import", TEXT)
    assert (found["kept"], found["counts"]["numbered"], found["counts"]["section"]) == (False, 13, 9)
    odd = next(d for d in found["doubts"] if "20201-2020" in d["text"])
    assert (odd["line"], "years" in odd["doubts"]) == (594, True)
    assert any("20201-2020" in told for told in odd["told"])
    assert said(capsys, "plan", "import", str(TABLE))["counts"]["activity"] == 180


def test_a_person_reads_the_doubts_beside_the_text(capsys: Capture) -> None:
    assert arende("plan", "import", TEXT, "--doubts") == 0
    told = capsys.readouterr().out
    assert "Projektet: Smart industri 20201-2020  ? rad 594:" in told
    assert "Läst, inte sparad" in told
    assert "13 numrerade aktiviteter, 9 avsnitt" in told


def test_two_files_are_compared(capsys: Capture, tmp_path: Path) -> None:
    data = json.loads(TABLE.read_text("utf-8"))
    data["rows"][1]["activities"][0]["text"] = data["rows"][1]["activities"][0]["text"].replace("dialoger", "samtal")
    newer = tmp_path / "nyare.json"
    newer.write_text(json.dumps(data), "utf-8")
    found = said(capsys, "plan", "compare", str(TABLE), str(newer))
    assert found["counts"] == {"added": 0, "removed": 0, "reworded": 1, "changed": 0, "moved": 0}
    assert arende("plan", "compare", str(TABLE), str(newer)) == 0
    assert "OMFORMULERAD aktivitet: " in (told := capsys.readouterr().out)
    assert "[borttaget: dialoger] [nytt: samtal]" in told


@pytest.fixture
def planned(capsys: Capture, tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Register a case of a plan, as often as wanted; gives its number."""
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path / "data"))
    arende("people", "load")
    given = ("--title", "Verksamhetsplan", "--field", "year=2019", "--field", "decision_body=rs", "--as", "officer")
    return lambda: str(said(capsys, "case", "register", "operational_plan", *given)["register_no"])


def test_versions_are_kept_shown_and_compared(capsys: Capture, tmp_path: Path, planned: Callable[[], str]) -> None:
    no = planned()
    assert said(capsys, "plan", "import", str(TABLE), "--case", no, "--as", "officer")["version"] == 1
    shown = said(capsys, "plan", "show", no)
    shown["plan"]["sections"][0]["children"].pop()
    newer = tmp_path / "nyare.json"
    newer.write_text(json.dumps(shown["plan"]), "utf-8")
    assert said(capsys, "plan", "import", str(newer), "--case", no, "--as", "officer")["base"]["version"] == 1
    found = said(capsys, "plan", "compare", no)
    assert found["compared_with"] == "Version 2 jämförd med version 1, som inte är beslutad."
    assert found["counts"]["removed"] == 4
    assert said(capsys, "plan", "show", no, "--version", "1")["counts"]["activity"] == 180
    follow = ("plan", "follow-up", no, "A12", "--as", "officer", "--status")
    assert said(capsys, *follow, "delayed", "--ends", "2020-01-31", "--comment", "Sent.")["register_no"] == no
    assert sum(f["by_status"]["delayed"] for f in said(capsys, "plan", "statistics", no)) == 1
    assert arende("plan", "report", no, "--as", "officer") == 1
    assert "Ingen version av planen är fastställd än" in capsys.readouterr().err
    other = planned()
    assert said(capsys, "plan", "tie", no, "A12", other, "--as", "officer")["register_no"] == no
    assert arende("plan", "statistics", no) == 0
    assert "försenad 1" in capsys.readouterr().out
    assert arende(*follow, "klar") == arende(*follow, "done", "--ends", "snart") == 2
    assert arende("plan", "tie", no, "U1", other, "--as", "officer") == 2


def test_the_encoding_and_the_owners_of_a_kept_plan_are_doubts_that_stay(
    capsys: Capture, tmp_path: Path, planned: Callable[[], str]
) -> None:
    no = planned()
    sheet = tmp_path / "plan.csv"
    rows = "Bygg en bro över ån;Tåg AB i Åmål", "Måla bron;Handläggaren"
    sheet.write_bytes("\n".join(["Aktiviteter;Ansvarig", *rows]).encode("cp1252"))
    kept = said(capsys, "plan", "import", str(sheet), "--case", no, "--as", "officer")
    assert [d["text"] for d in kept["doubts"] if "owner" in d["doubts"]] == ["Bygg en bro över ån"]
    assert said(capsys, "plan", "show", no)["encoding"] == "Windows-1252"
    told = "Filen är läst som Windows-1252: se efter att å, ä och ö är rätt."
    assert arende("plan", "show", no) == 0
    assert told in capsys.readouterr().out
    assert arende("case", "history", no) == 0
    assert told in capsys.readouterr().out


def test_a_file_that_is_no_text_is_wrong_use(capsys: Capture, tmp_path: Path) -> None:
    picture = tmp_path / "plan.pdf"
    picture.write_bytes(b"%PDF-1.7\xff\xfe")
    assert arende("plan", "import", str(picture)) == 2
    assert "Spara planen som text" in capsys.readouterr().err
    assert arende("plan", "import", str(tmp_path / "saknas.txt")) == 2
    assert arende("plan", "import", TEXT, "--case", "RS260001") == 2
