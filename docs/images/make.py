"""Take the pictures of this folder from the running demonstration: ``make picture``. Needs Chromium.

The demonstration is played on a fresh data folder, the web, the mailbox and the worker are started on free ports, a few
commands add what the story leaves out, and each page is photographed as the person sees it for whom it is meant.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
PLAN = HERE.parents[1] / "src" / "arende" / "demo" / "operational_plan_2019.json"
PATIENCE = 180.0
"""Seconds that the web may take to answer, and a mail to arrive."""
WIDE, PHONE = (1280, 900), (390, 800)
TODAY = datetime.now(ZoneInfo("Europe/Stockholm")).date()
YEAR = f"{TODAY:%y}"
WAITS, SIGNED, PLANNED, MEETING = f"RS{YEAR}0001", f"RS{YEAR}0002", f"RS{YEAR}0003", f"MRSAU{YEAR}0001"
"""The two invented cases that wait for a chair, the plan and the meeting that are added."""
SECRET = re.compile(r"https?://[^/]+(/(?:b|svar)/\w+)")
"""What leads from a mail to its answer."""


class Picture(NamedTuple):
    """A page, who looks at it, how large the window is, and in which colours.

    With ``asked`` the page is the one behind the link of the last mail of that subject, and nobody has signed in.
    """

    path: str = "/"
    who: str = ""
    size: tuple[int, int] = WIDE
    colours: Literal["light", "dark"] = "light"
    asked: str = ""


PICTURES = {
    "inbox.png": Picture("/", "rsau_secretary", (1280, 560)),
    "next-step.png": Picture(f"/cases/{WAITS}", "rsau_secretary"),
    "step.png": Picture(f"/cases/{WAITS}/step/send_back", "rsau_secretary", (1280, 620)),
    "new-case.png": Picture("/cases/new/declaration_of_intent", "officer"),
    "register.png": Picture("/register?q=avsiktsf%C3%B6rklaring", "registrar", (1280, 640)),
    "meeting.png": Picture(f"/meetings/{MEETING}#agenda", "rsau_secretary", (1280, 620)),
    "approval.png": Picture(size=PHONE, asked=f"[{WAITS}] Klartecken"),
    "plan-changes.png": Picture(f"/plans/{PLANNED}/changes", "officer", (1280, 720)),
    "administration.png": Picture("/admin", "administrator", (1280, 540)),
}
AFTERWARDS = {"party-answer.png": Picture(size=PHONE, asked=f"[{WAITS}] Kommunens ställningstagande")}
"""Once the first case has gone to the municipalities."""

Told = Callable[..., None]


def main() -> None:
    """Take every picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("Chromium is missing. On Debian: apt install chromium")
    with _demonstration() as (url, arende), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"], env={**os.environ, "LANGUAGE": "sv"}
        )
        _add_a_meeting(arende)
        _add_a_plan(arende)
        for name, picture in PICTURES.items():
            _photograph(browser, url, picture, HERE / name)
        _ask_the_municipalities(arende)
        for name, picture in AFTERWARDS.items():
            _photograph(browser, url, picture, HERE / name)
        browser.close()


def _add_a_meeting(arende: Told) -> None:
    """A meeting in two weeks with the case that waits for it, two others, and one to note."""
    day = next(d for d in (TODAY + timedelta(days=n) for n in range(14, 20)) if d.weekday() == 0)
    by = ("--as", "rsau_secretary")
    arende("meeting", "plan", "rsau", f"{day}", "--starts", "09:00", "--ends", "12:00", *by)
    for item in (("--heading", "Val av justerare"), ("--case", WAITS), ("--case", SIGNED),
                 ("--heading", "Information från regiondirektören")):  # fmt: skip
        arende("meeting", "agenda", "add", MEETING, *item, *by)


def _add_a_plan(arende: Told) -> None:
    """The plan of 2019 in two versions: as it was, and with one of each change."""
    arende("case", "register", "operational_plan", "--title", "Regionkontorets verksamhetsplan", "--as", "officer",
           "--field", "year=2019", "--field", "decision_body=rs")  # fmt: skip
    table = json.loads(PLAN.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for n, text in enumerate((table, _changed(table))):
            file = Path(folder, f"{n}.json")
            file.write_text(json.dumps(text), "utf-8")
            arende("plan", "import", str(file), "--case", PLANNED, "--as", "officer")


def _changed(table: dict[str, Any]) -> dict[str, Any]:
    """With an activity gone, one reworded and one new, all near the top."""
    data: dict[str, Any] = json.loads(json.dumps(table))
    first, second = (row["activities"] for row in data["rows"][:2])
    first.pop(0)
    second[0]["text"] = second[0]["text"].replace("dialoger", "samtal")
    second.append({"text": "Exempel: pröva en gemensam karta med kommunerna."})
    return data


def _ask_the_municipalities(arende: Told) -> None:
    """The chair clears the case, the committee has aligned it, and the officer sends it out."""
    arende("approval", "decide", "5", "approve", "--as", "rsau_chair")
    day = f"rsau_date={TODAY}"
    arende("case", "advance", WAITS, "replan_rsau", "--as", "officer", "--field", day)
    arende("case", "advance", WAITS, "record_alignment", "--as", "rsau_secretary", "--field", day,
           "--field", "rsau_note=Påhittat exempel.")  # fmt: skip
    arende("case", "advance", WAITS, "consult", "--as", "officer", "--field", f"krf_date={TODAY + timedelta(days=30)}")


@contextmanager
def _demonstration() -> Iterator[tuple[str, Told]]:
    """Its address, and what carries out a command of the command line in it."""
    arende = str(Path(sys.executable).with_name("arende"))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        port, mailbox = str(_free_port()), str(_free_port())
        env = {**os.environ, "ARENDE_DATA_DIR": f"{folder}/var", "ARENDE_WEB_PORT": port,
               "ARENDE_MAILBOX_PORT": mailbox, "ARENDE_SMTP_PORT": mailbox}  # fmt: skip

        def told(*words: str) -> None:
            subprocess.run([arende, *words], env=env, check=True, stdout=subprocess.DEVNULL)

        told("demo", "--quiet")
        for words in (("mailbox", "serve"), ("worker",), ("serve",)):
            process = subprocess.Popen([arende, *words], env=env, stdout=subprocess.DEVNULL)
            running.callback(process.wait, 10)
            running.callback(process.terminate)
        _wait_for(f"http://127.0.0.1:{port}/sign-in")
        yield f"http://127.0.0.1:{port}", told


def _photograph(browser: Browser, url: str, picture: Picture, target: Path) -> None:
    width, height = picture.size
    window = {"width": width, "height": height}
    context = browser.new_context(viewport=window, color_scheme=picture.colours, locale="sv-SE")
    page = context.new_page()
    if picture.who:
        page.goto(f"{url}/sign-in?lang=sv")
        page.click(f"button[name=person][value={picture.who}]")
    page.goto(url + (_link(page, url, picture.asked) if picture.asked else picture.path))
    page.screenshot(path=target)
    context.close()


def _link(page: Page, url: str, subject: str) -> str:
    """Where the link of the last mail of this subject leads, once the mail is there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        page.goto(f"{url}/mail?lang=sv")
        mail = page.locator("tbody a", has_text=subject).first
        if mail.count():
            mail.click()
            if found := SECRET.search(page.inner_text("pre.letter")):
                return found[1]
        time.sleep(0.5)
    raise SystemExit(f"no mail came: {subject}")


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
