"""The page behind a mail's link: it shows a request, takes an answer to it, and is then its receipt.

The link of a receipt has the same page: there the answer is taken back.

GET and HEAD change nothing, since mail scanners open links. An answer needs what a scanner or a form-filling bot has
not: a choice, where nothing is chosen beforehand, and the control digits of the mail. Nothing of this needs scripts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from arende.app import App
from arende.errors import ArendeError, NotFound, Stale
from arende.usecases import bearer
from arende.web import linkdoor
from arende.web.answerlabels import ANSWER_LABELS
from arende.web.answerpage import AnswerPage, Problem, refused
from arende.web.linkdoor import ROBOTS, LinkDoor, numbered, sent
from arende.web.pages import Pages

MAX_FORM = 100_000
"""Bytes of a form: twice the longest comment, however its letters are written."""


async def _form(request: Request) -> dict[str, str]:
    """The fields of an ordinary form, the first of each name; nothing when it is too large, too slow or no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = bytearray()
    try:
        async with asyncio.timeout(linkdoor.PATIENCE):
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


class _Answers(LinkDoor):
    place = "/b"

    def __init__(self, app: App, pages: Pages) -> None:
        super().__init__(app, pages)
        self.router.add_api_route("/b/{token}", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("/b/{token}", self.take, methods=["POST"])
        self.router.add_api_route("/b/{token}/sign-in", self.sign_in, methods=["GET"])
        self.router.add_api_route("/b/{token}/documents/{record_no}", self.document, methods=["GET", "HEAD"])

    def show(self, request: Request, token: str) -> Response:
        """The request, its receipt, or what became of it. Changes nothing."""
        if not self.visited(request):
            return self.too_many(request, self.visits)
        return self._page(request, token)

    def take(self, request: Request, token: str, form: Form) -> Response:
        """An answer. Refused, it comes back with what was written and what to do."""
        if not self.visited(request):
            return self.too_many(request, self.visits)
        shown = bearer.read(self.app, token, self.pages.speech(request).lang, self.signed_in(request))
        if shown is None:
            return self.unknown(request)
        if not self.tries.take(shown.token["sha256"]):
            return self.too_many(request, self.tries)
        if not self.own_form(request, form):
            return self._page(request, token, form, [Problem(ANSWER_LABELS["form_old"])], 403)
        if missing := _missing(shown, form):
            return self._page(request, token, form, missing, 422)
        bearer.count(self.app, shown, form)
        try:
            self.app.do(bearer.answer(shown, form))
        except Stale as e:
            return self._page(request, token, form, refused(e), 409)
        except ArendeError as e:
            return self._page(request, token, form, refused(e), 422)
        asked = "#questions" if form.get("decision") == "ask" else ""
        return self.onward(request, token, asked)

    def sign_in(self, request: Request, token: str) -> Response:
        """To signing in and back. The link's secret stays out of the address, which others keep in logs."""
        if not self.visited(request):
            return self.too_many(request, self.visits)
        if bearer.read(self.app, token, "sv") is None:
            return self.unknown(request)
        lang = f"?lang={self.pages.speech(request).lang}" if "lang" in request.query_params else ""
        answer = RedirectResponse(f"/sign-in{lang}", 303, ROBOTS)
        self.pages.door.remember_way(answer, f"{self.place}/{token}{lang}")
        return answer

    def document(self, request: Request, token: str, record_no: str) -> Response:
        """A document of the request's text; never of a case under secrecy."""
        if not self.visited(request):
            return self.too_many(request, self.visits)
        try:
            row, data = bearer.document(self.app, token, numbered(record_no), self.signed_in(request))
        except NotFound:
            return self.unknown(request)
        return sent(row, data)

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
        shown = bearer.read(self.app, token, t.lang, self.signed_in(request))
        if shown is None:
            return self.unknown(request)
        page = AnswerPage(shown, t, self.app.clock(), form or {}, problems)
        if shown.done:
            status = 409 if problems else 200
        elif shown.dead is not None:
            status = 410
        return self.with_form(request, page.template, status, page)


def _missing(shown: bearer.Shown, form: Mapping[str, str]) -> list[Problem]:
    """Everything that a person has left out, from the top of the form."""
    found, decision, said = [], form.get("decision"), bool(form.get("comment", "").strip())
    if shown.taking_back:
        found += [] if said else [Problem(ANSWER_LABELS["say_why_back"], "comment")]
    else:
        if decision not in bearer.ANSWERS:
            found.append(Problem(ANSWER_LABELS["choose"], "decision"))
        if decision in ("return", "reject", "ask") and not said:
            found.append(Problem(ANSWER_LABELS["ask_what" if decision == "ask" else "say_why"], "comment"))
    if shown.signed_in is None and not form.get("control", "").strip():
        found.append(Problem(ANSWER_LABELS["digits_missing"], "control"))
    return found
