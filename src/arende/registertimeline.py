"""How the register's own events are told: post on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from arende.casewords import day_words, row
from arende.errors import Sentence


def _post_received(t: Any) -> Sentence:
    said = t.payload
    who = t.name(said["party"]) if said.get("party") else str(said.get("from") or "?")
    day = day_words(said.get("arrived_on")) or Sentence("?", "?")
    numbers = [str(n) for n in said.get("records") or ()]
    sv, en = ("handling", "record") if len(numbers) == 1 else ("handlingar", "records")
    return Sentence(
        f"Ett brev på papper kom in från {who} {day.sv} ({sv} {row(numbers, 'och')}).",
        f"A letter on paper came in from {who} on {day.en} ({en} {row(numbers, 'and')}).",
    )


TELLERS: dict[str, Callable[[Any], Sentence]] = {"post:received": _post_received}
