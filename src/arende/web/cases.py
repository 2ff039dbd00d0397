"""The case list, and one case with everything on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from arende import db, desk, meetingqueries, queries, rights, timeline, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.casewords import titles_of
from arende.endings import state_words
from arende.errors import Invalid, NotFound
from arende.meetingtimeline import OUTCOMES
from arende.queries import Connection, Row
from arende.register import parse_no
from arende.usecases import operationalplans, planreads
from arende.usecases.options import offers
from arende.virtualtime import InstallationClock
from arende.web import casefile, inbox, plancalendar, plancard, session
from arende.web.acts import ACTS
from arende.web.caseoffers import ASKED, CaseOffers
from arende.web.casepage import CasePage, Read
from arende.web.pages import Pages
from arende.web.pictures import Pictures
from arende.web.sight import opened
from arende.web.speech import Speech
from arende.web.waits import waits_for

PAGE = 50
"""Cases on one page of the list."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def routes(app: App, pages: Pages) -> APIRouter:
    """``/``, ``/cases`` and ``/cases/{register_no}``."""
    router, pictures = APIRouter(), Pictures()

    @router.get("/cases")
    def case_list(request: Request) -> Response:
        """The cases, last changed first."""
        session.reader(request)
        t = pages.speech(request)
        asked = {k: request.query_params.get(k, "") for k in ("show", "type", "before")}
        with db.reading(app.engine) as conn:
            types = queries.types_used(conn)
            kind = asked["type"] if asked["type"] in types else ""
            rows = queries.cases(
                conn, limit=PAGE + 1, before=_place(asked["before"]), type_=kind or None,
                open_only=asked["show"] == "open", visible_to=session.look(request).rights if kind else None,
            )  # fmt: skip
            seen = rights.seen(conn, session.look(request).rights, rows)
            asked_of = desk.asked(conn, seen)
            shown = [_line(app, conn, row, t, seen, asked_of.get(row["id"], [])) for row in rows[:PAGE]]
            titles = [(key, _rules(app, conn, sha).name(t.lang)) for key, sha in types.items()]
        story = app.clock.story() if isinstance(app.clock, InstallationClock) else None
        welcome = request.url.path == "/" and session.look(request).house.demo
        return pages.page(
            request, "cases", rows=shown, begin=[row for row in shown if row.get("asked")][:3] if welcome else [],
            playing=workdays.local_day(story) if story else None, types=titles, kind=kind,
            show="open" if asked["show"] == "open" else "",
            later=bool(asked["before"]), next=_mark(rows[PAGE - 1]) if len(rows) > PAGE else None,
        )  # fmt: skip

    @router.get("/cases/{register_no}")
    def case(request: Request, register_no: str) -> Response:
        """One case with everything on it."""
        visitor = session.reader(request)
        try:
            number = str(parse_no(register_no))
        except Invalid as e:
            raise NotFound(*e.sentences) from None
        if number != register_no:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"/cases/{number}{query}", 308)
        t = pages.speech(request)
        with db.reading(app.engine) as conn:
            row = queries.case(conn, number)
            rules = _rules(app, conn, row["definition"])
            if not rights.may_see(conn, session.look(request).rights, row):
                state = state_words(rules, row, t.lang)
                return pages.page(request, "secret", number=number, state=state)
            today = workdays.local_day(app.clock())
            who = session.look(request).rights
            found, whole = read(conn, row, t.lang, today, who), who.everything
            version = desk.marker(conn, number)
            stands = _standing(conn, number, t)
            planned = plancard.card(conn, row, rules, found.names, t, today)
            calendar = plancalendar.card(app, conn, row, who, t)
            has_plan = rules.plan is not None and planreads.has_plan(conn, row["id"])
            carries = [{**a, "gone": _gone(app, conn, a)} for a in planreads.tied_to(conn, who, number)]
            watched = visitor is not None and desk.is_watched(conn, row["id"], visitor.actor.id)
        offered = offers(app, number, visitor.key) if visitor else None
        return pages.page(
            request, "case", c=CasePage(found, rules, t, today), case=row, version=version, watched=watched,
            o=CaseOffers(found, rules, offered, visitor, t, whole=whole), taken=taken(request, row, rules, t),
            picture=pictures.of(rules, t.lang, row["state"]), stands=stands,
            planned=planned, calendar=calendar, carries=carries, has_plan=has_plan,
        )  # fmt: skip

    @router.get("/cases/{register_no}/case.pdf")
    def on_paper(request: Request, register_no: str) -> Response:
        """The same as one document, to print or to send."""
        session.reader(request)
        with db.reading(app.engine) as conn:
            row, rules = opened(app, conn, request, register_no)
            who = session.look(request).rights
            found = read(conn, row, "sv", workdays.local_day(app.clock()), who)
        headers = {"Content-Disposition": f'inline; filename="{row["register_no"]}.pdf"', "Cache-Control": "no-store"}
        return Response(casefile.pdf(app, found, rules), 200, headers, "application/pdf")

    router.include_router(inbox.routes(app, pages, case_list))
    return router


def _rules(app: App, conn: Connection, sha256: str) -> CaseType:
    return app.types.pinned(sha256, lambda h: queries.definition(conn, h))


def _line(
    app: App, conn: Connection, row: queries.Row, t: Speech, seen: frozenset[int], asked: list[str]
) -> dict[str, Any]:
    """One line of the list; ``asked`` owe it an answer. One under secrecy shows others its number and state alone."""
    rules, hidden = _rules(app, conn, row["definition"]), row["id"] not in seen
    line = {"number": row["register_no"], "state": state_words(rules, row, t.lang), "secret": hidden}
    if hidden:
        return line
    today = workdays.local_day(app.clock())
    due = workdays.local_day(row["due_at"]) if row["due_at"] and not row["closed_at"] else None
    return {
        **line,
        "title": row["title"],
        "type": rules.name(t.lang),
        "waits_for": waits_for(rules, row["state"], row["officer_name"], t.lang, asked),
        "asked": bool(asked),
        "due": {"iso": due, "day": t.day(due), "away": t.distance(today, due), "late": due < today} if due else None,
        "changed": row["changed_at"],
        "closed": row["closed_at"] is not None,
    }


def read(conn: Connection, row: queries.Row, lang: str, today: date, who: rights.Reader) -> Read:
    """One SELECT for each kind of row, however many there are."""
    number = row["id"]
    history = queries.history(conn, number)
    keys = {k for e in history for k in timeline.mentioned(e)} | timeline.keys_among(row["fields"].values())
    approvals, mails = queries.approvals(conn, number), queries.mails(conn, number)
    assignments = meetingqueries.assignments(conn, today, "all", register_no=row["register_no"])
    keys |= {a["receiver"] for a in assignments}
    tasks = queries.tasks(conn, number)
    return Read(
        case=row,
        history=history,
        tasks=tasks,
        approvals=approvals,
        rounds=queries.consultations(conn, number),
        documents=queries.documents(conn, number),
        mails=mails,
        relations=queries.relations(conn, number),
        related_from=desk.related_from(conn, who, row["register_no"]),
        deadlines=queries.open_deadlines(conn, number),
        names={**queries.names(conn, keys, lang), **titles_of(tasks, lang)},
        trails=queries.trails(conn, number, approvals, mails),
        notes=desk.notes(conn, number),
        questions=desk.questions(conn, number) if any(x["act"] == ASKED for x in tasks) else [],
        assignments=assignments,
    )


def _gone(app: App, conn: Connection, tie: Row) -> bool:
    """Whether the plan that is followed up no longer has, or does not have yet, the activity that a case is tied to."""
    plan = queries.case(conn, tie["register_no"])
    held = operationalplans.followed(conn, _rules(app, conn, plan["definition"]), plan)
    return not operationalplans.has_activity(held, tie["activity"])


def _standing(conn: Connection, number: str, t: Speech) -> list[dict[str, Any]]:
    """The meetings whose agendas the case stands on, and what became of it there."""
    rows = meetingqueries.standing_of(conn, number)
    names = queries.names(conn, {m["body"] for m in rows}, t.lang)
    became = {m["outcome"]: t.say(OUTCOMES[m["outcome"]]) for m in rows if m["outcome"] in OUTCOMES}
    return [{**m, "name": names.get(m["body"], m["body"]), "became": became.get(m["outcome"], "")} for m in rows]


def taken(request: Request, row: queries.Row, rules: CaseType, t: Speech) -> str:
    """What has just been done, as the address says; nothing for what makes no sense."""
    done = request.query_params.get("done", "")
    if done in ACTS:
        return t.say(ACTS[done].done)
    words = {
        "step": "step_taken", "upload": "upload_done", "registered": "new_case_done", "answered": "answered",
        "watch": "watching", "unwatch": "watching_no_more",
    }  # fmt: skip
    if done not in words:
        return ""
    return t(words[done], state=rules.state_title(row["state"], t.lang), number=row["register_no"])


def _mark(row: queries.Row) -> str:
    """Where the next page begins, for its address: microseconds and the row's number."""
    return f"{(row['changed_at'] - _EPOCH) // timedelta(microseconds=1)}-{row['id']}"


def _place(mark: str) -> tuple[datetime, int] | None:
    """The place that an address names; None, the beginning, for one that makes no sense."""
    micros, dash, number = mark.partition("-")
    if not (dash and micros.isdecimal() and number.isdecimal() and len(mark) <= 40):
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(micros)), min(int(number), 2**62)
    except OverflowError:
        return None
