"""The page behind a mail's link, attacked as it runs: a process of its own, a socket, and no manners."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default

import pytest
from links import DIGITS, link_of
from story import Story

from arende import mime, virtualtime
from arende.children import Child, Part
from arende.conductor import healthy
from arende.web import linkdoor
from processes import eventually, free_port
from served import served

KEY = "agenda_clearance"


@dataclass
class Web:
    """``arende serve`` with everything logged that it would ever log."""

    story: Story
    child: Child
    port: int
    path: str
    """Of the chair's link."""

    @property
    def token(self) -> str:
        return self.path.removeprefix("/b/")

    def raw(self, request: str, seconds: float = 5.0) -> str:
        """Send these bytes and read until the end."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as s:
            s.sendall(request.encode())
            told = b""
            try:
                while block := s.recv(65536):
                    told += block
            except TimeoutError:
                pass
        return told.decode("utf-8", "replace")

    def ask(self, line: str, head: str = "", body: str = "", host: str = "127.0.0.1") -> str:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        return self.raw(f"{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{head}{length}\r\n{body}")


@pytest.fixture
def web(story: Story) -> Iterator[Web]:
    story.at("awaiting_rsau")
    settings, port = story.app.settings, free_port()
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("ARENDE_", "PREFECT_"))}
    given = {
        "ARENDE_DATA_DIR": str(settings.site_key_file.parent),
        "ARENDE_DATABASE_URL": f"sqlite:///{story.app.engine.url.database}",
        "ARENDE_WEB_PORT": str(port),
        "ARENDE_LOG_LEVEL": "DEBUG",
    }
    virtualtime.set_to(story.app.engine, story.clock())
    argv = [sys.executable, "-m", "arende.cli", "serve"]
    child = Child(Part("web", argv, {**outside, **given}, 30, lambda: True), settings.data_dir / "log")
    child.start()
    try:
        eventually(lambda: healthy(f"http://127.0.0.1:{port}/health"), 40)
        yield Web(story, child, port, link_of(story, "rsau_chair"))
    finally:
        child.terminate()
        child.wait_or_kill(10)


@pytest.mark.slow
def test_no_attack_finds_a_fault_a_secret_in_the_log_or_a_decision(web: Web) -> None:
    path, token = web.path, web.token
    form = "Content-Type: application/x-www-form-urlencoded\r\n"
    answers = {
        "page": web.ask(f"GET {path}"),
        "head": web.ask(f"HEAD {path}"),
        "other verbs": "".join(web.ask(f"{verb} {path}") for verb in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")),
        "no cookie": web.ask(f"POST {path}", form, f"decision=approve&control={DIGITS}"),
        "a cookie of one's own": web.ask(
            f"POST {path}", f"{form}Cookie: arende-form={'x' * 40}\r\nSec-Fetch-Site: cross-site\r\n",
            f"decision=approve&control={DIGITS}&csrf={'x' * 40}",
        ),
        "json": web.ask(f"POST {path}", "Content-Type: application/json\r\n", '{"decision": "approve"}'),
        "a header in the path": web.ask(f"GET {path}%0d%0aSet-Cookie:%20a=b"),
        "up": web.ask(f"GET {path}/documents/..%2f..%2f..%2fetc%2fpasswd"),
        "up, raw": web.ask(f"GET {path}/documents/../../../../etc/passwd"),
        "a huge number": web.ask(f"GET {path}/documents/{'9' * 4000}"),
        "minus": web.ask(f"GET {path}/documents/-1"),
        "a file that is not of the text": web.ask(f"GET {path}/documents/999"),
        "NUL": web.ask(f"GET {path}%00"),
        "no UTF-8": web.ask("GET /b/%ff%fe"),
        "a long token": web.ask(f"GET /b/{'a' * 30_000}"),
        "upper case": web.ask(f"GET /b/{token.upper()}"),
        "a language": web.ask(f"GET {path}?lang=../../x%00"),
        "no request": web.raw(f"{token} {path}\r\n\r\n"),
        "two lengths": web.ask(f"POST {path}", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "decision=a"),
    }  # fmt: skip
    for name, told in answers.items():
        assert "HTTP/1.1 5" not in told, (name, told[:300])
        assert "root:" not in told
        assert "\r\nSet-Cookie: a=b" not in told
    for name in ("page", "head", "no cookie", "up", "upper case", "a long token"):
        head = answers[name].partition("\r\n\r\n")[0].lower()
        for line in ("cache-control: private, no-store", "referrer-policy: no-referrer", "x-frame-options: deny"):
            assert line in head, (name, head)
    assert "x-robots-tag: noindex" in answers["page"].lower()
    assert "access-control-allow" not in "".join(answers.values()).lower()
    assert web.story.asked_of(KEY) == {"rsau_chair": "pending"}
    web.child.terminate()
    web.child.wait_or_kill(10)
    said = web.child.log_file.read_text()
    assert token not in said
    assert token.upper() not in said


@pytest.mark.slow
def test_a_strange_host_gets_nothing_and_no_link_is_built_from_it(web: Web) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "evil.example#127.0.0.1", ""):
        told = web.ask(f"GET {web.path}", host=host)
        assert told.startswith("HTTP/1.1 4")
        assert "evil" not in told
    told = web.ask(f"GET {web.path}", "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n")
    assert "evil" not in told


@pytest.mark.slow
def test_an_unknown_link_takes_no_longer_than_another_unknown_one(web: Web) -> None:
    """Tokens are looked up by their hash, so no part of a guess tells whether it is near."""

    def seconds(token: str) -> float:
        times = []
        for _ in range(15):
            begun = time.perf_counter()
            assert "410" in web.ask(f"GET /b/{token}")[:20]
            times.append(time.perf_counter() - begun)
        return min(times)  # the one that nothing else on the machine has disturbed

    near = web.token[:-1] + ("a" if web.token[-1] != "a" else "b")
    assert seconds(near) < 3 * seconds("a" * 32) + 0.05


def test_a_form_that_never_ends_is_let_go(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.at("awaiting_rsau")
    monkeypatch.setattr(linkdoor, "PATIENCE", 0.3)
    path = link_of(story, "rsau_chair")
    with served(story.app) as url:
        port = int(re.findall(r":(\d+)", url)[0])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50000\r\n"
            s.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\ndecision=app".encode())
            assert b"403" in s.recv(100)
    assert story.asked_of(KEY) == {"rsau_chair": "pending"}


HOSTILE_NAMES = [
    "a.pdf\r\nBcc: e@e.test",
    "=?utf-8?q?x=0ABcc=3A_e=40e=2Etest?=.pdf",
    'a"; x="b.pdf',
    "../../etc/passwd",
    "a\u2028Bcc: x.pdf",
    "\u202efdp.exe",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_the_name_of_a_file_makes_no_header(story: Story, name: str) -> None:
    story.at("awaiting_rsau")
    mail = {**story.mails("approval_request")[-1], "register_no": story.no}
    row = mime.Outgoing(**{k: v for k, v in mail.items() if k in mime.Outgoing.__slots__})
    file = mime.Attachment(name, "application/pdf", b"x")
    raw = mime.build(row, [file], story.app.settings, story.app.keys).as_bytes()
    assert b"\nBcc" not in raw
    read = message_from_bytes(raw, policy=default)
    shown = [part.get_filename() or "" for part in read.walk() if part.get_content_type() == "application/pdf"]
    assert len(shown) == 1
    assert not any("/" in one or "\n" in one or "\u202e" in one for one in shown)
    assert [part["Bcc"] for part in read.walk() if part["Bcc"]] == []
