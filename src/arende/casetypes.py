"""The case-type language: what a file in ``states/`` may say, as strict Pydantic models.

A definition is data. Guards and effects are names from a closed vocabulary with typed arguments;
nothing in a file is evaluated, imported or opened. Reading the YAML itself, with line numbers, is done by
``definitions.py``; whether a well-formed definition is also *sound* is judged by ``soundness.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from arende.effecttypes import Effect
from arende.errors import Sentence
from arende.statetypes import PlanDef, StandingItem, State
from arende.terms import BUILT_IN_ROLES, Key, Model, Text, as_tuple

Level = Literal["error", "warn"]


class FieldDef(Model):
    """One field of the case's own data.

    ``set_by`` names the triggers (or ``register``) that ask for the value; a field without it is optional and may
    be given at any step. ``required`` says whether those steps refuse when it is missing.
    """

    type: Literal[
        "text", "markdown", "integer", "decimal", "date", "boolean", "party", "parties", "body", "bodies", "choice"
    ]
    title: Text | None = None
    help: Text | None = None
    choices: dict[Key, Text] | None = None
    set_by: tuple[Key, ...] = ()
    required: bool = True
    pattern: str | None = None
    secret: bool = False
    anew: bool = False
    """Belongs to one round: a step that asks for it never makes do with the value of an earlier round."""
    past: bool = False
    """Of a ``body``: tells who has acted, so it may have ended since. ``body_exists`` holds it against the day."""
    of: Key | None = None
    """Of a ``party``: the group of the people file that it has to belong to."""
    cleared_by: tuple[Key, ...] = ()
    """The steps that take the value away: it was about what came before them."""

    @field_validator("set_by", "cleared_by", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return as_tuple(value)

    @model_validator(mode="after")
    def _choices_fit(self) -> FieldDef:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("choices are given for the type choice, and only there")
        if self.past and self.type != "body":
            raise ValueError("past is given for the type body, and only there")
        if self.of and self.type != "party":
            raise ValueError("of is given for the type party, and only there")
        return self


class DocumentDef(Model):
    """A kind of document the case carries."""

    title: Text | None = None
    required: bool = False
    is_text: bool = False
    """Part of the text that approvals are bound to: a new version makes earlier approvals void."""
    is_signed: bool = False
    """It bears signatures or a decision: once it is there, the registrar alone brings in another, and says why."""
    fixed_in: tuple[Key, ...] = ()
    """States in which no version is added any more: what was decided, signed or sent stays as it is."""

    @field_validator("fixed_in", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return as_tuple(value)


class RoleDef(Model):
    """A role of this case type: an office in a body, or in the body that a field names."""

    office: Key | None = None
    body: Key | None = None
    body_from: Key | None = None
    delegation: Key | None = None
    """The field that names a point of the delegation order: the role is held by whom the board has delegated to."""
    title: Text | None = None
    one: bool = True
    of_meeting: Literal["presided", "checkers"] | None = None
    """In a meeting: whoever presided at some item, or whoever was elected to check the minutes; not the office."""

    @model_validator(mode="after")
    def _one_source(self) -> RoleDef:
        if self.body and self.body_from:
            raise ValueError("a role takes its body from body or from body_from, not both")
        if (self.office is None) == (self.delegation is None):
            raise ValueError("a role is an office, or whom a delegation point names")
        return self


class Guard(Model):
    """A guard as written: a name of the vocabulary in ``guards.py`` and its argument."""

    name: str
    arg: Any = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: object) -> object:
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, dict) and len(value) == 1 and "name" not in value:
            ((name, arg),) = value.items()
            return {"name": str(name), "arg": arg}
        return value


class Transition(Model):
    """One way from a state to another."""

    trigger: Key | None = None
    title: Text | None = None
    from_: tuple[str, ...] = Field(alias="from")
    to: str
    by: tuple[Key, ...] = ()
    when: tuple[Guard, ...] = ()
    then: tuple[Effect, ...] = ()
    not_same_as: tuple[Key, ...] = ()
    same_as: tuple[Key, ...] = ()
    quorum: int = Field(default=1, ge=1, le=20)
    priority: int | None = None
    auto: bool = False
    comment: Literal["none", "optional", "required"] = "optional"
    authority: str | None = None
    help: Text | None = None

    @field_validator("from_", "by", "not_same_as", "same_as", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return as_tuple(value)

    @field_validator("when", "then", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @property
    def name(self) -> str:
        """The trigger, or ``auto`` for a step that the system takes by itself."""
        return self.trigger or "auto"


class RegimeFrom(Model):
    """How decisions are appealed differs from case to case: by a choice, or by a point of the delegation order."""

    field: Key
    of: dict[Key, Literal["legality_review", "administrative_appeal"]] = Field(default={})
    """Choice → how such decisions are appealed; empty where the field names a point, which says it itself."""


class Include(Model):
    """A part written once for several case types, put in here: ``parts/NAME.yaml`` beside the definitions.

    Where the part says ``given``, it means what stands here. What the definition itself says under a name of the part
    stands instead of the part's.
    """

    part: Key
    """Its name, such as `hold`."""
    from_: tuple[Key, ...] = Field(default=(), alias="from")
    """The states that the part's steps leave."""
    to: Key | None = None
    """The state that the part's step leads to."""
    by: tuple[Key, ...] = ()
    """The roles that take the part's steps and are waited for."""
    letter: Key | None = None
    """The template of the letter that the part's step writes."""
    when: tuple[Guard, ...] = ()
    """What must hold besides, for a step of the part that leaves it open."""

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"part": value} if isinstance(value, str) else value

    @field_validator("when", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("from_", "by", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return as_tuple(value)


class Scenario(Model):
    """A story that the definition must be able to tell (rule V16): steps by trigger and expected states."""

    name: str
    given: dict[str, Any] = Field(default={})
    steps: tuple[dict[str, Any], ...]

    @field_validator("steps", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class CaseType(Model):
    """A whole definition."""

    key: Key
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    title: Text | None = None
    description: Text | None = None
    valid_from: Annotated[date, Field(strict=False)] | None = None
    legal_regime: Literal["legality_review", "administrative_appeal", "none"] = "none"
    regime_from: RegimeFrom | None = None
    """What settles it case by case; ``legal_regime`` is then what most are."""
    register_: Annotated[str, StringConstraints(pattern=r"^[A-ZÅÄÖ]{2,6}$")] = Field(default="RS", alias="register")
    calendar: Literal["sweden"] = "sweden"
    meeting_of: Key | None = None
    """The field that names the body, when a case of this type is a meeting: then the series is the body's own."""
    standing_items: dict[Key, tuple[StandingItem, ...]] = Field(default={})
    """Kind of meeting, or body → what is always on its agenda."""
    plan: PlanDef | None = None
    """The case carries an operational plan."""
    include: tuple[Include, ...] = ()
    """Parts that several case types share."""
    initial: str
    by: tuple[Key, ...] = ("case_officer", "registrar", "secretary")
    """Who may register a case of this type."""
    roles: dict[Key, RoleDef] = Field(default={})
    fields: dict[Key, FieldDef] = Field(default={})
    documents: dict[Key, DocumentDef] = Field(default={})
    states: dict[Key, State]
    transitions: tuple[Transition, ...] = ()
    scenarios: tuple[Scenario, ...] = ()

    @field_validator("include", "transitions", "scenarios", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("standing_items", mode="before")
    @classmethod
    def _lists_of_items(cls, value: object) -> object:
        return {k: as_tuple(v) for k, v in value.items()} if isinstance(value, dict) else value

    @field_validator("by", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return as_tuple(value)

    def canonical(self) -> str:
        """The definition as canonical JSON: what is hashed, stored and pinned.

        Scenarios are tests, not rules: they are left out, so a new story does not make a new version. Parts are in
        their places already, so that it says all there is.
        """
        return json.dumps(self._rules(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def text(self) -> str:
        """The same as JSON in the order of the file: what is stored, so that states are shown in their order."""
        return json.dumps(self._rules(), ensure_ascii=False)

    def _rules(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True, exclude={"scenarios", "include"}, exclude_defaults=True)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    @classmethod
    def from_text(cls, text: str) -> CaseType:
        """Read back what ``text`` or ``canonical`` wrote; raises pydantic.ValidationError when it does not fit."""
        return cls.model_validate_json(text)

    def regime(self, fields: Mapping[str, Any], points: Mapping[str, str]) -> str | None:
        """How a case with these values is appealed; ``points`` are the regimes of delegation points, by number."""
        if self.regime_from is None:
            return self.legal_regime
        value = str(fields.get(self.regime_from.field))
        return self.regime_from.of.get(value) or points.get(value)

    @cached_property
    def rows(self) -> tuple[Rule, ...]:
        """Every transition for every source state it leaves, ``*`` expanded to the non-final states."""
        return tuple(self._rows())

    def _rows(self) -> Iterator[Rule]:
        number = 0
        for index, t in enumerate(self.transitions):
            sources = t.from_ if t.from_ != ("*",) else tuple(s for s, d in self.states.items() if not d.final)
            for source in sources:
                yield Rule(number, index, source, t.to if t.to != "same" else source, t)
                number += 1

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        """Every trigger that a person or the system may name, in the order of the file."""
        return tuple(dict.fromkeys(t.trigger for t in self.transitions if t.trigger))

    def asked_by(self, trigger: str) -> dict[str, FieldDef]:
        """The fields that ``trigger`` (or ``register``) asks for."""
        return {k: f for k, f in self.fields.items() if trigger in f.set_by}

    def cleared_by(self, trigger: str) -> frozenset[str]:
        """The fields that have no value any more after ``trigger``."""
        return frozenset(k for k, f in self.fields.items() if trigger in f.cleared_by)

    def fields_for(self, trigger: str, stored: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """The values that ``trigger`` is judged on and leaves behind: what is given, on top of what still counts.

        A value given as None is taken away.
        """
        past = {k for k, f in self.asked_by(trigger).items() if f.anew} | self.cleared_by(trigger)
        left = {**{k: v for k, v in stored.items() if k not in past}, **given}
        return {k: v for k, v in left.items() if v is not None}

    def role_title(self, role: str, language: str = "sv") -> str:
        """What the role is called: "RSAU:s ordförande"."""
        declared = self.roles.get(role)
        if declared and declared.title:
            return declared.title.in_(language)
        known = BUILT_IN_ROLES.get(role)
        return (known[1] if language == "en" else known[0]) if known else role.replace("_", " ")

    def state_title(self, state: str, language: str = "sv") -> str:
        """What the state is called."""
        known = self.states.get(state)
        return known.title.in_(language) if known and known.title else state.replace("_", " ").capitalize()

    def trigger_title(
        self, trigger: str, language: str = "sv", *, source: str | None = None, dest: str | None = None,
        way: int | None = None,
    ) -> str:  # fmt: skip
        """What the step is called, as on a button; one from several states, or of several ways, otherwise in each."""
        if way is not None and (chosen := self.transitions[way].title):
            return chosen.in_(language)
        titled = [t for t in self.transitions if t.trigger == trigger and t.title]
        here = [t for t in titled if source in t.from_ or t.from_ == ("*",)]
        there = [t for t in here if t.to == dest]
        for t in (*there, *here, *titled):
            if t.title:
                return t.title.in_(language)
        return trigger.replace("_", " ").capitalize()

    def name(self, language: str = "sv") -> str:
        """What the case type is called."""
        return self.title.in_(language) if self.title else self.key.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Rule:
    """One transition from one state: what ``machine.py`` executes. ``id`` is its number in the definition."""

    id: int
    index: int
    source: str
    dest: str
    transition: Transition


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a definition must (error) or should (warn) change.

    ``path`` is a counter-example through the states where one makes sense: ("draft", "…", "stuck").
    """

    code: str
    level: Level
    file: str
    line: int
    sentence: Sentence
    path: tuple[str, ...] = ()
    suggestion: Sentence | None = None


for _model in (Transition, Include, CaseType):
    _model.model_rebuild()
