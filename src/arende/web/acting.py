"""Steps and other acts on a case: each has a page with a form of its own, and each form is one command.

The form carries its command's id, so that a double click is one act, and the version of the case that its writer saw.
Where somebody else was first, the page tells what happened since, and nothing that was written is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import db, desk, queries
from arende.app import App
from arende.casetypes import CaseType, FieldDef
from arende.casewords import round_title
from arende.commands import Advance, Command, Outcome
from arende.errors import ArendeError, NotFound, Sentence, Stale
from arende.queries import Connection, Row
from arende.usecases import operationalplans, rounds
from arende.usecases.drafts import is_done
from arende.usecases.options import Choice, offers, wrong_fields
from arende.web import casefields, drafting, since
from arende.web.actforms import Act
from arende.web.acts import ACTS
from arende.web.casefields import choices
from arende.web.drafting import Shown
from arende.web.fields import Field, filled, lacking, marked
from arende.web.forms import Form, Sent, Upload
from arende.web.pages import Pages, place_of
from arende.web.planacts import source_of
from arende.web.session import Visitor, person
from arende.web.sight import home_of, opened
from arende.web.speech import Speech

NO_SUCH = Sentence("Det finns inget sådant att göra.", "There is no such thing to do.")


@dataclass
class Asked:
    """A form as it is shown: what it is about, its fields, and what went wrong when it was sent."""

    title: str
    button: str
    fields: list[Field]
    lead: str = ""
    help: str = ""
    sentences: list[str] = field(default_factory=list)
    since: list[str] = field(default_factory=list)
    """What happened in the case since the page was opened, where somebody else was first."""
    allowed: bool = True
    home: str = ""
    """The page that the form is about, to go back to."""
    drafts: bool = True
    """Whether what is being written in it is kept."""
    draft: Shown | None = None
    """What was written before and not sent, where the fields have it."""

    @property
    def wrong(self) -> bool:
        """Whether anything keeps the form from being taken."""
        return bool(self.sentences or self.since or any(f.error for f in self.fields)) and self.allowed


def routes(app: App, pages: Pages) -> APIRouter:
    """``/cases/{register_no}/step/{trigger}`` and ``/cases/{register_no}/do/{act}``."""
    acting, router = _Acting(app, pages), APIRouter()
    router.add_api_route("/cases/{register_no}/do/import_plan", acting.import_plan, methods=["POST"])
    for path, show, take in (
        ("/cases/{register_no}/step/{trigger}", acting.step, acting.take_step),
        ("/cases/{register_no}/do/{act}", acting.act, acting.do_act),
    ):
        router.add_api_route(path, show, methods=["GET"])
        router.add_api_route(path, take, methods=["POST"])
    return router


class _Acting:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    # ------------------------------------------------------------ steps

    def step(self, request: Request, register_no: str, trigger: str) -> Response:
        """What a step asks for."""
        visitor, t = person(request), self.pages.speech(request)
        row, _, asked = self._step(request, register_no, trigger, visitor, t)
        return self._begun(request, visitor, row, asked)

    def take_step(self, request: Request, register_no: str, trigger: str, form: Form) -> Response:
        """Take the step, or show the form again with what is wrong."""
        visitor, t = form.visitor, self.pages.speech(request)
        try:
            row, rules, asked = self._step(request, register_no, trigger, visitor, t)
        except NotFound:
            return self._again(request, register_no, trigger, form)
        asked.fields = filled(asked.fields, form.fields, {f.name: form.all(f.name) for f in asked.fields})
        command = _advance(form, row, rules, trigger, asked.fields)
        found = wrong_fields(self.app, visitor.key, trigger, command.fields, register_no=register_no)
        wrong = {k: t.say(s) for k, s in found.items()}
        wrong |= lacking((f for f in asked.fields if f.name not in rules.fields), t)
        asked.fields = marked(asked.fields, wrong)
        if any(f.error for f in asked.fields):
            return self._page(request, row, asked, form, 422)
        return self._done(request, row, rules, asked, form, command)

    def _again(self, request: Request, register_no: str, trigger: str, form: Sent) -> Response:
        """A step that is not there to be taken: who took it with this very form, by a double click, is told that it is.

        A step that the case no longer awaits is refused with why, and what was written stands there still. Raises
        NotFound for what is no step, and Refused when it says something else than when it was taken.
        """
        t = self.pages.speech(request)
        with db.reading(self.app.engine) as conn:
            row, rules = opened(self.app, conn, request, register_no)
            done = is_done(conn, command_id(form))
            if not done and trigger not in rules.triggers:
                raise NotFound(NO_SUCH)
            fields = casefields.of_step(self.app, conn, rules, trigger, row["fields"], t)
        note = Field("note", t("step_note"), "long", most=20_000)
        fields = filled([*fields, note], form.fields, {f.name: form.all(f.name) for f in fields})
        try:
            outcome = self.app.do(_advance(form, row, rules, trigger, fields))
        except ArendeError as e:
            if done:
                raise
            title = rules.trigger_title(trigger, t.lang)
            asked = Asked(title, title, fields, sentences=e.told(t.lang), home=home_of(rules, row["register_no"]))
            return self._page(request, row, asked, form, 409)
        return onward(self.pages, request, f"{home_of(rules, row['register_no'])}?done=step", outcome)

    def _step(
        self, request: Request, register_no: str, trigger: str, visitor: Visitor, t: Speech
    ) -> tuple[Row, CaseType, Asked]:
        with db.reading(self.app.engine) as conn:
            row, rules = opened(self.app, conn, request, register_no)
            found = casefields.of_step(self.app, conn, rules, trigger, row["fields"], t)
        choice = next((c for c in offers(self.app, register_no, visitor.key).choices if c.trigger == trigger), None)
        if choice is None:
            raise NotFound(NO_SUCH)
        title = choice.title.in_(t.lang)
        home = home_of(rules, row["register_no"])
        asked = Asked(title, title, [*found, *_note(choice, t)], allowed=choice.allowed, home=home)
        asked.lead = t("leads_to", state=rules.state_title(choice.dest, t.lang)) if choice.dest != row["state"] else ""
        asked.help = t.say(choice.help)
        asked.sentences = [] if choice.allowed else [t.say(s) for s in choice.sentences]
        return row, rules, asked

    # ------------------------------------------------------------ other acts

    def act(self, request: Request, register_no: str, act: str) -> Response:
        """What an act asks for."""
        visitor = person(request)
        row, _, asked = self._act(request, register_no, _known(act), self.pages.speech(request))
        return self._begun(request, visitor, row, asked)

    def do_act(self, request: Request, register_no: str, act: str, form: Form) -> Response:
        """Do it, or show the form again with what is wrong."""
        return self._do(request, register_no, act, form)

    def import_plan(self, request: Request, register_no: str, form: Upload) -> Response:
        """Read a plan in, from a file or from pasted text: the one act that takes a file."""
        return self._do(request, register_no, "import_plan", form)

    def _do(self, request: Request, register_no: str, act: str, form: Sent) -> Response:
        visitor, t, known = form.visitor, self.pages.speech(request), _known(act)
        row, rules, asked = self._act(request, register_no, known, t, form)
        asked.fields = filled(asked.fields, form.fields)
        asked.fields = marked(asked.fields, lacking(asked.fields, t))
        if any(f.error for f in asked.fields):
            return self._page(request, row, asked, form, 422)
        given = {f.name: f.value.strip() for f in asked.fields}
        if known.of:
            given[known.of] = request.query_params.get(known.of, "")
        if "key" in request.query_params:
            given["key"] = request.query_params["key"]
        try:
            if act == "import_plan":
                given |= source_of(form.files("file"), given["text"], given["file_name"])
            command = known.build(
                actor=visitor.key,
                command_id=command_id(form),
                register_no=row["register_no"],
                version=since.version(form),
                given=given,
            )
        except ValidationError as e:
            named = {str(part) for fault in e.errors() for part in fault["loc"]}
            wrong = {f.name: t("value_wrong", field=f.label) for f in asked.fields if f.name in named}
            asked.fields = marked(asked.fields, wrong)
            asked.sentences = [] if wrong else [t.say(NO_SUCH)]
            return self._page(request, row, asked, form, 422)
        except ArendeError as e:
            asked.sentences = e.told(t.lang)
            return self._page(request, row, asked, form, 422)
        return self._done(request, row, rules, asked, form, command, done=act)

    def _act(
        self, request: Request, register_no: str, act: Act, t: Speech, form: Sent | None = None
    ) -> tuple[Row, CaseType, Asked]:
        with db.reading(self.app.engine) as conn:
            row, rules = opened(self.app, conn, request, register_no)
            known = choices(self.app, conn, rules, row["fields"], t, request.query_params.get("key"))
            which = request.query_params.get(act.of, "") if act.of else ""
            again = form is not None and is_done(conn, command_id(form))  # its matter may be gone by now
            lead = self._about(conn, row, rules, act, which, t) if act.of and not again else ""
            lead += _of_round(conn, row, request.query_params.get("key"), t) if act.of == "party" else ""
            wish = _wish(conn, row, which) if act.of == "party" else {}
        fields = filled([asks.field(t, known) for asks in act.asks], wish)
        asked = Asked(t.say(act.title), t.say(act.title), fields, lead, t.say(act.help))
        asked.home = f"/plans/{row['register_no']}" if act.of == "activity" else home_of(rules, row["register_no"])
        return row, rules, asked

    def _about(self, conn: Connection, row: Row, rules: CaseType, act: Act, which: str, t: Speech) -> str:
        """What the act is done to, in words. Raises NotFound when the case has no such thing."""
        if act.of == "activity":
            return f"{which} {operationalplans.activity_of(conn, rules, row, which).text}"
        if act.of == "seq" and (said := since.of(conn, row, rules, which, t)):
            return said
        if act.of == "record_no" and which.isdecimal() and len(which) < 10:
            return which
        if named := _named(conn, row, act, t).get(which):
            return named
        raise NotFound(NO_SUCH)

    # ------------------------------------------------------------ what both have in common

    def _done(
        self,
        request: Request,
        row: Row,
        rules: CaseType,
        asked: Asked,
        form: Sent,
        command: Command,
        done: str = "step",
    ) -> Response:
        t = self.pages.speech(request)
        try:
            outcome = self.app.do(command)
        except Stale as e:
            asked.since = since.told(self.app, row, rules, form, t) or e.told(t.lang)
            return self._page(request, row, asked, form, 409)
        except ArendeError as e:
            asked.sentences = e.told(t.lang)
            return self._page(request, row, asked, form, 422)
        drafting.taken(self.app, request, form)
        return onward(self.pages, request, f"{asked.home}?done={done}", outcome)

    def _begun(self, request: Request, visitor: Visitor, row: Row, asked: Asked) -> Response:
        """The form as it is opened, with what the visitor wrote in it before."""
        place = place_of(request.url)
        asked.fields, asked.draft = drafting.continued(self.app, visitor, place, asked.fields)
        return self._page(request, row, asked)

    def _page(self, request: Request, row: Row, asked: Asked, form: Sent | None = None, status: int = 200) -> Response:
        if form is not None:
            drafting.refused(self.app, request, form)
        kept = form["command"] if form is not None else ""
        query = f"?{request.url.query}" if request.url.query else ""
        return self.pages.page(
            request,
            "act",
            status,
            a=asked,
            case=row,
            made_from=since.made_from(row, form, asked.since),
            command=kept or str(uuid7()),
            action=f"{request.url.path}{query}",
        )


def onward(pages: Pages, request: Request, address: str, *outcomes: Outcome) -> Response:
    """On to the next page. What a command warned of is told first: it was done all the same."""
    told = [w for o in outcomes for w in o.data.get("warnings", ())]
    if not told:
        return RedirectResponse(address, 303)
    t = pages.speech(request)
    said = dict.fromkeys(Sentence(*w).in_(t.lang) for w in told)
    return pages.page(request, "warned", warnings=list(said), onward=address)


def _advance(form: Sent, row: Row, rules: CaseType, trigger: str, fields: Sequence[Field]) -> Advance:
    return Advance(
        id=command_id(form), actor=form.visitor.key, door="web", register_no=row["register_no"],
        expected_version=since.version(form), trigger=trigger, note=form["note"].strip() or None,
        fields={
            f.name: f.given or None
            for f in fields
            if f.name in rules.fields and (f.given or _emptied(form, row, rules.fields[f.name], f))
        },
    )  # fmt: skip


def _emptied(form: Sent, row: Row, declared: FieldDef, f: Field) -> bool:
    """Whether a value that may be lacking stood in the form and was taken out of it; boxes unticked are not sent."""
    may_lack = not declared.required and row["fields"].get(f.name) not in (None, "")
    return may_lack and (f.kind == "several" or f.name in form.data)


def _note(choice: Choice, t: Speech) -> Sequence[Field]:
    if choice.comment == "none":
        return ()
    required = choice.comment == "required"
    label = t("step_note_required" if required else "step_note")
    return (Field("note", label, "long", required, most=20_000),)


def _known(act: str) -> Act:
    if act not in ACTS:
        raise NotFound(NO_SUCH)
    return ACTS[act]


def command_id(form: Sent) -> UUID:
    """The id that the form was given; a new one where somebody has tampered with it."""
    try:
        return UUID(str(form["command"]))
    except ValueError:
        return uuid7()


def _named(conn: Connection, row: Row, act: Act, t: Speech) -> dict[str, str]:
    """What the case has of the kind that the act is done to, each with its name."""
    match act.of:
        case "party":
            return {a["party"]: a["party_name"] for c in queries.consultations(conn, row["id"]) for a in c["answers"]}
        case "task":
            return {str(x["id"]): x["title"].get(t.lang) or x["title"]["sv"] for x in queries.tasks(conn, row["id"])}
        case "question":
            return {str(q["id"]): f"{q['asked_by']}: {q['question']}" for q in desk.questions(conn, row["id"])}
        case _:
            return {}


def _of_round(conn: Connection, row: Row, key: str | None, t: Speech) -> str:
    """Which round an answer is of, in words, where the parties have been asked more than once."""
    known = queries.consultations(conn, row["id"])
    meant = [c for c in known if rounds.name_of(c) == key] if len(known) > 1 else []
    return "".join(f" – {t.say(round_title(c['kind'], c['round']))}" for c in meant)


def _wish(conn: Connection, row: Row, party: str) -> dict[str, str]:
    """The last day that a party has asked for, so that nobody types it again."""
    answers = [a for c in queries.consultations(conn, row["id"]) for a in c["answers"] if a["party"] == party]
    return next(({"until": a["wish"]["until"]} for a in reversed(answers) if a["wish"]), {})
