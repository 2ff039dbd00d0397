"""The pages of ``arende serve`` over HTTP: what a person waits for, the browser's own work apart."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import Engine

from arende import db
from benchmarks.measure import Line, ms, own_seconds, percentile
from processes import eventually, free_port

ROUNDS = 100
WARM = 5
BUDGET = 0.100
"""Seconds, the 95th percentile."""
PAGES = {
    "inbox": "/",
    "case list by type": "/cases?type=declaration_of_intent",
    "register, newest": "/register",
    "register, two common words": "/register?q=planering+fysisk",
    "register, a rare word": "/register?q=pumpkraftverk",
    "register, a part of a word": "/register?q=pumpkraft",
    "register, a party and open": "/register?party=kungsbacka&open=1",
    "register, words, state, period": "/register?q=planering&state=draft&from=2020-01-01&to=2020-06-30",
    "case (79 events)": "/cases/RS200001",
}
"""What the case officer opens who has one case in eight."""
WHO = "officer"


def readable(engine: Engine) -> None:
    """Pin the many cases, whose definition is empty, to the text of the real one."""
    with db.writing(engine) as c:
        c.exec_driver_sql(
            "UPDATE definitions SET text = (SELECT d.text FROM definitions d WHERE d.key = 'declaration_of_intent')"
            " WHERE hash = 'h'"
        )


def pages(url: str, folder: Path, among: str) -> Iterator[Line]:
    """p95 of each page; the database holds a whole declaration of intent among many cases."""
    with _serving(url, folder) as (client, pid):
        _sign_in(client)
        for name, path in PAGES.items():
            for _ in range(WARM):
                _seconds(client, path)
            before = own_seconds(pid)
            taken = [_seconds(client, path) for _ in range(ROUNDS)]
            own = (own_seconds(pid) - before) / ROUNDS
            late = percentile(taken, 0.95)
            figures = f"p50 {ms(percentile(taken, 0.5))}, p95 {ms(late)}, CPU {ms(own)} of the server"
            yield Line(f"page: {name}, {among}", figures, "≤ 100 ms", late <= BUDGET)


def _sign_in(client: httpx.Client) -> None:
    """As the demonstration lets anybody: the benchmark's people are its people."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/sign-in").text)
    assert found is not None
    origin = {"Origin": str(client.base_url).rstrip("/")}
    answer = client.post("/sign-in/demo", data={"csrf": found[1], "person": WHO}, headers=origin)
    assert answer.status_code == 303, answer.text[:500]


def _seconds(client: httpx.Client, path: str) -> float:
    begun = time.perf_counter()
    answer = client.get(path)
    taken = time.perf_counter() - begun
    assert answer.status_code == 200, answer.text[:500]
    return taken


@contextmanager
def _serving(url: str, folder: Path) -> Iterator[tuple[httpx.Client, int]]:
    port = free_port()
    given = {"DATABASE_URL": url, "DATA_DIR": folder, "WEB_PORT": port}
    process = subprocess.Popen(
        [sys.executable, "-m", "arende.cli", "serve"],
        env={**os.environ, **{f"ARENDE_{k}": str(v) for k, v in given.items()}},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
            eventually(lambda: _answers(client))
            yield client, process.pid
    finally:
        process.terminate()
        process.wait(20)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/").status_code < 500
    except httpx.HTTPError:
        return False
