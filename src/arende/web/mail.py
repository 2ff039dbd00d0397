"""The development mailbox, to be read in the browser, and to be answered in where mail stays on this machine."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from arende import mailbox
from arende.app import App
from arende.errors import Forbidden, Invalid, NotFound, Sentence
from arende.intake import composer
from arende.web import session
from arende.web.pages import Pages

LETTER_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""A mail brings its own inline style; nothing in it runs, loads, submits or leads anywhere."""
LONGEST = 20_000
"""Characters of a reply."""
OUTCOMES = ("decided", "asked", "held", "refused", "comment", "acknowledged", "incoming", "tray")
NOT_HERE = Sentence(
    "Här går det inte att svara: bara i utvecklingsbrevlådan, från den här datorn.",
    "You cannot answer here: only in the development mailbox, from this machine.",
)
LIST = 500
"""Messages on the list: the latest."""


def routes(app: App, pages: Pages) -> APIRouter:
    """``/mail``, ``/mail/{number}`` and ``/mail/{number}/html``."""
    router, folder = APIRouter(), app.settings.mailbox_dir

    @router.get("/mail")
    def mails(request: Request) -> Response:
        """The latest messages, the newest first."""
        _admitted(request)
        if not folder.is_dir():
            raise _no_mailbox()
        found = [{**m, "at": _at(m)} for m in reversed(mailbox.list_messages(folder)[-LIST:])]
        return pages.page(request, "mailbox", mails=found)

    @router.get("/mail/{number}")
    def mail(request: Request, number: str) -> Response:
        """One message: headers, text, and the formatted part in a frame of its own."""
        _admitted(request)
        found, done = _message(number), request.query_params.get("done", "")
        may = app.settings.mail_stays_here and _is_ours(request)
        outcome = done if done in OUTCOMES else ""
        return pages.page(request, "mail", mail={**found, "at": _at(found)}, may_reply=may, outcome=outcome)

    @router.post("/mail/{number}/reply")
    async def reply(request: Request, number: str) -> Response:
        """Answer the message as its recipient would; then the message again, with what became of the answer."""
        await run_in_threadpool(_admitted, request)
        _message(number)
        if not (app.settings.mail_stays_here and _is_ours(request)):
            raise Forbidden(NOT_HERE)
        text = (await request.form()).get("text")
        if not isinstance(text, str) or len(text) > LONGEST:
            raise Invalid(Sentence("Svaret är för långt.", "The reply is too long."))
        done = await run_in_threadpool(composer.reply, app, int(number), text)
        return RedirectResponse(f"/mail/{number}?done={done.told}", 303)

    @router.get("/mail/{number}/html")
    def formatted(request: Request, number: str) -> Response:
        """The formatted part alone, locked in."""
        _admitted(request)
        html = _message(number)["html"]
        headers = {"Content-Security-Policy": LETTER_CSP, "X-Frame-Options": "SAMEORIGIN"}
        return HTMLResponse(html, headers=headers)

    def _message(number: str) -> dict[str, object]:
        if not (number.isdecimal() and len(number) <= 9) or not folder.is_dir():
            raise _no_mailbox()
        return mailbox.show(folder, int(number))

    return router


def _admitted(request: Request) -> None:
    """Mails hold links that decide: beyond a demonstration they are for administrators."""
    who = session.reader(request)
    if not session.look(request).house.open and not (who and who.holds("administrator")):
        raise _no_mailbox()


def _is_ours(request: Request) -> bool:
    """Whether a person at this machine asks, through nobody, and from a page of ours when it is a form that came.

    A page elsewhere must not make the visitor's browser answer for a chair. Browsers say where a form
    comes from; the Origin alone does not tell, since pages of ours keep their address to themselves.
    """
    client, headers = request.client, request.headers
    near = client is not None and client.host in ("127.0.0.1", "::1")
    if not near or "forwarded" in headers or "x-forwarded-for" in headers:
        return False
    if request.method != "POST":
        return True
    site = headers.get("sec-fetch-site")
    return site in ("same-origin", "none") if site else "origin" not in headers


def _at(message: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(message["received_at"]))


def _no_mailbox() -> NotFound:
    return NotFound(Sentence("Det finns inget sådant meddelande.", "There is no such message."))
