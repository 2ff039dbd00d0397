"""Simulating from the outside: where the year is played, and its result as data."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from arende import beats, db, virtualtime
from arende.app import App
from arende.errors import Invalid, Refused, Sentence
from arende.reconcile import SILENT
from arende.settings import Settings, read_settings
from arende.simulation import figures, play
from arende.simulation.figures import Figures
from arende.simulation.play import Told


def simulate(year: int, cases: int, seed: int, *, here: bool, until: date | None, tell: Told) -> Figures:
    """Play a year, or only ``until`` one of its days, and read its figures.

    It is played in a temporary folder or, ``here``, in the installation, which is left as it was played, its clock at
    the end: to be looked at, not worked in. Raises Refused where there are cases, or a worker that would carry out the
    same; Invalid for a day of another year.
    """
    if until is not None and until.year != year:
        raise Invalid(Sentence(f"--until {until} är inte {year}.", f"--until {until} is not in {year}."))
    settings = read_settings()
    if here:
        _without_worker(settings)
        played = play.play(settings, year, cases, seed, tell, until)
        virtualtime.set_to(played.world.app.engine, played.world.clock.now)
        return figures.of(played, seed)
    with tempfile.TemporaryDirectory(prefix="arende-simulate-") as folder:
        apart = settings.model_copy(update={"data_dir": Path(folder), "database_url": None, "site_key_file": None})
        played = play.play(apart, year, cases, seed, tell, until)
        try:
            return figures.of(played, seed)
        finally:
            played.world.app.engine.dispose()


def _without_worker(settings: Settings) -> None:
    """A worker would sweep the same deadlines in its own time, and send the mails."""
    engine = db.open_engine(settings.url)
    db.upgrade(engine)
    app = App.on(settings, engine, beats.real_now)
    alive = any(b.seen_at > beats.real_now() - SILENT for b in beats.read(app, "worker:"))
    engine.dispose()
    if alive:
        raise Refused(
            Sentence(
                "En arbetsprocess (arende worker) kör på den här databasen. Stoppa den först, eller utelämna --here.",
                "A worker (arende worker) runs on this database. Stop it first, or leave out --here.",
            )
        )


def as_data(f: Figures) -> dict[str, Any]:
    """The figures as JSON has them."""
    return asdict(f)
