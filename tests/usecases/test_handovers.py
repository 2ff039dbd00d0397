"""What waits for a body that ends passes to its successor: each case by a command of its own; the rest is listed."""

from __future__ import annotations

from typing import Any

import pytest
from scenarios import Player, scenarios
from sqlalchemy import update
from story import Story, told, untouched

from arende import db, models
from arende.commands import CompleteTask, RegisterCase
from arende.errors import Forbidden, Invalid, Refused
from arende.organisationcommands import TASK, HandOver
from arende.usecases import audit, promises

KEY = "organisation_change"


def change(story: Story) -> Story:
    """A change of organisation that is being carried out: its registrar has the task to move cases."""
    first = scenarios(KEY)[0]
    steps = [step for n, step in enumerate(first.steps) if n or "day" not in step]
    at = next(n for n, step in enumerate(steps) if step.get("task") == TASK)
    player = Player(story.app, story.clock)
    player.play(first, KEY, until=at)
    story.no = player.no
    return story


def gathering(story: Story, body: str) -> str:
    """An event of the body: its secretary organises it."""
    given = {"body": body, "event_date": "2022-12-20", "invited": "municipality_hylte"}
    return str(story.do(RegisterCase(actor="officer", type="event", title="Dialog", fields=given)).register_no)


def hand_over(story: Story, who: str = "registrar", successor: str = "rs") -> Any:
    return story.on_case(HandOver, who, successor=successor).data


def on(story: Story, number: str) -> Story:
    story.no = number
    return story


def test_a_case_of_a_body_that_ends_passes_to_the_successor_and_says_why(story: Story) -> None:
    number, other = change(story).no, gathering(story, "ln_hylte")
    assert hand_over(story) == {"moved": [other], "remains": []}
    assert {t["act"] for t in story.tasks() if t["state"] == "open"}.isdisjoint({TASK})
    assert on(story, other).case["fields"]["body"] == "rs"
    (event,) = story.events("case:handed_over")
    assert event["payload"] == {
        "from": number, "to": "rs", "fields": {"body": "rs"},
        "bodies": [f"ln_{t}" for t in ("falkenberg", "halmstad", "hylte", "kungsbacka", "laholm", "varberg")],
    }  # fmt: skip
    assert event["authority"] == f"Regionfullmäktige 2022-03-02 § 30, {number}"
    assert "read_handover" in {t["act"] for t in story.tasks() if t["state"] == "open"}
    assert all((t["office"] or "").partition("@")[2] not in event["payload"]["bodies"] for t in story.tasks())
    assert audit.verify(story.app)[2] == []


def test_a_case_of_another_body_stays_where_it_is(story: Story) -> None:
    change(story)
    other = gathering(story, "tu")
    assert hand_over(story)["moved"] == []
    assert on(story, other).case["fields"]["body"] == "tu"


def test_a_meeting_of_the_body_is_listed_and_the_checklist_stays_open(story: Story) -> None:
    number = change(story).no
    fields = {"body": "ln_hylte", "meeting_date": "2022-12-14"}
    held = story.do(RegisterCase(actor="registrar", type="meeting", title="Sammanträde", fields=fields)).register_no
    (left,) = hand_over(on(story, number))["remains"]
    assert (left["register_no"], left["sv"]) == (
        held,
        "Det är ett sammanträde med organet. Håll det eller ställ in det.",
    )
    assert next(t for t in story.tasks() if t["act"] == TASK)["state"] == "open"


def test_handing_over_twice_moves_nothing_twice(story: Story) -> None:
    change(story)
    gathering(story, "ln_hylte")
    hand_over(story)
    with untouched(story), told(Refused, "ingen öppen uppgift"):
        hand_over(story)
    assert promises.keep(story.app) == (0, 0)


@pytest.mark.parametrize(
    ("who", "successor", "error", "words"),
    [
        ("officer", "rs", Forbidden, "väntar inte på dig"),
        ("registrar", "nowhere", Invalid, "finns inte i personfilen"),
        ("registrar", "ln_hylte", Refused, "upphör självt"),
    ],
)
def test_a_hand_over_that_makes_no_sense_changes_nothing(
    story: Story, who: str, successor: str, error: type[Exception], words: str
) -> None:
    change(story)
    with untouched(story), told(error, words):
        hand_over(story, who, successor)


def test_a_case_that_ends_no_body_has_nothing_to_hand_over(story: Story) -> None:
    story.register()
    with untouched(story), told(Refused, "ingen öppen uppgift"):
        hand_over(story)


def test_whoever_has_done_it_by_hand_reports_the_task_as_before(story: Story) -> None:
    change(story)
    (task,) = (t for t in story.tasks() if t["act"] == TASK)
    story.do(CompleteTask(actor="registrar", task=task["id"]))
    assert next(t for t in story.tasks() if t["act"] == TASK)["state"] == "done"


def test_a_case_that_names_no_body_that_ends_hands_nothing_over(story: Story) -> None:
    number, other = change(story).no, gathering(story, "ln_hylte")
    fields = story.case["fields"]
    keep(story, number, {k: v for k, v in fields.items() if k != "abolished"})  # as a type of one's own might leave it
    with pytest.raises(Refused, match="inget organ som upphör"):
        hand_over(story)
    keep(story, number, fields)
    assert on(story, other).events("case:handed_over") == []


def keep(story: Story, number: str, fields: dict[str, Any]) -> None:
    """Write the fields past the program."""
    with db.writing(story.app.engine) as conn:
        conn.execute(update(models.cases).where(models.cases.c.register_no == number).values(fields=fields))
