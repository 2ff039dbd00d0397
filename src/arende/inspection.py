"""The audit of everything, in the background: pages go on meanwhile, and the result stays for all to see.

It takes minutes where there are many cases, so it goes case by case, and says now and then how far it has come. One
runs at a time in a process; the result is a beat, as that of ``reconcile`` is.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

from arende import beats, queries
from arende.app import App
from arende.db import reading
from arende.errors import ArendeError
from arende.usecases import audit
from arende.usecases.audit import Fault

log = logging.getLogger("arende.audit")

KEY = "audit"
"""The beat that holds the latest result."""
SAY_EVERY = timedelta(seconds=2)
SILENT = timedelta(minutes=2)
"""How long a run may be silent before it is held for dead."""
_AT_MOST = 100
_RUNNING = threading.Lock()


def begin(app: App) -> threading.Thread | None:
    """Start it; None while one runs in this process already."""
    if not _RUNNING.acquire(blocking=False):
        return None
    thread = threading.Thread(target=_guarded, args=(app,), daemon=True, name="audit")
    thread.start()
    return thread


def whole(app: App) -> tuple[int, int, list[Fault]]:
    """(cases, events, faults) of everything, kept as the latest result."""
    with reading(app.engine) as conn:
        numbers = [number for _, number, _, _ in queries.case_ids(conn)]
    began = said = beats.real_now()
    events, faults = 0, list[Fault]()
    for n, number in enumerate(numbers):
        _, count, found = audit.verify(app, number)
        events, faults = events + count, faults + found
        if (now := beats.real_now()) > said + SAY_EVERY:
            _say(app, began, "running", n + 1, events, faults)
            said = now
    _say(app, began, "done", len(numbers), events, faults)
    return len(numbers), events, faults


def latest(app: App) -> dict[str, Any] | None:
    """The latest result: ``state`` (running, done, stopped), ``cases``, ``events``, ``count``, ``faults``, ``at``."""
    found = next((b for b in beats.read(app, KEY) if b.key == KEY), None)
    if found is None:
        return None
    dead = found.data["state"] == "running" and found.seen_at < beats.real_now() - SILENT
    return {**found.data, "at": found.seen_at, **({"state": "stopped"} if dead else {})}


def _guarded(app: App) -> None:
    try:
        _say(app, beats.real_now(), "running", 0, 0, [])
        whole(app)
    except ArendeError as e:
        log.error("%s", " ".join(e.told()))
    except Exception as e:
        log.error("Granskningen avbröts: %s", type(e).__name__, exc_info=log.isEnabledFor(logging.DEBUG))
    finally:
        _RUNNING.release()


def _say(app: App, began: datetime, state: str, cases: int, events: int, faults: list[Fault]) -> None:
    told = {"state": state, "began": began.isoformat(), "cases": cases, "events": events, "count": len(faults)}
    beats.beat(app, KEY, {**told, "faults": faults[:_AT_MOST]})
