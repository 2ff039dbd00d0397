"""The app: everything a use case may lean on, in one frozen object. There are no globals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from arende.commands import Command, Outcome
from arende.settings import Settings
from arende.storage import Storage

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class App:
    """Settings, database, storage and clock, opened once per process."""

    settings: Settings
    engine: Engine
    storage: Storage
    clock: Clock

    @classmethod
    def open(cls) -> App:
        """Open the app that the environment describes."""
        raise NotImplementedError

    def do(self, command: Command) -> Outcome:
        """Carry out one command."""
        raise NotImplementedError
