"""Mails about requests for an act: the request itself, and what is told of it afterwards.

Whoever has chosen a digest (``mail: digest`` in the people file) gets one mail each working morning instead, but for
an urgent decision, which is always asked for at once.
"""

from __future__ import annotations

from arende import casewords, comparison, mailwords, models, recordtext
from arende.actors import Actor
from arende.effecttypes import ApprovalEffect
from arende.guards import document_title
from arende.mailwords import Change
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import evidence, mails
from arende.usecases.mails import common, last_day, newest, short, titles
from arende.work import Work


def approval_request(
    w: Work,
    effect: ApprovalEffect,
    to: Actor,
    row: Row,
    key: str,
    *,
    replaces: Row | None = None,
    behalf: Actor | None = None,
) -> None:
    """An office-holder (or whoever answers for one, ``behalf``) is asked for an act.

    ``replaces`` is the request on an earlier text: what has changed since then is shown.
    """
    if _waits(w, to, row):
        return
    documents = newest(w, (k for k, d in w.rules.documents.items() if d.is_text))
    context = mailwords.ApprovalRequest(
        **_asked(w, effect, to, row),
        why=_said(effect.why, to),
        next=_next(w, effect, to),
        authority=effect.authority,
        by=w.actor.name if w.actor.kind != "system" else None,
        documents=titles(w, documents, to),
        behalf=behalf.name if behalf else None,
        anew=replaces is not None,
        changes=changes(w, replaces["seq"], to.language) if replaces is not None else (),
    )
    mails.queue(w, effect.mail, to, key, context, documents, approval=row)


def approval_reminder(w: Work, effect: ApprovalEffect, to: Actor, row: Row, key: str) -> None:
    """The request is not answered yet."""
    if effect.act != "urgent_decision" and mails.wants_digest(w, to):
        return  # the digest tells of it every morning
    overdue = row["due_at"] is not None and row["due_at"] < w.now
    context = mailwords.ApprovalReminder(**_asked(w, effect, to, row), overdue=overdue)
    mails.queue(w, "approval_reminder", to, key, context, approval=row)


def question_answered(w: Work, effect: ApprovalEffect, to: Actor, row: Row, question: Row, key: str) -> None:
    """The case officer has answered a question about a request, which still waits. Told at once to everybody."""
    words = {k: question[k] for k in ("question", "answer")}
    context = mailwords.QuestionAnswered(**_asked(w, effect, to, row), **words, by=w.actor.name)
    mails.queue(w, "question_answered", to, key, context, approval=row)


def approval_handed_over(w: Work, effect: ApprovalEffect, to: Actor, before: Actor, row: Row, key: str) -> None:
    """The time was out, and the request has passed to ``to``. Told at once also to those who read a digest."""
    documents = newest(w, (k for k, d in w.rules.documents.items() if d.is_text))
    context = mailwords.ApprovalHandedOver(
        **_asked(w, effect, to, row),
        from_name=before.name,
        next=_next(w, effect, to),
        authority=effect.authority,
        documents=titles(w, documents, to),
    )
    mails.queue(w, "approval_handed_over", to, key, context, documents, approval=row)


def approval_stood_in(
    w: Work, effect: ApprovalEffect, to: Actor, by: Actor, row: Row, key: str, *, late: bool = False
) -> None:
    """The one who was to answer is told that somebody else is asked instead."""
    proposal = _said(effect.proposal, to) or w.case["title"]
    mails.queue(
        w,
        "approval_stood_in",
        to,
        key,
        mailwords.ApprovalStoodIn(**common(w, to), act=row["act"], proposal=proposal, by_name=by.name, late=late),
    )


def approval_settled(w: Work, to: Actor, row: Row, outcome: str, key: str) -> None:
    """Enough others have answered: this request needs no answer any more. ``outcome`` = yes or no."""
    if not _waits(w, to, row):
        mails.queue(
            w, "approval_settled", to, key, mailwords.ApprovalSettled(**common(w, to), act=row["act"], outcome=outcome)
        )


def _waits(w: Work, to: Actor, row: Row) -> bool:
    """Whether the person reads of this in the morning's digest instead of in a mail of its own."""
    return row["act"] != "urgent_decision" and mails.waits_for_digest(w, to, row["due_at"])


def _asked(w: Work, effect: ApprovalEffect, to: Actor, row: Row) -> Row:
    return {
        **common(w, to),
        "act": effect.act,
        "proposal": _said(effect.proposal, to) or w.case["title"],
        "due": last_day(w, row["due_at"], to) if row["due_at"] else None,
        "due_short": short(row["due_at"], to) if row["due_at"] else None,
        "if_nothing": _said(effect.if_nothing, to) or _passes_on(effect, row, to),
        "link": mails.link(w),
        "by_reply": by_reply(w, effect),
        "answers": effect.answers,
        "labels": {a: casewords.answer_words(w.rules, effect, a, to.language) for a in ("approve", *effect.answers)},
    }


def by_reply(w: Work, effect: ApprovalEffect) -> bool:
    """Whether a mailed reply may answer the request: somebody vouches for its sender, and the site lets it."""
    settings = w.app.settings
    vouched = settings.authserv_id is not None or settings.mail_stays_here
    return vouched and effect.level == "reply" and evidence.floor(settings, effect.act) == "reply"


def _said(words: Text | None, to: Actor) -> str | None:
    return words.in_(to.language) if words is not None else None


def _next(w: Work, effect: ApprovalEffect, to: Actor) -> str:
    return _said(effect.next, to) or w.rules.name(to.language)


def _passes_on(effect: ApprovalEffect, row: Row, to: Actor) -> str | None:
    """What happens if nobody answers, where the request then passes to somebody else."""
    if effect.hand_over is None or row["due_at"] is None:
        return None
    n = effect.hand_over
    if to.language == "en":
        return f"If you do not answer, the request passes to whoever steps in {n} working day(s) after the last day."
    days = "en arbetsdag" if n == 1 else f"{n} arbetsdagar"
    return f"Om du inte svarar går begäran {days} efter sista dagen över till den som träder in i stället."


def changed(w: Work, row: Row, to: Actor) -> tuple[Change, ...]:
    """What ``to`` has not read of a request's text: for one that is void what came after it, else what came before.

    A request replaces the one before it where that one's text was changed. Whoever has had no mail about that one, as
    a reader of the digest may, is shown what has changed since the last one of which they had.
    """
    if row["state"] == "superseded":
        return changes(w, row["seq"], to.language)
    void = {a["round"]: a for a in w.rows(models.approvals) if (a["key"], a["state"]) == (row["key"], "superseded")}
    told = {t["round"] for t in w.rows(models.tokens) if (t["key"], t["holder_id"]) == (row["key"], to.id)}
    before, number = None, row["round"] - 1
    while number in void and (before is None or before["round"] not in told):
        before, number = void[number], number - 1
    return changes(w, before["seq"], to.language) if before is not None else ()


def changes(w: Work, since: int, language: str) -> tuple[Change, ...]:
    """The documents of the text that have got a new version after the event ``since``."""
    found = []
    for key, declared in w.rules.documents.items():
        versions = sorted((d for d in w.rows(models.documents) if d["key"] == key), key=lambda d: d["version"])
        before = [d for d in versions if d["added_seq"] <= since]
        if not declared.is_text or len(before) == len(versions):
            continue
        old, new = (before[-1] if before else None), versions[-1]
        found.append(
            Change(
                title=document_title(w.rules, key, language),
                before=f"version {old['version']}" if old else None,
                now=f"version {new['version']}",
                passages=_passages(w, old, new),
            )
        )
    return tuple(found)


def _passages(w: Work, old: Row | None, new: Row) -> tuple[comparison.Passage, ...]:
    """What the words say differently; nothing where a version is no plain text, or too long."""
    texts = [recordtext.own_text(w.app.storage, d) for d in (old, new) if d is not None]
    if len(texts) < 2 or texts[0] is None or texts[1] is None:
        return ()
    return comparison.passages(texts[0], texts[1]) or ()
