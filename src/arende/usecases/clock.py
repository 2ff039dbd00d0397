"""The clock's use cases: a reminder, a last day, an escalation – and a mail that could not be delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import bindparam, select, update

from arende import actors, assignmentcommands, db, models
from arende.actors import Actor
from arende.app import App
from arende.commands import FireDeadline, ReportDelivery
from arende.effecttypes import Due, TaskEffect
from arende.errors import NotFound, Refused, Sentence, Unavailable
from arende.events import instant
from arende.machine import SYSTEM
from arende.prepared import Prepared, Row
from arende.usecases import (
    assignments,
    consultations,
    deadlines,
    effects,
    mails,
    receivers,
    referralmails,
    requestmails,
    requests,
    rounds,
    settling,
    steps,
)
from arende.usecases.deadlines import DueRow, due_rows
from arende.usecases.facts import persons_of
from arende.usecases.fields import clean_text
from arende.work import Work

_CASE_OF = Prepared(select(models.deadlines.c.case_id).where(models.deadlines.c.id == bindparam("id")))


@dataclass(frozen=True)
class Fired:
    """What a sweep did: deadlines fired, deadlines that refused (with their ids), and the oldest delay seen."""

    count: int
    refused: tuple[int, ...]
    gap: timedelta


def fire_due(app: App, log: Callable[[str], None] = lambda _: None) -> Fired:
    """Fire everything that is due, oldest first. One that refuses does not stop the others.

    Each is a command of its own whose id follows from the row, so whoever sweeps, it happens once.
    """
    now, count, gap = app.clock(), 0, timedelta(0)
    refused: list[int] = []
    last: DueRow | None = None
    while True:
        with db.reading(app.engine) as conn:
            rows = due_rows(conn, now, last)
        if not rows:
            return Fired(count, tuple(refused), gap)
        for row in rows:
            last = row
            gap = max(gap, now - row.due_at)
            try:
                count += "deadline:fired" in app.do(_firing(row)).events
            except Unavailable:
                raise  # the database, not the deadline: all of them wait
            except Exception as e:
                refused.append(row.id)
                log(f"deadline {row.id}: {type(e).__name__}")


def _firing(row: DueRow) -> FireDeadline:
    """The command of a row: of the same row and instant always the same."""
    name = f"arende:deadline:{row.id}:{instant(row.due_at)}"
    return FireDeadline(id=uuid5(NAMESPACE_URL, name), actor=SYSTEM, door="clock", deadline=row.id)


def fire_deadline(w: Work, cmd: FireDeadline) -> None:
    """One row of a deadline has come. If what was waited for has happened meanwhile, nothing does."""
    found = _CASE_OF.first(w.conn, id=cmd.deadline)
    if found is None:
        raise NotFound(Sentence("Fristen finns inte.", "There is no such deadline."))
    w.open_case_by_id(found[0])
    row = next((d for d in w.rows(models.deadlines) if d["id"] == cmd.deadline), None)
    if row is None:
        return
    if row["state"] != "open" or row["due_at"] > w.now:  # refused, so that the same command may come again
        raise Refused(Sentence("Fristen har inte gått ut.", "The deadline has not come."))
    seq = w.event("deadline:fired", {"deadline": row["key"], "step": row["step"], "due_on": row["due_on"]})
    w.change(models.deadlines, row, state="fired", fired_seq=seq)
    kind, _, name = row["key"].partition(":")
    _FIRE[row["step"]](w, row, kind, name, seq)


def remind_of(w: Work, row: Row, key: str) -> None:
    """Remind those whom a deadline waits for. ``key`` names the mails, so that none is promised twice."""
    kind, _, name = row["key"].partition(":")
    if kind in ("consultation", "answer"):
        _remind_parties(w, name, key)
        return
    if kind == "approval":
        for n, a in enumerate(w.rows(models.approvals)):
            if a["key"] == name and a["state"] == "pending":
                requestmails.approval_reminder(
                    w, requests.rule_of(a), w.ask(actors.by_id, a["approver_id"]), a, f"{key}.{n}.remind"
                )
        return
    for n, person in enumerate(_not_nagged_otherwise(w, kind, name)):
        mails.deadline_reminder(w, person, row, f"{key}.{n}.remind", _if_nothing(w, row, person))


def _if_nothing(w: Work, row: Row, to: Actor) -> Sentence | None:
    """What happens if nobody does anything: the step that is taken by itself, or who is told besides the reader."""
    kind, _, name = row["key"].partition(":")
    ladder = [d for d in w.rows(models.deadlines) if (d["key"], d["round"]) == (row["key"], row["round"])]
    then = Due.model_validate(row["rule"], strict=False).then
    if then is not None and then.trigger is not None:
        sv, en = (w.rules.trigger_title(then.trigger, language) for language in ("sv", "en"))
        return Sentence(
            f"Om inget händer tas steget ”{sv}” av sig självt.",
            f"If nothing happens, the step “{en}” is taken by itself.",
        )
    told = [p.name for p in _told(w, row, kind, name) if p.id != to.id]
    if not told or not any(d["step"] == "escalate" and d["state"] == "open" for d in ladder):
        return None
    names = ", ".join(told)
    return Sentence(f"Om inget händer får {names} veta det.", f"If nothing happens, {names} will be told.")


def _remind(w: Work, row: Row, _kind: str, _name: str, seq: int) -> None:
    remind_of(w, row, str(seq))


def _remind_parties(w: Work, name: str, key: str) -> None:
    """Those who have not answered. ``name`` is the round, or the round and the one party whose day it is."""
    round_, party = rounds.named(w, name)
    by_themselves = rounds.keys_by_themselves(w, round_)
    for n, a in enumerate(rounds.answers_of(w, round_)):
        if party is None and rounds.line_key(round_, w.ask(actors.by_id, a["party_id"])) in by_themselves:
            continue  # asked later, by a day of its own
        asked = a["state"] in (*rounds.WAITING, "no_response") and not a["extension"]  # none after an agreed new day
        if asked and party in (None, a["party_id"]):
            referralmails.referral_reminder(w, w.ask(actors.by_id, a["party_id"]), a, round_, f"{key}.{n}.remind")


def _not_nagged_otherwise(w: Work, kind: str, name: str) -> list[Actor]:
    """Whom a reminder goes to: a state's reminder leaves out those whose request or dated task reminds by itself."""
    waited = _waited_for(w, kind, name)
    if kind != "state":
        return waited
    keys = {d["key"] for d in w.rows(models.deadlines) if d["state"] == "open"}
    others = [
        p
        for key in keys
        if not key.startswith(("state:", assignmentcommands.KEY))
        for p in _waited_for(w, *key.split(":", 1))
    ]
    return [p for p in waited if p.id not in {o.id for o in others}]


def _due(w: Work, row: Row, kind: str, name: str, seq: int) -> None:
    if kind == "consultation":
        consultations.expire(w, rounds.current(w, name))
        return
    if kind == "answer":
        consultations.pass_by(w, name)
        return
    then = Due.model_validate(row["rule"], strict=False).then
    if then is None:
        return
    if then.task is not None:
        effects.open_task(w, then.task, seq, 0)
    if then.mail is not None:
        effects.send_mail(w, then.mail, seq, 1)
    if then.trigger is not None:
        steps.lead(w, then.trigger)
        rules = w.rules.states.get(name)
        if kind == "state" and w.case["state"] == name and rules is not None and rules.deadline is not None:
            deadlines.begin(w, row["key"], rules.deadline)  # a follow-up that leads to the same state comes again


def _escalate(w: Work, row: Row, kind: str, name: str, seq: int) -> None:
    waits = ", ".join(p.name for p in _waited_for(w, kind, name))
    for n, person in enumerate(_told(w, row, kind, name)):
        mails.deadline_escalated(w, person, row, waits, f"{seq}.{n}.escalate")


def _told(w: Work, row: Row, kind: str, name: str) -> list[Actor]:
    """Who learns that a last day has passed and nothing has happened."""
    if kind == "assignment":
        return [p for a in assignments.waited_for(w, name) for p in receivers.secretaries(w, a["body"])]
    then = Due.model_validate(row["rule"], strict=False).then
    return persons_of(w, then.escalate if then and then.escalate else _above(w, kind, name))


def _above(w: Work, kind: str, name: str) -> str:
    """The manager is told; a manager's own delay is told to the administrator."""
    waited = w.rules.states[name].waits_for if kind == "state" and name in w.rules.states else ()
    return "administrator" if "manager" in waited else "manager"


def _waited_for(w: Work, kind: str, name: str) -> list[Actor]:
    """Whom a deadline in the house waits for."""
    if kind == "state" and name in w.rules.states:
        found = [p for role in w.rules.states[name].waits_for for p in persons_of(w, role)]
        return list({p.id: p for p in found}.values())  # one office can answer to several roles
    if kind == "approval":
        pending = [a for a in w.rows(models.approvals) if a["key"] == name and a["state"] == "pending"]
        return [w.ask(actors.by_id, a["approver_id"]) for a in pending]
    if kind == "task":
        tasks = [t for t in w.rows(models.tasks) if f"{t['seq']}.{t['n']}" == name and t["state"] == "open"]
        mine = [w.ask(actors.by_id, t["assignee_id"]) for t in tasks if t["assignee_id"]]
        return mine or [p for t in tasks for p in persons_of(w, t["role"])]
    if kind == "assignment":
        return [p for a in assignments.waited_for(w, name) for p in receivers.whom_to_ask(w, a["receiver"])]
    return []


def _hand_over(w: Work, _row: Row, kind: str, name: str, seq: int) -> None:
    if kind == "approval":
        settling.hand_over(w, name, seq)


_FIRE = {"remind": _remind, "due": _due, "hand_over": _hand_over, "escalate": _escalate}


_CAME_BACK = update(models.outbox).where(models.outbox.c.id == bindparam("the_mail"), models.outbox.c.state == "sent")
"""A mail that was handed over and then returned; one that could not be handed over has failed already."""


def report_delivery(w: Work, cmd: ReportDelivery) -> None:
    """A mail could not be delivered: it is on record, and the case officer has it as a task.

    A request to a party is the registrar's, who keeps the official addresses; so is all where there is no officer.
    """
    found = w.conn.execute(select(models.outbox).where(models.outbox.c.id == cmd.outbox)).mappings().first()
    if found is None:
        raise NotFound(Sentence("Utskicket finns inte.", "There is no such mail."))
    if found["case_id"] is None:
        raise Refused(
            Sentence("Utskicket hör inte till något ärende: se utkorgen.", "The mail is of no case: see the outbox.")
        )
    w.open_case_by_id(found["case_id"])
    payload = {"mail": cmd.outbox, "template": found["template"], "recipient": found["recipient_name"]}
    seq = w.event("delivery:failed", payload | {"reply": clean_text(cmd.reply)[:300]})
    w.execute(_CAME_BACK, the_mail=cmd.outbox, state="failed", reply=clean_text(cmd.reply)[:500], reported_at=w.now)
    asking = any(a["message_id"] == found["message_id"] for a in w.rows(models.answers))
    role = "case_officer" if persons_of(w, "case_officer") and not asking else "registrar"
    effects.open_task(w, TaskEffect(of=role, act="delivery_failure", mail=None), seq, 0)
    for person in persons_of(w, role):
        if person.email != found["address"]:  # a failure to reach the officer is not told to the same address
            mails.delivery_failure(w, person, {**found, "reply": cmd.reply}, f"{seq}.0.failure")
