"""``arende deadline`` and ``arende people`` as a script meets them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from arende import actors, db
from arende.app import App
from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.home import demo_file
from arende.usecases import sessions

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OPTIONS, "lang", "sv")


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)


def arende(*words: str) -> int:
    OPTIONS.json = False
    with pytest.raises(SystemExit) as e:
        main(list(words))
    assert isinstance(e.value.code, int)
    return e.value.code


def answer(capture: Capture, *words: str, code: int = 0) -> Any:
    assert arende("--json", *words) == code
    return json.loads(capture.readouterr().out)


def count(start: str, amount: str, unit: str, *more: str) -> list[str]:
    return ["deadline", "--from", start, "--amount", amount, "--unit", unit, *more]


# ---------------------------------------------------------------- deadline


def test_a_deadline_is_answered_with_date_sentence_and_ground(capsys: Capture) -> None:
    assert answer(capsys, *count("2026-12-22", "3", "working")) == {
        "date": "2026-12-29",
        "sentence": "senast tisdagen den 29 december 2026",
        "ground": "rutin: 3 arbetsdagar från den 22 december 2026; "
        "24 december 2026 (julafton) och 25 december 2026 (juldagen) räknas inte",
    }


@pytest.mark.parametrize(
    ("words", "date"),
    [
        (count("2021-04-07", "-10", "working"), "2021-03-22"),
        (count("2021-04-07", "−10", "working"), "2021-03-22"),
        (count("2021-05-27", "+14", "calendar"), "2021-06-10"),
        (count("2026-12-03", "3", "weeks", "--legal"), "2026-12-28"),
        (count("2021-08-31", "6", "months"), "2022-02-28"),
    ],
)
def test_every_unit_counts_forwards_and_back(capsys: Capture, words: list[str], date: str) -> None:
    assert answer(capsys, *words)["date"] == date


def test_the_distance_is_told_when_today_is_given(capsys: Capture) -> None:
    assert arende(*count("2016-04-07", "9", "working", "--today", "2016-04-07")) == 0
    assert "senast onsdagen den 20 april 2016, om 9 arbetsdagar" in capsys.readouterr().out
    assert arende("--lang", "en", *count("2016-04-07", "9", "working", "--today", "2016-04-07")) == 0
    assert "no later than Wednesday 20 April 2016, in 9 working days" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (count("22/12 2026", "3", "working"), "ÅÅÅÅ-MM-DD"),
        (count("2026-02-30", "3", "working"), "dagen 2026-02-30 finns inte"),
        (count("2026-12-22", "tre", "working"), "inget heltal"),
        (count("2026-12-22", "1.5", "working"), "inget heltal"),
        (count("2026-12-22", "9" * 30, "working"), "för mycket"),
        (count("2026-12-22", "-1000000", "calendar"), "för mycket"),
        (count("2026-12-22", "3", "fortnights"), "working, calendar, weeks, months"),
        (count("2026-12-22", "3", "weeks", "--today", "idag"), "--today"),
        (count("1066-10-14", "3", "calendar"), "1990–2100"),
        (count("2026-12-22", "999999", "weeks"), "1990–2100"),
    ],
)
def test_what_cannot_be_counted_is_wrong_use_with_a_sentence(capsys: Capture, words: list[str], said: str) -> None:
    assert arende(*words) == 2
    assert said in capsys.readouterr().err


# ---------------------------------------------------------------- people


@pytest.mark.usefixtures("database")
def test_the_demonstration_is_loaded_when_no_file_is_named(capsys: Capture) -> None:
    done = answer(capsys, "people", "load")
    assert done["file"] == str(demo_file("people.yaml"))
    assert "rsau_chair" in done["added"]
    assert answer(capsys, "people", "load")["added"] == []
    listed = {a["key"]: a for a in answer(capsys, "people", "list")}
    assert listed["rsau_chair"]["offices"] == ["chair@rsau"]
    assert listed["municipality_hylte"]["email"] == "registrator@hylte.example"
    assert "system" not in listed


@pytest.mark.usefixtures("database")
def test_the_people_of_the_home_go_before_the_demonstration(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARENDE_HOME", str(tmp_path))
    own = tmp_path / "people.yaml"
    own.write_text(demo_file("people.yaml").read_text("utf-8").replace("Handläggaren", "En handläggare"), "utf-8")
    assert answer(capsys, "people", "load")["file"] == str(own)
    assert arende("people", "list") == 0
    assert "En handläggare" in capsys.readouterr().out


@pytest.mark.usefixtures("database")
def test_an_empty_database_says_how_to_fill_it(capsys: Capture) -> None:
    assert arende("people", "list") == 0
    assert "arende people load" in capsys.readouterr().out


@pytest.mark.usefixtures("database")
def test_somebody_who_left_is_shown_as_ended(capsys: Capture, tmp_path: Path) -> None:
    assert arende("people", "load") == 0
    lines = demo_file("people.yaml").read_text("utf-8").splitlines()
    fewer = tmp_path / "fewer.yaml"
    fewer.write_text("\n".join(line for line in lines if "officer2" not in line), "utf-8")
    capsys.readouterr()
    assert arende("people", "load", str(fewer)) == 0
    told = capsys.readouterr().out
    assert "2 avslutade" in told
    assert "gäller inte från och med nu" in told
    register = ["case", "register", "declaration_of_intent", "--title", "T", "--as", "officer2"]
    assert arende(*register) == 1
    assert "kan inte handlägga" in capsys.readouterr().err
    assert [a["ended_on"] is not None for a in answer(capsys, "people", "list") if a["key"] == "officer2"] == [True]


def test_a_file_with_errors_is_not_loaded(capsys: Capture, tmp_path: Path, sqlite_url: str) -> None:
    broken = tmp_path / "people.yaml"
    broken.write_text(
        demo_file("people.yaml").read_text("utf-8").replace("person: rsau_chair,", "person: rsau_chiar,"), "utf-8"
    )
    assert arende("people", "load", str(broken)) == 1
    told = capsys.readouterr().err
    assert "Menade du rsau_chair?" in told
    assert f"{broken}, rad " in told
    found = answer(capsys, "people", "check", str(broken), code=1)
    assert [(f["code"], f["level"], f["suggestion"]) for f in found["findings"]] == [
        ("P01", "error", "menade du rsau_chair?"),
    ]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b""])
def test_a_file_that_cannot_be_read_is_told(capsys: Capture, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "people.yaml"
    if content is not None:
        file.write_bytes(content)
    assert arende("people", "check", str(file)) == 1
    captured = capsys.readouterr()
    assert f"{file}, rad 1: " in captured.out + captured.err
    assert "Traceback" not in captured.err


def test_a_sound_file_passes_the_check(capsys: Capture) -> None:
    assert answer(capsys, "people", "check")["ok"] is True
    assert arende("people", "check") == 0
    assert "inget att anmärka" in capsys.readouterr().out


# ---------------------------------------------------------------- who is signed in


def test_a_password_is_read_from_standard_input_and_taken_away(
    database: None, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(capsys, "people", "load")
    monkeypatch.setattr("sys.stdin", io.StringIO("korrekt häst batteri\n"))
    assert answer(capsys, "people", "password", "officer") == {"user": "officer", "password": True}
    assert answer(capsys, "people", "password", "officer", "--remove")["password"] is False
    monkeypatch.setattr("sys.stdin", io.StringIO("kort\n"))
    assert "12–200 tecken" in answer(capsys, "people", "password", "officer", code=2)["sentences"][0]


def test_sessions_are_listed_and_revoked(database: None, capsys: Capture) -> None:
    answer(capsys, "people", "load")
    app = App.open()
    with db.reading(app.engine) as conn:
        who = actors.actor(conn, "officer")
    raw = [sessions.begin(app, who, "password") for _ in range(3)]
    app.engine.dispose()
    listed = answer(capsys, "people", "sessions", "officer")
    assert [s["key"] for s in listed] == ["officer"] * 3
    assert all(secret not in json.dumps(listed) for secret in raw)
    assert answer(capsys, "people", "sessions", "manager") == []
    assert answer(capsys, "people", "revoke", "--session", str(listed[0]["id"])) == {"ended": 1}
    assert answer(capsys, "people", "revoke", "--session", str(listed[0]["id"]), code=1)
    assert answer(capsys, "people", "revoke", "officer") == {"ended": 2}
    assert arende("people", "sessions") == 0
    assert "Ingen." in capsys.readouterr().out
    assert arende("people", "revoke") == 2
