"""The web: pages that show what a person needs to act."""

from __future__ import annotations

from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from arende import health
from arende.app import App
from arende.errors import ArendeError, Forbidden, Invalid, NotFound, Refused, Stale
from arende.usecases import passwords
from arende.web import (
    acting,
    admin,
    answer,
    api,
    approving,
    calendarfeed,
    calendars,
    cases,
    drafting,
    going,
    mail,
    meetings,
    newcase,
    notices,
    operationalplans,
    ownpages,
    partyanswer,
    post,
    public,
    records,
    register,
    secrecy,
    sentmails,
    signin,
    tray,
    whoisin,
)
from arende.web.forms import ForeignForm, TooLarge
from arende.web.guard import Guard
from arende.web.pages import Pages
from arende.web.session import Door, SignInNeeded


def create_app(app: App, hasher: PasswordHasher = passwords.COST) -> FastAPI:
    """The web application on an open app; ``hasher`` is what checking a password costs."""
    web = FastAPI(title="arende", docs_url=None, redoc_url=None, openapi_url=None)
    web.state.app, door = app, Door(app)
    web.state.door, pages = door, Pages(app.settings, door)

    @web.get("/health")
    def healthy() -> JSONResponse:
        """For a monitor: how everything is. 503 only when the database cannot be used, for then no page can."""
        checks = health.look(app)
        data = {"status": health.worst(checks), "checks": {c.key: {"level": c.level, **c.data} for c in checks}}
        return JSONResponse(data, 503 if health.level(checks, "database") == "critical" else 200)

    web.include_router(signin.routes(app, pages, door, hasher))
    web.include_router(whoisin.routes(app, pages))
    web.include_router(going.routes(app, pages))
    web.include_router(drafting.routes(app))
    web.include_router(ownpages.routes(app, pages))
    web.include_router(newcase.routes(app, pages))  # before a case's number is looked for in the address
    web.include_router(records.routes(app, pages))
    web.include_router(sentmails.routes(app, pages))
    web.include_router(acting.routes(app, pages))
    web.include_router(approving.routes(app, pages))
    web.include_router(cases.routes(app, pages))
    web.include_router(register.routes(app, pages))
    web.include_router(public.routes(app, pages))
    web.include_router(secrecy.routes(app, pages))
    web.include_router(post.routes(app, pages))
    web.include_router(tray.routes(app, pages))
    web.include_router(meetings.routes(app, pages))
    web.include_router(operationalplans.routes(app, pages))
    web.include_router(notices.routes(app, pages))
    web.include_router(calendars.routes(app, pages))
    web.include_router(admin.routes(app, pages))
    web.include_router(mail.routes(app, pages))
    web.include_router(answer.routes(app, pages))
    web.include_router(partyanswer.routes(app, pages))
    web.include_router(calendarfeed.routes(app))
    web.mount(api.PLACE, api.create_api(app, door), name="api")
    web.mount("/static", _Static(packages=[("arende.web", "static")]), name="static")
    _tell_problems(web, pages)
    web.add_middleware(Guard, settings=app.settings, page=lambda scope, number: _failed(pages, scope, number))
    return web


class _Static(StaticFiles):
    """Style, typeface and mark. An address that names a version never changes its content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = path.startswith("vendor/") or scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
        return response


STATUS: dict[type[ArendeError], tuple[int, str]] = {
    NotFound: (404, "not_found"),
    Forbidden: (403, "forbidden"),
    Refused: (409, "refused"),
    Stale: (409, "refused"),
    Invalid: (422, "refused"),
}
"""What a refusal is in HTTP where a page does not tell it itself; anything else: the machine cannot, just now."""


def _tell_problems(web: FastAPI, pages: Pages) -> None:
    def told(request: Request, error: Exception) -> Response:
        t = pages.speech(request)
        status, title = next((found for kind, found in STATUS.items() if isinstance(error, kind)), (503, "refused"))
        if status == 404:  # the same words for what is not there and for what may not be seen
            return pages.problem(request, 404, "not_found", [t("not_found_do")])
        return pages.problem(request, status, title, error.told(t.lang) if isinstance(error, ArendeError) else [])

    def late(request: Request, error: Exception) -> Response:
        fields = error.fields if isinstance(error, SignInNeeded) else []
        return signin.needed(pages, request, fields)

    def foreign(request: Request, error: Exception) -> Response:
        title, status = ("too_large", 413) if isinstance(error, TooLarge) else ("foreign_form", 403)
        return pages.problem(request, status, title, [pages.speech(request)(f"{title}_do")])

    def http(request: Request, error: Exception) -> Response:
        t = pages.speech(request)
        status = error.status_code if isinstance(error, HTTPException) else 400
        if request.url.path.startswith(api.PLACE):  # an address that is not even the API's, such as one of two lines
            return api.not_there(request)
        if status == 404:
            return pages.problem(request, 404, "not_found", [t("not_found_do")])
        return pages.problem(request, status, "not_here", [t("read_only")])

    web.add_exception_handler(ArendeError, told)
    web.add_exception_handler(SignInNeeded, late)
    web.add_exception_handler(ForeignForm, foreign)
    web.add_exception_handler(TooLarge, foreign)
    web.add_exception_handler(HTTPException, http)


def _failed(pages: Pages, scope: Scope, number: str) -> Response:
    request = Request(scope)
    return pages.problem(request, 500, "failed", [pages.speech(request)("failed_do")], number)
