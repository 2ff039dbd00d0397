"""How many examples a property is tried with: all of them in the whole suite, a tenth in the fast one."""

from __future__ import annotations

import os

WHOLE = os.environ.get("TESTS") == "whole"
"""``make test`` says so; ``make fast`` does not."""


def examples(count: int) -> int:
    """``count`` in the whole suite; in the fast one a tenth, but at least ten."""
    return count if WHOLE else max(10, count // 10)
