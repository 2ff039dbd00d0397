"""``arende home``: the shipped folders, and the home folder that overrides them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arende.cli.shared import fail_use, say, show

app = typer.Typer(help="Medföljande och egna filer. Shipped and overriding files.", no_args_is_help=True)


@app.command()
def path() -> None:
    """Var filerna hämtas, den första mappen vinner. Where files are looked for; the first folder wins."""
    from arende import home
    from arende.settings import read_settings

    settings = read_settings()
    own = str(settings.home) if settings.home else None
    searched = [str(p) for p in home.search_path(settings)]
    lines = [
        say("Hemmapp: ", "Home: ") + (own or say("ingen (ange ARENDE_HOME)", "none (set ARENDE_HOME)")),
        say("Medföljer: ", "Shipped: ") + str(home.shipped()),
    ]
    show({"home": own, "shipped": str(home.shipped()), "search_path": searched}, "\n".join(lines))


@app.command()
def init(folder: Annotated[Path | None, typer.Argument(help="Mapp att skapa. Folder to create.")] = None) -> None:
    """Skapa en hemmapp; inget skrivs över. Create a home folder; nothing is overwritten."""
    from arende import home
    from arende.settings import read_settings

    target = folder or read_settings().home
    if target is None:
        fail_use("Ange en mapp, eller ARENDE_HOME.", "Name a folder, or set ARENDE_HOME.")
    made = home.init(target)
    text = say(f"Hemmappen är {target}. Använd den så här:", f"The home is {target}. Use it like this:")
    show({"home": str(target), "made": [str(p) for p in made]}, f"{text}\n  export ARENDE_HOME={target.resolve()}")


@app.command()
def diff(
    names: Annotated[bool, typer.Option("--names", help="Bara filnamnen. Only the names of the files.")] = False,
) -> None:
    """Vad hemmappen ändrar och lägger till. What the home changes and adds."""
    from arende import home
    from arende.settings import read_settings

    settings = read_settings()
    if settings.home is None:
        fail_use("Ingen hemmapp är vald. Ange ARENDE_HOME eller --home.", "No home is set. Use ARENDE_HOME or --home.")
    found = home.differences(settings)
    kinds = {
        "new": say("ny", "new"),
        "replaces": say("ersätter", "replaces"),
        "same": say("lika", "same"),
        "ignored": say("används inte (ARENDE_TRUST_HOME)", "not used (ARENDE_TRUST_HOME)"),
    }
    lines = [f"{kinds[d.kind]}: {d.file}" + ("" if names or not d.changes else f"\n{d.changes}") for d in found] or [
        say("Hemmappen ändrar ingenting.", "The home changes nothing.")
    ]
    show(
        [{"file": d.file, "kind": d.kind, "replaces": d.replaces, "changes": d.changes} for d in found],
        "\n".join(lines),
    )
