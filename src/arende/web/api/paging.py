"""Long lists, page by page: a mark in the address says where the next page begins (RFC 8288)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query, Request
from starlette.responses import Response

from arende.errors import Sentence
from arende.web.api.problems import Told

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[
    str, Query(max_length=100, description="Where to go on: from the `Link` of the page before, as it stands there.")
]


def mark(*place: int) -> str:
    """The place after a row, for an address. Nobody needs to know what it means."""
    return base64.urlsafe_b64encode("-".join(map(str, place)).encode()).decode().rstrip("=")


def place(cursor: str, parts: int) -> tuple[int, ...] | None:
    """The place that an address names; None for the beginning. Raises Told for one that this list never gave."""
    if not cursor:
        return None
    try:
        found = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split("-")
    except (binascii.Error, ValueError) as e:
        raise Told("unreadable", _NO_PLACE) from e
    if len(found) != parts or not all(n.isdecimal() and len(n) <= 18 for n in found):
        raise Told("unreadable", _NO_PLACE)
    return tuple(map(int, found))


def onward(request: Request, response: Response, rows: Sequence[T], limit: int, after: Any) -> list[T]:
    """The rows of this page out of one more than fit; where there are more, the header says where they are.

    ``after`` makes the mark of a row.
    """
    shown = list(rows[:limit])
    if len(rows) > limit:
        url = request.url.include_query_params(cursor=after(shown[-1]))
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return shown


_NO_PLACE = Sentence(
    "Det finns ingen sådan plats i listan (cursor). Följ adressen i Link, eller börja om.",
    "There is no such place in the list (cursor). Follow the address in Link, or begin anew.",
)
