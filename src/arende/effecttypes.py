"""What a definition may promise: tasks, requests, rounds, mails, and the deadlines that any of them may have."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, field_validator, model_validator

from arende.terms import Act, Channel, Key, Model, Text, Unit, as_tuple


class Consequence(Model):
    """What happens when a deadline passes."""

    escalate: Key | None = None
    trigger: Key | None = None
    task: TaskEffect | None = None
    mail: MailEffect | None = None


NEXT_STEP = "next_step"
"""Act of the task that says no more than that the case waits here: taking a step does it, and nothing else."""


class Due(Model):
    """A deadline as written: an amount in a unit, counted from an anchor, on a ground.

    The anchor is the moment the state (or item) was entered, unless ``before``/``after``/``at`` names a date
    field, ``fixed`` is a day, or ``meeting``/``meeting_from`` names the body whose next meeting it is, or is
    counted back from. ``of_body``: the body of the meeting has a time of its own for its papers or its summons in the
    people file; what is written here holds for a body that has none. ``remind`` is a ladder of offsets in working
    days (negative = before).
    """

    days: int | None = Field(default=None, ge=0, le=3660)
    weeks: int | None = Field(default=None, ge=0, le=520)
    months: int | None = Field(default=None, ge=0, le=240)
    unit: Unit = "calendar"
    before: Key | None = None
    after: Key | None = None
    at: Key | None = None
    fixed: date | None = None
    meeting: Key | None = None
    meeting_from: Key | None = None
    of_body: Literal["papers", "summons"] | None = None
    ground: Literal["law", "regulations", "decision", "routine"] = "routine"
    law: str | None = None
    basis: str | None = None
    legal: bool = False
    remind: tuple[int, ...] | None = None
    then: Consequence | None = None

    @field_validator("remind", mode="before")
    @classmethod
    def _many(cls, value: object) -> object:
        return as_tuple(value) if value is not None else None

    @field_validator("fixed", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        return date.fromisoformat(value) if isinstance(value, str) else value

    @property
    def of_meeting(self) -> bool:
        """Whether it hangs on the next meeting of a body."""
        return bool(self.meeting or self.meeting_from)

    @model_validator(mode="after")
    def _measurable(self) -> Due:
        amounts = [a for a in (self.days, self.weeks, self.months) if a is not None]
        days = [d for d in (self.at, self.fixed) if d is not None]
        anchors = [a for a in (self.before, self.after, self.meeting, self.meeting_from, *days) if a is not None]
        if len(amounts) + len(days) > 1 or not (amounts or days or self.of_meeting):
            raise ValueError("a deadline has exactly one of days, weeks, months, at, fixed or a meeting")
        if len(anchors) > 1:
            raise ValueError("a deadline is counted from one day: before, after, at, fixed, or a meeting")
        if self.ground == "law" and not self.law:
            raise ValueError("a deadline with ground: law names its section under law")
        return self

    @model_validator(mode="after")
    def _legal_time(self) -> Due:
        backwards = self.before or self.of_meeting
        if self.legal and (backwards or (self.days is not None and self.unit == "working")):
            raise ValueError(
                "legal (lag 1930:173) moves the last day of an act forward; it is not for working days or counting back"
            )
        return self


MeetingWork = Literal[
    "draft",
    "summon",
    "replan",
    "call_off",
    "number",
    "minutes",
    "carry_out",
    "post",
    "appeal",
    "uphold",
    "annul",
    "take_down",
    "make_meetings",
    "plan_decided",
]


class TaskEffect(Model):
    """A task for somebody."""

    of: Key
    act: Key
    title: Text | None = None
    due: Due | None = None
    mail: Key | None = "task_assigned"
    stays: bool = False
    """It waits until somebody has done it, whatever way the case goes; else it falls when the state is left."""


class Lead(Model):
    """What an answer leads to: a trigger, or only that it is on record."""

    trigger: Key | None = None
    agenda_item: Key | None = None
    record: bool = False

    @model_validator(mode="after")
    def _something(self) -> Lead:
        if not (self.trigger or self.agenda_item or self.record):
            raise ValueError("an answer leads to a trigger, to an agenda_item, or to record: true")
        return self


class Join(Model):
    """When a group of parallel items is complete: at least n, or a fraction, of those opened."""

    at_least: int | None = Field(default=None, ge=0)
    fraction: float | None = Field(default=None, gt=0, le=1)
    of: Literal["opened"] = "opened"

    @model_validator(mode="after")
    def _one(self) -> Join:
        if (self.at_least is None) == (self.fraction is None):
            raise ValueError("a join names either at_least or fraction")
        return self


JoinPolicy = Literal["all", "first", "deadline", "in_order"] | Join


class ApprovalEffect(Model):
    """A request for an act by one or several office-holders."""

    key: Key | None = None
    of: tuple[Key, ...]
    act: Act
    level: Channel = "link"
    due: Due | None = None
    join: JoinPolicy = "all"
    approve: Lead
    return_: Lead | None = Field(default=None, alias="return")
    reject: Lead | None = None
    withdraw: Lead | None = None
    """What taking back one's own yes leads to, once the case has moved on by it; without it, it then stands."""
    authority: str | None = None
    """The ground the act rests on: a delegation point, a mandate (KL 6:39), a standing rule."""
    proposal: Text | None = None
    why: Text | None = None
    """Why the request comes now; without it, the words of the act."""
    next: Text | None = None
    if_nothing: Text | None = None
    """What happens if nobody answers; without it, the words of the act."""
    not_same_as: tuple[Key, ...] = ()
    """Steps whose doer is never asked and never answers, not even through a substitute (separation of duties)."""
    hand_over: int | None = Field(default=None, ge=1, le=60)
    """Working days after the last day when an unanswered clearance passes to whoever steps in."""
    mail: Key = "approval_request"

    @field_validator("of", "not_same_as", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return as_tuple(value)

    @property
    def leads(self) -> dict[str, Lead | None]:
        """Where each answer leads, and taking back a yes."""
        return {"approve": self.approve, "return": self.return_, "reject": self.reject, "withdraw": self.withdraw}

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers besides yes that lead somewhere, as they are offered."""
        return tuple(answer for answer in ("reject", "return") if self.leads[answer] is not None)

    @property
    def name(self) -> str:
        """The key of the group of requests: given, or the act."""
        return self.key or self.act


class CloseEarly(Model):
    """Who may end a consultation before it is complete, and that a reason is demanded."""

    by: tuple[Key, ...]
    reason: Literal["required"] = "required"

    @field_validator("by", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return as_tuple(value)


class ExtendBefore(Model):
    """How far a party's last day may be moved: so many working days before the day in a field."""

    date: Key
    days: int = Field(default=10, ge=0, le=260)
    past: Literal["refuse", "warn"] = "refuse"
    """What an extension beyond it is: refused, or granted with a warning on record."""


class ConsultationEffect(Model):
    """A round in which several parties are asked; each answers in a row of its own (domain: `answer`)."""

    key: Key | None = None
    kind: Literal["alignment", "referral", "statutory", "decision"] = "referral"
    parties: Key | tuple[Key, ...]
    """A group of the people file, or a list of parties and groups."""
    only: Key | None = None
    """A field of type ``parties``: when it is given, only these of the parties are asked, in its order."""
    order: Literal["parallel", "sequence"] = "parallel"
    """All at once, or one after another: the next when the one before has answered or its day has passed."""
    due: Due
    join: JoinPolicy = "all"
    late: Literal["record"] | None = None
    """What a late answer means: it is filed on the case, without effect on the join. There is no other way yet."""
    extendable: bool = False
    extend_before: ExtendBefore | None = None
    close_early: CloseEarly | None = None
    complete: Key
    against: Key | None = None
    """The step that is taken at once when a party decides otherwise, where one no settles it (kind ``decision``)."""
    expired: Key | None = None
    mail: Key = "referral"
    letter: Key | None = None
    attach: tuple[Key, ...] = ()
    compilation: Key | None = None
    """The kind of document that the table of answers becomes."""
    on_change: tuple[Effect, ...] = ()
    """Effects when a party revises or withdraws its position after the round is over."""

    @field_validator("parties", "attach", "on_change", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @property
    def name(self) -> str:
        """The key of the round's group: given, or its kind."""
        return self.key or self.kind


class CalendarEntry(Model):
    """The entry in the calendars of whoever the mail goes to: made anew, or called off (RFC 5546)."""

    document: Key
    """The kind of document that it becomes; name it under ``attach`` too."""
    day: Key
    """The date field of the day; the others are fields as well."""
    starts: Key | None = None
    ends: Key | None = None
    place: Key | None = None
    cancelled: bool = False


class MailEffect(Model):
    """A notification to roles, parties or a party named by a field."""

    template: Key
    to: tuple[Key, ...]
    calendar: CalendarEntry | None = None
    """The step makes a calendar entry, or calls it off, before the mail is written."""
    attach: tuple[Key, ...] = ()
    show: tuple[Key, ...] = ()
    """Fields that the mail tells, before the values that came with the step: a receiver's own diary number first."""
    on_unknown: Literal["resend", "ask"] = "resend"
    """What to do when a crash leaves it unknown whether the mail left: resend (same Message-ID) or ask a person."""

    @field_validator("to", "attach", "show", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return as_tuple(value)


class LetterEffect(Model):
    """A document that the step writes: typeset, on record, and there for the mails of the same step to carry.

    ``letter: opinion`` alone means the template ``letters/opinion.md.j2``, filed as the document ``opinion``.
    """

    template: Key
    document: Key | None = None
    """The kind of document it becomes; without it, the one that is called as the template."""
    to: tuple[Key, ...] = ()
    """Whom it is addressed to: roles, parties, groups of parties, ``parties``, or fields that name a party."""
    sender: Key | None = None
    """The body that it comes from; without it, the body whose diary series the case is in."""
    sign: tuple[Key, ...] = ()
    """Roles whose holders' names stand below, in this order."""
    signed: tuple[Key, ...] = ()
    """The groups of requests by which they have signed: who did, and when, is told below the names."""
    draft: bool = False
    """It says across the top that it is a draft."""
    each: bool = False
    """One letter for each of those it is addressed to, and the mails of the same step carry to each their own."""

    @field_validator("to", "sign", "signed", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return as_tuple(value)

    @model_validator(mode="before")
    @classmethod
    def _by_name_alone(cls, value: object) -> object:
        return {"template": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _to_somebody(self) -> LetterEffect:
        if self.each and not self.to:
            raise ValueError("a letter to each names whom it is addressed to")
        return self

    @property
    def name(self) -> str:
        """The kind of document it becomes."""
        return self.document or self.template


class Effect(Model):
    """One effect of a step: exactly one of the closed vocabulary."""

    task: TaskEffect | None = None
    approval: ApprovalEffect | None = None
    consultation: ConsultationEffect | None = None
    letter: LetterEffect | None = None
    mail: MailEffect | None = None
    meeting: MeetingWork | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Effect:
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise ValueError("an effect is exactly one of task, approval, consultation, letter, mail, meeting")
        return self


for _model in (Consequence, Due, TaskEffect, ConsultationEffect, Effect):
    _model.model_rebuild()
