"""The table of kept plans: the meeting that a case is planned back from, and the chain of last days before it."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, String, Table, UniqueConstraint

from arende.models import Json, case_column, id_column, metadata

plans = Table(
    "plans",
    metadata,
    id_column(),
    case_column(),
    Column("body", String(64), nullable=False),
    Column("meeting", Date, nullable=False),
    Column("steps", Json, nullable=False),  # as backplan.Step has them, first things first
    Column("seq", Integer, nullable=False),
    UniqueConstraint("case_id"),
)
