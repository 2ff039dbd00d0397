"""Commands: what a person, a party, a mail or the clock asks for.

Every door builds one of these frozen models and hands it to ``App.do``. The same id again is the same command.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from uuid_utils.compat import uuid7

from arende.errors import Invalid, Sentence

Door = Literal["web", "cli", "mail", "clock", "api"]
Stance = Literal[
    "supports", "supports_with_comments", "opposes", "no_objection", "will_return", "abstains"
]  # ställer sig bakom · med synpunkter · inte bakom · ingen erinran · återkommer · avstår
Decision = Literal["approve", "return", "reject", "recuse"]
Level = Literal["reply", "link", "login"]
"""How sure one can be of who answers: a mailed reply, a link with control digits, a sign-in."""
Disposition = Literal[
    "decided", "asked", "held", "refused", "comment", "acknowledged", "incoming", "bounce", "ignored", "tray"
]  # fmt: skip
"""What an inbound mail turned out to be: a decision, a question, a reply that decided nothing (held, refused, comment),
an automatic receipt, any other incoming record, a report of failure, of no consequence; or a person decides."""
Triage = Literal["file", "new", "forward", "keep", "junk"]
"""On a case, on a new case, to another authority, kept in order without a case (OSL 5:1), or junk."""
Told = tuple[tuple[str, str], ...]
"""Sentences, each in Swedish and English."""
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
"""Free text from a person: not empty, bounded."""


def _empty(found: Any) -> Sentence:
    name = found["loc"][-1]
    return Sentence(
        f"Texten ({name}) är tom. Skriv vad det gäller.", f"The text ({name}) is empty. Say what it is about."
    )


def _too_long(found: Any) -> Sentence:
    size, most = len(found["input"]), found["ctx"]["max_length"]
    return Sentence(
        f"Texten är {size} tecken; högst {most} får plats. Lägg resten i en handling.",
        f"The text has {size} characters; {most} is the most. Put the rest in a document.",
    )


def _unreadable(_: Any) -> Sentence:
    return Sentence(
        "Texten har tecken som inte går att läsa. Skriv den i UTF-8.",
        "The text has characters that cannot be read. Write it in UTF-8.",
    )


_MISFITS = {"string_too_short": _empty, "string_too_long": _too_long, "string_unicode": _unreadable}
"""What a person can have written too little or too much of, or in another encoding."""


class Command(BaseModel):
    """Base: who asks, through which door, and when it happened (``at``; None = now).

    Each is made ready to check when it is first used: a process seldom gives more than a few kinds of command.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    name: ClassVar[str] = ""

    id: UUID = Field(default_factory=uuid7)
    actor: str
    door: Door = "cli"
    at: AwareDatetime | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _said(cls, given: Any, check: ModelWrapValidatorHandler[Self]) -> Self:
        """Free text that does not fit is told in sentences at every door; any other misfit is a fault of ours."""
        try:
            return check(given)
        except ValidationError as e:
            found = e.errors(include_url=False)
            if any(f["type"] not in _MISFITS for f in found):
                raise
            raise Invalid(*(_MISFITS[f["type"]](f) for f in found)) from None

    def body_sha256(self) -> str:
        """What identifies the command besides its id: the same id with another body is refused.

        What the person had seen is no part of it: sent again after a look at what changed, it is the same act.
        """
        data = {"name": self.name, **self.model_dump(mode="json", exclude={"id", "at", "expected_version"})}
        return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class OnCase(Command):
    """A command on one case. ``expected_version`` is what the person saw; None = whatever it is now."""

    register_no: str
    expected_version: int | None = None


class RegisterCase(Command):
    """Open a case and give it a diary number (OSL 5:1–2)."""

    name = "register_case"
    type: str
    title: str
    fields: dict[str, Any] = {}
    officer: str | None = None
    secrecy: bool = False


class Advance(OnCase):
    """Take a case one step by a trigger of its definition."""

    name = "advance"
    trigger: str
    note: str | None = None
    fields: dict[str, Any] = {}


class AssignCase(OnCase):
    """Give the case to a case officer."""

    name = "assign_case"
    officer: str
    note: str | None = None


class AddNote(OnCase):
    """A working note: outside the record, cleared at closing (TF 2:12)."""

    name = "add_note"
    text: Words


class AddDocument(OnCase):
    """A new document, or a new version of one. The bytes are in storage already, under ``sha256``."""

    name = "add_document"
    key: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    direction: Literal["drawn_up", "incoming", "outgoing"] = "drawn_up"
    reason: str | None = None


class Relate(OnCase):
    """Relate the case to another, or to something outside arende by its name."""

    name = "relate"
    kind: str
    other: Words


class CompleteTask(Command):
    """Report a task as done."""

    name = "complete_task"
    task: int
    comment: str | None = None


class Evidence(BaseModel):
    """How an answer came and what was shown for it. A door builds it; the record keeps it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level
    token_sha256: str | None = None
    """SHA-256 of the secret in the link or the reply address; None where the person has signed in."""
    digits: bool = False
    """Whether the control digits of the mail were typed and right: a link is nothing without them."""
    mail: int | None = None
    """The inbound mail that carries the answer."""
    authentication: str | None = None
    """What the mail server vouched for, such as ``dmarc=pass header.from=region.example by mx.region.example``."""
    note: str | None = None


class DecideApproval(Command):
    """Answer a request for clearance, decision, signature or approval of minutes.

    Without ``evidence`` only the command line may: its user is an operator of this machine, and the record says so.
    """

    name = "decide_approval"
    approval: int
    decision: Decision
    comment: str | None = None
    evidence: Evidence | None = None
    text_sha256: str | None = None
    """The text that the person was shown; None only where the door itself shows the current one."""


class AskAboutApproval(Command):
    """Put a question to the case officer about a request. It decides nothing; the request goes on waiting."""

    name = "ask_about_approval"
    approval: int
    question: Words
    evidence: Evidence | None = None


class AnswerQuestion(Command):
    """The case officer answers a question about a request; the answer is mailed on the same request."""

    name = "answer_question"
    question: int
    answer: Words


class WithdrawApproval(Command):
    """Take back one's own clearance or signature, while it has had no effect outside. A formal decision stands."""

    name = "withdraw_approval"
    approval: int
    reason: Words
    evidence: Evidence | None = None


class AnswerConsultation(OnCase):
    """A party's position: the first, a late one, or a revised one."""

    name = "answer_consultation"
    party: str
    stance: Stance
    body: str | None = None
    decided_on: date | None = None
    section: str | None = None
    legal_force_on: date | None = None  # in a round of decisions
    party_ref: str | None = None
    comment: str | None = None
    documents: tuple[int, ...] = ()
    """Record numbers of documents on the case that carry the answer."""
    mail: int | None = None
    """The inbound mail that is the answer: everything that came with it belongs to it, and its day counts."""
    key: str | None = None  # the round, demanded of a party asked more than once: decisions:2


class WithdrawAnswer(OnCase):
    """A party takes its position back."""

    name = "withdraw_answer"
    party: str
    comment: str | None = None
    documents: tuple[int, ...] = ()
    key: str | None = None


class ExtendAnswer(OnCase):
    """Grant a party a later last day."""

    name = "extend_answer"
    party: str
    until: date
    note: str | None = None
    key: str | None = None


class CloseConsultation(OnCase):
    """End a round before it is complete, with a reason; the silent are named."""

    name = "close_consultation"
    reason: Words
    key: str | None = None


class CorrectEvent(OnCase):
    """Record a correction of an earlier event: a new event, never an edit. A relation it stated no longer holds."""

    name = "correct_event"
    seq: int
    text: Words


class RemovePayload(OnCase):
    """Remove the content of an event by a recorded decision (arkivlagen 10 §, GDPR); the chain stays whole."""

    name = "remove_payload"
    seq: int
    decision: Words
    """Which decision allows it: body, date, section."""


class DeclareConflict(OnCase):
    """Declare a conflict of interest (jäv, KL 6:28 and 7:4): bars the person from acting in the case."""

    name = "declare_conflict"
    reason: str | None = None


class FireDeadline(Command):
    """The clock: a reminder, due date or escalation has come."""

    name = "fire_deadline"
    deadline: int


class SendDigest(Command):
    """The clock: a working morning has come, and somebody wants one mail of all that waits."""

    name = "send_digest"
    person: str
    day: date


class ReportDelivery(Command):
    """The worker: a mail could not be delivered and a person must see to it."""

    name = "report_delivery"
    outbox: int
    reply: str


class MailRecord(BaseModel):
    """One part of an inbound mail that becomes a record: the mail itself, or a file with it. The bytes are stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    media_type: str
    size: int
    sha256: str


class FileMail(Command):
    """The mail door: what an inbound mail turned out to be. It is filed on the case, or put into the tray."""

    name = "file_mail"
    inbound: int
    register_no: str | None
    """The case; None = the tray."""
    disposition: Disposition
    reason: str | None = None
    """Why it was held or needs a person: a code of ``mailcodes``."""
    records: tuple[MailRecord, ...] = ()
    sender: str | None = None
    """The key of the person or party that the mail is known to come from."""
    approval: int | None = None
    """The request that the mail answers."""
    told: Told | None = None
    """What the sender is told, when the answer was refused or held."""
    answer: bool = False
    """Whether the sender is sent a receipt or help: only where the address has been shown to be the sender's own."""
    authentication: str | None = None


class TriageMail(Command):
    """A registrar decides on a mail in the tray; nothing leaves it otherwise."""

    name = "triage_mail"
    inbound: int
    action: Triage
    register_no: str | None = None
    type: str | None = None
    title: str | None = None
    secrecy: bool = False
    """Of a new case."""
    to: str | None = None
    note: str | None = None
    records: tuple[MailRecord, ...] = ()


class CheckRecord(OnCase):
    """A registrar has checked a record that the system filed for secrecy (OSL 5:5), or checks it anew."""

    name = "check_record"
    record_no: int
    access: Literal["public", "secret"]
    ground: str | None = None
    """The provision, for a secret one: "OSL 25:1"."""


class Outcome(BaseModel):
    """What a command did: the same answer is given when it arrives again."""

    model_config = ConfigDict(frozen=True)

    register_no: str | None = None
    state: str | None = None
    version: int | None = None
    events: tuple[str, ...] = ()
    data: dict[str, Any] = {}
