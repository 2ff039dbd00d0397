"""Reading and running the documentation: the ``console`` blocks of a page, in order, in a fresh folder.

A block ``console`` must succeed, a block ``console refused`` must end with 1. What is shown below a command is what
it prints; ``…`` stands for anything on the line, and alone on a line for any lines. A comment ``<!-- file: PATH -->``
before a block makes it a file.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from arende.workdays import STOCKHOLM

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
MARK = "\x1e"


@dataclass
class Shown:
    """A command as a page shows it, with the output below it (None where nothing is shown)."""

    line: int
    command: str
    refused: bool
    output: list[str] = field(default_factory=list)


def blocks(page: Path) -> Iterator[tuple[int, str, list[str], str | None]]:
    """(line, info, lines, file) of every fenced block."""
    info, body, start, name = None, [], 0, None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if info is None and line.startswith("```"):
            info, body, start = line[3:].strip(), [], number
        elif info is not None and line.startswith("```"):
            yield start, info, body, name
            info, name = None, None
        elif info is not None:
            body.append(line)
        elif found := re.fullmatch(r"<!-- file: (\S+) -->", line):
            name = found[1]


def commands(page: Path) -> list[Shown]:
    """Every command of the page's console blocks, with this year's diary numbers."""
    found: list[Shown] = []
    for start, info, body, _ in blocks(page):
        if info not in ("console", "console refused"):
            continue
        for number, line in enumerate(body, start + 1):
            told = this_year(line)
            if told.startswith("$ "):
                found.append(Shown(number, told[2:].replace(".venv/bin/", ""), info.endswith("refused")))
            elif told.startswith("> "):
                found[-1].command += "\n" + told[2:]
            else:
                found[-1].output.append(told)
    return found


def this_year(text: str) -> str:
    """Pages show the diary numbers of 2026."""
    return text.replace("RS26", f"RS{datetime.now(STOCKHOLM):%y}")


def write_files(page: Path, folder: Path) -> None:
    """The files that the page tells the reader to write."""
    for _, _, body, name in blocks(page):
        if name:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("\n".join(body) + "\n", encoding="utf-8")


def run(page: Path, folder: Path) -> list[str]:
    """Run the page's commands in one shell; returns where page and program differ."""
    write_files(page, folder)
    shown = commands(page)
    script = "".join(f"{{\n{s.command}\n}} 2>&1\nprintf '\\n{MARK}%s{MARK}\\n' $?\n" for s in shown)
    printed = _shell(script, folder).split(MARK)
    outputs, codes = printed[0::2], printed[1::2]
    wrong = [] if len(codes) == len(shown) else [f"{len(codes)} of {len(shown)} commands ended: {outputs[-1]}"]
    for said, output, code in zip(shown, outputs, codes, strict=False):
        wrong += _differences(f"{page.name}:{said.line}", said, output.strip("\n"), int(code))
    return wrong


def _differences(where: str, said: Shown, output: str, code: int) -> Iterator[str]:
    if code != int(said.refused):
        yield f"{where} ended with {code}: {said.command}\n{output}"
    elif said.output and not matches(said.output, output):
        yield f"{where} {said.command}\nis shown as\n" + "\n".join(said.output) + f"\nand prints\n{output}"


def matches(expected: list[str], output: str) -> bool:
    """Whether the output is as shown, with ``…`` for anything."""
    parts = [
        r"(?:[^\n]*\n)*" if line == "…" else r"[^\n]*".join(map(re.escape, line.rstrip().split("…"))) + r"[ ]*\n"
        for line in expected
    ]
    return re.fullmatch("".join(parts), output + "\n") is not None


def _shell(script: str, folder: Path) -> str:
    port = str(_free_port())
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ARENDE_", "PREFECT_"))}
    env = {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ARENDE_MAILBOX_PORT": port,
        "ARENDE_SMTP_PORT": port,
        "ARENDE_WEB_PORT": str(_free_port()),
        "ARENDE_LANGUAGE": "en",
    }
    shell = subprocess.Popen(
        ["bash", "-c", script], cwd=folder, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        return shell.communicate(timeout=540)[0]
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)  # a mailbox left behind by a command that failed


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
