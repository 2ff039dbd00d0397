"""Post on paper: a registrar registers a letter on a case, or opens one with it."""

from __future__ import annotations

import mimetypes
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import db, directory, rights, workdays
from arende.app import App
from arende.commands import MailRecord
from arende.errors import ArendeError
from arende.registercommands import RegisterPost
from arende.usecases.post import LONGEST, MOST_FILES
from arende.web import session
from arende.web.acting import command_id
from arende.web.fields import Field, filled, lacking, marked
from arende.web.forms import Sent, form_with
from arende.web.newcase import may_register
from arende.web.pages import Pages
from arende.web.session import Visitor
from arende.web.speech import Speech

Letter = Annotated[Sent, Depends(form_with(MOST_FILES, largest=4))]
"""A form with the scanned pages; each file as large as the settings allow, and a few such in all."""


def routes(app: App, pages: Pages) -> APIRouter:
    """``/tray/post``."""
    post, router = _Post(app, pages), APIRouter()
    router.add_api_route("/tray/post", post.page, methods=["GET"])
    router.add_api_route("/tray/post", post.take, methods=["POST"])
    return router


class _Post:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def page(self, request: Request) -> Response:
        """What is asked of a letter."""
        visitor, t = session.person(request), self.pages.speech(request)
        rights.demand_whole(session.look(request).rights)
        return self._page(request, self._fields(visitor, t))

    def take(self, request: Request, form: Letter) -> Response:
        """Register it, or show the form again with what is wrong."""
        rights.demand_whole(session.look(request).rights)
        t = self.pages.speech(request)
        fields = filled(self._fields(form.visitor, t), form.fields)
        wrong = lacking(fields, t)
        if "arrived_on" not in wrong and _day(form["arrived_on"]) is None:
            wrong["arrived_on"] = t("value_wrong", field=t("post_arrived"))
        if not (form["register_no"].strip() or form["type"]):
            wrong["register_no"] = t("post_where_missing")
        if wrong:
            return self._page(request, marked(fields, wrong), (), form)
        try:
            outcome = self.app.do(self._command(form))
        except ArendeError as e:
            return self._page(request, fields, e.told(t.lang), form)
        return RedirectResponse(f"/tray/post?done={outcome.register_no}", 303)

    def _command(self, form: Sent) -> RegisterPost:
        case = form["register_no"].strip()
        given: dict[str, Any] = {k: form[k].strip() or None for k in ("party", "kept_at")}
        if case:
            given["register_no"] = case
        else:
            title = form["title"].strip() or None
            given |= {"type": form["type"], "title": title, "secrecy": form["secrecy"] == "true"}
        return RegisterPost(
            id=command_id(form), actor=form.visitor.key, door="web", sender=form["sender"], about=form["about"],
            arrived_on=_day(form["arrived_on"]) or date.min, records=self._scanned(form), **given,
        )  # fmt: skip

    def _scanned(self, form: Sent) -> tuple[MailRecord, ...]:
        found = []
        for file in form.files("files"):
            sha256, size = self.app.storage.put(file.file)
            name = file.filename or "brev"
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            found.append(MailRecord(name=name, media_type=kind, size=size, sha256=sha256))
        return tuple(found)

    def _fields(self, visitor: Visitor, t: Speech) -> list[Field]:
        today = workdays.local_day(self.app.clock())
        with db.reading(self.app.engine) as conn:
            parties = directory.parties(conn, today)
        kinds = (self.app.types.current(key) for key in self.app.types.keys)
        types = sorted(((r.key, r.name(t.lang)) for r in kinds if may_register(r, visitor)), key=lambda pair: pair[1])
        size = t.size(self.app.settings.max_document_mb * 1_000_000)
        return [
            Field("sender", t("post_sender"), "text", True, t("post_sender_hint"), most=LONGEST),
            Field("about", t("post_about"), "text", True, t("post_about_hint"), most=300),
            Field("arrived_on", t("post_arrived"), "date", True, "", (), today.isoformat()),
            Field("files", t("post_files"), "files", False, t("post_files_hint", size=size)),
            Field("kept_at", t("post_kept"), "text", False, t("post_kept_hint"), most=LONGEST),
            Field("party", t("post_party"), "choice", False, t("post_party_hint"), tuple(parties)),
            Field("register_no", t("post_case"), "text", False, t("post_case_hint"), most=16),
            Field("type", t("post_type"), "choice", False, t("post_type_hint"), tuple(types)),
            Field("title", t("tray_title"), "text", False, t("post_title_hint"), most=300),
            Field("secrecy", t("new_case_secrecy"), "yesno", False, t("new_case_secrecy_hint"), (), "false"),
        ]

    def _page(self, request: Request, fields: list[Field], told: Any = (), form: Sent | None = None) -> Response:
        given = (form["command"] if form is not None else "") or str(uuid7())
        return self.pages.page(
            request, "post", 200 if form is None else 422, fields=fields, told=told, command=given,
            done=_number(request.query_params.get("done", "")),
        )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _number(text: str) -> str:
    return text if text.isalnum() and len(text) <= 12 else ""
