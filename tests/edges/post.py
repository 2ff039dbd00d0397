"""Test material for mail: rows in the outbox, and mail servers that behave badly on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP
from sqlalchemy import Engine, insert, select, update

import sharing
from arende import db, models, outbox
from arende.app import App
from arende.outbox import Drained
from arende.settings import Settings

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> None:
        self.now += timedelta(**step)


def open_app(engine: Engine, folder: Path, port: int = 1, *, clock: Clock | None = None, **given: Any) -> App:
    settings = Settings(data_dir=folder, smtp_port=port, **{"smtp_timeout": 2.0, **given})
    return sharing.open_app(settings, engine, clock or Clock())


def add_case(engine: Engine, serial: int = 17) -> int:
    """A case RS26xxxx, with a definition to refer to."""
    with db.writing(engine) as c:
        if c.execute(select(models.definitions.c.hash)).first() is None:
            c.execute(insert(models.definitions).values(hash="h", key="k", version="1.0.0", text="{}", stored_at=NOW))
        moments = {"entered_at": NOW, "opened_at": NOW, "changed_at": NOW}
        numbers = {"year": 2026, "serial": serial, "entered_seq": 1, "version": 1, "seq": 1}
        words = {"type": "k", "title": "T", "state": "draft", "phase": "open", "head": "h", "series": "RS"}
        row = {"register_no": f"RS26{serial:04d}", "definition": "h", "fields": {}, **moments, **numbers, **words}
        key = c.execute(insert(models.cases).values(**row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def add_mails(engine: Engine, case: int | None, addresses: list[str], **given: Any) -> list[int]:
    """One queued mail to each address, in this order."""
    ids = []
    with db.writing(engine) as c:
        for address in addresses:
            n = len(c.execute(select(models.outbox.c.id)).all()) + 1
            row = {
                "case_id": case,
                "seq": n,
                "dedupe_key": f"{case}:{n}",
                "template": "notice",
                "template_sha256": "0",
                "address": address,
                "recipient_name": "Åsa Öberg",
                "subject": f"Begäran om yttrande {n}",
                "text": f"Hej!\n\nBrev {n}.\n",
                "html": f"<p>Brev {n}.</p>",
                "attachments": [],
                "message_id": f"<m{n}@arende.region.example>",
                "thread_id": "<m1@arende.region.example>",
                "on_unknown": "resend",
                "state": "queued",
                "created_at": NOW,
                "next_at": NOW,
                **given,
            }
            key = c.execute(insert(models.outbox).values(**row)).inserted_primary_key
            assert key is not None
            ids.append(int(key[0]))
    return ids


def queue_again(engine: Engine, mail: int, now: datetime) -> None:
    """As when a person wants a failed mail sent again."""
    fresh = {"state": "queued", "attempts": 0, "next_at": now, "reported_at": None}
    with db.writing(engine) as c:
        c.execute(update(models.outbox).where(models.outbox.c.id == mail).values(**fresh))


def rows(engine: Engine) -> list[Any]:
    with db.reading(engine) as c:
        return list(c.execute(select(models.outbox).order_by(models.outbox.c.id)).all())


@dataclass
class Server:
    """Keeps what it accepts. ``rcpt`` and ``data`` may answer something else, given the recipient."""

    rcpt: Callable[[str], str | None] = lambda _to: None
    data: Callable[[str], str | None] = lambda _to: None
    stall: bool = False
    drop: Callable[[str], bool] = lambda _to: False
    connections: int = 0
    attempts: list[str] = field(default_factory=list)
    accepted: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, lines: list[str]) -> list[str]:  # noqa: N802 – aiosmtpd's name
        self.connections += 1
        session.host_name = hostname
        return lines

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 – aiosmtpd's name
        self.attempts.append(address)
        if answer := self.rcpt(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 – aiosmtpd's name
        (to,) = envelope.rcpt_tos
        if answer := self.data(to):
            return answer
        if self.stall:
            await asyncio.sleep(30)
        self.accepted.append((envelope.mail_from, to, envelope.content))
        if self.drop(to):
            server.transport.abort()
        return "250 kept"


@asynccontextmanager
async def serving(handler: Any, sessions: list[SMTP] | None = None, **options: Any) -> AsyncIterator[int]:
    """The server on a free port of this machine; gives the port. ``sessions`` gets those that are opened."""
    sessions = [] if sessions is None else sessions
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        sessions.append(SMTP(handler, hostname="localhost", loop=loop, **options))
        return sessions[-1]

    server = await loop.create_server(session, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for one in sessions:
            if one.transport is not None:
                one.transport.abort()
        await asyncio.sleep(0.01)  # lets the sessions see their end


def drained(app: App, server: Server) -> Drained:
    """One drain to a real mail server; in a thread of its own, since the browser's loop runs in this one."""

    async def run() -> Drained:
        async with serving(server) as port:
            settings = app.settings.model_copy(update={"smtp_port": port})
            return await outbox.drain(replace(app, settings=settings))

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result(60)
