"""Guards on bodies that end: which may, and whether all that the end takes has been done (KL 3:1–4).

Importing this module puts them into ``guards.REGISTRY``. What they ask is gathered in ``usecases/lawfacts.py``.
"""

from __future__ import annotations

from typing import Any

from arende.casetypes import CaseType
from arende.errors import Sentence
from arende.guards import Facts, guard
from arende.lawguards import law_of

NAMES = ("bodies_may_end", "bodies_ended")
_ALWAYS = ("assembly", "executive_board")
"""Kinds of body that every region has (KL 3:1, 3:3)."""


@guard("bodies_may_end", str, refers="field", says=("organen i {} får upphöra", "the bodies in {} may end"))
def bodies_may_end(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """None of the bodies is one that a region has by law: an assembly and an executive board (KL 3:1, 3:3)."""
    named = [law_of(facts).bodies.get(str(one)) for one in facts.fields.get(key) or ()]
    kept = [body.name for body in named if body is not None and body.kind in _ALWAYS]
    if not kept:
        return None
    return Sentence(
        f"{kept[0]} kan inte upphöra: i varje region finns ett fullmäktige och en styrelse (3 kap. 1 och 3 §§ "
        "kommunallagen). Välj bara organ som fullmäktige själv bestämmer om.",
        f"{kept[0]} cannot end: every region has an assembly and an executive board (KL 3:1, 3:3). Choose only bodies "
        "that are the assembly's to settle.",
    )


@guard("bodies_ended", str, refers="field", says=("organen i {} har upphört", "the bodies in {} have ended"))
def bodies_ended(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """Each body has its last day in the people file, today or earlier, and no open case waits for it any more."""
    law = law_of(facts)
    for one in facts.fields.get(key) or ():
        body = law.bodies.get(str(one))
        if body is not None and body.valid_to is None:
            return Sentence(
                f"{body.name} har ingen sista dag i personfilen. Lägg in den dag då fullmäktige har bestämt att "
                "organet upphör (3 kap. 4 § kommunallagen).",
                f"{body.name} has no last day in the people file. Enter the day on which the assembly has decided that "
                "it ends (KL 3:4).",
            )
        if body is not None and body.valid_to is not None and body.valid_to >= facts.today:
            return Sentence(
                f"{body.name} finns till och med den {body.valid_to}. Genomförandet är klart först därefter.",
                f"{body.name} exists until {body.valid_to}. It is carried out only after that day.",
            )
        if waiting := law.waiting.get(str(one)):
            return Sentence(
                f"Ärenden väntar ännu på {body.name if body else one}: {', '.join(waiting[:5])}. För över dem till "
                "efterträdaren först.",
                f"Cases still wait for {body.name if body else one}: {', '.join(waiting[:5])}. Move them to the "
                "successor first.",
            )
    return None
