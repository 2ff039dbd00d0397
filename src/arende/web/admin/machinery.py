"""How the machine is: the overview, the workers and sweeps, and the latest flow runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende import flowruns, health, machinery
from arende.errands import DIRECT
from arende.usecases.administrators import Overseer
from arende.web.admin.frame import TONES, Frame
from arende.web.speech import Speech

MORE = {
    "workers": "/admin/flows",
    "prefect": "/admin/flows",
    "sweeps": "/admin/flows",
    "mail": "/admin/mail",
    "promises": "/admin/promises",
    "tray": "/admin/held",
}
"""Check → the page that tells more of it."""
_RUN_TONES = {"running": "wait", "late": "bad", "failed": "bad", "completed": "ok", "other": "calm"}


def routes(frame: Frame) -> APIRouter:
    """``/admin`` and ``/admin/flows``."""
    pages, router = _Machinery(frame), APIRouter()
    router.add_api_route("/admin", pages.overview, methods=["GET"])
    router.add_api_route("/admin/flows", pages.flows, methods=["GET"])
    return router


class _Machinery:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.runs = flowruns.FlowRuns(frame.app.settings)

    def overview(self, request: Request) -> Response:
        """Every check, what is wrong first."""
        who, t = self.frame.overseer(request), self.frame.speech(request)
        found = sorted(health.look(who.app), key=lambda c: -health.LEVELS.index(c.level))
        lines = [
            {
                "what": t(f"check_{c.key}"),
                "status": {"words": t(f"level_{c.level}"), "tone": TONES[c.level]},
                "told": t.say(c.sentence),
                "href": MORE.get(c.key),
            }
            for c in found
        ]
        return self.frame.page(request, "overview", lines=lines, wrong=sum(c.level != "ok" for c in found))

    def flows(self, request: Request) -> Response:
        """Workers and sweeps as the database knows them; runs as Prefect tells them, if it answers at once."""
        who, t = self.frame.overseer(request), self.frame.speech(request)
        told = self.runs.latest()
        runs = [
            {
                "id": r.id,
                "flow": r.flow,
                "name": r.name,
                "status": {"words": r.state, "tone": _RUN_TONES[r.kind]},
                "at": r.begun_at,
                "seconds": t.number(r.seconds),
            }
            for r in told.runs
        ]
        return self.frame.page(
            request, "flows", workers=_workers(who, t), sweeps=_sweeps(who, t), runs=runs, told=told,
            prefect=flowruns.ui_url(who.app.settings),
        )  # fmt: skip


def _workers(who: Overseer, t: Speech) -> list[dict[str, Any]]:
    return [
        {
            "name": w.name,
            "status": _tag(t("worker_alive" if w.alive else "worker_gone"), bad=not w.alive),
            "at": w.seen_at,
            "prefect": t("prefect_yes" if w.prefect else "prefect_no"),
        }
        for w in machinery.workers(who.app)
    ]


def _sweeps(who: Overseer, t: Speech) -> list[dict[str, Any]]:
    return [
        {
            "name": t(f"sweep_{s.name}"),
            "status": _tag(t("sweep_late" if s.late else "sweep_ok"), bad=s.late),
            "every": t("every_minutes", n=s.every // timedelta(minutes=1)),
            "at": s.taken_at,
            "line": s.line,
            "run": "" if s.run == DIRECT else s.run,
        }
        for s in machinery.sweeps(who.app)
    ]


def _tag(words: str, *, bad: bool) -> dict[str, str]:
    return {"words": words, "tone": "bad" if bad else "ok"}
