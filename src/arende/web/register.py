"""The register: searched by what stands in the address, so that a search can be kept, sent and gone back to."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende import db, directory, queries, search, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.errors import Invalid
from arende.queries import Connection
from arende.searchwords import wanted
from arende.web import session
from arende.web.pages import Pages
from arende.web.speech import Speech

PAGE = 50
"""Cases on one page."""
MOST = 10_000
"""Cases in one file."""
_MOST_TOLD = f"{MOST:,}".replace(",", "\N{NO-BREAK SPACE}")
ASKED = ("q", "state", "type", "party", "body", "officer", "from", "to", "open")
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes what begins so for a formula (OWASP, CSV injection)."""


def routes(app: App, pages: Pages) -> APIRouter:
    """``/register`` and ``/register.csv``."""
    register, router = _Register(app, pages), APIRouter()
    router.add_api_route("/register", register.page, methods=["GET"])
    router.add_api_route("/register.csv", register.file, methods=["GET"])
    return router


class _Register:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def page(self, request: Request) -> Response:
        """What was searched for, last registered first."""
        session.reader(request)
        t, asked = self.pages.speech(request), _asked(request)
        before = request.query_params.get("before", "")
        place = int(before) if before.isdecimal() and len(before) < 19 else None
        sentences: list[str] = []
        with db.reading(self.app.engine) as conn:
            try:
                who = session.look(request).rights
                found = search.find(conn, wanted(asked), limit=PAGE, before=place, visible_to=who)
            except Invalid as e:
                found, sentences = search.Found([], more=False), e.told(t.lang)
            lines = [self._line(conn, row, t) for row in found.rows]
            choices = self._choices(conn, t)
        return self.pages.page(
            request, "register", 422 if sentences else 200, rows=lines, asked=asked, choices=choices, found=found,
            sentences=sentences, later=place is not None, most=_MOST_TOLD, searched=any(asked.values()),
            kept={k: v for k, v in asked.items() if v}, next=found.rows[-1]["id"] if found.more else None,
        )  # fmt: skip

    def file(self, request: Request) -> Response:
        """The same as a file for a spreadsheet."""
        session.reader(request)
        t = self.pages.speech(request)
        with db.reading(self.app.engine) as conn:
            who = session.look(request).rights
            rows = search.find(conn, wanted(_asked(request)), limit=MOST, visible_to=who).rows
            lines = [self._line(conn, row, t) for row in rows]
        text = _csv(lines, t)
        headers = {"Content-Disposition": 'attachment; filename="register.csv"', "Content-Language": t.lang}
        return Response(text.encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)

    def _line(self, conn: Connection, row: queries.Row, t: Speech) -> dict[str, Any]:
        rules = self._rules(conn, row["definition"])
        return {
            "number": row["register_no"],
            "opened": workdays.local_day(row["opened_at"]),
            "title": row["title"],
            "type": rules.name(t.lang),
            "state": rules.state_title(row["state"], t.lang),
            "officer": row["officer_name"] or "",
            "closed": row["closed_at"] is not None,
            "secret": row["secrecy"],
        }

    def _choices(self, conn: Connection, t: Speech) -> dict[str, list[tuple[str, str]]]:
        """What each list of the form offers."""
        today = workdays.local_day(self.app.clock())
        kinds = [self._rules(conn, sha) for sha in queries.types_used(conn).values()]
        states = {key: rules.state_title(key, t.lang) for rules in kinds for key in rules.states}
        return {
            "type": _by_name((rules.key, rules.name(t.lang)) for rules in kinds),
            "state": _by_name(states.items()),
            "party": list(directory.parties(conn, today)),
            "body": list(directory.all_bodies(conn, today, t.lang)),
        }

    def _rules(self, conn: Connection, sha256: str) -> CaseType:
        return self.app.types.pinned(sha256, lambda h: queries.definition(conn, h))


def _by_name(pairs: Any) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: pair[1].casefold())


def _asked(request: Request) -> dict[str, str]:
    return {k: request.query_params.get(k, "").strip()[:200] for k in ASKED}


COLUMNS: tuple[tuple[str, Callable[[dict[str, Any]], str]], ...] = (
    ("number", lambda line: line["number"]),
    ("register_opened", lambda line: line["opened"].isoformat()),
    ("title", lambda line: line["title"]),
    ("type", lambda line: line["type"]),
    ("state", lambda line: line["state"]),
    ("officer", lambda line: line["officer"]),
)
"""A file's columns: label and what stands in them."""


def _csv(lines: list[dict[str, Any]], t: Speech) -> str:
    """Semicolons, as spreadsheets in Sweden expect."""
    text = io.StringIO()
    write = csv.writer(text, delimiter=";", lineterminator="\r\n")
    write.writerow([t(label) for label, _ in COLUMNS])
    write.writerows([[harmless(value(line)) for _, value in COLUMNS] for line in lines])
    return text.getvalue()


def harmless(value: str) -> str:
    """What a spreadsheet shows as it is, and does not carry out."""
    return f"'{value}" if value.startswith(_RISKY) else value
