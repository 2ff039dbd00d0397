"""What an act on a case is in the web: the command it becomes, and the form that asks for its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from arende.commands import Command, OnCase
from arende.errors import Sentence
from arende.web.fields import Field, Kind
from arende.web.speech import Speech

Source = Literal[
    "staff",
    "parties",
    "stances",
    "relations",
    "accesses",
    "documents",
    "directions",
    "bodies",
    "successors",
    "progress",
]
"""Where the choices of a field come from."""


@dataclass(frozen=True)
class Asks:
    """One field of an act."""

    name: str
    label: Sentence
    kind: Kind = "text"
    required: bool = False
    hint: Sentence | None = None
    source: Source | None = None
    most: int = 0

    def field(self, t: Speech, choices: Mapping[str, Any]) -> Field:
        """The field in the language of the page."""
        chosen = tuple(choices.get(self.source or "", ()))
        hint = t.say(self.hint)
        return Field(self.name, t.say(self.label), self.kind, self.required, hint, chosen, most=self.most)


@dataclass(frozen=True)
class Act:
    """One thing to do. ``of`` is what it is done to besides the case, and names the value in the page's address."""

    command: type[Command]
    title: Sentence
    done: Sentence
    asks: tuple[Asks, ...] = ()
    of: Literal["", "task", "party", "question", "record_no", "seq", "activity"] = ""
    watches_version: bool = False
    """Whether it is refused, with what changed, when somebody else was first."""
    help: Sentence | None = None

    def build(
        self, *, actor: str, command_id: UUID, register_no: str, version: int | None, given: Mapping[str, Any]
    ) -> Command:
        """The command; raises pydantic.ValidationError for what the form cannot have sent."""
        values = {
            "actor": actor,
            "door": "web",
            "id": command_id,
            **{k: v for k, v in given.items() if v not in ("", None)},
        }
        if issubclass(self.command, OnCase):
            values["register_no"] = register_no
            if self.watches_version:
                values["expected_version"] = version
        return self.command.model_validate(values)
