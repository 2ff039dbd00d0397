"""``arende meeting`` before a meeting: plan, agenda, summons, move, cancel; the list and one meeting whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from arende.cli import meetingview
from arende.cli.cases import As, by, do
from arende.cli.shared import OPTIONS, fail_use, open_app, say, show

app = typer.Typer(help="Sammanträden. Meetings.", no_args_is_help=True)
agenda = typer.Typer(help="Dagordningen. The agenda.", no_args_is_help=True)
app.add_typer(agenda, name="agenda")

No = Annotated[str, typer.Argument(metavar="NO", help="Sammanträdets nummer, t.ex. MRSAU210003.")]
Item = Annotated[int, typer.Argument(metavar="ITEM", help="Punktens nummer, som i show. The item's number.")]
Body = Annotated[str, typer.Argument(metavar="BODY", help="Organets nyckel, t.ex. rsau. Key of the body.")]
Why = Annotated[str, typer.Option("--note", help="Skälet. The reason.")]


@app.command("list")
def list_meetings(
    body: Annotated[str | None, typer.Option("--body", help="Bara ett organ. One body only.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Från och med. From this day.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Till och med. Until this day.")] = None,
) -> None:
    """Sammanträden i dagordning. Meetings in the order of their days."""
    from arende import db, meetingqueries, queries

    opened = open_app()
    with db.reading(opened.engine) as conn:
        rows = meetingqueries.listed(conn, body=body, since=day(since), until=day(until))
        for row in rows:
            rules = opened.types.pinned(row.pop("definition"), lambda h: queries.definition(conn, h))
            row["state_title"] = rules.state_title(row["state"], OPTIONS.lang)
    show(rows, lambda: "\n".join(map(_line, rows)) or say("Inga.", "None."))


def _line(row: dict[str, Any]) -> str:
    days = meetingview.days(row["day"], row["last_day"])
    return f"{row['register_no']:<12} {days:<21} {row['body']:<8} {row['state_title']}"


@app.command("show")
def show_meeting(number: No) -> None:
    """Ett sammanträde helt: dagordning, närvaro, utfall, anslag. One meeting whole."""
    from arende import db, meetingqueries, queries

    opened = open_app()
    with db.reading(opened.engine) as conn:
        found = meetingqueries.meeting(conn, number)
        case = found.pop("case")
        rules = opened.types.pinned(case["definition"], lambda h: queries.definition(conn, h))
    if found["meeting"] is None:
        fail_use(f"{number} är inget sammanträde.", f"{number} is not a meeting.")
    found["meeting"] = {k: v for k, v in found["meeting"].items() if k not in ("id", "case_id")}
    named = {"state": case["state"], "state_title": rules.state_title(case["state"], OPTIONS.lang)}
    data = {"register_no": case["register_no"], "title": case["title"], **named, **found}
    show(data, lambda: "\n".join(meetingview.lines(data)))


@app.command("plan")
def plan(
    body: Body,
    on: Annotated[str, typer.Argument(metavar="DATE", help="Dagen. The day.")],
    as_: As,
    last: Annotated[str | None, typer.Option("--last-day", metavar="DATE", help="Sista dagen, för internat.")] = None,
    starts: Annotated[
        str | None, typer.Option("--starts", metavar="TIME", help="Börjar, t.ex. 13:30. Starts at.")
    ] = None,
    ends: Annotated[str | None, typer.Option("--ends", metavar="TIME", help="Slutar. Ends at.")] = None,
    place: Annotated[str | None, typer.Option("--place", help="Plats. Place.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Rubrik. Title.")] = None,
) -> None:
    """Planera ett sammanträde. Plan a meeting."""
    from arende.commands import RegisterCase

    given = {"body": body, "meeting_date": on, "last_day": last, "starts_at": starts, "ends_at": ends, "place": place}
    fields = {k: v for k, v in given.items() if v is not None}
    words = title or say(f"Sammanträde {body.upper()} {on}", f"Meeting {body.upper()} {on}")
    do(RegisterCase(**by(as_), type="meeting", title=words, fields=fields))


@app.command("propose")
def propose(
    year: Annotated[int, typer.Argument(metavar="YEAR", help="Året som planeras. The year.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Kalenderfilen som skrivs. The file.")],
) -> None:
    """Föreslå ett års möten efter reglerna, som kalenderfil. Propose a year's meetings by the rules, as a file."""
    import json

    from arende import home, meetingplan, meetingrules
    from arende.yamlfile import text_of

    file = home.meeting_rules_file(open_app().settings)
    rules = meetingrules.read(text_of(file, file.name), file.name)
    proposed = meetingrules.propose(rules, year)
    written = meetingplan.written(proposed)
    out.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    remarks = [r.sentence.in_(OPTIONS.lang) for r in meetingrules.check(proposed, rules)]
    lines = [m.told().in_(OPTIONS.lang) for m in proposed.meetings]
    show({"file": str(out), **written, "remarks": remarks}, lambda: "\n".join([*lines, *(f"! {r}" for r in remarks)]))


# ---------------------------------------------------------------- the agenda


@agenda.command("add")
def add(
    number: No,
    as_: As,
    heading: Annotated[str | None, typer.Option("--heading", help="Rubrik; annars ärendets. Heading.")] = None,
    case: Annotated[list[str], typer.Option("--case", metavar="DNR", help="Ärende; kan upprepas. Repeatable.")] = [],  # noqa: B006 – Typer copies it
    proposal: Annotated[str | None, typer.Option("--proposal", help="Förslag till beslut. Proposed decision.")] = None,
    late: Annotated[
        str | None, typer.Option("--late", metavar="REASON", help="Skälet till att det kommer sent.")
    ] = None,
    urgent: Annotated[
        bool, typer.Option("--urgent", help="Hinner inte kungöras (KL 5:14). Cannot be announced.")
    ] = False,
) -> None:
    """Sätt upp en punkt; efter utskicket med --late. Put on an item; with --late after the summons."""
    from arende.meetingcommands import AddAgendaItem

    do(AddAgendaItem(**by(as_), register_no=number, heading=heading, cases=tuple(case), proposal=proposal, reason=late,
                     urgent=urgent))  # fmt: skip


@agenda.command("remove")
def remove(number: No, item: Item, as_: As, note: Why) -> None:
    """Ta bort en punkt före sammanträdet. Take an item off before the meeting."""
    from arende.meetingcommands import RemoveAgendaItem

    do(RemoveAgendaItem(**by(as_), register_no=number, item=item, reason=note))


@agenda.command("order")
def order(number: No, items: Annotated[list[int], typer.Argument(metavar="ITEM")], as_: As) -> None:
    """Ändra ordningen: de nämnda först. Change the order: those named first."""
    from arende.meetingcommands import OrderAgenda

    do(OrderAgenda(**by(as_), register_no=number, items=tuple(items)))


@agenda.command("draft")
def draft(number: No, as_: As) -> None:
    """Skriv dagordningen av det som är färdigt och begär ordförandens klartecken. Draft it and ask the chair."""
    step(number, as_, "draft_agenda")


@agenda.command("package")
def package(number: No, out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Mapp. Folder.")]) -> None:
    """Dagordningen med handlingar, JSON och kalenderfil, för andra mötessystem. The agenda for other systems."""
    from arende.agendapackage import write

    files = write(open_app(), number, out)
    show([str(f) for f in files], lambda: "\n".join(str(f) for f in files))


# ---------------------------------------------------------------- the summons


@app.command("summon")
def summon(number: No, as_: As) -> None:
    """Kalla: mejl med dagordning och kalenderfil. Summon: mails with agenda and calendar entry."""
    step(number, as_, "summon")


@app.command("move")
def move(
    number: No,
    to: Annotated[str, typer.Argument(metavar="DATE", help="Ny dag. New day.")],
    as_: As,
    note: Why,
    last: Annotated[
        str | None, typer.Option("--last-day", metavar="DATE", help="Annars lika många dagar som förut.")
    ] = None,
    starts: Annotated[
        str | None, typer.Option("--starts", metavar="TIME", help="Tomt tar bort tiden. Empty takes it away.")
    ] = None,
    ends: Annotated[str | None, typer.Option("--ends", metavar="TIME", help="Som --starts. As --starts.")] = None,
    place: Annotated[str | None, typer.Option("--place", help="Som --starts. As --starts.")] = None,
) -> None:
    """Flytta; det som hänger på dagen följer med och listas. Move; what hangs on the day follows and is listed."""
    given = {"meeting_date": to, "last_day": last, "starts_at": starts, "ends_at": ends, "place": place}
    step(number, as_, "move", note, **{k: v or None for k, v in given.items() if v is not None})


@app.command("cancel")
def cancel(number: No, as_: As, note: Why) -> None:
    """Ställ in; ärendena går till nästa sammanträde. Cancel; the matters go to the next meeting."""
    step(number, as_, "cancel", note)


def step(number: str, who: str, trigger: str, note: str | None = None, **fields: Any) -> None:
    """Take a step of the meeting's case."""
    from arende.commands import Advance

    do(Advance(**by(who), register_no=number, trigger=trigger, note=note, fields=fields))


def day(text: str | None) -> date | None:
    """A day as written, or None; wrong use for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fail_use(f"{text} är inget datum; skriv som 2021-03-10.", f"{text} is no date; write it like 2021-03-10.")
