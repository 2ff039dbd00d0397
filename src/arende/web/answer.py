"""The page behind a mail's link: it shows a request, takes an answer to it, and is then its receipt.

GET and HEAD change nothing, since mail scanners open links. An answer needs what a scanner or a form-filling bot has
not: a choice, where nothing is chosen beforehand, and the control digits of the mail. Nothing of this needs scripts.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from arende.app import App
from arende.errors import ArendeError, NotFound, Stale
from arende.usecases import bearer, regrets
from arende.web import regretpage
from arende.web.answerlabels import ANSWER_LABELS
from arende.web.answerpage import AnswerPage, Problem, refused
from arende.web.limits import Limit
from arende.web.pages import Pages
from arende.web.regretpage import RegretPage

MAX_FORM = 100_000
"""Bytes of a form: twice the longest comment, however its letters are written."""
PATIENCE = 30.0
"""Seconds in which a form has to come in."""
SHOWN_INLINE = ("application/pdf", "text/plain", "image/png", "image/jpeg")
"""Kinds of document that a browser shows without running anything; the rest are saved."""
ROBOTS = {"X-Robots-Tag": "noindex, nofollow"}


async def _form(request: Request) -> dict[str, str]:
    """The fields of an ordinary form, the first of each name; nothing when it is too large, too slow or no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_FORM:
                    return {}
        if kind != "application/x-www-form-urlencoded":
            return {}
        fields = parse_qs(bytes(body).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except (TimeoutError, ValueError):
        return {}
    return {name: values[0] for name, values in fields.items()}


Form = Annotated[dict[str, str], Depends(_form)]


def routes(app: App, pages: Pages) -> APIRouter:
    """``/b/{token}`` and the documents below it."""
    return _Answers(app, pages).router


class _Answers:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages
        self.visits, self.tries = Limit(120, 60), Limit(10, 600)
        secure = urlsplit(app.settings.base_url).scheme == "https"
        self.cookie, self.secure = ("__Host-arende-form" if secure else "arende-form"), secure
        self.router = APIRouter()
        self.router.add_api_route("/b/{token}", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("/b/{token}", self.take, methods=["POST"])
        self.router.add_api_route("/b/{token}/documents/{record_no}", self.document, methods=["GET", "HEAD"])

    def show(self, request: Request, token: str) -> Response:
        """The request, its receipt, or what became of it. Changes nothing."""
        if not self.visits.take(_address(request)):
            return self._too_many(request)
        return self._page(request, token)

    def take(self, request: Request, token: str, form: Form) -> Response:
        """An answer. Refused, it comes back with what was written and what to do."""
        if not self.visits.take(_address(request)):
            return self._too_many(request)
        shown = bearer.read(self.app, token, self.pages.speech(request).lang)
        if shown is None:
            return self._take_back(request, token, form)
        if not self.tries.take(shown.token["sha256"]):
            return self._too_many(request)
        if not self._own_form(request, form):
            return self._page(request, token, form, [Problem(ANSWER_LABELS["form_old"])], 403)
        if missing := _missing(form):
            return self._page(request, token, form, missing, 422)
        bearer.count(self.app, shown, form)
        try:
            self.app.do(bearer.answer(shown, form))
        except Stale as e:
            return self._page(request, token, form, refused(e), 409)
        except ArendeError as e:
            return self._page(request, token, form, refused(e), 422)
        asked = "#questions" if form["decision"] == "ask" else ""
        lang = f"?lang={self.pages.speech(request).lang}" if "lang" in request.query_params else ""
        return RedirectResponse(f"/b/{token}{lang}{asked}", 303, ROBOTS)

    def _take_back(self, request: Request, token: str, form: Mapping[str, str]) -> Response:
        """By the link of a receipt: the answer is taken back."""
        shown = regrets.read(self.app, token)
        if shown is None:
            return self._unknown(request)
        if not self.tries.take(shown.token["sha256"]):
            return self._too_many(request)
        if not self._own_form(request, form):
            return self._regret(request, token, form, [Problem(ANSWER_LABELS["form_old"])], 403)
        if missing := regretpage.missing(form):
            return self._regret(request, token, form, missing, 422)
        regrets.count(self.app, shown, form)
        try:
            self.app.do(regrets.order(shown, form))
        except Stale as e:
            return self._regret(request, token, form, refused(e), 409)
        except ArendeError as e:
            return self._regret(request, token, form, refused(e), 422)
        lang = f"?lang={self.pages.speech(request).lang}" if "lang" in request.query_params else ""
        return RedirectResponse(f"/b/{token}{lang}", 303, ROBOTS)

    def document(self, request: Request, token: str, record_no: int) -> Response:
        """A document of the request's text; never of a case under secrecy."""
        if not self.visits.take(_address(request)):
            return self._too_many(request)
        try:
            row, data = bearer.document(self.app, token, record_no)
        except NotFound:
            return self._unknown(request)
        kind = row["media_type"] if row["media_type"] in SHOWN_INLINE else "application/octet-stream"
        way = "inline" if kind != "application/octet-stream" else "attachment"
        headers = {**ROBOTS, "Content-Disposition": f"{way}; filename*=UTF-8''{_quoted(row['name'])}"}
        if kind == "text/plain":
            kind = "text/plain; charset=utf-8"
        return Response(data, 200, headers, kind)

    # ------------------------------------------------------------ pages

    def _page(
        self,
        request: Request,
        token: str,
        form: Mapping[str, str] | None = None,
        problems: Sequence[Problem] = (),
        status: int = 200,
    ) -> Response:
        t = self.pages.speech(request)
        shown = bearer.read(self.app, token, t.lang)
        if shown is None:
            return self._regret(request, token)
        page = AnswerPage(shown, t, self.app.clock(), form or {}, problems)
        if shown.answered_by_this:
            status = 409 if problems else 200
        elif shown.dead is not None:
            status = 410
        return self._with_form(request, page, status)

    def _regret(
        self,
        request: Request,
        token: str,
        form: Mapping[str, str] | None = None,
        problems: Sequence[Problem] = (),
        status: int = 200,
    ) -> Response:
        """The page of a receipt's link; the neutral one when there is no such link either."""
        shown = regrets.read(self.app, token)
        if shown is None:
            return self._unknown(request)
        if shown.dead is not None and not shown.done:
            status = 410
        return self._with_form(request, RegretPage(shown, self.pages.speech(request), form or {}, problems), status)

    def _with_form(self, request: Request, page: AnswerPage | RegretPage, status: int) -> Response:
        secret = request.cookies.get(self.cookie) or secrets.token_urlsafe(24)
        answer = self.pages.page(request, page.template, status, p=page, csrf=secret, action=request.url.path)
        answer.headers.update(ROBOTS)
        if self.cookie not in request.cookies:
            answer.set_cookie(self.cookie, secret, path="/", secure=self.secure, httponly=True, samesite="strict")
        return answer

    def _unknown(self, request: Request) -> Response:
        """One neutral page for everything that is no link of ours: it tells nothing."""
        answer = self.pages.page(request, "answer_unknown", 410)
        answer.headers.update(ROBOTS)
        return answer

    def _too_many(self, request: Request) -> Response:
        t = self.pages.speech(request)
        answer = self.pages.page(request, "answer_problem", 429, heading=t("too_many"), sentences=[t("too_many_do")])
        answer.headers.update({**ROBOTS, "Retry-After": "600"})
        return answer

    def _own_form(self, request: Request, form: Mapping[str, str]) -> bool:
        """Whether this browser was given the form: the field equals the cookie, which no other site sees."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        given, kept = form.get("csrf", ""), request.cookies.get(self.cookie, "")
        return len(kept) >= 32 and hmac.compare_digest(given.encode(), kept.encode())


def _missing(form: Mapping[str, str]) -> list[Problem]:
    """Everything that a person has left out, from the top of the form."""
    found, decision = [], form.get("decision")
    if decision not in bearer.ANSWERS:
        found.append(Problem(ANSWER_LABELS["choose"], "decision"))
    if decision in ("return", "reject", "ask") and not form.get("comment", "").strip():
        found.append(Problem(ANSWER_LABELS["ask_what" if decision == "ask" else "say_why"], "comment"))
    if not form.get("control", "").strip():
        found.append(Problem(ANSWER_LABELS["digits_missing"], "control"))
    return found


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _quoted(name: str) -> str:
    return quote(name, safe="")
