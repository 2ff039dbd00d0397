"""THE transaction. One command: read, judge, then write everything in one short burst – or nothing.

Only this module begins and commits a case's transaction. A use case reads through ``Work``, changes its picture of the
case, and returns; ``perform`` then takes the write lock, checks that nobody changed the case meanwhile, and writes
state, events, tasks, approvals, deadlines and mails together. Judging before locking keeps the lock short: under
SQLite's single writer, computing inside it makes other writers starve.
"""

from __future__ import annotations

import json
import random
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.exc import DataError, IntegrityError

from arende import actors, db, endings, events, indexing, models, register, statements, workdays
from arende.actors import Actor
from arende.casetypes import CaseType
from arende.commands import Command, OnCase, Outcome
from arende.errors import ArendeError, Forbidden, Invalid, NotFound, Refused, Reused, Sentence, Stale
from arende.prepared import Row

if TYPE_CHECKING:
    from arende.app import App

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 40
"""How often a command without an expected version is judged anew after somebody else was first."""

_IN_LINE = threading.Lock()
"""Whoever lost a diary number to another waits here, so that many registrations at once do not starve one another."""


class _NumberTaken(Exception):
    """Another registration took the diary number that this one was rendered with."""


class Work:
    """One command at work on (at most) one case: what was read, and what is to be written."""

    def __init__(self, app: App, cmd: Command, conn: Connection) -> None:
        self.app = app
        self.cmd = cmd
        self.conn = conn
        self.now = app.clock()
        self.at = cmd.at or self.now
        self.today: date = workdays.local_day(self.at)
        self.actor: Actor = actors.actor(conn, cmd.actor)
        self.case: Row = {}
        self.rules: CaseType
        self.data: Row = {}
        self.changed_position: Row = {}
        """A party's change of position after its round, for the mails that tell of it."""
        self.afterwards: list[Callable[[], object]] = []
        """What to do on disk once everything is committed. It may fail: a sweep has to find what is left."""
        self.chain = 0
        """Steps taken by this command so far; a definition that never comes to rest is stopped."""
        self._answers: dict[Any, Any] = {}
        self._version = 0
        self._new_case = False
        self._counter: tuple[str, int, int] | None = None
        self._events: list[Row] = []
        self._rows: dict[str, list[Row]] = {}
        self._inserts: dict[str, list[Row]] = {}
        self._changed: dict[str, dict[int, tuple[Row, set[str]]]] = {}
        self._before: list[tuple[Any, Row, bool]] = []
        self._statements: list[tuple[Any, Row]] = []
        if self.actor.ended_on is not None and self.actor.ended_on < self.today:
            raise Forbidden(
                Sentence(
                    f"{self.actor.name} har inte längre något uppdrag här och kan inte handlägga.",
                    f"{self.actor.name} no longer holds any office here and cannot act.",
                )
            )

    # ------------------------------------------------------------ reading

    @cached_property
    def authority(self) -> tuple[str, str]:
        """(name of the authority, the unit that signs its mails). One authority per database."""
        row = statements.AUTHORITY.first(self.conn)
        if row is None:
            raise Refused(
                Sentence(
                    "Databasen har ingen myndighet än. Läs in personfilen: arende people load.",
                    "The database has no authority yet. Load the people file: arende people load.",
                )
            )
        name, data = row
        return name, (data or {}).get("unit") or name

    def open_case(self, register_no: str) -> None:
        """Load the case and its pinned definition; raises NotFound, or Stale when the person saw another version."""
        number = str(register.parse_no(register_no))
        found = statements.CASE.rows(self.conn, no=number)
        if not found:
            raise NotFound(
                Sentence(
                    f"Det finns inget ärende med diarienummer {number}.", f"There is no case with number {number}."
                )
            )
        self._take(found[0])

    def open_case_by_id(self, case_id: int) -> None:
        """Load the case of a task, approval, deadline or mail."""
        (row,) = statements.CASE_BY_ID.rows(self.conn, id=case_id)
        self._take(row)

    def _take(self, row: Row) -> None:
        self.case = {**row, "fields": dict(row["fields"])}
        self._version = row["version"]
        endings.refuse_ended(row, self.cmd.name)
        self.rules = self.app.types.pinned(
            row["definition"], lambda h: self.conn.execute(statements.DEFINITION, {"hash": h}).scalar_one()
        )
        expected = self.cmd.expected_version if isinstance(self.cmd, OnCase) else None
        if expected is not None and expected != row["version"]:
            raise _changed_meanwhile(row["register_no"])

    def ask(self, question: Callable[Concatenate[Connection, P], T], *given: P.args, **named: P.kwargs) -> T:
        """The answer of a question on people. Asked once per command, which sees one and the same moment."""
        key = (question, given, *named.items())
        if key not in self._answers:
            self._answers[key] = question(self.conn, *given, **named)
        return cast("T", self._answers[key])

    def rows(self, table: Table) -> list[Row]:
        """The case's rows of ``table`` (tasks and deadlines: those not over), with this command's own changes."""
        name = table.name
        if name not in self._rows:
            self._rows[name] = [] if self._new_case else statements.SELECTS[name].rows(self.conn, case=self.case["id"])
        return self._rows[name]

    # ------------------------------------------------------------ writing

    def start_case(self, rules: CaseType, values: Row, counter: tuple[str, int, int] | None) -> None:
        """Begin a new case. ``counter`` = (series, year, serial) to take by compare-and-set, or None."""
        self.rules = rules
        self.case = {"version": 0, "seq": 0, "head": events.START, **values}
        self._new_case = True
        self._counter = counter

    def event(
        self, kind: events.EventKind, payload: Row, *, authority: str | None = None, on_behalf_of: Actor | None = None
    ) -> int:
        """Write down that something happened. Returns the event's number in the case."""
        case, salt = self.case, secrets.token_hex(16)
        payload = json.loads(json.dumps(payload, default=_plain, ensure_ascii=False))
        digest = events.payload_digest(payload, salt)
        case["seq"] += 1
        at = max(self.now, case.get("changed_at") or self.now)  # a clock set back does not turn the record's order
        sealed = events.Sealed(
            register_no=case["register_no"],
            seq=case["seq"],
            command_id=str(self.cmd.id),
            n=len(self._events),
            kind=kind,
            actor=self.actor.key,
            on_behalf_of=on_behalf_of.key if on_behalf_of else None,
            authority=authority,
            channel=self.cmd.door,
            occurred_at=self.at,
            recorded_at=at,
            payload_sha256=digest,
            previous=case["head"],
        )
        case["head"] = sealed.hash()
        self._events.append(
            {
                "seq": case["seq"],
                "command_id": str(self.cmd.id),
                "n": len(self._events),
                "kind": kind,
                "actor_id": self.actor.id,
                "on_behalf_of_id": on_behalf_of.id if on_behalf_of else None,
                "authority": authority,
                "channel": self.cmd.door,
                "occurred_at": self.at,
                "recorded_at": at,
                "payload": payload,
                "salt": salt,
                "payload_sha256": digest,
                "previous": sealed.previous,
                "hash": case["head"],
            }
        )
        return int(case["seq"])

    def insert(self, table: Table, **values: Any) -> Row:
        """Add a row of the case; seen by ``rows`` at once, written at the end."""
        if table.name in statements.SELECTS:
            self.rows(table).append(values)
        self._inserts.setdefault(table.name, []).append(values)
        return values

    def change(self, table: Table, row: Row, **values: Any) -> None:
        """Change a row that was read or just added."""
        row.update(values)
        if "id" in row:
            _, names = self._changed.setdefault(table.name, {}).setdefault(row["id"], (row, set()))
            names.update(values)

    def before(self, statement: Any, **values: Any) -> None:
        """A statement that the case's own row depends on; it may lose against another that wrote the same."""
        self._before.append((statement, values, False))

    def claim(self, statement: Any, **values: Any) -> None:
        """A statement that must change exactly one row, else somebody was first and the command is judged anew."""
        self._before.append((statement, values, True))

    def execute(self, statement: Any, **values: Any) -> None:
        """A statement for the burst, on tables that ``Work`` does not picture. Nobody sees what it returns."""
        alone = statement.inline() if isinstance(statement, Insert) else statement
        self._statements.append((alone, values))

    @property
    def emitted(self) -> list[Row]:
        """The events written by this command so far."""
        return self._events

    @property
    def promised(self) -> list[Row]:
        """The mails that this command sends, so far."""
        return self._inserts.get("outbox", [])

    def commit(self) -> Outcome:
        """Write everything in one transaction. Raises Stale or _NumberTaken when somebody was first."""
        outcome = self._outcome()
        with db.writing(self.app.engine) as c:
            for statement, values, alone in self._before:
                if c.execute(statement, values).rowcount != 1 and alone:
                    raise Stale(Sentence("Någon annan hann före.", "Somebody else was first."))
            if self._events:
                self._write_case(c)
            case_id = self.case.get("id")
            done = {
                "id": str(self.cmd.id),
                "body_sha256": self.cmd.body_sha256(),
                "case_id": case_id,
                "outcome": outcome.model_dump(mode="json"),
                "recorded_at": self.now,
            }
            with db.unanswered(c):
                _insert(c, "commands", [done])
                self._write_rows(c, case_id)
        if "outbox" in self._inserts:
            db.notify(self.app.engine, "arende_outbox")  # a worker that misses it looks by itself within a second
        for act in self.afterwards:
            with suppress(OSError):
                act()
        return outcome

    def _write_case(self, c: Connection) -> None:
        case = self.case
        case["version"] = self._version + 1
        case["changed_at"] = self._events[-1]["recorded_at"]
        if self._new_case:
            self._take_number(c)
            case["id"] = c.execute(statements.INSERT_CASE, statements.row_of(models.cases, case)).scalar_one()
        else:
            values = {k: case[k] for k in statements.CASE_CHANGES}
            if statements.UPDATE_CASE.write(c, {**values, "case": case["id"], "was": self._version}) != 1:
                raise _changed_meanwhile(case["register_no"])

    def _take_number(self, c: Connection) -> None:
        if self._counter is None:
            return
        series, year, serial = self._counter
        if serial == 1 and c.execute(statements.COUNTER, {"series": series, "year": year}).first() is None:
            try:
                _insert(c, "counters", [{"series": series, "year": year, "next": 2}])
            except IntegrityError as e:
                raise _NumberTaken from e
            return
        done = c.execute(statements.TAKE, {"of_series": series, "of_year": year, "serial": serial})
        if done.rowcount != 1:
            raise _NumberTaken

    def _write_rows(self, c: Connection, case_id: int | None) -> None:
        if self._events:
            _insert(c, "events", [{**e, "case_id": case_id} for e in self._events])
        for name, rows in self._inserts.items():
            _insert(c, name, [{"case_id": case_id, **r} for r in rows])
        for name, changed in self._changed.items():
            for columns, batch in statements.batches(changed).items():
                statements.update_of(name, columns).write(c, *batch)
        for statement, values in self._statements:
            c.execute(statement, values)

    def _outcome(self) -> Outcome:
        return Outcome(
            register_no=self.case.get("register_no"),
            state=self.case.get("state"),
            version=self._version + (1 if self._events else 0),
            events=tuple(e["kind"] for e in self._events),
            data=json.loads(json.dumps(self.data, default=_plain)),
        )


def _insert(c: Connection, table: str, rows: list[Row]) -> None:
    statements.insert_of(table, rows[0]).write(c, *rows)


UseCase = Callable[[Work, Any], None]


def perform(app: App, cmd: Command, use_case: UseCase) -> Outcome:
    """Do one command, whole or not at all, and exactly once however often it arrives.

    A command that names the version its person saw is told when that is past; any other is judged anew on the new
    facts when somebody else was first. That a command has been done before shows when it is refused, or when its id
    is written a second time; so the usual way asks nothing beforehand.
    """
    patient = not (isinstance(cmd, OnCase) and cmd.expected_version is not None)
    line: AbstractContextManager[object] = nullcontext()
    for attempt in range(ATTEMPTS):
        try:
            with line:
                return _attempt(app, cmd, use_case)
        except _NumberTaken:
            line = _IN_LINE
        except DataError as e:
            raise Invalid(_cannot_be_stored()) from e
        except (Stale, IntegrityError) as e:  # somebody was first: perhaps this very command, sent twice at once
            with db.reading(app.engine) as conn:
                if (known := _known(conn, cmd)) is not None:
                    return known
            if isinstance(e, Stale) and not patient:
                raise
            if isinstance(e, IntegrityError) and attempt + 1 == ATTEMPTS:
                raise RuntimeError(f"the write of {cmd.name} broke a rule of the database") from e
        time.sleep(random.uniform(0, min(0.002 * 2**attempt, 0.1)))  # noqa: S311 – jitter, not a secret
    raise Stale(
        Sentence(
            "Många ändrade samtidigt, så steget hann inte med. Försök igen.",
            "Too many changes at once; the step did not get its turn. Try again.",
        )
    )


def _attempt(app: App, cmd: Command, use_case: UseCase) -> Outcome:
    with db.reading(app.engine) as conn:
        try:
            work = Work(app, cmd, conn)
            use_case(work, cmd)
            indexing.keep(work)
        except ArendeError:  # what is refused now may have been done before, and is then answered as it was
            if (known := _known(conn, cmd)) is not None:
                return known
            raise
    return work.commit()


def _cannot_be_stored() -> Sentence:
    return Sentence(
        "Någon uppgift är för lång eller har tecken som inte går att spara. Inget har sparats. Skriv om den.",
        "A value is too long or has characters that cannot be stored. Nothing was saved. Write it anew.",
    )


def _known(conn: Connection, cmd: Command) -> Outcome | None:
    row = conn.execute(statements.OUTCOME, {"id": str(cmd.id)}).first()
    if row is None:
        return None
    if row.body_sha256 != cmd.body_sha256():
        raise Reused(
            Sentence(
                "Samma kommando-id har redan använts för något annat. Ingenting är ändrat.",
                "The same command id has already been used for something else. Nothing is changed.",
            )
        )
    return Outcome.model_validate(row.outcome)


def _changed_meanwhile(register_no: str) -> Stale:
    return Stale(
        Sentence(
            f"{register_no} har ändrats av någon annan sedan du öppnade det. Läs vad som ändrats och gör om steget.",
            f"{register_no} was changed by somebody else after you opened it. Read what changed and try again.",
        )
    )


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return events.instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
