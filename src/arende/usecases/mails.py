"""Mails as promises: worded now, in the same transaction as the step, and sent later exactly as they were worded.

A template that cannot be filled refuses the step. A case under secrecy sends a link and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import bindparam, select, text

from arende import absences, actors, duedates, mailwords, models, phrases, siteaddress, workdays
from arende.actors import Actor
from arende.effecttypes import MailEffect
from arende.errors import Refused, Sentence
from arende.guards import document_title
from arende.mailwords import CaseWords, Contact, Given, MailContext
from arende.mime import LINK, PARTY_LINK, Kind
from arende.prepared import Prepared, Row
from arende.render import Mail
from arende.usecases import deadlines, decisionwords, lacking, lawfacts, tokens
from arende.usecases.facts import persons_of
from arende.work import Work

Attached = tuple[Row, ...]


def task_assigned(w: Work, template: str, to: Actor, task: Row, key: str, note: str | None) -> None:
    """Somebody has got a task."""
    if waits_for_digest(w, to, task["due_at"]):
        return
    state = w.rules.states[w.case["state"]]
    context = mailwords.TaskAssigned(
        **common(w, to),
        task=task["title"][to.language] if to.language in task["title"] else task["title"]["sv"],
        due=last_day(w, task["due_at"], to) if task["due_at"] else None,
        due_short=short(task["due_at"], to) if task["due_at"] else None,
        by=w.actor.name if w.actor.kind != "system" else None,
        note=note,
        help=state.help.in_(to.language) if state.help else None,
    )
    queue(w, template, to, key, context)


def case_assigned(w: Work, to: Actor, key: str, note: str | None) -> None:
    """A case officer has been given the case."""
    text = {"sv": "Du är handläggare för ärendet", "en": "You are the case officer"}[to.language]
    context = mailwords.TaskAssigned(**common(w, to), task=text, by=w.actor.name, note=note)
    queue(w, "task_assigned", to, key, context)


def mention(w: Work, to: Actor, key: str) -> None:
    """Somebody has named a colleague in a working note, whose text stays in the case."""
    queue(w, "mention", to, key, mailwords.Mention(**common(w, to), by=w.actor.name))


def delivery_failure(w: Work, to: Actor, mail: Row, key: str) -> None:
    """A mail could not be delivered; a person must see to it."""
    context = mailwords.DeliveryFailure(
        **common(w, to),
        to=mail["recipient_name"] or mail["address"],
        address=mail["address"],
        subject_sent=mail["subject"],
        reply=mail["reply"] or "–",
    )
    queue(w, "delivery_failure", to, key, context)


def deadline_reminder(w: Work, to: Actor, row: Row, key: str, if_nothing: Sentence | None = None) -> None:
    """A deadline in the house comes near or has passed."""
    last = _last_day(w, row)
    context = mailwords.DeadlineReminder(
        **common(w, to),
        what=deadlines.to_do(w, row, to.language),
        due=duedates.said(last, w.today).in_(to.language),
        due_short=workdays.short_date(last, to.language),
        overdue=last < w.today,
        ground=_ground(row),
        if_nothing=if_nothing.in_(to.language) if if_nothing else None,
    )
    queue(w, "deadline_reminder", to, key, context)


def deadline_escalated(w: Work, to: Actor, row: Row, waits: str, key: str) -> None:
    """A deadline has passed without anything happening: the one above is told."""
    context = mailwords.DeadlineEscalated(
        **common(w, to),
        what=deadlines.to_do(w, row, to.language),
        due=duedates.said(_last_day(w, row), w.today).in_(to.language),
        waited_for=waits or w.rules.state_title(w.case["state"], to.language),
        ground=_ground(row),
    )
    queue(w, "deadline_escalated", to, key, context)


def _ground(row: Row) -> str | None:
    """The law or the decision that a deadline rests on; None for a routine."""
    rule = row["rule"]
    return rule.get("law") or (rule.get("basis") if rule.get("ground") == "decision" else None)


def notice(w: Work, effect: MailEffect, to: Actor, key: str, note: str | None) -> None:
    """What a ``mail:`` effect of a definition sends: that a step was taken, with what came with it."""
    documents = newest(w, own_or_shared(w, effect.attach, to))
    if effect.template == "position_changed":
        queue(w, effect.template, to, key, _position(w, to), documents)
        return
    if effect.template in mailwords.OF_A_MEETING:
        from arende.usecases import meetingmails  # it words its mails by this module

        queue(w, effect.template, to, key, meetingmails.WORDS[effect.template](w, to), documents)
        return
    last = happened(w)
    shown = {k: v for k in effect.show if (v := w.case["fields"].get(k)) not in (None, "")}
    due = deadlines.for_those_outside(w)
    context = mailwords.StepMail(
        **common(w, to),
        step=w.rules.trigger_title(last.get("trigger", ""), to.language),
        contact=contact(w),
        note=note,
        given=tuple(_given(w, k, v, to.language) for k, v in {**shown, **_left(last)}.items()),
        documents=titles(w, documents, to),
        appeal=decisionwords.appeal_of_step(w, last, to.language),
        decided=decisionwords.decided(w, to.language),
        court=decisionwords.tried_by(w, to.language),
        regime=lawfacts.regime(w),
        due=workdays.spoken_date(due, to.language) if due else None,
        due_short=workdays.short_date(due, to.language) if due else None,
    )
    queue(w, effect.template, to, key, context, documents, on_unknown=effect.on_unknown)


def happened(w: Work) -> Row:
    """What the command has come to so far, and not that it has written a letter of it."""
    told = (e["payload"] for e in reversed(w.emitted) if e["kind"] != "document:added")
    return next(told, {})


def _position(w: Work, to: Actor) -> MailContext:
    changed = w.changed_position
    words = {
        k: phrases.stance_words(changed["kind"], v, to.language) if (v := changed[k]) else None
        for k in ("before", "now")
    }
    return mailwords.PositionChanged(
        **common(w, to),
        party=changed["party"],
        old=words["before"],
        new=words["now"],
        received=workdays.spoken_date(w.today, to.language),
        comment=changed["comment"],
    )


# ---------------------------------------------------------------- those who read a digest

DIGEST_AT = time(7)
"""When the digest goes out, on working days in Stockholm."""


def wants_digest(w: Work, to: Actor) -> bool:
    """Whether the person reads one mail each morning: by their own choice, else by the people file."""
    return (w.ask(absences.chosen_mail, to.id) or to.data.get("mail")) == "digest"


def waits_for_digest(w: Work, to: Actor, due_at: datetime | None = None) -> bool:
    """Whether the person reads of this in the next digest: not what is due before that has come."""
    return (due_at is None or due_at >= next_digest(w.now)) and wants_digest(w, to)


def next_digest(now: datetime) -> datetime:
    """When the next digest after ``now`` goes out."""
    here = now.astimezone(workdays.STOCKHOLM)
    days = (workdays.next_working_day(here.date()), workdays.add_working_days(here.date(), 1))
    mornings = (datetime.combine(d, DIGEST_AT, workdays.STOCKHOLM) for d in days)
    return next(m for m in mornings if m > here)


# ---------------------------------------------------------------- the outbox row


def queue(
    w: Work,
    template: str,
    to: Actor,
    key: str,
    context: MailContext,
    documents: Attached = (),
    *,
    on_unknown: str = "resend",
    approval: Row | None = None,
    regret: Row | None = None,
    kind: Kind | None = None,
) -> str | None:
    """Promise one mail to one address; returns its Message-ID, or None where a colleague has no address.

    ``key`` names the effect, so that the same promise is never made twice.

    A mail about an ``approval`` carries the secrets that the request may be answered with: they are promised here, as
    their SHA-256, and derived anew when the mail is built; the older ones of the same person end. One that carries the
    link to take an answer back names the answer in ``regret``.
    """
    if not to.email:
        _without_address(to)
        return None
    name = template
    if w.case["secrecy"]:
        name, documents = "secrecy", ()
        case = replace(context.case, url=link(w)) if approval or regret else context.case
        context = MailContext(case=case, recipient_name=context.recipient_name, today=context.today)
    with lacking.told(w, Sentence("mejlet", "the mail")):
        mail = w.app.words.mail(name, context, to.language)
    number, domain = w.case["register_no"], w.app.settings.mail_domain
    dedupe = f"{number}:{key}:{to.key}"
    message_id = f"<{number}.{hashlib.sha256(dedupe.encode()).hexdigest()[:16]}@{domain}>"
    if approval is not None:
        tokens.issue(w, approval, to, message_id, beside=kind == "help")
    if regret is not None:
        tokens.issue_withdrawal(w, regret, to, message_id)
    promise(
        w, to, name, mail,
        seq=w.case["seq"], dedupe_key=dedupe[:200], message_id=message_id, thread_id=f"<{number}@{domain}>",
        attachments=[{"name": d["name"], "media_type": d["media_type"], "sha256": d["sha256"]} for d in documents],
        kind=kind or ("approval" if approval is not None else "case"), on_unknown=on_unknown,
    )  # fmt: skip
    return message_id


def promise(w: Work, to: Actor, template: str, mail: Mail, **row: Any) -> None:
    """Put a worded mail in the outbox, to leave as soon as may be; ``row`` is what makes it this one."""
    w.insert(
        models.outbox,
        template=template,
        template_sha256=mail.template_sha256,
        recipient_id=to.id,
        address=to.email,
        recipient_name=to.name,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        key_id=w.app.keys.current,
        state="queued",
        attempts=0,
        created_at=w.now,
        next_at=w.now,
        **row,
    )


def link(w: Work) -> str:
    """The address of the mail's own link, its secret not yet in it."""
    return f"{siteaddress.address(w)}{LINK}"


def party_link(w: Work) -> str | None:
    """The address where a party answers, its secret not yet in it; none under secrecy."""
    return None if w.case["secrecy"] else f"{siteaddress.address(w)}{PARTY_LINK}"


def _without_address(to: Actor) -> None:
    """A colleague still has the task on the list; a party that cannot be reached refuses the step."""
    if to.kind == "party":
        raise Refused(
            Sentence(
                f"{to.name} har ingen e-postadress i personfilen, så utskicket kan inte göras. Lägg in den först.",
                f"{to.name} has no e-mail address in the people file. Enter it first.",
            )
        )


def common(w: Work, to: Actor) -> dict[str, Any]:
    """What every mail to this person or party says of the case."""
    language, authority = to.language, w.authority
    case = CaseWords(
        register_no=w.case["register_no"],
        title=w.case["title"],
        type=w.rules.name(language),
        state=w.rules.state_title(w.case["state"], language),
        url=f"{siteaddress.address(w)}/cases/{w.case['register_no']}",
        authority=authority[0],
        sender_name=authority[1],
        secrecy=bool(w.case["secrecy"]),
        fields={k: _given(w, k, v, language).value for k, v in w.case["fields"].items() if k in w.rules.fields},
    )
    return {"case": case, "recipient_name": to.name, "today": workdays.spoken_date(w.today, language)}


def contact(w: Work) -> Contact:
    """Whom a party outside turns to: the case officer, or else the unit."""
    officers = persons_of(w, "case_officer")
    if not officers:
        return Contact(name=w.authority[1])
    return Contact(name=officers[0].name, title=officers[0].title, email=officers[0].email)


def answer_address(w: Work) -> str:
    """Where outside parties answer: the address that the mails come from."""
    sender = w.app.settings.mail_from
    return sender[sender.find("<") + 1 : sender.find(">")] if "<" in sender else sender


def _left(step: Row) -> Row:
    """What the step gave, without what it took away."""
    return {k: v for k, v in (step.get("fields") or {}).items() if v is not None}


def _given(w: Work, key: str, value: object, language: str) -> Given:
    """A value in words: dates spoken, choices by their titles, parties by their names."""
    declared = w.rules.fields.get(key)
    title = declared.title.in_(language) if declared and declared.title else key.replace("_", " ")
    shown = str(value)
    if declared is not None and value not in (None, ""):
        if declared.type == "date":
            shown = workdays.spoken_date(date.fromisoformat(str(value)), language)
        elif declared.type == "choice" and declared.choices and value in declared.choices:
            shown = declared.choices[str(value)].in_(language)
        elif declared.type == "party":
            shown = w.ask(actors.actor, str(value)).name
        elif declared.type == "parties":
            shown = ", ".join(w.ask(actors.actor, str(key)).name for key in value) if isinstance(value, list) else shown
        elif declared.type == "boolean":
            shown = {True: ("ja", "yes"), False: ("nej", "no")}[bool(value)][language == "en"]
    return Given(title=title, value=shown)


def newest(w: Work, wanted: Iterable[str], until: int | None = None) -> Attached:
    """The newest version of each document named that the case has and that is not closed, in the order named.

    ``until``: as it was at that event.
    """
    newest: dict[str, Row] = {}
    for d in sorted(w.rows(models.documents), key=lambda d: d["version"]):
        if d.get("access") not in ("unchecked", "secret") and (until is None or d["added_seq"] <= until):
            newest[d["key"]] = d
    return tuple(newest[k] for k in wanted if k in newest)


def own_key(kind: str, person: str) -> str:
    """The name that a letter is filed under when everybody it is addressed to gets one of their own."""
    key = f"{kind}_{person}"
    return key if len(key) <= 64 else f"{kind[:47]}_{hashlib.sha256(person.encode()).hexdigest()[:16]}"


def own_or_shared(w: Work, kinds: Iterable[str], to: Actor) -> Iterable[str]:
    """The receiver's own letter of a kind where there is one, else the one that all get."""
    filed = {d["key"] for d in w.rows(models.documents)}
    return [own if (own := own_key(kind, to.key)) in filed else kind for kind in kinds]


def titles(w: Work, documents: Attached, to: Actor) -> tuple[str, ...]:
    """What the documents are called, as the record has them; a file's own name says little to whoever gets it."""
    return tuple(document_title(w.rules, d["key"], to.language) for d in documents)


_D = models.deadlines.c
_LAST_DAY = Prepared(
    select(_D.due_on).where(
        _D.case_id == bindparam("case"),
        _D.key == bindparam("key"),
        _D.round == bindparam("round"),
        text("step = 'due'"),
    )
)


def _last_day(w: Work, row: Row) -> date:
    """The last day itself, for a reminder or escalation row that fires on another."""
    found = _LAST_DAY.first(w.conn, case=w.case["id"], key=row["key"], round=row["round"])
    day: date = found[0] if found else row["due_on"]
    return day


def last_day(w: Work, moment: datetime, to: Actor) -> str:
    """A last day after its label: "onsdagen den 20 april 2016, om 9 arbetsdagar"."""
    return duedates.said(workdays.local_day(moment), w.today).in_(to.language)


def day(moment: datetime, to: Actor) -> str:
    """A last day for one outside, who may read it another day: "onsdagen den 20 april 2016"."""
    return workdays.spoken_date(workdays.local_day(moment), to.language)


def short(moment: datetime, to: Actor) -> str:
    """A day as in a subject line: 21 augusti."""
    return workdays.short_date(workdays.local_day(moment), to.language)
