"""What persons have said of themselves: days away, how they want mails and pages; and what they have not sent yet."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, String, Table, UniqueConstraint

from arende.models import Json, Utc, actor_column, id_column, metadata

absences = Table(
    "absences",
    metadata,
    id_column(),
    actor_column("actor_id", nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    actor_column("reported_by_id", nullable=False),
    Column("reported_at", Utc, nullable=False),
    Column("ended_at", Utc),  # taken back: it no longer counts
    CheckConstraint("last_day >= first_day", name="days"),
    Index(None, "actor_id", "last_day"),
)
"""Why somebody is away is nobody's business here, and is not stored."""

mail_choices = Table(
    "mail_choices",
    metadata,
    id_column(),
    actor_column("actor_id", nullable=False),
    Column("mail", String(8), nullable=False),
    Column("chosen_at", Utc, nullable=False),
    UniqueConstraint("actor_id"),
    CheckConstraint("mail IN ('each','digest')", name="mail"),
)
"""A person's own choice, which goes before the one in the people file."""

shortcut_choices = Table(
    "shortcut_choices",
    metadata,
    id_column(),
    actor_column("actor_id", nullable=False),
    Column("used", Boolean, nullable=False),
    Column("chosen_at", Utc, nullable=False),
    UniqueConstraint("actor_id"),
)
"""Whether the keys of the pages are on for a person. No row: they are."""

drafts = Table(
    "drafts",
    metadata,
    id_column(),
    actor_column("owner_id", nullable=False),
    Column("place", String(300), nullable=False),  # the address of the form
    Column("fields", Json, nullable=False),  # {"title": ["Om kustleden"]}
    Column("saved_at", Utc, nullable=False),
    UniqueConstraint("owner_id", "place"),
    Index(None, "saved_at"),
)
"""What somebody has begun to write in a form and not sent: no record of the authority until then (TF 2:12)."""
