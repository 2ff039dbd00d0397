"""Sixteen hundred cases pass from a body that ends, each once, whatever happens to whoever carries it out."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from story import Story
from test_handover_of_a_case import CHILD
from test_handovers import change, gathering, hand_over, on

from arende import db, models, sweeps
from arende.assignmentcommands import GiveAssignment
from arende.meetingtables import promised_steps
from arende.registercommands import MergeCases
from arende.usecases import audit
from arende.workdays import STOCKHOLM
from processes import eventually

MANY = 1600
"""More than a turn of the clock passes on, so that what is left waits for the next."""
FAR = "2024-12-20"
"""So late that nobody has to be reminded of it meanwhile."""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_sixteen_hundred_cases_pass_once_each_though_sweeps_are_killed(story_on_each: Story, tmp_path: Path) -> None:
    story = story_on_each
    number = change(story).no
    numbers = [gathering(story, "ln_hylte", FAR) for _ in range(MANY)]
    given = {"what": "Utred.", "to": "officer", "report_on": "2023-01-10", "decision": "LN 2022-03-01 § 4"}
    on(story, numbers[0]).on_case(GiveAssignment, "registrar", body="ln_hylte", **given)
    assert len(hand_over(on(story, number))["planned"]) == MANY
    story.clock.now = datetime(2023, 1, 1, 9, tzinfo=STOCKHOLM)
    sweep(story)  # a turn: the bodies' day has come, and the first thousand pass
    assert 0 < passed(story).total() < MANY

    left, right = begin(story, tmp_path), begin(story, tmp_path)
    there = passed(story).total()
    eventually(lambda: passed(story).total() > there + 20 or None not in (left.poll(), right.poll()), every=0.01)
    for child in (left, right):
        child.send_signal(signal.SIGKILL)
    assert (left.wait(), right.wait()) == (-signal.SIGKILL, -signal.SIGKILL)
    assert passed(story).total() < MANY

    on(story, gathering(story, "tu")).on_case(MergeCases, "registrar", into=gathering(story, "tu"), reason="Samma.")
    assert on(story, str(story.case["continued_in"])).events("case:joined"), "it does not wait for the thousand others"
    turns = 0
    while passed(story).total() < MANY and turns < 10:
        sweep(story)
        turns += 1
    assert passed(story) == dict.fromkeys(numbers, 1), "each once"
    assert states(story) == {("effect", "done"): 1, ("handover", "done"): MANY, ("merger", "done"): 1}
    assert {on(story, no).case["fields"]["body"] for no in numbers[::97]} == {"rs"}
    before = story.count()
    sweep(story)
    assert passed(story).total() == MANY
    assert story.count()["events"] == before["events"], "another turn has nothing to do"
    assert audit.verify(story.app)[2] == []


def sweep(story: Story) -> None:
    """A turn of the clock, a minute after the one before."""
    story.clock.advance(seconds=61)
    assert sweeps.BY_NAME["deadlines"].does(story.app)


def begin(story: Story, folder: Path) -> subprocess.Popen[bytes]:
    """A process that keeps what is promised, slowly."""
    (folder / "home").mkdir(exist_ok=True)
    url, key = story.app.engine.url.render_as_string(hide_password=False), story.app.settings.site_key_file
    return subprocess.Popen([sys.executable, "-c", CHILD, url, str(folder / "home"), str(key)])


def passed(story: Story) -> Counter[str]:
    """How often each case has passed on."""
    e, c = models.events.c, models.cases.c
    query = select(c.register_no, func.count()).join(models.events, e.case_id == c.id)
    with db.reading(story.app.engine) as conn:
        found = conn.execute(query.where(e.kind == "case:handed_over").group_by(c.register_no)).tuples()
        return Counter(dict(list(found)))


def states(story: Story) -> dict[tuple[str, str], int]:
    p = promised_steps.c
    with db.reading(story.app.engine) as conn:
        rows = conn.execute(select(p.kind, p.state, func.count()).group_by(p.kind, p.state)).tuples()
        return {(kind, state): n for kind, state, n in rows}
