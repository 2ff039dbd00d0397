"""Promises that should have been kept and were not; and whether the record is what was written."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from arende import inspection, reconcile
from arende.errors import ArendeError, Sentence
from arende.usecases import audit
from arende.web.admin.frame import Frame
from arende.web.forms import Form
from arende.web.speech import Speech


def routes(frame: Frame) -> APIRouter:
    """``/admin/promises`` and ``/admin/audit``."""
    pages, router = _Promises(frame), APIRouter()
    router.add_api_route("/admin/promises", pages.promises, methods=["GET"])
    router.add_api_route("/admin/promises", pages.reconcile, methods=["POST"])
    router.add_api_route("/admin/audit", pages.audit, methods=["GET"])
    router.add_api_route("/admin/audit", pages.verify, methods=["POST"])
    return router


class _Promises:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def promises(self, request: Request) -> Response:
        """What the latest reconciling found, and when."""
        who, t = self.frame.overseer(request), self.frame.speech(request)
        found = reconcile.latest(who.app)
        lines = [_promise(f, t) for f in found.data["findings"]] if found else []
        return self.frame.page(
            request, "promises", lines=lines, at=found.seen_at if found else None,
            more=found.data["count"] - len(lines) if found else 0,
        )  # fmt: skip

    def reconcile(self, form: Form) -> Response:
        """Reconcile now. The files are left to the worker: there may be a million."""
        reconcile.find(self.frame.sender(form).app, with_files=False)
        return RedirectResponse("/admin/promises", 303)

    def audit(self, request: Request) -> Response:
        """The latest audit of everything."""
        self.frame.overseer(request)
        return self._audit_page(request)

    def verify(self, request: Request, form: Form) -> Response:
        """Check one case at once, or begin to check them all."""
        who, number = self.frame.sender(form), form["number"].strip()[:20]
        if not number:
            inspection.begin(who.app)
            return RedirectResponse("/admin/audit", 303)
        try:
            _, events, faults = audit.verify(who.app, number)
        except ArendeError as e:
            return self._audit_page(request, 422, number=number, wrong=e.told(self.frame.speech(request).lang))
        return self._audit_page(request, number=number, one={"events": events, "faults": faults})

    def _audit_page(
        self, request: Request, status: int = 200, *, number: str = "", wrong: list[str] | None = None,
        one: dict[str, Any] | None = None,
    ) -> Response:  # fmt: skip
        t, latest = self.frame.speech(request), inspection.latest(self.frame.app)
        faults = one["faults"] if one else latest["faults"] if latest else []
        told = [{**f, "told": t.say(audit.FAULTS[f["what"]])} for f in faults]
        return self.frame.page(
            request, "audit", status, latest=latest, one=one, faults=told, number=number, wrong=wrong or []
        )


def _promise(found: dict[str, Any], t: Speech) -> dict[str, Any]:
    """A finding with the page where something can be done about it."""
    row, kind = found["row"], found["kind"]
    where = {"mail": f"/admin/mail/{row}", "machine": "/admin/flows", "audit": "/admin/audit", "tray": "/admin/held",
             "webhook": "/admin/keys"}  # fmt: skip
    about = _ABOUT.get(kind, "")
    href = where.get(about) or (f"/cases/{found['register_no']}" if found["register_no"] else "")
    return {**found, "told": t.say(Sentence(found["sv"], found["en"])), "href": href, "what": t(f"kind_{kind}")}


_ABOUT = {
    "mail_late": "mail", "mail_struggling": "mail", "lease_expired": "mail", "failure_untold": "mail",
    "no_worker": "machine", "sweep_late": "machine", "check_failed": "machine",
    "case_disagrees": "audit", "mail_unsorted": "tray", "webhook_stuck": "webhook",
}  # fmt: skip
