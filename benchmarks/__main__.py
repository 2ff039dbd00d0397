"""``python -m benchmarks [NAME…]``: measure, and print a table of figures, budgets and verdicts."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import clients, lists, mail, startup, steps
from benchmarks.places import places

ON_EACH = {
    "step": steps.step,
    "clients": clients.clients,
    "declaration": steps.declaration,
    "delivery": mail.delivery,
    "drain": mail.drain,
    "lists": lists.lists,
    "commands": startup.commands,
    "memory": startup.memory,
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
                for line in ON_EACH[name](place, Path(folder)):
                    print(line, flush=True)
                    missed += line.kept is False
    print(f"{missed} budgets missed" if missed else "every budget kept")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
