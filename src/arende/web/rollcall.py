"""Two forms that hold many acts: the roll call, and the decisions of minutes that were kept in another system.

Each person, and each part of the minutes, is a command of its own; its id follows from the form and from what was
written, so that a form sent twice is one act, and one that was mended is another.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import db, desk
from arende.actors import Actor
from arende.app import App
from arende.commands import AddDocument, Advance, Command, Outcome
from arende.errors import ArendeError, Invalid, Sentence, Stale
from arende.meetingcommands import ItemOutcome, RecordAttendance, RecordOutcomes
from arende.meetingtimeline import OUTCOMES
from arende.usecases import deciding, drafts
from arende.web import drafting, meetingacting, meetingacts, session, since
from arende.web.acting import command_id, onward
from arende.web.fields import Field, filled, marked
from arende.web.forms import Form, Sent, Upload
from arende.web.meetingacts import SECRETARY
from arende.web.meetingpage import MeetingPage
from arende.web.meetingsight import opened, page_of, rules_of
from arende.web.pages import Pages
from arende.web.speech import Speech

MINUTES = "minutes"


def routes(app: App, pages: Pages) -> APIRouter:
    """``/meetings/{register_no}/roll-call`` and ``/meetings/{register_no}/from-minutes``."""
    many, router = _Many(app, pages), APIRouter()
    for path, show, take in (
        ("/meetings/{register_no}/roll-call", many.roll_call, many.take_roll_call),
        ("/meetings/{register_no}/from-minutes", many.minutes, many.take_minutes),
    ):
        router.add_api_route(path, show, methods=["GET"])
        router.add_api_route(path, take, methods=["POST"])
    return router


def takes_minutes(held: frozenset[str], page: MeetingPage) -> bool:
    """Whether the form for minutes kept elsewhere makes sense for somebody with these roles now."""
    return SECRETARY in held and page.case["state"] in deciding.FROM_MINUTES and page.today >= page.meeting["day"]


@dataclass(frozen=True)
class _Ticks:
    """What has been ticked in the roll call: persons by key."""

    here: frozenset[str] = frozenset()
    checkers: frozenset[str] = frozenset()
    remote: frozenset[str] = frozenset()
    presiding: str = ""
    serving: Mapping[str, str] = field(default_factory=dict)
    """Substitute → the member served for, where that has been chosen."""

    @classmethod
    def of(cls, given: Mapping[str, Sequence[str]]) -> _Ticks:
        """What a form says that was sent, or begun."""
        here, checkers, remote = (frozenset(given.get(name, ())) for name in ("here", "checker", "remote"))
        serving = {k.removeprefix("for-"): v[0] for k, v in given.items() if k.startswith("for-") and v}
        return cls(here, checkers, remote, next(iter(given.get("presiding", ())), ""), serving)


class _Many:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def _open(self, request: Request, register_no: str) -> tuple[MeetingPage, Speech]:
        t = self.pages.speech(request)
        with db.reading(self.app.engine) as conn:
            return page_of(self.app, conn, request, opened(conn, request, register_no), t), t

    def _since(self, page: MeetingPage, form: Sent, t: Speech, kinds: Collection[str]) -> list[str]:
        """What somebody else did meanwhile of what the form was made from, for those who may send it."""
        if not form["seen"]:
            return []
        with db.reading(self.app.engine) as conn:
            rules = rules_of(self.app, conn, page.case)
        me = form.visitor.key
        told = since.told(self.app, page.case, rules, form, t, lambda e: e["kind"] in kinds and e["actor"] != me)
        may = {SECRETARY, meetingacts.CHAIR}
        return told if told and may & meetingacting.held_in(self.app, page.no, form.visitor) else []

    # ------------------------------------------------------------ the roll call

    def roll_call(self, request: Request, register_no: str) -> Response:
        """Everybody of the body, to be ticked; with ``?here=all`` the members who are not away are ticked already."""
        visitor, page = session.person(request), self._open(request, register_no)[0]
        begun = drafts.found(self.app, visitor.key, request.url.path)
        draft = drafting.Shown(request.url.path, begun.saved_at) if begun else None
        ticks = _Ticks.of(begun.fields) if begun else _Ticks()
        if request.query_params.get("here") == "all":
            away = {a["actor"] for a in page.found["attendance"] if a["kind"] == "absent"}
            ticks = replace(ticks, here=ticks.here | ({m.key for m in page.room.members} - away))
        return self._called(request, page, ticks, draft=draft)

    def take_roll_call(self, request: Request, register_no: str, form: Form) -> Response:
        """One command for each who is ticked; those that are refused are told, the others are done."""
        return since.anew(lambda: self._enter_all(request, register_no, form))

    def _enter_all(self, request: Request, register_no: str, form: Sent) -> Response:
        page, t = self._open(request, register_no)
        ticked = self._ticked(page, form)
        if told := self._since(page, form, t, meetingacts.PRESENCE):
            return self._called_again(request, page, form, told=told)
        refused, version = [], _version(page, form)
        for person, command in ticked:
            try:
                version = _next(version, self.app.do(_on(command, version)))
            except Stale:
                raise
            except ArendeError as e:
                refused += [f"{person.name}: {said}" for said in e.told(t.lang)]
        if refused:
            return self._called_again(request, self._open(request, register_no)[0], form, refused)
        drafting.taken(self.app, request, form)
        return RedirectResponse(f"/meetings/{page.no}?done=attend#attendance", 303)

    def _ticked(self, page: MeetingPage, form: Sent) -> list[tuple[Actor, Command]]:
        here, checkers = set(form.all("here")), set(form.all("checker"))
        members = {a.key for a in page.room.members}
        found: list[tuple[Actor, Command]] = []
        for person in (*page.room.members, *page.room.substitutes):
            if person.key in here:
                given = {
                    "person": person.key,
                    "role": "member" if person.key in members else "substitute",
                    "acting_for": form[f"for-{person.key}"] or None,
                    "presiding": form["presiding"] == person.key,
                    "checker": person.key in checkers,
                    "remote": person.key in form.all("remote"),
                }
                found.append((person, _command(RecordAttendance, form, page.no, **given)))
        return found

    def _called_again(
        self, request: Request, page: MeetingPage, form: Sent, refused: Sequence[str] = (), told: Sequence[str] = ()
    ) -> Response:
        drafting.refused(self.app, request, form)
        ticks = _Ticks.of({name: form.all(name) for name in form.data})
        return self._called(request, page, ticks, refused, told, form)

    def _called(
        self, request: Request, page: MeetingPage, ticks: _Ticks, refused: Sequence[str] = (),
        told: Sequence[str] = (), form: Sent | None = None, draft: drafting.Shown | None = None,
    ) -> Response:  # fmt: skip
        with db.reading(self.app.engine) as conn:
            version = desk.marker(conn, page.no)
        rows = page.found["attendance"]
        return self.pages.page(
            request, "roll_call", 409 if told else 422 if refused else 200, m=page, refused=refused, since=told,
            there={a["actor"]: a for a in page.there}, away={a["actor"]: a for a in rows if a["kind"] == "absent"},
            called={a["actor"]: a["acting_for"] for a in rows if a["kind"] == "called"}, ticks=ticks, draft=draft,
            made_from=since.made_from(page.case, form, told), everybody="here" in request.query_params,
            command=(form["command"] if form else "") or str(uuid7()), home=f"/meetings/{page.no}", version=version,
        )  # fmt: skip

    # ------------------------------------------------------------ minutes kept elsewhere

    def minutes(self, request: Request, register_no: str) -> Response:
        """Outcome, section and decision of every item, the minutes, and the day of their approval."""
        visitor = session.person(request)
        page, t = self._open(request, register_no)
        groups, last = self._groups(page, t), self._last(page, t)
        asked = [f for _, fields in groups for f in fields] + last
        begun, draft = drafting.continued(self.app, visitor, request.url.path, asked)
        known = {f.name: f for f in begun}
        groups = [(item, [known[f.name] for f in fields]) for item, fields in groups]
        return self._told(request, page, groups, [known[f.name] for f in last], draft=draft)

    def take_minutes(self, request: Request, register_no: str, form: Upload) -> Response:
        """Enter the outcomes, file the minutes, and take the step that says that they are approved."""
        return since.anew(lambda: self._enter_minutes(request, register_no, form))

    def _enter_minutes(self, request: Request, register_no: str, form: Sent) -> Response:
        page, t = self._open(request, register_no)
        groups = [(i, filled(fields, form.fields)) for i, fields in self._groups(page, t)]
        last = filled(self._last(page, t), form.fields)
        wrong: dict[str, str] = {}
        if told := self._since(page, form, t, (*meetingacts.AGENDA, *meetingacts.AT_ITEM)):
            return self._told(request, page, groups, last, form, told=told)
        outcomes: list[Outcome] = []
        version = _version(page, form)
        try:
            for command in self._commands(page, groups, last, form, wrong, t):
                outcomes.append(self.app.do(_on(command, version)))
                version = _next(version, outcomes[-1])
        except Stale:
            raise
        except ArendeError as e:
            return self._told(request, page, _marked(groups, wrong), marked(last, wrong), form, e.told(t.lang))
        drafting.taken(self.app, request, form)
        return onward(self.pages, request, f"/meetings/{page.no}?done=step#minutes", *outcomes)

    def _commands(
        self, page: MeetingPage, groups: Any, last: list[Field], form: Sent, wrong: dict[str, str], t: Speech
    ) -> list[Command]:
        outcomes = []
        for item, fields in groups:
            outcome, section, decision, motive = (f.value.strip() for f in fields)
            if section and not section.isdecimal():
                wrong[fields[1].name] = t("value_wrong", field=fields[1].label)
            elif outcome:
                told = {"decision": decision or None, "motive": motive or None, "section": section or None}
                outcomes.append(ItemOutcome.model_validate({"item": item["item"], "outcome": outcome, **told}))
        files, approved_on = form.files("file"), last[-1].value
        if not page.forum and not approved_on:
            wrong["minutes_approved_on"] = t("field_missing", field=last[-1].label)
        if wrong:
            raise Invalid(Sentence("Rätta det som är markerat.", "Mend what is marked."))
        found: list[Command] = []
        if outcomes:
            found.append(_command(RecordOutcomes, form, page.no, outcomes=tuple(outcomes)))
        if files:
            sha256, size = self.app.storage.put(files[0].file)
            name = files[0].filename or ""
            media = mimetypes.guess_type(name)[0] or "application/octet-stream"
            found.append(_command(AddDocument, form, page.no, key=MINUTES, file_name=name, media_type=media, size=size,
                                  sha256=sha256))  # fmt: skip
        trigger = "publish_notes" if page.forum else "record_minutes"
        given = {} if page.forum else {"minutes_approved_on": approved_on}
        return [*found, _command(Advance, form, page.no, trigger=trigger, fields=given)]

    def _groups(self, page: MeetingPage, t: Speech) -> list[tuple[Any, list[Field]]]:
        words = tuple((k, t.say(v).capitalize()) for k, v in OUTCOMES.items())
        return [
            (i, [
                Field(f"outcome-{i['item']}", t("minutes_outcome"), "choice", True, choices=words,
                      value=i["outcome"] or ""),
                Field(f"section-{i['item']}", t("notice_section"), "number", value=str(i["section_no"] or ""), most=5),
                Field(f"decision-{i['item']}", t("item_decision"), "long", most=20_000,
                      value=i["decision"] or i["proposal"] or ""),
                Field(f"motive-{i['item']}", t("item_motive"), "text", most=20_000, value=i["motive"] or "",
                      hint=t("minutes_motive_hint")),
            ])
            for i in page.items if not i["secret"]
        ]  # fmt: skip

    def _last(self, page: MeetingPage, t: Speech) -> list[Field]:
        there = any(d["key"] == MINUTES and not d["removed"] for d in page.found["documents"])
        file = Field("file", t("minutes_file"), "file", not there, t("minutes_file_hint") if there else "")
        day = Field("minutes_approved_on", t("minutes_approved_on"), "date", True)
        return [file] if page.forum else [file, day]

    def _told(
        self, request: Request, page: MeetingPage, groups: Any, last: list[Field], form: Sent | None = None,
        sentences: list[str] | None = None, told: Sequence[str] = (), draft: drafting.Shown | None = None,
    ) -> Response:  # fmt: skip
        if form is not None:
            drafting.refused(self.app, request, form)
        wrong = [f for _, fields in groups for f in fields] + last
        return self.pages.page(
            request, "from_minutes", 409 if told else 422 if sentences else 200, m=page, groups=groups, last=last,
            wrong=wrong, sentences=sentences or [], since=told, made_from=since.made_from(page.case, form, told),
            command=(form["command"] if form else "") or str(uuid7()),
            home=f"/meetings/{page.no}", draft=draft,
        )  # fmt: skip


def _version(page: MeetingPage, form: Sent) -> int | None:
    """What the first command is of, in a form that says what it was made from."""
    return page.case["version"] if form["seen"] else None


def _next(version: int | None, done: Outcome) -> int | None:
    """What the command after it is of."""
    return None if version is None else max(version, done.version or 0)


def _on(command: Command, version: int | None) -> Command:
    return command.model_copy(update={"expected_version": version})


def _marked(groups: Any, wrong: dict[str, str]) -> Any:
    return [(item, marked(fields, wrong)) for item, fields in groups]


def _command(kind: type[Command], form: Sent, number: str, **given: Any) -> Command:
    """A command of the form, known by what it says."""
    base: UUID = command_id(form)
    return kind.model_validate(
        {
            "id": uuid5(base, f"{kind.name} {sorted(given.items(), key=lambda pair: pair[0])!r}"),
            "actor": form.visitor.key,
            "door": "web",
            "register_no": number,
            **given,
        }
    )
