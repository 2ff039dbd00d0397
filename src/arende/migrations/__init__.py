"""The history of the tables. A revision that was ever released is never edited again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

KNOWN = ("0001",)
"""Every revision in order. Kept by hand, since reading the scripts takes longer than most commands; tested."""
HEAD = KNOWN[-1]


def configuration(connection: Connection) -> Config:
    """Alembic's configuration on an open connection, whose transaction is the caller's."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", "arende:migrations")
    config.attributes["connection"] = connection
    return config
