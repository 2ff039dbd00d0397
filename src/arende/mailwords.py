"""What each mail knows: one frozen context per occasion, made by the use cases and shown by the templates.

Everything here is words already: days are spoken ("onsdagen den 14 oktober 2020"), people are names and titles, links
are whole. Optional values are None, and a template asks for them with ``if``; a None that reaches the text refuses
the step, since an empty place in an official mail is a legal defect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from arende.comparison import Part
from arende.digestwords import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWords:
    """The case as a mail may name it. With ``secrecy`` a mail says nothing but the number and the link."""

    register_no: str
    title: str
    type: str
    state: str
    url: str
    authority: str
    """The name of the region: who writes."""
    sender_name: str
    """The unit that signs the mail: "Regionkontoret"."""
    secrecy: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The case's own data in words, for templates of the home folder: ``case.fields.ministry_ref``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask."""

    name: str
    title: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value that came with the step: "Utfall" – "uppdraget infört i lag"."""

    title: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The last decision that the case's own fields tell of, at a meeting; or that a case of its own holds (KL 6:39)."""

    body: str
    date: str | None = None
    section: str | None = None
    """``§ 45``; of a decision in a case of its own, ``ärende RS200002``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContext:
    """What every mail knows."""

    case: CaseWords
    recipient_name: str
    today: str


# ---------------------------------------------------------------- in the house


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAssigned(MailContext):
    """A task has been given to somebody."""

    task: str
    due: str | None = None
    """A spoken day."""
    due_short: str | None = None
    by: str | None = None
    """Who took the step that led to the task."""
    note: str | None = None
    help: str | None = None
    """What the state says about itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked(MailContext):
    """Base of what is told about a request for an act; ``act`` is a key of ``phrases.ACTS``."""

    act: str
    proposal: str
    due: str | None = None
    due_short: str | None = None
    """ "21 augusti": for the subject."""
    if_nothing: str | None = None
    """What happens if nobody answers; None = the words of the act."""
    link: str
    """Where the request is read and answered; its secret is put in when the mail is sent."""
    by_reply: bool = False  # a reply by mail may decide
    answers: tuple[str, ...] = ("return",)
    labels: Mapping[str, str] = field(default_factory=dict)
    """What an answer is called here; else, as ``answers`` (those besides yes: reject, return), in the act's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One document of the text that is another than before."""

    title: str
    before: str | None
    """"version 1"; None when the document is new."""
    now: str
    passages: tuple[tuple[Part, ...], ...] = ()
    """What the words say differently, where both versions are plain text; empty where they cannot be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest(ApprovalAsked):
    """A request for clearance, decision, signature or approval of minutes."""

    why: str | None = None
    """Why now; None = the words of the act."""
    next: str
    authority: str | None = None
    by: str | None = None
    documents: tuple[str, ...] = ()
    behalf: str | None = None
    """The absent one, when somebody else is asked instead."""
    anew: bool = False
    """The text has changed since an earlier request, which no longer applies."""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalReminder(ApprovalAsked):
    """The request is not answered yet."""

    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalHandedOver(ApprovalAsked):
    """The request has gone over to the one who steps in."""

    from_name: str
    next: str
    authority: str | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSettled(MailContext):
    """Enough have answered: the request to somebody else waits no longer."""

    act: str
    outcome: str
    """What the case came to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalStoodIn(MailContext):
    """To the one who was to answer: somebody else is asked instead."""

    act: str
    proposal: str
    by_name: str
    late: bool = False
    """By time-out, not because of an absence told beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention(MailContext):
    """A colleague is named in a working note."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(ApprovalAsked):
    """The case officer has answered a question about a request, which still waits."""

    question: str
    answer: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralLateInternal(MailContext):
    """To the case officer: the last day has passed and some are silent."""

    silent: tuple[str, ...]
    asked: int
    answered: int
    due: str
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionChanged(MailContext):
    """A party has revised its position, or taken it back, after the round was over."""

    party: str
    old: str | None
    new: str | None
    """None = taken back without a new position."""
    received: str
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailure(MailContext):
    """A mail could not be delivered, and a person must see to it."""

    to: str
    address: str
    subject_sent: str
    reply: str
    """What the mail server said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReminder(MailContext):
    """A deadline comes near, or has passed."""

    what: str
    due: str
    due_short: str
    overdue: bool = False
    ground: str | None = None
    if_nothing: str | None = None
    """What happens if nothing is done: the step that is taken by itself, or who is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineEscalated(MailContext):
    """A deadline has passed; told to the one above."""

    what: str
    due: str
    waited_for: str
    ground: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned(MailContext):
    """To the case officer: a meeting that the case hangs on is on another day, or not held."""

    body: str
    before: str
    day: str | None = None
    """None = it is cancelled, and the body has no later meeting planned."""
    reason: str
    changes: tuple[str, ...] = ()
    """Whole sentences: each last day that moves."""
    too_late: tuple[str, ...] = ()
    choose: bool = False
    """Whether a person has to choose another meeting, or plan anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReceipt(MailContext):
    """To whoever answered a request by mail: what was recorded."""

    act: str
    did: str
    """ "gav klartecken": what the answer was."""
    comment: str | None = None
    received: str
    way: Literal["reply", "link", "login"] = "reply"
    """How it came: in a mail, by the link of the request's mail, or signed in."""
    mandate: str | None = None
    """The board's decision that lets it be done by mail, with the note that stands with it."""
    take_back: str | None = None
    """Where the answer can be taken back; None where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyHeld(MailContext):
    """To whoever answered a request by mail: nothing was decided, and why."""

    act: str
    why: tuple[str, ...]
    """Whole sentences."""
    link: str | None = None
    """Where the request can be answered; None when it no longer waits."""
    answers: tuple[str, ...] = ("return",)
    """The answers besides yes that the request declares."""
    by_reply: bool = True
    """Whether a mailed reply may answer it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReceived(MailContext):
    """To the case officer: something has come in on the case."""

    sender: str
    subject_received: str


# ---------------------------------------------------------------- out of the house


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral(MailContext):
    """A party is asked for its position."""

    kind: Literal["alignment", "referral", "statutory", "decision"]
    party: str
    concerns: str
    """What the position concerns."""
    due: str
    due_short: str
    answer_address: str
    contact: Contact
    documents: tuple[str, ...] = ()
    extendable: bool = False
    anew: bool = False
    """The proposal has changed: what the party said of the earlier one does not count here."""
    changes: tuple[Change, ...] = ()
    link: str | None = None
    """Where the party answers without signing in; None under secrecy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReceipt(MailContext):
    """A party's answer has come in."""

    party: str
    stance: str
    received: str
    contact: Contact
    record_no: int | None = None
    late: bool = False
    removed: bool = False
    """The party is not asked any more: the answer is on record and does not count."""
    unverified: bool = False
    """It came by the link: it is sent back for the party to see, and counts when the registrar has verified it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReminder(MailContext):
    """A party has not answered yet: once before the last day, once after."""

    kind: Literal["alignment", "referral", "statutory", "decision"]
    party: str
    due: str
    due_short: str
    answer_address: str
    contact: Contact
    overdue: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionAnswer(MailContext):
    """A party asked for a later last day."""

    party: str
    granted: bool
    due: str
    """The last day that now holds."""
    due_short: str
    answer_address: str
    contact: Contact
    reason: str | None = None
    rested: bool = False
    """Nobody asked: the case has been on hold, and the last day has moved as long."""
    warning: str | None = None
    """The new day lies after the papers of the deciding meeting are due: a sentence with the days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNotice(MailContext):
    """To a party: it is no longer asked, its answer lacks something, or was not taken for its own."""

    what: Literal["removed", "supplement", "set_aside"]
    party: str
    reason: str
    due: str | None
    """By when what is missing should have come."""
    due_short: str | None
    answer_address: str
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMail(MailContext):
    """A step was taken, and somebody is told: what every ``mail:`` effect of a definition gets."""

    step: str
    contact: Contact
    note: str | None = None
    given: tuple[Given, ...] = ()
    documents: tuple[str, ...] = ()
    """What is attached."""
    appeal: str | None = None
    """How the decision is appealed, where the step led to a decision: ``phrases.appeal_words``."""
    decided: Decided | None = None
    """The decision that the case rests on: which body, when, and which section."""
    court: str | None = None
    """The court that tries the case's decisions, by name; None where none are appealed."""
    regime: str | None = None
    """How the case's decisions are appealed, on which hangs what of FL applies (FL 2 §); None while it is not known."""
    due: str | None = None
    """The last day of the state that the step leads to, spoken, where it waits for somebody outside."""
    due_short: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summons(MailContext):
    """To those who meet: when and where, what is on the agenda, what has changed, or that it is cancelled."""

    body: str
    when: str
    """Spoken: "onsdagen den 10 mars 2021 klockan 13.30–16.30"."""
    day_short: str
    place: str | None = None
    items: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    reason: str | None = None
    documents: tuple[str, ...] = ()
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesLate(MailContext):
    """To those who keep and approve minutes: they are not approved, and the law's fourteen days run out, or have."""

    body: str
    held: str
    last_day: str
    waits_for: tuple[str, ...]
    """Names of those who have not approved."""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealTimePassed(MailContext):
    """To the registrar: the time for appeal has passed; whether the decisions have legal force, the court can tell."""

    body: str
    sections: str
    up: str
    last_day: str


OCCASIONS: dict[str, type[MailContext] | type[Digest]] = {
    "task_assigned": TaskAssigned,
    "approval_request": ApprovalRequest,
    "approval_reminder": ApprovalReminder,
    "approval_handed_over": ApprovalHandedOver,
    "approval_settled": ApprovalSettled,
    "question_answered": QuestionAnswered,
    "mention": Mention,
    "approval_stood_in": ApprovalStoodIn,
    "referral": Referral,
    "referral_receipt": ReferralReceipt,
    "referral_reminder": ReferralReminder,
    "referral_late_internal": ReferralLateInternal,
    "extension_answer": ExtensionAnswer,
    "answer_notice": AnswerNotice,
    "position_changed": PositionChanged,
    "delivery_failure": DeliveryFailure,
    "reply_receipt": ReplyReceipt,
    "reply_held": ReplyHeld,
    "mail_received": MailReceived,
    "deadline_reminder": DeadlineReminder,
    "deadline_escalated": DeadlineEscalated,
    "replanned": Replanned,
    "notice": StepMail,
    "dispatch": StepMail,
    "submission": StepMail,
    "supplement": StepMail,
    "withdrawn": StepMail,
    "concluded": StepMail,
    "agreement_outcome": StepMail,
    "declined": StepMail,
    "dismissed": StepMail,
    "abstention": StepMail,
    "extension_request": StepMail,
    "letter": StepMail,
    "notification": StepMail,
    "opinion": StepMail,
    "application_receipt": StepMail,
    "supplement_order": StepMail,
    "communication": StepMail,
    "delay": StepMail,
    "delay_refused": StepMail,
    "appeal_late": StepMail,
    "appeal_forwarded": StepMail,
    "correction": StepMail,
    "correction_hearing": StepMail,
    "disclosure": StepMail,
    "disclosure_refused": StepMail,
    "event_invitation": StepMail,
    "event_moved": StepMail,
    "event_cancelled": StepMail,
    "policy_document_expiring": StepMail,
    "public_review": StepMail,
    "summons": Summons,
    "summons_changed": Summons,
    "summons_cancelled": Summons,
    "minutes_check_late": MinutesLate,
    "appeal_time_passed": AppealTimePassed,
    "secrecy": MailContext,
    "digest": Digest,
}
"""Which context each shipped template is written for; a template of the home folder gets ``StepMail``."""

OF_A_MEETING = ("minutes_check_late", "appeal_time_passed")
"""Mails of a definition that tell of the meeting instead of the step."""


def context_of(name: str) -> type[MailContext] | type[Digest]:
    """The context that the template ``name`` gets."""
    return OCCASIONS.get(name, StepMail)
