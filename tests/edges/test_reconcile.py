"""Every promise that should have been kept by now and was not is found, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from post import Clock, add_case, add_mails, open_app
from sqlalchemy import Engine, insert, select, update

from arende import beats, db, models, reconcile, sweeps
from arende.app import App
from arende.meetingtables import promised_steps


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(engine: Engine, tmp_path: Path, clock: Clock) -> App:
    """An app with one case, whose only event led to the state it is in."""
    app = open_app(engine, tmp_path, clock=clock)
    case, now, zero = add_case(engine, 1), clock(), "0" * 64
    actor = {"key": "system", "kind": "system", "name": "Systemet", "data": {}}
    times = {"occurred_at": now, "recorded_at": now}
    event = {
        "seq": 1,
        "command_id": "c",
        "n": 0,
        "kind": "case:step:taken",
        "channel": "cli",
        "payload": {"to": "draft"},
    }
    with db.writing(engine) as connection:
        key = connection.execute(insert(models.actors).values(**actor)).inserted_primary_key
        assert key is not None
        row = {**event, **times, "case_id": case, "actor_id": key[0], "payload_sha256": zero, "previous": zero}
        connection.execute(insert(models.events).values(**row, hash="h"))
    return app


def mail(app: App, n: int, **values: Any) -> None:
    add_mails(app.engine, 1, [f"{n}@kommun.example"], **values)


def kinds(app: App) -> list[str]:
    beats.beat(app, "worker:here-1", {})
    return [f.key for f in reconcile.find(app)]


def test_nothing_is_found_where_every_promise_is_kept(app: App) -> None:
    mail(app, 1, state="sent")
    mail(app, 2)
    assert kinds(app) == []


def test_a_mail_that_should_have_left_is_found_ten_minutes_later(app: App, clock: Clock) -> None:
    mail(app, 1)
    clock.advance(minutes=9)
    assert kinds(app) == []
    clock.advance(minutes=2)
    found = reconcile.find(app)
    assert [(f.kind, f.register_no, f.row) for f in found if f.kind != "no_worker"] == [("mail_late", "RS260001", 1)]
    assert "2026-03-02 09.00" in found[0].sentence.sv


def test_a_mail_that_is_tried_again_and_again_is_found(app: App, clock: Clock) -> None:
    mail(app, 1, attempts=7, next_at=clock() + timedelta(hours=5))
    clock.advance(hours=4, minutes=30)
    assert kinds(app) == ["mail_struggling 1"]


def test_a_lease_whose_holder_is_gone_is_found(app: App, clock: Clock) -> None:
    mail(app, 1, state="sending", lease_by="gone", lease_until=clock())
    clock.advance(minutes=11)
    assert kinds(app) == ["lease_expired 1"]


def test_a_failure_that_nobody_could_be_told_of_is_found(app: App) -> None:
    """The case is of a type that cannot be read, so the report fails; that is told too, and hides nothing."""
    mail(app, 1, state="failed", reply="550 no such user")
    assert kinds(app) == ["check_failed", "failure_untold 1"]


def test_a_deadline_that_did_not_fire_is_found(app: App, clock: Clock) -> None:
    moment = {"anchor_at": clock(), "due_at": clock(), "due_on": clock().date()}
    row = {"case_id": 1, "key": "state:draft", "round": 1, "step": "due", "n": 0, "rule": {}, "state": "open"}
    with db.writing(app.engine) as connection:
        connection.execute(insert(models.deadlines).values(**row, **moment))
    clock.advance(minutes=11)
    assert kinds(app) == ["deadline_unfired 1"]


def test_what_a_meeting_promised_and_nobody_carried_out_is_found(app: App, clock: Clock) -> None:
    row = {"case_id": 1, "seq": 1, "n": 0, "kind": "step", "register_no": "RS260001", "data": {}, "state": "queued"}
    with db.writing(app.engine) as connection:
        actor = connection.execute(select(models.actors.c.id)).scalars().first()
        connection.execute(insert(promised_steps).values(**row, actor_id=actor, created_at=clock()))
    clock.advance(minutes=11)
    assert kinds(app) == ["promise_unkept 1"]


@pytest.mark.parametrize("change", [{"state": "decided"}, {"head": "f" * 64}])
def test_a_case_that_disagrees_with_its_events_is_found(app: App, change: dict[str, str]) -> None:
    with db.writing(app.engine) as connection:
        connection.execute(update(models.cases).values(**change))
    assert kinds(app) == ["case_disagrees 1"]


def test_silent_workers_are_found_and_long_dead_ones_forgotten(app: App) -> None:
    """Processes live in the machine's time, whatever day it is for the cases."""
    beats.beat(app, "worker:here-1", {}, beats.real_now() - timedelta(hours=2))
    assert [f.kind for f in reconcile.find(app)] == ["no_worker"]
    assert beats.read(app, "worker:") == []


def test_a_clock_that_was_set_back_is_found(app: App, clock: Clock) -> None:
    clock.now -= timedelta(minutes=1)
    assert "clock_back" not in kinds(app)
    clock.now -= timedelta(hours=26)
    (found,) = [f for f in reconcile.find(app) if f.kind == "clock_back"]
    assert "Ställ klockan" in found.sentence.sv


def test_a_sweep_that_stopped_is_found(app: App) -> None:
    beats.take_turn(app, "deadlines", timedelta(minutes=1), "direct", beats.real_now() - timedelta(minutes=30))
    assert kinds(app) == ["sweep_late"]


def test_the_result_is_kept_for_the_administrator(app: App, clock: Clock) -> None:
    mail(app, 1)
    clock.advance(minutes=11)
    kinds(app)
    kept = reconcile.latest(app)
    assert kept is not None
    assert [f["kind"] for f in kept.data["findings"]] == ["mail_late"]
    assert kept.data["count"] == 1


def test_a_sweep_tells_what_it_found_and_the_gap_before_it_once(app: App) -> None:
    beats.beat(app, "worker:here-1", {})
    before = beats.real_now()
    whole = "Allt som lovats är gjort."
    assert sweeps.sweep(app, "reconcile", "direct", before) == sweeps.Swept(whole)
    assert sweeps.sweep(app, "reconcile", "direct", before) is None
    after = before + timedelta(hours=1)
    swept = sweeps.sweep(app, "reconcile", "direct", after)
    assert swept == sweeps.Swept(f"{whole} Uppehåll före denna körning: 60 min.")
