"""``arende templates``: the words that leave the house – which there are, whether they hold, what they look like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arende.cli.shared import OPTIONS, say, show

if TYPE_CHECKING:
    from arende.templatecheck import Fault, Templating

app = typer.Typer(help="Mallarna: mejl och brev. The templates: mails and letters.", no_args_is_help=True)


@app.command(name="list")
def list_() -> None:
    """Mallarna som finns, och vilka som är hemmappens egna. The templates there are, and which are the home's own."""
    rows = [row._asdict() for row in _templating().listed(OPTIONS.lang)]
    show(rows, lambda: "\n".join(map(_line, rows)))


def _line(row: dict[str, Any]) -> str:
    kind = say("brev", "letter") if row["kind"] == "letter" else say("mejl", "mail")
    place = say("egen", "own") if row["own"] else say("medföljer", "shipped")
    title = row["title"] or say(
        "kan inte skrivas, se arende templates check", "cannot be written, see arende templates check"
    )
    return f"{row['name']:<22} {kind:<6}  {place:<9}  {title}"


@app.command()
def check() -> int:
    """Skriv och sätt alla mallar med påhittade uppgifter; slutar med 1 vid fel. Write and typeset every template."""
    found = _templating()
    faults = list(found.faults())
    data = [{"name": f.name, "kind": f.kind, "sentence": f.sentence.in_(OPTIONS.lang)} for f in faults]
    show(data, lambda: _report(found.count(), faults))
    return 1 if faults else 0


@app.command()
def preview(
    name: Annotated[str, typer.Argument(help="Mall: brev eller mejl. Template: letter or mail.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Fil: .pdf, .png eller .docx för ett brev, .html eller .txt för ett mejl; annars NAME.pdf, NAME.html. "
            "File: .pdf, .png or .docx of a letter, .html or .txt of a mail."
        ),
    ] = None,
    mail: Annotated[
        bool,
        typer.Option("--mail", help="Mejlet, där ett brev heter likadant. The mail, where a letter has the same name."),
    ] = False,
) -> None:
    """Ett brev eller mejl med påhittade uppgifter, som det blir. A letter or mail with invented data, as it will be."""
    templating = _templating()
    if mail or not templating.has_letter(name):
        _show_mail(templating, name, out or Path(f"{name}.html"))
        return
    file = out or Path(f"{name}.pdf")
    files = [file]
    if file.suffix == ".png":
        pages = templating.pictures(name)
        files = [file if n == 1 else file.with_stem(f"{file.stem}-{n}") for n in range(1, len(pages) + 1)]
    else:
        pages = [templating.docx(name) if file.suffix == ".docx" else templating.pdf(name)]
    for place, page in zip(files, pages, strict=True):
        _write(place, page)
    show({"name": name, "files": [str(f) for f in files]}, lambda: "\n".join(map(str, files)))


def _show_mail(templating: Templating, name: str, file: Path) -> None:
    written = templating.mail(name, OPTIONS.lang)
    text = f"{written.subject}\n\n{written.text}" if file.suffix == ".txt" else written.html
    _write(file, text.encode())
    show({"name": name, "subject": written.subject, "files": [str(file)]}, lambda: f"{written.subject}\n{file}")


def _write(file: Path, data: bytes) -> None:
    from arende.errors import Sentence, Unavailable

    try:
        file.write_bytes(data)
    except OSError as e:
        raise Unavailable(
            Sentence(
                f"{file} går inte att skriva ({e.strerror}). Välj en annan fil med --out.",
                f"{file} cannot be written ({e.strerror}). Choose another file with --out.",
            )
        ) from None


def _templating() -> Templating:
    from arende import definitions, home
    from arende.settings import read_settings
    from arende.templatecheck import Templating

    settings = read_settings()
    types, _ = definitions.load_folder(home.state_files(settings), parts=home.part_folders(settings))
    return Templating(home.template_folders(settings), types.values())


def _report(count: int, faults: list[Fault]) -> str:
    lines = [f.sentence.in_(OPTIONS.lang) for f in faults]
    what = say(f"{count} mallar, {len(faults)} fel.", f"{count} templates, {len(faults)} faults.")
    return "\n".join([*lines, what])
