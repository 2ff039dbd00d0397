"""What the main menu shows to whom. A new page with a place of its own in the menu is one line here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from arende.web.session import Look
from arende.web.speech import Speech


@dataclass(frozen=True)
class Entry:
    """One page of the menu. ``label`` names its words; ``offices``: who has use for it, everybody when empty."""

    path: str
    label: str
    offices: frozenset[str] = frozenset()
    to: Literal["anybody", "reader", "person"] = "reader"
    """``reader``: whoever may read cases here; ``person``: whoever is signed in."""
    mailbox: bool = False
    """Only where this machine has a development mailbox."""


MENU = (
    Entry("/", "inbox", to="person"),
    Entry("/cases", "cases"),
    Entry("/register", "register_"),
    Entry("/meetings", "meetings"),
    Entry("/plans", "plans_menu"),
    Entry("/notices", "notices", to="anybody"),
    Entry("/cases/new", "new_case", frozenset({"case_officer", "registrar", "secretary"}), to="person"),
    Entry("/tray", "tray", frozenset({"registrar"}), to="person"),
    Entry("/admin", "admin", frozenset({"administrator"}), to="person"),
    Entry("/mail", "mailbox_menu", mailbox=True),
)


@dataclass(frozen=True)
class Item:
    """An entry as it is shown; ``here``: this page, or one below it."""

    path: str
    words: str
    here: bool


def shown(look: Look, path: str, t: Speech, *, has_mailbox: bool) -> list[Item]:
    """The menu of whoever comes."""
    entries = [e for e in MENU if _is_for(e, look) and (has_mailbox or not e.mailbox)]
    here = max((e.path for e in entries if _is_below(path, e.path)), key=len, default="")
    return [Item(e.path, t(e.label), e.path == here) for e in entries]


def _is_for(entry: Entry, look: Look) -> bool:
    visitor = look.visitor
    if visitor is None:
        return entry.to == "anybody" or (entry.to == "reader" and look.house.open)
    return not entry.offices or not entry.offices.isdisjoint(look.rights.offices)


def _is_below(path: str, place: str) -> bool:
    return path == place or (place != "/" and path.startswith(f"{place}/"))


def places() -> Iterator[str]:
    """Every address of the menu, for a test that each leads somewhere."""
    return (e.path for e in MENU)
