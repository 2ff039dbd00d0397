"""The tables of what other programs use: the keys they come with, and the addresses that are told what happens."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, String, Table

from arende.models import Utc, actor_column, id_column, metadata

api_keys = Table(
    "api_keys",
    metadata,
    id_column(),
    Column("sha256", String(64), nullable=False, unique=True),  # of the key itself, which stands nowhere
    Column("name", String(100), nullable=False),  # which program has it
    actor_column("actor_id", nullable=False),  # as whom the program acts
    Column("role", String(8), nullable=False),  # read | act
    actor_column("made_by_id", nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),  # some minutes behind, so that reading seldom writes
    Column("revoked_at", Utc),
    actor_column("revoked_by_id"),
    Index(None, "actor_id"),
    CheckConstraint("role IN ('read','act')", name="role"),
)
