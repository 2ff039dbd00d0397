"""A case told in few words: commands in, events and rows out – on a real database, with a clock that is set by hand."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Table, TextClause, text, update

from arende import commands, db, models, queries
from arende.app import App
from arende.casetypes import CaseType
from arende.commands import Command, Outcome
from arende.errors import ArendeError
from arende.letters import Letter
from arende.people import People, read
from arende.usecases.clock import Fired, fire_due
from arende.usecases.people import load
from handclock import START, STOCKHOLM, VirtualClock
from sharing import people_file

Row = dict[str, Any]
TYPE = "declaration_of_intent"
TOWNS = ("falkenberg", "halmstad", "hylte", "kungsbacka", "laholm", "varberg")
PEOPLE = people_file()

WAY = (
    "draft",
    "manager_review",
    "awaiting_rsau",
    "rsau_aligned",
    "municipal_consultation",
    "compiling",
    "awaiting_decision",
    "decided",
    "signed",
    "submitted",
    "awaiting_reply",
    "concluded",
    "closed",
)
"""The way of the declaration when nothing goes astray."""


SNAPSHOTS: dict[str, sqlite3.Connection] = {}
"""The database as a first case came to each state: so that a test does not play again what others have played."""


def letter_of(story: Story, document: Row) -> Letter:
    """The letter that a document was typeset from."""
    return Letter.from_json(story.app.storage.read(document["source"]).decode())


def party(town: str) -> str:
    return town if town.startswith(("municipality_", "ext_")) else f"municipality_{town}"


@cache
def _people(text: str) -> People:
    return read(text, "people.yaml")


@cache
def _counting() -> TextClause:
    """One statement for all tables: a test that nothing happened asks twice."""
    tables = [t.name for t in models.metadata.sorted_tables if t.name != "drafts"]
    return text("SELECT " + ", ".join(f'(SELECT count(*) FROM "{name}") AS "{name}"' for name in tables))


class Story:
    """One case and everybody around it. ``no`` is the diary number of the case that the words are about."""

    def __init__(self, app: App, clock: VirtualClock) -> None:
        self.app = app
        self.clock = clock
        self.no = ""
        self.numbers: list[str] = []
        self.changed_people = False

    # ------------------------------------------------------------ acts

    def do(self, command: Command) -> Outcome:
        return self.app.do(command)

    def register(
        self, who: str = "officer", type_: str = TYPE, title: str = "Regional fysisk planering", **more: Any
    ) -> Outcome:
        outcome = self.do(commands.RegisterCase(actor=who, type=type_, title=title, **more))
        assert outcome.register_no is not None
        self.no = outcome.register_no
        self.numbers.append(self.no)
        return outcome

    def step(self, who: str, trigger: str, note: str | None = None, **fields: Any) -> Outcome:
        return self.do(self.asked(who, trigger, note, **fields))

    def asked(self, who: str, trigger: str, note: str | None = None, **fields: Any) -> commands.Advance:
        return commands.Advance(actor=who, register_no=self.no, trigger=trigger, note=note, fields=fields)

    def add(self, who: str, key: str, content: str = "", name: str | None = None, **more: Any) -> Outcome:
        sha256, size = self.app.storage.put(io.BytesIO((content or f"{key} of {self.no}").encode()))
        name = f"{key}.pdf" if name is None else name
        given: Row = {"media_type": "application/pdf", "sha256": sha256, "size": size, **more}
        return self.do(commands.AddDocument(actor=who, register_no=self.no, key=key, file_name=name, **given))

    def relate(self, who: str = "officer", kind: str = "basis", other: str = "Strukturbild Halland") -> Outcome:
        return self.do(commands.Relate(actor=who, register_no=self.no, kind=kind, other=other))

    def decide(
        self, who: str, key: str, decision: commands.Decision = "approve", comment: str | None = None
    ) -> Outcome:
        return self.do(self.deciding(who, key, decision, comment))

    def deciding(
        self, who: str, key: str, decision: commands.Decision = "approve", comment: str | None = None
    ) -> commands.DecideApproval:
        """The answer to the request that waits for the person, else to the last one of the group that waits."""
        group = [a for a in self.approvals(key) if a["state"] == "pending"] or self.approvals(key)
        mine = [a for a in group if a["approver"] == who]
        return commands.DecideApproval(
            actor=who, approval=(mine or group)[-1]["id"], decision=decision, comment=comment
        )

    def answer(self, town: str, stance: commands.Stance = "supports", who: str = "registrar", **more: Any) -> Outcome:
        return self.do(self.answering(town, stance, who, **more))

    def answering(
        self, town: str, stance: commands.Stance = "supports", who: str = "registrar", **more: Any
    ) -> commands.AnswerConsultation:
        more = {"key": self._newest_round(), **more}
        return commands.AnswerConsultation(actor=who, register_no=self.no, party=party(town), stance=stance, **more)

    def _newest_round(self) -> str | None:
        """Where parties have been asked more than once: the round that is open, else the last one."""
        known = sorted(self.rows(models.consultations), key=lambda c: (c["state"] == "open", c["seq"]))
        return f"{known[-1]['key']}:{known[-1]['round']}" if len(known) > 1 else None

    def withdraw(self, town: str, who: str = "registrar", **more: Any) -> Outcome:
        more = {"key": self._newest_round(), **more}
        return self.do(commands.WithdrawAnswer(actor=who, register_no=self.no, party=party(town), **more))

    def extend(self, town: str, until: str, who: str = "officer") -> Outcome:
        until_ = date.fromisoformat(until)
        return self.do(commands.ExtendAnswer(actor=who, register_no=self.no, party=party(town), until=until_))

    def close_round(self, who: str = "officer", reason: str = "Alla som berörs har svarat.") -> Outcome:
        return self.do(commands.CloseConsultation(actor=who, register_no=self.no, reason=reason))

    def complete(self, who: str, act: str) -> Outcome:
        task = next(t for t in self.tasks() if t["act"] == act and t["state"] == "open")
        return self.do(commands.CompleteTask(actor=who, task=task["id"]))

    def on_case(self, kind: type[commands.OnCase], who: str, **given: Any) -> Outcome:
        return self.do(kind(actor=who, register_no=self.no, **given))

    # ------------------------------------------------------------ the way

    def at(self, state: str) -> Story:
        """Register a case and play it to ``state``, each act by whom it belongs to."""
        if not self._is_as_loaded():
            self.register()
            return self.on_to(state)
        places = WAY[: WAY.index(state) + 1]
        known = next((s for s in reversed(places) if s in SNAPSHOTS), None)
        if known is None:
            self.register()
            self._keep("draft")
        else:
            self._restore(known)
        for there in places[places.index(known or "draft") + 1 :]:
            self.on_to(there)._keep(there)
        return self

    def _is_as_loaded(self) -> bool:
        """Whether nothing has happened yet, so that a copy made by an earlier test may be taken.

        And whether its links are made with the key that all stories share: a copy made with another opens none of them.
        """
        untouched = not self.numbers and not self.changed_people and self.clock.now == START
        shared = self.app.settings.site_key_file is not None
        return untouched and shared and self.app.engine.dialect.name == "sqlite"

    def _keep(self, state: str) -> None:
        if state not in SNAPSHOTS:
            SNAPSHOTS[state] = sqlite3.connect(":memory:", check_same_thread=False)
            with closing(self.app.engine.raw_connection()) as raw:
                raw.driver_connection.backup(SNAPSHOTS[state])  # type: ignore[union-attr]  # the driver is sqlite3's

    def _restore(self, state: str) -> None:
        with closing(self.app.engine.raw_connection()) as raw:
            SNAPSHOTS[state].backup(raw.driver_connection)
        self.no = "RS200001"
        self.numbers.append(self.no)

    def on_to(self, state: str) -> Story:
        """Play the case from where it is, along the way, to ``state``."""
        for there in WAY[WAY.index(self.state) + 1 : WAY.index(state) + 1]:
            getattr(self, f"_to_{there}")()
            assert self.state == there
        return self

    def _to_manager_review(self) -> None:
        self.add("officer", "declaration")
        if not self.rows(models.relations):
            self.relate()
        self.step("officer", "request_review")

    def _to_awaiting_rsau(self) -> None:
        self.add("officer", "official_statement")
        self.step("manager", "submit", rsau_date=self.day)

    def _to_rsau_aligned(self) -> None:
        self.decide("rsau_chair", "agenda_clearance")
        self.step("rsau_secretary", "record_alignment", rsau_date=self.day, rsau_note="Ej belagt i källan.")

    def _to_municipal_consultation(self) -> None:
        self.step("officer", "consult", krf_date=max("2020-09-02", self.day))

    def _to_compiling(self) -> None:
        for town in TOWNS:
            self.answer(town)

    def _to_awaiting_decision(self) -> None:
        self.add("officer", "compilation")
        self.step("officer", "propose_decision", decision_body="rs", decision_date=self.day)

    def _to_decided(self) -> None:
        self.add("rs_secretary", "minutes_extract")
        self.step("rs_secretary", "record_decision", **self.minutes)

    def _to_signed(self) -> None:
        self.decide("rs_chair", "signature")
        self.decide("region_director", "signature")

    def _to_submitted(self) -> None:
        self.add("registrar", "signed_declaration")
        self.step("registrar", "submit_to_ministry", ministry="ext_finansdepartementet")

    def _to_awaiting_reply(self) -> None:
        self.step("registrar", "acknowledge", ministry_ref="Fi2020/01234")

    def _to_concluded(self) -> None:
        self.step("registrar", "conclude", outcome="task_given_by_law")

    def _to_closed(self) -> None:
        self.deliver()
        self.step("officer", "close")

    @property
    def minutes(self) -> Row:
        """What a secretary enters from the minutes of a meeting held today."""
        day = self.day
        return {"decision_body": "rs", "decision_date": day, "decision_section": "§ 12", "minutes_approved_on": day}

    # ------------------------------------------------------------ time and post

    @property
    def day(self) -> str:
        return self.clock().astimezone(STOCKHOLM).date().isoformat()

    def on_the(self, day: str, hour: int = 9) -> Fired:
        """Jump to a day and sweep what is due."""
        self.clock.now = datetime.fromisoformat(day).replace(hour=hour, tzinfo=STOCKHOLM)
        return self.sweep()

    def sweep(self) -> Fired:
        return fire_due(self.app)

    def deliver(self) -> None:
        """As if every mail had been handed over."""
        with db.writing(self.app.engine) as c:
            c.execute(update(models.outbox).where(models.outbox.c.state == "queued").values(state="sent"))

    def people(self, change: Callable[[str], str]) -> None:
        """Load the people file anew, changed."""
        self.changed_people = True
        load(self.app, _people(change(PEOPLE)), self.clock())

    def substitute(self, absent: str, by: str, office: str | None = None) -> None:
        """From now on somebody stands in for somebody else."""
        line = f"  - {{for: {absent}, by: {by}, from: 2019-01-01, to: 2030-12-31"
        self.people(
            lambda t: t.replace("substitutes: []", f"substitutes:\n{line}{f', office: {office}' if office else ''}}}")
        )

    # ------------------------------------------------------------ what came of it

    @property
    def case(self) -> Row:
        with db.reading(self.app.engine) as conn:
            return queries.case(conn, self.no)

    @property
    def state(self) -> str:
        return str(self.case["state"])

    @property
    def rules(self) -> CaseType:
        with db.reading(self.app.engine) as conn:
            return self.app.types.pinned(self.case["definition"], lambda h: queries.definition(conn, h))

    def rows(self, table: Table, **wanted: Any) -> list[Row]:
        """The case's rows of a table in order, those that have the values wanted."""
        with db.reading(self.app.engine) as conn:
            found = queries.of_case(conn, table, self.case["id"])
        return [r for r in found if all(r[k] == v for k, v in wanted.items())]

    def events(self, kind: str | None = None) -> list[Row]:
        with db.reading(self.app.engine) as conn:
            found = queries.history(conn, self.case["id"])
        return [e for e in found if kind in (None, e["kind"])]

    def kinds(self) -> list[str]:
        return [e["kind"] for e in self.events()]

    def last(self) -> Row:
        return self.events()[-1]

    def tasks(self, **wanted: Any) -> list[Row]:
        with db.reading(self.app.engine) as conn:
            found = queries.tasks(conn, self.case["id"])
        return [t for t in found if all(t[k] == v for k, v in wanted.items())]

    def waiting(self) -> set[str]:
        """The acts of the open tasks."""
        return {t["act"] for t in self.tasks(state="open")}

    def approvals(self, key: str | None = None) -> list[Row]:
        with db.reading(self.app.engine) as conn:
            found = queries.approvals(conn, self.case["id"])
        return [a for a in found if key in (None, a["key"])]

    def asked_of(self, key: str) -> dict[str, str]:
        """Whom the last round of a request went to, and what became of it."""
        group = self.approvals(key)
        last = max(a["round"] for a in group)
        return {a["approver"]: a["state"] for a in group if a["round"] == last}

    def round(self) -> Row:
        """The last round with the parties, its answers by town."""
        with db.reading(self.app.engine) as conn:
            found: Row = queries.consultations(conn, self.case["id"])[-1]
        found["answers"] = {a["party"].removeprefix("municipality_"): a for a in found["answers"]}
        return found

    def stances(self) -> dict[str, str]:
        return {town: a["state"] for town, a in self.round()["answers"].items()}

    def mails(self, template: str | None = None, to: str | None = None) -> list[Row]:
        """Promised mails, of a template and to a name before the @."""
        return [
            m
            for m in self.rows(models.outbox)
            if template in (None, m["template"])
            and (to is None or m["address"].startswith((f"{to}@", f"registrator@{to}.")))
        ]

    def count(self) -> dict[str, int]:
        """How many rows each table has; what somebody has written and not sent is nothing that has happened."""
        with db.reading(self.app.engine) as conn:
            return dict(conn.execute(_counting()).one()._mapping)


@contextmanager
def told(kind: type[ArendeError], *words: str) -> Iterator[None]:
    """The block is refused as ``kind``, and each of the words stands in a sentence of either language."""
    with pytest.raises(kind) as caught:
        yield
    said = " | ".join([*caught.value.told("sv"), *caught.value.told("en")])
    assert type(caught.value) is kind
    for word in words:
        assert word in said, said


@contextmanager
def untouched(story: Story) -> Iterator[None]:
    """Whatever happens in the block, not a row is added or changed version."""
    before, version = story.count(), story.case["version"] if story.no else None
    yield
    assert story.count() == before
    assert (story.case["version"] if story.no else None) == version


def on(app: App, **changes: Any) -> App:
    """The app with something else in a place."""
    return replace(app, **changes)
