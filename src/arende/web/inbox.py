"""The first page of whoever is signed in: what waits for them, what waits for others, and what they watch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid5

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import db, desk, directory, queries, rights, workdays
from arende.app import App
from arende.commands import AssignCase, Command
from arende.deskcommands import Remind, Unwatch, Watch
from arende.errors import ArendeError
from arende.usecases.foreseeing import foreseen
from arende.usecases.inbox import waiting_for
from arende.web import begun, session
from arende.web.acting import command_id
from arende.web.forms import Form
from arende.web.inboxpage import InboxPage
from arende.web.pages import Pages
from arende.web.sight import opened

MOST = 100
"""Rows of each list, and cases that are assigned in one go."""
MAY_ASSIGN = ("manager", "registrar", "administrator", "case_officer")


def routes(app: App, pages: Pages, otherwise: Callable[[Request], Response]) -> APIRouter:
    """``/``, and what is done to several cases at once. ``otherwise`` is the first page of whoever is not signed in."""
    inbox, router = _Inbox(app, pages, otherwise), APIRouter()
    router.add_api_route("/", inbox.show, methods=["GET"])
    router.add_api_route("/live/", inbox.live, methods=["GET"])
    router.add_api_route("/live/cases/{register_no}", inbox.live_case, methods=["GET"])
    router.add_api_route("/several", inbox.several, methods=["POST"])
    router.add_api_route("/cases/{register_no}/watch", inbox.watch, methods=["POST"])
    return router


class _Inbox:
    def __init__(self, app: App, pages: Pages, otherwise: Callable[[Request], Response]) -> None:
        self.app, self.pages, self.otherwise = app, pages, otherwise

    def show(self, request: Request) -> Response:
        """The inbox; for whoever is not signed in, the cases that anybody may read."""
        visitor = session.reader(request)
        if visitor is None:
            return self.otherwise(request)
        t, today = self.pages.speech(request), workdays.local_day(self.app.clock())
        with db.reading(self.app.engine) as conn:
            waiting = waiting_for(conn, visitor.actor.id, today, MOST)
            running = desk.running(conn, visitor.actor.id, MOST)
            watched = desk.watched(conn, visitor.actor.id, MOST)
            seen = rights.seen(conn, session.look(request).rights, _cases([*waiting, *running, *watched]))
            page = InboxPage(self.app, conn, visitor, t, today, seen)
            lists = page.waiting(waiting), page.running(running, waiting), page.watched(watched)
            drafts = begun.by(self.app, conn, session.look(request), visitor, t)
            colleagues = directory.staff(conn, today) if visitor.holds(*MAY_ASSIGN) else ()
        return self.pages.page(
            request, "inbox", i=page, colleagues=colleagues, command=str(uuid7()),
            version=_version(waiting, running, watched), waiting=lists[0], running=lists[1], watched=lists[2],
            most=MOST, drafts=drafts, cut=[len(rows) == MOST for rows in (waiting, running, watched)],
        )  # fmt: skip

    # ------------------------------------------------------------ what has changed

    def live(self, request: Request) -> Response:
        """A mark that changes when the inbox does: what a page that stands open asks for."""
        visitor = session.person(request)
        with db.reading(self.app.engine) as conn:
            waiting = waiting_for(conn, visitor.actor.id, workdays.local_day(self.app.clock()), MOST)
            running, watched = (read(conn, visitor.actor.id, MOST) for read in (desk.running, desk.watched))
        return marked(request, _version(waiting, running, watched))

    def live_case(self, request: Request, register_no: str) -> Response:
        """A mark that changes when the case does."""
        session.reader(request)
        with db.reading(self.app.engine) as conn:
            row, _ = opened(self.app, conn, request, register_no)
            mark = desk.marker(conn, row["register_no"])
        return marked(request, mark or "")

    # ------------------------------------------------------------ several cases at once

    def several(self, request: Request, form: Form) -> Response:
        """Assign the cases that were selected, or remind in them: what will happen, then what became of it.

        Each is a command of its own. Nothing is decided so: that takes each case's own page.
        """
        t, reminds = self.pages.speech(request), form["do"] == "remind"
        numbers = list(dict.fromkeys(form.all("case")))[:MOST]
        if not numbers or not (reminds or form["officer"]):
            told = [(t("bulk"), t("bulk_none") if not numbers else t("field_missing", field=t("officer")))]
            return self.pages.page(request, "bulk", 422, told=told)
        if not form["confirmed"]:
            return self._foreseen(request, form, numbers, reminds=reminds)
        told = [(number, self._tried(self._command(form, number, reminds=reminds), t.lang)) for number in numbers]
        return self.pages.page(request, "bulk", told=told)

    def _foreseen(self, request: Request, form: Form, numbers: list[str], *, reminds: bool) -> Response:
        """Each case with what will happen to it, to be confirmed; then those where it cannot be done, and why."""
        t, today = self.pages.speech(request), workdays.local_day(self.app.clock())
        ahead = {no: foreseen(self.app, self._command(form, no, reminds=reminds)) for no in numbers}
        with db.reading(self.app.engine) as conn:
            rows = [queries.case(conn, no) for no in numbers if not ahead[no].refused]
            seen = rights.seen(conn, session.look(request).rights, _cases(rows))
            listed = InboxPage(self.app, conn, form.visitor, t, today, seen).running(rows, [])
            to = queries.names(conn, {form["officer"]}, t.lang).get(form["officer"], form["officer"])
        officers = {row["register_no"]: row["officer_name"] for row in rows}
        can = [
            {**case, "happens": t("bulk_reminds", names=", ".join(ahead[case["number"]].mails_to)) if reminds
             else t("bulk_assigns", to=to, now=officers[case["number"]] or t("bulk_nobody"))}
            for case in listed
        ]  # fmt: skip
        return self.pages.page(
            request, "bulk_ask", can=can,
            cannot=[(no, " ".join(t.say(s) for s in a.refused)) for no, a in ahead.items() if a.refused],
            title=t("bulk_ask_remind") if reminds else t("bulk_ask_assign", to=to), command=str(uuid7()),
            do="remind" if reminds else "assign", officer=form["officer"],
        )  # fmt: skip

    def _command(self, form: Form, number: str, *, reminds: bool) -> Command:
        given: dict[str, Any] = {"actor": form.visitor.key, "door": "web", "register_no": number}
        given["id"] = uuid5(command_id(form), f"{form['do']} {number}")  # sent twice, it is the same commands
        return Remind(**given) if reminds else AssignCase(**given, officer=form["officer"])

    def _tried(self, command: Command, lang: str) -> str:
        """Why it was not done; empty when it was."""
        try:
            self.app.do(command)
        except ArendeError as e:
            return " ".join(e.told(lang))
        return ""

    def watch(self, request: Request, register_no: str, form: Form) -> Response:
        """Watch a case, or stop."""
        kind = Watch if form["watch"] == "true" else Unwatch
        with db.reading(self.app.engine) as conn:
            row, _ = opened(self.app, conn, request, register_no)
        number = row["register_no"]
        self.app.do(kind(id=command_id(form), actor=form.visitor.key, door="web", register_no=number))
        return RedirectResponse(f"/cases/{number}?done={kind.name}", 303)


def _cases(rows: list[desk.Row]) -> list[desk.Row]:
    """The case of each row, as the filter of rights wants it."""
    return [{"id": r.get("case_id", r["id"]), "secrecy": r["secrecy"]} for r in rows]


def _version(*lists: list[desk.Row]) -> str:
    return mark_of(
        (r["id"], r.get("kind", ""), r["state"], str(r["due_at"]), r.get("version", 0)) for rows in lists for r in rows
    )


def mark_of(told: Iterable[object]) -> str:
    """A mark that changes with what is told."""
    return hashlib.sha256(repr(list(told)).encode()).hexdigest()[:16]


def marked(request: Request, version: str) -> Response:
    """The version, or only that it is still the one that the page has."""
    tag = f'"{version}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return JSONResponse({"version": version}, headers={"ETag": tag})
