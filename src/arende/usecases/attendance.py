"""Who was there: members, serving substitutes and officials, through which items; absences and whom they call."""

from __future__ import annotations

from collections.abc import Mapping

from arende import actors
from arende.actors import Actor
from arende.errors import Refused, Sentence
from arende.meetingcommands import DeclareItemConflict, RecordAttendance, ReportAbsence
from arende.meetingtables import attendance, item_conflicts
from arende.prepared import Row
from arende.usecases import meetingmails
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_note
from arende.usecases.meetingfacts import ENTITLED, has_vote, item_of, offices_on, the_meeting
from arende.work import Work

MAY = ("meeting_secretary", "meeting_chair")
NOT_YOURS = Sentence("Närvaron förs av sekreteraren.", "The attendance is kept by the secretary.")
OPEN = ("summoned", "in_progress", "suspended", "held", "minutes_draft")
"""States in which the attendance may be entered; what is not known in the room is filled in with the minutes."""


def record_attendance(w: Work, cmd: RecordAttendance) -> None:
    """Enter that somebody was present, in one role, through a period of items; again with other items: a new period."""
    w.open_case(cmd.register_no)
    meeting = the_meeting(w)
    behalf = demand(w, standing(w), MAY, NOT_YOURS)
    while_open(w)
    person = w.ask(actors.actor, cmd.person)
    absent = w.ask(actors.actor, cmd.acting_for) if cmd.acting_for else None
    _fits(w, meeting, cmd, person, absent)
    known = next((a for a in _present(w, person) if a["from_item"] == cmd.from_item), None)
    if known is None:
        _apart(w, cmd, person)
    values = {"role": cmd.role, "acting_for_id": absent.id if absent else None, "to_item": cmd.to_item,
              "remote": cmd.remote, "presiding": cmd.presiding or bool(known and known["presiding"]),
              "checker": cmd.checker or bool(known and known["checker"])}  # fmt: skip
    payload = {"person": person.key, "role": cmd.role, "acting_for": cmd.acting_for, "from_item": cmd.from_item}
    payload |= {"to_item": cmd.to_item, "remote": cmd.remote, "presiding": values["presiding"]}
    seq = w.event("attendance:recorded", payload | {"checker": values["checker"]}, on_behalf_of=behalf)
    if known is not None:
        w.change(attendance, known, **values, seq=seq)
    else:
        w.insert(
            attendance, actor_id=person.id, kind="present", from_item=cmd.from_item, reason=None, seq=seq, **values
        )


def while_open(w: Work) -> None:
    """Refuse before the summons, and once the minutes are being approved."""
    if w.case["state"] not in OPEN:
        raise Refused(
            Sentence(
                "Närvaro förs in när sammanträdet är kallat och tills protokollet har lämnats till justering.",
                "Attendance is entered once the meeting is summoned and until its minutes are being approved.",
            )
        )


def _present(w: Work, person: Actor) -> list[Row]:
    return [a for a in w.rows(attendance) if a["actor_id"] == person.id and a["kind"] == "present"]


def _apart(w: Work, cmd: RecordAttendance, person: Actor) -> None:
    """Periods of one person do not overlap: one who comes back is entered from the item of the return."""
    first, last = cmd.from_item or 0, cmd.to_item or 10_000
    for a in _present(w, person):
        if first <= (a["to_item"] or 10_000) and (a["from_item"] or 0) <= last:
            shown = f"{a['from_item'] or 1}–{a['to_item'] or ''}"
            raise Refused(
                Sentence(
                    f"{person.name} är redan antecknad för punkterna {shown}. Ange först till vilken punkt (--to).",
                    f"{person.name} is entered for items {shown} already. First say until which item (--to).",
                )
            )


def _fits(w: Work, meeting: Row, cmd: RecordAttendance, person: Actor, absent: Actor | None) -> None:
    held = offices_on(w, person, meeting["body"], meeting["day"])
    if meeting["profile"] == "forum":
        return
    if cmd.role == "member" and not held & set(ENTITLED):
        raise Refused(
            Sentence(
                f"{person.name} är inte ledamot i organet den {meeting['day'].isoformat()}. "
                "Ange rollen substitute eller official, eller rätta personfilen.",
                f"{person.name} is not a member of the body on {meeting['day'].isoformat()}. "
                "Give the role substitute or official, or correct the people file.",
            )
        )
    if cmd.role == "substitute" and "substitute" not in held:
        raise Refused(
            Sentence(f"{person.name} är inte ersättare i organet.", f"{person.name} is not a substitute of the body.")
        )
    if (cmd.presiding or cmd.checker) and cmd.role == "official":
        raise Refused(
            Sentence(
                "En tjänsteperson leder inte sammanträdet och justerar inte.",
                "An official neither presides nor checks the minutes.",
            )
        )
    if absent is not None:
        _serves(w, meeting, cmd, absent)


def _serves(w: Work, meeting: Row, cmd: RecordAttendance, absent: Actor) -> None:
    if cmd.role != "substitute" or not offices_on(w, absent, meeting["body"], meeting["day"]) & set(ENTITLED):
        raise Refused(
            Sentence(
                "Bara en ersättare tjänstgör, och för en ledamot i organet.",
                "Only a substitute serves, and for a member of the body.",
            )
        )
    _of_the_party(w, meeting, w.ask(actors.actor, cmd.person), absent)
    first, last = cmd.from_item or 0, cmd.to_item or 10_000
    for a in w.rows(attendance):
        same_items = first <= (a["to_item"] or 10_000) and (a["from_item"] or 0) <= last
        there = a["actor_id"] == absent.id or (a["acting_for_id"] == absent.id and a["actor_id"] != _id(w, cmd.person))
        if has_vote(a) and same_items and there:
            raise Refused(
                Sentence(
                    f"{absent.name} är själv närvarande, eller har redan en tjänstgörande ersättare, vid de punkterna.",
                    f"{absent.name} is present in person, or has a serving substitute already, at those items.",
                )
            )


def _of_the_party(w: Work, meeting: Row, person: Actor, absent: Actor) -> None:
    parties = w.ask(actors.political_parties, meeting["body"], meeting["day"])
    if meeting["profile"] == "assembly" and not may_serve_for(parties, person, absent):
        raise Refused(
            Sentence(
                f"{absent.name} sitter för {parties[absent.id]}. I fullmäktige tjänstgör bara en ersättare för samma "
                f"parti, och {person.name} är inte det.",
                f"{absent.name} sits for {parties[absent.id]}. In the assembly only a substitute of the same party "
                f"serves, and {person.name} is none.",
            )
        )


def _id(w: Work, key: str) -> int:
    return w.ask(actors.actor, key).id


def report_absence(w: Work, cmd: ReportAbsence) -> None:
    """A member cannot come: that is on record, and the next substitute in the declared order is called."""
    w.open_case(cmd.register_no)
    meeting = the_meeting(w)
    person = w.ask(actors.actor, cmd.person)
    behalf = None if person.id == w.actor.id else demand(w, standing(w), MAY, NOT_YOURS)
    if w.case["state"] not in ("summoned", "in_progress", "suspended"):
        raise Refused(
            Sentence("Förhinder anmäls när kallelsen har gått ut.", "An absence is reported once the summons is out.")
        )
    held = offices_on(w, person, meeting["body"], meeting["day"])
    if not held & {*ENTITLED, "substitute"}:
        raise Refused(Sentence(f"{person.name} hör inte till organet.", f"{person.name} does not belong to the body."))
    if any(a["actor_id"] == person.id and a["kind"] == "absent" for a in w.rows(attendance)):
        raise Refused(Sentence("Förhindret är redan anmält.", "The absence is reported already."))
    reason, role = clean_note(cmd.reason), "member" if held & set(ENTITLED) else "substitute"
    seat = _seat(w, person, role)
    called = _next_substitute(w, meeting, person, seat) if seat is not None else None
    payload = {"person": person.key, "absent": True, "reason": reason, "called": called.key if called else None}
    seq = w.event("attendance:recorded", payload, on_behalf_of=behalf)
    _row(w, person, "absent", role, None, seq, reason)
    if seat is not None:
        _call(w, called, seat, seq)
    w.data["called"] = called.key if called else None


def _seat(w: Work, absent: Actor, role: str) -> Actor | None:
    """The member whose seat is empty now: the absent one, or for whom a called substitute cannot come either."""
    called = (a for a in w.rows(attendance) if a["kind"] == "called" and a["actor_id"] == absent.id)
    if (row := next(called, None)) is not None:
        return w.ask(actors.by_id, row["acting_for_id"])
    return absent if role == "member" else None


def _call(w: Work, called: Actor | None, seat: Actor, seq: int) -> None:
    if called is not None:
        _row(w, called, "called", "substitute", seat.id, seq, None)
        meetingmails.summons_to(w, called, f"{seq}.0.called")
        return
    w.data["warnings"] = [[
        f"Ingen ersättare är kvar att kalla för {seat.name}, så platsen är tom.",
        f"No substitute is left to call for {seat.name}, so the seat is empty.",
    ]]  # fmt: skip


def _row(w: Work, person: Actor, kind: str, role: str, for_id: int | None, seq: int, reason: str | None) -> None:
    w.insert(attendance, actor_id=person.id, kind=kind, role=role, acting_for_id=for_id, from_item=None, to_item=None,
             remote=False, presiding=False, checker=False, reason=reason, seq=seq)  # fmt: skip


def _next_substitute(w: Work, meeting: Row, absent: Actor, seat: Actor) -> Actor | None:
    """The first in the declared order who is neither called nor away; of the seat's party before the others.

    The order is that of the people file. In the assembly the seat is the party's by the election, and stays empty
    when the party has nobody left.
    """
    taken = {a["actor_id"] for a in w.rows(attendance)} | {absent.id}
    parties = w.ask(actors.political_parties, meeting["body"], meeting["day"])
    waiting = [s for s in w.ask(actors.holders, "substitute", meeting["body"], meeting["day"]) if s.id not in taken]
    mine = [s for s in waiting if may_serve_for(parties, s, seat)]
    return next(iter(mine if meeting["profile"] == "assembly" else [*mine, *waiting]), None)


def may_serve_for(parties: Mapping[int, str], substitute: Actor, absent: Actor) -> bool:
    """Whether the substitute is of the absent one's party; who has none in the people file serves for everybody."""
    return parties.get(absent.id) in (None, parties.get(substitute.id))


def declare_item_conflict(w: Work, cmd: DeclareItemConflict) -> None:
    """Somebody leaves the room for one item: no vote, no part in the decision, no place in its quorum."""
    w.open_case(cmd.register_no)
    the_meeting(w)
    person = w.ask(actors.actor, cmd.person)
    behalf = None if person.id == w.actor.id else demand(w, standing(w), MAY, NOT_YOURS)
    item = item_of(w, cmd.item)
    if item["outcome"] is not None or w.case["state"] not in OPEN[:3]:
        raise Refused(
            Sentence(
                "Jäv anmäls innan punkten är avgjord (KL 5:47, 6:28).",
                "A conflict of interest is declared before the item is settled (KL 5:47, 6:28).",
            )
        )
    if any(c["item"] == cmd.item and c["actor_id"] == person.id for c in w.rows(item_conflicts)):
        raise Refused(Sentence("Jävet är redan antecknat.", "The conflict is noted already."))
    seq = w.event("item:conflict", {"item": cmd.item, "person": person.key}, on_behalf_of=behalf)
    w.insert(item_conflicts, item=cmd.item, actor_id=person.id, seq=seq)
