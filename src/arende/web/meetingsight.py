"""One meeting, opened for whoever comes. What may not be seen is not there."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from arende import meetingqueries, queries, rights, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.errors import Invalid, NotFound, Sentence
from arende.queries import Connection, Row
from arende.register import parse_no
from arende.usecases import meetingdays, meetingview
from arende.web import session
from arende.web.meetingpage import MeetingPage
from arende.web.speech import Speech

NO_MEETING = Sentence("Det finns inget sådant sammanträde.", "There is no such meeting.")


def number_of(register_no: str) -> str:
    """The number as it is written; raises NotFound for what is none."""
    try:
        return str(parse_no(register_no))
    except Invalid as e:
        raise NotFound(*e.sentences) from None


def found(conn: Connection, number: str) -> Row:
    """The meeting whole; raises NotFound for a case that is none."""
    row = meetingqueries.meeting(conn, number)
    if row["meeting"] is None:
        raise NotFound(NO_MEETING)
    return row


def opened(conn: Connection, request: Request, register_no: str) -> Row:
    """The same for somebody who may see it; raises NotFound otherwise."""
    row = found(conn, number_of(register_no))
    rights.demand(conn, session.look(request).rights, row["case"])
    return row


def rules_of(app: App, conn: Connection, case: Row) -> CaseType:
    """The definition that the case is pinned to."""
    return app.types.pinned(case["definition"], lambda h: queries.definition(conn, h))


def page_of(app: App, conn: Connection, request: Request, row: Row, t: Speech) -> MeetingPage:
    """The meeting in words, with what this visitor may see of its items."""
    body = meetingdays.body_row(conn, row["meeting"]["body"])
    hidden = _hidden(conn, session.look(request).rights, row)
    names = queries.names(conn, _mentioned(row), t.lang)
    room = meetingview.room(app, row["case"]["register_no"])
    return MeetingPage(row, room, body, hidden, names, t, workdays.local_day(app.clock()))


def _hidden(conn: Connection, who: rights.Reader, row: dict[str, Any]) -> frozenset[int]:
    """The items with a case that the reader may not see.

    Those who belong to the body are summoned with the agenda as it is, so they see it whole.
    """
    if who.everything or any(o.endswith(f"@{row['meeting']['body']}") for o in who.offices):
        return frozenset()
    numbers = {no for i in row["items"] for no in i["cases"]}
    cases = {no: queries.case(conn, no) for no in numbers}
    seen = rights.seen(conn, who, cases.values())
    return frozenset(i["item"] for i in row["items"] if any(cases[no]["id"] not in seen for no in i["cases"]))


def _mentioned(row: dict[str, Any]) -> set[str]:
    """The keys of everybody whom the meeting's rows name."""
    given = {str(a["to"]) for i in row["items"] for a in i["assignments"] or ()}
    return given | {str(a["acting_for"]) for a in row["attendance"] if a["acting_for"]}
