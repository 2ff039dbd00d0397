"""The case list and a person's inbox among ten thousand and a million cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from arende import db, queries
from benchmarks import raw
from benchmarks.measure import Line, percentile
from benchmarks.places import Place, open_app

SIZES = (10_000, 1_000_000)
ROUNDS = 100
IN_SQL, IN_PYTHON = 0.005, 0.050
"""Seconds, the 95th percentile."""

_NUMBERS = {
    "SQLite": "(WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {count}) SELECT n FROM g)",
    "PostgreSQL": "(SELECT n FROM generate_series(1, {count}) AS g(n))",
}
_WHEN = {
    "SQLite": "strftime('%Y-%m-%d %H:%M:%S.000000', 1577836800 + {minutes} * 60, 'unixepoch')",
    "PostgreSQL": "to_timestamp(1577836800 + {minutes} * 60)",
}
_CASES = """
INSERT INTO cases (register_no, series, year, serial, type, definition, title, state, previous_state, phase,
    entered_at, entered_seq, version, seq, head, fields, secrecy, officer_id, due_at, opened_at, changed_at, closed_at)
SELECT 'XX' || (100000000 + n), 'XX', 2000 + n / 10000, n % 10000, CASE n % 9 WHEN 0 THEN 'declaration_of_intent'
    ELSE 'other' END, 'h', 'Ett ärende om regional fysisk planering, nummer ' || n,
    CASE WHEN n % 10 > 0 THEN 'closed' WHEN n % 20 = 0 THEN 'draft' ELSE 'manager_review' END, NULL, 'prepare',
    {then}, 1, 1, 1, 'h', '{{}}', {false}, 2 + n % 8, CASE WHEN n % 10 > 0 THEN NULL ELSE {due} END, {then}, {then},
    CASE WHEN n % 10 > 0 THEN {then} END
FROM {numbers} AS numbers"""
_TASKS = """
INSERT INTO tasks (case_id, seq, n, act, title, role, office, assignee_id, state, of_state, due_at, opened_at)
SELECT id, 1, 0, 'next_step', '{{"sv": "Ta nästa steg", "en": "Take the next step"}}', 'case_officer',
    CASE WHEN id % 3 = 0 THEN 'secretary@rsau' ELSE 'case_officer@regionkontoret' END,
    CASE WHEN id % 3 > 0 THEN officer_id END, CASE WHEN closed_at IS NULL THEN 'open' ELSE 'done' END,
    state, opened_at, opened_at
FROM cases"""


def fill(place: Place, url: str, count: int) -> None:
    """Cases with a task each, nine of ten closed, spread over eight officers, in two statements."""
    given = {
        "then": _WHEN[place.kind].format(minutes="n"),
        "due": _WHEN[place.kind].format(minutes="(n + 40000)"),
        "numbers": _NUMBERS[place.kind].format(count=count),
        "false": "0" if place.kind == "SQLite" else "false",
    }
    engine = db.open_engine(url, sync_full=False)
    with db.writing(engine) as c:
        c.exec_driver_sql(
            f"INSERT INTO definitions (hash, key, version, text, stored_at)"  # noqa: S608 – our own words
            f" VALUES ('h', 'k', '1.0.0', '{{}}', {_WHEN[place.kind].format(minutes='0')})"
        )
        c.execute(text(_CASES.format(**given).replace(":%", r"\:%")))
        c.execute(text(_TASKS.format(**given)))
    with engine.connect() as c:
        c.execute(text("ANALYZE"))
        c.commit()
    engine.dispose()


def lists(place: Place, folder: Path) -> Iterator[Line]:
    """p95 of each list, in SQL alone and through queries.py."""
    for count in SIZES:
        url = place.new()
        fill(place, url, count)
        app = open_app(url, folder)
        for name, ask in _questions().items():
            with db.reading(app.engine) as conn:
                sql = _sql_of(app.engine, conn, ask)
                whole = percentile(_times(partial(ask, conn)), 0.95)
            bare = percentile(_times(_bare(url, *sql)), 0.95)
            figures = f"SQL p95 {bare * 1000:.2f} ms, queries.py p95 {whole * 1000:.1f} ms"
            kept = bare <= IN_SQL and whole <= IN_PYTHON
            yield Line(f"{name}, {count} cases, {place.kind}", figures, "≤ 5, ≤ 50 ms", kept)
        app.engine.dispose()
        place.drop(url)


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
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return found
