"""What law, rules of procedure and routine demand of the shipped case types: a table of rows, and who plays them.

``tests/data/demands/TYPE.yaml`` is a list. Each row says where (``story``, counted from 1, and ``in``: the state as
that story first comes there; ``visit: 2`` as it comes there again), the ``demand`` in a sentence and its ``ground``:
``routine``, ``regulations`` or sections such as ``KL 6:39``. Then either

- ``steps``, in the words of the stories (see scenarios.py): an act is ``refused`` with the words, and where the ground
  is a section one of the sentences names it; or something that has to come about is ``expect``-ed; or
- ``due``: ``last`` is the last day, ``remind`` the days on which ``who`` is reminded; ``tells`` is told when nothing
  has been done, on the day ``late`` where the row says one. ``of`` names another deadline than the state's:
  ``approval:KEY``, ``consultation:KEY``, ``task:ACT``. ``steps`` before it lead to the deadline, and ``then`` comes
  after it, such as ``expect``.

Each row is played on a copy of the case. ``{people: [OLD, NEW]}`` is a step that changes the people file first,
``{meeting: BODY, held: DATE}`` one that plans a meeting. An act that is ``forbidden`` to somebody need name no section;
an answer that is ``earlier`` is to the first request, which has been asked anew since. ``{as: PARTY, hand_in: {stance:,
body:, decided_on:}}`` is an answer by the link in the party's mail.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from room import Room, with_members
from scenarios import Coverage, Player
from sqlalchemy import Engine

from arende import actors, answercommands, commands, db, models, yamlfile
from arende.casetypes import CaseType
from arende.effecttypes import Due
from arende.errors import ArendeError, Invalid
from arende.usecases.clock import fire_due
from arende.usecases.promises import keep
from handclock import VirtualClock

Row = dict[str, Any]
FOLDER = Path(__file__).resolve().parents[1] / "data" / "demands"
TABLES = sorted(file.stem for file in FOLDER.glob("*.yaml"))
"""The types that have a table."""
REMINDERS = ("deadline_reminder", "approval_reminder", "referral_reminder")
SECTION = re.compile(r"(?:(\d+):|FL )(\d+)")
"""Of a ground such as ``KL 6:39, FL 32 §``: chapter, where there is one, and section."""


@dataclass(frozen=True)
class Demand:
    """A row of the table."""

    text: str
    ground: str
    state: str
    story: int = 1
    visit: int = 1
    steps: tuple[Row, ...] = ()
    due: Row | None = None
    then: tuple[Row, ...] = ()

    @property
    def sections(self) -> list[str]:
        """The sections of the ground, each as a pattern of how a sentence may write it."""
        return [f"{c}(:| kap\\. ){s}\\b" if c else f"\\b{s}(–\\d+)? §" for c, s in SECTION.findall(self.ground)]


def demands(key: str) -> list[Demand]:
    """The table of a type."""
    file = FOLDER / f"{key}.yaml"
    rows: Any = yamlfile.parse(file.read_text("utf-8"), file.name).data
    return [_demand(row) for row in rows]


def _demand(row: Row) -> Demand:
    known = {"demand", "ground", "in", "story", "visit", "steps", "due", "then"}
    assert set(row) <= known, f"{row}: {set(row) - known}"
    asks = "due" in row or any({"refused", "expect"} & set(step) for step in row["steps"])
    assert asks, f"{row['demand']}: nothing is asked"
    return Demand(row["demand"], row["ground"], row["in"], row.get("story", 1), row.get("visit", 1),
                  tuple(row.get("steps", ())), row.get("due"), tuple(row.get("then", ())))  # fmt: skip


class Aside:
    """One database beside, taken over by copy after copy: a new engine would compile every statement again."""

    def __init__(self, folder: Path) -> None:
        self.engine: Engine = db.open_engine(f"sqlite:///{folder / 'aside.sqlite'}", sync_full=False)

    def of(self, told: Player) -> Witness:
        """The same case in the copy, where anything may happen."""
        with closing(self.engine.raw_connection()) as to, closing(told.app.engine.raw_connection()) as raw:
            raw.driver_connection.backup(to.driver_connection)  # type: ignore[union-attr]  # the driver is sqlite3's
        clock = VirtualClock(told.clock.now)
        types = copy(told.app.types)
        types._pinned = dict(types._pinned)  # what is stored in the copy is not stored where the story goes on
        other = Witness(replace(told.app, engine=self.engine, types=types, clock=clock), clock)
        other.no, other.others, other.played = told.no, dict(told.others), told.played
        other.changed_people, other.coverage = told.changed_people, told.coverage
        return other


class Teller(Player):
    """Plays a story and, where it first comes to a state, has the rows of that state played beside."""

    def tell(self, rows: list[Demand], aside: Aside) -> list[str]:
        """Get ready; returns the list that failures will come to."""
        self.rows_at: dict[tuple[str, int], list[Demand]] = defaultdict(list)
        for row in rows:
            self.rows_at[row.state, row.visit].append(row)
        self.aside, self.visits, self.last, self.failures = aside, Counter[str](), "", list[str]()
        return self.failures

    def look(self) -> None:
        if self.state == self.last:
            return
        self.last = self.state
        self.visits[self.last] += 1
        for row in self.rows_at.pop((self.last, self.visits[self.last]), ()):
            self.failures += self.aside.of(self).plays(row)


class Witness(Player):
    """The case in a copy."""

    refusing = False

    def plays(self, row: Demand) -> list[str]:
        """What is not as the row demands."""
        try:
            for step in row.steps:
                self.one(step, row.sections)
            if row.due is not None:
                self._comes_due(row.due, row.ground)
            for step in row.then:
                self.one(step)
        except (ArendeError, AssertionError, StopIteration, LookupError, pytest.fail.Exception) as e:
            return [f"{row.state}: {row.text} – {e!r}"]
        return []

    def one(self, step: Row, sections: list[str] | None = None) -> None:
        if "people" in step:
            old, new = step["people"]
            self.people(lambda text: _changed(with_members(text) if self.rules.meeting_of else text, old, new))
        elif "meeting" in step:
            Room(self, step["meeting"]).plan(step["held"])
        elif "refused" in step:
            self._refused(step, [] if step.get("forbidden") else sections or [])
        elif "hand_in" in step:
            self._hand_in(step["as"], step["hand_in"])
        else:
            super().one(step)

    def _hand_in(self, party: str, given: Row) -> None:
        with db.reading(self.app.engine) as conn:
            mine = next(p.id for p in actors.group(conn, "municipalities") if p.key == party)
        token = self.rows(models.tokens, kind="answer", approver_id=mine)[-1]["sha256"]
        self.on_case(
            answercommands.HandInAnswer, party, party=party, token_sha256=token, sender="Registratorn", **given
        )

    def _decide(self, step: Row, answer: Any) -> None:
        if not step.get("earlier"):
            super()._decide(step, answer)
            return
        first = self.approvals(step[answer])[0]
        self.do(commands.DecideApproval(actor=first["approver"], approval=first["id"], decision=answer))

    @staticmethod
    def _kind(step: Row) -> type[ArendeError]:
        return Invalid if step.get("invalid") else Player._kind(step)

    def deliver(self) -> None:
        """What is to be refused meets the mails as they are."""
        if not self.refusing:
            super().deliver()

    def _refused(self, step: Row, sections: list[str]) -> None:
        words = step["refused"] if isinstance(step["refused"], list) else [step["refused"]]
        before, self.refusing = (self.state, self.case["version"]), True
        with pytest.raises(self._kind(step)) as caught:
            self._act(step)
        self.refusing = False
        said = " | ".join([*caught.value.told("sv"), *caught.value.told("en")])
        missing = [w for w in words if w not in said] + [s for s in sections if not re.search(s, said)]
        assert not missing, f"{missing} not in: {said}"
        assert (self.state, self.case["version"]) == before

    # ------------------------------------------------------------ what comes due

    def _comes_due(self, wanted: Row, ground: str) -> None:
        key = self._key(wanted.get("of", f"state:{self.state}"))
        rows = sorted(self.rows(models.deadlines, key=key, state="open"), key=_comes_at)
        assert rows, f"nothing comes due: {key}"
        _same("ground", ground, _ground(Due.model_validate(rows[0]["rule"], strict=False)))
        for step, name in (("due", "last"), ("remind", "remind"), ("escalate", "late")):
            days = wanted.get(name, [])
            if name == "late" and name not in wanted:
                continue
            asked = [date.fromisoformat(d) for d in (days if isinstance(days, list) else [days])]
            _same(name, asked, [d["due_on"] for d in rows if d["step"] == step])
        who, state = [self.person(one) for one in wanted.get("who", ())], self.state
        for at, together in groupby(rows, _comes_at):
            if self.state == state or key.startswith("consultation:"):  # else the last day itself has led on
                self._come(list(together), at)
        unreminded = [one for one in who if not self._reminded(one)]
        assert not unreminded, f"not reminded: {unreminded}"
        if "tells" in wanted:
            assert self.mails("deadline_escalated", self.person(wanted["tells"])), f"{wanted['tells']} was not told"
        keep(self.app)

    def _key(self, of: str) -> str:
        kind, _, act = of.partition(":")
        task = next((t for t in self.tasks(act=act, state="open")), None) if kind == "task" else None
        return f"task:{task['seq']}.{task['n']}" if task else of

    def _come(self, rows: list[Row], at: datetime) -> None:
        """Not a second before their time, and then."""
        ids = {row["id"] for row in rows}
        for now, state in ((at - timedelta(seconds=1), "open"), (at, "fired")):
            self.clock.now = max(self.clock.now, now)
            assert fire_due(self.app).refused == ()
            found = {d["state"] for d in self.rows(models.deadlines) if d["id"] in ids}
            _same(f"{rows[0]['step']} of {rows[0]['due_on']}, at {self.clock.now}", {state}, found)

    def _reminded(self, who: str) -> bool:
        return any(self.mails(template, who) for template in REMINDERS) or any(
            self.mails(template, who.removeprefix("municipality_")) for template in REMINDERS
        )


def _comes_at(row: Row) -> datetime:
    """When a row of a deadline fires: the last day itself when it is over."""
    at: datetime = row["due_at"]
    return at + timedelta(seconds=row["step"] == "due")


def _changed(text: str, old: str, new: str) -> str:
    assert old in text, f"the people file does not say: {old}"
    return text.replace(old, new)


def _same(what: str, wanted: Any, found: Any) -> None:
    assert wanted == found, f"{what}: {wanted} wanted, found {found}"


def _ground(due: Due) -> str:
    return due.law or "" if due.ground == "law" else str(due.ground)


# ---------------------------------------------------------------- what the table leaves out


ONCE = {"state:on_hold": "declaration_of_intent"}
"""Deadlines that several types take from a common part → the table that has them."""


def due_in(rules: CaseType) -> Iterator[str]:
    """Every deadline that a type declares, as ``of`` names it: of its states, requests, rounds and tasks."""
    for name, state in rules.states.items():
        if state.deadline is not None and not state.final:
            yield f"state:{name}"
    for effect in (e for t in rules.transitions for e in t.then):
        if effect.approval is not None:
            yield f"approval:{effect.approval.key or effect.approval.act}"
        if effect.consultation is not None:
            yield f"consultation:{effect.consultation.key or effect.consultation.kind}"
        if effect.task is not None and effect.task.due is not None:
            yield f"task:{effect.task.act}"


def without_row(rules: CaseType, rows: list[Demand]) -> list[str]:
    """The deadlines of a type that no row of its table tells."""
    told = {row.due.get("of", f"state:{row.state}") for row in rows if row.due is not None}
    told |= {key for key, table in ONCE.items() if table != rules.key}
    return [key for key in dict.fromkeys(due_in(rules)) if key not in told]


def never_refused(coverage: Coverage) -> list[str]:
    """The guards of a type that no row has seen bar a step."""
    return coverage.left()["guards refused"]
