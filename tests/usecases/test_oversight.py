"""What administrators read of the whole: lead times, editions, absences – from the record, and nothing of one case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from story import TYPE, Story

from arende import db, directory, health, inspection, models
from arende.errors import NotFound
from arende.usecases import leadtimes, versions
from arende.usecases.administrators import Overseer, overseer


def admin(story: Story) -> Overseer:
    return overseer(story.app, "administrator")


def test_lead_times_are_days_in_each_state_of_those_that_left_it(story_on_each: Story) -> None:
    story = story_on_each
    for days in (2, 4, 12):
        story.register()
        story.clock.advance(days=days)
        story.on_to("manager_review")
    story.register(title="Väntar")
    story.clock.advance(days=1)
    found = leadtimes.of_type(admin(story), TYPE)
    draft, review = found.states
    assert (found.read, found.all) == (4, True)
    assert (draft.state, draft.count, draft.median, draft.p90, draft.here, draft.oldest) == ("draft", 3, 4, 12, 1, 1)
    assert (review.state, review.count, review.here, review.oldest) == ("manager_review", 0, 3, 17)
    assert (found.whole.count, found.whole.here, found.whole.oldest) == (0, 4, 19)


def test_a_state_that_a_case_comes_back_to_counts_each_time(story: Story) -> None:
    story.at("manager_review")
    story.clock.advance(days=3)
    story.step("manager", "send_back", note="Skriv om syftet.")
    story.clock.advance(days=1)
    story.step("officer", "request_review")
    draft, review = leadtimes.of_type(admin(story), TYPE).states
    assert (draft.count, draft.p90, draft.here) == (2, 1, 0)
    assert (review.count, review.p90, review.here) == (1, 3, 1)


def test_a_type_that_no_case_is_of_has_no_lead_times(story: Story) -> None:
    story.register()
    with pytest.raises(NotFound, match="inget ärende av typen letter"):
        leadtimes.of_type(admin(story), "letter")


def test_cases_are_counted_on_the_edition_that_they_follow(story: Story) -> None:
    story.at("closed")
    story.register()
    known = versions.one(admin(story), TYPE)
    (edition,) = known.editions
    assert (edition.current, edition.running, edition.ended) == (True, 1, 1)
    assert edition.hash == story.case["definition"]
    assert versions.rules_of(admin(story), known, edition.version).hash == edition.hash
    with pytest.raises(NotFound, match="ingen sådan utgåva"):
        versions.rules_of(admin(story), known, "9.9.9")
    with pytest.raises(NotFound, match="ingen ärendetyp nothing"):
        versions.one(admin(story), "nothing")
    unused = versions.one(admin(story), "letter")
    assert (unused.in_files, unused.editions, unused.running) == (True, (), 0)


def test_who_stands_in_for_whom_is_told_from_today_on(story: Story) -> None:
    story.substitute("rs_chair", "rs_vice_chair")
    today = story.clock().date()
    with db.reading(story.app.engine) as conn:
        (absence,) = directory.stand_ins(conn, today)
        assert directory.stand_ins(conn, today + timedelta(days=4000)) == []
    assert (absence["absent"], absence["by"], absence["office"]) == (
        "Regionstyrelsens ordförande", "Regionstyrelsens vice ordförande", None,
    )  # fmt: skip


def rename(story: Story, title: str) -> str:
    """Change the title behind the program's back; returns what it was."""
    before = str(story.case["title"])
    with db.writing(story.app.engine) as conn:
        conn.execute(update(models.cases).where(models.cases.c.register_no == story.no).values(title=title))
    return before


def test_the_audit_of_everything_is_kept_and_finds_what_somebody_changed(story_alone: Story) -> None:
    story = story_alone
    story.at("manager_review")
    story.register()
    assert inspection.latest(story.app) is None
    thread = inspection.begin(story.app)
    assert thread is not None
    thread.join(30)
    found = inspection.latest(story.app)
    assert found is not None
    assert (found["state"], found["cases"], found["count"]) == ("done", 2, 0)
    title = rename(story, "Bytt rubrik")
    assert inspection.whole(story.app)[2] == [{"register_no": story.no, "seq": 1, "what": "title"}]
    found = inspection.latest(story.app)
    assert found is not None
    assert (found["count"], found["faults"][0]["what"]) == (1, "title")
    rename(story, title)


def test_health_holds_nothing_personal_and_the_worst_part_decides(story: Story) -> None:
    story.at("manager_review")
    checks = health.look(story.app)
    assert health.worst(checks) == "critical"  # no worker runs in a story
    assert {c.key for c in checks} == {"database", "workers", "mail", "promises", "sweeps", "tray", "disk"}
    assert "@" not in str([c.as_data() for c in checks])
    assert health.worst([]) == "ok"
