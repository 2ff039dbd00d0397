"""Attendance that was entered by mistake is taken back, as long as the minutes have not been approved."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete

from arende import actors, meetinglaw
from arende.actors import Actor
from arende.errors import Refused, Sentence
from arende.meetingcommands import RetractAttendance
from arende.meetingtables import agenda_items, attendance, dissents, motions, votes
from arende.prepared import Row
from arende.usecases.attendance import MAY, NOT_YOURS, while_open
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_text
from arende.usecases.meetingfacts import items_of, members_of, the_meeting, voters
from arende.work import Work


def retract_attendance(w: Work, cmd: RetractAttendance) -> None:
    """Take back every entry of the kind for the person; the event keeps who it was, and why.

    Raises Refused where something rests on it: a vote, a motion, a dissent, or the quorum of what has been decided.
    """
    w.open_case(cmd.register_no)
    meeting = the_meeting(w)
    behalf = demand(w, standing(w), MAY, NOT_YOURS)
    while_open(w)
    person = w.ask(actors.actor, cmd.person)
    rows = [a for a in w.rows(attendance) if a["actor_id"] == person.id and a["kind"] == cmd.what]
    if not rows:
        raise Refused(Sentence(f"{person.name} är inte införd så.", f"{person.name} is not entered so."))
    gone = [*rows, *(_called_for(w, person) if cmd.what == "absent" else [])]
    _take_away(w, gone)
    if cmd.what == "present":
        _nothing_rests_on(w, meeting, person)
    called = [w.ask(actors.by_id, a["actor_id"]) for a in gone if a["kind"] == "called"]
    payload = {"person": person.key, "what": cmd.what, "reason": clean_text(cmd.reason)}
    w.event("attendance:retracted", payload | {"uncalled": [a.key for a in called]}, on_behalf_of=behalf)
    if called:
        w.data["warnings"] = [list(_told(a)) for a in called]


def _take_away(w: Work, rows: list[Row]) -> None:
    for row in rows:
        w.rows(attendance).remove(row)
        w.execute(delete(attendance).where(attendance.c.id == row["id"]))


def _called_for(w: Work, absent: Actor) -> list[Row]:
    """The substitute who was called instead, if not there already."""
    there = {a["actor_id"] for a in w.rows(attendance) if a["kind"] == "present"}
    called = (a for a in w.rows(attendance) if a["kind"] == "called" and a["acting_for_id"] == absent.id)
    return [a for a in called if a["actor_id"] not in there]


def _nothing_rests_on(w: Work, meeting: Row, person: Actor) -> None:
    if (number := next(_used_at(w, person), None)) is not None:
        raise Refused(
            Sentence(
                f"{person.name} har lett, röstat, yrkat eller reserverat sig på punkt {number} och var alltså där.",
                f"{person.name} presided, voted, moved or dissented at item {number}, and so was there.",
            )
        )
    seats = members_of(w, meeting["body"])
    if meeting["profile"] == "forum" or seats is None:
        return
    for item in items_of(w):
        if item["outcome"] in meetinglaw.DECISIONS and len(voters(w, item)) < meetinglaw.quorum(seats):
            raise Refused(
                Sentence(
                    f"Utan {person.name} var organet inte beslutfört vid punkt {item['item']}, som är avgjord "
                    "(KL 5:45, 6:27). För in vem som var där i stället, eller bordlägg punkten först.",
                    f"Without {person.name} the body had no quorum at item {item['item']}, which is settled "
                    "(KL 5:45, 6:27). Enter who was there instead, or adjourn the item first.",
                )
            )


def _used_at(w: Work, person: Actor) -> Iterator[int]:
    """The items at which something on record was done by the person."""
    yield from (i["item"] for i in w.rows(agenda_items) if i["presiding_id"] == person.id)
    yield from (r["item"] for table in (motions, dissents) for r in w.rows(table) if r["actor_id"] == person.id)
    yield from (v["item"] for v in w.rows(votes) if person.key in v["ballots"])


def _told(called: Actor) -> Sentence:
    return Sentence(
        f"{called.name} hade kallats i stället och är inte längre kallad. Tala om det.",
        f"{called.name} had been called instead and no longer is. Tell them.",
    )
