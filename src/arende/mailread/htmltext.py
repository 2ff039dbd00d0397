"""The text of an HTML mail as its reader sees it, with quotes marked as in plain text.

Read by libxml2 as a stream of tags: linear, without a tree or recursion. What the sender hid – no size, no colour, not
displayed – is left out and reported, since hidden words must decide nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from arende.mailread import visibility

MAX_CHARACTERS = 500_000


def _words(listed: str) -> list[str]:
    return listed.split()


_BLOCKS = frozenset(
    _words("""
    address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr
    ul
    """)
)
_EMPTY = frozenset(_words("area base br col embed hr img input link meta param source track wbr"))
_NO_TEXT = frozenset(_words("head title script style template"))
_UNSEEN = frozenset(_words("select option textarea datalist object canvas audio video iframe svg math noframes"))
"""Text in these is not shown in a mail, or not as text."""
_QUOTES = frozenset({"moz-cite-prefix", "gmail_attr", "moz-signature", "gmail_signature"})
_ORIGINAL = frozenset({"divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "yahoo_quoted"})
"""Ids and classes after which nothing is the writer's."""
_SIGNATURES = frozenset({"moz-signature", "gmail_signature"})


class Shown(NamedTuple):
    """The text of an HTML mail."""

    text: str
    """Lines; those of a quote begin with ``>``."""
    hidden: bool
    """Text outside the quotes is there but cannot be seen."""


def shown(html: str) -> Shown:
    """The visible text of ``html``, at most the first 500 000 characters of it."""
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        parser.feed(html[:MAX_CHARACTERS].replace("\0", "\ufffd").encode("utf-8", "replace"))
        parser.close()
    except (etree.XMLSyntaxError, _Over):  # empty, or the writer's part is over
        pass
    return Shown("".join(reader.out), reader.hidden)


class _Over(Exception):
    pass


class _Open(NamedTuple):
    """An element that is open, and what holds inside it."""

    tag: str
    quoted: bool
    silent: bool
    """Its text is no text of the mail."""
    look: visibility.Look


_SPACE = re.compile(r"[ \t\r\n\f]+")
_ROOT = _Open("", False, False, visibility.PLAIN)


class _Reader:
    """Takes the tags as they come (lxml's parser target)."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.open: list[_Open] = []
        self.hidden = False
        self.blank = True
        """Nothing stands on the current line yet."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        outer = self.open[-1] if self.open else _ROOT
        names = set(attributes.get("class", "").lower().split()[:20]) | {attributes.get("id", "").lower()}
        if not outer.quoted and _is_original(names):
            raise _Over
        inner = _Open(
            tag,
            outer.quoted or tag == "blockquote" or bool(names & _QUOTES - _SIGNATURES),
            outer.silent or tag in _NO_TEXT,
            visibility.inside(outer.look, attributes, unseen=tag in _UNSEEN),
        )
        if tag in _BLOCKS or tag == "br":
            self._line(outer)
        if names & _SIGNATURES:
            self._write("-- ", outer)
            self._line(outer)
        if tag not in _EMPTY:
            self.open.append(inner)

    def end(self, tag: str) -> None:
        closed = self.open.pop() if self.open and tag not in _EMPTY else _ROOT
        if tag in _BLOCKS:
            self._line(closed)

    def data(self, text: str) -> None:
        here = self.open[-1] if self.open else _ROOT
        if here.silent:
            self.hidden = self.hidden or (here.tag == "style" and not here.quoted and visibility.sheet_hides(text))
            return
        self._write(_SPACE.sub(" ", text), here)

    def close(self) -> None:
        return None

    def _write(self, text: str, here: _Open) -> None:
        if here.silent:
            return
        if here.look.hidden:
            self.hidden = self.hidden or (not here.quoted and bool(visibility.letters(text)))
            return
        if self.blank:
            text = text.lstrip(" ")
            if text and here.quoted:
                self.out.append("> ")
        if text:
            self.out.append(text)
            self.blank = False

    def _line(self, here: _Open) -> None:
        if not here.silent and not here.look.hidden:
            self.out.append("\n")
            self.blank = True


def _is_original(names: set[str]) -> bool:
    return bool(names & _ORIGINAL)
