"""What is read once for all tests of a process: the shipped case types and words, which no test changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Engine

from arende import definitions, home
from arende.app import App
from arende.render import Words
from arende.settings import Settings

ASSEMBLY = re.compile(r"person: rf_[ms]\d|^  rf_[ms]\d+:")


@cache
def people_file() -> str:
    """The demonstration's people without the members of the assembly: 77 whom few tests ask for and all would load."""
    text = home.demo_file("people.yaml").read_text("utf-8")
    return "".join(line for line in text.splitlines(keepends=True) if not ASSEMBLY.search(line))


@cache
def words() -> Words:
    """The shipped templates, each compiled once."""
    return Words(home.template_folders(Settings()))


@cache
def shipped() -> Any:
    """The shipped case types and what was found in them, as ``Catalogue`` keeps them."""
    return definitions.load_folder(home.state_files(Settings()), words().names(), parts=home.part_folders(Settings()))


def open_app(settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> App:
    """As ``App.on``, with what is shipped read once; of a home with case types alone, only those are read."""
    app = App.on(settings, engine, clock)
    own = settings.home
    if own is not None and ((own / "templates").exists() or (own / "states" / "parts").exists()):
        return app
    types, findings = shipped()
    if own is not None:
        more, found = definitions.load_folder([own / "states"], words().names(), parts=home.part_folders(Settings()))
        types, findings = {**types, **more}, [*findings, *found]
    vars(app.types)["_loaded"] = types, findings
    return App(app.settings, engine, app.types, words, app.storage, clock)
