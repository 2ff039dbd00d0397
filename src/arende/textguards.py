"""The guard on an own text: what is sent has to be what was decided. It joins ``guards.REGISTRY``.

Importing this module puts it into the vocabulary. What was filed when is gathered in ``usecases/lawfacts.py``.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from arende.casetypes import CaseType
from arende.errors import Sentence
from arende.guards import Facts, document_title, guard
from arende.lawguards import law_of
from arende.terms import Key
from arende.workdays import full_date

NAMES = ("as_decided",)


class AsDecided(BaseModel):
    """The document that is sent, the values that its words are made of, and the day on which they were decided."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: Key
    values: tuple[Key, ...]
    date: Key | None = None
    """The field with the day; without one, the day of the decision in the case that this one rests on."""


@guard(
    "as_decided",
    AsDecided,
    refers="decided",
    says=("en egen fil har den beslutade lydelsen", "a file of its own has the words decided"),
)
def as_decided(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Where the step brings other words than were proposed, a document of its own was filed after they were decided.

    A document that a step has written follows the values by itself; one that was brought in is sent as it is.
    """
    law = law_of(facts)
    filed = law.own.get(arg.document)
    if filed is None or not law.other_words & set(arg.values):
        return None
    decided = date.fromisoformat(str(facts.fields[arg.date])) if facts.fields.get(arg.date or "") else law.elsewhere
    if decided is not None and filed >= decided:
        return None
    sv, en = document_title(rules, arg.document, "sv"), document_title(rules, arg.document, "en")
    return Sentence(
        f"”{sv}” är en egen fil från den {full_date(filed)}, före beslutet, och sänds som den är. Lägg först till en "
        "ny version med den beslutade lydelsen, och för sedan in ändringen.",
        f'"{en}" is a file of its own of {full_date(filed, "en")}, before the decision, and is sent as it is. First '
        "add a new version with the words decided, and then enter the change.",
    )
