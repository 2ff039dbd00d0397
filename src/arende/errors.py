"""What can go wrong, in sentences a person can act on.

ArendeError
├── NotFound      the thing named does not exist (or may not be seen)
├── Forbidden     this person may not do this
├── Refused       the rules or the facts do not allow it now
│   └── Reused    the id of a command has been used for another
├── Stale         somebody else changed the case in the meantime
├── Invalid       the request itself is malformed
├── Unsound       a case type definition is not accepted
└── Unavailable   database, disk or mail server cannot be used right now

No class knows about HTTP or exit codes: the edges translate.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arende.casetypes import Finding


class Sentence(NamedTuple):
    """One thing to tell a person, in Swedish and in English."""

    sv: str
    en: str

    def in_(self, language: str) -> str:
        """The sentence in ``language`` ("sv" or "en"); Swedish when in doubt."""
        return self.en if language == "en" else self.sv


def did_you_mean(word: str, known: Iterable[str]) -> Sentence | None:
    """The sentence "menade du deadline?", when a known word is near the one written."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return Sentence(f"menade du {near[0]}?", f"did you mean {near[0]}?") if near else None


class ArendeError(Exception):
    """Base of everything arende raises on purpose; carries one or more sentences."""

    def __init__(self, *sentences: Sentence) -> None:
        super().__init__(" ".join(s.sv for s in sentences))
        self.sentences: tuple[Sentence, ...] = sentences

    def told(self, language: str = "sv") -> list[str]:
        """Every sentence in the language asked for."""
        return [s.in_(language) for s in self.sentences]


class NotFound(ArendeError):
    """The thing named does not exist, or may not be seen by the one who asks."""


class Forbidden(ArendeError):
    """This person may not do this."""


class Lack(NamedTuple):
    """A value that a template is short of."""

    names: tuple[str, str]
    """What was missing, and the whole of what is written there."""
    place: Sentence
    """The template and its line."""


class Refused(ArendeError):
    """The rules or the facts do not allow it now; the sentences say why and what to do."""

    lack: Lack | None = None
    """What a template was short of, where that is why."""


class Reused(Refused):
    """The id of a command has been used for another command before."""


class Stale(ArendeError):
    """Somebody else changed the case after it was read."""


class Invalid(ArendeError):
    """The request is malformed: a missing field, a bad date, an impossible file."""


class Unavailable(ArendeError):
    """The database, the disk or another part of the machine cannot be used right now."""


class Unsound(ArendeError):
    """A case type definition is not accepted; ``findings`` say what to change and where."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(*(f.sentence for f in self.findings))
