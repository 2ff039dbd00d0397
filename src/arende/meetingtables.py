"""The tables of bodies that meet: what hangs on a meeting's case. Written by commands like everything else."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from arende.models import Json, Utc, actor_column, case_column, id_column, metadata

meetings = Table(
    "meetings",
    metadata,
    id_column(),
    case_column(),
    Column("body", String(64), nullable=False),
    Column("profile", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("last_day", Date, nullable=False),  # the same day, but for a retreat
    Column("starts_at", String(5)),  # 13:30 in Stockholm; NULL where it is not decided
    Column("ends_at", String(5)),
    Column("place", String(200)),
    Column("sequence", Integer, nullable=False),  # iCalendar's SEQUENCE: moves with every change told
    Column("agenda_version", Integer, nullable=False),
    Column("summoned_on", Date),
    Column("numbered", Boolean, nullable=False),  # its items have their sections
    Column("over", Boolean, nullable=False),  # held, cancelled or recorded: it takes up nothing more
    UniqueConstraint("case_id"),
    Index(None, "body", "day"),
    CheckConstraint("profile IN ('assembly','board','committee','forum')", name="profile"),
)

agenda_items = Table(
    "agenda_items",
    metadata,
    id_column(),
    case_column(),
    Column("item", Integer, nullable=False),  # never changes, whatever the order
    Column("position", Integer, nullable=False),
    Column("heading", String(300), nullable=False),
    Column("kind", String(16), nullable=False),  # case | report | fixed | other
    Column("proposal", Text),
    Column("late", Boolean, nullable=False),
    Column("urgent", Boolean, nullable=False),  # KL 5:14
    Column("reason", Text),  # why it came late, or why it was taken off
    Column("origin", String(64)),  # "MRS210003 6": the item of an earlier meeting that was put off
    Column("warnings", Json, nullable=False),  # [[sv, en]]: what was not ready when it was put on
    Column("state", String(16), nullable=False),  # on | removed
    Column("outcome", String(24)),
    Column("decision", Text),
    Column("motive", Text),
    Column("section_no", Integer),
    Column("immediate_on", Date),  # approved at once (omedelbar justering)
    actor_column("presiding_id"),
    actor_column("recorded_by_id"),  # who entered the outcome: in their name it goes to its cases
    Column("carried", Boolean, nullable=False),  # its outcome has been promised to its cases
    Column("assignments", Json),  # [{what, to, report_on, case}]: given when the minutes say so
    UniqueConstraint("case_id", "item"),
    CheckConstraint("state IN ('on','removed')", name="state"),
)

agenda_cases = Table(
    "agenda_cases",
    metadata,
    id_column(),
    case_column(),
    Column("item", Integer, nullable=False),
    Column("register_no", String(16), nullable=False),
    Column("in_state", String(64), nullable=False),  # where the case stood when it was put on
    Column("assignment", Integer),  # the item reports this assignment of the case
    UniqueConstraint("case_id", "item", "register_no"),
    Index(None, "register_no"),
)

attendance = Table(
    "attendance",
    metadata,
    id_column(),
    case_column(),
    actor_column("actor_id", nullable=False),
    Column("kind", String(16), nullable=False),  # present | absent | called
    Column("role", String(16), nullable=False),  # member | substitute | official
    actor_column("acting_for_id"),  # tjänstgörande ersättare
    Column("from_item", Integer),  # position of the first and the last item; NULL: from the start, to the end
    Column("to_item", Integer),
    Column("remote", Boolean, nullable=False),
    Column("presiding", Boolean, nullable=False),
    Column("checker", Boolean, nullable=False),  # elected to check the minutes
    Column("reason", Text),
    Column("seq", Integer, nullable=False),
    CheckConstraint("kind IN ('present','absent','called')", name="kind"),
)

item_conflicts = Table(
    "item_conflicts",  # jäv at one item, KL 5:47, 6:28
    metadata,
    id_column(),
    case_column(),
    Column("item", Integer, nullable=False),
    actor_column("actor_id", nullable=False),
    Column("seq", Integer, nullable=False),
    UniqueConstraint("case_id", "item", "actor_id"),
)

motions = Table(
    "motions",  # yrkanden
    metadata,
    id_column(),
    case_column(),
    Column("item", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    actor_column("actor_id", nullable=False),
    Column("kind", String(16), nullable=False),  # approve | change | reject | remit | adjourn
    Column("text", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    UniqueConstraint("case_id", "item", "n"),
)

votes = Table(
    "votes",
    metadata,
    id_column(),
    case_column(),
    Column("item", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("question", Json, nullable=False),  # {yes, no}: what each means
    Column("ballots", Json, nullable=False),  # key of the person → yes | no | abstain
    Column("yes", Integer, nullable=False),
    Column("no", Integer, nullable=False),
    Column("abstain", Integer, nullable=False),
    Column("result", String(3), nullable=False),
    Column("settled_by", String(16), nullable=False),  # majority | casting | lot
    Column("seq", Integer, nullable=False),
    UniqueConstraint("case_id", "item", "n"),
)

dissents = Table(
    "dissents",  # reservationer, KL 4:27
    metadata,
    id_column(),
    case_column(),
    Column("item", Integer, nullable=False),
    actor_column("actor_id", nullable=False),
    Column("text", Text),
    Column("seq", Integer, nullable=False),
    UniqueConstraint("case_id", "item", "actor_id"),
)

notices = Table(
    "notices",  # anslag, KL 8:9–12
    metadata,
    id_column(),
    case_column(),
    Column("n", Integer, nullable=False),
    Column("items", Json, nullable=False),
    Column("approved_on", Date, nullable=False),
    Column("up_on", Date, nullable=False),
    Column("appeal_last_day", Date, nullable=False),
    Column("down_on", Date),
    Column("state", String(16), nullable=False),  # up | down | early
    actor_column("up_by_id", nullable=False),
    actor_column("down_by_id"),
    UniqueConstraint("case_id", "n"),
    CheckConstraint("state IN ('up','down','early')", name="state"),
)

appeals = Table(
    "appeals",  # överklaganden, KL 13 kap.: each section for itself; the others gain legal force
    metadata,
    id_column(),
    case_column(),
    Column("n", Integer, nullable=False),
    Column("item", Integer, nullable=False),
    Column("section_no", Integer, nullable=False),
    Column("filed_on", Date, nullable=False),  # the day on which it was registered here
    Column("court_ref", String(200)),
    Column("ruling", String(16)),  # upheld | annulled; NULL while the court has it
    Column("ruled_on", Date),
    UniqueConstraint("case_id", "n"),
    CheckConstraint("ruling IN ('upheld','annulled')", name="ruling"),
)

promised_steps = Table(
    "promised_steps",  # what a meeting leads to in other cases: carried out by commands of their own
    metadata,
    id_column(),
    case_column(),
    Column("seq", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column(
        "kind", String(16), nullable=False
    ),  # step | words | agenda | meeting | assignment | settle | follow | record | merger | handover | effect
    Column("register_no", String(16), nullable=False),  # the case, or the meeting whose agenda it is
    Column("data", Json, nullable=False),
    Column("authority", String(200)),
    actor_column("actor_id", nullable=False),
    Column("state", String(16), nullable=False),  # queued | done | refused
    Column("reply", Text),
    Column("created_at", Utc, nullable=False),
    Column("not_before", Date),  # the first day on which it may be kept; NULL = at once
    Column("done_at", Utc),
    UniqueConstraint("case_id", "seq", "n"),
    CheckConstraint("state IN ('queued','done','refused')", name="state"),
    Index("ix_promised_steps_queued", "id", info={"where": "state = 'queued'"}),
)

assignments = Table(
    "assignments",  # uppdrag: what a body decided that somebody is to do and report; of any case, also one that is over
    metadata,
    id_column(),
    case_column(),
    Column("number", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("receiver", String(130), nullable=False),  # person | office@body | body
    Column("body", String(64), nullable=False),  # that decided, and is told
    Column("decision", String(200), nullable=False),  # RS 2020-10-14 § 12
    Column("report_on", Date),
    Column("state", String(16), nullable=False),  # given | reported | executed | not_executed | withdrawn
    Column("executed", Boolean),  # what the report says
    Column("report", Text),
    Column("record_no", Integer),  # of the report as a document
    Column("reported_at", Utc),
    Column("settled_on", Date),
    Column("settled_by", String(200)),  # the decision that found it so
    Column("note", Text),
    Column("seq", Integer, nullable=False),
    Column("given_at", Utc, nullable=False),
    UniqueConstraint("case_id", "number"),
    Index(None, "body", "state"),
    Index("ix_assignments_open", "report_on", info={"where": "state IN ('given','reported')"}),
    CheckConstraint("state IN ('given','reported','executed','not_executed','withdrawn')", name="state"),
)

OF_A_CASE = (
    meetings, agenda_items, agenda_cases, attendance, item_conflicts, motions, votes, dissents, notices, appeals,
    promised_steps, assignments,
)  # fmt: skip
"""Tables that ``Work`` pictures, each by its case."""
