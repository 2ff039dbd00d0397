"""The statements of the one transaction, built once: what ``work.py`` reads before it judges and writes after.

Prepared statements are most of the difference between this and an object mapper on the step path.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update

from arende import models

Row = dict[str, Any]

CASE = select(models.cases).where(models.cases.c.register_no == bindparam("no"))
OUTCOME = select(models.commands.c.body_sha256, models.commands.c.outcome).where(
    models.commands.c.id == bindparam("id")
)
AUTHORITY = select(models.authority.c.name, models.authority.c.data)
DEFINITION = select(models.definitions.c.text).where(models.definitions.c.hash == bindparam("hash"))
_STILL = {"tasks": ("open",), "deadlines": ("open", "resting")}
SELECTS = {
    t.name: select(t).where(
        t.c.case_id == bindparam("case"), *([t.c.state.in_(_STILL[t.name])] if t.name in _STILL else [])
    )
    for t in (
        models.tasks,
        models.approvals,
        models.consultations,
        models.answers,
        models.deadlines,
        models.documents,
        models.relations,
        models.conflicts,
    )
}
INSERTS = {t.name: insert(t) for t in models.metadata.sorted_tables}
_UPDATES: dict[tuple[str, tuple[str, ...]], Any] = {}


CASE_CHANGES = (
    "title", "state", "previous_state", "phase", "entered_at", "entered_seq", "version", "seq", "head", "fields",
    "secrecy", "officer_id", "due_at", "changed_at", "closed_at", "definition",
)  # fmt: skip
INSERT_CASE = insert(models.cases).returning(models.cases.c.id)
UPDATE_CASE = update(models.cases).where(
    models.cases.c.id == bindparam("case"), models.cases.c.version == bindparam("was")
)
COUNTER = select(models.counters.c.next).where(
    models.counters.c.series == bindparam("series"), models.counters.c.year == bindparam("year")
)
TAKE = (
    update(models.counters)
    .where(
        models.counters.c.series == bindparam("of_series"),
        models.counters.c.year == bindparam("of_year"),
        models.counters.c.next == bindparam("serial"),
    )
    .values(next=models.counters.c.next + 1)
)


def batches(changed: dict[int, tuple[Row, set[str]]]) -> dict[tuple[str, ...], list[Row]]:
    """Changed rows grouped by the columns that changed, ready for executemany."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for key, (row, names) in changed.items():
        columns = tuple(sorted(names))
        found.setdefault(columns, []).append({"row_id": key, **{c: row[c] for c in columns}})
    return found


def update_of(name: str, columns: tuple[str, ...]) -> Any:
    """The UPDATE of these columns of a row by its id, built once."""
    known = _UPDATES.get((name, columns))
    if known is None:
        table = models.metadata.tables[name]
        known = update(table).where(table.c.id == bindparam("row_id"))
        _UPDATES[(name, columns)] = known
    return known


def row_of(table: Table, values: Row) -> Row:
    """The values that are columns of the table."""
    return {c.name: values[c.name] for c in table.columns if c.name in values}
