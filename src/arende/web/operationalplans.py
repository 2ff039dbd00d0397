"""Operational plans: the list of them, one version whole with its doubts, and two versions with the changes in red."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from arende import db, planfollowup, planwords, queries, rights, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.errors import NotFound
from arende.operationalplan import DOUBT_WORDS, KIND_WORDS, STATUS_WORDS, Entry, Plan, uncertain
from arende.plansource import encoding_words
from arende.queries import Connection, Row
from arende.register import parse_no
from arende.statetypes import PlanDef
from arende.usecases import operationalplans, planreads
from arende.usecases.options import offers
from arende.web import session
from arende.web.pages import Pages
from arende.web.planacts import PLAN_ACTS
from arende.web.speech import Speech


def routes(app: App, pages: Pages) -> APIRouter:
    """``/plans``, ``/plans/{register_no}`` and its changes."""
    plans, router = _Plans(app, pages), APIRouter()
    for path, answer in (
        ("/plans", plans.all),
        ("/plans/{register_no}", plans.show),
        ("/plans/{register_no}/changes", plans.changes),
    ):
        router.add_api_route(path, answer, methods=["GET"])
    return router


class _Plans:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def all(self, request: Request) -> Response:
        """Every plan that the visitor may see."""
        session.reader(request)
        t = self.pages.speech(request)
        with db.reading(self.app.engine) as conn:
            rows = planreads.plans(conn, session.look(request).rights)
            lines = [{**row, "year": row["fields"].get("year"), "state": self._state(conn, row, t)} for row in rows]
        return self.pages.page(request, "plans", plans=lines)

    def show(self, request: Request, register_no: str) -> Response:
        """One version of a plan: the decided one, or the newest until one is, unless the address names another."""
        session.reader(request)
        if (number := str(parse_no(register_no))) != register_no:
            return RedirectResponse(f"/plans/{number}", 308)
        t = self.pages.speech(request)
        with db.reading(self.app.engine) as conn:
            case = self._opened(conn, request, number)
            rows = operationalplans.versions(conn, case["id"])
            rules, asked = self._rules(conn, case), _version(request, "version")
            row = (
                operationalplans.followed(conn, rules, case)
                if asked is None
                else operationalplans.version_of(conn, case, asked)
            )
            decided = operationalplans.decided(conn, rules, case, rows)
            followed = planreads.follow_ups(conn, case["id"])
            told = _Cells(
                t, followed, workdays.local_day(self.app.clock()),
                planreads.ties(conn, session.look(request).rights, case["id"]),
            )  # fmt: skip
            state = self._state(conn, case, t)
        plan = operationalplans.plan_in(row)
        return self.pages.page(
            request, "plan", case=case, state=state, version=row, plan=plan,
            versions=[{**r, "decided": decided is not None and r["version"] == decided["version"]} for r in rows],
            base=t.say(operationalplans.base_words(number, row["version"], row["base"])),
            sections=[{"title": s.text, "rows": planwords.rows(s.children, told, lambda e: e.kind)}
                      for s in plan.sections],
            figures=_figures(plan, told), figure_headings=_figure_headings(t),
            encoding=t.say(encoding_words(row["encoding"])) if row["encoding"] else "",
            doubts=_doubts(plan, t), headings=_headings(t), acts=self._acts(request, case, rules.plan, t),
            done=t.say(PLAN_ACTS[done].done) if (done := request.query_params.get("done", "")) in PLAN_ACTS else "",
        )  # fmt: skip

    def _acts(self, request: Request, case: Row, declared: PlanDef | None, t: Speech) -> list[tuple[str, str]]:
        """What may be done to each activity: its words and the beginning of its address."""
        visitor = session.visitor(request)
        if visitor is None or declared is None or case["closed_at"]:
            return []
        given = offers(self.app, case["register_no"], visitor.key)
        if given.conflict or not given.held.all & {*declared.by}:
            return []
        base = f"/cases/{case['register_no']}/do"
        return [(t.say(PLAN_ACTS[name].title), f"{base}/{name}") for name in ("follow_up", "tie")]

    def changes(self, request: Request, register_no: str) -> Response:
        """A version with what differs from the decided one, or from the one that the address names."""
        session.reader(request)
        t = self.pages.speech(request)
        with db.reading(self.app.engine) as conn:
            case = self._opened(conn, request, str(parse_no(register_no)))
            now, before = _version(request, "version"), _version(request, "with")
            found = operationalplans.comparison(conn, self._rules(conn, case), case, now, before)
        words = planwords.change_words(found.found, found.now, found.told, t.lang)
        return self.pages.page(request, "plan_changes", case=case, headings=_headings(t), **words)

    def _opened(self, conn: Connection, request: Request, number: str) -> Row:
        case = queries.case(conn, number)
        rights.demand(conn, session.look(request).rights, case)
        return case

    def _rules(self, conn: Connection, row: Row) -> CaseType:
        return self.app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))

    def _state(self, conn: Connection, row: Row, t: Speech) -> str:
        return self._rules(conn, row).state_title(row["state"], t.lang)


class _Cells:
    """What stands in a cell of the page: the entry in words, its doubts, how it is getting on, and its cases."""

    def __init__(self, t: Speech, followed: dict[str, Row], today: date, ties: dict[str, list[Row]]) -> None:
        self.t, self.followed, self.today, self.ties = t, followed, today, ties

    def __call__(self, entry: Entry) -> dict[str, Any]:
        last = self.followed.get(entry.key)
        return {
            "key": entry.key,
            "kind": entry.kind,
            "said": planwords.said(entry, self.t.lang),
            "doubts": _why(entry, self.t),
            "status": self.t.say(STATUS_WORDS[last["status"]]) if last else "",
            "followed": last,
            "late": entry.kind == "activity" and planfollowup.is_late(entry, self.followed, self.today),
            "cases": self.ties.get(entry.key, []),
        }


def _why(entry: Entry, t: Speech) -> list[str]:
    return [t.say(DOUBT_WORDS[d]) for d in entry.doubts if d != "change"]


def _figures(plan: Plan, told: _Cells) -> list[dict[str, Any]]:
    """How it goes with each priority, with all of them last; empty until anything is known of any activity."""
    found = planfollowup.figures(plan, told.followed, told.today)
    lines = [
        {"section": f.section, "name": f.name, "numbers": [f.activities, *f.by_status.values(), f.untold, f.late]}
        for f in found
    ]
    if not found or all(f.untold == f.activities and not f.late for f in found):
        return []
    sums = [sum(column) for column in zip(*(line["numbers"] for line in lines), strict=True)]
    return [*lines, {"section": "", "name": told.t("plan_all"), "numbers": sums}]


def _doubts(plan: Plan, t: Speech) -> list[dict[str, Any]]:
    return [
        {"key": e.key, "kind": t.say(KIND_WORDS[e.kind]), "text": e.text, "line": e.line, "why": _why(e, t)}
        for _, e in plan.walk()
        if uncertain(e)
    ]


def _figure_headings(t: Speech) -> list[str]:
    known = [t.say(STATUS_WORDS[s]).capitalize() for s in planfollowup.STATUSES]
    return [t("plan_activities"), *known, t("plan_untold"), t("plan_late")]


def _headings(t: Speech) -> list[str]:
    return (
        list(planwords.HEADINGS) if t.lang == "sv" else [t.say(KIND_WORDS[k]).capitalize() for k in planwords.COLUMNS]
    )


def _version(request: Request, name: str) -> int | None:
    """The version that the address names; None where it names none. Raises NotFound for what is no number."""
    asked = request.query_params.get(name, "")
    if not asked:
        return None
    if not (asked.isdecimal() and asked.isascii() and len(asked) < 7):
        raise NotFound()
    return int(asked)
