"""Outgoing mail: safe headers, the message, and one connection to the mail server that is kept and reused.

The only asynchronous module below the edges. Addresses and subjects are never logged here.
"""

from __future__ import annotations

import asyncio
import email.policy
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple, Self

import aiosmtplib
from aiosmtplib import SMTP
from email_validator import EmailNotValidError, validate_email

from arende import keys
from arende.errors import Invalid, Sentence, Unavailable
from arende.settings import Settings

STALE_AFTER = 10.0
"""Seconds after which an idle connection is asked whether it still lives."""
ACCEPT_FACTOR = 5
"""The server may take this many times ``smtp_timeout`` to accept a whole message (RFC 5321 4.5.3.2.6 asks for
patience: giving up early sends the mail twice)."""

_BREAKING = frozenset({"Cc", "Zl", "Zp", "Cs"})
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What an outbox row tells about its mail. ``subject`` is as rendered: not yet safe."""

    id: int
    address: str
    recipient_name: str
    subject: str
    text: str
    html: str
    message_id: str
    """``<…@…>``, the same at every attempt, so that the receiver can tell a repetition."""
    thread_id: str
    """Message-ID of the case's first mail."""
    created_at: datetime


class Attachment(NamedTuple):
    """A file to send along."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of handing one mail over. ``down``: the server itself is of no use now, so try no more mails."""

    kind: Literal["accepted", "temporary", "permanent", "unknown"]
    reply: str
    down: bool = False


# ---------------------------------------------------------------- headers


def header_safe(text: str) -> str:
    """``text`` on one line, with nothing that a mail program could take for a new header or an encoded word.

    Some Python releases unfold ``=?utf-8?q?…=0A…?=`` from a title into a header of its own (CVE-2024-6923).
    Marks that turn the direction of writing are dropped: they make a subject lie.
    """
    kept = (c for c in text if c not in _BIDI)
    line = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in kept)
    return " ".join(line.replace("=?", "= ?").split())


_VERBATIM = frozenset({"Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "X-Auto-Response-Suppress"})


class MailPolicy(email.policy.EmailPolicy):
    """Folds free text and display names with the older encoder: the newer one loses spaces in Swedish text."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Headers that arende writes word for word are not taken apart: that costs more than sending them."""
        if name in _VERBATIM:
            return name, header_safe(value).encode("ascii", "replace").decode()
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: Any) -> str:
        """One header as text, folded."""
        own = self._folded(name, value)
        return super().fold(name, value) if own is None else own

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header as it goes over the wire."""
        own = self._folded(name, value)
        return super().fold_binary(name, value) if own is None else own.encode("ascii")

    def _folded(self, name: str, value: Any) -> str | None:
        if str(value).isascii():
            return None
        if name.lower() == "subject":
            return f"{name}: {_encoded(str(value), name)}{self.linesep}"
        if (boxes := getattr(value, "addresses", None)) is not None:
            listed = f",{self.linesep} ".join(self._mailbox(box, name) for box in boxes)
            return f"{name}: {listed}{self.linesep}"
        return None

    def _mailbox(self, box: Address, name: str) -> str:
        """A display name that needs two encoded words is left out: readers put a space into it."""
        shown = _encoded(box.display_name, name) if box.display_name else ""
        return f"{shown} <{box.addr_spec}>" if shown and self.linesep not in shown else box.addr_spec


@lru_cache(maxsize=512)
def _encoded(text: str, name: str) -> str:
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


MAIL = MailPolicy(linesep="\r\n", cte_type="7bit")


@cache
def self_test() -> None:
    """Serialise hostile titles and read them back; raises Unavailable when one becomes a header.

    Tests what this Python does, since its version number does not tell.
    """
    hostile = (
        "=?utf-8?q?Bidrag=0ABcc=3A_e=40e=2Eexample?=",
        "Bidrag\r\nBcc: e@e.example",
        "Bidrag\u2028Bcc: e@e.example",
        "Åre =?utf-8?b?QQpCY2M6IGVAZS5leGFtcGxl?=",
    )
    for title in hostile:
        message = EmailMessage(policy=MAIL)
        message["To"] = Address(header_safe(title), "a", "b.example")
        message["Subject"] = header_safe(title)
        message.set_content("x")
        read = message_from_bytes(message.as_bytes(), policy=email.policy.default)
        if read["Bcc"] is not None or len(read.get_all("Subject", [])) != 1:
            raise Unavailable(
                Sentence(
                    "Inga mejl sänds: på den här Python-versionen kan en ärenderubrik bli ett mejlhuvud. Uppgradera.",
                    "No mail is sent: on this Python a case title can become a mail header. Upgrade it.",
                )
            )


@lru_cache(maxsize=1024)
def deliverable(address: str) -> str | None:
    """The address as it goes over the wire (ASCII), or None when it is none. The network is not asked."""
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).ascii_email
    except EmailNotValidError:
        return None


# ---------------------------------------------------------------- the message


def build(row: Outgoing, attachments: Sequence[Attachment], settings: Settings) -> EmailMessage:
    """The mail of one outbox row: the same bytes at every attempt.

    Raises Invalid when the recipient's address, or the sender's in the settings, is none.
    """
    message = EmailMessage(policy=MAIL)
    message["From"] = _sender(settings.mail_from)
    message["To"] = _recipient(row)
    message["Subject"] = _shortened(header_safe(row.subject))
    message["Date"] = format_datetime(row.created_at)
    message["Message-ID"] = row.message_id
    if row.thread_id != row.message_id:
        message["In-Reply-To"] = row.thread_id
        message["References"] = row.thread_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: answer machines stay silent
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # not All: reports of failure are wanted
    message.set_content(row.text, cte="base64")
    if row.html:
        message.add_alternative(row.html, subtype="html", cte="base64")
    for one in attachments:
        _attach(message, one)
    for n, part in enumerate(p for p in message.walk() if p.is_multipart()):
        part.set_boundary(f"=_{row.id}.{n}")  # stands in no body, for base64 has no underscore
    return message


def return_path(row: Outgoing, settings: Settings, key: bytes) -> str:
    """Where the mail servers report failure: the address names the row, and its tag cannot be guessed."""
    return f"studs+{row.id}.{keys.tag(key, 'bounce', row.id, row.message_id)}@{settings.mail_domain}"


@lru_cache(maxsize=8)
def _sender(mail_from: str) -> Address:
    found = MAIL.header_factory("From", header_safe(mail_from)).addresses
    if len(found) != 1 or deliverable(found[0].addr_spec) is None:
        raise Invalid(
            Sentence(
                'ARENDE_MAIL_FROM ska vara en adress, till exempel "Ärendesystemet <arende@region.example>".',
                'ARENDE_MAIL_FROM should be one address, for example "Cases <arende@region.example>".',
            )
        )
    return Address(found[0].display_name, addr_spec=deliverable(found[0].addr_spec))


def _recipient(row: Outgoing) -> Address:
    address = deliverable(row.address)
    if address is None:
        raise Invalid(
            Sentence("Mottagarens e-postadress går inte att använda.", "The recipient's mail address cannot be used.")
        )
    return Address(_shortened(header_safe(row.recipient_name)), addr_spec=address)


def _shortened(line: str) -> str:
    """At most 400 characters: a line of a mail may have 998 bytes, and nobody reads more of a subject."""
    return line if len(line) <= 400 else line[:399] + "…"


def _attach(message: EmailMessage, one: Attachment) -> None:
    main, _, sub = one.media_type.partition("/")
    known = bool(main and sub) and header_safe(one.media_type) == one.media_type and one.media_type.isascii()
    if not known or main in ("multipart", "message"):
        main, sub = "application", "octet-stream"
    name = header_safe(one.name).replace("/", "_").replace("\\", "_")[-150:]  # the end has the kind of file
    message.add_attachment(one.data, maintype=main, subtype=sub, filename=name or "bilaga")


# ---------------------------------------------------------------- the connection


class Mailer:
    """Hands mails over, one after another, on a connection that is opened when needed and then kept.

    Belongs to one task of one event loop. ``handing_over`` is true while the outcome of a mail is not known.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.handing_over = False
        self._key = keys.site_key(settings)
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
        raw = build(row, attachments, self.settings).as_bytes()
        sender, recipient = return_path(row, self.settings, self._key), deliverable(row.address) or ""
        fresh = not await self._alive()
        result = await self._attempt(sender, recipient, raw, row.id)
        if result.down and not fresh and result.kind == "temporary":
            # A kept connection may end for its own reasons; only a new one tells about the server.
            self._drop()
            result = await self._attempt(sender, recipient, raw, row.id)
        return result

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
