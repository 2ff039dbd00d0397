"""One step, and a whole declaration of intent, against the same rows in raw SQL."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from story import Story

from arende.app import App
from arende.commands import Advance, Command, Outcome
from benchmarks import raw
from benchmarks.measure import Line, by_turns, median_ratio, ms, stopwatch
from benchmarks.places import Place, open_app

STEPS = 40
"""Cases that take the same step, one after the other, in one round."""
BUDGET = {"step": {"SQLite": 6.0, "PostgreSQL": 2.5}, "declaration": {"SQLite": 8.0, "PostgreSQL": 2.5}}


class Remembering(App):
    """An app that keeps every command it is given."""

    def do(self, command: Command) -> Outcome:
        told.append(command)
        return super().do(command)


told: list[Command] = []


def prepared(place: Place, folder: Path, cases: int = STEPS) -> tuple[str, list[Command]]:
    """A database with cases that await one step, and the step's commands: state, event, task, mail, deadline."""
    url = place.new()
    app = open_app(url, folder)
    story = Story(app, app.clock)  # type: ignore[arg-type]  # the clock set by hand
    for _ in range(cases):
        story.register()
        story.add("officer", "declaration")
        story.relate()
    app.engine.dispose()
    return url, [Advance(actor="officer", register_no=no, trigger="request_review") for no in story.numbers]


def declared(place: Place, folder: Path) -> tuple[str, list[Command]]:
    """A database with one declaration, and the commands of the next from registration to its outcome."""
    url = place.new()
    first = open_app(url, folder)
    play(first)
    first.engine.dispose()
    there = place.copy(url)
    plain = open_app(there, folder)
    app = Remembering(plain.settings, plain.engine, plain.types, plain.make_words, plain.storage, plain.clock)
    told.clear()
    play(app)
    app.engine.dispose()
    place.drop(there)
    assert told
    return url, list(told)


def play(app: App) -> None:
    """A declaration of intent from its registration to its outcome."""
    story = Story(app, app.clock)  # type: ignore[arg-type]  # the clock set by hand
    story.register()
    story.on_to("concluded")


@dataclass
class Race:
    """The same commands, through arende and as raw SQL, each time on a fresh copy of the same database."""

    place: Place
    folder: Path
    url: str
    commands: list[Command]

    def __post_init__(self) -> None:
        self.app = open_app(self.url, self.folder)
        self.app.engine.dispose()
        self.transactions = self._heard()

    def _heard(self) -> list[raw.Transaction]:
        with self._copy() as url:
            found: list[raw.Transaction] = []
            app = open_app(url, self.folder, self.app, found)
            for command in self.commands:
                found.append(raw.Transaction())
                app.do(command)
            app.engine.dispose()
        return found

    def _copy(self) -> Any:
        return copied(self.place, self.url)

    def ours(self) -> tuple[float, float]:
        """Seconds for all commands, and of them this process's own."""
        with self._copy() as url:
            app = open_app(url, self.folder, self.app)
            with app.engine.connect():
                pass
            with stopwatch() as taken:
                for command in self.commands:
                    app.do(command)
            app.engine.dispose()
        return taken[0], taken[1]

    def bare(self) -> tuple[float, float]:
        """Seconds for the same rows in raw SQL, and of them this process's own."""
        with self._copy() as url:
            connection = raw.connect(url)
            play = raw.playing(connection)
            with stopwatch() as taken:
                for t in self.transactions:
                    play(t)
            connection.close()
        return taken[0], taken[1]


class copied:  # noqa: N801 – reads as a context
    """A fresh copy of a database for the time of a block."""

    def __init__(self, place: Place, url: str) -> None:
        self.place, self.url = place, url

    def __enter__(self) -> str:
        self.copy = self.place.copy(self.url)
        return self.copy

    def __exit__(self, *_: object) -> None:
        self.place.drop(self.copy)


def _compared(what: str, race: Race, rounds: int, each: int) -> Line:
    ours, bare = by_turns(race.ours, race.bare, rounds=rounds)
    times, own = (median_ratio([t[n] for t in ours], [t[n] for t in bare]) for n in (0, 1))
    limit = BUDGET[what][race.place.kind]
    middle = [statistics.median(t[0] for t in each_) / each for each_ in (ours, bare)]
    selects = sum(t.selects for t in race.transactions)
    several = selects - sum(len(t.reads) for t in race.transactions)
    writes = sum(len(t.writes) for t in race.transactions)
    figures = f"{ms(middle[0])} : {ms(middle[1])} = {times:.1f}× (CPU {own:.1f}×)"
    size = f"{selects / each:.0f} reads ({several / each:.0f} repeated), {writes / each:.0f} writes"
    return Line(f"{what}, {race.place.kind}", f"{figures}; {size}", f"≤ {limit}×", times <= limit)


def step(place: Place, folder: Path) -> Iterator[Line]:
    """One step of a case."""
    url, commands = prepared(place, folder)
    yield _compared("step", Race(place, folder, url, commands), 9, STEPS)


def declaration(place: Place, folder: Path) -> Iterator[Line]:
    """A whole declaration of intent."""
    url, commands = declared(place, folder)
    race = Race(place, folder, url, commands)
    yield _compared("declaration", race, 9, 1)
    mails = sum(len(v) if m else 1 for t in race.transactions for sql, v, m in t.writes if "INTO outbox" in sql)
    yield Line(f"declaration, {place.kind}: its size", f"{len(commands)} transactions, {mails} mails")
