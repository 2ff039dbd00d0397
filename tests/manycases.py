"""Many cases at once, for lists that must stay quick."""

from __future__ import annotations

from sqlalchemy import Engine

from arende import db

_NUMBERS = {
    "sqlite": "(WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {count}) SELECT n FROM g)",
    "postgresql": "(SELECT n FROM generate_series(1, {count}) AS g(n))",
}
_WHEN = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', 1577836800 + {minutes} * 60, 'unixepoch')",
    "postgresql": "to_timestamp(1577836800 + {minutes} * 60)",
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

_INDEX = """
INSERT INTO case_search ({key}, marks, parties, words, more)
SELECT id, '=state=' || replace(state, '_', '=') || ' =type=' || replace(type, '_', '=') || ' =year=' || {year}
    || ' =month=' || {month} || ' =day=' || {day} || ' =officer=' || officer_id
    || CASE WHEN closed_at IS NULL THEN ' =open=1' ELSE '' END,
    CASE id % 7 WHEN 0 THEN '=party=kungsbacka' ELSE '' END, register_no || ' ' || title,
    CASE id % 7 WHEN 0 THEN 'Kungsbacka kommun' ELSE '' END
    || CASE WHEN id % 50000 = 7 THEN ' pumpkraftverk' ELSE '' END
FROM cases WHERE definition = 'h'"""
_KEY = {"sqlite": "rowid", "postgresql": "case_id"}
_TIME = {
    "sqlite": "strftime('{}', opened_at, '+1 hour')",
    "postgresql": "to_char(opened_at + interval '1 hour', '{}')",
}
"""Of Stockholm's winter, which all of the time is here."""
_PARTS = {"sqlite": ("%Y", "%Y=%m", "%Y=%m=%d"), "postgresql": ("YYYY", "YYYY=MM", "YYYY=MM=DD")}


def fill(engine: Engine, count: int) -> None:
    """Cases with a task each, nine of ten closed, spread over eight officers; made by the database itself."""
    kind = engine.dialect.name
    given = {
        "then": _WHEN[kind].format(minutes="n"),
        "due": _WHEN[kind].format(minutes="(n + 40000)"),
        "numbers": _NUMBERS[kind].format(count=count),
        "false": "0" if kind == "sqlite" else "false",
        "key": _KEY[kind],
        **{k: _TIME[kind].format(part) for k, part in zip(("year", "month", "day"), _PARTS[kind], strict=True)},
    }
    with db.writing(engine) as c:
        c.exec_driver_sql(
            "INSERT INTO definitions (hash, key, version, text, stored_at)"
            f" VALUES ('h', 'k', '1.0.0', '{{}}', {_WHEN[kind].format(minutes='0')})"
        )
        for statement in (_CASES, _TASKS, _INDEX):
            c.exec_driver_sql(statement.format(**given).replace("%", "%%" if kind == "postgresql" else "%"))
    with engine.connect() as c:
        c.exec_driver_sql("ANALYZE")
        c.commit()
