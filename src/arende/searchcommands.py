"""Commands on searches of the register that somebody keeps under a name, for themselves or for an office."""

from __future__ import annotations

from arende.commands import Command, Words


class SaveSearch(Command):
    """Keep a search under a name; one of the person's own with that name is replaced."""

    name = "save_search"
    called: Words
    asked: dict[str, str]
    """What the search asks for, as an address gives it: ``q``, ``state``, ``from`` …"""
    shared_with: str | None = None
    """Whoever holds this office sees it, too: ``registrar``, or of one body ``secretary@rsau``. None = nobody else."""


class ForgetSearch(Command):
    """Take a search of one's own away, from those it is shared with as well."""

    name = "forget_search"
    called: Words
