"""Who watches over the machine: proof that somebody may, without which nothing of it is told.

Running the machine is no ground for reading what is secret: an administrator who has nothing to do with a case sees its
number, and neither its title nor whom its mails go to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from arende import actors, db, rights, workdays
from arende.actors import Actor
from arende.app import App
from arende.errors import Forbidden, Sentence
from arende.prepared import Row
from arende.queries import Connection
from arende.rights import Reader

OFFICE = "administrator"


@dataclass(frozen=True)
class Overseer:
    """Somebody who may see how the machine runs. Made by the two functions below alone."""

    app: App
    reads: Reader
    """Which cases they may see."""

    def seen(self, conn: Connection, cases: list[Row]) -> frozenset[int]:
        """The ids of those of the cases (``id``, ``secrecy``) that they may see."""
        return rights.seen(conn, self.reads, cases)


def overseer(app: App, person: str) -> Overseer:
    """The person as an administrator, or as one who stands in for one today. Raises Forbidden for anybody else."""
    today = workdays.local_day(app.clock())
    with db.reading(app.engine) as conn:
        who = demand(conn, person, today)
        return Overseer(app, rights.reader(conn, who.id, today))


def demand(conn: Connection, person: str, day: date) -> Actor:
    """The person, who has to be an administrator on ``day`` or to stand in for one. Raises Forbidden."""
    who = actors.actor(conn, person)
    if not is_one(conn, who, day):
        raise Forbidden(_NOT_YOURS)
    return who


def is_one(conn: Connection, who: Actor, day: date) -> bool:
    """Whether the person is an administrator on ``day``, or stands in for one."""
    return who.is_active(day) and OFFICE in rights.reader(conn, who.id, day).offices


def at_the_machine(app: App) -> Overseer:
    """Whoever reaches the command line: they have the database itself in hand."""
    return Overseer(app, Reader(everything=True))


_NOT_YOURS = Sentence(
    "Det här är för den som har uppdraget administratör. Be någon av dem om hjälp.",
    "This is for those who hold the office of administrator. Ask one of them for help.",
)
