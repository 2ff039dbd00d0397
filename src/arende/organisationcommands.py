"""Commands of a change of organisation: what waits for a body that ends passes to its successor."""

from __future__ import annotations

from arende.commands import OnCase

TASK = "move_cases"
"""The act of the task, in the checklist of the change, that the hand-over completes."""


class HandOver(OnCase):
    """Hand the open cases, tasks and assignments of the bodies that end over to their successor."""

    name = "hand_over"
    successor: str
    """Key of the body that takes over."""


class ReceiveCase(OnCase):
    """The other half of a hand-over, carried out from its promise: this case now waits for the successor."""

    name = "receive_case"
    promise: int
    came_from: str
    """Diary number of the change of organisation."""
    bodies: tuple[str, ...]
    successor: str
    decision: str
    """Which decision ends the bodies: body, day, section."""
