"""Use cases of a person's own settings: to be away, to be back, and how mails come.

An absence gives nobody a right. It says that somebody does not answer these days, so that a request is put at once to
the one who may step in for that act (``stepping_in``), instead of after its last day.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select, update

from arende import actors
from arende.commands import Command
from arende.deskcommands import ChooseMail, EndAbsence, ReportAbsence
from arende.errors import Forbidden, NotFound, Refused, Sentence
from arende.persontables import absences, mail_choices
from arende.work import UseCase, Work

MAY_REPORT = ("secretary", "registrar", "administrator")
"""Offices that may enter anybody's absence: whoever is ill rings them."""
LONGEST = timedelta(days=366)
_A, _M = absences.c, mail_choices.c


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
    known = w.conn.execute(select(_M.id).where(_M.actor_id == w.actor.id)).scalar()
    if known is None:
        w.execute(insert(mail_choices).values(actor_id=w.actor.id, mail=cmd.mail, chosen_at=w.now))
    else:
        w.execute(update(mail_choices).where(_M.id == known).values(mail=cmd.mail, chosen_at=w.now))


USE_CASES: dict[type[Command], UseCase] = {ReportAbsence: report, EndAbsence: end, ChooseMail: choose_mail}


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
