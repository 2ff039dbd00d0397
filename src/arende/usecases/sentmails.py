"""A mail of a case as it was promised and sent, read by those who work here and may see the case, by nobody else."""

from __future__ import annotations

from arende import db, queries, rights
from arende.app import App
from arende.errors import NotFound, Sentence
from arende.prepared import Row
from arende.register import number_in
from arende.usecases.facts import standing
from arende.usecases.options import Ask, is_colleague
from arende.work import Work

NO_SUCH = Sentence("Det finns inget sådant mejl i ärendet.", "There is no such mail in the case.")


def one(app: App, person: str, register_no: str, number: int) -> tuple[Row, Row]:
    """The case and its mail. Raises NotFound where there is no such mail, and for whoever may not read it alike."""
    if not (known := number_in(register_no)):
        raise NotFound(NO_SUCH)
    with db.reading(app.engine) as conn:
        w = Work(app, Ask(actor=person, register_no=known), conn)
        w.open_case(known)
        rights.demand(conn, w.ask(rights.reader, w.actor.id, w.today), w.case)
        mail = next((m for m in queries.mails(conn, w.case["id"]) if m["id"] == number), None)
        if mail is None or not is_colleague(w, standing(w)):
            raise NotFound(NO_SUCH)
        return w.case, mail
