"""Use cases on approvals: clearance, decision, signature, approval of minutes – each an act of one office-holder.

A click or a mail is never a board's collective decision (KL 6:24, 6:27): what an answer leads to is declared by the
definition, per act.
"""

from __future__ import annotations

from sqlalchemy import select

from arende import models
from arende.commands import DecideApproval
from arende.errors import NotFound, Refused, Sentence
from arende.prepared import Row
from arende.usecases import requests, settling
from arende.usecases.facts import demand_awake
from arende.usecases.fields import clean_note
from arende.usecases.requests import rule_of
from arende.usecases.stepping_in import may_answer
from arende.work import Work

STATES = {"approve": "approved", "return": "returned", "reject": "rejected", "recuse": "recused"}


def decide_approval(w: Work, cmd: DecideApproval) -> None:
    """Answer a request. Only the person asked, or who may stand in, on the text that was shown, once."""
    row = _open(w, cmd.approval)
    behalf = may_answer(w, row, rule_of(row))
    _check_waiting(w, row)
    _check(w, row, cmd)
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
    settling.answered(w, row, cmd.decision, comment, behalf, seq)


def _open(w: Work, number: int) -> Row:
    case_id = w.conn.execute(select(models.approvals.c.case_id).where(models.approvals.c.id == number)).scalar()
    if case_id is None:
        raise NotFound(Sentence(f"Det finns ingen begäran {number}.", f"There is no request {number}."))
    w.open_case_by_id(case_id)
    return next(a for a in w.rows(models.approvals) if a["id"] == number)


def _check_waiting(w: Work, row: Row) -> None:
    if row["state"] != "pending":
        raise Refused(settling.past(w, row))
    demand_awake(w)


def _check(w: Work, row: Row, cmd: DecideApproval) -> None:
    if cmd.decision != "recuse" and settling.answer_of(row, cmd.decision) is None:
        allowed = [d for d in ("approve", "return", "reject") if settling.answer_of(row, d) is not None]
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
    shown, now = cmd.text_sha256 or row["text_sha256"], requests.text_sha256(w)
    if row["text_sha256"] != now or shown != now:
        raise Refused(
            Sentence(
                "Texten har ändrats sedan begäran skickades. Läs den nya texten och svara på den nya begäran.",
                "The text has changed since the request was sent. Read the new text and answer the new request.",
            )
        )
