"""Models are made ready when they are first used: several threads of the web may do that at the same moment."""

from __future__ import annotations

import subprocess
import sys

ALL_AT_ONCE = """
import threading
from arende.casetypes import CaseType
from arende.effecttypes import Due
from arende.terms import Text
from arende.commands import Advance, AddNote, RegisterCase

MADE = [
    (Advance, dict(actor="officer", register_no="RS200001", trigger="request_review")),
    (AddNote, dict(actor="officer", register_no="RS200001", text="Ring upp.")),
    (RegisterCase, dict(actor="officer", type="a", title="b", fields={"c": 1})),
    (Text, dict(sv="Ja", en="Yes")),
]
THREADS = 8
start, faults = threading.Barrier(THREADS), []

def make(n):
    start.wait()
    try:
        for k in range(len(MADE)):
            model, given = MADE[(n + k) % len(MADE)]
            found = model(**given)
            assert type(found) is model and {k: getattr(found, k) for k in given} == given, found
    except BaseException as e:
        faults.append(repr(e))

threads = [threading.Thread(target=make, args=(n,)) for n in range(THREADS)]
[t.start() for t in threads]
[t.join() for t in threads]
print("\\n".join(faults))
"""


def test_models_used_first_by_many_threads_at_once_are_what_they_should_be() -> None:
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", ALL_AT_ONCE], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "", done.stdout
