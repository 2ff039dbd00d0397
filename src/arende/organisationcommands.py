"""Commands of a change of organisation: what waits for a body that ends passes to its successor."""

from __future__ import annotations

from arende.commands import OnCase

TASK = "move_cases"
"""The act of the task, in the checklist of the change, that the hand-over completes."""


class HandOver(OnCase):
    """Hand what waits for the bodies that end over to their successor, from the day the change takes effect."""

    name = "hand_over"
    successor: str
    """Key of the body that takes over."""
    members: bool = False
    """Whether the assembly has elected those who sit in the bodies to the successor (KL 5:1)."""


class TakeEffect(OnCase):
    """The day has come on which the change takes effect: the clock does what the hand-over named."""

    name = "take_effect"
    promise: int
    successor: str
    members: bool


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
