"""Positions from a forum's notes: a CSV file, with a semicolon or a comma between the columns."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arende.answercommands import Position

COLUMNS = {"party": "party", "stance": "stance", "body": "body", "date": "decided_on", "section": "section",
           "ref": "party_ref", "comment": "comment"}  # fmt: skip
"""Column → what it is called in the command."""


def positions(text: str) -> tuple[Position, ...]:
    """The positions of the file, in its order. Raises pydantic.ValidationError for a value that does not fit."""
    from arende.answercommands import Position

    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    return tuple(Position.model_validate(_given(row)) for row in rows if any(row.values()))


def _given(row: dict[str, str | None]) -> dict[str, str]:
    """Empty cells are left out; a column that is not known is refused with its name."""
    named = {COLUMNS.get((k or "").strip().lower(), (k or "?").strip()): v for k, v in row.items()}
    return {k: v.strip() for k, v in named.items() if v and v.strip()}
