"""The tables of sign-in: who is signed in where, and the passwords of local accounts. No case hangs on them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, String, Table, Text, UniqueConstraint

from arende.models import Utc, actor_column, id_column, metadata

sessions = Table(
    "sessions",
    metadata,
    id_column(),
    Column("sha256", String(64), nullable=False, unique=True),  # of the cookie's secret, which stands nowhere
    actor_column("actor_id", nullable=False),
    Column("way", String(16), nullable=False),
    Column("assurance", String(200), nullable=False),  # what the identity provider said of how sure it is (acr)
    Column("opened_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),  # some minutes behind, so that reading seldom writes
    Column("expires_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("why", String(16)),
    Index(None, "actor_id"),
    Index(None, "expires_at"),
    CheckConstraint("way IN ('demo','password','oidc')", name="way"),
)

passwords = Table(
    "passwords",
    metadata,
    id_column(),
    actor_column("actor_id", nullable=False),
    Column("hash", Text, nullable=False),  # argon2id, with its salt and cost
    Column("set_at", Utc, nullable=False),
    UniqueConstraint("actor_id"),
)
