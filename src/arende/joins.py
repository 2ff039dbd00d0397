"""Joins of parallel requests: how many must say yes, and whether what has been said settles it.

Pure arithmetic, so that no order of arrival and no database can change what a group of answers means.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from arende.effecttypes import Join, JoinPolicy

Verdict = Literal["yes", "no"]

_NO = ("returned", "rejected")
_WAITING = ("pending", "recused")
"""A recusal that nobody has stepped into still waits: for the one whom the case officer appoints."""


def needed(join: JoinPolicy, asked: int) -> int:
    """How many of ``asked`` must answer (an approval: with yes) for the group to be complete."""
    match join:
        case "first":
            return 1
        case Join(at_least=int() as n):
            return n
        case Join(fraction=float() as share):
            return math.ceil(share * asked - 1e-9)  # 0.2 of 5 is 1, whatever the machine makes of 0.2
        case _:
            return asked


def verdict(join: JoinPolicy, states: Sequence[str]) -> Verdict | None:
    """What the answers so far mean together; None while it is open. ``states`` has every request, also those to come.

    With ``first`` the first answer settles it, whichever it is. Otherwise it is yes when enough have said yes, and no
    as soon as enough cannot be reached any more: one no is enough where all must agree.
    """
    yes = sum(s == "approved" for s in states)
    no = sum(s in _NO for s in states)
    if join == "first":
        return "yes" if yes else "no" if no else None
    need = needed(join, len(states))
    if yes >= need:
        return "yes"
    return "no" if no and yes + sum(s in _WAITING for s in states) < need else None
