"""What the writer of a mail wrote: the text without quoted mails, signatures and notices of confidentiality.

Line by line, over at most 64 000 characters and 500 lines, each test on a bounded piece: no mail makes it slow. What
is cut may only make the answer less certain, so text that somebody may have written below a quote or a signature is
kept apart in ``beside`` and ``signature``, where the grammar looks for words that contradict.
"""

from __future__ import annotations

from typing import NamedTuple

from arende.mailread import headers, marks

MAX_CHARACTERS = 64_000
MAX_LINES = 500
_INVISIBLE = "\ufeff\u200b\u2060 \t\u00a0"


class Trimmed(NamedTuple):
    """A text in its parts."""

    text: str
    """What the writer wrote; "" when there is nothing but quotes."""
    beside: str = ""
    """Unquoted text after a quote or after the line that a telephone adds, when there was text before it."""
    signature: str = ""
    """Below ``-- `` or a ruled line."""
    cut: bool = False
    """There was more than is looked at, and the writer's text had not ended by then."""


def trim(text: str, *, cut: bool = False) -> Trimmed:
    """Take the writer's own words out of a plain text. ``cut``: it is only the beginning of one."""
    lines = headers.composed(text[:MAX_CHARACTERS]).split("\n")
    cut = cut or len(text) > MAX_CHARACTERS or len(lines) > MAX_LINES
    return _Trimmer([line.strip(_INVISIBLE + "\r") for line in lines[:MAX_LINES]], cut).trimmed()


class _Trimmer:
    """Reads down the lines; ``place`` is where the current line belongs."""

    def __init__(self, lines: list[str], cut: bool) -> None:
        self.lines = lines
        self.cut = cut
        self.text: list[str] = []
        self.beside: list[str] = []
        self.signature: list[str] = []
        self.place = self.text
        self.ended = False
        """The text is over: a quote or signature came after it."""
        self.answers_below = False
        """A quote came before the text: an answer below the mail it answers, or between its lines."""

    def trimmed(self) -> Trimmed:
        i: int | None = self._after_banner()
        while i is not None and i < len(self.lines):
            i = self._step(i)
        whole = i is None or not self.cut or self.ended
        return Trimmed(_joined(self.text), _joined(self.beside), _joined(self.signature), not whole)

    def _after_banner(self) -> int:
        """Past the warning that some mail servers write on top: its paragraph, when a blank line ends it."""
        i = self._next_written(0)
        while i < len(self.lines) and marks.is_banner(self.lines[i]):
            end = next((j for j in range(i, min(i + 6, len(self.lines))) if not self.lines[j]), None)
            if end is None:
                return i
            i = self._next_written(end)
        return i

    def _next_written(self, start: int) -> int:
        return next((j for j in range(start, len(self.lines)) if self.lines[j]), len(self.lines))

    def _step(self, i: int) -> int | None:
        """Place the line at ``i``; the number of the next line, or None when only a quoted mail follows."""
        line = self.lines[i]
        if marks.begins_original(self.lines, i):
            return None
        if marks.is_quoted(line):
            return self._quote(i + 1)
        if length := marks.attribution(self.lines, i):
            following = self._next_written(i + length)
            if following < len(self.lines) and marks.is_quoted(self.lines[following]):
                return self._quote(following)
            return None
        if marks.is_signature(line):
            return self._end(self.signature, i + 1)
        if marks.is_sent_from(line):
            return self._end(self.beside, i + 1)
        if marks.is_notice(line) and any(self.text):
            return self._end(self.signature, self._after_paragraph(i))
        self.place.append(line)
        return i + 1

    def _quote(self, following: int) -> int:
        if self.place is self.text and (self.answers_below or not any(self.text)):
            self.answers_below = True
            return following
        return self._end(self.beside, following)

    def _end(self, place: list[str], following: int) -> int:
        self.place, self.ended = place, True
        return following

    def _after_paragraph(self, i: int) -> int:
        return next((j for j in range(i, len(self.lines)) if not self.lines[j]), len(self.lines))


def _joined(lines: list[str]) -> str:
    """The lines without blank ones at the ends, and never more than one blank line in a row."""
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join(kept).strip()
