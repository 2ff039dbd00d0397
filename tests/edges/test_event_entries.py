"""An event in the calendars of those invited, through a real mail server: asked, moved and called off (RFC 5546)."""

import io
from datetime import datetime
from email import message_from_bytes
from email.policy import default

import icalendar
import pytest
from post import Server, drained

from arende.app import App
from arende.commands import AddDocument, Advance, RegisterCase
from arende.workdays import STOCKHOLM

MOVED = {"event_date": "2020-11-12", "starts_at": "10:00", "ends_at": "15:00", "place": "Stadsbiblioteket"}


def received(app: App) -> dict[str, icalendar.Calendar]:
    """To whom → the entry that a mail program takes out of the newest mail."""
    server = Server()
    assert drained(app, server).failed == 0
    found = {}
    for to, raw in ((to, raw) for _, to, raw in server.accepted if not to.endswith("@region.example")):
        mail = message_from_bytes(raw, policy=default)
        parts = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
        assert len(parts) == 1, to
        calendar = icalendar.Calendar.from_ical(parts[0].get_payload(decode=True))
        assert parts[0].get_param("method") == str(calendar["METHOD"]), "a program acts on a part that names the method"
        found[to] = calendar
    return found


@pytest.fixture
def number(site: App) -> str:
    """An event with a programme, whose municipalities are to be invited."""
    known = {"body": "rs", "event_date": "2020-11-10", "invited": "municipalities"}
    told = site.do(RegisterCase(actor="officer", type="event", title="Att leda in i framtiden", fields=known))
    sha256, size = site.storage.put(io.BytesIO(b"Programmet."))
    site.do(AddDocument(actor="officer", register_no=str(told.register_no), key="programme", file_name="program.txt",
                        media_type="text/plain", sha256=sha256, size=size))  # fmt: skip
    return str(told.register_no)


def step(app: App, number: str, trigger: str, note: str | None = None, **fields: str) -> None:
    app.do(Advance(actor="officer", register_no=number, trigger=trigger, note=note, fields=fields))


def event_of(calendar: icalendar.Calendar) -> icalendar.Event:
    (event,) = calendar.walk("VEVENT")
    return event


def test_an_event_is_one_entry_that_is_moved_and_called_off(site: App, number: str) -> None:
    step(site, number, "invite", place="Regionens hus", starts_at="09:00", ends_at="15:30",
         last_registration="2020-10-27")  # fmt: skip
    asked = received(site)
    assert len(asked) == 6
    (first,) = {str(event_of(c)["UID"]) for c in asked.values()}
    assert {(str(c["METHOD"]), int(event_of(c)["SEQUENCE"])) for c in asked.values()} == {("REQUEST", 0)}
    event = event_of(asked["registrator@hylte.example"])
    assert event["DTSTART"].dt == datetime(2020, 11, 10, 9, tzinfo=STOCKHOLM)
    assert event["DTEND"].dt == datetime(2020, 11, 10, 15, 30, tzinfo=STOCKHOLM)
    assert "mailto:registrator@hylte.example" in [str(a) for a in event["ATTENDEE"]]

    step(site, number, "move", "Lokalen var upptagen.", **MOVED)
    moved = received(site)
    assert {(str(c["METHOD"]), int(event_of(c)["SEQUENCE"])) for c in moved.values()} == {("REQUEST", 1)}
    assert {str(event_of(c)["UID"]) for c in moved.values()} == {first}
    event = event_of(moved["registrator@hylte.example"])
    assert event["DTSTART"].dt == datetime(2020, 11, 12, 10, tzinfo=STOCKHOLM)
    assert str(event["LOCATION"]) == "Stadsbiblioteket"

    step(site, number, "cancel", "Råden tillåter inte större möten.")
    gone = received(site)
    assert gone.keys() == asked.keys()
    assert {(str(c["METHOD"]), int(event_of(c)["SEQUENCE"])) for c in gone.values()} == {("CANCEL", 2)}
    assert {(str(event_of(c)["UID"]), str(event_of(c)["STATUS"])) for c in gone.values()} == {(first, "CANCELLED")}


def test_an_event_cancelled_before_the_invitation_writes_to_nobody(site: App, number: str) -> None:
    step(site, number, "move", "Lokalen var upptagen.", **MOVED)
    step(site, number, "cancel", "Råden tillåter inte större möten.")
    assert received(site) == {}
