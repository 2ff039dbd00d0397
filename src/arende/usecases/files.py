"""Bytes that no document and no mail names any more: left by a command that never came, or removed by a decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Column, Select, and_, select

from arende import db, models
from arende.app import App

ABANDONED = timedelta(days=1)
"""How long bytes may lie in storage before a document must name them."""

_ITS_EVENT = and_(
    models.events.c.case_id == models.documents.c.case_id, models.events.c.seq == models.documents.c.added_seq
)


def _named_by(column: Column[str]) -> Select[tuple[str]]:
    """A document whose event has been emptied by a decision names nothing."""
    return select(column).join(models.events, _ITS_EVENT).where(models.events.c.payload.is_not(None))


_BYTES, _SOURCE = models.documents.c.sha256, models.documents.c.source


_RECORD = select(models.documents.c.id).where(
    models.documents.c.inbound_id == models.inbound.c.id, models.documents.c.sha256 == models.inbound.c.raw_sha256
)
_MAILED = select(models.inbound.c.raw_sha256).where(~_RECORD.exists())
"""An inbound mail names its own bytes, until it is a record of a case and the record does."""


def remove_unnamed(app: App, sha256: str, abandoned: datetime | None = None) -> bool:
    """Take the bytes out of storage unless a document names them; returns whether they are gone.

    Bytes on their way into a case stay, unless they were put before ``abandoned`` (the machine's time).
    """
    return app.storage.remove(sha256, lambda: bool(_named(app, [sha256])), abandoned)


def sweep(app: App, now: datetime) -> int:
    """Take away every file in storage that nobody names and nobody is about to; returns how many went.

    ``now`` is the machine's time, for the age of files is, whatever day it is for the cases.
    """
    gone, abandoned = 0, now - ABANDONED
    held = app.storage.held()
    while names := list(islice(held, 500)):
        unnamed = set(names) - _named(app, names)
        gone += sum(remove_unnamed(app, sha256, abandoned) for sha256 in unnamed)
    app.storage.drop_unfinished(abandoned)
    return gone


def _named(app: App, names: Iterable[str]) -> set[str]:
    wanted = list(names)
    with db.reading(app.engine) as conn:
        filed = {s for c in (_BYTES, _SOURCE) for s in conn.execute(_named_by(c).where(c.in_(wanted))).scalars()}
        return filed | set(conn.execute(_MAILED.where(models.inbound.c.raw_sha256.in_(wanted))).scalars())
