"""``arende absence`` as a script meets it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from test_cli_calendar import Capture, _installation, arende  # noqa: F401 – the fixture is used by its name

from handclock import STOCKHOLM

TODAY = datetime.now(STOCKHOLM).date()


def test_somebody_is_away_and_back(capsys: Capture) -> None:
    last = (TODAY + timedelta(days=5)).isoformat()
    assert arende("absence", "report", "rs_chair", "--from", TODAY.isoformat(), "--to", last, "--as", "rs_chair") == 0
    capsys.readouterr()
    assert arende("absence", "list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["person"], row["last"]) == ("rs_chair", last)
    assert arende("absence", "end", str(row["absence"]), "--as", "officer") == 1
    assert "anmäler man själv" in capsys.readouterr().err
    assert arende("absence", "end", str(row["absence"]), "--as", "rs_chair") == 0
    capsys.readouterr()
    assert arende("absence", "list") == 0
    assert "Ingen är borta." in capsys.readouterr().out


def test_how_mails_come_is_chosen(capsys: Capture) -> None:
    assert arende("absence", "mail", "digest", "--as", "rs_chair") == 0
    assert arende("absence", "mail", "never", "--as", "rs_chair") == 2
    capsys.readouterr()
