"""Take the pictures of this folder from the running demonstration: ``make picture``. Needs Chromium.

The demonstration is played on a fresh data folder, the web is started on a free port, and each page is photographed as
the person sees it for whom it is meant.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).resolve().parent
PATIENCE = 60.0
"""Seconds that the web may take to answer."""


class Picture(NamedTuple):
    """A page, who looks at it, how large the window is, and in which colours."""

    path: str
    who: str
    size: tuple[int, int] = (1280, 900)
    colours: Literal["light", "dark"] = "light"


PICTURES = {
    "inbox.png": Picture("/", "rsau_secretary", (1280, 560)),
    "next-step.png": Picture("/cases/RS260001", "rsau_secretary"),
    "step.png": Picture("/cases/RS260001/step/send_back", "rsau_secretary", (1280, 620)),
    "new-case.png": Picture("/cases/new/declaration_of_intent", "officer"),
}


def main() -> None:
    """Take every picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("Chromium is missing. On Debian: apt install chromium")
    with _demonstration() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, picture in PICTURES.items():
            _photograph(browser, url, picture, HERE / name)
        browser.close()


@contextmanager
def _demonstration() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        env = {**os.environ, "ARENDE_DATA_DIR": f"{folder}/var", "ARENDE_WEB_PORT": str(port)}
        arende = str(Path(sys.executable).with_name("arende"))
        subprocess.run([arende, "demo", "--quiet"], env=env, check=True, stdout=subprocess.DEVNULL)
        web = subprocess.Popen([arende, "serve"], env=env)
        try:
            _wait_for(f"http://127.0.0.1:{port}/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            web.terminate()
            web.wait(10)


def _photograph(browser: Browser, url: str, picture: Picture, target: Path) -> None:
    width, height = picture.size
    window = {"width": width, "height": height}
    context = browser.new_context(viewport=window, color_scheme=picture.colours, locale="sv-SE")
    page = context.new_page()
    page.goto(f"{url}/sign-in?lang=sv")
    page.click(f"button[name=person][value={picture.who}]")
    page.goto(url + picture.path)
    page.screenshot(path=target)
    context.close()


def _wait_for(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 – our own address
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url} does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
