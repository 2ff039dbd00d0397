"""Guards on who may decide and how it is appealed (KL 6:39, FL 2 §). They join ``guards.REGISTRY``.

Importing this module puts them into the vocabulary. What they ask of the people file, of other cases and of rounds is
gathered in ``usecases/lawfacts.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from arende.casetypes import CaseType
from arende.errors import Sentence
from arende.guards import Facts, field_title, guard
from arende.terms import Key

if TYPE_CHECKING:
    from arende.hearingguards import Sent

NAMES = (
    "commissioned", "urgent", "regime", "body_exists", "related_case", "unanimous", "same_text",
    "some_agreed", "reasons_given", "asks_all", "text_unchanged", "filed_here", "new_document", "day_since",
)  # fmt: skip
OF_THE_RIGHT = ("commissioned", "urgent", "delegable", "within_delegation")
"""Guards on the right to decide: they hold on the day of the decision, not only when it was asked for."""
Regime = Literal["legality_review", "administrative_appeal"]


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the delegation order as it stands on the day."""

    key: str
    title: str
    in_force: bool
    max_amount: Decimal | None = None
    regime: Regime = "legality_review"
    reported: bool = True
    """Whether the board wants such decisions reported (KL 6:40)."""
    bodies: frozenset[str] = frozenset()
    """Whose office-holders, or which committee, it is delegated to."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body's name and the days between which it exists."""

    name: str
    valid_from: date | None = None
    valid_to: date | None = None
    kind: str = ""

    def exists(self, day: date) -> bool:
        """Whether the body exists on the day."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class LawFacts:
    """What the guards of this module look at, besides the case's own values."""

    commissioned: frozenset[str] = frozenset()
    """Bodies that have named somebody to take urgent decisions today (KL 6:39)."""
    points: Mapping[str, Point] = field(default_factory=dict)
    """Points of the delegation order that the case's values name."""
    bodies: Mapping[str, Body] = field(default_factory=dict)
    """Bodies that the case's values name."""
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Body → open cases that wait for its meeting."""
    related: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Kind of relation → (diary number, state) of the cases related so."""
    stances: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    """Consultation → the stance of each party asked in its last round; None for one that has not answered."""
    groups: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Group of parties, or party, that a statute names → (key, name) of each."""
    changed: frozenset[str] = frozenset()
    """Consultations whose text has a newer version than the one that was sent."""
    reworded: frozenset[str] = frozenset()
    """Steps since which the text has got other words."""
    renewed: frozenset[tuple[str, str]] = frozenset()
    """(Kind of document, step): it has been filed, or filed with other content, since the step was last taken."""
    taken: Mapping[str, date] = field(default_factory=dict)
    """Step → the day on which it was last taken."""
    meets: date | None = None
    """The next day, today or later, on which a meeting is planned of a body that gives the commission."""
    own: Mapping[str, date] = field(default_factory=dict)
    """Kind of document whose newest version somebody brought in → the day on which it was filed."""
    other_words: frozenset[str] = frozenset()
    """Fields to which this very command gives another value than the case had."""
    elsewhere: date | None = None
    """The day of the decision in the case that this one rests on (KL 6:39)."""
    sent: Mapping[str, Sent] = field(default_factory=dict)
    """Step by which a party is heard → its last mail to that party."""


class Urgency(BaseModel):
    """The day by which a decision is needed, and the board's next meeting."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    needed_by: Key
    next_meeting: Key


class OnDay(BaseModel):
    """A body, and the day on which it must exist."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body: Key
    date: Key


class Related(BaseModel):
    """A kind of relation, and the states in which the other case may be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Key
    states: tuple[Key, ...]


class AsksAll(BaseModel):
    """A field that names parties, those who must be among them, and the statute that says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: Key
    of: tuple[Key, ...]
    law: str


def law_of(facts: Facts) -> LawFacts:
    """What was gathered; nothing, where the step has none of these guards."""
    return facts.law or LawFacts()


@guard("commissioned", str, says=("{} har gett någon uppdraget (6 kap. 39 § KL)", "{} has commissioned somebody"))
def commissioned(rules: CaseType, body: Any, facts: Facts) -> Sentence | None:
    """The board has commissioned somebody to take urgent decisions, by a mandate in force today (KL 6:39)."""
    if body in law_of(facts).commissioned:
        return None
    return Sentence(
        "Nämnden har inte gett någon i uppdrag att fatta brådskande beslut i dag (6 kap. 39 § kommunallagen). Lägg in "
        "uppdraget bland mandaten i personfilen, eller lämna ärendet till nämnden.",
        "The board has commissioned nobody to take urgent decisions today (KL 6:39). Enter the commission among the "
        "mandates of the people file, or leave the matter to the board.",
    )


@guard(
    "urgent",
    Urgency,
    refers="values",
    says=("nämnden inte kan avvaktas (6 kap. 39 § KL)", "the board cannot be awaited (KL 6:39)"),
)
def urgent(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The decision is needed before the board meets next: else the board can be awaited (KL 6:39).

    Nobody needs a decision by a day that has passed when it is given, and the board has not met meanwhile.
    """
    needed, meeting = (_day(facts.fields.get(k)) for k in (arg.needed_by, arg.next_meeting))
    if needed is not None and meeting is not None:
        if arg.needed_by in facts.given and needed < facts.today:
            return Sentence(
                f"Dagen {needed} har redan varit, så beslutet kan inte behövas då. Brådskan prövas mot den dag då det "
                "behövs (6 kap. 39 § kommunallagen): ange den.",
                f"The day {needed} has passed already, so the decision cannot be needed by then. Urgency is judged by "
                "the day on which it is needed (KL 6:39): give that.",
            )
        meeting = min(meeting, law_of(facts).meets or meeting)
        if meeting <= facts.today:
            return Sentence(
                f"Nämndens sammanträde den {meeting} har kommit, så ärendet kan inte vara för brådskande för det. "
                "Ordföranden får då inte besluta (6 kap. 39 § kommunallagen). Lämna ärendet till nämnden, eller pröva "
                "brådskan mot dess nästa sammanträde.",
                f"The board's meeting on {meeting} has come, so the matter cannot be too urgent for it. Then the chair "
                "may not decide (KL 6:39). Leave the matter to the board, or judge the urgency by its next meeting.",
            )
        if needed < meeting:
            return None
    if needed is None or meeting is None:
        keys = [k for k, v in ((arg.needed_by, needed), (arg.next_meeting, meeting)) if v is None]
        sv, en = (", ".join(f"”{field_title(rules, k, lang)}” ({k})" for k in keys) for lang in ("sv", "en"))
        return Sentence(
            f"Ange {sv}: brådskan prövas mot det (KL 6:39).", f"Give {en}: urgency is judged by it (KL 6:39)."
        )
    return Sentence(
        f"Nämnden sammanträder den {meeting} och beslutet behövs den {needed}. Nämnden kan alltså avvaktas, och då får "
        "ordföranden inte besluta (6 kap. 39 § kommunallagen). Lämna ärendet till nämnden.",
        f"The board meets on {meeting} and the decision is needed by {needed}. So the board can be awaited, and the "
        "chair may not decide (KL 6:39). Leave the matter to the board.",
    )


@guard("regime", Regime, says=("beslutet överklagas enligt {}", "the decision is appealed by {}"))
def regime(rules: CaseType, wanted: Any, facts: Facts) -> Sentence | None:
    """The case's decisions are appealed in this way: by the form of support, or the point of the delegation order."""
    actual = regime_of(rules, facts)
    if actual == wanted:
        return None
    if actual is None:
        return Sentence(
            "Det är inte känt hur beslutet överklagas. Ange först det som avgör det.",
            "How the decision is appealed is not known. First give what settles it.",
        )
    sv = {
        "legality_review": "laglighetsprövning (13 kap. kommunallagen; 2 § förvaltningslagen)",
        "administrative_appeal": "förvaltningsbesvär (40–44 §§ förvaltningslagen)",
    }
    en = {"legality_review": "legality review (KL ch. 13; FL 2 §)", "administrative_appeal": "appeal (FL 40–44 §§)"}
    return Sentence(
        f"Beslutet överklagas genom {sv[actual]}, inte genom {sv[wanted]}. Välj det andra steget, så att "
        "överklagandehänvisning och tid blir rätt.",
        f"The decision is appealed by {en[actual]}, not by {en[wanted]}. Take the other step, so that the instructions "
        "and the time are right.",
    )


@guard("filed_here", says=("överklagandet lämnas hit (43 § FL)", "the appeal is filed here (FL 43 §)"))
def filed_here(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """An appeal of the case's decisions is filed with the region, not with the court as a legality review (KL 13:4)."""
    if regime_of(rules, facts) != "legality_review":
        return None
    return Sentence(
        "Beslutet överklagas genom laglighetsprövning. Ett sådant överklagande prövas inte här: det ges in till "
        "förvaltningsrätten och ska ha kommit in dit inom tre veckor från anslaget (13 kap. 4–5 §§ kommunallagen). "
        "Sänd det dit genast, och tala om det för den som lämnade det (6 § förvaltningslagen).",
        "The decision is appealed by legality review. Such an appeal is not examined here: it is filed with the "
        "administrative court and is to have reached it within three weeks of the notice (KL 13:4–5). Send it there at "
        "once, and tell whoever left it (FL 6 §).",
    )


@guard("reasons_given", str, refers="field", says=("skälen är skrivna (32 § FL)", "the reasons are given (FL 32 §)"))
def reasons_given(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """A decision that is appealed by administrative appeal gives its reasons (FL 32 §)."""
    if facts.fields.get(key) or regime_of(rules, facts) != "administrative_appeal":
        return None
    sv, en = field_title(rules, key, "sv"), field_title(rules, key, "en")
    return Sentence(
        f"Beslutet överklagas genom förvaltningsbesvär och ska motiveras (32 § förvaltningslagen). Skriv ”{sv}” "
        f"({key}).",
        f'The decision is appealed by administrative appeal and gives its reasons (FL 32 §). Write "{en}" ({key}).',
    )


def regime_of(rules: CaseType, facts: Facts) -> str | None:
    """How the decisions of this case are appealed; None while what settles it is not given."""
    points = {key: p.regime for key, p in law_of(facts).points.items()}
    return rules.regime(facts.fields, points)


def conflict_law(rules: CaseType, fields: Mapping[str, Any]) -> str:
    """Where it stands that whoever has a conflict of interest takes no part: FL too, only where it applies (FL 2 §)."""
    appeal = rules.regime(fields, {}) == "administrative_appeal"
    return "KL 6:28, 7:4; FL 16–17 §§" if appeal else "KL 6:28, 7:4"


@guard("body_exists", OnDay, refers="values", says=("organet finns den dagen", "the body exists on that day"))
def body_exists(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The body exists on the day: one that has been abolished, or is not set up yet, decides nothing (KL 3:3–4)."""
    key, day = facts.fields.get(arg.body), _day(facts.fields.get(arg.date)) or facts.today
    body = law_of(facts).bodies.get(str(key))
    if body is None or body.exists(day):
        return None
    sv = (
        f"upphörde den {body.valid_to}"
        if body.valid_to and body.valid_to < day
        else f"finns från den {body.valid_from}"
    )
    en = f"ended on {body.valid_to}" if body.valid_to and body.valid_to < day else f"exists from {body.valid_from}"
    return Sentence(
        f"{body.name} {sv} och kan inte besluta den {day}: fullmäktige bestämmer vilka nämnder som finns (3 kap. "
        "3–4 §§ kommunallagen). Välj det organ som har tagit över.",
        f"{body.name} {en} and can decide nothing on {day}: the assembly settles which boards there are (KL 3:3–4). "
        "Choose the body that has taken over.",
    )


@guard("related_case", Related, says=("det ärende som det bygger på är klart", "the case it rests on is settled"))
def related_case(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The case is related so to another case of the register that is in one of the states."""
    known = law_of(facts).related.get(arg.kind, ())
    if any(state in arg.states for _, state in known):
        return None
    if not known:
        return Sentence(
            f"Ange först vilket ärende det gäller, med relationen ”{arg.kind}” och ärendets diarienummer.",
            f'First state which case it is, by the relation "{arg.kind}" and its diary number.',
        )
    numbers = ", ".join(no for no, _ in known)
    return Sentence(
        f"{numbers} är inte beslutat än. Vänta tills det är det.",
        f"{numbers} is not decided yet. Wait until it is.",
    )


@guard("unanimous", str, refers="consultation", says=("alla har sagt ja", "all have said yes"))
def unanimous(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """Every party of the round's last has answered, and every answer is yes."""
    stances = law_of(facts).stances.get(key, ())
    if stances and all(s in ("supports", "no_objection") for s in stances):
        return None
    silent, no = sum(s is None for s in stances), sum(s not in (None, "supports", "no_objection") for s in stances)
    return Sentence(
        f"Alla parter har inte fattat samma beslut: {silent} har inte svarat och {no} har svarat annat än ja. Ett "
        "likalydande beslut krävs av var och en.",
        f"Not every party has taken the same decision: {silent} silent, {no} answering other than yes. Each has to "
        "decide on the same words.",
    )


@guard("some_agreed", str, refers="consultation", says=("någon har sagt ja", "somebody has said yes"))
def some_agreed(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """At least one party of the round's last has said yes: with nobody there is no agreement."""
    if any(s in ("supports", "no_objection") for s in law_of(facts).stances.get(key, ())):
        return None
    return Sentence("Ingen part har sagt ja, så det finns ingen att komma överens med. Låt den falla.",
                    "No party has said yes, so there is nobody to agree with. Let it fall.")  # fmt: skip


@guard("same_text", str, refers="consultation", says=("texten är den som sändes ut", "the text is the one sent out"))
def same_text(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """Each document of the text still has the words that the parties decided on."""
    if key not in law_of(facts).changed:
        return None
    return Sentence(
        "Texten har ändrats sedan parterna fick den. Beslut om en annan lydelse gäller inte den här texten: sänd ut "
        "den på nytt.",
        "The text has changed since the parties got it. Decisions on other words do not hold for this text: send it "
        "out anew.",
    )


@guard("text_unchanged", Key, refers="step", says=("texten är den som den var när {} togs", "the text is as at {}"))
def text_unchanged(rules: CaseType, step: Any, facts: Facts) -> Sentence | None:
    """Each document of the text still has the words that it had when the step was last taken."""
    if step not in law_of(facts).reworded:
        return None
    sv, en = rules.trigger_title(step, "sv"), rules.trigger_title(step, "en")
    return Sentence(
        f"Texten är låst sedan steget ”{sv}” och har fått en annan lydelse. Lägg tillbaka den som gällde då, eller låt "
        "den nya börja om från det steget.",
        f'The text is locked since the step "{en}" and has got other words. Put back those of that time, or let the '
        "new ones start anew from that step.",
    )


@guard(
    "asks_all",
    AsksAll,
    refers="parties",
    says=("alla som lagen anger tillfrågas", "all whom the statute names are asked"),
)
def asks_all(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Everybody whom a statute names, by party or by group of the people file, is among those in the field."""
    asked = set(facts.fields.get(arg.field) or ())
    wanted = [p for name in arg.of for p in law_of(facts).groups.get(name, ((name, name),))]
    left = ", ".join(name for key, name in wanted if key not in asked)
    if not left:
        return None
    sv, en = field_title(rules, arg.field, "sv"), field_title(rules, arg.field, "en")
    return Sentence(
        f"{left} ska också tillfrågas ({arg.law}). Lägg till dem i ”{sv}” ({arg.field}).",
        f'{left} must be asked too ({arg.law}). Add them to "{en}" ({arg.field}).',
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
