"""For programmers: ``python -m arende.migrations "message"`` writes the revision that the tables now need.

Until the first release there is one revision, written anew with ``python -m arende.migrations``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from arende import db
from arende.migrations import KNOWN, configuration


def main(message: str = "The tables") -> None:
    """Compare the tables with the revisions and write what differs."""
    first = message == "The tables"
    here = Path(__file__).parent / "versions"
    if first:
        for old in here.glob("0001_*.py"):
            old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        engine = db.open_engine(f"sqlite:///{folder}/empty.sqlite")
        if not first:
            db.upgrade(engine)
        with engine.begin() as connection:
            number = "0001" if first else f"{len(KNOWN) + 1:04}"
            command.revision(configuration(connection), message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main(*sys.argv[1:2])
