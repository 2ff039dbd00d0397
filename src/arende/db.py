"""The database: one engine per process, explicit transactions, failures as sentences.

The drivers run in autocommit mode and every BEGIN is sent here, so that a writer on SQLite takes its lock at once
(BEGIN IMMEDIATE) instead of failing half way, and a reader sees one snapshot on either database.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from arende.dbfaults import (
    cannot_create_folder,
    driver_errors,
    not_a_database_url,
    old_schema,
    sentence_of,
    unreleased_schema,
)
from arende.dbfaults import newer_schema as newer
from arende.errors import Invalid, Unavailable
from arende.migrations import HEAD, KNOWN

LOCK_WAIT = 5.0
"""Seconds that a statement waits for another process's lock before it gives up."""
UPGRADE_WAIT = 60.0
"""Seconds that one upgrade waits for another."""
POOL: Final[Any] = {"pool_size": 10, "max_overflow": 20, "pool_timeout": 10}
UPGRADE_LOCK = 7_021_946_302
"""Number of PostgreSQL's advisory lock around upgrades; means nothing, must never change."""


def open_engine(url: str, *, sync_full: bool = True) -> Engine:
    """An engine on ``sqlite:///FILE`` or ``postgresql://…``; connects on first use.

    The folder of an SQLite file is created. ``sync_full=False`` gives up that a commit survives a power cut
    (SQLite only; for tests and simulations). Raises Invalid for another kind of address, Unavailable when the
    folder cannot be made.
    """
    where = _parsed(url)
    if where.get_backend_name() == "sqlite":
        return _sqlite(where, sync_full=sync_full)
    # A statement that fails is raised; the driver would warn on top that the rest of its pipeline was given up.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    engine = create_engine(where, **POOL, connect_args={"connect_timeout": 10})
    event.listen(engine, "connect", _on_postgresql_connect)
    event.listen(engine, "begin", _begin)
    return engine


def _parsed(url: str) -> URL:
    try:
        where = make_url(url)
    except ArgumentError:
        raise Invalid(not_a_database_url()) from None
    backend, _, driver = where.drivername.partition("+")
    if backend == "sqlite" and driver in ("", "pysqlite") and where.database not in (None, "", ":memory:"):
        return where
    if backend in ("postgresql", "postgres") and driver in ("", "psycopg"):
        return where.set(drivername="postgresql+psycopg")
    raise Invalid(not_a_database_url())


def _sqlite(where: URL, *, sync_full: bool) -> Engine:
    folder = Path(where.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise Unavailable(cannot_create_folder(folder, e)) from None
    arguments = {"check_same_thread": False, "isolation_level": None, "timeout": LOCK_WAIT}
    engine = create_engine(where, **POOL, connect_args=arguments)
    synchronous = "FULL" if sync_full else "OFF"

    def on_connect(driver: Any, _record: Any) -> None:
        _use_wal(driver)
        driver.execute(f"PRAGMA synchronous={synchronous}")
        driver.execute("PRAGMA foreign_keys=ON")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", _begin)
    return engine


def _use_wal(driver: Any) -> None:
    """Switch a new file to write-ahead logging. SQLite does not wait by itself when several first ones do at once."""
    end = time.monotonic() + LOCK_WAIT
    while driver.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            driver.execute("PRAGMA journal_mode=WAL")
        except Exception as e:
            if getattr(e, "sqlite_errorname", "") != "SQLITE_BUSY" or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _on_postgresql_connect(driver: Any, _record: Any) -> None:
    driver.autocommit = True
    driver.execute(f"SET lock_timeout = {int(LOCK_WAIT * 1000)}")
    driver.execute("SET timezone = 'UTC'")
    # Making machine code of a question takes up to a second, and gains nothing where an answer takes milliseconds.
    driver.execute("SET jit = off")


def _begin(connection: Connection) -> None:
    """Send the BEGIN that ``writing`` or ``reading`` asked for; a plain one to anybody else."""
    asked = connection.info.pop("begin", "BEGIN")
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(asked)
    elif asked == "BEGIN IMMEDIATE":
        _take_the_lock(connection.connection.driver_connection, connection.info.pop("patience", LOCK_WAIT))
    else:
        connection.connection.driver_connection.execute(asked)  # type: ignore[union-attr]  # the driver is sqlite3's


def _take_the_lock(driver: Any, patience: float) -> None:
    """BEGIN IMMEDIATE, asked for again and again for ``patience`` seconds while another has SQLite's write lock.

    SQLite's own wait sleeps ever longer, up to a tenth of a second, for a lock that is held for two milliseconds: four
    writers would mostly sleep, and who has slept longest would sleep on.
    """
    end = time.monotonic() + patience
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except Exception as e:
                if not getattr(e, "sqlite_errorname", "").startswith("SQLITE_BUSY") or time.monotonic() > end:
                    raise
                time.sleep(random.uniform(0.0002, 0.001))  # noqa: S311 – jitter, not a secret
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={int(LOCK_WAIT * 1000)}")


_WRITE = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "BEGIN"}
_READ = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction: committed at the end, rolled back on any error.

    On SQLite the write lock is held from the first moment, so keep the block short. Raises Unavailable when the
    database cannot be used; integrity errors reach the caller as SQLAlchemy raises them.
    """
    with told(engine), _begun(engine, _WRITE) as connection:
        yield connection
        try:
            connection.commit()
        except BaseException:
            connection.invalidate()  # else it would go back to the pool inside the transaction, with the lock held
            raise


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent snapshot for SELECTs; whatever is written inside is rolled back. Raises Unavailable."""
    with told(engine), _begun(engine, _READ) as connection:
        yield connection


@contextmanager
def _begun(engine: Engine, begin: dict[str, str]) -> Iterator[Connection]:
    connection = _begin_on(engine, begin[engine.dialect.name])
    try:
        yield connection
    finally:
        connection.close()  # rolls back what was not committed


def _begin_on(engine: Engine, begin: str) -> Connection:
    """A connection in a new transaction; one that the server closed while it lay in the pool is replaced once."""
    for last in (False, True):
        connection = engine.connect()
        try:
            connection.info["begin"] = begin
            connection.begin()
        except BaseException as e:
            connection.close()
            if last or not (isinstance(e, DBAPIError) and e.connection_invalidated):
                raise
        else:
            return connection
    raise AssertionError("unreachable")


@contextmanager
def unanswered(connection: Connection) -> Iterator[None]:
    """Statements inside are sent to PostgreSQL in one go; what is wrong with any of them is raised at the end.

    So nobody may look at what they return. On SQLite, which is asked in this very process, nothing changes.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    error = connection.dialect.loaded_dbapi.Error
    try:
        with driver.pipeline():
            yield
    except error as e:
        raise DBAPIError.instance("statements sent in one go", None, e, error) from e


def notify(engine: Engine, channel: str) -> None:
    """Wake who listens to PostgreSQL's ``channel``; nothing on SQLite. That nobody could be woken is no failure.

    It is no part of the transaction it tells of: PostgreSQL lets those that notify commit only one after the other,
    each with its own wait for the disk.
    """
    if engine.dialect.name != "sqlite":
        with suppress(DBAPIError, PoolExhausted, *driver_errors()):
            pooled = engine.raw_connection()
            try:
                pooled.driver_connection.execute(f"NOTIFY {channel}")  # type: ignore[union-attr]  # the driver is psycopg's
            finally:
                pooled.close()


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn what the driver says about an unusable database into Unavailable with a sentence."""
    try:
        yield
    except Exception as e:
        if not isinstance(e, (DBAPIError, PoolExhausted, *driver_errors())):
            raise
        if (sentence := sentence_of(e, engine.url)) is None:
            raise
        raise Unavailable(sentence) from e


# ---------------------------------------------------------------- schema


class Upgraded(NamedTuple):
    """From which revision to which; ``before`` is None for a new database."""

    before: str | None
    after: str


def revision(engine: Engine) -> str | None:
    """The revision of the schema in the database; None when there is none yet."""
    try:
        with reading(engine) as connection:
            found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except Unavailable as e:
        if e.sentences == (old_schema(),):  # no such table
            return None
        raise
    return found


def check(engine: Engine) -> None:
    """Raise Unavailable when the schema is older or newer than this program. One SELECT."""
    found = revision(engine)
    if found == HEAD:
        return
    raise Unavailable(old_schema() if found is None or found in KNOWN else newer(found))


def upgrade(engine: Engine) -> Upgraded:
    """Bring the schema to this program's revision, in one transaction; upgrades at the same time wait in turn.

    Raises Unavailable when the schema is newer than the program, or the database cannot be used.
    """
    before = revision(engine)
    if before is not None and before not in KNOWN:
        raise Unavailable(newer(before))
    if before != HEAD:
        from alembic import command  # noqa: F401 – takes seconds at worst: not while others wait for the lock

        with told(engine), engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                _upgrade_sqlite(connection)
            else:
                _upgrade_postgresql(connection)
    return Upgraded(before, HEAD)


def demand_tables(engine: Engine) -> None:
    """Raise Unavailable when the tables are not this program's although their revision is: made by an unreleased one.

    Reads the whole schema, so it is for who sets up a database, not for every start.
    """
    from arende.migrations.shape import lacking  # imports every table

    with reading(engine) as connection:
        missing = lacking(connection)
    if missing:
        raise Unavailable(unreleased_schema(missing))


def _upgrade_sqlite(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # batch mode rebuilds tables that others refer to
    try:
        connection.info.update(begin="BEGIN IMMEDIATE", patience=UPGRADE_WAIT)
        with connection.begin():
            _run_migrations(connection)
            if broken := driver.execute("PRAGMA foreign_key_check").fetchall():
                raise AssertionError(f"the migration left {len(broken)} rows that refer to nothing")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _upgrade_postgresql(connection: Connection) -> None:
    with connection.begin():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(UPGRADE_WAIT * 1000)}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
        _run_migrations(connection)


def _run_migrations(connection: Connection) -> None:
    from alembic import command  # takes 0.2 s to import and is needed once in a release

    from arende.migrations import configuration

    command.upgrade(configuration(connection), "head")
