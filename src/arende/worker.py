"""The worker: one asynchronous process that carries out what was promised, with Prefect when it is there.

A committed mail leaves at once: on PostgreSQL the commit notifies, on SQLite the outbox is looked at five times a
second. What is due is sent by the flow ``deliver``, called in process; when Prefect cannot be reached the same
function is called without the flow. A row is claimed before it is sent, so whoever comes second finds nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx

from arende import beats, feed, intake, leases, outbox, sweeps, webhooks
from arende.app import App
from arende.conductor import Conductor, NotBegun, one_client
from arende.errands import DIRECT, name_of
from arende.errors import ArendeError
from arende.intake import doors

log = logging.getLogger("arende.worker")

POLL = {"sqlite": 0.2, "postgresql": 1.0}
"""Seconds between looks at the outbox when nobody says that there is something."""
HEARTBEAT = 5.0
TELL_EVERY = 1.0
"""Seconds between looks for news for Prefect's event feed."""
KEEP_TELLING = 10.0
"""Seconds after which a worker that has nothing to tell says that it is the one that tells."""
GRACE = timedelta(seconds=20)
"""How long a tick waits for its scheduled flow run before the worker does it without one."""
STOPPING = 8.0
"""Seconds that a stopping worker gives the batch under way."""


class Worker:
    """One process's work. ``run`` returns when ``stop`` has been called and the batch under way is done."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.name = f"worker:{leases.here()}"
        self.listening = False
        """Whether PostgreSQL tells of commits."""
        self._stopping = asyncio.Event()
        self._wake = asyncio.Event()
        self._conductor = Conductor(app, self.name)
        self._direct_next = False
        self._feed_said = 0.0

    def stop(self) -> None:
        """Finish the batch under way, then end. Call it in the loop's own thread."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped."""
        await self._for_a_start()
        aside = [
            self._conductor.watch(),
            *(self._for_ever(x) for x in (self._beating, self._listen, self._telling, self._hooking)),
        ]
        around = [asyncio.create_task(x) for x in aside]
        loops = (self._deliver_what_is_due, self._sweep_when_due, self._take_in_mail)
        work = [asyncio.create_task(self._for_ever(x)) for x in loops]
        await self._stopping.wait()
        _, unfinished = await asyncio.wait(work, timeout=STOPPING)
        await self._conductor.close()
        for task in (*around, *unfinished):
            task.cancel()
        await asyncio.wait([*around, *work], timeout=1.0)
        with contextlib.suppress(ArendeError):
            beats.forget(self.app, [self.name])

    async def _for_ever(self, loop: Callable[[], Awaitable[None]]) -> None:
        """Begin the loop again when the database or anything else fails it, waiting longer each time."""
        wait = 0.5
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                await loop()
            except ArendeError as e:
                log.error("%s", " ".join(e.told()))
            except Exception as e:
                log.error("Oväntat fel: %s", type(e).__name__, exc_info=log.isEnabledFor(logging.DEBUG))
            wait = 0.5 if time.monotonic() - started > 60 else min(wait * 2, 30.0)
            await self._pause(wait)

    async def _for_a_start(self) -> None:
        """Say that we are here, and free what a predecessor was sending when it died."""
        with contextlib.suppress(ArendeError):
            await asyncio.to_thread(self._beat)
            await asyncio.to_thread(leases.end_of_the_dead, self.app, self.app.clock(), starting=True)
            await asyncio.to_thread(feed.begin, self.app)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    # ------------------------------------------------------------ mail

    async def _deliver_what_is_due(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._conductor.asked.wait(), 30)
        async with contextlib.AsyncExitStack() as session:
            connected = False
            while not self._stopping.is_set():
                if outbox.due(self.app, self.app.clock()):
                    if self._conductor.up and not connected:
                        await session.enter_async_context(one_client())
                        connected = True
                    await self._deliver()
                else:
                    await self._wait_for_mail()

    async def _wait_for_mail(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), POLL[self.app.engine.dialect.name])
        self._wake.clear()

    async def _deliver(self) -> None:
        """One run of the flow; after one that could not begin, one without it."""
        if not self._conductor.up or self._direct_next:
            self._direct_next = False
            await outbox.drain(self.app, run=DIRECT)
            return
        try:
            await self._conductor.call("deliver", what=name_of(outbox.due_mails(self.app, self.app.clock())))
        except NotBegun:
            self._direct_next = True
            self._conductor.doubt()

    async def _take_in_mail(self) -> None:
        """Keep the doors open; see to each mail as soon as it is stored. What is missed, the sweep sees to."""
        came, loop = asyncio.Event(), asyncio.get_running_loop()
        with doors.opened(self.app, lambda: loop.call_soon_threadsafe(came.set)):
            while not self._stopping.is_set():
                came.clear()
                if await asyncio.to_thread(intake.handle_all, self.app):
                    self._wake.set()
                waits = [asyncio.create_task(x.wait()) for x in (came, self._stopping)]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for task in waits:
                    task.cancel()

    # ------------------------------------------------------------ time

    async def _sweep_when_due(self) -> None:
        """Flow runs that the schedules made; and every tick that they did not take, whatever the reason."""
        looked = 0.0
        while not self._stopping.is_set():
            if self._conductor.up and time.monotonic() - looked >= 5:
                looked = time.monotonic()
                await self._do_scheduled()
            for sweep in sweeps.SWEEPS:
                if await asyncio.to_thread(self._overdue, sweep):
                    await asyncio.to_thread(sweeps.sweep, self.app, sweep.name, DIRECT)
                    self._wake.set()
            await self._pause(1.0)

    async def _do_scheduled(self) -> None:
        try:
            for run in await self._conductor.scheduled():
                await self._conductor.call_scheduled(run)
        except NotBegun:
            self._conductor.doubt()
        except Exception as e:
            log.warning("Schemalagda körningar kunde inte hämtas: %s", type(e).__name__)
            self._conductor.doubt()

    def _overdue(self, sweep: sweeps.Sweep) -> bool:
        now = beats.real_now()
        tick = beats.tick(now, sweep.every)
        if self._conductor.up and now - tick < GRACE:
            return False
        return not beats.taken(self.app, sweep.name, tick)

    # ------------------------------------------------------------ signs of life, wake-up

    async def _beating(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._conductor.turned.wait(), HEARTBEAT)
            self._conductor.turned.clear()
            await asyncio.to_thread(self._beat)
            if await asyncio.to_thread(leases.end_of_the_dead, self.app, self.app.clock()):
                self._wake.set()

    def _beat(self) -> None:
        beats.beat(self.app, self.name, {"pid": os.getpid(), "prefect": self._conductor.up})

    async def _telling(self) -> None:
        """While Prefect is there, tell its event feed what has happened; in its own time, and nobody waits for it."""
        async with httpx.AsyncClient(timeout=10.0, trust_env=False) as client:
            while not self._stopping.is_set():
                more = self._conductor.up and await self._tell(client)
                await self._pause(0.0 if more else TELL_EVERY)

    async def _tell(self, client: httpx.AsyncClient) -> bool:
        """One batch; returns whether there may be more at once."""
        found = await asyncio.to_thread(feed.news, self.app, self.name, beats.real_now())
        if found is None:
            return False
        told, place = found
        if told and not await self._conductor.tell(client, told):
            return False
        if told or self._feed_said + KEEP_TELLING < time.monotonic():
            self._feed_said = time.monotonic()
            await asyncio.to_thread(feed.keep, self.app, self.name, place)
        return len(told) >= feed.AT_A_TIME

    async def _hooking(self) -> None:
        """Tell the webhooks what has happened; each in its own time, and nobody waits for them."""
        while not self._stopping.is_set():
            await webhooks.tell_all(self.app, self.name, beats.real_now())
            await self._pause(TELL_EVERY)

    async def _listen(self) -> None:
        """PostgreSQL says when a commit put something in the outbox."""
        if self.app.engine.dialect.name != "postgresql":
            await self._stopping.wait()
            return
        import psycopg

        address = self.app.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            await connection.execute("LISTEN arende_outbox")
            self.listening = True
            async for _ in connection.notifies():
                self._wake.set()


def work(app: App) -> None:
    """Run a worker until SIGTERM or SIGINT.

    Its loop runs in a thread of its own: a flow takes over the main thread's SIGTERM while it runs, and would break
    off the batch.
    """
    loop = asyncio.new_event_loop()
    worker = loop.run_until_complete(_made(app))
    thread = threading.Thread(target=_run, args=(loop, worker), name="worker")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(worker.stop))
    thread.start()
    while thread.is_alive():
        thread.join(0.5)


def _run(loop: asyncio.AbstractEventLoop, worker: Worker) -> None:
    asyncio.set_event_loop(loop)
    loop.run_until_complete(worker.run())


async def _made(app: App) -> Worker:
    return Worker(app)
