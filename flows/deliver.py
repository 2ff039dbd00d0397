"""Send what is due in the outbox: one run drains until nothing is due."""

from prefect import flow, get_client, get_run_logger
from prefect.artifacts import acreate_table_artifact
from prefect.runtime import flow_run
from prefect.states import Completed, State

from arende import errands, outbox


@flow(name="deliver", flow_run_name="{what}", persist_result=False)
async def deliver(what: str = "utkorgen") -> State:
    """Deliver every mail that is due. ``what`` names the run, in diary numbers and counts only."""
    run = flow_run.id or errands.DIRECT
    log = get_run_logger() if flow_run.id else errands.log
    with errands.begun() as app:
        done = await outbox.drain(app, run=run, log=lambda said: log.info(said.sv))
    if flow_run.id:
        name = errands.name_of(done.rows)
        if name != what:  # more became due on the way
            await get_client().update_flow_run(flow_run.id, name=name)
        table = [{"mejl": row.id, "ärende": row.register_no, "resultat": row.state} for row in done.rows[:500]]
        await acreate_table_artifact(table, key="deliver", description=name)
    return Completed(message=f"{done.sent} sända, {done.failed} misslyckade, {done.retried} försöks igen.")
