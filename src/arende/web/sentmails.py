"""A mail of a case as it was promised and sent: its words, its files, and what became of it.

The links by which somebody answers are not in it: they are written when it leaves, and are on no page.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende.app import App
from arende.statuswords import DELIVERY
from arende.usecases import sentmails
from arende.web import session
from arende.web.pages import Pages


def routes(app: App, pages: Pages) -> APIRouter:
    """``/cases/{register_no}/mails/{number}``."""
    router = APIRouter()

    def show(request: Request, register_no: str, number: int) -> Response:
        """One mail of the case."""
        visitor, t = session.person(request), pages.speech(request)
        case, mail = sentmails.one(app, visitor.key, register_no, number)
        words, tone = DELIVERY[mail["state"]]
        status = {"words": t.say(words), "tone": tone}
        return pages.page(request, "sent_mail", case=case, mail=mail, became=status)

    router.add_api_route("/cases/{register_no}/mails/{number:int}", show, methods=["GET"])
    return router
