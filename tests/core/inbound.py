"""Mails as programs write them, put together from their parts; the line ends are those of the wire."""

from __future__ import annotations

import base64
import quopri

HEADERS = (
    "Date: Mon, 14 Sep 2026 08:20:07 +0200",
    "From: =?utf-8?q?=C3=85sa_=C3=96berg?= <chair@region.example>",
    "To: beslut+k7abc@region.example",
    "Message-ID: <1@client.region.example>",
    "In-Reply-To: <ut-1@region.example>",
)
ASKED = (
    "Hej Åsa!\n\nÄrende RS 2026-00123 väntar på ditt beslut.\n"
    "Svara med ett av orden GODKÄNN, AVSLÅ eller ÅTERREMISS på första raden.\n\nHälsningar\nÄrendesystemet"
)
QUOTED = "\n".join(f"> {line}".rstrip() for line in ASKED.split("\n"))
FIELDS = """Från: Ärendesystemet <beslut+k7abc@region.example>
Skickat: den 14 september 2026 08:15
Till: Åsa Öberg
Ämne: Beslut"""


def mail(
    body: str | bytes,
    *more: str,
    subject: str = "SV: [RS 2026-00123] Beslut",
    kind: str = "text/plain; charset=utf-8",
    encoding: str = "8bit",
    headers: tuple[str, ...] = HEADERS,
) -> bytes:
    """One raw message; ``more`` are further header lines."""
    lines = [*more, *headers, f"Subject: {subject}", "MIME-Version: 1.0", f"Content-Type: {kind}"]
    head = "\n".join([*lines, f"Content-Transfer-Encoding: {encoding}", "", ""]).encode()
    return (head + _encoded(body, encoding)).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _encoded(body: str | bytes, encoding: str) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    if encoding == "quoted-printable":
        return quopri.encodestring(data)
    return base64.encodebytes(data) if encoding == "base64" else data


def part(body: str | bytes, kind: str = "text/plain; charset=utf-8", *more: str, encoding: str = "8bit") -> str:
    """One part of a multipart."""
    head = "\n".join([f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *more, "", ""])
    return head + _encoded(body, encoding).decode("utf-8")


def multipart(*parts: str, boundary: str = "=_b1") -> str:
    """The body of a multipart with this boundary."""
    return "".join(f"--{boundary}\n{p}\n" for p in parts) + f"--{boundary}--\n"


def html(body: str) -> str:
    return f"<html><head><meta charset=utf-8></head><body>{body}</body></html>"
