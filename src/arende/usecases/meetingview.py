"""A meeting as those in the room see it: who belongs to it, who takes part at each item, what waits to be taken up.

The same functions that judge a command answer here, so a page never promises what the command would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arende import db, meetinglaw
from arende.actors import Actor, holders, political_parties
from arende.app import App
from arende.machine import SYSTEM
from arende.meetingtables import agenda_cases
from arende.prepared import Row
from arende.usecases import waitingcases
from arende.usecases.attendance import may_serve_for
from arende.usecases.meetingfacts import ENTITLED, barred, items_of, members_of, presiding_at, the_meeting, voters
from arende.usecases.options import Ask
from arende.usecases.waitingcases import Waiting
from arende.work import Work


@dataclass(frozen=True)
class AtItem:
    """Who takes part at one item: the ids of those with a vote, of those kept out by a conflict, and who presides."""

    voters: frozenset[int]
    barred: frozenset[int]
    presiding: int | None


@dataclass(frozen=True)
class Room:
    """Who belongs to the body on the day, and who takes part."""

    members: tuple[Actor, ...]
    substitutes: tuple[Actor, ...]
    """In the declared order."""
    parties: Mapping[int, str]
    """Actor id → the political party for which they sit, where the people file says it."""
    seats: int | None
    """Those entitled to vote, as the people file says."""
    by_party: bool
    """Whether a substitute serves for the same party only: in the assembly."""
    needed: int | None
    """How many must be there to decide; None for a forum, or where the seats are not known."""
    at: dict[int, AtItem]
    """Item → who takes part at it; 0: at the beginning."""
    next: int | None
    """The first item without an outcome."""

    def serves_for(self, substitute: Actor) -> list[Actor]:
        """The members for whom the substitute may serve; in the assembly those of the same party."""
        return [m for m in self.members if not self.by_party or may_serve_for(self.parties, substitute, m)]

    def present(self, item: int | None = None) -> int:
        """How many with a vote take part at the item; without one at the next, or where all is settled at the last."""
        last = max(self.at) if item is None and self.next is None else 0
        return len(self.at[item if item is not None else self.next or last].voters)


def room(app: App, register_no: str) -> Room:
    """Who is in the room. Raises NotFound, and Refused for what is no meeting."""
    with db.reading(app.engine) as conn:
        w = Work(app, Ask(actor=SYSTEM, register_no=register_no), conn)
        w.open_case(register_no)
        meeting, items = the_meeting(w), items_of(w)
        seats, forum = members_of(w, meeting["body"]), meeting["profile"] == "forum"
        at = {i["item"]: AtItem(frozenset(voters(w, i)), frozenset(barred(w, i)), presiding_at(w, i)) for i in items}
        return Room(
            members=_holding(w, meeting, *ENTITLED),
            substitutes=_holding(w, meeting, "substitute"),
            parties=w.ask(political_parties, meeting["body"], meeting["day"]),
            seats=seats,
            by_party=meeting["profile"] == "assembly",
            needed=None if forum or seats is None else meetinglaw.quorum(seats),
            at={0: AtItem(frozenset(voters(w, None)), frozenset(), None), **at},
            next=next((i["item"] for i in items if i["outcome"] is None), None),
        )


def _holding(w: Work, meeting: Row, *offices: str) -> tuple[Actor, ...]:
    """Everybody with one of the offices on the day of the meeting, each once; the chair before the members."""
    order = sorted(offices, key=("chair", "vice_chair", "member", "substitute").index)
    found = [a for office in order for a in w.ask(holders, office, meeting["body"], meeting["day"])]
    return tuple({a.id: a for a in found}.values())


def waiting(app: App, register_no: str) -> list[Waiting]:
    """The cases that wait for the body and stand on no item of the agenda, those that are ready first."""
    with db.reading(app.engine) as conn:
        w = Work(app, Ask(actor=SYSTEM, register_no=register_no), conn)
        w.open_case(register_no)
        meeting, on = the_meeting(w), {i["item"] for i in items_of(w)}
        there = {c["register_no"] for c in w.rows(agenda_cases) if c["item"] in on}
        found = [x for x in waitingcases.for_meeting(w, meeting) if x.register_no not in there]
        return sorted(found, key=lambda x: bool(x.warnings))
