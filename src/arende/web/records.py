"""A case's records in the browser: opening one, adding one, and two versions side by side."""

from __future__ import annotations

import mimetypes

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import comparison, db, queries, recordtext, rights
from arende.app import App
from arende.casewords import document_words
from arende.commands import AddDocument
from arende.errors import ArendeError, NotFound, Sentence
from arende.queries import Row
from arende.web import casefields, drafting, session
from arende.web.acting import Asked, command_id
from arende.web.fields import Field, filled, lacking, marked
from arende.web.forms import Sent, Upload
from arende.web.linkdoor import sent
from arende.web.pages import Pages, place_of
from arende.web.sight import home_of, opened

NOT_THERE = Sentence("Det finns ingen sådan handling.", "There is no such record.")
PLACES, WORDS = 80, 1500
"""Changed places that a page shows, and words of one of them, which a mail has no room for."""


def routes(app: App, pages: Pages) -> APIRouter:
    """``/cases/{register_no}/documents/…``."""
    records, router = _Records(app, pages), APIRouter()
    router.add_api_route("/cases/{register_no}/documents/new", records.new, methods=["GET"])
    router.add_api_route("/cases/{register_no}/documents/new", records.take, methods=["POST"])
    router.add_api_route("/cases/{register_no}/documents/{record_no}", records.show, methods=["GET"])
    router.add_api_route("/cases/{register_no}/documents/{record_no}/changes", records.changes, methods=["GET"])
    return router


class _Records:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def show(self, request: Request, register_no: str, record_no: int) -> Response:
        """The bytes of a record: shown where that is harmless, else saved."""
        row = self._records(request, register_no).get(record_no)
        if row is None:
            raise NotFound(NOT_THERE)
        return sent(row, self.app.storage.read(row["sha256"]))

    def changes(self, request: Request, register_no: str, record_no: int) -> Response:
        """What the record says differently from the version before it."""
        t, records = self.pages.speech(request), self._records(request, register_no)
        now = records.get(record_no)
        before = max(
            (r for r in records.values() if now and r["key"] == now["key"] and r["version"] < now["version"]),
            key=lambda r: int(r["version"]),
            default=None,
        )
        if now is None or before is None:
            raise NotFound(NOT_THERE)
        with db.reading(self.app.engine) as conn:
            row, rules = opened(self.app, conn, request, register_no)
        old, new = (recordtext.text_of(self.app.storage, r) for r in (before, now))
        found = None if old is None or new is None else comparison.passages(old, new, PLACES, WORDS)
        what = t.say(document_words(rules, now["key"]))
        return self.pages.page(request, "changes", case=row, what=what, before=before, now=now, passages=found)

    def new(self, request: Request, register_no: str) -> Response:
        """What is asked of a record that is added."""
        visitor = session.person(request)
        row, asked = self._asked(request, register_no)
        asked.fields, asked.draft = drafting.continued(self.app, visitor, place_of(request.url), asked.fields)
        return self._page(request, row, asked)

    def take(self, request: Request, register_no: str, form: Upload) -> Response:
        """A record, or a new version of one."""
        t = self.pages.speech(request)
        row, asked = self._asked(request, register_no)
        asked.fields = filled(asked.fields, form.fields)
        files, wrong = form.files("file"), lacking(asked.fields, t)
        if not files:
            wrong["file"] = t("file_missing")
        asked.fields = marked(asked.fields, wrong)
        if wrong:
            return self._page(request, row, asked, form, 422)
        file = files[0]
        try:
            sha256, size = self.app.storage.put(file.file)
            self.app.do(
                AddDocument(
                    id=command_id(form), actor=form.visitor.key, door="web", register_no=row["register_no"],
                    key=form["kind"], file_name=file.filename or "", size=size, sha256=sha256,
                    media_type=mimetypes.guess_type(file.filename or "")[0] or "application/octet-stream",
                    direction=form["direction"], reason=form["reason"] or None,
                )
            )  # fmt: skip
        except ArendeError as e:
            asked.sentences = e.told(t.lang)
            return self._page(request, row, asked, form, 422)
        drafting.taken(self.app, request, form)
        return RedirectResponse(f"{asked.home}?done=upload#records", 303)

    # ------------------------------------------------------------

    def _records(self, request: Request, register_no: str) -> dict[int, Row]:
        """The records that the visitor may open, by number."""
        session.reader(request)
        who = session.look(request).rights
        with db.reading(self.app.engine) as conn:
            row, _ = opened(self.app, conn, request, register_no)
            found = [d for d in queries.documents(conn, row["id"]) if not d["removed"]]
            return {d["record_no"]: d for d in found if rights.may_open(conn, who, row, d)}

    def _asked(self, request: Request, register_no: str) -> tuple[Row, Asked]:
        t = self.pages.speech(request)
        with db.reading(self.app.engine) as conn:
            row, rules = opened(self.app, conn, request, register_no)
            known = casefields.choices(self.app, conn, rules, row["fields"], t, None)
        size = t.size(self.app.settings.max_document_mb * 1_000_000)
        fields = [
            Field("kind", t("upload_kind"), "choice", True, t("upload_kind_hint"), known["documents"]),
            Field("file", t("upload_file"), "file", True, t("upload_file_hint", size=size)),
            Field("direction", t("upload_direction"), "radio", True, "", known["directions"], "drawn_up"),
            Field("reason", t("upload_reason"), "text", False, t("upload_reason_hint")),
        ]
        return row, Asked(t("upload"), t("upload_do"), fields, home=home_of(rules, row["register_no"]))

    def _page(self, request: Request, row: Row, asked: Asked, form: Sent | None = None, status: int = 200) -> Response:
        if form is not None:
            drafting.refused(self.app, request, form)
        given = (form["command"] if form is not None else "") or str(uuid7())
        return self.pages.page(
            request, "act", status, a=asked, case=row, made_from=row, command=given, action=request.url.path
        )
