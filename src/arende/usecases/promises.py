"""Promises across cases: a meeting's outcome as a step of another case, an adjourned item on the next agenda.

Each is a command of its own whose id follows from the promise, so whoever sweeps, it happens once. What is refused is
told to the secretary as a task on the meeting's case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import bindparam, case, or_, select, text

from arende import actors, db, machine, models
from arende.app import App
from arende.assignmentcommands import KeepAssignment, SettleByMinutes
from arende.commands import Command
from arende.effecttypes import TaskEffect
from arende.errors import ArendeError, NotFound, Sentence, Unavailable
from arende.machine import SYSTEM
from arende.meetingcommands import AwaitWords, CarryOut, CarryOver, Extract, FollowMeeting, MakeMeeting, ReportPromise
from arende.meetingtables import promised_steps
from arende.organisationcommands import ReceiveCase, TakeEffect
from arende.prepared import Prepared, Row
from arende.registercommands import TakeOver, TakeRecord
from arende.terms import Text
from arende.usecases import agendas, cases, documents, effects, registry, steps, waitingcases
from arende.usecases.facts import gather, standing
from arende.usecases.fields import clean_note, clean_text, read_fields
from arende.work import Work
from arende.workdays import local_day

BATCH = 200


def keep(app: App, log: Callable[[str], None] = lambda _: None) -> tuple[int, int]:
    """Carry out what is promised, at most BATCH. Returns (kept, refused); a fault of the database stops it.

    Oldest first, but two thousand cases that pass from a body that ends wait behind what a meeting leads to.
    """
    kept = refused = 0
    for row in _queued(app):
        try:
            app.do(_command(row))
            kept += 1
        except Unavailable:
            raise
        except ArendeError as e:
            refused += 1
            log(f"promise {row['id']}: {type(e).__name__}")
            app.do(ReportPromise(id=_id(row, "report"), actor=SYSTEM, door="clock", promise=row["id"], reply=str(e)))
        except Exception as e:  # a fault of the program bars one promise, not all; the administrator is shown it
            log(f"promise {row['id']}: {type(e).__name__}")
        if kept + refused == BATCH:
            break
    return kept, refused


_p = promised_steps.c
_QUEUED = Prepared(
    select(promised_steps)
    .where(
        text("state = 'queued'"),
        or_(_p.not_before.is_(None), _p.not_before <= bindparam("day")),
        case((_p.kind == "handover", 1), else_=0) == bindparam("many"),
        _p.id > bindparam("after"),
    )
    .order_by(_p.id)
    .limit(bindparam("most"))
)


def _queued(app: App) -> Iterator[Row]:
    """What may be kept today; those that come when the batch is full wait for the next one."""
    for many in (0, 1):
        rows: list[Row] = [{"id": 0}]
        while rows:
            with db.reading(app.engine) as conn:
                day = local_day(app.clock())
                rows = _QUEUED.rows(conn, day=day, many=many, after=rows[-1]["id"], most=BATCH)
                keys = actors.keys_of(conn, {r["actor_id"] for r in rows}) if rows else {}
            yield from ({**r, "actor": keys[r["actor_id"]]} for r in rows)


def _id(row: Row, what: str = "keep") -> UUID:
    return uuid5(NAMESPACE_URL, f"arende:promise:{row['id']}:{what}")


def _command(row: Row) -> Command:
    common: dict[str, Any] = {"id": _id(row), "actor": row["actor"], "door": "clock", "promise": row["id"]}
    if row["kind"] == "meeting":
        return MakeMeeting.model_validate({**common, "type": "meeting", **row["data"]})
    common |= {"register_no": row["register_no"], **row["data"]}
    if row["kind"] == "step":
        common["authority"] = row["authority"]
    return _KINDS[row["kind"]].model_validate(common)


_KINDS: dict[str, type[Command]] = {
    "step": CarryOut,
    "words": AwaitWords,
    "agenda": CarryOver,
    "assignment": KeepAssignment,
    "settle": SettleByMinutes,
    "follow": FollowMeeting,
    "record": TakeRecord,
    "merger": TakeOver,
    "handover": ReceiveCase,
    "effect": TakeEffect,
}


def carry_out(w: Work, cmd: CarryOut) -> None:
    """Take the step that the minutes lead to, as whoever keeps them, on the authority of their section."""
    w.open_case(cmd.register_no)
    _file(w, cmd.extract)
    held = standing(w)
    given, note = read_fields(w, w.rules, cmd.trigger, cmd.fields), clean_note(cmd.note)
    step = machine.decide(
        w.rules, w.case["state"], cmd.trigger, gather(w, held, cmd.trigger, given=given, comment=note)
    )
    behalf = held.behalf(step.rule.transition.by)
    steps.take(w, step, trigger=cmd.trigger, note=note, given=given, on_behalf_of=behalf, authority=cmd.authority)
    agendas.kept(w, cmd.promise)


def _file(w: Work, x: Extract | None) -> None:
    """Put the extract on the case's record, once."""
    if x is not None and x.sha256 not in {d["sha256"] for d in w.rows(models.documents)}:
        source = ("extract", x.source) if x.source else None
        documents.record(w, x.key, x.name, x.media_type, (x.sha256, x.size), source=source)


def await_words(w: Work, cmd: AwaitWords) -> None:
    """The body decided with a change: the case officer is asked to put the words right, before they go anywhere.

    Where the change was the decision itself the case has gone no further by itself, and the extract is filed: what
    would be signed or sent is still what was proposed.
    """
    w.open_case(cmd.register_no)
    _file(w, cmd.extract)
    seq = w.event("outcome:changed", {"change": cmd.change}, authority=cmd.authority)
    if w.case["closed_at"] is None:
        title = Text(
            sv=f"{cmd.authority}: bifall med ändring. Lägg in den lydelsen i ärendet innan det går vidare",
            en=f"{cmd.authority}: approved with a change. File those words in the case before it goes on",
        )
        task = TaskEffect(of="case_officer", act="file_decided_words", title=title)
        effects.open_task(w, task, seq, 0, of_state=w.case["state"], note=cmd.change)
    agendas.kept(w, cmd.promise)


def make_meeting(w: Work, cmd: MakeMeeting) -> None:
    """Open the case of a planned meeting."""
    cases.register_case(w, cmd)
    agendas.kept(w, cmd.promise)


def report_promise(w: Work, cmd: ReportPromise) -> None:
    """What was promised was refused: it is on the meeting's record, and the secretary has it as a task."""
    p = promised_steps.c
    case_id = w.conn.execute(select(p.case_id).where(p.id == cmd.promise)).scalar()
    if case_id is None:
        raise NotFound(Sentence("Löftet finns inte.", "There is no such promise."))
    w.open_case_by_id(case_id)
    row = next(r for r in w.rows(promised_steps) if r["id"] == cmd.promise)
    if row["state"] != "queued":
        return
    reply = clean_text(cmd.reply)[:500]
    w.change(promised_steps, row, state="refused", reply=reply, done_at=w.now)
    if row["kind"] == "record":
        registry.put_back(w, row)
    seq = w.event("promise:refused", {"register_no": row["register_no"], "kind": row["kind"], "reply": reply})
    no = row["register_no"]
    title = Text(sv=f"Utfallet kunde inte föras in i {no}: {reply}",
                 en=f"The outcome could not be entered in {no}: {reply}")  # fmt: skip
    if row["kind"] == "agenda":
        title = Text(sv=f"Punkten kunde inte sättas upp på {no}: {reply}",
                     en=f"The item could not be put on {no}: {reply}")  # fmt: skip
    if row["kind"] in ("record", "merger", "handover"):
        title = Text(sv=f"{no} kunde inte ta emot: {reply}", en=f"{no} could not receive: {reply}")
    if row["kind"] == "effect":
        title = Text(sv=f"Överlämningen kunde inte göras: {reply}", en=f"The hand-over could not be made: {reply}")
    role = "meeting_secretary" if "meeting_secretary" in w.rules.roles else "registrar"
    if role == "registrar" and row["kind"] == "agenda":  # a case that came late to a meeting that it had chosen
        role = waitingcases.enters(w.rules, waitingcases.awaits(w.rules, w.case))
    effects.open_task(w, TaskEffect(of=role, act="enter_outcome", title=title), seq, 0)
