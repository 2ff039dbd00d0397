"""The language of ``states/*.yaml`` as JSON Schema, so that an editor can help while somebody writes.

Generated from the models; ``arende states schema`` prints it and ``states/schema.json`` is a copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from arende import casetypes, effecttypes, guards, statetypes, terms
from arende.casetypes import CaseType

_ONE_WORD_WILL_DO = ("_one_or_many", "_many")
"""Validators that take a single word for a list of one, or nothing for an empty list."""


def build() -> dict[str, Any]:
    """The schema, with the short forms that the models accept besides their own."""
    whole = CaseType.model_json_schema(by_alias=True)
    for model in _models():
        shape = whole if model is CaseType else whole["$defs"].get(model.__name__)
        for name in _loose(model) if shape else ():
            key = model.model_fields[name].alias or name
            shape["properties"][key] = _or_one(shape["properties"][key])
    whole["$defs"]["LetterEffect"] = {"anyOf": [{"type": "string"}, whole["$defs"]["LetterEffect"]]}
    whole["$defs"]["Guard"] = _guards(whole["$defs"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **whole,
        "title": "Ärendetyp – case type",
    }


def text() -> str:
    """The schema as it is printed and kept in ``states/schema.json``."""
    return json.dumps(build(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _models() -> Iterator[type[BaseModel]]:
    for module in (terms, effecttypes, statetypes, casetypes):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__:
                yield value


def _loose(model: type[BaseModel]) -> Iterator[str]:
    """The fields of a model that take one word for a list."""
    for name, decorator in model.__pydantic_decorators__.field_validators.items():
        if name in _ONE_WORD_WILL_DO:
            yield from decorator.info.fields


def _or_one(shape: dict[str, Any]) -> dict[str, Any]:
    lists = [s for s in shape.get("anyOf", [shape]) if s.get("type") == "array"]
    around = {k: v for k, v in shape.items() if k in ("default", "description", "title")}
    bare = [{k: v for k, v in s.items() if k not in around} for s in lists]
    return {"anyOf": [*(s["items"] for s in lists), *bare, {"type": "null"}], **around}


def _guards(definitions: dict[str, Any]) -> dict[str, Any]:
    """A guard is a name alone, or a name with its argument."""
    alone: list[str] = []
    with_argument: dict[str, Any] = {}
    for name, spec in sorted(guards.REGISTRY.items()):
        shape: dict[str, Any] = spec.argument.json_schema() if spec.argument else {"type": "null"}
        definitions.update(shape.pop("$defs", {}))
        with_argument[name] = {**shape, "description": spec.judge.__doc__ or ""}
        if spec.argument is None or {"type": "null"} in shape.get("anyOf", []):
            alone.append(name)
    argued = {"type": "object", "properties": with_argument, "additionalProperties": False}
    return {
        "title": "Guard",
        "description": "A named question on the facts of a case; nothing written here is evaluated.",
        "anyOf": [{"type": "string", "enum": alone}, {**argued, "minProperties": 1, "maxProperties": 1}],
    }
