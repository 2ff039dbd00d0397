"""The bytes of a plan's file as text: in which encoding they were written, as far as that can be told.

A byte order mark tells it; without one, UTF-8 proves itself, and UTF-16 shows by its zeros. What is left is taken for
Windows-1252 only if every letter and mark is one that Swedish text has; the other old encodings give others, and a
file that may be in one of them is refused rather than read wrongly. Whoever takes a guess tells it.
"""

from __future__ import annotations

import codecs
import re
from typing import Literal, NamedTuple

from arende.errors import Invalid, Sentence

Encoding = Literal["UTF-8", "UTF-16", "Windows-1252"]

_MARKS: tuple[tuple[bytes, str, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_NO_TEXT = (b"%PDF", b"PK\x03\x04", b"{\\rtf", b"\xd0\xcf\x11\xe0")
"""What a PDF, a Word file or an RTF file begins with."""
_SWEDISH = frozenset("åäöÅÄÖéÉèÈüÜáàÁÀêëôóñçæøÆØß–—’‘”“•…·´»«§°½¼²³×±€µ\xa0\xad")
_ODD = re.compile(r"[^\W\d_][”“´»«§°½¼²³×±€][a-zåäö]|[\x00-\x08\x0b\x0e-\x1f\x7f]")
"""A mark in the middle of a word, as another encoding gives where it has a letter; or what no text has."""


class Source(NamedTuple):
    """The text, the encoding that it was read in, and whether that was a guess."""

    text: str
    encoding: Encoding = "UTF-8"
    guessed: bool = False

    @property
    def other(self) -> Encoding | None:
        """The encoding that is a doubt about the text; None where the file itself tells it."""
        return self.encoding if self.guessed else None

    @property
    def notice(self) -> Sentence | None:
        """What to tell whoever reads it in; None where the file is UTF-8."""
        if self.encoding == "UTF-8":
            return None
        if not self.guessed:
            return Sentence(f"Filen är läst som {self.encoding}.", f"The file was read as {self.encoding}.")
        return Sentence(
            f"Filen säger inte vilken teckenkodning den har. Den är läst som {self.encoding}: se efter att å, ä och ö"
            " är rätt.",
            f"The file does not tell its encoding. It was read as {self.encoding}: see that å, ä and ö are right.",
        )


def encoding_words(encoding: str) -> Sentence:
    """The doubt about a source that was kept and did not tell its encoding."""
    return Sentence(
        f"Filen är läst som {encoding}: se efter att å, ä och ö är rätt.",
        f"The file was read as {encoding}: see that å, ä and ö are right.",
    )


def read_source(name: str, data: bytes) -> Source:
    """The text of a file. Raises Invalid when it is no text, or one whose encoding cannot be told."""
    if data.startswith(_NO_TEXT):
        raise _unfit(name)
    try:
        for mark, codec, called in _MARKS:
            if data.startswith(mark):
                return _sound(name, Source(data.decode(codec), called))
        if wide := _wide(data):
            return _sound(name, Source(data.decode(wide), "UTF-16", guessed=True))
        return Source(data.decode())
    except UnicodeDecodeError:
        return _old(name, data)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of text in Latin letters is zero."""
    if len(data) < 4 or len(data) % 2:
        return None
    first, second = data[::2].count(0), data[1::2].count(0)
    half = len(data) // 2
    if second > 0.7 * half and not first:
        return "utf-16-le"
    return "utf-16-be" if first > 0.7 * half and not second else None


def _old(name: str, data: bytes) -> Source:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    if not text or any(c not in _SWEDISH for c in text if c > "\x7f"):
        raise _unfit(name)
    return _sound(name, Source(text, "Windows-1252", guessed=True))


def _sound(name: str, found: Source) -> Source:
    if _ODD.search(found.text):
        raise _unfit(name)
    return found


def _unfit(name: str) -> Invalid:
    return Invalid(
        Sentence(
            f"{name} är ingen text vars teckenkodning går att avgöra. Spara planen som text (UTF-8) och läs in den.",
            f"{name} is no text whose encoding can be told. Save the plan as text (UTF-8) and read that in.",
        )
    )
