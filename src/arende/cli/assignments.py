"""``arende assignment``: what bodies have decided that somebody is to do, until it is done."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from arende.cli.cases import As, Dnr, by, do, stored
from arende.cli.deadline import day_of
from arende.cli.shared import OPTIONS, fail_use, open_app, say, show

app = typer.Typer(help="Uppdrag ur beslut. Assignments from decisions.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="N", help="Uppdragets nummer i ärendet. Its number in the case.")]
Decision = Annotated[str | None, typer.Option("--decision", help="Beslutet, t.ex. ”RS 2020-10-14 § 12”. The decision.")]


@app.command("list")
def list_assignments(
    body: Annotated[str | None, typer.Option("--body", help="Bara ett organs beslut. Of one body only.")] = None,
    dnr: Annotated[str | None, typer.Option("--case", metavar="DNR", help="Bara ett ärende. Of one case.")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Dagen har gått utan återrapport. The day has passed.")
    ] = False,
    undone: Annotated[
        bool, typer.Option("--undone", help="Beslutat men inte gjort: försenat eller inte utfört. Never done.")
    ] = False,
    all_: Annotated[bool, typer.Option("--all", help="Även avslutade. Also those that are over.")] = False,
) -> None:
    """Uppdrag som följs, efter dag. Assignments that are followed, by day."""
    from arende import db, meetingqueries
    from arende.workdays import local_day

    opened = open_app()
    today = local_day(opened.clock())
    which = "overdue" if overdue else "undone" if undone else "all" if all_ else "open"
    with db.reading(opened.engine) as conn:
        rows = meetingqueries.assignments(conn, today, which, body=body, register_no=dnr)
    show(rows, lambda: "\n".join(map(line, rows)) or say("Inga uppdrag.", "No assignments."))


def line(row: dict[str, Any]) -> str:
    """One assignment on a line."""
    from arende.statuswords import ASSIGNMENTS

    day = row["report_on"].isoformat() if row["report_on"] else " " * 10
    how = say(*ASSIGNMENTS["late" if row["overdue"] else row["state"]][0])
    what = row["what"] or say("(sekretess)", "(secrecy)")
    where = f"{row['register_no']:<10} {row['number']:>2}  {day}  {how:<16} {row['receiver']:<22}"
    return f"{where} {what} – {row['decision']}"


@app.command("give")
def give(
    dnr: Dnr,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="Vad som ska göras. What is to be done.")],
    to: Annotated[str, typer.Option("--to", help="Person, ämbete (manager@regionkontoret) eller organ. Who.")],
    as_: As,
    report: Annotated[
        str | None, typer.Option("--report", metavar="DATE", help="Återrapporteras senast. Report by.")
    ] = None,
    body: Annotated[str | None, typer.Option("--body", help="Organet som beslutat; annars ärendets. The body.")] = None,
    decision: Decision = None,
) -> None:
    """För in ett uppdrag som följer av ett beslut. Enter an assignment that follows from a decision."""
    from arende.assignmentcommands import GiveAssignment

    day = day_of("--report", report) if report else None
    do(GiveAssignment(**by(as_), register_no=dnr, what=what, to=to, report_on=day, body=body, decision=decision))


@app.command("report")
def report(
    dnr: Dnr,
    number: Number,
    as_: As,
    text: Annotated[str, typer.Option("--text", help="Vad som har gjorts, eller varför inte. What was done.")],
    not_done: Annotated[bool, typer.Option("--not-done", help="Uppdraget är inte utfört. It is not executed.")] = False,
    file: Annotated[Path | None, typer.Option("--file", help="Rapporten som fil. The report as a file.")] = None,
) -> None:
    """Återrapportera; rapporten går till organets nästa dagordning. Report; it goes to the body's next agenda."""
    from arende.assignmentcommands import ReportAssignment

    opened = open_app()
    given = _file(opened, file) if file is not None else None
    executed = not not_done
    do(ReportAssignment(**by(as_), register_no=dnr, number=number, text=text, executed=executed, file=given), opened)


def _file(opened: Any, file: Path) -> Any:
    import mimetypes

    from arende.commands import MailRecord

    sha256, size = stored(opened, file)
    media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return MailRecord(name=file.name, media_type=media, size=size, sha256=sha256)


@app.command("move")
def move(
    dnr: Dnr,
    number: Number,
    to: Annotated[str, typer.Argument(metavar="DATE", help="Ny dag för återrapport. New day.")],
    as_: As,
    note: Annotated[str, typer.Option("--note", help="Skälet. The reason.")],
) -> None:
    """Ge ett uppdrag en ny dag för återrapport. Give an assignment another day for its report."""
    from arende.assignmentcommands import MoveAssignment

    do(MoveAssignment(**by(as_), register_no=dnr, number=number, report_on=day_of("DATE", to), reason=note))


@app.command("close")
def close(
    dnr: Dnr,
    number: Number,
    outcome: Annotated[str, typer.Argument(metavar="executed|not_executed|withdrawn")],
    as_: As,
    decision: Decision = None,
    note: Annotated[str | None, typer.Option("--note", help="Förklaring. Explanation.")] = None,
) -> None:
    """För in vad organet kom fram till: utfört, inte utfört eller återkallat. Enter what the body found."""
    from typing import get_args

    from arende.assignmentcommands import SettleAssignment, Settled

    if outcome not in get_args(Settled):
        fail_use(f"Ange {', '.join(get_args(Settled))}.", f"Give one of {', '.join(get_args(Settled))}.")
    do(SettleAssignment(**by(as_), register_no=dnr, number=number, outcome=outcome, decision=decision, note=note))


__all__ = ["OPTIONS", "app", "line"]
