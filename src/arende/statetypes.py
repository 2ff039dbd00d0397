"""Where a case can rest: a state with its deadline, what makes a decision of it, and the meeting that it waits for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from arende.effecttypes import Due
from arende.terms import Court, Key, Model, Text, as_tuple

Phase = Literal["initiate", "prepare", "decide", "close"]


class DecisionDef(Model):
    """What makes a state of kind ``decision`` lawful (rule V15)."""

    letter: Key
    delivered_by: Key
    appeal: Appeal | None = None
    appeals: tuple[Appeal, ...] = ()
    """Where that differs from case to case (``regime_from``): one for each way."""

    @field_validator("appeals", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return as_tuple(value)

    @model_validator(mode="after")
    def _some_appeal(self) -> DecisionDef:
        if (self.appeal is None) == (not self.appeals):
            raise ValueError("a decision has one appeal, or appeals for each regime")
        return self

    def appeal_by(self, regime: str | None) -> Appeal | None:
        """The way to appeal under the case's regime; None while it is not settled."""
        return self.appeal or next((a for a in self.appeals if a.text == regime), None)


class Appeal(Model):
    """How the decision is appealed: which text, how many weeks, counted from what (KL 13:5; FL 44 §)."""

    text: Literal["legality_review", "administrative_appeal", "none"]
    weeks: int = Field(ge=0, le=10)
    from_: Literal["notice", "service"] = Field(alias="from")
    court: Court = "administrative_court"
    """Which court tries it: the administrative court, or where a statute says so the one above (OSL 6:8)."""
    reason: str | None = None
    """Why there is no appeal, where ``text`` is none."""


MeetingOutcome = Literal[
    "approved", "approved_with_change", "rejected", "remitted", "adjourned", "noted", "withdrawn"
]  # bifall · bifall med ändring · avslag · återremiss · bordläggning · lagt till handlingarna · utgår


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
    outcomes: dict[MeetingOutcome, Key] = Field(default={})
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


class PlanDef(Model):
    """The case carries an operational plan, in versions: what is kept of it, and who writes it when."""

    source: Key
    """The document that a version is read from."""
    plan: Key
    """The document that a version becomes."""
    changes: Key
    """The document that shows what a version changes."""
    report: Key | None = None
    """The document that the report of the follow-up becomes."""
    by: tuple[Key, ...]
    """The roles that write the plan, tie cases to it and follow it up."""
    written_in: tuple[Key, ...] = Field(alias="in")
    """The states in which a new version may be kept: what lies before others, or is decided, is left as it is."""
    decided_by: tuple[Key, ...]
    """The steps by which the newest version becomes the decided one."""

    def freezes(self, state: str) -> bool:
        """Whether the plan lies before others in this state or is decided, so that no new version may be kept."""
        return state not in self.written_in

    @field_validator("by", "written_in", "decided_by", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return as_tuple(value)


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
        return as_tuple(value)


for _model in (DecisionDef, AtMeeting, StandingItem, State):
    _model.model_rebuild()
