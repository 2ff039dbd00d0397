"""The development mailbox, to be read in the browser. Only there when the mailbox has a folder."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from arende import mailbox
from arende.app import App
from arende.errors import NotFound, Sentence
from arende.web.pages import Pages

LETTER_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""A mail brings its own inline style; nothing in it runs, loads, submits or leads anywhere."""
LIST = 500
"""Messages on the list: the latest."""


def routes(app: App, pages: Pages) -> APIRouter:
    """``/mail``, ``/mail/{number}`` and ``/mail/{number}/html``."""
    router, folder = APIRouter(), app.settings.mailbox_dir

    @router.get("/mail")
    def mails(request: Request) -> Response:
        """The latest messages, the newest first."""
        if not folder.is_dir():
            raise _no_mailbox()
        found = [{**m, "at": _at(m)} for m in reversed(mailbox.list_messages(folder)[-LIST:])]
        return pages.page(request, "mailbox", mails=found)

    @router.get("/mail/{number}")
    def mail(request: Request, number: str) -> Response:
        """One message: headers, text, and the formatted part in a frame of its own."""
        found = _message(number)
        return pages.page(request, "mail", mail={**found, "at": _at(found)})

    @router.get("/mail/{number}/html")
    def formatted(number: str) -> Response:
        """The formatted part alone, locked in."""
        html = _message(number)["html"]
        headers = {"Content-Security-Policy": LETTER_CSP, "X-Frame-Options": "SAMEORIGIN"}
        return HTMLResponse(html, headers=headers)

    def _message(number: str) -> dict[str, object]:
        if not (number.isdecimal() and len(number) <= 9) or not folder.is_dir():
            raise _no_mailbox()
        return mailbox.show(folder, int(number))

    return router


def _at(message: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(message["received_at"]))


def _no_mailbox() -> NotFound:
    return NotFound(Sentence("Det finns inget sådant meddelande.", "There is no such message."))
