"""Prefect's side of the worker: whether it can be reached, calling flows in process, the schedules, the leftovers.

Prefect carries out and shows; it is never the only one to know. Everything here may fail at any moment and the worker
goes on without it. Prefect takes seconds to import, so that is done inside the functions, when it is first needed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx

from arende import beats, home
from arende.app import App
from arende.errands import Errand, sent_by
from arende.events import instant
from arende.feed import News
from arende.settings import Settings
from arende.sweeps import SWEEPS, Sweep

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun

log = logging.getLogger("arende.prefect")

PATIENCE = 20.0
"""Seconds that a flow may take to begin, before its work is done without it."""
CLOSING = 5.0
"""Seconds that is waited, at the most, for flows whose work is done to be reported as such."""
AT_ONCE = 3
"""Flows whose work is done that may be on their way to be reported while the next begins: else the next mail would wait
for the report of the last one."""
BUSY = (0.05, 0.25)
"""Seconds after which a busy Prefect is asked again. Its server on SQLite answers so (503) whenever another of its own
writes is under way, and its client would wait two seconds, then four."""
SCHEDULE = "schema"
"""The name of every deployment that the worker registers: deadlines/schema, reconcile/schema."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SKIPPED = "En senare körning tog igen den här."


def api_url(settings: Settings) -> str:
    """Where Prefect's API is: the address given, or the port on this machine."""
    return settings.prefect_api_url or f"http://127.0.0.1:{settings.prefect_port}/api"


def healthy(url: str) -> bool:
    """Whether a GET of ``url`` answers 200 within two seconds."""
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def environment(settings: Settings) -> dict[str, str]:
    """Prefect's own settings, for the server and for the worker: local, silent, and nothing sent anywhere."""
    folder = (settings.data_dir / "prefect").resolve()
    return {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": api_url(settings),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
        "PREFECT_API_REQUEST_TIMEOUT": "15",
        "PREFECT_CLIENT_MAX_RETRIES": "10",
    }


class NotBegun(Exception):
    """Prefect could not begin the flow; nothing of its work was done."""


class Conductor:
    """One worker's connection with Prefect."""

    def __init__(self, app: App, worker: str) -> None:
        self.app = app
        self.worker = worker
        self.up = False
        self.asked = asyncio.Event()
        """Set once Prefect's health is known for the first time."""
        self.turned = asyncio.Event()
        """Set whenever Prefect comes or goes; whoever listens clears it."""
        self._misses = 0
        self._flows: dict[str, Any] = {}
        self._deployments: dict[UUID, Sweep] = {}
        self._closing: set[asyncio.Task[Any]] = set()
        self._changed = asyncio.Event()
        os.environ.update(environment(app.settings))

    # ------------------------------------------------------------ health

    async def watch(self, every: float = 2.0) -> None:
        """Ask Prefect for its health for ever, so that a dead server costs a delivery nothing."""
        async with httpx.AsyncClient(timeout=4.0, trust_env=False) as client:
            while True:
                await self._ask(client)
                self.asked.set()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), every)
                self._changed.clear()

    async def _ask(self, client: httpx.AsyncClient) -> None:
        try:
            well = (await client.get(f"{api_url(self.app.settings)}/health")).status_code == httpx.codes.OK
        except httpx.TimeoutException:
            self._misses += 1  # a busy server is slow now and then; two in a row is down
            well = self.up and self._misses < 2
        except httpx.HTTPError:
            well = False
        if well and not self.up:
            try:
                await self._arrive()
            except Exception as e:
                log.warning("Prefect svarar men är inte redo: %s", type(e).__name__)
                return
        if well:
            self._misses = 0
        if well != self.up:
            log.info("Prefect %s", "svarar" if well else "svarar inte; leveranserna fortsätter utan")
            self.up = well
            self.turned.set()

    def doubt(self) -> None:
        """A call failed: work without Prefect until its health has been asked for again."""
        self.up = False
        self._changed.set()

    async def _arrive(self) -> None:
        """Prefect is there (again): load the flows, crash what a killed worker left, register the schedules."""
        if not self._flows:
            await asyncio.to_thread(self._load)
        from prefect.client.orchestration import get_client

        async with get_client() as client:
            await self._reap(client)
            await self._register(client)

    def _load(self) -> None:
        from prefect.flows import load_flow_from_entrypoint

        for name in ("deliver", *(s.name for s in SWEEPS)):
            file = home.flow_file(self.app.settings, name)
            self._flows[name] = load_flow_from_entrypoint(f"{file}:{name}", use_placeholder_flow=False)

    # ------------------------------------------------------------ calling a flow

    async def call(self, name: str, **parameters: str) -> None:
        """Run the flow in process and return when its work is done. Raises NotBegun when it never started."""
        from prefect import tags

        errand = Errand(self.app)
        with tags(self.worker), sent_by(errand):
            run = asyncio.create_task(self._flows[name](**parameters, return_state=True))
        await self._see_through(name, run, errand)

    async def call_scheduled(self, run: FlowRun) -> None:
        """Run a flow run that a schedule made, unless another worker has it. Raises NotBegun as ``call``."""
        from prefect.client.orchestration import get_client
        from prefect.exceptions import Abort
        from prefect.flow_engine import run_flow_async
        from prefect.states import Pending
        from prefect.utilities.engine import propose_state

        name = self._deployments[run.deployment_id].name if run.deployment_id else ""
        async with get_client() as client:
            try:
                state = await propose_state(client, Pending(), flow_run_id=run.id)
            except Abort:
                return
            if not state.is_pending():
                return
            await client.update_flow_run(run.id, tags=[*run.tags, self.worker])
            run = await client.read_flow_run(run.id)
        errand = Errand(self.app)
        with sent_by(errand):
            # For a run with a deployment, Prefect starts a thread that watches for suspension and makes the event
            # loop wait for it: two seconds each time, for ever when the server dies meanwhile. We never suspend.
            run.deployment_id = None
            engine = run_flow_async(self._flows[name], flow_run=run, parameters={}, return_type="state")
            task = asyncio.create_task(engine)
        await self._see_through(name, task, errand)

    async def _see_through(self, name: str, run: asyncio.Task[Any], errand: Errand) -> None:
        """Wait for the flow to begin and its work to end; only as long as Prefect is there for the rest."""
        self._closing.add(run)
        run.add_done_callback(self._closed)
        await self._wait(run, errand.begun, PATIENCE)
        if not errand.begun.is_set():
            errand.abandoned = True
            run.cancel()
            raise NotBegun(name)
        await errand.ended.wait()
        if len(self._closing) > AT_ONCE:
            await self._wait(run, None, CLOSING)

    async def close(self) -> None:
        """Let Prefect hear the end of what was done, before the worker ends; for as long as Prefect is there."""
        if self.up and self._closing:
            await asyncio.wait(self._closing, timeout=CLOSING)

    async def _wait(self, run: asyncio.Task[Any], event: asyncio.Event | None, seconds: float) -> None:
        """Until the run is done, the event set, Prefect gone or the time out."""
        until = time.monotonic() + seconds
        waiter = [asyncio.create_task(event.wait())] if event else []
        while self.up and not (run.done() or (event and event.is_set())) and time.monotonic() < until:
            await asyncio.wait([run, *waiter], timeout=0.25, return_when=asyncio.FIRST_COMPLETED)
        for task in waiter:
            task.cancel()

    def _closed(self, run: asyncio.Task[Any]) -> None:
        self._closing.discard(run)
        if not run.cancelled() and (error := run.exception()) is not None:
            log.warning("Ett flöde kunde inte avslutas i Prefect: %s", type(error).__name__)

    # ------------------------------------------------------------ schedules

    async def _register(self, client: PrefectClient) -> None:
        """Make the deployments; one that is there with the right interval is left as the administrator has it."""
        self._deployments = {await self._deployment(client, sweep): sweep for sweep in SWEEPS}

    async def _deployment(self, client: PrefectClient, sweep: Sweep) -> UUID:
        from prefect.client.schemas.actions import DeploymentScheduleCreate
        from prefect.client.schemas.schedules import IntervalSchedule
        from prefect.exceptions import ObjectNotFound

        wanted = IntervalSchedule(interval=sweep.every, anchor_date=_EPOCH, timezone="Europe/Stockholm")
        with contextlib.suppress(ObjectNotFound):
            there = await client.read_deployment_by_name(f"{sweep.name}/{SCHEDULE}")
            if any(getattr(s.schedule, "interval", None) == sweep.every for s in there.schedules):
                return there.id
        return await client.create_deployment(
            flow_id=await client.create_flow_from_name(sweep.name),
            name=SCHEDULE,
            schedules=[DeploymentScheduleCreate(schedule=wanted, active=True, slug="tick")],
            entrypoint=f"flows/{sweep.name}.py:{sweep.name}",
            description=self._flows[sweep.name].description,
            tags=["arende"],
        )

    async def scheduled(self) -> list[FlowRun]:
        """Runs whose time has come, one per schedule, in order; what piled up during a stop is marked as caught up."""
        if not self._deployments:
            return []
        from prefect.client.orchestration import get_client
        from prefect.states import Cancelled

        async with get_client() as client:
            ids = list(self._deployments)
            runs = await client.get_scheduled_flow_runs_for_deployments(ids, datetime.now(UTC), limit=200)
            latest: dict[UUID | None, FlowRun] = {run.deployment_id: run for run in runs}
            for run in runs:
                if latest[run.deployment_id].id != run.id:
                    await client.set_flow_run_state(run.id, Cancelled(name="CaughtUp", message=_SKIPPED), force=True)
        return [latest[made] for made in ids if made in latest]

    # ------------------------------------------------------------ the event feed

    async def tell(self, client: httpx.AsyncClient, news: list[News]) -> bool:
        """Put what has happened in the cases on Prefect's event feed; False when it was not taken."""
        try:
            answer = await client.post(f"{api_url(self.app.settings)}/events", json=[_as_event(n) for n in news])
        except httpx.HTTPError:
            return False
        return answer.is_success

    # ------------------------------------------------------------ leftovers

    async def _reap(self, client: PrefectClient) -> None:
        """Mark as crashed the runs of workers that no longer live; Prefect itself never notices."""
        from prefect.client.schemas.filters import FlowFilter, FlowRunFilter
        from prefect.states import Crashed

        besides = "" if self._closing else self.worker  # with nothing under way, what bears our name is left over
        living = await asyncio.to_thread(living_workers, self.app, besides=besides)
        under_way = {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}
        runs = await client.read_flow_runs(
            flow_filter=FlowFilter.model_validate({"name": {"any_": list(self._flows)}}),
            flow_run_filter=FlowRunFilter.model_validate({"state": under_way}),
            limit=200,
        )
        for run in runs:
            if not (living & set(run.tags) or _just_taken(run)):
                await client.set_flow_run_state(run.id, Crashed(message="Arbetsprocessen dog."), force=True)


@contextlib.asynccontextmanager
async def one_client() -> AsyncIterator[None]:
    """One HTTP client for every flow that this task calls, instead of a new one (40 ms) each time."""
    from prefect.context import AsyncClientContext

    async with AsyncClientContext.get_or_create() as context:
        # Given as settings, the hook would keep Prefect's own functions from using this client.
        http = context.client._client  # noqa: SLF001 – there is no public way to the client in use
        http.event_hooks = {"response": [_soon_again]}
        yield


async def _soon_again(answer: httpx.Response) -> None:
    """To a busy server's answer, add when to ask again."""
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        answer.headers.setdefault("Retry-After", f"{random.uniform(*BUSY):.3f}")  # noqa: S311 – jitter, not a secret


def _as_event(news: News) -> dict[str, Any]:
    """As Prefect's API takes it; dated now, for Prefect throws away what happened more than a week ago."""
    resource = {"prefect.resource.id": f"arende.case.{news.register_no}", "prefect.resource.name": news.register_no}
    return {
        "id": str(news.id),
        "occurred": datetime.now(UTC).isoformat(),
        "event": news.name,
        "resource": {**resource, "arende.type": news.type},
        "payload": {"register_no": news.register_no, "seq": news.seq, "occurred_at": instant(news.occurred_at)},
    }


def _just_taken(run: FlowRun) -> bool:
    """Whether another worker may be about to write its name on the run."""
    fresh = run.state is not None and run.state.timestamp > datetime.now(UTC) - timedelta(seconds=30)
    return fresh and not any(tag.startswith("worker:") for tag in run.tags)


def living_workers(app: App, *, besides: str = "") -> set[str]:
    """The workers that were seen in the last half minute."""
    since = beats.real_now() - timedelta(seconds=30)
    return {b.key for b in beats.read(app, "worker:") if b.seen_at >= since and b.key != besides}
