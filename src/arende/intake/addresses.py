"""What the address of a mail tells: which request it answers, which case it concerns, which mail came back.

Every such address carries a tag that only the site key can make, so nobody can point a mail at a case by writing its
number. Letters may have been folded on the way, so tags are compared in lower case.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from sqlalchemy import Connection, select

from arende import mime
from arende.app import App
from arende.errors import ArendeError
from arende.models import cases, outbox
from arende.prepared import Row
from arende.register import parse_no
from arende.usecases import tokens

_LOCAL = re.compile(r"(beslut|svar|studs)\+([0-9a-zåäö.]{1,100})", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """The reply address of one mail about one request; ``token`` is its row."""

    token: Row
    register_no: str


@dataclass(frozen=True)
class OfCase:
    """The answer address of a case."""

    register_no: str


@dataclass(frozen=True)
class Returned:
    """The envelope sender of one of our mails: something tells what became of it."""

    mail: int
    register_no: str


@dataclass(frozen=True)
class Unknown:
    """An address of ours whose tag is not ours."""


Address = Request | OfCase | Returned | Unknown


def addressed(app: App, conn: Connection, recipients: tuple[str, ...]) -> Address | None:
    """What the first recipient with an address of ours tells, the envelope's before those in the headers.

    None when none is ours. Two different requests in one mail are Unknown: nobody can tell which is meant.
    """
    found = [a for a in (_one(app, conn, r) for r in dict.fromkeys(recipients)) if a is not None]
    requests = {a.token["sha256"] for a in found if isinstance(a, Request)}
    if len(requests) > 1:
        return Unknown()
    return next(iter(sorted(found, key=lambda a: isinstance(a, Unknown))), None)


def _one(app: App, conn: Connection, recipient: str) -> Address | None:
    local, _, domain = recipient.strip().rpartition("@")
    parts = _LOCAL.fullmatch(local)
    if parts is None or domain.casefold() != app.settings.mail_domain.casefold():
        return None
    what, tag = parts[1].lower(), parts[2].lower()
    return {"beslut": _request, "svar": _of_case, "studs": _returned}[what](app, conn, tag)


def _request(_app: App, conn: Connection, tag: str) -> Address:
    token = tokens.found(conn, tokens.digest(tag))
    if token is None or token["kind"] != "reply":
        return Unknown()
    number = conn.execute(select(cases.c.register_no).where(cases.c.id == token["case_id"])).scalar_one()
    return Request(token, number)


def _of_case(app: App, conn: Connection, tag: str) -> Address:
    written, _, secret = tag.rpartition(".")
    try:
        number = str(parse_no(written))
    except ArendeError:
        return Unknown()
    known = conn.execute(select(cases.c.id).where(cases.c.register_no == number)).first()
    ours = any(hmac.compare_digest(mime.case_tag(app.keys, i, number), secret) for i in app.keys.ids)
    return OfCase(number) if known and ours else Unknown()


def _returned(app: App, conn: Connection, tag: str) -> Address:
    written, _, secret = tag.partition(".")
    if not (written.isascii() and written.isdecimal() and len(written) <= 18):
        return Unknown()
    wanted = (outbox.c.id, outbox.c.message_id, outbox.c.key_id, cases.c.register_no)
    query = select(*wanted).join(cases, cases.c.id == outbox.c.case_id).where(outbox.c.id == int(written))
    row = conn.execute(query).first()
    if row is None or not hmac.compare_digest(mime.bounce_tag(app.keys, row.key_id, row.id, row.message_id), secret):
        return Unknown()
    return Returned(row.id, row.register_no)
