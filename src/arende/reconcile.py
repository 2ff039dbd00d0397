"""Reconciling: every promise that should have been kept by now and was not.

Whatever fails – a process, a mail server, a schedule – ends as a row here and on the administrator's page, never in
silence. What can be put right without judgement (telling a person of a mail that failed, taking away files that no
document names) is put right.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Select, and_, func, or_, select, text

from arende import beats, outbox, workdays
from arende.app import App
from arende.db import reading
from arende.errors import Sentence
from arende.meetingtables import promised_steps
from arende.models import cases, deadlines, events, inbound
from arende.models import outbox as mails
from arende.usecases import files, webhooks, yearplans
from arende.workdays import STOCKHOLM

log = logging.getLogger("arende.reconcile")

Kind = Literal[
    "mail_late", "mail_struggling", "lease_expired", "failure_untold", "mail_unsorted", "deadline_unfired",
    "promise_unkept", "plan_undecided", "case_disagrees", "no_worker", "sweep_late", "check_failed", "webhook_stuck",
    "clock_back",
]  # fmt: skip

LATE = timedelta(minutes=10)
"""How long after its time a mail or a deadline is a broken promise."""
STRUGGLING = timedelta(hours=4)
"""How long a mail may be tried again and again before the administrator hears of it."""
SILENT = timedelta(seconds=60)
"""How long the workers may be silent."""
AHEAD = timedelta(minutes=2)
"""How much later than now a case may have been changed: the clocks of several machines are never quite the same."""
STUBBORN = 5
"""Attempts in vain after which the administrator hears of a webhook: about half an hour."""
FORGET = timedelta(hours=1)
"""How long the last sign of a dead worker is kept."""
LOOK_BACK = timedelta(days=1)
"""Cases changed within this time are compared with their events; ``arende audit verify`` compares all."""
_AT_MOST = 100
KEY = "reconcile"
"""The beat that holds the latest result."""


@dataclass(frozen=True)
class Finding:
    """One promise not kept. ``row`` is the id in the table that ``kind`` speaks of."""

    kind: Kind
    sentence: Sentence
    register_no: str = ""
    row: int | None = None

    @property
    def key(self) -> str:
        """Kind and row in one word: ``mail_late 17``."""
        return self.kind if self.row is None else f"{self.kind} {self.row}"

    def as_data(self) -> dict[str, Any]:
        """For the database and for JSON."""
        told = {"sv": self.sentence.sv, "en": self.sentence.en}
        return {"kind": self.kind, "row": self.row, "register_no": self.register_no, **told}


def find(app: App, *, with_files: bool = True) -> list[Finding]:
    """Look for broken promises, at most 100 of each kind, and keep the result for the administrator's page.

    ``with_files``: also go through the whole storage, which takes seconds where there are a million documents.
    """
    now = app.clock()
    checks = [
        _failures,
        _mails,
        _post,
        _deadlines,
        _promises,
        _plan,
        _cases,
        _clock,
        _machinery,
        *([_files] * with_files),
    ]
    found = [finding for check in checks for finding in _done(check, app, now)]
    beats.beat(app, KEY, {"count": len(found), "findings": [f.as_data() for f in found[:_AT_MOST]]})
    return found


_CHECK_FAILED = Sentence(
    "Kontrollen {what} kunde inte göras ({why}). Se arbetsprocessens logg.",
    "The check {what} could not be made ({why}). See the worker's log.",
)


def _done(check: Callable[[App, datetime], Iterable[Finding]], app: App, now: datetime) -> list[Finding]:
    """What the check finds; a check that fails is itself a finding and hides no other."""
    try:
        return list(check(app, now))
    except Exception as e:
        what, why = check.__name__.strip("_"), type(e).__name__
        log.error("Avstämningens kontroll %s: %s", what, why, exc_info=log.isEnabledFor(logging.DEBUG))
        return [Finding("check_failed", _said(_CHECK_FAILED, what=what, why=why))]


def _failures(app: App, _now: datetime) -> list[Finding]:
    """Tell the case officers of failed mails that nobody has been told of; those that remain are found below."""
    outbox.report_failures(app)
    return []


def _files(app: App, _now: datetime) -> list[Finding]:
    """Take away files that no document names; a disk that refuses is a check that failed."""
    files.sweep(app, beats.real_now())
    return []


def latest(app: App) -> beats.Beat | None:
    """The latest result, with the time it was found."""
    return next((b for b in beats.read(app, KEY) if b.key == KEY), None)


# ---------------------------------------------------------------- mails

_LATE = Sentence(
    "Mejl {row} skulle ha sänts {when} och ligger kvar. Se efter att arende worker kör och når mejlservern.",
    "Mail {row} should have been sent {when} and is still here. See that arende worker runs and reaches the server.",
)
_STRUGGLING = Sentence(
    "Mejl {row} har försökts {n} gånger sedan {when} och är inte framme.",
    "Mail {row} has been tried {n} times since {when} and has not got through.",
)
_LEASE = Sentence(
    "Mejl {row} höll på att sändas av en process som inte längre hör av sig. Det tas om hand vid nästa utskick.",
    "Mail {row} was being sent by a process that is gone. It is taken care of at the next delivery.",
)
_UNTOLD = Sentence(
    "Mejl {row} kunde inte levereras, och ingen handläggare har kunnat få veta det.",
    "Mail {row} could not be delivered, and no case officer could be told.",
)


def _mails(app: App, now: datetime) -> Iterable[Finding]:
    late = and_(mails.c.state == "queued", mails.c.next_at < now - LATE)
    tried = and_(mails.c.state == "queued", mails.c.attempts > 0)
    struggling = and_(tried, mails.c.created_at < now - STRUGGLING, mails.c.next_at >= now - LATE)
    dead = and_(mails.c.state == "sending", mails.c.lease_until < now - LATE)
    untold = text("outbox.state IN ('failed','unknown') AND outbox.reported_at IS NULL")  # as in the partial index
    asked: list[tuple[Kind, Any, Sentence, str]] = [
        ("mail_late", late, _LATE, "next_at"),
        ("mail_struggling", struggling, _STRUGGLING, "created_at"),
        ("lease_expired", dead, _LEASE, "lease_until"),
        ("failure_untold", untold, _UNTOLD, "next_at"),
    ]
    wanted = (mails.c.id, mails.c.attempts, mails.c.next_at, mails.c.created_at, mails.c.lease_until)
    columns = select(func.coalesce(cases.c.register_no, "").label("register_no"), *wanted)
    columns = columns.select_from(mails.outerjoin(cases))
    for kind, condition, words, since in asked:
        for row in _rows(app, columns.where(condition), mails.c.id):
            told = _said(words, row=row["id"], n=row["attempts"], when=_moment(row[since]))
            yield Finding(kind, told, row["register_no"], row["id"])


_UNSORTED = Sentence(
    "Inkommet mejl {row} togs emot {when} och är inte omhändertaget. Se arbetsprocessens logg.",
    "Inbound mail {row} was taken in {when} and has not been seen to. See the worker's log.",
)


def _post(app: App, now: datetime) -> Iterable[Finding]:
    columns = select(inbound.c.id, inbound.c.received_at)
    waiting = columns.where(inbound.c.state == "received", inbound.c.received_at < now - LATE)
    for row in _rows(app, waiting, inbound.c.id):
        yield Finding("mail_unsorted", _said(_UNSORTED, row=row["id"], when=_moment(row["received_at"])), "", row["id"])


# ---------------------------------------------------------------- deadlines and cases

_UNFIRED = Sentence(
    "En frist ({what}) gick ut {when} utan att något hände. Se efter att arende worker kör.",
    "A deadline ({what}) passed {when} and nothing happened. See that arende worker runs.",
)
_UNKEPT = Sentence(
    "Ett sammanträdes utfall ({when}) har inte förts in i {no}. Se efter att arende worker kör.",
    "What a meeting led to ({when}) has not been entered in {no}. See that arende worker runs.",
)
_UNDECIDED = Sentence(
    "Mötena {year} är inte beslutade, fast mötet i september som beslutar dem har passerat. Se {no}.",
    "The meetings of {year} are not decided, although the meeting in September that decides them has passed. See {no}.",
)
_DISAGREES = Sentence(
    "Ärendets läge stämmer inte med dess händelser. Kör arende audit verify {no}.",
    "The case's state does not agree with its events. Run arende audit verify {no}.",
)


def _deadlines(app: App, now: datetime) -> Iterable[Finding]:
    columns = select(deadlines.c.id, deadlines.c.key, deadlines.c.due_at, cases.c.register_no)
    due = columns.select_from(deadlines.join(cases)).where(deadlines.c.state == "open", deadlines.c.due_at < now - LATE)
    for row in _rows(app, due, deadlines.c.due_at):
        told = _said(_UNFIRED, what=row["key"], when=_moment(row["due_at"]))
        yield Finding("deadline_unfired", told, row["register_no"], row["id"])


def _promises(app: App, now: datetime) -> Iterable[Finding]:
    p = promised_steps.c
    waiting = select(p.id, p.register_no, p.created_at).where(p.state == "queued", p.created_at < now - LATE)
    waiting = waiting.where(or_(p.not_before.is_(None), p.not_before <= workdays.local_day(now - LATE)))
    for row in _rows(app, waiting, p.id):
        told = _said(_UNKEPT, no=row["register_no"], when=_moment(row["created_at"]))
        yield Finding("promise_unkept", told, row["register_no"], row["id"])


def _plan(app: App, now: datetime) -> Iterable[Finding]:
    with reading(app.engine) as connection:
        found = yearplans.undecided(connection, workdays.local_day(now))
    if found is not None:
        year, number = found
        yield Finding("plan_undecided", _said(_UNDECIDED, year=year, no=number), number, year)


def _cases(app: App, now: datetime) -> Iterable[Finding]:
    last, entered = events.alias("last"), events.alias("entered")
    columns = select(cases.c.id, cases.c.register_no, cases.c.state, cases.c.head, last.c.hash, entered.c.payload)
    joined = (
        columns.outerjoin(last, and_(last.c.case_id == cases.c.id, last.c.seq == cases.c.seq))
        .outerjoin(entered, and_(entered.c.case_id == cases.c.id, entered.c.seq == cases.c.entered_seq))
        .where(cases.c.changed_at > now - LOOK_BACK)
    )
    for row in _rows(app, joined, cases.c.changed_at.desc(), at_most=5000):
        stepped_to = (row["payload"] or {}).get("to", row["state"])
        if row["hash"] != row["head"] or stepped_to != row["state"]:
            yield Finding("case_disagrees", _said(_DISAGREES, no=row["register_no"]), row["register_no"], row["id"])


# ---------------------------------------------------------------- processes

_NO_WORKER = Sentence(
    "Ingen arbetsprocess har hört av sig på en minut: inga mejl sänds och inga frister bevakas. Starta arende worker.",
    "No worker has been heard of for a minute: no mail is sent, no deadline watched. Start arende worker.",
)
_HOOK = Sentence(
    "Webhook {row} ({what}) tar inte emot: {why}. Rätta det och kör arende webhook resume {row}.",
    "Webhook {row} ({what}) does not take what it is told: {why}. Mend it and run arende webhook resume {row}.",
)
_CLOCK = Sentence(
    "Klockan visar {now}, men {no} ändrades {when}. Ställ klockan: dagar som räknas nu blir fel, också lagens.",
    "The clock says {now}, but {no} was changed {when}. Set it right: days counted now are wrong, those of law too.",
)
_SWEEP = Sentence("{what} har inte körts sedan {when}.", "{what} has not run since {when}.")


def _clock(app: App, now: datetime) -> Iterable[Finding]:
    """A case that was changed later than now: days that are counted today, also those of law, are counted wrong."""
    ahead = select(cases.c.register_no, cases.c.changed_at).where(cases.c.changed_at > now + AHEAD)
    for row in _rows(app, ahead, cases.c.changed_at.desc(), 1):
        told = _said(_CLOCK, now=_moment(now), no=row["register_no"], when=_moment(row["changed_at"]))
        yield Finding("clock_back", told, row["register_no"])


def _machinery(app: App, _now: datetime) -> Iterable[Finding]:
    now = beats.real_now()  # processes live in the machine's time, whatever the cases' is
    workers = beats.read(app, "worker:")
    if not any(b.seen_at > now - SILENT for b in workers):
        yield Finding("no_worker", _NO_WORKER)
    if dead := [b.key for b in workers if b.seen_at < now - FORGET]:
        beats.forget(app, dead)
    for hook in webhooks.listing(app):
        if hook["stopped_at"] is not None or hook["attempts"] > STUBBORN:
            told = _said(_HOOK, row=hook["id"], what=hook["name"], why=hook["reply"])
            yield Finding("webhook_stuck", told, "", hook["id"])
    for beat in beats.read(app, "sweep:"):
        if beat.seen_at < now - LATE:
            told = _said(_SWEEP, what=beat.key.removeprefix("sweep:"), when=_moment(beat.seen_at))
            yield Finding("sweep_late", told)


def _rows(app: App, query: Select[Any], order: Any, at_most: int = _AT_MOST) -> list[Any]:
    with reading(app.engine) as connection:
        return list(connection.execute(query.order_by(order).limit(at_most)).mappings())


def _said(words: Sentence, **values: object) -> Sentence:
    return Sentence(words.sv.format(**values), words.en.format(**values))


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(STOCKHOLM):%Y-%m-%d %H.%M}"
