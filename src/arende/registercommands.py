"""Commands of the registrar besides the tray: post on paper is registered."""

from __future__ import annotations

from datetime import date

from arende.commands import Command, MailRecord, Words


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
