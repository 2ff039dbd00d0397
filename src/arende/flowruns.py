"""The latest runs as Prefect tells them, asked for aside: a page waits a moment for the answer, never for Prefect.

One question is under way at a time. Whoever asks while Prefect is slow gets what it said last, and when that was.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import httpx

from arende import beats, conductor
from arende.settings import Settings

PATIENCE = 0.4
"""Seconds that a page waits for Prefect."""
FRESH = timedelta(seconds=5)
"""How long an answer is as good as a new one."""
GIVEN_UP = 5.0
"""Seconds after which a question is given up, each read of it counted by itself."""
AT_MOST = 30
"""Runs on the page."""
Kind = Literal["running", "late", "failed", "completed", "other"]
_KINDS: dict[str, Kind] = {
    "RUNNING": "running", "PENDING": "running", "FAILED": "failed", "CRASHED": "failed", "COMPLETED": "completed",
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One flow run. Names hold diary numbers at the most."""

    id: str
    flow: str
    name: str
    kind: Kind
    state: str
    """Prefect's own word for it."""
    begun_at: datetime | None
    seconds: float


@dataclass(frozen=True)
class Told:
    """What Prefect said last, and when (UTC). ``answers``: whether that is fresh; ``slow``: it may answer yet."""

    answers: bool
    slow: bool = False
    at: datetime | None = None
    late: int = 0
    runs: Sequence[Run] = ()


class FlowRuns:
    """One process's question to Prefect."""

    def __init__(self, settings: Settings) -> None:
        self._url = conductor.api_url(settings)
        self._lock = threading.Lock()
        self._asked: Future[Told] | None = None
        self._last = Told(answers=False)

    def latest(self, patience: float = PATIENCE) -> Told:
        """The latest runs; after ``patience`` seconds, those that were told last."""
        with self._lock:
            asked = self._asked
            if asked is None or (asked.done() and not self._took(asked)):
                asked = self._asked = Future()
                threading.Thread(target=_answer, args=(self._url, asked), daemon=True, name="flow-runs").start()
        wait((asked,), patience)
        if not asked.done():
            return replace(self._last, answers=False, slow=True)
        with self._lock:
            return self._last if self._took(asked) else replace(self._last, answers=False)

    def _took(self, asked: Future[Told]) -> bool:
        """Keep what a question that is over was answered; False where the answer is none, or no longer fresh."""
        if asked.exception() is not None:  # Prefect is away, or another program listens at its port
            return False
        self._last = asked.result()
        return self._last.at is not None and beats.real_now() - self._last.at < FRESH


def ui_url(settings: Settings) -> str:
    """Where people reach Prefect's own pages."""
    return (settings.prefect_ui_url or conductor.api_url(settings).removesuffix("/api")).rstrip("/")


def _answer(url: str, asked: Future[Told]) -> None:
    try:
        asked.set_result(_ask(url))
    except Exception as e:
        asked.set_exception(e)


def _ask(url: str) -> Told:
    with httpx.Client(base_url=url, timeout=GIVEN_UP, trust_env=False) as client:
        latest = {"sort": "START_TIME_DESC", "limit": AT_MOST, "flow_runs": {"start_time": {"is_null_": False}}}
        runs = _post(client, "/flow_runs/filter", latest)
        late = _post(client, "/flow_runs/count", {"flow_runs": {"state": {"name": {"any_": ["Late"]}}}})
        flows = {r["flow_id"] for r in runs}
        named = _post(client, "/flows/filter", {"flows": {"id": {"any_": sorted(flows)}}}) if flows else []
    names = {f["id"]: str(f["name"]) for f in named}
    return Told(True, False, beats.real_now(), int(late), [_run(r, names) for r in runs])


def _post(client: httpx.Client, path: str, asked: dict[str, Any]) -> Any:
    answer = client.post(path, json=asked)
    answer.raise_for_status()
    return answer.json()


def _run(row: dict[str, Any], flows: dict[str, str]) -> Run:
    state = str(row["state_type"])
    kind: Kind = "late" if row["state_name"] == "Late" else _KINDS.get(state, "other")
    begun = datetime.fromisoformat(row["start_time"]) if row["start_time"] else None
    flow, took = flows.get(row["flow_id"], ""), float(row["total_run_time"] or 0)
    return Run(str(row["id"]), flow, str(row["name"]), kind, str(row["state_name"]), begun, took)
