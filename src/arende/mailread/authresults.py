"""What the site's own mail server found out about the sender: Authentication-Results (RFC 8601), read strictly.

Only the header that carries the configured name (authserv-id) counts, and there may be one such header only: the site's
server has to remove any that comes from outside. Where several of its programs write results, give only the one that
judges DMARC this name. Without a configured name nothing is believed.

Mail that never leaves the organisation's own Exchange has no DMARC result, and what Exchange says instead can be
written by anybody: such mail is not believed either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

_LENGTH = re.compile(r"(?:^|;)\s{0,80}l\s{0,80}=", re.IGNORECASE)
UNNAMED = "-"
"""The name to configure for Microsoft 365, which writes its results without one. Then the message must hold no other
Authentication-Results header at all."""
MAX_HEADER = 10_000
MAX_SHOWN = 2000


class Trust(StrEnum):
    """Why a sender is believed or not."""

    PASSED = "passed"
    NOT_CONFIGURED = "not_configured"
    NO_RESULT = "no_result"
    """No header of the configured name, or one without a DMARC result."""
    SEVERAL = "several"
    """More than one header of that name, or more than one DMARC result: one may be forged."""
    MALFORMED = "malformed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    """DMARC none, temperror, permerror or anything else that is neither pass nor fail."""
    PARTLY_SIGNED = "partly_signed"
    """A DKIM signature covers only the beginning of the text (``l=``): anybody may have added to it."""
    OTHER_DOMAIN = "other_domain"
    """DMARC passed for another domain than the one of From."""


class Verdict(NamedTuple):
    """Whether the sender is who From says."""

    passed: bool
    reason: Trust
    shown: str
    """The header the verdict rests on, for the record; "" when there is none."""


class Result(NamedTuple):
    """One method's result."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...]
    """("header.from", "region.example") …"""


class Results(NamedTuple):
    """One header taken apart."""

    authserv_id: str
    """Lower case; "" when the header names none."""
    results: tuple[Result, ...]


def verdict(headers: Sequence[tuple[str, str]], trusted_authserv_id: str | None, from_domain: str | None) -> Verdict:
    """Judge the sender by the headers of a message. Anything odd is no."""
    name = (trusted_authserv_id or "").strip().lower()
    if not name:
        return Verdict(False, Trust.NOT_CONFIGURED, "")
    every = [value for key, value in headers if key.strip().lower() == "authentication-results"]
    ours = every if name == UNNAMED else [value for value in every if _named(value) == name]
    if not ours:
        return Verdict(False, Trust.NO_RESULT, "")
    shown = ours[0][:MAX_SHOWN]
    if len(ours) > 1:
        return Verdict(False, Trust.SEVERAL, shown)
    reason = _judge(ours[0], "" if name == UNNAMED else name, from_domain)
    if reason is Trust.PASSED and any(
        key.strip().lower() == "dkim-signature" and _LENGTH.search(v) for key, v in headers
    ):
        reason = Trust.PARTLY_SIGNED
    return Verdict(reason is Trust.PASSED, reason, shown)


def _judge(header: str, name: str, from_domain: str | None) -> Trust:
    try:
        parsed = parse(header)
    except ValueError:
        return Trust.MALFORMED
    found = [r for r in parsed.results if r.method == "dmarc"]
    domains = [value for r in found for key, value in r.properties if key == "header.from"]
    if parsed.authserv_id != name:
        return Trust.MALFORMED
    if not found:
        return Trust.NO_RESULT
    if len(found) > 1 or len(domains) > 1:
        return Trust.SEVERAL
    if found[0].value != "pass":
        return Trust.FAILED if found[0].value == "fail" else Trust.UNDECIDED
    same = bool(from_domain) and domains == [(from_domain or "").lower()]
    return Trust.PASSED if same else Trust.OTHER_DOMAIN


def _named(header: str) -> str:
    """The authserv-id a header begins with, however broken the rest of it is."""
    try:
        tokens = _tokens(header[:MAX_HEADER], strict=False)
    except ValueError:
        return ""
    return tokens[0].lower() if tokens and (len(tokens) == 1 or tokens[1] != "=") else ""


# ---------------------------------------------------------------- RFC 8601, section 2.2

_SPACE = re.compile(r"[ \t\r\n]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_VALUE = re.compile(r'[^\s;="()]+')
_METHOD = re.compile(r"[a-z0-9-]+(?:/1)?", re.IGNORECASE)


def parse(header: str) -> Results:
    """Take one header apart. Raises ValueError when it does not keep to the grammar.

    Microsoft's two liberties are allowed: no authserv-id, and properties without a type (``action=none``).
    """
    if len(header) > MAX_HEADER:
        raise ValueError("too long")
    groups = _split(_tokens(header))
    authserv_id = ""
    if len(groups[0]) < 2 or groups[0][1] != "=":
        first = groups.pop(0)
        if not first or first[0] == "=" or first[1:] not in ([], ["1"]):
            raise ValueError("no name")
        authserv_id = first[0].lower()
    if groups and not groups[-1]:
        groups.pop()  # a semicolon at the end
    if [[t.lower() for t in g] for g in groups] == [["none"]]:
        return Results(authserv_id, ())
    return Results(authserv_id, tuple(_result(group) for group in groups))


def _split(tokens: list[str]) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    for word in tokens:
        if word == ";":
            groups.append([])
        else:
            groups[-1].append(word)
    return groups


def _result(tokens: list[str]) -> Result:
    """One method, its value and its properties: ``dmarc = pass header.from = region.example``."""
    if len(tokens) % 3 or any(tokens[i + 1] != "=" for i in range(0, len(tokens), 3)) or not tokens:
        raise ValueError("not name=value")
    pairs = [(tokens[i].lower(), tokens[i + 2].lower()) for i in range(0, len(tokens), 3)]
    if any("=" in pair for pair in pairs) or not _METHOD.fullmatch(pairs[0][0]):
        raise ValueError("not name=value")
    return Result(pairs[0][0].removesuffix("/1"), pairs[0][1], tuple(pairs[1:]))


def _tokens(header: str, *, strict: bool = True) -> list[str]:
    """Words, quoted words, ``;`` and ``=``; comments left out. Not strict: only the first two, whatever follows."""
    tokens: list[str] = []
    position = 0
    while position < len(header) and (strict or len(tokens) < 2):
        if space := _SPACE.match(header, position):
            position = space.end()
        elif header[position] == "(":
            position = _after_comment(header, position)
        elif header[position] in ";=":
            tokens.append(header[position])
            position += 1
        elif found := _QUOTED.match(header, position) or _VALUE.match(header, position):
            tokens.append(re.sub(r"\\(.)", r"\1", found[1]) if found.re is _QUOTED else found[0])
            position = found.end()
        else:
            if not strict:
                return tokens
            raise ValueError("a sign that has no place here")
    return tokens


def _after_comment(header: str, position: int) -> int:
    """Past a comment; they nest."""
    depth, i = 0, position
    while i < len(header):
        c = header[i]
        depth += (c == "(") - (c == ")")
        i += 2 if c == "\\" else 1
        if depth == 0:
            return i
    raise ValueError("a comment without end")
