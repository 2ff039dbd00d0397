"""The papers that a story's people hand in: written out and typeset as letters, and invented as each of them says."""

from __future__ import annotations

from datetime import date
from functools import cache

from arende import db, home, queries
from arende.app import App
from arende.letters import Head, Letters


@cache
def _letters() -> Letters:
    return Letters([home.demo_file("")])


def typeset(app: App, name: str, register_no: str, day: date, /, **words: object) -> tuple[str, bytes]:
    """A paper's name and PDF, of the day; the same bytes at every playing, so that a story cut off is played on."""
    with db.reading(app.engine) as conn:
        authority = str(queries.authority(conn)["name"])
    head = Head(authority=authority, day=day, register_no=register_no, foot=(authority, "Demonstrationens handling"))
    letter = _letters().write(name, head, words)
    return f"{letter.head.kind} {register_no}.pdf", app.press.pdf(letter)
