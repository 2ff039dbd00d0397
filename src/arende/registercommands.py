"""Commands of the registrar besides the tray: post on paper, void numbers, moved records, merged cases."""

from __future__ import annotations

from datetime import date
from typing import Literal

from arende.commands import Command, MailRecord, OnCase, Words


class RegisterPost(Command):
    """A letter on paper has come in: it becomes records of a case, or opens one (OSL 5:1–2)."""

    name = "register_post"
    sender: Words
    """Who has sent it, as the letter says; OSL 5:2 asks for it."""
    about: Words
    """What it is, in brief."""
    arrived_on: date
    register_no: str | None = None
    """The case; None = a new one, of ``type``."""
    type: str | None = None
    title: str | None = None
    secrecy: bool = False
    """Of a new case."""
    party: str | None = None
    """The key of the party that it comes from, where the registrar knows it."""
    kept_at: str | None = None
    """Where the paper lies."""
    records: tuple[MailRecord, ...] = ()
    """What was scanned of it; without, a sheet that describes the letter becomes the record."""


class VoidCase(OnCase):
    """A number that was taken by mistake is kept as void, with the reason, and never given again."""

    name = "void_case"
    reason: Words


class MoveRecord(OnCase):
    """A record that came in was filed on the wrong case: it moves to the right one, and both tell so."""

    name = "move_record"
    record_no: int
    to: str
    """Diary number of the right case."""
    reason: Words


class MergeCases(OnCase):
    """Two numbers are one matter: this case ends and points to the one that continues."""

    name = "merge_cases"
    into: str
    reason: Words


class TakeRecord(OnCase):
    """The other half of a move, carried out from its promise: the record becomes one of this case."""

    name = "take_record"
    promise: int
    record: MailRecord
    access: Literal["unchecked", "public", "secret"] | None
    came_from: str
    record_there: int


class TakeOver(OnCase):
    """The other half of a merger, carried out from its promise: this case continues the one that ended."""

    name = "take_over"
    promise: int
    came_from: str
