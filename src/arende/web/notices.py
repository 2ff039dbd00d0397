"""The notice board: for everybody, without signing in, and for printing."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende import db, noticeboard, queries, workdays
from arende.app import App
from arende.usecases import meetingmails
from arende.web import session
from arende.web.pages import Pages
from arende.web.speech import Speech


def routes(app: App, pages: Pages) -> APIRouter:
    """``/notices``."""
    router = APIRouter()

    @router.get("/notices")
    def board(request: Request) -> Response:
        """What is up now."""
        t = pages.speech(request)
        with db.reading(app.engine) as conn:
            meetings = noticeboard.announced(conn, workdays.local_day(app.clock()))
            minutes = noticeboard.minutes_up(conn)
            names = queries.names(conn, {m["body"] for m in (*meetings, *minutes)}, t.lang)
        return pages.page(
            request, "notices", meetings=[_shown(m, names, t) for m in meetings],
            minutes=[_shown(m, names, t) for m in minutes], authority=session.look(request).house.name or "–",
        )  # fmt: skip

    return router


def _shown(row: dict[str, Any], names: dict[str, str], t: Speech) -> dict[str, Any]:
    return {
        **row,
        "name": names.get(row["body"], row["body"]),
        "when": meetingmails.when(row, t.lang),
        "sections": sections(row.get("sections", ())),
    }


def sections(numbers: Any) -> str:
    """Sections as people write them: "§ 3, §§ 5–8"."""
    runs: list[list[int]] = []
    for n in sorted(numbers):
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    return ", ".join(f"§ {run[0]}" if len(run) == 1 else f"§§ {run[0]}–{run[-1]}" for run in runs)
