"""Drafts of forms: shown again on return, kept when a form is refused and – with a script – while one writes.

A form that has drafts is named by its own address. Its page asks ``continued(…)`` for its fields, ``refused(…)`` keeps
what was sent in vain, and ``taken(…)`` throws away what has come through. Its template says
``data-draft="{{ form_at }}"`` on the form and ``{{ ui.draft(draft) }}`` above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from arende.app import App
from arende.errors import Invalid
from arende.usecases import drafts
from arende.web.fields import Field, filled
from arende.web.forms import Form, Sent
from arende.web.pages import place_of
from arende.web.session import Visitor, own_path

FRAME = ("csrf", "command", "version", "seen", "text_sha256")
"""Fields that belong to the page and not to whoever writes. So do those whose names begin with ``_``."""


class Shown(NamedTuple):
    """A draft that is being shown: of which form, and when it was written."""

    place: str
    at: datetime


def routes(app: App) -> APIRouter:
    """``/drafts``, to which a page sends what is being written, and ``/drafts/discard``."""
    router = APIRouter()

    def keep(form: Form) -> Response:
        """Keep what is being written."""
        drafts.keep(app, form.visitor.key, form["_place"], _written(form), form["command"])
        return Response(status_code=204)

    def discard(form: Form) -> Response:
        """Throw a draft away, and back to its form, or to the list of them."""
        place = own_path(form["_place"])
        if not place.startswith(drafts.FORMS):
            raise Invalid(drafts.NO_FORM)
        drafts.discard(app, form.visitor.key, place)
        return RedirectResponse("/#begun" if form["_list"] else place, 303)

    router.add_api_route("/drafts", keep, methods=["POST"])
    router.add_api_route("/drafts/discard", discard, methods=["POST"])
    return router


def continued(
    app: App, who: Visitor, place: str, fields: Sequence[Field], only: Sequence[str] = ()
) -> tuple[list[Field], Shown | None]:
    """The fields with what the visitor had begun to write in the form at ``place``; ``only`` in these, or in all."""
    found = drafts.found(app, who.key, place)
    given = {f.name: found.fields[f.name] for f in fields if found and f.name in found.fields} if found else {}
    given = {name: values for name, values in given.items() if not only or name in only}
    if found is None or not given:
        return list(fields), None
    return filled(fields, {name: values[0] if values else "" for name, values in given.items()}, given), Shown(
        place, found.saved_at
    )


def refused(app: App, request: Request, form: Sent) -> None:
    """Keep what was sent in vain. What is too long to be a draft stands on the page alone."""
    try:
        drafts.keep(app, form.visitor.key, place_of(request.url), _written(form))
    except Invalid:
        return


def taken(app: App, request: Request, form: Sent) -> None:
    """The form has come through: its draft goes."""
    drafts.discard(app, form.visitor.key, place_of(request.url))


def _written(form: Sent) -> dict[str, list[str]]:
    return {name: form.all(name) for name in form.data if name not in FRAME and not name.startswith("_")}
