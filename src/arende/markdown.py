"""Markdown as blocks: what a letter's template wrote, as data that a typesetter or a word processor lays out.

Values are escaped before they get here (``escape``), so that nobody's words become structure. Only text that a case
type declares as Markdown (``Prose``) keeps its own paragraphs, lists and emphasis: it is read by itself and put in
its place afterwards, so that what is left open in it, such as a fence, cannot swallow the rest of the letter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from arende.templating import NOT_SHOWN

Block = dict[str, Any]
"""``{"t": "h", "l": 2, "x": […]}``, ``p``, ``ul``, ``ol``, ``table``, ``quote``, ``pre``, ``hr``; ``x`` is inline."""
Inline = dict[str, Any]
"""``{"t": "text", "s": "…"}``, ``strong``, ``em``, ``strike``, ``code``, ``link``, ``br``; ``new``, ``gone``, ``mark``
where two versions are compared."""

DEEPEST = 4
"""Levels of headings; deeper ones are set like the last."""
_OPEN, _SHUT = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(=?[0-9a-f]*){_SHUT}")
_NOTHING = re.compile("[\\s\u00ad\u200b-\u200d\u2060\u180e\u034f]*")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class Unfit(ValueError):
    """The Markdown holds something that no letter can carry; ``sv`` and ``en`` say what."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


class Prose(str):
    """Running text that may be Markdown: the value of a field of the type ``markdown``."""

    __slots__ = ()

    def mark(self) -> str:
        """What stands for it in a template's Markdown until it is read by itself."""
        return f"{_OPEN}{self.encode().hex()}{_SHUT}"


class Changed(str):
    """A line whose changes are shown: its words, and which of them are new, gone, or tell what the change is."""

    __slots__ = ("parts",)
    parts: tuple[tuple[str, str], ...]
    """Kind – ``same``, ``new``, ``gone`` or ``mark`` – and words."""

    def __new__(cls, parts: Iterable[tuple[str, str]]) -> Changed:
        """From its parts, in reading order."""
        found = tuple(parts)
        line = super().__new__(cls, " ".join(text for _, text in found))
        line.parts = found
        return line

    def mark(self) -> str:
        """What stands for it in a template's Markdown."""
        return f"{_OPEN}={json.dumps(self.parts).encode().hex()}{_SHUT}"


def escape(value: object) -> str:
    """A value as Markdown that means just these characters: on one line, nothing in it is markup."""
    line = " ".join(str(value).replace(_OPEN, "").replace(_SHUT, "").split())
    return _PUNCTUATION.sub(r"\\\1", line)


def blocks(text: str) -> list[Block]:
    """The text as blocks. Raises Unfit for a picture, which a letter takes from its letterhead only."""
    return _in_order(_read(text), 0)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _read(text: str) -> list[Block]:
    return [b for node in SyntaxTreeNode(_parser().parse(text)).children for b in _block(node)]


def _block(node: SyntaxTreeNode) -> Iterable[Block]:
    match node.type:
        case "heading":
            inline = _inlines(node.children)
            if not _NOTHING.fullmatch(words(inline)):  # a heading of nothing: no page has room for it
                yield {"t": "h", "l": int(node.tag[1]), "x": inline}
        case "paragraph":
            yield from _paragraph(_inlines(node.children))
        case "bullet_list" | "ordered_list":
            start = {"start": int(node.attrs.get("start", 1))} if node.type == "ordered_list" else {}
            items = [[b for child in item.children for b in _block(child)] for item in node.children]
            yield {"t": "ol" if start else "ul", **start, "items": items}
        case "table":
            yield _table(node)
        case "blockquote":
            yield {"t": "quote", "b": [b for child in node.children for b in _block(child)]}
        case "fence" | "code_block":
            yield {"t": "pre", "s": _shown(node.content.rstrip("\n"))}
        case "hr":
            yield {"t": "hr"}
        case _:
            yield {"t": "p", "x": [{"t": "text", "s": _shown(node.content)}]}


def _table(node: SyntaxTreeNode) -> Block:
    rows = [row for part in node.children for row in part.children]
    cells = [[_inlines(cell.children) for cell in row.children] for row in rows]
    styles = [str(cell.attrs.get("style", "")) for cell in rows[0].children]
    align = ["right" if "right" in s else "center" if "center" in s else "left" for s in styles]
    return {"t": "table", "align": align, "head": cells[0], "rows": cells[1:]}


def _inlines(nodes: Iterable[SyntaxTreeNode]) -> list[Inline]:
    return [x for node in nodes for x in _inline(node)]


def _inline(node: SyntaxTreeNode) -> Iterable[Inline]:
    match node.type:
        case "inline":
            yield from _inlines(node.children)
        case "text" | "text_special" | "html_inline":
            yield from _texts(node.content)
        case "strong" | "em":
            yield {"t": node.type, "x": _inlines(node.children)}
        case "s":
            yield {"t": "strike", "x": _inlines(node.children)}
        case "code_inline":
            yield {"t": "code", "s": _shown(node.content)}
        case "link":
            yield {"t": "link", "to": str(node.attrs.get("href", "")), "x": _inlines(node.children)}
        case "softbreak":
            yield {"t": "text", "s": " "}
        case "hardbreak":
            yield {"t": "br"}
        case "image":
            raise Unfit("en bild kan inte stå i texten", "a picture cannot stand in the text")
        case _:
            yield from _texts(node.content)


def _texts(text: str) -> Iterable[Inline]:
    """Text, and in it the marks of running texts."""
    for n, part in enumerate(_MARK.split(text)):
        if part.startswith("=") and n % 2:
            yield from _changed(json.loads(bytes.fromhex(part[1:])))
        elif part and n % 2:
            yield {"t": "prose", "s": bytes.fromhex(part).decode()}
        elif part:
            yield {"t": "text", "s": _shown(part)}


def _shown(text: str) -> str:
    """The words without what is never shown; in a running text it may have come as ``&#x202e;`` as well."""
    return NOT_SHOWN.sub("", text)


def _changed(parts: Iterable[tuple[str, str]]) -> Iterable[Inline]:
    """The parts of a changed line, a space between them."""
    for n, (kind, text) in enumerate(parts):
        if n:
            yield {"t": "text", "s": " "}
        said: Inline = {"t": "text", "s": _shown(text)}
        yield said if kind == "same" else {"t": kind, "x": [said]}


# ---------------------------------------------------------------- running texts in their place


def _paragraph(inline: Sequence[Inline]) -> Iterable[Block]:
    """A paragraph; one that is nothing but a running text is the blocks of that text."""
    if len(inline) == 1 and inline[0]["t"] == "prose":
        yield {"t": "prose", "b": _read(inline[0]["s"].replace(_OPEN, "").replace(_SHUT, ""))}
    elif inline:
        yield {"t": "p", "x": inline}


def _in_order(found: Sequence[Block], under: int) -> list[Block]:
    """Headings one level at a time, those of a running text below the heading it stands under; and no prose left."""
    done: list[Block] = []
    base = level = under
    for b in found:
        if b["t"] == "h":
            base = level = min(b["l"] + under, level + 1, DEEPEST)
            done.append({**b, "l": level, "x": _flat(b["x"])})
        elif b["t"] == "prose":
            inner = _in_order(b["b"], base)
            level = max((i["l"] for i in inner if i["t"] == "h"), default=level)
            done += inner
        else:
            done.append(_settled(b, base))
    return done


def _settled(b: Block, under: int) -> Block:
    """A block whose parts are in order too."""
    if b["t"] in ("ul", "ol"):
        return {**b, "items": [_in_order(item, under) for item in b["items"]]}
    if b["t"] == "quote":
        return {**b, "b": _in_order(b["b"], under)}
    if b["t"] == "table":
        return {**b, "head": [_flat(c) for c in b["head"]], "rows": [[_flat(c) for c in r] for r in b["rows"]]}
    return {**b, "x": _flat(b["x"])} if "x" in b else b


def _flat(inline: Iterable[Inline]) -> list[Inline]:
    """Inline content; a running text in the middle of a line is its words on one line."""
    done: list[Inline] = []
    for x in inline:
        if x["t"] == "prose":
            done.append({"t": "text", "s": " ".join(plain(_in_order(_read(x["s"]), 0)).split())})
        else:
            done.append({**x, "x": _flat(x["x"])} if "x" in x else x)
    return done


def every(found: Iterable[Block]) -> Iterable[Block]:
    """Each block, and each that stands in another."""
    for b in found:
        yield b
        for inner in (b.get("b", []), *b.get("items", [])):
            yield from every(inner)


# ---------------------------------------------------------------- as plain text


def plain(found: Iterable[Block]) -> str:
    """The words alone, a block on a line: what two versions are compared by."""
    return "\n".join(line for b in found for line in _lines(b))


def _lines(b: Block) -> Iterable[str]:
    match b["t"]:
        case "ul" | "ol":
            yield from (f"- {plain(item)}" for item in b["items"])
        case "table":
            yield from (" | ".join(words(cell) for cell in row) for row in (b["head"], *b["rows"]) if any(row))
        case "quote" | "prose":
            yield from (line for inner in b["b"] for line in _lines(inner))
        case "pre":
            yield str(b["s"])
        case "hr":
            return
        case _:
            yield words(b["x"])


def words(inline: Iterable[Inline]) -> str:
    """Inline content as text."""
    return "".join(" " if x["t"] == "br" else str(x["s"]) if "s" in x else words(x["x"]) for x in inline)
