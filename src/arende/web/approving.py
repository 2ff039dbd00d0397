"""A request for an act, answered by whoever is signed in: the same command as by the link in the mail."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import casewords, duedates, phrases, workdays
from arende.app import App
from arende.commands import AskAboutApproval, Command, DecideApproval
from arende.errors import ArendeError
from arende.usecases import asked
from arende.usecases.asked import Asked
from arende.web import drafting
from arende.web.acting import command_id
from arende.web.fields import Field, filled, marked
from arende.web.forms import Form, Sent
from arende.web.pages import Pages, place_of
from arende.web.session import Visitor, person
from arende.web.speech import Speech

LONGEST = 10_000
"""Characters of a comment."""


def routes(app: App, pages: Pages) -> APIRouter:
    """``/approvals/{number}``."""
    approving, router = _Approving(app, pages), APIRouter()
    router.add_api_route("/approvals/{number}", approving.show, methods=["GET"])
    router.add_api_route("/approvals/{number}", approving.take, methods=["POST"])
    return router


class _Approving:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def show(self, request: Request, number: int) -> Response:
        """What is asked, on which ground, and what happens if nobody answers."""
        visitor, t = person(request), self.pages.speech(request)
        found = asked.of_person(self.app, number, visitor.key, t.lang)
        fields, draft = drafting.continued(self.app, visitor, place_of(request.url), _fields(found, t), ["comment"])
        return self._page(request, found, visitor, fields, draft=draft)

    def take(self, request: Request, number: int, form: Form) -> Response:
        """An answer. Refused, it comes back with what was written and why."""
        t = self.pages.speech(request)
        found = asked.of_person(self.app, number, form.visitor.key, t.lang)
        fields = filled(_fields(found, t), form.fields)
        wrong = {}
        if form["decision"] not in found.answers:
            wrong["decision"] = t("choose")
        elif form["decision"] in ("return", "reject", "ask") and not form["comment"].strip():
            wrong["comment"] = t("ask_what" if form["decision"] == "ask" else "say_why")
        if wrong:
            return self._page(request, found, form.visitor, marked(fields, wrong), (), form, 422)
        try:
            self.app.do(_answer(number, form))
        except ArendeError as e:
            return self._page(request, found, form.visitor, fields, e.told(t.lang), form, 422)
        drafting.taken(self.app, request, form)
        return RedirectResponse(f"/cases/{found.case['register_no']}?done=answered", 303)

    def _page(
        self, request: Request, found: Asked, visitor: Visitor, fields: list[Field], sentences: object = (),
        form: Sent | None = None, status: int = 200, draft: drafting.Shown | None = None,
    ) -> Response:  # fmt: skip
        if form is not None:
            drafting.refused(self.app, request, form)
        t, row = self.pages.speech(request), found.request
        words = phrases.ACTS[row["act"]][t.lang]
        day, today = (
            (workdays.local_day(row["due_at"]) if row["due_at"] else None),
            workdays.local_day(self.app.clock()),
        )
        return self.pages.page(
            request, "approval", status, a=found, fields=fields, sentences=sentences, noun=words.noun,
            proposal=t.say(found.rule.proposal) or found.case["title"], why=t.say(found.rule.why) or words.why,
            if_nothing=t.say(found.rule.if_nothing) or words.if_nothing, barred=[t.say(s) for s in found.barred],
            who=_as_whom(found, visitor.actor.name, t),
            due={"iso": day, "day": t.say(duedates.said(day)), "away": t.distance(today, day), "late": day < today}
            if day else None,
            command=(form["command"] if form else "") or str(uuid7()), action=request.url.path,
            draft=draft,
        )  # fmt: skip


def _as_whom(found: Asked, name: str, t: Speech) -> str:
    """As whom the person answers: the name and the role, told once where they are the same."""
    role = found.rules.role_title(found.request["role"], t.lang)
    if found.behalf is not None:
        return t("instead_of", who=name, role=role, absent=found.behalf.name)
    return name if name.lower() == role.lower() else f"{name}, {role}"


def _fields(found: Asked, t: Speech) -> list[Field]:
    answers = tuple((d, casewords.answer_words(found.rules, found.rule, d, t.lang)) for d in found.answers)
    return [
        Field("decision", t("your_answer"), "radio", True, "", answers),
        Field("comment", t("your_comment"), "long", False, t("comment_hint"), most=LONGEST),
    ]


def _answer(number: int, form: Sent) -> Command:
    """The command: who it is has been shown by signing in, and the record says how and when."""
    comment = form["comment"].strip()
    base: dict[str, Any] = {
        "id": command_id(form), "actor": form.visitor.key, "door": "web", "approval": number,
        "evidence": form.visitor.evidence,
    }  # fmt: skip
    if form["decision"] == "ask":
        return AskAboutApproval(**base, question=comment)
    text = form["text_sha256"] or "not told"  # the door does not guess which text was shown
    return DecideApproval(**base, decision=form["decision"], comment=comment or None, text_sha256=text)
