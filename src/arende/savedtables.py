"""Searches of the register that somebody keeps under a name: outside the record, and never what they found."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, UniqueConstraint

from arende.models import Json, Utc, actor_column, id_column, metadata

saved_searches = Table(
    "saved_searches",
    metadata,
    id_column(),
    actor_column("owner_id", nullable=False),
    Column("called", String(100), nullable=False),
    Column("asked", Json, nullable=False),
    Column("shared_with", String(130)),  # registrar | secretary@rsau; NULL: the owner's alone
    Column("saved_at", Utc, nullable=False),
    UniqueConstraint("owner_id", "called"),
    Index(None, "shared_with"),
)
