"""Four clients at once: what they reach together, and that nothing is lost and nobody is turned away.

Each client is a process of its own, as a web worker is, and has taken a few steps before the clock starts: what a
process does once (compiling statements and templates) would else be done four times by four and once by one.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from arende import db, models
from arende.commands import Advance
from benchmarks.measure import Line
from benchmarks.places import Place, open_app
from benchmarks.steps import copied, prepared

CLIENTS = 4
STEPS = 160
WARM = 12
"""Steps that each client takes before it is measured: a statement is prepared when it is sent the sixth time, and
PostgreSQL keeps its plan after five more. One client alone would pay for that once, and four four times."""
ROUNDS = 5
BUDGET = {"SQLite": 0.7, "PostgreSQL": 1.3}


def clients(place: Place, folder: Path) -> Iterator[Line]:
    """Steps per second of one client and of four, each a process of its own, on different cases."""
    url, commands = prepared(place, folder, STEPS + CLIENTS * WARM)
    numbers = [c.register_no for c in commands if isinstance(c, Advance)]
    warm, measured = numbers[: CLIENTS * WARM], numbers[CLIENTS * WARM :]
    shares, lost = [], 0
    for _ in range(ROUNDS):
        with copied(place, url) as there:
            alone = STEPS / _together(there, folder, [(warm[:WARM], measured)])
        with copied(place, url) as there:
            parts = [(warm[n::CLIENTS], measured[n::CLIENTS]) for n in range(CLIENTS)]
            four = STEPS / _together(there, folder, parts)
            lost += len(numbers) - _taken(there, folder)
        shares.append((four / alone, alone, four))
    share, alone, four = (statistics.median(s[n] for s in shares) for n in range(3))
    figures = f"{four:.0f}/s : {alone:.0f}/s = {share:.2f}×; {lost} steps lost, none refused"
    limit = BUDGET[place.kind]
    yield Line(f"four clients, {place.kind}", figures, f"≥ {limit}×", share >= limit and not lost)


def _together(url: str, folder: Path, parts: list[tuple[list[str], list[str]]]) -> float:
    """Seconds until all clients are done, from the moment when all are ready and warm."""
    spawn = multiprocessing.get_context("spawn")
    start, done = spawn.Barrier(len(parts) + 1), spawn.Queue()
    processes = [spawn.Process(target=_client, args=(url, folder, *part, start, done)) for part in parts]
    for process in processes:
        process.start()
    start.wait(60)
    begun = time.perf_counter()
    answers = [done.get(timeout=120) for _ in processes]
    taken = time.perf_counter() - begun
    for process in processes:
        process.join()
    assert answers == ["done"] * len(parts), answers
    return taken


def _client(url: str, folder: Path, warm: list[str], numbers: list[str], start: Any, done: Any) -> None:
    app = open_app(url, folder)
    try:
        for number in warm:
            _step(app, number)
        start.wait(60)
        for number in numbers:
            _step(app, number)
    except Exception as e:
        start.abort()
        done.put(f"{type(e).__name__}: {e}")
    else:
        done.put("done")


def _step(app: Any, number: str) -> None:
    app.do(Advance(actor="officer", register_no=number, trigger="request_review"))


def _taken(url: str, folder: Path) -> int:
    app = open_app(url, folder)
    counted = select(func.count()).where(models.cases.c.state == "manager_review")
    with db.reading(app.engine) as conn:
        found = int(conn.execute(counted).scalar_one())
    app.engine.dispose()
    return found
