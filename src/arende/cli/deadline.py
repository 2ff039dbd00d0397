"""``arende deadline``: when something falls due, counted as the engine counts."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from arende.cli.shared import OPTIONS, show
from arende.errors import Invalid, Sentence

if TYPE_CHECKING:
    from arende.terms import Unit


def deadline(
    start: Annotated[str, typer.Option("--from", metavar="DATUM", help="Dagen att räkna från. The day to count from.")],
    amount: Annotated[str, typer.Option("--amount", metavar="±N", help="Hur många; minus räknar bakåt. How many.")],
    unit: Annotated[str, typer.Option("--unit", metavar="ENHET", help="working | calendar | weeks | months")],
    legal: Annotated[
        bool, typer.Option("--legal", help="Lagstadgad tid, lag (1930:173). Legal time: a last day off work moves.")
    ] = False,
    today: Annotated[
        str | None, typer.Option("--today", metavar="DATUM", help="Säg också hur långt det är kvar från denna dag.")
    ] = None,
) -> None:
    """Räkna ut en dag: arbetsdagar, kalenderdagar, veckor, månader. Count to a day."""
    from arende import duedates

    reckoned = duedates.reckon(
        day_of("--from", start),
        _whole(amount),
        _unit(unit),
        legal=legal,
        today=day_of("--today", today) if today is not None else None,
    )
    sentence, why = reckoned.sentence.in_(OPTIONS.lang), reckoned.why.in_(OPTIONS.lang)
    show(
        {"date": reckoned.date.isoformat(), "sentence": sentence, "ground": why},
        f"{reckoned.date}  {sentence}\n            {why}",
    )


def day_of(option: str, text: str) -> date:
    """The day that an option says; raises Invalid, naming the option."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        raise Invalid(Sentence(f"{option}: dagen {text} finns inte.", f"{option}: there is no day {text}.")) from None
    raise Invalid(
        Sentence(
            f"{option}: ”{_shown(text)}” är inget datum. Skriv ÅÅÅÅ-MM-DD, till exempel 2026-12-22.",
            f'{option}: "{_shown(text)}" is not a date. Write YYYY-MM-DD, such as 2026-12-22.',
        )
    )


def _whole(text: str) -> int:
    if re.fullmatch(r"[+−-]?[0-9]{7,}", text):
        raise Invalid(
            Sentence(
                f"--amount: {_shown(text)} är för mycket. Högst sex siffror går att räkna med.",
                f"--amount: {_shown(text)} is too much. Six digits can be counted with.",
            )
        )
    if not re.fullmatch(r"[+-]?[0-9]{1,6}", text.replace("−", "-")):
        raise Invalid(
            Sentence(
                f"--amount: ”{_shown(text)}” är inget heltal. Skriv till exempel 3, eller -10 för att räkna bakåt.",
                f'--amount: "{_shown(text)}" is not a whole number. Write 3, or -10 to count backwards.',
            )
        )
    return int(text.replace("−", "-"))


def _unit(text: str) -> Unit:
    from arende.terms import Unit

    known: tuple[Unit, ...] = get_args(Unit)
    for unit in known:
        if unit == text:
            return unit
    raise Invalid(
        Sentence(
            f"--unit: ”{_shown(text)}” är ingen enhet. Välj en av {', '.join(known)}.",
            f'--unit: "{_shown(text)}" is not a unit. Choose one of {", ".join(known)}.',
        )
    )


def _shown(text: str) -> str:
    return "".join(c for c in text[:40] if c.isprintable())
