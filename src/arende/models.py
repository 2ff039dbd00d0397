"""The tables. SQLAlchemy Core: rows are read and written by name, never as live objects.

Child rows carry ``case_id`` and natural keys (group, round, party), so that one command can write them all in a
single burst without waiting for generated ids.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An instant: aware in Python, stored in UTC. A naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite keeps no zone, so it is dropped there after conversion."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        moved = value.astimezone(UTC)
        return moved.replace(tzinfo=None) if dialect.name == "sqlite" else moved

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 – the signature is SQLAlchemy's
        """Back as an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True)
"""Read and written whole, never searched: so the plain type on both databases."""


def _id() -> Column[Any]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _case() -> Column[Any]:
    return Column("case_id", Id, ForeignKey("cases.id", ondelete="RESTRICT"), nullable=False)


def _actor(name: str, *, nullable: bool = True) -> Column[Any]:
    """A person, party or the system; never deleted, so history keeps its actors."""
    return Column(name, Id, ForeignKey("actors.id", ondelete="RESTRICT"), nullable=nullable)


id_column, case_column, actor_column = _id, _case, _actor
"""The same columns for tables of other modules."""

# ---------------------------------------------------------------- people

authority = Table(
    "authority",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("data", Json, nullable=False),
    CheckConstraint("id = 1", name="one_authority"),
)

actors = Table(
    "actors",
    metadata,
    _id(),
    Column("key", String(64), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),  # person | party | system
    Column("name", String(200), nullable=False),
    Column("title", String(200)),
    Column("email", String(254)),
    Column("language", String(2), nullable=False, server_default="sv"),
    Column("data", Json, nullable=False),
    Column("ended_on", Date),  # last day, whole; missing from a re-loaded people file = the day before that
    CheckConstraint("kind IN ('person','party','system')", name="kind"),
)

bodies = Table(
    "bodies",
    metadata,
    _id(),
    Column("key", String(64), nullable=False, unique=True),
    Column("name_sv", String(200), nullable=False),
    Column("name_en", String(200)),
    Column("short", String(32)),
    Column("kind", String(32), nullable=False),
    Column("parent", String(64)),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("data", Json, nullable=False),
)

offices = Table(
    "offices",
    metadata,
    _id(),
    _actor("actor_id", nullable=False),
    Column("office", String(64), nullable=False),
    Column("body", String(64), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("ordinal", Integer, nullable=False, server_default="0"),
    Column("political_party", String(200)),  # for whom the seat was won
    Column("came_from", String(16)),  # diary number of the change of organisation by which it passed on; NULL: the file
    UniqueConstraint("actor_id", "office", "body", "valid_from"),
    Index(None, "office", "body"),
)

substitutes = Table(
    "substitutes",
    metadata,
    _id(),
    _actor("actor_id", nullable=False),  # the absent
    _actor("substitute_id", nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("office", String(64)),  # only this office, or all
    Column("reason", String(500)),
    Column("ended_at", Utc),
    UniqueConstraint("actor_id", "substitute_id", "valid_from"),
    Index(None, "substitute_id"),
)

mandates = Table(
    "mandates",  # a board's decision that lets a formal act be answered by mail
    metadata,
    _id(),
    Column("key", String(64), nullable=False, unique=True),
    Column("body", String(64), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("section", String(32), nullable=False),
    Column("acts", Json, nullable=False),
    Column("ways", Json, nullable=False),  # reply | link
    Column("persons", Json, nullable=False),  # keys
    Column("offices", Json, nullable=False),  # chair@rs
    Column("note", String(500)),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
)

party_groups = Table(
    "party_groups",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("actor_id", Id, ForeignKey("actors.id", ondelete="RESTRICT"), primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("title", Json),
    Column("ended_on", Date),  # last day in the group
)

# ---------------------------------------------------------------- cases

definitions = Table(
    "definitions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("stored_at", Utc, nullable=False),
    UniqueConstraint("key", "version"),
)

counters = Table(
    "counters",
    metadata,
    Column("series", String(16), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("next", Integer, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    _id(),
    Column("register_no", String(16), nullable=False, unique=True),
    Column("series", String(16), nullable=False),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("type", String(64), nullable=False),
    Column("definition", String(64), ForeignKey("definitions.hash"), nullable=False),
    Column("title", String(500), nullable=False),
    Column("state", String(64), nullable=False),
    Column("previous_state", String(64)),
    Column("phase", String(16), nullable=False),
    Column("entered_at", Utc, nullable=False),  # when the present state was entered
    Column("entered_seq", Integer, nullable=False),
    Column("version", Integer, nullable=False),  # moves once per command
    Column("seq", Integer, nullable=False),  # number of the last event
    Column("head", String(64), nullable=False),  # hash of the last event
    Column("fields", Json, nullable=False),
    Column("secrecy", Boolean, nullable=False, server_default=text("false")),
    _actor("officer_id"),
    Column("due_at", Utc),  # the nearest open deadline, for lists
    Column("opened_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("closed_at", Utc),
    Column("ending", String(8)),  # voided | merged: ended otherwise than by its steps
    Column("continued_in", String(16)),  # diary number of the case that a merged one went up in
    UniqueConstraint("series", "year", "serial"),
    Index("ix_cases_recent", "changed_at", "id"),
    Index("ix_cases_state", "state", "changed_at"),
    Index("ix_cases_type", "type", "changed_at"),
    Index("ix_cases_officer", "officer_id", "changed_at"),
    Index("ix_cases_running", "officer_id", "due_at", "id", info={"where": "closed_at IS NULL"}),
)

commands = Table(
    "commands",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("body_sha256", String(64), nullable=False),
    Column("case_id", Id, ForeignKey("cases.id")),
    Column("outcome", Json, nullable=False),
    Column("recorded_at", Utc, nullable=False),
)

events = Table(
    "events",
    metadata,
    _id(),
    _case(),
    Column("seq", Integer, nullable=False),
    Column("command_id", String(36), nullable=False),
    Column("n", Integer, nullable=False),
    Column("kind", String(64), nullable=False),
    _actor("actor_id", nullable=False),
    _actor("on_behalf_of_id"),
    Column("authority", String(200)),
    Column("channel", String(16), nullable=False),
    Column("occurred_at", Utc, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    Column("payload", Json),  # NULL once removed by a recorded decision
    Column("salt", String(32)),
    Column("payload_sha256", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("case_id", "seq"),
    UniqueConstraint("command_id", "n"),
)

notes = Table(
    "notes",  # working notes: outside the record, cleared at closing (TF 2:12)
    metadata,
    _id(),
    _case(),
    _actor("author_id", nullable=False),
    Column("text", Text, nullable=False),
    Column("written_at", Utc, nullable=False),
    Index(None, "case_id"),
)

documents = Table(
    "documents",
    metadata,
    _id(),
    _case(),
    Column("key", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("record_no", Integer, nullable=False),  # aktbilaga: running number in the case
    Column("direction", String(16), nullable=False),  # drawn_up | incoming | outgoing
    Column("name", String(255), nullable=False),
    Column("media_type", String(127), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("source", String(64)),  # SHA-256 of the letter as JSON that it was typeset from; NULL: a file that came in
    Column("added_seq", Integer, nullable=False),
    Column("added_at", Utc, nullable=False),
    _actor("added_by_id", nullable=False),
    Column("access", String(16)),  # unchecked | public | secret, of what the system filed; NULL: filed by a person
    Column("inbound_id", Id, ForeignKey("inbound.id", ondelete="RESTRICT")),  # the mail that it came with
    Column("moved_to", String(16)),  # diary number of the case that it was moved to
    UniqueConstraint("case_id", "key", "version"),
    UniqueConstraint("case_id", "record_no"),
    Index(None, "sha256"),  # whether a file in storage is still named
    Index("ix_documents_unchecked", "added_at", "id", info={"where": "access = 'unchecked'"}),
    CheckConstraint("access IN ('unchecked','public','secret')", name="access"),
)

relations = Table(
    "relations",
    metadata,
    _id(),
    _case(),
    Column("kind", String(64), nullable=False),
    Column("other", String(300), nullable=False),  # a diary number, or the name of something outside
    Column("seq", Integer, nullable=False),
    UniqueConstraint("case_id", "kind", "other"),
    Index(None, "other"),  # which cases are related to one
)

conflicts = Table(
    "conflicts",  # jäv, KL 6:28
    metadata,
    _id(),
    _case(),
    _actor("actor_id", nullable=False),
    Column("seq", Integer, nullable=False),
    Column("declared_at", Utc, nullable=False),
    UniqueConstraint("case_id", "actor_id"),
)

# ---------------------------------------------------------------- work

tasks = Table(
    "tasks",
    metadata,
    _id(),
    _case(),
    Column("seq", Integer, nullable=False),  # the event that opened it
    Column("n", Integer, nullable=False),  # its number among that event's tasks
    Column("act", String(64), nullable=False),
    Column("title", Json, nullable=False),  # {sv, en}
    Column("role", String(64), nullable=False),
    Column("office", String(130)),  # "secretary@rsau": whom a task for a group waits for
    _actor("assignee_id"),
    Column("state", String(16), nullable=False),  # open | done | cancelled
    Column("of_state", String(64)),  # closed when the case leaves this state; NULL: stays until done
    Column("due_at", Utc),
    Column("opened_at", Utc, nullable=False),
    _actor("done_by_id"),
    Column("done_at", Utc),
    Column("outcome", Json),
    UniqueConstraint("case_id", "seq", "n"),
    CheckConstraint("state IN ('open','done','cancelled')", name="state"),
    # Either on a person's list or on the office's; with one index for both, the planner walks the wrong one.
    Index("ix_tasks_mine", "assignee_id", "state", "due_at", info={"where": "assignee_id IS NOT NULL"}),
    Index("ix_tasks_office", "office", "state", "due_at", info={"where": "assignee_id IS NULL"}),
)

approvals = Table(
    "approvals",
    metadata,
    _id(),
    _case(),
    Column("key", String(64), nullable=False),  # group of requests, e.g. signature
    Column("round", Integer, nullable=False),
    _actor("approver_id", nullable=False),
    Column("role", String(64), nullable=False),
    Column("act", String(32), nullable=False),
    Column("level", String(8), nullable=False),
    Column("authority", String(200)),
    Column("state", String(16), nullable=False),
    # pending | approved | returned | rejected | recused | withdrawn | superseded | handed_over
    Column("text_sha256", String(64), nullable=False),
    Column("rule", Json, nullable=False),  # the effect as pinned: join and where each answer leads
    Column("seq", Integer, nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("due_at", Utc),
    _actor("decided_by_id"),
    _actor("on_behalf_of_id"),  # for whom: known already when a substitute is asked
    Column("decided_at", Utc),
    Column("comment", Text),
    Column("evidence", Json),  # channel, level and what was shown, of the answer that stands
    UniqueConstraint("case_id", "key", "round", "approver_id"),
    CheckConstraint(
        "state IN ('pending','approved','returned','rejected','recused','withdrawn','superseded','handed_over')",
        name="state",
    ),
    Index("ix_approvals_mine", "approver_id", "state", "due_at"),
    Index("ix_approvals_given", "decided_by_id", "decided_at"),
)

tokens = Table(
    "tokens",  # the secrets of approval mails, as their SHA-256: link or reply, one of each per mail
    metadata,
    _id(),
    _case(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("kind", String(8), nullable=False),  # link | reply; withdraw: of an answer given; answer: of a party asked
    Column("key", String(64), nullable=False),  # with round and approver_id: which request
    Column("round", Integer, nullable=False),
    _actor("approver_id", nullable=False),
    _actor("holder_id", nullable=False),  # whom the mail went to: the approver, or who steps in
    Column("text_sha256", String(64), nullable=False),
    Column("message_id", String(200), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
    Column("revoked_at", Utc),
    Column("why", String(16)),  # reminded | settled | superseded | withdrawn | recused | handed_over | guessed | leaked
    Column("misses", Integer, nullable=False, server_default="0"),  # answers with wrong control digits
    CheckConstraint("kind IN ('link','reply','answer','withdraw')", name="kind"),
    Index(None, "case_id"),
)

questions = Table(
    "questions",  # put to the case officer about a request, which goes on waiting
    metadata,
    _id(),
    _case(),
    Column("key", String(64), nullable=False),  # with round and approver_id: which request
    Column("round", Integer, nullable=False),
    _actor("approver_id", nullable=False),
    Column("seq", Integer, nullable=False),
    Column("question", Text, nullable=False),
    _actor("asked_by_id", nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("answer", Text),
    _actor("answered_by_id"),
    Column("answered_at", Utc),
    Index(None, "case_id"),
)

consultations = Table(
    "consultations",
    metadata,
    _id(),
    _case(),
    Column("key", String(64), nullable=False),
    Column("round", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),  # open | complete | expired | closed_early | withdrawn
    Column("rule", Json, nullable=False),  # the effect as pinned
    Column("seq", Integer, nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("reason", Text),
    Column("compiled", Json),  # {document, sha256}: the table of answers as last written
    UniqueConstraint("case_id", "key", "round"),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    _case(),
    Column("key", String(64), nullable=False),
    Column("round", Integer, nullable=False),
    _actor("party_id", nullable=False),
    Column("state", String(24), nullable=False),  # the fixed life cycle of domain: answer
    Column("due_at", Utc, nullable=False),
    Column("stance", String(32)),
    Column("body", String(200)),
    Column("decided_on", Date),
    Column("section", String(32)),
    Column("legal_force_on", Date),  # in a round of decisions: when the party's own gained it
    Column("party_ref", String(64)),
    Column("comment", Text),
    Column("documents", Json),  # record numbers
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("received_at", Utc),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("extension", Json),  # {until}: more time was granted
    Column("ordinal", Integer, nullable=False, server_default="0"),  # the order in which the parties are asked
    Column("message_id", String(200)),  # of the mail that asked: its delivery tells whether the party has it
    Column("reminders", Integer, nullable=False, server_default="0"),  # two at most
    Column("wish", Json),  # {until, reason, was, seq}: more time is asked for
    Column("pending", Json),  # what has come in and does not count before its authority has been verified
    Column("supplement", Json),  # {what, until, seq}
    Column("reply", Text),  # our reply, for the table of answers
    UniqueConstraint("case_id", "key", "round", "party_id"),
)

deadlines = Table(
    "deadlines",
    metadata,
    _id(),
    _case(),
    Column("key", String(130), nullable=False),  # state:draft · consultation:alignment · task:12.1
    Column("round", Integer, nullable=False),
    Column("step", String(16), nullable=False),  # remind | due | hand_over | escalate
    Column("n", Integer, nullable=False),
    Column("rule", Json, nullable=False),
    Column("anchor_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),  # the instant it fires
    Column("due_on", Date, nullable=False),  # the day a person reads
    Column("state", String(16), nullable=False),  # open | resting | fired | met | cancelled
    Column("fired_seq", Integer),
    UniqueConstraint("case_id", "key", "round", "step", "n"),
    Index("ix_deadlines_due", "state", "due_at"),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("case_id", Id, ForeignKey("cases.id", ondelete="RESTRICT")),  # NULL: a digest, which tells of many
    Column("seq", Integer, nullable=False),
    Column("dedupe_key", String(200), nullable=False, unique=True),  # case:seq:effect:recipient
    Column("template", String(64), nullable=False),
    Column("template_sha256", String(64), nullable=False),
    _actor("recipient_id"),
    Column("address", String(254), nullable=False),
    Column("recipient_name", String(200), nullable=False, server_default=""),
    Column("subject", String(1000), nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("attachments", Json, nullable=False),  # [{name, media_type, sha256}]
    Column(
        "kind", String(16), nullable=False, server_default="case"
    ),  # how it is answered: case | approval | help | digest | receipt
    Column("key_id", String(16)),  # the site key its secrets are derived from
    Column("message_id", String(200), nullable=False),
    Column("thread_id", String(200), nullable=False),  # Message-ID of the case's first mail
    Column("on_unknown", String(8), nullable=False),  # resend | ask
    Column("state", String(16), nullable=False),  # queued | sending | sent | failed | unknown | cancelled
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", Utc, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("lease_until", Utc),
    Column("lease_by", String(64)),
    Column("flow_run", String(64)),  # Prefect's flow-run id, or "direct"
    Column("sent_at", Utc),
    Column("reply", String(500)),  # what the mail server said last
    Column("raw_sha256", String(64)),  # of the message as it was handed over
    Column("reported_at", Utc),  # when a person was told of a failure; kept apart, so that no crash loses the telling
    CheckConstraint("state IN ('queued','sending','sent','failed','unknown','cancelled')", name="state"),
    Index("ix_outbox_due", "state", "next_at"),
    Index("ix_outbox_case", "case_id", "recipient_id", "seq"),
    # Small on purpose: only what is under way is looked up when the order per case and address is kept.
    Index("ix_outbox_waiting", "case_id", "address", "id", info={"where": "state IN ('queued','sending','unknown')"}),
    Index("ix_outbox_unreported", "id", info={"where": "state IN ('failed','unknown') AND reported_at IS NULL"}),
)


inbound = Table(
    "inbound",  # every mail taken in; the bytes lie in storage
    metadata,
    _id(),
    Column("dedupe", String(64), nullable=False, unique=True),  # SHA-256 of Message-ID, recipient and body
    Column("received_at", Utc, nullable=False),
    Column("door", String(16), nullable=False),  # lmtp | imap | cli | mailbox (this machine's own composer)
    Column("recipient", String(320), nullable=False),  # of the envelope
    Column("mail_from", String(320), nullable=False),  # of the envelope; empty = null sender
    Column("from_address", String(320), nullable=False, server_default=""),
    Column("from_shown", String(500), nullable=False, server_default=""),
    Column("subject", String(1000), nullable=False, server_default=""),
    Column("message_id", String(998), nullable=False, server_default=""),
    Column("raw_sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # received | tray | done | kept | forwarded | junk
    Column("disposition", String(16)),  # what was made of it
    Column("reason", String(64)),  # why it was held or lies in the tray: a code
    Column("case_id", Id, ForeignKey("cases.id", ondelete="RESTRICT")),  # the case; in the tray the one it may concern
    Column("approval_id", Id, ForeignKey("approvals.id", ondelete="RESTRICT")),  # the request that it answers
    Column("answered", Boolean, nullable=False, server_default=text("false")),  # whether the sender got a mail back
    _actor("handled_by_id"),
    Column("handled_at", Utc),
    Column("note", String(1000)),
    CheckConstraint("state IN ('received','tray','done','kept','forwarded','junk')", name="state"),
    Index("ix_inbound_unsettled", "state", "id", info={"where": "state IN ('received','tray')"}),
    Index("ix_inbound_case", "case_id"),
    Index("ix_inbound_raw", "raw_sha256"),
    Index("ix_inbound_approval", "approval_id"),
    Index("ix_inbound_sender", "from_address", "received_at"),
)

# ---------------------------------------------------------------- machinery

beats = Table(
    "beats",  # when each process and sweep was last seen: the administrator's page reads it
    metadata,
    Column("key", String(130), primary_key=True),
    Column("seen_at", Utc, nullable=False),
    Column("data", Json, nullable=False),
)


def with_conditions() -> MetaData:
    """The tables with the conditions of their partial indexes: for whoever makes the tables, or compares them.

    Nobody else needs the conditions; and where they are named, SQLAlchemy imports every kind of database named.
    """
    for index in (i for table in metadata.tables.values() for i in table.indexes if "where" in i.info):
        where = text(index.info["where"])
        index.dialect_kwargs.update({"sqlite_where": where, "postgresql_where": where})
    return metadata
