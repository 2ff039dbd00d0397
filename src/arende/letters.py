"""Letters: templates in Markdown made into pages that can be typeset or opened in a word processor.

A template lies in ``letters/<name>.md.j2``. What it writes is Markdown; the first heading is the letter's title, and
each further heading of the first level begins a page of its own (an instruction on appeal, an appendix). Around the
text stands the letterhead, which the use case fills; a template may say otherwise by ``{% set kind = "Skrivelse" %}``.
Every value is escaped, so nobody's words become structure; only text that a case type declares as Markdown keeps it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Template, pass_context
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from arende import markdown
from arende.casewords import low
from arende.errors import Refused, Sentence
from arende.markdown import Block, Changed, Prose
from arende.templating import BROKEN, NOT_SHOWN, Templates, present

FORMAT = "arende-letter/1"
LONGEST_WORD = 10_000
"""Characters without a space; breaking longer ones into lines takes minutes."""
COLUMNS, COLUMNS_WIDE = 14, 18
"""Columns of a table that can be read on standing paper, and on paper that lies."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands around the text of a letter. Words already; ``day`` is the day of the document."""

    authority: str
    day: date
    register_no: str
    kind: str = ""
    """What it is: "Skrivelse", "Protokoll"."""
    unit: str = ""
    """Below the authority's name: the body or the unit that it comes from."""
    recipients: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    """Label and value, after the date and the diary number."""
    sender: str = ""
    """Above the signatures: who says this."""
    signatures: tuple[tuple[str, str, str], ...] = ()
    """Name, title, and how and when it was signed; nothing there leaves room for a pen."""
    contact: str = ""
    enclosures: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    """Who else gets it."""
    foot: tuple[str, ...] = ()
    """At the foot of the page: the authority's number, address, site."""
    mark: str = ""
    """Across the top: "Utkast", where it is no more than that."""
    wide: bool = False
    """On paper that lies: for a table of many columns."""


SETTINGS = ("kind", "unit", "recipients", "facts", "sender", "signatures", "contact", "enclosures", "copies", "mark",
            "wide")  # fmt: skip
"""What a template may say of its letterhead by ``set``."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that is written: letterhead, title, text, and the data that it was made from."""

    name: str
    title: str
    head: Head
    blocks: list[Block]
    parts: list[tuple[str, list[Block]]]
    """What follows on pages of their own: title and text."""
    template_sha256: str
    language: str = "sv"
    data: Mapping[str, Any] = field(default_factory=dict)

    def json(self) -> str:
        """The letter as JSON: what is typeset, and what is kept beside the document to write it anew."""
        return json.dumps({"format": FORMAT, **_fields(self)}, ensure_ascii=False, sort_keys=True, default=_told)

    @classmethod
    def from_json(cls, text: str) -> Letter:
        """Read back what ``json`` wrote."""
        found = json.loads(text)
        found.pop("format")
        head: dict[str, Any] = {k: _tuple(v) for k, v in found.pop("head").items()}
        return cls(**found, head=Head(**{**head, "day": date.fromisoformat(head["day"])}))

    def plain(self) -> str:
        """The words of the letter: what two versions are compared by."""
        whole = [self.title, markdown.plain(self.blocks)]
        return "\n".join([*whole, *(line for title, text in self.parts for line in (title, markdown.plain(text)))])


class Letters(Templates):
    """The letter templates of an installation: ``folders`` with the home's first and the shipped one last."""

    subject = Sentence("Handlingen", "The document")

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(folders, True, _printed)
        self._env.filters.update(paragraphs=_paragraphs, kronor=_kronor, low=low)
        self._env.filters.pop("safe")  # nobody's words become structure by a word in a template
        self._known: dict[str, tuple[Template, str]] = {}
        self._lock = threading.Lock()

    def names(self) -> set[str]:
        """Every letter there is a template for."""
        found = (p.name for folder in self._folders for p in (folder / "letters").glob("*.md.j2"))
        return {name.removesuffix(".md.j2") for name in found if not name.startswith("_")}

    def file(self, name: str) -> Path | None:
        """Where the template lies that counts: the home's, or the shipped one."""
        return next((f for folder in self._folders if (f := folder / _path(name)).is_file()), None)

    def is_own(self, name: str) -> bool:
        """Whether the template is the home's own."""
        return len(self._folders) > 1 and self.file(name) != self._folders[-1] / _path(name)

    def fields_read(self, name: str) -> set[str]:
        """The fields of the case that the letter reads by name, as ``case.fields.ministry``."""
        return self._fields([_path(name)])

    def variables_read(self, name: str) -> set[str]:
        """The variables that the template, with everything it builds on, takes from its context."""
        return self._variables([_path(name)]) - set(SETTINGS)

    def write(self, name: str, head: Head, values: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> Letter:
        """Write one letter. Raises Refused with a sentence that names the template, its line and what is missing."""
        path = _path(name)
        template, sha256 = self._compiled(path)
        try:
            text, said = self._render(template, {**values, "head": head})
        except BROKEN as e:
            raise self._refusal(path, e) from e
        try:
            found = markdown.blocks(NOT_SHOWN.sub("", text))
        except markdown.Unfit as e:
            raise self._refused(path, e.sv, e.en) from e
        if not found or (found[0]["t"], found[0].get("l")) != ("h", 1):
            raise self._refused(path, "den börjar inte med en rubrik (# …)", "it does not begin with a heading (# …)")
        (title, blocks), *parts = _parts(found)
        try:
            headed = _headed(head, said)
        except (TypeError, ValueError) as e:
            raise self._refused(path, f"brevhuvudet är felskrivet ({e})", f"the letterhead is malformed ({e})") from e
        _readable(found, headed.wide)
        return Letter(name, title, headed, blocks, parts, sha256, data=data or {})

    def _compiled(self, path: str) -> tuple[Template, str]:
        known = self._known.get(path)
        if known is None:
            with self._lock:
                known = self._known[path] = (self._template(path), self._sha256([path]))
        return known

    def _render(self, template: Template, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The Markdown, and what the template set of the letterhead."""
        context = template.new_context(dict(values))
        module = TemplateModule(template, context, self._written(template, context))
        said = {name: getattr(module, name) for name in SETTINGS if hasattr(module, name)}
        return str(module), said


def _fields(of: Any) -> dict[str, Any]:
    """The fields of a dataclass as they stand: dataclasses.asdict would copy every word of a letter first."""
    return {f.name: getattr(of, f.name) for f in fields(of)}


def _told(value: Any) -> Any:
    """What JSON has no word for."""
    return _fields(value) if is_dataclass(value) else str(value)


def _path(name: str) -> str:
    return f"letters/{name}.md.j2"


@pass_context
def _printed(_: Context, value: Any) -> Markup:
    """Every value that is printed: as it stands if the template made it, else as words and nothing more."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Prose | Changed):
        return Markup(value.mark())  # noqa: S704 – hexadecimal between two marks
    return Markup(markdown.escape(present(value)))  # noqa: S704 – Markdown, escaped as such


def _paragraphs(text: str) -> Markup:
    """Plain text with its own lines and paragraphs, and nothing else of it structure; running text as it is."""
    if isinstance(text, Prose):
        return Markup(text.mark())  # noqa: S704 – hexadecimal between two marks
    whole = re.split(r"\n[ \t]*\n", str(present(text)).strip())
    parts = ("\\\n".join(e for line in part.splitlines() if (e := markdown.escape(line))) for part in whole)
    return Markup("\n\n".join(p for p in parts if p))  # noqa: S704 – Markdown, each line escaped as such


def _kronor(amount: str) -> str:
    """An amount as people read it: "125 000 kr"."""
    from babel.numbers import format_decimal

    found = Decimal(str(present(amount)).replace(",", ".").replace("\xa0", "").replace(" ", ""))
    return f"{format_decimal(found, '#,##0.##' if found % 1 == 0 else '#,##0.00', locale='sv')}\xa0kr"


def _parts(found: Iterable[Block]) -> list[tuple[str, list[Block]]]:
    """The text cut at its headings of the first level: title and what follows."""
    parts: list[tuple[str, list[Block]]] = []
    for b in found:
        if b["t"] == "h" and b["l"] == 1:
            parts.append((markdown.words(b["x"]), []))
        else:
            parts[-1][1].append(b)
    return parts


def _readable(found: Iterable[Block], wide: bool) -> None:
    """Raises Refused for what no page can show so that it can be read."""
    most = COLUMNS_WIDE if wide else COLUMNS
    for b in markdown.every(found):
        if b["t"] == "table" and len(b["head"]) > most:
            n, first = len(b["head"]), markdown.words(b["head"][0])
            raise Refused(
                Sentence(
                    f"Tabellen som börjar med ”{first[:60]}” har {n} kolumner. I handlingen ryms {most}, så steget är "
                    "inte taget. Dela tabellen, eller bifoga den som en fil.",
                    f'The table that begins with "{first[:60]}" has {n} columns. The document has room for {most}, so '
                    "the step is not taken. Divide the table, or attach it as a file.",
                )
            )
        longest = max(markdown.plain([b]).split(), key=len, default="")
        if len(longest) > LONGEST_WORD:
            raise Refused(
                Sentence(
                    f"Ett ord är {len(longest)} tecken långt: det börjar ”{longest[:30]}”. I handlingen ryms ord på "
                    "högst 10 000 tecken, så steget är inte taget. Dela ordet, eller bifoga texten som en fil.",
                    f'A word has {len(longest)} characters: it begins "{longest[:30]}". The document has room for '
                    "words of at most 10,000 characters, so the step is not taken. Divide the word, or attach the "
                    "text as a file.",
                )
            )


def _headed(head: Head, said: Mapping[str, Any]) -> Head:
    """The letterhead with what the template says of it."""
    kept = {f: getattr(head, f) for f in Head.__slots__}
    words = {k: _of_kind(v, v) for k, v in kept.items() if k in SETTINGS}
    more = {"authority": _line(head.authority), "register_no": _line(head.register_no), "foot": _of_kind((), head.foot)}
    return Head(**{**kept, **words, **more, **{k: _of_kind(kept[k], v) for k, v in said.items()}})


def _of_kind(like: Any, value: Any) -> Any:
    """A value that a template set, as plain words of the kind that the letterhead holds."""
    if isinstance(like, bool):
        return bool(value)
    if isinstance(like, tuple):
        values = [value] if isinstance(value, str) else list(value or ())
        return tuple(tuple(map(_line, v)) if isinstance(v, list | tuple) else _line(v) for v in values)
    return _line(value or "")


def _line(value: object) -> str:
    return " ".join(NOT_SHOWN.sub("", str(value)).split())


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value
