"""Whether the tables of a database are those of the program: the whole schema compared, by names."""

from __future__ import annotations

from sqlalchemy import Connection, MetaData, inspect

from arende import (  # noqa: F401 – their tables join those of models
    apitables,
    calendartables,
    delegationtables,
    meetingtables,
    operationaltables,
    organisationtables,
    persontables,
    plantables,
    savedtables,
    searchtables,
    signintables,
    watchtables,
)
from arende.models import with_conditions


def tables() -> MetaData:
    """Every table of the program."""
    return with_conditions()


def lacking(connection: Connection) -> str | None:
    """The first table, or column of one, that the program has and the database lacks."""
    found = inspect(connection).get_multi_columns()
    there = {name: {column["name"] for column in columns} for (_, name), columns in found.items()}
    for table in tables().sorted_tables:
        if table.name not in there:
            return table.name
        for column in table.columns:
            if column.name not in there[table.name]:
                return f"{table.name}.{column.name}"
    return None
