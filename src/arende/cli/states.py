"""``arende states``: the case types – are they sound, what do they say, what do they look like."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arende.cli.shared import OPTIONS, fail_use, progress, say, show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arende.casetypes import CaseType, Finding
    from arende.definitions import Definition
    from arende.errors import Sentence

app = typer.Typer(help="Ärendetyperna: deras regler. The case types: their rules.", no_args_is_help=True)

FORMATS = ("prose", "mermaid", "svg", "json")


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Filer eller mappar. Files or folders.")] = None,
    against: Annotated[
        Path | None, typer.Option(help="Äldre utgåva att jämföra versionen med. Older edition to compare with.")
    ] = None,
) -> int:
    """Pröva om definitionerna håller; slutar med 1 när någon inte gör det. Check that definitions are sound."""
    from arende import definitions

    places = [_existing(p) for p in paths] if paths else list(_all_files())
    count, bodies = 0, _bodies()
    findings: list[Finding] = []
    for file, found in definitions.examine(places, *_templates(), _parts()):
        count += 1
        findings += found.findings
        if bodies is not None and found.usable:
            findings += _homeless(found, file, *bodies)
        if against is not None and found.case_type is not None:
            findings += _compared(found, file, _existing(against))
    show([_data(f) for f in findings], lambda: _report(count, findings))
    return 1 if any(f.level == "error" for f in findings) else 0


@app.command(name="list")
def list_() -> None:
    """Ärendetyperna som finns. The case types there are."""
    types = _types()
    rows = [{"key": t.key, "version": t.version, "title": t.name(OPTIONS.lang), "hash": t.hash} for t in types.values()]
    show(rows, lambda: "\n".join(f"{r['key']}  {r['version']}  {r['title']}" for r in rows) or _none())


@app.command(name="show")
def show_(
    key: Annotated[str, typer.Argument(help="Nyckel eller fil. Key or file.")],
    format_: Annotated[str, typer.Option("--format", help="prose, mermaid, svg eller json.")] = "prose",
) -> None:
    """En ärendetyp i ord, som bild eller som data. One case type in words, as a picture or as data."""
    import json

    from arende import diagram, prose

    if format_ not in FORMATS:
        fail_use(f"--format är {', '.join(FORMATS)}.", f"--format is {', '.join(FORMATS)}.")
    ct = _one(key)
    data = json.loads(ct.canonical())
    if format_ == "json":
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    told = {"prose": prose.page, "mermaid": diagram.mermaid, "svg": diagram.svg}[format_](ct, OPTIONS.lang)
    show({"key": ct.key, "version": ct.version, "hash": ct.hash, "format": format_, "text": told}, told.rstrip("\n"))


@app.command()
def editions(
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", help="Bara den ärendetypen. That type only.")] = None,
) -> None:
    """Utgåvorna som ärenden följer, och hur många som pågår på var och en. The editions that cases follow."""
    from dataclasses import asdict

    from arende.cli.shared import open_app
    from arende.usecases import versions
    from arende.usecases.administrators import at_the_machine

    who = at_the_machine(open_app())
    found = [versions.one(who, key)] if key else versions.listing(who)
    rows = [{"key": k.key, **asdict(e)} for k in found for e in k.editions]
    lines = [
        f"{r['key']}  {r['version']}{'*' if r['current'] else ' '}  "
        + say(f"pågående {r['running']}, avslutade {r['ended']}", f"running {r['running']}, ended {r['ended']}")
        for r in rows
    ]
    show(rows, "\n".join(lines) or say("Inget ärende är registrerat än.", "No case has been registered yet."))


@app.command()
def schema() -> None:
    """Språkets JSON Schema, för redigeringsprogram. The language's JSON Schema, for editors."""
    from arende import schema as language

    typer.echo(language.text(), nl=False)


def _existing(path: Path) -> Path:
    """The path, when there is something; raises NotFound."""
    from arende.errors import NotFound, Sentence

    if not path.exists():
        raise NotFound(Sentence(f"Det finns ingen fil eller mapp {path}.", f"There is no file or folder {path}."))
    return path


def _all_files() -> Iterable[Path]:
    from arende import home
    from arende.settings import read_settings

    return home.state_files(read_settings())


def _parts() -> tuple[Path, ...]:
    from arende import home
    from arende.settings import read_settings

    return home.part_folders(read_settings())


def _templates() -> tuple[set[str] | None, dict[str, set[str]]]:
    """The templates and the fields they read; None when there are none at all, and nothing can be said of them."""
    from arende import home
    from arende.errors import Refused
    from arende.letters import Letters
    from arende.render import Words
    from arende.settings import read_settings

    folders = home.template_folders(read_settings())
    words, letters = Words(folders), Letters(folders)
    asked = {name: partial(words.fields_read, name) for name in words.names()}
    asked |= {f"letters/{name}": partial(letters.fields_read, name) for name in letters.names()}
    fields: dict[str, set[str]] = {}
    for name, read in asked.items():
        with suppress(Refused):  # a template at fault is told when templates are checked
            fields[name] = read()
    return set(asked) or None, fields


def _types() -> dict[str, CaseType]:
    """Every sound case type; what is wrong with the others is told beside the answer."""
    from arende import definitions

    types, findings = definitions.load_folder(_all_files(), parts=_parts())
    for f in findings:
        if f.level == "error":
            progress(_line(f))
    return types


def _one(key: str) -> CaseType:
    """The case type of a key, or of a file; raises NotFound or Unsound."""
    from arende import definitions
    from arende.errors import NotFound, Sentence, Unsound, did_you_mean

    path = Path(key)
    if path.suffix in (".yaml", ".yml"):
        found = definitions.open_file(_existing(path), parts=_parts())
        if found.case_type is None:
            raise Unsound(found.findings)
        return found.case_type
    types = _types()
    if key in types:
        return types[key]
    near = did_you_mean(key, types)
    raise NotFound(
        Sentence(
            f"Det finns ingen ärendetyp {key}" + (f"; {near.sv}" if near else ". Se arende states list."),
            f"There is no case type {key}" + (f"; {near.en}" if near else ". See arende states list."),
        )
    )


def _bodies() -> tuple[set[str], Sentence] | None:
    """The bodies of the home's people file, or else the demonstration's, and what to call it; None if unreadable."""
    from arende import home, people
    from arende.errors import Sentence
    from arende.settings import read_settings
    from arende.yamlfile import Unreadable, text_of

    own = home.people_file(read_settings())
    file = own or home.demo_file("people.yaml")
    called = Sentence("personfilen", "the people file")
    if own is None:
        called = Sentence("demonstrationens personfil", "the demonstration's people file")
    try:
        read, _ = people.examine(text_of(file, str(file)), str(file))
    except Unreadable:
        return None
    return (set(read.bodies), called) if read else None


def _homeless(found: Definition, file: str, bodies: set[str], called: Sentence) -> list[Finding]:
    """Where the definition names a body that the people file does not have."""
    from arende import soundness

    if found.case_type is None:
        return []
    return soundness.unknown_bodies(found.case_type, bodies, lines=found.lines, file=file, people=called)


def _compared(found: Definition, file: str, older: Path) -> list[Finding]:
    """What is wrong with the version, compared with the older edition of the same key."""
    from arende import definitions, soundness

    now = found.case_type
    for _, old in definitions.examine([older], parts=_parts()):
        if now is not None and old.case_type is not None and old.case_type.key == now.key:
            return soundness.compare(old.case_type, now, lines=found.lines, file=file)
    return []


def _data(f: Finding) -> dict[str, Any]:
    return {
        "code": f.code,
        "level": f.level,
        "file": f.file,
        "line": f.line,
        "sentence": f.sentence.in_(OPTIONS.lang),
        "path": list(f.path),
        "suggestion": f.suggestion.in_(OPTIONS.lang) if f.suggestion else None,
    }


def _line(f: Finding) -> str:
    level = say("fel", "error") if f.level == "error" else say("varning", "warning")
    suggestion = f" ({f.suggestion.in_(OPTIONS.lang)})" if f.suggestion else ""
    return f"{f.file}:{f.line}: {level} {f.code}: {f.sentence.in_(OPTIONS.lang)}{suggestion}"


def _report(count: int, findings: list[Finding]) -> str:
    errors = sum(f.level == "error" for f in findings)
    warnings = len(findings) - errors
    if count == 0:
        return _none()
    files = len({f.file for f in findings if f.level == "error"})
    if errors:
        last = say(
            f"{files} av {count} definitioner håller inte: {errors} fel, {warnings} varningar.",
            f"{files} of {count} definitions are not sound: {errors} errors, {warnings} warnings.",
        )
    else:
        many = say("definition håller" if count == 1 else "definitioner håller", "sound")
        last = f"{count} {many}" + (f", {warnings} {say('varningar', 'warnings')}." if warnings else ".")
    return "\n".join([*(_line(f) for f in findings), last])


def _none() -> str:
    return say("Det finns inga definitioner här.", "There are no definitions here.")
