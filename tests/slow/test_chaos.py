"""Processes are killed at random moments while the demo plays; afterwards nothing is lost and nothing half done.

``make chaos`` kills fifty; ``--kills=N --seed=S`` chooses. What is killed: the web, the worker, whoever plays the
story, and – at most five times, for its start is slow – Prefect's server. The supervisor starts its parts again; the
story goes on from where it was.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from arende import db, models
from processes import PrefectServer, Sink, Site, eventually, processes_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
PER_ROUND = 8
"""Kills while one story is played; then a new one begins on an empty database."""
OF_PREFECT = 5


@dataclass
class Chaos:
    """The choices and the count of what was killed."""

    chance: random.Random
    prefect: PrefectServer
    killed: list[str] = field(default_factory=list)

    def strike(self, site: Site) -> None:
        """Kill one process of the site, or Prefect."""
        victims = ["serve", "worker", "worker", "demo"]
        if self.killed.count("prefect") < OF_PREFECT:
            victims.append("prefect")
        victim = self.chance.choice(victims)
        if victim == "prefect":
            self.prefect.stop()
            self.prefect.child.start()  # and goes on starting while the story does
            self.killed.append(victim)
            return
        for pid, words in processes_in(site.folder).items():
            if words.split()[-1] == victim:
                os.kill(pid, signal.SIGKILL)
                self.killed.append(victim)


@dataclass
class Player:
    """Plays the story, and goes on with it when it was killed."""

    site: Site
    process: subprocess.Popen[str] | None = None

    def done(self) -> bool:
        """Whether the story is over; starts the player (again) where it is not."""
        if self.process is not None and self.process.poll() is None:
            return False
        if self.process is not None and self.process.returncode == 0:
            return True
        with (self.site.folder / "player.txt").open("a") as screen:
            self.process = self.site.arende("demo", stdout=screen, stderr=screen)
        return False


def test_nothing_is_lost_when_processes_are_killed_at_random(
    request: pytest.FixtureRequest, sites: Callable[[], Site], prefect_server: PrefectServer, sink: Sink
) -> None:
    kills: int = request.config.getoption("--kills")
    chance = random.Random(request.config.getoption("--seed"))  # noqa: S311 – chooses whom to kill, hides nothing
    chaos = Chaos(chance, prefect_server)
    while len(chaos.killed) < kills:
        sink.got.clear()
        site = sites()
        site.env["ARENDE_PREFECT_API_URL"] = prefect_server.url
        play_disturbed(site, chaos, min(kills, len(chaos.killed) + PER_ROUND))
        assert_every_promise_is_kept(site, sink)
        assert_no_step_is_half_taken(site)
        print(f"{len(chaos.killed)} killed: {' '.join(chaos.killed[-PER_ROUND:])}")  # noqa: T201 – shown with -s
    eventually(prefect_server.child.well, 180)


def play_disturbed(site: Site, chaos: Chaos, until: int) -> None:
    """Play the story under a supervisor while processes are killed; ends when all mail has left."""
    with (site.folder / "up.txt").open("w") as screen:
        up = site.arende("up", stdout=screen, stderr=screen)
    try:
        eventually(lambda: "Ctrl-C" in (site.folder / "up.txt").read_text(), 120)
        player = Player(site)
        while not player.done():
            time.sleep(chaos.chance.uniform(0.3, 4.0))
            if len(chaos.killed) < until:
                chaos.strike(site)
        eventually(site.all_sent, 120)
        assert up.poll() is None
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(40)
    assert processes_in(site.folder) == {}


def assert_every_promise_is_kept(site: Site, sink: Sink) -> None:
    """Each promised mail was handed over; what came twice came under the same Message-ID."""
    promised = {row.message_id for row in site.mails()}
    assert len(promised) == len(site.mails()) > 20
    assert set(sink.got) == promised


def assert_no_step_is_half_taken(site: Site) -> None:
    """Chains verify; state, events and commands agree; no mail or task without the event that promised it."""
    with site.arende("audit", "verify", stdout=subprocess.PIPE) as verify:
        told = "".join(verify.communicate(timeout=60))
    assert verify.returncode == 0, told
    events = models.events
    with db.reading(site.engine) as connection:
        cases = connection.execute(select(models.cases)).all()
        story = next(case for case in cases if not case.title.startswith("Exempel: "))
        assert (len(cases), story.state) == (
            20,
            "closed",
        )  # with two examples, the plan for 2021 and its sixteen meetings
        known = set(connection.execute(select(models.commands.c.id)).scalars())
        assert set(connection.execute(select(events.c.command_id)).scalars()) <= known
        for case in cases:
            counted = select(func.count(), func.max(events.c.seq)).where(events.c.case_id == case.id)
            assert connection.execute(counted).one() == (case.seq, case.seq)
            for table in (models.outbox, models.tasks, models.approvals):
                seqs = set(connection.execute(select(table.c.seq).where(table.c.case_id == case.id)).scalars())
                assert seqs <= set(range(1, case.seq + 1)), table.name
        left = select(func.count()).where(models.tasks.c.state == "open", models.tasks.c.case_id == story.id)
        assert connection.execute(left).scalar() == 0
