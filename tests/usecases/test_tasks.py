"""What reporting a task as done may and may not do: no case is left waiting for nobody."""

import pytest
from story import Story

from arende.errors import Forbidden, Refused


def open_tasks(story: Story) -> set[tuple[str, str]]:
    return {(t["act"], t["role"]) for t in story.tasks(state="open")}


def test_the_next_step_is_done_by_a_step_and_the_refusal_names_those_there_are(story: Story) -> None:
    story.at("draft")
    assert open_tasks(story) == {("next_step", "case_officer")}
    before = story.last()
    with pytest.raises(Refused, match=r"Ta ett av stegen: ”Lämna till granskning”, "):
        story.complete("officer", "next_step")
    assert story.last() == before
    assert open_tasks(story) == {("next_step", "case_officer")}


def test_the_steps_of_the_case_are_not_told_to_somebody_else(story: Story) -> None:
    story.at("draft")
    with pytest.raises(Forbidden, match="väntar på handläggare, inte på dig"):
        story.complete("officer2", "next_step")


def test_whose_task_is_done_by_hand_has_the_next_step_left(story: Story) -> None:
    story.at("manager_review")
    assert open_tasks(story) == {("submit", "manager")}
    story.complete("manager", "submit")
    assert open_tasks(story) == {("next_step", "manager")}
    assert story.mails("task_assigned", "manager")[1:] == []  # who did it need not be told


def test_a_task_done_by_hand_opens_nothing_where_somebody_is_asked_already(story: Story) -> None:
    story.at("compiling").withdraw("hylte")
    waits = open_tasks(story)
    story.complete("officer", "consider_position")
    assert open_tasks(story) == waits - {("consider_position", "case_officer")}
    assert open_tasks(story)
