"""One mail each working morning for those who want it: once, with all that waits, and nothing when nothing waits."""

import re
from datetime import datetime

import pytest
from links import Phone
from sqlalchemy import select
from story import Story, untouched

from arende import db, mime, models, outbox, reconcile
from arende.mime import LINK
from arende.usecases import deliveries, digest
from arende.usecases.administrators import at_the_machine
from handclock import STOCKHOLM

KEY = "agenda_clearance"


def readers(*keys: str):
    def change(text: str) -> str:
        for key in keys:
            text = re.sub(rf"(  {key}: .*)}}", r"\1, mail: digest}", text)
        return text

    return change


@pytest.fixture
def reader(story: Story) -> Story:
    """The chair of the committee reads a digest; the officer gets a mail for each."""
    story.people(readers("rsau_chair", "rsau_secretary"))
    return story.at("awaiting_rsau")


def digests(story: Story) -> list[dict]:
    with db.reading(story.app.engine) as conn:
        wanted = select(models.outbox).where(models.outbox.c.template == "digest").order_by(models.outbox.c.id)
        return [dict(r) for r in conn.execute(wanted).mappings()]


def morning(story: Story, day: str, hour: int = 7) -> int:
    story.clock.now = datetime.fromisoformat(day).replace(hour=hour, tzinfo=STOCKHOLM)
    return digest.send_due(story.app)


def test_a_reader_of_the_digest_gets_no_single_mail(reader: Story) -> None:
    assert reader.mails(to="rsau_chair") == []
    assert reader.mails(to="rsau_secretary") == []
    assert reader.mails(to="manager")


def test_the_digest_tells_all_that_waits_once_each_working_day(reader: Story) -> None:
    assert morning(reader, "2020-08-04", 6) == 0
    assert morning(reader, "2020-08-04") == 2
    assert morning(reader, "2020-08-04") == 0
    assert morning(reader, "2020-08-04", 15) == 0
    (mail,) = [m for m in digests(reader) if m["address"].startswith("rsau_chair@")]
    assert mail["case_id"] is None
    assert mail["subject"] == "Sammandrag 4 augusti: en sak väntar"
    assert "Klartecken: Att avsiktsförklaringen tas upp" in " ".join(mail["text"].split())
    assert "Senast torsdagen den 6 augusti 2020" in mail["text"]
    assert morning(reader, "2020-08-05") == 2
    assert len(digests(reader)) == 4


def test_after_three_days_down_one_digest_comes_and_not_four(reader: Story) -> None:
    assert morning(reader, "2020-08-04") == 2
    assert morning(reader, "2020-08-10", 11) == 2
    assert len(digests(reader)) == 4
    mail = next(m for m in digests(reader)[2:] if m["address"].startswith("rsau_chair@"))
    assert "FÖRSENAT" in mail["text"]
    assert mail["subject"].endswith("en sak väntar, 1 försenad")


@pytest.mark.parametrize("day", ["2020-08-08", "2020-08-09", "2020-12-25", "2021-01-06"])
def test_no_digest_on_a_day_off(reader: Story, day: str) -> None:
    assert morning(reader, day) == 0


def test_no_digest_when_nothing_waits(reader: Story) -> None:
    reader.decide("rsau_chair", KEY)
    morning(reader, "2020-08-04")
    assert [m["address"].split("@")[0] for m in digests(reader)] == ["rsau_secretary"]


def test_each_request_has_a_link_of_its_own_and_the_day_before_s_is_over(reader: Story) -> None:
    morning(reader, "2020-08-04")
    morning(reader, "2020-08-05")
    mails = [m for m in digests(reader) if m["address"].startswith("rsau_chair@")]
    assert f"{LINK}.0" in mails[0]["text"]
    rows = reader.rows(models.tokens)
    assert [(r["kind"], r["message_id"], r["why"]) for r in rows] == [
        ("link", mails[0]["message_id"], "reminded"),
        ("link", mails[1]["message_id"], None),
    ]
    reader.decide("rsau_chair", KEY)
    assert all(r["revoked_at"] or r["used_at"] for r in reader.rows(models.tokens)) or reader.asked_of(KEY)


def test_a_new_text_is_told_in_the_next_digest_and_the_link_of_the_day_before_decides_nothing(reader: Story) -> None:
    morning(reader, "2020-08-04")
    (old,) = [m for m in digests(reader) if m["address"].startswith("rsau_chair@")]
    assert "Ny text" not in old["text"]
    reader.add("officer", "declaration", "en ny lydelse")
    assert reader.mails(to="rsau_chair") == []
    path = f"/b/{mime.link_tag(reader.app.keys, old['key_id'], old['message_id'] + '.0')}"
    assert [t["why"] for t in reader.rows(models.tokens)] == ["superseded"]
    with untouched(reader):
        page = Phone(reader).open(path)
    assert (page.status_code, "<form" in page.text) == (410, False)
    morning(reader, "2020-08-05")
    new = [m for m in digests(reader) if m["address"].startswith("rsau_chair@")][-1]
    for words in ("Ny text: den tidigare begäran gäller inte längre", "visas där du svarar"):
        assert words in " ".join(new["text"].split())
        assert words in " ".join(new["html"].split())
    page = Phone(reader).open(f"/b/{mime.link_tag(reader.app.keys, new['key_id'], new['message_id'] + '.0')}")
    assert "Det här har ändrats sedan den tidigare begäran" in page.text


def test_what_is_due_before_the_next_digest_comes_at_once(story: Story) -> None:
    story.people(readers("manager"))
    story.clock.now = datetime(2020, 8, 5, 9, tzinfo=STOCKHOLM)
    story.at("manager_review")  # three working days
    assert story.mails("task_assigned", to="manager") == []


def test_a_secret_case_is_told_by_its_number(story: Story) -> None:
    story.people(readers("officer"))
    story.register(title="Hemlig rubrik", secrecy=True)
    morning(story, "2020-08-04")
    (mail,) = digests(story)
    assert "Hemlig" not in mail["subject"] + mail["text"] + mail["html"]
    assert story.no in mail["text"]


def test_a_digest_stands_in_the_outbox_and_its_failure_on_the_administrators_page(reader: Story) -> None:
    morning(reader, "2020-08-04")
    assert {r["register_no"] for r in deliveries.listing(at_the_machine(reader.app))} == {"", reader.no}
    failed = {"state": "failed", "next_at": reader.clock(), "reply": "550 no"}
    with db.writing(reader.app.engine) as conn:
        conn.execute(models.outbox.update().where(models.outbox.c.template == "digest").values(**failed))
    assert outbox.report_failures(reader.app) == 0
    assert [f.register_no for f in reconcile.find(reader.app) if f.kind == "failure_untold"] == ["", ""]


def test_the_digest_is_written_on_each_database(story_on_each: Story) -> None:
    story_on_each.people(readers("officer"))
    story_on_each.register()
    assert morning(story_on_each, "2020-08-04") == 1
    assert morning(story_on_each, "2020-08-04") == 0
    (mail,) = digests(story_on_each)
    assert outbox.due(story_on_each.app, story_on_each.clock()) >= 1
    rows = outbox.claim(story_on_each.app, 50, "test", story_on_each.clock())
    assert mail["id"] in {r.id for r in rows}
