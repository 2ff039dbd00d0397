"""What is done through the API: each request is one command, with the id that the program gave it.

The header ``Idempotency-Key`` is the command's id: sent again, it changes nothing and answers the same. ``If-Match``
is the version of the case that the program saw, as the ``ETag`` of a case says it.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from arende import db, desk, queries, rights
from arende.app import App
from arende.commands import AddDocument, Command, Outcome
from arende.errors import NotFound, Sentence
from arende.web.api import shapes
from arende.web.api.keyed import Acting, Caller, Reading
from arende.web.api.offered import MOST, NEED_THE_VERSION, OFFERED, built
from arende.web.api.problems import NOT_THERE, Told
from arende.web.api.reads import Number
from arende.web.forms import PATIENCE, SLOWEST
from arende.web.linkdoor import sent
from arende.web.sight import opened

LARGEST = 1_000_000
"""Bytes of a command."""
_TAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
Id = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=60,
        description="The command's id, a UUID of the program's own making. Sent again it changes nothing and answers "
        "the same.",
        json_schema_extra={"format": "uuid"},
    ),
]
Version = Annotated[
    str, Header(alias="If-Match", max_length=60, description="The version that the program saw: a case's `ETag`.")
]


def routes(app: App) -> APIRouter:
    """Every command, and records up."""
    doing, router = _Doing(app), APIRouter()
    for name in OFFERED:
        router.add_api_route(
            f"/commands/{name}", doing.taker(name), methods=["POST"], operation_id=name,
            status_code=201 if name == "register_case" else 200, response_model=shapes.Done,
        )  # fmt: skip
    router.add_api_route(
        "/cases/{register_no}/documents", doing.add_document, methods=["POST"], operation_id="add_document",
        status_code=201, response_model=shapes.Done,
    )  # fmt: skip
    return router


def files(app: App) -> APIRouter:
    """Records down."""
    router = APIRouter()

    @router.get("/cases/{register_no}/documents/{record_no}", operation_id="read_document", response_class=Response)
    def read_document(
        request: Request, caller: Reading, register_no: Number, record_no: Annotated[int, Path(ge=1, le=MOST)]
    ) -> Response:
        """The bytes of a record. Its ETag is their SHA-256."""
        with db.reading(app.engine) as conn:
            case, _ = opened(app, conn, request, register_no)
            found = [d for d in queries.documents(conn, case["id"]) if d["record_no"] == record_no]
            if not found or found[0]["removed"] or not rights.may_open(conn, caller.rights, case, found[0]):
                raise NotFound(NOT_THERE)
        answer = sent(found[0], app.storage.read(found[0]["sha256"]))
        answer.headers["ETag"] = f'"{found[0]["sha256"]}"'
        return answer

    return router


class _Doing:
    def __init__(self, app: App) -> None:
        self.app = app

    def taker(self, name: str) -> Callable[..., Awaitable[Response]]:
        """What answers the address of a command."""
        asks = name in NEED_THE_VERSION

        async def take(request: Request, caller: Acting, key: Id = "", version: Version = "") -> Response:
            number = _id(key)
            text = await _read(request, LARGEST)
            command = built(
                name, text, _json(request, text), actor=caller.actor.key, command_id=number,
                version=_version(version, needed=asks),
            )  # fmt: skip
            return await run_in_threadpool(self._do, request, caller, command)

        take.__doc__ = OFFERED[name].__doc__
        take.__name__ = name
        return take

    async def add_document(
        self,
        request: Request,
        caller: Acting,
        register_no: Number,
        key: Annotated[str, Query(max_length=64, description="The kind of record, as the case type calls it.")],
        name: Annotated[str, Query(max_length=200, description="What the file is called.")],
        direction: Annotated[Literal["drawn_up", "incoming", "outgoing"], Query()] = "drawn_up",
        reason: Annotated[str, Query(max_length=1000, description="Why, where a signed record is exchanged.")] = "",
        command: Id = "",
        version: Version = "",
    ) -> Response:
        """Add a record, or a new version of one. The body is the file as it is, `Content-Type` its kind."""
        number, seen = _id(command), _version(version, needed=False)
        await run_in_threadpool(self._demand, request, caller, {"register_no": register_no})
        declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        with tempfile.TemporaryFile() as file:
            await _read(request, self.app.settings.max_document_mb * 1_000_000, file)
            file.seek(0)
            sha256, size = await run_in_threadpool(self.app.storage.put, file)
        done = AddDocument(
            id=number, actor=caller.actor.key, door="api", register_no=register_no, expected_version=seen, key=key,
            file_name=name, size=size, sha256=sha256, direction=direction, reason=reason or None,
            media_type=declared if _MEDIA_TYPE.fullmatch(declared) else "application/octet-stream",
        )  # fmt: skip
        return await run_in_threadpool(self._do, request, caller, done, 201)

    def _do(self, request: Request, caller: Caller, command: Command, status: int = 200) -> Response:
        self._demand(request, caller, command.model_dump(include={"register_no", "task", "question"}))
        done = self.app.do(command)
        created = command.name == "register_case"
        return _done(done, 201 if created else status, created=created)

    def _demand(self, request: Request, caller: Caller, about: dict[str, Any]) -> None:
        """Raise NotFound for what the caller may not see, as for what is not there."""
        with db.reading(self.app.engine) as conn:
            if "register_no" in about:
                opened(self.app, conn, request, str(about["register_no"]))
            for kind in ("task", "question"):
                if kind in about and not desk.has(conn, caller.rights, kind, about[kind]):
                    raise NotFound(NOT_THERE)


def _done(outcome: Outcome, status: int, *, created: bool) -> Response:
    headers = {"ETag": f'"{outcome.version}"'} if outcome.register_no else {}
    if created:
        headers["Location"] = f"/api/v1/cases/{outcome.register_no}"
    told = shapes.Done.model_validate(outcome.model_dump())
    return JSONResponse(told.model_dump(mode="json"), status, headers)


def _id(given: str) -> UUID:
    try:
        return UUID(given.strip().strip('"'))
    except ValueError:
        raise Told("unreadable", _NO_ID) from None


def _version(given: str, *, needed: bool) -> int | None:
    """The version that the program saw; None for none, and for ``*``: whatever it is now."""
    if not given:
        if needed:
            raise Told("version-needed", _NO_VERSION)
        return None
    if given.strip() == "*":
        return None
    found = _TAG.fullmatch(given.strip())
    if found is None:
        raise Told("changed-meanwhile", _OTHER_VERSION)  # no version of a case is called that
    return int(found[1])


def _json(request: Request, text: bytes) -> Any:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Told("media-type", _NOT_JSON)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Told("unreadable", _NOT_JSON) from None
    return found


async def _read(request: Request, most: int, into: Any = None) -> bytes:
    """The body, at most so many bytes, and not for ever. With a file: into it, and nothing is returned."""
    length = request.headers.get("content-length", "0")
    size, whole = 0, bytearray()
    allowed = int(length) if length.isdecimal() and len(length) < 16 else most
    if allowed > most:
        raise Told("too-large", _too_large(most))
    try:
        async with asyncio.timeout(PATIENCE + min(allowed or most, most) / SLOWEST):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise Told("too-large", _too_large(most))
                if into is None:
                    whole += chunk
                else:
                    await run_in_threadpool(into.write, chunk)
    except TimeoutError:
        raise Told("unreadable", _TOO_SLOW) from None
    return bytes(whole)


def _too_large(most: int) -> Sentence:
    mb = most // 1_000_000
    return Sentence(f"Det som skickades är större än {mb} MB.", f"What was sent is larger than {mb} MB.")


_NO_ID = Sentence(
    "Ge kommandot ett id: Idempotency-Key med ett UUID. Sänds det igen är det samma kommando.",
    "Give the command an id: Idempotency-Key with a UUID. Sent again, it is the same command.",
)
_NO_VERSION = Sentence(
    "Säg vilken version av ärendet du såg: If-Match med ärendets ETag.",
    "Say which version of the case you saw: If-Match with the case's ETag.",
)
_OTHER_VERSION = Sentence(
    "Det finns ingen sådan version. Läs ärendet på nytt och använd dess ETag.",
    "There is no such version. Read the case anew and use its ETag.",
)
_NOT_JSON = Sentence("Skriv kommandot som JSON (application/json).", "Write the command as JSON (application/json).")
_TOO_SLOW = Sentence("Det som skickades kom för långsamt.", "What was sent came too slowly.")
