"""The house: persons with their offices and who stands in for whom, parties, and the settings with their source."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende import absences, db, directory, queries, settings, workdays
from arende.errors import Sentence
from arende.terms import BUILT_IN_ROLES
from arende.usecases import people
from arende.web.admin.frame import Frame


def routes(frame: Frame) -> APIRouter:
    """``/admin/people`` and ``/admin/settings``."""
    pages, router = _House(frame), APIRouter()
    router.add_api_route("/admin/people", pages.people, methods=["GET"])
    router.add_api_route("/admin/settings", pages.settings, methods=["GET"])
    return router


class _House:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def people(self, request: Request) -> Response:
        """Everybody of the people file, with today's offices; those who have ended last."""
        who, t = self.frame.overseer(request), self.frame.speech(request)
        today = workdays.local_day(who.app.clock())
        found = people.listing(who.app, today)
        held = {o.partition("@")[2] for p in found for o in p.offices}
        with db.reading(who.app.engine) as conn:
            bodies = queries.names(conn, held, t.lang)
            stand_ins, away = directory.stand_ins(conn, today), absences.coming(conn, today)
        lines = [
            {
                "key": p.actor.key,
                "name": p.actor.name,
                "title": p.actor.title or "",
                "email": p.actor.email or "",
                "kind": p.actor.kind,
                "active": p.actor.is_active(today),
                "ended": p.actor.ended_on,
                "offices": [_office(o, bodies, t.lang) for o in p.offices],
            }
            for p in sorted(found, key=lambda p: (not p.actor.is_active(today), p.actor.name.casefold()))
        ]
        return self.frame.page(
            request, "people", persons=[x for x in lines if x["kind"] == "person"],
            parties=[x for x in lines if x["kind"] == "party"], stand_ins=stand_ins, away=away,
        )  # fmt: skip

    def settings(self, request: Request) -> Response:
        """Every setting with its source; of a secret, only whether there is one."""
        who = self.frame.overseer(request)
        return self.frame.page(request, "settings", lines=settings.shown(who.app.settings))


def _office(held: str, bodies: dict[str, str], lang: str) -> str:
    """An office and its body in words: "ordförande, Regionstyrelsen"."""
    office, _, body = held.partition("@")
    if office in BUILT_IN_ROLES:
        words = BUILT_IN_ROLES[office][lang == "en"]
    else:
        words = _OTHER[office].in_(lang) if office in _OTHER else office.replace("_", " ")
    return f"{words}, {bodies.get(body, body)}"


_OTHER = {"member": Sentence("ledamot", "member"), "substitute": Sentence("ersättare", "substitute")}
