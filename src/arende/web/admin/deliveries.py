"""The outbox: what was promised by mail, what did not get through and why, and sending it again."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from arende.deliverycommands import RetryDelivery
from arende.errors import Invalid
from arende.prepared import Row
from arende.register import parse_no
from arende.statuswords import DELIVERY
from arende.usecases import deliveries
from arende.web.acting import command_id
from arende.web.admin.frame import Frame, numbered
from arende.web.forms import Form
from arende.web.speech import Speech

PAGE = 50


def routes(frame: Frame) -> APIRouter:
    """``/admin/mail``, ``/admin/mail/{number}`` and ``/admin/mail/{number}/retry``."""
    pages, router = _Deliveries(frame), APIRouter()
    router.add_api_route("/admin/mail", pages.listed, methods=["GET"])
    router.add_api_route("/admin/mail/{number}", pages.one, methods=["GET"])
    router.add_api_route("/admin/mail/{number}/retry", pages.retry, methods=["POST"])
    return router


class _Deliveries:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def listed(self, request: Request) -> Response:
        """What did not get through, or what else is chosen in the address; the newest first."""
        who, t, asked = self.frame.overseer(request), self.frame.speech(request), request.query_params
        show = asked.get("show", "") if asked.get("show") in deliveries.CHOICES else "trouble"
        number, place = _case(asked.get("case", "")), asked.get("before", "")
        before = numbered(place) if place else None
        states = deliveries.STATES.get(show, ())
        rows = deliveries.listing(who, states=states, register_no=number, before=before, limit=PAGE + 1)
        return self.frame.page(
            request, "mail", rows=[_line(r, t) for r in rows[:PAGE]], choices=deliveries.CHOICES, show=show,
            case=asked.get("case", "").strip()[:20], later=before is not None,
            next=rows[PAGE - 1]["id"] if len(rows) > PAGE else None,
        )  # fmt: skip

    def one(self, request: Request, number: str) -> Response:
        """One mail, and what became of it."""
        who, t = self.frame.overseer(request), self.frame.speech(request)
        row = deliveries.one(who, numbered(number))
        done = request.query_params.get("done") == "1" and row["state"] in deliveries.STATES["waiting"]
        return self.frame.page(request, "delivery", m=_line(row, t), done=done)

    def retry(self, number: str, form: Form) -> Response:
        """Queue it again."""
        who = self.frame.sender(form)
        row = numbered(number)
        who.app.do(RetryDelivery(id=command_id(form), actor=form.visitor.key, door="web", delivery=row))
        return RedirectResponse(f"/admin/mail/{row}?done=1", 303)


def _case(asked: str) -> str:
    """A diary number as it is written; what is none finds nothing."""
    if not asked.strip():
        return ""
    try:
        return str(parse_no(asked))
    except Invalid:
        return asked.strip()[:20]


def _line(row: Row, t: Speech) -> dict[str, Any]:
    words, tone = DELIVERY[row["state"]]
    return {**row, "status": {"words": t.say(words), "tone": tone}, "command": str(uuid7())}
