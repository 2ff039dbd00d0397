"""What a person has answered, and whether it can be taken back: read by the functions that judge the withdrawal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from arende import actors, db, models, rights, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.commands import Evidence
from arende.errors import Forbidden, NotFound, Refused, Sentence
from arende.prepared import Prepared, Row
from arende.usecases import requests, withdrawals
from arende.usecases.bearer import Look
from arende.work import Work

_A, _C = models.approvals.c, models.cases.c
SIGNED_IN = Evidence(level="login")


@cache
def _given() -> Prepared:
    query = select(
        _A.id, _A.act, _A.role, _A.state, _A.decided_at, _A.comment, _A.on_behalf_of_id, _C.id.label("case_id"),
        _C.register_no, _C.title, _C.secrecy, _C.definition, _C.closed_at,
    ).join(models.cases, _C.id == _A.case_id)  # fmt: skip
    query = query.where(_A.decided_by_id == bindparam("me"), _A.decided_at.is_not(None))
    return Prepared(query.order_by(_A.decided_at.desc(), _A.id.desc()).limit(bindparam("most")))


def by_person(app: App, key: str, most: int = 100) -> list[dict[str, Any]]:
    """Requests that the person has answered, the last answer first. ``may_see``: whether the title may be shown."""
    with db.reading(app.engine) as conn:
        me = actors.actor(conn, key)
        rows = _given().rows(conn, me=me.id, most=most)
        reader = rights.reader(conn, me.id, workdays.local_day(app.clock()))
        seen = rights.seen(conn, reader, [{"id": r["case_id"], "secrecy": r["secrecy"]} for r in rows])
    return [{**r, "may_see": r["case_id"] in seen, "may_withdraw": _may_withdraw(r)} for r in rows]


def _may_withdraw(row: Row) -> bool:
    """Whether it is worth asking: the page of the withdrawal judges it."""
    return row["state"] == "approved" and row["act"] not in withdrawals.FINAL and row["closed_at"] is None


@dataclass(frozen=True)
class Own:
    """An answer of one's own, and why it can not be taken back, if it can not."""

    case: Row
    rules: CaseType
    request: Row
    refused: tuple[Sentence, ...]


def own(app: App, number: int, key: str) -> Own:
    """The answer with this number. Raises NotFound for none, and for one that somebody else gave."""
    with db.reading(app.engine) as conn:
        w = Work(app, Look(actor=key, door="web"), conn)
        row = requests.opened(w, number)
        rights.demand(conn, rights.reader(conn, w.actor.id, w.today), w.case)
        if row["decided_by_id"] != w.actor.id and row["approver_id"] != w.actor.id:
            raise NotFound(Sentence("Det finns inget sådant svar.", "There is no such answer."))
        try:
            withdrawals.judge(w, row, SIGNED_IN)
        except (Forbidden, Refused) as e:
            return Own(w.case, w.rules, row, e.sentences)
        return Own(w.case, w.rules, row, ())
