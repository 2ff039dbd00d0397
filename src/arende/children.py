"""A child process: started, asked how it is, started again with patience, ended for certain."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LOG_LIMIT = 10_000_000
"""Bytes of a log that are kept when the process starts anew, and once more as ``.1``."""
_ASK_EVERY = 5.0
_HANGS_AFTER = 12
"""Unanswered questions in a row after which a process that once answered is taken to hang: a minute."""
_LONGEST_WAIT = 30.0


@dataclass(frozen=True)
class Part:
    """What to run, and how to see that it is well. ``patience`` is seconds until it should answer."""

    name: str
    argv: list[str]
    env: dict[str, str]
    patience: float
    healthy: Callable[[], bool]
    death: signal.Signals = signal.SIGTERM
    """The signal it gets from the kernel when its parent dies."""


class Child:
    """One running part."""

    def __init__(self, part: Part, log_folder: Path) -> None:
        self.part = part
        self.log_file = log_folder / f"{part.name}.log"
        self.since = time.monotonic()
        self.answered = False
        self.restart_at: float | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.failures = 0
        """How many times in a row it has ended soon after its start."""
        self._asked_at = 0.0
        self._silent = 0

    @property
    def pid(self) -> int:
        """The process id; 0 before the first start."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the process in a session of its own, so that the terminal's Ctrl-C reaches only us."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        if self.log_file.exists() and self.log_file.stat().st_size > _LOG_LIMIT:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 – the words are our own, and no shell reads them
                self.part.argv,
                env=self.part.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dies_with_parent(self.part.death),
            )
        self.since, self.answered, self.restart_at, self._silent = time.monotonic(), False, None, 0

    def well(self) -> bool:
        """Whether it runs and answers."""
        return self.ended() is None and self.part.healthy()

    def ended(self) -> int | None:
        """The exit code (minus the signal), or None while it runs."""
        return self._process.poll() if self._process else 0

    def hangs(self) -> bool:
        """Whether it answered once and has not for a minute. Asks at most every five seconds."""
        if not self.answered or time.monotonic() - self._asked_at < _ASK_EVERY:
            return False
        self._asked_at = time.monotonic()
        self._silent = 0 if self.part.healthy() else self._silent + 1
        return self._silent >= _HANGS_AFTER

    def plan_restart(self) -> float:
        """Decide when to start again: at once after a long life, later and later after short ones. Seconds."""
        self.failures = 0 if time.monotonic() - self.since > 60 else self.failures + 1
        wait: float = min(0.5 * 2.0 ** max(self.failures - 1, 0), _LONGEST_WAIT)
        self.restart_at = time.monotonic() + wait
        return wait

    def last_words(self, lines: int = 8) -> list[str]:
        """The end of its log."""
        with contextlib.suppress(OSError):
            return self.log_file.read_bytes()[-20_000:].decode(errors="replace").splitlines()[-lines:]
        return []

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(self.part.death)

    def kill(self) -> None:
        """End it now, and whatever it started."""
        self._signal(signal.SIGKILL)

    def wait_or_kill(self, seconds: float) -> None:
        """Wait for its end; after ``seconds`` it is ended."""
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


def dies_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What the new process does before it becomes the part: ask the kernel for a signal when its parent ends."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it ended in between
            os._exit(1)

    return ask
