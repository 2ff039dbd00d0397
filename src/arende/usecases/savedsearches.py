"""Searches under a name: kept by a person, and seen by those whom they are shared with. What is found is asked anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from arende import actors, models
from arende.commands import Command
from arende.errors import Forbidden, Invalid, NotFound, Refused, Sentence
from arende.rights import Reader
from arende.savedtables import saved_searches
from arende.searchcommands import ForgetSearch, SaveSearch
from arende.searchwords import ASKED, wanted
from arende.work import UseCase, Work

MOST = 50
"""Searches of one person."""
LONGEST = 100
"""Characters of a name."""
_S = saved_searches.c
_OWN = (_S.owner_id == bindparam("the_owner"), _S.called == bindparam("the_name"))
_KEEP, _FORGET = insert(saved_searches), delete(saved_searches).where(*_OWN)


def save(w: Work, cmd: SaveSearch) -> None:
    """Keep it. It may be shared with an office that the person holds, or stands in for, alone."""
    offices = held(w)
    if not offices:
        raise Forbidden(Sentence(f"{w.actor.name} har inget uppdrag här.", f"{w.actor.name} holds no office here."))
    asked = {k: v.strip()[:200] for k, v in cmd.asked.items() if k in ASKED and v.strip()}
    if not wanted(asked).anything:
        raise Invalid(Sentence("Sökningen är tom. Sök först.", "The search is empty. Search first."))
    if cmd.shared_with is not None and cmd.shared_with not in offices:
        raise Forbidden(
            Sentence("Dela bara med ett uppdrag som du själv har.", "Share only with an office that you hold.")
        )
    name = _name(cmd.called)
    others = select(_S.id).where(_S.owner_id == w.actor.id, _S.called != name)
    if len(w.conn.execute(others).all()) >= MOST:
        raise Refused(
            Sentence(f"Du har {MOST} sparade sökningar. Ta bort någon först.", f"You keep {MOST}. Take one away first.")
        )
    w.execute(_FORGET, the_owner=w.actor.id, the_name=name)
    row = {"owner_id": w.actor.id, "called": name, "asked": asked, "shared_with": cmd.shared_with, "saved_at": w.now}
    w.execute(_KEEP, **row)
    w.data["called"] = name


def forget(w: Work, cmd: ForgetSearch) -> None:
    """Take it away; raises NotFound for what is not the person's own."""
    name = _name(cmd.called)
    if w.conn.execute(select(_S.id).where(_S.owner_id == w.actor.id, _S.called == name)).first() is None:
        raise NotFound(Sentence("Du har ingen sådan sparad sökning.", "You keep no such search."))
    w.execute(_FORGET, the_owner=w.actor.id, the_name=name)


def held(w: Work) -> tuple[str, ...]:
    """The offices that the person holds today, as searches are shared with them."""
    found = w.ask(actors.offices_of, w.actor.id, w.today)
    return tuple(sorted({name for office, body in found for name in (office, f"{office}@{body}")}))


def seen(conn: Connection, who: Reader) -> list[dict[str, Any]]:
    """The searches that a person keeps, and those shared with their offices, by name."""
    if not who.ids:
        return []
    owner = models.actors.alias("owner")
    query = select(saved_searches, owner.c.name.label("owner")).join(owner, owner.c.id == _S.owner_id)
    query = query.where(or_(_S.owner_id == who.ids[0], _S.shared_with.in_(who.offices)))
    found = conn.execute(query.order_by(_S.called, _S.id).limit(4 * MOST)).mappings()
    return [{**row, "mine": row["owner_id"] == who.ids[0]} for row in found]


def _name(text: str) -> str:
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not shown or len(shown) > LONGEST:
        raise Invalid(
            Sentence(f"Ge sökningen ett namn på högst {LONGEST} tecken.", f"Name it in at most {LONGEST} characters.")
        )
    return shown


USE_CASES: dict[type[Command], UseCase] = {SaveSearch: save, ForgetSearch: forget}
