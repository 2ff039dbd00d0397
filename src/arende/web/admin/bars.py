"""Bars, laid out for an SVG: the template draws them, and a table beside says the same in figures."""

from __future__ import annotations

import math
from dataclasses import dataclass

WIDTH, LABELS, RIGHT, TOP = 1000, 270, 60, 24
"""The picture in its own units: its width, the room for names, the room for figures, the room for the scale."""
ROW, BAR = 26, 14


@dataclass(frozen=True)
class Row:
    """One bar: its name, the half of all, nine in ten of all, and the figure that stands beside it."""

    name: str
    median: float
    p90: float
    told: str


@dataclass(frozen=True)
class Bar:
    """A row with its place."""

    row: Row
    y: int
    median: float
    p90: float
    """Widths."""


@dataclass(frozen=True)
class Chart:
    """Everything that the template draws."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    """Place and figure of each line of the scale."""
    height: int
    width: int = WIDTH
    left: int = LABELS


def chart(rows: list[Row]) -> Chart:
    """The rows from above, on a scale that begins at nothing and ends beyond the longest."""
    step = _step(max((r.p90 for r in rows), default=0.0))
    most = step * max(math.ceil(max((r.p90 for r in rows), default=0.0) / step), 1)
    room = WIDTH - LABELS - RIGHT
    bars = tuple(
        Bar(r, TOP + n * ROW, round(room * r.median / most, 1), round(room * r.p90 / most, 1))
        for n, r in enumerate(rows)
    )
    ticks = tuple((round(LABELS + room * n * step / most, 1), f"{n * step:g}") for n in range(round(most / step) + 1))
    return Chart(bars, ticks, TOP + len(rows) * ROW + 4)


def _step(most: float) -> float:
    """A round distance between the lines: at most five of them."""
    if most <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(most / 4))
    return next(size * n for n in (1, 2, 5, 10) if size * n * 4 >= most)
