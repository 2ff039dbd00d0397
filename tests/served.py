"""The web on a real port, for a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from arende.app import App
from arende.web import create_app
from processes import eventually, free_port


@contextmanager
def served(app: App) -> Iterator[str]:
    """The web on a real port; gives its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(app), port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started, 20, 0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
