"""``arende up`` as a real process: everything starts, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from processes import Site, eventually, processes_in

pytestmark = pytest.mark.slow


@pytest.fixture
def up(site: Site) -> Iterator[subprocess.Popen[str]]:
    """``arende up`` without its Prefect server, started."""
    process = site.arende("up", "--no-prefect")
    yield process
    process.kill()
    process.communicate()


def healthy(site: Site) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{site.env['ARENDE_WEB_PORT']}/health", trust_env=False).is_success
    except httpx.HTTPError:
        return False


@pytest.mark.timeout(600)
def test_the_demo_is_delivered_by_flow_runs_and_ctrl_c_leaves_nothing_behind(site: Site) -> None:
    told = site.folder / "told.txt"
    with told.open("w") as screen:
        process = site.arende("up", "--demo", stdout=screen, stderr=screen)
    try:
        eventually(lambda: "Ctrl-C" in told.read_text(), 400)
        assert _answers(f"http://127.0.0.1:{site.env['ARENDE_PREFECT_PORT']}/api/health")
        assert len(processes_in(site.folder)) == 4  # the supervisor, web, worker, Prefect
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
    assert processes_in(site.folder) == {}
    assert "Hashkedjan är hel." in told.read_text()
    mails = site.mails()
    assert len(mails) > 20
    assert {row.state for row in mails} == {"sent"}
    assert all(row.flow_run not in (None, "direct") for row in mails)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def test_a_killed_supervisor_leaves_nothing_behind(site: Site, up: subprocess.Popen[str]) -> None:
    eventually(lambda: healthy(site), 40)
    up.kill()
    up.wait()
    eventually(lambda: processes_in(site.folder) == {}, 15)


def test_a_part_that_dies_is_started_again_and_told(site: Site, up: subprocess.Popen[str]) -> None:
    eventually(lambda: healthy(site), 40)
    web = next(pid for pid, words in processes_in(site.folder).items() if words.rstrip().endswith("serve"))
    os.kill(web, signal.SIGKILL)
    eventually(lambda: not healthy(site))
    eventually(lambda: healthy(site), 40)
    up.send_signal(signal.SIGTERM)
    _, told = up.communicate(timeout=30)
    assert "web slutade oväntat (SIGKILL)" in told


def test_a_busy_port_is_told_before_anything_starts(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(site.env["ARENDE_WEB_PORT"])))
        taken.listen()
        process = site.arende("up")
        _, told = process.communicate(timeout=30)
    assert process.returncode == 1
    assert told.startswith(f"Port {site.env['ARENDE_WEB_PORT']}, som webben ska ha, är upptagen")
    assert "ARENDE_WEB_PORT=" in told
    assert not (site.folder / "log").exists()


def test_two_supervisors_do_not_share_a_data_folder(site: Site, up: subprocess.Popen[str]) -> None:
    eventually(lambda: healthy(site), 40)
    _, told = site.arende("up").communicate(timeout=30)
    assert told.startswith("arende up kör redan")
