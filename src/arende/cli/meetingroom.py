"""``arende meeting`` in the room and after: attendance, motions, votes, outcomes, minutes, notice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from arende.cli.cases import As, by, do, do_each, stored
from arende.cli.meeting import Item, No, app, day, step
from arende.cli.shared import fail_use, open_app

__all__ = ["app"]

Person = Annotated[str, typer.Argument(metavar="PERSON", help="Personens nyckel. Key of the person.")]
Text = Annotated[str | None, typer.Option("--text", help="Ordalydelsen. The words.")]


@app.command("absent")
def absent(number: No, person: Person, as_: As, note: Annotated[str | None, typer.Option("--note")] = None) -> None:
    """Anmäl förhinder; nästa ersättare kallas. Report an absence; the next substitute is called."""
    from arende.meetingcommands import ReportAbsence

    do(ReportAbsence(**by(as_), register_no=number, person=person, reason=note))


@app.command("open")
def open_meeting(number: No, as_: As) -> None:
    """Öppna, när organet är beslutfört. Open, with a quorum."""
    step(number, as_, "open")


@app.command("attend")
def attend(
    number: No,
    persons: Annotated[list[str], typer.Argument(metavar="PERSON…", help="Personernas nycklar. Keys of the persons.")],
    as_: As,
    role: Annotated[str, typer.Option("--role", help="member, substitute eller official")] = "member",
    acting_for: Annotated[str | None, typer.Option("--for", metavar="PERSON", help="Ersättaren tjänstgör för.")] = None,
    first: Annotated[int | None, typer.Option("--from", help="Från och med plats på dagordningen.")] = None,
    last: Annotated[int | None, typer.Option("--to", help="Till och med plats på dagordningen.")] = None,
    remote: Annotated[bool, typer.Option("--remote", help="På distans. By link.")] = False,
    presiding: Annotated[bool, typer.Option("--presiding", help="Leder sammanträdet. Presides.")] = False,
    checker: Annotated[bool, typer.Option("--checker", help="Vald att justera. Elected to check.")] = False,
) -> None:
    """För in vem som är närvarande, och vid vilka punkter. Enter who is present, and at which items."""
    from arende.meetingcommands import RecordAttendance

    if role not in ("member", "substitute", "official"):
        fail_use("--role är member, substitute eller official.", "--role is member, substitute or official.")
    if len(persons) > 1 and (presiding or acting_for):
        fail_use(
            "En leder, och en ersättare tjänstgör för en: ange en person.",
            "One presides, and a substitute serves for one: name one person.",
        )
    entered = [
        RecordAttendance(**by(as_), register_no=number, person=person, role=role, acting_for=acting_for,
                         from_item=first, to_item=last, remote=remote, presiding=presiding, checker=checker)
        for person in persons
    ]  # fmt: skip
    if len(entered) == 1:
        do(entered[0])
    else:
        do_each(entered)


@app.command("retract")
def retract(
    number: No,
    person: Person,
    as_: As,
    note: Annotated[str, typer.Option("--note", help="Skälet, till akten. The reason, for the record.")],
    absence: Annotated[bool, typer.Option("--absence", help="Förhindret, inte närvaron. The absence.")] = False,
) -> None:
    """Ta tillbaka närvaro eller förhinder som fördes in av misstag. Take back what was entered by mistake."""
    from arende.meetingcommands import RetractAttendance

    what = "absent" if absence else "present"
    do(RetractAttendance(**by(as_), register_no=number, person=person, what=what, reason=note))


@app.command("conflict")
def conflict(number: No, item: Item, person: Person, as_: As) -> None:
    """Anteckna jäv vid en punkt. Note a conflict of interest at an item."""
    from arende.meetingcommands import DeclareItemConflict

    do(DeclareItemConflict(**by(as_), register_no=number, item=item, person=person))


@app.command("motion")
def motion(
    number: No,
    item: Item,
    person: Person,
    kind: Annotated[str, typer.Argument(metavar="approve|change|reject|remit|adjourn")],
    text: Annotated[str, typer.Option("--text", help="Yrkandets ordalydelse. The words.")],
    as_: As,
) -> None:
    """För in ett yrkande. Enter a motion."""
    from arende.meetingcommands import MotionKind, RecordMotion

    if kind not in get_args(MotionKind):
        fail_use(f"Yrkandet är {', '.join(get_args(MotionKind))}.", f"It is one of {', '.join(get_args(MotionKind))}.")
    do(RecordMotion(**by(as_), register_no=number, item=item, person=person, kind=kind, text=text))


@app.command("vote")
def vote(
    number: No,
    item: Item,
    ballots: Annotated[list[str], typer.Argument(metavar="PERSON=yes|no|abstain")],
    yes: Annotated[str, typer.Option("--yes", help="Vad ja betyder. What yes means.")],
    no: Annotated[str, typer.Option("--no", help="Vad nej betyder. What no means.")],
    as_: As,
    lot: Annotated[str | None, typer.Option("--lot", help="Vid val: lottens utfall, yes eller no.")] = None,
) -> None:
    """För in en öppen omröstning; vid lika avgör ordföranden. Enter an open vote; at a tie the chair decides."""
    from arende.meetingcommands import RecordVote

    given: dict[str, Any] = dict(b.partition("=")[::2] for b in ballots)
    if not set(given.values()) <= {"yes", "no", "abstain"} or lot not in (None, "yes", "no"):
        fail_use("Skriv PERSON=yes, no eller abstain.", "Write PERSON=yes, no or abstain.")
    do(RecordVote(**by(as_), register_no=number, item=item, yes_means=yes, no_means=no, ballots=given, lot=lot))


@app.command("dissent")
def dissent(number: No, item: Item, person: Person, as_: As, text: Text = None) -> None:
    """För in en reservation, före sammanträdets slut. Enter a dissent, before the end."""
    from arende.meetingcommands import RecordDissent

    do(RecordDissent(**by(as_), register_no=number, item=item, person=person, text=text))


@app.command("outcome")
def outcome(
    number: No,
    as_: As,
    item: Annotated[int | None, typer.Argument(metavar="[ITEM]", help="Punktens nummer. The item's number.")] = None,
    what: Annotated[str | None, typer.Argument(metavar="[OUTCOME]", help="approved, approved_with_change, rejected, "
                                               "remitted, adjourned, noted, withdrawn")] = None,
    decision: Annotated[str | None, typer.Option("--decision", help="Beslutets lydelse. The decision.")] = None,
    motive: Annotated[str | None, typer.Option("--motive", help="Motivet till en återremiss. Why remitted.")] = None,
    minority: Annotated[int | None, typer.Option("--minority", help="Så många begärde det (KL 5:50).")] = None,
    section: Annotated[int | None, typer.Option("--section", help="Paragraf ur ett annat system. Section.")] = None,
    assign: Annotated[list[str], typer.Option("--assign", metavar="WHO:DATE:WHAT", help="Uppdrag: till vem, "
                                              "återrapport senast, vad; kan upprepas. An assignment.")] = [],  # noqa: B006 – Typer copies it
    file: Annotated[Path | None, typer.Option("--file", help="Beslut ur protokoll: JSON, rad per punkt.")] = None,
    minutes: Annotated[Path | None, typer.Option("--minutes", help="Protokollet, med --approved-on.")] = None,
    approved_on: Annotated[str | None, typer.Option("--approved-on", metavar="DATE", help="Justerat den.")] = None,
) -> None:  # fmt: skip
    """För in utfall: en punkt, eller alla ur ett protokoll. Enter outcomes: one item, or all from minutes."""
    from arende.meetingcommands import ItemOutcome, RecordOutcomes

    if (file is None) == (item is None or what is None):
        fail_use("Ange punkt och utfall, eller --file.", "Give an item and an outcome, or --file.")
    if file is not None:
        given = _rows(file)
    else:
        given = [{"item": item, "outcome": what, "decision": decision, "motive": motive, "minority": minority,
                  "section": section, "assignments": [_assignment(a) for a in assign] or None}]  # fmt: skip
    outcomes = tuple(_checked(ItemOutcome, row) for row in given)
    opened = open_app()
    recorded = RecordOutcomes(**by(as_), register_no=number, outcomes=outcomes)
    if approved_on is None:
        do(recorded, opened)
        return
    opened.do(recorded)
    if minutes is not None:
        _file(opened, number, "minutes", minutes, as_)
    _entered(opened, number, as_, approved_on)


def _assignment(text: str) -> dict[str, Any]:
    to, _, rest = text.partition(":")
    on, given, what = rest.partition(":")
    if not given or not to or not what:
        fail_use("Skriv --assign WHO:DATE:WHAT; dagen får vara tom.", "Write --assign WHO:DATE:WHAT; no day is fine.")
    return {"to": to, "report_on": day(on or None), "what": what}


def _entered(opened: Any, number: str, who: str, approved_on: str) -> None:
    from arende.commands import Advance

    day(approved_on)
    fields = {"minutes_approved_on": approved_on}
    do(Advance(**by(who), register_no=number, trigger="record_minutes", fields=fields), opened)


def _rows(file: Path) -> list[Any]:
    import json

    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as e:
        fail_use(f"{file} går inte att läsa som JSON: {e}", f"{file} cannot be read as JSON: {e}")
    if not isinstance(found, list):
        fail_use("Filen är en lista med en rad per punkt.", "The file is a list with one row for each item.")
    return found


def _checked(model: Any, row: Any) -> Any:
    from pydantic import ValidationError

    try:
        return model.model_validate(row)
    except ValidationError as e:
        first = e.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        fail_use(f"Raden {row!r} duger inte: {where}.", f"The row {row!r} does not fit: {where}: {first['msg']}.")


def _file(opened: Any, number: str, key: str, file: Path, who: str) -> None:
    import mimetypes

    from arende.commands import AddDocument

    sha256, size = stored(opened, file)
    media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    opened.do(AddDocument(**by(who), register_no=number, key=key, file_name=file.name, media_type=media, size=size,
                          sha256=sha256))  # fmt: skip


@app.command("end")
def end(number: No, as_: As) -> None:
    """Avsluta; punkterna får sina paragrafer. End; the items get their sections."""
    step(number, as_, "end")


@app.command("minutes")
def minutes(
    number: No,
    as_: As,
    file: Annotated[Path | None, typer.Option("--file", help="Ett eget protokoll. Minutes of your own.")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Ett forum: publicera anteckningarna.")] = False,
) -> None:  # fmt: skip
    """Skriv protokollet av det som är infört, eller lägg till ett eget. Write the minutes, or file your own."""
    if file is not None:
        _file(open_app(), number, "minutes", file, as_)
    elif not publish:
        step(number, as_, "draft_minutes")
    if publish:
        step(number, as_, "publish_notes")


@app.command("check")
def check(
    number: No,
    as_: As,
    at_once: Annotated[list[int], typer.Option("--at-once", metavar="ITEM", help="Omedelbart justerad punkt.")] = [],  # noqa: B006 – Typer copies it
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Dagen för omedelbar justering.")] = None,
) -> None:
    """Begär justering, eller för in en omedelbar. Ask for approval, or enter one given at once."""
    from arende.meetingcommands import ApproveAtOnce

    if not at_once:
        step(number, as_, "ask_checking")
        return
    approved = day(on)
    if approved is None:
        fail_use("Ange dagen med --on.", "Give the day with --on.")
    do(ApproveAtOnce(**by(as_), register_no=number, items=tuple(at_once), approved_on=approved))


@app.command("announce")
def announce(
    number: No,
    as_: As,
    at_once: Annotated[bool, typer.Option("--at-once", help="Bara det omedelbart justerade.")] = False,
    again: Annotated[str | None, typer.Option("--again", metavar="DATE", help="Togs ned för tidigt den dagen.")] = None,
    note: Annotated[str | None, typer.Option("--note")] = None,
) -> None:  # fmt: skip
    """Anslå justeringen; sista dagen för överklagande räknas. Announce; the last day for appeal is counted."""
    from arende.meetingcommands import PostNotice

    if at_once:
        do(PostNotice(**by(as_), register_no=number))
    elif again is not None:
        step(number, as_, "put_up_anew", note, notice_down_on=again)
    else:
        step(number, as_, "announce", note)


@app.command("appeal")
def appeal(
    number: No,
    sections: Annotated[
        str, typer.Argument(metavar="SECTIONS", help="Paragraferna, t.ex. 12 eller 12,14. The sections.")
    ],
    as_: As,
    note: Annotated[str, typer.Option("--note", help="Hur det blev känt. How it became known.")],
    court_ref: Annotated[str | None, typer.Option("--court-ref", help="Målnumret. The court's number.")] = None,
) -> None:
    """Registrera ett överklagande; övriga paragrafer vinner laga kraft. Register an appeal; the others gain force."""
    given = {"court_ref": court_ref} if court_ref else {}
    step(number, as_, "appeal_filed", note, appealed_sections=sections, **given)
