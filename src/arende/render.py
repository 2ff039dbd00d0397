"""Words that leave the house: mail templates made into subject, text and HTML.

A template lies in ``mail/<name>/<language>/`` as ``subject.txt.j2``, ``body.txt.j2`` and ``body.html.j2``. The home's
folder comes before the shipped one; an override may build on what it replaces by ``{% extends "shipped:mail/…" %}``.
With a home, everything runs in Jinja's sandbox. Undefined values are strict: one that is missing refuses the step with
a sentence, so that no half-written mail can leave. Templates are compiled once; a changed file counts from the next
start.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    nodes,
    select_autoescape,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from arende import mailwords, phrases
from arende.comparison import Passage, marked
from arende.digestwords import Digest
from arende.errors import Refused, Sentence
from arende.mailwords import MailContext

SUBJECT, TEXT, HTML = PARTS = ("subject.txt.j2", "body.txt.j2", "body.html.j2")
WIDTH = 72
"""Columns of the plain text; a long address is never broken."""
SUBJECT_LENGTH = 200
"""Characters of a subject line; longer titles end in an ellipsis."""
SECRET = "secrecy"  # noqa: S105 – the name of a template
"""The template that takes the place of every other one when the case is marked as secret."""

_NOT_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters and marks that turn the direction of writing: taken out of every mail."""
_BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_BULLET = re.compile(r"\s*(?:[-•–>*]|\d+[.)])?\s*")
_EXPRESSION = re.compile(r"\{\{-?\s*(.+?)\s*(?:\|[^}]*)?-?\}\}")


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


def _cell(text: str) -> str:
    """Text of others in a cell of a Markdown table: on one line, and nothing in it is markup."""
    line = " ".join(str(text).split())
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", line)


class Words:
    """The templates of an installation: ``template_folders`` with the home's first and the shipped one last."""

    def __init__(self, template_folders: Sequence[Path]) -> None:
        loaders = [FileSystemLoader(folder) for folder in template_folders]
        shipped: list[BaseLoader] = [PrefixLoader({"shipped": loaders[-1]}, delimiter=":")] if loaders else []
        environment = Environment if len(loaders) == 1 else ImmutableSandboxedEnvironment
        self._env = environment(
            loader=ChoiceLoader([*loaders, *shipped]),
            undefined=StrictUndefined,
            autoescape=select_autoescape(enabled_extensions=("html", "html.j2"), default=False),
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            finalize=_present,
        )
        self._env.filters["quoted"] = quoted
        self._env.filters["marked"] = _marked
        self._env.filters["cell"] = _cell
        self._folders = tuple(template_folders)
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
                written.append(_NOT_SHOWN.sub("", template.render(values)))
            except (TemplateError, TypeError) as e:
                raise self._refusal(path, e) from e
            if len(written) == 1:
                values["subject"] = written[0] = one_line(written[0])
        subject, text, html = written
        return Mail(subject, wrapped(text), undecided(html).strip() + "\n", compiled.sha256)

    def page(self, name: str, values: Mapping[str, Any], kind: Literal["md", "html"] = "md") -> str:
        """Write a page that goes on a record, from ``pages/<name>.<kind>.j2``. Raises Refused as ``mail`` does."""
        path = f"pages/{name}.{kind}.j2"
        try:
            text = self._env.get_template(path).render(values)
        except (TemplateError, TypeError) as e:
            raise self._refusal(path, e) from e
        return _BLANK_LINES.sub("\n\n", _NOT_SHOWN.sub("", text)).strip() + "\n"

    def names(self) -> set[str]:
        """Every mail there is words for (in Swedish, which is required)."""
        found = (p for folder in self._folders for p in (folder / "mail").glob(f"*/sv/{SUBJECT}"))
        return {p.parent.parent.name for p in found}

    def fields_read(self, name: str) -> set[str]:
        """The fields of the case that the mail reads by name, as ``case.fields.ministry_ref``."""
        found: set[str] = set()
        for language in ("sv", "en"):
            if language == "sv" or self._has(name, language):
                for part in PARTS:
                    for path in self._with_ancestors(f"mail/{name}/{language}/{part}"):
                        found |= _fields_in(self._parse(path))
        return found

    def variables_read(self, name: str, language: str = "sv") -> set[str]:
        """The variables that the mail's templates, with everything they build on, take from their context."""
        trees = [self._parse(p) for part in PARTS for p in self._with_ancestors(f"mail/{name}/{language}/{part}")]
        imported = {node.target for tree in trees for node in tree.find_all(nodes.Import)}
        read = (meta.find_undeclared_variables(t) - {macro.name for macro in t.find_all(nodes.Macro)} for t in trees)
        return set().union(*read) - imported - {"caller"}

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
        digest = hashlib.sha256()
        for used_path in dict.fromkeys(p for path in paths for p in self._with_ancestors(path)):
            digest.update(f"{used_path}\0{self._source(used_path)}\0".encode())
        return _Compiled(tuple((p, self._template(p)) for p in paths), digest.hexdigest(), used)

    def _has(self, name: str, language: str) -> bool:
        return any((folder / "mail" / name / language / SUBJECT).is_file() for folder in self._folders)

    def _template(self, path: str) -> Template:
        try:
            return self._env.get_template(path)
        except TemplateError as e:
            raise self._refusal(path, e) from e

    def _source(self, path: str) -> str:
        try:
            return self._env.loader.get_source(self._env, path)[0] if self._env.loader else ""
        except TemplateNotFound as e:
            raise self._refusal(path, e) from e

    def _parse(self, path: str) -> nodes.Template:
        try:
            return self._env.parse(self._source(path), path)
        except TemplateSyntaxError as e:
            raise self._refusal(path, e) from e

    def _with_ancestors(self, path: str) -> Iterator[str]:
        """The template and everything it extends, includes or imports."""
        waiting, seen = [path], set()
        while waiting:
            here = waiting.pop(0)
            if here not in seen:
                seen.add(here)
                yield here
                waiting += [p for p in meta.find_referenced_templates(self._parse(here)) if p]

    # ------------------------------------------------------------ refusing

    def _refusal(self, path: str, error: Exception) -> Refused:
        if isinstance(error, TemplateNotFound):
            missing = error.name or path
            return _refused(path, f"mallen {missing} finns inte", f"there is no template {missing}")
        if isinstance(error, TemplateSyntaxError):
            place = f"{error.name or path}, rad {error.lineno}"
            return _refused(path, f"mallen är felskriven ({place})", f"the template is malformed ({place})")
        what = self._expression_at(error) or _named(error)
        if isinstance(error, SecurityError):
            return _refused(path, f"mallen gör något otillåtet: {what}", f"the template does what it may not: {what}")
        return _refused(path, f"värdet ”{what}” saknas", f'the value "{what}" is missing')

    def _expression_at(self, error: Exception) -> str | None:
        """The ``{{ … }}`` of the template line where the error arose."""
        trace, place = error.__traceback__, None
        while trace is not None:
            if trace.tb_frame.f_code.co_filename.endswith(".j2"):
                place = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
            trace = trace.tb_next
        if place is None:
            return None
        lines = Path(place[0]).read_text(encoding="utf-8").splitlines()
        found = _EXPRESSION.findall(lines[place[1] - 1]) if place[1] <= len(lines) else []
        return ", ".join(found) if found else None


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
    for word in line[len(head) :].split():
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


def _present(value: Any) -> Any:
    """Every value that is printed: None would leave an empty place in an official mail."""
    if value is None:
        raise UndefinedError("None")
    return value


def _vocabulary(context: MailContext | Digest, language: str) -> Mapping[str, Any]:
    """The fixed words that belong to the occasion: those of the act, or the stances a party may take."""
    if isinstance(context, mailwords.ApprovalAsked | mailwords.ReplyHeld):
        others = tuple(phrases.answer_words(context.act, answer, language) for answer in context.answers)
        begins = phrases.reply_words(context.answers, language)
        return {"words": phrases.ACTS[context.act][language], "others": others, "reply_words": begins}
    if isinstance(context, mailwords.ApprovalSettled | mailwords.ApprovalStoodIn | mailwords.ReplyReceipt):
        return {"words": phrases.ACTS[context.act][language]}
    if isinstance(context, mailwords.Referral | mailwords.ReferralReminder):
        return {"stances": phrases.stances(context.kind, language)}
    return {}


def _fields_in(tree: nodes.Template) -> set[str]:
    found = set()
    for node in tree.find_all(nodes.Getattr):
        if _is_case_fields(node.node):
            found.add(node.attr)
    for item in tree.find_all(nodes.Getitem):
        if _is_case_fields(item.node) and isinstance(item.arg, nodes.Const):
            found.add(str(item.arg.value))
    return found


def _is_case_fields(node: nodes.Node) -> bool:
    if not isinstance(node, nodes.Getattr) or node.attr != "fields":
        return False
    return isinstance(node.node, nodes.Name) and node.node.name == "case"


def _named(error: Exception) -> str:
    words = re.findall(r"'([^']+)'", str(error))
    return words[-1] if words else str(error)


def _refused(path: str, sv: str, en: str) -> Refused:
    return Refused(
        Sentence(
            f"Mejlet kan inte skrivas, så steget är inte taget: {sv}. Mall: {path}. Be administratören rätta mallen.",
            f"The mail cannot be written, so the step is not taken: {en}. Template: {path}. "
            "Ask the administrator to mend the template.",
        )
    )
