"""The guard on hearing the party before it is decided against them (FL 25 §). It joins ``guards.REGISTRY``.

Importing this module puts it into the vocabulary. What was sent and what has come since is gathered in
``usecases/lawfacts.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from arende.casetypes import CaseType
from arende.errors import Sentence
from arende.guards import Facts, field_title, guard
from arende.lawguards import law_of, regime_of
from arende.terms import Key
from arende.workdays import full_date

NAMES = ("heard_first",)
HEARD = ("done", "answered")
"""The choices that say: the party had it from us, and has answered or let the time pass. Any other one needs words."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The last mail by which a step let the party see what the decision rests on."""

    state: str
    """As in the outbox: ``sent`` when it has left the house and has not come back."""
    newer: bool = False
    """Material was filed after it, which the party has not seen."""


class Hearing(BaseModel):
    """How the party was heard: the field that says so, its words, the step that asks, and what settles that it must."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: Key
    """The choice: ``done``, or why not."""
    why: Key
    """Why not, in words; or how and when it was done otherwise."""
    step: Key
    """The step that sends the material. The case leaves the state it leads to by an answer or by the last day alone."""
    party: Key
    material: Key | None = None
    """The kind of document that has to be shown."""
    outcome: Key | None = None
    favours: Key | None = None
    """The outcome that grants everything: then hearing is plainly needless. Without one, it is always asked for."""
    until: Key | None = None
    """The last day to answer, where no state of its own is left by it: ``done`` waits for it, ``answered`` does not."""


@guard(
    "heard_first",
    Hearing,
    refers="hearing",
    says=("parten har fått yttra sig, eller skäl finns att låta bli (25 § FL)", "the party is heard (FL 25 §)"),
)
def heard_first(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """A decision that does not grant everything waits until the party was heard, or words say why not (FL 25 §)."""
    if regime_of(rules, facts) != "administrative_appeal":
        return None
    said = facts.fields.get(arg.field)
    if said in HEARD:
        return _shown(rules, arg, law_of(facts).sent.get(arg.step)) or _waited(arg, facts)
    if arg.outcome and facts.fields.get(arg.outcome) in (None, arg.favours):
        return None
    if said is None:
        sv, en = field_title(rules, arg.field, "sv"), field_title(rules, arg.field, "en")
        return Sentence(
            "Beslutet går parten emot. Ange om parten har fått se det som det grundas på och yttra sig (25 § "
            f"förvaltningslagen): ”{sv}” ({arg.field}).",
            "The decision goes against the party. Say whether the party has seen what it rests on and could comment "
            f'(FL 25 §): "{en}" ({arg.field}).',
        )
    if str(facts.fields.get(arg.why) or "").strip():
        return None
    sv, en = field_title(rules, arg.why, "sv"), field_title(rules, arg.why, "en")
    return Sentence(
        "Parten har inte fått yttra sig härifrån. Skriv varför det får underlåtas enligt 25 § förvaltningslagen, eller "
        f"hur och när parten har fått det på annat sätt: ”{sv}” ({arg.why}).",
        "The party has not been heard from here. Write why FL 25 § lets that be, or how and when the party got it "
        f'otherwise: "{en}" ({arg.why}).',
    )


def _shown(rules: CaseType, arg: Hearing, sent: Sent | None) -> Sentence | None:
    sv, en = rules.trigger_title(arg.step, "sv"), rules.trigger_title(arg.step, "en")
    if sent is None:
        return Sentence(
            f"Parten har inte fått något att yttra sig över härifrån (25 § förvaltningslagen). Ta steget ”{sv}” först, "
            "eller ange varför det får underlåtas.",
            f'The party was sent nothing to comment on (FL 25 §). Take the step "{en}" first, or say why that may be '
            "left out.",
        )
    if sent.state in ("queued", "sending"):
        return Sentence(
            "Det som parten ska få yttra sig över är inte levererat än (25 § förvaltningslagen). Vänta på det.",
            "What the party is to comment on is not delivered yet (FL 25 §). Wait until it is.",
        )
    if sent.state != "sent":
        return Sentence(
            "Det som parten skulle få yttra sig över kom inte fram (25 § förvaltningslagen). Sänd det igen, eller ange "
            "hur och när parten har fått det på annat sätt.",
            "What the party was to comment on did not arrive (FL 25 §). Send it again, or say how and when the party "
            "got it otherwise.",
        )
    if sent.newer:
        return Sentence(
            f"Mer har kommit in sedan parten fick yttra sig (25 § förvaltningslagen). Ta steget ”{sv}” för det också, "
            "eller ange varför det får underlåtas.",
            f'More has come in since the party was heard (FL 25 §). Take the step "{en}" for that too, or say why it '
            "may be left out.",
        )
    return None


def _waited(arg: Hearing, facts: Facts) -> Sentence | None:
    last = facts.fields.get(arg.until) if arg.until and facts.fields.get(arg.field) == "done" else None
    if last is None or facts.today > date.fromisoformat(str(last)):
        return None
    return Sentence(
        f"Parten kan svara till och med den {full_date(date.fromisoformat(last))} (25 § förvaltningslagen). Vänta, "
        "eller ange att svaret har kommit.",
        f"The party may answer until {full_date(date.fromisoformat(last), 'en')} (FL 25 §). Wait, or say that the "
        "answer has come.",
    )
