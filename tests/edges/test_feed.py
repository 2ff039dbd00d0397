"""The feed tells every event once, in kinds and numbers, by one worker at a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from post import NOW, add_case, open_app
from sqlalchemy import Engine, insert, select, update

from arende import beats, db, feed, models
from arende.app import App

TITLE = "Anna Exempels ärende"


@pytest.fixture
def app(engine: Engine, tmp_path: Path) -> App:
    app = open_app(engine, tmp_path)
    add_case(engine)
    with db.writing(engine) as c:
        c.execute(update(models.cases).values(title=TITLE))
        c.execute(insert(models.actors).values(key="system", kind="system", name="Systemet", data={}))
    return app


def happen(app: App, seq: int, kind: str = "document:added", row: int | None = None, **payload: Any) -> None:
    zero = "0" * 64
    times = {"occurred_at": NOW, "recorded_at": NOW}
    given = {"case_id": 1, "seq": seq, "command_id": f"c{seq}", "n": 0, "kind": kind, "channel": "cli"}
    hashes = {"payload_sha256": zero, "previous": zero, "hash": zero}
    with db.writing(app.engine) as c:
        who = c.execute(select(models.actors.c.id)).scalar_one()
        numbered = {} if row is None else {"id": row}
        c.execute(insert(models.events).values(**given, **times, **hashes, **numbered, actor_id=who, payload=payload))


def told(app: App, worker: str = "a", later: float = 0) -> list[str] | None:
    """The names told now, and taken as told."""
    found = feed.news(app, worker, beats.real_now() + timedelta(seconds=later))
    if found is None:
        return None
    feed.keep(app, worker, found[1])
    return [n.name for n in found[0]]


def test_what_happened_before_the_feed_began_is_not_told_and_everything_after_is_once(app: App) -> None:
    happen(app, 1)
    feed.begin(app)
    assert told(app) == []
    happen(app, 2, "case:registered")
    happen(app, 3, "case:step:taken", **{"from": "draft", "to": "decided", "note": TITLE})
    happen(app, 4, "case:step:taken", **{"from": "decided", "to": "decided"})
    steps = ["arende.case.step.taken", "arende.case.decided", "arende.case.step.taken"]
    assert told(app) == ["arende.case.registered", *steps]
    assert told(app) == []


def test_nothing_personal_is_told_and_no_state_of_a_case_under_secrecy(app: App) -> None:
    feed.begin(app)
    with db.writing(app.engine) as c:
        c.execute(update(models.cases).values(secrecy=True))
    happen(app, 1, "case:step:taken", **{"from": "draft", "to": "decided", "note": TITLE})
    found = feed.news(app, "a", beats.real_now())
    assert found is not None
    (only,) = found[0]
    assert (only.name, only.register_no, only.type, only.seq) == ("arende.case.step.taken", "RS260017", "k", 1)
    assert TITLE not in repr(found)


def test_what_was_not_taken_is_told_again_under_the_same_id(app: App) -> None:
    feed.begin(app)
    happen(app, 1)
    first, again = feed.news(app, "a", beats.real_now()), feed.news(app, "a", beats.real_now())
    assert first is not None
    assert first == again
    assert len(first[0]) == 1


def test_one_worker_tells_and_another_takes_over_when_it_falls_silent(app: App) -> None:
    feed.begin(app)
    assert told(app, "a") == []
    happen(app, 1)
    assert told(app, "b") is None
    assert told(app, "b", later=31) == ["arende.case.document.added"]
    assert told(app, "a") is None


def test_an_event_that_commits_after_a_later_one_is_told_too(app: App) -> None:
    """On PostgreSQL two transactions may take their numbers in one order and commit in the other."""
    feed.begin(app)
    happen(app, 1, row=1)
    happen(app, 3, "case:assigned", row=3)
    assert told(app) == ["arende.case.document.added", "arende.case.assigned"]
    happen(app, 2, "case:corrected", row=2)
    assert told(app) == ["arende.case.corrected"]
    assert told(app) == []


def test_a_long_backlog_is_told_in_batches(app: App) -> None:
    feed.begin(app)
    for seq in range(1, feed.AT_A_TIME + 3):
        happen(app, seq)
    assert [len(told(app) or []) for _ in range(3)] == [feed.AT_A_TIME, 2, 0]
