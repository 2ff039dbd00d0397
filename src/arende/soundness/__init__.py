"""Whether a well-formed definition can be lived with: rules V01–V17 and V19, judged without running anything.

Each module here judges one thing: names, ways, conditions, waiting, groups, duties, values, stories, versions.
"""

from __future__ import annotations

from collections.abc import Mapping

from arende.casetypes import CaseType, Finding
from arende.soundness import conditions, duties, groups, names, stories, values, waiting, ways
from arende.soundness.bodies import unknown_bodies
from arende.soundness.subject import Subject
from arende.soundness.versions import compare
from arende.yamlfile import Lines

__all__ = ["check", "compare", "unknown_bodies"]

_RULES = (
    *ways.RULES, *conditions.RULES, *waiting.RULES, *groups.RULES, *duties.RULES, *values.RULES, *stories.RULES,
)  # fmt: skip


def check(
    ct: CaseType,
    *,
    lines: Lines | None = None,
    template_names: set[str] | None = None,
    template_fields: Mapping[str, set[str]] | None = None,
    file: str = "",
) -> list[Finding]:
    """Everything unsound in a definition, in the order of the file.

    Names are judged first; while some lead nowhere, the ways through the definition cannot be told, so the other
    rules wait. ``template_names`` None means that no template folder is known: templates are then not judged.
    """
    known = frozenset(template_names) if template_names is not None else None
    subject = Subject(ct, lines or Lines(), file, known, template_fields)
    findings = [found for rule in names.RULES for found in rule(subject)]
    if not findings:
        findings = [found for rule in _RULES for found in rule(subject)]
    return sorted(findings, key=lambda f: (f.line, f.code))
