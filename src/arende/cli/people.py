"""``arende people``: check, load and list persons, offices and parties."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arende.cli.shared import OPTIONS, fail_use, open_app, progress, say, show

if TYPE_CHECKING:
    from arende.casetypes import Finding
    from arende.usecases.people import Listed, Loaded

app = typer.Typer(help="Personer, uppdrag och parter. Persons, offices and parties.", no_args_is_help=True)

_File = Annotated[
    Path | None, typer.Argument(help="Personfil; annars hemmappens people.yaml, annars demonstrationens. People file.")
]


@app.command()
def check(file: _File = None) -> int:
    """Kontrollera en personfil utan att ladda den. Check a people file without loading it."""
    from arende.people import examine
    from arende.yamlfile import text_of

    path = _path(file)
    _, findings = examine(text_of(path, str(path)), str(path))
    errors = sum(f.level == "error" for f in findings)
    lines = [_told(f) for f in findings] or [say(f"{path}: inget att anmärka.", f"{path}: nothing to remark on.")]
    show({"file": str(path), "ok": not errors, "findings": [_data(f) for f in findings]}, "\n".join(lines))
    return 1 if errors else 0


@app.command()
def load(file: _File = None) -> None:
    """Ladda personfilen; ingen raderas, bara avslutas. Load the people file; nobody is deleted, only ended."""
    from arende.people import examine, read
    from arende.usecases import people
    from arende.yamlfile import text_of

    path = _path(file)
    text = text_of(path, str(path))
    for finding in examine(text, str(path))[1]:
        if finding.level == "warn":
            progress(_told(finding))
    asked = read(text, str(path))
    with _database() as engine:
        done = people.load(engine, asked, datetime.now(UTC))
    show({"file": str(path), **_lists(done)}, _account(path, done))


@app.command("list")
def list_() -> None:
    """Alla personer och parter, med uppdragen i dag. Every person and party, with today's offices."""
    from arende.usecases import people
    from arende.workdays import local_day

    with _database() as engine:
        found = people.listing(engine, local_day(datetime.now(UTC)))
    show([_row(a) for a in found], "\n".join(map(_line, found)) or _nobody())


_Key = Annotated[str, typer.Argument(metavar="USER", help="Personens nyckel i personfilen. The person's key.")]


@app.command("password")
def password(
    user: _Key,
    remove: Annotated[bool, typer.Option("--remove", help="Ta bort lösenordet. Take it away.")] = False,
) -> None:
    """Ge en person ett lösenord för webben, och avsluta dess inloggningar. Give a person a password for the web.

    Lösenordet skrivs två gånger, eller läses från standard in när den inte är en terminal. It is read from stdin where
    that is no terminal.
    """
    from arende.usecases import passwords

    if remove:
        passwords.remove(open_app(), user)
    else:
        passwords.set_password(open_app(), user, _typed())
    show({"user": user, "password": not remove}, say("Klart.", "Done."))


def _typed() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(say("Lösenord", "Password"), hide_input=True, confirmation_prompt=True, err=True))


@app.command("sessions")
def list_sessions(
    user: Annotated[
        str | None, typer.Argument(metavar="[USER]", help="Bara den personens. Only that person's.")
    ] = None,
) -> None:
    """Vilka som är inloggade på webben. Who is signed in to the web."""
    from arende.usecases import sessions

    found = sessions.listing(open_app(), user)
    show([dict(s) for s in found], lambda: "\n".join(map(_session_line, found)) or say("Ingen.", "Nobody."))


def _session_line(s: dict[str, Any]) -> str:
    since, seen = (s[k].astimezone().strftime("%Y-%m-%d %H:%M") for k in ("opened_at", "seen_at"))
    told = say(f"sedan {since}, senast {seen}", f"since {since}, last seen {seen}")
    return f"{s['id']:>6}  {s['key']:<28} {s['way']:<9} {told}"


@app.command("revoke")
def revoke(
    user: Annotated[str, typer.Argument(metavar="USER", help="Personens nyckel. The person's key.")] = "",
    session: Annotated[int | None, typer.Option("--session", help="Bara den här. This one only.")] = None,
) -> int:
    """Avsluta en persons inloggningar på webben. End a person's sessions on the web."""
    from arende.usecases import sessions

    if not user and session is None:
        fail_use("Ange en person eller --session NUMMER.", "Name a person or --session NUMBER.")
    ended = sessions.revoke(open_app(), session=session, person=user or None)
    show({"ended": ended}, say(f"Avslutade inloggningar: {ended}.", f"Sessions ended: {ended}."))
    return 0


@contextmanager
def _database() -> Iterator[Any]:
    """The database alone: people can be mended also when a case type or a template cannot be read."""
    from arende import db
    from arende.settings import read_settings

    engine = db.open_engine(read_settings().url)
    try:
        db.check(engine)
        yield engine
    finally:
        engine.dispose()


def _path(file: Path | None) -> Path:
    from arende import home
    from arende.settings import read_settings

    return file or home.people_file(read_settings()) or home.demo_file("people.yaml")


def _told(finding: Finding) -> str:
    from arende.people import located

    mark = say("fel", "error") if finding.level == "error" else say("obs", "note")
    return f"{mark}  {located(finding).in_(OPTIONS.lang)}"


def _data(f: Finding) -> dict[str, Any]:
    return {
        "code": f.code,
        "level": f.level,
        "file": f.file,
        "line": f.line,
        "sentence": f.sentence.in_(OPTIONS.lang),
        "suggestion": f.suggestion.in_(OPTIONS.lang) if f.suggestion else None,
    }


def _lists(done: Loaded) -> dict[str, list[str]]:
    return {"added": list(done.added), "changed": list(done.changed), "ended": list(done.ended)}


def _account(path: Path, done: Loaded) -> str:
    words = {
        "added": say("tillagda", "added"),
        "changed": say("ändrade", "changed"),
        "ended": say("avslutade", "ended"),
    }
    counts = ", ".join(f"{len(names)} {words[kind]}" for kind, names in _lists(done).items())
    details = [
        f"  {words[kind]}: {', '.join(names)}" for kind, names in _lists(done).items() if names and kind != "added"
    ]
    if done.ended:
        details.append(
            say(
                "  Det som är avslutat gäller inte från och med nu: personer kan inte handla, uppdrag ger ingen rätt. "
                "Historiken står kvar.",
                "  What is ended no longer holds from now on: persons cannot act, offices give no right. "
                "History stays.",
            )
        )
    return "\n".join([f"{path}: {counts}.", *details])


def _row(a: Listed) -> dict[str, Any]:
    ended = a.actor.ended_on.isoformat() if a.actor.ended_on else None
    return {
        "key": a.actor.key,
        "kind": a.actor.kind,
        "name": a.actor.name,
        "title": a.actor.title,
        "email": a.actor.email,
        "offices": list(a.offices),
        "ended_on": ended,
    }


def _line(a: Listed) -> str:
    ended = say(f"avslutad {a.actor.ended_on}", f"ended {a.actor.ended_on}") if a.actor.ended_on else ""
    return f"{a.actor.key:<28} {a.actor.name:<36} {', '.join(a.offices) or ended or a.actor.email or ''}".rstrip()


def _nobody() -> str:
    return say("Inga personer är laddade. Kör arende people load.", "Nobody is loaded. Run arende people load.")
