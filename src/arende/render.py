"""Words that leave the house: mail templates made into subject, text and HTML.

A template lies in ``mail/<name>/<language>/`` as ``subject.txt.j2``, ``body.txt.j2`` and ``body.html.j2``. The home's
folder comes before the shipped one; an override may build on what it replaces by ``{% extends "shipped:mail/…" %}``.
With a home, everything runs in Jinja's sandbox. Undefined values are strict: one that is missing refuses the step with
a sentence, so that no half-written mail can leave. Templates are compiled once; a changed file counts from the next
start.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from jinja2 import Template, select_autoescape

from arende import mailwords, phrases
from arende.casewords import low
from arende.comparison import Passage, marked
from arende.digestwords import Digest
from arende.mailwords import MailContext
from arende.templating import BROKEN, NOT_SHOWN, Templates, present

SUBJECT, TEXT, HTML = PARTS = ("subject.txt.j2", "body.txt.j2", "body.html.j2")
WIDTH = 72
"""Columns of the plain text; a long address is never broken."""
SUBJECT_LENGTH = 200
"""Characters of a subject line; longer titles end in an ellipsis."""
SECRET = "secrecy"  # noqa: S105 – the name of a template
"""The template that takes the place of every other one when the case is marked as secret."""

_BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_TIE = "\ue000"
_UNPARTED = re.compile(r"(?<=\d) (?=§|kap\.|kr\b)|(?<=§) (?=\d)")
"""A number and the sign it belongs to stand on one line, as in the letters."""
_BULLET = re.compile(r"\s*(?:[-•–>*]|\d+[.)])?\s*")


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail, and the hash of the templates that made it."""

    subject: str
    text: str
    html: str
    template_sha256: str


@dataclass(frozen=True, slots=True)
class _Compiled:
    parts: tuple[tuple[str, Template], ...]
    sha256: str
    language: str


class Words(Templates):
    """The mail templates of an installation: ``template_folders`` with the home's first and the shipped one last."""

    def __init__(self, template_folders: Sequence[Path]) -> None:
        escaped = select_autoescape(enabled_extensions=("html", "html.j2"), default=False)
        super().__init__(template_folders, escaped, present)
        self._env.filters.update(quoted=quoted, low=low, capital=_capital)
        self._env.filters["marked"] = _marked
        self._known: dict[tuple[str, str], _Compiled] = {}
        self._lock = threading.Lock()

    def mail(self, name: str, context: MailContext | Digest, language: str = "sv") -> Mail:
        """Write one mail. Raises Refused with a sentence that names the template and the value that is missing.

        With ``context.case.secrecy`` only the diary number and the link are told, whatever the template says.
        """
        secret = isinstance(context, MailContext) and context.case.secrecy
        compiled = self._compiled(SECRET if secret else name, language)
        values = {f.name: getattr(context, f.name) for f in fields(context)}
        values |= _vocabulary(context, compiled.language)
        values["lang"] = compiled.language
        written: list[str] = []
        for path, template in compiled.parts:
            try:
                pieces = self._written(template, template.new_context(values))
                written.append(NOT_SHOWN.sub("", "".join(pieces)))
            except BROKEN as e:
                raise self._refusal(path, e) from e
            if len(written) == 1:
                values["subject"] = written[0] = one_line(written[0])
        subject, text, html = written
        return Mail(subject, wrapped(text), _UNPARTED.sub("\xa0", undecided(html)).strip() + "\n", compiled.sha256)

    def names(self) -> set[str]:
        """Every mail there is words for (in Swedish, which is required)."""
        found = (p for folder in self._folders for p in (folder / "mail").glob(f"*/sv/{SUBJECT}"))
        return {p.parent.parent.name for p in found}

    def fields_read(self, name: str) -> set[str]:
        """The fields of the case that the mail reads by name, as ``case.fields.ministry_ref``."""
        languages = [lang for lang in ("sv", "en") if lang == "sv" or self._has(name, lang)]
        return self._fields([f"mail/{name}/{lang}/{part}" for lang in languages for part in PARTS])

    def variables_read(self, name: str, language: str = "sv") -> set[str]:
        """The variables that the mail's templates, with everything they build on, take from their context."""
        return self._variables([f"mail/{name}/{language}/{part}" for part in PARTS])

    # ------------------------------------------------------------ compiling

    def _compiled(self, name: str, language: str) -> _Compiled:
        known = self._known.get((name, language))
        if known is None:
            with self._lock:
                known = self._known[(name, language)] = self._compile(name, language)
        return known

    def _compile(self, name: str, language: str) -> _Compiled:
        used = language if self._has(name, language) else "sv"
        paths = [f"mail/{name}/{used}/{part}" for part in PARTS]
        return _Compiled(tuple((p, self._template(p)) for p in paths), self._sha256(paths), used)

    def _has(self, name: str, language: str) -> bool:
        return any((folder / "mail" / name / language / SUBJECT).is_file() for folder in self._folders)


def one_line(text: str) -> str:
    """``text`` as one line of a mail header, cut at ``SUBJECT_LENGTH`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"


def wrapped(text: str) -> str:
    """Plain text in lines of ``WIDTH`` columns; list items hang, at most one blank line in a row."""
    text = _BLANK_LINES.sub("\n\n", text.strip())
    return "\n".join(part for line in text.split("\n") for part in _wrapped_line(line.rstrip())) + "\n"


def quoted(text: str) -> str:
    """What a person wrote, each line marked, so that it cannot pass for the mail's own words."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def undecided(html: str) -> str:
    """No block of the mail begins with a word that decides: a reply that quotes it must never be read as an answer."""
    return _BLOCK_BEGINS.sub(lambda m: m[1] + NOT_AN_ANSWER + m[2], html)


NOT_AN_ANSWER = "· "
"""Stands before a word that would decide if it came first in a reply."""
_BLOCK_BEGINS = re.compile(
    rf"(<(?:p|td|li|div|h1|br)\b[^>]*>\s*(?:<(?:strong|em|a|span|del|ins)\b[^>]*>\s*)*)({phrases.DECIDING.pattern})",
    re.IGNORECASE,
)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _marked(passage: Passage, language: str) -> str:
    return marked(passage, *(("removed", "new") if language == "en" else ("borttaget", "nytt")))


def _wrapped_line(line: str) -> Iterable[str]:
    if phrases.DECIDING.match(line.lstrip()):
        line = NOT_AN_ANSWER + line.lstrip()
    if len(line) <= WIDTH:
        return (line,)
    match = _BULLET.match(line)
    head = match.group() if match else ""
    indent = head if head.lstrip().startswith(">") else " " * len(head)
    lines, current, empty = [], head, True
    for word in _UNPARTED.sub(_TIE, line[len(head) :]).split():
        word = word.replace(_TIE, " ")
        if not empty and len(current) + 1 + len(word) > WIDTH:
            last = current.rpartition(" ")
            if phrases.DECIDING.match(word) and last[0].strip():  # the word before comes along
                lines.append(last[0])
                current, empty = indent + last[2], False
            else:
                lines.append(current)
                current, empty = indent, True
        current += word if empty else f" {word}"
        empty = False
    return [*lines, current]


def _vocabulary(context: MailContext | Digest, language: str) -> Mapping[str, Any]:
    """The fixed words that belong to the occasion: those of the act, or the stances a party may take."""
    if isinstance(context, mailwords.ApprovalAsked | mailwords.ReplyHeld):
        named = context.labels if isinstance(context, mailwords.ApprovalAsked) else {}
        others = tuple(named.get(a) or phrases.answer_words(context.act, a, language) for a in context.answers)
        words, begins = phrases.ACTS[context.act][language], phrases.reply_words(context.answers, language)
        words = replace(words, yes=named.get("approve", words.yes))
        return {"words": words, "others": others, "reply_words": begins}
    if isinstance(context, mailwords.ApprovalSettled | mailwords.ApprovalStoodIn | mailwords.ReplyReceipt):
        return {"words": phrases.ACTS[context.act][language]}
    if isinstance(context, mailwords.Referral | mailwords.ReferralReminder):
        return {"stances": phrases.stances(context.kind, language)}
    return {}
