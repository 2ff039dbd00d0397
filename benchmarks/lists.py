"""The case list and a person's inbox among ten thousand and a million cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event

from arende import db, queries, search
from arende.app import App
from arende.rights import Reader
from arende.searchwords import wanted
from benchmarks import raw
from benchmarks.measure import Line, percentile
from benchmarks.pages import pages, readable
from benchmarks.places import Place, open_app
from benchmarks.steps import play
from manycases import fill

SIZES = (10_000, 1_000_000)
ROUNDS = 100
WARM = 12
"""Times that each question is asked before the clock starts, until PostgreSQL keeps its plan (see ``clients``)."""
SEARCHES = {
    "two common words": {"q": "planering fysisk"},
    "a rare word": {"q": "pumpkraftverk"},
    "a part of a word": {"q": "pumpkraft"},
    "no such word": {"q": "xylofon"},
    "a common word and an old state": {"q": "planering", "state": "draft", "to": "2020-01-31"},
    "a party": {"party": "kungsbacka"},
    "a party, a type, open": {"party": "kungsbacka", "type": "other", "open": "1"},
    "an officer's": {"officer": "officer"},
    "a period": {"from": "2020-03-02", "to": "2020-03-08"},
    "a body": {"body": "rsau"},
    "a number": {"q": "RS200001"},
}
READER = Reader((7,), ("chair", "chair@rs"))
"""Somebody who may not see everything: the filter of rights is part of what is measured."""
IN_SQL, IN_PYTHON = 0.005, 0.050
"""Seconds, the 95th percentile."""


def lists(place: Place, folder: Path) -> Iterator[Line]:
    """p95 of each list, in SQL alone and through queries.py; and of the pages."""
    for count in SIZES:
        url = _filled(place, folder, count)
        app = open_app(url, folder)
        for name, ask in _questions().items():
            with db.reading(app.engine) as conn:
                sql = _sql_of(app.engine, conn, ask)
                whole = percentile(_times(partial(ask, conn)), 0.95)
            times = _times(_bare(url, *sql))
            middle, bare = percentile(times, 0.5), percentile(times, 0.95)
            figures = f"SQL p50 {middle * 1000:.2f}, p95 {bare * 1000:.2f} ms, queries.py p95 {whole * 1000:.1f} ms"
            kept = bare <= IN_SQL and whole <= IN_PYTHON
            yield Line(f"{name}, {count} cases, {place.kind}", figures, "≤ 5, ≤ 50 ms", kept)
        yield from _searches(app, f"{count} cases, {place.kind}")
        app.engine.dispose()
        yield from pages(url, folder, f"{count} cases, {place.kind}")
        place.drop(url)


def _searches(app: App, among: str) -> Iterator[Line]:
    """p95 of a search of the register: what it asks the database, one to three questions, and the rows read."""
    for name, asked in SEARCHES.items():
        with db.reading(app.engine) as conn:
            times = _times(partial(search.find, conn, wanted(asked), visible_to=READER))
        late = percentile(times, 0.95)
        figures = f"p50 {percentile(times, 0.5) * 1000:.1f}, p95 {late * 1000:.1f} ms"
        yield Line(f"search: {name}, {among}", figures, "≤ 50 ms", late <= IN_PYTHON)


def _filled(place: Place, folder: Path, count: int) -> str:
    """A database with one whole declaration among many cases."""
    url = place.new()
    app = open_app(url, folder)
    play(app)
    app.engine.dispose()
    engine = db.open_engine(url, sync_full=False)
    fill(engine, count)
    readable(engine)
    engine.dispose()
    return url


def _questions() -> dict[str, Callable[[Any], object]]:
    return {
        "case list": lambda c: queries.cases(c, limit=50),
        "case list by state": lambda c: queries.cases(c, state="draft", limit=50),
        "case list by type": lambda c: queries.cases(c, type_="declaration_of_intent", limit=50),
        "case list by officer": lambda c: queries.cases(c, officer="officer", limit=50),
        "open cases": lambda c: queries.cases(c, open_only=True, limit=50),
        "inbox": lambda c: queries.inbox(c, [2, 3], ["secretary@rsau", "case_officer@regionkontoret", "secretary"]),
    }


def _sql_of(engine: Any, conn: Any, ask: Callable[[Any], object]) -> tuple[str, Any]:
    heard: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, sql: str, given: Any, *_: Any) -> None:
        heard.append((sql, given))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        ask(conn)
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    ((sql, given),) = heard
    return sql, given


def _bare(url: str, sql: str, given: Any) -> Callable[[], object]:
    connection = raw.connect(url)
    return lambda: connection.execute(sql, given).fetchall()


def _times(work: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(WARM):
        work()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return found
