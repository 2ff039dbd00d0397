"""A letter as a word processor's file (DOCX), for editing: the same words under the same head. Needs python-docx.

``pip install arende[docx]`` brings it. What is edited there comes back to the case as a file of its own; the typeset
PDF on record is never changed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from arende import markdown
from arende.errors import Sentence, Unavailable
from arende.letters import Head, Letter
from arende.markdown import Block, Inline

DEEPEST_LIST = 3
"""Levels of lists that a word processor has styles for."""
SHORT = 600
"""Characters of a row that is kept together; a longer one may go over pages."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no file of XML can hold (XML 1.0, 2.2)."""
_WEB = re.compile("https?://|mailto:")


def docx(letter: Letter) -> bytes:
    """The letter as DOCX. Raises Unavailable where python-docx is not installed."""
    try:
        import docx as library
    except ImportError:
        raise Unavailable(
            Sentence(
                "Word-filer kräver python-docx. Installera det: pip install 'arende[docx]'.",
                "Word files need python-docx. Install it: pip install 'arende[docx]'.",
            )
        ) from None
    from arende import wordpaper

    letter = _fit(letter)
    file: Any = library.Document()
    wordpaper.lay_out(file, letter)
    file.add_heading(letter.title, 1)
    _blocks(file, letter.blocks)
    _closing(file, letter, wordpaper.labels(letter), wordpaper.MOST_NAMED)
    for title, blocks in letter.parts:
        file.add_heading(title, 1).paragraph_format.page_break_before = True
        _blocks(file, blocks)
    data = io.BytesIO()
    file.save(data)
    return data.getvalue()


def _fit(of: Any) -> Any:
    """The same with no character that a file of XML cannot hold."""
    if isinstance(of, str):
        return _NOT_XML.sub("", of)
    if isinstance(of, list | tuple):
        return type(of)(map(_fit, of))
    if isinstance(of, dict):
        return {key: _fit(value) for key, value in of.items()}
    if isinstance(of, Letter | Head):
        return replace(of, **{f.name: _fit(getattr(of, f.name)) for f in fields(of) if f.name != "data"})
    return of


# ---------------------------------------------------------------- who says it, and to whom


def _closing(file: Any, letter: Letter, say: dict[str, str], most: int) -> None:
    from docx.shared import Pt

    head = letter.head
    if head.sender:
        line = file.add_paragraph(head.sender)
        line.paragraph_format.space_before, line.paragraph_format.keep_with_next = Pt(18), bool(head.signatures)
    for n, signed in enumerate(head.signatures, 1):
        _signature(file, *signed).paragraph_format.keep_with_next = n < len(head.signatures)
    if head.contact:
        file.add_paragraph(head.contact).paragraph_format.space_before = Pt(18)
    copies = head.copies if len(head.recipients) <= most else head.recipients + head.copies
    for heading, names in ((say["enclosures"], head.enclosures), (say["copies"], copies)):
        if names:
            line = file.add_paragraph()
            line.add_run(heading).bold = True
            line.paragraph_format.space_before, line.paragraph_format.keep_with_next = Pt(14), True
            for name in names:
                file.add_paragraph(name, style="List Bullet")


def _signature(file: Any, name: str, title: str, how: str) -> Any:
    """Name and title; over them room and a line for a pen, where nobody has signed electronically."""
    from docx.shared import Mm, Pt

    if not how:
        pen = file.add_paragraph()
        shape = pen.paragraph_format
        shape.space_before, shape.space_after, shape.right_indent, shape.keep_with_next = Pt(30), 0, Mm(80), True
        _edged(pen, "bottom")
    line = file.add_paragraph()
    line.add_run(name).bold = True
    line.add_run("".join(f"\n{x}" for x in (title, how) if x))
    line.paragraph_format.space_before, line.paragraph_format.keep_together = Pt(12 if how else 0), True
    return line


def _edged(line: Any, side: str) -> None:
    """A thin line along one side of a paragraph."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    edges, edge = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", "4"), ("space", "4"), ("color", "56606A")):
        edge.set(qn(f"w:{key}"), value)
    edges.append(edge)
    after = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    line._p.get_or_add_pPr().insert_element_before(edges, *after)  # noqa: SLF001 – python-docx has no word for borders


# ---------------------------------------------------------------- the text


def _blocks(file: Any, blocks: Sequence[Block], style: str | None = None, deep: int = 0) -> None:
    for b in blocks:
        match b["t"]:
            case "h":
                _inline(file.add_heading("", min(b["l"], 9)), b["x"])
            case "ul" | "ol":
                _list(file, b, deep + 1)
            case "table":
                _table(
                    file, b, [row for o in blocks if o["t"] == "table" and o["head"] == b["head"] for row in o["rows"]]
                )
            case "quote":
                _blocks(file, b["b"], "Quote", deep)
            case "pre":
                file.add_paragraph(style=style).add_run(b["s"]).font.name = "Courier New"
            case "hr":
                _edged(file.add_paragraph(), "bottom")
            case _:
                _inline(file.add_paragraph(style=style), b["x"])


def _list(file: Any, b: Block, deep: int) -> None:
    """A list; what follows an item's first paragraph belongs to it, and each numbered list begins anew."""
    level = "" if deep == 1 else f" {min(deep, DEEPEST_LIST)}"
    numbered = b["t"] == "ol"
    count = _numbering(file, b["start"], f"List Number{level}") if numbered else None
    for item in b["items"]:
        first = len(item) > 0 and item[0]["t"] == "p"
        line = file.add_paragraph(style=f"List {'Number' if numbered else 'Bullet'}{level}")
        _inline(line, item[0]["x"] if first else [])
        if count is not None:
            counted = line._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 – python-docx has no word for counts
            counted.get_or_add_ilvl().val, counted.get_or_add_numId().val = 0, count
        _blocks(file, item[1:] if first else item, f"List Continue{level}", deep)


def _numbering(file: Any, start: int, style: str) -> int:
    """A count of its own that looks like the style's and begins at ``start``."""
    numbering = file.part.numbering_part.element
    of_style = file.styles[style].element.pPr.numPr.numId.val
    count = numbering.add_num(numbering.num_having_numId(of_style).abstractNumId.val)
    count.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(count.numId)


# ---------------------------------------------------------------- tables


def _table(file: Any, b: Block, alike: Sequence[list[list[Inline]]]) -> None:
    """``alike``: the rows of every table of the same headings, which all have columns of the same widths."""
    from arende.wordpaper import width

    headed = any(b["head"])
    rows = [b["head"], *b["rows"]] if headed else b["rows"]
    table = file.add_table(rows=0, cols=len(b["align"]), style="Table Grid" if headed else "Normal Table")
    table.autofit = False
    size = 8.5 if headed and len(b["align"]) > 4 else 9.5 if headed else 10.5
    widths = _widths([b["head"], *alike], width(file)) if headed else _of_facts(rows, width(file))
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide
    for n, row in enumerate(rows):
        _row(table.add_row(), row, widths, b["align"], size=size, is_heading=headed and n == 0, headed=headed)
    file.add_paragraph().paragraph_format.space_after = 0


def _row(
    line: Any,
    row: Sequence[list[Inline]],
    widths: Sequence[int],
    align: Sequence[str],
    *,
    size: float,
    is_heading: bool,
    headed: bool,
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    sides: Any = WD_ALIGN_PARAGRAPH

    for cell, inline, wide, side in zip(line.cells, row, widths, align, strict=False):
        cell.width = wide
        text = cell.paragraphs[0]
        text.paragraph_format.space_after = text.paragraph_format.space_before = Pt(2 if headed else 1)
        text.paragraph_format.alignment = sides[side.upper()]
        _inline(text, inline, **({"bold": True} if is_heading else {}))
        for run in text.runs:
            run.font.size = Pt(size)
    if sum(len(markdown.words(inline)) for inline in row) < SHORT:
        _mark(line, "w:cantSplit")
    if is_heading:
        _mark(line, "w:tblHeader")


def _mark(row: Any, name: str) -> None:
    """``cantSplit``: kept on one page; ``tblHeader``: the headings, told on each page and to a screen reader."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001 – python-docx has no word for it


def _widths(rows: Sequence[Sequence[list[Inline]]], whole: int) -> list[int]:
    """The columns' share of the width: by the most that stands in them, but room for their longest word."""
    shares = []
    for cells in zip(*rows, strict=False):
        texts = [markdown.words(cell) for cell in cells]
        word = max((len(w) for text in texts for w in re.split(r"[\s–/-]", text)), default=0)
        shares.append(max(min(word, 30), min(max(map(len, texts)), 160) ** 0.75, 4) + 2)
    return [int(whole * share / sum(shares)) for share in shares]


def _of_facts(rows: Sequence[Sequence[list[Inline]]], whole: int) -> list[int]:
    """What, and its value: the first column as wide as its words, within a third of the line."""
    from docx.shared import Mm

    what = min(whole // 3, max(len(markdown.words(row[0])) for row in rows) * Mm(2) + Mm(9))
    others = max(map(len, rows)) - 1
    return [what] + [(whole - what) // others] * others if others else [whole]


# ---------------------------------------------------------------- words


_LOOKS = {
    "strong": ("bold",),
    "em": ("italic",),
    "strike": ("strike",),
    "new": ("red", "underline"),
    "gone": ("red", "strike"),
    "mark": ("red", "bold"),
}


def _inline(paragraph: Any, inline: Iterable[Inline], **how: bool) -> None:
    for x in inline:
        if x["t"] == "br":
            paragraph.add_run().add_break()
        elif x["t"] == "link" and _WEB.match(x["to"]):
            _inline(_link(paragraph, x["to"]), x["x"], **{**how, "underline": True})
        elif "x" in x:
            named = _LOOKS.get(x["t"], ())
            _inline(paragraph, x["x"], **{**how, **dict.fromkeys(named, True)})
        else:
            _looks(paragraph.add_run(x["s"]), how, x["t"])


def _looks(run: Any, how: dict[str, bool], kind: str) -> None:
    from docx.shared import RGBColor

    run.bold, run.italic, run.font.strike = how.get("bold"), how.get("italic"), how.get("strike")
    run.underline = how.get("underline")
    if kind == "code":
        run.font.name = "Courier New"
    if how.get("red"):
        run.font.color.rgb = RGBColor(0xB3, 0x00, 0x1B)


def _link(paragraph: Any, to: str) -> Any:
    """A link in the paragraph, to write its words in."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    link: Any = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(to, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    paragraph._p.append(link)  # noqa: SLF001 – python-docx reads links and has no word to make one

    return Paragraph(link, paragraph._parent)  # noqa: SLF001 – what writes at a paragraph's end writes in the link
