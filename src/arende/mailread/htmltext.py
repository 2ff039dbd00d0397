"""The text of an HTML mail as its reader sees it, with quotes marked as in plain text.

Read by libxml2 as a stream of tags: linear, without a tree or recursion. What the sender hid – no size, no colour, not
displayed – is left out and reported, since hidden words must decide nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from arende.mailread import visibility

HIDDEN = "\ue000"
"""A character for private use, which no mail program writes."""
MAX_CHARACTERS = 500_000
MAX_TEXT = 64_000
MAX_TAGS = 15_000


def _words(listed: str) -> list[str]:
    return listed.split()


_BLOCKS = frozenset(
    _words("""
    address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr
    ul
    """)
)
_APART = frozenset(_words("p table hr h1 h2 h3 h4 h5 h6 ul ol"))
"""A blank line stands around these."""
_EMPTY = frozenset(_words("area base br col embed hr img input link meta param source track wbr"))
_NO_TEXT = frozenset(_words("head title script style template"))
_UNSEEN = frozenset(
    _words("select option textarea datalist object canvas audio video iframe svg math noframes s strike del")
)
"""Text in these is not shown in a mail, or not as text; or it is struck out, which takes it back."""
_SPECIAL = _NO_TEXT | _UNSEEN | {"blockquote"}
_QUOTES = frozenset({"moz-cite-prefix", "gmail_attr"})
_BAR = re.compile(r"border-(?:left|inline-start)\s*:\s*(?!none|hidden|0)", re.IGNORECASE)
"""A line along the left, by which Outlook and others show what somebody else wrote."""
_ORIGINAL = frozenset({"divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "yahoo_quoted"})
"""Ids and classes after which nothing is the writer's."""
_SIGNATURES = frozenset({"moz-signature", "gmail_signature"})


class Shown(NamedTuple):
    """The text of an HTML mail."""

    text: str
    """Lines; those of a quote begin with ``>``. A line of HIDDEN stands where text cannot be seen."""
    cut: bool
    """There was more of it than is looked at."""
    tags: int
    """How many tags were read."""


def shown(html: str, *, tags: int = MAX_TAGS) -> Shown:
    """The visible text of ``html``: of its first 500 000 characters, 64 000 of text and ``tags`` tags."""
    reader = _Reader(tags)
    parser = etree.HTMLParser(target=reader, encoding="utf-8", remove_comments=True, remove_pis=True)
    cut = len(html) > MAX_CHARACTERS
    try:
        parser.feed(html[:MAX_CHARACTERS].replace("\0", "\ufffd").encode("utf-8", "replace"))
        parser.close()
    except _Over:  # the quoted mail begins: the writer's part is over
        cut = False
    except _TooMuch:
        cut = True
    except etree.XMLSyntaxError:  # empty
        pass
    return Shown("".join(reader.out), cut, reader.tags)


class _Over(Exception):
    pass


class _TooMuch(Exception):
    pass


class _Open(NamedTuple):
    """An element that is open: what holds inside it."""

    quoted: bool
    silent: str
    """Its text is no text of the mail: "style", "silent", or ""."""
    look: visibility.Look


_SPACE = re.compile(r"[ \t\r\n\f]+")
_ROOT = _Open(False, "", visibility.PLAIN)


class _Reader:
    """Takes the tags as they come (lxml's parser target)."""

    def __init__(self, most: int) -> None:
        self.out: list[str] = []
        self.open = [_ROOT]
        self.ends = 2
        """How many line ends the text ends with; 2 when there is no text yet."""
        self.tags = 0
        self.most = most
        self.length = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.tags += 1
        if self.tags > self.most:
            raise _TooMuch
        outer = self.open[-1]
        if tag in _BLOCKS or tag == "br":
            self._lines(self.ends + 1 if tag == "br" else 2 if tag in _APART else 1, outer)
        if tag not in _EMPTY:
            self.open.append(self._inside(tag, attributes, outer))

    def _inside(self, tag: str, attributes: dict[str, str], outer: _Open) -> _Open:
        if not attributes and tag not in _SPECIAL:
            return outer
        names = {*attributes.get("class", "").lower().split()[:20], attributes.get("id", "").lower()}
        if names & _ORIGINAL and not outer.quoted:
            raise _Over
        if names & _SIGNATURES:
            self._write("-- ", outer)
            self._lines(1, outer)
        return _Open(
            outer.quoted or tag == "blockquote" or bool(names & _QUOTES or _BAR.search(attributes.get("style", ""))),
            "style" if tag == "style" else "silent" if outer.silent or tag in _NO_TEXT else "",
            visibility.inside(outer.look, attributes, unseen=tag in _UNSEEN),
        )

    def end(self, tag: str) -> None:
        closed = self.open.pop() if len(self.open) > 1 and tag not in _EMPTY else _ROOT
        if tag in _BLOCKS:
            self._lines(2 if tag in _APART else 1, closed)

    def data(self, text: str) -> None:
        here = self.open[-1]
        if here.silent == "style" and not here.quoted and visibility.sheet_hides(text):
            self._mark()
        if not here.silent:
            self._write(_SPACE.sub(" ", text), here)

    def close(self) -> None:
        return None

    def _write(self, text: str, here: _Open) -> None:
        if here.look.hidden:
            if not here.quoted and visibility.has_letters(text):
                self._mark()
            return
        if self.ends and (text := text.lstrip(" ")) and here.quoted:
            self.out.append("> ")
        if text:
            self.out.append(text)
            self.ends = 0
            self.length += len(text)
            if self.length > MAX_TEXT:
                raise _TooMuch

    def _mark(self) -> None:
        """Something stands here that cannot be seen."""
        self.out.append(f"\n{HIDDEN}\n")
        self.ends = 1

    def _lines(self, ends: int, here: _Open) -> None:
        """At least so many line ends."""
        if not here.silent and not here.look.hidden and ends > self.ends:
            self.out.append("\n" * (ends - self.ends))
            self.ends = ends
