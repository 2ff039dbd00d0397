"""Records that wait for a registrar to say whether they are public: one after the other, with what they say."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import db, rights, unchecked
from arende.app import App
from arende.commands import CheckRecord
from arende.errors import ArendeError, Invalid, NotFound, Sentence
from arende.mailbox import harmless
from arende.mailread.understanding import text_of, understand
from arende.queries import Row
from arende.recordtext import PLAIN
from arende.register import parse_no
from arende.web import session, worklabels
from arende.web.acting import command_id
from arende.web.acts import ACTS
from arende.web.fields import Field, filled, lacking, marked
from arende.web.forms import Form, Sent
from arende.web.pages import Pages
from arende.web.speech import Speech

MOST = 200
"""Records on the page: the longest waiting."""
SHOWN = 200_000
"""Bytes of a text that is shown on the page."""
A_MAIL = "message/rfc822"
LARGEST_MAIL = 10_000_000


def routes(app: App, pages: Pages) -> APIRouter:
    """``/tray/secrecy`` and ``/tray/secrecy/{register_no}/{record_no}``."""
    secrecy, router = _Secrecy(app, pages), APIRouter()
    router.add_api_route("/tray/secrecy", secrecy.page, methods=["GET"])
    router.add_api_route("/tray/secrecy/{register_no}/{record_no:int}", secrecy.record, methods=["GET"])
    router.add_api_route("/tray/secrecy/{register_no}/{record_no:int}", secrecy.check, methods=["POST"])
    return router


class _Secrecy:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def page(self, request: Request) -> Response:
        """Every record that waits, the longest waiting first."""
        session.person(request)
        rights.demand_whole(session.look(request).rights)
        with db.reading(self.app.engine) as conn:
            rows, all_ = unchecked.records(conn, MOST), unchecked.count(conn)
        lines = [{**row, "sender": _sender(row)} for row in rows]
        done = request.query_params.get("done") == "check"
        return self.pages.page(request, "secrecy", rows=lines, all=all_, done=done)

    def record(self, request: Request, register_no: str, record_no: int) -> Response:
        """One record, and the question whether it is public."""
        session.person(request)
        rights.demand_whole(session.look(request).rights)
        t = self.pages.speech(request)
        return self._page(request, self._row(register_no, record_no), self._fields(t))

    def check(self, request: Request, register_no: str, record_no: int, form: Form) -> Response:
        """Say so, and go on to the next; or the record again with what is wrong."""
        rights.demand_whole(session.look(request).rights)
        t, row = self.pages.speech(request), self._row(register_no, record_no)
        fields = filled(self._fields(t), form.fields)
        fields = marked(fields, lacking(fields, t))
        if any(f.error for f in fields):
            return self._page(request, row, fields, form=form)
        try:
            self.app.do(_command(row, form))
        except ArendeError as e:
            return self._page(request, row, fields, e.told(t.lang), form)
        with db.reading(self.app.engine) as conn:
            after = unchecked.records(conn, 1)
        place = "/".join(str(after[0][k]) for k in ("register_no", "record_no")) if after else ""
        return RedirectResponse(f"/tray/secrecy{'/' if place else ''}{place}?done=check", 303)

    # ------------------------------------------------------------

    def _row(self, register_no: str, record_no: int) -> Row:
        try:
            number = str(parse_no(register_no))
        except Invalid as e:
            raise NotFound(*e.sentences) from None
        with db.reading(self.app.engine) as conn:
            return unchecked.record(conn, number, record_no)

    def _fields(self, t: Speech) -> list[Field]:
        accesses = tuple((k, t.say(words)) for k, words in worklabels.ACCESSES.items())
        return [asks.field(t, {"accesses": accesses}) for asks in ACTS["check"].asks]

    def _page(
        self,
        request: Request,
        row: Row,
        fields: list[Field],
        told: list[str] = [],  # noqa: B006 – read, never changed
        form: Sent | None = None,
    ) -> Response:
        given = (form["command"] if form is not None else "") or str(uuid7())
        return self.pages.page(
            request, "secrecy_record", 200 if form is None else 422, r={**row, "sender": _sender(row)},
            fields=fields, told=told, command=given, text=self._text(row), action=request.url.path,
            done=request.query_params.get("done") == "check",
        )  # fmt: skip

    def _text(self, row: Row) -> str | None:
        """What the record says, where that can be shown as text."""
        kind, size = row["media_type"], row["size"]
        if kind == A_MAIL and size <= LARGEST_MAIL:
            return harmless(text_of(understand(self.app.storage.read(row["sha256"])).mail), lines=True)
        if kind in PLAIN and size <= SHOWN:
            return harmless(self.app.storage.read(row["sha256"]).decode("utf-8", "replace"), lines=True)
        return None


def _command(row: Row, form: Sent) -> CheckRecord:
    given: dict[str, Any] = {"access": form["access"], "ground": form["ground"].strip() or None}
    given |= {"register_no": row["register_no"], "record_no": row["record_no"]}
    try:
        return CheckRecord(id=command_id(form), actor=form.visitor.key, door="web", **given)
    except ValidationError:
        raise Invalid(Sentence("Välj offentlig eller sekretess.", "Choose public or secret.")) from None


def _sender(row: Row) -> str:
    return harmless(row["from_shown"] or row["from_address"] or "")
