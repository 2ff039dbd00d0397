"""The command line: parse, build the same command as every other door, tell the outcome.

``--json``, ``--home`` and ``--lang`` may stand anywhere. Exit codes: 0 done · 1 refused or unsound, with
sentences · 2 wrong use. Modules here import the rest of arende inside their functions, so ``--help`` is fast.
"""

from __future__ import annotations

import gc
import os
import sys

from arende.cli.shared import OPTIONS, run, take_global_options


def main(argv: list[str] | None = None) -> None:
    """Entry point of the ``arende`` command."""
    gc.set_threshold(50_000, 20, 20)  # while modules are imported there is no garbage; looking for it takes a tenth
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # else every installed package is asked for some
    arguments = take_global_options(sys.argv[1:] if argv is None else argv)
    from arende.cli.tree import build

    sys.exit(run(build(arguments), arguments, OPTIONS))
