"""What is read through the API: cases and their history, what waits, case types, search, meetings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from arende import actors, db, desk, meetingqueries, queries, rights, search, timeline, workdays
from arende.app import App
from arende.errors import NotFound
from arende.queries import Connection, Row
from arende.searchwords import wanted
from arende.usecases.inbox import waiting_for
from arende.usecases.options import offers
from arende.web.api import shapes, told
from arende.web.api.keyed import Caller, Reading
from arende.web.api.paging import Cursor, Limit, mark, onward, place
from arende.web.api.problems import NOT_THERE
from arende.web.sight import opened

Number = Annotated[str, Path(max_length=20, description="A diary number, such as `RS200982`.")]
Key = Annotated[str, Query(max_length=64)]
Day = Annotated[str, Query(max_length=10, json_schema_extra={"format": "date"})]
YesNo = Literal["", "true", "false"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def routes(app: App) -> APIRouter:
    """Everything that changes nothing."""
    reads, router = _Reads(app), APIRouter()
    for path, answer in (
        ("/me", reads.me),
        ("/inbox", reads.inbox),
        ("/types", reads.types),
        ("/types/{key}", reads.type),
        ("/cases", reads.cases),
        ("/cases/{register_no}/history", reads.history),
        ("/cases/{register_no}/options", reads.options),
        ("/cases/{register_no}/documents", reads.documents),
        ("/search", reads.search),
        ("/deadlines", reads.deadlines),
        ("/meetings", reads.meetings),
        ("/meetings/{register_no}", reads.meeting),
    ):
        router.add_api_route(path, answer, methods=["GET"], operation_id=f"read_{answer.__name__}")
    router.add_api_route(
        "/cases/{register_no}", reads.case, methods=["GET"], operation_id="read_case", response_model=shapes.Case,
        responses={304: {"description": "The version of `If-None-Match` is still the present one."}},
    )  # fmt: skip
    return router


class _Reads:
    def __init__(self, app: App) -> None:
        self.app = app

    # ------------------------------------------------------------ the caller

    def me(self, caller: Reading) -> shapes.Me:
        """Who the key is, and what its person holds today."""
        key, who, today = caller.key, caller.actor, workdays.local_day(self.app.clock())
        with db.reading(self.app.engine) as conn:
            held = sorted(f"{office}@{body}" for office, body in actors.offices_of(conn, who.id, today))
        person = shapes.Person(key=who.key, name=who.name)
        return shapes.Me(key=key.id, name=key.name, role=key.role, person=person, offices=held,
                         expires_at=key.expires_at)  # fmt: skip

    def inbox(self, caller: Reading) -> shapes.Inbox:
        """What waits for the key's person, and for those whom the person stands in for; a hundred at most."""
        lang, today = caller.t.lang, workdays.local_day(self.app.clock())
        with db.reading(self.app.engine) as conn:
            rows = waiting_for(conn, caller.actor.id, today, 100)
            seen = rights.seen(conn, caller.rights, [{"id": r["case_id"], "secrecy": r["secrecy"]} for r in rows])
        return shapes.Inbox(items=[_waiting(row, row["case_id"] in seen, lang) for row in rows])

    # ------------------------------------------------------------ case types

    def types(self, caller: Reading) -> shapes.Types:
        """The case types that new cases can be of."""
        found = [self.app.types.current(key) for key in self.app.types.keys]
        return shapes.Types.model_validate({"items": [told.type_line(rules, caller.t.lang) for rules in found]})

    def type(self, caller: Reading, key: Annotated[str, Path(max_length=64)]) -> shapes.Type:
        """One case type: what it asks for, its states and its steps."""
        if key not in self.app.types.keys:
            raise NotFound(NOT_THERE)
        return told.type_(self.app.types.current(key), caller.t.lang)

    # ------------------------------------------------------------ cases

    def cases(
        self,
        request: Request,
        response: Response,
        caller: Reading,
        type: Key = "",  # noqa: A002 – the name in the address
        state: Key = "",
        officer: Key = "",
        open: YesNo = "",  # noqa: A002 – the name in the address
        limit: Limit = 50,
        cursor: Cursor = "",
    ) -> shapes.Cases:
        """The cases that may be seen, last changed first."""
        before = place(cursor, 2)
        with db.reading(self.app.engine) as conn:
            rows = queries.cases(
                conn, limit=limit + 1, before=_moment(before), type_=type or None, state=state or None,
                officer=officer or None, open_only=open == "true", visible_to=caller.rights,
            )  # fmt: skip
            shown = onward(request, response, rows, limit, _mark)
            lines = [told.line(r, told.rules_of(self.app, conn, r["definition"]), caller.t.lang) for r in shown]
        return shapes.Cases.model_validate({"items": lines})

    def case(self, request: Request, response: Response, caller: Reading, register_no: Number) -> Any:
        """One case with what stands on it. The version in its ETag is what `If-Match` asks for."""
        today = workdays.local_day(self.app.clock())
        with db.reading(self.app.engine) as conn:
            row, rules = opened(self.app, conn, request, register_no)
            number = row["id"]
            tag = {"ETag": f'"{row["version"]}"', "Vary": "Authorization, Accept-Language"}
            if request.headers.get("if-none-match") == tag["ETag"]:
                return Response(status_code=304, headers=tag)
            documents = queries.documents(conn, number)
            parts = {
                "case": row,
                "tasks": queries.tasks(conn, number),
                "approvals": queries.approvals(conn, number),
                "rounds": queries.consultations(conn, number),
                "documents": documents,
                "open": self._may_open(conn, caller, row, documents),
                "deadlines": queries.open_deadlines(conn, number),
                "relations": queries.relations(conn, number),
                "related_from": desk.related_from(conn, caller.rights, row["register_no"]),
                "assignments": meetingqueries.assignments(conn, today, "all", register_no=row["register_no"]),
            }
        response.headers.update(tag)
        return told.case(parts, rules, caller.t.lang)

    def history(
        self,
        request: Request,
        response: Response,
        caller: Reading,
        register_no: Number,
        limit: Limit = 100,
        cursor: Cursor = "",
    ) -> shapes.History:
        """Everything that has happened in the case, from the first."""
        after, lang = (place(cursor, 1) or (0,))[0], caller.t.lang
        with db.reading(self.app.engine) as conn:
            row, rules = opened(self.app, conn, request, register_no)
            events = [e for e in queries.history(conn, row["id"]) if e["seq"] > after][: limit + 1]
            names = queries.names(conn, {k for e in events for k in timeline.mentioned(e)}, lang)
        shown = onward(request, response, events, limit, lambda e: mark(e["seq"]))
        return shapes.History.model_validate({"items": [told.event(e, rules, names, lang) for e in shown]})

    def options(self, request: Request, caller: Reading, register_no: Number) -> shapes.Options:
        """Every step of the case's state: whether the key's person may take it now, and if not, why."""
        with db.reading(self.app.engine) as conn:
            row, _ = opened(self.app, conn, request, register_no)
        found = offers(self.app, row["register_no"], caller.actor.key).choices
        return shapes.Options.model_validate({"items": [told.option(choice, caller.t.lang) for choice in found]})

    def documents(self, request: Request, caller: Reading, register_no: Number) -> shapes.Documents:
        """The records of the case."""
        with db.reading(self.app.engine) as conn:
            row, _ = opened(self.app, conn, request, register_no)
            found = queries.documents(conn, row["id"])
            may_open = self._may_open(conn, caller, row, found)
        items = [told.document(d, row["register_no"], may_open) for d in found]
        return shapes.Documents.model_validate({"items": items})

    def _may_open(self, conn: Connection, caller: Caller, case: Row, documents: list[Row]) -> set[int]:
        return {d["record_no"] for d in documents if rights.may_open(conn, caller.rights, case, d)}

    # ------------------------------------------------------------ across cases

    def search(
        self,
        request: Request,
        response: Response,
        caller: Reading,
        q: Annotated[str, Query(max_length=200, description="Words, or a diary number; `plan*` begins so.")] = "",
        type: Key = "",  # noqa: A002 – the name in the address
        state: Key = "",
        party: Key = "",
        body: Key = "",
        officer: Key = "",
        since: Annotated[Day, Query(alias="from", description="First day that it may have been opened.")] = "",
        until: Annotated[Day, Query(alias="to", description="Last day that it may have been opened.")] = "",
        open: YesNo = "",  # noqa: A002 – the name in the address
        limit: Limit = 50,
        cursor: Cursor = "",
    ) -> shapes.Found:
        """The register, searched; last registered first."""
        asked = {"q": q, "type": type, "state": state, "party": party, "body": body, "officer": officer,
                 "from": since, "to": until, "open": open}  # fmt: skip
        before = place(cursor, 1)
        with db.reading(self.app.engine) as conn:
            found = search.find(conn, wanted(asked), limit=limit + 1, before=before[0] if before else None,
                                visible_to=caller.rights)  # fmt: skip
            shown = onward(request, response, found.rows, limit, lambda r: mark(r["id"]))
            lines = [told.line(r, told.rules_of(self.app, conn, r["definition"]), caller.t.lang) for r in shown]
        return shapes.Found.model_validate({"items": lines, "nearly": found.nearly})

    def deadlines(
        self, request: Request, response: Response, caller: Reading, limit: Limit = 100, cursor: Cursor = ""
    ) -> shapes.Deadlines:
        """Open last days of every case that may be seen, the nearest first."""
        after = place(cursor, 2)
        with db.reading(self.app.engine) as conn:
            rows = desk.last_days(conn, caller.rights, limit + 1, _moment(after))
        shown = onward(request, response, rows, limit, lambda r: mark(_micros(r["due_at"]), r["id"]))
        items = [told.deadline(row, caller.t.lang) for row in shown]
        return shapes.Deadlines.model_validate({"items": items})

    # ------------------------------------------------------------ meetings

    def meetings(
        self,
        caller: Reading,
        body: Key = "",
        since: Annotated[Day, Query(alias="from")] = "",
        until: Annotated[Day, Query(alias="to")] = "",
    ) -> shapes.Meetings:
        """Meetings, by day."""
        days = wanted({"from": since, "to": until})
        with db.reading(self.app.engine) as conn:
            rows = meetingqueries.listed(conn, body=body or None, since=days.since, until=days.until)
            seen = self._seen(conn, caller, [r["register_no"] for r in rows])
            lines = [self._meeting(conn, r, caller.t.lang) for r in rows if r["register_no"] in seen]
        return shapes.Meetings.model_validate({"items": lines})

    def meeting(self, request: Request, caller: Reading, register_no: Number) -> shapes.Meeting:
        """One meeting with its agenda and who was there."""
        with db.reading(self.app.engine) as conn:
            row, _ = opened(self.app, conn, request, register_no)
            found = meetingqueries.meeting(conn, row["register_no"])
            if found["meeting"] is None:
                raise NotFound(NOT_THERE)
            line = self._meeting(conn, {**found["meeting"], **row}, caller.t.lang)
            named = {number for item in found["items"] for number in item["cases"]}
            unseen = named - self._seen(conn, caller, named)
        items = [told.item(item, unseen) for item in found["items"]]
        return shapes.Meeting.model_validate({**line, "items": items, "attendance": found["attendance"]})

    def _meeting(self, conn: Connection, row: Row, lang: str) -> Row:
        rules = told.rules_of(self.app, conn, row["definition"])
        return {**row, "state_title": rules.state_title(row["state"], lang)}

    def _seen(self, conn: Connection, caller: Caller, numbers: Any) -> set[str]:
        """Those of the diary numbers whose cases the caller may see."""
        return desk.seen(conn, caller.rights, numbers)


def _waiting(row: Row, may_see: bool, lang: str) -> shapes.Waiting:
    what = (row["what"] or {}) if row["kind"] == "task" else ((row["what"] or {}).get("proposal") or {})
    words = {"title": row["title"], "what": what.get(lang) or what.get("sv")}
    hidden = {"title": "", "what": None}
    due = told.day(row["due_at"])
    return shapes.Waiting.model_validate({**row, "due_on": due, **(words if may_see else hidden)})


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _mark(row: Row) -> str:
    return mark(_micros(row["changed_at"]), row["id"])


def _moment(found: tuple[int, ...] | None) -> tuple[datetime, int] | None:
    if found is None:
        return None
    return _EPOCH + timedelta(microseconds=min(found[0], 2**57)), found[1]
