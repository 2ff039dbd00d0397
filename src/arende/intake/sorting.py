"""The second half of taking in a mail: what it is, which commands follow from it, and where it is filed.

The order of the questions is fixed and every doubt stops: automatic mail, the tag of the address, the one sender, what
the site's mail server found out about the sender, the words. What stops after the tag is told to its sender where the
address has been shown to be theirs; all else is for a person. Every command's id follows from the row, so a mail that
is sorted again after a crash does nothing twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import Connection, func, select

from arende import actors, db
from arende.actors import Actor
from arende.app import App
from arende.commands import (
    AskAboutApproval,
    Command,
    DecideApproval,
    DeclareConflict,
    Disposition,
    Evidence,
    FileMail,
    MailRecord,
    ReportDelivery,
)
from arende.errors import ArendeError, NotFound, Sentence, Stale, Unavailable
from arende.intake.addresses import Address, OfCase, Request, Returned, addressed
from arende.intake.letterbox import parts_of, related
from arende.machine import SYSTEM
from arende.mailread import authresults, held
from arende.mailread.authresults import Trust
from arende.mailread.held import Held
from arende.mailread.mailkind import Kind
from arende.mailread.understanding import Understood, understand
from arende.models import approvals, cases, inbound

log = logging.getLogger("arende.intake")

OWN_AUTHSERV_ID = "mailbox.arende.invalid"
"""The name that the development mailbox signs its own mails with. Believed of that door alone."""
ANSWERS_PER_REQUEST = 3
"""Mails back about one request, at most: two machines must never talk for ever."""
ANSWERS_PER_DAY = 10
"""Mails back to one address within a day, at most."""
_IDS = UUID("0f7b1f0e-5d0e-5d5c-8a55-4c9f6f2f7c11")
"""Namespace of the ids of all commands that follow from a mail."""


class Handled(NamedTuple):
    """What became of one mail."""

    id: int
    register_no: str
    """"" when it is on no case."""
    told: str
    """The disposition; "tray" when a person has to decide."""


def handle_all(app: App, limit: int = 200) -> list[Handled]:
    """See to every mail that is stored and not yet sorted, oldest first. One that fails does not stop the others."""
    with db.reading(app.engine) as conn:
        query = select(inbound.c.id).where(inbound.c.state == "received").order_by(inbound.c.id).limit(limit)
        waiting = list(conn.execute(query).scalars())
    return [done for done in (_tried(app, number) for number in waiting) if done is not None]


def _tried(app: App, number: int) -> Handled | None:
    try:
        return handle(app, number)
    except Stale:  # somebody was faster, again and again; the next sweep comes soon
        return None


def handle(app: App, number: int) -> Handled | None:
    """Sort one mail; None when it could not be done now. Raises NotFound, and Unavailable when nothing can be done.

    A mail on which the sorting fails goes into the tray, where a person sees it.
    """
    with db.reading(app.engine) as conn:
        row = conn.execute(select(inbound).where(inbound.c.id == number)).mappings().first()
    if row is None:
        raise NotFound(Sentence(f"Det finns inget inkommet mejl {number}.", f"There is no inbound mail {number}."))
    if row["state"] == "received":
        try:
            _Sorting(app, dict(row)).settle()
        except (Unavailable, Stale):
            raise
        except Exception as e:
            log.error("Mejl %s kunde inte sorteras och läggs i inkorgen: %s", number, type(e).__name__)
            if not _to_the_tray(app, number):
                return None
    return _now(app, number)


def _to_the_tray(app: App, number: int) -> bool:
    last = FileMail(
        id=_id(number, "fault"), actor=SYSTEM, door="mail", inbound=number, register_no=None, disposition="tray",
        reason="fault",
    )  # fmt: skip
    try:
        app.do(last)
    except ArendeError as e:
        log.error("Mejl %s kunde inte läggas i inkorgen: %s", number, type(e).__name__)
        return False
    return True


def _now(app: App, number: int) -> Handled:
    query = select(inbound.c.disposition, cases.c.register_no).outerjoin(cases, cases.c.id == inbound.c.case_id)
    with db.reading(app.engine) as conn:
        row = conn.execute(query.where(inbound.c.id == number)).one()
    return Handled(number, row.register_no or "", row.disposition or "")


def _id(number: int, what: str) -> UUID:
    return uuid5(_IDS, f"{number}:{what}")


@dataclass(frozen=True)
class _Found:
    """The request that a reply answers, and to whom the mail about it went."""

    approval: int
    register_no: str
    holder: Actor
    token: dict[str, Any]


class _Sorting:
    """One mail being sorted."""

    def __init__(self, app: App, row: dict[str, Any]) -> None:
        self.app, self.row = app, row
        self.raw = app.storage.read(row["raw_sha256"])
        self.said: Understood = understand(self.raw)

    # ------------------------------------------------------------ what is asked

    @cached_property
    def automatic(self) -> bool:
        """Whether no person wrote it; the envelope tells what a header may not."""
        return self.said.kind is not Kind.REPLY or self.row["mail_from"] == ""

    @cached_property
    def by_machine(self) -> bool:
        """Whether it says of itself that a machine sent it."""
        return self.row["mail_from"] == "" or self.said.mail.header("auto-submitted").lower() not in ("", "no")

    @cached_property
    def verdict(self) -> authresults.Verdict:
        own = self.row["door"] == "mailbox" and self.app.settings.mail_stays_here
        name = OWN_AUTHSERV_ID if own else self.app.settings.authserv_id
        domain = (self.said.mail.sender or "").rpartition("@")[2]
        return authresults.verdict(self.said.mail.headers, name, domain)

    def _address(self, conn: Connection) -> Address | None:
        return addressed(self.app, conn, (self.row["recipient"], *self.said.mail.recipients))

    # ------------------------------------------------------------ the order of the questions

    def settle(self) -> None:
        with db.reading(self.app.engine) as conn:
            to = self._address(conn)
            found = _request(conn, to) if isinstance(to, Request) else None
            known = related(conn, self.said.mail) if to is None or isinstance(to, OfCase) else None
        if isinstance(to, Returned):
            self._returned(to)
        elif self.said.mail.unread is not None:
            number = getattr(to, "register_no", None) or (known.register_no if known else None)
            self._unread(self.said.mail.unread.value, number, found)
        elif found is not None:
            self._reply(found)
        elif isinstance(to, OfCase):
            self._on_case(to.register_no, known.sender if known and known.register_no == to.register_no else None)
        elif known is not None and known.sender is not None and (not known.by_number or self._not_forged()):
            self._on_case(known.register_no, known.sender)
        else:
            why = "unknown_tag" if to is not None else "no_case" if known is None else "unknown_sender"
            self._tray(why, known.register_no if known else None)

    def _not_forged(self) -> bool:
        """Nothing says that From is another's: enough for what counts only when the registrar has verified it."""
        return self.verdict.passed or self.verdict.reason is Trust.NOT_CONFIGURED

    def _unread(self, reason: str, register_no: str | None, found: _Found | None) -> None:
        """Too large or too broken to be read: a person does. Who was asked is told, since they may think they answered.

        Told is the person asked, at their own address: whoever wrote it had the address that only their mail bears.
        """
        if found is None or self.by_machine:
            self._tray(reason, register_no)
            return
        why = (self.said.held_reason or Held.TOO_LARGE).sentence
        may = self._enveloped(found) and self._may_answer(found.approval)
        sender, told = found.holder.key, ((why.sv, why.en),)
        self._tray(reason, register_no, found.approval, sender=sender, answer=may, told=told)

    def _enveloped(self, found: _Found) -> bool:
        """Whether the envelope itself names the request's address; a header may have been copied from anywhere."""
        with db.reading(self.app.engine) as conn:
            to = addressed(self.app, conn, (self.row["recipient"],))
        return isinstance(to, Request) and to.token["sha256"] == found.token["sha256"]

    def _returned(self, to: Returned) -> None:
        """A report on a mail of ours: believed for its tag alone, and then only that the mail did not arrive."""
        failed = any(f.action == "failed" for f in self.said.sort.failures)
        if self.said.kind is Kind.BOUNCE and self.row["mail_from"] == "" and failed:
            told = next(f for f in self.said.sort.failures if f.action == "failed")
            reply = f"{told.status} {told.diagnostic}".strip() or "returned"
            self.app.do(self._command(ReportDelivery, "bounce", outbox=to.mail, reply=reply[:300]))
            self._file("bounce", to.register_no)
        elif self.automatic:
            self._file("ignored", to.register_no, reason="delayed" if self.said.kind is Kind.BOUNCE else "auto_reply")
        else:
            self._tray("bounce_address", to.register_no)

    def _reply(self, found: _Found) -> None:
        """An answer to a request."""
        about: dict[str, Any] = {"approval": found.approval, "sender": found.holder.key}
        pressed = self.said.sort.method == "REPLY" and not self.by_machine  # in a calendar: they may think it answered
        if self.automatic and not pressed:
            self._file("acknowledged", found.register_no, reason=self.said.sort.why.value, **about)
        elif not _same_address(self.said.mail.sender, found.holder.email):
            self._tray("other_sender", found.register_no, approval=found.approval)
        elif self.verdict.reason is Trust.NOT_CONFIGURED:
            why, may = Trust.NOT_CONFIGURED.value, self._enveloped(found)
            self._held("comment", found, about, why, (held.UNVOUCHED,), may=may)
        elif not self.verdict.passed:
            self._tray(f"sender_{self.verdict.reason.value}", found.register_no, approval=found.approval)
        else:
            self._judge(found, about)

    def _judge(self, found: _Found, about: dict[str, Any]) -> None:
        """What an answer of the right person does."""
        asked = self.said.held_reason is Held.QUESTION
        if self.said.held_reason is not None and not asked:
            told = self.said.held_reason
            self._held("held", found, about, told.value, (told.sentence,))
            return
        try:
            self.app.do(self._question(found) if asked else self._decision(found))
        except (Unavailable, Stale):
            raise
        except ArendeError as e:
            if self.said.decision == "recuse":
                self._step_aside(found, about, e)
            else:
                self._held("refused", found, about, type(e).__name__.lower(), e.sentences)
        else:
            disposition: Disposition = "asked" if asked else "decided"
            self._file(disposition, found.register_no, answer=not asked and self._may_answer(found.approval), **about)

    def _step_aside(self, found: _Found, about: dict[str, Any], refused: ArendeError) -> None:
        """The request is past or its text another, but a conflict of interest concerns the person and the case.

        It is a duty to tell of it (KL 6:28, FL 18 §), so it is recorded whatever the request has become.
        """
        told: tuple[Sentence, ...] = (*refused.sentences, held.RECUSED)
        order = self._command(
            DeclareConflict,
            "recuse",
            actor=found.holder.key,
            register_no=found.register_no,
            reason=self.said.comment or None,
        )
        try:
            self.app.do(order)
        except (Unavailable, Stale):
            raise
        except ArendeError as e:
            told = e.sentences
        self._held("refused", found, about, held.CONFLICT, told)

    def _held(
        self,
        how: Disposition,
        found: _Found,
        about: dict[str, Any],
        reason: str,
        told: tuple[Sentence, ...],
        *,
        may: bool = True,
    ) -> None:
        """Nothing is decided, and the person is told why – unless they have been told often enough."""
        may = may and self._may_answer(found.approval) and self.said.held_reason is not Held.ABSENCE
        sentences = tuple((s.sv, s.en) for s in told)
        self._file(how, found.register_no, reason=reason, told=sentences, answer=may, **about)

    def _on_case(self, register_no: str, sender: str | None) -> None:
        """Something that concerns the case, from whomever."""
        if self.said.kind is Kind.BOUNCE:
            self._tray("bounce_address", register_no)
        elif self.automatic:
            self._file("acknowledged", register_no, reason=self.said.sort.why.value, sender=sender)
        else:
            self._file("incoming", register_no, sender=sender)

    # ------------------------------------------------------------ commands

    def _decision(self, found: _Found) -> Command:
        decision = self.said.decision
        assert decision is not None  # noqa: S101 – a mail that is not held decides; this tells the type checker
        return self._command(
            DecideApproval,
            "decide",
            actor=found.holder.key,
            approval=found.approval,
            decision=decision,
            comment=self.said.comment or None,
            text_sha256=found.token["text_sha256"],
            evidence=self._evidence(found),
        )

    def _question(self, found: _Found) -> Command:
        return self._command(
            AskAboutApproval,
            "ask",
            actor=found.holder.key,
            approval=found.approval,
            question=(self.said.comment or self.said.text)[:20_000],
            evidence=self._evidence(found),
        )

    def _evidence(self, found: _Found) -> Evidence:
        return Evidence(
            level="reply",
            token_sha256=found.token["sha256"],
            mail=self.row["id"],
            authentication=self.verdict.shown[:1000],
        )

    def _tray(self, reason: str, register_no: str | None = None, approval: int | None = None, **values: Any) -> None:
        """A person decides; ``register_no`` is the case it may concern."""
        given = {"register_no": register_no, "disposition": "tray", "reason": reason[:64], "approval": approval}
        self._send(FileMail, "file", **given, **values)

    def _file(self, disposition: Disposition, register_no: str, **values: Any) -> None:
        kept = () if disposition in ("bounce", "ignored") else self._records()
        shown = self.verdict.shown[:1000] or None
        self._send(
            FileMail,
            "file",
            register_no=register_no,
            disposition=disposition,
            records=kept,
            authentication=shown,
            **values,
        )

    def _records(self) -> tuple[MailRecord, ...]:
        return parts_of(self.app, self.row, self.raw, self.said.mail)

    def _send(self, kind: type[Command], what: str, **values: Any) -> None:
        self.app.do(self._command(kind, what, inbound=self.row["id"], **values))

    def _command(self, kind: type[Command], what: str, **values: Any) -> Command:
        given = {"id": _id(self.row["id"], what), "actor": SYSTEM, "door": "mail", **values}
        return kind(**given)

    # ------------------------------------------------------------ answers

    def _may_answer(self, approval: int) -> bool:
        """Whether one more mail may go back: few per request, few per address and day, so that no loop lives long."""
        answered = select(func.count()).select_from(inbound).where(inbound.c.answered)
        since = self.row["received_at"] - timedelta(days=1)
        with db.reading(self.app.engine) as conn:
            of_request = conn.execute(answered.where(inbound.c.approval_id == approval)).scalar_one()
            of_day = conn.execute(
                answered.where(inbound.c.from_address == self.row["from_address"], inbound.c.received_at > since)
            ).scalar_one()
        return bool(of_request < ANSWERS_PER_REQUEST and of_day < ANSWERS_PER_DAY)


def _same_address(sender: str | None, address: str | None) -> bool:
    """Whether both are one mailbox. Letters are folded, since no site has two chairs told apart by them."""
    return bool(sender and address) and (sender or "").casefold() == (address or "").casefold()


def _request(conn: Connection, to: Request) -> _Found | None:
    a, token = approvals.c, to.token
    query = select(a.id).where(
        a.case_id == token["case_id"],
        a.key == token["key"],
        a.round == token["round"],
        a.approver_id == token["approver_id"],
    )
    number = conn.execute(query).scalar()
    if number is None:
        return None
    return _Found(number, to.register_no, actors.by_id(conn, token["holder_id"]), token)
