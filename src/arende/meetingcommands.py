"""Commands on a meeting's case: its agenda, who was there, what was moved and decided, its minutes and notice."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from arende.assignmentcommands import GivenAssignment
from arende.commands import Advance, Command, OnCase, RegisterCase, Words
from arende.meetinglaw import Ballot
from arende.statetypes import MeetingOutcome

MotionKind = Literal["approve", "change", "reject", "remit", "adjourn"]


class AddAgendaItem(OnCase):
    """Put something on the agenda: one or several cases under one heading, or a matter without a case."""

    name = "add_agenda_item"
    heading: Words | None = None
    cases: tuple[str, ...] = ()
    proposal: Words | None = None
    kind: Literal["case", "report", "fixed", "other"] = "case"
    reason: Words | None = None
    """Why it comes late: needed once the agenda is with the chair."""
    urgent: bool = False
    """It could not wait to be announced (KL 5:14)."""
    origin: str | None = None
    """The item of an earlier meeting that was put off to this one."""
    assignment: int | None = None
    """The assignment of the case that is reported here."""


class RemoveAgendaItem(OnCase):
    """Take an item off the agenda before the meeting."""

    name = "remove_agenda_item"
    item: int
    reason: Words


class OrderAgenda(OnCase):
    """The items in the order in which they are to be taken up; those not named follow as they stood."""

    name = "order_agenda"
    items: tuple[int, ...]


class RecordAttendance(OnCase):
    """Who is in the room, as what, and through which items (positions; None = the first, the last)."""

    name = "record_attendance"
    person: str
    role: Literal["member", "substitute", "official"] = "member"
    acting_for: str | None = None
    """The absent member for whom a substitute serves; None = the substitute has no vote."""
    from_item: int | None = None
    to_item: int | None = None
    remote: bool = False
    presiding: bool = False
    checker: bool = False


class ReportAbsence(OnCase):
    """A member cannot come: the next substitute in the declared order is called."""

    name = "report_absence"
    person: str
    reason: Words | None = None


class RetractAttendance(OnCase):
    """Somebody was entered as present, or as absent, by mistake: what was entered is taken back, with the reason."""

    name = "retract_attendance"
    person: str
    what: Literal["present", "absent"] = "present"
    reason: Words


class DeclareItemConflict(OnCase):
    """Somebody has a conflict of interest at one item and leaves the room for it (KL 5:47, 6:28)."""

    name = "declare_item_conflict"
    item: int
    person: str


class RecordMotion(OnCase):
    """Somebody moves something at an item (yrkande)."""

    name = "record_motion"
    item: int
    person: str
    kind: MotionKind
    text: Words


class RecordVote(OnCase):
    """An open vote at an item: what yes and no mean, and how each voted."""

    name = "record_vote"
    item: int
    yes_means: Words
    no_means: Words
    ballots: dict[str, Ballot]
    lot: Literal["yes", "no"] | None = None
    """In an election, what the lot settled."""


class RecordDissent(OnCase):
    """Somebody who took part in deciding dissents, before the meeting ends (KL 4:27)."""

    name = "record_dissent"
    item: int
    person: str
    text: Words | None = None


class ItemOutcome(BaseModel):
    """What became of one item."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: int
    outcome: MeetingOutcome
    decision: str | None = None
    motive: str | None = None
    """Why it is remitted, or taken off."""
    minority: int | None = None
    """How many demanded the remittal or adjournment, when they were a minority (KL 5:50)."""
    section: int | None = None
    """From minutes kept in another system."""
    assignments: tuple[GivenAssignment, ...] | None = None
    """What somebody is to do and report back; None leaves those entered before."""


class RecordOutcomes(OnCase):
    """What became of items: one at a time in the room, or all at once from minutes kept in another system."""

    name = "record_outcomes"
    outcomes: tuple[ItemOutcome, ...]


class ApproveAtOnce(OnCase):
    """Items whose minutes were approved at once (omedelbar justering): their outcomes count already."""

    name = "approve_at_once"
    items: tuple[int, ...]
    approved_on: date


class PostNotice(OnCase):
    """Put up the notice for items that were approved at once."""

    name = "post_notice"


class Extract(BaseModel):
    """An extract of the minutes, in storage already, to be filed on the case that it concerns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    media_type: str
    size: int
    sha256: str
    source: str | None = None


class CarryOut(Advance):
    """The clock: a step that a meeting's minutes lead to in another case."""

    name = "carry_out"
    promise: int
    authority: str
    extract: Extract | None = None


class AwaitWords(OnCase):
    """The clock: a body decided with a change, and the text of the case has to get those words."""

    name = "await_words"
    promise: int
    authority: str
    change: str
    """The decision by the minutes."""
    extract: Extract | None = None


class CarryOver(AddAgendaItem):
    """The clock: an item that an earlier meeting put off, or a decision to report, on the next agenda."""

    name = "carry_over"
    promise: int


class FollowMeeting(OnCase):
    """The clock: a meeting that the case hangs on is on another day (``before`` None: it is new), or not held."""

    name = "follow_meeting"
    meeting: str
    body: str
    before: date | None
    day: date | None
    reason: str
    promise: int


class MakeMeeting(RegisterCase):
    """The clock: a meeting of a published plan becomes a case."""

    name = "make_meeting"
    promise: int


class ReportPromise(Command):
    """The clock: what a meeting promised another case was refused there; the secretary must see to it."""

    name = "report_promise"
    promise: int
    reply: str
