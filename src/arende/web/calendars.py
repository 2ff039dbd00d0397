"""The addresses at which calendar programs follow one's own days, and those of the bodies that one belongs to."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import db, queries
from arende.app import App
from arende.calendarcommands import IssueCalendarLink, RevokeCalendarLink
from arende.errors import NotFound
from arende.usecases import calendarlinks
from arende.web import session
from arende.web.acting import NO_SUCH, command_id
from arende.web.forms import Form
from arende.web.pages import Pages
from arende.web.session import Visitor

DOES = {"issue": IssueCalendarLink, "revoke": RevokeCalendarLink}


def routes(app: App, pages: Pages) -> APIRouter:
    """``/calendars``."""
    router = APIRouter()

    @router.get("/calendars")
    def shown(request: Request) -> Response:
        """The visitor's own calendar, and those of their bodies."""
        visitor = session.person(request)
        t, done = pages.speech(request), request.query_params.get("done", "")
        taken = t(f"calendar_{done}_done") if done in DOES else ""
        rows = [{**row, "command": str(uuid7())} for row in _calendars(app, visitor, t.lang)]
        return pages.page(request, "calendars", rows=rows, taken=taken)

    @router.post("/calendars")
    def change(form: Form) -> Response:
        """Make an address, or another one, or end it."""
        what = DOES.get(form["do"])
        if what is None or form["kind"] not in ("person", "body"):
            raise NotFound(NO_SUCH)
        given = {"id": command_id(form), "actor": form.visitor.key, "door": "web"}
        app.do(what.model_validate({**given, "kind": form["kind"], "subject": form["subject"]}))
        return RedirectResponse(f"/calendars?done={form['do']}", 303)

    return router


def _calendars(app: App, visitor: Visitor, lang: str) -> list[dict[str, Any]]:
    bodies = sorted({body for _, body in visitor.offices})
    with db.reading(app.engine) as conn:
        names = queries.names(conn, bodies, lang)
    mine = [("person", visitor.key, visitor.actor.name), *(("body", key, names.get(key, key)) for key in bodies)]
    return [
        {
            "kind": kind,
            "subject": key,
            "name": name,
            "address": calendarlinks.address(app, "person" if kind == "person" else "body", key),
        }
        for kind, key, name in mine
    ]
