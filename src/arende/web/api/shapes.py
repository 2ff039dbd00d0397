"""The shapes of what is read through the API: each model is a schema of openapi.json.

Days are dates in Stockholm, moments are UTC. What is named ``…_title`` is in the language asked for; the rest is not.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from arende.endings import Ending


class Shape(BaseModel):
    """Base: made from our own rows, so nothing else than what is described comes out."""

    model_config = ConfigDict(extra="ignore", from_attributes=False)


class Person(Shape):
    """Somebody who acts."""

    key: str = Field(description="The key of the people file.")
    name: str


class Me(Shape):
    """Who the key is."""

    key: int = Field(description="The number of the key.")
    name: str = Field(description="The program it was made for.")
    role: Literal["read", "act"]
    person: Person
    offices: list[str] = Field(description="The person's offices today, such as `secretary@rsau`.")
    expires_at: datetime


class CaseLine(Shape):
    """A case in a list."""

    register_no: str = Field(description="The diary number.")
    type: str
    title: str
    state: str
    state_title: str
    phase: str
    version: int
    officer: Person | None
    secrecy: bool
    due_on: date | None = Field(description="The nearest last day.")
    ending: Ending | None = Field(description="How the number has ended, where not by the case's own steps.")
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None


class Task(Shape):
    """Something that somebody is to do."""

    id: int
    act: str
    title: str
    role: str
    assignee: str | None
    due_on: date | None


class Approval(Shape):
    """A request for an act of one person: a clearance, a decision, a signature."""

    id: int
    key: str
    round: int
    act: str
    state: str
    approver: Person
    decided_by: Person | None
    asked_at: datetime
    due_on: date | None
    decided_at: datetime | None
    comment: str | None


class Answer(Shape):
    """What one party has answered."""

    party: str
    party_name: str
    state: str
    due_on: date
    stance: str | None
    body: str | None
    decided_on: date | None
    section: str | None
    legal_force_on: date | None = Field(description="In a round of decisions: when the party's own gained it.")
    party_ref: str | None
    comment: str | None
    late: bool
    received_at: datetime | None
    documents: list[int] = Field(description="Record numbers.")
    reply: str | None


class Round(Shape):
    """A round of asking parties outside."""

    key: str
    round: int
    kind: str
    state: str
    opened_at: datetime
    due_on: date
    ended_at: datetime | None
    answers: list[Answer]


class Document(Shape):
    """A record of the case. Of one that the caller may not open, neither its name nor its hash is told."""

    record_no: int
    key: str
    version: int
    direction: str
    name: str | None
    media_type: str
    size: int
    sha256: str | None
    access: str | None = Field(description="`unchecked`, `public` or `secret` of what the system filed; else null.")
    removed: bool
    added_at: datetime
    href: str | None = Field(description="Where its bytes are; null where it may not be opened.")


class Deadline(Shape):
    """A last day that is still open."""

    register_no: str
    key: str = Field(description="What it is of: `state:draft`, `consultation:alignment`, `task:12.1`.")
    due_on: date
    due_at: datetime = Field(description="The moment at which the clock acts.")
    sentence: str = Field(description="As pages, mails and calendars say it: `senast onsdagen den 20 april 2016`.")
    ground: str = Field(description="What it rests on: `KL 13:5`, `reglemente`, `rutin`.")


class Relation(Shape):
    """Another case, or something outside, that the case has to do with."""

    kind: str
    other: str


class Assignment(Shape):
    """What a body has decided that somebody is to do, and to report back."""

    number: int
    what: str | None
    receiver: str
    body: str
    decision: str | None
    report_on: date | None
    state: str
    overdue: bool


class Case(CaseLine):
    """One case with what stands on it. Its version is its ETag."""

    type_title: str
    definition: str = Field(description="SHA-256 of the definition that the case is pinned to.")
    fields: dict[str, Any] = Field(description="The case's own data; the value of a secret field is left out.")
    continued_in: str | None = Field(description="The case that it has been merged into.")
    waits_for: list[str] = Field(description="Names of those who have been asked, else roles in words.")
    tasks: list[Task]
    approvals: list[Approval]
    consultations: list[Round]
    documents: list[Document]
    deadlines: list[Deadline]
    relations: list[Relation]
    related_from: list[Relation]
    """Cases that are related to this one, with the kind as they say it; those that the caller may see."""
    assignments: list[Assignment]


class Event(Shape):
    """One thing that has happened."""

    seq: int = Field(description="Its number in the case, from 1.")
    kind: str
    text: str = Field(description="The sentence that the page tells.")
    actor: str
    on_behalf_of: str | None
    authority: str | None
    channel: str
    occurred_at: datetime
    recorded_at: datetime
    command: str = Field(description="The id of the command that led to it.")
    hash: str = Field(description="Its place in the hash chain.")
    data: dict[str, str | int | bool | None] = Field(
        description="What a program needs of it: `trigger`, `from`, `to`, `party`, `record_no` and the like."
    )


class Asks(Shape):
    """A field that a step asks for."""

    field: str
    title: str
    required: bool


class Option(Shape):
    """A step, and whether the caller may take it now."""

    trigger: str
    title: str
    to: str = Field(description="The state that it leads to.")
    allowed: bool
    why_not: list[str] = Field(description="Every reason, and what to do about it.")
    asks_for: list[Asks]
    comment: str = Field(description="Whether it takes a note: `none`, `optional` or `required`.")


class Waiting(Shape):
    """Something that waits for the caller's person, or for somebody whom that person stands in for."""

    kind: Literal["task", "approval"]
    id: int
    register_no: str
    title: str = Field(description="Of the case; empty where it may not be seen.")
    act: str
    what: str | None
    role: str
    state: str
    due_on: date | None
    opened_at: datetime


class TypeLine(Shape):
    """A case type that new cases can be of."""

    key: str
    title: str
    version: str
    series: str = Field(description="The series of its diary numbers.")


class FieldShape(Shape):
    """A field of a case type."""

    key: str
    title: str
    type: str
    required: bool
    secret: bool


class StateShape(Shape):
    """A state of a case type."""

    key: str
    title: str
    phase: str
    final: bool


class StepShape(Shape):
    """A step of a case type: from a state to another."""

    trigger: str
    title: str
    from_: str = Field(alias="from")
    to: str


class Type(TypeLine):
    """A case type."""

    definition: str = Field(description="SHA-256 of the definition.")
    fields: list[FieldShape] = Field(description="What registering a case asks for.")
    documents: list[str]
    states: list[StateShape]
    steps: list[StepShape]


class MeetingLine(Shape):
    """A meeting in a list."""

    register_no: str
    body: str
    title: str
    state: str
    state_title: str
    day: date
    last_day: date
    starts_at: str | None = Field(description="In Stockholm, as `13:30`.")
    ends_at: str | None
    place: str | None


class Item(Shape):
    """An item of an agenda. Of one about a case that may not be seen, its number and outcome are told."""

    item: int
    position: int | None
    kind: str
    heading: str | None
    proposal: str | None
    cases: list[str]
    late: bool
    urgent: bool
    outcome: str | None
    decision: str | None
    section: int | None


class Attendance(Shape):
    """Who was there, or was not."""

    actor: str
    kind: str = Field(description="`present`, `absent` or `called`.")
    name: str
    role: str
    acting_for: str | None
    presiding: bool
    checker: bool
    remote: bool


class Meeting(MeetingLine):
    """A meeting with its agenda and who was there."""

    version: int
    items: list[Item]
    attendance: list[Attendance]


class Done(Shape):
    """What a command did. Sent again, it answers the same."""

    register_no: str | None
    state: str | None
    version: int | None
    events: list[str] = Field(description="What happened, by kind.")
    data: dict[str, Any] = Field(description="What it gave a number, such as `record_no`.")


class Cases(Shape):
    """A page of cases."""

    items: list[CaseLine]


class Found(Cases):
    """A page of what a search found."""

    nearly: bool = Field(description="No case had the words as they were written; these have words that begin so.")


class History(Shape):
    """A page of what has happened in a case, from the first."""

    items: list[Event]


class Options(Shape):
    """Every step of the case's state."""

    items: list[Option]


class Documents(Shape):
    """The records of a case."""

    items: list[Document]


class Deadlines(Shape):
    """A page of open last days, the nearest first."""

    items: list[Deadline]


class Inbox(Shape):
    """What waits, by last day."""

    items: list[Waiting]


class Types(Shape):
    """Every case type."""

    items: list[TypeLine]


class Meetings(Shape):
    """Meetings, by day."""

    items: list[MeetingLine]
