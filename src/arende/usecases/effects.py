"""What a transition declares under ``then:``, carried out as rows in the same transaction: tasks and requests.

Consultations are opened in ``rounds.py``, mails are worded in ``mails.py``.
"""

from __future__ import annotations

import hashlib
import json

from arende import actors, models, workdays
from arende.actors import Actor
from arende.casetypes import BUILT_IN_ROLES, ApprovalEffect, Effect, MailEffect, TaskEffect, Text
from arende.errors import Refused, Sentence
from arende.prepared import Row
from arende.usecases import deadlines, mails, rounds, tokens
from arende.usecases.facts import office_of, one_of, persons_of, stay_began
from arende.work import Work

DEFAULT_TITLES = {
    "next_step": Text(sv="Ta nästa steg", en="Take the next step"),
    "delivery_failure": Text(sv="Ett utskick kom inte fram", en="A mail was not delivered"),
    "late_answer": Text(sv="Ett svar kom efter omgången", en="An answer came after the round"),
    "assign": Text(sv="Utse en annan handläggare: den förra har anmält jäv", en="Appoint another case officer"),
    "find_substitute": Text(sv="Utse vem som svarar i stället", en="Appoint who answers instead"),
}


def apply(w: Work, effect: Effect, seq: int, n: int, *, of_state: str | None = None, note: str | None = None) -> None:
    """Carry out one effect of the event ``seq``; ``n`` is its number there.

    A task with ``of_state`` closes when the case leaves that state; without, it stays until somebody has done it.
    """
    if effect.task is not None:
        open_task(w, effect.task, seq, n, of_state=of_state, note=note)
    elif effect.approval is not None:
        request_approval(w, effect.approval, seq, n)
    elif effect.consultation is not None:
        rounds.open_round(w, effect.consultation, seq, n)
    elif effect.mail is not None:
        send_mail(w, effect.mail, seq, n, note=note)


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
    if rules.deadline is None or rules.deadline.before or rules.deadline.after or rules.deadline.at:
        return None
    return workdays.end_of_day(workdays.due_on(rules.deadline, w.today).date)


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


# ---------------------------------------------------------------- approvals


def request_approval(w: Work, effect: ApprovalEffect, seq: int, n: int) -> None:
    """Ask one or several office-holders for an act, each in a row of its own, bound to the text as it is now."""
    number = 1 + max((a["round"] for a in w.rows(models.approvals) if a["key"] == effect.name), default=0)
    due = deadlines.begin(w, f"approval:{effect.name}", effect.due) if effect.due else None
    asked: set[int] = set()
    for m, role in enumerate(effect.of):
        approver = able(w, effect.act, role)
        if approver.id in asked:
            continue  # one person with two of the offices answers once
        asked.add(approver.id)
        row = add_approval(w, effect, number, role, approver, seq, due["due_at"] if due else None)
        mails.approval_request(w, effect, approver, row, f"{seq}.{n}.{m}.approval")


def add_approval(
    w: Work, effect: ApprovalEffect, number: int, role: str, approver: Actor, seq: int, due_at: object
) -> Row:
    """The row of one request."""
    return w.insert(
        models.approvals,
        key=effect.name,
        round=number,
        approver_id=approver.id,
        role=role,
        act=effect.act,
        level=effect.level,
        authority=effect.authority,
        state="pending",
        text_sha256=text_sha256(w),
        rule=effect.model_dump(mode="json", by_alias=True),
        seq=seq,
        asked_at=w.at,
        due_at=due_at,
        decided_by_id=None,
        on_behalf_of_id=None,
        decided_at=None,
        comment=None,
    )


def able(w: Work, act: str, role: str) -> Actor:
    """Who is to be asked: the first holder of the role without a conflict of interest in the case.

    A clearance goes on to the vice chair. Raises Refused when nobody may answer.
    """
    holders = persons_of(w, role)
    found = _unbarred(w, holders) or vice_chairs(w, act, role)
    if found:
        return found[0]
    if not holders:
        return one_of(w, role)
    sv, en = w.rules.role_title(role, "sv"), w.rules.role_title(role, "en")
    raise Refused(
        Sentence(
            f"Den som är {sv} har anmält jäv i ärendet. Lägg in i personfilen vem som har uppdraget i stället.",
            f"Whoever is {en} has declared a conflict of interest. Enter a new holder in the people file.",
        )
    )


def vice_chairs(w: Work, act: str, role: str) -> list[Actor]:
    """Who steps in for a chair by standing: for a clearance alone, in order, those without a conflict of interest."""
    declared = w.rules.roles.get(role)
    if not act.endswith("clearance") or declared is None or declared.office != "chair":
        return []
    body = declared.body or w.case["fields"].get(declared.body_from or "")
    return _unbarred(w, w.ask(actors.holders, "vice_chair", body, w.today))


def _unbarred(w: Work, people: list[Actor]) -> list[Actor]:
    barred = {c["actor_id"] for c in w.rows(models.conflicts)}
    return [p for p in people if p.id not in barred]


def supersede(w: Work) -> None:
    """The text has changed: open requests are withdrawn, given answers are void, and everybody is asked anew."""
    now = text_sha256(w)
    rows = [a for a in w.rows(models.approvals) if a["state"] in ("pending", "approved") and a["text_sha256"] != now]
    since = stay_began(w) if rows else 0
    stale: dict[str, list[Row]] = {}
    for row in rows:
        if row["seq"] >= since:
            stale.setdefault(row["key"], []).append(row)
    for key, group in stale.items():
        for row in group:
            w.change(models.approvals, row, state="superseded", decided_at=row["decided_at"] or w.at)
            tokens.end(w, row, "superseded")
        deadlines.end(w, f"approval:{key}")
        seq = w.event("approval:superseded", {"approval": key, "round": group[0]["round"]})
        request_approval(w, ApprovalEffect.model_validate_json(json.dumps(group[0]["rule"])), seq, 0)


def withdraw_approvals(w: Work) -> None:
    """The case moves on: requests that nobody has answered no longer wait."""
    for row in w.rows(models.approvals):
        if row["state"] == "pending":
            w.change(models.approvals, row, state="withdrawn", decided_at=w.at)
            tokens.end(w, row, "withdrawn")
        deadlines.end(w, f"approval:{row['key']}")


def text_sha256(w: Work) -> str:
    """What an approval is bound to: title, fields, and the newest version of each document of the text."""
    newest: dict[str, tuple[int, str]] = {}
    for d in w.rows(models.documents):
        declared = w.rules.documents.get(d["key"])
        if declared is not None and declared.is_text:
            newest[d["key"]] = max(newest.get(d["key"], (0, "")), (d["version"], d["sha256"]))
    text = [w.case["title"], {k: sha for k, (_, sha) in newest.items()}]
    return hashlib.sha256(json.dumps(text, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


# ---------------------------------------------------------------- notifications


def send_mail(w: Work, effect: MailEffect, seq: int, n: int, *, note: str | None = None) -> None:
    """A notification to every person and party that the definition names, each once."""
    seen: set[int] = set()
    for recipient in receivers(w, effect.to):
        if recipient.id not in seen:
            seen.add(recipient.id)
            mails.notice(w, effect, recipient, f"{seq}.{n}.mail", note)


def receivers(w: Work, names: tuple[str, ...]) -> list[Actor]:
    """The people behind roles, fields of type party, groups of parties and parties, in the order written."""
    found: list[Actor] = []
    for name in names:
        field = w.rules.fields.get(name)
        if field is not None and field.type == "party":
            if value := w.case["fields"].get(name):
                found.append(w.ask(actors.actor, str(value)))
        elif name == "parties":
            ids = {a["party_id"] for a in w.rows(models.answers)}
            found += [w.ask(actors.by_id, i) for i in sorted(ids)]
        elif name in w.rules.roles or name in BUILT_IN_ROLES:
            found += persons_of(w, name)
        else:
            found += w.ask(actors.group, name)
    return found
