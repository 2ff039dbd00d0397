"""The page behind a party's link: it shows what is asked and takes the party's answer, with files, without scripts.

GET and HEAD change nothing. The link shows that somebody has the mail and no more, so what is handed in counts only
when a registrar has verified it; the page says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import Response

from arende.app import App
from arende.commands import MailRecord
from arende.errors import ArendeError, NotFound, Sentence
from arende.usecases import partylink
from arende.usecases.bearer import right_digits
from arende.usecases.handing_in import MOST_FILES
from arende.web import linkdoor
from arende.web.answerlabels import ANSWER_LABELS
from arende.web.linkdoor import LinkDoor, numbered, sent
from arende.web.pages import Pages
from arende.web.partylabels import PARTY_LABELS
from arende.web.partypage import PartyPage

MAX_BODY = 40_000_000
"""Bytes of a form with its files."""
SLOWEST = 100_000
"""Bytes a second that a line has to carry, beyond the patience for a small form."""


def routes(app: App, pages: Pages) -> APIRouter:
    """``/svar/{token}`` and the documents below it."""
    return _Parties(app, pages).router


async def _form(request: Request) -> FormData | None:
    """The form with its files; None when it is too large or crooked, or has not come in within PATIENCE."""
    if _length(request) > MAX_BODY:
        return None
    try:
        async with asyncio.timeout(linkdoor.PATIENCE + _length(request) / SLOWEST):
            return await request.form(max_files=MOST_FILES, max_fields=20)
    except (HTTPException, MultiPartException, TimeoutError, UnicodeError):
        return None


class _Parties(LinkDoor):
    place = "/svar"

    def __init__(self, app: App, pages: Pages) -> None:
        super().__init__(app, pages)
        self.router.add_api_route("/svar/{token}", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("/svar/{token}", self.take, methods=["POST"])
        self.router.add_api_route("/svar/{token}/documents/{record_no}", self.document, methods=["GET", "HEAD"])

    def show(self, request: Request, token: str) -> Response:
        """What is asked, and what has been handed in. Changes nothing."""
        if not self.visited(request):
            return self.too_many(request, self.visits)
        return self._page(request, token)

    async def take(self, request: Request, token: str) -> Response:
        """An answer, or a wish for more time. Refused, it comes back with what was written."""
        if not self.visited(request):
            return self.too_many(request, self.visits)
        asked = await run_in_threadpool(partylink.read, self.app, token, self.pages.speech(request).lang)
        if asked is None:
            return self.unknown(request)
        if not self.tries.take(asked.token["sha256"]):
            return self.too_many(request, self.tries)
        form = await _form(request)
        if form is None:
            return await run_in_threadpool(self._page, request, token, {}, [PARTY_LABELS["party_too_large"]], 413)
        try:
            fields = {k: v for k, v in form.items() if isinstance(v, str)}
            given = [f for f in form.getlist("files") if isinstance(f, UploadFile) and f.filename]
            return await run_in_threadpool(self._taken, request, token, asked, fields, given)
        finally:
            await form.close()

    def _taken(
        self, request: Request, token: str, asked: partylink.Asked, form: dict[str, str], given: list[UploadFile]
    ) -> Response:
        if not self.own_form(request, form):
            return self._page(request, token, form, [ANSWER_LABELS["form_old"]], 403)
        partylink.count(self.app, asked, form)
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
        return self.onward(request, token, "#inne")

    def _stored(self, file: UploadFile) -> MailRecord:
        sha256, size = self.app.storage.put(file.file)
        kind = (file.content_type or "application/octet-stream")[:127]
        return MailRecord(name=file.filename or "fil", media_type=kind, size=size, sha256=sha256)

    def document(self, request: Request, token: str, record_no: str) -> Response:
        """A document that went out with the request."""
        if not self.visited(request):
            return self.too_many(request, self.visits)
        try:
            row, data = partylink.document(self.app, token, numbered(record_no))
        except NotFound:
            return self.unknown(request)
        return sent(row, data)

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
            return self.unknown(request)
        page = PartyPage(asked, t, self.app.clock(), form or {}, problems)
        status = 410 if asked.dead is not None else status
        return self.with_form(request, "party_dead" if asked.dead else "party_answer", status, page)


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
    if not right_digits(asked.case["register_no"], form.get("control", "")):
        found.append(PARTY_LABELS["digits_wrong"])
    return found


def _length(request: Request) -> int:
    """What the body is told to be; one that does not tell is too large."""
    told = request.headers.get("content-length", "")
    return int(told) if told.isdecimal() else MAX_BODY + 1
