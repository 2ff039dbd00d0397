"""Diary numbers: ``RS200982`` = series RS, the year the case was opened (2020), serial 0982 (OSL 5:1–2).

A serial is given once per series and year, in order, beginning with 1. Who gives the next one is ``work.py``; this
module knows only how a number is written and read.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from arende.errors import Invalid, Refused, Sentence

LAST_SERIAL = 9999

_WRITTEN = re.compile(r"([A-ZÅÄÖ]{2,6})\s?([0-9]{2})([0-9]{4})")
_SERIES = re.compile(r"[A-ZÅÄÖ]{2,6}")


class RegisterNo(NamedTuple):
    """A diary number in its parts. ``year`` has four digits: a diary number's 20 is 2020."""

    series: str
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.series}{self.year % 100:02}{self.serial:04}"


def format_no(series: str, year: int, serial: int) -> str:
    """The diary number as it is written: ``format_no("RS", 2020, 982)`` is RS200982.

    ``year`` may have two digits or four. Raises Invalid for a series, year or serial that cannot be written so.
    """
    if not _SERIES.fullmatch(series):
        raise Invalid(
            Sentence(
                f"”{_shown(series)}” kan inte vara en diarieserie. En serie är 2–6 versaler, till exempel RS.",
                f'"{_shown(series)}" cannot be a diary series. A series is 2–6 capital letters, for example RS.',
            )
        )
    if not (0 <= year <= 99 or 2000 <= year <= 2099):
        raise Invalid(
            Sentence(
                f"Året {year} kan inte skrivas i ett diarienummer; det går för 2000–2099.",
                f"The year {year} cannot be written in a diary number; 2000–2099 can.",
            )
        )
    if not 1 <= serial <= LAST_SERIAL:
        raise Invalid(
            Sentence(
                f"Löpnumret {serial} kan inte skrivas i ett diarienummer; det går för 1–{LAST_SERIAL}.",
                f"The serial {serial} cannot be written in a diary number; 1–{LAST_SERIAL} can.",
            )
        )
    return str(RegisterNo(series, 2000 + year % 100, serial))


def parse_no(text: str) -> RegisterNo:
    """Read a diary number as a person writes it: lower case and one space after the series are fine.

    Raises Invalid with a sentence that shows what a diary number looks like.
    """
    found = _WRITTEN.fullmatch(unicodedata.normalize("NFC", text).strip().upper())
    if found is None or found[3] == "0000":
        raise Invalid(
            Sentence(
                f"”{_shown(text)}” är inget diarienummer. Ett diarienummer ser ut så här: RS200982 "
                "(serie, årets två sista siffror, fyrsiffrigt löpnummer).",
                f'"{_shown(text)}" is not a diary number. A diary number looks like this: RS200982 '
                "(series, last two digits of the year, serial of four digits).",
            )
        )
    return RegisterNo(found[1], 2000 + int(found[2]), int(found[3]))


def number_in(text: str) -> str:
    """The diary number that a text is, as it is written; empty where it is none."""
    try:
        return str(parse_no(text))
    except Invalid:
        return ""


def next_no(series: str, year: int, last: int) -> str:
    """The number after ``last`` (0 when none is given yet). Raises Refused when the series is full for the year."""
    if last >= LAST_SERIAL:
        raise Refused(
            Sentence(
                f"Diarieserien {series} är full för {year}: {LAST_SERIAL} nummer är givna. Öppna en serie till.",
                f"The diary series {series} is full for {year}: {LAST_SERIAL} numbers are given. Open another series.",
            )
        )
    return format_no(series, year, last + 1)


def _shown(text: str) -> str:
    """What was written, fit for a sentence: bounded, on one line, without characters that cannot be seen."""
    visible = "".join(c if c.isprintable() else " " for c in text.strip())
    return visible if len(visible) <= 40 else f"{visible[:40]}…"
