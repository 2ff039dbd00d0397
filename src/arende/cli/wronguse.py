"""What the parser of the command line refused, in sentences: which word is wrong, and what to write instead.

Typer's own words are English, and it keeps its kinds of errors under a private name: they are told apart by theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from arende.errors import Sentence

EVERYWHERE = ("--json", "--home", "--lang", "--help")
"""Options that every command takes."""


def sentence(error: Any) -> Sentence:
    """Why the line cannot be carried out, and what to write instead."""
    told = _KINDS.get(type(error).__name__)
    return (told(error) if told else None) or _usage_error(error)


def usage(error: Any) -> list[Sentence]:
    """How the command is written, as far as the parser had come, and where help is."""
    context = getattr(error, "ctx", None)
    if context is None:
        return [Sentence("Mer hjälp: arende --help", "More help: arende --help")]
    words = " ".join([context.command_path, *context.command.collect_usage_pieces(context)])
    path = context.command_path
    return [
        Sentence(f"Så skrivs det: {words}", f"Usage: {words}"),
        Sentence(f"Mer hjälp: {path} --help", f"More help: {path} --help"),
    ]


def _no_command(_: Any) -> Sentence:
    """Its own message is the whole page of help."""
    return Sentence("Ett kommando saknas.", "A command is missing.")


def _missing(error: Any) -> Sentence | None:
    if error.param is None:
        return None
    name, value = _name(error.param), error.param.metavar or "…"
    if error.param.param_type_name == "argument":
        return Sentence(f"{name} saknas på raden.", f"{name} is missing on the line.")
    return Sentence(f"{name} saknas. Lägg till: {name} {value}", f"{name} is missing. Add: {name} {value}")


def _no_such_option(error: Any) -> Sentence:
    word, own = str(error.option_name), list(EVERYWHERE)
    if error.ctx is not None:
        own += [opt for param in error.ctx.command.get_params(error.ctx) for opt in getattr(param, "opts", ())]
    near = _near(word, [o for o in own if o.startswith("-")])
    return Sentence(f"Det finns ingen flagga {word} här.{near.sv}", f"There is no option {word} here.{near.en}")


def _bad_option(error: Any) -> Sentence:
    name = str(error.option_name)
    if "does not take a value" in str(error.message):
        return Sentence(f"{name} tar inget värde. Skriv bara {name}.", f"{name} takes no value. Write {name} alone.")
    return Sentence(f"{name} behöver ett värde efter sig.", f"{name} needs a value after it.")


def _bad_value(error: Any) -> Sentence | None:
    if error.param is None:
        return None
    name, fault = _name(error.param), _fault(error)
    kind, given = str(fault.get("type", "")), fault.get("input", "")
    if kind.startswith("int"):
        return Sentence(
            f"{name} ska vara ett heltal, inte ”{given}”.", f'{name} should be a whole number, not "{given}".'
        )
    return Sentence(
        f"Värdet för {name} går inte att använda: {error.message}",
        f"The value of {name} cannot be used: {error.message}",
    )


def _usage_error(error: Any) -> Sentence:
    message = str(getattr(error, "message", error))
    commands = getattr(getattr(getattr(error, "ctx", None), "command", None), "commands", None)
    if commands and (found := re.match(r"No such command ['\"](.*?)['\"]", message)):
        near, path = _near(found[1], commands), error.ctx.command_path
        return Sentence(
            f"Det finns inget kommando {path} {found[1]}.{near.sv}", f"There is no command {path} {found[1]}.{near.en}"
        )
    if found := re.search(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", message):
        return Sentence(
            f"För mycket står på raden: {found[1]}. Text med blanksteg sätts inom citattecken.",
            f"There is too much on the line: {found[1]}. Text with spaces is put in quotation marks.",
        )
    return Sentence(f"Raden går inte att läsa: {message}", f"The line cannot be read: {message}")


def _near(word: str, known: Iterable[str]) -> Sentence:
    near = get_close_matches(word, sorted(set(known)), n=1)
    return Sentence(f" Menade du {near[0]}?", f" Did you mean {near[0]}?") if near else Sentence("", "")


def _name(param: Any) -> str:
    """As it is written on the line: ``--as``, or the argument's name in capitals."""
    if param.param_type_name == "argument":
        return str(param.metavar or param.name).upper()
    return str(max(param.opts, key=len))


def _fault(error: Any) -> dict[str, Any]:
    """What Pydantic found, where the value did not fit its type."""
    cause = error.__cause__
    found = cause.errors(include_url=False) if hasattr(cause, "errors") else []
    return dict(found[0]) if found else {}


_KINDS: dict[str, Callable[[Any], Sentence | None]] = {
    "NoArgsIsHelpError": _no_command,
    "MissingParameter": _missing,
    "NoSuchOption": _no_such_option,
    "BadOptionUsage": _bad_option,
    "BadParameter": _bad_value,
}
