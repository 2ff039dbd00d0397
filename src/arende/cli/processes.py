"""``arende up``, ``serve`` and ``worker``: everything for one machine, or the parts for several."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from arende.cli.shared import OPTIONS, open_app, progress, say

if TYPE_CHECKING:
    from arende.app import App
    from arende.up import Up


def add_to(tree: typer.Typer) -> None:
    """Add the three commands to the tree."""
    tree.command()(up)
    tree.command()(serve)
    tree.command()(worker)


def up(
    demo: bool = typer.Option(False, "--demo", help="Ladda och spela demon om databasen är tom."),
    prefect: bool = typer.Option(True, "--prefect/--no-prefect", help="Starta Prefects server."),
) -> None:
    """Allt för en maskin: databas, webb, Prefect, arbetsprocess, brevlåda. Ctrl-C stoppar allt."""
    from arende.settings import read_settings
    from arende.up import Up

    supervisor = Up(read_settings(), progress, lambda s: s.in_(OPTIONS.lang))
    raise typer.Exit(supervisor.run(prefect=prefect, when_up=_with_demo if demo else _tell_addresses))


def _with_demo(running: Up) -> None:
    """Play the story once, delivered by the worker as flow runs; a second start keeps what there is."""
    from arende.demo import play

    app = play.open_fresh(running.settings)
    if play.is_played(app):
        progress(say("Demon är redan laddad; allt finns kvar.", "The demo is loaded already; everything is kept."))
    else:
        if "prefect" in running.parts:
            progress(
                say(
                    "prefect     startar; första gången tar det en stund …",
                    "prefect     starts; the first time is slow …",
                )
            )
            running.wait_for_prefect()
        progress(say("Demon spelas: avsiktsförklaringen 2020–2023", "The demo: the declaration of intent, 2020–2023"))
        language = ["--lang", OPTIONS.lang]
        if running.aside("demo", *language) not in (0, None):
            progress(
                say(
                    "Demon kunde inte spelas till slut. Den fortsätter vid nästa start.",
                    "The demo could not be played to its end. It goes on at the next start.",
                )
            )
    _tell_addresses(running)
    _tell_people(app)
    _tell_answers(running, app)


def _tell_people(app: App) -> None:
    from arende.usecases import people
    from arende.workdays import local_day

    progress("")
    progress(say("Demons personer (--as NYCKEL):", "The demo's people (--as KEY):"))
    persons = [p for p in people.listing(app.engine, local_day(app.clock())) if p.actor.kind == "person"]
    for found in persons:
        if not found.only_sits:
            progress(f"  {found.actor.key:<18} {found.actor.name}")
    sitting = sum(p.only_sits for p in persons)
    progress(say(f"  … och {sitting} ledamöter och ersättare: arende people list",
                 f"  … and {sitting} members and substitutes: arende people list"))  # fmt: skip


def _tell_answers(running: Up, app: App) -> None:
    """What waits for a chair, and how to answer it."""
    from arende.cli.demo import answer_lines

    web = running.settings.web_url if "mailbox" in running.parts else None
    for line in answer_lines(app, web):
        progress(line)


def _tell_addresses(running: Up) -> None:
    settings = running.settings
    progress("")
    progress(say("Webb          ", "Web           ") + settings.web_url)
    if "mailbox" in running.parts:
        where = f"{settings.web_url}/mail"
        progress(say(f"Brevlåda      {where} · arende mailbox list", f"Mailbox       {where} · arende mailbox list"))
    if "prefect" in running.parts:
        progress("Prefect       " + f"http://127.0.0.1:{settings.prefect_port}")
    progress(say("Ctrl-C stoppar allt.", "Ctrl-C stops everything."))


def serve(
    host: str = typer.Option("", help="Adress att lyssna på (ARENDE_HOST)."),
    port: int = typer.Option(0, help="Port att lyssna på (ARENDE_WEB_PORT)."),
) -> None:
    """Webben."""
    import uvicorn

    from arende.app import App
    from arende.ports import check_web_port
    from arende.settings import read_settings
    from arende.web import create_app

    settings = read_settings(**{k: v for k, v in {"host": host, "web_port": port}.items() if v})
    check_web_port(settings)
    app = App.open(settings)
    known_as = _announced(app)
    uvicorn.run(
        create_app(replace(app, settings=settings.model_copy(update={"base_url": known_as}))),
        host=settings.host,
        port=settings.web_port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
        server_header=False,
    )


def _announced(app: App) -> str:
    """The site's address, written down for all who word mails; told where links have led elsewhere until now."""
    from arende import siteaddress

    now, former = siteaddress.announce(app.engine, app.settings, app.clock())
    if former is not None:
        progress(
            say(
                f"Länkar i nya mejl leder från och med nu till {now}. De som redan är skrivna leder till {former}.",
                f"Links in new mails lead to {now} from now on. Those already worded lead to {former}.",
            )
        )
    return now


def worker() -> None:
    """Arbetsprocessen: sänder mejl, bevakar frister, med Prefect när det finns."""
    from arende.worker import work

    app = open_app()
    _log_to_stderr(app.settings.log_level)
    work(app)


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    ours = logging.getLogger("arende")
    ours.addHandler(handler)
    ours.setLevel(level)
    ours.propagate = False
