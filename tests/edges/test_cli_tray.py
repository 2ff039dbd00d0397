"""``arende mail receive`` and ``arende tray`` as a registrar meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.home import demo_file

MAIL = (
    "From: Anna <anna@kommun.example>\r\nTo: arende@arende.region.example\r\nSubject: En fr\x1b[31må\u202ega\r\n"
    "Message-ID: <1@kommun.example>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nHej \x1b[2J\r\n"
)


def arende(*words: str) -> int:
    OPTIONS.json = False
    with pytest.raises(SystemExit) as e:
        main(list(words))
    assert isinstance(e.value.code, int)
    return e.value.code


@pytest.fixture
def received(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with people, and a mail in a file."""
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path))
    assert arende("people", "load", str(demo_file("people.yaml"))) == 0
    file = tmp_path / "mail.eml"
    file.write_bytes(MAIL.encode())
    return file


def test_a_registrar_takes_a_mail_from_the_tray_to_a_new_case(
    received: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert arende("mail", "receive", str(received), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"id": 1, "disposition": "tray", "register_no": None}
    assert arende("tray", "list") == 0
    assert "anna@kommun.example" in (listed := capsys.readouterr().out)
    assert "Inget ärende är känt" in listed
    assert arende("tray", "show", "1") == 0
    shown = capsys.readouterr().out
    assert "Läge: Att sortera. Inget ärende är känt." in shown
    assert "\x1b" not in listed + shown
    assert "\u202e" not in listed + shown
    assert arende("tray", "junk", "1", "--as", "officer") == 1
    assert "är inte registrator" in capsys.readouterr().err
    assert arende("tray", "new", "1", "--type", "declaration_of_intent", "--as", "registrar") == 0
    capsys.readouterr()
    assert arende("tray", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
    number = _case(capsys)
    assert arende("case", "check-record", number, "1", "secret", "--as", "registrar") == 1
    assert arende("case", "check-record", number, "1", "public", "--as", "registrar") == 0


def _case(capsys: pytest.CaptureFixture[str]) -> str:
    assert arende("tray", "list", "--state", "done", "--json") == 0
    return str(json.loads(capsys.readouterr().out)[0]["register_no"])


@pytest.mark.parametrize("words", [["tray", "list", "--state", "x"], ["case", "check-record", "RS200001", "1", "x"]])
def test_wrong_words_are_wrong_use(received: Path, words: list[str]) -> None:
    assert arende(*words, *(["--as", "registrar"] if words[0] == "case" else [])) == 2


@pytest.mark.parametrize("words", [["tray", "show", "7"], ["tray", "junk", "7", "--as", "registrar"]])
def test_an_unknown_mail_is_told(received: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert arende(*words) == 1
    assert "Det finns inget inkommet mejl 7" in capsys.readouterr().err
