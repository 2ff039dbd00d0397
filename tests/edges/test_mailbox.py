"""The development mailbox loses nothing it said it kept, and shows hostile mail harmlessly."""

from __future__ import annotations

import asyncio
import json
import signal
import smtplib
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from test_smtp import MAIL, RING, SETTINGS

from arende import mailbox
from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.errors import NotFound, Unavailable
from arende.mailbox import Store
from arende.mime import Attachment, build
from arende.settings import Settings, read_settings
from arende.smtp import Mailer


def kept(folder: Path) -> int:
    raw = build(MAIL, [Attachment("Å.pdf", "application/pdf", b"%PDF")], SETTINGS, RING).as_bytes()
    return Store(folder).add("studs+1@arende.region.example", [MAIL.address], raw)


def test_what_arende_sends_can_be_read(tmp_path: Path) -> None:
    async def send() -> None:
        server = await mailbox.listen(tmp_path / "box", 0)
        port = server.sockets[0].getsockname()[1]
        async with Mailer(Settings(data_dir=tmp_path, smtp_port=port)) as mailer:
            assert (await mailer.send(MAIL)).reply == "250 2.0.0 kept as 1"
            assert (await mailer.send(MAIL)).reply == "250 2.0.0 kept as 2"
        server.close()
        await asyncio.sleep(0.05)

    asyncio.run(send())
    first, second = mailbox.list_messages(tmp_path / "box", to="ASA.oberg@kommun.example")
    assert (first["id"], second["id"]) == (1, 2)
    assert (first["subject"], first["to"]) == (MAIL.subject, [MAIL.address])
    shown = mailbox.show(tmp_path / "box", 1)
    assert shown["text"].splitlines() == MAIL.text.splitlines()
    assert ["Subject", MAIL.subject] in shown["headers"]
    assert mailbox.list_messages(tmp_path / "box", to="other@kommun.example") == []


def test_attachments_are_listed_by_name_and_size(tmp_path: Path) -> None:
    assert mailbox.show(tmp_path, kept(tmp_path))["attachments"] == [
        {"name": "Å.pdf", "media_type": "application/pdf", "size": 4}
    ]


def test_several_servers_may_share_a_folder(tmp_path: Path) -> None:
    def fill() -> None:
        store = Store(tmp_path)
        for n in range(20):
            store.add("", [f"a{n}@kommun.example"], b"Subject: x\r\n\r\nx")

    threads = [threading.Thread(target=fill) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert [e["id"] for e in mailbox.list_messages(tmp_path)] == list(range(1, 81))
    assert not list(tmp_path.glob(".new-*"))


def test_a_lost_or_broken_index_is_made_again(tmp_path: Path) -> None:
    number = kept(tmp_path)
    before = mailbox.list_messages(tmp_path)
    (tmp_path / f"{number:06d}.json").write_text("{")
    assert mailbox.list_messages(tmp_path) == before
    (tmp_path / f"{number:06d}.json").unlink()
    assert mailbox.list_messages(tmp_path) == before


HOSTILE = [
    b"Subject: =?utf-8?b?G1szMW0=?= \x1b]0;owned\x07 r\xf6tt\r\n\r\n\x1b[2Jhej\x00\xff \xe2\x80\xae",
    b"Subject: =?no-such?q?=41?=\r\nContent-Type: text/plain; charset=no-such\r\n\r\nhej",
    b"Subject: =?utf-8?b?%%%?=\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
    (
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        b'Content-Disposition: attachment; filename="../../\x1b[31m.sh"\r\n\r\nx\r\n--x--'
    ),
    b"Content-Type: multipart/mixed\r\n\r\nno boundary",
    b"",
    b"\r\n",
    b"no header at all",
]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_mail_is_shown_harmlessly(tmp_path: Path, raw: bytes) -> None:
    shown = mailbox.show(tmp_path, Store(tmp_path).add("a\r\nb@x", ["c@kommun.example\n"], raw))
    text = json.dumps([shown, mailbox.list_messages(tmp_path)], ensure_ascii=False)
    assert not any(sign in text for sign in ("\x1b", "\\u001b", "\x00", "\\u0000", "\u202e", "\\u0007"))
    assert all("/" not in a["name"] for a in shown["attachments"])
    assert shown["to"] == ["c@kommun.example"]


def test_an_unknown_message_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="finns inte"):
        mailbox.show(tmp_path, 7)
    assert mailbox.list_messages(tmp_path / "none") == []


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    async def twice() -> None:
        server = await mailbox.listen(tmp_path, 0)
        with pytest.raises(Unavailable, match="ARENDE_MAILBOX_PORT"):
            await mailbox.listen(tmp_path, server.sockets[0].getsockname()[1])
        server.close()

    asyncio.run(twice())


def arende(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    OPTIONS.json = False
    with pytest.raises(SystemExit) as e:
        main(list(words))
    assert isinstance(e.value.code, int)
    return e.value.code, capsys.readouterr().out


def test_the_command_line_lists_and_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path))
    kept(tmp_path / "mailbox")
    code, told = arende(capsys, "mailbox", "list", "--json")
    assert (code, json.loads(told)[0]["subject"]) == (0, MAIL.subject)
    assert MAIL.subject in arende(capsys, "mailbox", "list")[1]
    assert "Årets första punkt" in arende(capsys, "mailbox", "show", "1")[1]
    assert json.loads(arende(capsys, "mailbox", "show", "1", "--json")[1])["id"] == 1
    assert arende(capsys, "mailbox", "show", "2")[0] == 1


def test_a_killed_server_has_kept_what_it_said_it_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARENDE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ARENDE_MAILBOX_PORT", str(free_port()))
    for number, end in ((1, signal.SIGKILL), (2, signal.SIGTERM)):
        command = [sys.executable, "-c", "from arende.cli import main; main()", "mailbox", "serve"]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            client = connected(read_settings().mailbox_port)
            client.sendmail("a@kommun.example", ["b@kommun.example"], b"Subject: hej\r\n\r\nhej\r\n")
            process.send_signal(end)
            assert process.wait(30) == (0 if end == signal.SIGTERM else -end)
            client.close()
        finally:
            process.kill()
            process.wait()
        assert len(mailbox.list_messages(tmp_path / "mailbox")) == number


def free_port() -> int:
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def connected(port: int) -> smtplib.SMTP:
    for _ in range(600):  # a start takes many seconds where much else runs
        try:
            return smtplib.SMTP("127.0.0.1", port, local_hostname="localhost", timeout=5)
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("the mailbox does not answer")
