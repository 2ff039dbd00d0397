"""``python -m benchmarks [NAME…]``: measure, and print a table of figures, budgets and verdicts."""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from benchmarks import clients, letters, lists, mail, peers, startup, steps, year
from benchmarks.measure import Line
from benchmarks.places import Place, places

ON_EACH = {
    "step": steps.step,
    "clients": clients.clients,
    "declaration": steps.declaration,
    "peers": peers.peers,
    "delivery": mail.delivery,
    "drain": mail.drain,
    "letters": letters.letters,
    "lists": lists.lists,
    "commands": startup.commands,
    "memory": startup.memory,
    "year": year.year,
}


def main(names: list[str]) -> int:
    wanted = names or list(ON_EACH)
    if unknown := set(wanted) - set(ON_EACH):
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(ON_EACH)}")
        return 2
    missed = 0
    with tempfile.TemporaryDirectory(prefix="arende-bench-") as folder, places(Path(folder)) as found:
        for name in wanted:
            for place in found:
                begun = time.monotonic()
                for line in _lines(name, place, Path(folder)):
                    print(line, flush=True)
                    missed += line.kept is False
                print(f"# {name}, {place.kind}: {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{missed} budgets missed" if missed else "every budget kept")
    return 0


def _lines(name: str, place: Place, folder: Path) -> Iterator[Line]:
    """The benchmark's lines; one that breaks off counts as missed, and the others are measured all the same."""
    try:
        yield from ON_EACH[name](place, folder)
    except Exception as e:
        traceback.print_exc()
        yield Line(f"{name}, {place.kind}", f"broke off: {type(e).__name__}", kept=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
