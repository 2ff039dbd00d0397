"""Reading YAML that people write by hand: only what can be written without surprises, and every value with its line.

Read as YAML 1.2 would be, less what misleads: no anchors, aliases, tags or merge keys, no key twice, no ``yes``,
``no``, ``on`` or ``off`` outside quotation marks. Dates, clock times and numbers with a leading zero stay text; keys
are always text. Nothing is ever constructed but text, numbers, true, false, null, lists and mappings.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from arende.errors import Invalid, Sentence

MAX_BYTES = 1_000_000
MAX_DEPTH = 40

Path = tuple[str | int, ...]
"""Where a value stands: ("states", "draft", "deadline", "days") or ("transitions", 3)."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {word: value for value in (True, False) for word in (str(value).lower(), str(value), str(value).upper())}
_ACCIDENTAL = frozenset({"yes", "no", "on", "off"})
_SPACELESS = re.compile(r"(?P<key>[A-Za-z_][\w-]*):(?P<value>[^\s:/].*)")


class Unreadable(Invalid):
    """A file that cannot be read as YAML, or uses something that is not allowed; says the file and the line."""

    def __init__(self, file: str, line: int, sv: str, en: str, path: Path = ()) -> None:
        super().__init__(Sentence(f"{file}, rad {line}: {sv}", f"{file}, line {line}: {en}"))
        self.file = file
        self.line = line
        self.path = path
        self.bare = Sentence(sv, en)
        """What is wrong, without file and line."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The line, counted from 1, on which each value of a file begins."""

    known: Mapping[Path, int] = field(default_factory=dict)
    files: Mapping[Path, str] = field(default_factory=dict)
    """Places that came from another file, with its name."""

    def at(self, path: Path) -> int:
        """The line of the value at ``path``, or of the nearest thing around it that the file has."""
        return self.known.get(self._there(path), 1)

    def file(self, path: Path, otherwise: str) -> str:
        """The file in which the line of ``at`` is to be counted."""
        return self.files.get(self._there(path), otherwise)

    def _there(self, path: Path) -> Path:
        while path and path not in self.known:
            path = path[:-1]
        return path

    def nearest(self, path: Path) -> Path:
        """The part of ``path`` that the file has; words between that it does not have are skipped."""
        found: Path = ()
        for part in path:
            if (*found, part) in self.known:
                found = (*found, part)
        return found


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file says: text, numbers, true, false, null, lists and mappings – and where each stands."""

    data: Any
    lines: Lines


def parse(text: str, file: str) -> Parsed:
    """Read one YAML document; ``file`` is only used in sentences. Raises Unreadable."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise Unreadable(
            file,
            1,
            "Filen är större än 1 MB. Dela upp den.",
            "The file is larger than 1 MB. Split it.",
        )
    return _Reader(text, file).document()


def text_of(path: pathlib.Path, file: str) -> str:
    """The text of a file; raises Unreadable when it cannot be opened, is no text, or is far too large."""
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 2)
    except OSError as e:
        raise Unreadable(
            file, 1, f"Filen går inte att öppna ({e.strerror}).", f"The file cannot be opened ({e.strerror})."
        ) from None
    try:
        return data.decode("utf-8-sig") if len(data) <= MAX_BYTES else " " * len(data)
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise Unreadable(
            file, line, "Filen är inte text i UTF-8. Spara om den som UTF-8.", "Not UTF-8 text. Save it as UTF-8."
        ) from None


class _Reader:
    """One walk over the events of one text."""

    def __init__(self, text: str, file: str) -> None:
        self.file, self.text = file, text
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.lines: dict[Path, int] = {(): 1}

    def document(self) -> Parsed:
        """The one document of the file; an empty file is None."""
        try:
            data = self._documents()
        except (yaml.YAMLError, UnicodeError) as e:
            self._refuse_broken(e)
        return Parsed(data, Lines(self.lines))

    def _documents(self) -> Any:
        data, found = None, False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found:
                    self._refuse(event, "En fil har bara ett dokument. Ta bort ”---”.", "A file is one document only.")
                found, data = True, self._value(next(self.events), ())
        return data

    def _value(self, event: Any, path: Path) -> Any:
        self.lines.setdefault(path, event.start_mark.line + 1)
        self._check(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._scalar(event, path)

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, path)
            if key in found:
                first = self.lines[(*path, key)]
                self._refuse(
                    event,
                    f"Nyckeln {key} står två gånger; första gången på rad {first}. Ta bort den ena.",
                    f"The key {key} stands twice, first on line {first}. Remove one of them.",
                )
            self.lines[(*path, key)] = event.start_mark.line + 1
            found[key] = self._value(next(self.events), (*path, key))
        return found

    def _sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*path, len(found))))
        return found

    def _key(self, event: Any, path: Path) -> str:
        self._check(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, "En nyckel är ett ord, inte en lista.", "A key is a word, not a list.")
        if event.implicit[0] and (slip := _SPACELESS.fullmatch(event.value)):
            from arende.yamlfaults import no_space

            self._refuse(event, *no_space(slip["key"], slip["value"]), (*path, str(event.value)))
        value = self._scalar(event, (*path, str(event.value)))
        if value is None or isinstance(value, bool) or event.value == "<<":
            self._refuse(
                event,
                f"”{event.value}” kan inte vara nyckel. Sätt ordet inom citattecken eller byt det.",
                f'"{event.value}" cannot be a key. Put it in quotation marks or use another word.',
                (*path, str(event.value)),
            )
        return str(event.value)

    def _scalar(self, event: Any, path: Path) -> Any:
        word: str = event.value
        if not event.implicit[0]:  # in quotation marks, or a block of text
            return word
        if word.lower() in _ACCIDENTAL:
            self._refuse(
                event,
                f"”{word}” utan citattecken kan läsas som sant eller falskt. Menar du ett namn, välj ett annat "
                f"eller skriv '{word}'; menar du ja eller nej, skriv true eller false.",
                f'"{word}" without quotation marks may be read as true or false. For a name, choose another or write '
                f"'{word}'; for yes or no, write true or false.",
                path,
            )
        if word in _NULLS:
            return None
        if word in _BOOLEANS:
            return _BOOLEANS[word]
        return _number(word)

    def _check(self, event: Any, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._refuse(
                event,
                "Ankare och alias (& och *) används inte här. Skriv ut texten, eller sätt den inom citattecken.",
                "Anchors and aliases (& and *) are not used here. Write the text out, or quote it.",
            )
        if event.tag is not None:
            self._refuse(
                event,
                f"Märket {event.tag} används inte här. Ta bort det, eller sätt texten inom citattecken.",
                f"The tag {event.tag} is not used here. Remove it, or put the text in quotation marks.",
            )
        if len(path) > MAX_DEPTH:
            self._refuse(event, "Filen är för djupt nästlad.", "The file is nested too deeply.")

    def _refuse(self, event: Any, sv: str, en: str, path: Path = ()) -> NoReturn:
        raise Unreadable(self.file, event.start_mark.line + 1, sv, en, path)

    def _refuse_broken(self, error: Exception) -> NoReturn:
        from arende.yamlfaults import Stop, diagnose

        mark, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
        mark = mark or begun
        problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
        line = mark.line if mark else self.text.count("\n", 0, getattr(error, "position", 0))
        fault = diagnose(self.text, Stop(problem, line, mark.column if mark else 0, begun.line if begun else None))
        raise Unreadable(self.file, fault.line, *fault.told) from None


def _number(word: str) -> int | float | str:
    """A number as written, or the word itself. Leading zeros, hexadecimals and underscores stay text."""
    if len(word) > 40:
        return word
    if _INTEGER.fullmatch(word):
        return int(word)
    return float(word) if _DECIMAL.fullmatch(word) else word
