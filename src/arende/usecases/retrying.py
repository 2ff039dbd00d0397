"""Use case: a mail that did not get through is sent again, on record, to the address that its recipient has now."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from arende import db, models
from arende.commands import Command
from arende.deliverycommands import RetryDelivery
from arende.errors import NotFound, Refused, Sentence
from arende.models import outbox
from arende.usecases import effects
from arende.usecases.administrators import OFFICE, overseer
from arende.usecases.deliveries import AGAIN, address_now, no_such
from arende.usecases.facts import demand, standing
from arende.work import UseCase, Work

MAY = ("case_officer", "registrar", OFFICE)


def retry_delivery(w: Work, cmd: RetryDelivery) -> None:
    """Queue the mail again; its failure is no longer anybody's task. Refused when it is sent or on its way."""
    o = outbox.c
    row = w.conn.execute(select(outbox).where(o.id == cmd.delivery)).mappings().first()
    if row is None:
        raise NotFound(no_such(cmd.delivery))
    if row["case_id"] is not None:
        w.open_case_by_id(row["case_id"])
        behalf = demand(w, standing(w), MAY, _NOT_YOURS)
    elif w.actor.kind != "system":
        overseer(w.app, w.actor.key)
    if row["state"] not in AGAIN:
        raise Refused(_NOT_AGAIN[row["state"]])
    address = address_now(w.conn, dict(row))
    if row["case_id"] is not None:
        told = {"mail": row["id"], "template": row["template"], "recipient": row["recipient_name"]}
        w.event("delivery:retried", {**told, "new_address": address != row["address"]}, on_behalf_of=behalf)
        _close_task(w, row["id"])
    fresh = {"state": "queued", "attempts": 0, "next_at": w.now, "reported_at": None, "address": address}
    mine = update(outbox).where(o.id == bindparam("the_mail"), o.state == bindparam("was"))
    w.claim(mine.values(**fresh), the_mail=row["id"], was=row["state"])
    w.afterwards.append(lambda: db.notify(w.app.engine, "arende_outbox"))


def _close_task(w: Work, mail: int) -> None:
    """The task that tells of the failure is done: the event that opened it names the mail."""
    tasks = [t for t in w.rows(models.tasks) if t["act"] == "delivery_failure" and t["state"] == "open"]
    e = models.events.c
    said = select(e.seq, e.payload).where(e.case_id == w.case["id"], e.seq.in_([t["seq"] for t in tasks]))
    about = {seq: (payload or {}).get("mail") for seq, payload in w.conn.execute(said)} if tasks else {}
    for task in tasks:
        if about.get(task["seq"]) == mail:
            effects.close_task(w, task, outcome={"by_step": "retry"})


USE_CASES: dict[type[Command], UseCase] = {RetryDelivery: retry_delivery}


_NOT_YOURS = Sentence("Du kan inte sända mejlet igen.", "You cannot send the mail again.")
_NOT_AGAIN = {
    "sent": Sentence(
        "Mejlet är redan lämnat till mejlservern och sänds inte igen.",
        "The mail has already been handed to the mail server and is not sent again.",
    ),
    "sending": Sentence(
        "Mejlet sänds just nu. Vänta en stund och se hur det gick i utkorgen.",
        "The mail is being sent now. Wait a little and see in the outbox what came of it.",
    ),
    "cancelled": Sentence(
        "Mejlet är återkallat och sänds inte.",
        "The mail has been cancelled and is not sent.",
    ),
}
