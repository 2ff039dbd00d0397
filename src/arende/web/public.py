"""The register as anybody may read it, without signing in: what is public and has been checked, and nothing besides.

A case under secrecy is not there, nor one whose first record nobody has found public yet: its title may be the
subject of a stranger's mail. Neither parties nor persons are shown or searched by, and of records only that they exist.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende import db, queries, rights, search, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.casewords import capital, document_words
from arende.endings import state_words
from arende.errors import Invalid, NotFound, Sentence
from arende.queries import Connection
from arende.register import parse_no
from arende.searchwords import wanted
from arende.web import labels, session
from arende.web.limits import Limit
from arende.web.pages import Pages
from arende.web.speech import Speech

PAGE = 50
"""Cases on one page."""
ASKED = ("q", "type", "from", "to", "open")
"""What one may search for. Parties, officers and bodies are no business of a search from outside."""
NOT_THERE = Sentence("Det finns inget sådant offentligt ärende.", "There is no such public case.")


def routes(app: App, pages: Pages) -> APIRouter:
    """``/public`` and ``/public/{register_no}``."""
    public, router = _Public(app, pages), APIRouter()
    router.add_api_route("/public", public.page, methods=["GET"])
    router.add_api_route("/public/{register_no}", public.case, methods=["GET"])
    return router


class _Public:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages
        self.visits = Limit(60, 60)

    def page(self, request: Request) -> Response:
        """What was searched for, last registered first."""
        self._open(request)
        if not self._visited(request):
            return self._too_many(request)
        t, given = self.pages.speech(request), request.query_params
        asked = {k: given.get(k, "").strip()[:100] for k in ASKED}
        before = given.get("before", "")
        place = int(before) if before.isdecimal() and len(before) < 19 else None
        sentences: list[str] = []
        with db.reading(self.app.engine) as conn:
            try:
                found = search.find(conn, wanted(asked), limit=PAGE, before=place, visible_to=rights.OUTSIDE)
            except Invalid as e:
                found, sentences = search.Found([], more=False), e.told(t.lang)
            rows = [self._line(self._rules(conn, row["definition"]), row, t) for row in found.rows]
            kinds = [self._rules(conn, sha) for sha in queries.types_used(conn).values()]
        types = sorted(((r.key, r.name(t.lang)) for r in kinds), key=lambda pair: pair[1])
        return self.pages.page(
            request, "public", 422 if sentences else 200, rows=rows, asked=asked, types=types, sentences=sentences,
            later=place is not None, kept={k: v for k, v in asked.items() if v},
            next=found.rows[-1]["id"] if found.more else None,
        )  # fmt: skip

    def case(self, request: Request, register_no: str) -> Response:
        """One case: its number, day, title and state, and which public records it has."""
        self._open(request)
        if not self._visited(request):
            return self._too_many(request)
        t = self.pages.speech(request)
        try:
            number = str(parse_no(register_no))
        except Invalid:
            raise NotFound(NOT_THERE) from None
        with db.reading(self.app.engine) as conn:
            found = search.find(conn, wanted({"q": number}), limit=1, visible_to=rights.OUTSIDE).rows
            if not found:
                raise NotFound(NOT_THERE)
            rules = self._rules(conn, found[0]["definition"])
            records = [d for d in queries.documents(conn, found[0]["id"]) if d["access"] == "public"]
        shown = [
            {
                "record_no": d["record_no"],
                "title": t.say(capital(document_words(rules, d["key"]))),
                "kind": t.pick(labels.DIRECTIONS, d["direction"]),
                "day": workdays.local_day(d["added_at"]),
            }
            for d in records
            if not d["removed"]
        ]
        return self.pages.page(request, "public_case", case=self._line(rules, found[0], t), records=shown)

    # ------------------------------------------------------------

    def _open(self, request: Request) -> None:
        """Raise NotFound where the site does not publish its register."""
        if not (self.app.settings.public_register or session.look(request).house.demo):
            raise NotFound(NOT_THERE)

    def _visited(self, request: Request) -> bool:
        return self.visits.take(request.client.host if request.client else "")

    def _too_many(self, request: Request) -> Response:
        t = self.pages.speech(request)
        answer = self.pages.problem(request, 429, "public_too_many", [t("public_too_many_do")])
        answer.headers["Retry-After"] = "60"
        return answer

    def _rules(self, conn: Connection, sha256: str) -> CaseType:
        return self.app.types.pinned(sha256, lambda h: queries.definition(conn, h))

    def _line(self, rules: CaseType, row: queries.Row, t: Speech) -> dict[str, Any]:
        return {
            "number": row["register_no"],
            "opened": workdays.local_day(row["opened_at"]),
            "title": row["title"],
            "type": rules.name(t.lang),
            "state": state_words(rules, row, t.lang),
            "closed": row["closed_at"] is not None,
        }
