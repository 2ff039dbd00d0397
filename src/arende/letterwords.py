"""What a letter of a case knows: words already, made by the use case and shown by the template.

Days are spoken ("den 14 oktober 2020"), people are names and titles, choices and parties are called by their titles. A
template asks for what may be missing with ``if``; a None that reaches the text refuses the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from arende.mailwords import Contact, Decided, Given


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCase:
    """The case that the letter is of."""

    register_no: str
    title: str
    type: str
    state: str
    """Where the step leads to."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The case's own data in words; a field of the type ``markdown`` keeps its paragraphs, lists and emphasis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A document of the case."""

    title: str
    record_no: int
    added: str
    """``2020-09-02``."""
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealWords:
    """How the decision is appealed, as its case type says."""

    text: str
    """``legality_review``, ``administrative_appeal`` or ``none``."""
    weeks: int
    weeks_in_words: str
    """``tre veckor``."""
    in_words: str
    """The whole in a paragraph."""
    court: str
    """``Förvaltningsrätten i Göteborg``, or ``förvaltningsrätten`` where the people file does not say more."""
    court_address: str | None = None
    our_address: str | None = None
    """Where an appeal that is handed in to the authority goes (FL 43 §)."""
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWords:
    """Everything that the template of a case's letter may name."""

    case: LetterCase
    authority: str
    unit: str
    """The body or the unit that the letter comes from."""
    today: str
    """``19 september 2022``."""
    recipients: tuple[str, ...] = ()
    contact: Contact
    by: str
    """Who takes the step."""
    by_title: str | None = None
    step: str
    note: str | None = None
    """What was written with the step."""
    given: tuple[Given, ...] = ()
    """The values that came with the step."""
    documents: tuple[Enclosed, ...] = ()
    """The newest version of each document of the case that is not closed."""
    rounds: tuple[Mapping[str, Any], ...] = ()
    """Each round: ``round``, ``due``, ``counts``, ``silent``, ``awaited`` and ``answers``, as in the compiled table."""
    decision: Decided | None = None
    appeal: AppealWords | None = None
    """Where the step leads to a decision, or the case rests on one."""
    answer_by: str | None = None
    """The last day of the round that the same step opens: ``onsdagen den 14 oktober 2020``."""
    asked_for: str | None = None
    """What kind of round that is: ``alignment``, ``referral``, ``statutory`` or ``decision``."""
    answer_address: str | None = None
    """Where those who are asked in that round answer by mail."""
    signed_on: str | None = None
    """The day when the last of those who sign did so, as ``19 september 2022``."""
    relations: tuple[Given, ...] = ()
    """What the case rests on, and what it is related to."""


VARIABLES: Mapping[str, str] = {
    "case": "The case: `register_no`, `title`, `type`, `state`, and its own values under `case.fields`.",
    "authority": "The name of the authority.",
    "unit": "The body or the unit that the letter comes from.",
    "today": "The day of the letter, as `19 september 2022`.",
    "recipients": "Whom it is addressed to.",
    "contact": "Whom to ask: `name`, `title`, `email`.",
    "by": "Who takes the step.",
    "by_title": "What that person is; may be missing.",
    "step": "What the step is called.",
    "note": "What was written with the step; may be missing.",
    "given": "What came with the step: a list of `title` and `value`.",
    "documents": "The case's documents: a list of `title`, `record_no`, `added`, `key`.",
    "rounds": "The rounds of answers: `round`, `asked_on`, `due`, `counts`, `silent`, `awaited`, and `answers` with "
    "`party`, `stance`, `body`, `decided_on`, `section`, `comment` and `reply`.",
    "decision": "What a meeting decided: `body`, `date`, `section`; may be missing.",
    "appeal": "How it is appealed: `text`, `weeks`, `weeks_in_words`, `in_words`, `court`, `court_address`, "
    "`our_address`, `reason`; may be missing.",
    "answer_by": "The last day of the round of answers that the same step opens; may be missing.",
    "asked_for": "The kind of that round: `alignment`, `referral`, `statutory` or `decision`; may be missing.",
    "answer_address": "Where those asked in that round answer by mail; may be missing.",
    "signed_on": "The day of the last signature; may be missing.",
    "relations": "What the case rests on: a list of `title` and `value`.",
    "head": "The letterhead as the program fills it, before the template says otherwise.",
}
"""Every name that a template of a case's letter may use, for the reference."""
