"""A clock that is set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
START = datetime(2020, 8, 3, 9, tzinfo=STOCKHOLM)
"""Monday 3 August 2020, 09:00 in Stockholm."""


@dataclass
class VirtualClock:
    """A clock that moves only when told to; call it for the time."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> datetime:
        """Move on by ``days=``, ``hours=``, ``minutes=`` or ``seconds=``."""
        self.now += timedelta(**step)
        return self.now
