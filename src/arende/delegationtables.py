"""The delegation order: what a board has delegated, to whom, within which limits (KL 6:37, 7:5)."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, String, Table, UniqueConstraint

from arende.models import Json, id_column, metadata

delegation_points = Table(
    "delegation_points",
    metadata,
    id_column(),
    Column("key", String(32), nullable=False),  # as it is numbered in the order: 3.2
    Column("body", String(64), nullable=False),
    Column("title_sv", String(300), nullable=False),
    Column("title_en", String(300)),
    Column("offices", Json, nullable=False),  # manager@regionkontoret
    Column("max_amount", String(32)),  # a decimal, as text; NULL where there is no limit
    Column("regime", String(32), nullable=False),
    Column("reported", Boolean, nullable=False),  # whether the board wants such decisions reported (KL 6:40)
    Column("decided_on", Date, nullable=False),
    Column("section", String(200), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    UniqueConstraint("key"),
)
