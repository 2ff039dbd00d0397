"""Files in storage: one that a document names is never taken away, one that nobody names is."""

import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from story import Story, told, untouched
from test_record import faults, remove

from arende import models
from arende.errors import Refused
from arende.storage import Storage
from arende.usecases import files


@pytest.fixture
def own(story: Story, tmp_path: Path) -> Story:
    """A story whose storage is its own."""
    object.__setattr__(story.app, "storage", Storage(tmp_path / "blobs", 1_000_000))
    story.register()
    return story


def put(story: Story, content: bytes, age: timedelta = timedelta(0)) -> str:
    """Bytes that no document names, put so long ago."""
    sha256, _ = story.app.storage.put(io.BytesIO(content))
    then = time.time() - age.total_seconds()
    os.utime(story.app.storage.folder / ".unclaimed" / sha256, (then, then))
    return sha256


def swept(story: Story) -> int:
    return files.sweep(story.app, datetime.now(UTC))


def held(story: Story) -> set[str]:
    return set(story.app.storage.held())


def seq_of(story: Story, n: int = -1) -> int:
    return int(story.events("document:added")[n]["seq"])


def test_a_file_that_no_document_names_is_swept_a_day_later(own: Story) -> None:
    fresh, old = put(own, b"fresh", timedelta(hours=23)), put(own, b"old", timedelta(hours=25))
    assert held(own) == {fresh, old}
    assert (swept(own), held(own)) == (1, {fresh})


def test_a_file_that_a_document_names_stays_however_old(own: Story) -> None:
    sha256 = put(own, b"declaration", timedelta(days=400))
    own.add("officer", "declaration", "declaration")
    assert (swept(own), held(own)) == (0, {sha256})
    put(own, b"declaration", timedelta(days=2))
    assert (swept(own), held(own)) == (0, {sha256})


def test_a_file_from_after_the_backup_that_was_restored_is_swept(own: Story) -> None:
    own.app.storage.claim(put(own, b"of a case that the restored database does not know"))
    assert (swept(own), held(own)) == (1, set())


def test_what_a_process_left_half_written_is_swept_a_day_later(own: Story) -> None:
    put(own, b"x")
    old, fresh = (own.app.storage.folder / f".new-{n}" for n in ("old", "fresh"))
    for file in (old, fresh):
        file.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    swept(own)
    assert (old.exists(), fresh.exists()) == (False, True)


def test_an_empty_storage_is_swept(own: Story) -> None:
    assert swept(own) == 0


def test_with_the_event_the_bytes_of_its_document_are_removed(own: Story) -> None:
    own.add("officer", "other", "private", name="Anna Exempel.pdf")
    sha256 = own.rows(models.documents)[-1]["sha256"]
    remove(own, seq_of(own))
    assert sha256 not in held(own)
    assert own.rows(models.documents)[-1]["name"] == "other-1"
    assert faults(own) == []


def test_bytes_that_another_document_has_too_stay_until_that_is_removed(own: Story) -> None:
    own.add("officer", "other", "twice")
    first = own.no
    own.register()
    own.add("officer", "other", "twice")
    remove(own, seq_of(own))
    assert len(held(own)) == 1
    own.no = first
    remove(own, seq_of(own))
    assert held(own) == set()


def test_bytes_that_somebody_is_about_to_add_anew_stay(own: Story) -> None:
    own.add("officer", "other", "again")
    own.app.storage.put(io.BytesIO(b"again"))
    remove(own, seq_of(own))
    own.add("officer", "other", "again")
    assert len(held(own)) == 1


def test_bytes_that_could_not_be_removed_at_once_are_swept(own: Story) -> None:
    own.add("officer", "other", "stuck")
    lock = own.app.storage.folder / ".lock"
    lock.unlink()
    lock.mkdir()  # the disk refuses
    remove(own, seq_of(own))
    assert len(held(own)) == 1
    lock.rmdir()
    assert (swept(own), held(own)) == (1, set())


def test_a_document_in_a_mail_on_its_way_is_not_removed(own: Story) -> None:
    own.on_to("municipal_consultation")
    sent = own.mails("referral")[0]["attachments"][0]
    n = next(i for i, d in enumerate(own.rows(models.documents)) if d["sha256"] == sent["sha256"])
    with untouched(own), told(Refused, "inte levererat än"):
        remove(own, seq_of(own, n))
    own.deliver()
    remove(own, seq_of(own, n))
    assert own.mails("referral")[0]["attachments"][0]["name"] == own.rows(models.documents)[n]["name"]
    assert sent["name"] not in str(own.mails("referral")[0]["attachments"])


def test_putting_and_removing_at_once_loses_no_named_file(own: Story) -> None:
    """Each round somebody adds the very bytes that somebody else takes away by a decision."""
    for n in range(15):
        own.add("officer", "other", f"contended {n}")
        seq = seq_of(own)
        with ThreadPoolExecutor(2) as pool:
            adding = pool.submit(own.add, "officer", "other", f"contended {n}")
            removing = pool.submit(remove, own, seq)
            adding.result()
            removing.result()
    named = {d["sha256"] for d in own.rows(models.documents)}
    assert held(own) == named
