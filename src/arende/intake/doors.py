"""The doors that mail comes in by, kept open by the worker: LMTP, and a reader of the mailbox."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator

from arende.app import App
from arende.errors import ArendeError
from arende.intake import imap, lmtp

log = logging.getLogger("arende.doors")

AGAIN = 15.0
"""Seconds before a lost mailbox is tried again; the sweep looks into it meanwhile."""


@contextlib.contextmanager
def opened(app: App, told: Callable[[], object]) -> Iterator[None]:
    """Keep every door open that the settings name while the block runs. ``told`` is called from other threads.

    Raises Unavailable when the LMTP port is taken.
    """
    with contextlib.ExitStack() as doors:
        if app.settings.lmtp_port is not None:
            doors.enter_context(lmtp.listening(app, told))
        if app.settings.imap_host is not None:
            doors.enter_context(_reading(app, told))
        yield


@contextlib.contextmanager
def _reading(app: App, told: Callable[[], object]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=_read, args=(app, stop, told), name="imap", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(imap.GLANCE + 1)  # a reader that waits for a slow server ends with the process


def _read(app: App, stop: threading.Event, told: Callable[[], object]) -> None:
    while not stop.is_set():
        try:
            imap.watch(app, stop, told)
        except ArendeError as e:
            log.error("%s", " ".join(e.told()))
        except Exception as e:
            log.error("Brevlådan kunde inte läsas: %s", type(e).__name__)
        stop.wait(AGAIN)
