"""The first half of taking in a mail: its bytes on disk, its row committed, each message once."""

from __future__ import annotations

import hashlib
import io
from typing import Literal

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from arende import db
from arende.app import App
from arende.mailread import inmail
from arende.mailread.inmail import InMail
from arende.models import inbound

Door = Literal["lmtp", "imap", "cli", "mailbox"]
"""How a mail came in; ``mailbox`` is this machine's own composer, for development."""


def store(app: App, raw: bytes, recipient: str, mail_from: str, door: Door) -> int:
    """Keep one message for one recipient; returns the number of its row. The same message again is the same row.

    ``recipient`` and ``mail_from`` are the envelope's; an empty ``mail_from`` is the null sender. Raises Invalid for an
    empty message or one larger than ``max_document_mb``, Unavailable when the disk or the database refuses.
    """
    sha256, size = app.storage.put(io.BytesIO(raw))
    read = inmail.read(raw)
    key = dedupe_key(read, recipient)
    row = {
        "dedupe": key,
        "received_at": app.clock(),
        "door": door,
        "recipient": _kept(recipient, 320),
        "mail_from": _kept(mail_from.strip().strip("<>"), 320),
        "from_address": _kept(read.sender or "", 320),
        "from_shown": _kept(read.sender_shown, 500),
        "subject": _kept(read.subject, 1000),
        "message_id": _kept(read.message_id or "", 998),
        "raw_sha256": sha256,
        "size": size,
        "state": "received",
        "answered": False,
    }
    with db.reading(app.engine) as conn:
        if (known := _known(conn, key)) is not None:
            return known
    try:
        with db.writing(app.engine) as conn:
            return int(conn.execute(insert(inbound).values(row).returning(inbound.c.id)).scalar_one())
    except IntegrityError:  # the same message came in by another way at the same moment
        with db.reading(app.engine) as conn:
            if (known := _known(conn, key)) is not None:
                return known
        raise


def _known(conn: Connection, key: str) -> int | None:
    return conn.execute(select(inbound.c.id).where(inbound.c.dedupe == key)).scalar()


def dedupe_key(read: InMail, recipient: str) -> str:
    """What makes two deliveries one message: Message-ID, recipient and body; without a Message-ID, all of its bytes.

    A second delivery differs in its trace headers, and perhaps in its line ends.
    """
    named = read.message_id or f"without: {read.sha256}"
    parts = (named.encode(), recipient.strip().casefold().encode(), read.body_sha256.encode())
    return hashlib.sha256(b"".join(len(p).to_bytes(4, "big") + p for p in parts)).hexdigest()


def _kept(text: str, limit: int) -> str:
    """What a database can hold: no NUL and no half characters, cut at the column's width."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:limit]
