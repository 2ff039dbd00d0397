"""Taking in mail from the site's own mail server by LMTP (RFC 2033): an answer of its own for each recipient.

``250`` means that the message is on disk and its row committed; ``4xx`` leaves it with the mail server, which tries
again. The listener has a thread and an event loop of its own, so that a large mail delays nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from arende.app import App
from arende.errors import ArendeError, Invalid, Sentence, Unavailable
from arende.intake.storing import store

log = logging.getLogger("arende.lmtp")

LONGEST_LINE = 1 << 20
"""Bytes of one line. RFC 5322 has 998; a mail server that lets more through must not lose the mail here."""
MOST_RECIPIENTS = 100
"""Of one message: as many as RFC 5321 4.5.3.1.8 asks for. The mail server sends the rest by themselves."""


class _Server(LMTP):
    line_length_limit = LONGEST_LINE


class _Handler:
    def __init__(self, app: App, told: Callable[[], object]) -> None:
        self.app, self.told = app, told

    async def handle_RCPT(  # noqa: N802 – aiosmtpd's name
        self,
        server: LMTP,  # noqa: ARG002 – aiosmtpd's arguments
        session: Session,  # noqa: ARG002 – aiosmtpd's arguments
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002 – aiosmtpd's arguments
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients; send the rest by themselves"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: LMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 – aiosmtpd's name and arguments
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        sender = envelope.mail_from or ""
        answers = [await asyncio.to_thread(self._take, content, to, sender) for to in envelope.rcpt_tos]
        if any(answer.startswith("250") for answer in answers):
            self.told()
        return "\r\n".join(answers)

    def _take(self, raw: bytes, recipient: str, sender: str) -> str:
        try:
            number = store(self.app, raw, recipient, sender, "lmtp")
        except Invalid:
            return "552 5.3.4 larger than what is taken in here, or empty"
        except ArendeError as e:
            log.error("%s", " ".join(e.told()))
            return "451 4.3.0 cannot be stored now; try again later"
        except Exception as e:
            log.error("Ett mejl kunde inte tas emot: %s", type(e).__name__)
            return "451 4.3.0 cannot be stored now; try again later"
        return f"250 2.0.0 taken as {number}"

    async def handle_exception(self, error: Exception) -> str:
        """A fault of the conversation: nothing was taken. aiosmtpd would log it with addresses."""
        log.error("Fel i ett LMTP-samtal: %s", type(error).__name__)
        return "451 4.3.0 try again later"


@contextlib.contextmanager
def listening(app: App, told: Callable[[], object], port: int | None = None) -> Iterator[int]:
    """Take in mail while the block runs; gives the port. ``told`` is called in another thread after each mail.

    ``port`` is the setting's, or 0 for any free one. Raises Unavailable when it is taken.
    """
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd would write every address there
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lmtp", daemon=True)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(_serve(app, told, port), loop).result(10)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            asyncio.run_coroutine_threadsafe(_closed(server), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _serve(app: App, told: Callable[[], object], port: int | None) -> asyncio.Server:
    host = app.settings.lmtp_host
    wanted = app.settings.lmtp_port if port is None else port
    loop = asyncio.get_running_loop()
    options: dict[str, Any] = {"hostname": app.settings.mail_domain, "ident": "arende", "enable_SMTPUTF8": True}
    options["data_size_limit"] = None  # the storage has the limit, and answers for each recipient
    handler = _Handler(app, told)
    try:
        return await loop.create_server(lambda: _Server(handler, loop=loop, **options), host, wanted)
    except OSError as e:
        raise Unavailable(
            Sentence(
                f"Mejl kan inte tas emot på {host}:{wanted}: {e.strerror}. Välj en annan port med ARENDE_LMTP_PORT.",
                f"Mail cannot be taken in on {host}:{wanted}: {e.strerror}. Choose another port with ARENDE_LMTP_PORT.",
            )
        ) from None


async def _closed(server: asyncio.Server) -> None:
    """No new mail; a conversation under way is cut off, and its mail stays with the mail server."""
    server.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.sleep(0.01)  # lets the conversations see their end
