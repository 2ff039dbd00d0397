"""The register: searched by what stands in the address, so that a search can be kept, sent and gone back to."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import db, directory, queries, search, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.commands import Command
from arende.endings import state_words
from arende.errors import ArendeError, Invalid
from arende.queries import Connection
from arende.searchcommands import ForgetSearch, SaveSearch
from arende.searchwords import ASKED, wanted
from arende.sheetfile import MEDIA_TYPE, harmless, xlsx
from arende.terms import BUILT_IN_ROLES
from arende.usecases import savedsearches
from arende.web import session
from arende.web.acting import command_id
from arende.web.forms import Form, Sent
from arende.web.pages import Pages
from arende.web.session import Look
from arende.web.speech import Speech

PAGE = 50
"""Cases on one page."""
MOST = 10_000
"""Cases in one file."""
_MOST_TOLD = f"{MOST:,}".replace(",", "\N{NO-BREAK SPACE}")


def routes(app: App, pages: Pages) -> APIRouter:
    """``/register``, its files, and ``/register/saved``."""
    register, router = _Register(app, pages), APIRouter()
    router.add_api_route("/register", register.page, methods=["GET"])
    router.add_api_route("/register.csv", register.csv, methods=["GET"])
    router.add_api_route("/register.xlsx", register.xlsx, methods=["GET"])
    router.add_api_route("/register/saved", register.save, methods=["POST"])
    router.add_api_route("/register/forgotten", register.forget, methods=["POST"])
    return router


class _Register:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def page(self, request: Request) -> Response:
        """What was searched for, last registered first."""
        session.reader(request)
        return self._page(request, _asked(request.query_params))

    def _page(self, request: Request, asked: dict[str, str], told: Sequence[str] = ()) -> Response:
        t = self.pages.speech(request)
        before = request.query_params.get("before", "")
        place = int(before) if before.isdecimal() and len(before) < 19 else None
        sentences, who = list(told), session.look(request).rights
        with db.reading(self.app.engine) as conn:
            try:
                found = search.find(conn, wanted(asked), limit=PAGE, before=place, visible_to=who)
            except Invalid as e:
                found, sentences = search.Found([], more=False), [*told, *e.told(t.lang)]
            lines = [self._line(conn, row, t) for row in found.rows]
            choices = self._choices(conn, t)
            saved = [_saved(row, t) for row in savedsearches.seen(conn, who)]
        return self.pages.page(
            request, "register", 422 if sentences else 200, rows=lines, asked=asked, choices=choices, found=found,
            sentences=sentences, later=place is not None, most=_MOST_TOLD, searched=any(asked.values()),
            saved=saved, offices=_offices(session.look(request), t), command=str(uuid7()),
            published=self.app.settings.public_register or session.look(request).house.demo,
            done=request.query_params.get("done", ""), kept={k: v for k, v in asked.items() if v},
            next=found.rows[-1]["id"] if found.more else None,
        )  # fmt: skip

    def csv(self, request: Request) -> Response:
        """The same as text for a spreadsheet."""
        t, lines = self._all(request)
        text = _csv(lines, t).encode("utf-8-sig")
        return Response(text, media_type="text/csv; charset=utf-8", headers=_attached("register.csv", t))

    def xlsx(self, request: Request) -> Response:
        """The same as a spreadsheet."""
        t, lines = self._all(request)
        rows = ([line["opened"] if label == "register_opened" else value(line) for label, value in COLUMNS]
                for line in lines)  # fmt: skip
        sheet = xlsx(t("register_"), [t(label) for label, _ in COLUMNS], rows)
        return Response(sheet, media_type=MEDIA_TYPE, headers=_attached("register.xlsx", t))

    def _all(self, request: Request) -> tuple[Speech, list[dict[str, Any]]]:
        """What the address searches for, as much of it as a file holds."""
        session.reader(request)
        t, asked = self.pages.speech(request), wanted(_asked(request.query_params))
        with db.reading(self.app.engine) as conn:
            rows = search.find(conn, asked, limit=MOST, visible_to=session.look(request).rights).rows
            return t, [self._line(conn, row, t) for row in rows]

    # ------------------------------------------------------------ under a name

    def save(self, request: Request, form: Form) -> Response:
        """Keep the search that the form carries."""
        asked = _asked(form.fields)
        given = {"called": form["called"], "shared_with": form["shared_with"] or None}
        return self._kept(request, form, SaveSearch, given | {"asked": asked}, asked)

    def forget(self, request: Request, form: Form) -> Response:
        """Take away one of one's own."""
        return self._kept(request, form, ForgetSearch, {"called": form["called"]}, {})

    def _kept(
        self, request: Request, form: Sent, kind: type[Command], given: dict[str, Any], asked: dict[str, str]
    ) -> Response:
        try:
            self.app.do(kind(id=command_id(form), actor=form.visitor.key, door="web", **given))
        except ArendeError as e:
            return self._page(request, asked, e.told(self.pages.speech(request).lang))
        query = urlencode({k: v for k, v in asked.items() if v} | {"done": kind.name})
        return RedirectResponse(f"/register?{query}", 303)

    def _line(self, conn: Connection, row: queries.Row, t: Speech) -> dict[str, Any]:
        rules = self._rules(conn, row["definition"])
        return {
            "number": row["register_no"],
            "opened": workdays.local_day(row["opened_at"]),
            "title": row["title"],
            "type": rules.name(t.lang),
            "state": state_words(rules, row, t.lang),
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


def _asked(given: Mapping[str, str]) -> dict[str, str]:
    return {k: given.get(k, "").strip()[:200] for k in ASKED}


def _saved(row: dict[str, Any], t: Speech) -> dict[str, Any]:
    """A search under a name, as the page shows it."""
    return {**row, "for": office_words(row["shared_with"], t) if row["shared_with"] else ""}


def _offices(look: Look, t: Speech) -> list[tuple[str, str]]:
    """Whom the visitor may share a search with: whoever holds an office that is their own."""
    held = look.visitor.offices if look.visitor else frozenset()
    names = sorted({name for office, body in held for name in (office, f"{office}@{body}")})
    return [(name, office_words(name, t)) for name in names]


def office_words(name: str, t: Speech) -> str:
    """An office, or one of a body, in words: "secretary@rsau" is the secretary of RSAU."""
    office, _, body = name.partition("@")
    sv, en, _ = BUILT_IN_ROLES.get(office, (office, office, False))
    title = (en if t.lang == "en" else sv).replace("_", " ")
    return f"{title}, {body}" if body else title


def _attached(name: str, t: Speech) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": t.lang}


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
