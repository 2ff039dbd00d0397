"""A mail scanner as some mail gateways have it: a browser that opens a link, runs scripts, presses everything."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from processes import eventually, free_port

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")

PRESS = """
(fill => {
  for (const field of document.querySelectorAll('input, textarea')) {
    if (field.type === 'radio' || field.type === 'checkbox') { if (fill.choose) field.click(); }
    else if (field.type !== 'hidden' && field.type !== 'file') field.value = fill.text;
  }
  const pressed = [...document.querySelectorAll('button, input[type=submit], [role=button], a[href^="#"], summary')];
  pressed.forEach(b => { try { b.click(); } catch (e) {} });
  const forms = [...document.forms];
  if (fill.submit) forms.forEach(f => { try { f.noValidate = true; f.requestSubmit(); } catch (e) {} });
  return pressed.length + forms.length;
})(%s)
"""


class NoBrowser(Exception):
    """Chromium is not here; the text says what to install."""


class Scanner:
    """A tab of the browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.number = socket, 0

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            told: dict[str, Any] = json.loads(self.socket.recv(timeout=30))
            if told.get("id") == self.number:
                return dict(told.get("result", {}))

    def script(self, code: str) -> Any:
        """Run a script in the page, whatever the page allows."""
        return self._ask("Runtime.evaluate", expression=code, returnByValue=True).get("result", {}).get("value")

    def open(self, url: str) -> None:
        self._ask("Page.navigate", url=url)
        self.loaded()

    def loaded(self) -> None:
        time.sleep(0.2)
        eventually(lambda: self.script("document.readyState") == "complete", 30)

    def presses_everything(self, text: str, *, choose: bool, submit: bool) -> int:
        """Fill every field, press every button; how many there were."""
        pressed = self.script(PRESS % json.dumps({"text": text, "choose": choose, "submit": submit}))
        self.loaded()
        return int(pressed or 0)


@contextmanager
def scanner() -> Iterator[Scanner]:
    """A running browser; raises NoBrowser where there is none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise NoBrowser("chromium is not installed (apt-get install chromium)")
    folder, port = tempfile.mkdtemp(prefix="chromium-"), free_port()
    where = [f"--user-data-dir={folder}", f"--remote-debugging-port={port}", "--remote-allow-origins=*", "about:blank"]
    with (Path(folder) / "log").open("w") as log:
        browser = subprocess.Popen([chromium, *FLAGS, *where], stdout=log, stderr=log, start_new_session=True)
    try:
        page = eventually(lambda: _page(port), 60)
        with connect(page, max_size=None) as socket:
            yield Scanner(socket)
    finally:
        browser.terminate()
        try:
            browser.wait(10)
        except subprocess.TimeoutExpired:
            browser.kill()
            browser.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _page(port: int) -> str | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=2) as answer:
            found = [p for p in json.load(answer) if p["type"] == "page"]
    except OSError:
        return None
    return str(found[0]["webSocketDebuggerUrl"]) if found else None
