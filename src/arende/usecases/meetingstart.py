"""How a meeting begins: in its body's own series, in the form that the body's kind gives it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import select

from arende import meetinglaw, models, workdays
from arende.casetypes import CaseType
from arende.errors import Invalid, Refused, Sentence
from arende.meetingtables import meetings
from arende.prepared import Row
from arende.usecases import successions
from arende.usecases.meetingfacts import body_of
from arende.work import Work

SERIES = "M"
"""What the series of every body's meetings begins with, so that it is never a diary series of cases."""


def planned(w: Work, rules: CaseType, given: dict[str, Any]) -> tuple[str, int, dict[str, Any]]:
    """(series, year, fields) of a new meeting. Raises Refused for a body that does not meet, or a day it cannot."""
    named = str(given.get(rules.meeting_of or "body") or "").strip().lower()
    if not named:
        raise Refused(
            Sentence(
                "Ett sammanträde läggs upp för ett organ och en dag: arende meeting plan ORGAN DATUM, till exempel "
                "arende meeting plan rsau 2027-03-10.",
                "A meeting is planned for a body and a day: arende meeting plan BODY DATE, such as "
                "arende meeting plan rsau 2027-03-10.",
            )
        )
    body = body_of(w, named)
    profile = meetinglaw.PROFILES.get(body["kind"])
    if profile is None:
        raise Refused(
            Sentence(
                f"{body['name_sv']} är en förvaltning och sammanträder inte.",
                f"{body['name_en'] or body['name_sv']} is an administration and does not meet.",
            )
        )
    if given.get("profile") not in (None, profile):
        raise Refused(
            Sentence(
                f"{body['name_sv']} sammanträder som {profile}; formen följer av organet.",
                f"{body['name_en'] or body['name_sv']} meets as {profile}; that follows from the body.",
            )
        )
    day = _day(given.get("meeting_date"))
    successions.demand_body(w.conn, body, day)
    w.data["warnings"] = [list(s) for s in (*warnings(profile, day, w.today), *same_day(w, body["key"], day, 0))]
    filled = {"body": body["key"], "profile": profile, "last_day": given.get("last_day") or day.isoformat()}
    return series_of(w, body), day.year, {**given, **filled}


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid(
            Sentence(
                "Ange sammanträdets dag som ÅÅÅÅ-MM-DD (meeting_date).",
                "Give the day of the meeting as YYYY-MM-DD (meeting_date).",
            )
        ) from None


def warnings(profile: str, day: date, today: date) -> list[Sentence]:
    """What speaks against a day without forbidding it: a holiday, a weekend, July, too short a time to summon."""
    said = []
    last = meetinglaw.summons_last_day(day)
    if profile == "assembly" and last < today <= day:
        said.append(
            Sentence(
                f"Kungörelsen och kallelsen skulle ha gått ut senast den {last.isoformat()}, en vecka före (KL 5:13). "
                "Kallelsen kommer att nekas: välj en senare dag.",
                f"The notice and the summons were due by {last.isoformat()}, a week before (KL 5:13). "
                "The summons will be refused: choose a later day.",
            )
        )
    if not workdays.is_working_day(day):
        name = workdays.day_name(day)
        said.append(Sentence(f"{day.isoformat()} är {name.sv}.", f"{day.isoformat()} is {name.en}."))
    if day.month == 7:
        said.append(Sentence(f"{day.isoformat()} är i juli.", f"{day.isoformat()} is in July."))
    return said


def same_day(w: Work, body: str, day: date, but: int) -> list[Sentence]:
    """That the body meets on the day already: two meetings of one day are mostly one that was planned twice."""
    m, c = meetings.c, models.cases.c
    query = select(c.register_no).join(models.cases, c.id == m.case_id).order_by(c.id)
    query = query.where(m.body == body, m.day <= day, m.last_day >= day, m.over.is_(False), m.case_id != but)
    return [
        Sentence(
            f"Organet har redan ett sammanträde {day.isoformat()}: {no}. Ställ in det ena, om det inte ska vara två.",
            f"The body has a meeting on {day.isoformat()} already: {no}. Cancel one, unless there are to be two.",
        )
        for no in w.conn.execute(query).scalars()
    ]


def series_of(w: Work, body: Row) -> str:
    """The series of a body's meetings: M and its short form, else the beginning of its key. One body, one series."""
    series = _series(body)
    rows = w.conn.execute(select(models.bodies)).mappings()
    others = [b["key"] for b in rows if b["key"] != body["key"] and _series(dict(b)) == series]
    if others:
        raise Refused(
            Sentence(
                f"Organen {body['key']} och {others[0]} skulle få samma serie {series}. Ge dem olika short i "
                "personfilen.",
                f"The bodies {body['key']} and {others[0]} would share the series {series}. Give them different "
                "short forms in the people file.",
            )
        )
    return series


def _series(body: Row) -> str:
    first, _, rest = body["key"].partition("_")
    letters = body["short"] or f"{first}{rest}"
    return (SERIES + re.sub(r"[^A-ZÅÄÖ]", "", letters.upper()))[:6]


def begin(w: Work) -> None:
    """The row of a new meeting, from the fields of its case."""
    w.insert(meetings, **row_of(w), sequence=0, agenda_version=0, summoned_on=None, numbered=False, over=False)


def row_of(w: Work) -> Row:
    """What the fields of the case say about when and where."""
    f = w.case["fields"]
    day = date.fromisoformat(f["meeting_date"])
    last = date.fromisoformat(f["last_day"]) if f.get("last_day") else day
    if last < day:
        raise Invalid(
            Sentence(
                f"Sista dagen, {last.isoformat()}, är före den första, {day.isoformat()}.",
                f"The last day, {last.isoformat()}, is before the first, {day.isoformat()}.",
            )
        )
    successions.demand_body(w.conn, body_of(w, f["body"]), last)
    return {
        "body": f["body"],
        "profile": f["profile"],
        "day": day,
        "last_day": last,
        "starts_at": f.get("starts_at"),
        "ends_at": f.get("ends_at"),
        "place": f.get("place"),
    }
