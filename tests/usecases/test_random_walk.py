"""Anybody does anything at any time: whatever is refused or done, the invariants hold.

``WALKS=40`` walks so often through each type, for a longer search than that of every day.
"""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from invariants import check_all
from room import MEMBERS
from scenarios import TYPES, Player, scenarios
from story import TOWNS, WAY, Story

from arende import answercommands as answers
from arende import commands, db, meetingcommands, models
from arende.answercommands import OnAnswer
from arende.app import App
from arende.errors import ArendeError, Stale, Unavailable
from arende.settings import Settings
from effort import WHOLE
from handclock import VirtualClock
from sharing import open_app

PEOPLE = (
    "officer", "officer2", "manager", "registrar", "region_director", "rs_chair", "rs_secretary", "rsau_chair",
    "rsau_vice_chair", "rsau_secretary", "krf_secretary", "administrator", "municipality_hylte", "rf_secretary",
    "cgh_secretary",
)  # fmt: skip
STANCES = ("supports", "opposes", "will_return", "no_objection")
VALUES: dict[str, tuple[Any, ...]] = {
    "date": ("2020-08-03", "2020-09-02", "2021-06-01", "i morgon"),
    "text": ("§ 4", "Ej belagt i källan."),
    "markdown": ("Ett *stycke*.",),
    "party": ("ext_finansdepartementet",),
    "parties": ("municipality_hylte", "municipalities"),
    "body": ("rs", "ln_hylte"),
    "bodies": ("ln_hylte, ln_laholm",),
    "integer": (2, 2021),
    "decimal": ("1000", "900000"),
    "boolean": (True, False),
}

IN_HAND: tuple[tuple[type[OnAnswer], dict[str, Any]], ...] = (
    (answers.AcknowledgeAnswer, {}),
    (answers.AskExtension, {"until": "2020-11-02"}),
    (answers.RefuseExtension, {"reason": "Tiden räcker."}),
    (answers.RegisterAnswer, {"how": "Protokollsutdrag."}),
    (answers.SetAsideAnswer, {"reason": "Ett utkast."}),
    (answers.AskSupplement, {"what": "Vilket organ?"}),
    (answers.AcceptAnswer, {}),
    (answers.RemoveParty, {"reason": "Berörs inte."}),
    (answers.AddParty, {}),
)
"""Command on a party's answer, with what it asks for."""

people = st.sampled_from(PEOPLE)
towns = st.sampled_from(TOWNS)


class Walk(RuleBasedStateMachine):
    """One case, many hands."""

    template: Path
    shipped: App

    def __init__(self) -> None:
        super().__init__()
        self.refused = 0
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(self.template, self.folder / "story.sqlite")
        engine = db.open_engine(f"sqlite:///{self.folder / 'story.sqlite'}", sync_full=False)
        clock = VirtualClock()
        key = self.shipped.settings.data_dir / "site.key"
        app = open_app(Settings(data_dir=self.folder, site_key_file=key), engine, clock)
        self.story = Story(replace(app, storage=self.shipped.storage), clock)

    def teardown(self) -> None:
        self.story.app.engine.dispose()
        shutil.rmtree(self.folder)

    def attempt(self, act: Any, *args: Any, **given: Any) -> None:
        """What is refused is refused for a reason that can be told; nothing else is ever raised."""
        try:
            act(*args, **given)
        except (Stale, Unavailable):
            raise
        except ArendeError as e:
            self.refused += 1
            if not e.sentences:
                raise

    @initialize(state=st.sampled_from(WAY))
    def begin(self, state: str) -> None:
        self.story.at(state)

    @rule()
    def go_on(self) -> None:
        s = self.story
        if s.state in WAY[:-1]:
            self.attempt(s.on_to, WAY[WAY.index(s.state) + 1])

    @rule(who=people, data=st.data(), fill=st.booleans(), note=st.sampled_from([None, "Därför."]))
    def step(self, who: str, data: st.DataObject, fill: bool, note: str | None) -> None:
        rules, state = self.story.rules, self.story.state
        here = sorted({r.transition.name for r in rules.rows if r.source == state})
        trigger = data.draw(st.sampled_from(here or sorted(rules.triggers)))
        fields = {}
        for key, f in rules.asked_by(trigger).items():
            if fill or f.required:
                fields[key] = data.draw(st.sampled_from(tuple(f.choices or VALUES[f.type])))
        self.attempt(self.story.step, who, trigger, note, **fields)

    @rule(who=people, data=st.data(), decision=st.sampled_from(["approve", "return", "recuse", "reject"]))
    def decide(self, who: str, data: st.DataObject, decision: commands.Decision) -> None:
        if requests := self.story.approvals():
            pending = [a for a in requests if a["state"] == "pending"] or requests
            asked = data.draw(st.sampled_from(pending))
            who = data.draw(st.sampled_from([who, asked["approver"], asked["approver"]]))
            order = commands.DecideApproval(actor=who, approval=asked["id"], decision=decision, comment="Så är det.")
            self.attempt(self.story.do, order)

    @rule(town=towns, stance=st.sampled_from(STANCES), who=st.sampled_from(["registrar", "municipality_hylte"]))
    def answer(self, town: str, stance: commands.Stance, who: str) -> None:
        self.attempt(self.story.answer, town, stance, who)

    @rule(town=towns)
    def withdraw(self, town: str) -> None:
        self.attempt(self.story.withdraw, town)

    @rule(town=towns, until=st.sampled_from(["2020-09-30", "2020-11-02", "2021-03-01"]))
    def extend(self, town: str, until: str) -> None:
        self.attempt(self.story.extend, town, until)

    @rule(who=people)
    def close_round(self, who: str) -> None:
        self.attempt(self.story.close_round, who)

    @rule(who=people, key=st.sampled_from(["declaration", "compilation", "annexes"]), text=st.sampled_from("abc"))
    def add(self, who: str, key: str, text: str) -> None:
        self.attempt(self.story.add, who, key, text)

    @rule(who=people, data=st.data())
    def complete(self, who: str, data: st.DataObject) -> None:
        if tasks := self.story.tasks():
            task = data.draw(st.sampled_from(tasks))["id"]
            self.attempt(self.story.do, commands.CompleteTask(actor=who, task=task))

    @rule(who=people, to=people)
    def assign(self, who: str, to: str) -> None:
        self.attempt(self.story.on_case, commands.AssignCase, who, officer=to)

    @rule(who=people)
    def conflict(self, who: str) -> None:
        self.attempt(self.story.on_case, commands.DeclareConflict, who)

    @rule(who=people)
    def note(self, who: str) -> None:
        self.attempt(self.story.on_case, commands.AddNote, who, text="Ring Hylte.")

    @rule(data=st.data())
    def bounce(self, data: st.DataObject) -> None:
        if mails := self.story.rows(models.outbox):
            order = commands.ReportDelivery(actor="system", outbox=data.draw(st.sampled_from(mails))["id"], reply="550")
            self.attempt(self.story.do, order)

    @rule(days=st.sampled_from([1, 3, 10, 45, 200]))
    def time_passes(self, days: int) -> None:
        self.story.clock.advance(days=days)
        swept = self.story.sweep()
        assert swept.refused == ()
        assert self.story.sweep().count == 0

    @rule()
    def mails_go(self) -> None:
        self.story.deliver()

    @invariant()
    def holds(self) -> None:
        if self.story.no:
            check_all(self.story.app)


class TypesWalk(Walk):
    """The same hands on a shipped type, from somewhere in one of its stories."""

    key: str

    def __init__(self) -> None:
        super().__init__()
        self.story: Player = Player(self.story.app, self.story.clock)

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:  # type: ignore[override]  # hypothesis calls it by its names
        told = data.draw(st.sampled_from(scenarios(self.key)), label="story")
        self.story.play(told, self.key, data.draw(st.integers(0, len(told.steps)), label="steps"))

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:  # type: ignore[override]  # hypothesis calls it by its names
        """A step that somebody who may take it takes, with every value filled in."""
        rules, state = self.story.rules, self.story.state
        steps = [r.transition for r in rules.rows if r.source == state and r.transition.by not in ((), ("system",))]
        if not steps:
            return
        t = data.draw(st.sampled_from(steps))
        asked = rules.asked_by(t.name).items()
        fields = {key: data.draw(st.sampled_from(tuple(f.choices or VALUES[f.type]))) for key, f in asked}
        self.attempt(self.story.step, self.story.person(t.by[0]), t.name, "Därför.", **fields)

    @rule(
        who=st.sampled_from(["registrar", "officer", "municipality_hylte"]), town=towns, given=st.sampled_from(IN_HAND)
    )
    def in_hand(self, who: str, town: str, given: tuple[type[OnAnswer], dict[str, Any]]) -> None:
        """What is done to a party's answer besides giving it."""
        kind, more = given
        self.attempt(self.story.on_case, kind, who, party=f"municipality_{town}", **more)

    @precondition(lambda self: self.at_a_meeting)
    @rule(heading=st.sampled_from(["Budget", "Information"]))
    def agenda_item(self, heading: str) -> None:
        self.attempt(self.story.room.add, heading, reason="Kom in i dag.")

    @precondition(lambda self: self.at_a_meeting)
    @rule(n=st.integers(1, 3))
    def come(self, n: int) -> None:
        who = MEMBERS.get(self.story.room.body, ("officer", "officer2", "manager"))[:n]
        self.attempt(self.story.room.come, *who, checker=who[-1])

    @precondition(lambda self: self.at_a_meeting)
    @rule(outcome=st.sampled_from(["approved", "rejected", "adjourned", "remitted", "noted", "withdrawn"]))
    def settle(self, outcome: str) -> None:
        self.attempt(self.story.room.settle, outcome, motive="Därför.")

    @precondition(lambda self: self.at_a_meeting)
    @rule()
    def at_once(self) -> None:
        """Items are approved at once, and their notice goes up."""
        items, today = [i["item"] for i in self.story.room.items()], self.story.day
        self.attempt(self.story.room.do, meetingcommands.ApproveAtOnce, items=tuple(items[:1]), approved_on=today)
        self.attempt(self.story.room.do, meetingcommands.PostNotice, "registrar")

    @property
    def at_a_meeting(self) -> bool:
        return bool(self.story.no) and self.story.rules.meeting_of is not None

    @rule(who=people, data=st.data(), text=st.sampled_from("abc"))
    def add(self, who: str, data: st.DataObject, text: str) -> None:  # type: ignore[override]  # hypothesis calls it by its names
        self.attempt(self.story.add, who, data.draw(st.sampled_from(sorted(self.story.rules.documents))), text)

    @invariant()
    def somebody_is_to_act(self) -> None:
        """A case that has not ended waits: for a task, an answer, a party, or a day."""
        if not self.story.no or self.story.rules.states[self.story.state].final:
            return
        s = self.story
        waits = s.waiting() or [a for a in s.approvals() if a["state"] == "pending"]
        waits = waits or s.rows(models.deadlines, state="open") or s.rows(models.consultations, state="open")
        assert waits, f"{s.rules.key} in {s.state}: nobody is to act"


@pytest.mark.long
@pytest.mark.parametrize("key", TYPES)
def test_no_shipped_type_can_be_walked_into_a_corner(peopled_template: Path, shipped_app: App, key: str) -> None:
    Walk.template, Walk.shipped, TypesWalk.key = peopled_template, shipped_app, key
    many = int(os.environ.get("WALKS", "4" if WHOLE else "1"))
    few = settings(max_examples=many, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(TypesWalk, settings=few)


@pytest.mark.long
def test_whatever_is_done_the_invariants_hold(peopled_template: Path, shipped_app: App) -> None:
    Walk.template, Walk.shipped = peopled_template, shipped_app
    many = 12 if WHOLE else 3
    few = settings(max_examples=many, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Walk, settings=few)
