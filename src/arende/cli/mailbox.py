"""``arende mailbox``: the development mailbox, where mail that would have left can be read."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from arende.cli.shared import progress, say, show

app = typer.Typer(
    help="Brevlådan för utveckling: vad som skulle ha sänts. The development mailbox.", no_args_is_help=True
)


@app.command("list")
def list_() -> None:
    """Lista meddelandena, det senaste sist. List the messages, the newest last."""
    from arende import mailbox
    from arende.settings import read_settings

    found = mailbox.list_messages(read_settings().mailbox_dir)
    show(found, lambda: "\n".join(map(_line, found)) or say("Brevlådan är tom.", "The mailbox is empty."))


def _line(entry: dict[str, Any]) -> str:
    return f"{entry['id']:>5}  {entry['received_at'][:16]}  {', '.join(entry['to'])}  {entry['subject']}"


@app.command("show")
def show_(number: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Visa ett meddelande. Show one message."""
    from arende import mailbox
    from arende.settings import read_settings

    message = mailbox.show(read_settings().mailbox_dir, number)
    show(message, lambda: _told(message))


def _told(message: dict[str, Any]) -> str:
    lines = [f"{name}: {value}" for name, value in message["headers"]]
    files = [f"[{a['name'] or a['media_type']}, {a['size']} byte]" for a in message["attachments"]]
    return "\n".join([*lines, "", message["text"] or message["html"], *files])


@app.command()
def reply(
    number: Annotated[int, typer.Argument(metavar="ID")],
    text: Annotated[str, typer.Option("--text", help="Svarets text, till exempel GODKÄNN. The text of the reply.")],
    as_from: Annotated[
        str | None, typer.Option("--as-from", metavar="ADDRESS", help="Avsändare; annars mottagaren. The sender.")
    ] = None,
) -> None:
    """Svara på ett meddelande, som dess mottagare skulle göra. Answer a message, as its recipient would."""
    from arende.cli.shared import open_app
    from arende.intake import composer

    done = composer.reply(open_app(), number, text, sender=as_from)
    where = done.register_no or "–"
    told = say(
        f"Svaret är mejl {done.id}: {done.told}, {where}.", f"The reply is mail {done.id}: {done.told}, {where}."
    )
    show(done._asdict(), told)


@app.command()
def serve() -> None:
    """Ta emot mejl på den här datorn tills du trycker Ctrl-C. Take in mail on this machine until Ctrl-C."""
    import asyncio

    from arende import mailbox
    from arende.settings import read_settings

    settings = read_settings()
    where = f"{mailbox.HOST}:{settings.mailbox_port}"
    progress(say(f"Brevlådan tar emot mejl på {where}.", f"The mailbox takes in mail on {where}."))
    asyncio.run(mailbox.serve(settings, lambda number: progress(say(f"Mejl {number} kom.", f"Mail {number} came."))))
