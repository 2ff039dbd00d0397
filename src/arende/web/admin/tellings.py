"""What a webhook's address has been told, message by message, and one of them sent once more."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende import beats, webhooks
from arende.prepared import Row
from arende.usecases import tellings
from arende.usecases.administrators import Overseer
from arende.web.admin.frame import Frame, numbered
from arende.web.forms import Form
from arende.web.speech import Speech


def routes(frame: Frame) -> APIRouter:
    """``/admin/keys/webhooks/{number}`` and its messages."""
    pages, router = _Tellings(frame), APIRouter()
    router.add_api_route("/admin/keys/webhooks/{number}", pages.listed, methods=["GET"])
    router.add_api_route("/admin/keys/webhooks/{number}/again", pages.again, methods=["POST"])
    return router


class _Tellings:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def listed(self, request: Request, number: str) -> Response:
        """The newest messages: when, what, and what came of each."""
        return self._page(request, self.frame.overseer(request), numbered(number))

    def again(self, request: Request, number: str, form: Form) -> Response:
        """Send one message once more, and say what came of it."""
        who, t = self.frame.sender(form), self.frame.speech(request)
        row, message = tellings.to_send_again(who, numbered(number), numbered(form["message"]))
        sent = asyncio.run(webhooks.again(who.app, row, message, beats.real_now()))
        words = t("hook_taken" if sent.taken else "hook_not_taken", name=row["name"], told=sent.told)
        return self._page(request, who, row["id"], told=words, well=sent.taken)

    def _page(self, request: Request, who: Overseer, number: int, *, told: str = "", well: bool = True) -> Response:
        t = self.frame.speech(request)
        row, messages = tellings.listing(who, number)
        return self.frame.page(
            request, "webhook", hook=row, messages=[_line(m, t) for m in messages], most=tellings.KEPT, told=told,
            well=well,
        )  # fmt: skip


def _line(message: Row, t: Speech) -> dict[str, Any]:
    words, tone = ("hook_was_taken", "ok") if message["taken"] else ("hook_was_not", "bad")
    return {**message, "status": {"words": t(words), "tone": tone}}
