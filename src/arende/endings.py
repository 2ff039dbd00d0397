"""A diary number that has ended in another way than by its case's own steps: void, or merged into another case.

The number is never given again (OSL 5:1–2), and what is on it stays. Nothing more is done to it, but for what corrects
the record and for what comes in from outside, which is never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from arende.errors import Refused, Sentence

if TYPE_CHECKING:
    from arende.casetypes import CaseType

Ending = Literal["voided", "merged"]
STILL_DONE = frozenset(
    {
        "ask", "check_record", "correct_event", "file_mail", "move_record", "remove_payload",
        "report_delivery", "report_promise", "unwatch",
    }
)  # fmt: skip
"""Names of the commands that reach a number that has ended so."""


WORDS = {
    "voided": Sentence("Makulerat", "Void"),
    "merged": Sentence("Uppgånget i ett annat ärende", "Merged into another case"),
}
"""What stands in place of the state."""


def state_words(rules: CaseType, case: Mapping[str, Any], lang: str) -> str:
    """The case's state as it is called, or how its number has ended."""
    ended = WORDS.get(case.get("ending") or "")
    return ended.in_(lang) if ended else rules.state_title(case["state"], lang)


def refuse_ended(case: Mapping[str, Any], command: str) -> None:
    """Raise Refused where the number has ended and the command is none of those that still reach it."""
    if case["ending"] and command not in STILL_DONE:
        raise Refused(told(case))


def told(case: Mapping[str, Any]) -> Sentence:
    """How the number ended, and where to go instead."""
    number, other = case["register_no"], case["continued_in"]
    if case["ending"] == "merged":
        return Sentence(
            f"{number} har gått upp i {other}. Handlägg där.", f"{number} has been merged into {other}. Work there."
        )
    return Sentence(
        f"{number} är makulerat: numret hör inte till något ärende.",
        f"{number} is void: the number belongs to no case.",
    )
