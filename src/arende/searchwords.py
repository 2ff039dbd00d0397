"""What the register is searched by: what somebody asks for, and how it is written for the index.

A case has marks and words. A mark is what a filter chooses by – state, type, party, month – written as one word that
nobody types: ``=state=draft``. So the text index alone finds what a search asks for, whatever it combines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from arende.errors import Invalid, Sentence
from arende.register import parse_no

MOST_WORDS = 12
"""Words of one search; what is more is left out."""
ASKED = ("q", "state", "type", "party", "body", "officer", "from", "to", "open")
"""What a search may ask for, as an address names it."""
_WORD = re.compile(r"[^\W_]+\*?")
_NOT_A_MARK = re.compile(r"[^a-z0-9]")
_SHORT = 40
_DAY = timedelta(days=1)


class Wanted(NamedTuple):
    """A search of the register. What is None or empty is not asked for."""

    words: tuple[str, ...] = ()
    """Every one of them has to be there; ``plan*`` is any word that begins so."""
    number: str | None = None
    state: str | None = None
    type: str | None = None
    party: str | None = None
    body: str | None = None
    officer: str | None = None
    since: date | None = None
    """First and last day on which the case may have been opened."""
    until: date | None = None
    open: bool = False

    @property
    def anything(self) -> bool:
        """Whether anything is asked for at all."""
        return self != Wanted()


def wanted(asked: Mapping[str, str]) -> Wanted:
    """Read a search as an address or a command line gives it: ``q``, ``state``, ``from`` … Raises Invalid."""
    text = asked.get("q", "").strip()
    number = _number(text)
    since, until = (_day(asked.get(name, "")) for name in ("from", "to"))
    if since and until and since > until:
        raise Invalid(Sentence("Perioden slutar innan den börjar.", "The period ends before it begins."))
    return Wanted(
        words=() if number else typed(text),
        number=number,
        **{k: asked.get(k, "").strip()[:64] or None for k in ("state", "type", "party", "body", "officer")},
        since=since,
        until=until,
        open=asked.get("open", "") in ("1", "true", "on"),
    )


def typed(text: str) -> tuple[str, ...]:
    """The words of what somebody typed, in small letters, each once."""
    plain = unicodedata.normalize("NFC", text).lower()
    return tuple(dict.fromkeys(_WORD.findall(plain)))[:MOST_WORDS]


def _number(text: str) -> str | None:
    try:
        return str(parse_no(text)) if text else None
    except Invalid:
        return None


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        shown = "".join(c if c.isprintable() else " " for c in text)[:_SHORT]
        raise Invalid(
            Sentence(
                f"”{shown}” är ingen dag. Skriv den som 2026-03-31.", f'"{shown}" is no day. Write it as 2026-03-31.'
            )
        ) from None


# ---------------------------------------------------------------- marks


def mark(kind: str, value: str) -> str:
    """``=state=draft``: no word that is typed looks like it."""
    return f"={kind}={_NOT_A_MARK.sub('=', value.lower())}"


def marks_of(case: Mapping[str, Any], opened: date) -> str:
    """What a case's own row is chosen by; ``opened`` is the day in Stockholm."""
    found = [
        mark("state", case["state"]),
        mark("type", case["type"]),
        mark("year", str(opened.year)),
        mark("month", f"{opened:%Y-%m}"),
        mark("day", f"{opened}"),
        *([mark("officer", str(case["officer_id"]))] if case["officer_id"] else []),
        *([mark("open", "1")] if case["closed_at"] is None else []),
    ]
    return " ".join(found)


def times(since: date | None, until: date | None, first: date, last: date) -> list[str]:
    """Marks one of which every case of the period has, and no other case: whole years, whole months, days at its ends.

    ``first`` and ``last`` bound an open end; a period outside them has the mark that no case has.
    """
    day, end = max(since or first, first), min(until or last, last)
    found = []
    while day <= end:
        kind, written, following = _longest(day, end)
        found.append(mark(kind, written))
        day = following
    return found or [mark("day", "")]


def _longest(day: date, end: date) -> tuple[str, str, date]:
    """The year, month or day that begins with ``day`` and does not outlast ``end``, and the day after it."""
    year = date(day.year + 1, 1, 1)
    month = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    if (day.month, day.day) == (1, 1) and year - _DAY <= end:
        return "year", str(day.year), year
    if day.day == 1 and month - _DAY <= end:
        return "month", f"{day:%Y-%m}", month
    return "day", f"{day}", day + _DAY


# ---------------------------------------------------------------- the two languages of the databases


def fts5(marks: Iterable[Iterable[str]], words: Iterable[str]) -> str:
    """A question for SQLite: every group of marks gives one at least, every word is there."""
    groups = [" OR ".join(f'"{m}"' for m in group) for group in marks]
    written = [f'"{w[:-1]}"*' if w.endswith("*") else f'"{w}"' for w in words]
    return " AND ".join([*(f"({g})" for g in groups), *written])


def tsquery(marks: Iterable[Iterable[str]]) -> str:
    """The marks of a question for PostgreSQL, which takes them as they are."""
    return " & ".join("(" + " | ".join(f"'{m}'" for m in group) + ")" for group in marks)


def tswords(words: Iterable[str]) -> str:
    """The words of a question for PostgreSQL, which takes off their endings."""
    return " & ".join(f"'{w[:-1]}':*" if w.endswith("*") else f"'{w}'" for w in words)
