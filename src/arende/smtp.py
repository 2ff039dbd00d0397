"""Outgoing mail: one connection to the mail server that is kept and reused.

The only asynchronous module below the edges. Addresses and subjects are never logged here; what a mail looks like is
``mime.py``.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import aiosmtplib
from aiosmtplib import SMTP

from arende import keys
from arende.errors import Invalid, Sentence
from arende.mime import Attachment, Outgoing, build, deliverable, header_safe, return_path, self_test
from arende.settings import Settings

STALE_AFTER = 10.0
"""Seconds after which an idle connection is asked whether it still lives."""
ACCEPT_FACTOR = 5
"""The server may take this many times ``smtp_timeout`` to accept a whole message (RFC 5321 4.5.3.2.6 asks for
patience: giving up early sends the mail twice)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of handing one mail over. ``down``: the server itself is of no use now, so try no more mails."""

    kind: Literal["accepted", "temporary", "permanent", "unknown"]
    reply: str
    down: bool = False
    sha256: str | None = None
    """SHA-256 of the message as it was handed over."""


class Mailer:
    """Hands mails over, one after another, on a connection that is opened when needed and then kept.

    Belongs to one task of one event loop. ``handing_over`` is true while the outcome of a mail is not known.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.handing_over = False
        self._ring = keys.Ring(settings)
        self._smtp: SMTP | None = None
        self._used = 0.0
        if settings.smtp_user and settings.smtp_tls == "none" and not _loopback(settings.smtp_host):
            raise Invalid(
                Sentence(
                    "Lösenordet till mejlservern skulle gå okrypterat. Sätt ARENDE_SMTP_TLS till starttls eller tls.",
                    "The mail server's password would go unencrypted. Set ARENDE_SMTP_TLS to starttls or tls.",
                )
            )

    async def __aenter__(self) -> Self:
        """Nothing is opened before the first mail."""
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Take leave of the server."""
        await self.close()

    async def close(self) -> None:
        """Say goodbye and close; never fails."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            if smtp.is_connected:
                await smtp.quit(timeout=2)
        except (aiosmtplib.SMTPException, OSError):
            pass
        finally:
            smtp.close()

    async def send(self, row: Outgoing, attachments: Sequence[Attachment] = ()) -> Delivery:
        """Build the mail and hand it over. What the server says is told in the result, never raised.

        Raises what ``build`` raises, and Unavailable when this Python cannot write mail safely.
        """
        self_test()
        raw = build(row, attachments, self.settings, self._ring).as_bytes()
        sender, recipient = return_path(row, self.settings, self._ring), deliverable(row.address) or ""
        fresh = not await self._alive()
        result = await self._attempt(sender, recipient, raw, row.id)
        if result.down and not fresh and result.kind == "temporary":
            # A kept connection may end for its own reasons; only a new one tells about the server.
            self._drop()
            result = await self._attempt(sender, recipient, raw, row.id)
        return replace(result, sha256=hashlib.sha256(raw).hexdigest())

    async def _attempt(self, sender: str, recipient: str, raw: bytes, row_id: int) -> Delivery:
        self.handing_over = False
        try:
            smtp = await self._connected()
        except (aiosmtplib.SMTPException, OSError) as e:
            return Delivery("temporary", _told(e), down=True)
        try:
            await self._envelope(smtp, sender, recipient, len(raw), row_id)
            self.handing_over = True
            answer = await smtp.data(raw, timeout=self.settings.smtp_timeout * ACCEPT_FACTOR)
            result = Delivery("accepted", _told(answer))
        except asyncio.CancelledError:
            self._drop()
            raise
        except (aiosmtplib.SMTPException, OSError) as e:
            result = _judged(e, after_data=self.handing_over)
            await self._tidy(smtp, result)
        self.handing_over = False
        self._used = time.monotonic()
        return result

    async def _envelope(self, smtp: SMTP, sender: str, recipient: str, size: int, row_id: int) -> None:
        dsn = smtp.supports_extension("dsn")
        options = [f"SIZE={size}"] if smtp.supports_extension("size") else []
        await smtp.mail(sender, options=[*options, "RET=HDRS", f"ENVID={row_id}"] if dsn else options)
        await smtp.rcpt(recipient, options=["NOTIFY=FAILURE,DELAY"] if dsn else [])

    async def _alive(self) -> bool:
        """Whether the kept connection can be used; one that has been idle is asked first."""
        if self._smtp is None or not self._smtp.is_connected:
            return False
        if time.monotonic() - self._used > STALE_AFTER:
            try:
                await self._smtp.noop()
            except (aiosmtplib.SMTPException, OSError):
                self._drop()
        return self._smtp is not None

    async def _connected(self) -> SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        self._drop()
        s = self.settings
        smtp = SMTP(
            hostname=s.smtp_host,
            port=s.smtp_port,
            timeout=s.smtp_timeout,
            local_hostname=s.mail_domain,
            use_tls=s.smtp_tls == "tls",
            start_tls=s.smtp_tls == "starttls",
            username=s.smtp_user,
            password=s.smtp_secret() if s.smtp_user else None,
        )
        await smtp.connect()
        await smtp.ehlo()
        self._smtp = smtp
        return smtp

    async def _tidy(self, smtp: SMTP, result: Delivery) -> None:
        """After a refusal the envelope is reset and the connection kept; after anything worse it is dropped."""
        if result.down or result.kind == "unknown":
            self._drop()
            return
        try:
            await smtp.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _judged(error: Exception, *, after_data: bool) -> Delivery:
    """What an error says about the mail and about the server."""
    reply = _told(error)
    code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
    if code in (421, 530, 535):  # closing down; wants a login: not this mail's fault
        return Delivery("temporary", reply, down=True)
    if 500 <= code < 600:
        return Delivery("permanent", reply)
    if 400 <= code < 500:
        return Delivery("temporary", reply)
    stalled = isinstance(error, TimeoutError)
    if after_data:
        return Delivery("unknown", reply, down=stalled)
    return Delivery("temporary", reply, down=True)


def _told(answer: Any) -> str:
    """What the server said, on one line of at most 500 characters."""
    code, text = getattr(answer, "code", None), getattr(answer, "message", None) or str(answer)
    return header_safe(f"{code} {text}" if code else text)[:500]


def _loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
