"""Signs of life and turns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from post import Clock, open_app
from sqlalchemy import Engine

from arende import beats
from arende.app import App

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(engine: Engine, tmp_path: Path, clock: Clock) -> App:
    return open_app(engine, tmp_path, clock=clock)


def test_a_beat_replaces_the_one_before(app: App, clock: Clock) -> None:
    beats.beat(app, "worker:a", {"n": 1}, clock())
    clock.advance(seconds=5)
    beats.beat(app, "worker:a", {"n": 2}, clock())
    beats.beat(app, "other", {}, clock())
    assert beats.read(app, "worker:") == [beats.Beat("worker:a", clock.now, {"n": 2})]


def test_a_forgotten_beat_is_gone(app: App, clock: Clock) -> None:
    beats.beat(app, "worker:a", {}, clock())
    beats.beat(app, "worker:b", {}, clock())
    beats.forget(app, ["worker:a"])
    assert [b.key for b in beats.read(app)] == ["worker:b"]


def test_a_tick_is_taken_once_whoever_comes(app: App, clock: Clock) -> None:
    assert beats.take_turn(app, "deadlines", MINUTE, "run-1", clock()) is not None
    assert beats.take_turn(app, "deadlines", MINUTE, "direct", clock()) is None
    assert beats.take_turn(app, "reconcile", MINUTE, "direct", clock()) is not None


def test_a_tick_is_taken_once_by_many_at_the_same_time(app: App, clock: Clock) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            taken = list(pool.map(lambda n: beats.take_turn(app, "deadlines", MINUTE, str(n), clock()), range(8)))
            assert sum(turn is not None for turn in taken) == 1
            clock.advance(minutes=1)


def test_the_next_tick_is_a_turn_of_its_own_without_a_gap(app: App, clock: Clock) -> None:
    beats.take_turn(app, "deadlines", MINUTE, "direct", clock())
    clock.advance(minutes=1)
    turn = beats.take_turn(app, "deadlines", MINUTE, "direct", clock())
    assert turn is not None
    assert turn.gap is None


def test_missed_ticks_are_caught_up_once_and_the_gap_is_told(app: App, clock: Clock) -> None:
    beats.take_turn(app, "deadlines", MINUTE, "direct", clock())
    clock.advance(hours=3)
    turn = beats.take_turn(app, "deadlines", MINUTE, "direct", clock())
    assert turn is not None
    assert turn.gap == timedelta(hours=3)
    assert beats.take_turn(app, "deadlines", MINUTE, "direct", clock()) is None


def test_ticks_count_from_1970_so_that_a_schedule_elsewhere_has_the_same() -> None:
    now = datetime(2026, 3, 29, 3, 7, 59, tzinfo=UTC)
    assert beats.tick(now, timedelta(minutes=5)) == datetime(2026, 3, 29, 3, 5, tzinfo=UTC)
