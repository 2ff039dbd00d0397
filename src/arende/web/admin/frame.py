"""What the administrator's pages have in common: who may come, and the list of the pages."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from arende.app import App
from arende.errors import NotFound, Sentence
from arende.health import Level
from arende.usecases.administrators import Overseer, overseer
from arende.web import session
from arende.web.forms import Sent
from arende.web.pages import Pages
from arende.web.speech import Speech

PLACES = (
    ("/admin", "admin_overview"),
    ("/admin/promises", "admin_promises"),
    ("/admin/mail", "admin_mail"),
    ("/admin/held", "admin_held"),
    ("/admin/flows", "admin_flows"),
    ("/admin/types", "admin_types"),
    ("/admin/people", "admin_people"),
    ("/admin/keys", "admin_keys"),
    ("/admin/audit", "admin_audit"),
    ("/admin/settings", "admin_settings"),
)
"""The pages, as the list beside them has them."""
TONES: dict[Level, str] = {"ok": "ok", "warning": "wait", "critical": "bad"}


class Frame:
    """Lets administrators in, and puts a page among the others."""

    def __init__(self, app: App, pages: Pages) -> None:
        self.app, self.pages = app, pages

    def overseer(self, request: Request) -> Overseer:
        """Whoever comes, if they may. Raises Forbidden, or leads to signing in."""
        return overseer(self.app, session.person(request).key)

    def sender(self, form: Sent) -> Overseer:
        """Whoever has sent the form, if they may."""
        return overseer(self.app, form.visitor.key)

    def speech(self, request: Request) -> Speech:
        """The language of the page."""
        return self.pages.speech(request)

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """One of the pages, with the list of them all."""
        path = request.url.path
        here = max((p for p, _ in PLACES if path == p or path.startswith(f"{p}/")), key=len)
        return self.pages.page(request, f"admin/{template}", status, places=PLACES, place=here, **values)


def numbered(text: str) -> int:
    """A row's number out of an address. Raises NotFound for anything else."""
    if not (text.isdecimal() and text.isascii() and len(text) <= 15):
        raise NotFound(Sentence("Det finns inget sådant.", "There is no such thing."))
    return int(text)
