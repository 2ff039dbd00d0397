"""The web: pages that show what a person needs to act."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from arende.app import App
from arende.errors import ArendeError, NotFound
from arende.web import answer, cases, mail, partyanswer
from arende.web.guard import Guard
from arende.web.pages import Pages


def create_app(app: App) -> FastAPI:
    """The web application on an open app."""
    web = FastAPI(title="arende", docs_url=None, redoc_url=None, openapi_url=None)
    web.state.app = app
    pages = Pages(app.settings)

    @web.get("/health")
    def health() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    web.include_router(cases.routes(app, pages))
    web.include_router(mail.routes(app, pages))
    web.include_router(answer.routes(app, pages))
    web.include_router(partyanswer.routes(app, pages))
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


def _tell_problems(web: FastAPI, pages: Pages) -> None:
    def told(request: Request, error: Exception) -> Response:
        t = pages.speech(request)
        if isinstance(error, NotFound):
            return pages.problem(request, 404, "not_found", [t("not_found_do")])
        sentences = error.told(t.lang) if isinstance(error, ArendeError) else []
        return pages.problem(request, 503, "refused", sentences)

    def http(request: Request, error: Exception) -> Response:
        t = pages.speech(request)
        status = error.status_code if isinstance(error, HTTPException) else 400
        if status == 404:
            return pages.problem(request, 404, "not_found", [t("not_found_do")])
        return pages.problem(request, status, "not_here", [t("read_only")])

    web.add_exception_handler(ArendeError, told)
    web.add_exception_handler(HTTPException, http)


def _failed(pages: Pages, scope: Scope, number: str) -> Response:
    request = Request(scope)
    return pages.problem(request, 500, "failed", [pages.speech(request)("failed_do")], number)
