"""Sweeps: what the clock asks for, at fixed times, once per tick whoever starts it.

With Prefect up a sweep is a scheduled flow run; without it the worker calls the same function. The turn is taken in
the database, so that two workers, or a schedule and a worker, never do one tick twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from arende import beats, intake, reconcile
from arende.app import App
from arende.errors import ArendeError
from arende.intake import imap
from arende.usecases import clock, digest, promises


@dataclass(frozen=True)
class Swept:
    """What one sweep did: a line for people, and rows (id, diary number, result) for a table."""

    line: str
    rows: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Sweep:
    """One sweep: its name, how often it runs, and the function that does it."""

    name: str
    every: timedelta
    does: Callable[[App], Swept]


def sweep(app: App, name: str, run: str, now: datetime | None = None) -> Swept | None:
    """Do the sweep, unless this tick is taken. ``run`` is the flow-run id or "direct"; ``now`` the machine's time."""
    wanted = BY_NAME[name]
    turn = beats.take_turn(app, name, wanted.every, run, now)
    if turn is None:
        return None
    done = wanted.does(app)
    gap = f" Uppehåll före denna körning: {_minutes(turn.gap)}." if turn.gap else ""
    told = {"run": run, "line": done.line, "gap": turn.gap.total_seconds() if turn.gap else None}
    beats.beat(app, f"swept:{name}", told, now)
    return Swept(done.line + gap, done.rows)


ROUNDS = 5
"""Batches of promises in one turn, deadlines before each: many cases that pass to another body take a few turns."""


def _deadlines(app: App) -> Swept:
    fired = clock.fire_due(app)
    count, (kept, told) = fired.count, promises.keep(app)
    for _ in range(ROUNDS - 1):
        if kept + told == 0 or (kept + told) % promises.BATCH:
            break
        count += clock.fire_due(app).count
        more = promises.keep(app)
        kept, told = kept + more[0], told + more[1]
    if kept or told:
        return Swept(f"{count} frister behandlade. {kept} utfall förda till ärenden, {told} gick till sekreteraren.")
    if not fired.count and not fired.refused:
        return Swept("Inga frister hade löpt ut.")
    line = f"{fired.count} frister behandlade, {len(fired.refused)} gick inte. Äldst: {_minutes(fired.gap)}."
    return Swept(line, tuple({"frist": str(row), "resultat": "gick inte"} for row in fired.refused))


def _mailbox(app: App) -> Swept:
    """What lies in the mailbox is taken in first; that it cannot be read hinders nothing that is here already."""
    trouble = ""
    if app.settings.imap_host is not None:
        try:
            imap.fetch(app)
        except ArendeError as e:
            trouble = f" {' '.join(e.told())}"
    done = intake.handle_all(app)
    line = f"{len(done)} mejl omhändertagna." if done else "Ingen post väntade."
    return Swept(line + trouble, tuple({"mejl": str(d.id), "ärende": d.register_no, "resultat": d.told} for d in done))


def _reconcile(app: App) -> Swept:
    found = reconcile.find(app, with_files=beats.real_now().minute < FILES_BEFORE)
    line = "Allt som lovats är gjort." if not found else f"{len(found)} löften är inte infriade i tid."
    return Swept(line, tuple({"löfte": f.key, "ärende": f.register_no, "brist": f.sentence.sv} for f in found))


def _minutes(gap: timedelta) -> str:
    return f"{round(gap.total_seconds() / 60)} min"


FILES_BEFORE = 5
"""Minutes past the hour: the turn of ``reconcile`` before that also goes through the files, once an hour."""


def _digest(app: App) -> Swept:
    said: list[str] = []
    count = digest.send_due(app, said.append)
    line = f"{count} sammandrag gjorda." if count else "Inget sammandrag att göra nu."
    return Swept(line + (f" {len(said)} gick inte." if said else ""))


SWEEPS = (
    Sweep("deadlines", beats.SCHEDULE["deadlines"], _deadlines),
    Sweep("mailbox", beats.SCHEDULE["mailbox"], _mailbox),
    Sweep("digest", beats.SCHEDULE["digest"], _digest),
    Sweep("reconcile", beats.SCHEDULE["reconcile"], _reconcile),
)
"""In the order in which they catch up after a stop. ``prefect.yaml`` says the same; a test holds them together."""

BY_NAME = {sweep.name: sweep for sweep in SWEEPS}
