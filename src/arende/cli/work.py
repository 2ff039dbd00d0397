"""``arende task``: work that waits for people."""

from __future__ import annotations

from typing import Annotated

import typer

from arende.cli.cases import As, by, do

task = typer.Typer(help="Uppgifter. Tasks.", no_args_is_help=True)

Comment = Annotated[str | None, typer.Option("--comment", help="Kommentar. Comment.")]


@task.command("complete")
def complete_task(number: Annotated[int, typer.Argument(metavar="ID")], as_: As, comment: Comment = None) -> None:
    """Anmäl en uppgift som klar. Report a task as done."""
    from arende.commands import CompleteTask

    do(CompleteTask(**by(as_), task=number, comment=comment))
