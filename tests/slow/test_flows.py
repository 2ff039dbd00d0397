"""The flows as plain functions, without a server: what a flow does, apart from being seen."""

from __future__ import annotations

import asyncio
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from arende import conductor, db, home
from arende.app import App
from arende.errands import Errand, sent_by
from arende.sweeps import SWEEPS
from edges.post import Server, add_case, add_mails, open_app, rows, serving

pytestmark = pytest.mark.slow  # the import of Prefect alone takes seconds


def flow(app: App, name: str) -> Any:
    from prefect.flows import load_flow_from_entrypoint

    return load_flow_from_entrypoint(f"{home.flow_file(app.settings, name)}:{name}", use_placeholder_flow=False)


def test_deliver_drains_until_nothing_is_due(sqlite_url: str, tmp_path: Path) -> None:
    engine = db.open_engine(sqlite_url, sync_full=False)

    async def scene() -> Any:
        server = Server()
        async with serving(server) as port:
            app = open_app(engine, tmp_path, port)
            add_mails(engine, add_case(engine), [f"{n}@kommun.example" for n in range(60)])
            with sent_by(Errand(app)):
                return await flow(app, "deliver").fn()

    state = asyncio.run(scene())
    assert state.message == "60 sända, 0 misslyckade, 0 försöks igen."
    assert {(row.state, row.flow_run) for row in rows(engine)} == {("sent", "direct")}
    engine.dispose()


@pytest.mark.parametrize("name", [sweep.name for sweep in SWEEPS])
def test_a_sweep_is_done_once_per_tick(name: str, sqlite_url: str, tmp_path: Path) -> None:
    engine = db.open_engine(sqlite_url, sync_full=False)
    app = open_app(engine, tmp_path)

    async def scene() -> list[Any]:
        with sent_by(Errand(app)):
            return [await flow(app, name).fn() for _ in range(2)]

    for _ in range(2):  # a new minute may have begun between the two
        first, second = asyncio.run(scene())
        if second.name == "Skipped":
            break
    assert second.name == "Skipped"
    assert first.name in ("Completed", "Skipped")
    engine.dispose()


def test_no_flow_takes_anything_but_numbers_and_names_of_runs(tmp_path: Path, sqlite_url: str) -> None:
    app = open_app(db.open_engine(sqlite_url), tmp_path)
    told = {name: set(flow(app, name).parameters.properties) for name in ("deliver", *(s.name for s in SWEEPS))}
    assert told == {"deliver": {"what"}} | {s.name: set() for s in SWEEPS}
    app.engine.dispose()


def test_a_busy_prefect_is_asked_again_at_once() -> None:
    from prefect import get_client
    from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED, temporary_settings

    asked: list[float] = []

    class Busy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(time.monotonic())
            self.send_response(503 if len(asked) < 4 else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    async def ask() -> None:
        here = f"http://127.0.0.1:{server.server_port}/api"
        with temporary_settings({PREFECT_API_URL: here, PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False}):
            async with conductor.one_client(), get_client() as client:
                assert await client.api_healthcheck() is None

    server = HTTPServer(("127.0.0.1", 0), Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        asyncio.run(ask())
    finally:
        server.shutdown()
        server.server_close()
    assert len(asked) == 4
    assert asked[-1] - asked[0] < 1.5
