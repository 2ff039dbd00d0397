"""A person's own pages: absence, who steps in, how mails come, and what one has answered and may take back."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import absences, actors, db, directory, queries, workdays
from arende.app import App
from arende.casewords import act_done, act_noun, capital, office_words
from arende.commands import Command, WithdrawApproval
from arende.deskcommands import ChooseMail, ChooseShortcuts, EndAbsence, ReportAbsence
from arende.errors import ArendeError
from arende.queries import Connection
from arende.usecases import decided
from arende.web.acting import command_id
from arende.web.fields import Field, filled, lacking, marked
from arende.web.forms import Form, Sent
from arende.web.pages import Pages
from arende.web.session import Visitor, person
from arende.web.speech import Speech

ME, ANSWERS = "/me", "/me/answers"
SAVED = ("absence", "end", "mail", "shortcuts")


def routes(app: App, pages: Pages) -> APIRouter:
    """``/me`` and what is set there, ``/me/answers``, and ``/approvals/{number}/withdraw``."""
    own, router = _Own(app, pages), APIRouter()
    for path, show in ((ME, own.settings), (ANSWERS, own.answers), ("/approvals/{number}/withdraw", own.regret)):
        router.add_api_route(path, show, methods=["GET"])
    for path, take in (
        (f"{ME}/absence", own.report),
        (f"{ME}/absence/{{number}}/end", own.end),
        (f"{ME}/mail", own.choose),
        (f"{ME}/shortcuts", own.choose_shortcuts),
        ("/approvals/{number}/withdraw", own.withdraw),
    ):
        router.add_api_route(path, take, methods=["POST"])
    return router


class _Own:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    # ------------------------------------------------------------ settings

    def settings(self, request: Request) -> Response:
        """What a person has said of themselves, and may change."""
        return self._settings(request, person(request), _days(self.pages.speech(request)))

    def report(self, request: Request, form: Form) -> Response:
        """Report an absence of one's own."""
        t, who = self.pages.speech(request), form.visitor
        fields = filled(_days(t), form.fields)
        fields = marked(fields, lacking(fields, t))
        if any(f.error for f in fields):
            return self._settings(request, who, fields, form=form)
        days = {f.name: f.given for f in fields}
        try:
            command = ReportAbsence.model_validate(_base(form) | {"person": who.key} | days)
        except ValidationError:
            wrong = {f.name: t("value_wrong", field=f.label) for f in fields if not _is_day(f.given)}
            return self._settings(request, who, marked(fields, wrong), form=form)
        return self._saved(request, form, command, "absence", fields)

    def end(self, request: Request, number: int, form: Form) -> Response:
        """Take an absence back."""
        command = EndAbsence(**_base(form), absence=number)
        return self._saved(request, form, command, "end", _days(self.pages.speech(request)))

    def choose(self, request: Request, form: Form) -> Response:
        """Choose how mails come."""
        mail: Any = "digest" if form["mail"] == "digest" else "each"
        command = ChooseMail(**_base(form), mail=mail)
        return self._saved(request, form, command, "mail", _days(self.pages.speech(request)))

    def choose_shortcuts(self, request: Request, form: Form) -> Response:
        """Choose whether keys do anything."""
        command = ChooseShortcuts(**_base(form), used=form["used"] == "true")
        return self._saved(request, form, command, "shortcuts", _days(self.pages.speech(request)))

    def _saved(self, request: Request, form: Sent, command: Command, what: str, fields: list[Field]) -> Response:
        try:
            self.app.do(command)
        except ArendeError as e:
            told = e.told(self.pages.speech(request).lang)
            return self._settings(request, form.visitor, fields, told, form)
        return RedirectResponse(f"{ME}?saved={what}", 303)

    def _settings(
        self, request: Request, who: Visitor, fields: list[Field], sentences: object = (), form: Sent | None = None
    ) -> Response:
        t, today = self.pages.speech(request), workdays.local_day(self.app.clock())
        saved = request.query_params.get("saved", "")
        with db.reading(self.app.engine) as conn:
            names = dict(directory.all_bodies(conn, today, t.lang))
            given: dict[str, Any] = {
                "offices": sorted(f"{t.say(capital(office_words(o)))}, {names.get(b, b)}" for o, b in who.offices),
                "away": absences.coming(conn, today, who.actor.id),
                "deputies": _deputies(conn, who, today, t),
                "stands_in": [(r.actor.name, _for_what(r.office, t)) for r in who.represents],
                "mail": absences.chosen_mail(conn, who.actor.id) or who.actor.data.get("mail") or "each",
            }
        return self.pages.page(
            request, "me", 422 if form is not None else 200, fields=fields, sentences=sentences, command=str(uuid7()),
            saved=t(f"saved_{saved}") if saved in SAVED else "", **given,
        )  # fmt: skip

    # ------------------------------------------------------------ answers

    def answers(self, request: Request) -> Response:
        """What a person has answered, the last first."""
        visitor, t = person(request), self.pages.speech(request)
        rows = decided.by_person(self.app, visitor.key)
        with db.reading(self.app.engine) as conn:
            shown = [self._answer(conn, row, t) for row in rows]
        return self.pages.page(request, "my_answers", rows=shown, done=request.query_params.get("done") == "withdrawn")

    def _answer(self, conn: Connection, row: dict[str, Any], t: Speech) -> dict[str, Any]:
        rules = self.app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
        return {
            "number": row["register_no"],
            "title": row["title"] if row["may_see"] else t("secret_case"),
            "act": act_noun(rules, row["act"]).in_(t.lang),
            "said": t.say(capital(act_done(row["act"], _ANSWER[row["state"]]))) if row["state"] in _ANSWER else "–",
            "at": row["decided_at"],
            "comment": row["comment"] if row["may_see"] else None,
            "back": f"/approvals/{row['id']}/withdraw" if row["may_withdraw"] else "",
        }

    def regret(self, request: Request, number: int) -> Response:
        """What taking an answer back would do, or why it cannot be."""
        visitor = person(request)
        return self._regret(request, number, visitor, [_why(self.pages.speech(request))])

    def withdraw(self, request: Request, number: int, form: Form) -> Response:
        """Take it back."""
        t = self.pages.speech(request)
        fields = filled([_why(t)], form.fields)
        fields = marked(fields, lacking(fields, t))
        if any(f.error for f in fields):
            return self._regret(request, number, form.visitor, fields, form=form)
        command = WithdrawApproval(
            **_base(form), approval=number, reason=form["reason"].strip(), evidence=form.visitor.evidence
        )
        try:
            self.app.do(command)
        except ArendeError as e:
            return self._regret(request, number, form.visitor, fields, e.told(t.lang), form)
        return RedirectResponse(f"{ANSWERS}?done=withdrawn", 303)

    def _regret(
        self, request: Request, number: int, who: Visitor, fields: list[Field], sentences: object = (),
        form: Sent | None = None,
    ) -> Response:  # fmt: skip
        t, found = self.pages.speech(request), decided.own(self.app, number, who.key)
        return self.pages.page(
            request, "withdraw", 422 if form is not None else 200, case=found.case, fields=fields, sentences=sentences,
            noun=act_noun(found.rules, found.request["act"]).in_(t.lang), refused=[t.say(s) for s in found.refused],
            command=(form["command"] if form else "") or str(uuid7()), action=request.url.path,
        )  # fmt: skip


_ANSWER = {"approved": "approve", "returned": "return", "rejected": "reject", "recused": "recuse"}


def _deputies(conn: Connection, who: Visitor, today: date, t: Speech) -> list[tuple[str, str]]:
    """(name, for what) of everybody who may answer in the person's place: by the people file, or by standing."""
    named = [(s.actor.name, _for_what(s.office, t)) for s in actors.substitutes_for(conn, who.actor.id, today)]
    chaired = sorted(body for office, body in who.offices if office == "chair")
    vice = (a for body in chaired for a in actors.holders(conn, "vice_chair", body, today))
    standing = [(a.name, t("deputy_standing")) for a in vice]
    return [*named, *dict.fromkeys(standing)]


def _for_what(office: str | None, t: Speech) -> str:
    return t.say(office_words(office)) if office else t("deputy_all")


def _base(form: Sent) -> dict[str, Any]:
    return {"id": command_id(form), "actor": form.visitor.key, "door": "web"}


def _days(t: Speech) -> list[Field]:
    return [Field("first", t("absence_first"), "date", True), Field("last", t("absence_last"), "date", True)]


def _why(t: Speech) -> Field:
    return Field("reason", t("take_back_why"), "long", True, most=2000)


def _is_day(given: str) -> bool:
    try:
        date.fromisoformat(given)
    except ValueError:
        return False
    return True
