"""Guards on the delegation order: what may be delegated, within which point, to whom (KL 6:37–40, 7:5, 7:8).

Importing this module puts them into ``guards.REGISTRY``. What they ask is gathered in ``usecases/lawfacts.py``.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel, ConfigDict

from arende.casetypes import CaseType
from arende.errors import Sentence
from arende.guards import Facts, field_title, guard
from arende.lawguards import Point, law_of
from arende.terms import Key

NAMES = ("delegable", "within_delegation", "on_delegation", "reported_as_decided")


class Delegated(BaseModel):
    """The point of the delegation order, and the amount that is decided on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    point: Key
    amount: Key | None = None


class OnDelegation(BaseModel):
    """The point of the delegation order, and the body that decides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    point: Key
    body: Key


class Reporting(BaseModel):
    """The point of the delegation order, and the field that says whether the decision is reported."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    point: Key
    report: Key


_BARRED = {
    "goals": ("verksamhetens mål, inriktning, omfattning eller kvalitet", "goals, direction, scope or quality", 1),
    "assembly": ("ett yttrande eller förslag till fullmäktige", "a proposal or opinion to the assembly", 2),
    "principal": (
        "myndighetsutövning mot enskild av principiell beskaffenhet eller större vikt",
        "the exercise of authority in matters of principle or great weight", 3,
    ),
    "proposal": ("ett medborgarförslag", "a resident's proposal", 4),
    "statute": ("ett ärende som enligt lag inte får delegeras", "a matter that a statute bars from delegation", 5),
}  # fmt: skip
"""Choice of the field → what KL 6:38 keeps with the board, and its point."""


@guard("delegable", str, refers="field", says=("ärendet får delegeras (6 kap. 38 § KL)", "the matter may be delegated"))
def delegable(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """The matter is not one that only the board itself may decide (KL 6:38)."""
    barred = _BARRED.get(str(facts.fields.get(key)))
    if barred is None:
        return None
    return Sentence(
        f"Ärendet gäller {barred[0]}. Det får inte delegeras (6 kap. 38 § {barred[2]} kommunallagen). Lämna det till "
        "nämnden.",
        f"The matter concerns {barred[1]}. It may not be delegated (KL 6:38 p. {barred[2]}). Leave it to the board.",
    )


@guard(
    "within_delegation",
    Delegated,
    refers="values",
    says=(
        "beslutet ryms i delegationsordningens punkt (6 kap. 37 § KL)",
        "the decision is within its point",
    ),
)
def within_delegation(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The point of the delegation order is in force today and the amount within its limit (KL 6:37, 7:5)."""
    key = facts.fields.get(arg.point)
    point = law_of(facts).points.get(str(key))
    if point is None or not point.in_force:
        return _no_point(key)
    amount = _amount(facts.fields.get(arg.amount or ""))
    if amount is not None and amount < 0:
        return Sentence(
            f"Beloppet {amount} kr är negativt. Ange hur mycket beslutet gäller, så att det kan prövas mot punkt "
            f"{point.key} (6 kap. 37 § kommunallagen).",
            f"The amount {amount} is negative. Give how much the decision is about, so that it can be judged by point "
            f"{point.key} (KL 6:37).",
        )
    if point.max_amount is not None and amount is not None and amount > point.max_amount:
        return Sentence(
            f"Beloppet {amount} kr är högre än gränsen {point.max_amount} kr i punkt {point.key} (”{point.title}”). "
            "Beslutet ryms inte i delegationen (6 kap. 37 § kommunallagen). Lämna ärendet till nämnden.",
            f"The amount {amount} is above the limit {point.max_amount} of point {point.key} (“{point.title}”). The "
            "decision is not within the delegation (KL 6:37). Leave the matter to the board.",
        )
    if point.max_amount is not None and amount is None and arg.amount:
        title_sv, title_en = field_title(rules, arg.amount, "sv"), field_title(rules, arg.amount, "en")
        return Sentence(
            f"Punkt {point.key} har en beloppsgräns. Ange ”{title_sv}” ({arg.amount}).",
            f'Point {point.key} has a limit. Give "{title_en}" ({arg.amount}).',
        )
    return None


@guard(
    "on_delegation",
    OnDelegation,
    refers="values",
    says=("ett utskott beslutar bara på delegation (6 kap. 37 § KL)", "a committee decides on delegation only"),
)
def on_delegation(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """A committee decides within a point that is in force today and delegated to it (KL 6:37); others need none."""
    body = law_of(facts).bodies.get(str(facts.fields.get(arg.body)))
    if body is None or body.kind != "committee":
        return None
    key = facts.fields.get(arg.point)
    if not key:
        sv, en = field_title(rules, arg.point, "sv"), field_title(rules, arg.point, "en")
        return Sentence(
            f"{body.name} beslutar bara det som nämnden har delegerat (6 kap. 37 § kommunallagen). Ange ”{sv}” "
            f"({arg.point}), eller låt nämnden besluta.",
            f'{body.name} decides only what the board has delegated (KL 6:37). Give "{en}" ({arg.point}), or let the '
            "board decide.",
        )
    point = law_of(facts).points.get(str(key))
    if point is None or not point.in_force:
        return _no_point(key)
    if facts.fields[arg.body] in point.bodies:
        return None
    return Sentence(
        f"Punkt {key} (”{point.title}”) är inte delegerad till {body.name} (6 kap. 37 § kommunallagen). Ange den punkt "
        "som är det, eller låt nämnden besluta.",
        f"Point {key} (“{point.title}”) is not delegated to {body.name} (KL 6:37). Give the point that is, or let the "
        "board decide.",
    )


@guard(
    "reported_as_decided",
    Reporting,
    refers="values",
    says=("beslutet anmäls som nämnden har bestämt (6 kap. 40 § KL)", "it is reported as the board has decided"),
)
def reported_as_decided(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """A decision goes unreported only where the board has decided so of its point (KL 6:40, 7:8)."""
    point: Point | None = law_of(facts).points.get(str(facts.fields.get(arg.point)))
    if facts.fields.get(arg.report) != "not_reported" or (point is not None and not point.reported):
        return None
    key = facts.fields.get(arg.point) or "–"
    return Sentence(
        f"Nämnden har inte bestämt att beslut enligt punkt {key} går utan anmälan (6 kap. 40 § kommunallagen). Välj "
        "att beslutet anmäls vid nästa sammanträde.",
        f"The board has not decided that decisions by point {key} go unreported (KL 6:40). Choose that it is reported "
        "at the next meeting.",
    )


def _no_point(key: object) -> Sentence:
    return Sentence(
        f"Delegationsordningen har ingen punkt {key or '–'} som gäller i dag. Utan den är beslutet inte delegerat "
        "(6 kap. 37 § kommunallagen). Välj rätt punkt, eller lämna ärendet till nämnden.",
        f"The delegation order has no point {key or '–'} in force today. Without one the decision is not delegated "
        "(KL 6:37). Choose the right point, or leave the matter to the board.",
    )


def _amount(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None
