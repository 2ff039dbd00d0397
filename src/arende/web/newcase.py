"""A new case: pick a type, fill in what the type asks for, and get a diary number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response
from uuid_utils.compat import uuid7

from arende import db, directory, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.commands import RegisterCase
from arende.errors import ArendeError
from arende.usecases import drafts
from arende.usecases.options import wrong_fields
from arende.web import casefields, drafting
from arende.web.acting import command_id, onward
from arende.web.drafting import Shown
from arende.web.fields import Field, filled, lacking, marked
from arende.web.forms import Form, Sent
from arende.web.pages import Pages
from arende.web.session import Visitor, person
from arende.web.sight import home_of
from arende.web.speech import Speech

OURS = ("title", "officer", "secrecy")
"""Fields of every case; the others are its type's own."""
FOLLOWS = "profile"
"""The field of a meeting that nobody chooses: it follows from the body."""


@dataclass(frozen=True)
class Kind:
    """A case type that may be picked, or why not."""

    key: str
    title: str
    description: str
    may: bool
    roles: str
    draft: datetime | None = None
    """When the visitor wrote what they have not sent."""


def routes(app: App, pages: Pages) -> APIRouter:
    """``/cases/new`` and ``/cases/new/{type_}``."""
    new, router = _New(app, pages), APIRouter()
    router.add_api_route("/cases/new", new.pick, methods=["GET"])
    router.add_api_route("/cases/new/{type_}", new.form, methods=["GET"])
    router.add_api_route("/cases/new/{type_}", new.take, methods=["POST"])
    return router


class _New:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def pick(self, request: Request) -> Response:
        """The case types, those that the visitor may register first."""
        visitor, t = person(request), self.pages.speech(request)
        begun = drafts.places(self.app, visitor.key)
        kinds = [
            replace(self._kind(rules, visitor, t), draft=begun.get(f"/cases/new/{rules.key}"))
            for rules in self._types()
        ]
        return self.pages.page(request, "new_pick", kinds=sorted(kinds, key=lambda k: (not k.may, k.title)))

    def form(self, request: Request, type_: str) -> Response:
        """What a case of the type needs."""
        visitor, t = person(request), self.pages.speech(request)
        rules = self.app.types.current(type_)
        fields, draft = drafting.continued(self.app, visitor, request.url.path, self._fields(rules, visitor, t))
        return self._page(request, rules, fields, [], draft=draft)

    def take(self, request: Request, type_: str, form: Form) -> Response:
        """Register the case, or show the form again with what is wrong."""
        t, rules = self.pages.speech(request), self.app.types.current(type_)
        fields = filled(self._fields(rules, form.visitor, t), form.fields, {k: form.all(k) for k in form.data})
        given = {f.name: f.given for f in fields if f.name not in OURS and f.given}
        wrong = {
            k: t.say(s) for k, s in wrong_fields(self.app, form.visitor.key, "register", given, type_=type_).items()
        }
        wrong = {k: said for k, said in wrong.items() if not (rules.meeting_of and k == FOLLOWS)}
        wrong |= lacking([f for f in fields if f.name in OURS], t)
        fields = marked(fields, wrong)
        if wrong:
            return self._page(request, rules, fields, [], form)
        try:
            outcome = self.app.do(self._command(rules, form, given))
        except ArendeError as e:
            return self._page(request, rules, fields, e.told(t.lang), form)
        drafting.taken(self.app, request, form)
        home = home_of(rules, str(outcome.register_no))
        return onward(self.pages, request, f"{home}?done=registered", outcome)

    def _command(self, rules: CaseType, form: Sent, given: dict[str, str]) -> RegisterCase:
        return RegisterCase(
            id=command_id(form), actor=form.visitor.key, door="web", type=rules.key, title=form["title"],
            fields=given, officer=form["officer"] or None, secrecy=form["secrecy"] == "true",
        )  # fmt: skip

    # ------------------------------------------------------------

    def _types(self) -> list[CaseType]:
        return [self.app.types.current(key) for key in self.app.types.keys]

    def _kind(self, rules: CaseType, visitor: Visitor, t: Speech) -> Kind:
        roles = ", ".join(rules.role_title(r, t.lang) for r in rules.by)
        return Kind(rules.key, rules.name(t.lang), t.say(rules.description), may_register(rules, visitor), roles)

    def _fields(self, rules: CaseType, visitor: Visitor, t: Speech) -> list[Field]:
        with db.reading(self.app.engine) as conn:
            asked = casefields.of_step(self.app, conn, rules, "register", {}, t)
            asked = [f for f in asked if not (rules.meeting_of and f.name == FOLLOWS)]
            colleagues = directory.staff(conn, workdays.local_day(self.app.clock()))
        mine = visitor.key if visitor.holds("case_officer") else ""
        return [
            Field("title", t("new_case_title"), "text", True, t("new_case_title_hint"), most=300),
            *asked,
            Field("officer", t("new_case_officer"), "choice", False, "", colleagues, mine),
            Field("secrecy", t("new_case_secrecy"), "yesno", True, t("new_case_secrecy_hint"), (), "false"),
        ]

    def _page(
        self,
        request: Request,
        rules: CaseType,
        fields: list[Field],
        sentences: list[str],
        form: Sent | None = None,
        draft: Shown | None = None,
    ) -> Response:
        t = self.pages.speech(request)
        if form is not None:
            drafting.refused(self.app, request, form)
        return self.pages.page(
            request, "new_case", 422 if form else 200, type=rules.name(t.lang), help=t.say(rules.description),
            fields=fields, sentences=sentences, command=(form["command"] if form else "") or str(uuid7()),
            action=request.url.path, draft=draft,
        )  # fmt: skip


def may_register(rules: CaseType, visitor: Visitor) -> bool:
    """Whether the visitor holds an office that registers such cases; the command judges for good."""
    declared = {rules.roles[r].office if r in rules.roles else r for r in rules.by}
    return visitor.holds(*(office for office in declared if office is not None))
