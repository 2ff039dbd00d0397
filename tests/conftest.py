"""What the tests stand on: a fresh, migrated database of either kind, and a clock that is set by hand."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

import longtests
from arende import db
from effort import examples
from handclock import VirtualClock
from postgres import Databases, NoPostgres, cluster

TESTS = Path(__file__).parent
gc.set_threshold(20_000, 20, 100)  # a test leaves little, and looking through all modules for it costs a tenth
# How long an example takes says nothing where others run at the same time.
settings.register_profile(
    "own", max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("own")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--kills=50 --seed=7``: how long processes are killed at random, and the chance to repeat it."""
    parser.addoption("--kills", type=int, default=6, help="how many processes the chaos test kills")
    parser.addoption("--seed", type=int, default=2, help="the seed of its choices")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the files that take long."""
    for item in items:
        if item.path.relative_to(TESTS).as_posix() in longtests.FILES:
            item.add_marker("long")


def pytest_collection_finish() -> None:
    """What has been imported and collected stays: it is not looked through for what can be thrown away."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own ARENDE_* variables must not decide what a test sees."""
    for name in [n for n in os.environ if n.startswith("ARENDE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, for copying."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    engine = db.open_engine(f"sqlite:///{file}", sync_full=False)
    db.upgrade(engine)
    engine.dispose()  # the last connection to close puts the log into the file
    return file


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """A PostgreSQL server with the database ``template_arende``; skips loudly without one, fails in CI."""
    try:
        with cluster() as place:
            with psycopg.connect(place.format("postgres"), autocommit=True) as admin:
                admin.execute("CREATE DATABASE template_arende")
            engine = db.open_engine(place.format("template_arende"))
            db.upgrade(engine)
            engine.dispose()
            yield place
    except NoPostgres as e:
        reason = f"PostgreSQL could not be started, so nothing was tested on it: {e}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite database."""
    file = tmp_path / "arende.sqlite"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def postgres_databases(postgres_cluster: str) -> Databases:
    """The server's migrated databases."""
    return Databases(postgres_cluster)


@pytest.fixture
def postgres_url(postgres_databases: Databases) -> Iterator[str]:
    """The address of an empty, migrated PostgreSQL database."""
    name = postgres_databases.take()
    yield postgres_databases.place.format(name)
    postgres_databases.give_back(name)


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
"""Every test on a database runs on either kind; the fast suite is content with SQLite."""


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database: the test runs once on each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh, migrated database: the test runs once on each kind."""
    engine = db.open_engine(database_url, sync_full=False)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> VirtualClock:
    """Monday 3 August 2020, 09:00 in Stockholm."""
    return VirtualClock()
