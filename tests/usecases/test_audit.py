"""The audit finds what somebody with the database or the disk in hand has changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from story import Story

from arende import db
from arende.app import App
from arende.usecases import audit


def faults(app: App) -> list[str]:
    return [f["what"] for f in audit.verify(app)[2]]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE cases SET state = 'closed'", "state"),
        ("UPDATE cases SET title = 'En annan'", "title"),
        ("""UPDATE cases SET fields = '{"rsau_date": "2020-01-01"}'""", "fields"),
        ("UPDATE documents SET sha256 = '" + "0" * 64 + "' WHERE record_no = 1", "document"),
        ("UPDATE approvals SET state = 'returned'", "approval"),
        ("UPDATE events SET channel = 'web' WHERE seq = 3", "hash"),
        ("UPDATE events SET payload = '{}' WHERE seq = 3", "payload"),
        ("UPDATE cases SET head = '" + "0" * 64 + "'", "head"),
    ],
)
def test_a_row_changed_by_hand_is_found(story: Story, tmp_path: Path, change: str, what: str) -> None:
    story.at("rsau_aligned")
    assert faults(story.app) == []
    copy = tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(str(story.app.engine.url.database))) as own, closing(sqlite3.connect(copy)) as other:
        own.backup(other)
        assert other.execute(change).rowcount
        other.commit()
    engine = db.open_engine(f"sqlite:///{copy}", sync_full=False)
    found = faults(replace(story.app, engine=engine))
    engine.dispose()
    assert what in found


def test_a_file_that_is_damaged_or_gone_is_found(story: Story) -> None:
    story.at("manager_review")
    file = story.app.storage.path(story.events("document:added")[0]["payload"]["sha256"])
    data = file.read_bytes()
    file.write_bytes(data + b" ")
    assert faults(story.app) == ["file"]
    file.unlink()
    assert faults(story.app) == ["file"]
    file.write_bytes(data)
