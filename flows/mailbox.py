"""Take in what lies in the mailbox, and see to every mail that was stored but not yet understood."""

import asyncio

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact
from prefect.runtime import flow_run
from prefect.states import Completed, State

from arende import errands, sweeps


@flow(name="mailbox", flow_run_name="inkommen post", persist_result=False)
async def mailbox() -> State:
    """Run the sweep, unless another run has this tick already."""
    run = flow_run.id or errands.DIRECT
    with errands.begun() as app:
        swept = await asyncio.to_thread(sweeps.sweep, app, "mailbox", run)
    if swept is None:
        return Completed(name="Skipped", message="Redan gjort av en annan körning.")
    if run != errands.DIRECT:
        get_run_logger().info(swept.line)
        if swept.rows:
            await acreate_table_artifact(list(swept.rows), key="mailbox", description=swept.line)
    return Completed(message=swept.line)
