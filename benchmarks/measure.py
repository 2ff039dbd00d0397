"""Medians, ratios and the table. The machine may be shared, so what is compared is measured by turns."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """One line of the table: what was measured, the figures in words, the budget, and whether it is kept."""

    what: str
    figures: str
    budget: str = ""
    kept: bool | None = None

    def __str__(self) -> str:
        verdict = {None: "", True: "kept", False: "MISSED"}[self.kept]
        return f"{self.what:<46} {self.figures:<58} {self.budget:<14} {verdict}"


def by_turns(*works: Callable[[], T], rounds: int = 7) -> list[list[T]]:
    """What each work measured, one round after the other, so that a busy moment hits all of them alike."""
    taken: list[list[T]] = [[] for _ in works]
    for _ in range(rounds):
        for n, work in enumerate(works):
            taken[n].append(work())
    return taken


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def ms(seconds: Sequence[float] | float) -> str:
    """A median in milliseconds."""
    middle = seconds if isinstance(seconds, float) else statistics.median(seconds)
    return f"{middle * 1000:.2f} ms"


def percentile(values: Sequence[float], p: float) -> float:
    """The value that the share ``p`` of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(p * len(ordered)))]


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    """Gives a list that holds, after the block, its seconds and of them this process's own."""
    taken: list[float] = []
    gc.collect()
    begun, own = time.perf_counter(), time.process_time()
    yield taken
    taken += [time.perf_counter() - begun, time.process_time() - own]


def megabytes(pid: int) -> float:
    """A process's resident memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


def own_seconds(pid: int) -> float:
    """A process's own processor time so far; what a busy machine does not change."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
