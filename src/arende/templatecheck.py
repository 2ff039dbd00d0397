"""Templates without a case: which there are, whether each can be written, what each looks like with invented data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, NamedTuple

from arende import lettersamples, mailsamples, mailwords
from arende.casetypes import CaseType, FieldDef
from arende.casewords import capital
from arende.errors import ArendeError, NotFound, Sentence, did_you_mean
from arende.letters import Letter, Letters
from arende.markdown import Prose
from arende.render import Mail, Words
from arende.typesetting import Press

LANGUAGES = ("sv", "en")
OF_ALL_MAILS = ("lang", "subject", "words", "others", "reply_words", "stances")
"""What every mail's template has besides its context."""


class Listed(NamedTuple):
    """One template: a mail or a letter, whether the home's own counts, and what its reader sees it called.

    ``title`` is the kind of a letter, or a mail's subject with invented data; empty where it cannot be written.
    """

    name: str
    kind: Literal["mail", "letter"]
    own: bool
    title: str


class Fault(NamedTuple):
    """What is wrong with a template, in a sentence that names the file and the line."""

    name: str
    kind: Literal["mail", "letter"]
    sentence: Sentence


class Templating:
    """The templates of an installation and the fields of its case types, which letters may name."""

    def __init__(self, folders: Sequence[Path], types: Iterable[CaseType]) -> None:
        self._folders = tuple(folders)
        self._words, self._letters, self._press = Words(folders), Letters(folders), Press(folders)
        self._fields = {k: _sample(k, f) for t in types for k, f in t.fields.items()}

    def listed(self, language: str = "sv") -> list[Listed]:
        """Every template, letters first, in order of name; subjects of mails in ``language``."""
        letters = [Listed(n, "letter", self._letters.is_own(n), self._kind(n)) for n in sorted(self._letters.names())]
        mails = sorted(self._words.names())
        return letters + [Listed(n, "mail", self._is_own_mail(n), self._subject(n, language)) for n in mails]

    def count(self) -> int:
        """How many templates there are."""
        return len(self._letters.names()) + len(self._words.names())

    def _kind(self, name: str) -> str:
        try:
            return self.letter(name).head.kind
        except ArendeError:
            return ""

    def _subject(self, name: str, language: str) -> str:
        try:
            return self.mail(name, language).subject
        except ArendeError:
            return ""

    def _is_own_mail(self, name: str) -> bool:
        return any((folder / "mail" / name).is_dir() for folder in self._folders[:-1])

    def faults(self) -> Iterator[Fault]:
        """Everything that cannot be written: letters are typeset, mails held against what they know and written."""
        for name in sorted(self._letters.names()):
            try:
                self._press.pdf(self.letter(name))
            except ArendeError as e:
                yield from (Fault(name, "letter", s) for s in e.sentences)
        for name in sorted(self._words.names()):
            try:
                unknown = self._unknown_to(name)
                for language in LANGUAGES if not unknown else ():
                    self.mail(name, language)
            except ArendeError as e:
                yield from (Fault(name, "mail", s) for s in e.sentences)
            else:
                yield from (Fault(name, "mail", s) for s in unknown)

    def _unknown_to(self, name: str) -> list[Sentence]:
        context = mailwords.OCCASIONS.get(name, mailwords.StepMail)
        known = {f.name for f in fields(context)} | set(OF_ALL_MAILS)
        found = []
        for language in LANGUAGES:
            for variable in sorted(self._words.variables_read(name, language) - known):
                near = did_you_mean(variable, sorted(known))
                sv, en = (f" {capital(near).sv}", f" {capital(near).en}") if near else ("", "")
                found.append(
                    Sentence(
                        f"Mejlet {name} ({language}) läser {variable}, som det inte får veta.{sv}",
                        f"The mail {name} ({language}) reads {variable}, which it is not told.{en}",
                    )
                )
        return found

    def has_letter(self, name: str) -> bool:
        """Whether there is a letter of the name: mails and letters may be called the same."""
        return name in self._letters.names()

    def mail(self, name: str, language: str = "sv") -> Mail:
        """A mail with invented data. Raises NotFound, or Refused with what is missing."""
        _known(name, self._words.names(), Sentence("mejlmall", "mail template"))
        return self._words.mail(name, mailsamples.of(name, self._fields, language), language)

    def letter(self, name: str) -> Letter:
        """A letter with invented data. Raises NotFound, or Refused with what is missing."""
        _known(name, self._letters.names(), Sentence("brevmall", "letter template"))
        head, values = lettersamples.of(name, self._fields)
        return self._letters.write(name, head, values, {"sample": True})

    def pdf(self, name: str) -> bytes:
        """The letter as PDF."""
        return self._press.pdf(self.letter(name))

    def docx(self, name: str) -> bytes:
        """The letter as a word processor's file. Raises Unavailable where python-docx is not installed."""
        from arende.wordfile import docx

        return docx(self.letter(name))

    def pictures(self, name: str) -> list[bytes]:
        """Its pages as PNG."""
        return self._press.pictures(self.letter(name))


def _known(name: str, names: set[str], kind: Sentence) -> None:
    if name in names:
        return
    near, listed = did_you_mean(name, sorted(names)), ", ".join(sorted(names))
    raise NotFound(
        Sentence(
            f"Det finns ingen {kind.sv} {name}. {capital(near).sv if near else f'De som finns: {listed}.'}",
            f"There is no {kind.en} {name}. {capital(near).en if near else f'There are: {listed}.'}",
        )
    )


def _sample(key: str, field: FieldDef) -> Any:
    title = field.title.sv if field.title else key.replace("_", " ")
    if field.choices:
        return next(iter(field.choices.values())).sv
    found: Mapping[str, Any] = {
        "markdown": Prose(f"Exempel på {title}.\n\n- en punkt\n- en punkt till"),
        "date": "9 december 2026",
        "integer": "3",
        "decimal": "125000",
        "boolean": "ja",
        "party": "Exempelby kommun",
        "parties": "Exempelby kommun, Ekby kommun",
        "body": "Regionstyrelsen",
    }
    return found.get(field.type, f"Exempel på {title}")
