"""``arende webhook``: addresses outside that are told what happens."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from arende.cli.cases import As
from arende.cli.shared import open_app, progress, say, show

app = typer.Typer(help="Adresser som får veta vad som händer. Addresses told what happens.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="Webhookens nummer. Its number.")]


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Vad som tar emot. What receives it.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Adressen, med https. The address, with https.")],
    as_: As,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="KIND", help="Bara händelser som börjar så, t.ex. case.step. Only these."),
    ] = None,
) -> None:
    """Lägg till en adress; den får veta vad som händer härefter. Add an address, told of what happens from now on."""
    from arende.beats import real_now
    from arende.usecases import webhooks

    number, secret = webhooks.add(open_app(), as_, name, url, only or [], real_now())
    progress(say("Ge mottagaren hemligheten; den visas bara nu.", "Give the receiver the secret; it is shown once."))
    show({"id": number, "secret": secret}, secret)


@app.command("list")
def list_hooks() -> None:
    """Alla adresser, och hur det går för dem. Every address, and how it fares."""
    from arende.usecases import webhooks

    found = [{k: r[k] for k in _SHOWN} for r in webhooks.listing(open_app())]
    show(found, lambda: "\n".join(map(_line, found)) or say("Inga.", "None."))


_SHOWN = ("id", "name", "url", "kinds", "made_at", "told_at", "attempts", "next_at", "reply", "stopped_at")


def _line(r: dict[str, Any]) -> str:
    if r["stopped_at"]:
        how = say("stoppad", "stopped")
    elif r["attempts"]:
        how = say(f"{r['attempts']} försök förgäves", f"{r['attempts']} attempts in vain")
    else:
        how = say("tar emot", "takes it") if r["told_at"] else say("inget berättat än", "nothing told yet")
    return f"{r['id']:>4}  {r['name']:<24} {r['url']:<40} {how}{' (' + r['reply'] + ')' if r['reply'] else ''}"


@app.command("test")
def test(number: Number) -> int:
    """Sänd ett meddelande på prov. Send one message to try it out. Exit 1 = it was not taken."""
    import asyncio

    from arende import webhooks
    from arende.beats import real_now
    from arende.usecases import webhooks as known

    opened = open_app()
    sent = asyncio.run(webhooks.try_out(opened, known.one(opened, number), real_now()))
    told = say("Mottaget", "Taken") if sent.taken else say("Inte mottaget", "Not taken")
    show({"id": number, "taken": sent.taken, "reply": sent.told}, f"{told}: {sent.told}.")
    return 0 if sent.taken else 1


@app.command("messages")
def messages(number: Number) -> None:
    """Vad adressen har fått veta, det senaste först, och vad den svarade. What it was told, and what it answered."""
    from arende.usecases import tellings
    from arende.usecases.administrators import at_the_machine

    _, found = tellings.listing(at_the_machine(open_app()), number)
    shown = [{k: m[k] for k in ("id", "sent_at", "name", "register_no", "message_id", "taken", "reply")} for m in found]
    show(shown, lambda: "\n".join(map(_message, shown)) or say("Inga.", "None."))


def _message(m: dict[str, Any]) -> str:
    how = say("togs emot", "taken") if m["taken"] else say("togs inte emot", "not taken")
    return f"{m['sent_at']:%Y-%m-%d %H:%M}  {m['name']:<40} {m['register_no']:<10} {how} ({m['reply']})"


@app.command("resume")
def resume(number: Number, as_: As) -> None:
    """Börja om med det som inte har tagits emot. Begin again with what was not taken."""
    from arende.beats import real_now
    from arende.usecases import webhooks

    webhooks.resume(open_app(), as_, number, real_now())
    show({"id": number, "resumed": True}, say("Den försöker igen.", "It is tried again."))


@app.command("remove")
def remove(number: Number, as_: As) -> None:
    """Sluta berätta för adressen. Tell the address no more."""
    from arende.beats import real_now
    from arende.usecases import webhooks

    webhooks.remove(open_app(), as_, number, real_now())
    show({"id": number, "removed": True}, say("Den får inte veta mer.", "It is told no more."))
