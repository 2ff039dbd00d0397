"""Templates: found in the home first, compiled once, strict about what is missing, and told of in sentences.

An override may build on what it replaces by ``{% extends "shipped:…" %}``. With a home, everything runs in Jinja's
sandbox. Undefined values are strict: one that is missing refuses the step with a sentence, so that no half-written
word can leave. A changed file counts from the next start.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

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
)
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from arende.errors import Lack, Refused, Sentence

_EXPRESSION = re.compile(r"\{\{-?\s*(.+?)\s*(?:\|[^}]*)?-?\}\}")


NOT_SHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\U000e0000-\U000e007f]"
)
"""Control characters, marks that turn the direction of writing, and what is no character or never seen: taken out of
everything that leaves the house."""

BROKEN = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RuntimeError, MemoryError)
"""What a template that is wrongly written may raise when it is used."""
LONGEST = 1_000_000
"""Characters that one template may write: some four hundred pages."""
_TURNS = 100_000
"""How far all ``range(…)`` of one writing may reach together, so that loops within loops come to an end."""


class Endless(TemplateError):
    """The template writes without end, or so much that nobody could read it."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, where neither ``*`` nor ``**`` can fill the memory of the machine."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Multiply, unless what comes of it would be longer than anything a template may write."""
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        sizes = [v if isinstance(v, int) else len(v) if hasattr(v, "__len__") else 1 for v in (left, right)]
        if (operator == "**" and max(map(abs, sizes)) > 1000) or (not numbers and sizes[0] * sizes[1] > LONGEST):
            raise Endless(f"{operator}")
        return super().call_binop(context, operator, left, right)


class Templates:
    """The templates of an installation: ``folders`` with the home's first and the shipped one last."""

    subject = Sentence("Mejlet", "The mail")
    """What cannot be written, when a template fails."""

    def __init__(
        self, folders: Sequence[Path], autoescape: bool | Callable[[str | None], bool], finalize: Callable[..., Any]
    ) -> None:
        loaders = [FileSystemLoader(folder) for folder in folders]
        shipped: list[BaseLoader] = [PrefixLoader({"shipped": loaders[-1]}, delimiter=":")] if loaders else []
        environment = Environment if len(loaders) == 1 else _Sandbox
        self._env = environment(
            loader=ChoiceLoader([*loaders, *shipped]),
            undefined=StrictUndefined,
            autoescape=autoescape,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            finalize=finalize,
        )
        self._env.globals["range"] = self._range
        del self._env.globals["lipsum"]
        self._turns = threading.local()
        self._folders = tuple(folders)
        self._references: dict[str, tuple[str, ...]] = {}
        self._read: dict[str, set[str]] = {}

    def _template(self, path: str) -> Template:
        try:
            return self._env.get_template(path)
        except (TemplateError, UnicodeDecodeError, RecursionError) as e:
            raise self._refusal(path, e) from e

    def _source(self, path: str) -> str:
        try:
            return self._env.loader.get_source(self._env, path)[0] if self._env.loader else ""
        except (TemplateNotFound, UnicodeDecodeError) as e:
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
                waiting += self._referenced(here)

    def _referenced(self, path: str) -> tuple[str, ...]:
        """What the template itself extends, includes or imports; the frame of every mail is read once."""
        if path not in self._references:
            self._references[path] = tuple(p for p in meta.find_referenced_templates(self._parse(path)) if p)
        return self._references[path]

    def _sha256(self, paths: Sequence[str]) -> str:
        """The hash of the templates and of everything they build on."""
        digest = hashlib.sha256()
        for used in dict.fromkeys(p for path in paths for p in self._with_ancestors(path)):
            digest.update(f"{used}\0{self._source(used)}\0".encode())
        return digest.hexdigest()

    def _fields(self, paths: Sequence[str]) -> set[str]:
        """The fields of the case that the templates read by name, as ``case.fields.ministry_ref``."""
        return {f for path in paths for p in self._with_ancestors(path) for f in self._fields_of(p)}

    def _fields_of(self, path: str) -> set[str]:
        if path not in self._read:
            self._read[path] = set(_fields_in(self._parse(path)))
        return self._read[path]

    def _variables(self, paths: Sequence[str]) -> set[str]:
        """The variables that the templates, with everything they build on, take from their context."""
        trees = [self._parse(p) for path in paths for p in self._with_ancestors(path)]
        imported = {node.target for tree in trees for node in tree.find_all(nodes.Import)}
        read = (meta.find_undeclared_variables(t) - {macro.name for macro in t.find_all(nodes.Macro)} for t in trees)
        return set().union(*read) - imported - {"caller"}

    # ------------------------------------------------------------ writing

    def _written(self, template: Template, context: Context) -> list[str]:
        """What the template writes, piece by piece. Raises Endless, or whatever else the template met."""
        self._turns.left = _TURNS
        pieces, length = [], 0
        try:
            for piece in template.root_render_func(context):
                pieces.append(piece)
                length += len(piece)
                if length > LONGEST:
                    raise Endless(f"{length}")
        except Exception:  # whatever the template met: handle_exception raises it anew, with the template's lines
            self._env.handle_exception()
        return pieces

    def _range(self, *ends: int) -> range:
        """``range`` of a template: all of one writing together reach so far and no further."""
        found = range(*ends)
        self._turns.left = getattr(self._turns, "left", _TURNS) - len(found)
        if self._turns.left < 0:
            raise Endless("range")
        return found

    # ------------------------------------------------------------ refusing

    def _refusal(self, path: str, error: Exception) -> Refused:
        """What is wrong, in a sentence that names the template, and the line where there is one."""
        if isinstance(error, TemplateNotFound):
            missing = error.name or path
            return self._refused(path, f"mallen {missing} finns inte", f"there is no template {missing}")
        if isinstance(error, UnicodeDecodeError):
            return self._refused(path, "filen är inte sparad som UTF-8", "the file is not saved as UTF-8")
        if isinstance(error, TemplateSyntaxError):
            sv, en = f"mallen är felskriven ({error.message})", f"the template is malformed ({error.message})"
            return self._refused(error.name or path, sv, en, error.lineno)
        found = self._place(error)
        path, line, written = found or (path, None, None)
        what = written or _named(error)
        sv, en = _wrong(error, what)
        why = self._refused(path, sv, en, line)
        if isinstance(error, UndefinedError | TypeError) and not isinstance(error, SecurityError):
            why.lack = Lack((_named(error), written or ""), _at(path, line))
        return why

    def _place(self, error: Exception) -> tuple[str, int, str | None] | None:
        """Where the error arose: the template, its line, and the ``{{ … }}`` written there."""
        trace, place = error.__traceback__, None
        while trace is not None:
            if trace.tb_frame.f_code.co_filename.endswith(".j2"):
                place = (Path(trace.tb_frame.f_code.co_filename), trace.tb_lineno)
            trace = trace.tb_next
        if place is None:
            return None
        lines = place[0].read_text(encoding="utf-8").splitlines()
        found = _EXPRESSION.findall(lines[place[1] - 1]) if place[1] <= len(lines) else []
        folder = next((f for f in self._folders if place[0].is_relative_to(f)), None)
        return str(place[0].relative_to(folder) if folder else place[0]), place[1], ", ".join(found) or None

    def _refused(self, path: str, sv: str, en: str, line: int | None = None) -> Refused:
        at = _at(path, line)
        return Refused(
            Sentence(
                f"{self.subject.sv} kan inte skrivas, så steget är inte taget: {sv}. {at.sv} Be "
                "administratören rätta mallen.",
                f"{self.subject.en} cannot be written, so the step is not taken: {en}. {at.en} "
                "Ask the administrator to mend the template.",
            )
        )


def _wrong(error: Exception, what: str) -> Sentence:
    """What a template met when it was used."""
    match error:
        case SecurityError():
            return Sentence(f"mallen gör något otillåtet: {what}", f"the template does what it may not: {what}")
        case UndefinedError():
            return Sentence(f"värdet ”{what}” saknas", f'the value "{what}" is missing')
        case RecursionError():
            return Sentence("mallen tar in sig själv om och om igen", "the template takes itself in over and over")
        case Endless() | MemoryError() | OverflowError():
            return Sentence(
                "texten blir för lång eller tar aldrig slut (högst 1 000 000 tecken)",
                "the text becomes too long or never ends (at most 1,000,000 characters)",
            )
        case _:
            at_sv, at_en = ("ett uttryck", "an expression") if what == _named(error) else (f"”{what}”", f'"{what}"')
            return Sentence(f"{at_sv} går inte att räkna ut ({error})", f"{at_en} cannot be worked out ({error})")


def _at(path: str, line: int | None) -> Sentence:
    """Where in the templates, for whoever writes them."""
    at_sv, at_en = (f", rad {line}", f", line {line}") if line else ("", "")
    return Sentence(f"Mall: {path}{at_sv}.", f"Template: {path}{at_en}.")


# ---------------------------------------------------------------- what is read


def present(value: Any) -> Any:
    """Every value that is printed: None would leave an empty place in an official text."""
    if value is None:
        raise UndefinedError("None")
    return value


def _fields_in(tree: nodes.Template) -> set[str]:
    """The fields that it cannot do without: not those it asks for first, by ``is defined``."""
    tests = (t for t in tree.find_all(nodes.Test) if t.name == "defined")
    asked = {t.node.attr for t in tests if isinstance(t.node, nodes.Getattr) and _is_case_fields(t.node.node)}
    return _all_fields_in(tree) - asked


def _all_fields_in(tree: nodes.Template) -> set[str]:
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
