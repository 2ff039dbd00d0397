"""What stands between the network and the pages: whose name was asked for, the headers, and failures kept calm.

The Host header is checked: otherwise a page on the web could point its own name at 127.0.0.1 and read a demonstration,
which is open to whoever reaches it, through a visitor's browser (DNS rebinding).
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arende.settings import Settings

log = structlog.wrap_logger(
    logging.getLogger("arende.web"),
    processors=[structlog.processors.KeyValueRenderer(key_order=["event", "number"])],
)

STILL = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""What a page behind a mail's link may load: nothing that runs."""
CSP = f"{STILL}; script-src 'self'; connect-src 'self'"
"""What any other page may load: besides, our own script, which may ask us alone."""
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "private, no-store",
}
"""On every answer that has no header of the same name of its own."""


class Guard:
    """ASGI middleware around everything: Host, headers, and an error page with a number for what nobody foresaw."""

    def __init__(self, app: ASGIApp, settings: Settings, page: Callable[[Scope, str], Response]) -> None:
        self.app, self.page = app, page
        known = {"localhost", "127.0.0.1", "::1", settings.host, urlsplit(settings.base_url).hostname or ""}
        self.hosts = known - {"", "0.0.0.0", "::"}  # noqa: S104 – left out, not listened on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._admitted(scope)(scope, receive, guarded)
        except Exception as e:
            number = _logged(e, scope)
            if not started:
                await self.page(scope, number)(scope, receive, guarded)

    def _admitted(self, scope: Scope) -> ASGIApp:
        host = Headers(scope=scope).get("host", "")
        name = urlsplit(f"//{host}").hostname if _plain(host) else None
        return self.app if name in self.hosts else PlainTextResponse("Unknown host.\n", 421)


def _plain(host: str) -> bool:
    return bool(host) and all(c.isalnum() or c in ".-:[]" for c in host)


def _logged(e: Exception, scope: Scope) -> str:
    """Write down where it failed – code lines and the route, no values: an exception's own words may quote a row."""
    number = secrets.token_hex(4)
    route = getattr(scope.get("route"), "path", "unknown")
    where = " < ".join(f"{f.name}:{f.lineno}" for f in reversed(traceback.extract_tb(e.__traceback__)[-6:]))
    log.error("page failed", number=number, route=route, error=type(e).__name__, where=where)
    return number
