"""Mail that waits for a registrar: that it is there, since when and why, and who sorts it – never what it says."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende.prepared import Row
from arende.traywords import reason
from arende.usecases import heldmails
from arende.web.admin.frame import Frame
from arende.web.speech import Speech

MOST = 100


def routes(frame: Frame) -> APIRouter:
    """``/admin/held``."""
    router = APIRouter()

    def held(request: Request) -> Response:
        """The mails that wait, the oldest first, without a word of what they say."""
        who, t = frame.overseer(request), frame.speech(request)
        return frame.page(
            request, "held", counts=heldmails.counted(who), rows=[_line(r, t) for r in heldmails.waiting(who, MOST)],
            sorters=heldmails.sorters(who), sorts=who.reads.everything,
        )  # fmt: skip

    router.add_api_route("/admin/held", held, methods=["GET"])
    return router


def _line(row: Row, t: Speech) -> dict[str, Any]:
    return {**row, "size": t.size(row["size"]), "why": t.say(reason(row["reason"]))}
