"""The registrar's tray in the browser: mail that nothing could place, looked at and sorted.

What a stranger sends is shown as text; its formatted part is locked in, and its files are saved where they could run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import db, intake, queries, rights
from arende.app import App
from arende.casetypes import CaseType
from arende.commands import TriageMail
from arende.errors import ArendeError, Invalid, NotFound, Sentence
from arende.mailbox import harmless
from arende.mailread.inmail import InMail
from arende.mailread.understanding import text_of, understand
from arende.queries import Connection, Row
from arende.register import parse_no
from arende.traywords import STATES, reason
from arende.web import session
from arende.web.acting import command_id
from arende.web.fields import Field, filled, lacking, marked
from arende.web.forms import Form, Sent
from arende.web.linkdoor import sent
from arende.web.mail import LETTER_CSP
from arende.web.newcase import may_register
from arende.web.pages import Pages
from arende.web.session import Visitor
from arende.web.speech import Speech
from arende.web.traylabels import ACTIONS

MOST = 200
"""Mails on the page: the oldest that wait."""
NOT_THERE = Sentence("Det finns inget sådant mejl.", "There is no such mail.")


def routes(app: App, pages: Pages) -> APIRouter:
    """``/tray`` and ``/tray/{number}/…``."""
    tray, router = _Tray(app, pages), APIRouter()
    router.add_api_route("/tray", tray.page, methods=["GET"])
    router.add_api_route("/tray/{number:int}", tray.mail, methods=["GET"])
    router.add_api_route("/tray/{number:int}/html", tray.formatted, methods=["GET"])
    router.add_api_route("/tray/{number:int}/mail.eml", tray.whole, methods=["GET"])
    router.add_api_route("/tray/{number:int}/files/{n:int}", tray.file, methods=["GET"])
    router.add_api_route("/tray/{number:int}/{action}", tray.triage, methods=["POST"])
    return router


class _Tray:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    # ------------------------------------------------------------ looking

    def page(self, request: Request) -> Response:
        """The mails of one state, the oldest first."""
        _registrar(request)
        t, state = self.pages.speech(request), request.query_params.get("state", "tray")
        state = state if state in STATES else "tray"
        with db.reading(self.app.engine) as conn:
            found = queries.inbound(conn, state=state, limit=MOST)
        states = [(key, t.say(words)) for key, words in STATES.items()]
        lines = [_line(row, t) for row in found]
        return self.pages.page(request, "tray", rows=lines, state=state, states=states, done=_done(request, t))

    def mail(self, request: Request, number: int) -> Response:
        """One mail, and what can be done with it."""
        visitor = _registrar(request)
        return self._page(request, visitor, number, {})

    def formatted(self, request: Request, number: int) -> Response:
        """The formatted part alone, locked in."""
        _registrar(request)
        _, mail = self._read(number)
        html = "\n<hr>\n".join(piece.html for piece in mail.written if piece.html)
        return HTMLResponse(html, headers={"Content-Security-Policy": LETTER_CSP, "X-Frame-Options": "SAMEORIGIN"})

    def whole(self, request: Request, number: int) -> Response:
        """The mail as it came, to be saved."""
        _registrar(request)
        row = self._row(number)
        return sent({"name": f"mejl-{number}.eml", "media_type": "message/rfc822"}, self._raw(row))

    def file(self, request: Request, number: int, n: int) -> Response:
        """A file of the mail, shown where that is harmless."""
        _registrar(request)
        _, mail = self._read(number)
        if not 1 <= n <= len(mail.attachments):
            raise NotFound(NOT_THERE)
        one = mail.attachments[n - 1]
        return sent({"name": one.name or f"bilaga-{n}", "media_type": one.media_type}, one.data)

    # ------------------------------------------------------------ sorting

    def triage(self, request: Request, number: int, action: str, form: Form) -> Response:
        """Do it, or show the mail again with what is wrong."""
        rights.demand_whole(session.look(request).rights)
        if action not in ACTIONS:
            raise NotFound(NOT_THERE)
        t, asked = self.pages.speech(request), self._forms(self._row(number), form.visitor, self.pages.speech(request))
        fields = filled(asked[action], form.fields)
        fields = marked(fields, lacking(fields, t))
        if any(f.error for f in fields):
            return self._page(request, form.visitor, number, {action: fields}, action=action, form=form)
        try:
            outcome = self.app.do(self._command(number, action, form, fields))
        except ArendeError as e:
            told = e.told(t.lang)
            return self._page(request, form.visitor, number, {action: fields}, told, action=action, form=form)
        query = f"done={action}" + (f"&case={outcome.register_no}" if outcome.register_no else "")
        return RedirectResponse(f"/tray?{query}", 303)

    def _command(self, number: int, action: str, form: Sent, fields: list[Field]) -> TriageMail:
        given: dict[str, Any] = {f.name.removeprefix(f"{action}_"): f.given for f in fields if f.given}
        if "secrecy" in given:
            given["secrecy"] = given["secrecy"] == "true"
        records = intake.parts(self.app, number) if action in ("file", "new") else ()
        try:
            return TriageMail(
                id=command_id(form), actor=form.visitor.key, door="web", inbound=number, action=action,
                records=records, **given,
            )  # fmt: skip
        except ValidationError:
            raise Invalid(NOT_THERE) from None

    def _forms(self, row: Row, visitor: Visitor, t: Speech) -> dict[str, list[Field]]:
        """What each way asks for."""
        note = Field("note", t("tray_note"), "long", most=900)
        number, known = t("tray_number"), row["register_no"] or ""
        types = tuple(sorted(((r.key, r.name(t.lang)) for r in self._types(visitor)), key=lambda pair: pair[1]))
        secrecy = Field("secrecy", t("new_case_secrecy"), "yesno", True, t("new_case_secrecy_hint"), (), "false")
        asked: dict[str, list[Field]] = {
            "file": [Field("register_no", number, "text", True, t("tray_number_hint"), (), known, most=16)],
            "new": [
                Field("type", t("tray_type"), "choice", True, "", types),
                Field("title", t("tray_title"), "text", True, "", (), harmless(row["subject"])[:300], most=300),
                secrecy,
            ],
            "forward": [Field("to", t("tray_to"), "text", True, most=200), note],
            "keep": [note],
            "junk": [note],
        }
        return {way: [replace(f, name=f"{way}_{f.name}") for f in fields] for way, fields in asked.items()}

    def _types(self, visitor: Visitor) -> list[CaseType]:
        kinds = (self.app.types.current(key) for key in self.app.types.keys)
        return [rules for rules in kinds if may_register(rules, visitor)]

    # ------------------------------------------------------------ one mail

    def _page(
        self,
        request: Request,
        visitor: Visitor,
        number: int,
        asked: dict[str, list[Field]],
        told: list[str] = [],  # noqa: B006 – read, never changed
        *,
        action: str = "",
        form: Sent | None = None,
    ) -> Response:
        """The mail with its forms; ``asked`` is the one that came back, of ``action``."""
        t, (row, mail) = self.pages.speech(request), self._read(number)
        forms = self._forms(row, visitor, t) | asked
        ways = [
            {
                "key": key,
                "title": t.say(title),
                "help": t.say(help_),
                "button": t.say(button),
                "fields": forms[key],
                "open": key == action or (not action and key == "file" and bool(row["register_no"])),
            }
            for key, (title, help_, button) in ACTIONS.items()
        ]
        given = (form["command"] if form is not None else "") or str(uuid7())
        return self.pages.page(
            request, "tray_mail", 422 if action else 200, mail=_line(row, t), ways=ways, told=told, command=given,
            text=harmless(text_of(mail), lines=True), files=mail.attachments, unread=mail.unread is not None,
            wrong=asked.get(action, []), html=any(piece.html for piece in mail.written),
            state=t.pick(STATES, row["state"]), settled=row["state"] in ("done", "received"),
        )  # fmt: skip

    def _read(self, number: int) -> tuple[Row, InMail]:
        row = self._row(number)
        return row, understand(self._raw(row)).mail

    def _raw(self, row: Row) -> bytes:
        return self.app.storage.read(row["raw_sha256"])

    def _row(self, number: int) -> Row:
        with db.reading(self.app.engine) as conn:
            return _mail(conn, number)


def _mail(conn: Connection, number: int) -> Row:
    if number >= 2**63:
        raise NotFound(NOT_THERE)
    return queries.inbound_mail(conn, number)


def _registrar(request: Request) -> Visitor:
    """Who is signed in, if they are a registrar or stand in for one."""
    visitor = session.person(request)
    rights.demand_whole(session.look(request).rights)
    return visitor


def _line(row: Row, t: Speech) -> Row:
    """The mail's row with what is shown of it; nothing of a stranger's turns the text around."""
    shown = row["from_shown"] or row["from_address"] or row["mail_from"] or "–"
    return {
        **row,
        "why": t.say(reason(row["reason"])),
        "sender": harmless(shown),
        "subject": harmless(row["subject"]) or "–",
        "to": harmless(row["recipient"]),
    }


def _done(request: Request, t: Speech) -> tuple[str, str]:
    """What has just been done, and on which case; nothing where the address says nothing that we know."""
    done, case = request.query_params.get("done", ""), request.query_params.get("case", "")
    if done not in ACTIONS:
        return "", ""
    try:
        number = str(parse_no(case)) if case else ""
    except Invalid:
        number = ""
    return t(f"tray_done_{done}", number=number), number
