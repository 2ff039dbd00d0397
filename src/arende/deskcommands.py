"""Commands of a person's own desk: cases they watch, a nudge to those a case waits for, absence, mails and keys."""

from __future__ import annotations

from datetime import date
from typing import Literal

from arende.commands import Command, OnCase, Words


class Watch(OnCase):
    """The person wants to see the case in their inbox, whoever it waits for. It is no event of the case."""

    name = "watch"


class Unwatch(OnCase):
    """No longer."""

    name = "unwatch"


class Remind(OnCase):
    """Those whom the case waits for are reminded now, by mail. Once a day is enough."""

    name = "remind"
    note: Words | None = None


class ReportAbsence(Command):
    """A person is away from the first to the last day, both included. Why is not asked."""

    name = "report_away"
    person: str
    first: date
    last: date


class EndAbsence(Command):
    """The person is here again, or was never away: the absence no longer counts."""

    name = "end_absence"
    absence: int


class ChooseShortcuts(Command):
    """Whether the keys of the pages do anything for a person: Ctrl-K, ``/``, ``j``, ``k`` and ``?`` (WCAG 2.1.4)."""

    name = "choose_shortcuts"
    used: bool


class ChooseMail(Command):
    """How a person wants their mails: one for each matter, or one each working morning."""

    name = "choose_mail"
    mail: Literal["each", "digest"]
