"""What the digest knows: one mail of all that waits for a person, of whatever cases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One matter of a digest."""

    register_no: str
    title: str | None
    """None for a case under secrecy."""
    what: str
    due: str | None
    overdue: bool
    link: str
    asked: bool
    """A request that is answered by its link; else a task, whose case is opened."""
    anew: bool = False
    """A request on a new text: what was asked or answered before no longer counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """All that waits for a person, of whatever cases, by last day."""

    recipient_name: str
    today: str
    today_short: str
    authority: str
    url: str
    overdue: tuple[Waiting, ...] = ()
    coming: tuple[Waiting, ...] = ()
    more: bool = False
    """There is more than is told."""
