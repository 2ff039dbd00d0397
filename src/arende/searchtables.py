"""The index that the register is searched by, one row for each case: an FTS5 table on SQLite, GIN on PostgreSQL.

It is written in SQL, since SQLAlchemy knows neither. Å, Ä and Ö are letters of their own, so no diacritic is taken off.
``=`` is part of a word, since marks begin with it; ``detail=none`` keeps which row has a word, not where.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event, text

from arende.models import metadata

NAME = "case_search"
MADE = {
    "sqlite": (
        (
            f"CREATE VIRTUAL TABLE {NAME} USING fts5(marks, parties, words, more, detail=none, "
            "tokenize=\"unicode61 remove_diacritics 0 tokenchars '='\")"
        ),
    ),
    "postgresql": (
        (
            f"CREATE TABLE {NAME} (case_id BIGINT PRIMARY KEY REFERENCES cases (id) ON DELETE RESTRICT, "
            "marks TEXT NOT NULL, parties TEXT NOT NULL, words TEXT NOT NULL, more TEXT NOT NULL, "
            "found TSVECTOR NOT NULL GENERATED ALWAYS AS ("
            "array_to_tsvector(string_to_array(trim(marks || ' ' || parties), ' ')) "
            "|| to_tsvector('swedish', words || ' ' || more)) STORED)"
        ),
        f"CREATE INDEX ix_{NAME}_found ON {NAME} USING gin (found)",
    ),
}
"""How it is made on each kind of database."""
_KEY = {"sqlite": "rowid", "postgresql": "case_id"}
INSERT = {
    kind: text(
        f"INSERT INTO {NAME} ({key}, marks, parties, words, more) "  # noqa: S608 – our own names
        "SELECT id, :marks, :parties, :words, :more FROM cases WHERE register_no = :no"
    )
    for kind, key in _KEY.items()
}
"""Of a case that the same transaction has just put in."""
UPDATE = {
    kind: text(
        f"UPDATE {NAME} SET marks = :marks, words = :words "  # noqa: S608 – our own names
        f"WHERE {key} = :case AND (marks <> :marks OR words <> :words)"
    )
    for kind, key in _KEY.items()
}
UPDATE_ALL = {
    kind: text(
        f"UPDATE {NAME} SET marks = :marks, parties = :parties, words = :words, more = :more "  # noqa: S608 – our own names
        f"WHERE {key} = :case AND (marks <> :marks OR parties <> :parties OR words <> :words OR more <> :more)"
    )
    for kind, key in _KEY.items()
}


def ours(name: str | None, kind: str, _parent: Any = None) -> bool:
    """Whether Alembic compares what has this name: not the index, nor the tables that FTS5 keeps it in."""
    return kind != "table" or not (name or "").startswith(NAME)


@event.listens_for(metadata, "after_create")
def _make(_target: Any, connection: Connection, **_: Any) -> None:
    for statement in MADE[connection.dialect.name]:
        connection.exec_driver_sql(statement)
