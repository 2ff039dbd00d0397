"""Webhooks: addresses outside that are told what has happened in cases that are not secret, by kind and number.

What is promised is the event itself, which the step has committed; a row keeps how far its address has been told. The
secret that its messages are signed with follows from the site key, and stands in no row.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, insert, select, update

from arende import db, models, workdays
from arende.apitables import webhooks
from arende.app import App
from arende.errors import Invalid, NotFound, Sentence
from arende.prepared import Row
from arende.settings import Settings
from arende.usecases import administrators

_W = webhooks.c
_KIND = re.compile(r"case(\.[a-z_]{1,64}){0,4}")


def add(app: App, by: str, name: str, url: str, kinds: Sequence[str], at: datetime) -> tuple[int, str]:
    """A new address, told of what happens from now on; its number, and the secret it checks signatures with.

    ``kinds`` are beginnings of events' names, such as ``case.step``; none: all. Raises Forbidden for anybody but an
    administrator, Invalid for an address that nothing may be sent to.
    """
    label = name.strip()
    if not 1 <= len(label) <= 100 or not label.isprintable():
        raise Invalid(Sentence("Ge webhooken ett namn på högst 100 tecken.", "Name the webhook, in 100 characters."))
    if any(not _KIND.fullmatch(kind) for kind in kinds):
        raise Invalid(Sentence("En händelse skrivs som case.step.", "An event is written as case.step."))
    demand_address(app.settings, url)
    row = {
        "name": label, "url": url, "kinds": list(kinds), "key_id": app.keys.current, "made_at": at, "missing": {},
        "attempts": 0, "next_at": at,
    }  # fmt: skip
    with db.writing(app.engine) as conn:
        maker = administrators.demand(conn, by, workdays.local_day(app.clock()))
        last = conn.execute(select(func.max(models.events.c.id))).scalar() or 0
        made = insert(webhooks).values(**row, made_by_id=maker.id, last=last).returning(_W.id)
        number = int(conn.execute(made).scalar_one())
    return number, secret(app, {"id": number, "key_id": row["key_id"]})


def remove(app: App, by: str, number: int, at: datetime) -> None:
    """Tell the address no more. Raises Forbidden, or NotFound where there is no such webhook."""
    _change(app, by, number, ended_at=at)


def resume(app: App, by: str, number: int, at: datetime) -> None:
    """Begin again, with what it has not been told. Raises Forbidden, or NotFound where there is no such webhook."""
    _change(app, by, number, stopped_at=None, attempts=0, next_at=at)


def _change(app: App, by: str, number: int, **values: Any) -> None:
    with db.writing(app.engine) as conn:
        who = administrators.demand(conn, by, workdays.local_day(app.clock()))
        ended = {"ended_by_id": who.id} if "ended_at" in values else {}
        which = update(webhooks).where(_W.id == number, _W.ended_at.is_(None))
        if not conn.execute(which.values(**values, **ended)).rowcount:
            raise _none(number)


def listing(app: App) -> list[Row]:
    """Every webhook that holds, the first made first."""
    with db.reading(app.engine) as conn:
        found = conn.execute(select(webhooks).where(_W.ended_at.is_(None)).order_by(_W.id)).mappings()
        return [dict(r) for r in found]


def one(app: App, number: int) -> Row:
    """One webhook; raises NotFound."""
    found = next((r for r in listing(app) if r["id"] == number), None)
    if found is None:
        raise _none(number)
    return found


def _none(number: int) -> NotFound:
    return NotFound(Sentence(f"Det finns ingen webhook {number}.", f"There is no webhook {number}."))


def secret(app: App, row: Row) -> str:
    """What both sides sign with, as Standard Webhooks writes it: ``whsec_`` and Base64."""
    return "whsec_" + base64.b64encode(signing_key(app, row)).decode()


def signing_key(app: App, row: Row) -> bytes:
    """The bytes of the secret. Raises Unavailable when the site key that it follows from is gone."""
    return app.keys.tag(row["key_id"], "webhook", row["id"]).encode()


def demand_address(settings: Settings, url: str) -> None:
    """Raise Invalid for an address that nothing may be sent to, whatever it leads to today."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Invalid(_CROOKED) from None
    plain = len(url) <= 500 and url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or not host or port == 0 or parts.username or parts.fragment or parts.scheme not in ("http", "https"):
        raise Invalid(_CROOKED)
    if parts.scheme != "https" and not is_allowed(settings, host):
        raise Invalid(_NOT_HTTPS)


def is_allowed(settings: Settings, host: str) -> bool:
    """Whether the site says of this host that it may be sent to, wherever it is."""
    return host.lower() in settings.webhook_hosts.lower().split()


_CROOKED = Sentence(
    "Skriv adressen som https://värd/väg, utan namn och lösenord i den.",
    "Write the address as https://host/path, without a name or a password in it.",
)
_NOT_HTTPS = Sentence(
    "Adressen ska börja med https. En värd i det egna nätet kan tillåtas i ARENDE_WEBHOOK_HOSTS.",
    "The address has to begin with https. A host of one's own network can be allowed in ARENDE_WEBHOOK_HOSTS.",
)
