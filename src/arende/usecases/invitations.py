"""The calendar entry of a meeting or an event: one UID, a higher SEQUENCE at each change, METHOD:CANCEL at the end."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, time
from typing import TYPE_CHECKING

from arende import models, siteaddress
from arende.actors import Actor
from arende.effecttypes import CalendarEntry
from arende.meetingtables import agenda_cases
from arende.prepared import Row
from arende.usecases import documents, meetingmails, typeset
from arende.usecases.meetingfacts import items_of, the_meeting
from arende.work import Work

if TYPE_CHECKING:
    from arende.calendars import Entry


def invite(w: Work, *, cancelled: bool = False) -> None:
    """File the entry as it is now, to go with the next mail."""
    from arende import calendars  # with its library: most steps need none

    meeting, number = the_meeting(w), w.case["register_no"]
    organizer = calendars.organizer(w.authority[1], w.app.settings.mail_from)
    items = [] if w.case["secrecy"] else [i["heading"] for i in items_of(w)]
    entry = entry_of(
        meeting, number, meetingmails.body_title(w, "sv"), organizer.email.rpartition("@")[2], items,
        siteaddress.address(w), cancelled=cancelled,
    )  # fmt: skip
    stored = w.app.storage.put(io.BytesIO(calendars.summon(organizer, (), w.at, entry)))
    documents.record(w, "invitation", f"{number}.ics", "text/calendar", stored)
    if not cancelled:
        _call(w)


def enter(w: Work, effect: CalendarEntry, invited: Iterable[Actor]) -> None:
    """File the entry of an event for those who are invited: anew with a higher SEQUENCE, or called off (RFC 5546)."""
    from arende import calendars  # with its library: most steps need none

    organizer, number = calendars.organizer(w.authority[1], w.app.settings.mail_from), w.case["register_no"]
    known = {k: w.case["fields"].get(getattr(effect, k)) for k in ("day", "starts", "ends", "place")}
    times = [time.fromisoformat(t) if (t := known[k]) else None for k in ("starts", "ends")]
    day = date.fromisoformat(known["day"])
    entry = calendars.Entry(
        uid=f"{number}@{organizer.email.rpartition('@')[2]}",
        title=w.case["title"],
        first=day,
        last=day,
        starts=times[0],
        ends=times[1],
        place=known["place"] or "",
        text=f"Börjar klockan {known['starts']}" if times[0] and not times[1] else "",
        sequence=sum(d["key"] == effect.document for d in w.rows(models.documents)),
        cancelled=effect.cancelled,
    )
    to = [calendars.Contact(a.name, a.email) for a in invited if a.email]
    stored = w.app.storage.put(io.BytesIO(calendars.summon(organizer, to, w.at, entry)))
    documents.record(w, effect.document, f"{number}.ics", "text/calendar", stored, "outgoing")


def _call(w: Work) -> None:
    """The summons as a document: when and where, the matters, and who is called."""
    numbers: dict[int, list[str]] = {}
    for c in w.rows(agenda_cases):
        numbers.setdefault(c["item"], []).append(c["register_no"])
    words = {
        **meetingmails.frame(w),
        "items": [{"heading": i["heading"], "cases": numbers.get(i["item"], [])} for i in items_of(w)],
        "summoned": [{"name": a.name, "office": a.title} for a in meetingmails.summoned(w)],
    }
    head = typeset.head(w, unit=words["body"], contact=typeset.contact_line(meetingmails.contact(w)))
    version = 1 + sum(d["key"] == "call" for d in w.rows(models.documents))
    name = f"Kallelse {w.case['register_no']}" + (f" v{version}" if version > 1 else "")
    typeset.put(w, "call", name, typeset.write(w, "summons", head, words, words))


def entry_of(
    meeting: Row, number: str, title: str, domain: str, items: list[str], base_url: str, *, cancelled: bool = False
) -> Entry:
    """A meeting of the register as calendars show it."""
    from arende.calendars import Entry

    starts, ends = (time.fromisoformat(t) if (t := meeting[k]) else None for k in ("starts_at", "ends_at"))
    return Entry(
        uid=f"{number}@{domain}",
        title=f"{title} ({number})",
        first=meeting["day"],
        last=meeting["last_day"],
        starts=starts if ends else None,
        ends=ends,
        place=meeting["place"] or "",
        text="\n".join(f"{n}. {heading}" for n, heading in enumerate(items, 1)),
        url=f"{base_url}/cases/{number}",
        sequence=meeting["sequence"],
        cancelled=cancelled,
    )
