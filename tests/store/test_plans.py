"""How the databases find what the lists show: by an index, and without sorting or scanning the cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from arende import db, desk, queries, search
from arende.home import demo_file
from arende.people import read
from arende.rights import Reader
from arende.searchwords import wanted
from arende.usecases.people import load
from handclock import VirtualClock
from manycases import fill

SEARCHES = {
    "a common word": {"q": "planering"},
    "common words and a state": {"q": "planering fysisk", "state": "draft"},
    "a party": {"party": "kungsbacka"},
    "a rare word": {"q": "pumpkraftverk"},
    "a period": {"from": "2020-01-02", "to": "2020-01-03"},
    "open, by type and officer": {"open": "1", "type": "other", "officer": "officer"},
    "a number": {"q": "RS200001"},
    "a body": {"body": "rsau"},
    "a body's with a word": {"body": "rsau", "q": "planering"},
}
OUTSIDER = Reader((7,), ("chair", "chair@rs"))

LISTS: dict[str, Callable[[Connection], object]] = {
    "all": lambda c: queries.cases(c),
    "by state": lambda c: queries.cases(c, state="draft"),
    "by type": lambda c: queries.cases(c, type_="declaration_of_intent"),
    "by officer": lambda c: queries.cases(c, officer="officer"),
    "open": lambda c: queries.cases(c, open_only=True),
    "running": lambda c: c.execute(desk._running()._statement, {"actor": 2, "most": 100}),  # sent past SQLAlchemy
    "inbox": lambda c: queries.inbox(c, [2, 3], ["secretary@rsau", "case_officer@regionkontoret"]),
}


def plan(conn: Connection, ask: Callable[[Connection], object]) -> list[str]:
    """The steps of all that is asked."""
    asked: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, sql: str, given: Any, *_: Any) -> None:
        if not sql.startswith("SET "):
            asked.append((sql, given))

    event.listen(conn, "before_cursor_execute", hear)
    ask(conn)
    event.remove(conn, "before_cursor_execute", hear)
    how = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
    return [str(row[-1]).strip() for sql, given in asked for row in conn.exec_driver_sql(f"{how} {sql}", given)]


@pytest.mark.parametrize("name", LISTS)
def test_no_list_scans_the_cases_or_the_tasks(peopled_engine: Engine, name: str) -> None:
    with db.reading(peopled_engine) as conn:
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")  # so few rows are read whole, when they may be
        steps = plan(conn, LISTS[name])
    scanned = ("Seq Scan on cases", "Seq Scan on tasks", "SCAN tasks", "SCAN approvals")
    assert [s for s in steps if any(word in s for word in scanned)] == []
    assert name != "inbox" or any("ix_tasks_office" in s for s in steps)
    assert name != "running" or sum("ix_cases_running" in s for s in steps) == 2
    assert [s for s in steps if s.startswith("SCAN cases") and "USING INDEX" not in s] == []


@pytest.mark.parametrize("name", SEARCHES)
def test_no_search_scans_or_sorts_the_register(peopled_engine: Engine, name: str) -> None:
    with db.reading(peopled_engine) as conn:
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        steps = plan(conn, lambda c: search.find(c, wanted(SEARCHES[name]), visible_to=OUTSIDER))
    assert [s for s in steps if "Seq Scan on case" in s or s.startswith("SCAN of_body")] == []
    assert [s for s in steps if s.startswith("SCAN case_search") and "VIRTUAL TABLE INDEX" not in s] == []
    assert [s for s in steps if "TEMP B-TREE FOR ORDER BY" in s and "body" not in name] == []


def test_the_newest_and_the_oldest_of_many_are_found(peopled_engine: Engine) -> None:
    with db.reading(peopled_engine) as conn:
        common = search.find(conn, wanted({"q": "planering fysisk"}), limit=3)
        assert [r["register_no"] for r in common.rows] == ["XX100005000", "XX100004999", "XX100004998"]
        assert len(search.find(conn, wanted({"q": "pumpkraftverk"})).rows) == 1
        old = search.find(conn, wanted({"q": "planering", "to": "2020-01-01", "state": "draft"}), limit=100)
        assert [old.rows[n]["register_no"] for n in (0, -1)] == ["XX100001360", "XX100000020"]
        assert [r["register_no"] for r in search.find(conn, wanted({"q": "plan"}), limit=1).rows] == ["XX100005000"]


@pytest.fixture
def peopled_engine(engine: Engine) -> Engine:
    """A few thousand cases with a task each, most of them closed, and the statistics that the planner goes by."""
    load(engine, read(demo_file("people.yaml").read_text("utf-8"), "people.yaml"), VirtualClock()())
    fill(engine, 5_000)
    return engine
