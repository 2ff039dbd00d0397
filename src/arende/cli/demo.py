"""``arende demo``: Region Halland's bodies and cases, and a story played from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from arende.cli.shared import OPTIONS, say, show, told_progress
from arende.errors import Sentence

DECLARATION = "declaration_of_intent"


def demo(
    story: Annotated[str, typer.Option("--story", help="Vilken berättelse. Which story.")] = DECLARATION,
    listed: Annotated[bool, typer.Option("--list", help="Lista berättelserna. List the stories.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Visa inte förloppet. No progress.")] = False,
) -> int:
    """Spela en berättelse ur verkligheten, med varje steg och utskick. Play a story, with every step and mail."""
    from arende.demo import play
    from arende.settings import read_settings

    if listed:
        show({k: t.in_(OPTIONS.lang) for k, t in play.TITLES.items()}, lambda: _listed(play.TITLES))
        return 0
    app = play.open_fresh(read_settings())
    started = time.monotonic()
    played = play.play(app, story, (lambda _line: None) if quiet else told_progress)
    data = {
        "register_no": played.register_no,
        "state": played.state,
        "events": played.events,
        "mails": played.mails,
        "chain_whole": not played.broken,
        "seconds": round(time.monotonic() - started, 1),
    }
    show(data, lambda: _told(app, played, data))
    return 0 if not played.broken else 1


def _listed(titles: Mapping[str, Sentence]) -> str:
    return "\n".join(f"{name:24}{title.in_(OPTIONS.lang)}" for name, title in titles.items())


def _told(app: Any, played: Any, data: dict[str, Any]) -> str:
    from arende import db, queries
    from arende.cli.caseviews import history_lines
    from arende.statuswords import DELIVERY

    with db.reading(app.engine) as conn:
        row = queries.case(conn, played.register_no)
        rules = app.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
        told = history_lines(conn, rules, queries.history(conn, row["id"]), queries.tasks(conn, row["id"]))
        lines = [line for line, _ in told]
    mails = ", ".join(f"{n} {say(*DELIVERY[state][0]).lower()}" for state, n in played.mails.items())
    whole = say("Hashkedjan är hel.", "The hash chain is whole.")
    broken = say("Hashkedjan är bruten!", "The hash chain is broken!")
    return "\n".join(
        [
            "",
            f"{row['register_no']}  {row['title']}",
            *lines,
            "",
            say(
                f"Läge: {rules.state_title(row['state'])}.", f"State: {rules.state_title(row['state'], OPTIONS.lang)}."
            ),
            say(f"{played.events} händelser, utskick: {mails}.", f"{played.events} events, mails: {mails}."),
            broken if played.broken else whole,
            say(f"Spelat på {data['seconds']} s.", f"Played in {data['seconds']} s."),
            *answer_lines(app, None),
        ]
    )


def answer_lines(app: Any, web: str | None) -> list[str]:
    """The requests that wait for a chair of the demonstration, and how each is answered; ``web`` = its address."""
    from arende.demo import waiting

    lines = []
    for one in waiting.to_answer(app):
        lines += ["", say(f"Väntar på {one.person}: {one.register_no} {one.title}",
                          f"Waits for {one.person}: {one.register_no} {one.title}")]  # fmt: skip
        lines += [f"  {line}" for line in _ways(one, web)]
    return lines


def _ways(one: Any, web: str | None) -> list[str]:
    """How one request is answered: with its mail, and on the command line for the person."""
    by_mail = []
    if one.message is not None:
        link = say("följ länken i mejlet", "follow the link in the mail")
        by_mail.append(f"{web}/mail/{one.message}   {link}" if web else f"arende mailbox show {one.message}")
        if one.by_reply:
            word = say("GODKÄNN", "APPROVE")
            by_mail.append(f"arende mailbox reply {one.message} --text {word}")
    return [*by_mail, f"arende approval decide {one.approval} approve --as {one.person}"]
