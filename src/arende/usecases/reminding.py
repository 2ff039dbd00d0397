"""Use case: a person reminds, by mail, those whom a case waits for – the same mails that the clock would send."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from arende import models, workdays
from arende.commands import Command
from arende.deskcommands import Remind
from arende.errors import Refused, Sentence
from arende.prepared import Prepared
from arende.usecases.clock import remind_of
from arende.usecases.facts import demand, refuse_conflict, refuse_unseen, standing
from arende.usecases.fields import clean_note
from arende.work import UseCase, Work

MAY = ("case_officer", "manager", "registrar", "secretary")
_LAST = Prepared(
    select(func.max(models.events.c.occurred_at).label("at")).where(
        models.events.c.case_id == bindparam("case"), models.events.c.kind == bindparam("kind")
    )
)
KIND = "case:reminded"


def remind(w: Work, cmd: Remind) -> None:
    """Remind everybody whom the case waits for; once a day, whoever asks for it."""
    w.open_case(cmd.register_no)
    refuse_unseen(w)
    refuse_conflict(w)
    held = standing(w)
    behalf = demand(w, held, MAY, Sentence("Du kan inte påminna i ärendet.", "You cannot send reminders in the case."))
    _refuse_twice_a_day(w)
    due = [d for d in w.rows(models.deadlines) if d["state"] == "open" and d["step"] == "due"]
    if not due:
        raise Refused(
            Sentence(
                "Ärendet har ingen öppen sista dag, så det finns ingen att påminna.",
                "The case has no open last day, so there is nobody to remind.",
            )
        )
    seq = w.event("case:reminded", {"note": clean_note(cmd.note)}, on_behalf_of=behalf)
    for n, row in enumerate(due):
        remind_of(w, row, f"{seq}.{n}")


def _refuse_twice_a_day(w: Work) -> None:
    row = _LAST.first(w.conn, case=w.case["id"], kind=KIND)
    if row is not None and row[0] is not None and workdays.local_day(row[0]) == w.today:
        raise Refused(
            Sentence(
                "En påminnelse har redan gått ut i dag. Vänta till i morgon.",
                "A reminder has gone out today already. Wait until tomorrow.",
            )
        )


USE_CASES: dict[type[Command], UseCase] = {Remind: remind}
