"""``arende simulate``: a year of cases on a clock of its own, and what it shows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arende.cli.shared import OPTIONS, progress, say, show

if TYPE_CHECKING:
    from datetime import date

    from arende.simulation.figures import Figures

_HERE = (
    "Spela i den egna installationen, som får vara utan ärenden; annars i en tillfällig mapp. "
    "In the installation itself, where it has no cases; else in a temporary folder."
)


def simulate(
    year: Annotated[int, typer.Option("--year", min=1990, max=2060, help="Vilket år. Which year.")] = 2021,
    cases: Annotated[int, typer.Option("--cases", min=1, max=20_000, help="Hur många ärenden. How many cases.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Slumpens frö: samma frö, samma år. Same seed, same year.")] = 1,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATUM", help="Bara till och med den dagen. Only until that day.")
    ] = None,
    here: Annotated[bool, typer.Option("--here", help=_HERE)] = False,
) -> int:
    """Spela ett år med ärenden och sammanträden, och visa ledtider, missade frister och belastning. Simulate a year."""
    from arende.cli.deadline import day_of
    from arende.simulation import run

    began, last = time.monotonic(), day_of("--until", until) if until is not None else None
    played = run.simulate(year, cases, seed, here=here, until=last, tell=_month)
    seconds = round(time.monotonic() - began, 1)
    show({**run.as_data(played), "seconds": seconds}, lambda: _told(played, seconds))
    return 1 if played.broken else 0


def _month(day: date) -> None:
    import sys

    if sys.stderr.isatty():
        progress(f"{day:%Y-%m} …")


def _told(f: Figures, seconds: float) -> str:
    from arende.simulation import tables

    language = OPTIONS.lang
    lines = [say(f"Simulerat år {f.year}, frö {f.seed}.", f"Simulated year {f.year}, seed {f.seed}.")]
    for title, rows in tables.of(f, language):
        lines += ["", title, *_table(rows)]
    if f.warned:
        lines += ["", say("Programmet säger till om:", "The program tells of:"), *f.warned]
    if f.broken:
        lines += ["", say("Det här håller inte:", "This does not hold:"), *f.broken]
    else:
        lines += ["", say("Alla löften är hållna och hashkedjan är hel.", "Every promise kept, the hash chain whole.")]
    lines.append(say(f"Spelat på {seconds} s.", f"Played in {seconds} s."))
    return "\n".join(lines)


def _table(rows: list[list[Any]]) -> list[str]:
    shown = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[n]) for row in shown) for n in range(len(shown[0]))]
    return [
        "  " + "  ".join(c.ljust(w) if n == 0 or not _is_number(c, rows, n) else c.rjust(w) for n, (c, w) in
                         enumerate(zip(row, widths, strict=True))).rstrip()
        for row in shown
    ]  # fmt: skip


def _is_number(_cell: str, rows: list[list[Any]], column: int) -> bool:
    return all(isinstance(row[column], int | float) for row in rows[1:])
