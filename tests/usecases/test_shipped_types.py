"""Every shipped case type is told by its stories: each state, step, guard and deadline, both ways.

``pytest -s tests/usecases/test_shipped_types.py`` prints the table; docs/reference/coverage.md keeps it.
"""

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from scenarios import HEAD, KINDS, TYPES, Coverage, Player, Recorder, scenarios
from story import Story

from arende.app import App
from arende.home import demo_file

HISTORIES = Path(__file__).parents[1] / "histories"
PAGE = Path(__file__).parents[2] / "docs/reference/coverage.md"
WRITING = "WRITE_COVERAGE" in os.environ
"""Whether the page is written anew, by ``make docs``."""
OWN = ("declaration_of_intent", "meeting")
"""Types whose whole history is kept by tests of their own."""


@pytest.fixture
def player(story: Story) -> Player:
    return Player(story.app, story.clock)


@pytest.mark.long
@pytest.mark.parametrize("key", TYPES)
def test_the_stories_of_a_type_go_through_all_of_it(player: Player, key: str) -> None:
    player.coverage = Coverage(player.app.types.current(key))
    start = player.clock.now
    for told in scenarios(key):
        player.clock.now = start
        player.play(told, key)
    row = player.coverage.row(len(scenarios(key)))
    sys.stdout.write(f"\n{HEAD}\n{row}\n")
    if WRITING:
        write(key, row)
    assert {k: v for k, v in player.coverage.left().items() if v} == {}
    assert row in PAGE.read_text("utf-8"), "run: make docs"


def write(key: str, row: str) -> None:
    """Put a type's row in its place on the page."""
    text = PAGE.read_text("utf-8")
    before, after = text.split(HEAD)
    others = [line for line in after.splitlines() if line.startswith("| `") and not line.startswith(f"| `{key}` ")]
    PAGE.write_text("\n".join([before + HEAD, *sorted([*others, row])]) + "\n", "utf-8")


def test_every_shipped_type_is_sound_with_the_words_that_come_with_it(shipped_app: App) -> None:
    assert [f.sentence.sv for f in shipped_app.types.findings] == []


@pytest.mark.parametrize("key", TYPES)
def test_everything_in_a_type_is_named_in_both_languages(shipped_app: App, key: str) -> None:
    rules = shipped_app.types.current(key)
    named: list[tuple[str, Any]] = [*rules.states.items(), *rules.fields.items(), *rules.documents.items()]
    named += [*rules.roles.items(), *((t.name, t) for t in rules.transitions), ("the type", rules)]
    assert [name for name, thing in named if not (thing.title and thing.title.sv and thing.title.en)] == []
    words = [t for _, thing in named for t in (getattr(thing, "help", None),) if t is not None]
    words += [t for f in rules.fields.values() for t in (f.choices or {}).values()]
    assert [t.sv for t in words if not t.en] == []
    assert rules.description
    assert rules.description.en


def test_a_plan_before_the_board_is_not_late_the_morning_after_the_meeting(shipped_app: App) -> None:
    due = shipped_app.types.current("operational_plan").states["awaiting_rs"].deadline
    assert due is not None
    assert (due.days, due.unit, due.after) == (3, "working", "decision_date")


@pytest.mark.long
@pytest.mark.parametrize("key", [key for key in TYPES if key not in OWN])
def test_the_same_commands_give_the_same_events(story: Story, key: str) -> None:
    """The first story of a type is kept as its history; to write it anew, delete the file and run this twice."""
    file = HISTORIES / f"{key}.json"
    recorder = Recorder(story.app, story.clock).start()
    first = scenarios(key)[0]
    if not file.exists():
        recorder.play(first, key)
        file.write_text(json.dumps(recorder.lines, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail("the history was written anew; look at it and run the test again")
    words = [step["text"] for step in first.steps if "text" in step]
    for text in (*words, *(demo_file(step["file"]).read_text("utf-8") for step in first.steps if "file" in step)):
        recorder.app.storage.put(io.BytesIO(text.encode()))
    for line in json.loads(file.read_text("utf-8")):
        recorder.clock.now = recorder.clock.now.fromisoformat(line["at"])
        if "day" in line:
            recorder._jump(line["day"])
        else:
            if line["do"] == "add_document":
                recorder.app.storage.put(io.BytesIO(f"{line['with']['key']} of {recorder.no}".encode()))
            if recorder.no and recorder.minds_mail(line["with"].get("trigger", "")):
                recorder.deliver()
            recorder.do(KINDS[line["do"]](**line["with"]))
        assert json.loads(json.dumps(recorder.lines[-1])) == line
