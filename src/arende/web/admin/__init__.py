"""The administrator's pages: how everything is, and what should have moved and did not."""

from __future__ import annotations

from fastapi import APIRouter

from arende.app import App
from arende.web.admin import deliveries, held, house, machinery, programs, promises, tellings, types
from arende.web.admin.frame import Frame
from arende.web.pages import Pages


def routes(app: App, pages: Pages) -> APIRouter:
    """``/admin`` and everything below it."""
    frame, router = Frame(app, pages), APIRouter()
    for part in (machinery, deliveries, held, promises, types, house, programs, tellings):
        router.include_router(part.routes(frame))
    return router
