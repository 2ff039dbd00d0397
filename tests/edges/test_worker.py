"""The worker without Prefect, in this process; with Prefect and as a process it is under slow/."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from post import Server, add_case, add_mails, open_app, rows, serving
from sqlalchemy import Engine

from arende import beats, db, errands, home, leases, worker
from arende.app import App
from arende.errands import Abandoned, Errand, begun, name_of, sent_by
from arende.sweeps import SWEEPS
from processes import free_port


def now() -> datetime:
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def working(app: App):  # type: ignore[no-untyped-def]  # a generator of nothing
    running = worker.Worker(app)
    task = asyncio.create_task(running.run())
    try:
        yield running
    finally:
        running.stop()
        await asyncio.wait_for(task, 60)


async def until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not done():
            await asyncio.sleep(0.02)


def app_for(engine: Engine, folder: Path, port: int) -> App:
    return open_app(engine, folder, port, clock=now, prefect_port=free_port())  # type: ignore[arg-type]  # any clock


def promise(engine: Engine, case: int, *addresses: str) -> None:
    add_mails(engine, case, list(addresses), created_at=now(), next_at=now())


@pytest.mark.long
def test_mail_leaves_and_ticks_are_taken_without_prefect(engine: Engine, tmp_path: Path) -> None:
    async def scene() -> None:
        server = Server()
        async with serving(server) as port:
            app = app_for(engine, tmp_path, port)
            case = add_case(engine)
            async with working(app):
                promise(engine, case, "a@kommun.example", "b@kommun.example")
                await until(lambda: len(server.accepted) == 2)
                promise(engine, case, "c@kommun.example")
                await until(lambda: len(server.accepted) == 3)
                await until(lambda: {b.key for b in beats.read(app, "swept:")} == {f"swept:{s.name}" for s in SWEEPS})
                assert len(beats.read(app, "worker:")) == 1
            assert beats.read(app, "worker:") == []

    asyncio.run(scene())
    assert {(row.state, row.flow_run) for row in rows(engine)} == {("sent", "direct")}


@pytest.mark.slow
def test_a_commit_on_postgresql_wakes_the_worker(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(worker.POLL, "postgresql", 60.0)
    engine = db.open_engine(postgres_url)

    async def scene() -> None:
        server = Server()
        async with serving(server) as port:
            app = app_for(engine, tmp_path, port)
            case = add_case(engine)
            async with working(app) as running:
                await until(lambda: running.listening)
                await asyncio.sleep(2.5)  # the sweeps of the first second have passed; nothing else wakes it now
                promise(engine, case, "a@kommun.example")
                with db.writing(engine) as connection:
                    connection.exec_driver_sql("NOTIFY arende_outbox")
                await until(lambda: len(server.accepted) == 1)

    asyncio.run(scene())
    engine.dispose()


@pytest.mark.long
def test_a_worker_outlives_a_database_that_fails(sqlite_url: str, tmp_path: Path) -> None:
    engine = db.open_engine(sqlite_url, sync_full=False)
    file = Path(sqlite_url.removeprefix("sqlite:///"))

    async def scene() -> None:
        server = Server()
        async with serving(server) as port:
            app = app_for(engine, tmp_path, port)
            case = add_case(engine)
            async with working(app):
                with db.writing(engine) as connection:
                    connection.exec_driver_sql("ALTER TABLE outbox RENAME TO away")
                await asyncio.sleep(1.0)
                with db.writing(engine) as connection:
                    connection.exec_driver_sql("ALTER TABLE away RENAME TO outbox")
                promise(engine, case, "a@kommun.example")
                await until(lambda: len(server.accepted) == 1)

    asyncio.run(scene())
    assert file.exists()
    engine.dispose()


def test_a_run_is_named_by_diary_numbers_and_counts() -> None:
    party, colleague = leases.About("RS200001", True), leases.About("RS200001", False)
    assert name_of([party] * 6) == "RS200001 → 6 parter"
    assert name_of([party]) == "RS200001 → 1 part"
    assert name_of([party] * 6 + [colleague]) == "RS200001 → 6 parter, 1 till"
    assert name_of([colleague] * 2) == "RS200001 → 2 mottagare"
    assert name_of([party, party._replace(register_no="RS200002")]) == "2 ärenden → 2 parter"
    assert name_of([]) == "utkorgen"


def test_a_flow_that_was_given_up_does_nothing(sqlite_url: str, tmp_path: Path) -> None:
    app = open_app(db.open_engine(sqlite_url), tmp_path)

    async def scene() -> None:
        errand = Errand(app)
        with sent_by(errand):
            with begun() as given:
                assert given is app
                assert errand.begun.is_set()
                assert not errand.ended.is_set()
            assert errand.ended.is_set()
        with sent_by(Errand(app, abandoned=True)), pytest.raises(Abandoned), begun():
            pytest.fail("its work is done by somebody else")

    asyncio.run(scene())
    app.engine.dispose()
    assert errands.DIRECT == "direct"


def test_prefect_yaml_has_the_same_schedules_as_the_worker() -> None:
    file = home.shipped() / "prefect.yaml"
    told = {
        (d["entrypoint"], d["name"]): [(s["interval"], s["anchor_date"]) for s in d["schedules"]]
        for d in yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]
    }
    assert told == {
        (f"flows/{s.name}.py:{s.name}", "schema"): [(s.every.total_seconds(), "1970-01-01T00:00:00Z")] for s in SWEEPS
    }


def test_the_mails_of_a_killed_process_need_not_wait_for_their_leases(engine: Engine, tmp_path: Path) -> None:
    app = open_app(engine, tmp_path)
    case, host = add_case(engine), leases.here().rpartition("-")[0]
    later = app.clock() + timedelta(hours=1)
    held = {"gone": f"{host}-4194305", "mine": leases.here(), "elsewhere": "another-4194305", "other": "a-name"}
    for address, process in held.items():
        holding = {"state": "sending", "lease_by": f"{process}.0123456789abcdef", "lease_until": later}
        add_mails(engine, case, [f"{address}@kommun.example"], **holding)

    def due() -> set[str]:
        return {row.address.split("@")[0] for row in rows(engine) if row.lease_until < app.clock()}

    assert leases.end_of_the_dead(app, app.clock()) == 1
    assert due() == {"gone"}
    assert leases.end_of_the_dead(app, app.clock(), starting=True) == 2
    assert due() == {"gone", "mine"}
