"""The doors that mail comes in by: what is acknowledged is stored, and what cannot be stored is not lost."""

from __future__ import annotations

import logging
import os
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mailservers import Dovecot, NoServer, dovecot, missing
from post import Clock, open_app
from sqlalchemy import Engine, select

from arende import db, intake, models
from arende.app import App
from arende.errors import ArendeError, Unavailable
from arende.home import demo_file
from arende.intake import doors, imap, lmtp
from arende.people import read
from arende.usecases.people import load

DOMAIN = "arende.region.example"
MAIL = (
    b"From: a@kommun.example\r\nTo: arende@arende.region.example\r\nSubject: Hej \xc3\xa5\r\n"
    b"Message-ID: <1@kommun.example>\r\n\r\nHej\r\n"
)


def stored(app: App) -> list[tuple[str, str, str]]:
    """(recipient, envelope sender, state) of every mail taken in."""
    i = models.inbound.c
    with db.reading(app.engine) as conn:
        return [tuple(row) for row in conn.execute(select(i.recipient, i.mail_from, i.state).order_by(i.id))]


def peopled(app: App) -> App:
    """With Region Halland's people, the system among them."""
    load(app, read(demo_file("people.yaml").read_text("utf-8"), "people.yaml"), app.clock())
    return app


def client(port: int) -> smtplib.LMTP:
    return smtplib.LMTP("127.0.0.1", port)


# ---------------------------------------------------------------- LMTP


def test_each_recipient_gets_an_answer_and_a_row(engine: Engine, tmp_path: Path) -> None:
    app, told = open_app(engine, tmp_path), threading.Event()
    with lmtp.listening(app, told.set, port=0) as port, client(port) as door:
        door.ehlo_or_helo_if_needed()
        door.mail("")
        for name in "ab":
            door.rcpt(f"{name}@{DOMAIN}")
        assert [door.data(MAIL)[0], door.getreply()[0]] == [250, 250]
        assert told.wait(5)
    assert stored(app) == [(f"a@{DOMAIN}", "", "received"), (f"b@{DOMAIN}", "", "received")]


def test_more_recipients_than_one_message_has_are_left_with_the_mail_server(engine: Engine, tmp_path: Path) -> None:
    app = open_app(engine, tmp_path)
    with lmtp.listening(app, lambda: None, port=0) as port, client(port) as door:
        door.ehlo_or_helo_if_needed()
        door.mail("")
        codes = [door.rcpt(f"{n}@{DOMAIN}")[0] for n in range(lmtp.MOST_RECIPIENTS + 1)]
        door.rset()
    assert codes == [250] * lmtp.MOST_RECIPIENTS + [452]


def test_the_same_delivery_again_is_accepted_and_is_one(engine: Engine, tmp_path: Path) -> None:
    app = open_app(engine, tmp_path)
    with lmtp.listening(app, lambda: None, port=0) as port:
        for _ in range(2):
            with client(port) as door:
                door.sendmail("a@kommun.example", [f"a@{DOMAIN}"], MAIL)
    assert len(stored(app)) == 1


def test_what_cannot_be_stored_stays_with_the_mail_server(engine: Engine, tmp_path: Path) -> None:
    app = open_app(engine, tmp_path)
    (tmp_path / "blobs").write_text("a file where a folder should be: the disk refuses")
    with lmtp.listening(app, lambda: None, port=0) as port, client(port) as door:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            door.sendmail("a@kommun.example", [f"a@{DOMAIN}"], MAIL)
        assert refused.value.smtp_code == 451
    assert stored(app) == []


def test_a_mail_larger_than_anything_taken_in_is_refused_for_good(engine: Engine, tmp_path: Path) -> None:
    app = open_app(engine, tmp_path, max_document_mb=1)
    with lmtp.listening(app, lambda: None, port=0) as port, client(port) as door:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            door.sendmail(
                "a@kommun.example", [f"a@{DOMAIN}"], MAIL + b"x" * 72 + b"\r\n" + (b"y" * 70 + b"\r\n") * 20_000
            )
        assert refused.value.smtp_code == 552


@pytest.mark.slow
def test_fifty_megabytes_go_whole_to_the_tray(engine: Engine, tmp_path: Path) -> None:
    app = peopled(open_app(engine, tmp_path))
    raw = MAIL + (b"y" * 990 + b"\r\n") * 50_500
    with lmtp.listening(app, lambda: None, port=0) as port, client(port) as door:
        door.sendmail("a@kommun.example", [f"a@{DOMAIN}"], raw)
    intake.handle_all(app)
    assert stored(app)[0][2] == "tray"


def test_a_long_line_and_eight_bits_are_taken_as_they_are(engine: Engine, tmp_path: Path) -> None:
    app = open_app(engine, tmp_path)
    raw = MAIL + b"\xff" * 200_000 + b"\r\n..punkt\r\n"
    with lmtp.listening(app, lambda: None, port=0) as port, client(port) as door:
        door.sendmail("a@kommun.example", [f"a@{DOMAIN}"], raw)
    with db.reading(engine) as conn:
        sha256 = conn.execute(select(models.inbound.c.raw_sha256)).scalar_one()
    assert app.storage.read(sha256) == raw


def test_a_taken_port_is_told(engine: Engine, tmp_path: Path) -> None:
    app = open_app(engine, tmp_path)
    with (
        lmtp.listening(app, lambda: None, port=0) as port,
        pytest.raises(Unavailable, match="ARENDE_LMTP_PORT"),
        lmtp.listening(app, lambda: None, port=port),
    ):
        pass


def test_nothing_personal_is_logged(engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = peopled(open_app(engine, tmp_path))
    caplog.set_level(logging.DEBUG)
    with lmtp.listening(app, lambda: None, port=0) as port, client(port) as door:
        door.sendmail("a@kommun.example", [f"beslut+hemlig@{DOMAIN}"], MAIL)
    intake.handle_all(app)
    assert "hemlig" not in caplog.text
    assert "kommun.example" not in caplog.text


KILLED = """
import os, sys
from arende import db, intake
from arende.app import App
app = App.open()
number = intake.store(app, open(sys.argv[1], "rb").read(), "a@arende.region.example", "x@y.example", "lmtp")
os.kill(os.getpid(), 9)
"""


def test_a_process_killed_after_storing_loses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """What the mail server has been told is taken is found by the sweep."""
    engine = db.open_engine(sqlite_url)
    file = tmp_path / "mail.eml"
    file.write_bytes(MAIL)
    env = {**os.environ, "ARENDE_DATA_DIR": str(tmp_path), "ARENDE_DATABASE_URL": sqlite_url}
    ended = subprocess.run([sys.executable, "-c", KILLED, str(file)], env=env, check=False)
    assert ended.returncode == -9
    app = peopled(open_app(engine, tmp_path))
    assert stored(app)[0][2] == "received"
    (done,) = intake.handle_all(app)
    assert done.told == "tray"
    with db.reading(engine) as conn:
        assert app.storage.read(conn.execute(select(models.inbound.c.raw_sha256)).scalar_one()) == MAIL


# ---------------------------------------------------------------- IMAP


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    try:
        with dovecot() as running:
            yield running
    except NoServer as e:
        missing(e)


@pytest.fixture
def mailbox(server: Dovecot, engine: Engine, tmp_path: Path) -> App:
    """An app that reads a mailbox of its own."""
    user = tmp_path.name.lower()
    given = {"imap_host": "127.0.0.1", "imap_port": server.imap, "imap_tls": "none", "imap_user": user}
    return open_app(engine, tmp_path, clock=Clock(), **given, imap_password="lab")


def deliver(server: Dovecot, app: App, raw: bytes = MAIL, detail: str = "") -> None:
    user = app.settings.imap_user
    server.deliver(user, f"{user}{detail}@{DOMAIN}", "a@kommun.example", raw)


def folders(app: App) -> dict[str, int]:
    with imap._opened(app.settings) as box:
        return {f.name: box.folder.status(f.name)["MESSAGES"] for f in box.folder.list()}


def test_what_lies_in_the_mailbox_is_taken_in_and_moved(server: Dovecot, mailbox: App) -> None:
    deliver(server, mailbox, detail="+svar")
    deliver(server, mailbox, MAIL.replace(b"<1@", b"<2@"))
    assert imap.fetch(mailbox) == 2
    user = mailbox.settings.imap_user
    assert stored(mailbox)[0][:2] == (f"{user}+svar@{DOMAIN}", "a@kommun.example")
    assert folders(mailbox) == {"INBOX": 0, "Behandlat": 2, "Granska": 0}
    assert imap.fetch(mailbox) == 0


def test_a_mail_that_was_stored_but_not_moved_is_the_same_mail(server: Dovecot, mailbox: App) -> None:
    deliver(server, mailbox)
    assert imap.fetch(mailbox) == 1
    with imap._opened(mailbox.settings) as box:
        box.folder.set("Behandlat")
        box.move(box.uids(), "INBOX")
    imap.fetch(mailbox)
    assert len(stored(mailbox)) == 1


def test_what_cannot_be_stored_at_all_is_put_aside_for_review(server: Dovecot, mailbox: App) -> None:
    app = App.on(mailbox.settings.model_copy(update={"max_document_mb": 1}), mailbox.engine, mailbox.clock)
    deliver(server, app, MAIL + (b"y" * 70 + b"\r\n") * 20_000)
    assert imap.fetch(app) == 0
    assert folders(app)["Granska"] == 1


@pytest.mark.long
def test_a_mail_is_taken_in_within_seconds_of_its_arrival(server: Dovecot, mailbox: App) -> None:
    came = threading.Event()
    with doors.opened(mailbox, came.set):
        time.sleep(0.5)
        deliver(server, mailbox)
        assert came.wait(8)
    assert len(stored(mailbox)) == 1


def test_a_mailbox_that_cannot_be_read_is_told_without_the_password(mailbox: App) -> None:
    wrong = mailbox.settings.model_copy(update={"imap_port": 1})
    with pytest.raises(ArendeError) as told:
        imap.fetch(App.on(wrong, mailbox.engine, mailbox.clock))
    assert "lab" not in str(told.value)


def test_a_password_never_goes_unprotected_to_another_machine(mailbox: App) -> None:
    far = mailbox.settings.model_copy(update={"imap_host": "imap.region.example"})
    with pytest.raises(ArendeError, match="okrypterat"):
        imap.fetch(App.on(far, mailbox.engine, mailbox.clock))
