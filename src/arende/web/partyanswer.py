"""The page behind a party's link: it shows what is asked and takes the party's answer, with files, without scripts.

GET and HEAD change nothing. The link shows that somebody has the mail and no more, so what is handed in counts only
when a registrar has verified it; the page says so.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import RedirectResponse, Response

from arende.app import App
from arende.commands import MailRecord
from arende.errors import ArendeError, NotFound, Sentence
from arende.usecases import partylink
from arende.usecases.handing_in import MOST_FILES
from arende.web.answer import ROBOTS, SHOWN_INLINE
from arende.web.answerlabels import ANSWER_LABELS
from arende.web.limits import Limit
from arende.web.pages import Pages
from arende.web.partylabels import PARTY_LABELS
from arende.web.partypage import PartyPage

MAX_BODY = 40_000_000
"""Bytes of a form with its files."""


def routes(app: App, pages: Pages) -> APIRouter:
    """``/svar/{token}`` and the documents below it."""
    return _Parties(app, pages).router


class _Parties:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages
        self.visits, self.tries = Limit(120, 60), Limit(10, 600)
        secure = urlsplit(app.settings.base_url).scheme == "https"
        self.cookie, self.secure = ("__Host-arende-form" if secure else "arende-form"), secure
        self.router = APIRouter()
        self.router.add_api_route("/svar/{token}", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("/svar/{token}", self.take, methods=["POST"])
        self.router.add_api_route("/svar/{token}/documents/{record_no}", self.document, methods=["GET", "HEAD"])

    def show(self, request: Request, token: str) -> Response:
        """What is asked, and what has been handed in. Changes nothing."""
        if not self.visits.take(_address(request)):
            return self._too_many(request)
        return self._page(request, token)

    async def take(self, request: Request, token: str) -> Response:
        """An answer, or a wish for more time. Refused, it comes back with what was written."""
        if not self.visits.take(_address(request)):
            return self._too_many(request)
        asked = await run_in_threadpool(partylink.read, self.app, token, self.pages.speech(request).lang)
        if asked is None:
            return self._unknown(request)
        if not self.tries.take(asked.token["sha256"]):
            return self._too_many(request)
        if _length(request) > MAX_BODY:
            return self._page(request, token, {}, [PARTY_LABELS["too_large"]], 413)
        try:
            async with request.form(max_files=MOST_FILES, max_fields=20) as sent:
                form = {k: v for k, v in sent.items() if isinstance(v, str)}
                given = [f for f in sent.getlist("files") if isinstance(f, UploadFile) and f.filename]
                return await run_in_threadpool(self._taken, request, token, asked, form, given)
        except MultiPartException:
            return self._page(request, token, {}, [PARTY_LABELS["too_large"]], 413)

    def _taken(
        self, request: Request, token: str, asked: partylink.Asked, form: dict[str, str], given: list[UploadFile]
    ) -> Response:
        if not self._own_form(request, form):
            return self._page(request, token, form, [ANSWER_LABELS["form_old"]], 403)
        if missing := _missing(asked, form):
            return self._page(request, token, form, missing, 422)
        try:
            if form.get("act") == "extension":
                self.app.do(partylink.extension(asked, form))
            else:
                self.app.do(partylink.answer(asked, form, [self._stored(f) for f in given]))
        except ArendeError as e:
            return self._page(request, token, form, e.sentences, 422)
        except ValidationError:
            return self._page(request, token, form, [PARTY_LABELS["too_long"]], 422)
        lang = f"?lang={self.pages.speech(request).lang}" if "lang" in request.query_params else ""
        return RedirectResponse(f"/svar/{token}{lang}#inne", 303, ROBOTS)

    def _stored(self, file: UploadFile) -> MailRecord:
        sha256, size = self.app.storage.put(file.file)
        kind = (file.content_type or "application/octet-stream")[:127]
        return MailRecord(name=file.filename or "fil", media_type=kind, size=size, sha256=sha256)

    def document(self, request: Request, token: str, record_no: int) -> Response:
        """A document that went out with the request."""
        if not self.visits.take(_address(request)):
            return self._too_many(request)
        try:
            row, data = partylink.document(self.app, token, record_no)
        except NotFound:
            return self._unknown(request)
        kind = row["media_type"] if row["media_type"] in SHOWN_INLINE else "application/octet-stream"
        way = "inline" if kind != "application/octet-stream" else "attachment"
        headers = {**ROBOTS, "Content-Disposition": f"{way}; filename*=UTF-8''{quote(row['name'], safe='')}"}
        return Response(data, 200, headers, "text/plain; charset=utf-8" if kind == "text/plain" else kind)

    # ------------------------------------------------------------ pages

    def _page(
        self,
        request: Request,
        token: str,
        form: dict[str, str] | None = None,
        problems: Sequence[Sentence] = (),
        status: int = 200,
    ) -> Response:
        t = self.pages.speech(request)
        asked = partylink.read(self.app, token, t.lang)
        if asked is None:
            return self._unknown(request)
        secret = request.cookies.get(self.cookie) or secrets.token_urlsafe(24)
        page = PartyPage(asked, t, self.app.clock(), form or {}, problems)
        status = 410 if asked.dead is not None else status
        values: dict[str, Any] = {"p": page, "csrf": secret, "action": request.url.path}
        answer = self.pages.page(request, "party_dead" if asked.dead else "party_answer", status, **values)
        answer.headers.update(ROBOTS)
        if self.cookie not in request.cookies:
            answer.set_cookie(self.cookie, secret, path="/", secure=self.secure, httponly=True, samesite="strict")
        return answer

    def _unknown(self, request: Request) -> Response:
        answer = self.pages.page(request, "answer_unknown", 410)
        answer.headers.update(ROBOTS)
        return answer

    def _too_many(self, request: Request) -> Response:
        t = self.pages.speech(request)
        answer = self.pages.page(request, "answer_problem", 429, heading=t("too_many"), sentences=[t("too_many_do")])
        answer.headers.update({**ROBOTS, "Retry-After": "600"})
        return answer

    def _own_form(self, request: Request, form: dict[str, str]) -> bool:
        """Whether this browser was given the form: the field equals the cookie, which no other site sees."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        given, kept = form.get("csrf", ""), request.cookies.get(self.cookie, "")
        return len(kept) >= 32 and hmac.compare_digest(given.encode(), kept.encode())


def _missing(asked: partylink.Asked, form: dict[str, str]) -> list[Sentence]:
    """Everything that is left out or wrong, from the top of the form."""
    found = []
    if form.get("act") == "extension":
        if not form.get("until", "").strip():
            found.append(PARTY_LABELS["say_until"])
    else:
        if form.get("stance") not in asked.stances:
            found.append(PARTY_LABELS["choose_stance"])
        if not form.get("sender", "").strip():
            found.append(PARTY_LABELS["say_sender"])
    if form.get("control", "").strip() != asked.case["register_no"][-4:]:
        found.append(PARTY_LABELS["digits_wrong"])
    return found


def _length(request: Request) -> int:
    """What the body is told to be; one that does not tell is too large."""
    told = request.headers.get("content-length", "")
    return int(told) if told.isdecimal() else MAX_BODY + 1


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
