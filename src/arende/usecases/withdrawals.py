"""The use case of taking back one's own yes: a clearance, or a signature that has not left the house."""

from __future__ import annotations

from arende import models
from arende.casetypes import ApprovalEffect
from arende.commands import WithdrawApproval
from arende.errors import Forbidden, Refused, Sentence
from arende.prepared import Row
from arende.usecases import evidence, requestmails, requests, steps
from arende.usecases.approvals import open_request
from arende.usecases.facts import demand_awake, refuse_conflict, stay_began
from arende.usecases.fields import clean_note
from arende.usecases.requests import rule_of
from arende.work import Work

FINAL = ("delegated_decision", "urgent_decision", "minutes")
"""Acts that stand: a decision is changed by a new one, minutes by a correction."""


def withdraw_approval(w: Work, cmd: WithdrawApproval) -> None:
    """Take back one's own yes. Where the case has not moved on, the request waits again; else it is led back."""
    row = open_request(w, cmd.approval)
    _check(w, row)
    shown = evidence.weigh(w, row, cmd.evidence, None, decision="recuse", behalf=None)
    if shown["level"] != "login":
        raise Refused(_SIGN_IN)
    reason, rule = clean_note(cmd.reason), rule_of(row)
    waits = row["seq"] >= stay_began(w)
    trigger = None if waits else _way_back(w, rule)
    payload = {k: row[k] for k in ("round", "act", "role")} | {"approval": row["key"], "reason": reason}
    seq = w.event("approval:withdrawn", payload | {"evidence": shown}, authority=row["authority"])
    if trigger is None:
        _ask_again(w, row, rule, seq)
    else:
        w.change(models.approvals, row, state="withdrawn")
        steps.lead(w, trigger, note=reason, authority=row["authority"], by_itself=False)


def _check(w: Work, row: Row) -> None:
    refuse_conflict(w)
    if row["decided_by_id"] != w.actor.id:
        raise Forbidden(
            Sentence("Bara den som har svarat kan ta tillbaka svaret.", "Only who gave the answer can take it back.")
        )
    if row["act"] in FINAL:
        raise Refused(_STANDS)
    if row["state"] != "approved":
        raise Refused(Sentence("Det finns inget ja att ta tillbaka.", "There is no yes to take back."))
    demand_awake(w)


def _way_back(w: Work, rule: ApprovalEffect) -> str:
    """The step that leads back from where the case is now, or a refusal: what has left the house stays."""
    trigger = rule.withdraw.trigger if rule.withdraw else None
    if trigger and any(r.source == w.case["state"] and r.transition.trigger == trigger for r in w.rules.rows):
        return trigger
    raise Refused(
        Sentence(
            "Ärendet har gått vidare med stöd av svaret, som därför inte kan tas tillbaka. Kontakta handläggaren.",
            "The case has gone on by this answer, which can therefore not be taken back. Ask the case officer.",
        )
    )


def _ask_again(w: Work, row: Row, rule: ApprovalEffect, seq: int) -> None:
    due_at = requests.begin_deadline(w, rule)
    w.change(
        models.approvals,
        row,
        state="pending",
        due_at=due_at,
        decided_by_id=None,
        decided_at=None,
        comment=None,
        evidence=None,
    )
    requestmails.approval_request(w, rule, w.actor, row, f"{seq}.0.approval")


_STANDS = Sentence(
    "Ett formellt beslut tas inte tillbaka. Det ändras genom ett nytt beslut.",
    "A formal decision is not taken back. It is changed by a new decision.",
)
_SIGN_IN = Sentence(
    "Att ta tillbaka ett svar kräver inloggning. Kontakta handläggaren, så görs det på plats.",
    "Taking back an answer needs signing in. Ask the case officer; it can be done in person.",
)
