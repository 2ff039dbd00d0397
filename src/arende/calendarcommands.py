"""Commands on calendar addresses: who may follow a person's or a body's days in another program."""

from __future__ import annotations

from typing import Literal

from arende.commands import Command

Whose = Literal["person", "body"]


class IssueCalendarLink(Command):
    """Make the address of a calendar. One made before stops answering, so that there is one at a time."""

    name = "issue_calendar_link"
    kind: Whose
    subject: str


class RevokeCalendarLink(Command):
    """End the address of a calendar: whoever has it sees nothing more."""

    name = "revoke_calendar_link"
    kind: Whose
    subject: str
