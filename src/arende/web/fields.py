"""A form's fields as a template shows them: what is asked, what was written and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from arende.web.speech import Speech

Kind = Literal["text", "long", "date", "number", "choice", "radio", "yesno", "several", "file", "files"]
"""One line, where ``choices`` may be picked from while writing; several lines; a day; a whole number; a list; buttons;
yes or no; boxes; a file, or several."""
Choices = tuple[tuple[str, str], ...]
"""(value, what it is called)."""


@dataclass(frozen=True)
class Field:
    """One thing that a form asks for. Words are in the language of the page already."""

    name: str
    label: str
    kind: Kind = "text"
    required: bool = False
    hint: str = ""
    choices: Choices = ()
    value: str = ""
    several: tuple[str, ...] = ()
    """What is ticked, of the kind ``several``."""
    error: str = ""
    most: int = 0
    """Characters that fit; 0 = no bound told to the browser."""

    @property
    def given(self) -> str:
        """What was written or chosen; several values with commas between."""
        return ",".join(self.several) if self.kind == "several" else self.value.strip()

    @property
    def described(self) -> str:
        """The ids of what belongs to the field, for a screen reader to read with it."""
        parts = [(self.hint, f"{self.name}-hint"), (self.error, f"{self.name}-error")]
        return " ".join(name for there, name in parts if there)


def filled(fields: Iterable[Field], given: Mapping[str, str], several: Mapping[str, Sequence[str]] = {}) -> list[Field]:
    """The fields with what was written in them."""
    return [replace(f, value=given.get(f.name, f.value), several=tuple(several.get(f.name, f.several))) for f in fields]


def marked(fields: Iterable[Field], wrong: Mapping[str, str]) -> list[Field]:
    """The fields, each with what is wrong with it."""
    return [replace(f, error=wrong.get(f.name, f.error)) for f in fields]


def lacking(fields: Iterable[Field], t: Speech) -> dict[str, str]:
    """The fields that need a value and have none, each with what to do; and buttons that the page does not have."""
    looked = [f for f in fields if f.kind not in ("file", "files")]
    empty = {f.name: t("field_missing", field=f.label) for f in looked if f.required and not f.given}
    strange = (f for f in looked if f.kind == "radio" and f.given and f.given not in dict(f.choices))
    return {**{f.name: t("value_wrong", field=f.label) for f in strange}, **empty}
