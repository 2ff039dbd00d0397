"""Mails that did not get through: who sees what of them, and a new attempt, once, on record, at the right address."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from story import Story

from arende import db, models
from arende.commands import ReportDelivery
from arende.deliverycommands import RetryDelivery
from arende.errors import Forbidden, NotFound, Refused
from arende.usecases import deliveries
from arende.usecases.administrators import at_the_machine, overseer

SECRET = "Beredskapslager i Hyltebruk"


def bounced(story: Story) -> dict[str, Any]:
    """A request to a municipality that came back; the registrar has the task."""
    story.at("municipal_consultation").deliver()
    mail = next(m for m in story.rows(models.outbox) if "Hylte" in m["recipient_name"])
    story.do(ReportDelivery(actor="system", door="mail", outbox=mail["id"], reply="550 5.1.1 no such mailbox"))
    return next(m for m in story.rows(models.outbox) if m["id"] == mail["id"])


def again(story: Story, mail: int, who: str = "administrator") -> None:
    story.do(RetryDelivery(actor=who, door="web", delivery=mail))


def test_an_administrator_finds_a_bounce_and_sends_it_again(story_on_each: Story) -> None:
    story = story_on_each
    mail = bounced(story)
    who = overseer(story.app, "administrator")
    (found,) = deliveries.listing(who, states=deliveries.STATES["trouble"])
    assert (found["register_no"], found["id"], found["reply"][:3]) == (story.no, mail["id"], "550")
    assert "delivery_failure" in story.waiting()
    again(story, mail["id"])
    assert deliveries.listing(who, states=deliveries.STATES["trouble"]) == []
    row = deliveries.one(who, mail["id"])
    assert (row["state"], row["attempts"], row["next_at"]) == ("queued", 0, story.clock())
    assert "delivery_failure" not in story.waiting()
    assert story.last()["kind"] == "delivery:retried"
    assert story.last()["payload"]["new_address"] is False


def test_it_goes_to_the_address_that_the_recipient_has_now(story: Story) -> None:
    mail = bounced(story)
    story.people(lambda text: text.replace(mail["address"], "ny@hylte.example"))
    who = overseer(story.app, "administrator")
    assert deliveries.one(who, mail["id"])["now"] == "ny@hylte.example"
    again(story, mail["id"])
    assert deliveries.one(who, mail["id"])["address"] == "ny@hylte.example"
    assert story.last()["payload"]["new_address"] is True


def test_the_same_press_twice_is_one_and_a_second_one_changes_nothing_that_is_sent(story: Story) -> None:
    mail = bounced(story)
    press = RetryDelivery(actor="administrator", door="web", delivery=mail["id"])
    assert story.do(press) == story.do(press)
    assert story.kinds().count("delivery:retried") == 1
    story.deliver()
    with pytest.raises(Refused, match="redan lämnat"):
        again(story, mail["id"])
    with pytest.raises(NotFound, match="Mejl 999999 finns inte"):
        again(story, 999_999)


def test_the_case_officer_and_the_registrar_may_too_and_nobody_else(story: Story) -> None:
    mail = bounced(story)
    for who in ("rsau_chair", "officer2"):
        with pytest.raises(Forbidden, match="Du kan inte sända mejlet igen"):
            again(story, mail["id"], who)
    for who in ("officer", "registrar"):
        again(story, mail["id"], who)


def test_only_administrators_and_who_stands_in_for_one_watch_over_the_machine(story: Story) -> None:
    story.register()
    for who in ("officer", "registrar", "rs_chair", "system"):
        with pytest.raises(Forbidden, match="administratör"):
            overseer(story.app, who)
    story.substitute("administrator", "officer2")
    assert overseer(story.app, "officer2")


def test_of_a_case_under_secrecy_an_administrator_sees_the_number_and_can_still_send_again(story: Story) -> None:
    story.register(title=SECRET, secrecy=True)
    story.add("officer", "declaration", SECRET)
    story.relate()
    story.step("officer", "request_review")
    (mail, *_) = story.rows(models.outbox)
    with db.writing(story.app.engine) as conn:
        failed = {"state": "failed", "reply": f"550 5.1.1 {mail['address']} unknown", "next_at": story.clock()}
        conn.execute(update(models.outbox).values(**failed))
    shown = deliveries.one(overseer(story.app, "administrator"), mail["id"])
    assert (shown["register_no"], shown["secret"], shown["reply"]) == (story.no, True, "550")
    assert mail["address"] not in str(shown)
    assert mail["subject"] not in str(shown)
    assert deliveries.one(at_the_machine(story.app), mail["id"])["address"] == mail["address"]
    again(story, mail["id"])
    assert deliveries.one(overseer(story.app, "administrator"), mail["id"])["state"] == "queued"


def test_a_mail_of_no_case_is_sent_again_by_administrators_alone(story: Story) -> None:
    story.at("manager_review")
    (mail, *_) = story.rows(models.outbox)
    with db.writing(story.app.engine) as conn:
        conn.execute(update(models.outbox).where(models.outbox.c.id == mail["id"]).values(case_id=None, state="failed"))
    with pytest.raises(Forbidden):
        again(story, mail["id"], "registrar")
    again(story, mail["id"])
    assert deliveries.one(overseer(story.app, "administrator"), mail["id"])["state"] == "queued"
