"""Use cases of a person's own settings: to be away, to be back, how mails come, whether keys do anything.

An absence gives nobody a right. It says that somebody does not answer these days, so that a request is put at once to
the one who may step in for that act (``stepping_in``), instead of after its last day.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Table, insert, select, update

from arende import actors
from arende.commands import Command
from arende.deskcommands import ChooseMail, ChooseShortcuts, EndAbsence, ReportAbsence
from arende.errors import Forbidden, NotFound, Refused, Sentence
from arende.persontables import absences, mail_choices, shortcut_choices
from arende.work import UseCase, Work

MAY_REPORT = ("secretary", "registrar", "administrator")
"""Offices that may enter anybody's absence: whoever is ill rings them."""
LONGEST = timedelta(days=366)
_A = absences.c


def report(w: Work, cmd: ReportAbsence) -> None:
    """Enter an absence. Two that touch or overlap both count; the days are Stockholm's."""
    person = actors.actor(w.conn, cmd.person)
    _demand(w, person.id)
    if person.kind != "person":
        raise Refused(Sentence(f"{person.name} är ingen person.", f"{person.name} is no person."))
    if cmd.last < cmd.first or cmd.last < w.today or cmd.last - cmd.first > LONGEST:
        raise Refused(_DAYS)
    days = {"first_day": cmd.first, "last_day": cmd.last}
    row = {"actor_id": person.id, **days, "reported_by_id": w.actor.id, "reported_at": w.now}
    w.execute(insert(absences).values(**row))


def end(w: Work, cmd: EndAbsence) -> None:
    """Take an absence back. Ended twice, it is ended once."""
    row = w.conn.execute(select(_A.actor_id, _A.ended_at).where(_A.id == cmd.absence)).first()
    if row is None:
        raise NotFound(Sentence("Det finns ingen sådan frånvaro.", "There is no such absence."))
    _demand(w, row.actor_id)
    if row.ended_at is None:
        w.execute(update(absences).where(_A.id == cmd.absence).values(ended_at=w.now))


def choose_mail(w: Work, cmd: ChooseMail) -> None:
    """How one's own mails come from now on. What is urgent is always mailed at once."""
    _choose(w, mail_choices, mail=cmd.mail)


def choose_shortcuts(w: Work, cmd: ChooseShortcuts) -> None:
    """Whether the keys of the pages do anything for oneself."""
    _choose(w, shortcut_choices, used=cmd.used)


def _choose(w: Work, table: Table, **choice: object) -> None:
    """Put the person's choice in the place of the one before."""
    known = w.conn.execute(select(table.c.id).where(table.c.actor_id == w.actor.id)).scalar()
    if known is None:
        w.execute(insert(table).values(actor_id=w.actor.id, chosen_at=w.now, **choice))
    else:
        w.execute(update(table).where(table.c.id == known).values(chosen_at=w.now, **choice))


USE_CASES: dict[type[Command], UseCase] = {
    ReportAbsence: report,
    EndAbsence: end,
    ChooseMail: choose_mail,
    ChooseShortcuts: choose_shortcuts,
}


def _demand(w: Work, whose: int) -> None:
    held = {office for office, _ in w.ask(actors.offices_of, w.actor.id, w.today)}
    if w.actor.id != whose and not held & set(MAY_REPORT):
        raise Forbidden(
            Sentence(
                "Frånvaro anmäler man själv. Sekreterare, registrator och administratör kan göra det åt någon annan.",
                "Absence is reported by oneself. A secretary, registrar or administrator can do it for another.",
            )
        )


_DAYS = Sentence(
    "Ange dagar som inte redan har gått, högst ett år, med den första före den sista.",
    "Give days that are not over, at most a year, the first before the last.",
)
