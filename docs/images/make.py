"""Take the pictures of this folder from the running demonstration: ``make picture``. Needs Chromium.

The demonstration is played on a fresh data folder, the web is started on a free port, and one page is photographed.
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
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGES = {"case.png": ("/cases/RS200001?lang=sv", "1280,1225")}
"""Picture → (page, width and height in pixels)."""
PATIENCE = 60.0
"""Seconds that the web may take to answer."""


def main() -> None:
    """Take every picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("Chromium is missing. On Debian: apt install chromium")
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        env = {**os.environ, "ARENDE_DATA_DIR": f"{folder}/var", "ARENDE_WEB_PORT": str(port)}
        arende = str(Path(sys.executable).with_name("arende"))
        subprocess.run([arende, "demo", "--quiet"], env=env, check=True, stdout=subprocess.DEVNULL)
        web = subprocess.Popen([arende, "serve"], env=env)
        try:
            _wait_for(f"http://127.0.0.1:{port}/health")
            for name, (page, size) in PAGES.items():
                _photograph(chromium, f"http://127.0.0.1:{port}{page}", HERE / name, size, folder)
        finally:
            web.terminate()
            web.wait(10)


def _photograph(chromium: str, url: str, target: Path, size: str, folder: str) -> None:
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    where = [f"--user-data-dir={folder}/chromium", f"--window-size={size}", f"--screenshot={target}"]
    subprocess.run([chromium, *flags, *where, url], check=True, capture_output=True, timeout=120)


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
