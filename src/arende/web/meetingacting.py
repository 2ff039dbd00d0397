"""What is done at a meeting: each act has a page with a form of its own, and each form is one command.

An item has a page for the room: everything about it, its outcome as a form, and the way to the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende import db, desk, directory, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.commands import Outcome
from arende.errors import ArendeError, NotFound, Stale
from arende.usecases import meetingview
from arende.usecases.facts import Standing
from arende.usecases.options import offers
from arende.web import drafting, session, since
from arende.web.acting import NO_SUCH, Asked, command_id, onward
from arende.web.fields import Field, filled, lacking, marked
from arende.web.forms import Form, Sent
from arende.web.meetingacts import ACTS, DISSENTED, ITEM_ACTS, Around, MeetingAct
from arende.web.meetingpage import MeetingPage
from arende.web.meetingsight import opened, page_of, rules_of
from arende.web.pages import Pages, place_of
from arende.web.speech import Speech

NOBODY = Standing(frozenset(), {})


def routes(app: App, pages: Pages) -> APIRouter:
    """``/meetings/{register_no}/do/{act}`` and ``/meetings/{register_no}/items/{item}`` with its acts."""
    acting, router = _Acting(app, pages), APIRouter()
    of_meeting, of_item = "/meetings/{register_no}/do/{act}", "/meetings/{register_no}/items/{item}/{act}"
    router.add_api_route(of_meeting, acting.act, methods=["GET"])
    router.add_api_route(of_meeting, acting.do_act, methods=["POST"])
    router.add_api_route("/meetings/{register_no}/items/{item}", acting.item, methods=["GET"])
    router.add_api_route(of_item, acting.item_act, methods=["GET"])
    router.add_api_route(of_item, acting.do_item_act, methods=["POST"])
    return router


class _Acting:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    # ------------------------------------------------------------ the pages

    def act(self, request: Request, register_no: str, act: str) -> Response:
        """What an act on the meeting asks for."""
        visitor = session.person(request)
        around, known = self._around(request, register_no), _known(ACTS, act)
        return self._begun(request, visitor, around, self._asked(around, known))

    def item_act(self, request: Request, register_no: str, item: str, act: str) -> Response:
        """What an act on one item asks for."""
        visitor = session.person(request)
        around, known = self._around(request, register_no, item), _known(ITEM_ACTS, act)
        return self._begun(request, visitor, around, self._asked(around, known))

    def item(self, request: Request, register_no: str, item: str) -> Response:
        """One item, as it is dealt with in the room."""
        visitor = session.reader(request)
        a = self._around(request, register_no, item)
        it, no = a.it["item"], a.page.no
        with db.reading(self.app.engine) as conn:
            version = desk.marker(conn, no)
        held, state = held_in(self.app, no, visitor), a.page.case["state"]
        acts = {k: act for k, act in ITEM_ACTS.items() if act.is_for(held, state) and _makes_sense(k, a)}
        form = self._asked(a, acts.pop("outcome")) if "outcome" in acts else None
        if form is not None and visitor is not None:
            place = f"/meetings/{no}/items/{it}/outcome"
            form.fields, form.draft = drafting.continued(self.app, visitor, place, form.fields)
        return self.pages.page(
            request, "meeting_item", m=a.page, case=a.page.case, i=a.item, form=form, around=_beside(a),
            at=a.room.at[it], voters=a.voters(), taken=taken(request, a.t), command=str(uuid7()),
            acts=[(key, a.t.say(act.title)) for key, act in acts.items()], state=self._state(request, a.page),
            version=version,
        )  # fmt: skip

    def _state(self, request: Request, page: MeetingPage) -> str:
        with db.reading(self.app.engine) as conn:
            rules: CaseType = rules_of(self.app, conn, page.case)
        return rules.state_title(page.case["state"], self.pages.speech(request).lang)

    # ------------------------------------------------------------ doing it

    def do_act(self, request: Request, register_no: str, act: str, form: Form) -> Response:
        """Do it, or show the form again with what is wrong."""
        known = _known(ACTS, act)

        def done() -> Response:
            a = self._around(request, register_no)
            return self._done(request, a, known, form, f"/meetings/{a.page.no}?done={act}")

        return since.anew(done)

    def do_item_act(self, request: Request, register_no: str, item: str, act: str, form: Form) -> Response:
        """Do it, or show the form again."""

        def done() -> Response:
            a = self._around(request, register_no, item)
            if act in ("up", "down"):
                return self._moved(request, a, form, -1 if act == "up" else 1)
            return self._done(request, a, _known(ITEM_ACTS, act), form, _after(a, act))

        return since.anew(done)

    def _moved(self, request: Request, a: Around, form: Sent, by: int) -> Response:
        """One place up or down, at a press; the whole order to be looked at, where somebody else changed it."""
        act, whole = ACTS["order"], replace(a, item=None)
        asked = self._asked(whole, act)
        asked.since, asked.drafts = self._since(whole, act, form, {}), False
        if asked.since:
            return self._page(request, whole, asked, form, 409, f"/meetings/{a.page.no}/do/order")
        order = [i["item"] for i in a.page.items]
        here = order.index(a.it["item"])
        order.insert(max(0, here + by), order.pop(here))
        self.app.do(act.command.model_validate({"items": order, **_signed(form, a.page)}))
        return RedirectResponse(f"/meetings/{a.page.no}?done=order#item-{order[max(0, here + by)]}", 303)

    def _done(self, request: Request, a: Around, act: MeetingAct, form: Sent, there: str) -> Response:
        """On to ``there``, or the form again with what is wrong, or with what somebody else did meanwhile."""
        asked = self._asked(a, act)
        asked.fields = filled(asked.fields, form.fields, {f.name: form.all(f.name) for f in asked.fields})
        asked.fields = marked(asked.fields, lacking(asked.fields, a.t))
        given = {f.name: f.several if f.kind == "several" else f.value.strip() for f in asked.fields}
        asked.since = self._since(a, act, form, given)
        if asked.since:
            return self._page(request, a, asked, form, 409)
        outcome = None if any(f.error for f in asked.fields) else self._carried_out(a, act, form, given, asked)
        if outcome is None:
            return self._page(request, a, asked, form, 422)
        drafting.taken(self.app, request, form)
        told = () if act is ACTS["add"] else (outcome,)  # the warnings of an item stand beside it
        return onward(self.pages, request, there, *told)

    def _carried_out(
        self, a: Around, act: MeetingAct, form: Sent, given: Mapping[str, Any], asked: Asked
    ) -> Outcome | None:
        """What the command did; None where it is refused, which ``asked`` then tells."""
        values = {**act.values(given, a), **_signed(form, a.page)}
        if a.item is not None and "item" in act.command.model_fields:
            values["item"] = a.item["item"]
        try:
            return self.app.do(act.command.model_validate(values))
        except ValidationError as e:
            asked.fields = marked(asked.fields, _misfits(e, asked.fields, a.t))
            asked.sentences = [] if any(f.error for f in asked.fields) else [a.t.say(NO_SUCH)]
        except Stale:
            raise
        except ArendeError as e:
            asked.sentences = e.told(a.t.lang)
        return None

    def _since(self, a: Around, act: MeetingAct, form: Sent, given: Mapping[str, Any]) -> list[str]:
        """What somebody else did meanwhile that could spoil the form, for those whose act it is."""
        if not form["seen"]:
            return []
        item, own = a.item["item"] if a.item else None, str(command_id(form))
        with db.reading(self.app.engine) as conn:
            rules = rules_of(self.app, conn, a.page.case)
        told = since.told(
            self.app, a.page.case, rules, form, a.t, lambda e: act.concerns(e, given, item), (own,)
        )  # fmt: skip
        return told if told and held_in(self.app, a.page.no, form.visitor) & set(act.roles) else []

    # ------------------------------------------------------------ what the forms are made of

    def _around(self, request: Request, register_no: str, item: str | None = None) -> Around:
        t = self.pages.speech(request)
        with db.reading(self.app.engine) as conn:
            page = page_of(self.app, conn, request, opened(conn, request, register_no), t)
        return self.around(page, t, item)

    def around(self, page: MeetingPage, t: Speech, item: str | None = None) -> Around:
        """What the forms of a meeting, or of one of its items, are made of. Raises NotFound for no item of it."""
        row = next((i for i in page.items if str(i["item"]) == item), None)
        if item is not None and (row is None or row["secret"]):
            raise NotFound(NO_SUCH)

        def colleagues() -> tuple[tuple[str, str], ...]:
            with db.reading(self.app.engine) as conn:
                return directory.colleagues(conn, workdays.local_day(self.app.clock()))

        return Around(page, t, lambda: meetingview.waiting(self.app, page.no), colleagues, row)

    def _asked(self, a: Around, act: MeetingAct) -> Asked:
        title = a.t.say(act.title)
        lead = f"{a.item['position']}. {a.item['heading']}" if a.item else ""
        return Asked(title, title, act.fields(a), lead, a.t.say(act.help))

    def _begun(self, request: Request, visitor: session.Visitor, a: Around, asked: Asked) -> Response:
        """The form as it is opened, with what the visitor wrote in it before."""
        asked.fields, asked.draft = drafting.continued(self.app, visitor, place_of(request.url), asked.fields)
        return self._page(request, a, asked)

    def _page(
        self, request: Request, a: Around, asked: Asked, form: Sent | None = None, status: int = 200, action: str = ""
    ) -> Response:
        if form is not None:
            drafting.refused(self.app, request, form)
        kept = form["command"] if form is not None else ""
        home = f"/meetings/{a.page.no}" + (f"/items/{a.item['item']}" if a.item else "")
        return self.pages.page(
            request, "meeting_act", status, a=asked, m=a.page, home=home, command=kept or str(uuid7()),
            action=action or request.url.path, made_from=since.made_from(a.page.case, form, asked.since),
        )  # fmt: skip


def held_in(app: App, number: str, visitor: session.Visitor | None) -> frozenset[str]:
    """The roles that the visitor holds in the meeting's case; none for whoever has a conflict of interest."""
    if visitor is None:
        return NOBODY.all
    offered = offers(app, number, visitor.key)
    return NOBODY.all if offered.conflict else offered.held.all


def taken(request: Request, t: Speech) -> str:
    """What has just been done, as the address says; nothing for what makes no sense."""
    done = {**ACTS, **ITEM_ACTS}.get(request.query_params.get("done", ""))
    return t.say(done.done) if done else ""


def _makes_sense(key: str, a: Around) -> bool:
    """Whether an act fits the item as it is."""
    settled = a.item is not None and a.item["outcome"] is not None
    if key == "dissent":
        return a.item is not None and a.item["outcome"] in DISSENTED
    return key == "outcome" or key == "remove" or not settled


def _beside(a: Around) -> dict[str, Any]:
    """The items before and after, to go to."""
    items = a.page.items
    here = next(n for n, i in enumerate(items) if i["item"] == a.it["item"])
    return {
        "before": items[here - 1] if here else None,
        "after": items[here + 1] if here + 1 < len(items) else None,
        "number": here + 1,
        "all": len(items),
    }


def _after(a: Around, act: str) -> str:
    """Where an act on an item leads: after an outcome to the next item without one."""
    base, here = f"/meetings/{a.page.no}", a.it
    if act == "remove":
        return f"{base}?done={act}"
    if act != "outcome":
        return f"{base}/items/{here['item']}?done={act}"
    left = [i for i in a.page.items if i["outcome"] is None and i["item"] != here["item"] and not i["secret"]]
    after = next(iter([i for i in left if i["position"] > here["position"]] or left), None)
    return f"{base}/items/{after['item']}?done={act}" if after else f"{base}?done={act}#agenda"


def _known(acts: Mapping[str, MeetingAct], key: str) -> MeetingAct:
    if key not in acts:
        raise NotFound(NO_SUCH)
    return acts[key]


def _signed(form: Sent, page: MeetingPage) -> dict[str, Any]:
    """What every command of a form carries: of the meeting as it was read now, where the form says what it saw."""
    version = page.case["version"] if form["seen"] else None
    signed = {"id": command_id(form), "actor": form.visitor.key, "door": "web"}
    return {**signed, "register_no": page.no, "expected_version": version}


def _misfits(e: ValidationError, fields: list[Field], t: Speech) -> dict[str, str]:
    named = {str(part) for fault in e.errors() for part in fault["loc"]}
    also = {"assigned": "what", "assigned_to": "to", "assigned_on": "report_on"}
    return {f.name: t("value_wrong", field=f.label) for f in fields if {f.name, also.get(f.name, f.name)} & named}


def offered(acts: Mapping[str, MeetingAct], held: frozenset[str], state: str, t: Speech) -> dict[str, str]:
    """The acts that make sense for somebody with these roles now: key → what it is called."""
    return {key: t.say(act.title) for key, act in acts.items() if act.is_for(held, state)}
