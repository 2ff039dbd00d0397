"""The tables of operational plans: the versions of a plan, the follow-up of its activities, the cases tied to them."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text, UniqueConstraint

from arende.models import Json, Utc, actor_column, case_column, id_column, metadata

plan_versions = Table(
    "plan_versions",
    metadata,
    id_column(),
    case_column(),
    Column("version", Integer, nullable=False),
    Column("content", Json, nullable=False),  # operationalplan.Plan, whole
    Column("counts", Json, nullable=False),  # operationalplan.counts of it
    Column("source", String(200), nullable=False),  # the name of the file that it was read from
    Column("encoding", String(16)),  # what it was read as, where it was not UTF-8
    Column("record_no", Integer, nullable=False),  # of that file as a record of the case
    Column("base", Json),  # {"register_no", "version", "decision"}: what it is compared with
    Column("seq", Integer, nullable=False),
    Column("kept_at", Utc, nullable=False),
    UniqueConstraint("case_id", "version"),
)

plan_follow_ups = Table(
    "plan_follow_ups",
    metadata,
    id_column(),
    case_column(),
    Column("activity", String(8), nullable=False),  # its key: A17
    Column("status", String(16), nullable=False),
    Column("comment", Text),
    Column("ends", Date),  # the day it is now to be done by
    actor_column("by_id", nullable=False),
    Column("followed_up_at", Utc, nullable=False),
    Column("seq", Integer, nullable=False),
    Index(None, "case_id", "activity"),
)

plan_links = Table(
    "plan_links",
    metadata,
    id_column(),
    case_column(),
    Column("activity", String(8), nullable=False),
    Column("other", String(32), nullable=False),  # diary number of the case that carries it out
    Column("seq", Integer, nullable=False),
    UniqueConstraint("case_id", "activity", "other"),
    Index(None, "other"),
)

OF_A_CASE = (plan_versions, plan_follow_ups, plan_links)
"""Tables that ``Work`` pictures, each by its case."""
