"""What a mail brings: its records, and – by the thread it belongs to – the case it may concern."""

from __future__ import annotations

import io
import mimetypes
import re
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from arende import db
from arende.app import App
from arende.commands import MailRecord
from arende.errors import NotFound, Sentence
from arende.mailread import inmail
from arende.mailread.inmail import InMail
from arende.mailread.parts import Limits
from arende.models import actors, cases, inbound, outbox

_NUMBER = re.compile(r"\b([A-ZÅÄÖ]{2,6}) ?([0-9]{6})\b")
MAX_FILES = 100
WHOLE = Limits(size=1_000_000_000)
"""When a person has asked for it, a mail of any size is taken apart."""


class Related(NamedTuple):
    """The case that a mail seems to concern. ``sender`` is set when it answers a mail that we sent to its sender."""

    register_no: str
    sender: str | None
    by_number: bool = False
    """Known by the number in its subject alone, which anybody can write."""


def related(conn: Connection, mail: InMail) -> Related | None:
    """The case of the mail of ours that it answers, else of the diary number in its subject.

    Both are claims. Only an answer that comes from where our mail went is taken for one.
    """
    threads = tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))))[:50]
    query = (
        select(outbox.c.address, cases.c.register_no, actors.c.key)
        .join(cases, cases.c.id == outbox.c.case_id)
        .outerjoin(actors, actors.c.id == outbox.c.recipient_id)
        .where(outbox.c.message_id.in_(threads))
    )
    found = conn.execute(query).all() if threads else []
    for row in found:
        if mail.sender and row.address.casefold() == mail.sender.casefold():
            return Related(row.register_no, row.key)
    if found:
        return Related(found[0].register_no, None)
    return _by_number(conn, mail)


def _by_number(conn: Connection, mail: InMail) -> Related | None:
    """The case whose number stands in the subject: from a party asked in it as our request says, or from anybody."""
    for series, serial in _NUMBER.findall(mail.subject)[:5]:
        number = f"{series}{serial}"
        case = conn.execute(select(cases.c.id).where(cases.c.register_no == number)).scalar()
        if case is not None:
            return Related(number, _asked(conn, case, mail.sender), by_number=True)
    return None


def _asked(conn: Connection, case: int, address: str | None) -> str | None:
    """The party asked in the case by a mail to this address; None for everybody else."""
    o, a = outbox.c, actors.c
    query = select(o.address, a.key).join(actors, a.id == o.recipient_id).where(o.case_id == case, a.kind == "party")
    to = {row.address.casefold(): str(row.key) for row in conn.execute(query)}
    return to.get(address.casefold()) if address else None


def parts_of(app: App, row: dict[str, Any], raw: bytes, mail: InMail) -> tuple[MailRecord, ...]:
    """The mail itself and every file with it, each put into storage. Pictures of the text stay in the mail alone."""
    whole = MailRecord(
        name=f"mejl-{row['id']}.eml", media_type="message/rfc822", size=len(raw), sha256=row["raw_sha256"]
    )
    files = [a for a in mail.attachments if not a.inline and a.data][:MAX_FILES]
    for one in files:
        app.storage.put(io.BytesIO(one.data))
    return (
        whole,
        *(
            MailRecord(
                name=one.name or f"bilaga-{n}{mimetypes.guess_extension(one.media_type) or ''}",
                media_type=one.media_type[:127],
                size=len(one.data),
                sha256=one.sha256,
            )
            for n, one in enumerate(files, 1)
        ),
    )


def parts(app: App, number: int) -> tuple[MailRecord, ...]:
    """What a mail in the tray would be filed as. Raises NotFound."""
    with db.reading(app.engine) as conn:
        row = conn.execute(select(inbound).where(inbound.c.id == number)).mappings().first()
    if row is None:
        raise NotFound(Sentence(f"Det finns inget inkommet mejl {number}.", f"There is no inbound mail {number}."))
    raw = app.storage.read(row["raw_sha256"])
    return parts_of(app, dict(row), raw, inmail.read(raw, limits=WHOLE))
