"""Header values read: encoded words, parameters, addresses, message ids, dates. Everything is bounded and linear."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

MAX_VALUE = 40_000
"""Characters of one header value that are looked at."""
MAX_ADDRESSES = 500
MAX_FROM = 2000


def _words(listed: str) -> list[str]:
    return listed.split()


_CHARSETS = frozenset(
    _words("""
    ascii utf-8 utf-16 utf-16-le utf-16-be utf-32 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258
    iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-13
    iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman cp437 cp850 cp858 cp865 gb2312 gbk gb18030 big5 shift_jis
    euc_jp euc_kr iso2022_jp
    """)
)
"""Encodings that mail is written in. Python knows others, some of which take quadratic time."""


def decoded(data: bytes, charset: str) -> str:
    """``data`` as text: the charset that is declared, else UTF-8, else windows-1252; undecodable bytes as U+FFFD.

    ``iso-8859-1`` and ``us-ascii`` are read as windows-1252, which is what mail programs mean by them.
    """
    for name in (_codec(charset), "utf-8"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace")


def known_charset(charset: str) -> bool:
    """Whether text that declares this charset can be read as it was meant; one that declares none may be anything."""
    return not charset.strip("\"' ") or _python_name(charset) in _CHARSETS


def _codec(charset: str) -> str:
    name = _python_name(charset)
    if name in ("iso8859-1", "ascii"):
        return "utf-8" if name == "ascii" else "cp1252"
    return name if name in _CHARSETS else "utf-8"


def _python_name(charset: str) -> str:
    try:
        return codecs.lookup(charset[:40].strip("\"' ")).name if charset.isascii() and "\0" not in charset else ""
    except LookupError:
        return ""


# ---------------------------------------------------------------- encoded words (RFC 2047)

_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?\s]*)\?=")


def words(value: str) -> str:
    """A header value as people read it: on one line, NFC, without marks that turn the direction of writing."""
    value = value[:MAX_VALUE]
    out: list[str] = []
    run: list[bytes] = []
    charset, end = "", 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        name = word[1].partition("*")[0].lower()
        if run and (between.strip() or name != charset):
            out.append(decoded(b"".join(run), charset))
            run = []
        if between.strip() or end == 0:
            out.append(between)
        run.append(_word_bytes(word[2].lower(), word[3]))
        charset, end = name, word.end()
    if run:
        out.append(decoded(b"".join(run), charset))
    return one_line("".join(out) + value[end:])


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode()
    if encoding == "q":
        return binascii.a2b_qp(data, header=True)
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return data


_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


_MARKS = 30


def composed(text: str) -> str:
    """The text in NFC. A letter with more than 30 marks on it becomes U+FFFD: sorting them takes quadratic time."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    out, run = [], 0
    for c in text:
        run = run + 1 if unicodedata.combining(c) else 0
        out.append(c if run <= _MARKS else "\ufffd")
    return unicodedata.normalize("NFC", "".join(out))


_BREAKING = frozenset({"Cc", "Zl", "Zp", "Cs"})


def one_line(text: str) -> str:
    """Text on one line: NFC, without control characters and marks that turn the direction of writing."""
    kept = composed("".join(c for c in text if c not in _BIDI))
    return " ".join("".join(" " if unicodedata.category(c) in _BREAKING else c for c in kept).split())


# ---------------------------------------------------------------- parameters (RFC 2045, 2231)

_PARAMETER = re.compile(r'\s*;\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))', re.DOTALL)
_SECTION = re.compile(r"([^*]+)\*(?:(\d{1,3})(\*?))?")
_MAX_PARAMETERS = 100


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """``text/plain; charset="utf-8"`` as ("text/plain", {"charset": "utf-8"}); names in lower case."""
    value = value[:MAX_VALUE]
    head, _, _ = value.partition(";")
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    position = len(head)
    for _ in range(_MAX_PARAMETERS):
        if not (found := _PARAMETER.match(value, position)):
            break
        position = found.end()
        name = found[1].lower()
        text = re.sub(r"\\(.)", r"\1", found[2]) if found[2] is not None else found[3]
        if section := _SECTION.fullmatch(name):
            number, starred = int(section[2] or 0), section[2] is None or bool(section[3])
            sections.setdefault(section[1], {}).setdefault(number, (text, starred))
        else:
            plain.setdefault(name, words(text) if "=?" in text else text)
    return head.strip().lower(), plain | {name: _joined(parts) for name, parts in sections.items()}


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """The sections of one parameter put together in their order; the charset stands before the first."""
    charset, data = "utf-8", b""
    for number, (text, starred) in sorted(parts.items()):
        if starred and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if starred else text.encode()
    return decoded(data, charset)


# ---------------------------------------------------------------- addresses

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ADDRESS = re.compile(r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64})@([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)")
_IN_ANGLES = re.compile(r"<([^<>]*)>")


def address(text: str) -> str | None:
    """``text`` as one plain address with its domain in lower case, or None. Nothing is repaired."""
    text = text.strip()
    found = _ADDRESS.fullmatch(text)
    if not found or "=?" in text or ".." in text or found[1].startswith(".") or found[1].endswith("."):
        return None
    return f"{found[1]}@{found[2].lower()}"


def sole_address(value: str) -> str | None:
    """The one address of a From line, or None: anything odd – comments, groups, several, encoded – is None.

    Stricter than RFC 5322 on purpose: every reader on the way has to see the same address.
    """
    if len(value) > MAX_FROM or value.count('"') % 2:
        return None
    bare = _QUOTED.sub("", value)
    if (
        bare.count("@") != 1
        or any(c in bare for c in '()[],;:\\"')
        or any(unicodedata.category(c) == "Cc" for c in bare)
    ):
        return None
    if "<" not in bare and ">" not in bare:
        return address(bare) if bare == value else None
    found = _IN_ANGLES.search(bare)
    if not found or bare.count("<") != 1 or bare.count(">") != 1 or bare[found.end() :].strip():
        return None
    return address(found[1])


def addresses(value: str) -> list[str]:
    """Every plain address of a To or Cc line, at most 500; what is no address is left out."""
    found = (address(_inside(piece)) for piece in _pieces(value[:MAX_VALUE]))
    return [a for a, _ in zip((a for a in found if a), range(MAX_ADDRESSES), strict=False)]


def _inside(piece: str) -> str:
    if len(piece) > MAX_FROM:
        return ""
    angles = _IN_ANGLES.search(_QUOTED.sub("", piece))
    return angles[1] if angles else piece


def _pieces(value: str) -> Iterator[str]:
    """The value split at commas and semicolons, comments left out, quoted strings whole."""
    start: list[str] = []
    depth, quoted, escaped = 0, False, False
    for c in value:
        if escaped or c == "\\":
            escaped = not escaped
        elif c == '"' and not depth:
            quoted = not quoted
        elif not quoted and c in "()":
            depth = max(0, depth + (1 if c == "(" else -1))
            continue
        elif not quoted and not depth and c in ",;:":
            yield "".join(start)
            start = []
            continue
        if not depth:
            start.append(c)
    yield "".join(start)


# ---------------------------------------------------------------- ids and dates

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,995}>")


def message_ids(value: str) -> list[str]:
    """``<…@…>`` of In-Reply-To or References, at most 200 of them."""
    return _MESSAGE_ID.findall(value[:MAX_VALUE])[:200]


def date(value: str) -> datetime | None:
    """A Date header with its offset, or None when it is none."""
    try:
        found = parsedate_to_datetime(value[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else None
