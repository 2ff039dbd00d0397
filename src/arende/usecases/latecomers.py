"""A case that is ready for a body after its agenda was drafted: it comes onto the meeting it chose, else it is told."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from arende import guards
from arende.effecttypes import TaskEffect
from arende.machine import SYSTEM
from arende.meetingtables import agenda_cases, agenda_items, meetings
from arende.models import cases
from arende.prepared import Row
from arende.statetypes import AtMeeting
from arende.terms import Text
from arende.usecases import agendas, effects, waitingcases
from arende.usecases.facts import Standing, gather
from arende.usecases.meetingfacts import body_name, next_meeting
from arende.work import Work

ACT = "late_for_agenda"


def ready(w: Work, seq: int, reason: str) -> None:
    """The case waits for a body, and nothing bars it. A draft that is still to be made gathers it by itself.

    Onto an agenda that somebody has seen it comes with ``reason``, where it has chosen that very meeting; where it has
    chosen none, whoever enters the body's outcome in the case is told, and adds it or leaves it to the next meeting.
    """
    at = waitingcases.awaits(w.rules, w.case)
    body = waitingcases.body_awaited(at, w.case) if at is not None else None
    if at is None or body is None or _awaits_clearance(w, at):
        return
    aimed = w.case["fields"].get(at.date or "")
    day = date.fromisoformat(aimed) if aimed else w.today
    meeting = next_meeting(w, body, day - timedelta(days=1))
    if meeting is None or meeting["state"] in agendas.OPEN_TO_ALL or (aimed and meeting["day"] != day):
        return
    if _is_on(w, meeting):
        return
    number = w.case["register_no"]
    if aimed:
        data = {"heading": None, "cases": [number], "origin": number, "reason": reason,
                "kind": "report" if at.report else "case"}  # fmt: skip
        agendas.promise(w, seq, 400, "agenda", meeting["register_no"], data, None, agendas.system(w))
    else:
        _tell(w, at, body, meeting, seq)


def _tell(w: Work, at: AtMeeting, body: str, meeting: Row, seq: int) -> None:
    no, name, day = meeting["register_no"], body_name(w, body), meeting["day"].isoformat()
    title = Text(
        sv=f"Dagordningen för {name} den {day} ({no}) skrevs innan ärendet kom: sätt upp det där med skäl, eller låt "
        "det vänta till nästa sammanträde",
        en=f"The agenda of {name} on {day} ({no}) was drafted before the case came: put it there with the reason, or "
        "let it wait for the next meeting",
    )
    role = waitingcases.enters(w.rules, at)
    effects.open_task(w, TaskEffect(of=role, act=ACT, title=title), seq, 95, of_state=w.case["state"])


def _awaits_clearance(w: Work, at: AtMeeting) -> bool:
    """Whether the chair has still to clear it: it is ready when that has been done, and not before."""
    trigger = at.outcomes.get("approved") or at.outcomes.get("noted")
    here = (r.transition for r in w.rules.rows if (r.source, r.transition.trigger) == (w.case["state"], trigger))
    asked = [g for t in here for g in t.when if g.name == "cleared"]
    if not asked or trigger is None:
        return False
    facts = gather(w, Standing(frozenset({SYSTEM}), {}), trigger)
    return any(guards.judge(w.rules, g.name, g.arg, facts) is not None for g in asked)


def _is_on(w: Work, meeting: Row) -> bool:
    i, c = agenda_items.c, agenda_cases.c
    query = select(c.register_no).join(agenda_items, (i.case_id == c.case_id) & (i.item == c.item))
    query = query.join(meetings, meetings.c.case_id == c.case_id).join(cases, cases.c.id == c.case_id)
    query = query.where(cases.c.register_no == meeting["register_no"], i.state == "on")
    return w.conn.execute(query.where(c.register_no == w.case["register_no"])).first() is not None
