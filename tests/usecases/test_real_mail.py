"""A request out and its answer in, by real mail software: Postfix, Dovecot, swaks and the worker's own process.

Nothing here asks the program who is to be believed: Postfix writes what it found out about the sender, or does not.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from imap_tools import MailBoxUnencrypted
from story import PEOPLE, Row, Story

from arende import db, models, virtualtime
from arende.children import Child, Part
from edges.mailservers import MX, Dovecot, NoServer, Postfix, dovecot, missing, postfix
from edges.post import Server
from processes import eventually, free_port

pytestmark = pytest.mark.slow
CHAIR, VICE, SIGNER = "rsau_chair@region.example", "rsau_vice_chair@region.example", "rs_chair@region.example"
DOMAIN = "arende.region.example"
KEY = "agenda_clearance"
TRUE = f"Authentication-Results: {MX}; dmarc=pass header.from=region.example"


@dataclass
class Office:
    """The region's mail: Postfix, and everybody's mailbox."""

    postfix: Postfix
    mailboxes: Dovecot
    lmtp: int
    """Where the worker has to listen."""

    def mails(self, address: str, folder: str = "INBOX") -> list[EmailMessage]:
        """What lies in the mailbox of a person, read by IMAP."""
        user = address.partition("@")[0]
        with MailBoxUnencrypted("127.0.0.1", self.mailboxes.imap).login(user, "lab", folder) as box:
            found = [bytes(m.obj) for m in box.fetch(mark_seen=False)]
        return [message_from_bytes(raw, policy=default) for raw in found]

    def waits_for(self, address: str, n: int = 1) -> EmailMessage:
        """The ``n``-th mail of a person."""
        try:
            return eventually(lambda: self.mails(address)[n - 1 :], 90, 0.3)[0]
        except AssertionError as e:
            raise AssertionError(f"{e}\n{self.postfix.log}") from e

    def empty(self) -> None:
        for folder in (self.mailboxes.folder / "mail").iterdir():
            for mail in [*folder.glob("cur/*"), *folder.glob("new/*")]:
                mail.unlink()

    def swaks(self, about: EmailMessage, text: str, *, login: str | None = None, **given: str | list[str]) -> None:
        """Answer a mail as a usual client does, through Postfix: signed in, or as anybody from outside."""
        sender = str(given.get("sender") or CHAIR)
        words = ["--server", "127.0.0.1", "--from", sender, "--to", str(given.get("to") or about["Reply-To"])]
        words += ["--header", f"Subject: Sv: {about['Subject']}", "--header", f"In-Reply-To: {about['Message-ID']}"]
        words += [w for h in given.get("headers", []) for w in ("--add-header", h)]
        quoted = "".join(f"> {line}\n" for line in text_of(about).splitlines())
        words += ["--body", f"{text}\n\nDen mån 3 aug. 2020 kl 10:00 skrev Ärendesystemet:\n{quoted}"]
        words += [
            "--add-header",
            "Content-Type: text/plain; charset=utf-8",
            "--h-From",
            str(given.get("shown") or sender),
        ]
        if login:
            words += ["--auth", "PLAIN", "--auth-user", login, "--auth-password", "lab"]
        port = self.postfix.submission if login else self.postfix.smtp
        done = subprocess.run(["swaks", *words, "--port", str(port)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr}\n{self.postfix.log}"


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    refuser = Controller(Server(rcpt=lambda _: "550 5.1.1 no such person"), hostname="127.0.0.1", port=free_port())
    refuser.start()
    try:
        with dovecot() as boxes:
            lmtp = free_port()
            ways = {"refused": SIGNER, "refuse": refuser.port}
            with postfix(
                boxes, re.findall(r"\S+@region\.example", PEOPLE), "arende.region.example", lmtp, **ways
            ) as server:
                yield Office(server, boxes, lmtp)
    except NoServer as e:
        missing(e)
    finally:
        refuser.stop()


@pytest.fixture
def office_now(office: Office) -> Office:
    office.empty()
    return office


Start = Callable[..., Child]


@pytest.fixture
def worker(story: Story, office_now: Office) -> Iterator[Start]:
    """Start a worker on the story's database, in the story's time; it is ended after the test."""
    started: list[Child] = []

    def start(**more: str) -> Child:
        settings = story.app.settings
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("ARENDE_", "PREFECT_"))}
        given = {
            "ARENDE_DATA_DIR": str(settings.site_key_file.parent),  # where the stories have their files as well
            "ARENDE_DATABASE_URL": f"sqlite:///{story.app.engine.url.database}",
            "ARENDE_SMTP_PORT": str(office_now.postfix.smtp),
            "ARENDE_AUTHSERV_ID": MX,
            **(more or {"ARENDE_LMTP_PORT": str(office_now.lmtp)}),
        }
        virtualtime.set_to(story.app.engine, story.clock())
        part = Part("worker", [sys.executable, "-m", "arende.cli", "worker"], {**outside, **given}, 30, lambda: True)
        started.append(Child(part, story.app.settings.data_dir / "log"))
        started[-1].start()
        return started[-1]

    yield start
    for child in started:
        child.terminate()
        child.wait_or_kill(12)


def inbound(story: Story) -> list[Row]:
    """The mails that have been taken in and sorted."""
    with db.reading(story.app.engine) as conn:
        found = [dict(r) for r in conn.execute(models.inbound.select().order_by(models.inbound.c.id)).mappings()]
    return [row for row in found if row["state"] != "received"]


def settled(story: Story, office: Office, n: int = 1) -> Row:
    """The ``n``-th mail, when it is sorted."""
    try:
        return dict(eventually(lambda: inbound(story)[n - 1 :], 90)[0])
    except AssertionError as e:
        log = story.app.settings.data_dir / "log"
        said = "\n".join(f.read_text() for f in log.glob("*"))
        raise AssertionError(f"{e}\n{office.postfix.log}\n{said}") from e


def test_a_chair_answers_from_a_mail_program_and_gets_a_receipt(
    story: Story, office_now: Office, worker: Start
) -> None:
    story.at("awaiting_rsau")
    worker()
    request = office_now.waits_for(CHAIR)
    assert request["Reply-To"].startswith("beslut+")
    office_now.swaks(request, "GODKÄNN\n\nBra underlag.", login=CHAIR)
    row = settled(story, office_now)
    assert (row["disposition"], row["door"], row["mail_from"]) == ("decided", "lmtp", CHAIR)
    assert story.asked_of(KEY) == {"rsau_chair": "approved"}
    decided = story.events("approval:decided")[-1]
    assert (decided["actor"], decided["channel"], decided["payload"]["comment"]) == (
        "rsau_chair",
        "mail",
        "Bra underlag.",
    )
    assert f"{MX}; dmarc=pass" in str(decided["payload"])
    receipt = office_now.waits_for(CHAIR, 2)
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert "du gav klartecken" in " ".join(text_of(receipt).split())
    assert "<>" in str(receipt["Return-Path"]) or "MAILER-DAEMON" in str(receipt["Return-Path"])


def test_whoever_writes_the_chairs_name_from_outside_decides_nothing(
    story: Story, office_now: Office, worker: Start
) -> None:
    story.at("awaiting_rsau")
    worker()
    request = office_now.waits_for(CHAIR)
    forged = [TRUE, TRUE.upper(), f"Authentication-Results: (x) {MX}; dmarc=pass header.from=region.example"]
    for n, header in enumerate(forged, 1):
        office_now.swaks(request, "GODKÄNN", headers=[header, f"X-Try: {n}"])
        row = settled(story, office_now, n)
        assert (row["state"], row["reason"]) == ("tray", "sender_no_result")
        raw = story.app.storage.read(row["raw_sha256"])
        assert b"dmarc=pass" not in raw.lower(), "Postfix has taken it away"
    assert story.asked_of(KEY) == {"rsau_chair": "pending"}
    assert len(office_now.mails(CHAIR)) == 1, "whose name was borrowed is not bothered"


def test_a_colleague_who_has_signed_in_cannot_answer_a_forwarded_request(
    story: Story, office_now: Office, worker: Start
) -> None:
    story.at("awaiting_rsau")
    worker()
    request = office_now.waits_for(CHAIR)
    office_now.swaks(request, "GODKÄNN", login=VICE, sender=VICE)
    assert settled(story, office_now)["reason"] == "other_sender"
    forged = [f"X-Signed-In: region.example\nX-More: {TRUE}"]
    office_now.swaks(request, "GODKÄNN.", login=VICE, sender=VICE, headers=[TRUE, *forged])
    assert settled(story, office_now, 2)["state"] == "tray"
    assert story.asked_of(KEY) == {"rsau_chair": "pending"}
    assert office_now.mails(VICE) == []


def test_an_answer_by_imap_decides_as_well(story: Story, office_now: Office, worker: Start) -> None:
    """Where arende reads a mailbox: Postfix has written what it found out before it delivers there."""
    story.at("awaiting_rsau")
    worker(ARENDE_IMAP_HOST="127.0.0.1", ARENDE_IMAP_PORT=str(office_now.mailboxes.imap), ARENDE_IMAP_TLS="none",
           ARENDE_IMAP_USER="arende-in", ARENDE_IMAP_PASSWORD="lab")  # fmt: skip
    request = office_now.waits_for(CHAIR)
    to = str(request["Reply-To"])
    vouched = (
        f"{TRUE}\r\nFrom: {CHAIR}\r\nTo: {to}\r\nSubject: Sv: x\r\nMessage-ID: <i@region.example>\r\n\r\nGODKANN\r\n"
    )
    office_now.mailboxes.deliver("arende-in", to, CHAIR, vouched.encode())
    row = settled(story, office_now)
    assert (row["disposition"], row["door"]) == ("decided", "imap")
    assert office_now.waits_for(CHAIR, 2)["Auto-Submitted"] == "auto-replied"
    assert len(office_now.mails("arende-in", "Behandlat")) == 1


def test_a_real_report_that_a_mail_was_refused_fails_the_delivery(
    story: Story, office_now: Office, worker: Start
) -> None:
    """Postfix takes the mail, the server behind it refuses, and the report comes back to the address of that mail."""
    story.at("decided")
    worker()
    row = settled(story, office_now)
    assert (row["disposition"], row["mail_from"]) == ("bounce", "")
    assert row["recipient"].startswith("studs+")
    (failed,) = [m for m in story.mails() if m["address"] == SIGNER and m["state"] == "failed"]
    assert "5.1.1" in story.events("delivery:failed")[-1]["payload"]["reply"]
    assert failed["reported_at"] is not None
    assert "delivery_failure" in story.waiting()


def test_nothing_secret_is_in_any_log(story: Story, office_now: Office, worker: Start) -> None:
    story.at("awaiting_rsau")
    child = worker()
    request = office_now.waits_for(CHAIR)
    office_now.swaks(request, "GODKÄNN", login=CHAIR)
    settled(story, office_now)
    office_now.waits_for(CHAIR, 2)
    said = child.log_file.read_text()
    tag = str(request["Reply-To"]).partition("+")[2].partition("@")[0]
    link = text_of(request).partition("/b/")[2][:32]
    assert len(tag) == len(link) == 32
    for secret in (tag, link, "rsau_chair", "@region.example"):
        assert secret not in said
