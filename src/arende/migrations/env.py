"""Alembic's entry point: runs the migrations in the transaction that ``arende.db`` began."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, BigInteger, DateTime

from arende import searchtables
from arende.migrations.shape import tables
from arende.models import Utc


def rendered(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """A migration names SQL's types, not ours, which may change; ``script.py.mako`` defines these three."""
    if kind == "type":
        if isinstance(item, Utc):
            return "Utc"
        if isinstance(item, JSON):
            return "Json"
        if isinstance(item, BigInteger):
            return "Id"
    return False


def types_differ(_context: Any, _found: Any, _column: Any, found: Any, wanted: Any) -> bool | None:
    """An instant is a DateTime in the database."""
    return False if isinstance(wanted, Utc) and isinstance(found, DateTime) else None


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables(),
    render_as_batch=True,
    render_item=rendered,
    compare_type=types_differ,
    include_name=searchtables.ours,
    transactional_ddl=True,
)
context.run_migrations()
