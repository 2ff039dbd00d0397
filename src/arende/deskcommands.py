"""Commands of a person's own desk: which cases they watch, and a nudge to those whom a case waits for."""

from __future__ import annotations

from arende.commands import OnCase, Words


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
