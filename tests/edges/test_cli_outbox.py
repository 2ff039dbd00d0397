"""``arende outbox`` as a script meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from post import add_case, add_mails
from sqlalchemy import insert

from arende import db, models
from arende.cli import main
from arende.cli.shared import OPTIONS


def arende(*words: str) -> int:
    OPTIONS.json = False
    with pytest.raises(SystemExit) as e:
        main(list(words))
    assert isinstance(e.value.code, int)
    return e.value.code


def test_the_outbox_is_listed_drained_and_queued_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ARENDE_SMTP_PORT", "1")  # nobody is there
    engine = db.open_engine(sqlite_url)
    case = add_case(engine)
    add_mails(engine, case, ["a@kommun.example"], subject="röd \x1b[31m\u202e rubrik")
    add_mails(engine, None, ["b@kommun.example"], state="sent")
    add_mails(engine, None, ["c@region.example"], state="failed")
    with db.writing(engine) as c:
        c.execute(insert(models.actors).values(key="system", kind="system", name="Systemet", data={}))
    engine.dispose()

    assert arende("outbox", "drain", "--json") == 0
    assert json.loads(capsys.readouterr().out)["retried"] == 1
    assert arende("outbox", "list", "--state", "queued", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["register_no"], row["attempts"]) == ("RS260017", 1)
    assert arende("outbox", "list") == 0
    told = capsys.readouterr().out
    assert "väntar" in told
    assert "sänt" in told
    assert "\x1b" not in told
    assert arende("outbox", "retry", "3") == 0
    assert arende("outbox", "retry", "2") == 1
    assert "redan lämnat" in capsys.readouterr().err
    assert arende("outbox", "list", "--state", "lost") == 2
