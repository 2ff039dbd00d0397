"""Which body follows which: written by the case of the change, read wherever a body that has ended is still named."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from arende.models import case_column, id_column, metadata

successions = Table(
    "successions",  # takes effect when the body has ended and the successor exists; the latest of a body counts
    metadata,
    id_column(),
    case_column(),  # the change of organisation
    Column("seq", Integer, nullable=False),
    Column("body", String(64), nullable=False),
    Column("successor", String(64), nullable=False),
    Index(None, "body"),
)
