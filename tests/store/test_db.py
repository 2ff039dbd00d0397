"""Transactions, and what a person is told when the database cannot be used."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from arende import db, migrations
from arende.errors import Invalid, Unavailable
from arende.models import counters, metadata, with_conditions
from arende.searchtables import ours

ROW = {"series": "RS", "year": 2020, "next": 1}


def count(engine: Engine) -> int:
    with db.reading(engine) as c:
        return c.scalar(select(func.count()).select_from(counters)) or 0


def test_what_is_written_is_there(engine: Engine) -> None:
    with db.writing(engine) as c:
        c.execute(insert(counters).values(ROW))
    assert count(engine) == 1


def test_an_error_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), db.writing(engine) as c:
        c.execute(insert(counters).values(ROW))
        raise ZeroDivisionError
    assert count(engine) == 0


def test_a_duplicate_reaches_the_caller_as_it_is(engine: Engine) -> None:
    with pytest.raises(IntegrityError), db.writing(engine) as c:
        c.execute(insert(counters).values(ROW))
        c.execute(insert(counters).values(ROW))
    assert count(engine) == 0


def test_a_duplicate_among_statements_sent_in_one_go_is_told_once_and_by_the_caller_alone(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DBAPIError) as told, db.writing(engine) as c, db.unanswered(c):
        for _ in range(3):
            time.sleep(0.05)
            c.execute(insert(counters).values(ROW))
    assert isinstance(told.value, IntegrityError)
    assert count(engine) == 0
    assert not caplog.records


def test_a_reader_sees_one_snapshot_and_writes_nothing(engine: Engine) -> None:
    with db.reading(engine) as reader:
        before = reader.scalar(select(func.count()).select_from(counters))
        with db.writing(engine) as c:
            c.execute(insert(counters).values(ROW))
        assert reader.scalar(select(func.count()).select_from(counters)) == before == 0
    assert count(engine) == 1


def test_threads_write_one_after_the_other(engine: Engine) -> None:
    with db.writing(engine) as c:
        c.execute(insert(counters).values(ROW))

    def add() -> None:
        for _ in range(25):
            with db.writing(engine) as c:
                c.execute(counters.update().values(next=counters.c.next + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with db.reading(engine) as c:
        assert c.scalar(select(counters.c.next)) == 101


def test_the_tables_are_those_of_the_models(engine: Engine) -> None:
    with engine.connect() as c:
        assert (
            compare_metadata(MigrationContext.configure(c, opts={"compare_type": True, "include_name": ours}), metadata)
            == []
        ), "run: make schema"


def shape(engine: Engine) -> dict[tuple[str, str], list[str]]:
    """Every table and index of an SQLite database, its lines in no order."""
    with db.reading(engine) as c:
        rows = c.execute(text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    engine.dispose()
    return {
        (kind, name): sorted(line.strip(" \t,").replace("(false)", "false") for line in sql.split("\n"))
        for kind, name, sql in rows
        if name != "alembic_version"
    }


def test_the_revisions_make_the_very_tables_of_the_models(sqlite_url: str, tmp_path: Path) -> None:
    """Conditions, too, which Alembic does not compare."""
    by_models = db.open_engine(f"sqlite:///{tmp_path}/models.sqlite", sync_full=False)
    with_conditions().create_all(by_models)
    assert shape(db.open_engine(sqlite_url)) == shape(by_models), "run: make schema"


def test_the_program_knows_every_revision(engine: Engine) -> None:
    with engine.connect() as c:
        scripts = ScriptDirectory.from_config(migrations.configuration(c))
        known = [r.revision for r in scripts.walk_revisions()]
    assert tuple(reversed(known)) == migrations.KNOWN


def test_check_is_content_after_an_upgrade_and_a_second_upgrade_does_nothing(engine: Engine) -> None:
    db.check(engine)
    assert db.upgrade(engine) == (migrations.HEAD, migrations.HEAD)


def test_a_database_without_tables_names_the_command_that_makes_them(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path}/new/folder/arende.sqlite")
    with pytest.raises(Unavailable, match="arende db upgrade"):
        db.check(engine)
    with pytest.raises(Unavailable, match="arende db upgrade"):
        count(engine)
    engine.dispose()


def test_a_newer_database_is_left_alone(engine: Engine) -> None:
    with db.writing(engine) as c:
        c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for use in (db.check, db.upgrade):
        with pytest.raises(Unavailable, match="nyare version av arende"):
            use(engine)


def test_tables_of_a_program_that_was_never_released_are_not_said_to_be_up_to_date(engine: Engine) -> None:
    db.demand_tables(engine)
    with db.writing(engine) as c:
        c.exec_driver_sql("ALTER TABLE watches RENAME TO watched")
    assert db.upgrade(engine).before == migrations.HEAD, "nothing that an upgrade would mend"
    with pytest.raises(Unavailable, match=r"watches saknas.*utvecklingsversion.*ARENDE_DATA_DIR"):
        db.demand_tables(engine)
    with db.writing(engine) as c:
        c.exec_driver_sql("ALTER TABLE watched RENAME TO watches")
        c.exec_driver_sql("ALTER TABLE cases RENAME COLUMN title TO heading")
    with pytest.raises(Unavailable, match=r"cases\.title saknas"):
        db.demand_tables(engine)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite"
        return
    place = request.getfixturevalue("postgres_cluster")
    with psycopg.connect(place.format("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE empty")
        yield place.format("empty")
        admin.execute("DROP DATABASE empty WITH (FORCE)")


def test_two_upgrades_at_once_make_the_tables_once(empty_url: str) -> None:
    failures: list[BaseException] = []

    def go() -> None:
        engine = db.open_engine(empty_url, sync_full=False)
        try:
            db.upgrade(engine)
            db.check(engine)
        except BaseException as e:  # told in the main thread
            failures.append(e)
        engine.dispose()

    threads = [threading.Thread(target=go) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert failures == []


def test_an_upgrade_that_fails_half_way_leaves_nothing(empty_url: str) -> None:
    engine = db.open_engine(empty_url, sync_full=False)
    with db.writing(engine) as c:
        c.exec_driver_sql("CREATE TABLE tasks (foreign_to_us INTEGER)")
    with pytest.raises(DBAPIError, match="tasks"):
        db.upgrade(engine)
    assert inspect(engine).get_table_names() == ["tasks"]
    assert db.revision(engine) is None
    engine.dispose()


def test_a_locked_database_is_told_after_the_wait(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "LOCK_WAIT", 0.2)
    engine = db.open_engine(sqlite_url)
    holder = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(Unavailable, match="låst"), db.writing(engine):
        pass
    assert time.monotonic() - started < 4  # else it would be 5
    holder.execute("ROLLBACK")
    with db.writing(engine) as c:
        c.execute(insert(counters).values(ROW))
    assert count(engine) == 1
    holder.close()
    engine.dispose()


def test_a_full_disk_is_told_and_loses_nothing(sqlite_url: str) -> None:
    engine = db.open_engine(sqlite_url)
    with pytest.raises(Unavailable, match="full"), db.writing(engine) as c:
        c.exec_driver_sql("PRAGMA max_page_count=1")
        c.exec_driver_sql("CREATE TABLE large (x)")
        c.exec_driver_sql("INSERT INTO large VALUES (zeroblob(10000000))")
    assert count(engine) == 0
    engine.dispose()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "arende.sqlite"
    file.write_text("Detta är ett protokoll." * 100, encoding="utf-8")
    engine = db.open_engine(f"sqlite:///{file}")
    for use in (db.check, db.upgrade):
        with pytest.raises(Unavailable, match="inte en databas"):
            use(engine)
    assert file.read_text(encoding="utf-8").startswith("Detta")


def test_a_folder_as_the_file_is_told(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path}")
    with pytest.raises(Unavailable, match="går inte att öppna"):
        db.check(engine)


def test_a_read_only_database_is_told(sqlite_url: str) -> None:
    engine = db.open_engine(sqlite_url)
    with pytest.raises(Unavailable, match="bara att läsa"), db.writing(engine) as c:
        c.exec_driver_sql("PRAGMA query_only=ON")
        c.execute(insert(counters).values(ROW))
    engine.dispose()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="går inte att skapa"):
        db.open_engine(f"sqlite:///{tmp_path}/file/arende.sqlite")


def test_a_postgresql_that_is_down_is_told_without_the_password() -> None:
    engine = db.open_engine("postgresql://anna:hemligt@127.0.0.1:1/arende")
    with pytest.raises(Unavailable, match="svarar inte") as e:
        db.check(engine)
    assert "hemligt" not in str(e.value)


def test_a_postgresql_database_that_is_missing_is_told(postgres_cluster: str) -> None:
    with pytest.raises(Unavailable, match="Det finns ingen databas"):
        db.check(db.open_engine(postgres_cluster.format("missing")))


def test_a_connection_that_the_server_closed_is_replaced(postgres_url: str) -> None:
    engine = db.open_engine(postgres_url)
    assert count(engine) == 0
    killer = db.open_engine(postgres_url)
    with db.writing(killer) as c:
        c.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
    assert count(engine) == 0
    engine.dispose()
    killer.dispose()


@pytest.mark.parametrize(
    "url", ["", "arende", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "postgresql+asyncpg://x/y"]
)
def test_another_kind_of_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(Invalid, match="sqlite:///FIL"):
        db.open_engine(url)
