"""The development mailbox: a mail server of this machine that keeps what it is given and delivers nothing.

One ``.eml`` per message, on disk before the sender hears 250; a ``.json`` beside it holds what
lists show and can be made again from the message. Numbers are taken by whoever links the file first, so several
servers may share a folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import json
import logging
import os
import signal
import tempfile
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from arende.errors import NotFound, Sentence, Unavailable
from arende.settings import Settings

HOST = "127.0.0.1"
"""It takes any mail without asking who sends, so it is never reachable from outside."""
MAX_BYTES = 50_000_000
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


# ---------------------------------------------------------------- keeping


class Store:
    """A folder of messages. Safe for several processes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._next = 1

    def add(self, sender: str, recipients: list[str], raw: bytes) -> int:
        """Keep one message, synced to disk, and give its number. Raises OSError when the disk refuses."""
        self.folder.mkdir(parents=True, exist_ok=True)
        trace = [f"Return-Path: <{_ascii(sender)}>", *(f"Delivered-To: {_ascii(to)}" for to in recipients)]
        draft = self._draft("\r\n".join(trace).encode() + b"\r\n" + raw)
        try:
            number = self._link(draft)
        finally:
            draft.unlink()
        _sync(self.folder)
        with contextlib.suppress(OSError):  # the message is kept; the list makes up for it
            _index(self.folder, number)
        return number

    def _draft(self, data: bytes) -> Path:
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".new-", delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return Path(file.name)

    def _link(self, draft: Path) -> int:
        while True:
            with contextlib.suppress(FileExistsError):
                os.link(draft, self.folder / f"{self._next:06d}.eml")
                return self._next
            self._next = max(self._next, *_numbers(self.folder)) + 1


def _numbers(folder: Path) -> list[int]:
    return sorted(int(f.stem) for f in folder.glob("*.eml") if f.stem.isdecimal())


def _ascii(address: str) -> str:
    return "".join(c for c in address if c.isascii() and c.isprintable())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _index(folder: Path, number: int) -> dict[str, Any]:
    """What lists show of a message; written beside it, complete or not at all."""
    file = folder / f"{number:06d}.eml"
    message = message_from_bytes(file.read_bytes())
    entry = {
        "id": number,
        "received_at": datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds"),
        "to": [str(to) for to in message.get_all("Delivered-To", [])],
        "from": _header(message, "From"),
        "subject": _header(message, "Subject"),
        "message_id": _header(message, "Message-ID"),
        "size": file.stat().st_size,
    }
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".new-", delete=False, encoding="utf-8") as draft:
        json.dump(entry, draft, ensure_ascii=False)
    Path(draft.name).replace(file.with_suffix(".json"))
    return entry


# ---------------------------------------------------------------- reading


def list_messages(folder: Path, to: str | None = None) -> list[dict[str, Any]]:
    """The messages in the order they came, or only those delivered to the address ``to``."""
    found = [_entry(folder, number) for number in _numbers(folder)]
    return [e for e in found if to is None or to.casefold() in (a.casefold() for a in e["to"])]


def _entry(folder: Path, number: int) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads((folder / f"{number:06d}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return _index(folder, number)
    return entry


def raw(folder: Path, number: int) -> bytes:
    """One message as it was kept; raises NotFound when there is none of that number."""
    try:
        return (folder / f"{number:06d}.eml").read_bytes()
    except FileNotFoundError:
        raise NotFound(
            Sentence(
                f"Meddelande {number} finns inte i brevlådan. Se arende mailbox list.",
                f"There is no message {number} in the mailbox. See arende mailbox list.",
            )
        ) from None


def show(folder: Path, number: int) -> dict[str, Any]:
    """One message, decoded and harmless to print: headers, text, HTML as text, and what is attached.

    Raises NotFound when there is none of that number.
    """
    message = message_from_bytes(raw(folder, number))
    parts = [p for p in message.walk() if not p.is_multipart()]
    return {
        **_entry(folder, number),
        "headers": [[harmless(name), _decoded(value)] for name, value in message.items()],
        "text": _body(parts, "text/plain"),
        "html": _body(parts, "text/html"),
        "attachments": [_attachment(p) for p in parts if p.get_filename() or p.get_content_maintype() != "text"],
    }


def _body(parts: list[Message], kind: str) -> str:
    found = (p for p in parts if p.get_content_type() == kind and not p.get_filename())
    return "\n".join(_text(p) for p in found)


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    raw = data if isinstance(data, bytes) else b""
    try:
        return harmless(raw.decode(part.get_content_charset("utf-8"), "replace"), lines=True)
    except LookupError:  # a character set that nobody knows
        return harmless(raw.decode("utf-8", "replace"), lines=True)


def _attachment(part: Message) -> dict[str, Any]:
    data = part.get_payload(decode=True)
    name = harmless(part.get_filename() or "").replace("/", "_").replace("\\", "_")
    size = len(data) if isinstance(data, bytes) else 0
    return {"name": name, "media_type": harmless(part.get_content_type()), "size": size}


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    return "" if value is None else _decoded(value)


def _decoded(value: Any) -> str:
    """A header in letters. What cannot be decoded is shown as it came."""
    try:
        pieces = decode_header(value)
        return harmless("".join(_piece(p, charset) for p, charset in pieces))
    except (HeaderParseError, ValueError):
        return harmless(str(value))


def _piece(piece: Any, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return str(piece.decode(charset or "utf-8", "replace"))
    except LookupError:
        return str(piece.decode("utf-8", "replace"))


def harmless(text: str, *, lines: bool = False) -> str:
    """``text`` without what could steer a terminal or turn the direction of writing; one line unless ``lines``."""
    text = text.replace("\r\n", "\n")
    kept = "\n\t" if lines else ""
    shown = ("\ufffd" if c in _BIDI else c for c in text if c in kept or c not in "\n\r\t")
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") and c not in kept else c for c in shown)


# ---------------------------------------------------------------- serving


class _Handler:
    def __init__(self, store: Store, told: Callable[[int], object]) -> None:
        self.store, self.told = store, told

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 – aiosmtpd's name and arguments
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        sender = (envelope.mail_from or "").strip("<>")  # the null sender comes as "<>"
        keep = functools.partial(self.store.add, sender, list(envelope.rcpt_tos), content)
        try:
            number = await asyncio.to_thread(keep)
        except OSError:
            return "452 4.3.1 the disk refuses; try again later"
        self.told(number)
        return f"250 2.0.0 kept as {number}"


async def listen(folder: Path, port: int, told: Callable[[int], object] = lambda _n: None) -> asyncio.Server:
    """Start the server on this machine's ``port`` (0 = any free); ``told`` hears the number of each message kept.

    Raises Unavailable when the port is taken.
    """
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd would write every address there
    loop = asyncio.get_running_loop()
    handler = _Handler(Store(folder), told)
    options: dict[str, Any] = {"data_size_limit": MAX_BYTES, "hostname": "localhost", "ident": "arende mailbox"}
    try:
        return await loop.create_server(lambda: SMTP(handler, loop=loop, **options), HOST, port)
    except OSError as e:
        if e.errno != errno.EADDRINUSE:
            raise
        raise Unavailable(
            Sentence(
                f"Port {port} är upptagen. Välj en annan med ARENDE_MAILBOX_PORT och ARENDE_SMTP_PORT.",
                f"Port {port} is taken. Choose another with ARENDE_MAILBOX_PORT and ARENDE_SMTP_PORT.",
            )
        ) from None


async def serve(settings: Settings, told: Callable[[int], object] = lambda _n: None) -> None:
    """Keep what comes until the process is asked to end (SIGINT or SIGTERM)."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    server = await listen(settings.mailbox_dir, settings.mailbox_port, told)
    try:
        await stop.wait()
    finally:
        server.close()  # and no waiting for senders who keep their connections
