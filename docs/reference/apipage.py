"""The page on the API, from what the API says of itself in openapi.json."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from arende import db
from arende.app import App
from arende.settings import Settings
from arende.web.api import create_api
from arende.web.api.offered import NEED_THE_VERSION
from arende.web.api.problems import TITLES
from arende.web.session import Door


def page() -> list[str]:
    """The lines of the page."""
    engine = db.open_engine("sqlite:///never-opened.sqlite")
    app = App.on(Settings(), engine, lambda: datetime.now(UTC))
    told = create_api(app, Door(app)).openapi()
    engine.dispose()
    ways = [(path, method, way) for path, ways in told["paths"].items() for method, way in ways.items()]
    doing = [(path, way) for path, method, way in ways if method == "post"]
    return [
        "# The API\n",
        "What other programs can ask and do, under `/api/v1`. How to begin: [let another program in](../howto/api.md).",
        "The same for machines: `/api/v1/openapi.json` (OpenAPI 3.1), which anybody may read.\n",
        "## what is read\n",
        "| address | what it answers | asked with |", "|---|---|---|",
        *(f"| `GET {path}` | {_first(way)} | {_query(way)} |" for path, method, way in ways if method == "get"), "",
        "## what is done\n",
        "`POST`, with JSON and the header `Idempotency-Key`: the command's id, a UUID. Fields in bold are needed.",
        "Where `If-Match` is needed, it is the version of the case that was seen; elsewhere it may be given.\n",
        "| address | what it does | fields | `If-Match` |", "|---|---|---|---|",
        *(f"| `{path}` | {_first(way)} | {_fields(way)} | {_needs(path)} |" for path, way in doing), "",
        "## problems\n",
        "A refusal is `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, and `sentences`, one",
        "by one, as a page would tell them. Of what has another shape than described, `errors` say where.\n",
        "| `type` | status | title |", "|---|---|---|",
        *(f"| `urn:problem-type:arende:{code}` | {status} | {title.en} |" for code, (status, title) in TITLES.items()),
        "", "## shapes\n",
        "| shape | fields |", "|---|---|", *_shapes(told),
    ]  # fmt: skip


def _first(way: dict[str, Any]) -> str:
    words = " ".join(way["description"].split("\n\n")[0].split()).replace("``", "`")
    return words.replace("|", "\\|")


def _query(way: dict[str, Any]) -> str:
    return ", ".join(f"`{p['name']}`" for p in way.get("parameters", []) if p["in"] == "query") or "–"


def _fields(way: dict[str, Any]) -> str:
    shape = way["requestBody"]["content"].get("application/json", {}).get("schema")
    if shape is None:
        return "the file itself; in the address " + _query(way)
    needed = shape.get("required", [])
    ordered = sorted(shape["properties"], key=lambda k: k not in needed)
    named = (f"**`{k}`**" if k in needed else f"`{k}`" for k in ordered)
    return ", ".join(named)


def _needs(path: str) -> str:
    return "needed" if path.rpartition("/")[2] in NEED_THE_VERSION else ""


def _shapes(told: dict[str, Any]) -> Iterator[str]:
    for name, shape in sorted(told["components"]["schemas"].items()):
        fields = ", ".join(f"`{key}`" for key in shape.get("properties", {}))
        yield f"| {name} | {fields} |"
