"""Whom a case waits for: those who have been asked, else the roles of its state."""

from __future__ import annotations

from collections.abc import Sequence

from arende.casetypes import CaseType
from arende.casewords import capital
from arende.errors import Sentence


def waits_for(rules: CaseType, state: str, officer: str | None, lang: str, asked: Sequence[str] = ()) -> list[str]:
    """Names of ``asked``, whose answer comes before any step; else roles by title, the case officer by name."""
    if asked:
        return list(dict.fromkeys(asked))
    roles = rules.states[state].waits_for if state in rules.states else ()
    named = [
        officer if role == "case_officer" and officer else rules.role_title(role, lang) for role in dict.fromkeys(roles)
    ]
    return [capital(Sentence(named[0], named[0])).sv, *named[1:]] if named else []
