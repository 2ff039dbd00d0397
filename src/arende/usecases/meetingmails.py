"""Words to those who meet: the summons, its changes, its cancellation – and when and where, as people say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from arende import actors, casewords, mailwords, meetinglaw, models, workdays
from arende.actors import Actor
from arende.meetingtables import notices
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


# ---------------------------------------------------------------- after the meeting


def minutes_late(w: Work, to: Actor) -> mailwords.MinutesLate:
    """That the minutes are not approved: by whom not, and until when the law allows (KL 5:69, 6:35)."""
    meeting = the_meeting(w)
    last = meetinglaw.minutes_last_day(meeting["last_day"])
    waiting = [a["approver_id"] for a in w.rows(models.approvals) if a["key"] == "minutes" and a["state"] == "pending"]
    return mailwords.MinutesLate(
        **mails.common(w, to),
        body=body_title(w, to.language),
        held=workdays.spoken_date(meeting["last_day"], to.language),
        last_day=workdays.spoken_date(last, to.language),
        waits_for=tuple(w.ask(actors.by_id, i).name for i in waiting),
        late=w.today > last,
    )


def appeal_passed(w: Work, to: Actor) -> mailwords.AppealTimePassed:
    """That the time for appeal has passed, and for which sections."""
    up = [n for n in w.rows(notices) if n["state"] == "up"]
    on = {i for n in up for i in n["items"]}
    numbers = sorted(i["section_no"] for i in items_of(w) if i["item"] in on and i["section_no"] is not None)
    return mailwords.AppealTimePassed(
        **mails.common(w, to),
        body=body_title(w, to.language),
        sections=f"§ {numbers[0]}" if len(numbers) == 1 else f"§§ {', '.join(map(str, numbers))}",
        up=workdays.spoken_date(max(n["up_on"] for n in up), to.language),
        last_day=workdays.spoken_date(max(n["appeal_last_day"] for n in up), to.language),
    )


WORDS: dict[str, Callable[[Work, Actor], mailwords.MailContext]] = {
    "minutes_check_late": minutes_late,
    "appeal_time_passed": appeal_passed,
}
"""Mails that definitions send and that tell of the meeting."""
