"""``arende reconcile`` as an administrator and a script meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from post import add_case, add_mails
from test_cli_outbox import arende

from arende import beats
from arende.app import App
from arende.cli.shared import OPTIONS


def test_broken_promises_are_told_with_exit_code_1_and_none_with_0(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path))
    app = App.open()
    beats.beat(app, "worker:here-1", {})
    assert arende("reconcile") == 0
    assert capsys.readouterr().out == "Allt som lovats är gjort.\n"

    add_mails(app.engine, add_case(app.engine), ["a@kommun.example"])  # promised long ago
    assert arende("reconcile") == 1
    assert "RS260017   Mejl 1 skulle ha sänts 2026-03-02 09.00" in capsys.readouterr().out
    assert arende("reconcile", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["count"], told["findings"][0]["kind"], told["findings"][0]["row"]) == (1, "mail_late", 1)
    app.engine.dispose()


def test_a_silent_worker_is_a_broken_promise_in_english_too(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(OPTIONS, "lang", "sv")
    assert arende("reconcile", "--lang", "en") == 1
    assert "Start arende worker" in capsys.readouterr().out
