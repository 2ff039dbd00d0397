"""Send the digest on working mornings from seven: one mail of all that waits, for those who have chosen it."""

import asyncio

from prefect import flow, get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed, State

from arende import errands, sweeps


@flow(name="digest", flow_run_name="sammandrag", persist_result=False)
async def digest() -> State:
    """Run the sweep, unless another run has this tick already."""
    run = flow_run.id or errands.DIRECT
    with errands.begun() as app:
        swept = await asyncio.to_thread(sweeps.sweep, app, "digest", run)
    if swept is None:
        return Completed(name="Skipped", message="Redan gjort av en annan körning.")
    if run != errands.DIRECT:
        get_run_logger().info(swept.line)
    return Completed(message=swept.line)
