"""What a flow needs from its surroundings: the open app, and the number it runs under.

In the worker a flow is called in process and finds the app that is open there. Started by Prefect somewhere else,
it opens its own. The worker also learns from here whether a flow's body has begun, for from then on the rows it
claims are its own and must not be sent by anybody else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from arende.app import App

if TYPE_CHECKING:
    from arende.leases import About
    from arende.outbox import Delivered

log = logging.getLogger("arende.flows")
"""Where a flow called as a plain function tells what it does."""
DIRECT = "direct"
"""Stands where a flow-run id would, when the work was done without Prefect."""


class Abandoned(Exception):
    """The worker stopped waiting for this flow to begin and does its work without it."""


@dataclass
class Errand:
    """One call of a flow by the worker."""

    app: App
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    abandoned: bool = False


_CURRENT: ContextVar[Errand | None] = ContextVar("errand", default=None)


@contextmanager
def sent_by(errand: Errand) -> Iterator[None]:
    """Within, a flow called in process runs this errand."""
    token = _CURRENT.set(errand)
    try:
        yield
    finally:
        _CURRENT.reset(token)


@contextmanager
def begun() -> Iterator[App]:
    """The app for the body of a flow. Raises Abandoned when the worker has gone on without it."""
    errand = _CURRENT.get()
    if errand is None:
        yield App.open()
        return
    if errand.abandoned:
        raise Abandoned
    errand.begun.set()
    try:
        yield errand.app
    finally:
        errand.ended.set()


def name_of(mails: Sequence[About | Delivered]) -> str:
    """The name of a run that sends these: ``RS200001 → 6 parter``, or ``… → 6 parter, 1 till``."""
    if not mails:
        return "utkorgen"
    numbers = {m.register_no for m in mails}
    which = (next(iter(numbers)) or "sammandrag") if len(numbers) == 1 else f"{len(numbers)} ärenden"
    parties = sum(m.to_party for m in mails)
    others = len(mails) - parties
    if not parties:
        return f"{which} → {others} mottagare"
    return f"{which} → {parties} {'part' if parties == 1 else 'parter'}" + (f", {others} till" if others else "")
