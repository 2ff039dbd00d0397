"""Whether a people file that is well formed also makes sense: what it refers to, its periods, its doubles.

Errors (the file is not loaded): P01 something unknown is named · P02 a period is impossible or overlaps its own
double · P03 a key is taken · P04 somebody stands in for themselves · P05 a body is above itself ·
P10 a mandate names nobody, or an office for an urgent decision · P11 two persons are one at the identity provider.
Warnings: P06 two chairs at once · P07 an address is shared · P08 an office outside the life of its body · P09 an
office by an unusual name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Protocol

from arende.casetypes import Finding, Level
from arende.errors import Sentence, did_you_mean
from arende.terms import BUILT_IN_ROLES
from arende.yamlfile import Lines

if TYPE_CHECKING:
    from arende.people import Office, People

Place = tuple[str | int, ...]

OFFICES = frozenset(BUILT_IN_ROLES) - {"parties", "external", "system"} | {"member", "substitute"}
"""Offices by their usual names; a case type may ask for others."""
SINGLE = ("chair", "region_director")
"""Offices that one person at a time holds in a body."""


class _Period(Protocol):
    @property
    def from_(self) -> date | None: ...
    @property
    def to(self) -> date | None: ...


def check(people: People, lines: Lines, file: str) -> list[Finding]:
    """Everything wrong or doubtful in the file, each with its line."""
    return list(_Check(people, lines, file).findings())


class _Check:
    """One walk through one file."""

    def __init__(self, people: People, lines: Lines, file: str) -> None:
        self.people = people
        self.lines = lines
        self.file = file

    def findings(self) -> Iterator[Finding]:
        """All of them, by section of the file."""
        yield from self._keys()
        yield from self._bodies()
        yield from self._offices()
        yield from self._doubles()
        yield from self._substitutes()
        yield from self._mandates()
        yield from self._delegations()
        yield from self._groups()
        yield from self._addresses()
        yield from self._identities()

    def _identities(self) -> Iterator[Finding]:
        known: dict[str, str] = {}
        for key, person in self.people.persons.items():
            if person.identity is None:
                continue
            if (other := known.setdefault(person.identity, key)) != key:
                yield self._error(
                    "P11",
                    ("persons", key, "identity"),
                    f"{key} och {other} har samma identity, så ingen vet vem av dem som loggar in. Rätta den ena.",
                    f"{key} and {other} have the same identity, so nobody knows which of them signs in. Mend one.",
                )

    def _keys(self) -> Iterator[Finding]:
        for section in ("persons", "parties"):
            for key in getattr(self.people, section):
                if key == "system":
                    yield self._error(
                        "P03",
                        (section, key),
                        "Nyckeln system är systemets egen. Välj en annan.",
                        "The key system is the system's own. Choose another.",
                    )
        for key in self.people.persons.keys() & self.people.parties.keys():
            yield self._error(
                "P03",
                ("parties", key),
                f"Nyckeln {key} finns både bland personer och parter. Byt den ena.",
                f"The key {key} is both a person's and a party's. Change one of them.",
            )

    def _bodies(self) -> Iterator[Finding]:
        for key, body in self.people.bodies.items():
            yield from self._period(("bodies", key, "to"), body)
            if body.prepared_by is not None:
                place = ("bodies", key, "prepared_by")
                yield from self._known(place, body.prepared_by, self.people.bodies, "organet", "body")
            if body.parent is None:
                continue
            yield from self._known(("bodies", key, "parent"), body.parent, self.people.bodies, "organet", "body")
            if self._above_itself(key):
                yield self._error(
                    "P05",
                    ("bodies", key, "parent"),
                    f"Organet {key} lyder ytterst under sig självt.",
                    f"The body {key} is, in the end, below itself.",
                )

    def _above_itself(self, key: str) -> bool:
        above = self.people.bodies[key].parent
        for _ in self.people.bodies:
            if above is None or above not in self.people.bodies:
                return False
            if above == key:
                return True
            above = self.people.bodies[above].parent
        return False

    def _offices(self) -> Iterator[Finding]:
        for index, office in enumerate(self.people.offices):
            place: Place = ("offices", index)
            yield from self._known((*place, "person"), office.person, self.people.persons, "personen", "person")
            yield from self._known((*place, "body"), office.body, self.people.bodies, "organet", "body")
            yield from self._period((*place, "to"), office)
            yield from self._life_of_body(place, office)
            if office.office not in OFFICES and (meant := did_you_mean(office.office, OFFICES)):
                yield Finding(
                    "P09",
                    "warn",
                    self.file,
                    self.lines.at((*place, "office")),
                    Sentence(f"Uppdraget {office.office} är ovanligt.", f"The office {office.office} is unusual."),
                    suggestion=meant,
                )

    def _life_of_body(self, place: Place, office: Office) -> Iterator[Finding]:
        body = self.people.bodies.get(office.body)
        if body is None or not (
            (body.to and (office.to or date.max) > body.to) or office.from_ < (body.from_ or date.min)
        ):
            return
        yield self._warning(
            "P08",
            place,
            f"Uppdraget ligger delvis utanför den tid då organet {office.body} finns ({_span(body)}).",
            f"The office lies partly outside the time in which the body {office.body} exists ({_span(body)}).",
        )

    def _doubles(self) -> Iterator[Finding]:
        """The same office of one person twice at once is an error; of two persons, only where one may hold it."""
        held: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, office in enumerate(self.people.offices):
            held[office.office, office.body].append(index)
        for (office_key, body), indexes in held.items():
            for a, b in combinations(indexes, 2):
                first, second = self.people.offices[a], self.people.offices[b]
                if not _overlap(first, second):
                    continue
                line = self.lines.at(("offices", a))
                if first.person == second.person:
                    yield self._error(
                        "P02",
                        ("offices", b),
                        f"{first.person} har redan detta uppdrag under samma tid (rad {line}). Slå ihop perioderna.",
                        f"{first.person} already holds this office in that time (line {line}). Join the periods.",
                    )
                elif office_key in SINGLE:
                    yield self._warning(
                        "P06",
                        ("offices", b),
                        f"{body} får två {office_key} samtidigt: {first.person} (rad {line}) och {second.person}.",
                        f"{body} has two who are {office_key} at once: {first.person} (line {line}), {second.person}.",
                    )

    def _substitutes(self) -> Iterator[Finding]:
        seen: dict[tuple[str, str, date], int] = {}
        for index, s in enumerate(self.people.substitutes):
            place: Place = ("substitutes", index)
            yield from self._known((*place, "for"), s.for_, self.people.persons, "personen", "person")
            yield from self._known((*place, "by"), s.by, self.people.persons, "personen", "person")
            yield from self._period((*place, "to"), s)
            if s.for_ == s.by:
                yield self._error(
                    "P04",
                    (*place, "by"),
                    f"{s.by} kan inte vara ersättare för sig själv.",
                    f"{s.by} cannot stand in for themselves.",
                )
            first = seen.setdefault((s.for_, s.by, s.from_), index)
            if first != index:
                line = self.lines.at(("substitutes", first))
                yield self._error(
                    "P02",
                    place,
                    f"{s.by} ersätter redan {s.for_} från samma dag (rad {line}). Slå ihop dem.",
                    f"{s.by} already stands in for {s.for_} from that day (line {line}). Join them.",
                )

    def _mandates(self) -> Iterator[Finding]:
        for key, mandate in self.people.mandates.items():
            place: Place = ("mandates", key)
            yield from self._known((*place, "body"), mandate.body, self.people.bodies, "organet", "body")
            yield from self._period((*place, "to"), mandate)
            for n, person in enumerate(mandate.persons):
                yield from self._known((*place, "persons", n), person, self.people.persons, "personen", "person")
            for n, office in enumerate(mandate.offices):
                body = office.partition("@")[2]
                yield from self._known((*place, "offices", n), body, self.people.bodies, "organet", "body")
            if not mandate.persons and not mandate.offices:
                yield self._error(
                    "P10",
                    place,
                    f"Mandatet {key} gäller ingen. Ange personer eller uppdrag.",
                    f"The mandate {key} is for nobody. Give persons or offices.",
                )
            if "urgent_decision" in mandate.acts and mandate.offices:
                yield self._error(
                    "P10",
                    place,
                    f"Mandatet {key} gäller brådskande beslut och ska då namnge personer, inte uppdrag (KL 6:39).",
                    f"The mandate {key} covers urgent decisions and must name persons, not offices (KL 6:39).",
                )

    def _delegations(self) -> Iterator[Finding]:
        for key, point in self.people.delegations.items():
            place: Place = ("delegations", key)
            yield from self._known((*place, "body"), point.body, self.people.bodies, "organet", "body")
            yield from self._period((*place, "to"), point)
            for n, office in enumerate(point.offices):
                body = office.partition("@")[2]
                yield from self._known((*place, "offices", n), body, self.people.bodies, "organet", "body")

    def _groups(self) -> Iterator[Finding]:
        for key, group in self.people.groups.items():
            for index, party in enumerate(group.parties):
                place: Place = ("groups", key, "parties", index)
                yield from self._known(place, party, self.people.parties, "parten", "party")
                if party in group.parties[:index]:
                    yield self._error(
                        "P03",
                        place,
                        f"Parten {party} står två gånger i gruppen {key}.",
                        f"The party {party} stands twice in the group {key}.",
                    )

    def _addresses(self) -> Iterator[Finding]:
        first: dict[str, str] = {}
        for section in ("persons", "parties"):
            for key, actor in getattr(self.people, section).items():
                other = first.setdefault(actor.email.lower(), key)
                if other != key:
                    yield self._warning(
                        "P07",
                        (section, key, "email"),
                        f"{key} har samma adress som {other}. Ett svar därifrån går inte att hänföra till en av dem.",
                        f"{key} has the same address as {other}. A reply from it cannot be told apart.",
                    )

    def _known(self, place: Place, key: str, known: Iterable[str], sv: str, en: str) -> Iterator[Finding]:
        known = set(known)
        if key not in known:
            yield Finding(
                "P01",
                "error",
                self.file,
                self.lines.at(place),
                Sentence(f"{sv.capitalize()} {key} finns inte i filen.", f"There is no {en} {key} in the file."),
                suggestion=did_you_mean(key, known),
            )

    def _period(self, place: Place, period: _Period) -> Iterator[Finding]:
        if period.from_ and period.to and period.to < period.from_:
            yield self._error(
                "P02",
                place,
                f"Tiden slutar ({period.to}) innan den börjar ({period.from_}).",
                f"The time ends ({period.to}) before it begins ({period.from_}).",
            )

    def _error(self, code: str, place: Place, sv: str, en: str) -> Finding:
        return self._finding(code, "error", place, sv, en)

    def _warning(self, code: str, place: Place, sv: str, en: str) -> Finding:
        return self._finding(code, "warn", place, sv, en)

    def _finding(self, code: str, level: Level, place: Place, sv: str, en: str) -> Finding:
        return Finding(code, level, self.file, self.lines.at(place), Sentence(sv, en))


def _overlap(a: _Period, b: _Period) -> bool:
    return (a.from_ or date.min) <= (b.to or date.max) and (b.from_ or date.min) <= (a.to or date.max)


def _span(period: _Period) -> str:
    return f"{period.from_ or ''}–{period.to or ''}"
