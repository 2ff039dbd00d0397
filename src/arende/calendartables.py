"""The table of calendar addresses: each a secret, kept as its SHA-256, that shows one person's or body's days."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, String, Table, UniqueConstraint

from arende.models import Utc, id_column, metadata

calendar_links = Table(
    "calendar_links",
    metadata,
    id_column(),
    Column("kind", String(8), nullable=False),  # person | body
    Column("subject", String(64), nullable=False),  # its key
    Column("n", Integer, nullable=False),  # 1 for the first address, and so on: the secret follows from it
    Column("sha256", String(64), nullable=False, unique=True),
    Column("key_id", String(16), nullable=False),  # the site key it is derived from
    Column("issued_at", Utc, nullable=False),
    Column("revoked_at", Utc),
    UniqueConstraint("kind", "subject", "n"),
    CheckConstraint("kind IN ('person','body')", name="kind"),
)
