"""What arende costs, measured: ``make bench``, or ``python -m benchmarks NAME…``. Never run as tests."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
for folder in (TESTS, TESTS / "usecases"):  # the story and the servers that the tests are told with
    sys.path.insert(0, str(folder))
