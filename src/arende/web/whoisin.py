"""Who is signed in: one's own sessions, to end those one has left open; all of them for an administrator."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from arende.app import App
from arende.errors import NotFound, Sentence
from arende.usecases import sessions
from arende.web import session
from arende.web.forms import Form
from arende.web.pages import Pages


def routes(app: App, pages: Pages) -> APIRouter:
    """``/sessions`` and ``/sessions/{number}/revoke``."""
    router = APIRouter()

    @router.get("/sessions")
    def shown(request: Request) -> Response:
        """The sessions that hold now, the latest first."""
        who = session.person(request)
        found, everybody = sessions.listing_for(app, who.key)
        return pages.page(request, "sessions", sessions=found, everybody=everybody)

    @router.post("/sessions/{number}/revoke")
    def revoke(number: str, form: Form) -> Response:
        """End one of one's own sessions; an administrator, anybody's."""
        if not (number.isdecimal() and len(number) <= 15):
            raise NotFound(Sentence("Det finns ingen sådan inloggning.", "There is no such session."))
        sessions.revoke_as(app, form.visitor.key, int(number))
        return RedirectResponse("/sessions", 303)

    return router
