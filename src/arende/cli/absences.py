"""``arende absence``: who is away, and how a person's mails and pages behave."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from arende.cli.cases import As, by
from arende.cli.shared import open_app, say, show

app = typer.Typer(help="Frånvaro och hur mejl kommer. Absence, and how mails come.", no_args_is_help=True)


class How(StrEnum):
    """One mail for each matter, or one each working morning."""

    EACH = "each"
    DIGEST = "digest"


class Switch(StrEnum):
    """Whether keys do anything."""

    ON = "on"
    OFF = "off"


@app.command("report")
def report(
    person: Annotated[str, typer.Argument(metavar="USER", help="Vem som är borta. Who is away.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="Första dagen. First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Sista dagen. Last day.")],
    as_: As,
) -> None:
    """Anmäl att någon är borta; klartecken går då till den som får svara i stället. Report an absence."""
    from arende.deskcommands import ReportAbsence

    days = {"first": first.date(), "last": last.date()}
    open_app().do(ReportAbsence(**by(as_), person=person, **days))
    told = {"person": person, "first": first.date().isoformat(), "last": last.date().isoformat()}
    show(told, say("Frånvaron är anmäld.", "The absence is reported."))


@app.command("list")
def list_() -> None:
    """Frånvaro som pågår eller kommer. Absences that go on or are to come."""
    from arende import absences, db
    from arende.workdays import local_day

    opened = open_app()
    with db.reading(opened.engine) as conn:
        rows = absences.coming(conn, local_day(opened.clock()))
    show([_row(r) for r in rows], "\n".join(map(_line, rows)) or say("Ingen är borta.", "Nobody is away."))


@app.command("end")
def end(number: Annotated[int, typer.Argument(metavar="NO", help="Numret i listan. Its number.")], as_: As) -> None:
    """Ta bort en frånvaro: personen är här igen. Take an absence back."""
    from arende.deskcommands import EndAbsence

    open_app().do(EndAbsence(**by(as_), absence=number))
    show({"absence": number}, say("Frånvaron är borttagen.", "The absence is removed."))


@app.command("mail")
def mail(how: How, as_: As) -> None:
    """Välj ett mejl för varje sak, eller ett sammandrag varje vardagsmorgon. Choose how your mails come."""
    from arende.deskcommands import ChooseMail

    open_app().do(ChooseMail(**by(as_), mail=how.value))
    show({"person": as_, "mail": how.value}, say("Valet är sparat.", "Your choice is saved."))


@app.command("shortcuts")
def shortcuts(used: Switch, as_: As) -> None:
    """Slå på eller stäng av sidornas kortkommandon. Turn the keys of the pages on or off."""
    from arende.deskcommands import ChooseShortcuts

    open_app().do(ChooseShortcuts(**by(as_), used=used is Switch.ON))
    show({"person": as_, "shortcuts": used.value}, say("Valet är sparat.", "Your choice is saved."))


def _row(r: dict[str, Any]) -> dict[str, Any]:
    days = {"first": r["first_day"].isoformat(), "last": r["last_day"].isoformat()}
    return {"absence": r["id"], "person": r["key"], "name": r["name"], **days, "reported_by": r["reported_by"]}


def _line(r: dict[str, Any]) -> str:
    return f"{r['id']:>4}  {r['first_day']} – {r['last_day']}  {r['name']} ({r['key']})"
