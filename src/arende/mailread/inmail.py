"""A message that came in, as facts. What it claims is a claim: only ``authresults`` says what was found true."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from arende.mailread import headers, parts
from arende.mailread.parts import Defect, Limits, Pairs, Part, Unread

LIMITS = Limits()


class Attached(NamedTuple):
    """A file that came with a message."""

    name: str
    """Safe to show and to save under: no folders, no control characters; "" when the sender gave none."""
    media_type: str
    """As declared, in lower case; never trust it."""
    data: bytes
    sha256: str
    inline: bool
    """A picture of the text, not a file that somebody chose to attach."""


class Written(NamedTuple):
    """One piece of a message's text: as plain text, as HTML, or as both (multipart/alternative)."""

    text: str | None
    html: str | None
    flowed: bool = False
    """The plain text has soft line ends (RFC 3676)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InMail:
    """One message. When ``unread`` is set only the headers were read: keep it raw, a person looks at it."""

    size: int
    sha256: str
    """Of the raw bytes."""
    body_sha256: str
    """Of what follows the headers, line ends and white space at the end evened out: the same message delivered twice
    differs in its trace headers only. With Message-ID and recipient it tells a repetition."""
    unread: Unread | None
    defects: frozenset[Defect]
    headers: Pairs
    """Every header, (name, unfolded value), in order, as sent."""
    sender: str | None
    """The one address of the one From line, domain in lower case; None when anything about it is odd."""
    sender_shown: str
    """The From lines as people would read them, for showing only."""
    subject: str
    date: datetime | None
    message_id: str | None
    """``<…@…>``; None when there is none or several."""
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    return_path: str | None
    """The envelope sender as the delivering server wrote it; "" for ``<>`` (automatic mail), None when unknown."""
    delivered_to: tuple[str, ...]
    """From Delivered-To, X-Original-To and Envelope-To, the outermost first. The envelope itself is better evidence."""
    to: tuple[str, ...]
    cc: tuple[str, ...]
    written: tuple[Written, ...]
    attachments: tuple[Attached, ...]
    media_types: tuple[str, ...]
    """Of the message and every part, in order: ``multipart/report``, ``message/delivery-status`` …"""
    root: Part
    """The tree of parts, for those who need more."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every address the message names as receiver, each once: deliveries first, then To and Cc."""
        return tuple(dict.fromkeys((*self.delivered_to, *self.to, *self.cc)))

    def header(self, name: str) -> str:
        """The first header of that name (lower case), or ""."""
        return self.root.header(name)

    def every(self, name: str) -> list[str]:
        """The values of all headers of that name (lower case)."""
        return [value for key, value in self.headers if key.lower() == name]


def read(raw: bytes, *, limits: Limits = LIMITS) -> InMail:
    """Read one raw message. Never raises: what is too large or crooked is told in ``unread`` and ``defects``."""
    taken = parts.take_apart(raw, limits)
    root, defects = taken.root, set(taken.defects)
    written, attached = _contents(root, defects) if taken.unread is None else ((), ())
    values = _Values(root.headers)
    return InMail(
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        body_sha256=_body_hash(taken.body),
        unread=taken.unread,
        defects=frozenset(defects),
        headers=root.headers,
        sender=None if Defect.HEADER in defects else values.sole_sender(),
        sender_shown=headers.words(", ".join(values.all("from")))[:500],
        subject=headers.words(values.first("subject"))[:1000],
        date=headers.date(values.first("date")),
        message_id=values.message_id(),
        in_reply_to=tuple(headers.message_ids(values.first("in-reply-to"))),
        references=tuple(headers.message_ids(values.first("references"))),
        return_path=values.return_path(),
        delivered_to=values.addresses("delivered-to", "x-original-to", "envelope-to"),
        to=values.addresses("to"),
        cc=values.addresses("cc"),
        written=written,
        attachments=attached,
        media_types=tuple(p.media_type for p in _walk(root)),
        root=root,
    )


class _Values:
    """The headers of a message, asked by name."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = [(name.lower(), value) for name, value in pairs]

    def all(self, *names: str) -> list[str]:
        return [value for name, value in self.pairs if name in names]

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def sole_sender(self) -> str | None:
        lines = self.all("from")
        return headers.sole_address(lines[0]) if len(lines) == 1 else None

    def message_id(self) -> str | None:
        found = headers.message_ids(" ".join(self.all("message-id")))
        return found[0] if len(found) == 1 else None

    def return_path(self) -> str | None:
        value = self.first("return-path").strip()
        if not value:
            return None
        inside = value.strip("<>").strip()
        return headers.address(inside) or inside[:320]

    def addresses(self, *names: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(headers.addresses(", ".join(self.all(*names)))))


_PIECE = 1_000_000


def _body_hash(body: bytes) -> str:
    """In pieces: a mail that is too large to be taken apart is not copied for its hash either."""
    tail = body[-_PIECE:]
    end = len(body) - len(tail) + len(tail.rstrip())
    digest, after_cr = hashlib.sha256(), False
    for start in range(0, end, _PIECE):
        piece = body[start : min(start + _PIECE, end)]
        even = piece[1:] if after_cr and piece.startswith(b"\n") else piece
        digest.update(even.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        after_cr = piece.endswith(b"\r")
    return digest.hexdigest()


# ---------------------------------------------------------------- text and files


def _contents(root: Part, defects: set[Defect]) -> tuple[tuple[Written, ...], tuple[Attached, ...]]:
    """The pieces of text in reading order, and everything else as files."""
    written: list[Written] = []
    attached: list[Attached] = []
    _gather(root, written, attached, defects)
    return tuple(written), tuple(attached)


def _gather(part: Part, written: list[Written], attached: list[Attached], defects: set[Defect]) -> None:
    if part.media_type == "multipart/alternative":
        _alternatives(part, written, attached, defects)
    elif part.children:
        for child in part.children:
            _gather(child, written, attached, defects)
    elif _is_text(part):
        text = _text(part, defects)
        html = part.media_type == "text/html"
        written.append(Written(None, text) if html else Written(text, None, _flowed(part)))
    elif not part.media_type.startswith("multipart/") or part.body.strip():
        attached.append(_attached(part, defects))


def _alternatives(part: Part, written: list[Written], attached: list[Attached], defects: set[Defect]) -> None:
    """The ways one text is written, side by side as one piece."""
    ways: list[Written] = []
    for child in part.children:
        _gather(child, ways, attached, defects)
    texts = [w.text for w in ways if w.text is not None]
    html = [w.html for w in ways if w.html is not None]
    if texts or html:
        flowed = any(w.flowed for w in ways)
        written.append(Written("\n".join(texts) if texts else None, "\n".join(html) if html else None, flowed))


def _is_text(part: Part) -> bool:
    """Whether the part is what somebody wrote, not a file."""
    if part.media_type not in ("text/plain", "text/html"):
        return False
    disposition, params = headers.parameters(part.header("content-disposition"))
    return disposition != "attachment" and not params.get("filename") and not part.params.get("name")


def _text(part: Part, defects: set[Defect]) -> str:
    charset = part.params.get("charset", "")
    if not headers.known_charset(charset):
        defects.add(Defect.CHARSET)
    text = headers.decoded(_data(part, defects), charset)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _flowed(part: Part) -> bool:
    return part.params.get("format", "").lower() == "flowed"


def _data(part: Part, defects: set[Defect]) -> bytes:
    data, defect = parts.content(part)
    if defect:
        defects.add(defect)
    return data


def _attached(part: Part, defects: set[Defect]) -> Attached:
    disposition, params = headers.parameters(part.header("content-disposition"))
    data = _data(part, defects)
    name = _safe_name(params.get("filename") or part.params.get("name") or "")
    inline = disposition != "attachment" and bool(part.header("content-id"))
    return Attached(name, part.media_type, data, hashlib.sha256(data).hexdigest(), inline)


def _safe_name(name: str) -> str:
    """A file name without folders, control characters and leading dots, at most 150 characters, its ending kept."""
    last = headers.one_line(name[:10_000]).replace("\\", "/").rpartition("/")[2].lstrip(". ").strip()
    stem, dot, ending = last.rpartition(".")
    return last if len(last) <= 150 else f"{stem[:120]}{dot}{ending[:20]}" if dot else last[:150]


def _walk(part: Part) -> list[Part]:
    return [part, *(inner for child in part.children for inner in _walk(child))]
