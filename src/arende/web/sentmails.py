"""A mail of a case as it was promised and sent: its words, its files, and what became of it.

The links by which somebody answers are not in it: they are written when it leaves, and are on no page.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende import db, queries
from arende.app import App
from arende.errors import NotFound, Sentence
from arende.statuswords import DELIVERY
from arende.web import session
from arende.web.pages import Pages
from arende.web.sight import opened

NO_SUCH = Sentence("Det finns inget sådant mejl i ärendet.", "There is no such mail in the case.")


def routes(app: App, pages: Pages) -> APIRouter:
    """``/cases/{register_no}/mails/{number}``, for those who hold an office in the house."""
    router = APIRouter()

    def show(request: Request, register_no: str, number: int) -> Response:
        """One mail of the case."""
        visitor, t = session.person(request), pages.speech(request)
        with db.reading(app.engine) as conn:
            row, _ = opened(app, conn, request, register_no)
            mail = next((m for m in queries.mails(conn, row["id"]) if m["id"] == number), None)
        if mail is None or not visitor.offices:
            raise NotFound(NO_SUCH)
        words, tone = DELIVERY[mail["state"]]
        status = {"words": t.say(words), "tone": tone}
        return pages.page(request, "sent_mail", case=row, mail=mail, became=status)

    router.add_api_route("/cases/{register_no}/mails/{number:int}", show, methods=["GET"])
    return router
