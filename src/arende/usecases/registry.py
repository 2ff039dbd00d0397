"""Use cases that mend the register itself: a number is void, a record moves to its right case, two cases become one.

A command writes one case. What it leads to in the other is a promise in the same transaction, carried out at once by a
command of its own, or by the next sweep; where the other case refuses, the first one is told and nothing is lost.
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from arende import models
from arende.actors import Actor
from arende.commands import Command, OnCase
from arende.effecttypes import TaskEffect
from arende.endings import Ending, refuse_ended
from arende.errors import ArendeError, Invalid, NotFound, Refused, Sentence
from arende.meetingtables import agenda_cases, agenda_items, meetings
from arende.prepared import Row
from arende.register import parse_no
from arende.registercommands import MergeCases, MoveRecord, TakeOver, TakeRecord, VoidCase
from arende.terms import Text
from arende.usecases import agendas, correspondence, documents, effects, steps
from arende.usecases.facts import refuse_conflict
from arende.usecases.fields import clean_note
from arende.work import UseCase, Work

_ON_AGENDA = (
    select(agenda_cases.c.item)
    .join(meetings, meetings.c.case_id == agenda_cases.c.case_id)
    .join(
        agenda_items,
        (agenda_items.c.case_id == agenda_cases.c.case_id) & (agenda_items.c.item == agenda_cases.c.item),
    )
    .where(meetings.c.over.is_(False), agenda_items.c.state == "on")
    .limit(1)
)


# ---------------------------------------------------------------- a number ends


def void_case(w: Work, cmd: VoidCase) -> None:
    """Keep the number as void. Only an empty one: what has come in or been decided has to move or stay."""
    behalf, reason = _opened(w, cmd, cmd.reason)
    _demand_no_meeting(w)
    if any(d["moved_to"] is None for d in w.rows(models.documents)):
        raise Refused(
            Sentence(
                "Numret har handlingar och makuleras inte. Flytta dem till rätt ärende, eller slå ihop ärendena.",
                "The number has records and is not made void. Move them to the right case, or merge the cases.",
            )
        )
    if w.rows(models.consultations) or any(a["decided_by_id"] for a in w.rows(models.approvals)):
        raise Refused(
            Sentence(
                "I ärendet har någon tillfrågats eller beslutat. Det makuleras inte; avsluta det i stället.",
                "In the case somebody has been asked or has decided. It is not made void; end it instead.",
            )
        )
    w.event("case:voided", {"reason": reason}, on_behalf_of=behalf)
    _end(w, "voided")


def merge_cases(w: Work, cmd: MergeCases) -> None:
    """End this case, pointing to the one that continues. Its records stay on it, and the other one points back."""
    behalf, reason = _opened(w, cmd, cmd.reason)
    _demand_no_meeting(w)
    into = _other(w, cmd.into)
    if w.case["closed_at"] is not None:
        raise Refused(Sentence("Ärendet är redan avslutat.", "The case has ended already."))
    if any(c["state"] == "open" for c in w.rows(models.consultations)):
        raise Refused(
            Sentence(
                "En omgång pågår i ärendet. Avsluta den först, så att ingen part väntas svara på fel nummer.",
                "A round is open in the case. Close it first, so that no party answers to the wrong number.",
            )
        )
    number = into["register_no"]
    seq = w.event("case:merged", {"into": number, "reason": reason}, on_behalf_of=behalf)
    w.insert(models.relations, kind="continued_in", other=number, seq=seq)
    _end(w, "merged", number)
    promise_at_once(w, seq, "merger", number, {"came_from": w.case["register_no"]})


def take_over(w: Work, cmd: TakeOver) -> None:
    """This case continues another."""
    w.open_case(cmd.register_no)
    behalf = correspondence.registrar(w)
    seq = w.event("case:joined", {"from": cmd.came_from}, on_behalf_of=behalf)
    w.insert(models.relations, kind="continues", other=cmd.came_from, seq=seq)
    title = Text(
        sv=f"{cmd.came_from} har gått upp i ärendet. Läs dess handlingar",
        en=f"{cmd.came_from} has been merged into the case. Read its records",
    )
    effects.open_task(w, TaskEffect(of="case_officer", act="read_mail", title=title), seq, 0)
    agendas.kept(w, cmd.promise)


def _end(w: Work, how: Ending, into: str | None = None) -> None:
    w.case.update(ending=how, continued_in=into)
    if w.case["closed_at"] is None:
        steps.wind_up(w)
    w.case["due_at"] = None


# ---------------------------------------------------------------- a record moves


def move_record(w: Work, cmd: MoveRecord) -> None:
    """The record's number stays here, saying where it went; its bytes open on the right case alone."""
    behalf, reason = _opened(w, cmd, cmd.reason)
    record = next((d for d in w.rows(models.documents) if d["record_no"] == cmd.record_no), None)
    if record is None or record["moved_to"] is not None:
        raise NotFound(
            Sentence(f"Ärendet har ingen handling {cmd.record_no}.", f"The case has no record {cmd.record_no}.")
        )
    _demand_movable(w, record)
    to = _other(w, cmd.to)["register_no"]
    w.change(models.documents, record, moved_to=to)
    payload = {"record_no": cmd.record_no, "to": to, "reason": reason}
    seq = w.event("record:moved", payload, on_behalf_of=behalf)
    correspondence.close_check(w, record)
    sent = {"name": record["name"], "media_type": record["media_type"]}
    sent |= {"size": record["size"], "sha256": record["sha256"]}
    data = {"record": sent, "access": record["access"], "came_from": w.case["register_no"]}
    promise_at_once(w, seq, "record", to, {**data, "record_there": cmd.record_no})


def take_record(w: Work, cmd: TakeRecord) -> None:
    """The record becomes one of this case: as secret as it was, and read by its officer."""
    w.open_case(cmd.register_no)
    behalf = correspondence.registrar(w)
    number = 1 + max((d["record_no"] for d in w.rows(models.documents)), default=0)
    payload = {"from": cmd.came_from, "record_there": cmd.record_there, "record_no": number}
    seq = w.event("record:taken", payload, on_behalf_of=behalf)
    r = cmd.record
    documents.record(
        w, f"moved_{number}", r.name, r.media_type, (r.sha256, r.size), "incoming", on_behalf_of=behalf,
        access=cmd.access,
    )  # fmt: skip
    title = Text(
        sv=f"Läs en handling som har flyttats hit från {cmd.came_from}",
        en=f"Read a record that was moved here from {cmd.came_from}",
    )
    effects.open_task(w, TaskEffect(of="case_officer", act="read_mail", title=title), seq, 0)
    if cmd.access == "unchecked":
        effects.open_task(w, TaskEffect(of="registrar", act="check_secrecy"), seq, 1)
    agendas.kept(w, cmd.promise)


def put_back(w: Work, promise: Row) -> None:
    """The right case refused the record: it is here again, and somebody has a task to see to it."""
    number = promise["data"]["record_there"]
    for record in w.rows(models.documents):
        if record["record_no"] == number:
            w.change(models.documents, record, moved_to=None)


def _demand_movable(w: Work, record: Row) -> None:
    """What came in and nothing rests on yet."""
    if record["direction"] != "incoming" or record["key"] in w.rules.documents:
        raise Refused(
            Sentence(
                "Bara det som har kommit in flyttas, och inte det som ärendets steg vilar på. Lägg handlingen i rätt "
                "ärende och rätta händelsen här.",
                "Only what has come in is moved, and not what the case's steps rest on. Add the record to the right "
                "case and correct the event here.",
            )
        )
    used = {n for a in w.rows(models.answers) for n in (a["documents"] or [])}
    used |= {n for a in w.rows(models.answers) for n in (a["pending"] or {}).get("documents") or []}
    if record["record_no"] in used:
        raise Refused(
            Sentence(
                "Handlingen är en parts svar i ärendet. Lägg svaret åt sidan först.",
                "The record is a party's answer in the case. Set the answer aside first.",
            )
        )


# ---------------------------------------------------------------- what all have in common


def _opened(w: Work, cmd: OnCase, why: str) -> tuple[Actor | None, str]:
    """The case, for a registrar who is not barred; whom they stand in for, and the reason."""
    w.open_case(cmd.register_no)
    behalf = correspondence.registrar(w)
    refuse_conflict(w)
    reason = clean_note(why)
    if not reason:
        raise Invalid(Sentence("Ange skälet.", "Give the reason."))
    return behalf, reason


def _other(w: Work, register_no: str) -> Row:
    """The other case; raises where it is the same one, or has ended so itself."""
    number = str(parse_no(register_no))
    found = w.conn.execute(select(models.cases).where(models.cases.c.register_no == number)).mappings().first()
    if found is None:
        raise NotFound(
            Sentence(f"Det finns inget ärende med diarienummer {number}.", f"There is no case with number {number}.")
        )
    if number == w.case["register_no"]:
        raise Refused(Sentence("Det är samma ärende.", "That is the same case."))
    refuse_ended(dict(found), "")
    return dict(found)


def _demand_no_meeting(w: Work) -> None:
    on_agenda = _ON_AGENDA.where(agenda_cases.c.register_no == w.case["register_no"])
    if w.rules.meeting_of is not None or w.conn.execute(on_agenda).first() is not None:
        raise Refused(
            Sentence(
                "Ärendet är ett sammanträde, eller står på en dagordning. Ta bort det därifrån först.",
                "The case is a meeting, or stands on an agenda. Take it off first.",
            )
        )


def promise_at_once(w: Work, seq: int, kind: str, register_no: str, data: Row) -> None:
    """Promise a command on another case, carried out as soon as this one is committed, or by the next sweep."""
    promise_all_at_once(w, seq, kind, [register_no], data)


def promise_all_at_once(w: Work, seq: int, kind: str, numbers: list[str], data: Row) -> None:
    """The same for many cases, each on its own; so many that they take long go on by the sweeps."""
    for n, number in enumerate(numbers):
        agendas.promise(w, seq, n, kind, number, data, None, w.actor.id)

    def carry_out() -> None:
        from arende.usecases import promises  # it carries out the other half by the functions above

        with suppress(ArendeError):  # then the next sweep does
            promises.keep(w.app)

    if numbers:
        w.afterwards.append(carry_out)


USE_CASES: dict[type[Command], UseCase] = {
    VoidCase: void_case,
    MergeCases: merge_cases,
    MoveRecord: move_record,
    TakeRecord: take_record,
    TakeOver: take_over,
}
