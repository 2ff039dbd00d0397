"""A plan as a table out of a spreadsheet: CSV with ``;``, ``,`` or tabs between the cells, and known headings.

A cell stands in the first row that it covers: an empty one belongs to what stands above it, and so does one that says
the same again. What a column says that the plan has no place for is kept as a note; a value that cannot be read too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from arende.errors import Invalid, Sentence
from arende.operationalplan import KINDS, STATUS_WORDS, Doubt, Entry, Kind, Plan, Status, doubted, fits
from arende.planrows import mark_of
from arende.plantext import numbers_of

HEADINGS: dict[str, str] = {
    **dict.fromkeys(("avsnitt", "sektion", "section"), "section"),
    **dict.fromkeys(("prioriteringsområden", "prioriteringsområde", "område", "priority area", "area"), "area"),
    **dict.fromkeys(("prioriteringar", "prioritering", "priority"), "priority"),
    **dict.fromkeys(("förvaltningens uppdrag", "uppdrag", "assignment"), "assignment"),
    **dict.fromkeys(("aktiviteter", "aktivitet", "activity", "activities"), "activity"),
    **dict.fromkeys(("nr", "nummer", "siffra", "number"), "numbers"),
    **dict.fromkeys(("ansvarig", "ansvariga", "ansvar", "owner"), "owner"),
    **dict.fromkeys(("status", "läge"), "status"),
    **dict.fromkeys(("start", "startdatum", "börjar", "start date"), "starts"),
    **dict.fromkeys(("slut", "slutdatum", "klar senast", "klart senast", "senast", "end date", "end"), "ends"),
    **dict.fromkeys(("anmärkning", "kommentar", "not", "note"), "note"),
}
"""Heading in lower case → what stands in the column."""
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_NUMBERS = re.compile(r"[1-9]\d{0,2}(?:\s*(?:,|och|[-–])\s*[1-9]\d{0,2})*")
_STATUSES: dict[str, Status] = {word.casefold(): s for s, t in STATUS_WORDS.items() for word in (s, t.sv, t.en)}


@dataclass(slots=True)
class _Cell:
    """An entry that rows are still read into."""

    kind: Kind
    text: str
    line: int
    more: dict[str, Any] = field(default_factory=dict)
    below: list[_Cell] = field(default_factory=list)

    def entry(self) -> Entry:
        children = tuple(c.entry() for c in self.below)
        try:
            return Entry(kind=self.kind, text=self.text, line=self.line, children=children, **self.more)
        except ValidationError as e:
            place = str(e.errors(include_url=False)[0]["loc"][0])
            raise _wrong(self.line, f"{place} går inte att ta emot, det är för långt eller fel",
                         f"{place} cannot be taken, it is too long or wrong") from None  # fmt: skip


def between(text: str) -> str | None:
    """What stands between the cells, if the first line has the headings of a plan; None for any other text."""
    found = [(len(set(_columns(_head(text), sign))), sign) for sign in ";,\t"]
    most, sign = max(found)
    return sign if most > 1 and "activity" in _columns(_head(text), sign) else None


def read_sheet(name: str, text: str, title: str = "") -> Plan:
    """The plan that the table of a file tells. Raises Invalid with the line where it is no such table.

    A table has no title: the plan is called what its case is called, else after the file.
    """
    sign, title = between(text) or ";", title or re.sub(r"\.\w{1,5}$", "", name) or "Verksamhetsplan"
    rows = _rows(text, sign)
    columns = next(rows)[1]
    open_: dict[Kind, _Cell] = {}
    sections: list[_Cell] = []
    for line, cells in rows:
        if len(cells) > len(columns):
            raise _wrong(line, "den har fler celler än rubriker; sätt citattecken om text som har skiljetecken i sig",
                         "it has more cells than headings; put quotes around text with separators in it")  # fmt: skip
        _take(line, dict(zip(columns, cells, strict=False)), open_, sections, title)
    plan = Plan(title=title[:4000], sections=tuple(s.entry() for s in sections))
    fits(plan)
    return doubted(plan)


def _take(line: int, row: dict[str, str], open_: dict[Kind, _Cell], sections: list[_Cell], title: str) -> None:
    """Put the cells of a row where they belong, and what the row says besides on the innermost of them."""
    last: _Cell | None = None
    for depth, kind in enumerate(KINDS):
        text = row.get(kind, "")
        same = kind in open_ and open_[kind].text == text and kind != "activity"
        if (same or not text) and (kind != "section" or open_):
            last = open_[kind] if same else last
            continue
        for inner in KINDS[depth:]:
            open_.pop(inner, None)
        last = open_[kind] = _Cell(kind, text or title, line)
        above = next((open_[k] for k in reversed(KINDS[:depth]) if k in open_), None)
        (above.below if above else sections).append(last)
    if last is None or not any(row.get(k) for k in KINDS):
        raise _wrong(line, "den har ingen text i någon av planens kolumner", "it has no text in any column of the plan")
    _tell(last, row)


def _tell(cell: _Cell, row: dict[str, str]) -> None:
    """What a row says of its innermost entry. What cannot be read, or has no place in a plan, is kept in its note."""
    notes = [row["note"]] if row.get("note") else []
    doubts = set[Doubt](cell.more.get("doubts", ()))
    if cell.kind in ("assignment", "activity") and "numbers" not in cell.more:
        cell.more["numbers"], cell.text = numbers_of(cell.text)
    for name, said in row.items():
        value = _value(name, said) if said else None
        if value is not None:
            cell.more[name] = value
        elif said and name not in (*KINDS, "note"):
            notes.append(f"{_OWN.get(name, name)}: {said}")
            doubts |= {"ends"} if name in ("starts", "ends") else {"unread"} if name in _OWN else set()
    note = "; ".join(notes)
    cell.more.update(note=note, change=mark_of(note), doubts=tuple(sorted(doubts)))


_OWN = {"numbers": "Nummer", "status": "Läge", "starts": "Startdatum", "ends": "Slutdatum"}


def _value(name: str, said: str) -> Any:
    """The value of a cell as the plan has it; None when it cannot be read, or the plan has no place for it."""
    if name == "owner":
        return said
    if name == "status":
        return _STATUSES.get(said.casefold())
    if name == "numbers":
        return (numbers_of(f"{said} x")[0] or None) if _NUMBERS.fullmatch(said) else None
    if name in ("starts", "ends") and (found := _DAY.fullmatch(said)):
        try:
            return date(*(int(part) for part in found.groups()))
        except ValueError:
            return None
    return None


# ---------------------------------------------------------------- lines and cells


def _head(text: str) -> str:
    lines = (line for line in io.StringIO(text) if line.strip() and not line.startswith("sep="))
    return next(lines, "")


def _columns(head: str, sign: str) -> list[str]:
    """What the columns with known headings hold."""
    cells = next(csv.reader([head], delimiter=sign), [])
    return [known for c in cells if (known := HEADINGS.get(" ".join(c.casefold().split())))]


def _rows(text: str, sign: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins on: first the columns, by what they hold, then the cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    line, first = 1, True
    try:
        for row in reader:
            cells = [" ".join(c.split()) for c in row]
            while len(cells) > 1 and not cells[-1]:
                cells.pop()
            if any(cells) and not (first and cells[0].startswith("sep=")):
                yield line, [HEADINGS.get(c.casefold(), c) for c in cells] if first else cells
                first = False
            line = reader.line_num + 1
    except csv.Error:
        raise _wrong(line, "ett citattecken står fel eller saknas", "a quote is wrong or missing") from None


def _wrong(line: int, sv: str, en: str) -> Invalid:
    return Invalid(
        Sentence(f"Rad {line} i tabellen går inte att läsa: {sv}.", f"Line {line} of the table cannot be read: {en}.")
    )
