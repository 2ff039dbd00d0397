"""Mails that follow from mail: a receipt of what a reply decided, help when it decided nothing, what has come in."""

from __future__ import annotations

from arende import mailwords, workdays
from arende.actors import Actor
from arende.casewords import act_done
from arende.errors import Sentence
from arende.prepared import Row
from arende.trails import mandate_words
from arende.usecases import mails, requestmails, withdrawals
from arende.usecases.requests import rule_of
from arende.work import Work

_DECIDED = {"approved": "approve", "returned": "return", "rejected": "reject", "recused": "recuse"}


def reply_receipt(w: Work, to: Actor, approval: Row, key: str) -> None:
    """What an answer by mail or by its link decided, told to whose it was: whoever did not write it will react."""
    regret = approval if withdrawals.may_regret(approval, to) else None
    shown = approval["evidence"] or {}
    context = mailwords.ReplyReceipt(
        **mails.common(w, to),
        act=approval["act"],
        did=act_done(approval["act"], _DECIDED[approval["state"]]).in_(to.language),
        comment=approval["comment"],
        received=workdays.spoken_date(w.today, to.language),
        way=shown.get("level", "reply"),
        mandate=mandate_words(shown["mandate"]) if "mandate" in shown else None,
        take_back=mails.link(w) if regret else None,
    )
    mails.queue(w, "reply_receipt", to, key, context, regret=regret, kind="receipt")


def reply_held(w: Work, to: Actor, approval: Row, why: tuple[Sentence, ...], key: str) -> None:
    """A mailed reply decided nothing: why, and the ways that are open. The mail may be answered as the request may."""
    pending, rule = approval["state"] == "pending", rule_of(approval)
    context = mailwords.ReplyHeld(
        **mails.common(w, to),
        act=approval["act"],
        why=tuple(s.in_(to.language) for s in why),
        link=mails.link(w) if pending else None,
        answers=rule.answers,
        by_reply=requestmails.by_reply(w, rule),
    )
    if pending:
        mails.queue(w, "reply_held", to, key, context, approval=approval, kind="help")
    else:
        mails.queue(w, "reply_held", to, key, context, kind="receipt")


def mail_received(w: Work, to: Actor, sender: str, subject: str, key: str) -> None:
    """The case officer is told that something has come in on the case."""
    context = mailwords.MailReceived(**mails.common(w, to), sender=sender, subject_received=subject or "–")
    mails.queue(w, "mail_received", to, key, context)
