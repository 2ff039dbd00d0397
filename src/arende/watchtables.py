"""Who watches which case: a person's own list, outside the record."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from arende.models import Id, Utc, actor_column, id_column, metadata

watches = Table(
    "watches",
    metadata,
    id_column(),
    Column("case_id", Id, ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    actor_column("actor_id", nullable=False),
    Column("since", Utc, nullable=False),
    UniqueConstraint("case_id", "actor_id"),
    Index(None, "actor_id"),
)
