"""What the pages behind a mail's link have in common: how often one may try, whose form it is, what is told of no link.

GET and HEAD change nothing there, since mail scanners open links, and nothing of it needs scripts.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from arende.app import App
from arende.prepared import Row
from arende.web import session
from arende.web.guard import STILL
from arende.web.limits import Limit
from arende.web.pages import Pages

PATIENCE = 30.0
"""Seconds in which a form has to come in."""
SHOWN_INLINE = ("application/pdf", "text/plain", "image/png", "image/jpeg")
"""Kinds of document that a browser shows without running anything; the rest are saved."""
ROBOTS = {"X-Robots-Tag": "noindex, nofollow", "Content-Security-Policy": STILL}
"""On every answer behind a link: no search engine keeps it, and nothing on it runs."""


class LinkDoor:
    """Base of the doors that a secret in a mail opens. ``place`` is the address above the secret."""

    place: str

    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages
        self.visits, self.tries = Limit(120, 60), Limit(10, 600)
        secure = urlsplit(app.settings.base_url).scheme == "https"
        self.cookie, self.secure = ("__Host-arende-form" if secure else "arende-form"), secure
        self.router = APIRouter()

    def visited(self, request: Request) -> bool:
        """Count a visit; False when its address has made too many."""
        return self.visits.take(request.client.host if request.client else "")

    def own_form(self, request: Request, form: Mapping[str, str]) -> bool:
        """Whether this browser was given the form: the field equals the cookie, which no other site sees."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        given, kept = form.get("csrf", ""), self._secret(request)
        return len(kept) >= 32 and hmac.compare_digest(given.encode(), kept.encode())

    def _secret(self, request: Request) -> str:
        """What this browser's forms carry: of the session where there is one, else of the cookie."""
        visitor = session.visitor(request)
        return visitor.csrf if visitor else request.cookies.get(self.cookie, "")

    def signed_in(self, request: Request) -> dict[str, str]:
        """Who has signed in, and how; empty where nobody has."""
        visitor = session.visitor(request)
        return {visitor.key: visitor.shown} if visitor else {}

    def with_form(self, request: Request, template: str, status: int, page: Any) -> Response:
        """A page with a form of this browser's own. ``page`` is what the template asks."""
        secret = self._secret(request) or secrets.token_urlsafe(24)
        answer = self.pages.page(request, template, status, p=page, csrf=secret, action=request.url.path)
        answer.headers.update(ROBOTS)
        if self.cookie not in request.cookies and session.visitor(request) is None:
            answer.set_cookie(self.cookie, secret, path="/", secure=self.secure, httponly=True, samesite="strict")
        return answer

    def onward(self, request: Request, token: str, mark: str = "") -> Response:
        """After a form was taken: the page anew, by GET, in the same language."""
        lang = f"?lang={self.pages.speech(request).lang}" if "lang" in request.query_params else ""
        return RedirectResponse(f"{self.place}/{token}{lang}{mark}", 303, ROBOTS)

    def unknown(self, request: Request) -> Response:
        """One neutral page for everything that is no link of ours: it tells nothing."""
        answer = self.pages.page(request, "answer_unknown", 410)
        answer.headers.update(ROBOTS)
        return answer

    def too_many(self, request: Request, limit: Limit) -> Response:
        """Asks for patience, for as long as the limit lasts."""
        t = self.pages.speech(request)
        wait = t("wait_minute") if limit.seconds <= 60 else t("wait_minutes", n=round(limit.seconds / 60))
        sentences = [t("too_many_do", wait=wait)]
        answer = self.pages.page(request, "answer_problem", 429, heading=t("too_many"), sentences=sentences)
        answer.headers.update({**ROBOTS, "Retry-After": str(round(limit.seconds))})
        return answer


def numbered(record_no: str) -> int:
    """The record's number in an address; 0, which no record has, where there is none."""
    return int(record_no) if record_no.isascii() and record_no.isdecimal() and len(record_no) < 10 else 0


def sent(row: Row, data: bytes) -> Response:
    """A document: shown when that is harmless, else to be saved."""
    kind = row["media_type"] if row["media_type"] in SHOWN_INLINE else "application/octet-stream"
    way = "inline" if kind != "application/octet-stream" else "attachment"
    headers = {**ROBOTS, "Content-Disposition": f"{way}; filename*=UTF-8''{quote(row['name'], safe='')}"}
    return Response(data, 200, headers, "text/plain; charset=utf-8" if kind == "text/plain" else kind)
