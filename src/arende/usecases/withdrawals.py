"""The use case of taking back one's own yes: a clearance, or a signature that has not left the house."""

from __future__ import annotations

from arende import actors, models
from arende.actors import Actor
from arende.commands import Evidence, WithdrawApproval
from arende.effecttypes import ApprovalEffect, TaskEffect
from arende.errors import Forbidden, Refused, Sentence
from arende.prepared import Row
from arende.usecases import effects, evidence, requestmails, requests, steps, tokens
from arende.usecases.facts import demand_awake, refuse_conflict, stay_began
from arende.usecases.fields import clean_note
from arende.usecases.requests import rule_of
from arende.usecases.stepping_in import may_answer
from arende.work import Work

FINAL = ("delegated_decision", "urgent_decision", "minutes")
"""Acts that stand: a decision is changed by a new one, minutes by a correction."""


def withdraw_approval(w: Work, cmd: WithdrawApproval) -> None:
    """Take back one's own yes. Where the case has not moved on, the request waits again; else it is led back."""
    row = requests.opened(w, cmd.approval)
    token, trigger = judge(w, row, cmd.evidence)
    shown = evidence.weigh(w, row, cmd.evidence, token, decision="recuse", behalf=None)
    reason = clean_note(cmd.reason)
    if not reason:
        raise Refused(Sentence("Skriv varför svaret tas tillbaka.", "Say why the answer is taken back."))
    payload = {k: row[k] for k in ("round", "act", "role")} | {"approval": row["key"], "reason": reason}
    whose = {"approver": w.ask(actors.by_id, row["approver_id"]).key, "answered_at": row["decided_at"]}
    seq = w.event("approval:withdrawn", payload | whose | {"evidence": shown}, authority=row["authority"])
    if token is not None:
        w.change(models.tokens, token, used_at=w.now)
    tokens.end(w, row, "withdrawn")
    if trigger is None:
        _ask_again(w, row, rule_of(row), seq)
        not_cleared(w, row, seq, 1)
    else:
        w.change(models.approvals, row, state="withdrawn")
        steps.lead(w, trigger, note=reason, authority=row["authority"], by_itself=False)


def judge(w: Work, row: Row, given: Evidence | None) -> tuple[Row | None, str | None]:
    """The token it rests on, if any, and the step that leads back, where the case has moved on.

    Raises Forbidden or Refused where the answer cannot be taken back, or not in this way.
    """
    _check(w, row)
    token = _token(w, row, given)
    if row["seq"] >= stay_began(w):
        return token, None
    if (trigger := way_back(w, rule_of(row))) is None:
        raise Refused(_GONE_ON)
    return token, trigger


def may_regret(row: Row, to: Actor) -> bool:
    """Whether a receipt to this person has a link to take the answer back."""
    return row["state"] == "approved" and row["decided_by_id"] == to.id and row["act"] not in FINAL


def _token(w: Work, row: Row, given: Evidence | None) -> Row | None:
    """The receipt's own secret; None for a sign-in alone. A mailed reply, or the request's link, takes nothing back."""
    if given is None or (given.level == "login" and given.token_sha256 is None):
        return None
    found = tokens.found(w.conn, given.token_sha256 or "")
    fits = found is not None and found["kind"] == "withdraw" and found["case_id"] == w.case["id"]
    if found is None or not fits or not tokens.belongs(found, row) or found["holder_id"] != w.actor.id:
        raise Refused(_BY_RECEIPT)
    if given.level != "login" and evidence.needed(w, row) == "login":
        raise Refused(evidence.TOO_LITTLE["login"])
    own = next(t for t in w.rows(models.tokens) if t["id"] == found["id"])
    if own["used_at"] is not None or own["revoked_at"] is not None or own["expires_at"] <= w.now:
        raise Refused(_OVER)
    return own


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


def way_back(w: Work, rule: ApprovalEffect) -> str | None:
    """The step that leads back from where the case is now; None where it has gone on for good."""
    trigger = rule.withdraw.trigger if rule.withdraw else None
    if trigger and any(r.source == w.case["state"] and r.transition.trigger == trigger for r in w.rules.rows):
        return trigger
    return None


def not_cleared(w: Work, row: Row, seq: int, n: int) -> None:
    """The yes to take the case up at a meeting no longer counts: who minds the agenda is told, if it stands there."""
    lead = rule_of(row).approve
    if lead is not None and lead.agenda_item:
        from arende.usecases import outcomes  # with what sets type: most answers touch no agenda

        outcomes.not_cleared(w, lead.agenda_item, seq, n)


def _ask_again(w: Work, row: Row, rule: ApprovalEffect, seq: int) -> None:
    due_at = requests.begin_deadline(w, rule)
    blank = dict.fromkeys(("decided_by_id", "decided_at", "comment", "evidence"))
    w.change(models.approvals, row, state="pending", due_at=due_at, on_behalf_of_id=_asked_for(row), **blank)
    try:
        behalf = may_answer(w, row, rule)
    except (Forbidden, Refused):  # whoever has left the office cannot answer again
        effects.open_task(w, TaskEffect(of="case_officer", act="find_substitute"), seq, 0)
    else:
        requestmails.approval_request(w, rule, w.actor, row, f"{seq}.0.approval", behalf=behalf)
    if row["approver_id"] != w.actor.id:
        asked = w.ask(actors.by_id, row["approver_id"])
        absent = w.ask(actors.by_id, row["on_behalf_of_id"]) if row["on_behalf_of_id"] else None
        requestmails.approval_request(w, rule, asked, row, f"{seq}.1.approval", behalf=absent)


def _asked_for(row: Row) -> int | None:
    """For whom the person asked was to answer, before somebody did."""
    by, asked, behalf = row["decided_by_id"], row["approver_id"], row["on_behalf_of_id"]
    if by == asked:
        return int(behalf) if behalf else None
    if behalf is None:
        return int(by)  # the absent one was back, and answered in their own right
    return None if behalf == asked else int(behalf)


_GONE_ON = Sentence(
    "Ärendet har gått vidare med stöd av svaret, som därför inte kan tas tillbaka. Kontakta handläggaren.",
    "The case has gone on by this answer, which can therefore not be taken back. Ask the case officer.",
)
_STANDS = Sentence(
    "Ett formellt beslut tas inte tillbaka. Det ändras genom ett nytt beslut.",
    "A formal decision is not taken back. It is changed by a new decision.",
)
_BY_RECEIPT = Sentence(
    "Svaret tas tillbaka med länken i kvittensen, eller på plats. Kontakta handläggaren.",
    "An answer is taken back by the link in its receipt, or in person. Ask the case officer.",
)
_OVER = Sentence(
    "Länken är använd eller gäller inte längre. Kontakta handläggaren.",
    "The link has been used or no longer applies. Ask the case officer.",
)
