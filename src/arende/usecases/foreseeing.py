"""What would come of a command if it were given now, for whoever is to confirm several at once. Nothing is written."""

from __future__ import annotations

from typing import NamedTuple

from arende import db
from arende.app import App
from arende.commands import Command
from arende.errors import ArendeError, Sentence
from arende.usecases import use_case
from arende.work import Work


class Foreseen(NamedTuple):
    """Why it would be refused, or nothing and whom it would send mails to."""

    refused: tuple[Sentence, ...]
    mails_to: tuple[str, ...] = ()


def foreseen(app: App, cmd: Command) -> Foreseen:
    """What the command would do."""
    with db.reading(app.engine) as conn:
        try:
            work = Work(app, cmd, conn)
            use_case(type(cmd))(work, cmd)
        except ArendeError as e:
            return Foreseen(e.sentences)
    return Foreseen((), tuple(dict.fromkeys(str(m["recipient_name"] or m["address"]) for m in work.promised)))
