"""Real processes for the slow tests: what is in common for starting, watching and feeding them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, select

from arende import conductor, db, models
from arende.children import Child
from arende.settings import Settings
from edges.post import add_case, add_mails


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(what: Callable[[], Any], seconds: float = 30.0, every: float = 0.1) -> Any:
    """The first answer that is true; fails the test when there is none in time."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(every)
    return found


def processes_in(folder: Path) -> dict[int, str]:
    """Living processes that were started with this data folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"ARENDE_DATA_DIR={folder}\0".encode() in (entry / "environ").read_bytes():
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if words and "State:\tZ" not in (entry / "status").read_text():
                    found[int(entry.name)] = words
        except OSError:
            continue
    return found


@dataclass
class Sink:
    """An SMTP server that keeps the Message-ID of every mail."""

    port: int
    got: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 – aiosmtpd's name
        lines = envelope.content.decode("utf-8", "replace").splitlines()
        self.got.append(next(line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("message-id:")))
        return "250 OK"


@dataclass
class PrefectServer:
    """A real Prefect server that can be stopped and started again."""

    settings: Settings
    child: Child

    @property
    def url(self) -> str:
        return conductor.api_url(self.settings)

    def start(self) -> None:
        self.child.start()
        eventually(self.child.well, 120)

    def stop(self) -> None:
        self.child.kill()
        self.child.wait_or_kill(10)

    def runs(self, **wanted: Any) -> list[dict[str, Any]]:
        """Flow runs that have begun."""
        begun = {"state": {"type": {"not_any_": ["SCHEDULED"]}}, **wanted}
        answer = httpx.post(
            f"{self.url}/flow_runs/filter", json={"flow_runs": begun, "limit": 200}, trust_env=False, timeout=30
        )
        runs: list[dict[str, Any]] = answer.raise_for_status().json()
        return runs

    def run(self, id_: str) -> dict[str, Any]:
        answer = httpx.get(f"{self.url}/flow_runs/{id_}", trust_env=False, timeout=30)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


@dataclass
class Site:
    """One installation: a database, and the environment that its processes get."""

    folder: Path
    env: dict[str, str]
    engine: Engine
    cases: dict[int, int] = field(default_factory=dict)

    def promise(self, *addresses: str, case: int = 1, **given: Any) -> None:
        """Put mails in the outbox of a case, as a committed step does."""
        if case not in self.cases:
            self.cases[case] = add_case(self.engine, case)
        now = datetime.now(UTC)
        add_mails(self.engine, self.cases[case], list(addresses), created_at=now, next_at=now, **given)

    def mails(self) -> list[Any]:
        with db.reading(self.engine) as connection:
            return list(connection.execute(select(models.outbox).order_by(models.outbox.c.id)))

    def all_sent(self) -> bool:
        return all(row.state == "sent" for row in self.mails())

    def arende(self, *words: str, **given: Any) -> subprocess.Popen[str]:
        """Start ``arende`` with these words, its stderr readable."""
        argv = [sys.executable, "-m", "arende.cli", *words]
        return subprocess.Popen(argv, env=self.env, text=True, **{"stderr": subprocess.PIPE, **given})
