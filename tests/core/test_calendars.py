"""Calendar files are taken in by another program: read back by it, with hostile words, across the change of clocks."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arende import duedates, meetingplan
from arende.calendars import Contact, Entry, LastDay, entry_of, publish, summon
from arende.home import demo_file
from arende.workdays import STOCKHOLM

AT = datetime(2020, 9, 3, 8, 15, 30, 999, tzinfo=UTC)
KRF = Contact("KRF:s sekreterare", "krf_secretary@region.example")
MEMBER = Contact("Ledamot Å", "ledamot@region.example")
PLAN = meetingplan.read(demo_file("calendar_2021.json").read_text("utf-8"), "calendar_2021.json")


def entry(**values: Any) -> Entry:
    day = date(2021, 3, 10)
    given = {"uid": "krf-2021-2@region.example", "title": "KRF", "first": day, "last": day}
    return Entry(**{**given, "starts": time(13, 30), "ends": time(16, 30), **values})


def read(file: bytes) -> tuple[Any, list[Any]]:
    """The calendar as an independent reader has it, and its entries."""
    calendar = icalendar.Calendar.from_ical(file)
    assert not calendar.errors
    items = [c for c in calendar.subcomponents if c.name != "VTIMEZONE"]
    assert all(not item.errors for item in items)
    return calendar, items


def lines(file: bytes) -> Iterator[str]:
    """Content lines, unfolded; every line on the wire is at most 75 octets of whole characters (RFC 5545, 3.1)."""
    assert file.endswith(b"\r\n")
    physical = file.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in physical)
    assert all(line.decode("utf-8") for line in physical), "no character is split by a fold"
    yield from re.sub(r"\r\n[ \t]", "", file.decode("utf-8")).split("\r\n")


# ---------------------------------------------------------------- a year


def test_the_year_of_a_body_is_read_back_as_it_was_decided() -> None:
    calendar, items = read(
        publish("KRF 2021", KRF, AT, [entry_of(m, 2021, "KRF", "r.example") for m in PLAN.of("krf")])
    )
    assert (calendar["method"], calendar["version"], calendar["x-wr-calname"]) == ("PUBLISH", "2.0", "KRF 2021")
    assert [str(e["uid"]) for e in items] == [f"krf-2021-{n}@r.example" for n in range(1, 9)]
    for item, meeting in zip(items, PLAN.of("krf"), strict=True):
        if meeting.retreat:
            assert (item.decoded("dtstart"), item.decoded("dtend")) == (date(2021, 2, 3), date(2021, 2, 5))
            assert item["dtstart"].params["VALUE"] == "DATE", "whole days: the times are not told"
        else:
            assert item.decoded("dtstart") == meeting.begins_at
            assert item.decoded("dtend") == meeting.ends_at
            assert item["dtstart"].params["TZID"] == "Europe/Stockholm"
        assert item.decoded("dtstamp") == AT.replace(microsecond=0)
        assert (item["sequence"], str(item["organizer"])) == (0, "mailto:krf_secretary@region.example")
        assert "attendee" not in item, "a published calendar summons nobody (RFC 5546, 3.2.1)"


def test_a_person_gets_the_meetings_of_several_bodies_in_one_calendar() -> None:
    _, items = read(publish("Sekreteraren", KRF, AT, [entry_of(m, 2021, m.label, "r.example") for m in PLAN.meetings]))
    assert len(items) == len({str(e["uid"]) for e in items}) == 16


@pytest.mark.parametrize("day", ["2021-03-26", "2021-03-29", "2021-07-01", "2021-10-29", "2021-11-01", "2099-10-26"])
def test_the_zone_in_the_file_alone_gives_the_right_instant(day: str) -> None:
    """Whoever does not know Europe/Stockholm reckons by the VTIMEZONE that comes with it."""
    first = date.fromisoformat(day)
    calendar, items = read(publish("KRF", KRF, AT, [entry(first=first, last=first)]))
    zone = next(c for c in calendar.subcomponents if c.name == "VTIMEZONE").to_tz()
    told = datetime.fromisoformat(f"{day}T13:30")
    assert zone.utcoffset(told) == told.replace(tzinfo=STOCKHOLM).utcoffset()
    assert items[0].decoded("dtstart").astimezone(UTC) == told.replace(tzinfo=STOCKHOLM).astimezone(UTC)


# ---------------------------------------------------------------- changes


def test_a_change_keeps_the_uid_and_raises_the_sequence_by_one() -> None:
    old = entry()
    moved = old.followed_by(replace(old, first=date(2021, 3, 17), last=date(2021, 3, 17)))
    assert (moved.uid, moved.sequence) == (old.uid, 1)
    assert moved.followed_by(replace(moved, place="Varberg")).sequence == 2
    assert moved.followed_by(replace(moved, sequence=0)) == moved, "nothing differs: nothing to tell"
    calendar, items = read(summon(KRF, [MEMBER], AT, moved))
    assert (calendar["method"], items[0]["sequence"], items[0]["status"]) == ("REQUEST", 1, "CONFIRMED")


def test_a_moved_meeting_of_a_plan_is_the_same_entry() -> None:
    march = PLAN.of("krf")[1]
    first, second = (entry_of(m, 2021, "KRF", "r.example") for m in (march, march.moved(date(2021, 3, 17))))
    assert first.followed_by(second).sequence == 1


def test_another_meeting_is_no_change_of_this_one() -> None:
    with pytest.raises(ValueError, match="another entry"):
        entry().followed_by(entry(uid="krf-2021-3@region.example"))


def test_a_cancellation_is_told_once_with_a_higher_sequence() -> None:
    off = entry().called_off()
    assert off.called_off() == off
    calendar, items = read(summon(KRF, [MEMBER], AT, off))
    assert (calendar["method"], items[0]["status"], items[0]["sequence"]) == ("CANCEL", "CANCELLED", 1)
    assert str(items[0]["attendee"]) == "mailto:ledamot@region.example"
    assert "RSVP" not in items[0]["attendee"].params


def test_a_summons_asks_each_one_for_an_answer() -> None:
    _, items = read(summon(KRF, [MEMBER, replace(MEMBER, email="b@region.example")], AT, entry()))
    assert [str(a) for a in items[0]["attendee"]] == ["mailto:ledamot@region.example", "mailto:b@region.example"]
    params = items[0]["attendee"][0].params
    assert (params["CN"], params["PARTSTAT"], params["RSVP"]) == ("Ledamot Å", "NEEDS-ACTION", "TRUE")


# ---------------------------------------------------------------- last days


def test_a_last_day_carries_the_same_sentence_as_everywhere_else() -> None:
    due = duedates.reckon(date(2021, 4, 7), -10, "working", today=date(2021, 3, 9))
    day = LastDay("papers-RS210001@r.example", "Handlingar till RS", date(2021, 3, 9), due)
    _, (task, whole_day) = read(publish("", KRF, AT, [], [day, replace(day, as_task=False)]))
    assert (task.name, whole_day.name) == ("VTODO", "VEVENT")
    assert task.decoded("due") == whole_day.decoded("dtstart") == date(2021, 3, 22)
    assert whole_day.decoded("dtend") == date(2021, 3, 23)
    assert str(task["description"]) == str(whole_day["description"])
    assert str(task["description"]).startswith(
        "Senast måndagen den 22 mars 2021, om 9 arbetsdagar. Rutin: 10 arbetsdagar"
    )
    assert task.decoded("dtstart") < task.decoded("due")


def test_a_last_day_of_today_has_no_beginning_before_it() -> None:
    due = duedates.reckon(date(2021, 3, 9), 0, "calendar")
    _, (task,) = read(publish("", KRF, AT, [], [LastDay("x@r.example", "X", date(2021, 3, 9), due)]))
    assert "dtstart" not in task


# ---------------------------------------------------------------- words that people write

hostile = st.text(st.characters(codec="utf-8"), max_size=200)
WORDS = (
    "Ärende: ”Å\nä\tö”; §, \\n \\, och 👩🏽‍💻\r\nATTENDEE:mailto:x@evil.example\x00\x0b\u2028BEGIN:VEVENT\u202egnp.exe"
)


@pytest.mark.long
@given(hostile, hostile, hostile, hostile)
@example(WORDS, WORDS, WORDS, WORDS)
@example("å" * 200, "ä" * 75, "ö" * 74, "👍" * 60)
def test_no_words_break_out_of_their_line(title: str, text: str, place: str, name: str) -> None:
    file = summon(replace(KRF, name=name), [MEMBER], AT, entry(title=title, text=text, place=place))
    names = [re.split("[;:]", line, maxsplit=1)[0] for line in lines(file) if line]
    assert names.count("BEGIN") == names.count("END") == 5
    assert names.count("ATTENDEE") == names.count("ORGANIZER") == names.count("SUMMARY") == 1
    assert set(names) <= {
        "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "TZID", "DTSTART", "DTEND", "RRULE", "TZNAME",
        "TZOFFSETFROM", "TZOFFSETTO", "UID", "DTSTAMP", "SEQUENCE", "ORGANIZER", "ATTENDEE", "SUMMARY", "LOCATION",
        "DESCRIPTION", "STATUS", "CLASS",
    }  # fmt: skip
    _, (event,) = read(file)
    assert str(event["summary"]) == " ".join(_seen(title).split())
    assert str(event.get("description", "")) == _seen(text)
    assert str(event["attendee"]) == "mailto:ledamot@region.example"


def _seen(words: str) -> str:
    """What a reader may see of the words, written independently of the program."""
    words = re.sub(r"\r\n|[\r\n\x85\u2028\u2029]", "\n", unicodedata.normalize("NFC", words))
    return "".join(c for c in words if c in "\n\u200d" or not unicodedata.category(c).startswith("C"))


@given(
    st.dates(date(1997, 1, 1), date(2099, 12, 1)),
    st.integers(0, 4),
    st.none() | st.tuples(st.times(), st.integers(1, 600)),
    st.integers(0, 99),
)
def test_an_entry_comes_back_as_it_went(first: date, days: int, times: tuple[time, int] | None, sequence: int) -> None:
    last = first + timedelta(days=days)
    starts = times[0].replace(second=0, microsecond=0) if times else None
    ends = (datetime.combine(first, starts) + timedelta(minutes=times[1])).time() if times and starts else None
    if starts and ends and ends <= starts:
        last = max(last, first + timedelta(days=1))
    _, (event,) = read(
        publish("K", KRF, AT, [entry(first=first, last=last, starts=starts, ends=ends, sequence=sequence)])
    )
    if starts and ends:
        assert event.decoded("dtstart") == datetime.combine(first, starts, STOCKHOLM)
        assert event.decoded("dtend") == datetime.combine(last, ends, STOCKHOLM)
    else:
        assert (event.decoded("dtstart"), event.decoded("dtend")) == (first, last + timedelta(days=1))
    assert event["sequence"] == sequence
