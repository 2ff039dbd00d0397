"""Records that came in and that no registrar has checked for secrecy yet (OSL 5:5), over all cases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, select

from arende import models
from arende.errors import NotFound, Sentence

Row = dict[str, Any]
_D, _C, _E, _I = models.documents.c, models.cases.c, models.events.c, models.inbound.c
_WAITING = (_D.access == "unchecked", _D.moved_to.is_(None), _E.payload.is_not(None))
"""What a decision has removed needs no check: there is nothing left of it."""


def records(conn: Connection, limit: int) -> list[Row]:
    """Those that wait, the longest waiting first, with their case and who sent them."""
    return [dict(r) for r in conn.execute(_listed().limit(limit)).mappings()]


def count(conn: Connection) -> int:
    """How many wait."""
    found = select(func.count()).select_from(models.documents).where(_D.access == "unchecked", _D.moved_to.is_(None))
    return int(conn.execute(found).scalar_one())


def record(conn: Connection, register_no: str, record_no: int) -> Row:
    """One record, checked or not; raises NotFound."""
    one = _joined().where(
        _C.register_no == register_no, _D.record_no == record_no, _D.moved_to.is_(None), _E.payload.is_not(None)
    )
    row = conn.execute(one).mappings().first() if record_no < 2**31 else None
    if row is None:
        raise NotFound(Sentence("Det finns ingen sådan handling.", "There is no such record."))
    return dict(row)


def _listed() -> Select[Any]:
    return _joined().where(*_WAITING).order_by(_D.added_at, _D.id)


def _joined() -> Select[Any]:
    columns = (
        _D.id, _D.record_no, _D.name, _D.media_type, _D.size, _D.sha256, _D.added_at, _D.access, _D.inbound_id,
        _C.register_no, _C.title, _C.secrecy, _C.state, _C.definition, _I.from_shown, _I.from_address, _I.subject,
    )  # fmt: skip
    added = (_E.case_id == _D.case_id) & (_E.seq == _D.added_seq)
    query = select(*columns).join(models.cases, _C.id == _D.case_id).join(models.events, added)
    return query.outerjoin(models.inbound, _I.id == _D.inbound_id)
