"""A raw message taken apart into headers and parts, in linear time (RFC 5322, 2045–2047).

The standard library's parser is not used: deep or crooked messages make it quadratic or recursive, and it repairs
silently what has to be known here. Whatever is odd is named in ``defects``; the message is read as far as it goes.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from arende.mailread import headers


class Limits(NamedTuple):
    """How much of a message is taken apart. More than this is kept whole, and a person reads it."""

    size: int = 10_000_000
    """Bytes."""
    parts: int = 100
    depth: int = 10
    header_lines: int = 1000
    """In the whole message, those of its parts included."""


class Unread(StrEnum):
    """Why a message was not taken apart."""

    TOO_LARGE = "too_large"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_DEEP = "too_deep"
    TOO_MANY_HEADERS = "too_many_headers"


class Defect(StrEnum):
    """What is odd about a message that could be read."""

    HEADER = "header"
    """A line among the headers that is none, or a sign that no header may hold."""
    REPEATED = "repeated"
    """A header stands twice that may stand once (RFC 5322 3.6): readers differ in which they believe."""
    NO_BOUNDARY = "no_boundary"
    UNCLOSED = "unclosed"
    """A multipart without its last boundary: perhaps cut off on the way."""
    ENCODING = "encoding"
    """A transfer encoding that is unknown or not kept to."""
    CHARSET = "charset"
    """A text in a charset that nobody knows: which letters were meant is a guess."""


Pairs = tuple[tuple[str, str], ...]
"""(name, unfolded value) of each header, in order."""


@dataclass(slots=True)
class Part:
    """One part of a message, or the message itself."""

    headers: Pairs
    media_type: str
    params: dict[str, str]
    body: bytes = b""
    """As sent: transfer encoding not undone, empty for a multipart."""
    children: list[Part] = field(default_factory=list)

    def header(self, name: str) -> str:
        """The first header of that name, or ""."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class Taken(NamedTuple):
    """A message taken apart; with ``unread`` only the headers of ``root`` and its raw body are there."""

    root: Part
    body: bytes
    """Everything after the headers."""
    unread: Unread | None
    defects: frozenset[Defect]


class _Stop(Exception):
    def __init__(self, why: Unread) -> None:
        self.why = why


def take_apart(raw: bytes, limits: Limits) -> Taken:
    """Headers and parts of ``raw``; never raises."""
    return _Reader(limits).read(raw)


_ONCE = frozenset(
    {"from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references"}
    | {"content-type", "content-transfer-encoding", "content-disposition"}
)
_NAME = re.compile(r"([!-9;-~]{1,200})[ \t]*:", re.ASCII)
_LINE_END = re.compile(rb"\r\n|\n|\r")
_MAX_HEADER_BYTES = 1_000_000


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.defects: set[Defect] = set()
        self.lines = 0
        self.parts = 0

    def read(self, raw: bytes) -> Taken:
        try:
            pairs, body = self._headers(raw, first=True)
        except _Stop as stop:
            return Taken(Part((), "", {}), raw, stop.why, frozenset(self.defects))
        root = _part(pairs, "text/plain")
        try:
            if len(raw) > self.limits.size:
                raise _Stop(Unread.TOO_LARGE)
            self._fill(root, body)
        except _Stop as stop:
            root.children = []
            return Taken(root, body, stop.why, frozenset(self.defects))
        return Taken(root, body, None, frozenset(self.defects))

    def _fill(self, root: Part, body: bytes) -> None:
        """The parts below ``root``. Without recursion: depth is a number here, not a stack that can overflow."""
        waiting = [(root, body, 0)]
        while waiting:
            part, content, depth = waiting.pop()
            pieces = self._pieces(part, content)
            if pieces is None:
                part.body = content
                continue
            if depth == self.limits.depth:
                raise _Stop(Unread.TOO_DEEP)
            default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
            for piece in pieces:
                pairs, inner = self._headers(piece)
                child = _part(pairs, default)
                part.children.append(child)
                waiting.append((child, inner, depth + 1))

    def _pieces(self, part: Part, content: bytes) -> list[bytes] | None:
        """The raw parts of a multipart; None for anything else."""
        if not part.media_type.startswith("multipart/"):
            return None
        boundary = part.params.get("boundary", "").rstrip()
        if not 0 < len(boundary) <= 200:
            self.defects.add(Defect.NO_BOUNDARY)
            return None
        found, closed = self._split(content, boundary.encode())
        if not found:
            self.defects.add(Defect.NO_BOUNDARY)
            return None
        if not closed:
            self.defects.add(Defect.UNCLOSED)
        return found

    def _split(self, content: bytes, boundary: bytes) -> tuple[list[bytes], bool]:
        mark = re.compile(re.escape(b"--" + boundary) + rb"(--)?[ \t]{0,80}(?:\r\n|\r|\n|\Z)")
        found, start = [], -1
        for at in mark.finditer(content):
            if at.start() and content[at.start() - 1] not in b"\r\n":
                continue
            if start >= 0:
                found.append(_without_line_end(content[start : at.start()]))
                self.parts += 1
                if self.parts > self.limits.parts:
                    raise _Stop(Unread.TOO_MANY_PARTS)
            if at[1]:
                return found, True
            start = at.end()
        if start >= 0:
            found.append(content[start:])
            self.parts += 1
        return found, False

    def _headers(self, raw: bytes, *, first: bool = False) -> tuple[Pairs, bytes]:
        """The headers at the start of ``raw`` and what follows them."""
        pairs: list[tuple[str, list[str]]] = []
        position = 0
        while position < len(raw):
            line, following = _line(raw, position)
            if not line:
                return self._unfolded(pairs), raw[following:]
            self.lines += 1
            if self.lines > self.limits.header_lines or following > _MAX_HEADER_BYTES:
                raise _Stop(Unread.TOO_MANY_HEADERS)
            text = headers.decoded(line, "utf-8")
            if text[0] in " \t" and pairs:
                pairs[-1][1].append(text)
            elif name := _NAME.match(text):
                pairs.append((name[1], [text[name.end() :]]))
            elif not (first and position == 0 and text.startswith(("From ", ">From "))):
                self.defects.add(Defect.HEADER)  # the body begins here, as mail servers see it
                return self._unfolded(pairs), raw[position:]
            if raw[following - 1 : following] == b"\r":
                self.defects.add(Defect.HEADER)
            position = following
        return self._unfolded(pairs), b""

    def _unfolded(self, pairs: list[tuple[str, list[str]]]) -> Pairs:
        values = tuple((name, "".join(lines).strip()) for name, lines in pairs)
        single = [name for name, _ in values if name.lower() in _ONCE]
        if len(single) != len({name.lower() for name in single}):
            self.defects.add(Defect.REPEATED)
        if any("\0" in value for _, value in values):
            self.defects.add(Defect.HEADER)
        return values


def _line(raw: bytes, position: int) -> tuple[bytes, int]:
    """The line at ``position`` without its end, and where the next begins."""
    end = _LINE_END.search(raw, position)
    return (raw[position : end.start()], end.end()) if end else (raw[position:], len(raw))


def _without_line_end(piece: bytes) -> bytes:
    """The line end before a boundary belongs to the boundary (RFC 2046 5.1.1)."""
    return piece[:-2] if piece.endswith(b"\r\n") else piece[:-1] if piece.endswith((b"\n", b"\r")) else piece


def _part(pairs: Pairs, default: str) -> Part:
    given = next((value for name, value in pairs if name.lower() == "content-type"), "")
    media_type, params = headers.parameters(given)
    return Part(pairs, media_type if "/" in media_type else default, params)


# ---------------------------------------------------------------- the content of a part


def content(part: Part) -> tuple[bytes, Defect | None]:
    """The part's bytes with the transfer encoding undone, as far as that goes."""
    encoding = part.header("content-transfer-encoding").partition(";")[0].strip().lower()
    if encoding in ("", "7bit", "8bit", "binary"):
        return part.body, None
    if encoding == "quoted-printable":
        return binascii.a2b_qp(part.body), None
    if encoding == "base64":
        return _from_base64(part.body)
    return part.body, Defect.ENCODING


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def _from_base64(data: bytes) -> tuple[bytes, Defect | None]:
    """Mail programs ignore foreign signs and missing padding; so does this, and says so."""
    try:
        return base64.b64decode(b"".join(data.split()), validate=True), None
    except binascii.Error:
        kept = _NOT_BASE64.sub(b"", data.partition(b"=")[0])
        whole = kept[: len(kept) - (len(kept) % 4 == 1)]
        return base64.b64decode(whole + b"=" * (-len(whole) % 4)), Defect.ENCODING
