"""Mails about a round: to the parties that are asked, and to the case officer about those who are silent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from arende import mailwords, models, phrases, workdays
from arende.actors import Actor
from arende.effecttypes import ConsultationEffect
from arende.errors import Sentence
from arende.prepared import Row
from arende.usecases import answertokens, mails, requestmails
from arende.work import Work

AT_MOST = 2
"""Reminders to one outside party about one request, however often its last day moves."""


def referral(w: Work, effect: ConsultationEffect, to: Actor, answer: Row, key: str) -> None:
    """A party outside is asked for its position; in a new round it is told what is another than before."""
    before = round_before(w, answer)
    letter = (effect.letter,) if effect.letter else ()
    documents = mails.newest(w, (*letter, *effect.attach))
    context = mailwords.Referral(
        **mails.common(w, to),
        kind=effect.kind,
        party=to.name,
        concerns=w.case["title"],
        due=mails.day(answer["due_at"], to),
        due_short=mails.short(answer["due_at"], to),
        answer_address=mails.answer_address(w),
        contact=mails.contact(w),
        documents=mails.titles(w, documents, to),
        extendable=effect.extendable,
        link=mails.party_link(w),
        anew=before is not None,
        changes=requestmails.changes(w, before, to.language) if before is not None and not w.case["secrecy"] else (),
    )
    message_id = mails.queue(w, effect.mail, to, key, context, documents, kind=_kind(w))
    w.change(models.answers, answer, message_id=message_id)
    _give_link(w, answer, to, message_id)


def _kind(w: Work) -> Literal["case", "referral"]:
    return "case" if w.case["secrecy"] else "referral"


def _give_link(w: Work, answer: Row, to: Actor, message_id: str | None) -> None:
    """The mail has a link to answer by, unless the case is under secrecy."""
    if message_id is not None and not w.case["secrecy"]:
        answertokens.issue(w, answer, to, message_id)


def round_before(w: Work, answer: Row) -> int | None:
    """The event that opened the round before, on what was then the proposal."""
    earlier = [c["seq"] for c in w.rows(models.consultations) if c["key"] == answer["key"]]
    return sorted(earlier)[-2] if len(earlier) > 1 else None


def referral_reminder(w: Work, to: Actor, answer: Row, round_: Row, key: str) -> None:
    """A party has not answered: told once before the last day and once after, never more."""
    if answer["reminders"] >= AT_MOST:
        return
    w.change(models.answers, answer, reminders=answer["reminders"] + 1)
    context = mailwords.ReferralReminder(
        **mails.common(w, to),
        kind=round_["kind"],
        party=to.name,
        due=mails.day(answer["due_at"], to),
        due_short=mails.short(answer["due_at"], to),
        answer_address=mails.answer_address(w),
        contact=mails.contact(w),
        overdue=answer["due_at"] < w.now,
        link=mails.party_link(w),
    )
    _give_link(w, answer, to, mails.queue(w, "referral_reminder", to, key, context, kind=_kind(w)))


def answer_receipt(w: Work, to: Actor, answer: Row, round_: Row, key: str) -> None:
    """A party's position has come in and is on record."""
    if answer["state"] == "withdrawn":
        stance = {"sv": "tar tillbaka sitt ställningstagande", "en": "withdraws its position"}[to.language]
    else:
        stance = phrases.stance_words(round_["kind"], answer["stance"], to.language)
    context = mailwords.ReferralReceipt(
        **mails.common(w, to),
        party=to.name,
        stance=stance,
        received=workdays.spoken_date(w.today, to.language),
        contact=mails.contact(w),
        record_no=answer["documents"][0] if answer["documents"] else None,
        late=answer["late"],
        removed=answer["state"] == "removed",
    )
    mails.queue(w, "referral_receipt", to, key, context)


def answer_copy(w: Work, to: Actor, round_: Row, given: Row, copy: Row, key: str) -> None:
    """What was handed in by the link goes to the party's official address: so that what is forged is seen."""
    context = mailwords.ReferralReceipt(
        **mails.common(w, to),
        party=to.name,
        stance=phrases.stance_words(round_["kind"], given["stance"], to.language),
        received=workdays.spoken_date(w.today, to.language),
        contact=mails.contact(w),
        record_no=copy["record_no"],
        late=round_["state"] != "open",
        unverified=True,
    )
    mails.queue(w, "referral_receipt", to, key, context, () if w.case["secrecy"] else (copy,))


def round_expired(w: Work, to: Actor, round_: Row, silent: Iterable[Actor], counts: tuple[int, int], key: str) -> None:
    """The case officer is told who was silent when the last day had passed. ``counts`` = (asked, answered)."""
    context = mailwords.ReferralLateInternal(
        **mails.common(w, to),
        silent=tuple(a.name for a in silent),
        asked=counts[0],
        answered=counts[1],
        due=mails.last_day(w, round_["due_at"], to),
    )
    mails.queue(w, "referral_late_internal", to, key, context)


def extension(
    w: Work,
    to: Actor,
    answer: Row,
    until: date,
    key: str,
    note: str | None = None,
    *,
    rested: bool = False,
    warning: Sentence | None = None,
) -> None:
    """A party gets more time: because it asked, or because the case has ``rested``. ``warning``: it may be too late."""
    context = mailwords.ExtensionAnswer(
        **mails.common(w, to),
        party=to.name,
        granted=True,
        due=workdays.spoken_date(until, to.language),
        due_short=mails.short(answer["due_at"], to),
        answer_address=mails.answer_address(w),
        contact=mails.contact(w),
        reason=note,
        rested=rested,
        warning=warning.in_(to.language) if warning else None,
    )
    mails.queue(w, "extension_answer", to, key, context)


def extension_refused(w: Work, to: Actor, answer: Row, reason: str, key: str) -> None:
    """A party gets no more time: why, and which day still holds."""
    context = mailwords.ExtensionAnswer(
        **mails.common(w, to),
        party=to.name,
        granted=False,
        due=mails.day(answer["due_at"], to),
        due_short=mails.short(answer["due_at"], to),
        answer_address=mails.answer_address(w),
        contact=mails.contact(w),
        reason=reason,
    )
    mails.queue(w, "extension_answer", to, key, context)


def notice(
    w: Work,
    to: Actor,
    what: Literal["removed", "supplement", "set_aside"],
    reason: str,
    key: str,
    due_at: datetime | None = None,
) -> None:
    """A party is no longer asked, its answer lacks something, or what came in was not taken for its answer."""
    context = mailwords.AnswerNotice(
        **mails.common(w, to),
        what=what,
        party=to.name,
        reason=reason,
        due=mails.day(due_at, to) if due_at else None,
        due_short=mails.short(due_at, to) if due_at else None,
        answer_address=mails.answer_address(w),
        contact=mails.contact(w),
    )
    mails.queue(w, "answer_notice", to, key, context)
