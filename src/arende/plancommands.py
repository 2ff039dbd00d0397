"""The command that keeps a plan: the chain of last days back from the meeting that a case is to reach."""

from __future__ import annotations

from datetime import date

from arende.commands import OnCase, Words


class KeepPlan(OnCase):
    """Plan the case back from a meeting and keep the plan on it. A plan kept before is replaced."""

    name = "keep_plan"
    body: str
    """The body that is to take up the case: its key or short name."""
    meeting: date | None = None
    """The day of its meeting; None = the one the case aims at, else the first that can be made."""


class DropPlan(OnCase):
    """Take the plan off the case; what is done and decided stands."""

    name = "drop_plan"
    reason: Words | None = None
