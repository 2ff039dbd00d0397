"""``arende calendar`` as a script meets it: files, JSON, addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import icalendar
import pytest

from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.home import demo_file

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _installation(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> None:
    monkeypatch.setattr(OPTIONS, "lang", "sv")
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path / "data"))
    arende("people", "load", str(demo_file("people.yaml")))


def arende(*words: str) -> int:
    OPTIONS.json = False
    with pytest.raises(SystemExit) as e:
        main(list(words))
    assert isinstance(e.value.code, int)
    return e.value.code


def said(capture: Capture, *words: str, code: int = 0) -> Any:
    capture.readouterr()
    assert arende("--json", *words) == code, capture.readouterr()
    return json.loads(capture.readouterr().out)


def test_the_real_year_comes_as_a_file_and_as_json(capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "krf.ics"
    told = said(capsys, "calendar", "body", "KRF", "--year", "2021", "--out", str(file))
    assert [m["first"] for m in told["meetings"]][:2] == ["2021-02-03", "2021-03-10"]
    assert (told["meetings"][0]["last"], told["meetings"][0]["starts"]) == ("2021-02-04", None)
    assert told["last_days"][1]["sentence"] == "senast onsdagen den 3 mars 2021"
    assert told == {**said(capsys, "calendar", "body", "krf", "--year", "2021"), "file": str(file)}
    items = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert len(items) == 16
    assert all(m["tentative"] for m in said(capsys, "calendar", "body", "krf", "--year", "2019")["meetings"])
    assert not any(m["tentative"] for m in told["meetings"])


def test_a_file_without_a_name_goes_to_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    capfdbinary.readouterr()
    assert arende("calendar", "person", "rs_chair") == 0
    calendar = icalendar.Calendar.from_ical(capfdbinary.readouterr().out)
    assert calendar["x-wr-calname"] == "Regionstyrelsens ordförande"


def test_a_cancelled_meeting_is_a_cancellation(capsys: Capture, tmp_path: Path) -> None:
    no = said(capsys, "meeting", "plan", "rsau", "2099-03-10", "--starts", "09:00", "--ends", "12:00",
              "--as", "rsau_secretary")["register_no"]  # fmt: skip
    assert said(capsys, "calendar", "meeting", no)["method"] == "REQUEST"
    arende("meeting", "cancel", no, "--as", "rsau_secretary", "--note", "Inget att besluta.")
    file = tmp_path / "x.ics"
    assert said(capsys, "calendar", "meeting", no, "--out", str(file))["method"] == "CANCEL"
    assert icalendar.Calendar.from_ical(file.read_bytes())["method"] == "CANCEL"


def test_an_address_stays_until_it_is_changed_or_ended(capsys: Capture) -> None:
    mine = ("calendar", "link", "person", "officer", "--as", "officer")
    first = said(capsys, *mine)["address"]
    assert said(capsys, *mine)["address"] == first
    assert said(capsys, *mine, "--new")["address"] != first
    assert said(capsys, "calendar", "revoke", "person", "officer", "--as", "officer")["address"] is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("calendar body nowhere", 1),
        ("calendar person nobody", 1),
        ("calendar meeting RS990001", 1),
        ("calendar meeting ?", 2),
        ("calendar link body krf --as officer", 1),
        ("calendar link thing krf --as officer", 2),
        ("calendar body krf --out /no/such/folder/x.ics", 2),
        ("calendar body krf --year 1", 2),
    ],
)
def test_what_cannot_be_given_is_told_in_a_sentence(capsys: Capture, words: str, code: int) -> None:
    assert all(said(capsys, *words.split(), code=code)["sentences"])
