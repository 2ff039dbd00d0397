"""What a meeting's outcome leads to in the cases it concerns: promised here, carried out by commands of their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from arende import models
from arende.effecttypes import TaskEffect
from arende.meetingtables import agenda_cases, agenda_items, meetings
from arende.prepared import Row
from arende.statetypes import AtMeeting
from arende.terms import Text
from arende.usecases import agendas, assignments, effects, minutewords, waitingcases
from arende.usecases.meetingfacts import body_name, the_meeting
from arende.work import Work

QUIET = ("noted", "withdrawn")
"""Outcomes that need lead nowhere."""


def lead_on(w: Work, seq: int, items: Iterable[Row], approved_on: date) -> None:
    """Promise each case the step that its definition gives for the outcome; tell the secretary where there is none."""
    n = 0
    for item in items:
        if item["carried"] or item["outcome"] is None:
            continue
        w.change(agenda_items, item, carried=True)
        body = the_meeting(w)["body"]
        for row in [c for c in w.rows(agenda_cases) if c["item"] == item["item"]]:
            if row["assignment"] is not None:
                _reported(w, seq, n, item, row)
            else:
                _one(w, seq, n, item, row["register_no"], approved_on)
            n += 1
        n = assignments.promise(w, seq, n, item, body, _authority(w, item))


def _authority(w: Work, item: Row) -> str:
    """What the outcome rests on: "RS 2021-03-10 § 12"."""
    meeting = the_meeting(w)
    section = f"§ {item['section_no']}" if item["section_no"] is not None else None
    return " ".join(x for x in (body_name(w, meeting["body"]), meeting["day"].isoformat(), section) if x)


def _reported(w: Work, seq: int, n: int, item: Row, row: Row) -> None:
    """The item reported an assignment: what the body found goes to it."""
    if item["outcome"] not in ("adjourned", "withdrawn"):
        authority = _authority(w, item)
        data = {"number": row["assignment"], "outcome": item["outcome"], "note": item["motive"] or item["decision"],
                "authority": authority}  # fmt: skip
        agendas.promise(w, seq, n, "settle", row["register_no"], data, authority, item["recorded_by_id"] or w.actor.id)


def _one(w: Work, seq: int, n: int, item: Row, register_no: str, approved_on: date) -> None:
    meeting, other = the_meeting(w), waitingcases.peek(w, register_no)
    at = waitingcases.awaits(other.rules, other.case)
    if item["kind"] == "report" and at is not None and not at.report:
        at = None  # the body was told of the case; what the case waits for is another item
    waits_here = at is not None and waitingcases.body_awaited(at, other.case) == meeting["body"]
    trigger = at.outcomes.get(item["outcome"]) if at is not None and waits_here else None
    if at is not None and waits_here and trigger is None and item["outcome"] == "adjourned":
        later = waitingcases.next_for(w, meeting)
        if at.moved and at.date and later is not None:
            follow_to(w, seq, n, register_no, at, later["day"])
        return
    section = f"§ {item['section_no']}" if item["section_no"] is not None else None
    note = next(x for x in (item["motive"], item["decision"], item["heading"]) if x)
    if at is None or trigger is None:
        reworded = waits_here and _has_text(other, at) and item["outcome"] == "approved_with_change"
        if item["outcome"] not in QUIET:
            _by_hand(w, seq, n, item, register_no, reworded=reworded)
        if reworded:
            _words(w, seq, n, item, register_no, at)
        return
    values = {at.date: meeting["day"].isoformat(), at.section: section, at.approved_on: approved_on.isoformat(),
              at.note: note if section is None else None}  # fmt: skip
    fields = {k: v for k, v in values.items() if k and v and trigger in other.rules.fields[k].set_by}
    extract = _extract(w, item, at, register_no) if section is not None else None
    authority = _authority(w, item)
    data = {"trigger": trigger, "fields": fields, "note": note, "extract": extract}
    agendas.promise(w, seq, n, "step", register_no, data, authority, item["recorded_by_id"] or w.actor.id)
    changed = item["outcome"] == "approved_with_change" and trigger == at.outcomes.get("approved")
    if changed and _has_text(other, at):  # the type has no step of its own for a change
        _words(w, seq, n, item, register_no, None)


def _has_text(other: Work, at: AtMeeting | None) -> bool:
    """Whether the body decides on words that the case keeps: not where it is told of something, or notes it."""
    return at is not None and not at.report and any(d.is_text for d in other.rules.documents.values())


def _words(w: Work, seq: int, n: int, item: Row, register_no: str, at: AtMeeting | None) -> None:
    """Promise that the case learns of the change; with ``at``, which waits for it, that it gets the extract too."""
    extract = _extract(w, item, at, register_no) if at is not None and item["section_no"] is not None else None
    change = next(x for x in (item["decision"], item["motive"], item["heading"]) if x)
    data = {"change": change, "extract": extract, "authority": _authority(w, item)}
    agendas.promise(w, seq, n, "words", register_no, data, None, item["recorded_by_id"] or w.actor.id)


def not_cleared(w: Work, body: str, seq: int, n: int) -> None:
    """The clearance of a case no longer counts: where it stands on an agenda, the body's secretary has to act.

    The item stays there: the agenda is the secretary's and the chair's, and a case may come without clearance.
    """
    i, c, m = agenda_items.c, agenda_cases.c, meetings.c
    ahead = (
        select(models.cases.c.register_no)
        .join(meetings, m.case_id == models.cases.c.id)
        .join(agenda_items, i.case_id == m.case_id)
        .join(agenda_cases, (c.case_id == i.case_id) & (c.item == i.item))
        .where(c.register_no == w.case["register_no"], m.body == body, i.state == "on", i.outcome.is_(None), ~m.over)
        .order_by(m.day)
    )
    at = waitingcases.awaits(w.rules, w.case)
    for meeting in w.conn.execute(ahead).scalars().all():
        title = Text(
            sv=f"Klartecknet till {meeting} gäller inte längre: ta bort punkten, eller vänta på ett nytt",
            en=f"The clearance for {meeting} no longer counts: take the item off, or wait for a new one",
        )
        role = waitingcases.enters(w.rules, at)
        effects.open_task(w, TaskEffect(of=role, act="not_cleared", title=title), seq, n)
        return


def follow_to(w: Work, seq: int, n: int, register_no: str, at: AtMeeting, day: date) -> None:
    """Promise a case that its chosen meeting is another day."""
    said = w.case["register_no"]
    data = {"trigger": at.moved, "fields": {at.date: day.isoformat()}, "note": said, "extract": None}
    agendas.promise(w, seq, n, "step", register_no, data, said, agendas.system(w))


def _extract(w: Work, item: Row, at: AtMeeting, register_no: str) -> Row | None:
    """An extract of the minutes: on the meeting's record, and to be filed on the case."""
    if at.extract is None:
        return None
    frame = {k: v for k, v in minutewords.minutes(w).items() if k != "items"}
    words = {**frame, "item": minutewords.item(w, item), "dnr": register_no, "by": minutewords.secretary(w)}
    name = f"Protokollsutdrag {w.case['register_no']} § {item['section_no']}"
    row = agendas.file_page(w, "extract", name, words)
    return {"key": at.extract, **{k: row[k] for k in ("name", "media_type", "size", "sha256", "source")}}


def _by_hand(w: Work, seq: int, n: int, item: Row, register_no: str, *, reworded: bool) -> None:
    title = Text(
        sv=f"{register_no} väntar inte på det här utfallet av ”{item['heading']}”. För in det i ärendet för hand.",
        en=f'{register_no} does not await this outcome of "{item["heading"]}". Enter it in the case by hand.',
    )
    if reworded:
        title = Text(
            sv=f"”{item['heading']}” bifölls med ändring: för in det i {register_no} när den beslutade lydelsen är "
            "inlagd där.",
            en=f'"{item["heading"]}" was approved with a change: enter it in {register_no} when the words decided have '
            "been filed there.",
        )
    effects.open_task(w, TaskEffect(of="meeting_secretary", act="enter_outcome", title=title, mail=None), seq, 200 + n)
