"""Use cases on approvals: clearance, decision, signature, approval of minutes – each an act of one office-holder.

A click or a mail is never a board's collective decision (KL 6:24, 6:27): what an answer leads to is declared by the
definition, per act.
"""

from __future__ import annotations

import json

from sqlalchemy import select

from arende import actors, models
from arende.actors import Actor
from arende.casetypes import ApprovalEffect, Join, Lead, TaskEffect
from arende.commands import DecideApproval
from arende.errors import Forbidden, NotFound, Refused, Sentence
from arende.prepared import Row
from arende.usecases import deadlines, effects, mails, steps, tokens
from arende.usecases.facts import demand_awake, refuse_conflict, standing_requests, stood_in_for
from arende.usecases.fields import clean_note
from arende.work import Work

STATES = {"approve": "approved", "return": "returned", "reject": "rejected", "recuse": "recused"}


def decide_approval(w: Work, cmd: DecideApproval) -> None:
    """Answer a request. Only the person asked, or who may stand in, on the text that was shown, once."""
    row = _open(w, cmd.approval)
    behalf = _who(w, row)
    rule = rule_of(row)
    _check(w, row, rule, cmd)
    comment = clean_note(cmd.comment)
    w.change(
        models.approvals,
        row,
        state=STATES[cmd.decision],
        decided_by_id=w.actor.id,
        on_behalf_of_id=behalf.id if behalf else None,
        decided_at=w.at,
        comment=comment,
    )
    payload = {
        "approval": row["key"],
        "round": row["round"],
        "act": row["act"],
        "role": row["role"],
        "decision": cmd.decision,
        "comment": comment,
        "text_sha256": row["text_sha256"],
        "level": row["level"],
    }
    seq = w.event("approval:decided", payload, authority=row["authority"], on_behalf_of=behalf)
    if cmd.decision == "recuse":
        w.insert(models.conflicts, actor_id=w.actor.id, seq=seq, declared_at=w.at)
        step_aside(w, row, seq)
    else:
        _lead(w, row, rule, cmd.decision, comment, behalf)


def _open(w: Work, number: int) -> Row:
    case_id = w.conn.execute(select(models.approvals.c.case_id).where(models.approvals.c.id == number)).scalar()
    if case_id is None:
        raise NotFound(Sentence(f"Det finns ingen begäran {number}.", f"There is no request {number}."))
    w.open_case_by_id(case_id)
    return next(a for a in w.rows(models.approvals) if a["id"] == number)


def _who(w: Work, row: Row) -> Actor | None:
    """The person asked, or a substitute of theirs today. Returns whom a substitute represents."""
    refuse_conflict(w)
    if row["approver_id"] == w.actor.id:
        return None
    absent = stood_in_for(w, row["approver_id"], row["role"])
    if absent is None:
        asked = w.ask(actors.by_id, row["approver_id"]).name
        raise Forbidden(
            Sentence(f"Begäran gäller {asked}, inte dig.", f"The request is for {asked}, not for you."),
        )
    return absent


def _check(w: Work, row: Row, rule: ApprovalEffect, cmd: DecideApproval) -> None:
    if row["state"] != "pending":
        raise Refused(_past(w, row))
    demand_awake(w)
    if cmd.decision != "recuse" and _answer(rule, cmd.decision) is None:
        allowed = [d for d in ("approve", "return", "reject") if _answer(rule, d) is not None]
        raise Refused(
            Sentence(
                f"Svaret {cmd.decision} finns inte för den här begäran. Välj {', '.join(allowed)} eller recuse (jäv).",
                f"{cmd.decision} is no answer to this request. Choose {', '.join(allowed)} or recuse.",
            )
        )
    if cmd.decision in ("return", "reject") and not (cmd.comment or "").strip():
        raise Refused(
            Sentence("Skriv varför, så att handläggaren vet vad som ska ändras.", "Say why, so it can be mended.")
        )
    shown, now = cmd.text_sha256 or row["text_sha256"], effects.text_sha256(w)
    if row["text_sha256"] != now or shown != now:
        raise Refused(
            Sentence(
                "Texten har ändrats sedan begäran skickades. Läs den nya texten och svara på den nya begäran.",
                "The text has changed since the request was sent. Read the new text and answer the new request.",
            )
        )


def _past(w: Work, row: Row) -> Sentence:
    """Honestly: what became of a request that no longer waits."""
    if row["decided_by_id"] is None:
        return Sentence(
            "Begäran gäller inte längre: ärendet har gått vidare eller texten har ändrats.",
            "The request no longer applies: the case has moved on or the text has changed.",
        )
    who = w.ask(actors.by_id, row["decided_by_id"]).name
    when = row["decided_at"].date().isoformat()
    return Sentence(f"Redan besvarad av {who} den {when}.", f"Answered already by {who} on {when}.")


def _answer(rule: ApprovalEffect, decision: str) -> Lead | None:
    return {"approve": rule.approve, "return": rule.return_, "reject": rule.reject}.get(decision)


def _lead(w: Work, row: Row, rule: ApprovalEffect, decision: str, comment: str | None, behalf: Actor | None) -> None:
    """What the answer leads to: at once for a no, for a yes when enough have said it."""
    group = [a for a in w.rows(models.approvals) if (a["key"], a["round"]) == (row["key"], row["round"])]
    asked = [a for a in standing_requests(group) if a["state"] != "superseded"]
    yes = sum(a["state"] == "approved" for a in asked)
    settled = decision != "approve" or _enough(rule, yes, len(asked))
    if not settled:
        return
    for other in group:
        if other["state"] == "pending":
            w.change(models.approvals, other, state="withdrawn", decided_at=w.at)
            tokens.end(w, other, "settled")
    deadlines.end(w, f"approval:{row['key']}")
    answer = _answer(rule, decision)
    if answer is not None and answer.trigger:
        authority = row["authority"]
        steps.lead(w, answer.trigger, note=comment, authority=authority, on_behalf_of=behalf, by_itself=False)


def _enough(rule: ApprovalEffect, yes: int, asked: int) -> bool:
    match rule.join:
        case "first":
            return yes >= 1
        case Join(at_least=int() as n):
            return yes >= n
        case Join(fraction=float() as share):
            return yes >= share * asked
        case _:
            return yes == asked


def step_aside(w: Work, row: Row, seq: int) -> None:
    """The person steps aside. A clearance goes to the vice chair; any other act to whom the case officer appoints."""
    rule = rule_of(row)
    successor = _successor(w, row)
    if successor is None:
        effects.open_task(w, TaskEffect(of="case_officer", act="find_substitute"), seq, 0)
        return
    new = effects.add_approval(w, rule, row["round"], row["role"], successor, seq, row["due_at"])
    mails.approval_request(w, rule, successor, new, f"{seq}.0.approval")


def _successor(w: Work, row: Row) -> Actor | None:
    """Who steps in differs by act (domain: common base): only for a clearance is it the vice chair by standing."""
    group = [a for a in w.rows(models.approvals) if (a["key"], a["round"]) == (row["key"], row["round"])]
    asked = {a["approver_id"] for a in group}
    return next((v for v in effects.vice_chairs(w, row["act"], row["role"]) if v.id not in asked), None)


def rule_of(row: Row) -> ApprovalEffect:
    """The request's declaration as it was pinned."""
    return ApprovalEffect.model_validate_json(json.dumps(row["rule"]))
