"""A table as a spreadsheet's file (XLSX). Every cell is text or a day: nothing in it is ever calculated."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes what begins so for a formula (OWASP, CSV injection)."""


def harmless(value: str) -> str:
    """What a spreadsheet shows as it is, and does not carry out, also when it is saved as another kind of file."""
    return f"'{value}" if value.startswith(_RISKY) else value


def xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[str | date]]) -> bytes:
    """The table with its heads on top, which stay in sight and filter."""
    from openpyxl import Workbook  # takes a tenth of a second, and few ask for it

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_named(title))
    sheet.freeze_panes = "A2"
    for n, head in enumerate(heads):
        sheet.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n]].width = 60 if n == 2 else max(14, len(head) + 4)
    sheet.append([_cell(sheet, head, bold=True) for head in heads])
    count = 1
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[len(heads) - 1]}{count}"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: str | date, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet, harmless(ILLEGAL_CHARACTERS_RE.sub(" ", value)))
    cell.data_type = "s"  # else what begins with = would be a formula
    if bold:
        cell.font = Font(bold=True)
    return cell


def _named(title: str) -> str:
    """A sheet's name has at most 31 characters, and none of these."""
    return "".join(" " if c in r"[]:*?/\'" else c for c in title)[:31] or "1"
