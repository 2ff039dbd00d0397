"""One case, opened for whoever comes. What may not be seen is not there."""

from __future__ import annotations

from starlette.requests import Request

from arende import queries, rights
from arende.app import App
from arende.casetypes import CaseType
from arende.errors import Invalid, NotFound
from arende.queries import Connection, Row
from arende.register import parse_no
from arende.web import session


def opened(app: App, conn: Connection, request: Request, register_no: str) -> tuple[Row, CaseType]:
    """The case and its rules; raises NotFound for what is not there and for what this visitor may not see alike."""
    try:
        row = queries.case(conn, str(parse_no(register_no)))
    except Invalid as e:
        raise NotFound(*e.sentences) from None
    rights.demand(conn, session.look(request).rights, row)
    return row, app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))


def home_of(rules: CaseType, register_no: str) -> str:
    """The page where a case is worked on: a meeting has one of its own."""
    return f"/{'meetings' if rules.meeting_of else 'cases'}/{register_no}"
