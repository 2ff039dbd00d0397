"""V17: the version number fits what has changed since the definition that is stored.

Patch: texts, templates and added optional things; open cases move without a plan. Minor: what a case can stand on
has changed (states, steps, fields, deadlines), so open cases need a plan. Major: open cases never move.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

from arende.casetypes import CaseType, Finding
from arende.soundness.subject import Subject, words
from arende.yamlfile import Lines

Change = Literal["none", "patch", "minor"]

_WORDS = frozenset({"title", "help", "description", "mail", "template", "proposal", "next", "valid_from", "version"})
"""Keys that hold words or name words: changing them changes no rule."""


def compare(old: CaseType, new: CaseType, *, lines: Lines | None = None, file: str = "") -> list[Finding]:
    """What is wrong with the version of ``new``, given that ``old`` is stored and has cases."""
    s, change, changed = Subject(new, lines or Lines(), file), *classify(old, new)
    before, after = _numbers(old.version), _numbers(new.version)
    where = words(changed[:3]) + (" …" if len(changed) > 3 else "")
    if change == "none" and before == after:
        return []
    if after < before:
        return [
            _said(s, f"Versionen har gått bakåt, från {old.version}.", f"The version went back from {old.version}.")
        ]
    needed = _needed(before, change)
    if after >= needed:
        return []
    shown = ".".join(map(str, needed))
    if after == before:
        return [
            _said(
                s,
                f"Innehållet har ändrats ({where}) men versionen är fortfarande {old.version}. Höj den till {shown}.",
                f"The content has changed ({where}) but the version is still {old.version}. Raise it to {shown}.",
            )
        ]
    return [
        _said(
            s,
            f"Ändringen ({where}) rör vad ett pågående ärende vilar på, så {new.version} räcker inte. Skriv {shown}, "
            "och en plan för de pågående ärendena.",
            f"The change ({where}) touches what open cases stand on, so {new.version} is too low. Write {shown}, "
            "and a plan for the open cases.",
        )
    ]


def classify(old: CaseType, new: CaseType) -> tuple[Change, list[str]]:
    """How large the difference is, and the places that differ."""
    a, b = json.loads(old.canonical()), json.loads(new.canonical())
    changed = sorted(set(_differences(a, b)) - {"version"})
    if not changed:
        return "none", []
    rules = sorted(set(_differences(_rules_of(a), _without_added_options(_rules_of(b), old, a))))
    return ("minor", rules) if rules else ("patch", changed)


def _needed(before: tuple[int, ...], change: Change) -> tuple[int, ...]:
    major, minor, patch = before
    return {"none": before, "patch": (major, minor, patch + 1), "minor": (major, minor + 1, 0)}[change]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in version.split("."))


def _said(s: Subject, sv: str, en: str) -> Finding:
    return s.found("V17", ("version",), sv, en)


def _rules_of(value: Any) -> Any:
    """The definition without its words."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in _WORDS or not _is_words(k, v)}
        return {k: True if k == "no_deadline" else _rules_of(v) for k, v in kept.items()}
    return [_rules_of(v) for v in value] if isinstance(value, list) else value


def _is_words(key: str, value: Any) -> bool:
    """Whether a value under a key of words is one; a state called ``help`` is not."""
    if isinstance(value, dict):
        return bool(value) and set(value) <= {"sv", "en"}
    return key not in ("title", "help", "description")


def _without_added_options(rules: dict[str, Any], old: CaseType, old_rules: dict[str, Any]) -> dict[str, Any]:
    """Leave out fields and documents that are new and that nothing demands."""
    fields = {k: f for k, f in rules.get("fields", {}).items() if k in old.fields or f.get("set_by")}
    documents = {k: d for k, d in rules.get("documents", {}).items() if k in old.documents or d.get("required")}
    kept = {**rules, "fields": fields, "documents": documents}
    return {k: v for k, v in kept.items() if v or k in old_rules}


def _differences(a: Any, b: Any, place: str = "") -> Iterator[str]:
    if isinstance(a, dict) and isinstance(b, dict):
        for key in {*a, *b}:
            yield from _differences(a.get(key), b.get(key), f"{place}.{key}" if place else key)
    elif a != b:
        yield place
