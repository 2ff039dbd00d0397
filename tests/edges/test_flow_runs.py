"""What Prefect says of its runs: told when it answers, and what it said last when it does not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from arende import flowruns
from arende.flowruns import FlowRuns
from arende.settings import Settings

RUN = {
    "id": "0197", "flow_id": "f1", "name": "RS200001 → 6 parter", "state_type": "FAILED", "state_name": "Failed",
    "start_time": "2026-11-22T08:00:00.5Z", "total_run_time": 1.25,
}  # fmt: skip
FLOW = {"id": "f1", "name": "deliver"}


class Api(BaseHTTPRequestHandler):
    """As much of Prefect's API as is asked for."""

    answers: ClassVar[dict[str, Any]] = {}
    pause: ClassVar[float] = 0.0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        time.sleep(type(self).pause)
        body = json.dumps(self.answers[self.path.removeprefix("/api")]).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def prefect(pause: float = 0.0, **other: Any) -> Iterator[Settings]:
    """A server that answers so, each time after a pause."""
    whole = {"/flow_runs/filter": [RUN], "/flow_runs/count": 2, "/flows/filter": [FLOW], **other}
    kind = type("Told", (Api,), {"answers": whole, "pause": pause})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Settings(prefect_api_url=f"http://127.0.0.1:{server.server_port}/api")
    finally:
        server.shutdown()
        server.server_close()


def test_runs_are_told_with_their_flow_and_what_became_of_them() -> None:
    with prefect() as settings:
        told = FlowRuns(settings).latest(10)
    (run,) = told.runs
    assert (told.answers, told.slow, told.late) == (True, False, 2)
    assert (run.flow, run.name, run.kind, run.state, run.seconds) == ("deliver", RUN["name"], "failed", "Failed", 1.25)
    assert run.begun_at is not None


def test_a_slow_answer_is_there_for_whoever_asks_next() -> None:
    with prefect(pause=0.1) as settings:
        runs = FlowRuns(settings)
        first = runs.latest(0.01)
        assert (first.answers, first.slow, list(first.runs)) == (False, True, [])
        assert runs.latest(10).answers
        assert runs.latest(0.0).answers  # fresh: nobody is asked again


def test_what_was_said_last_is_kept_when_prefect_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    with prefect() as settings:
        runs = FlowRuns(settings)
        assert runs.latest(10).answers
    monkeypatch.setattr(flowruns, "FRESH", flowruns.FRESH * 0)
    told = runs.latest(10)
    assert (told.answers, told.slow, len(told.runs)) == (False, False, 1)


@pytest.mark.parametrize("answer", [{"detail": "no"}, [{"id": 1}], None])
def test_another_program_at_the_port_is_no_prefect(answer: object) -> None:
    with prefect(**{"/flow_runs/filter": answer}) as settings:
        assert not FlowRuns(settings).latest(10).answers


def test_the_address_for_people_is_beside_the_api_unless_it_is_given() -> None:
    assert flowruns.ui_url(Settings(prefect_port=4201)) == "http://127.0.0.1:4201"
    assert (
        flowruns.ui_url(Settings(prefect_ui_url="https://prefect.region.example/")) == "https://prefect.region.example"
    )
