"""Statements of the step path, compiled once and then handed to the driver as they are.

SQLAlchemy writes the SQL and knows how values are stored; what it does besides at every execution costs several times
what the database does, and a step is some twenty statements. So both kinds of knowledge are asked for once per kind of
database. A SELECT then runs on the connection's own driver, inside the transaction that ``db`` has begun; what writes
still passes SQLAlchemy, which tells listeners and keeps count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

Row = dict[str, Any]
Convert = Callable[[Any], Any]


class _Compiled(NamedTuple):
    sql: str
    names: tuple[str, ...]
    """The parameters; in the order of their places when ``by_place``."""
    by_place: bool
    constants: Row
    store: dict[str, Convert]
    columns: tuple[str, ...]
    load: tuple[tuple[int, Convert], ...]
    error: type[Exception]


class Prepared:
    """One statement. ``given`` are the columns that an INSERT or UPDATE sets.

    Lists for IN have no place here, since they change the SQL; a list that never changes is written as text.
    """

    def __init__(self, statement: Any, given: Sequence[str] = ()) -> None:
        self._statement = statement
        self._given = list(given) or None
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, conn: Connection, **values: Any) -> list[Row]:
        """The rows found, by column."""
        columns = self._ready(conn.dialect).columns
        return [dict(zip(columns, row, strict=True)) for row in self.tuples(conn, **values)]

    def tuples(self, conn: Connection, **values: Any) -> list[Sequence[Any]]:
        """The rows found, each as its values in order. Raises as SQLAlchemy does."""
        ready = self._ready(conn.dialect)
        driver: Any = conn.connection.driver_connection
        try:
            found: list[Sequence[Any]] = driver.execute(ready.sql, _parameters(ready, values)).fetchall()
        except ready.error as e:
            raise DBAPIError.instance(ready.sql, None, e, ready.error) from e
        return [_loaded(ready, row) for row in found] if ready.load else found

    def first(self, conn: Connection, **values: Any) -> Sequence[Any] | None:
        """The first row, or None."""
        return next(iter(self.tuples(conn, **values)), None)

    def write(self, conn: Connection, *rows: Row) -> int:
        """Carry it out for each of the rows; returns how many were changed. Raises as SQLAlchemy does."""
        ready = self._ready(conn.dialect)
        given = [_parameters(ready, row) for row in rows]
        return int(conn.exec_driver_sql(ready.sql, given if len(given) > 1 else given[0]).rowcount)

    def _ready(self, dialect: Dialect) -> _Compiled:
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = _compile(self._statement, self._given, dialect)
        return known


def _compile(statement: Any, given: list[str] | None, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=given)
    store = {name: to for name, bind in compiled.binds.items() if (to := _storing(bind.type, dialect))}
    fixed = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
    constants = {name: store[name](v) if name in store else v for name, v in fixed.items()}
    columns = statement.selected_columns if statement.is_select else ()
    load = [(n, to) for n, column in enumerate(columns) if (to := _loading(column.type, dialect))]
    return _Compiled(
        compiled.string,
        tuple(compiled.positiontup or compiled.params),
        compiled.positiontup is not None,
        constants,
        store,
        tuple(column.name for column in columns),
        tuple(load),
        dialect.loaded_dbapi.Error,
    )


def _storing(type_: Any, dialect: Dialect) -> Convert | None:
    found: Convert | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return found


def _loading(type_: Any, dialect: Dialect) -> Convert | None:
    found: Convert | None = type_.dialect_impl(dialect).result_processor(dialect, None)
    return found


def _parameters(ready: _Compiled, values: Row) -> Any:
    store, constants = ready.store, ready.constants
    found = {
        name: constants[name] if name in constants else store[name](values[name]) if name in store else values[name]
        for name in ready.names
    }
    return tuple(found[name] for name in ready.names) if ready.by_place else found


def _loaded(ready: _Compiled, row: Sequence[Any]) -> Sequence[Any]:
    values = list(row)
    for place, convert in ready.load:
        values[place] = convert(values[place])
    return values
