"""``arende consultation``: whom a round asks, what each has answered, and how the round ends."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from arende.cli.cases import As, Dnr, by, do, stored
from arende.cli.shared import fail_use, open_app, say, show

app = typer.Typer(help="Remisser och avstämningar. Consultations.", no_args_is_help=True)

Party = Annotated[str, typer.Argument(metavar="PARTY", help="Partens nyckel, t.ex. municipality_laholm.")]
Whoever = Annotated[str, typer.Option("--as", metavar="USER", help="Vem som för in det; annars parten själv.")]
Comment = Annotated[str | None, typer.Option("--comment", help="Kommentar. Comment.")]
Reason = Annotated[str, typer.Option("--reason", help="Skäl, som parten får veta. Reason, which the party is told.")]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        help="Vilken omgång, när ärendet har flera: NYCKEL, eller NYCKEL:2 "
        "för den andra. Which round, where the case has several.",
    ),
]
ROUND = ("key", "round", "kind", "state", "opened_at", "due_at", "ended_at", "reason", "compiled")
SILENT = ("sent", "acknowledged", "extension_requested", "extension_granted", "no_response")
"""States of those who have not answered, or not yet."""


@app.command("show")
def show_consultation(dnr: Dnr) -> None:
    """Vem som har svarat vad. Who has answered what."""
    from arende import db, queries
    from arende.cli.rounds import lines, said_of

    app_ = open_app()
    with db.reading(app_.engine) as conn:
        row = queries.case(conn, dnr)
        rounds = queries.consultations(conn, row["id"])
    for c in rounds:
        for a in c["answers"]:
            a.update(said_of(c, a))
    drop = {"id", "case_id", "party_id", "rule", "key", "seq", "message_id"}
    data = [
        {**{k: c[k] for k in ROUND},
         "silent": [a["party"] for a in c["answers"] if a["state"] in SILENT],
         "answers": [{k: v for k, v in a.items() if k not in drop} for a in c["answers"]]}
        for c in rounds
    ]  # fmt: skip
    show(data, lambda: "\n".join(line for c in data for line in lines(c)) or say("Inga.", "None."))


@app.command("answer")
def answer(
    dnr: Dnr,
    party: Annotated[str, typer.Argument(metavar="PARTY", help="Partens nyckel; utelämnas med --from-notes.")] = "",
    stance: Annotated[str, typer.Option("--stance", help="supports, supports_with_comments, opposes, no_objection, "
                                                         "will_return, abstains")] = "",
    as_: Annotated[str, typer.Option("--as", metavar="USER", help="Vem som för in svaret; annars parten själv.")] = "",
    body: Annotated[str | None, typer.Option("--body", help="Organet som svarade. The body that answered.")] = None,
    on: Annotated[str | None, typer.Option("--date", help="Dagen för beslutet. Day of the decision.")] = None,
    section: Annotated[str | None, typer.Option("--section", help="Paragraf. Section.")] = None,
    ref: Annotated[str | None, typer.Option("--ref", help="Partens diarienummer. The party's own number.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Svaret som fil. The answer as a file.")] = None,
    mail: Annotated[int | None, typer.Option("--mail", metavar="N", help="Mejlet som är svaret. The mail.")] = None,
    from_notes: Annotated[Path | None, typer.Option("--from-notes", metavar="FILE", help="Många på en gång: CSV med "
                          "party, stance, body, date, section, ref, comment. Many at once.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Vilka anteckningar, t.ex. KRF 2020-09-02.")] = None,
    final: Annotated[str | None, typer.Option("--final", metavar="DATE", help="Laga kraft. Legal force since.")] = None,
    comment: Comment = None,
    key: Key = None,
) -> None:  # fmt: skip
    """För in en parts ställningstagande, eller många ur anteckningar. Enter a party's position, or many from notes."""
    from typing import get_args

    from arende.commands import AnswerConsultation, Stance

    if from_notes is not None:
        _notes(dnr, from_notes, source or from_notes.stem, as_, key)
        return
    if not party or stance not in get_args(Stance):
        fail_use(
            f"Ange PARTY och --stance: {', '.join(get_args(Stance))}.",
            f"Give PARTY and --stance: {', '.join(get_args(Stance))}.",
        )
    app_ = open_app()
    documents = (_filed(app_, dnr, file, as_ or party),) if file else ()
    do(AnswerConsultation(**by(as_ or party), register_no=dnr, party=party, stance=stance, body=body, section=section,
                          decided_on=_date(on) if on else None, legal_force_on=_date(final) if final else None,
                          party_ref=ref, comment=comment, documents=documents, mail=mail, key=key), app_)  # fmt: skip


def _notes(dnr: str, file: Path, source: str, who: str, key: str | None) -> None:
    """The positions of a CSV file, all in one command; wrong use where a line cannot be read."""
    from pydantic import ValidationError

    from arende.answercommands import RecordPositions
    from arende.cli.notes import positions

    if not who:
        fail_use("Ange vem som för in ställningstagandena med --as.", "Say who enters the positions with --as.")
    try:
        found = positions(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        fail_use(f"{file} går inte att läsa.", f"{file} cannot be read.")
    except ValidationError as e:
        where = ", ".join(str(p) for p in e.errors()[0]["loc"])
        fail_use(f"{file}: {where} stämmer inte.", f"{file}: {where} is wrong.")
    do(RecordPositions(**by(who), register_no=dnr, positions=found, source=source, key=key))


@app.command("extend")
def extend(
    dnr: Dnr,
    party: Party,
    until: Annotated[str, typer.Option("--until", help="Ny sista dag. New last day.")],
    as_: As,
    note: Annotated[str | None, typer.Option("--note")] = None,
    key: Key = None,
) -> None:
    """Bevilja anstånd. Grant more time."""
    from arende.commands import ExtendAnswer

    do(ExtendAnswer(**by(as_), register_no=dnr, party=party, until=_date(until), note=note, key=key))


@app.command("ask-extension")
def ask_extension(
    dnr: Dnr,
    party: Party,
    until: Annotated[str, typer.Option("--until", help="Önskad sista dag. The day wished for.")],
    as_: Whoever = "",
    reason: Annotated[str | None, typer.Option("--reason", help="Skäl. Reason.")] = None,
    key: Key = None,
) -> None:
    """En part begär anstånd. A party asks for more time."""
    from arende.answercommands import AskExtension

    do(AskExtension(**by(as_ or party), register_no=dnr, party=party, until=_date(until), reason=reason, key=key))


@app.command("refuse-extension")
def refuse_extension(dnr: Dnr, party: Party, reason: Reason, as_: As, key: Key = None) -> None:
    """Avslå anstånd, med skäl. Refuse more time, with the reason."""
    from arende.answercommands import RefuseExtension

    do(RefuseExtension(**by(as_), register_no=dnr, party=party, reason=reason, key=key))


@app.command("acknowledge")
def acknowledge(
    dnr: Dnr,
    party: Party,
    as_: Whoever = "",
    ref: Annotated[str | None, typer.Option("--ref", help="Partens diarienummer. The party's own number.")] = None,
    key: Key = None,
) -> None:
    """Parten har tagit emot förfrågan. The party has received the request."""
    from arende.answercommands import AcknowledgeAnswer

    do(AcknowledgeAnswer(**by(as_ or party), register_no=dnr, party=party, party_ref=ref, key=key))


@app.command("register")
def register(
    dnr: Dnr,
    party: Party,
    how: Annotated[str, typer.Option("--how", help="Hur behörigheten är kontrollerad. How it was verified.")],
    as_: As,
    key: Key = None,
) -> None:
    """Registrera ett inkommet svar när du har kontrollerat vems det är. Register an answer once verified."""
    from arende.answercommands import RegisterAnswer

    do(RegisterAnswer(**by(as_), register_no=dnr, party=party, how=how, key=key))


@app.command("set-aside")
def set_aside(dnr: Dnr, party: Party, reason: Reason, as_: As, key: Key = None) -> None:
    """Det som kom in var inte partens svar; parten får veta det. What came in was not the party's answer."""
    from arende.answercommands import SetAsideAnswer

    do(SetAsideAnswer(**by(as_), register_no=dnr, party=party, reason=reason, key=key))


@app.command("supplement")
def supplement(
    dnr: Dnr,
    party: Party,
    what: Annotated[str, typer.Option("--what", help="Vad som saknas. What is missing.")],
    as_: As,
    until: Annotated[str | None, typer.Option("--until", help="Sista dag; annars tio arbetsdagar.")] = None,
    key: Key = None,
) -> None:
    """Be parten komplettera sitt svar. Ask the party to supplement its answer."""
    from arende.answercommands import AskSupplement

    do(AskSupplement(**by(as_), register_no=dnr, party=party, what=what, until=_date(until) if until else None,
                     key=key))  # fmt: skip


@app.command("accept")
def accept(dnr: Dnr, party: Party, as_: As, key: Key = None) -> None:
    """För in svaret som det är. Take the answer in as it stands."""
    from arende.answercommands import AcceptAnswer

    do(AcceptAnswer(**by(as_), register_no=dnr, party=party, key=key))


@app.command("reply")
def reply(
    dnr: Dnr,
    party: Party,
    text: Annotated[str, typer.Option("--text", help="Vårt bemötande. Our reply.")],
    as_: As,
    key: Key = None,
) -> None:
    """Bemöt en parts synpunkter, för sammanställningen. Reply to a party's comments, for the table of answers."""
    from arende.answercommands import ReplyToAnswer

    do(ReplyToAnswer(**by(as_), register_no=dnr, party=party, reply=text, key=key))


@app.command("compile")
def compile_(dnr: Dnr, as_: As, key: Key = None) -> None:
    """Skriv sammanställningen som handling; den skrivs om när ett svar ändras. Write the table of answers."""
    from arende.answercommands import CompileAnswers

    do(CompileAnswers(**by(as_), register_no=dnr, key=key))


@app.command("add")
def add(
    dnr: Dnr,
    party: Party,
    as_: As,
    until: Annotated[str | None, typer.Option("--until", help="Partens sista dag; annars omgångens.")] = None,
    key: Key = None,
) -> None:
    """Fråga en part till i en omgång som pågår. Ask one more party in an open round."""
    from arende.answercommands import AddParty

    do(AddParty(**by(as_), register_no=dnr, party=party, due=_date(until) if until else None, key=key))


@app.command("remove")
def remove(dnr: Dnr, party: Party, reason: Reason, as_: As, key: Key = None) -> None:
    """Fråga inte en part längre; den får veta det. Ask a party no more; it is told."""
    from arende.answercommands import RemoveParty

    do(RemoveParty(**by(as_), register_no=dnr, party=party, reason=reason, key=key))


@app.command("withdraw")
def withdraw(
    dnr: Dnr,
    party: Party,
    as_: Whoever = "",
    comment: Comment = None,
    key: Key = None,
) -> None:
    """En part tar tillbaka sitt ställningstagande. A party takes its position back."""
    from arende.commands import WithdrawAnswer

    do(WithdrawAnswer(**by(as_ or party), register_no=dnr, party=party, comment=comment, key=key))


@app.command("close")
def close(dnr: Dnr, reason: Reason, as_: As, key: Key = None) -> None:
    """Avsluta omgången i förtid; de tysta namnges. Close the round early; the silent are named."""
    from arende.commands import CloseConsultation

    do(CloseConsultation(**by(as_), register_no=dnr, reason=reason, key=key))


def _filed(app_: Any, dnr: str, file: Path, who: str) -> int:
    """Put the answer's file on the case as an incoming record first; its number goes with the answer."""
    import mimetypes

    from arende.commands import AddDocument

    sha256, size = stored(app_, file)
    media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    done = app_.do(AddDocument(**by(who), register_no=dnr, key="other", file_name=file.name, media_type=media,
                               size=size, sha256=sha256, direction="incoming"))  # fmt: skip
    return int(done.data["record_no"])


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail_use(f"{text} är inget datum; skriv som 2020-09-02.", f"{text} is no date; write it like 2020-09-02.")
