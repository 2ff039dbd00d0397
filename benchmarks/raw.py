"""The same work in raw SQL: what a program's commands read and write, sent by the bare driver.

The program is listened to once. Per command, its SELECTs (each different one once) and its INSERTs and UPDATEs become
one transaction with the values as constants, rendered mails and hashes included – what somebody would write by hand
who knew all answers beforehand. Judging, hashing, rendering and every second look cost the program, not the baseline.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import Engine, event


@dataclass
class Transaction:
    """The statements of one command: (SQL, parameters, whether they are many)."""

    reads: list[tuple[str, Any]] = field(default_factory=list)
    writes: list[tuple[str, Any, bool]] = field(default_factory=list)
    selects: int = 0
    """How many SELECTs the program sent, repeated ones counted."""


def listen(engine: Engine, to: list[Transaction]) -> None:
    """Everything that the engine's connections execute from now on is added to the last of the transactions."""
    given = {"factory": _of_sqlite(to)} if engine.dialect.name == "sqlite" else {"cursor_factory": _of_postgresql(to)}

    @event.listens_for(engine, "do_connect")
    def _connecting(_dialect: Any, _record: Any, _arguments: Any, named: dict[str, Any]) -> None:
        named.update(given)


def _hear(to: list[Transaction], statement: Any, parameters: Any, many: bool = False) -> None:
    if not to or not isinstance(statement, str) or statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
        return
    if not statement.startswith("SELECT"):
        to[-1].writes.append((statement, parameters, many))
        return
    to[-1].selects += 1
    if (statement, parameters) not in to[-1].reads:
        to[-1].reads.append((statement, parameters))


def _of_sqlite(to: list[Transaction]) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = ()) -> Any:
            _hear(to, sql, parameters)
            return super().execute(sql, parameters)

        def executemany(self, sql: str, parameters: Any) -> Any:
            _hear(to, sql, parameters, True)
            return super().executemany(sql, parameters)

    class Connection(sqlite3.Connection):
        def cursor(self, _factory: Any = None) -> Any:
            return super().cursor(Cursor)

        def execute(self, sql: str, parameters: Any = ()) -> Any:
            return self.cursor().execute(sql, parameters)

    return Connection


def _of_postgresql(to: list[Transaction]) -> type[psycopg.Cursor[Any]]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            _hear(to, query, params)
            return super().execute(query, params, **more)

        def executemany(self, query: Any, params_seq: Any, **more: Any) -> None:
            _hear(to, query, params_seq, True)
            super().executemany(query, params_seq, **more)

    return Cursor


def on_sqlite(url: str) -> sqlite3.Connection:
    """A bare connection with the settings that arende uses."""
    c = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        c.execute(f"PRAGMA {pragma}")
    return c


def on_postgresql(url: str) -> psycopg.Connection[Any]:
    """A bare connection."""
    return psycopg.connect(url, autocommit=True)


def connect(url: str) -> Any:
    """A bare connection of either kind."""
    return on_sqlite(url) if url.startswith("sqlite") else on_postgresql(url)


def playing(connection: Any) -> Callable[[Transaction], None]:
    """A function that carries out one transaction as the bare driver does."""
    begin = "BEGIN IMMEDIATE" if isinstance(connection, sqlite3.Connection) else "BEGIN"

    def play(t: Transaction) -> None:
        cursor = connection.cursor()
        cursor.execute(begin)
        for sql, values in t.reads:
            cursor.execute(sql, values)
            cursor.fetchall()
        for sql, values, many in t.writes:
            if many:
                cursor.executemany(sql, values)
            else:
                cursor.execute(sql, values)
            if " RETURNING " in sql:
                cursor.fetchall()
        cursor.execute("COMMIT")

    return play
