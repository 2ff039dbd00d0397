"""Reminders, last days and escalations: each once, in order, and none after a timely answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, update
from story import Story

from arende import commands, db, models
from arende.errors import Refused
from arende.usecases.clock import fire_due


def fired(story: Story, key: str) -> list[tuple[str, int]]:
    """(step, n) of the deadline's rows that fired, in the order of their events."""
    rows = [d for d in story.rows(models.deadlines) if d["key"] == key and d["state"] == "fired"]
    return [(d["step"], d["n"]) for d in sorted(rows, key=lambda d: d["fired_seq"])]


def templates(story: Story, since: int) -> list[tuple[str, str]]:
    return [(m["template"], m["address"].split("@")[0]) for m in story.mails()[since:]]


@pytest.fixture
def reviewing(story: Story) -> Story:
    """With the manager since Monday 3 August; the last day is Thursday the 6th."""
    return story.at("manager_review")


def test_each_rung_comes_once_on_its_day(reviewing: Story) -> None:
    since = len(reviewing.mails())
    seen = []
    for day in ("2020-08-03", "2020-08-04", "2020-08-05", "2020-08-06", "2020-08-07", "2020-08-10", "2020-08-11"):
        reviewing.on_the(day)
        seen.append((day[-2:], templates(reviewing, since)))
        since = len(reviewing.mails())
    assert [x for x in seen if x[1]] == [
        ("05", [("deadline_reminder", "manager")]),
        ("07", [("deadline_reminder", "manager"), ("deadline_escalated", "region_director")]),
    ]
    assert fired(reviewing, "state:manager_review") == [("remind", 0), ("due", 0), ("remind", 1), ("escalate", 0)]


def test_three_silent_days_are_made_up_for_once_and_in_order(reviewing: Story) -> None:
    reviewing.on_the("2020-08-31")
    assert fired(reviewing, "state:manager_review") == [("remind", 0), ("due", 0), ("remind", 1), ("escalate", 0)]
    assert reviewing.sweep().count == 0


def test_the_last_day_is_over_at_midnight_in_stockholm(reviewing: Story) -> None:
    reviewing.on_the("2020-08-06", hour=23)
    assert ("due", 0) not in fired(reviewing, "state:manager_review")
    reviewing.clock.advance(minutes=59, seconds=59, milliseconds=500)
    reviewing.sweep()
    assert ("due", 0) not in fired(reviewing, "state:manager_review"), "within its last second the day is still on"
    reviewing.clock.advance(milliseconds=500)
    reviewing.sweep()
    assert ("due", 0) in fired(reviewing, "state:manager_review")


def test_nothing_comes_after_a_timely_answer(reviewing: Story) -> None:
    reviewing.step("manager", "send_back", "Kort.")
    since = len(reviewing.mails())
    reviewing.on_the("2020-09-30")
    assert fired(reviewing, "state:manager_review") == []
    assert templates(reviewing, since) == []


def test_a_request_reminds_and_an_answered_one_does_not(story: Story) -> None:
    story.at("awaiting_rsau").on_the("2020-08-05")
    assert len(story.mails("approval_reminder", to="rsau_chair")) == 1
    story.decide("rsau_chair", "agenda_clearance")
    story.on_the("2020-08-31")
    assert len(story.mails("approval_reminder")) == 1


def test_two_sweepers_at_once_fire_each_deadline_once(story_on_each: Story) -> None:
    story = story_on_each.at("manager_review")
    story.clock.advance(days=30)
    with ThreadPoolExecutor(4) as pool:
        swept = list(pool.map(lambda _: fire_due(story.app), range(4)))
    assert all(not s.refused for s in swept)
    assert fired(story, "state:manager_review") == [("remind", 0), ("due", 0), ("remind", 1), ("escalate", 0)]
    assert len(story.mails("deadline_escalated")) == 1


def test_the_follow_up_comes_back_every_sixty_working_days(story: Story) -> None:
    story.at("awaiting_reply")
    for n, day in enumerate(("2020-11-01", "2021-02-10", "2021-05-20"), 1):
        story.on_the(day)
        assert len(story.tasks(act="ask_ministry")) == n
    assert story.state == "awaiting_reply"


def test_the_registrar_asks_for_the_receipt_when_the_ministry_is_silent(story: Story) -> None:
    story.at("submitted").on_the("2020-08-17")
    assert [t["assignee"] for t in story.tasks(act="ask_receipt")] == ["registrar"]
    assert fired(story, "state:submitted") == [("remind", 0), ("due", 0)]


def test_a_deadline_follows_the_date_it_hangs_on(story: Story) -> None:
    story.register(fields={"draft_due": "2020-09-01"})
    assert story.case["due_at"].date().isoformat() == "2020-09-01"
    story.register()
    assert story.case["due_at"] is None


def test_a_deadline_that_is_asked_for_too_early_still_fires_when_it_comes(reviewing: Story) -> None:
    row = next(d for d in reviewing.rows(models.deadlines) if d["step"] == "due" and d["key"] == "state:manager_review")
    order = commands.FireDeadline(actor="system", deadline=row["id"])
    with pytest.raises(Refused):
        reviewing.do(order)
    reviewing.clock.advance(days=30)
    assert "deadline:fired" in reviewing.do(order).events


def break_rule_of(story: Story, state: str) -> None:
    """The row's rule no longer makes sense: as if written by a program with a fault."""
    d = models.deadlines
    with db.writing(story.app.engine) as c:
        c.execute(update(d).where(d.c.key == f"state:{state}", d.c.step != "remind").values(rule={"then": {"task": 7}}))


def test_one_that_fails_does_not_stop_the_others(story: Story) -> None:
    said: list[str] = []
    story.at("manager_review")
    break_rule_of(story, "manager_review")
    story.clock.advance(days=1)
    story.register(fields={"draft_due": "2020-08-05"})
    story.clock.advance(days=30)
    swept = fire_due(story.app, said.append)
    assert len(swept.refused) == 2
    assert len(said) == 2
    assert not any("Regional" in s for s in said)
    assert fired(story, "state:draft") == [("due", 0), ("remind", 1), ("escalate", 0)]


@pytest.mark.long
def test_hundreds_that_fail_do_not_hide_the_one_behind_them(story: Story) -> None:
    story.at("manager_review")
    row = next(d for d in story.rows(models.deadlines) if d["step"] == "due")
    copies = [
        {**{k: v for k, v in row.items() if k != "id"}, "n": n, "rule": {"then": {"task": 7}}} for n in range(1, 260)
    ]
    with db.writing(story.app.engine) as c:
        c.execute(insert(models.deadlines), copies)
    story.clock.advance(days=30)
    swept = story.sweep()
    assert len(swept.refused) == 259
    assert ("escalate", 0) in fired(story, "state:manager_review")
    with db.writing(story.app.engine) as c:
        c.execute(models.deadlines.delete().where(models.deadlines.c.n >= 2))


def test_the_gap_tells_how_late_the_sweep_was(reviewing: Story) -> None:
    assert reviewing.on_the("2020-08-10").gap.days == 5


def test_a_failed_mail_is_on_record_and_a_task(story: Story) -> None:
    story.at("municipal_consultation")
    mail = story.mails("referral", to="hylte")[0]
    order = commands.ReportDelivery(actor="system", outbox=mail["id"], reply="550 5.1.1 no such user\r\nX: y")
    story.do(order)
    story.do(order)
    assert len(story.tasks(act="delivery_failure", state="open")) == 1
    assert story.last()["payload"]["reply"].startswith("550 5.1.1 no such user")
    assert story.tasks(act="delivery_failure")[0]["role"] == "registrar"
    assert [m["recipient_name"] for m in story.mails("delivery_failure")] == ["Registratorn"]


def test_a_clock_that_was_set_back_leaves_the_record_in_order(reviewing: Story) -> None:
    before = reviewing.clock.now
    reviewing.clock.advance(hours=-26)
    reviewing.step("manager", "send_back", note="Klockan har ställts tillbaka.")
    *_, last = reviewing.rows(models.events)
    assert last["recorded_at"] == before
    assert last["occurred_at"] < before
