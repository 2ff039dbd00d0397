"""``arende case``: register, show, list, advance and everything else that is done to a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arende.cli.shared import OPTIONS, fail_use, open_app, say, show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arende.commands import Command

app = typer.Typer(help="Ärenden. Cases.", no_args_is_help=True)

Dnr = Annotated[str, typer.Argument(metavar="DNR", help="Diarienummer, t.ex. RS200982. Diary number.")]
As = Annotated[str, typer.Option("--as", metavar="USER", help="Vem som handlar: nyckel i personfilen. Who acts.")]
Note = Annotated[str | None, typer.Option("--note", help="Motivering eller kommentar. Reason or comment.")]
Reason = Annotated[str, typer.Option("--reason", help="Skälet, till akten. The reason, for the record.")]
Fields = Annotated[
    list[str],
    typer.Option("--field", metavar="k=v", help="Värde till ett fält; kan upprepas. k=@FIL: en lång text. A value."),
]
Version = Annotated[int | None, typer.Option("--version", help="Den version du läste; annars den som gäller nu.")]
CommandId = Annotated[
    str | None, typer.Option("--id", help="Kommandots id (UUID): samma id två gånger är ett kommando.")
]


@app.command()
def register(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="Ärendetyp, t.ex. declaration_of_intent. Case type.")],
    title: Annotated[str, typer.Option("--title", help="Vad ärendet gäller. What it is about.")],
    as_: As,
    field: Fields = [],  # noqa: B006 – Typer reads the default, nobody changes it
    officer: Annotated[str | None, typer.Option("--officer", help="Handläggare. Case officer.")] = None,
    secrecy: Annotated[bool, typer.Option("--secrecy", help="Ärendet har sekretess. Under secrecy.")] = False,
    id_: CommandId = None,
) -> None:
    """Öppna ett ärende: det får nästa diarienummer. Open a case with the next diary number."""
    from arende.commands import RegisterCase

    do(RegisterCase(**by(as_, id_), type=type_, title=title, fields=fields(field), officer=officer, secrecy=secrecy))


@app.command()
def advance(
    dnr: Dnr,
    trigger: Annotated[str, typer.Argument(metavar="TRIGGER", help="Steget; se arende case options. The step.")],
    as_: As,
    note: Note = None,
    field: Fields = [],  # noqa: B006 – Typer reads the default, nobody changes it
    version: Version = None,
    id_: CommandId = None,
) -> None:
    """Ta ärendet ett steg. Take the case one step."""
    from arende.commands import Advance

    do(
        Advance(
            **by(as_, id_), register_no=dnr, expected_version=version, trigger=trigger, note=note, fields=fields(field)
        )
    )


@app.command()
def assign(dnr: Dnr, officer: Annotated[str, typer.Argument(metavar="OFFICER")], as_: As, note: Note = None) -> None:
    """Fördela ärendet till en handläggare. Give the case to a case officer."""
    from arende.commands import AssignCase

    do(AssignCase(**by(as_), register_no=dnr, officer=officer, note=note))


@app.command()
def remind(dnr: Dnr, as_: As, note: Note = None) -> None:
    """Påminn dem som ärendet väntar på, med mejl. Remind those whom the case waits for, by mail."""
    from arende.deskcommands import Remind

    do(Remind(**by(as_), register_no=dnr, note=note))


@app.command()
def watch(
    dnr: Dnr, as_: As, stop: Annotated[bool, typer.Option("--stop", help="Sluta följa. Stop watching.")] = False
) -> None:
    """Följ ett ärende: det står i din inkorg. Watch a case: it stands in your inbox."""
    from arende.deskcommands import Unwatch, Watch

    do((Unwatch if stop else Watch)(**by(as_), register_no=dnr))


@app.command()
def note(dnr: Dnr, text: Annotated[str, typer.Argument(metavar="TEXT")], as_: As) -> None:
    """Skriv en arbetsanteckning, utanför akten. Write a working note, outside the record."""
    from arende.commands import AddNote

    do(AddNote(**by(as_), register_no=dnr, text=text))


@app.command()
def relate(
    dnr: Dnr,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Slag, t.ex. basis. Kind of relation.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Diarienummer eller namn. Number or name.")],
    as_: As,
) -> None:
    """Ange vad ärendet hör ihop med. State what the case is related to."""
    from arende.commands import Relate

    do(Relate(**by(as_), register_no=dnr, kind=kind, other=other))


@app.command("document")
def document(
    dnr: Dnr,
    key: Annotated[str, typer.Argument(metavar="KIND", help="Slag av handling, t.ex. declaration; annars other.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Filen. The file.")],
    as_: As,
    direction: Annotated[str, typer.Option("--direction", help="drawn_up, incoming eller outgoing")] = "drawn_up",
    reason: Annotated[str | None, typer.Option("--reason", help="Skäl att byta ut en undertecknad handling.")] = None,
) -> None:
    """Lägg till en handling eller en ny version. Add a document or a new version."""
    import mimetypes

    from arende.commands import AddDocument

    if direction not in ("drawn_up", "incoming", "outgoing"):
        fail_use("--direction är drawn_up, incoming eller outgoing.", "--direction is drawn_up, incoming or outgoing.")
    app_ = open_app()
    sha256, size = stored(app_, file)
    media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    do(AddDocument(**by(as_), register_no=dnr, key=key, file_name=file.name, media_type=media, size=size, sha256=sha256,
                   direction=direction, reason=reason), app_)  # fmt: skip


@app.command()
def word(
    dnr: Dnr,
    record: Annotated[int, typer.Argument(metavar="RECORD", help="Handlingens nummer. Number of the record.")],
    out: Annotated[Path | None, typer.Option(help="Fil; annars DNR-RECORD.docx. File.")] = None,
) -> None:
    """En satt handling som Word-fil, för redigering. A typeset document as a Word file, for editing."""
    from arende import db, queries, wordfile
    from arende.errors import NotFound, Sentence
    from arende.letters import Letter

    app_ = open_app()
    with db.reading(app_.engine) as conn:
        rows = queries.documents(conn, queries.case(conn, dnr)["id"])
    source = next((d["source"] for d in rows if d["record_no"] == record), None)
    if source is None:
        raise NotFound(
            Sentence(
                f"Handling {record} är inte satt här, så den har ingen text att redigera.",
                f"Record {record} was not typeset here, so it has no text to edit.",
            )
        )
    file = out or Path(f"{dnr}-{record}.docx")
    file.write_bytes(wordfile.docx(Letter.from_json(app_.storage.read(source).decode())))
    show({"file": str(file)}, str(file))


@app.command()
def void(dnr: Dnr, as_: As, reason: Reason, version: Version = None) -> None:
    """Makulera ett nummer som togs av misstag. Make a number void that was taken by mistake."""
    from arende.registercommands import VoidCase

    do(VoidCase(**by(as_), register_no=dnr, expected_version=version, reason=reason))


@app.command()
def merge(
    dnr: Dnr,
    into: Annotated[str, typer.Option("--into", metavar="DNR", help="Ärendet som fortsätter. Which continues.")],
    as_: As,
    reason: Reason,
    version: Version = None,
) -> None:
    """Slå ihop: ärendet avslutas och pekar på det som fortsätter. Merge the case into another."""
    from arende.registercommands import MergeCases

    do(MergeCases(**by(as_), register_no=dnr, expected_version=version, into=into, reason=reason))


@app.command("hand-over")
def hand_over(
    dnr: Dnr,
    to: Annotated[str, typer.Option("--to", metavar="BODY", help="Organet som tar över. The body that takes over.")],
    as_: As,
    members: Annotated[
        bool, typer.Option("--members", help="Fullmäktige har valt ledamöterna dit. Its members are elected there.")
    ] = False,
) -> None:
    """För över det som väntar på organ som upphör. Hand over what waits for bodies that end."""
    from arende.organisationcommands import HandOver

    do(HandOver(**by(as_), register_no=dnr, successor=to, members=members))


@app.command("move-record")
def move_record(
    dnr: Dnr,
    record: Annotated[int, typer.Argument(metavar="RECORD", help="Handlingens nummer. Number of the record.")],
    to: Annotated[str, typer.Option("--to", metavar="DNR", help="Rätt ärende. The right case.")],
    as_: As,
    reason: Reason,
) -> None:
    """Flytta en inkommen handling till rätt ärende. Move a record to the right case."""
    from arende.registercommands import MoveRecord

    do(MoveRecord(**by(as_), register_no=dnr, record_no=record, to=to, reason=reason))


@app.command()
def correct(
    dnr: Dnr,
    seq: Annotated[int, typer.Argument(metavar="EVENT", help="Händelsens nummer i historiken.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Vad som är rätt. What is right.")],
    as_: As,
) -> None:
    """Rätta en händelse med en ny; den gamla står kvar. Correct an event by a new one; the old stays.

    Ett samband som händelsen förde in gäller inte längre. A relation that the event entered no longer holds.
    """
    from arende.commands import CorrectEvent

    do(CorrectEvent(**by(as_), register_no=dnr, seq=seq, text=text))


@app.command("check-record")
def check_record(
    dnr: Dnr,
    record: Annotated[int, typer.Argument(metavar="RECORD", help="Handlingens nummer. The record's number.")],
    access: Annotated[str, typer.Argument(metavar="public|secret")],
    as_: As,
    ground: Annotated[str | None, typer.Option("--ground", help="Bestämmelsen, t.ex. OSL 25:1. The provision.")] = None,
) -> None:
    """Sekretesspröva en handling som kom in med mejl. Check a record that came by mail for secrecy."""
    from arende.commands import CheckRecord

    if access not in ("public", "secret"):
        fail_use("Svaret är public eller secret.", "The answer is public or secret.")
    do(
        CheckRecord.model_validate(
            {**by(as_), "register_no": dnr, "record_no": record, "access": access, "ground": ground}
        )
    )


@app.command("remove-payload")
def remove_payload(
    dnr: Dnr,
    seq: Annotated[int, typer.Argument(metavar="EVENT", help="Händelsens nummer i historiken.")],
    decision: Annotated[
        str, typer.Option("--decision", help="Beslutet som tillåter det: organ, dag, §. The decision.")
    ],
    as_: As,
) -> None:
    """Ta bort innehållet i en händelse efter beslut; kedjan förblir hel. Remove an event's content; the chain stays."""
    from arende.commands import RemovePayload

    do(RemovePayload(**by(as_), register_no=dnr, seq=seq, decision=decision))


@app.command()
def conflict(dnr: Dnr, as_: As, reason: Annotated[str | None, typer.Option("--reason")] = None) -> None:
    """Anmäl jäv: du deltar inte mer i ärendet. Declare a conflict of interest."""
    from arende.commands import DeclareConflict

    do(DeclareConflict(**by(as_), register_no=dnr, reason=reason))


def by(actor: str, id_: str | None = None) -> dict[str, Any]:
    """The part of a command that says who acts, through which door, and under which id."""
    found: dict[str, Any] = {"actor": actor, "door": "cli"}
    if id_ is not None:
        from uuid import UUID

        try:
            found["id"] = UUID(id_)
        except ValueError:
            fail_use("--id är ett UUID.", "--id is a UUID.")
    return found


def fields(pairs: list[str]) -> dict[str, str]:
    """``k=v`` pairs as a mapping, ``k=@FILE`` for a long text; wrong use without an equals sign."""
    found = {}
    for pair in pairs:
        key, given, value = pair.partition("=")
        if not given or not key:
            fail_use(f"--field {pair}: skriv fält=värde.", f"--field {pair}: write field=value.")
        found[key.strip()] = _text_of(value) if value.startswith("@") else value
    return found


def _text_of(value: str) -> str:
    file = Path(value[1:])
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        fail_use(f"Filen {file} går inte att läsa som text.", f"The file {file} cannot be read as text.")


def stored(app_: Any, file: Path) -> tuple[str, int]:
    """Put a file into storage; raises NotFound or Invalid with a sentence."""
    from arende.errors import Invalid, NotFound, Sentence

    try:
        with file.open("rb") as stream:
            return app_.storage.put(stream)  # type: ignore[no-any-return]  # App is imported lazily
    except FileNotFoundError:
        raise NotFound(Sentence(f"Filen {file} finns inte.", f"There is no file {file}.")) from None
    except (IsADirectoryError, PermissionError):
        raise Invalid(Sentence(f"{file} går inte att läsa som en fil.", f"{file} cannot be read as a file.")) from None


def do(command: Command, app_: Any = None) -> None:
    """Send a command and tell what it did."""
    app_ = app_ or open_app()
    outcome = app_.do(command)
    show(outcome.model_dump(mode="json"), lambda: _told(app_, outcome))


def do_each(commands: Iterable[Command]) -> None:
    """Send several commands and tell what each did; what comes before a refusal is done, and the refusal is told."""
    app_ = open_app()
    outcomes: list[Any] = []
    try:
        for command in commands:
            outcomes.append(app_.do(command))  # noqa: PERF401 – those before a refusal are told
    finally:
        if outcomes:
            data = [o.model_dump(mode="json") for o in outcomes]
            show(data, lambda: "\n".join(_told(app_, o) for o in outcomes))


def _told(app_: Any, outcome: Any) -> str:
    from arende import db, queries

    with db.reading(app_.engine) as conn:
        row = queries.case(conn, outcome.register_no)
        rules = app_.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
    told = {k: v for k, v in outcome.data.items() if k not in ("effect", "warnings") and v is not None}
    plain = (k for k, v in told.items() if not isinstance(v, dict))
    extra = "".join(f"  {k}: {outcome.data[k]}" for k in plain)
    extra += "".join(f"\n! {say(*warning)}" for warning in outcome.data.get("warnings", ()))
    extra += "".join(f"\n{line}" for e in outcome.data.get("effect", ()) for line in _effect_lines(e))
    if not outcome.events:
        return say("Antecknat.", "Noted.")
    return f"{row['register_no']}  {rules.state_title(row['state'], OPTIONS.lang)}  (version {outcome.version}){extra}"


def _effect_lines(e: dict[str, Any]) -> list[str]:
    """What a moved meeting leads to in a case: the old day and the new, its last days, what can no longer be made."""
    lines = [f"  {e['case']}: {e['from']} → {e['to'] or say('inget sammanträde', 'no meeting')}"]
    lines += [f"    {d['deadline']}: {d['from']} → {d['to']}" for d in e["deadlines"]]
    return lines + [say(f"    hinns inte: {late}", f"    can no longer be made: {late}") for late in e["too_late"]]
