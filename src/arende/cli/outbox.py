"""``arende outbox``: the mails that were promised, and what became of them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from arende.cli.shared import fail_use, open_app, say, show, told_progress

app = typer.Typer(help="Utkorgen: mejl på väg och sända. The outbox: mails to send and sent.", no_args_is_help=True)

STATES = ("queued", "sending", "sent", "failed", "unknown", "cancelled")


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option("--state", help=", ".join(STATES), metavar="S")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Högst så många. At most so many.")] = 100,
) -> None:
    """Lista mejlen, de nyaste först. List the mails, the newest first."""
    from arende.usecases import administrators, deliveries

    if state is not None and state not in STATES:
        fail_use(f"--state är något av {', '.join(STATES)}.", f"--state is one of {', '.join(STATES)}.")
    who = administrators.at_the_machine(open_app())
    found = deliveries.listing(who, states=(state,) if state else (), limit=limit)
    show(found, lambda: "\n".join(map(_line, found)) or say("Inga mejl.", "No mails."))


def _line(row: dict[str, Any]) -> str:
    from arende.mailbox import harmless
    from arende.statuswords import DELIVERY

    state = say(*DELIVERY[row["state"]][0]).lower()
    why = f"  ({harmless(row['reply'])})" if row["reply"] and row["state"] != "sent" else ""
    number = row["register_no"] or "–"  # a digest is of no case
    return f"{row['id']:>6}  {number:<8}  {state:<15}{row['address']}  {harmless(row['subject'])}{why}"


@app.command()
def drain() -> None:
    """Sänd allt som väntar, nu. Send everything that waits, now."""
    import asyncio

    from arende import outbox

    done = asyncio.run(outbox.drain(open_app(), log=told_progress))
    show(
        {
            "sent": done.sent,
            "failed": done.failed,
            "retried": done.retried,
            "rows": [row._asdict() for row in done.rows],
        },
        say(
            f"{done.sent} sända, {done.failed} misslyckade, {done.retried} försöker igen senare.",
            f"{done.sent} sent, {done.failed} failed, {done.retried} to be tried again later.",
        ),
    )


@app.command()
def retry(
    row: Annotated[int, typer.Argument(metavar="ID")],
    as_: Annotated[str, typer.Option("--as", metavar="USER", help="Den som gör det. Who does it.")] = "system",
) -> None:
    """Sätt ett misslyckat mejl i kö igen, till mottagarens nuvarande adress. Queue a failed mail again."""
    from arende.deliverycommands import RetryDelivery

    open_app().do(RetryDelivery(actor=as_, door="cli", delivery=row))
    show({"id": row, "state": "queued"}, say(f"Mejl {row} står i kö igen.", f"Mail {row} is queued again."))
