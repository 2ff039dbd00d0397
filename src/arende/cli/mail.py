"""``arende mail``: mail that comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from arende.cli.shared import say, show

if TYPE_CHECKING:
    from arende.mailread.understanding import Understood

app = typer.Typer(help="Mejl som kommer in. Mail that comes in.", no_args_is_help=True)


@app.command()
def parse(files: Annotated[list[str], typer.Argument(metavar="FILE|-")]) -> None:
    """Visa hur mejl läses: sort, beslut, kommentar. Ingenting ändras. Show how mails are read; nothing is changed."""
    from arende.mailread.understanding import understand

    read = [understand(_raw(file)) for file in files]
    told = [_facts(one) for one in read]
    show(told[0] if len(told) == 1 else told, lambda: "\n\n".join(map(_told, read)))


@app.command()
def receive(
    file: Annotated[str, typer.Argument(metavar="FILE|-")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="ADDRESS", help="Mottagare; annars enligt mejlet. The recipient.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="ADDRESS", help="Kuvertets avsändare. The envelope sender.")
    ] = None,
) -> None:
    """Ta in ett mejl, som om det hade kommit till dörren. Take in one mail, as if it had come by a door."""
    from arende import intake
    from arende.cli.shared import open_app
    from arende.mailread import inmail

    app_, raw = open_app(), _raw(file)
    mail = inmail.read(raw)
    sender = from_ if from_ is not None else mail.return_path if mail.return_path is not None else mail.sender or ""
    number = intake.store(app_, raw, to or next(iter(mail.recipients), ""), sender, "cli")
    done = intake.handle(app_, number)
    where = (done and done.register_no) or "–"
    what = done.told if done else "received"
    told = say(f"Mejl {number}: {what}, {where}.", f"Mail {number}: {what}, {where}.")
    show({"id": number, "disposition": what, "register_no": where if where != "–" else None}, told)


def _raw(file: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``. Raises NotFound when there is no such file."""
    import sys
    from pathlib import Path

    from arende.errors import NotFound, Sentence

    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as e:
        raise NotFound(
            Sentence(
                f"Filen {file} går inte att läsa: {e.strerror}. Kontrollera namnet och rättigheterna.",
                f"The file {file} cannot be read: {e.strerror}. Check its name and permissions.",
            )
        ) from e


def _facts(one: Understood) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "decision": one.decision,
        "comment": one.comment,
        "held_reason": one.held_reason,
    }


def _told(one: Understood) -> str:
    from arende.mailbox import harmless

    lines = [f"{one.kind}: {one.decision or say('inget beslut', 'no decision')}"]
    if one.held_reason:
        lines.append(say(*one.held_reason.sentence))
    return "\n".join([*lines, *(harmless(line) for line in one.comment.splitlines())])
