"""``arende task`` and ``consultation``: work that waits for people and parties."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from arende.cli.cases import As, Dnr, by, do, stored
from arende.cli.shared import OPTIONS, fail_use, open_app, say, show

task = typer.Typer(help="Uppgifter. Tasks.", no_args_is_help=True)
consultation = typer.Typer(help="Remisser och avstämningar. Consultations.", no_args_is_help=True)

Party = Annotated[str, typer.Argument(metavar="PARTY", help="Partens nyckel, t.ex. municipality_laholm.")]
Comment = Annotated[str | None, typer.Option("--comment", help="Kommentar. Comment.")]
Key = Annotated[str | None, typer.Option("--key", help="Vilken omgång, när ärendet har flera.")]


@task.command("complete")
def complete_task(number: Annotated[int, typer.Argument(metavar="ID")], as_: As, comment: Comment = None) -> None:
    """Anmäl en uppgift som klar. Report a task as done."""
    from arende.commands import CompleteTask

    do(CompleteTask(**by(as_), task=number, comment=comment))


@consultation.command("show")
def show_consultation(dnr: Dnr) -> None:
    """Vem som har svarat vad. Who has answered what."""
    from arende import db, queries
    from arende.phrases import stance_words

    app = open_app()
    with db.reading(app.engine) as conn:
        row = queries.case(conn, dnr)
        rounds = queries.consultations(conn, row["id"])
    for c in rounds:
        for a in c["answers"]:
            a["stance_text"] = stance_words(c["kind"], a["stance"], OPTIONS.lang) if a["stance"] else None
    drop = {"id", "case_id", "party_id", "rule", "key", "seq"}
    data = [
        {**{k: c[k] for k in ("key", "round", "kind", "state", "opened_at", "due_at", "ended_at", "reason")},
         "answers": [{k: v for k, v in a.items() if k not in drop} for a in c["answers"]]}
        for c in rounds
    ]  # fmt: skip
    show(data, lambda: "\n".join(line for c in data for line in _round_lines(c)) or say("Inga.", "None."))


@consultation.command("answer")
def answer(
    dnr: Dnr,
    party: Party,
    stance: Annotated[str, typer.Option("--stance", help="supports, supports_with_comments, opposes, no_objection, "
                                                         "will_return, abstains")],
    as_: Annotated[str, typer.Option("--as", metavar="USER", help="Vem som för in svaret; annars parten själv.")] = "",
    body: Annotated[str | None, typer.Option("--body", help="Organet som svarade. The body that answered.")] = None,
    on: Annotated[str | None, typer.Option("--date", help="Dagen för beslutet. Day of the decision.")] = None,
    section: Annotated[str | None, typer.Option("--section", help="Paragraf. Section.")] = None,
    ref: Annotated[str | None, typer.Option("--ref", help="Partens diarienummer. The party's own number.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Svaret som fil. The answer as a file.")] = None,
    comment: Comment = None,
    key: Key = None,
) -> None:  # fmt: skip
    """För in en parts ställningstagande. Enter a party's position."""
    from typing import get_args

    from arende.commands import AnswerConsultation, Stance

    if stance not in get_args(Stance):
        fail_use(f"--stance är {', '.join(get_args(Stance))}.", f"--stance is {', '.join(get_args(Stance))}.")
    app = open_app()
    documents = (_filed(app, dnr, file, as_ or party),) if file else ()
    do(AnswerConsultation(**by(as_ or party), register_no=dnr, party=party, stance=stance, body=body, section=section,
                          decided_on=_date(on) if on else None, party_ref=ref, comment=comment, documents=documents,
                          key=key), app)  # fmt: skip


@consultation.command("extend")
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


@consultation.command("withdraw")
def withdraw(
    dnr: Dnr,
    party: Party,
    as_: Annotated[str, typer.Option("--as", metavar="USER", help="Vem som för in det; annars parten själv.")] = "",
    comment: Comment = None,
    key: Key = None,
) -> None:
    """En part tar tillbaka sitt ställningstagande. A party takes its position back."""
    from arende.commands import WithdrawAnswer

    do(WithdrawAnswer(**by(as_ or party), register_no=dnr, party=party, comment=comment, key=key))


@consultation.command("close")
def close(dnr: Dnr, reason: Annotated[str, typer.Option("--reason")], as_: As, key: Key = None) -> None:
    """Avsluta omgången i förtid; de tysta namnges. Close the round early; the silent are named."""
    from arende.commands import CloseConsultation

    do(CloseConsultation(**by(as_), register_no=dnr, reason=reason, key=key))


def _filed(app: Any, dnr: str, file: Path, who: str) -> int:
    """Put the answer's file on the case as an incoming record first; its number goes with the answer."""
    import mimetypes

    from arende.commands import AddDocument

    sha256, size = stored(app, file)
    media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    done = app.do(AddDocument(**by(who), register_no=dnr, key="other", file_name=file.name, media_type=media, size=size,
                              sha256=sha256, direction="incoming"))  # fmt: skip
    return int(done.data["record_no"])


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail_use(f"{text} är inget datum; skriv som 2020-09-02.", f"{text} is no date; write it like 2020-09-02.")


def _round_lines(c: dict[str, Any]) -> list[str]:
    from arende.casewords import round_title
    from arende.statuswords import ROUND_STATES
    from arende.workdays import local_day

    what, how = say(*round_title(c["kind"], c["round"])), say(*ROUND_STATES[c["state"]][0]).lower()
    head = f"{what} – {how}, {say('sista dag', 'last day')} "
    lines = [head + local_day(c["due_at"]).isoformat()]
    for a in c["answers"]:
        word = a["stance_text"] or say("inget svar", "no answer")
        if a["state"] == "withdrawn":
            word = say("återtaget", "withdrawn") + f" ({word})"
        extra = " ".join(str(a[k]) for k in ("body", "decided_on", "section") if a[k])
        late = say(" (för sent)", " (late)") if a["late"] else ""
        lines.append(f"  {a['party_name']:<22} {word}{late} {extra}".rstrip())
    return lines
