"""Whether a well-formed definition can be lived with: rules V01–V19, judged without running anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from arende.casetypes import CaseType, Finding
from arende.soundness.subject import Subject
from arende.yamlfile import Lines

RULES: tuple[Callable[[Subject], Iterable[Finding]], ...] = ()


def check(
    ct: CaseType,
    *,
    lines: Lines | None = None,
    template_names: set[str] | None = None,
    template_fields: Mapping[str, set[str]] | None = None,
    file: str = "",
) -> list[Finding]:
    """Everything unsound in a definition, in the order of the file."""
    names = frozenset(template_names) if template_names is not None else None
    subject = Subject(ct, lines or Lines(), file, names, template_fields)
    findings = [found for rule in RULES for found in rule(subject)]
    return sorted(findings, key=lambda f: (f.line, f.code))
