"""``arende export``: the record of a case, for those who ask later, for the archive and for process mining."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arende.cli.shared import fail_use, open_app, progress, say, show

if TYPE_CHECKING:
    from arende.archive import Exported

Force = Annotated[
    bool, typer.Option("--force", help="Ställ undan det som finns i mappen. Set aside what the folder holds.")
]


def export(
    dnr: Annotated[str, typer.Argument(metavar="DNR", help="Diarienummer, t.ex. RS200982. Diary number.")],
    format_: Annotated[str, typer.Option("--format", metavar="erms|ocel|xes|json", help="Vilket format.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Mapp att skriva till; skapas. Folder to make.")],
    names: Annotated[bool, typer.Option("--names", help="Namn i stället för pseudonymer (ocel, xes).")] = False,
    secrecy: Annotated[bool, typer.Option("--secrecy", help="Exportera trots sekretess. Despite secrecy.")] = False,
    force: Force = False,
) -> None:
    """Exportera akten i ett ärende. Export the record of a case: erms, ocel, xes or json."""
    from arende import archive

    if format_ not in archive.FORMATS:
        listed = ", ".join(archive.FORMATS)
        fail_use(f"Formatet ”{format_}” finns inte. Välj: {listed}.", f'No format "{format_}". Choose: {listed}.')
    done = archive.export(open_app(), dnr, format_, out, names=names, secrecy=secrecy, force=force)
    for line in _notices(done):
        progress(line)
    show(done.data(), lambda: _told(done))


def _told(done: Exported) -> str:
    lines = [f"{f.sha256}  {f.path}" for f in done.files]
    n = len(done.files)
    last = say(f"{done.register_no}: {n} filer i {done.out}", f"{done.register_no}: {n} files in {done.out}")
    return "\n".join([*lines, last])


def _notices(done: Exported) -> list[str]:
    """What the reader of the export must know."""
    told = []
    if done.secrecy:
        told.append(
            say("Här finns sekretess: hantera filerna därefter.", "There is secrecy here: treat the files accordingly.")
        )
    if not done.closed:
        told.append(say("Ärendet är inte avslutat: det kan ändras.", "The case is not closed: it may still change."))
    if not done.chain_whole:
        told.append(
            say("Hashkedjan är bruten! Se arende audit verify.", "The hash chain is broken: arende audit verify.")
        )
    if done.format == "erms":
        told.append(_validation(done.validated))
    if done.set_aside:
        told.append(say(f"Det som fanns ligger nu i {done.set_aside}.", f"What was there is in {done.set_aside} now."))
    return told


def _validation(schema: str | None) -> str:
    if schema:
        return say(f"ERMS.xml är giltig enligt {schema}.", f"ERMS.xml is valid by {schema}.")
    return say(
        "ERMS.xml är inte kontrollerad mot något schema: ange ett med ARENDE_ERMS_XSD.",
        "ERMS.xml has not been held against a schema: name one with ARENDE_ERMS_XSD.",
    )
