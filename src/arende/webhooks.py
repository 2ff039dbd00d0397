"""Telling webhooks what has happened: CloudEvents 1.0, signed as Standard Webhooks, in order, until they are taken.

Each address is told by itself, so that a slow one holds up no other. A message holds kinds and numbers only, and of
cases under secrecy nothing is told. What was sent and not taken is sent again under the same id; after some three days
in vain it is left to an administrator, and nothing is lost: the events stay.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import httpx
from sqlalchemy import or_, select, update

from arende import beats, db, feed, leases, siteaddress
from arende.apitables import webhooks
from arende.app import App
from arende.errors import ArendeError
from arende.feed import News, Place
from arende.prepared import Row
from arende.usecases import tellings
from arende.usecases.webhooks import demand_address, is_allowed, signing_key

PATIENCE = 10.0
"""Seconds that an address has to take one message."""
TURN = 60.0
"""Seconds after which a worker keeps how far it has come, and looks for more."""
LEASE = timedelta(minutes=2)
"""How long an address is one worker's: longer than its turn and a last message."""
MEDIA_TYPE = "application/cloudevents+json"
_W = webhooks.c


class Sent(NamedTuple):
    """What came of a message. ``told`` goes into the row: a status, or why there is none; never a body."""

    taken: bool
    told: str
    gone: bool = False
    """The address says that it wants no more (410)."""


class NotThere(Exception):
    """The address leads to where nothing may be sent."""


# ---------------------------------------------------------------- what is due


async def tell_all(app: App, worker: str, now: datetime, trust: ssl.SSLContext | None = None) -> int:
    """Tell every address what it has not been told, all at once; returns how many messages were taken.

    ``trust``: whose certificates are believed; None = those that the machine believes.
    """
    rows = await asyncio.to_thread(_due, app, now)
    told = await asyncio.gather(*(_tell(app, row, worker, now, trust) for row in rows))
    return sum(told)


def _due(app: App, now: datetime) -> list[Row]:
    due = (_W.ended_at.is_(None), _W.stopped_at.is_(None), _W.next_at <= now)
    free = or_(_W.lease_until.is_(None), _W.lease_until < now)
    with db.reading(app.engine) as conn:
        return [dict(r) for r in conn.execute(select(webhooks).where(*due, free).order_by(_W.id)).mappings()]


async def _tell(app: App, row: Row, worker: str, now: datetime, trust: ssl.SSLContext | None) -> int:
    """Tell one address, in order, until something is not taken or the turn is over."""
    place = Place(row["last"], {int(k): v for k, v in row["missing"].items()})
    events = await asyncio.to_thread(feed.since, app, place)
    if not events or not await asyncio.to_thread(_claim, app, row, worker, now):
        return 0
    began, done, taken, result = time.monotonic(), list[int](), 0, Sent(True, "")
    tried: list[Row] = []
    try:
        for event in events:
            if time.monotonic() - began > TURN:
                break
            for news in _wanted(row, event):
                result = await send(app, row, news, trust)
                tried.append(tellings.attempt(news, beats.real_now(), taken=result.taken, reply=result.told))
                if not result.taken:
                    return taken
                taken += 1
            done.append(event.id)
    finally:
        await asyncio.to_thread(_settle, app, row, worker, feed.moved(place, done, now), result, tried, now)
    return taken


def _wanted(row: Row, event: Any) -> list[News]:
    """What the address is told of an event: nothing of a case under secrecy, nor what it did not ask for."""
    return [] if event.secrecy else [news for news in feed.told_of(event) if _asked_for(row["kinds"], news.name)]


def _asked_for(kinds: Sequence[str], name: str) -> bool:
    return not kinds or any(name == f"arende.{kind}" or name.startswith(f"arende.{kind}.") for kind in kinds)


def _claim(app: App, row: Row, worker: str, now: datetime) -> bool:
    """Whether it is this worker that tells the address now."""
    free = or_(_W.lease_until.is_(None), _W.lease_until < now)
    mine = update(webhooks).where(_W.id == row["id"], free, _W.last == row["last"], _W.ended_at.is_(None))
    with db.writing(app.engine) as conn:
        return conn.execute(mine.values(lease_by=worker[:64], lease_until=now + LEASE)).rowcount == 1


def _settle(app: App, row: Row, worker: str, place: Place, result: Sent, tried: list[Row], now: datetime) -> None:
    """Keep how far the address was told, what was tried, and when it is tried again."""
    taken = sum(one["taken"] for one in tried)
    values: Row = {"last": place.last, "missing": {str(k): v for k, v in place.missing.items()}}
    attempts = 0 if result.taken else (1 if taken else row["attempts"] + 1)
    values |= {"attempts": attempts, "lease_by": None, "lease_until": None}
    if taken:
        values |= {"told_at": now, "reply": result.told}
    if not result.taken:
        values |= {"reply": result.told, "next_at": now + leases.pause(attempts)}
        if result.gone or attempts >= leases.MAX_ATTEMPTS:
            values["stopped_at"] = now
    with db.writing(app.engine) as conn:
        conn.execute(update(webhooks).where(_W.id == row["id"], _W.lease_by == worker[:64]).values(**values))
        tellings.note(conn, row["id"], tried)


# ---------------------------------------------------------------- one message


async def try_out(app: App, row: Row, now: datetime, trust: ssl.SSLContext | None = None) -> Sent:
    """Send one message that tells of nothing, so that both sides see that it gets through."""
    return await _noted(app, row, News(uuid4(), "arende.webhook.test", "", "", 0, now), now, trust)


async def again(app: App, row: Row, message: Row, now: datetime, trust: ssl.SSLContext | None = None) -> Sent:
    """Send a message once more, under the id by which its receiver knows it; what waits is not moved by it."""
    told = message["name"], message["register_no"], message["case_type"], message["seq"], message["occurred_at"]
    return await _noted(app, row, News(UUID(message["message_id"]), *told), now, trust)


async def _noted(app: App, row: Row, news: News, now: datetime, trust: ssl.SSLContext | None) -> Sent:
    sent = await send(app, row, news, trust)
    attempt = tellings.attempt(news, now, taken=sent.taken, reply=sent.told)

    def note() -> None:
        with db.writing(app.engine) as conn:
            tellings.note(conn, row["id"], [attempt])

    await asyncio.to_thread(note)
    return sent


async def send(app: App, row: Row, news: News, trust: ssl.SSLContext | None = None) -> Sent:
    """Send one message, once."""
    try:
        demand_address(app.settings, row["url"])
        body = message(app, news)
        async with asyncio.timeout(PATIENCE):
            return await _post(app, row, str(news.id), body, trust)
    except TimeoutError:
        return Sent(False, f"no answer within {PATIENCE:.0f} s")
    except NotThere:
        return Sent(False, "the address leads into a network that is not allowed (ARENDE_WEBHOOK_HOSTS)")
    except (httpx.HTTPError, OSError, ArendeError, ValueError) as e:
        return Sent(False, f"no answer: {type(e).__name__}")


def message(app: App, news: News) -> bytes:
    """The event as CloudEvents 1.0 in JSON: kinds and numbers, and where the case is read."""
    with db.reading(app.engine) as conn:
        site = siteaddress.outside(conn, app.settings)
    told: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(news.id),
        "source": site,
        "type": news.name,
        "time": news.occurred_at.isoformat(),
    }
    if news.register_no:
        data = {"register_no": news.register_no, "type": news.type, "seq": news.seq,
                "href": f"{site}/api/v1/cases/{news.register_no}"}  # fmt: skip
        told |= {"subject": news.register_no, "datacontenttype": "application/json", "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def signature(key: bytes, number: str, at: int, body: bytes) -> str:
    """What shows that the message is ours, as Standard Webhooks has it: HMAC-SHA256 over id, time and body."""
    signed = hmac.digest(key, f"{number}.{at}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode()


async def _post(app: App, row: Row, number: str, body: bytes, trust: ssl.SSLContext | None) -> Sent:
    parts = urlsplit(row["url"])
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    headers = {"Host": parts.netloc, "User-Agent": "arende", **_signed(app, row, number, body)}
    transport = httpx.AsyncHTTPTransport(verify=trust or believed(), trust_env=False)
    async with httpx.AsyncClient(transport=transport, timeout=PATIENCE, follow_redirects=False) as client:
        addresses = await _resolved(host, port, anywhere=is_allowed(app.settings, host))
        for address in addresses:
            # To the address that was looked at, not to what the name leads to a moment later; the certificate is the
            # name's. Of several, the first that answers.
            url = urlunsplit((parts.scheme, f"{address}:{port}", parts.path or "/", parts.query, ""))
            request = client.build_request(
                "POST", url, content=body, headers=headers, extensions={"sni_hostname": host}
            )
            try:
                answer = await client.send(request, stream=True)
            except httpx.ConnectError:
                if address == addresses[-1]:
                    raise
                continue
            await answer.aclose()
            return Sent(answer.is_success, f"HTTP {answer.status_code}", answer.status_code == 410)
    raise NotThere


def _signed(app: App, row: Row, number: str, body: bytes) -> dict[str, str]:
    at = int(beats.real_now().timestamp())  # the other side compares it with its own clock
    return {
        "Content-Type": MEDIA_TYPE,
        "webhook-id": number,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(signing_key(app, row), number, at, body),
    }


@cache
def believed() -> ssl.SSLContext:
    """Whose certificates this machine believes; read once, since it takes longer than a message does."""
    return ssl.create_default_context()


async def _resolved(host: str, port: int, *, anywhere: bool) -> list[str]:
    """Where the name leads, as it is written in addresses. Raises NotThere unless all of it is public."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not (anywhere or all(map(is_public, addresses))):
        raise NotThere
    return [f"[{a}]" if a.version == 6 else str(a) for a in addresses]


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether the address is of the open internet: not of this machine, a private network, a cloud's own services."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public(inner)
        if address in _NAT64:
            return False
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses in the clothes of IPv6 (RFC 6052): they may lead inside."""
