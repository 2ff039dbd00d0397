"""Calendars for other programs: an address with a secret answers with the person's or the body's days, read-only.

The secret is the only key, so everything that is no address of ours gets one answer, and visits are counted.
"""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from arende import workdays
from arende.app import App
from arende.usecases import calendarlinks
from arende.web.limits import Limit
from arende.web.linkdoor import ROBOTS


def routes(app: App) -> APIRouter:
    """``/calendar/{token}.ics``."""
    router, visits = APIRouter(), Limit(120, 60)

    @router.api_route(f"{calendarlinks.PLACE}/{{token}}.ics", methods=["GET", "HEAD"])
    def feed(request: Request, token: str) -> Response:
        """The calendar, from the beginning of last year on."""
        if not visits.take(request.client.host if request.client else ""):
            return PlainTextResponse("Too many requests.\n", 429, {**ROBOTS, "Retry-After": "60"})
        found = calendarlinks.found(app, token)
        if found is None:
            return PlainTextResponse("No such calendar.\n", 404, ROBOTS)
        data = _file(app, found)
        return Response(data, 200, {**ROBOTS, "Content-Disposition": "inline"}, "text/calendar; charset=utf-8")

    return router


def _file(app: App, whose: calendarlinks.Followed) -> bytes:
    from arende.usecases import calendarfiles  # with its library: few requests are for calendars

    now = app.clock()
    made = (calendarfiles.of_body if whose.kind == "body" else calendarfiles.of_person)(app, whose.subject)
    return made.within(date(workdays.local_day(now).year - 1, 1, 1), date.max).ics(now)
