"""Words to those who meet: the summons, its changes, its cancellation – and when and where, as people say it."""

from __future__ import annotations

from collections.abc import Iterable

from arende import actors, casewords, mailwords, workdays
from arende.actors import Actor
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import mails
from arende.usecases.meetingfacts import body_of, items_of, the_meeting
from arende.work import Work

SUMMONED = ("chair", "vice_chair", "member", "substitute", "secretary")
"""Offices of a body that are summoned; a substitute comes when called, but knows of every meeting (KL 5:13)."""


def body_title(w: Work, language: str) -> str:
    """What the body is called."""
    body = body_of(w, the_meeting(w)["body"])
    return str(body["name_en"] if language == "en" and body["name_en"] else body["name_sv"])


def when(meeting: Row, language: str) -> str:
    """The days and times in words: "onsdagen den 10 mars 2021 klockan 13.30–16.30"."""
    said = workdays.spoken_date(meeting["day"], language)
    if meeting["last_day"] != meeting["day"]:
        said += (" to " if language == "en" else " till ") + workdays.spoken_date(meeting["last_day"], language)
    if meeting["starts_at"]:
        dot = "." if language == "sv" else ":"
        times = meeting["starts_at"].replace(":", dot)
        times += f"–{meeting['ends_at'].replace(':', dot)}" if meeting["ends_at"] else ""
        said += f" klockan {times}" if language == "sv" else f", {times}"
    return said


def frame(w: Work) -> Row:
    """What every document of a meeting says of it: the body, its number, when and where."""
    meeting, body = the_meeting(w), body_title(w, "sv")
    low = casewords.low(body)
    return {
        "body": body,
        "body_low": low,
        "body_possessive": low if low.endswith(("s", "x", "z")) else f"{low}s",
        "register_no": w.case["register_no"],
        "when": when(meeting, "sv"),
        "place": meeting["place"],
        "meeting": "möte" if meeting["profile"] == "forum" else "sammanträde",
    }


def summoned(w: Work) -> list[Actor]:
    """Everybody who is summoned, each once, in the order of the offices."""
    meeting = the_meeting(w)
    found = [a for office in SUMMONED for a in w.ask(actors.holders, office, meeting["body"], meeting["day"])]
    return list({a.id: a for a in found}.values())


def summons(w: Work, template: str, seq: int, *, changes: Iterable[Text] = (), reason: str | None = None) -> None:
    """One mail to each who is summoned."""
    told = tuple(changes)
    for n, person in enumerate(summoned(w)):
        summons_to(w, person, f"{seq}.{n}.{template}", template, changes=told, reason=reason)


def summons_to(
    w: Work,
    person: Actor,
    key: str,
    template: str = "summons",
    *,
    changes: Iterable[Text] = (),
    reason: str | None = None,
) -> None:
    """The summons to one person, with the agenda and the calendar entry."""
    meeting, language = the_meeting(w), person.language
    documents = () if template == "summons_cancelled" else mails.newest(w, ("call", "agenda", "papers"))
    documents = (*documents, *mails.newest(w, ("invitation",)))
    context = mailwords.Summons(
        **mails.common(w, person),
        body=body_title(w, language),
        when=when(meeting, language),
        day_short=workdays.short_date(meeting["day"], language),
        place=meeting["place"],
        items=tuple(i["heading"] for i in items_of(w)),
        changes=tuple(t.in_(language) for t in changes),
        reason=reason,
        documents=tuple(d["name"] for d in documents),
        contact=contact(w),
    )
    mails.queue(w, template, person, key, context, documents)


def contact(w: Work) -> mailwords.Contact:
    """Whom those who meet turn to: the body's secretary."""
    meeting = the_meeting(w)
    found = w.ask(actors.holders, "secretary", meeting["body"], w.today)
    if not found:
        return mailwords.Contact(name=w.authority[1])
    return mailwords.Contact(name=found[0].name, title=found[0].title, email=found[0].email)
