"""A thousand letters: the time each takes to be written and typeset."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from arende import home, lettersamples
from arende.letters import Letters
from arende.typesetting import Press
from benchmarks.measure import Line
from benchmarks.places import Place

MANY = 1000


def letters(place: Place, folder: Path) -> Iterator[Line]:  # noqa: ARG001 – the signature of every benchmark
    """The letter with two signatures to a thousand recipients, one each; no database is in it."""
    if place.kind != "SQLite":
        return
    templates = [home.shipped() / "templates"]
    written, press = Letters(templates), Press(templates)
    head, values = lettersamples.of("letter")
    taken, size = [], 0
    for n in range(MANY + 1):
        begun = time.perf_counter()
        letter = written.write("letter", replace(head, recipients=(f"Part nummer {n}",)), values)
        size += len(press.pdf(letter))
        taken.append(time.perf_counter() - begun)
    first, rest = taken[0], sorted(taken[1:])
    median, slow = statistics.median(rest), rest[int(MANY * 0.95)]
    yield Line(
        "a letter as PDF",
        f"{median * 1000:.0f} ms (p95 {slow * 1000:.0f}, first {first * 1000:.0f}), {size // (MANY + 1) // 1000} kB",
        "≤ 50 ms",
        median <= 0.05,
    )
