"""What openapi.json says besides what follows from the routes: problems, and what the whole is for."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from arende.web.api.offered import NEED_THE_VERSION, OFFERED, schema_of
from arende.web.api.problems import MEDIA_TYPE, TITLES, Code, Problem
from arende.web.linkdoor import SHOWN_INLINE

DESCRIPTION = """The commands and reads of arende, for other programs.

Each request shows a key: `Authorization: Bearer arende_…`. A key acts as one person and never may more than that
person may. What may not be seen answers as what is not there. Refusals are problem details (RFC 9457) with whole
sentences, in Swedish or English (`Accept-Language`). Lists go on at the address in `Link` (`rel="next"`)."""
Responses = dict[int | str, dict[str, Any]]


def _problems(*codes: Code) -> Responses:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found: Responses = {}
    for code in codes:
        status, title = TITLES[code]
        known = found.get(status)
        told = f"{known['description']}; or: {title.en.lower()}" if known else title.en
        found[status] = {"description": told, "content": content}
    return found


READING = _problems(
    "unreadable", "not-signed-in", "not-allowed", "not-found", "invalid", "too-many", "unavailable"
)  # fmt: skip
ACTING = READING | _problems(
    "refused", "changed-meanwhile", "too-large", "media-type", "invalid", "key-reused", "version-needed"
)
_BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE: Responses = {
    200: {
        "description": "The bytes.",
        "content": dict.fromkeys((*SHOWN_INLINE, "application/octet-stream"), _BYTES),
    }
}


def describe(api: FastAPI) -> None:
    """Have the API describe itself."""
    made: dict[str, Any] = {}

    def schema() -> dict[str, Any]:
        if not made:
            made.update(get_openapi(title=api.title, version=api.version, description=DESCRIPTION, routes=api.routes))
            made["components"]["schemas"] |= _schemas()
            _tell_bodies(made)
            made["servers"] = [{"url": "/api/v1"}]
        return made

    api.openapi = schema  # type: ignore[method-assign]  # FastAPI's own way to extend it


def _tell_bodies(made: dict[str, Any]) -> None:
    """What is written in each command; the routes read it themselves, with limits."""
    for name in OFFERED:
        schema = schema_of(name)
        made["components"]["schemas"] |= schema.pop("$defs", {})
        _post(made, f"/commands/{name}", {"application/json": {"schema": schema}})
    _post(made, "/cases/{register_no}/documents", {"application/octet-stream": _BYTES})


def _post(made: dict[str, Any], path: str, content: dict[str, Any]) -> None:
    way = made["paths"][path]["post"]
    way["requestBody"] = {"required": True, "content": content}
    needed = {"Idempotency-Key", "If-Match" if path.rpartition("/")[2] in NEED_THE_VERSION else ""}
    for parameter in way["parameters"]:  # their absence is told in sentences, so the routes do not demand them
        if parameter["name"] in needed:
            parameter["required"] = True
            parameter["schema"].pop("default", None)


def _schemas() -> dict[str, Any]:
    told = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**told.pop("$defs", {}), "Problem": told}
