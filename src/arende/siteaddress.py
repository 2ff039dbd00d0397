"""The address that people reach the site by: what every link in a mail begins with, whoever words the mail.

A link that leads nowhere is found out when it is too late. So the web, which is what links lead to, writes its address
down when it starts; every other process – worker, command line, demo – words links with what stands there.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, delete, insert, select

from arende import db
from arende.models import beats
from arende.prepared import Prepared
from arende.settings import Settings

if TYPE_CHECKING:
    from arende.work import Work

KEY = "site"

_READ = Prepared(select(beats.c.data).where(beats.c.key == KEY))


def standing(conn: Connection) -> dict[str, str] | None:
    """What the web wrote down: ``address``, and ``by``: "set" in its settings, or "own" when it followed its port."""
    row = _READ.first(conn)
    return row[0] if row else None


def address(w: Work) -> str:
    """What links in the command's mails begin with: where the web is; before it ever was, what the settings say."""
    found = w.ask(standing)
    return found["address"] if found else w.app.settings.base_url


def outside(conn: Connection, settings: Settings) -> str:
    """The same, for what is made outside a command."""
    found = standing(conn)
    return found["address"] if found else settings.base_url


def announce(engine: Engine, settings: Settings, at: datetime) -> tuple[str, str | None]:
    """Write down the address of these settings; (the one that stands now, the one that it took the place of).

    One that was set is never displaced by one that nobody chose: a web started by hand, without the site's settings,
    does not turn the links of the site towards itself.
    """
    own = {"address": settings.base_url, "by": "set" if "base_url" in settings.model_fields_set else "own"}
    with db.writing(engine) as conn:
        before = standing(conn)
        if before is not None and (before == own or (before["by"] == "set" and own["by"] == "own")):
            return before["address"], None
        conn.execute(delete(beats).where(beats.c.key == KEY))
        conn.execute(insert(beats), {"key": KEY, "seen_at": at, "data": own})
    former = before["address"] if before else None
    return own["address"], former if former != own["address"] else None
