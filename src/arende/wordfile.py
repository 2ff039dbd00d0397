"""A letter as a word processor's file (DOCX), for editing: the same words, no letterhead's finery. Needs python-docx.

``pip install arende[docx]`` brings it. What is edited there comes back to the case as a file of its own; the typeset
PDF on record is never changed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from arende.errors import Sentence, Unavailable
from arende.letters import Letter
from arende.markdown import Block, Inline


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
    file: Any = library.Document()
    _about(file, letter)
    _paper(file, letter)
    _letterhead(file, letter)
    file.add_heading(letter.title, 1)
    _blocks(file, letter.blocks)
    _closing(file, letter)
    for title, blocks in letter.parts:
        file.add_page_break()
        file.add_heading(title, 1)
        _blocks(file, blocks)
    data = io.BytesIO()
    file.save(data)
    return data.getvalue()


def _about(file: Any, letter: Letter) -> None:
    day = datetime.combine(letter.head.day, datetime.min.time())
    about = file.core_properties
    about.title, about.author, about.language = letter.title, letter.head.authority, letter.language
    about.created = about.modified = day
    about.subject, about.comments = letter.head.register_no, ""


LOCALES = {"sv": "sv-SE", "en": "en-GB"}


def _paper(file: Any, letter: Letter) -> None:
    """A4, lying where the letter is wide, and in the letter's language: spelling and screen readers go by it."""
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Mm

    section = file.sections[0]
    short, long = Mm(210), Mm(297)
    section.page_width, section.page_height = (long, short) if letter.head.wide else (short, long)
    section.orientation = WD_ORIENT.LANDSCAPE if letter.head.wide else WD_ORIENT.PORTRAIT
    for spoken in file.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), LOCALES.get(letter.language, letter.language))


def _letterhead(file: Any, letter: Letter) -> None:
    head = letter.head
    line = file.add_paragraph()
    line.add_run(head.authority).bold = True
    for more in (head.unit, head.kind, head.mark):
        if more:
            line.add_run(f"  ·  {more}")
    facts = [("Datum", head.day.isoformat()), ("Diarienummer", head.register_no), *head.facts]
    for label, value in facts:
        file.add_paragraph(f"{label}: {value}")
    if head.recipients:
        file.add_paragraph("Mottagare: " + ", ".join(head.recipients))


def _closing(file: Any, letter: Letter) -> None:
    head = letter.head
    if head.sender:
        file.add_paragraph(head.sender)
    for name, title, how in head.signatures:
        line = file.add_paragraph()
        line.add_run(name).bold = True
        line.add_run("".join(f"\n{x}" for x in (title, how) if x))
    if head.contact:
        file.add_paragraph(head.contact)
    for heading, names in (("Bilagor", head.enclosures), ("Sändlista", head.copies)):
        if names:
            file.add_paragraph().add_run(heading).bold = True
            for name in names:
                file.add_paragraph(name, style="List Bullet")


def _blocks(file: Any, blocks: Iterable[Block], style: str | None = None) -> None:
    for b in blocks:
        match b["t"]:
            case "h":
                file.add_heading("", min(b["l"], 9))
                _inline(file.paragraphs[-1], b["x"])
            case "ul" | "ol":
                for item in b["items"]:
                    _blocks(file, item, "List Number" if b["t"] == "ol" else "List Bullet")
            case "table":
                _table(file, b)
            case "quote":
                _blocks(file, b["b"], "Quote")
            case "pre":
                file.add_paragraph(b["s"])
            case "hr":
                pass
            case _:
                _inline(file.add_paragraph(style=style), b["x"])


def _table(file: Any, b: Block) -> None:
    headed = any(b["head"])
    table = file.add_table(rows=0, cols=len(b["align"]), style="Table Grid")
    for n, row in enumerate([b["head"], *b["rows"]] if headed else b["rows"]):
        line = table.add_row()
        for cell, inline in zip(line.cells, row, strict=False):
            _inline(cell.paragraphs[0], inline, **({"bold": True} if headed and n == 0 else {}))
        if headed and n == 0:
            _is_heading(line)
    file.add_paragraph()


def _is_heading(row: Any) -> None:
    """The row is the table's headings: told again on each page, and to a screen reader."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 – python-docx has no word for it


_LOOKS = {
    "strong": ("bold",),
    "em": ("italic",),
    "strike": ("strike",),
    "new": ("red", "underline"),
    "gone": ("red", "strike"),
    "mark": ("red", "bold"),
}


def _red() -> Any:
    from docx.shared import RGBColor  # only where python-docx is installed

    return RGBColor(0xB3, 0x00, 0x1B)


def _inline(paragraph: Any, inline: Iterable[Inline], **how: bool) -> None:
    for x in inline:
        if x["t"] == "br":
            paragraph.add_run().add_break()
        elif "x" in x:
            named = _LOOKS.get(x["t"], ())
            _inline(paragraph, x["x"], **{**how, **dict.fromkeys(named, True)})
        else:
            run = paragraph.add_run(x["s"])
            run.bold, run.italic, run.font.strike = how.get("bold"), how.get("italic"), how.get("strike")
            run.underline = how.get("underline")
            if how.get("red"):
                run.font.color.rgb = _red()
