"""Taking in mail from a mailbox by IMAP: at once by IDLE (RFC 2177), and by the sweep whatever happens.

A message is stored here first and moved to another folder afterwards. Whoever dies in between finds it again and knows
it: the same message is the same row. What a person has read in the mailbox is taken in as well.
"""

from __future__ import annotations

import imaplib
import logging
import threading
from collections.abc import Callable

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from arende.app import App
from arende.errors import Invalid, Sentence, Unavailable
from arende.intake.storing import store
from arende.mailread import inmail
from arende.mailread.inmail import InMail
from arende.settings import Settings

log = logging.getLogger("arende.imap")

_FAULTS = (ImapToolsError, imaplib.IMAP4.error, OSError, EOFError)
TIMEOUT = 30.0
"""Seconds for each answer of the server."""
IDLE = 240.0
"""Seconds of one IDLE, as many firewalls forget a silent connection after five minutes."""
GLANCE = 2.0
"""Seconds after which a waiting reader looks whether it should stop."""


def fetch(app: App) -> int:
    """Take in everything that lies in the folder now; returns how many. Raises Unavailable when it cannot be read."""
    try:
        with _opened(app.settings) as box:
            return _take_all(app, box)
    except _FAULTS as e:
        raise _unreachable(app.settings, e) from e


def watch(app: App, stop: threading.Event, told: Callable[[], object]) -> None:
    """Take in what comes, as it comes, until ``stop`` is set; ``told`` is called after each batch.

    Raises Unavailable when the connection is lost: whoever called begins anew.
    """
    try:
        with _opened(app.settings) as box:
            while not stop.is_set():
                if _take_all(app, box):
                    told()
                _wait(box, stop)
    except _FAULTS as e:
        raise _unreachable(app.settings, e) from e


def _wait(box: BaseMailBox, stop: threading.Event) -> None:
    """Until the server tells of something, the time is out or we are stopped."""
    with box.idle as idle:
        for _ in range(int(IDLE / GLANCE)):
            if idle.poll(timeout=GLANCE) or stop.is_set():
                return


def _opened(s: Settings) -> BaseMailBox:
    loopback = s.imap_host in ("127.0.0.1", "localhost", "::1")
    if s.imap_tls == "none" and not loopback:
        raise Invalid(
            Sentence(
                "Lösenordet till brevlådan skulle gå okrypterat. Sätt ARENDE_IMAP_TLS till starttls eller tls.",
                "The mailbox's password would go unencrypted. Set ARENDE_IMAP_TLS to starttls or tls.",
            )
        )
    kinds = {"tls": MailBox, "starttls": MailBoxStartTls, "none": MailBoxUnencrypted}
    box: BaseMailBox = kinds[s.imap_tls](s.imap_host or "", s.imap_port, timeout=TIMEOUT)
    box.login(s.imap_user, s.imap_secret(), initial_folder=s.imap_folder)
    for folder in (s.imap_done_folder, s.imap_review_folder):
        if not box.folder.exists(folder):
            box.folder.create(folder)
    return box


def _take_all(app: App, box: BaseMailBox) -> int:
    taken = 0
    for uid in box.uids("UNDELETED"):
        taken += _take(app, box, uid)
    return taken


def _take(app: App, box: BaseMailBox, uid: str) -> bool:
    raw = _raw(box, uid)
    if raw is None:  # moved away meanwhile
        return False
    read = inmail.read(raw)
    try:
        store(app, raw, _recipient(read, app.settings), _envelope_sender(read), "imap")
    except Invalid:
        box.move(uid, app.settings.imap_review_folder)
        log.warning("Ett mejl kunde inte sparas och flyttades till mappen för granskning.")
        return False
    box.move(uid, app.settings.imap_done_folder)
    return True


def _raw(box: BaseMailBox, uid: str) -> bytes | None:
    """The message as it lies there, without marking it as read."""
    _, data = box.client.uid("FETCH", uid, "(BODY.PEEK[])")
    found = next((part for part in data if isinstance(part, tuple)), None)
    return bytes(found[1]) if found else None


def _recipient(read: InMail, settings: Settings) -> str:
    """The address that the mail was delivered to: what the server wrote outermost, else the first of ours named."""
    ours = [a for a in read.recipients if a.endswith(f"@{settings.mail_domain.lower()}")]
    return next(iter([*ours, *read.delivered_to]), settings.imap_user)


def _envelope_sender(read: InMail) -> str:
    return read.return_path if read.return_path is not None else read.sender or ""


def _unreachable(settings: Settings, error: Exception) -> Unavailable:
    kind = type(error).__name__
    return Unavailable(
        Sentence(
            f"Brevlådan hos {settings.imap_host} kan inte läsas ({kind}). Se ARENDE_IMAP_*; nytt försök görs.",
            f"The mailbox at {settings.imap_host} cannot be read ({kind}). See ARENDE_IMAP_*; it is tried again.",
        )
    )
