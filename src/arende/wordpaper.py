"""What a letter stands on as a word processor's file: paper, letterhead, styles, page numbers.

It follows ``_base/letter.typ`` as far as a word processor has something like it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from arende.letters import Letter

FONT = "Arial"
"""On every desk; the font of the PDF is not, and a word processor embeds none by itself."""
INK, QUIET, ACCENT, LINE = RGBColor(0x1C, 0x21, 0x26), RGBColor(0x56, 0x60, 0x6A), RGBColor(0x1D, 0x4F, 0x76), "C3CCD4"
LOCALES = {"sv": "sv-SE", "en": "en-GB"}
LABELS = {
    "sv": {"date": "Datum", "number": "Diarienummer", "to": "Mottagare", "page": "Sida", "enclosures": "Bilagor",
           "copies": "Sändlista", "listed": "Enligt sändlista"},
    "en": {"date": "Date", "number": "Case number", "to": "To", "page": "Page", "enclosures": "Enclosures",
           "copies": "Copies to", "listed": "As listed at the end"},
}  # fmt: skip
MOST_NAMED = 8
"""Recipients that the letterhead has room for; more are listed at the end."""
_SIZES = {"Heading 1": (16, 0, 14), "Heading 2": (11.5, 16, 6), "Heading 3": (10.5, 13, 5), "Heading 4": (10.5, 11, 5)}
_LISTS = ("List Bullet", "List Number", "List Continue")


def labels(letter: Letter) -> dict[str, str]:
    """The words around the text, in the letter's language."""
    return LABELS.get(letter.language, LABELS["sv"])


def lay_out(file: Any, letter: Letter) -> None:
    """An empty file with the letter's paper, styles, properties and letterhead."""
    _about(file, letter)
    _paper(file.sections[0], letter)
    _styles(file, letter)
    _running(file.sections[0], letter)
    _letterhead(file, letter)


def width(file: Any) -> int:
    """What is written on between the margins, in EMU."""
    section = file.sections[0]
    return int(section.page_width - section.left_margin - section.right_margin)


# ---------------------------------------------------------------- paper and styles


def _about(file: Any, letter: Letter) -> None:
    day = datetime.combine(letter.head.day, datetime.min.time())
    about = file.core_properties
    head = letter.head
    told = {"title": letter.title, "author": head.authority, "subject": head.kind, "keywords": head.register_no}
    for name, value in told.items():
        setattr(about, name, value[:255])  # no property may be longer
    about.language, about.comments = LOCALES.get(letter.language, letter.language), ""
    about.created = about.modified = day


def _paper(section: Any, letter: Letter) -> None:
    """A4, lying where the letter is wide."""
    wide = letter.head.wide
    short, long = Mm(210), Mm(297)
    section.page_width, section.page_height = (long, short) if wide else (short, long)
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.top_margin, section.bottom_margin = Mm(24), Mm(24 if wide else 28)
    section.left_margin, section.right_margin = (Mm(20), Mm(20)) if wide else (Mm(30), Mm(27))
    section.header_distance = section.footer_distance = Mm(12)


def _styles(file: Any, letter: Letter) -> None:
    """Font, sizes and language; spelling and screen readers go by the last."""
    locale = LOCALES.get(letter.language, letter.language)
    for spoken in file.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), locale)
    for spoken in file.settings.element.iter(qn("w:themeFontLang")):
        spoken.set(qn("w:val"), locale)
    for fonts in file.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
    _spaced(file.styles["Normal"], 10.5, 0, 8, INK)
    file.styles["Normal"].paragraph_format.line_spacing = 1.15
    for name, (size, above, below) in _SIZES.items():
        _spaced(file.styles[name], size, above, below, INK)
    file.styles["Heading 4"].font.bold, file.styles["Heading 4"].font.italic = False, True
    for name in (n + deep for n in _LISTS for deep in ("", " 2", " 3")):
        file.styles[name].paragraph_format.space_after = Pt(3)
    _ruled(file.styles["Table Grid"])


def _spaced(style: Any, size: float, above: float, below: float, colour: RGBColor) -> None:
    style.font.size, style.font.color.rgb = Pt(size), colour
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(above), Pt(below)


def _ruled(style: Any) -> None:
    """Tables with thin lines between the rows alone, as in the PDF."""
    for border in style.element.find(f".//{qn('w:tblBorders')}"):
        lying = border.tag in (qn("w:bottom"), qn("w:insideH"))
        border.set(qn("w:val"), "single" if lying else "nil")
        border.set(qn("w:color"), LINE)


# ---------------------------------------------------------------- what each page tells


def _running(section: Any, letter: Letter) -> None:
    """On the first page the letterhead stands; the others tell whose letter it is. The page's number is on all."""
    section.different_first_page_header_footer = True
    head = letter.head
    edge = section.page_width - section.left_margin - section.right_margin
    what = "  ·  ".join(w for w in (head.authority, head.kind) if w)
    _both_ends(section.header.paragraphs[0], what, edge).add_run(f"{head.register_no}   {head.day.isoformat()}")
    for foot in (section.first_page_footer, section.footer):
        line = _both_ends(foot.paragraphs[0], "  ·  ".join(head.foot), edge)
        line.add_run(f"{labels(letter)['page']} ")
        _field(line, "PAGE")
        line.add_run(" (")
        _field(line, "NUMPAGES")
        line.add_run(")")
    for style, size in (("Header", 8), ("Footer", 7.5)):
        found = section.part.document.styles[style]
        found.font.size, found.font.color.rgb = Pt(size), QUIET


def _both_ends(line: Any, left: str, edge: int) -> Any:
    """The line with words at its left end; what is added stands at its right end."""
    stops = line.paragraph_format.tab_stops
    for old in list(line.style.paragraph_format.tab_stops):
        stops.add_tab_stop(old.position, WD_TAB_ALIGNMENT.CLEAR)
    stops.add_tab_stop(edge, WD_TAB_ALIGNMENT.RIGHT)
    line.add_run(f"{left}\t")
    return line


def _field(line: Any, name: str) -> None:
    """What the word processor counts itself."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    shown = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    shown.append(text)
    field.append(shown)
    line._p.append(field)  # noqa: SLF001 – python-docx has no word for fields


# ---------------------------------------------------------------- letterhead


def _letterhead(file: Any, letter: Letter) -> None:
    head, say = letter.head, labels(letter)
    top = _both_ends(file.add_paragraph(), "", width(file))
    top.runs[0].text = ""
    _run(top, head.authority, 14, ACCENT, bold=True)
    _run(top, f"\t{head.kind}", 11, INK, bold=True)
    top.paragraph_format.space_after = Pt(2)
    if head.unit or head.mark:
        below = _both_ends(file.add_paragraph(), "", width(file))
        below.runs[0].text = ""
        _run(below, head.unit, 9, QUIET)
        _run(below, f"\t{head.mark}", 9, ACCENT, bold=True)
    top = file.paragraphs[-1]
    top.paragraph_format.space_after = Pt(20)
    to = (say["listed"],) if len(head.recipients) > MOST_NAMED else head.recipients
    facts = [(say["to"], to)] if to else []
    facts += [(label, (value,)) for label, value in
              ((say["date"], head.day.isoformat()), (say["number"], head.register_no), *head.facts)]  # fmt: skip
    for label, values in facts:
        _fact(file.add_paragraph(), label, values)
    file.paragraphs[-1].paragraph_format.space_after = Pt(24)


def _fact(line: Any, label: str, values: tuple[str, ...]) -> None:
    shape = line.paragraph_format
    shape.tab_stops.add_tab_stop(Mm(32))
    shape.left_indent, shape.first_line_indent, shape.space_after = Mm(32), -Mm(32), Pt(2)
    _run(line, f"{label}\t", 8, QUIET)
    _run(line, "\n".join(values), 9.5, INK)


def _run(line: Any, text: str, size: float, colour: RGBColor, *, bold: bool = False) -> None:
    run = line.add_run(text)
    run.bold, run.font.size, run.font.color.rgb = bold, Pt(size), colour
