"""Who may see what: one filter for lists, pages, documents and searches, whatever asks.

What is not secret is public (TF 2 kap.), and everybody in the house reads it. Of a case under secrecy others see only
that it is there – date, number and state, as the register must show (OSL 5:2). Those see it who have to do with it: its
officer, whoever has or had a task or a request on it, their offices' holders, whoever stands in for them, and
registrars. Running the machine is no ground: an administrator who is none of these sees the number only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from arende import actors, models
from arende.errors import Forbidden, NotFound, Sentence

Row = Mapping[str, Any]
WHOLE_REGISTER = "registrar"
"""The office whose holders see all of the register: they check what comes in for secrecy."""


class Reader(NamedTuple):
    """Who reads, as the filter needs to know it."""

    ids: tuple[int, ...] = ()
    """The person, and those for whom they stand in in every office."""
    offices: tuple[str, ...] = ()
    """As tasks name them: ``secretary@rsau``, ``manager``."""
    everything: bool = False
    outside: bool = False
    """Anybody at all, on the web: sees what has been checked, and is not in the house."""


NOBODY = Reader()
"""Somebody who has not signed in: sees what is public."""


OUTSIDE = Reader(outside=True)
"""Whoever reads the public register."""


def reader(conn: Connection, actor_id: int, day: date) -> Reader:
    """What a person reads as on ``day``: with their own offices, and those they stand in for."""
    own, lent = actors.offices_of(conn, actor_id, day), actors.represented_by(conn, actor_id, day)
    return reader_with(conn, actor_id, day, own, lent)


def reader_with(
    conn: Connection, actor_id: int, day: date, own: Iterable[tuple[str, str]], lent: Sequence[actors.Represented]
) -> Reader:
    """The same where the person's own offices, and those they stand in for, have been asked already."""
    held = set(own)
    for absent in lent:
        held |= {o for o in actors.offices_of(conn, absent.actor.id, day) if absent.office in (None, o[0])}
    names = {name for office, body in held for name in (office, f"{office}@{body}")}
    ids = (actor_id, *(r.actor.id for r in lent if r.office is None))
    return Reader(ids, tuple(sorted(names)), WHOLE_REGISTER in names)


def visible(who: Reader) -> ColumnElement[bool]:
    """The condition on ``cases`` that a list of this reader has to have.

    It is asked of the secret rows alone, one by one and by index: they are few. A set of all that the reader may see
    would be gathered anew for each page.
    """
    c = models.cases.c
    if who.everything:
        return c.id.is_not(None)
    if who.outside:
        return and_(c.secrecy.is_(False), ~_unseen_first())
    if not who.ids:
        return c.secrecy.is_(False)
    return or_(c.secrecy.is_(False), *_has_to_do(who))


def seen(conn: Connection, who: Reader, cases: Iterable[Row]) -> frozenset[int]:
    """The ids of those of the cases (``id``, ``secrecy``) that the reader may see, in one SELECT at most."""
    rows = list(cases)
    public = frozenset(r["id"] for r in rows if who.everything or not r["secrecy"])
    secret = sorted({r["id"] for r in rows} - public)
    if not secret or not who.ids:
        return public
    found = conn.execute(select(models.cases.c.id).where(models.cases.c.id.in_(secret), or_(*_has_to_do(who))))
    return public | frozenset(found.scalars())


def may_see(conn: Connection, who: Reader, case: Row) -> bool:
    """Whether the reader may see the case (``id``, ``secrecy``) and not only that it is there."""
    return case["id"] in seen(conn, who, [case])


def may_open(conn: Connection, who: Reader, case: Row, document: Row) -> bool:
    """Whether the reader may open a document of the case.

    One that is secret, or not checked yet, is for those who have to do with the case, though the case is public.
    """
    if document["moved_to"] is not None:
        return False
    if document["access"] in (None, "public"):
        return may_see(conn, who, case)
    return who.everything or may_see(conn, who, {**case, "secrecy": True})


def demand(conn: Connection, who: Reader, case: Row) -> None:
    """Raise NotFound where the reader may not see the case: nobody is told whether there is what they asked for."""
    if not may_see(conn, who, case):
        raise NotFound(Sentence("Det finns ingenting sådant att visa.", "There is nothing of the kind to show."))


def demand_whole(who: Reader) -> None:
    """Raise Forbidden where the reader is no registrar: what has come in and is on no case yet is nobody else's."""
    if not who.everything:
        raise Forbidden(
            Sentence(
                "Det här är registratorns arbete, och bara registratorn ser det.",
                "This is the registrar's work, and only the registrar sees it.",
            )
        )


def _unseen_first() -> ColumnElement[bool]:
    """Whether the case began with a record that nobody has found public: its title may be a stranger's words."""
    d = models.documents.c
    first = select(d.id).where(d.case_id == models.cases.c.id, d.record_no == 1, d.access.in_(("unchecked", "secret")))
    return first.correlate(models.cases).exists()


def _has_to_do(who: Reader) -> list[ColumnElement[bool]]:
    """What makes a case the reader's. Each is one index walk; LIMIT keeps PostgreSQL from reading a table whole."""
    c, t, a = models.cases.c, models.tasks.c, models.approvals.c
    of_office = and_(t.assignee_id.is_(None), t.office.in_(who.offices))  # a task that is somebody's is nobody else's
    mine = or_(t.assignee_id.in_(who.ids), t.done_by_id.in_(who.ids), of_office)
    asked = or_(a.approver_id.in_(who.ids), a.on_behalf_of_id.in_(who.ids), a.decided_by_id.in_(who.ids))
    tasks = select(t.id).where(t.case_id == c.id, mine).limit(1).correlate(models.cases).scalar_subquery()
    approvals = select(a.id).where(a.case_id == c.id, asked).limit(1).correlate(models.cases).scalar_subquery()
    return [c.officer_id.in_(who.ids), tasks.is_not(None), approvals.is_not(None)]
