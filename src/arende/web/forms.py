"""Forms: read with limits, shown to be of our own page and of the visitor's own session, and never lost.

A form that comes when the session is over, or from a page of an earlier session, is not carried out: its text comes
back on a page, to be sent again after signing in. One from another site is refused without a word of it.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from arende.web import session
from arende.web.session import Door, SignInNeeded, Visitor

MAX_TEXT = 500_000
"""Bytes of a form without its files."""
MAX_FIELDS = 400
PATIENCE = 30.0
"""Seconds in which a form has to come in."""
SLOWEST = 100_000
"""Bytes a second that a line has to carry, beyond the patience for a small form."""
CSRF = "csrf"
"""The field that every form has: ``{% include "csrf.html.j2" %}``."""


class ForeignForm(Exception):
    """The form does not come from a page of ours."""


class TooLarge(Exception):
    """The form is larger than the page takes, crooked, or too slow."""


@dataclass(frozen=True)
class Sent:
    """A form of a page of ours, sent by the visitor."""

    visitor: Visitor
    data: FormData

    def __getitem__(self, name: str) -> str:
        """The text of a field, the first of its name; empty where there is none."""
        return self.get(name)

    def get(self, name: str, default: str = "") -> str:
        """The text of a field, the first of its name."""
        found = next((v for v in self.data.getlist(name) if isinstance(v, str)), default)
        return found.replace("\r\n", "\n")

    def all(self, name: str) -> list[str]:
        """Every value of a field: boxes that are ticked."""
        return [v for v in self.data.getlist(name) if isinstance(v, str)]

    def files(self, name: str) -> list[UploadFile]:
        """The files chosen in a field."""
        return [v for v in self.data.getlist(name) if isinstance(v, UploadFile) and v.filename]

    @property
    def fields(self) -> dict[str, str]:
        """Every text, the first of each name, without what the frame needs for itself."""
        return {name: self.get(name) for name in self.data if name != CSRF and self.all(name)}


def form_with(files: int = 0, largest: int = 1) -> Callable[[Request], AsyncIterator[Sent]]:
    """A dependency that reads a form with at most so many files, in all as large as ``largest`` of the largest."""

    async def sent(request: Request) -> AsyncIterator[Sent]:
        own_origin(request)
        door: Door = request.app.state.door
        most = MAX_TEXT + (largest * door.app.settings.max_document_mb * 1_000_000 if files else 0)
        data = await read(request, files, most)
        try:
            found = await run_in_threadpool(session.visitor, request)
            if found is None or not is_own(data.get(CSRF), found.csrf):
                raise SignInNeeded(_texts(data))
            yield Sent(found, data)
        finally:
            await data.close()

    return sent


Form = Annotated[Sent, Depends(form_with())]
"""The parameter of a POST that takes a form of text."""
Upload = Annotated[Sent, Depends(form_with(1))]
"""The same with one file, as large as the settings allow."""


async def read(request: Request, files: int = 0, most: int = MAX_TEXT) -> FormData:
    """What the form holds; raises TooLarge for what does not fit, comes too slowly, or is no form."""
    length = request.headers.get("content-length", "")
    size = int(length) if length.isdecimal() and len(length) < 16 else most + 1
    if size > most:
        raise TooLarge
    try:
        async with asyncio.timeout(PATIENCE + size / SLOWEST):
            return await request.form(max_files=files, max_fields=MAX_FIELDS, max_part_size=most)
    except (HTTPException, MultiPartException, TimeoutError, UnicodeError) as e:
        raise TooLarge from e


def own_origin(request: Request) -> None:
    """Raise ForeignForm when the browser says that the form comes from elsewhere.

    Our pages keep their address to themselves, so an Origin of ours may read ``null``; the token tells those apart.
    """
    headers = request.headers
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm
    origin = headers.get("origin", "null")
    door: Door = request.app.state.door
    if origin != "null" and urlsplit(origin).netloc not in (
        headers.get("host"),
        urlsplit(door.app.settings.base_url).netloc,
    ):
        raise ForeignForm


def is_own(given: object, expected: str) -> bool:
    """Whether the token that came with a form is the one that was given out with it."""
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _texts(data: FormData) -> list[tuple[str, str]]:
    return [(name, value) for name, value in data.multi_items() if isinstance(value, str) and name != CSRF]
