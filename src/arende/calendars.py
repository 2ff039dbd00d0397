"""Calendar files (RFC 5545, RFC 5546): meetings and last days as other calendars take them in.

An entry keeps its UID for ever; whoever changes it raises its SEQUENCE by one, and a cancelled one is told with
METHOD:CANCEL. A meeting without decided times, such as a retreat, is an entry of whole days. Text comes from people:
what could break out of its line, or cannot be seen, is taken away.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import icalendar
from icalendar import vCalAddress, vText

from arende.duedates import Reckoned
from arende.meetingplan import Meeting
from arende.workdays import STOCKHOLM

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
PRODUCT = "-//arende//arende//SV"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody with an address: the organizer or one who is summoned."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting as calendars show it. Times are told, or the entry is of whole days."""

    uid: str
    title: str
    first: date
    last: date
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    text: str = ""
    url: str = ""
    sequence: int = 0
    cancelled: bool = False
    tentative: bool = False
    """Proposed, and not decided by anybody."""

    def followed_by(self, new: Entry) -> Entry:
        """``new`` as the next word on the same entry: SEQUENCE one higher if anything differs. Raises ValueError."""
        if new.uid != self.uid:
            raise ValueError(f"{new.uid} is another entry than {self.uid}")
        same = replace(new, sequence=self.sequence)
        return self if same == self else replace(new, sequence=self.sequence + 1)

    def called_off(self) -> Entry:
        """The entry cancelled; once is enough."""
        return self.followed_by(replace(self, cancelled=True))


@dataclass(frozen=True, slots=True)
class LastDay:
    """A last day as calendars show it: its title, and the sentence and ground that pages and mails have too."""

    uid: str
    title: str
    since: date
    due: Reckoned
    url: str = ""
    sequence: int = 0
    as_task: bool = True
    """A VTODO; else an entry of the whole day, for calendars that show no tasks."""
    text: str = ""
    """What it is about, after the sentence."""


def entry_of(meeting: Meeting, year: int, title: str, domain: str, *, place: str = "", url: str = "") -> Entry:
    """The entry of a planned meeting; its UID follows from body, year and number, so that it stays when it moves."""
    return Entry(
        uid=f"{meeting.body}-{year}-{meeting.number}@{domain}",
        title=title,
        first=meeting.first,
        last=meeting.last,
        starts=meeting.starts,
        ends=meeting.ends,
        place=place,
        url=url,
    )


def organizer(name: str, address: str) -> Contact:
    """Who a calendar is from: the name, at the address that mails are sent from ("Name <a@b.example>")."""
    return Contact(name, address[address.find("<") + 1 : address.find(">")] if "<" in address else address)


def publish(
    name: str,
    organizer: Contact,
    at: datetime,
    entries: Iterable[Entry],
    days: Iterable[LastDay] = (),
    language: str = "sv",
) -> bytes:
    """A whole calendar to subscribe to: of a body, or of a person. ``at`` is when it was made (DTSTAMP)."""
    found = [_event(e, organizer, at) for e in entries]
    return _file("PUBLISH", [*found, *(_last_day(d, organizer, at, language) for d in days)], name)


def summon(organizer: Contact, to: Iterable[Contact], at: datetime, entry: Entry) -> bytes:
    """A summons to one meeting, its change, or – for an entry called off – its cancellation."""
    event = _event(entry, organizer, at)
    for person in to:
        attendee = _address(person)
        if not entry.cancelled:
            attendee.params["PARTSTAT"], attendee.params["RSVP"] = vText("NEEDS-ACTION"), vText("TRUE")
        event.add("attendee", attendee, encode=False)
    return _file("CANCEL" if entry.cancelled else "REQUEST", [event])


# ---------------------------------------------------------------- components


def _file(method: Method, components: Iterable[icalendar.Component], name: str = "") -> bytes:
    found = icalendar.Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", method)
    if name:
        found.add("x-wr-calname", _line(name))
    found.add_component(_stockholm())
    for component in components:
        found.add_component(component)
    return bytes(found.to_ical())


def _event(e: Entry, organizer: Contact, at: datetime) -> icalendar.Event:
    event = icalendar.Event()
    _identify(event, e.uid, e.sequence, at, organizer)
    event.add("summary", _line(e.title))
    starts, ends = _span(e)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    if e.starts is None:
        event.add("x-microsoft-cdo-alldayevent", "TRUE")
    _add_words(event, {"location": _line(e.place), "description": _text(e.text)}, e.url)
    event.add("status", "CANCELLED" if e.cancelled else "TENTATIVE" if e.tentative else "CONFIRMED")
    event.add("class", "PUBLIC")
    return event


def _span(e: Entry) -> tuple[date, date]:
    """Beginning and end; of whole days, the end is the day after the last."""
    if e.starts is None or e.ends is None:
        return e.first, e.last + _DAY
    return datetime.combine(e.first, e.starts, STOCKHOLM), datetime.combine(e.last, e.ends, STOCKHOLM)


def _last_day(d: LastDay, organizer: Contact, at: datetime, language: str) -> icalendar.Component:
    said = (s for s in (d.due.sentence.in_(language), d.due.why.in_(language)) if s)
    words = " ".join(f"{s[0].upper()}{s[1:]}." for s in said) + (f"\n{d.text}" if d.text else "")
    if d.as_task:
        item: icalendar.Component = icalendar.Todo()
        if d.since < d.due.date:
            item.add("dtstart", d.since)
        item.add("due", d.due.date)
        item.add("priority", 0)
        item.add("status", "NEEDS-ACTION")
    else:
        item = icalendar.Event()
        item.add("dtstart", d.due.date)
        item.add("dtend", d.due.date + _DAY)
        item.add("transp", "TRANSPARENT")
    _identify(item, d.uid, d.sequence, at, organizer)
    item.add("summary", _line(d.title))
    _add_words(item, {"description": _text(words)}, d.url)
    return item


def _identify(item: icalendar.Component, uid: str, sequence: int, at: datetime, organizer: Contact) -> None:
    item.add("uid", _line(uid))
    item.add("dtstamp", at.astimezone(UTC).replace(microsecond=0))
    item.add("sequence", sequence)
    item.add("organizer", _address(organizer), encode=False)


def _add_words(item: icalendar.Component, words: dict[str, str], url: str) -> None:
    for name, value in words.items():
        if value:
            item.add(name, value)
    if url:
        item.add("url", _line(url).replace(" ", "%20"))


def _address(person: Contact) -> vCalAddress:
    address = vCalAddress(f"mailto:{_line(person.email).replace(' ', '')}")
    address.params["CN"] = vText(_line(person.name).replace('"', "”"))
    return address


def _line(words: str) -> str:
    """Words on one line, without what cannot be seen."""
    return " ".join(_text(words).split())


def _text(words: str) -> str:
    """Words of several lines. Control characters and marks that turn the direction of writing are taken away."""
    lines = unicodedata.normalize("NFC", words).replace("\r\n", "\n").replace("\r", "\n")
    for other in ("\x85", "\u2028", "\u2029"):
        lines = lines.replace(other, "\n")
    return "".join(c for c in lines if c in "\n\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


def _stockholm() -> icalendar.Timezone:
    """Europe/Stockholm by the rule in force since 1996 (directive 2000/84/EC): last Sundays of March and October."""
    zone = icalendar.Timezone()
    zone.add("tzid", "Europe/Stockholm")
    for kind, name, month, hour, before, after in (
        (icalendar.TimezoneDaylight, "CEST", 3, 2, 1, 2),
        (icalendar.TimezoneStandard, "CET", 10, 3, 2, 1),
    ):
        part = kind()
        first = datetime(1996, 3, 31, hour) if month == 3 else datetime(1996, 10, 27, hour)  # noqa: DTZ001 – local time
        part.add("dtstart", first)
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("tzname", name)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        zone.add_component(part)
    return zone
