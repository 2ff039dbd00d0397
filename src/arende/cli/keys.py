"""``arende keys``: the site key that the secrets of mails are derived from."""

from __future__ import annotations

import typer

from arende.cli.shared import say, show

app = typer.Typer(help="Nyckeln som mejlens hemligheter härleds ur. The site key.", no_args_is_help=True)


@app.command("list")
def list_keys() -> None:
    """Nycklarnas namn, den gällande först. The ids of the keys, the present one first."""
    from arende.keys import Ring
    from arende.settings import read_settings

    ids = list(Ring(read_settings()).ids)
    show({"current": ids[0], "retired": ids[1:]}, lambda: "\n".join(ids))


@app.command("rotate")
def rotate(
    leaked: bool = typer.Option(
        False, "--leaked", help="Nyckeln kan ha läckt: spärra alla länkar och svarsadresser. It may have leaked."
    ),
) -> None:
    """Byt nyckel; det som sänts under den förra gäller fortfarande. Change the key; what was sent still holds."""
    from arende.cli.shared import open_app
    from arende.keys import rotate as change
    from arende.settings import read_settings
    from arende.usecases import tokens

    old = open_app().keys.current if leaked else ""
    new = change(read_settings())
    ended = tokens.end_all_of(open_app(), old) if leaked else 0
    told = say(f"Ny nyckel: {new}.", f"New key: {new}.")
    if leaked:
        told += say(f" Spärrade länkar och adresser: {ended}.", f" Links and addresses locked: {ended}.")
    show({"current": new, "ended": ended}, told)
