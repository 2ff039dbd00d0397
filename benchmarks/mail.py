"""Mail: the outbox drained against a plain loop over one connection, and the way from commit to SMTP with Prefect."""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosmtplib
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, select

from arende import db, leases, mime, models, outbox
from arende.children import Child, Part
from arende.settings import Settings
from arende.up import prefect_part
from benchmarks.measure import Line, by_turns, median_ratio, megabytes, percentile
from benchmarks.places import Place, open_app
from edges.post import add_case, add_mails
from processes import PrefectServer, eventually, free_port

MAILS = 200
SECONDS = 40
"""How long one mail a second is promised."""


def drain(place: Place, folder: Path) -> Iterator[Line]:
    """The outbox, claimed and settled, against the same mails built and sent in a plain aiosmtplib loop."""
    url = place.new()
    app = open_app(url, folder)
    _promise(app.engine, MAILS)
    app.engine.dispose()
    with _sink() as port:
        ours, plain = by_turns(
            lambda: _drained(place, url, folder, port), lambda: _looped(place, url, folder, port), rounds=7
        )
    share = median_ratio(plain, ours)
    rate = [MAILS / statistics.median(t) for t in (ours, plain)]
    yield Line(
        f"outbox drain, {place.kind}", f"{rate[0]:.0f}/s : {rate[1]:.0f}/s = {share:.0%}", "≥ 80 %", share >= 0.8
    )


def _promise(engine: Engine, count: int) -> None:
    text = "Hej!\n\n" + "Regionen ber kommunen att ta ställning till förslaget. " * 20
    html = "<!doctype html><p>" + "Regionen ber kommunen att ta ställning till förslaget.<br>" * 60
    now = datetime(2020, 8, 3, tzinfo=UTC)
    for serial in range(count // 10):
        case = add_case(engine, 100 + serial)
        addresses = [f"kommun{n}@kommun.example" for n in range(10)]
        add_mails(engine, case, addresses, text=text, html=html, created_at=now, next_at=now)


def _drained(place: Place, url: str, folder: Path, port: int) -> float:
    there = place.copy(url)
    app = open_app(there, folder, smtp_port=port)
    begun = time.perf_counter()
    done = asyncio.run(outbox.drain(app))
    taken = time.perf_counter() - begun
    assert done.sent == MAILS
    app.engine.dispose()
    place.drop(there)
    return taken


def _looped(place: Place, url: str, folder: Path, port: int) -> float:
    there = place.copy(url)
    app = open_app(there, folder, smtp_port=port)
    rows = leases.claim(app, MAILS, "bench", app.clock())
    assert len(rows) == MAILS

    async def loop() -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False)
        await client.connect()
        for row in rows:
            await client.send_message(mime.build(row, (), app.settings, app.keys))
        await client.quit()

    begun = time.perf_counter()
    asyncio.run(loop())
    taken = time.perf_counter() - begun
    app.engine.dispose()
    place.drop(there)
    return taken


@contextmanager
def _sink() -> Iterator[int]:
    """Postfix's smtp-sink where it is installed, else aiosmtpd in a process of its own."""
    port = free_port()
    program = shutil.which("smtp-sink")
    argv = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    if program:
        argv = [program, *(["-u", "nobody"] if os.geteuid() == 0 else []), f"127.0.0.1:{port}", "100"]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: _answers(port))
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    import socket

    try:
        with socket.create_connection(("127.0.0.1", port), 1) as c:
            return c.recv(3) == b"220"
    except OSError:
        return False


# ---------------------------------------------------------------- from the commit to SMTP


class _Arrivals:
    """When each mail was handed over, by its Message-ID."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 – aiosmtpd's name
        for line in envelope.content[:4000].decode("utf-8", "replace").splitlines():
            if line.lower().startswith("message-id:"):
                self.at[line.split(":", 1)[1].strip()] = time.monotonic()
        return "250 OK"


def delivery(place: Place, folder: Path) -> Iterator[Line]:
    """One mail a second with a worker and a Prefect server running: from the commit to the handing over, and memory."""
    home = folder / f"delivery-{place.kind}"
    home.mkdir()
    arrivals = _Arrivals()
    controller = Controller(arrivals, hostname="127.0.0.1", port=free_port())
    controller.start()
    url = place.new()
    engine = db.open_engine(url)
    server = _prefect(home)
    argv = [sys.executable, "-m", "arende.cli", "worker"]
    worker = Child(Part("worker", argv, _env(home, url, controller.port, server), 60, lambda: True), home / "log")
    try:
        server.start()
        worker.start()
        waits = _waits(engine, arrivals)
        resident = megabytes(worker.pid)
        with db.reading(engine) as conn:
            runs = conn.execute(select(models.outbox.c.flow_run)).scalars().all()
    finally:
        for end in (lambda: (worker.terminate(), worker.wait_or_kill(15)), server.stop, controller.stop):
            end()
        engine.dispose()
    middle, late = statistics.median(waits), percentile(waits, 0.95)
    by_flow = sum(r not in (None, "direct") for r in runs[-len(waits) :])
    figures = f"p50 {middle:.2f} s, p95 {late:.2f} s ({len(waits)} mails, {by_flow} by a flow run)"
    yield Line(f"commit → SMTP, {place.kind}", figures, "≤ 0.5 s, ≤ 1 s", middle <= 0.5 and late <= 1.0)
    what = f"memory of the worker with Prefect, {place.kind}"
    yield Line(what, f"{resident:.0f} MB", "≤ 250 MB", resident <= 250)


def _prefect(home: Path) -> PrefectServer:
    settings = Settings(data_dir=home, prefect_port=free_port())
    return PrefectServer(settings, Child(prefect_part(settings, dict(os.environ)), home / "log"))


def _env(home: Path, url: str, port: int, server: PrefectServer) -> dict[str, str]:
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("ARENDE_", "PREFECT_"))}
    given = {"DATA_DIR": home, "DATABASE_URL": url, "SMTP_PORT": port, "PREFECT_API_URL": server.url}
    return {**outside, **{f"ARENDE_{k}": str(v) for k, v in given.items()}}


def _waits(engine: Engine, arrivals: _Arrivals) -> list[float]:
    """Promise a mail a second; the first ones, until the worker has Prefect, only warm it up."""
    case = add_case(engine, 1)
    committed: dict[str, float] = {}

    def promise(n: int) -> None:
        now, message = datetime.now(UTC), f"<bench{n}@arende.region.example>"
        address = [f"kommun{n % 6}@kommun.example"]
        add_mails(engine, case, address, created_at=now, next_at=now, message_id=message)
        with db.writing(engine) as c:
            if engine.dialect.name == "postgresql":
                c.exec_driver_sql("NOTIFY arende_outbox")  # as a committed step does
        committed[message] = time.monotonic()

    def by_flow() -> bool:
        promise(-len(committed) - 1)
        time.sleep(1)
        with db.reading(engine) as conn:
            return any(r not in (None, "direct") for r in conn.execute(select(models.outbox.c.flow_run)).scalars())

    eventually(by_flow, 120, every=0)
    for n in range(SECONDS):
        due = threading.Event()
        promise(n)
        due.wait(1.0)
    wanted = [f"<bench{n}@arende.region.example>" for n in range(SECONDS)]
    eventually(lambda: all(m in arrivals.at for m in wanted), 60)
    return [arrivals.at[m] - committed[m] for m in wanted]
