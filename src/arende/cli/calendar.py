"""``arende calendar``: a body's or a person's days as a calendar file, and the address that other programs follow."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arende.cli.cases import As, by
from arende.cli.shared import OPTIONS, fail_use, open_app, say, show

if TYPE_CHECKING:
    from arende.calendarcommands import Whose
    from arende.usecases.calendarfiles import CalendarFile

app = typer.Typer(help="Kalendrar för andra program. Calendars for other programs.", no_args_is_help=True)

Body = Annotated[str, typer.Argument(metavar="BODY", help="Organets nyckel eller kortform, t.ex. krf. Its key.")]
Person = Annotated[str, typer.Argument(metavar="USER", help="Personens nyckel. Key of the person.")]
Kind = Annotated[str, typer.Argument(metavar="KIND", help="body | person")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="Organets eller personens nyckel. Its key.")]
Out = Annotated[str, typer.Option("--out", metavar="FILE", help="Filen som skrivs; - för stdout. The file.")]
Year = Annotated[int | None, typer.Option("--year", min=1990, max=2100, help="Bara ett år. One year only.")]


@app.command("body")
def body(key: Body, out: Out = "-", year: Year = None) -> None:
    """Ett organs möten och när handlingarna ska vara inne. A body's meetings, and when papers must be in."""
    from arende.usecases.calendarfiles import of_body

    opened = open_app()
    _give(of_body(opened, key, OPTIONS.lang, [year] if year else []), opened.clock(), out, year)


@app.command("person")
def person(key: Person, out: Out = "-", year: Year = None) -> None:
    """Möten som personen kallas till, och sista dagar som väntar. A person's meetings and last days."""
    from arende.usecases.calendarfiles import of_person

    opened = open_app()
    _give(of_person(opened, key), opened.clock(), out, year)


@app.command("meeting")
def meeting(
    number: Annotated[str, typer.Argument(metavar="NO", help="Sammanträdets nummer, t.ex. MKRF210003.")],
    out: Out = "-",
) -> None:
    """Ett sammanträde som kallelse, eller som återbud om det är inställt. One meeting, or its cancellation."""
    from arende.usecases.calendarfiles import of_meeting

    opened = open_app()
    method, data = of_meeting(opened, number, OPTIONS.lang)
    _write(data, out, {"register_no": number, "method": method})


@app.command("link")
def link(
    kind: Kind,
    key: Key,
    as_: As,
    new: Annotated[bool, typer.Option("--new", help="Byt adress; den förra slutar gälla. A new one.")] = False,
) -> None:
    """Adressen som kalenderprogram följer; den skapas om den saknas. The address that calendars follow."""
    from arende.calendarcommands import IssueCalendarLink
    from arende.usecases import calendarlinks

    opened, whose = open_app(), _kind(kind)
    calendarlinks.may_see(opened, as_, whose, key)
    address = None if new else calendarlinks.address(opened, whose, key)
    if address is None:
        opened.do(IssueCalendarLink(**by(as_), kind=whose, subject=key))
        address = calendarlinks.address(opened, whose, key)
    show({"kind": kind, "key": key, "address": address}, str(address))


@app.command("revoke")
def revoke(kind: Kind, key: Key, as_: As) -> None:
    """Spärra adressen: den som har den ser inget mer. End the address."""
    from arende.calendarcommands import RevokeCalendarLink

    open_app().do(RevokeCalendarLink(**by(as_), kind=_kind(kind), subject=key))
    show({"kind": kind, "key": key, "address": None}, say("Adressen är spärrad.", "The address has been ended."))


def _kind(text: str) -> Whose:
    known: dict[str, Whose] = {"body": "body", "person": "person"}
    if text in known:
        return known[text]
    return fail_use(f"”{text}” är varken body eller person.", f'"{text}" is neither body nor person.')


def _give(made: CalendarFile, at: Any, out: str, year: int | None) -> None:
    if year is not None:
        made = made.within(date(year, 1, 1), date(year, 12, 31))
    _write(made.ics(at), out, _data(made))


def _data(made: CalendarFile) -> dict[str, Any]:
    keep = ("uid", "title", "first", "last", "starts", "ends", "place", "sequence", "cancelled", "tentative", "url")
    return {
        "name": made.name,
        "meetings": [{k: getattr(m, k) for k in keep} for m in made.meetings],
        "last_days": [
            {
                "uid": d.uid,
                "title": d.title,
                "date": d.due.date,
                "sentence": d.due.sentence.in_(made.language),
                "ground": d.due.why.in_(made.language),
                "about": d.text,
                "sequence": d.sequence,
                "url": d.url,
            }
            for d in made.last_days
        ],
    }


def _write(data: bytes, out: str, told: dict[str, Any]) -> None:
    """To the file, or to stdout – which with --json has the JSON instead."""
    if out != "-":
        try:
            Path(out).write_bytes(data)
        except OSError as e:
            fail_use(f"{out} går inte att skriva: {e.strerror}.", f"{out} cannot be written: {e.strerror}.")
        show({**told, "file": out}, out)
    elif OPTIONS.json:
        show(told, "")
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
