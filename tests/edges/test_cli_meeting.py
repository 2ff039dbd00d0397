"""``arende meeting`` as a script meets it: from the plan to the notice, and decisions from minutes kept elsewhere."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.home import demo_file
from arende.workdays import STOCKHOLM

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _installation(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> None:
    monkeypatch.setattr(OPTIONS, "lang", "sv")
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path / "data"))
    people = tmp_path / "people.yaml"
    text = demo_file("people.yaml").read_text("utf-8")
    rsau = "short: RSAU, kind: committee, parent: rs, members: "
    text = text.replace(f"{rsau}5", f"{rsau}2")
    seats = re.compile(r"person: r(s|sau|f)_[ms]\d|^  r(s|sau|f)_[ms]\d+:")  # two are enough here
    people.write_text("".join(line for line in text.splitlines(True) if not seats.search(line)), "utf-8")
    arende("people", "load", str(people))


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


def meeting(capture: Capture, *words: str, code: int = 0) -> Any:
    return said(capture, "meeting", *words, "--as", "rsau_secretary", code=code)


def planned(capture: Capture, day: str = "2060-03-10") -> str:
    return str(meeting(capture, "plan", "rsau", day, "--starts", "09:00", "--ends", "12:00")["register_no"])


@pytest.mark.long
def test_a_meeting_from_its_plan_to_the_summons(capsys: Capture, tmp_path: Path) -> None:
    no = planned(capsys)
    assert no == "MRSAU600001"
    meeting(capsys, "agenda", "add", no, "--heading", "Budget", "--proposal", "Att budgeten fastställs.")
    meeting(capsys, "agenda", "add", no, "--heading", "Remissvar")
    meeting(capsys, "agenda", "order", no, "2", "1")
    meeting(capsys, "agenda", "remove", no, "1", "--note", "Utgår.")
    assert meeting(capsys, "agenda", "draft", no)["state"] == "agenda_draft"
    meeting(capsys, "agenda", "add", no, "--heading", "Sent", code=1)
    meeting(capsys, "agenda", "add", no, "--heading", "Sent", "--late", "Kan inte vänta.")
    (asked,) = [a for a in said(capsys, "approval", "list", no) if a["state"] == "pending"]
    said(capsys, "approval", "decide", str(asked["id"]), "approve", "--as", "rsau_chair")
    assert meeting(capsys, "summon", no)["state"] == "summoned"
    shown = said(capsys, "meeting", "show", no)
    assert [i["heading"] for i in shown["items"]] == ["Val av justerare", "Remissvar", "Sent"]
    assert said(capsys, "meeting", "list", "--body", "rsau")[0]["state"] == "summoned"
    files = said(capsys, "meeting", "agenda", "package", no, "--out", str(tmp_path / "package"))
    data = json.loads((tmp_path / "package" / "agenda.json").read_text("utf-8"))
    assert sorted(Path(f).suffix for f in files) == [".ics", ".json", ".pdf", ".pdf"]
    for name in data["documents"]:
        assert (tmp_path / "package" / name).read_bytes().startswith(b"%PDF-")
    assert (data["format"], data["body"]["name"]) == ("arende-agenda/1", "Regionstyrelsens arbetsutskott")
    assert [i["heading"] for i in data["items"]] == ["Val av justerare", "Remissvar", "Sent"]
    import icalendar

    (event,) = icalendar.Calendar.from_ical((tmp_path / "package" / f"{no}.ics").read_bytes()).walk("VEVENT")
    assert event["DTSTART"].dt.isoformat() == "2060-03-10T09:00:00+01:00"
    meeting(capsys, "absent", no, "rsau_vice_chair", "--note", "Sjuk.")
    assert meeting(capsys, "move", no, "2060-03-11", "--note", "Lokalen.")["data"]["effect"] == []
    assert meeting(capsys, "cancel", no, "--note", "För få ärenden.")["state"] == "cancelled"


def test_decisions_are_entered_from_minutes_kept_elsewhere_in_one_form(capsys: Capture, tmp_path: Path) -> None:
    no = planned(capsys, "2020-09-15")
    meeting(capsys, "agenda", "add", no, "--heading", "Budget")
    form, minutes = tmp_path / "form.json", tmp_path / "protokoll.pdf"
    form.write_text(json.dumps([{"item": 1, "outcome": "approved", "decision": "Fastställs.", "section": 88}]), "utf-8")
    minutes.write_bytes(b"%PDF-1.7")
    done = meeting(capsys, "outcome", no, "--file", str(form), "--minutes", str(minutes), "--approved-on", "2020-09-20")
    assert done["state"] == "minutes_approved"
    announced = said(capsys, "meeting", "announce", no, "--as", "registrar")
    assert announced["state"] == "announced"
    assert said(capsys, "meeting", "show", no)["items"][0]["section_no"] == 88


def test_a_year_is_proposed_as_a_file_that_can_be_filed_on_its_case(capsys: Capture, tmp_path: Path) -> None:
    today = datetime.now(STOCKHOLM).date()
    year, file = str(today.year + 1), tmp_path / "plan.json"
    found = said(capsys, "meeting", "propose", year, "--out", str(file))
    assert len(found["meetings"]) == 16
    as_ = ("--as", "krf_secretary")
    no = said(capsys, "case", "register", "meeting_plan", "--title", year, "--field", f"year={year}", *as_)[
        "register_no"
    ]
    said(capsys, "case", "document", no, "plan", str(file), *as_)
    dates = ("--field", f"cgh_date={today}", "--field", f"krf_date={today}")
    assert said(capsys, "case", "advance", no, "submit_to_cgh", *dates, *as_)["state"] == "cgh_prepared"


def test_what_cannot_be_is_wrong_use_or_a_sentence(capsys: Capture, tmp_path: Path) -> None:
    no = planned(capsys, "2020-09-15")
    assert arende("meeting", "outcome", no, "--as", "rsau_secretary") == 2
    bad = tmp_path / "bad.json"
    bad.write_text('[{"item": 1, "outcome": "maybe"}]', "utf-8")
    assert arende("meeting", "outcome", no, "--file", str(bad), "--as", "rsau_secretary") == 2
    assert arende("meeting", "move", no, "2020-13-45", "--note", "x", "--as", "rsau_secretary") == 1
    assert arende("meeting", "attend", no, "rsau_chair", "--role", "king", "--as", "rsau_secretary") == 2
    meeting(capsys, "outcome", no, "7", "approved", code=1)


@pytest.mark.long
def test_the_room_by_command(capsys: Capture) -> None:
    no = planned(capsys, "2020-09-15")
    meeting(capsys, "agenda", "add", no, "--heading", "Budget")
    meeting(capsys, "agenda", "draft", no)
    (asked,) = said(capsys, "approval", "list", no)
    said(capsys, "approval", "decide", str(asked["id"]), "approve", "--as", "rsau_chair")
    meeting(capsys, "summon", no)
    meeting(capsys, "attend", no, "rsau_chair", "--presiding")
    meeting(capsys, "attend", no, "rsau_vice_chair", "--checker")
    meeting(capsys, "attend", no, "officer", "--role", "official", "--to", "1")
    assert meeting(capsys, "open", no)["state"] == "in_progress"
    meeting(capsys, "motion", no, "1", "rsau_vice_chair", "reject", "--text", "Avslag.")
    voted = meeting(
        capsys, "vote", no, "1", "rsau_chair=yes", "rsau_vice_chair=no", "--yes", "bifall", "--no", "avslag"
    )
    assert voted["data"]["settled_by"] == "casting"
    meeting(capsys, "conflict", no, "2", "rsau_vice_chair")
    meeting(capsys, "outcome", no, "1", "approved", "--decision", "Budgeten fastställs.")
    meeting(capsys, "outcome", no, "2", "approved", code=1)
    meeting(capsys, "outcome", no, "2", "adjourned")
    meeting(capsys, "dissent", no, "1", "rsau_vice_chair")
    assert meeting(capsys, "end", no)["data"]["sections"] == {"2": 1, "1": 2}
    meeting(capsys, "check", no, "--at-once", "1", "--on", "2020-09-15")
    assert said(capsys, "meeting", "announce", no, "--at-once", "--as", "registrar")["data"]["up_on"]
    meeting(capsys, "minutes", no)
    assert meeting(capsys, "check", no)["state"] == "minutes_checking"
    for a in said(capsys, "approval", "list", no):
        if a["state"] == "pending":
            said(capsys, "approval", "decide", str(a["id"]), "approve", "--as", a["approver"])
    assert said(capsys, "meeting", "announce", no, "--as", "registrar")["state"] == "announced"
    filed = ("--note", "Domstolen ringde.", "--court-ref", "1234-20", "--as", "registrar")
    assert said(capsys, "meeting", "appeal", no, "7", *filed, code=1)
    said(capsys, "meeting", "appeal", no, "2", *filed)
    assert arende("meeting", "show", no) == 0
    shown = capsys.readouterr().out
    assert "2020-09-15  09:00–12:00  Anslaget" in shown
    assert "§ 2 Budget – bifall" in shown
    assert "(ledamot)" in shown
    assert "uppe" in shown
    assert "§ 2 överklagad: hos domstolen" in shown


def test_one_meeting_shows_every_day_of_a_retreat_and_its_state_in_words(capsys: Capture) -> None:
    meeting(capsys, "plan", "rsau", "2060-02-03", "--last-day", "2060-02-04")
    arende("meeting", "show", "MRSAU600001")
    assert "2060-02-03–04  Planerat" in capsys.readouterr().out


def test_an_assignment_by_command_from_the_outcome_to_the_list_of_what_was_never_done(
    capsys: Capture, tmp_path: Path
) -> None:
    no, minutes = planned(capsys, "2020-09-15"), tmp_path / "protokoll.pdf"
    minutes.write_bytes(b"%PDF-1.7")
    meeting(capsys, "agenda", "add", no, "--heading", "Budget")
    assert arende("meeting", "outcome", no, "1", "approved", "--assign", "officer", "--as", "rsau_secretary") == 2
    given = ("--assign", "officer:2020-12-01:Utred kostnaden", "--assign", "manager@regionkontoret::Informera")
    meeting(capsys, "outcome", no, "1", "approved", "--section", "88", *given)
    said(capsys, "case", "document", no, "minutes", str(minutes), "--as", "rsau_secretary")
    day = ("--field", "minutes_approved_on=2020-09-20")
    said(capsys, "case", "advance", no, "record_minutes", *day, "--as", "rsau_secretary")
    rows = said(capsys, "assignment", "list", "--body", "rsau")
    assert [(r["what"], r["receiver"], r["overdue"]) for r in rows] == [
        ("Utred kostnaden", "officer", True), ("Informera", "manager@regionkontoret", False),
    ]  # fmt: skip
    report = tmp_path / "rapport.txt"
    report.write_text("Kostnaden är 3 miljoner kronor.", "utf-8")
    as_ = ("--as", "officer")
    said(capsys, "assignment", "report", no, "1", "--text", "Utrett.", "--not-done", "--file", str(report), *as_)
    closing = ("--decision", "RSAU 2021-01-12 § 4", "--as", "rsau_secretary")
    said(capsys, "assignment", "close", no, "1", "not_executed", *closing)
    assert arende("assignment", "close", no, "2", "done", *closing) == 2
    moved = ("2060-03-10", "--note", "Ny tidplan.", "--as", "registrar")
    said(capsys, "assignment", "move", no, "2", *moved)
    what = ("Följ upp", "--to", "officer", "--report", "2020-12-01", "--body", "rsau", "--decision", "RSAU § 1")
    said(capsys, "assignment", "give", no, *what, "--as", "registrar")
    assert [r["number"] for r in said(capsys, "assignment", "list", "--undone")] == [1, 3]
    assert [r["number"] for r in said(capsys, "assignment", "list", "--overdue")] == [3]
    assert len(said(capsys, "assignment", "list", "--all", "--case", no)) == 3
    assert len(said(capsys, "case", "show", no)["assignments"]) == 3
    assert arende("assignment", "list") == 0
    assert "Att göra" in capsys.readouterr().out
    assert arende("case", "show", no) == 0
    assert "Uppdrag 1: Utred kostnaden – officer, senast 2020-12-01 (Inte utfört)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("last", "shown"),
    [("2060-02-04", "2060-02-03–04 "), ("2060-03-01", "2060-02-03–03-01 "), ("2061-01-02", "2060-02-03–2061-01-02 ")],
)
def test_the_list_shows_the_days_of_a_retreat_so_that_they_can_be_read(capsys: Capture, last: str, shown: str) -> None:
    meeting(capsys, "plan", "rsau", "2060-02-03", "--last-day", last)
    arende("meeting", "list")
    assert shown in capsys.readouterr().out


def test_a_move_may_take_the_times_away_and_keeps_the_length(capsys: Capture) -> None:
    meeting(capsys, "plan", "rsau", "2060-02-03", "--last-day", "2060-02-04", "--starts", "09:00")
    meeting(capsys, "move", "MRSAU600001", "2060-01-21", "--starts", "", "--note", "Annan lokal.")
    moved = said(capsys, "meeting", "show", "MRSAU600001")
    assert (moved["title"], moved["meeting"]["last_day"]) == ("Sammanträde RSAU 2060-01-21", "2060-01-22")
    assert moved["meeting"]["starts_at"] is None
