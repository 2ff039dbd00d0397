"""``arende db``: the tables of the database, brought up to date and checked."""

from __future__ import annotations

import typer

from arende.cli.shared import say, show

app = typer.Typer(help="Databasens tabeller. The tables of the database.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Skapa tabellerna, eller för dem till den här versionen. Create or upgrade the tables."""
    from arende import db
    from arende.settings import read_settings

    engine = db.open_engine(read_settings().url)
    try:
        done = db.upgrade(engine)
        db.demand_tables(engine)
    finally:
        engine.dispose()
    if done.before == done.after:
        text = say("Databasen är redan aktuell.", "The database is up to date already.")
    else:
        text = say(f"Databasen har nu schema {done.after}.", f"The database now has schema {done.after}.")
    show({"before": done.before, "after": done.after, "database": _shown(engine.url)}, text)


@app.command()
def check() -> None:
    """Kontrollera att databasen svarar och passar den här versionen. Check that the database answers and fits."""
    from arende import db
    from arende.migrations import HEAD
    from arende.settings import read_settings

    engine = db.open_engine(read_settings().url)
    try:
        db.check(engine)
        db.demand_tables(engine)
    finally:
        engine.dispose()
    show(
        {"ok": True, "schema": HEAD, "database": _shown(engine.url)},
        say(f"Databasen svarar och har rätt schema ({HEAD}).", f"The database answers; its schema is right ({HEAD})."),
    )


def _shown(url: object) -> str:
    """The address without its password, as SQLAlchemy prints it."""
    return str(url)
