"""The app: everything a use case may lean on, in one frozen object. There are no globals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from arende import db, home
from arende.catalogue import Catalogue
from arende.keys import Ring
from arende.settings import Settings, read_settings
from arende.storage import Storage
from arende.virtualtime import InstallationClock

if TYPE_CHECKING:
    from arende.commands import Command, Outcome
    from arende.letters import Letters
    from arende.meetingplan import Meeting
    from arende.render import Words
    from arende.typesetting import Press


@lru_cache(maxsize=4)
def _letters(folders: tuple[Path, ...]) -> Letters:
    from arende.letters import Letters  # with Jinja2 and Markdown: most commands write no document

    return Letters(folders)


@lru_cache(maxsize=4)
def _press(folders: tuple[Path, ...]) -> Press:
    from arende.typesetting import Press  # with typst, which reads its fonts

    return Press(folders)


Clock = Callable[[], datetime]


@dataclass(frozen=True)
class App:
    """Settings, database, case types, words, storage and clock, opened once per process."""

    settings: Settings
    engine: Engine
    types: Catalogue
    make_words: Callable[[], Words]
    storage: Storage
    clock: Clock

    @classmethod
    def open(cls, settings: Settings | None = None) -> App:
        """Open the app that the environment describes. Raises Unavailable when the database does not fit the code."""
        settings = settings or read_settings()
        engine = db.open_engine(settings.url)
        db.check(engine)
        return cls.on(settings, engine, InstallationClock(engine))

    @classmethod
    def on(cls, settings: Settings, engine: Engine, clock: Clock) -> App:
        """The app on a database that is open already."""

        @cache
        def words() -> Words:
            from arende.render import Words  # with Jinja2: most commands that only read need no words

            return Words(home.template_folders(settings))

        def templates() -> set[str]:
            letters = _letters(tuple(home.template_folders(settings)))
            return words().names() | {f"letters/{name}" for name in letters.names()}

        types = Catalogue(home.state_files(settings), templates, home.part_folders(settings))
        storage = Storage(settings.blob_dir, settings.max_document_mb * 1_000_000)
        return cls(settings, engine, types, words, storage, clock)

    @property
    def words(self) -> Words:
        """The templates, read when the first mail is worded."""
        return self.make_words()

    @property
    def letters(self) -> Letters:
        """The templates of documents, read when the first is written."""
        return _letters(tuple(home.template_folders(self.settings)))

    @property
    def press(self) -> Press:
        """What sets them in type: made once per process, since it reads its fonts."""
        return _press(tuple(home.template_folders(self.settings)))

    @cached_property
    def keys(self) -> Ring:
        """The site key and those retired, which no row holds."""
        return Ring(self.settings)

    @cached_property
    def calendar(self) -> tuple[Meeting, ...]:
        """Every meeting of the decided calendars, read when somebody first asks."""
        from arende import meetingplan  # with what reads and checks files: most commands need no calendar
        from arende.yamlfile import text_of

        files = home.calendar_files(self.settings)
        return tuple(m for file in files for m in meetingplan.read(text_of(file, file.name), file.name).meetings)

    def do(self, command: Command) -> Outcome:
        """Carry out one command, from whichever door: whole or not at all, and exactly once."""
        from arende.usecases import use_case
        from arende.work import perform

        return perform(self, command, use_case(type(command)))
