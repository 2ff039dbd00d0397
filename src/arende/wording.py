"""What Pydantic finds wrong with a file, in sentences with a line and, where one is near, the word that was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from arende.casetypes import Finding
from arende.errors import Sentence, did_you_mean

if TYPE_CHECKING:
    from arende.yamlfile import Lines

Place = tuple[str | int, ...]
SAID = "said"
"""Type of a Pydantic error that brings its own sentence, as ``sv`` and ``en`` of its context."""


def findings(error: ValidationError, model: Any, lines: Lines, file: str) -> list[Finding]:
    """One finding for each thing wrong, at its line. Only the first of several about the same place is kept."""
    found: dict[tuple[str, Place], Finding] = {}
    for detail in error.errors(include_url=False):
        place: Place = tuple(detail["loc"])
        near = lines.nearest(place)
        finding = _finding(detail, place, model, lines.at(near), lines.file(near, file))
        found.setdefault((finding.code, near), finding)
    return list(found.values())


def unknown_key(file: str, line: int, key: str, known: Iterable[str]) -> Finding:
    """V18: the key does not belong there; ``known`` are the keys that do."""
    known = sorted(known)
    suggestion = did_you_mean(key, known)
    here = ", ".join(known)
    return Finding(
        "V18", "error", file, line,
        Sentence(
            f"”{key}” är ingen känd nyckel här." + (f" Här kan stå: {here}." if known and not suggestion else ""),
            f'"{key}" is not a known key here.' + (f" Possible keys: {here}." if known and not suggestion else ""),
        ),
        suggestion=suggestion,
    )  # fmt: skip


def _finding(detail: Any, place: Place, model: Any, line: int, file: str) -> Finding:
    kind = detail["type"]
    if "when" in place and kind in ("extra_forbidden", "missing", "model_type"):
        return _said("V19", file, line, _GUARD)
    if kind == "extra_forbidden":
        return unknown_key(file, line, str(place[-1]), _keys(model, place[:-1]))
    if kind == "literal_error":
        return _choice(detail, file, line)
    if kind == SAID:
        return _said("V00", file, line, Sentence(detail["ctx"]["sv"], detail["ctx"]["en"]))
    if special := _special(place, detail):
        return _said(special[0], file, line, special[1])
    name = _name(place)
    sv, en = _TOLD.get(kind, ("går inte att läsa så", "cannot be read like this"))
    given = {"limit": next(iter(detail.get("ctx", {}).values()), "")}
    if kind == "value_error":
        sv, en = _RULES.get(str(detail["ctx"]["error"]), ("stämmer inte", str(detail["ctx"]["error"])))
    return _said("V00", file, line, Sentence(f"{name} {sv.format(**given)}.", f"{name} {en.format(**given)}."))


def _said(code: str, file: str, line: int, sentence: Sentence) -> Finding:
    return Finding(code, "error", file, line, sentence)


def _special(place: Place, detail: Any) -> tuple[str, Sentence] | None:
    """Mistakes that deserve their own sentence."""
    kind, given = detail["type"], detail["input"]
    if place == ("initial",) and isinstance(given, list):
        return "V01", _ONE_INITIAL
    if place[-1:] in (("initial",), ("states",)) and kind == "missing":
        return "V01", _NO_STATES if place[-1] == "states" else _ONE_INITIAL
    if place == ("version",):
        return "V00", _version(given)
    if kind == "string_pattern_mismatch":
        return ("V01" if place[:1] == ("states",) and place[-1:] == ("[key]",) else "V00"), _bad_id(given)
    return None


def _version(given: object) -> Sentence:
    shown = f"{given}.0" if isinstance(given, float) else "1.0.0"
    return Sentence(
        f"Versionen skrivs med tre tal, till exempel {shown}. Med bara två tal läser YAML den som ett decimaltal.",
        f"A version has three numbers, such as {shown}. With only two, YAML reads it as a decimal number.",
    )


def _bad_id(given: object) -> Sentence:
    return Sentence(
        f"”{given}” duger inte som namn. Namn skrivs med a–z, siffror och _ och börjar med en bokstav.",
        f'"{given}" is not a legal name. Names have a–z, digits and _, and begin with a letter.',
    )


def _choice(detail: Any, file: str, line: int) -> Finding:
    given = str(detail["input"])
    known = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
    return Finding(
        "V02", "error", file, line,
        Sentence(f"”{given}” finns inte att välja. Här kan stå: {', '.join(known)}.",
                 f'"{given}" is not a choice. Possible: {", ".join(known)}.'),
        suggestion=did_you_mean(given, known),
    )  # fmt: skip


def _name(place: Place) -> str:
    words = [str(p) for p in place if isinstance(p, str) and re.fullmatch(r"[a-z][a-z0-9_]*", p)]
    return words[-1] if words else "värdet"


def _keys(annotation: Any, place: Sequence[str | int]) -> set[str]:
    """The keys that may stand at a place of a model, as they are written in YAML."""
    return {f.alias or name for m in _models(annotation, tuple(place)) for name, f in m.model_fields.items()}


def _models(annotation: Any, place: Place) -> Iterator[type[BaseModel]]:
    origin, args = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _below(annotation, place)
    elif origin is Annotated:
        yield from _models(args[0], place)
    elif origin is dict:
        yield from _models(args[1], place[1:])
    elif origin in (tuple, list):
        yield from _models(args[0], place[1:] if place and isinstance(place[0], int) else place)
    elif origin in (Union, UnionType):
        for arg in args:
            yield from _models(arg, place)


def _below(model: type[BaseModel], place: Place) -> Iterator[type[BaseModel]]:
    if not place:
        yield model
        return
    known = {f.alias or name: f for name, f in model.model_fields.items()}
    if place[0] in known:
        yield from _models(known[str(place[0])].annotation, place[1:])
    elif place[0] == model.__name__:  # the label that Pydantic puts in for a branch of a union
        yield from _below(model, place[1:])


_GUARD = Sentence(
    "Ett villkor är ett namn, eller ett namn med sitt argument. Skriv ett villkor per punkt i listan.",
    "A guard is a name, or a name with its argument. Write one guard per item of the list.",
)
_ONE_INITIAL = Sentence(
    "Det ska finnas precis ett första tillstånd. Skriv initial: följt av tillståndets namn.",
    "There is exactly one initial state. Write initial: followed by the name of the state.",
)
_NO_STATES = Sentence("Definitionen har inga tillstånd (states).", "The definition has no states.")

_TOLD: dict[str, tuple[str, str]] = {
    "missing": ("saknas", "is missing"),
    "string_type": ("ska vara en text", "should be a text"),
    "int_type": ("ska vara ett heltal", "should be a whole number"),
    "int_from_float": ("ska vara ett heltal", "should be a whole number"),
    "float_type": ("ska vara ett tal", "should be a number"),
    "bool_type": ("ska vara true eller false", "should be true or false"),
    "dict_type": ("ska ha underrubriker: nyckel och värde", "should have keys and values"),
    "model_type": ("ska ha underrubriker: nyckel och värde", "should have keys and values"),
    "tuple_type": ("ska vara en lista", "should be a list"),
    "list_type": ("ska vara en lista", "should be a list"),
    "too_short": ("är för kort", "is too short"),
    "string_too_short": ("är tom", "is empty"),
    "string_too_long": ("är för lång: högst {limit} tecken", "is too long: at most {limit} characters"),
    "greater_than_equal": ("ska vara minst {limit}", "should be at least {limit}"),
    "greater_than": ("ska vara mer än {limit}", "should be more than {limit}"),
    "less_than_equal": ("ska vara högst {limit}", "should be at most {limit}"),
    "less_than": ("ska vara mindre än {limit}", "should be less than {limit}"),
    "date_from_datetime_parsing": ("ska vara ett datum: ÅÅÅÅ-MM-DD", "should be a date: YYYY-MM-DD"),
    "date_parsing": ("ska vara ett datum: ÅÅÅÅ-MM-DD", "should be a date: YYYY-MM-DD"),
    "date_type": ("ska vara ett datum: ÅÅÅÅ-MM-DD", "should be a date: YYYY-MM-DD"),
}

_RULES: dict[str, tuple[str, str]] = {
    "past is given for the type body, and only there": (
        "stämmer inte: past anges för typen body, och bara där",
        "is wrong: past is given for the type body, and only there",
    ),
    "of is given for the type party, and only there": (
        "stämmer inte: of anges för typen party, och bara där",
        "is wrong: of is given for the type party, and only there",
    ),
    "choices are given for the type choice, and only there": (
        "stämmer inte: choices anges för typen choice, och bara där",
        "is wrong: choices are given for the type choice, and only there",
    ),
    "a role takes its body from body or from body_from, not both": (
        "stämmer inte: rollens organ anges med body eller body_from, inte båda",
        "is wrong: a role takes its body from body or from body_from, not both",
    ),
    "a role is an office, or whom a delegation point names": (
        "stämmer inte: en roll har office eller delegation, precis ett av dem",
        "is wrong: a role has office or delegation, exactly one of them",
    ),
    "a decision has one appeal, or appeals for each regime": (
        "stämmer inte: ett beslut har appeal, eller appeals för varje regim",
        "is wrong: a decision has appeal, or appeals for each regime",
    ),
    "a deadline has exactly one of days, weeks, months, at, fixed or a meeting": (
        "stämmer inte: en frist har precis ett av days, weeks, months, at, fixed och ett sammanträde",
        "is wrong: a deadline has exactly one of days, weeks, months, at, fixed or a meeting",
    ),
    "a deadline is counted from one day: before, after, at, fixed, or a meeting": (
        "stämmer inte: en frist räknas från en dag: before, after, at, fixed eller ett sammanträde, inte flera",
        "is wrong: a deadline is counted from one day: before, after, at, fixed, or a meeting",
    ),
    "legal (lag 1930:173) moves the last day of an act forward; it is not for working days or counting back": (
        "stämmer inte: legal (lag 1930:173) flyttar fram sista dagen för en åtgärd, inte arbetsdagar eller tid bakåt",
        "is wrong: legal (lag 1930:173) moves the last day of an act forward, not working days or time counted back",
    ),
    "a letter to each names whom it is addressed to": (
        "är fel: med each skrivs ett brev till var och en, och då anges till vilka under to",
        "is wrong: a letter to each names whom it is addressed to, under to",
    ),
    "a deadline with ground: law names its section under law": (
        "stämmer inte: en frist med ground: law anger lagrummet under law",
        "is wrong: a deadline with ground: law names its section under law",
    ),
    "an answer leads to a trigger, to an agenda_item, or to record: true": (
        "stämmer inte: ett svar leder till trigger, agenda_item eller record: true",
        "is wrong: an answer leads to a trigger, to an agenda_item, or to record: true",
    ),
    "a join names either at_least or fraction": (
        "stämmer inte: join anger at_least eller fraction",
        "is wrong: a join names either at_least or fraction",
    ),
    "an effect is exactly one of task, approval, consultation, letter, mail, meeting": (
        "stämmer inte: varje punkt är precis en av task, approval, consultation, letter, mail och meeting",
        "is wrong: each item is exactly one of task, approval, consultation, letter, mail and meeting",
    ),
    "at_meeting names its body by body or by body_from": (
        "stämmer inte: at_meeting anger sitt organ med body eller body_from, precis ett av dem",
        "is wrong: at_meeting names its body by body or by body_from, exactly one of them",
    ),
}
"""The rules that the models state themselves, by their message; a test holds the list complete."""
