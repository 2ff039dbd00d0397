"""The statements of the one transaction, built once: what ``work.py`` reads before it judges and writes after."""

from __future__ import annotations

from sqlalchemy import Table, bindparam, insert, or_, select, update

from arende import meetingtables, models, operationaltables, plantables
from arende.prepared import Prepared, Row

CASE = Prepared(select(models.cases).where(models.cases.c.register_no == bindparam("no")))
CASE_BY_ID = Prepared(select(models.cases).where(models.cases.c.id == bindparam("id")))
OUTCOME = select(models.commands.c.body_sha256, models.commands.c.outcome).where(
    models.commands.c.id == bindparam("id")
)
AUTHORITY = Prepared(select(models.authority.c.name, models.authority.c.data))
DEFINITION = select(models.definitions.c.text).where(models.definitions.c.hash == bindparam("hash"))
_STILL = {"tasks": ("open",), "deadlines": ("open", "resting")}
SELECTS = {
    t.name: Prepared(
        select(t).where(
            t.c.case_id == bindparam("case"),
            *([or_(*(t.c.state == state for state in _STILL[t.name]))] if t.name in _STILL else []),
        )
    )
    for t in (
        models.tasks,
        models.approvals,
        models.tokens,
        models.questions,
        models.consultations,
        models.answers,
        models.deadlines,
        models.documents,
        models.relations,
        models.conflicts,
        *meetingtables.OF_A_CASE,
        plantables.plans,
        *operationaltables.OF_A_CASE,
    )
}
_INSERTS: dict[tuple[str, tuple[str, ...]], Prepared] = {}
_UPDATES: dict[tuple[str, tuple[str, ...]], Prepared] = {}


CASE_CHANGES = (
    "title", "state", "previous_state", "phase", "entered_at", "entered_seq", "version", "seq", "head", "fields",
    "secrecy", "officer_id", "due_at", "changed_at", "closed_at", "definition", "ending", "continued_in",
)  # fmt: skip
INSERT_CASE = insert(models.cases).returning(models.cases.c.id)
UPDATE_CASE = Prepared(
    update(models.cases).where(models.cases.c.id == bindparam("case"), models.cases.c.version == bindparam("was")),
    CASE_CHANGES,
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


def update_of(name: str, columns: tuple[str, ...]) -> Prepared:
    """The UPDATE of these columns of a row by its id, built once."""
    known = _UPDATES.get((name, columns))
    if known is None:
        table = models.metadata.tables[name]
        known = Prepared(update(table).where(table.c.id == bindparam("row_id")), columns)
        _UPDATES[(name, columns)] = known
    return known


def insert_of(name: str, row: Row) -> Prepared:
    """The INSERT of rows with the columns of this one, built once."""
    columns = tuple(row)
    known = _INSERTS.get((name, columns))
    if known is None:
        known = _INSERTS[(name, columns)] = Prepared(insert(models.metadata.tables[name]).inline(), columns)
    return known


def row_of(table: Table, values: Row) -> Row:
    """The values that are columns of the table."""
    return {c.name: values[c.name] for c in table.columns if c.name in values}
