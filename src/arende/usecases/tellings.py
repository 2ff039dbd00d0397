"""What a webhook's address has been told, message by message, and what it answered: the newest of each address.

The promise is the event, and how far an address has been told stands on its own row; this is for looking at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from arende import db, models
from arende.apitables import webhook_deliveries, webhooks
from arende.errors import NotFound, Refused, Sentence
from arende.prepared import Row
from arende.usecases.administrators import Overseer

KEPT = 200
"""Messages of one address that are kept."""
_D = webhook_deliveries.c


def note(conn: Connection, webhook: int, tried: Sequence[Row]) -> None:
    """Keep what was sent and what came of it; the oldest go."""
    if not tried:
        return
    conn.execute(insert(webhook_deliveries), [{"webhook_id": webhook, **row} for row in tried[-KEPT:]])
    mine = select(_D.id).where(_D.webhook_id == webhook).order_by(_D.id.desc()).offset(KEPT).limit(1)
    if (oldest := conn.execute(mine).scalar()) is not None:
        conn.execute(delete(webhook_deliveries).where(_D.webhook_id == webhook, _D.id <= oldest))


def attempt(news: Any, at: datetime, *, taken: bool, reply: str) -> Row:
    """One message and what came of it; ``news``: a ``feed.News``."""
    told = {"message_id": str(news.id), "name": news.name[:200], "register_no": news.register_no, "seq": news.seq}
    when = {"case_type": news.type, "occurred_at": news.occurred_at, "sent_at": at}
    return {**told, **when, "taken": taken, "reply": reply[:200]}


def listing(who: Overseer, webhook: int) -> tuple[Row, list[Row]]:
    """The webhook and its messages, the newest first. Raises NotFound for one that does not hold."""
    holds = select(webhooks).where(webhooks.c.id == webhook, webhooks.c.ended_at.is_(None))
    query = select(webhook_deliveries).where(_D.webhook_id == webhook).order_by(_D.id.desc())
    with db.reading(who.app.engine) as conn:
        found = conn.execute(holds).mappings().first()
        if found is None:
            raise NotFound(_NONE)
        return dict(found), [dict(r) for r in conn.execute(query).mappings()]


def to_send_again(who: Overseer, webhook: int, number: int) -> tuple[Row, Row]:
    """The webhook and one of its messages.

    Raises NotFound for none, and Refused where its case has come under secrecy since: nothing of it is told any more.
    """
    row, messages = listing(who, webhook)
    message = next((m for m in messages if m["id"] == number), None)
    if message is None:
        raise NotFound(_NONE)
    secret = select(models.cases.c.secrecy).where(models.cases.c.register_no == message["register_no"])
    with db.reading(who.app.engine) as conn:
        if conn.execute(secret).scalar():
            raise Refused(_SECRET)
    return row, message


_NONE = Sentence("Det finns inget sådant meddelande.", "There is no such message.")
_SECRET = Sentence(
    "Ärendet omfattas numera av sekretess, så inget berättas om det.",
    "The case is under secrecy now, so nothing of it is told.",
)
