"""Use cases on approvals: clearance, decision, signature, approval of minutes – each an act of one office-holder.

A click or a mail is never a board's collective decision (KL 6:24, 6:27): what an answer leads to is declared by the
definition, per act.
"""

from __future__ import annotations

from arende import guards, models
from arende.commands import DecideApproval
from arende.errors import Refused, Sentence
from arende.lawguards import OF_THE_RIGHT
from arende.prepared import Row
from arende.usecases import evidence, recusals, replymails, requests, settling, texts, tokens
from arende.usecases.facts import demand_awake, gather, standing
from arende.usecases.fields import clean_note
from arende.usecases.requests import rule_of
from arende.usecases.stepping_in import may_answer
from arende.work import Work

STATES = {"approve": "approved", "return": "returned", "reject": "rejected", "recuse": "recused"}


def decide_approval(w: Work, cmd: DecideApproval) -> None:
    """Answer a request. Only the person asked, or who may stand in, on the text that was shown, once."""
    row = requests.opened(w, cmd.approval)
    token = evidence.token(w, row, cmd.evidence)
    behalf = may_answer(w, row, rule_of(row))
    demand_pending(w, row)
    settling.demand_turn(w, row, cmd.decision)
    _check(w, row, cmd)
    shown = evidence.weigh(w, row, cmd.evidence, token, decision=cmd.decision, behalf=behalf)
    comment = clean_note(cmd.comment)
    w.change(
        models.approvals,
        row,
        state=STATES[cmd.decision],
        decided_by_id=w.actor.id,
        on_behalf_of_id=behalf.id if behalf else None,
        decided_at=w.at,
        comment=comment,
        evidence=shown,
    )
    if token is not None:
        w.change(models.tokens, token, used_at=w.now)
    tokens.end(w, row, "settled")
    void = recusals.void(w) if cmd.decision == "recuse" else []
    payload = {
        "approval": row["key"],
        "round": row["round"],
        "act": row["act"],
        "role": row["role"],
        "decision": cmd.decision,
        "comment": comment,
        "text_sha256": row["text_sha256"],
        "level": row["level"],
        "evidence": shown,
        **recusals.told(void),
    }
    seq = w.event("approval:decided", payload, authority=row["authority"], on_behalf_of=behalf)
    if cmd.decision == "recuse":
        recusals.step_down(w, seq, void, row)
    else:
        settling.answered(w, row, cmd.decision, comment, behalf, seq)
    if w.cmd.door == "web":  # a reply gets its receipt when the mail is filed
        replymails.reply_receipt(w, w.actor, row, f"{seq}.0.receipt")


def demand_pending(w: Work, row: Row) -> None:
    """Refuse a request that no longer waits, telling honestly who answered and when; and any while the case rests."""
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
    if cmd.decision == "approve":
        _demand_right(w, row)
    shown, now = cmd.text_sha256 or row["text_sha256"], texts.text_sha256(w)
    if row["text_sha256"] != now or shown != now:
        raise Refused(evidence.other_text(row["act"]))


def _demand_right(w: Work, row: Row) -> None:
    """Raise Refused when the right to decide is no longer there: the point, its limit, the urgency (KL 6:37, 6:39)."""
    lead = settling.answer_of(row, "approve")
    ways = [
        r.transition
        for r in w.rules.rows
        if lead and r.source == w.case["state"] and r.transition.trigger == lead.trigger
    ]
    asked = [g for t in ways for g in t.when if g.name in OF_THE_RIGHT]
    if not asked or lead is None:
        return
    facts = gather(w, standing(w), lead.trigger or "")
    if said := [s for g in asked if (s := guards.judge(w.rules, g.name, g.arg, facts)) is not None]:
        raise Refused(*dict.fromkeys(said))
