"""``arende case search``: the register, searched by words and by everything that a case is chosen by."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from arende.cli.shared import OPTIONS, fail_use, open_app, progress, say, show

Day = "Första och sista dag som ärendet kan ha öppnats. First and last day on which it may have been opened."


def search_cases(
    words: Annotated[
        list[str], typer.Argument(metavar="[WORDS]…", help="Ord som alla ska finnas; plan* börjar så.")
    ] = [],  # noqa: B006 – Typer reads the default, nobody changes it
    state: Annotated[str, typer.Option("--state", help="Läge. State.")] = "",
    type_: Annotated[str, typer.Option("--type", help="Ärendetyp. Case type.")] = "",
    party: Annotated[str, typer.Option("--party", help="Part: nyckel i personfilen. Party.")] = "",
    body: Annotated[str, typer.Option("--body", help="Organ som har tagit upp ärendet. Body.")] = "",
    officer: Annotated[str, typer.Option("--officer", help="Handläggare. Case officer.")] = "",
    since: Annotated[str, typer.Option("--from", metavar="DATUM", help=Day)] = "",
    until: Annotated[str, typer.Option("--to", metavar="DATUM", help=Day)] = "",
    open_: Annotated[bool, typer.Option("--open", help="Bara öppna ärenden. Open cases only.")] = False,
    as_: Annotated[str, typer.Option("--as", metavar="USER", help="Bara vad hen får se. Only what they may see.")] = "",
    before: Annotated[
        int | None, typer.Option("--before", help="Id på sista raden före. Last row's id before.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    save: Annotated[str, typer.Option("--save", metavar="NAMN", help="Spara sökningen. Save it under a name.")] = "",
    share: Annotated[
        str | None, typer.Option("--share", metavar="UPPDRAG", help="Dela den, t.ex. registrar. Share it.")
    ] = None,
) -> None:
    """Sök i diariet, senast registrerade först. Search the register, last registered first."""
    from arende import actors, db, queries, rights, search
    from arende.endings import state_words
    from arende.searchwords import wanted
    from arende.workdays import local_day

    asked = {"q": " ".join(words), "state": state, "type": type_, "party": party, "body": body, "officer": officer}
    asked |= {"from": since, "to": until, "open": "1" if open_ else ""}
    app_ = open_app()
    if save:
        _save(app_, as_, {"called": save, "asked": asked, "shared_with": share})
    with db.reading(app_.engine) as conn:
        who = search.EVERYTHING
        if as_:
            who = rights.reader(conn, actors.actor(conn, as_).id, local_day(app_.clock()))
        found = search.find(conn, wanted(asked), limit=limit, before=before, visible_to=who)
        for row in found.rows:
            rules = app_.types.pinned(row["definition"], lambda h: queries.definition(conn, h))
            row["state_title"] = state_words(rules, row, OPTIONS.lang)
    if found.nearly:
        progress(say("Inget ärende har orden så. De här har ord som börjar så.", "Nothing has the words as typed."))
    show(
        found.rows,
        lambda: "\n".join(_line(r, bool(as_)) for r in found.rows) or say("Inget hittades.", "Nothing was found."),
    )
    if found.more:
        last = found.rows[-1]["id"]
        progress(say(f"Det finns fler: --before {last}", f"There are more: --before {last}"))


def _save(app_: Any, as_: str, given: dict[str, Any]) -> None:
    from arende.cli.cases import by
    from arende.searchcommands import SaveSearch

    if not as_:
        fail_use("Ange vems sökningen är med --as.", "Say with --as whose search it is.")
    app_.do(SaveSearch(**by(as_), **given))
    progress(say("Sökningen är sparad.", "The search is saved."))


def saved(as_: Annotated[str, typer.Option("--as", metavar="USER", help="Vem som frågar. Who asks.")]) -> None:
    """Lista sparade sökningar: egna, och de som är delade med ens uppdrag. List saved searches."""
    from arende import actors, db, rights
    from arende.usecases import savedsearches
    from arende.workdays import local_day

    app_ = open_app()
    with db.reading(app_.engine) as conn:
        who = rights.reader(conn, actors.actor(conn, as_).id, local_day(app_.clock()))
        rows = savedsearches.seen(conn, who)
    keys = ("called", "asked", "shared_with", "owner", "mine", "saved_at")
    told = [{k: row[k] for k in keys} for row in rows]
    show(told, lambda: "\n".join(f"{r['called']}  {r['owner']}  {r['asked']}" for r in told) or say("Inga.", "None."))


def _line(row: dict[str, Any], may_see: bool) -> str:
    from arende.workdays import local_day

    opened = local_day(row["opened_at"]).isoformat()
    title = row["title"] if may_see or not row["secrecy"] else say("(sekretess)", "(secrecy)")
    return f"{row['register_no']:<10} {opened}  {row['state_title']:<28.28} {title}"
