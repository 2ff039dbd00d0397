"""Guards: named questions on the facts of a case. A guard answers nothing, or a sentence a person can read.

The vocabulary is closed: a definition names a guard and gives a typed argument; an unknown name is refused at
load. A guard whose meaning changes gets a new name (``name@2``), because running cases are pinned to the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from arende.casetypes import CaseType
from arende.casewords import RELATIONS, document_kind
from arende.errors import Sentence
from arende.terms import Key, Text

if TYPE_CHECKING:
    from arende.lawguards import LawFacts
    from arende.meetingguards import MeetingFacts


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a judgement may rest on, gathered before it is made. ``today`` is the local day in Stockholm."""

    actor: str
    roles: frozenset[str]
    today: date
    fields: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    """Values that came with this very command; they are part of ``fields`` too."""
    comment: str | None = None
    documents: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    """Documents whose newest version a step has written: its text is the case's own values."""
    withheld: frozenset[str] = frozenset()
    """Documents whose newest version is secret, or not checked for secrecy; all of a case under secrecy."""
    relations: frozenset[str] = frozenset()
    approvals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Group of requests → states of its last round; once enough have said yes, theirs alone."""
    approval_acts: Mapping[str, str] = field(default_factory=dict)
    consultations: Mapping[str, str] = field(default_factory=dict)
    """Consultation → state of its last round."""
    open_tasks: int = 0
    unsent_mail: int = 0
    done_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Trigger → everybody (also as substitute) who took that step last."""
    seconded_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Trigger with a quorum → those who have asked for it since the state was entered."""
    conflict: bool = False
    """The actor, or the one represented, has declared a conflict of interest in the case."""
    acting_as: frozenset[str] = frozenset()
    """The actor and everybody represented in this act."""
    previous_state: str | None = None
    meeting: MeetingFacts | None = None
    """When the case is a meeting."""
    not_held: Mapping[str, str] = field(default_factory=dict)
    """ "rsau 2020-08-18" → the number of a meeting on that day that is not over, or was cancelled."""
    plan_faults: tuple[Sentence, ...] = ()
    """What bars the calendar of meetings on the case."""
    law: LawFacts | None = None
    """What the guards on the right to decide look at."""


Refers = Literal[
    "document", "field", "parties", "body", "consultation", "approval", "relation", "values", "since", "step",
    "hearing", "newer", "decided", "none",
]  # fmt: skip
"""What the argument of a guard names, so that a name that does not exist is found when the definition is read."""


@dataclass(frozen=True, slots=True)
class GuardSpec:
    """A guard of the vocabulary: the type of its argument, what it refers to, and the question itself."""

    name: str
    argument: TypeAdapter[Any] | None
    refers: Refers
    judge: Callable[[CaseType, Any, Facts], Sentence | None]
    says: tuple[str, str]
    """What it demands, in prose, for ``states show``; ``{}`` stands for the argument's title."""


class Comparison(BaseModel):
    """Bounds on one field; several bounds hold together."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    eq: bool | int | float | str | None = None
    ne: bool | int | float | str | None = None
    gt: int | float | None = None
    ge: int | float | None = None
    lt: int | float | None = None
    le: int | float | None = None
    one_of: Annotated[tuple[str, ...], Field(strict=False)] | None = None
    present: bool | None = None


class Held(BaseModel):
    """A body's meeting, and the field that tells its day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body: Key | None = None
    body_from: Key | None = None
    date: Key


REGISTRY: dict[str, GuardSpec] = {}


def guard(
    name: str,
    argument: Any = None,
    *,
    refers: Refers = "none",
    says: tuple[str, str],
) -> Callable[[Callable[[CaseType, Any, Facts], Sentence | None]], Callable[[CaseType, Any, Facts], Sentence | None]]:
    """Put a function into the vocabulary under ``name``; ``argument`` is the type of what the YAML gives it."""

    def add(judge: Callable[[CaseType, Any, Facts], Sentence | None]) -> Any:
        adapter = TypeAdapter(argument) if argument is not None else None
        REGISTRY[name] = GuardSpec(name, adapter, refers, judge, says)
        return judge

    return add


def judge(rules: CaseType, name: str, arg: Any, facts: Facts) -> Sentence | None:
    """Ask one guard. An unknown name refuses: a definition that slipped through never opens a way."""
    spec = REGISTRY.get(name)
    if spec is None:
        return Sentence(
            f"Villkoret {name} är okänt, så steget är spärrat.", f"The guard {name} is unknown: step barred."
        )
    value = spec.argument.validate_python(arg) if spec.argument else arg
    return spec.judge(rules, value, facts)


def document_title(rules: CaseType, key: str, language: str) -> str:
    """What the document is called in this case type."""
    known = rules.documents.get(document_kind(rules, key))
    return known.title.in_(language) if known and known.title else key.replace("_", " ")


def field_title(rules: CaseType, key: str, language: str) -> str:
    """What the field is called in this case type."""
    known = rules.fields.get(key)
    return known.title.in_(language) if known and known.title else key.replace("_", " ")


@guard("document_present", str, refers="document", says=("handlingen {} finns", "the document {} is present"))
def document_present(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """The document is on the case."""
    if key in facts.documents:
        return None
    sv, en = document_title(rules, key, "sv"), document_title(rules, key, "en")
    return Sentence(
        f"Handlingen ”{sv}” saknas. Lägg till den i ärendet först.",
        f'The document "{en}" is missing. Add it to the case first.',
    )


@guard("may_be_published", str, refers="document", says=("{} får visas för alla", "{} may be shown to all"))
def may_be_published(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """Neither the case nor the document's newest version is secret or waits to be checked for secrecy (OSL 8:1)."""
    if key not in facts.withheld:
        return None
    sv, en = document_title(rules, key, "sv"), document_title(rules, key, "en")
    return Sentence(
        f"”{sv}” har sekretess eller är inte sekretessprövad än, och får inte publiceras (8 kap. 1 § offentlighets- "
        "och sekretesslagen). Be registratorn pröva den, eller lägg till en version utan det hemliga.",
        f'"{en}" is secret or not checked for secrecy yet, and may not be published (OSL 8:1). Ask the registrar to '
        "check it, or add a version without what is secret.",
    )


@guard("document_written", str, refers="document", says=("handlingen {} är skriven här", "{} was written here"))
def document_written(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """A step wrote the newest version of the document, so its text can be written again, with its signatures."""
    if key in facts.written:
        return None
    sv, en = document_title(rules, key, "sv"), document_title(rules, key, "en")
    return Sentence(
        f"Handlingen ”{sv}” är inte skriven här, så den kan inte skrivas ut som undertecknad.",
        f'The document "{en}" was not written here, so it cannot be written out as signed.',
    )


@guard("relation_present", str, refers="relation", says=("relationen {} finns", "the relation {} is present"))
def relation_present(rules: CaseType, kind: Any, facts: Facts) -> Sentence | None:
    """The case is related to something by this kind of relation."""
    if kind in facts.relations:
        return None
    named = RELATIONS[kind] if kind in RELATIONS else Sentence(kind, kind)
    return Sentence(
        f"Sambandet ”{named.sv.lower()}” saknas. Koppla ärendet till det andra ärendet eller dokumentet.",
        f'The relation "{named.en.lower()}" is missing. Relate the case to the other case or document.',
    )


@guard("cleared", str | None, refers="approval", says=("klartecken är givet", "clearance is given"))
def cleared(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """Enough requests for clearance in the last round are answered yes (of one group, if named)."""
    groups = [key] if key else [k for k, act in facts.approval_acts.items() if act.endswith("clearance")]
    states = [s for g in groups for s in facts.approvals.get(g, ())]
    if states and all(s == "approved" for s in states):
        return None
    if not states and any(g in facts.approvals for g in groups):  # all that was answered was of an earlier text
        return Sentence(
            "Klartecknet gäller en tidigare lydelse. Lägg tillbaka den, eller begär klartecken till den nya.",
            "The clearance is of earlier words. Put them back, or ask for clearance of the new ones.",
        )
    return Sentence(
        "Klartecken saknas. Ordföranden behöver svara på begäran först.",
        "Clearance is missing. The chair has to answer the request first.",
    )


_RESTS_ON = {"signature": "KL 6:44", "minutes": "KL 5:69, 6:35", "delegated_decision": "KL 6:37",
             "urgent_decision": "KL 6:39"}  # fmt: skip


@guard("approved", str, refers="approval", says=("{} är klart", "{} is complete"))
def approved(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """As many requests of the group's last round as its join asks for are answered yes."""
    states = facts.approvals.get(key, ())
    if states and all(s == "approved" for s in states):
        return None
    waiting = sum(s in ("pending", "recused") for s in states)
    if not states and key in facts.approvals:  # all that was answered was of an earlier text
        law = f" ({_RESTS_ON[act]})" if (act := facts.approval_acts.get(key, "")) in _RESTS_ON else ""
        return Sentence(
            f"Svaret gäller en tidigare lydelse{law}. Lägg tillbaka den, eller skicka tillbaka och begär svar på nytt.",
            f"The answer is of earlier words{law}. Put them back, or send it back and ask anew.",
        )
    return Sentence(
        f"Alla har inte svarat ja ännu: {waiting} väntar." if waiting else "Begäran är inte besvarad med ja.",
        f"Not everybody has said yes: {waiting} waiting." if waiting else "The request has not been answered yes.",
    )


@guard("meeting_held", str | Held, refers="body", says=("{} har sammanträtt", "{} has met"))
def meeting_held(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """The body's meeting day is given and is not in the future. Short form: the field is ``<body>_date``."""
    key = f"{arg}_date" if isinstance(arg, str) else arg.date
    day = facts.fields.get(key)
    if isinstance(day, str):
        day = date.fromisoformat(day)
    title_sv, title_en = field_title(rules, key, "sv"), field_title(rules, key, "en")
    if day is None:
        return Sentence(
            f"Sammanträdets dag saknas. Ange ”{title_sv}” ({key}) ur protokollet eller anteckningarna.",
            f'The day of the meeting is missing. Give "{title_en}" ({key}) from the minutes or notes.',
        )
    if day > facts.today:
        return Sentence(
            f"Sammanträdet den {day.isoformat()} har inte hållits än; utfallet förs in efteråt.",
            f"The meeting on {day.isoformat()} has not been held yet; its outcome is entered afterwards.",
        )
    if open_ := facts.not_held.get(f"{body_meant(arg, facts.fields)} {day.isoformat()}"):
        return Sentence(
            f"Sammanträdet {open_} är inte avslutat, eller ställdes in; utfallet förs in när det är över.",
            f"The meeting {open_} has not ended, or was cancelled; its outcome is entered when it is over.",
        )
    return None


def held_argument(arg: Any) -> str | Held:
    """The argument of ``meeting_held`` as it is typed."""
    return arg if isinstance(arg, str) else Held.model_validate(arg)


def body_meant(arg: str | Held, fields: Mapping[str, Any]) -> str:
    """The body whose meeting ``meeting_held`` asks for."""
    return arg if isinstance(arg, str) else str(arg.body or fields.get(arg.body_from or ""))


@guard("any_field", tuple[str, ...], refers="field", says=("något av {} är ifyllt", "one of {} is filled in"))
def any_field(rules: CaseType, keys: Any, facts: Facts) -> Sentence | None:
    """At least one of the fields has a value ("§ or note")."""
    if any(facts.fields.get(k) not in (None, "") for k in keys):
        return None
    sv = " eller ".join(f"”{field_title(rules, k, 'sv')}” ({k})" for k in keys)
    en = " or ".join(f'"{field_title(rules, k, "en")}" ({k})' for k in keys)
    return Sentence(f"Ange {sv}.", f"Give {en}.")


@guard("field", dict[str, Comparison], refers="field", says=("{}", "{}"))
def field_compares(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Each field named keeps within its bounds; an unset field satisfies only ``present: false``."""
    for key, bounds in arg.items():
        value = facts.fields.get(key)
        declared = rules.fields.get(key)
        if declared is not None and declared.type == "decimal" and isinstance(value, str) and value:
            value = Decimal(value)  # kept as text, so that nothing is rounded
        if not within(value, bounds):
            sv, en = field_title(rules, key, "sv"), field_title(rules, key, "en")
            c = (declared.choices if declared else None) or {}
            return Sentence(
                f"”{sv}” är {_shown(value, 'sv', c)}, men steget kräver {bound_text(bounds, 'sv', c)}.",
                f'"{en}" is {_shown(value, "en", c)}, but the step demands {bound_text(bounds, "en", c)}.',
            )
    return None


@guard("joined", str, refers="consultation", says=("{} är avslutad", "{} is over"))
def joined(rules: CaseType, key: Any, facts: Facts) -> Sentence | None:
    """The consultation's last round is over: complete, expired or closed early."""
    state = facts.consultations.get(key)
    if state in ("complete", "expired", "closed_early"):
        return None
    return Sentence(
        "Omgången pågår ännu: alla har inte svarat och sista dag har inte passerat.",
        "The round is still open: not everybody has answered and the last day has not passed.",
    )


@guard("no_open_tasks", says=("inga uppgifter är öppna", "no tasks are open"))
def no_open_tasks(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Nothing is left to do in the case."""
    if facts.open_tasks == 0:
        return None
    return Sentence(
        f"{facts.open_tasks} uppgift(er) är öppna. Slutför dem först.",
        f"{facts.open_tasks} task(s) are open. Complete them first.",
    )


@guard("no_unsent_mail", says=("alla utskick är levererade", "every mail is delivered"))
def no_unsent_mail(rules: CaseType, arg: Any, facts: Facts) -> Sentence | None:
    """Every mail of the case has left the house, or somebody has dealt with its failure."""
    if facts.unsent_mail == 0:
        return None
    return Sentence(
        f"{facts.unsent_mail} utskick är inte levererade. Vänta, eller sänd om dem.",
        f"{facts.unsent_mail} mails are not delivered. Wait, or send them again.",
    )


def bound_text(bounds: Comparison, language: str, choices: Mapping[str, Text] | None = None) -> str:
    """The bounds in words: "mer än 5 och högst 10"; a choice is told by its title."""
    words = {
        "eq": ("lika med {}", "equal to {}"), "ne": ("annat än {}", "other than {}"),
        "gt": ("mer än {}", "more than {}"), "ge": ("minst {}", "at least {}"),
        "lt": ("mindre än {}", "less than {}"), "le": ("högst {}", "at most {}"),
        "one_of": ("någon av {}", "one of {}"), "present": ("ett värde", "a value"),
    }  # fmt: skip
    parts = []
    for name, value in bounds.model_dump(exclude_none=True).items():
        several = value if isinstance(value, tuple | list) else (value,)
        shown = ", ".join(_shown(v, language, choices or {}) for v in several)
        if name == "present" and value is False:
            parts.append("no value" if language == "en" else "inget värde")
        else:
            parts.append(words[name][1 if language == "en" else 0].format(shown))
    return (" and " if language == "en" else " och ").join(parts)


def _shown(value: Any, language: str, choices: Mapping[str, Text]) -> str:
    if isinstance(value, str) and value in choices:
        return f"”{choices[value].in_(language)}”" if language != "en" else f'"{choices[value].in_(language)}"'
    if value is None or value == "":
        return "not given" if language == "en" else "inte ifyllt"
    if isinstance(value, bool):
        return {("sv", True): "ja", ("sv", False): "nej", ("en", True): "yes", ("en", False): "no"}[(language, value)]
    return str(value)


def within(value: Any, b: Comparison) -> bool:
    """Whether a value keeps all the bounds; never raises, whatever the value is."""
    if value is None or value == "":
        return b.present is False and not b.model_dump(exclude_none=True, exclude={"present"})
    if b.present is False:
        return False
    try:
        return all(
            (
                b.eq is None or value == b.eq,
                b.ne is None or value != b.ne,
                b.gt is None or value > b.gt,
                b.ge is None or value >= b.ge,
                b.lt is None or value < b.lt,
                b.le is None or value <= b.le,
                b.one_of is None or value in b.one_of,
            )
        )
    except TypeError:  # a text where a number was meant: refuse, never guess
        return False


from arende import bodyguards, delegationguards, hearingguards, lawguards  # noqa: E402, F401, I001 – their guards; one
from arende import meetingguards, textguards, timeguards  # noqa: E402, F401 – list of them all is too long a line
