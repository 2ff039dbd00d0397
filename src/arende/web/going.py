"""Where to go: what the case at hand allows, one's own cases, and every page, found by words.

It is a page of its own; Ctrl-K lays the same list over any page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende import db, desk, rights, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.errors import Forbidden, NotFound
from arende.queries import Row
from arende.register import number_in
from arende.usecases.inbox import waiting_for
from arende.usecases.options import offers
from arende.web import cases, menu, newcase, session
from arende.web.admin.frame import PLACES
from arende.web.caseoffers import CaseOffers
from arende.web.casepage import CasePage
from arende.web.inboxpage import InboxPage
from arende.web.meetingacting import offered
from arende.web.meetingacts import ACTS as MEETING_ACTS
from arende.web.pages import Pages
from arende.web.session import Look, Visitor
from arende.web.sight import home_of, opened
from arende.web.speech import Speech

MOST = 100
"""Rows of each of the lists that one's own cases come from."""
OWN = (("/me", "own_settings"), ("/me/answers", "own_answers"), ("/sessions", "own_sessions"))
"""A person's pages that have no place in the menu."""
ALSO = (("/calendars", "calendars_follow", ""), ("/tray/secrecy", "secrecy_check", "registrar"),
        ("/tray/post", "post_", "registrar"))  # fmt: skip
"""Pages below those of the menu, each with the office that has use for it."""


@dataclass(frozen=True)
class Place:
    """Somewhere to go. ``under`` says more of it, and is searched too."""

    words: str
    href: str
    under: str = ""

    def has(self, asked: Iterable[str], group: str) -> bool:
        """Whether every word that is asked for is in it, or in what its group is called."""
        text = f"{group} {self.words} {self.under}".casefold()
        return all(word in text for word in asked)


Group = tuple[str, list[Place]]
"""What the places have in common, in words, and the places."""


def routes(app: App, pages: Pages) -> APIRouter:
    """``/go``."""
    going, router = _Going(app, pages), APIRouter()
    router.add_api_route("/go", going.page, methods=["GET"])
    return router


class _Going:
    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def page(self, request: Request) -> Response:
        """Every place, or those with the words in the address."""
        visitor, t = session.reader(request), self.pages.speech(request)
        asked, number = (request.query_params.get(k, "").strip()[:200] for k in ("q", "case"))
        groups = list(self._groups(request, visitor, number, t))
        found = [(title, [p for p in places if p.has(asked.casefold().split(), title)]) for title, places in groups]
        found = [(title, places) for title, places in found if places]
        return self.pages.page(
            request, "go", q=asked, number=number, groups=found, count=sum(len(p) for _, p in found),
            direct=number_in(asked),
        )  # fmt: skip

    def _groups(self, request: Request, visitor: Visitor | None, number: str, t: Speech) -> Iterator[Group]:
        if visitor is not None and number:
            with suppress(NotFound, Forbidden):
                yield self._case(request, visitor, number, t)
        if visitor is not None:
            yield t("go_own"), self._own(request, visitor, t)
        yield t("go_pages"), list(self._pages(session.look(request), t))
        if visitor is not None:
            yield t("new_case"), self._types(visitor, t)

    # ------------------------------------------------------------ the case at hand

    def _case(self, request: Request, visitor: Visitor, number: str, t: Speech) -> Group:
        today = workdays.local_day(self.app.clock())
        with db.reading(self.app.engine) as conn:
            row, rules = opened(self.app, conn, request, number)
            read = cases.read(conn, row, t.lang, today, session.look(request).rights)
        given = offers(self.app, row["register_no"], visitor.key)
        o = CaseOffers(read, rules, given, visitor, t, whole=session.look(request).rights.everything)
        page = CasePage(read, rules, t, today)
        asked = [
            Place(t("answer_request", act=page.act_of(a)), f"/approvals/{a['id']}")
            for a in o.asked_of_me(read.approvals)
        ]
        held = given.held.all if not given.conflict else frozenset[str]()
        of_meeting = offered(MEETING_ACTS, held, row["state"], t) if rules.meeting_of else {}
        meeting = [Place(words, f"/meetings/{row['register_no']}/do/{key}") for key, words in of_meeting.items()]
        return t("go_case", number=row["register_no"]), [*asked, *_done(o, row, rules, t), *meeting]

    # ------------------------------------------------------------ one's own cases

    def _own(self, request: Request, visitor: Visitor, t: Speech) -> list[Place]:
        today = workdays.local_day(self.app.clock())
        with db.reading(self.app.engine) as conn:
            waiting = waiting_for(conn, visitor.actor.id, today, MOST)
            running, watched = (f(conn, visitor.actor.id, MOST) for f in (desk.running, desk.watched))
            rows = [{"id": r.get("case_id", r["id"]), "secrecy": r["secrecy"]} for r in (*waiting, *running, *watched)]
            seen = rights.seen(conn, session.look(request).rights, rows)
            page = InboxPage(self.app, conn, visitor, t, today, seen)
            shown = [*page.waiting(waiting), *page.running(running, waiting), *page.watched(watched)]
        return list({c["number"]: _own(c) for c in reversed(shown)}.values())[::-1]

    # ------------------------------------------------------------ pages

    def _pages(self, look: Look, t: Speech) -> Iterator[Place]:
        has_mailbox = self.app.settings.mailbox_dir.is_dir()
        yield from (Place(item.words, item.path) for item in menu.shown(look, "", t, has_mailbox=has_mailbox))
        if look.visitor is None:
            return
        offices = look.rights.offices
        yield from (Place(t(label), path) for path, label, office in ALSO if not office or office in offices)
        if "administrator" in offices:
            yield from (Place(t(label), path, t("admin")) for path, label in PLACES[1:])
        yield from (Place(t(label), path) for path, label in OWN)

    def _types(self, visitor: Visitor, t: Speech) -> list[Place]:
        known = [self.app.types.current(key) for key in self.app.types.keys]
        mine = sorted((k for k in known if newcase.may_register(k, visitor)), key=lambda k: k.name(t.lang))
        return [Place(k.name(t.lang), f"/cases/new/{k.key}") for k in mine]


def _done(o: CaseOffers, row: Row, rules: CaseType, t: Speech) -> Iterator[Place]:
    """What may be done on the case now, the next step first, and the case itself last."""
    base = f"/cases/{row['register_no']}"
    steps = [step for step in [o.next, *o.others] if step and step["allowed"]]
    for step in steps:
        yield Place(step["title"], step["href"], t("leads_to", state=step["to"]) if step["to"] else "")
    if o.colleague:
        if o.open:
            yield Place(t("note_add"), f"{base}/do/note")
        yield Place(t("upload"), f"{base}/documents/new")
    for act in o.acts:
        yield Place(act["title"], act["href"])
    yield Place(row["register_no"], home_of(rules, row["register_no"]), row["title"])


def _own(case: dict[str, Any]) -> Place:
    return Place(f"{case['number']} {case['title']}", case["home"], case["state"])
