"""The case-type language: what a file in ``states/`` may say, as strict Pydantic models.

A definition is data. Guards and effects are names from a closed vocabulary with typed arguments;
nothing in a file is evaluated, imported or opened. Reading the YAML itself, with line numbers, is done by
``definitions.py``; whether a well-formed definition is also *sound* is judged by ``soundness.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from arende.errors import Sentence

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""An id in a definition: English snake_case, stable for ever."""

Level = Literal["error", "warn"]
Phase = Literal["initiate", "prepare", "decide", "close"]
Unit = Literal["working", "calendar", "weeks", "months"]
Act = Literal["clearance", "agenda_clearance", "delegated_decision", "urgent_decision", "signature", "minutes"]
Channel = Literal["reply", "link", "login"]
"""The least a person must do to be believed: authenticated reply (1), link and digits (2), login (3)."""

BUILT_IN_ROLES: dict[str, tuple[str, str, bool]] = {
    # key: Swedish, English, held by one person only
    "case_officer": ("handläggare", "case officer", True),
    "manager": ("chef", "manager", False),
    "registrar": ("registrator", "registrar", False),
    "secretary": ("nämndsekreterare", "committee secretary", False),
    "chair": ("ordförande", "chair", True),
    "vice_chair": ("vice ordförande", "vice chair", True),
    "region_director": ("regiondirektör", "region director", True),
    "delegate": ("delegat", "delegate", False),
    "minute_checker": ("justerare", "minute checker", False),
    "administrator": ("administratör", "administrator", False),
    "parties": ("de tillfrågade parterna", "the parties asked", False),
    "external": ("extern part", "external party", False),
    "system": ("systemet", "the system", True),
}
"""Roles that every definition may name; others are declared under ``roles:``."""

OUTCOMES_OF_ACT: dict[str, frozenset[str]] = {
    "clearance": frozenset({"approve", "return"}),
    "agenda_clearance": frozenset({"approve", "return"}),
    "delegated_decision": frozenset({"approve", "reject"}),
    "urgent_decision": frozenset({"approve", "reject"}),
    "signature": frozenset({"approve", "return"}),
    "minutes": frozenset({"approve", "return"}),
}
"""Answers that each act must lead somewhere; a recusal hands over by the rules of the act and needs none."""

ALSO_OF_ACT: dict[str, frozenset[str]] = {"agenda_clearance": frozenset({"reject"})}
"""Answers that an act has where its request declares them: "do not take up now" (domain practice, KL 6:35)."""


CLEARANCES = ("clearance", "agenda_clearance")
"""Acts that prepare and never decide: they alone pass to the vice chair by standing, or to a stand-in by time-out."""


class Model(BaseModel):
    """Base of everything in a definition: frozen, and an unknown key is an error (rule V18).

    Each is made ready to check when it is first used: a program that reads a case uses two of thirty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=True, defer_build=True)


class Text(Model):
    """Words for people: Swedish always, English where there is one."""

    sv: str
    en: str | None = None

    def in_(self, language: str) -> str:
        """The words in ``language``, or in Swedish where there is no English."""
        return self.en if language == "en" and self.en else self.sv


class FieldDef(Model):
    """One field of the case's own data.

    ``set_by`` names the triggers (or ``register``) that ask for the value; a field without it is optional and may
    be given at any step. ``required`` says whether those steps refuse when it is missing.
    """

    type: Literal["text", "integer", "decimal", "date", "boolean", "party", "parties", "body", "choice"]
    title: Text | None = None
    help: Text | None = None
    choices: dict[Key, Text] | None = None
    set_by: tuple[Key, ...] = ()
    required: bool = True
    pattern: str | None = None
    secret: bool = False
    anew: bool = False
    """Belongs to one round: a step that asks for it never makes do with the value of an earlier round."""

    @field_validator("set_by", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return _tuple(value)

    @model_validator(mode="after")
    def _choices_fit(self) -> FieldDef:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("choices are given for the type choice, and only there")
        return self


class DocumentDef(Model):
    """A kind of document the case carries."""

    title: Text | None = None
    required: bool = False
    is_text: bool = False
    """Part of the text that approvals are bound to: a new version makes earlier approvals void."""


class RoleDef(Model):
    """A role of this case type: an office in a body, or in the body that a field names."""

    office: Key
    body: Key | None = None
    body_from: Key | None = None
    title: Text | None = None
    one: bool = True
    of_meeting: Literal["presided", "checkers"] | None = None
    """In a meeting: whoever presided at some item, or whoever was elected to check the minutes; not the office."""

    @model_validator(mode="after")
    def _one_source(self) -> RoleDef:
        if self.body and self.body_from:
            raise ValueError("a role takes its body from body or from body_from, not both")
        return self


class Consequence(Model):
    """What happens when a deadline passes."""

    escalate: Key | None = None
    trigger: Key | None = None
    task: TaskEffect | None = None


class Due(Model):
    """A deadline as written: an amount in a unit, counted from an anchor, on a ground.

    The anchor is the moment the state (or item) was entered, unless ``before``/``after``/``at`` names a date
    field, ``fixed`` is a day, or ``meeting``/``meeting_from`` names the body whose next meeting it is, or is
    counted back from. ``remind`` is a ladder of offsets in working days (negative = before).
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
    ground: Literal["law", "regulations", "routine"] = "routine"
    law: str | None = None
    basis: str | None = None
    legal: bool = False
    remind: tuple[int, ...] | None = None
    then: Consequence | None = None

    @field_validator("remind", mode="before")
    @classmethod
    def _many(cls, value: object) -> object:
        return _tuple(value) if value is not None else None

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


class DecisionDef(Model):
    """What makes a state of kind ``decision`` lawful (rule V15)."""

    letter: Key
    delivered_by: Key
    appeal: Appeal


class Appeal(Model):
    """How the decision is appealed: which text, how many weeks, counted from what (KL 13:5; FL 44 §)."""

    text: Literal["legality_review", "administrative_appeal", "none"]
    weeks: int = Field(ge=0, le=10)
    from_: Literal["notice", "service"] = Field(alias="from")
    reason: str | None = None
    """Why there is no appeal, where ``text`` is none."""


MeetingOutcome = Literal[
    "approved", "approved_with_change", "rejected", "remitted", "adjourned", "noted", "withdrawn"
]  # bifall · bifall med ändring · avslag · återremiss · bordläggning · lagt till handlingarna · utgår
MeetingWork = Literal[
    "draft", "summon", "replan", "call_off", "number", "minutes", "carry_out", "post", "take_down", "make_meetings"
]


class AtMeeting(Model):
    """The state waits for a body's meeting: the case is on its agenda, and the outcome leads on.

    The step is taken when the minutes say so: with the day, the section and the day of approval in the fields named.
    """

    body: Key | None = None
    body_from: Key | None = None
    report: bool = False
    """A decision already made on somebody's authority, to be reported (KL 6:39, 7:8)."""
    date: Key | None = None
    section: Key | None = None
    approved_on: Key | None = None
    note: Key | None = None
    """The field for what a forum's notes say, where there is no section."""
    extract: Key | None = None
    """The kind of document that an extract of the minutes becomes."""
    outcomes: dict[MeetingOutcome, Key] = {}
    taken_up: Key | None = None
    """The step that is taken when the case is put on an agenda."""
    moved: Key | None = None
    """The step that enters another day in ``date``, when the meeting is moved or cancelled."""

    @model_validator(mode="after")
    def _one_body(self) -> AtMeeting:
        if (self.body is None) == (self.body_from is None):
            raise ValueError("at_meeting names its body by body or by body_from")
        return self


class StandingItem(Model):
    """A matter that is on every agenda of a body, or on those of one month."""

    title: Text
    month: int | None = Field(default=None, ge=1, le=12)


class State(Model):
    """A place where a case rests."""

    title: Text | None = None
    phase: Phase = "prepare"
    waits_for: tuple[Key, ...] = ()
    deadline: Due | None = None
    no_deadline: str | None = None
    final: bool = False
    auto: bool = False
    hold: bool = False
    """The case rests outside its order (vilande): ``resume`` leads back to ``previous``."""
    kind: Literal["ordinary", "decision"] = "ordinary"
    decision: DecisionDef | None = None
    at_meeting: AtMeeting | None = None
    help: Text | None = None

    @field_validator("waits_for", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return _tuple(value)


class TaskEffect(Model):
    """A task for somebody."""

    of: Key
    act: Key
    title: Text | None = None
    due: Due | None = None
    mail: Key | None = "task_assigned"


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
        return _tuple(value)

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
        return _tuple(value)


class ExtendBefore(Model):
    """How far a party's last day may be moved: so many working days before the day in a field."""

    date: Key
    days: int = Field(default=10, ge=0, le=260)
    past: Literal["refuse", "warn"] = "refuse"
    """What an extension beyond it is: refused, or granted with a warning on record."""


class ConsultationEffect(Model):
    """A round in which several parties are asked; each answers in a row of its own (domain: `answer`)."""

    key: Key | None = None
    kind: Literal["alignment", "referral", "statutory"] = "referral"
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


class MailEffect(Model):
    """A notification to roles, parties or a party named by a field."""

    template: Key
    to: tuple[Key, ...]
    attach: tuple[Key, ...] = ()
    on_unknown: Literal["resend", "ask"] = "resend"
    """What to do when a crash leaves it unknown whether the mail left: resend (same Message-ID) or ask a person."""

    @field_validator("to", "attach", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return _tuple(value)


class Effect(Model):
    """One effect of a step: exactly one of the closed vocabulary."""

    task: TaskEffect | None = None
    approval: ApprovalEffect | None = None
    consultation: ConsultationEffect | None = None
    mail: MailEffect | None = None
    meeting: MeetingWork | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Effect:
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise ValueError("an effect is exactly one of task, approval, consultation, mail, meeting")
        return self


class Guard(Model):
    """A guard as written: a name of the vocabulary in ``guards.py`` and its argument."""

    name: str
    arg: Any = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: object) -> object:
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, dict) and len(value) == 1 and "name" not in value:
            ((name, arg),) = value.items()
            return {"name": str(name), "arg": arg}
        return value


class Transition(Model):
    """One way from a state to another."""

    trigger: Key | None = None
    title: Text | None = None
    from_: tuple[str, ...] = Field(alias="from")
    to: str
    by: tuple[Key, ...] = ()
    when: tuple[Guard, ...] = ()
    then: tuple[Effect, ...] = ()
    not_same_as: tuple[Key, ...] = ()
    same_as: tuple[Key, ...] = ()
    quorum: int = Field(default=1, ge=1, le=20)
    priority: int | None = None
    auto: bool = False
    comment: Literal["none", "optional", "required"] = "optional"
    authority: str | None = None
    help: Text | None = None

    @field_validator("from_", "by", "not_same_as", "same_as", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return _tuple(value)

    @field_validator("when", "then", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @property
    def name(self) -> str:
        """The trigger, or ``auto`` for a step that the system takes by itself."""
        return self.trigger or "auto"


class Scenario(Model):
    """A story that the definition must be able to tell (rule V16): steps by trigger and expected states."""

    name: str
    given: dict[str, Any] = {}
    steps: tuple[dict[str, Any], ...]

    @field_validator("steps", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class CaseType(Model):
    """A whole definition."""

    key: Key
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    title: Text | None = None
    description: Text | None = None
    valid_from: Annotated[date, Field(strict=False)] | None = None
    legal_regime: Literal["legality_review", "administrative_appeal", "none"] = "none"
    register_: Annotated[str, StringConstraints(pattern=r"^[A-ZÅÄÖ]{2,6}$")] = Field(default="RS", alias="register")
    calendar: Literal["sweden"] = "sweden"
    meeting_of: Key | None = None
    """The field that names the body, when a case of this type is a meeting: then the series is the body's own."""
    standing_items: dict[Key, tuple[StandingItem, ...]] = {}
    """Kind of meeting, or body → what is always on its agenda."""
    initial: str
    by: tuple[Key, ...] = ("case_officer", "registrar", "secretary")
    """Who may register a case of this type."""
    roles: dict[Key, RoleDef] = {}
    fields: dict[Key, FieldDef] = {}
    documents: dict[Key, DocumentDef] = {}
    states: dict[Key, State]
    transitions: tuple[Transition, ...] = ()
    scenarios: tuple[Scenario, ...] = ()

    @field_validator("transitions", "scenarios", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("standing_items", mode="before")
    @classmethod
    def _lists_of_items(cls, value: object) -> object:
        return {k: _tuple(v) for k, v in value.items()} if isinstance(value, dict) else value

    @field_validator("by", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return _tuple(value)

    def canonical(self) -> str:
        """The definition as canonical JSON: what is hashed, stored and pinned.

        Scenarios are tests, not rules: they are left out, so a new story does not make a new version.
        """
        return json.dumps(self._rules(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def text(self) -> str:
        """The same as JSON in the order of the file: what is stored, so that states are shown in their order."""
        return json.dumps(self._rules(), ensure_ascii=False)

    def _rules(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True, exclude={"scenarios"}, exclude_defaults=True)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    @classmethod
    def from_text(cls, text: str) -> CaseType:
        """Read back what ``text`` or ``canonical`` wrote; raises pydantic.ValidationError when it does not fit."""
        return cls.model_validate_json(text)

    @cached_property
    def rows(self) -> tuple[Rule, ...]:
        """Every transition for every source state it leaves, ``*`` expanded to the non-final states."""
        return tuple(self._rows())

    def _rows(self) -> Iterator[Rule]:
        number = 0
        for index, t in enumerate(self.transitions):
            sources = t.from_ if t.from_ != ("*",) else tuple(s for s, d in self.states.items() if not d.final)
            for source in sources:
                yield Rule(number, index, source, t.to if t.to != "same" else source, t)
                number += 1

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        """Every trigger that a person or the system may name, in the order of the file."""
        return tuple(dict.fromkeys(t.trigger for t in self.transitions if t.trigger))

    def asked_by(self, trigger: str) -> dict[str, FieldDef]:
        """The fields that ``trigger`` (or ``register``) asks for."""
        return {k: f for k, f in self.fields.items() if trigger in f.set_by}

    def fields_for(self, trigger: str, stored: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """The values that ``trigger`` is judged on and leaves behind: what is given, on top of what still counts."""
        past = {k for k, f in self.asked_by(trigger).items() if f.anew}
        return {**{k: v for k, v in stored.items() if k not in past}, **given}

    def role_title(self, role: str, language: str = "sv") -> str:
        """What the role is called: "RSAU:s ordförande"."""
        declared = self.roles.get(role)
        if declared and declared.title:
            return declared.title.in_(language)
        known = BUILT_IN_ROLES.get(role)
        return (known[1] if language == "en" else known[0]) if known else role.replace("_", " ")

    def state_title(self, state: str, language: str = "sv") -> str:
        """What the state is called."""
        known = self.states.get(state)
        return known.title.in_(language) if known and known.title else state.replace("_", " ").capitalize()

    def trigger_title(self, trigger: str, language: str = "sv") -> str:
        """What the step is called, as on a button."""
        for t in self.transitions:
            if t.trigger == trigger and t.title:
                return t.title.in_(language)
        return trigger.replace("_", " ").capitalize()

    def name(self, language: str = "sv") -> str:
        """What the case type is called."""
        return self.title.in_(language) if self.title else self.key.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Rule:
    """One transition from one state: what ``machine.py`` executes. ``id`` is its number in the definition."""

    id: int
    index: int
    source: str
    dest: str
    transition: Transition


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a definition must (error) or should (warn) change.

    ``path`` is a counter-example through the states where one makes sense: ("draft", "…", "stuck").
    """

    code: str
    level: Level
    file: str
    line: int
    sentence: Sentence
    path: tuple[str, ...] = ()
    suggestion: Sentence | None = None


def _tuple(value: object) -> object:
    """A list, a single word or nothing as a tuple: ``by: manager`` means ``by: [manager]``."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str | int) else value


for _model in (
    Consequence,
    Due,
    DecisionDef,
    AtMeeting,
    StandingItem,
    State,
    TaskEffect,
    ConsultationEffect,
    Effect,
    Transition,
    CaseType,
):
    _model.model_rebuild()
