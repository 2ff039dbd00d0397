"""The case types: what each says in words and as a picture, whether it is sound, what runs on it, how long it takes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from arende import markdown, prose
from arende.casetypes import Finding
from arende.usecases import leadtimes, versions
from arende.usecases.leadtimes import LeadTimes, Stay
from arende.web.admin import bars
from arende.web.admin.frame import Frame
from arende.web.pictures import Pictures
from arende.web.speech import Speech


def routes(frame: Frame) -> APIRouter:
    """``/admin/types``, ``/admin/types/{key}`` and ``/admin/types/{key}/times``."""
    pages, router = _Types(frame), APIRouter()
    router.add_api_route("/admin/types", pages.listed, methods=["GET"])
    router.add_api_route("/admin/types/{key}", pages.one, methods=["GET"])
    router.add_api_route("/admin/types/{key}/times", pages.times, methods=["GET"])
    return router


class _Types:
    def __init__(self, frame: Frame) -> None:
        self.frame, self.pictures = frame, Pictures()

    def listed(self, request: Request) -> Response:
        """Every type, with its editions and what runs on them."""
        who, t = self.frame.overseer(request), self.frame.speech(request)
        lines = [
            {
                "key": k.key,
                "name": k.rules.name(t.lang) if k.rules else k.key,
                "version": k.rules.version if k.rules else "–",
                "editions": len(k.editions),
                "running": k.running,
                "ended": sum(e.ended for e in k.editions),
                "status": _status(k, t),
            }
            for k in versions.listing(who)
        ]
        return self.frame.page(request, "types", lines=lines)

    def one(self, request: Request, key: str) -> Response:
        """One type: its editions, what was found wrong, its picture and its rules in words."""
        who, t = self.frame.overseer(request), self.frame.speech(request)
        known, version = versions.one(who, key), request.query_params.get("version", "")
        shown = versions.rules_of(who, known, version) if known.rules or version else None
        told = markdown.blocks(prose.page(shown, t.lang))[1:] if shown else []  # the page has its own first heading
        return self.frame.page(
            request, "type", k=known, name=shown.name(t.lang) if shown else key, version=shown.version if shown else "",
            editions=known.editions, findings=[_finding(f, t) for f in known.findings], blocks=told,
            picture=self.pictures.of(shown, t.lang, "") if shown else None, sound=_status(known, t),
        )  # fmt: skip

    def times(self, request: Request, key: str) -> Response:
        """How long cases of the type stay in each state: as a chart, and as the same figures in a table."""
        who, t = self.frame.overseer(request), self.frame.speech(request)
        found = leadtimes.of_type(who, key)
        rules = versions.rules_of(who, versions.one(who, key))
        names = {s.state: rules.state_title(s.state, t.lang) for s in found.states}
        lines = [_line(s, names[s.state], t) for s in found.states]
        return self.frame.page(
            request, "times", key=key, name=rules.name(t.lang), found=found, lines=lines,
            whole=_line(found.whole, t("times_whole"), t), chart=_chart(found, names, t),
        )  # fmt: skip


def _status(known: versions.Known, t: Speech) -> dict[str, str]:
    errors = sum(f.level == "error" for f in known.findings)
    if errors:
        return {"words": t("type_unsound", n=errors), "tone": "bad"}
    if not known.in_files:
        return {"words": t("type_gone"), "tone": "calm"}
    if known.findings:
        return {"words": t("type_warned", n=len(known.findings)), "tone": "wait"}
    return {"words": t("type_sound"), "tone": "ok"}


def _finding(f: Finding, t: Speech) -> dict[str, Any]:
    bad = f.level == "error"
    return {
        "code": f.code,
        "line": f.line,
        "status": {"words": t("finding_error" if bad else "finding_warning"), "tone": "bad" if bad else "wait"},
        "told": t.say(f.sentence),
        "do": t.say(f.suggestion),
    }


def _line(stay: Stay, name: str, t: Speech) -> dict[str, Any]:
    days = {key: t.number(getattr(stay, key)) for key in ("median", "p90", "oldest")}
    return {"name": name, "count": stay.count, "here": stay.here, "gone": stay.count > 0, **days}


def _chart(found: LeadTimes, names: dict[str, str], t: Speech) -> bars.Chart:
    rows = [bars.Row(names[s.state], s.median, s.p90, t.number(s.median)) for s in found.states if s.count]
    return bars.chart(rows)
