"""The tables of what other programs use: the keys they come with, and the addresses that are told what happens."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from arende.models import Id, Json, Utc, actor_column, id_column, metadata

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

webhooks = Table(
    "webhooks",  # the events are what is promised; a row keeps how far its address has been told
    metadata,
    id_column(),
    Column("name", String(100), nullable=False),
    Column("url", String(500), nullable=False),
    Column("kinds", Json, nullable=False),  # which events: ["case.step"]; empty: all
    Column("key_id", String(16), nullable=False),  # the site key that its secret follows from
    actor_column("made_by_id", nullable=False),
    Column("made_at", Utc, nullable=False),
    actor_column("ended_by_id"),
    Column("ended_at", Utc),
    Column("last", Id, nullable=False),  # the last event told
    Column("missing", Json, nullable=False),  # events before it that were not there yet: id -> when that was seen
    Column("attempts", Integer, nullable=False),  # in vain, since it last went well
    Column("next_at", Utc, nullable=False),
    Column("told_at", Utc),
    Column("reply", String(200)),  # what came of the last attempt
    Column("stopped_at", Utc),  # given up, until an administrator begins it again
    Column("lease_by", String(64)),
    Column("lease_until", Utc),
)

webhook_deliveries = Table(
    "webhook_deliveries",  # what each address was told and what it answered; the newest, for looking at
    metadata,
    id_column(),
    Column("webhook_id", Id, ForeignKey("webhooks.id"), nullable=False),
    Column("message_id", String(36), nullable=False),  # as the receiver knows it; the same when it is sent again
    Column("name", String(200), nullable=False),
    Column("register_no", String(32), nullable=False),  # empty for a message on trial
    Column("case_type", String(64), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("occurred_at", Utc, nullable=False),
    Column("sent_at", Utc, nullable=False),
    Column("taken", Boolean, nullable=False),
    Column("reply", String(200), nullable=False),
    Index(None, "webhook_id", "id"),
)
