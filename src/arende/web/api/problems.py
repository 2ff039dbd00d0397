"""What the API tells where it does not do what it was asked: problem details (RFC 9457), with whole sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from arende.errors import ArendeError, Forbidden, Invalid, NotFound, Refused, Reused, Sentence, Stale, Unsound
from arende.web.speech import chosen

MEDIA_TYPE = "application/problem+json"
Code = Literal[
    "unreadable", "not-signed-in", "not-allowed", "not-found", "method", "refused", "changed-meanwhile", "too-large",
    "media-type", "invalid", "key-reused", "version-needed", "too-many", "failed", "unavailable",
]  # fmt: skip
S = Sentence
TITLES: dict[Code, tuple[int, Sentence]] = {
    "unreadable": (400, S("Frågan går inte att läsa", "The request cannot be read")),
    "not-signed-in": (401, S("Nyckel saknas", "No key")),
    "not-allowed": (403, S("Det får nyckeln inte", "The key may not do this")),
    "not-found": (404, S("Finns inte", "Not found")),
    "method": (405, S("Så kan man inte fråga här", "Not asked this way")),
    "refused": (409, S("Det går inte nu", "Not possible now")),
    "changed-meanwhile": (412, S("Ändrat under tiden", "Changed meanwhile")),
    "too-large": (413, S("För stort", "Too large")),
    "media-type": (415, S("Fel slag av innehåll", "Wrong kind of content")),
    "invalid": (422, S("Något är fel ifyllt", "Something is not right")),
    "key-reused": (422, S("Kommandots id är använt", "The command's id is used")),
    "version-needed": (428, S("Versionen saknas", "The version is missing")),
    "too-many": (429, S("För många frågor", "Too many requests")),
    "failed": (500, S("Ett fel hos oss", "A fault of ours")),
    "unavailable": (503, S("Kan inte svara just nu", "Cannot answer just now")),
}
"""What each problem is called, and its status."""


class Fault(BaseModel):
    """One thing that is wrong in what was sent."""

    pointer: str = Field(description="Where: a JSON pointer into the body (RFC 6901), or the name of a parameter.")
    detail: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """Why it was not done (RFC 9457)."""

    type: str = Field(description="Which kind of problem: `urn:problem-type:arende:` and one of the words of the page.")
    title: str = Field(description="The kind in words, in the language asked for.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(description="Every sentence, after one another.")
    sentences: list[str] = Field(description="Why not, and what to do: each as a page would say it.")
    errors: list[Fault] = Field(default=[], description="What is wrong where, when the request itself is malformed.")
    number: str | None = Field(default=None, description="Of a fault of ours: the number that stands in the log.")


class Told(Exception):
    """A problem of the API's own."""

    def __init__(self, code: Code, *sentences: Sentence, headers: Mapping[str, str] | None = None) -> None:
        self.code, self.sentences, self.headers = code, sentences, headers or {}


class Misfit(Told):
    """What was sent does not have the shape that is described."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("invalid", MISFIT)
        self.faults = faults


MISFIT = S(
    "Det som skickades har inte den form som beskrivs i openapi.json.",
    "What was sent does not have the shape that openapi.json describes.",
)
NOT_THERE = S("Det finns ingenting sådant att visa.", "There is nothing of the kind to show.")


def language(request: Request) -> str:
    """The language of sentences and titles: ``lang`` in the address, else Accept-Language, else the site's."""
    default = request.app.state.app.settings.language
    return chosen(request.query_params.get("lang"), request.headers.get("accept-language", ""), default)


def answer(
    lang: str,
    code: Code,
    sentences: Sequence[Sentence],
    *,
    faults: Sequence[Fault] = (),
    number: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem as it is sent."""
    status, title = TITLES[code]
    told = [s.in_(lang) for s in sentences]
    problem = Problem(
        type=f"urn:problem-type:arende:{code}", title=title.in_(lang), status=status, detail=" ".join(told),
        sentences=told, errors=list(faults), number=number,
    )  # fmt: skip
    kept: dict[str, Any] = problem.model_dump(exclude_none=True)
    return JSONResponse(kept, status, {"Content-Language": lang, **(headers or {})}, MEDIA_TYPE)


def failed(scope: Scope, number: str) -> Response:
    """What nobody foresaw."""
    sentence = S("Något gick fel hos oss. Ingenting är ändrat.", "Something failed here. Nothing is changed.")
    return answer(language(Request(scope)), "failed", [sentence], number=number)


def tell_problems(api: FastAPI) -> None:
    """Have every refusal told as a problem."""

    def told(request: Request, error: Exception) -> Response:
        found = error if isinstance(error, Told) else Told("failed")
        faults = found.faults if isinstance(found, Misfit) else ()
        return answer(language(request), found.code, found.sentences, faults=faults, headers=found.headers)

    def refused(request: Request, error: Exception) -> Response:
        sentences = error.sentences if isinstance(error, ArendeError) else ()
        code = _code(request, error)
        later = {"Retry-After": "5"} if code == "unavailable" else None
        return answer(language(request), code, [NOT_THERE] if code == "not-found" else sentences, headers=later)

    def misfit(request: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        faults = [Fault(pointer=str(f["loc"][-1]), detail=f["msg"]) for f in found]
        return answer(language(request), "invalid", [MISFIT], faults=faults)

    def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        code: Code = {404: "not-found", 405: "method"}.get(status, "unreadable")  # type: ignore[assignment]  # of TITLES
        headers = error.headers if isinstance(error, HTTPException) else None
        return answer(language(request), code, [NOT_THERE if code == "not-found" else MISFIT], headers=headers)

    api.add_exception_handler(Told, told)
    api.add_exception_handler(ArendeError, refused)
    api.add_exception_handler(RequestValidationError, misfit)
    api.add_exception_handler(HTTPException, http)


CODES: tuple[tuple[type[ArendeError], Code], ...] = (
    (NotFound, "not-found"),
    (Forbidden, "not-allowed"),
    (Reused, "key-reused"),
    (Refused, "refused"),
    (Unsound, "refused"),
    (Invalid, "invalid"),
)


def _code(request: Request, error: Exception) -> Code:
    if isinstance(error, Stale):
        return "changed-meanwhile" if "if-match" in request.headers else "refused"
    return next((code for kind, code in CODES if isinstance(error, kind)), "unavailable")
