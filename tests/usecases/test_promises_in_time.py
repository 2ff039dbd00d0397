"""In whatever order things happen, no promise is lost, doubled or early; and nobody is reminded in vain.

Three declarations at different places of their way and the meetings that they wait for: meetings are held, moved and
cancelled, items adjourned; parties answer early, late, once more or take it back; cases rest and are resumed; the
sweeps stand still for days, and the clock is set back.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from invariants import check_all
from room import MEMBERS, Room
from sqlalchemy import select
from story import TOWNS, Story

from arende import answercommands, commands, db, models, workdays
from arende.app import App
from arende.errors import ArendeError, Stale, Unavailable
from arende.meetingtables import agenda_items, promised_steps
from arende.settings import Settings
from arende.usecases.promises import keep
from handclock import START, VirtualClock

Row = dict[str, Any]

MEETINGS = (
    ("rsau", "2020-08-25"), ("krf", "2020-09-02"), ("rsau", "2020-09-22"), ("krf", "2020-10-07"),
    ("rs", "2020-10-27"), ("rsau", "2020-11-03"), ("rs", "2020-12-15"),
)  # fmt: skip
DAYS = ("2020-08-26", "2020-09-03", "2020-09-30", "2020-11-10", "2020-12-01", "2020-12-24", "2021-01-13")
OUTCOMES = ("approved", "adjourned", "remitted", "noted")
REMINDERS = 2
"""To an outside party in a round, and no more."""

towns, cases = st.sampled_from(TOWNS), st.sampled_from([0, 1, 2])
meetings = st.sampled_from(range(len(MEETINGS)))


@pytest.fixture(scope="module")
def autumn(peopled_template: Path, shipped_app: App, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three cases before the RSAU, with the municipalities and before the board; their meetings planned."""
    file = tmp_path_factory.mktemp("autumn") / "template.sqlite"
    shutil.copyfile(peopled_template, file)
    story = opened(file, shipped_app, VirtualClock())
    rooms = [Room(story, body) for body in ("rsau", "krf", "rs")]
    for n in range(len(MEETINGS)):
        body, day = MEETINGS[n]
        next(r for r in rooms if r.body == body).plan(day)
    for state in ("manager_review", "municipal_consultation", "compiling"):
        story.register()
        story.on_to(state)
    story.no = story.numbers[0]
    story.add("officer", "official_statement")
    story.step("manager", "submit", rsau_date="2020-08-25")
    story.no = story.numbers[2]
    story.add("officer", "compilation")
    story.step("officer", "propose_decision", decision_body="rs", decision_date="2020-10-27")
    story.app.engine.dispose()
    return file


def opened(file: Path, shipped: App, clock: VirtualClock) -> Story:
    """A story on this database, with types and words that have been read already."""
    app = App.on(Settings(data_dir=file.parent), db.open_engine(f"sqlite:///{file}", sync_full=False), clock)
    vars(app.types)["_loaded"] = shipped.types._loaded
    return Story(App(app.settings, app.engine, app.types, shipped.make_words, shipped.storage, clock), clock)


class Autumn(RuleBasedStateMachine):
    """An autumn in which anything happens in any order."""

    template: Path
    shipped: App

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(self.template, self.folder / "autumn.sqlite")
        self.story = opened(self.folder / "autumn.sqlite", self.shipped, VirtualClock(START))
        self.story.changed_people = True
        self.numbers = [f"RS20000{n}" for n in (1, 2, 3)]
        self.rooms = [Room(self.story, body) for body, _ in MEETINGS]
        taken: dict[str, int] = {}
        for room in self.rooms:
            taken[room.body] = taken.get(room.body, 0) + 1
            room.no = f"M{room.body.upper()}20{taken[room.body]:04}"

    def teardown(self) -> None:
        check_all(self.story.app)
        self.story.app.engine.dispose()
        shutil.rmtree(self.folder)

    def attempt(self, act: Callable[..., Any], *args: Any, **given: Any) -> bool:
        """Whether it was done; what is refused is refused in sentences."""
        try:
            act(*args, **given)
        except (Stale, Unavailable):
            raise
        except ArendeError as e:
            if not e.sentences:
                raise
            return False
        return True

    @contextmanager
    def on(self, n: int) -> Iterator[Story]:
        self.story.no = self.numbers[n]
        yield self.story
        self.story.no = self.numbers[n]

    # ------------------------------------------------------------ time

    @rule(hours=st.sampled_from([1, 9, 24, 30, 24 * 5, 24 * 12, 24 * 40]), swept=st.booleans())
    def time_passes(self, hours: int, swept: bool) -> None:
        """With ``swept`` false the sweeps stand still."""
        self.story.clock.advance(hours=hours)
        if swept:
            self.sweep()

    @rule(hours=st.sampled_from([1, 26, 24 * 4]))
    def the_clock_is_set_back(self, hours: int) -> None:
        """And the sweeps run at once: what has fired stays so, and nothing comes again."""
        before = self.fired()
        self.story.clock.advance(hours=-hours)
        self.sweep()
        assert [d for d in self.fired() if d["id"] in {b["id"] for b in before}] == before
        self.story.clock.advance(hours=hours)

    @rule()
    def sweep(self) -> None:
        """Nothing due is left, in the order in which it came due; a second sweep finds nothing."""
        story = self.story
        due = {d["id"]: d["due_at"] for d in self.all(models.deadlines) if d["state"] == "open"}
        while True:
            swept = story.sweep()
            assert swept.refused == ()
            if not sum(keep(story.app)) and not swept.count:
                break
        left = [d for d in self.all(models.deadlines) if d["state"] == "open" and d["due_at"] <= story.clock()]
        assert left == [], "lost"
        assert not [p for p in self.all(promised_steps) if p["state"] == "queued"], "a promise is lost"
        order = [due[d["id"]] for d in self.fired() if d["id"] in due]
        assert order == sorted(order), "out of order"

    # ------------------------------------------------------------ parties

    @rule(town=towns, stance=st.sampled_from(["supports", "opposes", "will_return"]), n=st.sampled_from([1, 1, 2]))
    def answer(self, town: str, stance: commands.Stance, n: int) -> None:
        with self.on(n) as s:
            self.attempt(s.answer, town, stance)

    @rule(town=towns, n=st.sampled_from([1, 2]))
    def take_back(self, town: str, n: int) -> None:
        with self.on(n) as s:
            self.attempt(s.withdraw, town)

    @rule(town=towns, day=st.sampled_from(DAYS), granted=st.booleans())
    def ask_for_time(self, town: str, day: str, granted: bool) -> None:
        with self.on(1) as s:
            party, until = f"municipality_{town}", date.fromisoformat(day)
            asked = answercommands.AskExtension(actor=party, register_no=s.no, party=party, until=until)
            if self.attempt(s.do, asked) and not granted:
                refused = answercommands.RefuseExtension(actor="officer", register_no=s.no, party=party, reason="Nej.")
                self.attempt(s.do, refused)
            elif granted:
                self.attempt(s.extend, town, day)

    @rule()
    def close_early(self) -> None:
        with self.on(1) as s:
            self.attempt(s.close_round)

    # ------------------------------------------------------------ cases

    @rule(n=cases, day=st.sampled_from(DAYS))
    def rest(self, n: int, day: str) -> None:
        with self.on(n) as s:
            self.attempt(s.step, "officer", "put_on_hold", "Väntar.", review_on=day)

    @rule(n=cases)
    def resume(self, n: int) -> None:
        """No last day comes earlier for having rested."""
        with self.on(n) as s:
            before = {d["id"]: d["due_on"] for d in s.rows(models.deadlines, state="resting")}
            if self.attempt(s.step, "officer", "resume"):
                after = {d["id"]: d for d in s.rows(models.deadlines) if d["id"] in before}
                assert all(after[k]["due_on"] >= day for k, day in before.items())

    @rule(n=cases, decision=st.sampled_from(["approve", "approve", "return"]), data=st.data())
    def decide(self, n: int, decision: commands.Decision, data: st.DataObject) -> None:
        with self.on(n) as s:
            if pending := [a for a in s.approvals() if a["state"] == "pending"]:
                a = data.draw(st.sampled_from(pending))
                order = commands.DecideApproval(actor=a["approver"], approval=a["id"], decision=decision, comment="Så.")
                self.attempt(s.do, order)

    @rule(n=cases)
    def go_on(self, n: int) -> None:
        with self.on(n) as s:
            if s.state in ("compiling", "rsau_aligned", "submitted", "signed"):
                way = ("rsau_aligned", "municipal_consultation", "compiling", "awaiting_decision")
                if s.state in way[:-1]:
                    self.attempt(s.on_to, way[way.index(s.state) + 1])

    # ------------------------------------------------------------ meetings

    @rule(n=meetings, days=st.sampled_from([-7, 7, 21]), who=st.sampled_from(["chair", "secretary"]))
    def move(self, n: int, days: int, who: str) -> None:
        room = self.rooms[n]
        day = room.row["day"] + timedelta(days=days)
        self.attempt(room.step, "move", f"{room.body}_{who}", "Lokalen.", meeting_date=day.isoformat())

    @rule(n=meetings)
    def cancel(self, n: int) -> None:
        self.attempt(self.rooms[n].step, "cancel", None, "För få ärenden.")

    @rule(n=meetings, outcome=st.sampled_from(OUTCOMES), swept=st.booleans())
    def hold(self, n: int, outcome: str, swept: bool) -> None:
        """The meeting goes as far as it gets, on its day if that is ahead."""
        room, story = self.rooms[n], self.story
        day = datetime.combine(room.row["day"], datetime.min.time(), workdays.STOCKHOLM)
        before = max(story.clock(), day - timedelta(days=9))
        story.clock.now = max(story.clock(), before)
        if swept:
            self.sweep()
        acts: list[Callable[[], object]] = [
            lambda: room.step("draft_agenda") if room.body != "krf" else room.step("settle_agenda"),
            lambda: room.clear() if room.state == "agenda_draft" else None,
            lambda: room.add("Information") if not room.items() else None,
            lambda: room.step("summon"),
        ]
        for act in acts:
            self.attempt(act)
        story.clock.now = max(story.clock(), day + timedelta(hours=10))
        if room.body != "krf":
            members = MEMBERS[room.body]
            self.attempt(room.come, *members[: len(members) // 2 + 1], checker=members[1])
        if self.attempt(room.step, "open"):
            self.attempt(room.settle, outcome, motive="Utred mer." if outcome == "remitted" else None)
            self.attempt(room.step, "end")
        if swept:
            self.sweep()

    @rule(n=meetings)
    def write_minutes(self, n: int) -> None:
        room = self.rooms[n]
        self.attempt(room.step, "draft_minutes")
        if room.body == "krf":
            self.attempt(room.step, "publish_notes")
        elif self.attempt(room.step, "ask_checking"):
            self.attempt(room.approve_minutes)

    @rule(n=meetings)
    def announce(self, n: int) -> None:
        self.attempt(self.rooms[n].step, "announce", "registrar")

    # ------------------------------------------------------------ what must hold

    def all(self, table: Any) -> list[Row]:
        with db.reading(self.story.app.engine) as conn:
            return [dict(r) for r in conn.execute(select(table).order_by(table.c.id)).mappings()]

    def fired(self) -> list[Row]:
        """The rows that have fired, in the order in which they did."""
        d, e = models.deadlines.c, models.events.c
        query = select(models.deadlines, e.recorded_at, e.id.label("event")).order_by(e.id)
        query = query.join(models.events, (e.case_id == d.case_id) & (e.seq == d.fired_seq))
        with db.reading(self.story.app.engine) as conn:
            return [dict(r) for r in conn.execute(query.where(d.state == "fired")).mappings()]

    @invariant()
    def nothing_is_early_or_doubled(self) -> None:
        fired = self.fired()
        assert all(d["recorded_at"] >= d["due_at"] for d in fired), "early"
        events = [e for e in self.all(models.events) if e["kind"] == "deadline:fired"]
        assert [e["id"] for e in events] == [d["event"] for d in fired], "doubled, or fired without a row"

    @invariant()
    def an_item_that_was_put_off_is_taken_up_once(self) -> None:
        origins = [i["origin"] for i in self.all(agenda_items) if i["origin"] and i["state"] == "on"]
        assert len(origins) == len(set(origins))

    @invariant()
    def nobody_is_reminded_in_vain(self) -> None:
        """At most twice in a round; not after a position, nor after an agreed new day."""
        parties = {a["id"]: a["key"] for a in self.all(models.actors)}
        mails = [m for m in self.all(models.outbox) if m["template"] == "referral_reminder"]
        for case_id in {m["case_id"] for m in mails}:
            with db.reading(self.story.app.engine) as conn:
                e = models.events.c
                told = conn.execute(select(e.seq, e.kind, e.payload).where(e.case_id == case_id)).all()
            for party in {parties[m["recipient_id"]] for m in mails if m["case_id"] == case_id}:
                quiet = [seq for seq, until in _quiet(told, party) for seq in range(seq, until)]
                sent = [m["seq"] for m in mails if m["case_id"] == case_id and parties[m["recipient_id"]] == party]
                rounds = 1 + sum(r.kind == "case:step:taken" and r.payload["trigger"] == "consult" for r in told[1:])
                assert len(sent) <= REMINDERS * rounds
                assert not set(sent) & set(quiet), f"{party} is reminded after an answer"


def _quiet(told: list[Any], party: str) -> Iterator[tuple[int, int]]:
    """From which event until which the party has given its position, or has an agreed new day."""
    since: int | None = None
    for e in told:
        mine = e.payload and e.payload.get("party") == party
        given = mine and e.kind == "answer:received" and e.payload["stance"] != "will_return"
        if since is None and (given or (mine and e.kind == "answer:extended")):
            since = e.seq
        elif since is not None and (e.kind == "consultation:opened" or (mine and _awaited_again(e))):
            yield since, e.seq
            since = None
    if since is not None:
        yield since, 1_000_000


def _awaited_again(e: Any) -> bool:
    """The party has taken its position back, or says now that it will return with one."""
    came = e.kind == "answer:received" and e.payload["stance"] == "will_return"
    return bool(came or e.kind == "answer:withdrawn")


def _run(template: Path, shipped: App, examples: int, steps: int) -> None:
    Autumn.template, Autumn.shipped = template, shipped
    bounds = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Autumn, settings=bounds)


@pytest.mark.long
def test_in_any_order_every_promise_is_kept_once_and_in_time(autumn: Path, shipped_app: App) -> None:
    _run(autumn, shipped_app, 4, 12)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_in_very_many_orders_every_promise_is_kept_once_and_in_time(autumn: Path, shipped_app: App) -> None:
    _run(autumn, shipped_app, 25, 40)
