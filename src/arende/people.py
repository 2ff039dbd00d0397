"""The people file: who holds which office where and when, who steps in, and the parties outside.

A file is data in readable YAML: ``authority``, ``bodies``, ``persons``, ``offices``, ``substitutes``, ``mandates``,
``parties``, ``groups``. ``examine`` tells everything that is wrong or doubtful, with the line; ``read``
refuses what is wrong. Loading it into the database, without losing history, is ``usecases/people.py``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)
from pydantic_core import PydanticCustomError

from arende import peoplecheck, wording
from arende.casetypes import Finding
from arende.errors import Invalid, Sentence
from arende.terms import Act, Court, Key, Text
from arende.yamlfile import Unreadable, parse

SYSTEM = "system"
"""The key of the actor that stands for the clock and the machine; nobody else may have it."""

BodyKind = Literal[
    "assembly",  # fullmäktige: decides
    "executive_board",  # styrelsen: decides
    "board",  # nämnd: decides
    "local_board",  # lokal nämnd: decides on the assembly's commission
    "committee",  # utskott: prepares, decides by delegation only
    "preparatory_body",  # beredning: prepares, never decides (KL 3:3–5)
    "forum",  # cooperation between authorities: not a board under KL
    "officers_group",  # chief officers: not a board under KL
    "administration",  # förvaltning, kontor
]


def _said(sv: str, en: str) -> PydanticCustomError:
    """A fault in the two languages; ``wording`` takes the sentences from the context."""
    return PydanticCustomError(wording.SAID, "{en}", {"sv": sv, "en": en})


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _said(f"Dagen {value} finns inte.", f"There is no day {value}.") from None
    raise _said(
        f"”{value}” är inget datum. Skriv ÅÅÅÅ-MM-DD, till exempel 2023-01-01.",
        f'"{value}" is not a date. Write YYYY-MM-DD, such as 2023-01-01.',
    )


def _printable(value: str) -> str:
    if not value.isprintable():
        raise _said(
            "Texten har radbrytningar eller tecken som inte syns. Skriv den på en rad.",
            "The text has line breaks or characters that cannot be seen. Write it on one line.",
        )
    return value


def _address(value: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as e:
        raise _said(f"”{value}” är ingen e-postadress.", f'"{value}" is not an e-mail address. {e}') from None


def _organisation(value: str) -> str:
    digits = value.replace("-", "")
    if not re.fullmatch(r"[0-9]{6}-?[0-9]{4}", value) or not _luhn(digits):
        raise _said(
            f"”{value}” är inget organisationsnummer: det har sex siffror, bindestreck och fyra siffror, "
            "och den sista är en kontrollsiffra.",
            f'"{value}" is not an organisation number: six digits, a hyphen and four digits, the last a check digit.',
        )
    return f"{digits[:6]}-{digits[6:]}"


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (2 - i % 2) for i, d in enumerate(digits))
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0


Day = Annotated[date, BeforeValidator(_day)]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_printable)
]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_address)]
OrgNo = Annotated[str, AfterValidator(_organisation)]
Code = Annotated[str, BeforeValidator(lambda v: str(v) if type(v) is int else v), StringConstraints(max_length=32)]
Language = Literal["sv", "en"]


class Faulty(Invalid):
    """A people file with errors: one sentence for each, with file and line."""


class Model(BaseModel):
    """Base: frozen, strict, and an unknown key is an error. Keys are written as in YAML (``from``, ``for``)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CourtOf(Model):
    """A court by name, and where a letter to it goes."""

    name: Line
    address: Line | None = None


class Authority(Model):
    """The authority whose cases these are. There is one per database, and its key never changes."""

    key: Key
    name: Line
    org_no: OrgNo | None = None
    email: Address
    website: Line | None = None
    courts: dict[Court, CourtOf] = Field(default_factory=dict)
    """The courts that try its decisions: they stand in the instructions on appeal."""
    demo: bool = False
    """Everything is made up: as long as no mail leaves the machine, whoever comes may sign in as anybody."""


class Before(Model):
    """How long before a meeting: an amount, its unit, and the law or rule it rests on."""

    days: int = Field(ge=0, le=366)
    unit: Literal["working", "calendar"] = "calendar"
    law: Line | None = None
    basis: Line | None = None


class Body(Model):
    """A body: an assembly, a board, a committee, a forum, an office. ``to`` is its last day."""

    name: Text
    short: Annotated[str, StringConstraints(min_length=1, max_length=32), AfterValidator(_printable)] | None = None
    kind: BodyKind
    parent: Key | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    members: int | None = Field(default=None, ge=1, le=1000)
    """Those entitled to vote; a quorum is more than half of them present (KL 5:45, 6:27)."""
    prepared_by: Key | None = None
    """The body that meets before, and prepares what this one takes up."""
    papers: Before | None = None
    """When papers must be in (handlingsstopp)."""
    summons: Before | None = None
    """When the summons goes out; for the assembly also the public notice (KL 5:13)."""


class Person(Model):
    """Somebody who acts in the house."""

    name: Line
    title: Line | None = None
    email: Address
    identity: Line | None = None
    """Who it is at the site's identity provider: the value of the claim that the settings name, which never changes."""
    language: Language = "sv"
    mail: Literal["each", "digest"] = "each"
    """A mail for each request and task, or one each working morning with all that waits."""


class Office(Model):
    """A person holds an office in a body for a period; ``to`` is the last day.

    ``ordinal`` orders vice chairs and substitutes.
    """

    person: Key
    office: Key
    body: Key
    from_: Day = Field(alias="from")
    to: Day | None = None
    ordinal: int = Field(default=0, ge=0, le=100)
    political_party: Line | None = None
    """For whom the seat was won: in the assembly a substitute serves for a member of the same one only."""


class Substitute(Model):
    """``by`` stands in for ``for`` in the period, both days included; in one office, or in all."""

    for_: Key = Field(alias="for")
    by: Key
    from_: Day = Field(alias="from")
    to: Day
    office: Key | None = None
    reason: Line | None = None


class Mandate(Model):
    """A board's decision that lets a formal act be answered by mail: which acts, in which ways, by whom.

    ``offices`` are written ``chair@rs``. An urgent decision (KL 6:39) is for persons named, never for an office.
    """

    body: Key
    decided_on: Day
    section: Line
    acts: tuple[Act, ...] = Field(min_length=1)
    ways: tuple[Literal["reply", "link"], ...] = Field(min_length=1)
    persons: tuple[Key, ...] = ()
    offices: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*@[a-z][a-z0-9_]*$")], ...] = ()
    from_: Day = Field(alias="from")
    to: Day | None = None
    note: Line | None = None

    @field_validator("acts", "ways", "persons", "offices", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class Delegation(Model):
    """A point of the delegation order: a kind of matter that a board has delegated (KL 6:37, 7:5), under its number.

    ``offices`` are written ``manager@regionkontoret``. ``regime`` is how such decisions are appealed.
    """

    title: Text
    body: Key
    offices: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*@[a-z][a-z0-9_]*$")], ...] = Field(
        min_length=1
    )
    max_amount: int | None = Field(default=None, ge=0)
    """In kronor; the decision may not exceed it."""
    regime: Literal["legality_review", "administrative_appeal"] = "legality_review"
    reported: bool = True
    """Whether the board wants such decisions reported (KL 6:40)."""
    decided_on: Day
    section: Line
    from_: Day = Field(alias="from")
    to: Day | None = None

    @field_validator("offices", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


Number = Annotated[str, StringConstraints(pattern=r"^[0-9A-ZÅÄÖ][0-9A-ZÅÄÖa-zåäö.]{0,15}$")]
"""The number of a point in the delegation order: 3.2."""


class Party(Model):
    """Somebody outside who is asked, told or written to: a municipality, a ministry, an agency."""

    name: Line
    kind: Literal["municipality", "ministry", "agency", "other"]
    email: Address
    code: Code | None = None
    """SCB's code of a municipality."""
    org_no: OrgNo | None = None
    diary_prefix: Line | None = None
    """What its own diary numbers begin with, such as Fi."""
    language: Language = "sv"


class Group(Model):
    """Parties that are asked together, in this order."""

    title: Text
    parties: tuple[Key, ...] = Field(min_length=1)

    @field_validator("parties", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class People(Model):
    """A whole people file."""

    authority: Authority
    bodies: dict[Key, Body] = {}
    persons: dict[Key, Person] = {}
    offices: tuple[Office, ...] = ()
    substitutes: tuple[Substitute, ...] = ()
    mandates: dict[Key, Mandate] = {}
    delegations: dict[Number, Delegation] = {}
    parties: dict[Key, Party] = {}
    groups: dict[Key, Group] = {}

    @field_validator("offices", "substitutes", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


def examine(text: str, file: str) -> tuple[People | None, list[Finding]]:
    """Read a people file and tell everything wrong (error) or doubtful (warn) in it, in the order of its lines."""
    try:
        parsed = parse(text, file)
    except Unreadable as e:
        return None, [Finding("P00", "error", file, e.line, e.bare)]
    if not isinstance(parsed.data, dict):
        return None, [Finding("P00", "error", file, 1, _NOT_PEOPLE)]
    try:
        people = People.model_validate({k: v for k, v in parsed.data.items() if v is not None})
    except ValidationError as e:
        wrong = (replace(f, code="P00") for f in wording.findings(e, People, parsed.lines, file))
        return None, sorted(wrong, key=lambda f: f.line)
    return people, sorted(peoplecheck.check(people, parsed.lines, file), key=lambda f: f.line)


def read(text: str, file: str) -> People:
    """The people of a file; raises Faulty (an Invalid) with a sentence for each error in it."""
    people, findings = examine(text, file)
    errors = [located(f) for f in findings if f.level == "error"]
    if people is None or errors:
        raise Faulty(*errors)
    return people


def names(people: People) -> set[str]:
    """What everybody in the file is called: persons with their titles, parties, bodies in each language and short."""
    found = {said for p in people.persons.values() for said in (p.name, p.title)}
    found |= {p.name for p in people.parties.values()}
    found |= {said for b in people.bodies.values() for said in (b.name.in_("sv"), b.name.in_("en"), b.short)}
    return {said for said in found if said}


def located(finding: Finding) -> Sentence:
    """The sentence of a finding with its file, its line and the suggestion."""
    more = finding.suggestion
    sv = finding.sentence.sv + (f" {more.sv[0].upper()}{more.sv[1:]}" if more else "")
    en = finding.sentence.en + (f" {more.en[0].upper()}{more.en[1:]}" if more else "")
    return Sentence(f"{finding.file}, rad {finding.line}: {sv}", f"{finding.file}, line {finding.line}: {en}")


_NOT_PEOPLE = Sentence(
    "Filen är ingen personfil: den ska ha rubrikerna authority, bodies, persons, offices, parties och groups.",
    "The file is not a people file: it should have authority, bodies, persons, offices, parties and groups.",
)
