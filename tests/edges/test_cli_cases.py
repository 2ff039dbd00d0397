"""``arende case``, ``approval``, ``consultation`` and ``audit`` as a person reads them: words, not ids."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_cli_outbox import arende

from arende.cli.shared import OPTIONS
from arende.workdays import STOCKHOLM

NO = f"RS{datetime.now(UTC):%y}0001"
TODAY = datetime.now(STOCKHOLM).date()
RAW = re.compile(r"\b[a-z]+_[a-z_]+\b|\bstate:")
"""An id of a definition, such as agenda_clearance or state:draft."""


class Cli:
    """Commands, and what they said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *words: str, code: int = 0) -> str:
        self.capsys.readouterr()
        assert arende(*words) == code
        said = self.capsys.readouterr()
        return said.err if code else said.out


@pytest.fixture
def cli(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """A case that waits for clearance."""
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ARENDE_SMTP_PORT", "9")  # nobody listens there, whatever else runs on this machine
    monkeypatch.setattr(OPTIONS, "lang", "sv")
    cli = Cli(capsys)
    cli("people", "load")
    return cli


def to_the_chair(cli: Cli, folder: Path) -> None:
    (folder / "text.md").write_text("En text.")
    cli("case", "register", "declaration_of_intent", "--title", "Planering", "--as", "officer")
    cli("case", "relate", NO, "basis", "Strukturbild", "--as", "officer")
    cli("case", "document", NO, "declaration", str(folder / "text.md"), "--as", "officer")
    cli("case", "advance", NO, "request_review", "--as", "officer")
    cli("case", "document", NO, "official_statement", str(folder / "text.md"), "--as", "officer")
    cli("case", "advance", NO, "submit", "--as", "manager", "--field", f"rsau_date={TODAY}")


def to_the_parties(cli: Cli, folder: Path) -> None:
    to_the_chair(cli, folder)
    cli("approval", "decide", "1", "approve", "--as", "rsau_chair")
    cli("case", "advance", NO, "record_alignment", "--as", "rsau_secretary", "--field", f"rsau_date={TODAY}",
        "--field", "rsau_note=x")  # fmt: skip
    cli("case", "advance", NO, "consult", "--as", "officer", "--field", f"krf_date={TODAY}")


@pytest.mark.long
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_case_is_shown_in_words(cli: Cli, tmp_path: Path, lang: str) -> None:
    to_the_chair(cli, tmp_path)
    shown = [
        cli(*words.split(), "--lang", lang) for words in (f"case show {NO}", "approval list", "inbox --as rsau_chair")
    ]
    assert "Klartecken" in "".join(shown) or lang == "en"
    for text in shown:
        assert not RAW.search(text), text


@pytest.mark.long
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_round_is_shown_in_words(cli: Cli, tmp_path: Path, lang: str) -> None:
    to_the_parties(cli, tmp_path)
    for words in (f"case show {NO}", f"consultation show {NO}", f"case history {NO}"):
        text = cli(*words.split(), "--lang", lang)
        assert not RAW.search(text), text


@pytest.mark.long
def test_a_round_is_led_from_the_command_line(cli: Cli, tmp_path: Path) -> None:
    to_the_parties(cli, tmp_path)
    notes = tmp_path / "krf.csv"
    notes.write_text("party;stance;body;date\nmunicipality_hylte;supports;KS;2020-09-01\n"
                     "municipality_laholm;opposes;;\n", "utf-8")  # fmt: skip
    cli("consultation", "answer", NO, "--from-notes", str(notes), "--source", "KRF", "--as", "officer")
    cli("consultation", "acknowledge", NO, "municipality_varberg", "--ref", "KS 7")
    cli("consultation", "reply", NO, "municipality_laholm", "--text", "Noterat.", "--as", "officer")
    cli("consultation", "compile", NO, "--as", "officer")
    cli("consultation", "remove", NO, "municipality_halmstad", "--reason", "Berörs inte.", "--as", "officer")
    shown = cli("consultation", "show", NO)
    assert "tillfrågas inte längre" in shown
    assert "ställer sig bakom KS 2020-09-01" in shown
    assert "compilation" in cli("consultation", "show", NO, "--json")
    notes.write_text("party;stans\nmunicipality_hylte;supports\n", "utf-8")
    cli("consultation", "answer", NO, "--from-notes", str(notes), "--as", "officer", code=2)


def test_one_case_is_one_case_and_two_are_two(cli: Cli) -> None:
    assert cli("audit", "verify") == "0 ärenden, 0 händelser: kedjan är hel.\n"
    cli("case", "register", "declaration_of_intent", "--title", "Ett", "--as", "officer")
    assert cli("audit", "verify") == "1 ärende, 1 händelse: kedjan är hel.\n"
    assert cli("audit", "verify", "--lang", "en") == "1 case, 1 event: the chain is whole.\n"


@pytest.mark.long
def test_progress_is_told_in_the_language_asked_for(cli: Cli, tmp_path: Path) -> None:
    to_the_chair(cli, tmp_path)
    cli.capsys.readouterr()
    assert arende("demo", "--lang", "en") == 1  # other cases live here
    assert "other cases" in cli.capsys.readouterr().err
    assert arende("outbox", "drain", "--lang", "en") == 0
    told = cli.capsys.readouterr().err
    assert "not now, to be tried again later" in told
    assert "mejl" not in told


@pytest.mark.long
def test_the_demo_tells_its_scenes_in_english(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "arende.sqlite")
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(OPTIONS, "lang", "sv")
    assert arende("demo", "--lang", "en") == 0
    told = capsys.readouterr()
    assert "The chair of the RSAU clears it for the agenda" in told.err
    assert not re.search("[åäö]", told.err), told.err


def test_the_history_names_a_body_in_words(cli: Cli) -> None:
    cli("case", "register", "declaration_of_intent", "--title", "Planering", "--as", "officer")
    cli("case", "plan", NO, "--to", "krf", "--meeting", "2027-09-01", "--keep", "--as", "officer")
    assert "en tidplan till Kommun- och regionledningsforum" in cli("case", "history", NO)
