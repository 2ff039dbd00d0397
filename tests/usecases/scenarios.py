"""The stories that lie beside the shipped case types, played on the real engine; and what they leave unvisited.

A story's steps: ``{as: ROLE, do: STEP, with: {…}, note: …}``, ``{as:, document: KEY, note: …}``,
``{as:, approve: REQUEST}`` (or ``return``, ``reject``, ``recuse``; ``unsay`` takes one's own yes back),
``{as:, withdraw: PARTY}``,
``{as:, answer: PARTY, with: {stance: …}}``, ``{as:, relate: KIND, with: {other:}}``, ``{as:, task: ACT}``,
``{bounce: TEMPLATE}``, ``{day: DATE}`` (the clock jumps and what is due happens), ``{expect: {state:, mail:, says:,
count:, waits:, stands: {TOWN: how its answer stands}}}``. At a meeting: ``{as:, come: [PERSON, …], checker: PERSON}``
(the first presides), ``{as:, settle: OUTCOME}`` (every item that has none), and ``{as:, command: NAME, with: {…}}``
for whatever else is done there.
With ``refused: WORDS`` an act is to be refused, and the words stand in the sentences.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from room import Room, with_members
from story import Story, told

from arende import (
    answercommands,
    commands,
    db,
    definitions,
    guards,
    meetingcommands,
    models,
    organisationcommands,
    queries,
    registercommands,
)
from arende.app import App
from arende.casetypes import CaseType, Scenario
from arende.commands import Command, Outcome
from arende.errors import ArendeError, Refused, Sentence
from arende.home import demo_file
from arende.machine import SYSTEM
from arende.settings import Settings
from arende.usecases import facts as factsof
from arende.usecases.clock import fire_due
from arende.usecases.facts import Standing
from arende.usecases.options import options_for
from arende.usecases.promises import keep
from arende.work import Work
from arende.workdays import STOCKHOLM
from handclock import VirtualClock

STATES = Path(__file__).resolve().parents[2] / "states"
TYPES = sorted(file.stem for file in STATES.glob("*.yaml"))
"""Every shipped case type."""
KINDS = {
    c.name: c
    for module in (commands, answercommands, meetingcommands, organisationcommands, registercommands)
    for c in vars(module).values()
    if isinstance(c, type) and issubclass(c, Command) and "name" in vars(c)
}
"""Command by its name."""
HOLDERS = {"case_officer": "officer", "manager": "manager", "registrar": "registrar", "administrator": "administrator",
           "region_director": "region_director", "krf_secretary": "krf_secretary"}  # fmt: skip
ANSWERS = ("approve", "return", "reject", "recuse")
Row = dict[str, Any]


def scenarios(key: str) -> list[Scenario]:
    """Every story of a type: those in the file and those in its folder."""
    found = definitions.open_file(STATES / f"{key}.yaml")
    assert [f.sentence.sv for f in found.findings] == []
    assert found.case_type is not None
    return list(found.case_type.scenarios)


@dataclass
class Coverage:
    """What the stories of a type have been through."""

    rules: CaseType
    states: Counter[str] = field(default_factory=Counter)
    steps: Counter[int] = field(default_factory=Counter)
    """Transition, by its number."""
    open_: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Guard, by transition and place, that let a case through."""
    shut: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Guard that barred one."""
    met: set[str] = field(default_factory=set)
    """States that were left before their last day."""
    passed: dict[str, str] = field(default_factory=dict)
    """State → what happened when nobody left it."""

    def left(self) -> dict[str, list[str]]:
        """What no story has been through."""
        rules = self.rules
        numbered = list(enumerate(rules.transitions))
        guards_ = [(n, g, f"{t.name}#{n} {x.name}") for n, t in numbered for g, x in enumerate(t.when)]
        waiting = [s for s, d in rules.states.items() if d.deadline is not None and not d.final]
        in_hand = [s for s in waiting if not _by_itself(rules, s)]
        return {
            "states": [s for s in rules.states if not self.states[s]],
            "steps": [f"{t.name}#{n} from {','.join(t.from_)}" for n, t in numbered if not self.steps[n]],
            "guards let through": [name for n, g, name in guards_ if not self.open_[n, g]],
            "guards refused": [name for n, g, name in guards_ if self._can_bar(n, g) and not self.shut[n, g]],
            "deadlines met": [s for s in in_hand if s not in self.met],
            "deadlines passed": [s for s in waiting if s not in self.passed],
        }

    def _can_bar(self, n: int, g: int) -> bool:
        """Whether the guard may bar a way: not where all cases are appealed as it asks, or where none has a way."""
        name = self.rules.transitions[n].when[g].name
        return name != "filed_here" and (name != "regime" or self.rules.regime_from is not None)

    def row(self, stories: int) -> str:
        """A row of the table."""
        rules = self.rules
        n = sum(len(t.when) for t in rules.transitions)
        bars = sum(self._can_bar(i, g) for i, t in enumerate(rules.transitions) for g in range(len(t.when)))
        waiting = sum(d.deadline is not None and not d.final for d in rules.states.values())
        in_hand = waiting - sum(_by_itself(rules, s) for s in rules.states)
        of = {"states": len(rules.states), "steps": len(rules.transitions), "guards let through": n,
              "guards refused": bars, "deadlines met": in_hand, "deadlines passed": waiting}  # fmt: skip
        left = self.left()
        cells = [f"{whole - len(left[what])} of {whole}" for what, whole in of.items()]
        return f"| `{rules.key}` | {stories} | " + " | ".join(cells) + " |"


def _by_itself(rules: CaseType, state: str) -> bool:
    """Whether the last day itself leads on: there is nothing to do in time."""
    due = rules.states[state].deadline
    return due is not None and due.then is not None and due.then.trigger is not None


HEAD = """\
| case type | stories | states | steps | guards let through | guards refused | deadlines met | deadlines passed |
|---|---|---|---|---|---|---|---|"""


class Player(Story):
    """A story told by data."""

    coverage: Coverage | None = None
    others: dict[str, str]
    """Case type → the number of a case of it that plays beside."""
    played = 0

    def play(self, told_: Scenario, key: str, until: int | None = None) -> Player:
        """Every step of a scenario, or the first ``until``."""
        self.others, self.played = {}, 0
        if key == "meeting" and not self.changed_people:
            self.people(with_members)
        steps = list(told_.steps)
        if steps and "day" in steps[0]:
            self._jump(steps.pop(0)["day"])
        given = {k: v for k, v in told_.given.items() if k not in ("title", "as")}
        title = told_.given.get("title", told_.name)
        self.register(told_.given.get("as", "officer"), key, title, fields=given)
        self.look()
        for n, step in enumerate(steps[:until]):
            try:
                self.one(step)
            except (ArendeError, AssertionError, StopIteration) as e:
                raise AssertionError(f"{key}, {told_.name}, step {n + 1} {step}: {e!r} (in {self.state})") from e
            self.look()
        return self

    def one(self, step: Row) -> None:
        if "day" in step:
            self._jump(step["day"])
        elif "bounce" in step:
            mail = self.mails(step["bounce"])[0]
            self.do(commands.ReportDelivery(actor="system", outbox=mail["id"], reply="550 5.1.1 User unknown"))
        elif "other" in step:
            self._elsewhere(step)
        elif "expect" in step:
            self._expect(step["expect"])
        elif "refused" in step:
            words = step["refused"] if isinstance(step["refused"], list) else [step["refused"]]
            with told(self._kind(step), *words):
                self._act(step)
        else:
            self._act(step)

    @staticmethod
    def _kind(step: Row) -> type[ArendeError]:
        from arende.errors import Forbidden

        return Forbidden if step.get("forbidden") else Refused

    def _elsewhere(self, step: Row) -> None:
        """Play so many steps of another type's first story, as a case beside this one; ``given`` changes its values."""
        mine, key = self.no, step["other"]
        told_ = scenarios(key)[0]
        steps = [s for s in told_.steps if "day" not in s and "expect" not in s and "refused" not in s]
        kept, self.coverage = self.coverage, None
        if key not in self.others:
            asked = {**told_.given, **step.get("given", {})}
            given = {k: v for k, v in asked.items() if k not in ("title", "as")}
            who = asked.get("as", "officer")
            title = step.get("given", {}).get("title", key)
            self.others[key] = str(self.register(who, key, title, fields=given).register_no)
            self.played = 0
        self.no = self.others[key]
        for s in steps[self.played : self.played + step["steps"]]:
            self.one(s)
        self.played += step["steps"]
        self.no, self.coverage = mine, kept

    def _jump(self, day: str) -> None:
        self.clock.now = datetime.fromisoformat(day).replace(hour=9, tzinfo=STOCKHOLM)
        fire_due(self.app)
        keep(self.app)

    def _act(self, step: Row) -> None:
        who, given = self.person(step["as"]), dict(step.get("with") or {})
        verb = next((verb for verb in self.VERBS if verb in step), None)
        if verb is None:
            self._decide(step, next(a for a in ANSWERS if a in step))
        else:
            self.VERBS[verb](self, step, who, given)

    def _relate(self, step: Row, who: str, given: Row) -> None:
        self.relate(who, step["relate"], self.others.get(given["other"], given["other"]))

    def _answer(self, step: Row, who: str, given: Row) -> None:
        for one in self._parties(step["answer"]):
            self.answer(one, who=who, **given)

    def _withdraw(self, step: Row, who: str, _given: Row) -> None:
        for one in self._parties(step["withdraw"]):
            self.withdraw(one, who, comment=step.get("note"))

    def _unsay(self, step: Row, who: str, _given: Row) -> None:
        said = next(a for a in self.approvals(step["unsay"]) if a["approver"] == who and a["state"] == "approved")
        self.do(commands.WithdrawApproval(actor=who, approval=said["id"], reason=step["note"]))

    def _document(self, step: Row, who: str, _given: Row) -> None:
        key = step["document"]
        if "file" in step:  # one of the demonstration's
            self.add(who, key, demo_file(step["file"]).read_text("utf-8"), f"{key}.json", media_type="application/json")
        else:
            self.add(who, key, step.get("text", ""), reason=step.get("note"))

    @property
    def room(self) -> Room:
        """The meeting that the case is."""
        found = Room(self, self.case["fields"]["body"])
        found.no = self.no
        return found

    def minds_mail(self, trigger: str) -> bool:
        """Whether the step waits until what was sent has arrived."""
        asked = {g.name for t in self.rules.transitions if t.name == trigger for g in t.when}
        return bool(asked & {"no_unsent_mail", "heard_first"})

    def _do(self, step: Row, who: str, given: Row) -> None:
        if self.minds_mail(step["do"]):
            self.deliver()
        before, offered = self.state, self.offered(who, step["do"])
        self.seen(step["do"], given)
        self.step(who, step["do"], step.get("note"), **given)
        assert not offered, f"a step that can be taken is not offered as one: {offered}"
        if self.state != before and self.coverage:
            self.coverage.met.add(before)

    def offered(self, who: str, trigger: str) -> tuple[Sentence, ...] | None:
        """What a page says against the step before anything is filled in; None when the step is not awaited here."""
        found = options_for(self.app, self.no, who)
        return next((c.sentences for c in found if c.trigger == trigger and not c.allowed), None)

    def _decide(self, step: Row, answer: Any) -> None:
        before = self.state
        pending = [a for a in self.approvals(step[answer]) if a["state"] == "pending"]
        who = step["as"] if step["as"] in {a["approver"] for a in pending} else self.person(step["as"])
        self.decide(who, step[answer], answer, step.get("note"))
        if self.state != before and self.coverage:
            self.coverage.met.add(before)

    VERBS: ClassVar[dict[str, Callable[[Any, Row, str, Row], Any]]] = {
        "do": _do,
        "document": _document,
        "relate": _relate,
        "answer": _answer,
        "withdraw": _withdraw,
        "unsay": _unsay,
        "task": lambda self, step, who, _: self.complete(who, step["task"]),
        "close_round": lambda self, step, who, _: self.close_round(who, step["close_round"]),
        "come": lambda self, step, *_: self.room.come(*step["come"], checker=step.get("checker")),
        "settle": lambda self, step, _, given: self.room.settle(step["settle"], **given),
        "command": lambda self, step, who, given: self.on_case(KINDS[step["command"]], who, **given),
    }

    def _parties(self, key: str) -> list[str]:
        from arende import actors

        with db.reading(self.app.engine) as conn:
            if key in actors.group_keys(conn):
                return [p.key for p in actors.group(conn, key)]
        return [key]

    def person(self, role: str) -> str:
        """Who holds the role in the case today; a key of the people file stands for itself."""
        with db.reading(self.app.engine) as conn:
            w = self._work(conn)
            if role not in w.rules.roles and role != "system":
                return HOLDERS.get(role, role)
            found = factsof.persons_of(w, role)
            return found[0].key if found else role

    def _work(self, conn: Any) -> Work:
        w = Work(self.app, Command(actor=SYSTEM, door="clock", at=self.clock()), conn)
        w.open_case(self.no)
        return w

    def _expect(self, wanted: Row) -> None:
        if "state" in wanted:
            assert self.state == wanted["state"], f"{self.state} instead of {wanted['state']}"
        for template in wanted.get("mail", ()):
            assert self.mails(template), f"no mail {template}"
        for template, words in (wanted.get("says") or {}).items():
            assert words in self.mails(template)[-1]["text"], self.mails(template)[-1]["text"]
        if "count" in wanted:
            for template, n in wanted["count"].items():
                assert len(self.mails(template)) == n, f"{len(self.mails(template))} of {template}"
        if "stands" in wanted:
            assert wanted["stands"].items() <= self.stances().items(), self.stances()
        if "waits" in wanted:
            assert set(wanted["waits"]) <= self.waiting(), self.waiting()

    # ------------------------------------------------------------ what the stories have been through

    def look(self) -> None:
        """Note where the case is, and which of the guards around it let through."""
        if self.coverage is None:
            return
        self.seen("", {})
        for e in self.events():
            if e["kind"] in ("case:step:taken", "case:registered"):
                self._passed(e["payload"])
        where = self.state
        if where not in self.coverage.passed and self.rules.states[where].deadline is not None:
            with self.elsewhere() as other:
                if (what := other.run_out(where)) is not None:
                    self.coverage.passed[where] = what

    def _passed(self, payload: Row) -> None:
        assert self.coverage is not None
        self.coverage.states[payload.get("to") or payload["state"]] += 1
        if "trigger" not in payload:
            return
        same = [r for r in self.rules.rows if r.source == payload["from"] and r.transition.name == payload["trigger"]]
        here = [r for r in same if r.dest in (payload["to"], "previous")]
        stored = {**payload.get("fields", {}), **self.case["fields"]}
        newest = {d["key"]: d["source"] for d in self.rows(models.documents)}
        written = frozenset(key for key, source in newest.items() if source)
        known = guards.Facts(SYSTEM, frozenset(), self.today, stored, written=written)
        fits = [r for r in here if all(
            guards.judge(self.rules, g.name, g.arg, known) is None
            for g in r.transition.when if g.name in ("field", "document_written"))]  # fmt: skip
        for r in (fits or here)[:1]:
            self.coverage.steps[r.index] += 1
            for g in range(len(r.transition.when)):
                self.coverage.open_[r.index, g] += 1

    @property
    def today(self) -> Any:
        return self.clock().astimezone(STOCKHOLM).date()

    def seen(self, trigger: str, given: Row) -> None:
        """Judge each guard of the steps from here on what the case is now, and what a step is about to give."""
        if self.coverage is None:
            return
        lists = {k for k, f in self.rules.fields.items() if f.type == "bodies"}
        given = {k: v.split(", ") if k in lists else v for k, v in given.items()}
        with db.reading(self.app.engine) as conn:
            w = self._work(conn)
            for rule in [r for r in w.rules.rows if r.source == w.case["state"]]:
                if trigger not in ("", rule.transition.name):
                    continue
                known = factsof.gather(w, Standing(frozenset({SYSTEM}), {}), rule.transition.name, given=given)
                for n, g in enumerate(rule.transition.when):
                    told_ = guards.judge(w.rules, g.name, g.arg, known)
                    (self.coverage.shut if told_ else self.coverage.open_)[rule.index, n] += 1

    @contextmanager
    def elsewhere(self) -> Iterator[Player]:
        """The same case in a copy of the database, where anything may happen."""
        folder = self.app.settings.data_dir.parent
        copy = folder / "elsewhere.sqlite"
        with closing(sqlite3.connect(copy)) as target, closing(self.app.engine.raw_connection()) as raw:
            raw.driver_connection.backup(target)  # type: ignore[union-attr]  # the driver is sqlite3's
        engine = db.open_engine(f"sqlite:///{copy}", sync_full=False)
        clock = VirtualClock()
        clock.now = self.clock.now
        settings = Settings(data_dir=self.app.settings.data_dir, site_key_file=self.app.settings.site_key_file)
        app = App(settings, engine, self.app.types, self.app.make_words, self.app.storage, clock)
        try:
            other = Player(app, clock)
            other.no = self.no
            yield other
        finally:
            engine.dispose()
            for file in folder.glob("elsewhere.sqlite*"):
                file.unlink()

    def run_out(self, where: str) -> str | None:
        """Wait until the state's deadline has passed; returns what it led to, None when it has no day yet."""
        rows = [d for d in self.rows(models.deadlines) if d["key"] == f"state:{where}" and d["state"] == "open"]
        due = [d for d in rows if d["step"] == "due"]
        if not due:
            return None
        then = self.rules.states[where].deadline.then  # type: ignore[union-attr]  # the caller has asked whether there is one
        last = max(d["due_on"] for d in rows)
        for _ in range(4):
            self.clock.now = max(self.clock.now, datetime.combine(last, datetime.min.time(), STOCKHOLM)) + timedelta(
                days=9
            )
            swept = fire_due(self.app)
            assert swept.refused == ()
        if then is not None and then.trigger:
            taken = [e["payload"]["trigger"] for e in self.events("case:step:taken")]
            assert then.trigger in taken, f"{where}: {then.trigger} was not taken"
            return f"takes {then.trigger}"
        if then is not None and then.task:
            assert self.tasks(act=then.task.act), f"{where}: no task {then.task.act}"
            return f"opens {then.task.act}"
        assert self.mails("deadline_escalated"), f"{where}: nobody was told"
        return "is escalated"


class Recorder(Player):
    """A story that writes down each command with the events it gave; see test_golden.py."""

    def start(self) -> Recorder:
        self.lines: list[Row] = []
        self.known: dict[str, int] = {}
        return self

    def do(self, command: Command) -> Outcome:
        outcome = super().do(command)
        self.no = outcome.register_no or self.no
        body = command.model_dump(mode="json", exclude={"id", "at"}, exclude_defaults=True)
        self.note({"do": command.name, "with": body})
        return outcome

    def _jump(self, day: str) -> None:
        super()._jump(day)
        if self.no:
            self.note({"day": day})

    def note(self, line: Row) -> None:
        events = told_events(self, self.known.get(self.no, 0))
        self.known[self.no] = self.known.get(self.no, 0) + len(events)
        self.lines.append({"at": self.clock().isoformat(), **line, "state": self.state, "events": events})


def told_events(story: Story, since: int) -> list[Row]:
    """The case's new events without what differs from run to run."""
    keep_ = ("seq", "kind", "actor", "on_behalf_of", "authority", "channel")
    found = []
    for e in story.events()[since:]:
        unlike = ("definition", "text_sha256", *(("sha256", "size", "source") if "template" in e["payload"] else ()))
        payload = {k: v for k, v in e["payload"].items() if k not in unlike}
        found.append({**{k: e[k] for k in keep_ if e[k] is not None}, "payload": payload})
    return found


__all__ = ["HEAD", "TYPES", "Coverage", "Player", "Recorder", "queries", "scenarios"]
