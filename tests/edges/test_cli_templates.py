"""``arende templates``: which there are, whether they hold, what they look like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arende.cli.shared import OPTIONS, run, take_global_options
from arende.cli.tree import build


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home/templates/letters").mkdir(parents=True)
    monkeypatch.setenv("ARENDE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(OPTIONS, "json", False)
    monkeypatch.setattr(OPTIONS, "lang", "sv")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def arende(*words: str) -> int:
    line = take_global_options(list(words))
    return run(build(line), line, OPTIONS)


def said(capsys, *words: str, code: int = 0):
    assert arende(*words, "--json") == code
    OPTIONS.json = False
    return json.loads(capsys.readouterr().out)


@pytest.mark.long
def test_the_homes_own_letter_is_listed_checked_and_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = home / "templates/letters/own.md.j2"
    own.write_text("# Eget brev\n\n{{ case.title }}\n", "utf-8")
    rows = {r["name"]: r for r in said(capsys, "templates", "list") if r["kind"] == "letter"}
    assert rows["own"]["own"]
    assert not rows["minutes"]["own"]
    assert rows["minutes"]["title"] == "Protokoll"
    assert said(capsys, "templates", "check") == []
    assert said(capsys, "templates", "preview", "own")["files"] == ["own.pdf"]
    assert Path("own.pdf").read_bytes().startswith(b"%PDF-")
    files = said(capsys, "templates", "preview", "minutes", "--out", "m.png")["files"]
    assert files == ["m.png", "m-2.png"]
    assert all(Path(f).read_bytes().startswith(b"\x89PNG") for f in files)


@pytest.mark.long
def test_a_fault_is_told_with_its_file_and_line_and_the_exit_code_says_so(home: Path, capsys) -> None:
    (home / "templates/letters/own.md.j2").write_text("# x\n\n{{ case.fields.nonsense }}\n", "utf-8")
    (fault,) = said(capsys, "templates", "check", code=1)
    assert fault["name"] == "own"
    assert "letters/own.md.j2, rad 3" in fault["sentence"]
    rows = {(r["kind"], r["name"]): r["title"] for r in said(capsys, "templates", "list")}
    assert rows["letter", "own"] == ""
    assert rows["mail", "disclosure"] == "[RS200982] Handlingar ni har begärt"


def test_a_mail_is_shown_as_page_or_text_also_where_a_letter_has_its_name(home: Path, capsys) -> None:
    told = said(capsys, "templates", "preview", "approval_request")
    assert told["subject"].startswith("[RS200982] Klartecken senast 21 augusti")
    assert "Läs och svara" in Path("approval_request.html").read_text("utf-8")
    assert said(capsys, "templates", "preview", "opinion", "--mail", "--out", "o.txt")["files"] == ["o.txt"]
    assert Path("o.txt").read_text("utf-8").startswith("[RS200982] Yttrande")


def test_a_mail_is_shown_in_english_with_english_days(home: Path, capsys) -> None:
    assert arende("--lang", "en", "templates", "preview", "task_assigned", "--out", "t.txt") == 0
    assert "[RS200982] Task by 21 August: Review the declaration of intent" in capsys.readouterr().out
    arende("--lang", "en", "templates", "preview", "summons", "--mail", "--out", "s.txt")
    text = " ".join(Path("s.txt").read_text("utf-8").split())
    assert "Tuesday 15 September 2020, 09.00–12.00" in text
    assert "Beslutet behövs före den 20 september." in text


def test_a_preview_that_cannot_be_made_or_written_is_a_sentence(home: Path, capsys) -> None:
    assert arende("templates", "preview", "minuts") == 1
    assert "minutes" in capsys.readouterr().err
    assert arende("templates", "preview", "minutes", "--out", "nowhere/m.pdf") == 1
    assert "går inte att skriva" in capsys.readouterr().err
