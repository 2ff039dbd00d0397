"""Requests that nobody answered in time: reminded, handed over, and still one answer."""

from __future__ import annotations

import pytest
from links import DIGITS, Phone, link_of
from story import Story, told, untouched
from test_collegial import asking, play  # noqa: F401 – the fixture is used by its name
from test_digest import morning, readers

from arende.errors import Forbidden

KEY = "agenda_clearance"


@pytest.fixture
def passed_on(play) -> Story:  # noqa: F811 – pytest hands the fixture over by this name
    """A clearance that went to the vice chair by time-out, after two reminders."""
    group = asking(play(of=["a_chair"], hand_over="2"))
    group.first = [link_of(group, "rs_chair")]
    for day in ("2020-08-05", "2020-08-06", "2020-08-07", "2020-08-10"):
        group.on_the(day)
    assert group.asked_of("group") == {"rs_chair": "handed_over", "rs_vice_chair": "pending"}
    return group


def test_the_first_ones_links_say_who_is_asked_now_and_decide_nothing(passed_on: Story) -> None:
    links = [*passed_on.first, link_of(passed_on, "rs_chair")]
    for path in links:
        answer = Phone(passed_on).open(path)
        assert answer.status_code == 410
        assert "vice ordförande" in answer.text
        late = Phone(passed_on).http.post(path, data={"decision": "approve", "control": DIGITS})
        assert late.status_code in (409, 410)
    assert passed_on.asked_of("group") == {"rs_chair": "handed_over", "rs_vice_chair": "pending"}
    path = link_of(passed_on, "rs_vice_chair")
    assert Phone(passed_on).send(path, decision="approve", control=DIGITS).status_code == 303
    assert passed_on.events("approval:decided")[0]["actor"] == "rs_vice_chair"


def test_a_reader_of_the_digest_is_told_each_morning_and_escalated_once(story: Story) -> None:
    story.people(readers("rsau_chair"))
    story.at("awaiting_rsau")
    for day in ("2020-08-04", "2020-08-05", "2020-08-06", "2020-08-07"):
        story.on_the(day, 6)
        assert morning(story, day) == 1
    story.on_the("2020-08-12")
    assert story.mails("approval_reminder", to="rsau_chair") == []
    assert len(story.mails("deadline_escalated", to="manager")) == 1
    assert story.asked_of(KEY) == {"rsau_chair": "pending"}


def test_of_two_holders_the_first_by_order_is_asked_and_the_other_may_not_answer_unasked(story: Story) -> None:
    second = "  - {person: officer2, office: chair, body: rsau, from: 2019-01-01, ordinal: 2}\n"
    story.people(lambda t: t.replace("offices:\n", f"offices:\n{second}"))
    story.at("awaiting_rsau")
    assert story.asked_of(KEY) == {"rsau_chair": "pending"}
    with untouched(story), told(Forbidden, "Begäran gäller"):
        story.decide("officer2", KEY)
    story.decide("rsau_chair", KEY, "recuse")
    assert story.asked_of(KEY) == {"rsau_chair": "recused", "officer2": "pending"}
