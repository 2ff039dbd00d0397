"""Use cases of a person's own desk: watch a case, and stop watching it."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert

from arende import desk
from arende.commands import Command
from arende.deskcommands import Unwatch, Watch
from arende.usecases.cases import demand_in_house
from arende.watchtables import watches
from arende.work import UseCase, Work

_WATCH = insert(watches)
_UNWATCH = delete(watches).where(
    watches.c.case_id == bindparam("the_case"), watches.c.actor_id == bindparam("the_actor")
)


def watch(w: Work, cmd: Watch) -> None:
    """Put the case on the person's list. Watching twice is watching once."""
    w.open_case(cmd.register_no)
    demand_in_house(w)
    if not desk.is_watched(w.conn, w.case["id"], w.actor.id):
        w.execute(_WATCH, case_id=w.case["id"], actor_id=w.actor.id, since=w.now)


def unwatch(w: Work, cmd: Unwatch) -> None:
    """Take the case off the person's list, if it is there. No right to the case is needed for that."""
    w.open_case(cmd.register_no)
    w.execute(_UNWATCH, the_case=w.case["id"], the_actor=w.actor.id)


USE_CASES: dict[type[Command], UseCase] = {Watch: watch, Unwatch: unwatch}
