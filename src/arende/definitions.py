"""Reading definitions: YAML text → ``CaseType``, or findings that tell what to change and on which line.

``read`` judges the form (rules V00, V01, V18 and what a value may be); whether the definition is *sound* is
``soundness.check``. ``load_folder`` does both for many files: one broken file never hides the good ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from arende import includes, soundness, wording
from arende.casetypes import CaseType, Finding, Scenario
from arende.errors import Sentence
from arende.yamlfile import Lines, Unreadable, parse, text_of

__all__ = ["Definition", "Lines", "examine", "load_folder", "open_file", "read", "read_with_lines", "sound"]

_PYTHON_NAMES = {"from_": "from", "return_": "return", "register_": "register"}
_SCENARIOS: TypeAdapter[tuple[Scenario, ...]] = TypeAdapter(tuple[Scenario, ...])


@dataclass(frozen=True, slots=True)
class Definition:
    """One file as read: the definition (None when its form is wrong), its lines, what was found."""

    case_type: CaseType | None
    lines: Lines
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        """Whether there is a definition and nothing found is an error."""
        return self.case_type is not None and all(f.level != "error" for f in self.findings)


def read(text: str, file: str) -> tuple[CaseType | None, list[Finding]]:
    """Read one definition. Its form is judged, not its soundness. Never raises for what the text says."""
    found = read_with_lines(text, file)
    return found.case_type, list(found.findings)


def read_with_lines(text: str, file: str, parts: Sequence[Path] = ()) -> Definition:
    """As ``read``, with the line of every place, for ``soundness.check``; ``parts`` are the folders of its parts."""
    try:
        parsed = includes.put_in(parse(text, file), file, parts)
    except Unreadable as e:
        return Definition(None, Lines(), (_unreadable(e),))
    if findings := list(_shape(parsed.data, parsed.lines, file)):
        return Definition(None, parsed.lines, tuple(findings))
    try:
        return Definition(CaseType.model_validate(parsed.data), parsed.lines, ())
    except ValidationError as e:
        return Definition(None, parsed.lines, tuple(wording.findings(e, CaseType, parsed.lines, file)))


def open_file(path: Path, name: str | None = None, parts: Sequence[Path] = ()) -> Definition:
    """Read a definition, its parts and the scenarios beside it (``<key>/scenarios/*.yaml``).

    Parts are looked for in the folder ``parts/`` beside the file first. ``name`` is what findings say.
    """
    file = name or str(path)
    try:
        found = read_with_lines(text_of(path, file), file, (path.parent / "parts", *parts))
    except Unreadable as e:
        return Definition(None, Lines(), (_unreadable(e),))
    if found.case_type is None:
        return found
    scenarios, findings = _scenarios(path.parent / found.case_type.key / "scenarios")
    whole = found.case_type.model_copy(update={"scenarios": (*found.case_type.scenarios, *scenarios)})
    return Definition(whole if scenarios else found.case_type, found.lines, (*found.findings, *findings))


def sound(
    found: Definition,
    file: str,
    template_names: set[str] | None = None,
    template_fields: Mapping[str, set[str]] | None = None,
) -> Definition:
    """The same definition with what ``soundness.check`` finds added."""
    if found.case_type is None:
        return found
    more = soundness.check(
        found.case_type,
        lines=found.lines,
        template_names=template_names,
        template_fields=template_fields,
        file=file,
    )
    return Definition(found.case_type, found.lines, (*found.findings, *more))


def load_folder(
    paths: Iterable[Path],
    template_names: set[str] | None = None,
    template_fields: Mapping[str, set[str]] | None = None,
    parts: Sequence[Path] = (),
) -> tuple[dict[str, CaseType], list[Finding]]:
    """Every usable definition by key, and everything found, in the order of the files.

    ``paths`` are files or folders. A later folder replaces a key of an earlier one (shipped first, home last); the
    same key twice in *one* folder is an error, and the first file stands. A definition with errors is left out.
    """
    types: dict[str, CaseType] = {}
    findings: list[Finding] = []
    for _, found in examine(paths, template_names, template_fields, parts):
        findings += found.findings
        if found.case_type is not None and found.usable:
            types[found.case_type.key] = found.case_type
    return types, findings


def examine(
    paths: Iterable[Path],
    template_names: set[str] | None = None,
    template_fields: Mapping[str, set[str]] | None = None,
    parts: Sequence[Path] = (),
) -> Iterator[tuple[str, Definition]]:
    """Every file (its name, and what was read and found), judged for soundness and for keys given twice."""
    seen: dict[tuple[Path, str], Path] = {}
    for path in files(paths):
        found = sound(open_file(path, parts=parts), str(path), template_names, template_fields)
        if found.case_type is not None:
            first = seen.setdefault((path.parent, found.case_type.key), path)
            if first != path:
                found = replace(found, findings=(*found.findings, _twice(found, path, first)))
        yield str(path), found


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The definition files meant by files and folders: in a folder, every ``*.yaml`` directly in it."""
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.yaml"))
        else:
            yield path


def _twice(found: Definition, path: Path, first: Path) -> Finding:
    key = found.case_type.key if found.case_type else ""
    return Finding(
        "V01", "error", str(path), found.lines.at(("key",)),
        Sentence(
            f"Nyckeln {key} finns redan i samma mapp, i {first.name}. Byt nyckel eller ta bort den ena filen.",
            f"The key {key} is already in this folder, in {first.name}. Change the key or remove one of the files.",
        ),
    )  # fmt: skip


def _unreadable(error: Unreadable) -> Finding:
    state_key = len(error.path) == 2 and error.path[0] == "states"
    return Finding("V01" if state_key else "V00", "error", error.file, error.line, error.bare)


def _shape(value: Any, lines: Lines, file: str) -> Iterator[Finding]:
    """What Pydantic would accept, or say badly: not a mapping at all, Python's names for YAML's keys."""
    if not isinstance(value, dict):
        yield Finding(
            "V00", "error", file, 1,
            Sentence(
                "Filen är ingen definition: den ska bestå av nycklar som key, version, states och transitions.",
                "The file is no definition: it should consist of keys such as key, version, states and transitions.",
            ),
        )  # fmt: skip
        return
    for path in lines.known:
        if path and (meant := _PYTHON_NAMES.get(str(path[-1]))):
            yield wording.unknown_key(file, lines.at(path), str(path[-1]), [meant])


def _scenarios(folder: Path) -> tuple[tuple[Scenario, ...], list[Finding]]:
    """The stories in a folder of scenarios; a broken one is a finding and hides nothing."""
    told: list[Scenario] = []
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            parsed = parse(text_of(path, str(path)), str(path))
        except Unreadable as e:
            findings.append(_unreadable(e))
            continue
        try:
            told += _SCENARIOS.validate_python(parsed.data if isinstance(parsed.data, list) else [parsed.data])
        except ValidationError as e:
            findings += wording.findings(e, tuple[Scenario, ...], parsed.lines, str(path))
    return tuple(told), findings
