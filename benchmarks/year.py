"""A simulated year, with as many cases as the budget speaks of and with a fifth of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from arende.settings import Settings
from arende.simulation import play
from benchmarks.measure import Line, stopwatch
from benchmarks.places import Place

BUDGET = 60.0
"""Seconds."""


def year(place: Place, folder: Path) -> Iterator[Line]:
    """2021, played once with each number of cases. It has a database of its own, an SQLite file."""
    if place.server:
        return
    for cases in (200, 1000):
        with tempfile.TemporaryDirectory(dir=folder) as apart, stopwatch() as taken:
            told = play.play(Settings(data_dir=Path(apart)), 2021, cases, 1, lambda _day: None).world.told
        done = told["commands"] + told["fired"] + told["promises_kept"]
        figures = f"{taken[0]:.0f} s (CPU {taken[1]:.0f} s); {done} transactions, {told['mails']} mails"
        yield Line(f"simulated year, {cases} cases", figures, f"≤ {BUDGET:.0f} s", taken[0] <= BUDGET)
