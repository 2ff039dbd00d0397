"""``arende health``, ``flows``, ``settings``, ``times`` and ``states editions`` as a script meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arende import db
from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.commands import RegisterCase
from arende.home import demo_file
from arende.people import read
from arende.settings import Settings
from arende.usecases.people import load
from handclock import VirtualClock
from sharing import open_app


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with the demo's people and a case."""
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ARENDE_PREFECT_PORT", "1")  # nobody is there
    engine = db.open_engine(sqlite_url, sync_full=False)
    load(engine, read(demo_file("people.yaml").read_text("utf-8"), "people.yaml"), VirtualClock()())
    app = open_app(Settings(data_dir=tmp_path), engine, VirtualClock())
    app.do(RegisterCase(actor="officer", type="declaration_of_intent", title="Avsiktsförklaring"))
    engine.dispose()


def arende(*words: str) -> int:
    OPTIONS.json = False
    with pytest.raises(SystemExit) as e:
        main(list(words))
    assert isinstance(e.value.code, int)
    return e.value.code


@pytest.mark.usefixtures("site")
def test_health_ends_with_1_while_no_worker_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("health", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "critical"
    assert {c["check"]: c["level"] for c in told["checks"]}["database"] == "ok"
    assert arende("health") == 1
    assert "Starta arende worker" in capsys.readouterr().out


@pytest.mark.usefixtures("site")
def test_flows_tell_of_workers_sweeps_and_a_prefect_that_is_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("flows", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["workers"] == []
    assert next((s["name"], s["every"], s["late"]) for s in told["sweeps"]) == ("deadlines", 60, True)
    assert told["prefect"] == {"answers": False, "late": 0, "runs": []}
    assert arende("flows") == 0
    assert "Prefect svarar inte." in capsys.readouterr().out


@pytest.mark.usefixtures("site")
def test_lead_times_and_editions_are_told_by_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert arende("times", "declaration_of_intent", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["states"][0]["state"], told["states"][0]["here"]) == (1, "draft", 1)
    assert arende("times", "declaration_of_intent") == 0
    assert "Utkast" in capsys.readouterr().out
    assert arende("times", "letter") == 1
    capsys.readouterr()
    assert arende("states", "editions", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["key"], row["running"], row["ended"], row["current"]) == ("declaration_of_intent", 1, 0, True)


@pytest.mark.usefixtures("site")
def test_settings_tell_their_source_and_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARENDE_SMTP_PASSWORD", "hemligt")
    assert arende("settings", "--json") == 0
    out = capsys.readouterr().out
    assert "hemligt" not in out
    found = {s["variable"]: s for s in json.loads(out)}
    assert found["ARENDE_PREFECT_PORT"] == {
        "variable": "ARENDE_PREFECT_PORT", "value": "1", "secret": False, "source": "environment",
    }  # fmt: skip
    assert arende("settings") == 0
    assert "hemligt" not in capsys.readouterr().out
