"""Other programs: the keys they come with, made and ended here, and the addresses that are told what happens.

A key and a webhook's secret are shown once, on the page that answers the form: they are in no address and nowhere else.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from arende import beats, db, directory, webhooks, workdays
from arende.errors import ArendeError
from arende.prepared import Row
from arende.usecases import apikeys
from arende.usecases import webhooks as hooks
from arende.usecases.administrators import Overseer
from arende.web.admin.frame import Frame, numbered
from arende.web.fields import Field, filled, lacking, marked
from arende.web.forms import Form, Sent
from arende.web.speech import Speech

HERE = "/admin/keys"
DAYS = 365
"""How long a key lives where nobody says otherwise."""
DONE = ("key_ended", "hook_resumed", "hook_removed")
"""What the page may say, after a form, that has been done."""


def routes(frame: Frame) -> APIRouter:
    """``/admin/keys``, what is made there, and what is done with a webhook."""
    pages, router = _Programs(frame), APIRouter()
    router.add_api_route(HERE, pages.shown, methods=["GET"])
    for path, take in (
        (HERE, pages.make),
        (f"{HERE}/webhooks", pages.add),
        (f"{HERE}/{{number}}/revoke", pages.revoke),
        (f"{HERE}/webhooks/{{number}}/try", pages.try_out),
        (f"{HERE}/webhooks/{{number}}/resume", pages.resume),
        (f"{HERE}/webhooks/{{number}}/remove", pages.remove),
    ):
        router.add_api_route(path, take, methods=["POST"])
    return router


class _Programs:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def shown(self, request: Request) -> Response:
        """Every key and every webhook, with forms for new ones."""
        return self._page(request, self.frame.overseer(request))

    # ------------------------------------------------------------ keys

    def make(self, request: Request, form: Form) -> Response:
        """A new key, shown on this page alone."""
        who, t = self.frame.sender(form), self.frame.speech(request)
        asked, person, wrong = self._key_asked(who, form, t)
        if wrong:
            return self._page(request, who, 422, key_form=asked)
        role: apikeys.Role = "act" if form["key_role"] == "act" else "read"
        days = int(form["key_days"]) if form["key_days"].strip().isdecimal() and len(form["key_days"]) < 10 else 0
        try:
            _, raw = apikeys.make(who.app, form.visitor.key, form["key_name"], person, role, days)
        except ArendeError as e:
            return self._page(request, who, 422, key_form=asked, sentences=e.told(t.lang))
        return self._page(request, who, made=("key_made", raw))

    def _key_asked(self, who: Overseer, form: Sent, t: Speech) -> tuple[list[Field], str, bool]:
        """The form as it was filled in, as whom the key acts, and whether anything keeps it from being made."""
        fields = filled(_key_form(who, t), form.fields)
        other = form["key_other"].strip()
        choices = [choice for f in fields if f.name == "key_other" for choice in f.choices]
        found = [key for key, name in choices if other in (key, name)]
        known = found[0] if len(found) == 1 else ""
        wrong = {k: said for k, said in lacking(fields, t).items() if k != "key_person" or not other}
        if other and not known:
            wrong["key_other"] = t("key_other_unknown")
        return marked(fields, wrong), known or form["key_person"], bool(wrong)

    def revoke(self, number: str, form: Form) -> Response:
        """End a key."""
        apikeys.revoke(self.frame.app, form.visitor.key, numbered(number))
        return RedirectResponse(f"{HERE}?done=key_ended", 303)

    # ------------------------------------------------------------ webhooks

    def add(self, request: Request, form: Form) -> Response:
        """A new address; its secret is shown on this page alone."""
        who, t = self.frame.sender(form), self.frame.speech(request)
        asked, wrong = self._filled(_hook_form(t), form.fields, t)
        if wrong:
            return self._page(request, who, 422, hook_form=asked)
        try:
            _, secret = hooks.add(
                who.app, form.visitor.key, form["hook_name"], form["hook_url"].strip(), form["hook_kinds"].split(),
                beats.real_now(),
            )  # fmt: skip
        except ArendeError as e:
            return self._page(request, who, 422, hook_form=asked, sentences=e.told(t.lang))
        return self._page(request, who, made=("hook_made", secret))

    def try_out(self, request: Request, number: str, form: Form) -> Response:
        """Send one message that tells of nothing, and say what came of it."""
        who, t = self.frame.sender(form), self.frame.speech(request)
        row = hooks.one(who.app, numbered(number))
        sent = asyncio.run(webhooks.try_out(who.app, row, beats.real_now()))
        words = t("hook_taken" if sent.taken else "hook_not_taken", name=row["name"], told=sent.told)
        return self._page(request, who, told=words, well=sent.taken)

    def resume(self, number: str, form: Form) -> Response:
        """Begin again with what was not taken."""
        hooks.resume(self.frame.app, form.visitor.key, numbered(number), beats.real_now())
        return RedirectResponse(f"{HERE}?done=hook_resumed", 303)

    def remove(self, number: str, form: Form) -> Response:
        """Tell the address no more."""
        hooks.remove(self.frame.app, form.visitor.key, numbered(number), beats.real_now())
        return RedirectResponse(f"{HERE}?done=hook_removed", 303)

    # ------------------------------------------------------------

    def _filled(self, fields: list[Field], given: dict[str, str], t: Speech) -> tuple[list[Field], bool]:
        fields = filled(fields, given)
        fields = marked(fields, lacking(fields, t))
        return fields, any(f.error for f in fields)

    def _page(self, request: Request, who: Overseer, status: int = 200, **more: Any) -> Response:
        t, now, done = self.frame.speech(request), beats.real_now(), request.query_params.get("done", "")
        keys = sorted(apikeys.listing(who.app), key=lambda k: not k["holds"])
        given = {
            "key_form": _key_form(who, t), "hook_form": _hook_form(t), "sentences": [], "made": None, "well": True,
            "told": t(done) if done in DONE and request.method == "GET" else "", **more,
        }  # fmt: skip
        return self.frame.page(
            request, "programs", status, keys=[_key(k, t) for k in keys],
            hooks=[_hook(h, t, now) for h in hooks.listing(who.app)], **given,
        )  # fmt: skip


def _key_form(who: Overseer, t: Speech) -> list[Field]:
    with db.reading(who.app.engine) as conn:
        today = workdays.local_day(who.app.clock())
        staff, everybody = directory.staff(conn, today), directory.colleagues(conn, today)
    others = tuple(person for person in everybody if person not in staff)
    roles = tuple((role, t(f"key_role_{role}")) for role in apikeys.ROLES)
    return [
        Field("key_name", t("key_name"), "text", True, t("key_name_hint"), most=100),
        Field("key_person", t("key_person"), "choice", True, t("key_person_hint"), staff),
        *([Field("key_other", t("key_other"), "text", False, t("key_other_hint"), others, most=200)] if others else []),
        Field("key_role", t("key_role"), "radio", True, choices=roles, value="read"),
        Field("key_days", t("key_days"), "number", True, t("key_days_hint", most=apikeys.LONGEST), value=str(DAYS)),
    ]


def _hook_form(t: Speech) -> list[Field]:
    return [
        Field("hook_name", t("hook_name"), "text", True, t("hook_name_hint"), most=100),
        Field("hook_url", t("hook_url"), "text", True, t("hook_url_hint"), most=500),
        Field("hook_kinds", t("hook_kinds"), "text", False, t("hook_kinds_hint"), most=500),
    ]


def _key(row: Row, t: Speech) -> dict[str, Any]:
    how, tone = ("key_holds", "ok") if row["holds"] else ("key_revoked" if row["revoked_at"] else "key_over", "calm")
    return {**row, "status": {"words": t(how), "tone": tone}, "may": t(f"key_role_{row['role']}")}


def _hook(row: Row, t: Speech, now: datetime) -> dict[str, Any]:
    """A webhook with how it fares. What it is told next is tried by itself, until it has been in vain for days."""
    if row["stopped_at"]:
        how, tone = "hook_stopped", "bad"
    elif row["attempts"]:
        how, tone = "hook_in_vain", "wait"
    else:
        how, tone = ("hook_well", "ok") if row["told_at"] else ("hook_new", "calm")
    again = row["next_at"] if row["attempts"] and not row["stopped_at"] and row["next_at"] > now else None
    return {**row, "status": {"words": t(how, n=row["attempts"]), "tone": tone}, "again": again}
