"""The API, ``/api/v1``: the same commands and reads as the pages have, as JSON, for other programs.

Pages know nothing of it and it knows no page. What it may show is asked of the one filter (``rights.py``), what it may
do is judged by the use case, and both for the person whom the program's key is for.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from arende.app import App
from arende.web.api import doing, openapi, problems, reads
from arende.web.api.keyed import Gate
from arende.web.api.problems import NOT_THERE
from arende.web.guard import Guard
from arende.web.session import Door

PLACE = "/api/v1"


def create_api(app: App, door: Door) -> FastAPI:
    """The API, to be mounted at ``PLACE``."""
    api = FastAPI(
        title="arende", version="1", docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        redirect_slashes=False,
    )  # fmt: skip
    api.state.app, api.state.door, api.state.gate = app, door, Gate(app)
    api.include_router(reads.routes(app), responses=openapi.READING)
    api.include_router(doing.files(app), responses={**openapi.READING, **openapi.FILE})
    api.include_router(doing.routes(app), responses=openapi.ACTING)
    problems.tell_problems(api)
    openapi.describe(api)
    api.add_middleware(Guard, settings=app.settings, page=problems.failed)
    return api


def not_there(request: Request) -> Response:
    """That there is nothing at an address below ``PLACE``."""
    return problems.answer(problems.language(request), "not-found", [NOT_THERE])
