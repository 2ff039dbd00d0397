"""One Prefect server for all slow tests, a mail sink, a site, its workers."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from arende import db
from arende.children import Child, Part
from arende.settings import Settings
from processes import PrefectServer, Sink, Site, free_port, processes_in


@pytest.fixture
def sink() -> Iterator[Sink]:
    kept = Sink(free_port())
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    yield kept
    controller.stop()


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    from arende.up import prefect_part

    folder = tmp_path_factory.mktemp("prefect")
    settings = Settings(data_dir=folder, prefect_port=free_port())
    server = PrefectServer(settings, Child(prefect_part(settings, dict(os.environ)), folder / "log"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sites(sqlite_template: Path, tmp_path: Path, sink: Sink) -> Iterator[Callable[[], Site]]:
    """Make a site, as many times as wanted; whatever still runs in one is ended after the test."""
    made: list[Site] = []

    def make() -> Site:
        folder = tmp_path / f"site{len(made)}"
        folder.mkdir()
        shutil.copyfile(sqlite_template, folder / "arende.sqlite")
        ports = {f"ARENDE_{name}_PORT": str(free_port()) for name in ("WEB", "MAILBOX", "PREFECT")}
        settings = {**ports, "ARENDE_DATA_DIR": str(folder), "ARENDE_SMTP_PORT": str(sink.port)}
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("ARENDE_", "PREFECT_"))}
        engine = db.open_engine(f"sqlite:///{folder / 'arende.sqlite'}", sync_full=False)
        made.append(Site(folder, {**outside, **settings}, engine))
        return made[-1]

    yield make
    for one in made:
        for pid in processes_in(one.folder):
            os.kill(pid, signal.SIGKILL)
        one.engine.dispose()


@pytest.fixture
def site(sites: Callable[[], Site]) -> Site:
    return sites()


@pytest.fixture
def with_prefect(site: Site, prefect_server: PrefectServer) -> Site:
    """The site, with its worker sent to the one Prefect server."""
    site.env["ARENDE_PREFECT_API_URL"] = prefect_server.url
    return site


@pytest.fixture
def worker(site: Site) -> Iterator[Callable[[], Child]]:
    """Start a worker; it is ended after the test."""
    started: list[Child] = []

    def start() -> Child:
        argv = [sys.executable, "-m", "arende.cli", "worker"]
        child = Child(Part(f"worker{len(started)}", argv, site.env, 30, lambda: True), site.folder / "log")
        started.append(child)
        child.start()
        return child

    yield start
    for child in started:
        child.terminate()
        child.wait_or_kill(12)
