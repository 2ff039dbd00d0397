"""A whole declaration of intent on other engines: as many transactions, states, tasks, answers and mails, on SQLite.

They are no part of arende and are installed beside it, in an environment that can be thrown away:
``python -m venv peers && peers/bin/pip install SpiffWorkflow python-statemachine sqlalchemy``, and then
``PEERS_PYTHON=peers/bin/python python -m benchmarks peers``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from arende import db, models
from benchmarks.measure import Line
from benchmarks.peers_played import PEERS
from benchmarks.places import Place, open_app
from benchmarks.steps import Race, copied, declared

ROUNDS = 7
TIMES = {"SpiffWorkflow": 2.0, "python-statemachine": 3.0}
"""How many times as long each may take at least, by the budget."""
PLAYED = Path(__file__).with_name("peers_played.py")
MODULES = {"SpiffWorkflow": "SpiffWorkflow", "python-statemachine": "statemachine, sqlalchemy"}


def peers(place: Place, folder: Path) -> Iterator[Line]:
    """The same case on each engine that is installed."""
    if place.kind != "SQLite":
        return
    python = os.environ.get("PEERS_PYTHON", sys.executable)
    url, commands = declared(place, folder)
    race = Race(place, folder, url, commands)
    plan = planned(race)
    for name in PEERS:
        if subprocess.run([python, "-c", f"import {MODULES[name]}"], capture_output=True, check=False).returncode:
            yield Line(f"declaration on {name}", f"not measured: it is not installed for {python}")
            continue
        ours, theirs = [], []
        for n in range(ROUNDS):
            ours.append(race.ours()[0])
            there = folder / f"{name}{n}"
            there.mkdir()
            argv = [python, str(PLAYED), name, str(there), "1"]
            done = subprocess.run(argv, input=json.dumps(plan), capture_output=True, text=True, check=True)
            theirs += json.loads(done.stdout)
        ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
        figures = f"{statistics.median(theirs):.3f} s : {statistics.median(ours):.3f} s = {ratio:.1f}×"
        yield Line(f"declaration on {name}", figures, f"≥ {TIMES[name]}×", ratio >= TIMES[name])


def planned(race: Race) -> list[dict[str, Any]]:
    """What each transaction of ours comes to, for an engine that only keeps states, tasks, answers and mails."""
    plan: list[dict[str, Any]] = []
    with copied(race.place, race.url) as url:
        app = open_app(url, race.folder, race.app)
        before, state = _counts(app), None
        for command in race.commands:
            outcome = app.do(command)
            now = _counts(app)
            tasks, answers = (len(now[k]) - len(before[k]) for k in ("tasks", "answers"))
            mails = now["outbox"][len(before["outbox"]) :]
            to = outcome.state if outcome.state != state else None
            plan.append({"to": to, "tasks": tasks, "answers": answers, "mails": mails})
            before, state = now, outcome.state or state
        app.engine.dispose()
    return plan


def _counts(app: Any) -> dict[str, list[Any]]:
    with db.reading(app.engine) as conn:
        tables = (models.tasks, models.answers)
        found: dict[str, list[Any]] = {t.name: conn.execute(select(t.c.id)).scalars().all() for t in tables}
        o = models.outbox.c
        found["outbox"] = [f"{r.subject}\n{r.text}\n{r.html}" for r in conn.execute(select(o.subject, o.text, o.html))]
    return found
