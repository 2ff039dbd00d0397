"""Everything for one machine: the parts as child processes, started in order, watched, started again, stopped.

No part outlives its supervisor: Ctrl-C and SIGTERM stop them one by one, and where the system can (Linux) they are
told by the kernel when the supervisor itself is killed. What a part says goes to ``log/NAME.log`` in the data folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from arende import beats, conductor, db
from arende.app import App
from arende.children import Child, Part, dies_with_parent
from arende.errors import Sentence, Unavailable
from arende.ports import answers, check_ports
from arende.settings import Settings

Say = Callable[[str], None]

SOON = 30.0
"""Seconds that a part of our own may take to answer."""
PREFECT_SOON = 180.0
"""Prefect makes a database at its first start; on a slow machine that takes its time."""
_TRIES = 3
"""Times that a part may die at the start before everything is given up."""


class Up:
    """The supervisor of one machine. ``run`` returns the exit code when it has been told to stop."""

    app: App
    """Opened once the database is upgraded."""

    def __init__(self, settings: Settings, say: Say, say_in: Callable[[Sentence], str]) -> None:
        self.settings = settings
        self._say, self._in = say, say_in
        self._stopping = 0
        self._children: dict[str, Child] = {}

    def run(self, *, prefect: bool = True, when_up: Callable[[Up], None] = lambda _: None) -> int:
        """Start everything, call ``when_up``, watch until SIGTERM or Ctrl-C. Raises Unavailable for a busy port."""
        with _only_one(self.settings):
            parts = self._parts(prefect=prefect)
            check_ports(self.settings, {part.name for part in parts})
            self._catch_signals()
            self._tell_where_mail_goes()
            self._upgrade()
            try:
                if self._start(parts):
                    when_up(self)
                while not self._stopping:
                    self._watch()
                    time.sleep(0.2)
            finally:
                self._stop_all()
        return 0 if self._stopping else 1

    # ------------------------------------------------------------ the parts

    def _parts(self, *, prefect: bool) -> list[Part]:
        """The slowest first, so that it starts while the others do."""
        parts = []
        env = _surroundings()
        if prefect and self.settings.prefect_api_url is None:
            parts.append(prefect_part(self.settings, env))
        if self.settings.mail_stays_here:
            port = self.settings.mailbox_port
            parts.append(_own("mailbox", "mailbox serve", env, SOON, lambda: answers(port)))
        web = f"{self.settings.web_url}/health"
        parts.append(_own("web", "serve", env, SOON, lambda: conductor.healthy(web)))
        return [*parts, _own("worker", "worker", env, SOON, lambda: self.worker_seen() is not None)]

    @property
    def parts(self) -> list[str]:
        """The names of what was started."""
        return list(self._children)

    def worker_seen(self) -> dict[str, Any] | None:
        """What our worker said last, if it is alive."""
        child = self._children.get("worker")
        fresh = beats.real_now() - timedelta(seconds=30)
        said = [b.data for b in beats.read(self.app, "worker:") if b.seen_at > fresh]
        return next((dict(data) for data in said if child and data.get("pid") == child.pid), None)

    # ------------------------------------------------------------ starting

    def _upgrade(self) -> None:
        started = time.monotonic()
        engine = db.open_engine(self.settings.url)
        done = db.upgrade(engine)
        engine.dispose()
        self.app = App.open(self.settings)
        how = (
            ("ny", "new")
            if done.before is None
            else ("klar", "ready")
            if done.before == done.after
            else ("uppgraderad", "upgraded")
        )
        self._tell(
            *(f"{what:<12}{state}{since(started)}" for what, state in zip(("databas", "database"), how, strict=True))
        )

    def _tell_where_mail_goes(self) -> None:
        """Said only where it may surprise: another mail server has been named, so no mailbox is started here."""
        if self.settings.mail_stays_here:
            return
        where = f"{self.settings.smtp_host}:{self.settings.smtp_port}"
        away = not answers(self.settings.smtp_port, self.settings.smtp_host)
        now = (", som inte svarar nu", ", which does not answer now") if away else ("", "")
        self._tell(
            f"mejl        går till {where}{now[0]}; utvecklingsbrevlådan startas inte",
            f"mail        goes to {where}{now[1]}; the development mailbox is not started",
        )

    def _start(self, parts: list[Part]) -> bool:
        """Start all at once and wait for each of our own; Prefect is waited for only by who needs it."""
        for part in parts:
            self._children[part.name] = Child(part, self.settings.data_dir / "log")
            self._children[part.name].start()
        return all(self.wait_for(part.name) for part in reversed(parts) if part.name != "prefect")

    def wait_for(self, name: str, ready: Callable[[], bool] | None = None) -> bool:
        """Wait until the part answers, or ``ready`` says so; False (and said why) when it does not, or we stop."""
        child = self._children.get(name)
        if child is None:
            return False
        until = time.monotonic() + child.part.patience
        while not self._stopping:
            if child.well() and (ready is None or ready()):
                self._answered(child)
                return True
            if child.failures >= _TRIES or time.monotonic() > until:
                return self._gave_up(child)
            self._watch()
            time.sleep(0.1)
        return False

    def wait_for_prefect(self) -> bool:
        """Wait until the worker works with Prefect; False at once where none is started."""
        return "prefect" in self._children and self.wait_for(
            "prefect", lambda: bool((self.worker_seen() or {}).get("prefect"))
        )

    def aside(self, *words: str) -> int | None:
        """Run ``arende WORDS`` with its output here, the parts watched meanwhile. None when we were stopped."""
        argv = [sys.executable, "-m", "arende.cli", *words]
        before = dies_with_parent(signal.SIGTERM)
        env = _surroundings()
        with subprocess.Popen(argv, env=env, start_new_session=True, preexec_fn=before) as process:  # noqa: S603 – our own words
            while process.poll() is None and not self._stopping:
                self._watch()
                time.sleep(0.2)
            if process.poll() is None:
                process.kill()
                return None
        return process.returncode

    def _answered(self, child: Child) -> None:
        if not child.answered:
            child.answered = True
            self._tell(*[f"{child.part.name:<12}{word}{since(child.since)}" for word in ("klar", "ready")])

    def _gave_up(self, child: Child) -> bool:
        name, file = child.part.name, child.log_file
        self._tell(
            f"{name:<12}startade inte. Det här stod sist i {file}:", f"{name:<12}did not start. The end of {file}:"
        )
        for line in child.last_words():
            self._say(f"    {line}")
        if name != "prefect":
            raise Unavailable(
                Sentence(
                    f"{name} gick inte att starta, så allt stoppades. Se {file}.",
                    f"{name} could not be started, so everything was stopped. See {file}.",
                )
            )
        return False

    # ------------------------------------------------------------ watching

    def _watch(self) -> None:
        for child in self._children.values():
            code = child.ended()
            if code is None:
                if child.hangs():
                    self._tell(
                        f"{child.part.name} svarar inte och startas om.", f"{child.part.name} hangs; restarting."
                    )
                    child.kill()
                elif not child.answered and child.well():
                    self._answered(child)
            elif child.restart_at is None:
                wait = child.plan_restart()
                how = _how(code)
                self._tell(
                    f"{child.part.name} slutade oväntat ({how}) och startas om om {wait:g} s. Se {child.log_file}.",
                    f"{child.part.name} ended unexpectedly ({how}); restarting in {wait:g} s. See {child.log_file}.",
                )
            elif time.monotonic() >= child.restart_at:
                child.start()

    # ------------------------------------------------------------ stopping

    def _catch_signals(self) -> None:
        def told(*_: object) -> None:
            self._stopping += 1
            if self._stopping > 1:  # twice: now
                for child in self._children.values():
                    child.kill()

        signal.signal(signal.SIGTERM, told)
        signal.signal(signal.SIGINT, told)

    def _stop_all(self) -> None:
        """The worker first, so that it can hand over the batch under way; the rest together."""
        self._tell("Stoppar …", "Stopping …")
        last = [c for name, c in self._children.items() if name != "worker"]
        for group in ([self._children["worker"]] if "worker" in self._children else [], last):
            for child in group:
                child.terminate()
            for child in group:
                child.wait_or_kill(10.0)

    def _tell(self, sv: str, en: str) -> None:
        self._say(self._in(Sentence(sv, en)))


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


# ---------------------------------------------------------------- what the parts are


def _own(name: str, words: str, env: dict[str, str], patience: float, healthy: Callable[[], bool]) -> Part:
    return Part(name, [sys.executable, "-m", "arende.cli", *words.split()], env, patience, healthy)


def prefect_part(settings: Settings, env: dict[str, str]) -> Part:
    """Prefect's server, bound to this machine, its data in the data folder, silent towards the world."""
    argv = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
    calm = {
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        # By default an hour of runs is laid out anew every minute, in one write that a delivery has to wait for.
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT5M",
    }
    health = f"{conductor.api_url(settings)}/health"
    return Part(
        "prefect",
        [*argv, "--port", str(settings.prefect_port)],
        {**env, **conductor.environment(settings), **calm},
        PREFECT_SOON,
        lambda: conductor.healthy(health),
        death=signal.SIGKILL,  # its server waits for open browsers when asked politely
    )


def _surroundings() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1"}


# ---------------------------------------------------------------- one supervisor


@contextlib.contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """One supervisor per data folder; the lock goes with the process, however it ends."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with Path(settings.data_dir / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            where = settings.data_dir.resolve()
            raise Unavailable(
                Sentence(
                    f"arende up kör redan i datamappen {where}. Stoppa det, eller välj en annan ARENDE_DATA_DIR.",
                    f"arende up already runs with the data folder {where}. Stop it, or choose another ARENDE_DATA_DIR.",
                )
            ) from None
        yield


def since(started: float) -> str:
    """`` (1,3 s)``: the time since ``started``."""
    return f" ({time.monotonic() - started:.1f} s)".replace(".", ",")
