"""The supervisor's own judgement; with real parts it is under slow/."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path

import httpx
import pytest

from arende import db, ports, siteaddress
from arende.children import Child, Part
from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.errors import Unavailable
from arende.settings import Settings
from processes import eventually, free_port


def child(tmp_path: Path, code: str, **given: object) -> Child:
    part = Part("part", [sys.executable, "-c", code], dict(os.environ), 5.0, lambda: True)
    return Child(part, tmp_path / "log")


def test_a_taken_port_is_named_with_the_setting_that_changes_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable) as told:
            ports.check_ports(Settings(web_port=port, mailbox_port=free_port()), {"web", "mailbox"})
    (sentence,) = told.value.sentences
    assert sentence.sv.startswith(f"Port {port}, som webben ska ha, är upptagen av ett annat program.")
    assert "ARENDE_WEB_PORT=" in sentence.sv
    assert "ARENDE_WEB_PORT=" in sentence.en


def test_the_port_is_looked_for_at_the_address_that_the_web_listens_on() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.2", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ports.check_ports(Settings(web_port=port), {"web"})
        with pytest.raises(Unavailable, match=f"Port {port}, som webben ska ha"):
            ports.check_ports(Settings(host="127.0.0.2", web_port=port), {"web"})


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(Unavailable, match=r"ingen adress 192\.0\.2\.1 att lyssna på .* ARENDE_HOST"):
        ports.check_ports(Settings(host="192.0.2.1", web_port=free_port()), {"web"})


@pytest.mark.parametrize(
    ("host", "where"),
    [("127.0.0.1", "127.0.0.1"), ("", "127.0.0.1"), ("::", "[::1]"), ("192.0.2.1", "192.0.2.1")],
)
def test_the_web_is_asked_for_its_health_where_it_listens(host: str, where: str) -> None:
    assert Settings(host=host, web_port=8420).web_url == f"http://{where}:8420"


def test_serve_on_a_taken_port_says_which_and_how_to_change_it(
    capsys: pytest.CaptureFixture[str], sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARENDE_DATABASE_URL", sqlite_url)
    monkeypatch.setattr(OPTIONS, "json", False)  # as an earlier test may have left it
    monkeypatch.setattr(OPTIONS, "lang", "sv")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            main(["serve", "--port", str(port)])
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert f"Port {port}, som webben ska ha, är upptagen" in told
    assert "ARENDE_WEB_PORT=" in told


@pytest.mark.long
def test_the_host_given_to_serve_is_known_to_the_pages(sqlite_url: str, tmp_path: Path) -> None:
    """The pages answer to the names they know; an address to listen on that they do not know would answer nobody."""
    port = free_port()
    env = {**os.environ, "ARENDE_DATABASE_URL": sqlite_url, "ARENDE_DATA_DIR": str(tmp_path)}
    argv = [sys.executable, "-m", "arende.cli", "serve", "--host", "127.0.0.2", "--port", str(port)]
    web = Child(Part("web", argv, env, 60.0, lambda: True), tmp_path / "log")
    web.start()
    try:
        home = f"http://127.0.0.2:{port}/"
        answer = eventually(lambda: answer_of(home), 60)
        assert answer.status_code == 200
        engine = db.open_engine(sqlite_url)
        with db.reading(engine) as conn:
            assert siteaddress.standing(conn) == {"address": home.rstrip("/"), "by": "own"}
        engine.dispose()
    finally:
        web.kill()
        web.wait_or_kill(5)


def answer_of(address: str) -> httpx.Response | None:
    try:
        return httpx.get(address, trust_env=False)
    except httpx.HTTPError:
        return None


def test_a_port_of_a_part_that_is_not_started_may_be_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports.check_ports(Settings(prefect_port=taken.getsockname()[1]), set())


def test_a_child_says_its_words_to_its_log_and_how_it_ended(tmp_path: Path) -> None:
    one = child(tmp_path, "import sys; print('hej'); sys.exit(3)")
    one.start()
    eventually(lambda: one.ended() is not None)
    assert one.ended() == 3
    assert one.last_words() == ["hej"]


def test_a_child_that_keeps_dying_is_started_later_and_later(tmp_path: Path) -> None:
    one = child(tmp_path, "")
    one.start()
    one.wait_or_kill(5)
    assert [one.plan_restart() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_child_that_will_not_end_is_ended(tmp_path: Path) -> None:
    one = child(
        tmp_path, "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(99)"
    )
    one.start()
    eventually(lambda: one.last_words() == ["deaf"])
    one.terminate()
    one.wait_or_kill(0.3)
    assert one.ended() == -signal.SIGKILL


def test_a_long_log_is_kept_once_and_begun_anew(tmp_path: Path) -> None:
    one = child(tmp_path, "print('new')")
    one.log_file.parent.mkdir()
    one.log_file.write_bytes(b"x" * 10_000_001)
    one.start()
    one.wait_or_kill(5)
    assert one.last_words() == ["new"]
    assert one.log_file.with_suffix(".log.1").stat().st_size == 10_000_001


def test_a_child_that_stops_answering_hangs_after_a_minute_of_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Part("part", [sys.executable, "-c", "import time; time.sleep(9)"], dict(os.environ), 5.0, lambda: False)
    one = Child(part, tmp_path / "log")
    one.start()
    one.answered = True
    clock = iter(range(0, 10_000, 5))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock) + 1000))
    assert [one.hangs() for _ in range(12)].index(True) == 11
    monkeypatch.undo()
    one.kill()
    one.wait_or_kill(5)
