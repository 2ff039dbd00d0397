"""The web: pages that show what a person needs to act."""

from __future__ import annotations

from fastapi import FastAPI

from arende.app import App


def create_app(app: App) -> FastAPI:
    """The web application on an open app."""
    web = FastAPI(title="arende", docs_url=None, redoc_url=None, openapi_url=None)
    web.state.app = app

    @web.get("/health")
    def health() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    return web
