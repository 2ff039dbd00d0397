"""``arende apikey``: the keys that other programs come with to the API."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from arende.cli.cases import As
from arende.cli.shared import fail_use, open_app, progress, say, show

app = typer.Typer(help="Nycklar för andra program. Keys for other programs.", no_args_is_help=True)


@app.command("make")
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Programmet som får nyckeln. Which program gets it.")],
    as_: As,
    for_: Annotated[str, typer.Option("--for", metavar="USER", help="Som vem programmet handlar. As whom it acts.")],
    role: Annotated[
        str,
        typer.Option("--role", metavar="ROLE", help="read | act: bara läsa, eller också göra. Read only, or act too."),
    ] = "read",
    days: Annotated[int, typer.Option("--days", metavar="N", help="Dagar den gäller. Days it holds.")] = 365,
) -> None:
    """Gör en nyckel; den visas en gång. Make a key; it is shown once."""
    from arende.usecases import apikeys

    known: dict[str, apikeys.Role] = {r: r for r in apikeys.ROLES}
    if role not in known:
        fail_use(f"”{role}” är varken read eller act.", f'"{role}" is neither read nor act.')
    number, raw = apikeys.make(open_app(), as_, name, for_, known[role], days)
    progress(say("Spara nyckeln nu; den visas aldrig mer.", "Keep the key now; it is never shown again."))
    show({"id": number, "key": raw, "role": role, "person": for_}, raw)


@app.command("list")
def list_keys() -> None:
    """Alla nycklar som har gjorts. Every key that was made."""
    from arende.usecases import apikeys

    found = apikeys.listing(open_app())
    show([dict(r) for r in found], lambda: "\n".join(map(_line, found)) or say("Inga.", "None."))


def _line(r: dict[str, Any]) -> str:
    until = f"{r['expires_at']:%Y-%m-%d}"
    last = f"{r['used_at']:%Y-%m-%d}" if r["used_at"] else say("aldrig", "never")
    how = say(f"gäller till {until}", f"holds until {until}") if r["holds"] else say("spärrad eller utgången", "ended")
    return f"{r['id']:>4}  {r['name']:<24} {r['person']:<20} {r['role']:<6} {how}, " + say(
        f"använd {last}", f"used {last}"
    )


@app.command("revoke")
def revoke(number: Annotated[int, typer.Argument(metavar="ID", help="Nyckelns nummer. Its number.")], as_: As) -> None:
    """Spärra en nyckel, genast. End a key, at once."""
    from arende.usecases import apikeys

    apikeys.revoke(open_app(), as_, number)
    show({"id": number, "revoked": True}, say("Nyckeln är spärrad.", "The key has been ended."))
