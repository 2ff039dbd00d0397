"""``arende tray``: the registrar's tray of mail that no machine could place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from arende.cli.cases import As, Note, by, do, stored
from arende.cli.shared import fail_use, open_app, say, show

app = typer.Typer(help="Registratorns inkorg: mejl som en människa avgör. The registrar's tray.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="N", help="Mejlets nummer; se arende tray list.")]
STATES = ("tray", "received", "done", "kept", "forwarded", "junk")


@app.command("list")
def list_(
    state: Annotated[str, typer.Option("--state", metavar="S", help=", ".join(STATES))] = "tray",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Högst så många. At most so many.")] = 100,
) -> None:
    """Lista mejlen i inkorgen, det äldsta först. List the mails of the tray, the oldest first."""
    from arende import db, queries

    if state not in STATES:
        fail_use(f"--state är något av {', '.join(STATES)}.", f"--state is one of {', '.join(STATES)}.")
    with db.reading(open_app().engine) as conn:
        found = queries.inbound(conn, state=state, limit=limit)
    show(found, lambda: "\n".join(map(_line, found)) or say("Inkorgen är tom.", "The tray is empty."))


def _line(row: dict[str, Any]) -> str:
    from arende.mailbox import harmless
    from arende.workdays import local_day

    about = row["register_no"] or "–"
    sender = row["from_address"] or row["mail_from"] or "–"
    day, subject = local_day(row["received_at"]).isoformat(), harmless(row["subject"])
    why = f"\n       {_why(row)}" if row["reason"] else ""
    return f"{row['id']:>5}  {day}  {about:<10} {harmless(sender)}  {subject}{why}"


def _why(mail: dict[str, Any]) -> str:
    from arende.traywords import reason

    words = reason(mail["reason"])
    return say(words.sv, words.en)


def _where(mail: dict[str, Any]) -> str:
    from arende import traywords

    words = traywords.STATES.get(mail["state"], traywords.JUST_IN)
    return say(words.sv, words.en) + (f". {_why(mail)}." if mail["reason"] else "")


@app.command("show")
def show_(number: Number) -> None:
    """Visa ett mejl: huvud, text och bilagor. Show one mail."""
    from arende import db, queries
    from arende.mailread.understanding import understand

    app_ = open_app()
    with db.reading(app_.engine) as conn:
        row = queries.inbound_mail(conn, number)
    said = understand(app_.storage.read(row["raw_sha256"]))
    files = [{"name": a.name, "media_type": a.media_type, "size": len(a.data)} for a in said.mail.attachments]
    told = {**row, "kind": said.kind, "text": said.text, "attachments": files}
    show(told, lambda: _told(told))


def _told(mail: dict[str, Any]) -> str:
    from arende.mailbox import harmless

    pairs = [
        (say("Från", "From"), mail["from_shown"] or mail["mail_from"]),
        (say("Till", "To"), mail["recipient"]),
        (say("Ämne", "Subject"), mail["subject"]),
        (say("Läge", "State"), _where(mail)),
        (say("Ärende", "Case"), mail["register_no"] or "–"),
    ]
    files = [f"[{harmless(a['name'] or a['media_type'])}, {a['size']} byte]" for a in mail["attachments"]]
    head = [f"{name}: {harmless(str(value))}" for name, value in pairs]
    return "\n".join([*head, "", harmless(mail["text"], lines=True), *files])


@app.command()
def file(
    number: Number, case: Annotated[str, typer.Option("--case", metavar="DNR", help="Ärendet. The case.")], as_: As
) -> None:
    """Registrera mejlet i ett ärende. File the mail on a case."""
    _triage(number, "file", as_, register_no=case)


@app.command()
def new(
    number: Number,
    type_: Annotated[str, typer.Option("--type", metavar="TYPE", help="Ärendetyp. Case type.")],
    as_: As,
    title: Annotated[str | None, typer.Option("--title", help="Rubrik; annars mejlets ämne. Title.")] = None,
    secrecy: Annotated[bool, typer.Option("--secrecy", help="Ärendet har sekretess. Under secrecy.")] = False,
) -> None:
    """Öppna ett nytt ärende med mejlet. Open a new case with the mail."""
    _triage(number, "new", as_, type=type_, title=title, secrecy=secrecy)


@app.command()
def forward(
    number: Number,
    to: Annotated[str, typer.Option("--to", help="Myndigheten det överlämnas till. The other authority.")],
    as_: As,
    note: Note = None,
) -> None:
    """Anteckna att mejlet har överlämnats till en annan myndighet. Note that it went to another authority."""
    _triage(number, "forward", as_, to=to, note=note)


@app.command()
def keep(number: Number, as_: As, note: Note = None) -> None:
    """Håll mejlet ordnat utan ärende (OSL 5:1). Keep the mail in order, without a case."""
    _triage(number, "keep", as_, note=note)


@app.command()
def junk(number: Number, as_: As, note: Note = None) -> None:
    """Skräp; det kan tas upp igen. Junk; it can be taken up again."""
    _triage(number, "junk", as_, note=note)


@app.command()
def post(
    as_: As,
    sender: Annotated[str, typer.Option("--sender", help="Vem brevet kommer från. Who sent the letter.")],
    about: Annotated[str, typer.Option("--about", help="Vad brevet gäller. What it is about.")],
    arrived: Annotated[str, typer.Option("--arrived", metavar="DATE", help="Dagen det kom. The day it arrived.")],
    files: Annotated[list[Path], typer.Argument(metavar="[FILE…]", help="Inskannade sidor. Scanned pages.")] = [],  # noqa: B006 – Typer reads the default, nobody changes it
    case: Annotated[str | None, typer.Option("--case", metavar="DNR", help="Ärendet. The case.")] = None,
    type_: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Typ av nytt ärende. Of a new case.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Det nya ärendets rubrik. Of a new case.")] = None,
    secrecy: Annotated[bool, typer.Option("--secrecy", help="Nytt ärende har sekretess. Under secrecy.")] = False,
    party: Annotated[str | None, typer.Option("--party", help="Partens nyckel, om den är känd. Known party.")] = None,
    kept: Annotated[str | None, typer.Option("--kept", help="Var papperet förvaras. Where the paper is kept.")] = None,
) -> None:
    """Registrera ett brev på papper. Register a letter on paper."""
    import mimetypes
    from datetime import date

    from arende.commands import MailRecord
    from arende.registercommands import RegisterPost

    try:
        day = date.fromisoformat(arrived)
    except ValueError:
        fail_use("--arrived är en dag, till exempel 2026-03-31.", "--arrived is a day, such as 2026-03-31.")
    app_ = open_app()
    records = []
    for one in files:
        sha256, size = stored(app_, one)
        kind = mimetypes.guess_type(one.name)[0] or "application/octet-stream"
        records.append(MailRecord(name=one.name, media_type=kind, size=size, sha256=sha256))
    given = {"register_no": case, "type": type_, "title": title, "secrecy": secrecy, "party": party, "kept_at": kept}
    command = RegisterPost(**by(as_), sender=sender, about=about, arrived_on=day, records=tuple(records), **given)
    do(command, app_)


def _triage(number: int, action: str, as_: str, **given: Any) -> None:
    from arende import intake
    from arende.commands import TriageMail

    app_ = open_app()
    records = intake.parts(app_, number) if action in ("file", "new") else ()
    command = TriageMail.model_validate({**by(as_), "inbound": number, "action": action, "records": records, **given})
    outcome = app_.do(command)
    where = outcome.register_no or say("inget ärende", "no case")
    show(
        outcome.model_dump(mode="json"), say(f"Mejl {number}: {action}, {where}.", f"Mail {number}: {action}, {where}.")
    )
