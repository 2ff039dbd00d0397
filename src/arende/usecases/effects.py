"""What a transition declares under ``then:``, carried out as rows in the same transaction.

Approvals are asked for in ``requests.py``, consultations opened in ``rounds.py``, mails worded in ``mails.py``.
"""

from __future__ import annotations

from arende import actors, models, workdays
from arende.actors import Actor
from arende.effecttypes import Effect, MailEffect, TaskEffect
from arende.prepared import Row
from arende.terms import BUILT_IN_ROLES, Text
from arende.usecases import deadlines, mails, requests, rounds
from arende.usecases.facts import office_of, persons_of
from arende.work import Work

DEFAULT_TITLES = {
    "delivery_failure": Text(sv="Ett utskick kom inte fram", en="A mail was not delivered"),
    "late_answer": Text(sv="Ett svar kom efter omgången", en="An answer came after the round"),
    "assign": Text(sv="Utse en annan handläggare: den förra har anmält jäv", en="Appoint another case officer"),
    "read_mail": Text(sv="Läs ett mejl som har kommit in", en="Read a mail that has come in"),
    "check_secrecy": Text(sv="Sekretesspröva inkomna handlingar", en="Check incoming records for secrecy"),
    "find_substitute": Text(sv="Utse vem som svarar i stället", en="Appoint who answers instead"),
}


def apply(w: Work, effect: Effect, seq: int, n: int, *, of_state: str | None = None, note: str | None = None) -> None:
    """Carry out one effect of the event ``seq``; ``n`` is its number there.

    A task with ``of_state`` closes when the case leaves that state; without, it stays until somebody has done it.
    """
    if effect.task is not None:
        if effect.task.stays:
            _make_way(w, effect.task)
        open_task(w, effect.task, seq, n, of_state=None if effect.task.stays else of_state, note=note)
    elif effect.approval is not None:
        requests.request_approval(w, effect.approval, seq, n)
    elif effect.consultation is not None:
        rounds.open_round(w, effect.consultation, seq, n)
    elif effect.letter is not None:
        from arende.usecases import letters  # with what sets type: most steps write no document

        letters.write(w, effect.letter, note=note)
    elif effect.mail is not None:
        send_mail(w, effect.mail, seq, n, note=note)
    elif effect.meeting is not None:
        from arende.usecases import meetings  # it opens tasks and files documents itself, so it builds on this module

        meetings.WORK[effect.meeting](w, seq, note)


def _make_way(w: Work, effect: TaskEffect) -> None:
    """A step that is asked for once more is one task, not two: the newer one, with its day and its mail."""
    for task in w.rows(models.tasks) if effect.act in w.rules.triggers else ():
        if (task["state"], task["act"], task["role"], task["of_state"]) == ("open", effect.act, effect.of, None):
            close_task(w, task, outcome={"asked_again": True}, done=False)


def open_task(
    w: Work, effect: TaskEffect, seq: int, n: int, *, of_state: str | None = None, note: str | None = None
) -> Row:
    """Put a task on somebody's list: on the one holder's, or on the list of the office."""
    holders = persons_of(w, effect.of)
    alone = holders[0] if len(holders) == 1 else None
    title = effect.title or DEFAULT_TITLES.get(effect.act) or Text(sv=effect.act.replace("_", " ").capitalize())
    due = deadlines.begin(w, f"task:{seq}.{n}", effect.due) if effect.due else None
    row = w.insert(
        models.tasks,
        seq=seq,
        n=n,
        act=effect.act,
        title={"sv": title.sv, "en": title.en or title.sv},
        role=effect.of,
        office=office_of(w, effect.of),
        assignee_id=alone.id if alone else None,
        state="open",
        of_state=of_state,
        due_at=due["due_at"] if due else _due_of_state(w),
        opened_at=w.at,
        done_by_id=None,
        done_at=None,
        outcome=None,
    )
    if effect.mail:
        for person in holders:
            if person.id != w.actor.id:
                mails.task_assigned(w, effect.mail, person, row, f"{seq}.{n}.task", note)
    return row


def _due_of_state(w: Work) -> object:
    rules = w.rules.states[w.case["state"]]
    due = rules.deadline
    if due is None or due.before or due.at or due.of_meeting:  # such a day may move, and the task would stay behind
        return None
    last = deadlines.falls_on(w, due)
    return workdays.end_of_day(last) if last is not None else None


def close_task(w: Work, task: Row, *, outcome: Row, done: bool = True) -> None:
    """Take a task off the list: done by the actor, or no longer needed."""
    w.change(
        models.tasks,
        task,
        state="done" if done else "cancelled",
        done_by_id=w.actor.id if done else None,
        done_at=w.at,
        outcome=outcome,
    )
    deadlines.end(w, f"task:{task['seq']}.{task['n']}")


# ---------------------------------------------------------------- notifications


def send_mail(w: Work, effect: MailEffect, seq: int, n: int, *, note: str | None = None) -> None:
    """A notification to every person and party that the definition names, each once."""
    told = list({recipient.id: recipient for recipient in receivers(w, effect.to)}.values())
    if effect.calendar is not None and told:
        from arende.usecases import invitations  # with its library: most mails have no entry

        invitations.enter(w, effect.calendar, told)
    for recipient in told:
        mails.notice(w, effect, recipient, f"{seq}.{n}.mail", note)


def receivers(w: Work, names: tuple[str, ...]) -> list[Actor]:
    """The people behind roles, fields of type party, groups of parties and parties, in the order written."""
    found: list[Actor] = []
    for name in names:
        field = w.rules.fields.get(name)
        if field is not None and field.type == "party":
            if value := w.case["fields"].get(name):
                found.append(w.ask(actors.actor, str(value)))
        elif field is not None and field.type == "parties":
            found += [w.ask(actors.actor, str(key)) for key in w.case["fields"].get(name) or ()]
        elif name == "parties":
            ids = {a["party_id"] for a in w.rows(models.answers)}
            found += [w.ask(actors.by_id, i) for i in sorted(ids)]
        elif name in w.rules.roles or name in BUILT_IN_ROLES:
            found += persons_of(w, name)
        else:
            found += w.ask(actors.group, name)
    return found
