"""Meetings: the year body by body, one meeting whole, and what other programs take: calendar files and the package."""

from __future__ import annotations

import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import agendapackage, db, desk, directory, meetingqueries, queries, rights, workdays
from arende.app import App
from arende.errors import ArendeError
from arende.queries import Connection, Row
from arende.usecases import meetingdays, meetingmails, meetingview
from arende.usecases.options import offers
from arende.web import cases, inbox, meetingacting, rollcall, session
from arende.web.caseoffers import CaseOffers
from arende.web.casepage import CasePage
from arende.web.meetingacts import ACTS, ITEM_ACTS
from arende.web.meetinglabels import MONTHS
from arende.web.meetingsight import found, number_of, opened, page_of, rules_of
from arende.web.pages import Pages
from arende.web.speech import Speech

ICS = "text/calendar; charset=utf-8"


def routes(app: App, pages: Pages) -> APIRouter:
    """``/meetings`` and ``/meetings/{register_no}`` with its files."""
    meetings, router = _Meetings(app, pages), APIRouter()
    for path, answer in (
        ("/meetings", meetings.year),
        ("/live/meetings", meetings.live),
        ("/meetings/calendar/{body}.ics", meetings.calendar),
        ("/meetings/{register_no}", meetings.show),
        ("/meetings/{register_no}/meeting.ics", meetings.entry),
        ("/meetings/{register_no}/package.zip", meetings.package),
    ):
        router.add_api_route(path, answer, methods=["GET"])
    router.include_router(meetingacting.routes(app, pages))
    router.include_router(rollcall.routes(app, pages))
    return router


class _Meetings:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    # ------------------------------------------------------------ the year

    def year(self, request: Request) -> Response:
        """The meetings of a year, of every body or of one."""
        visitor = session.reader(request)
        t, today = self.pages.speech(request), workdays.local_day(self.app.clock())
        with db.reading(self.app.engine) as conn:
            years = meetingqueries.years(conn)
            year = _year(request.query_params.get("year", ""), years, today)
            rows = meetingqueries.of_year(conn, year)
            version = self._mark(conn, request, rows)
            bodies = dict(directory.all_bodies(conn, today, t.lang)) | queries.names(
                conn, {r["body"] for r in rows}, t.lang
            )
            chosen = request.query_params.get("body", "")
            shown = [r for r in rows if chosen in ("", r["body"])]
            seen = rights.seen(conn, session.look(request).rights, shown)
            lines = [self._line(conn, row, t, bodies, seen) for row in shown]
        ahead = [m for m in lines if m["last_day"] >= today]
        met = dict(sorted({r["body"]: bodies[r["body"]] for r in rows}.items(), key=lambda b: b[1].casefold()))
        return self.pages.page(
            request, "meetings", year=year, years=sorted({*years, today.year}, reverse=True), chosen=chosen, met=met,
            grid=_grid(lines, bodies), months=[t.say(m) for m in MONTHS], coming=ahead,
            past=[m for m in reversed(lines) if m not in ahead], this_year=year == today.year,
            plans=visitor is not None and visitor.holds("secretary", "registrar"), version=version,
        )  # fmt: skip

    def live(self, request: Request) -> Response:
        """A mark that changes when the meetings of a year do: what a page that stands open asks for."""
        session.reader(request)
        today = workdays.local_day(self.app.clock())
        with db.reading(self.app.engine) as conn:
            year = _year(request.query_params.get("year", ""), [today.year], today)
            version = self._mark(conn, request, meetingqueries.of_year(conn, year))
        return inbox.marked(request, version)

    def _mark(self, conn: Connection, request: Request, rows: list[Row]) -> str:
        seen = rights.seen(conn, session.look(request).rights, rows)
        return inbox.mark_of({**r, "place": r["place"] if r["id"] in seen else None} for r in rows)

    def _line(
        self, conn: Connection, row: Row, t: Speech, bodies: dict[str, str], seen: frozenset[int]
    ) -> dict[str, Any]:
        rules = self.app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
        hidden = row["id"] not in seen
        due = meetingdays.papers_in(meetingdays.body_row(conn, row["body"]), row["day"])
        return {
            "number": row["register_no"],
            "body": row["body"],
            "name": bodies.get(row["body"], row["body"]),
            "day": row["day"],
            "last_day": row["last_day"],
            "when": meetingmails.when(row, t.lang),
            "place": None if hidden else row["place"],
            "secret": hidden,
            "papers": None if due is None else due.date,
            "state": rules.state_title(row["state"], t.lang),
            "final": rules.states[row["state"]].final,
            "cancelled": row["state"] == meetingdays.CALLED_OFF,
        }

    # ------------------------------------------------------------ one meeting

    def show(self, request: Request, register_no: str) -> Response:
        """One meeting: its agenda, who is there, what was decided, its minutes and notice."""
        visitor = session.reader(request)
        number = number_of(register_no)
        if number != register_no:
            return RedirectResponse(f"/meetings/{number}", 308)
        t, today = self.pages.speech(request), workdays.local_day(self.app.clock())
        with db.reading(self.app.engine) as conn:
            row = found(conn, number)
            case, rules = row["case"], rules_of(self.app, conn, row["case"])
            if not rights.may_see(conn, session.look(request).rights, case):
                return self.pages.page(request, "secret", number=number, state=rules.state_title(case["state"], t.lang))
            read = cases.read(conn, case, t.lang, today, session.look(request).rights)
            page, version = page_of(self.app, conn, request, row, t), desk.marker(conn, number)
        given = offers(self.app, number, visitor.key) if visitor else None
        held = meetingacting.held_in(self.app, number, visitor)
        gathers = ACTS["add"].is_for(held, case["state"])
        return self.pages.page(
            request, "meeting", c=CasePage(read, rules, t, today), m=page, case=case, command=str(uuid7()),
            o=CaseOffers(read, rules, given, visitor, t), acts=meetingacting.offered(ACTS, held, case["state"], t),
            item_acts=meetingacting.offered(ITEM_ACTS, held, case["state"], t),
            from_minutes=rollcall.takes_minutes(held, page),
            waiting=meetingview.waiting(self.app, number) if gathers else [],
            taken=meetingacting.taken(request, t) or cases.taken(request, case, rules, t), version=version,
        )  # fmt: skip

    # ------------------------------------------------------------ files

    def calendar(self, request: Request, body: str) -> Response:
        """A body's meetings of a year as a calendar file, as they are now."""
        session.reader(request)
        from arende.usecases import calendarfiles  # with its library: few requests are for calendars

        t, now = self.pages.speech(request), self.app.clock()
        year = _year(request.query_params.get("year", ""), [], workdays.local_day(now))
        made = calendarfiles.of_body(self.app, body, t.lang).within(date(year, 1, 1), date(year, 12, 31))
        return Response(made.ics(now), 200, _saved(f"{_plain(body)}-{year}.ics"), ICS)

    def entry(self, request: Request, register_no: str) -> Response:
        """One meeting as a calendar file."""
        number = self._open(request, register_no)
        from arende.usecases import calendarfiles  # as above

        _, data = calendarfiles.of_meeting(self.app, number, self.pages.speech(request).lang)
        return Response(data, 200, _saved(f"{number}.ics"), ICS)

    def package(self, request: Request, register_no: str) -> Response:
        """The agenda with its papers in one file; what is secret or not checked is not in it."""
        number = self._open(request, register_no)
        folder = tempfile.TemporaryDirectory(prefix="arende-package-")
        try:
            files = agendapackage.write(self.app, number, Path(folder.name, number))
            whole = Path(folder.name, f"{number}.zip")
            with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
                for file in files:
                    packed.write(file, f"{number}/{file.name}")
        except (ArendeError, OSError):
            folder.cleanup()
            raise
        return FileResponse(whole, filename=f"{number}.zip", background=BackgroundTask(folder.cleanup))

    def _open(self, request: Request, register_no: str) -> str:
        """The number of a meeting that the visitor may see; raises NotFound."""
        session.reader(request)
        with db.reading(self.app.engine) as conn:
            return str(opened(conn, request, register_no)["case"]["register_no"])


def _year(asked: str, years: list[int], today: date) -> int:
    """The year asked for; else this one, or the last that has meetings."""
    if asked.isdecimal() and 1900 <= int(asked[:5]) <= 2999:
        return int(asked)
    return today.year if today.year in years or not years else years[0]


def _grid(lines: list[dict[str, Any]], bodies: dict[str, str]) -> list[dict[str, Any]]:
    """A row for each body, with a cell for each month."""
    rows: dict[str, list[list[dict[str, Any]]]] = {}
    for m in lines:
        rows.setdefault(m["body"], [[] for _ in range(12)])[m["day"].month - 1].append(m)
    named = sorted(rows.items(), key=lambda row: bodies.get(row[0], row[0]).casefold())
    return [{"body": key, "name": bodies.get(key, key), "months": months} for key, months in named]


def _plain(name: str) -> str:
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c in "_-"))[:64]


def _saved(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
