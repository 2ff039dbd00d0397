"""Fire what the clock has reached: reminders, due dates, escalations."""

import asyncio

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact
from prefect.runtime import flow_run
from prefect.states import Completed, State

from arende import errands, sweeps


@flow(name="deadlines", flow_run_name="förfallna frister", persist_result=False)
async def deadlines() -> State:
    """Run the sweep, unless another run has this tick already."""
    run = flow_run.id or errands.DIRECT
    with errands.begun() as app:
        swept = await asyncio.to_thread(sweeps.sweep, app, "deadlines", run)
    if swept is None:
        return Completed(name="Skipped", message="Redan gjort av en annan körning.")
    if run != errands.DIRECT:
        get_run_logger().info(swept.line)
        if swept.rows:
            await acreate_table_artifact(list(swept.rows), key="deadlines", description=swept.line)
    return Completed(message=swept.line)
