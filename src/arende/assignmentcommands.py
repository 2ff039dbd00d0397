"""Commands on assignments (uppdrag): what a body has decided that somebody is to do, and to report back.

An assignment belongs to a case and lives on after the case has ended, until it is executed, found not executed, or
withdrawn by the body.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from arende.commands import MailRecord, OnCase, Words
from arende.statetypes import MeetingOutcome

KEY = "assignment:"
"""What the keys of an assignment's deadlines begin with; its number follows."""
ACT = "report_assignment"
"""The act of the task that stands on somebody's list until the assignment is reported."""
Settled = Literal["executed", "not_executed", "withdrawn"]
OPEN = ("given", "reported")
"""States of an assignment that is still followed."""


class GivenAssignment(BaseModel):
    """An assignment that an item of a meeting leads to, in force when the minutes say so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: Words
    to: str
    report_on: date | None = None
    case: str | None = None
    """Which of the item's cases it belongs to; without a case it belongs to the meeting."""


class OnAssignment(OnCase):
    """A command on one assignment of a case."""

    number: int


class GiveAssignment(OnCase):
    """Enter an assignment that follows from a decision: what, to whom, and when it is reported to which body."""

    name = "give_assignment"
    what: Words
    to: str
    """A person's key, an office as ``manager@regionkontoret``, or a body."""
    report_on: date | None = None
    body: str | None = None
    """The body that decided, to which it is reported; None = the one whose decision the case has."""
    decision: str | None = None
    """Body, day and section: "RS 2020-10-14 § 12"; None = as the case has it."""


class ReportAssignment(OnAssignment):
    """Report back: what was done, or why it was not. The report goes to the body's next agenda."""

    name = "report_assignment"
    text: Words
    executed: bool = True
    file: MailRecord | None = None
    """The report as a document. The bytes are in storage already."""


class MoveAssignment(OnAssignment):
    """Another day for the report, with the reason."""

    name = "move_assignment"
    report_on: date
    reason: Words


class SettleAssignment(OnAssignment):
    """Enter what the body found: executed, not executed, or withdrawn."""

    name = "settle_assignment"
    outcome: Settled
    decision: str | None = None
    note: str | None = None


class KeepAssignment(GiveAssignment):
    """The clock: an assignment that a meeting's minutes lead to in a case."""

    name = "keep_assignment"
    promise: int


class SettleByMinutes(OnAssignment):
    """The clock: what became of the item that reported an assignment."""

    name = "settle_by_minutes"
    outcome: MeetingOutcome
    authority: str
    note: str | None = None
    promise: int
