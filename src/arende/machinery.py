"""The processes and the sweeps, as they have shown themselves: who was last seen when, and what is late."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from arende import beats, reconcile
from arende.app import App


@dataclass(frozen=True)
class Worker:
    """One worker process. ``prefect``: whether Prefect answered it last."""

    name: str
    seen_at: datetime
    alive: bool
    prefect: bool


@dataclass(frozen=True)
class SweepState:
    """One sweep: when its turn was last taken, what it said, and in which flow run ("direct" without Prefect)."""

    name: str
    every: timedelta
    taken_at: datetime | None
    late: bool
    line: str
    run: str

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "every": int(self.every.total_seconds())}


def workers(app: App) -> list[Worker]:
    """Those that were seen within the hour, the latest first."""
    since = beats.real_now() - reconcile.SILENT
    return [
        Worker(b.key.removeprefix("worker:"), b.seen_at, b.seen_at > since, bool(b.data.get("prefect")))
        for b in beats.read(app, "worker:")
    ]


def sweeps(app: App) -> list[SweepState]:
    """Every sweep, in the order in which they catch up."""
    now = beats.real_now()
    taken = {b.key.removeprefix("sweep:"): b.seen_at for b in beats.read(app, "sweep:")}
    said = {b.key.removeprefix("swept:"): b.data for b in beats.read(app, "swept:")}
    found = []
    for name, every in beats.SCHEDULE.items():
        at, told = taken.get(name), said.get(name, {})
        late = at is None or at < now - max(reconcile.LATE, 2 * every)
        found.append(SweepState(name, every, at, late, str(told.get("line", "")), str(told.get("run") or "")))
    return found
