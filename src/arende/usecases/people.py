"""Loading a people file: the database follows the file, and forgets nothing.

What is new is added, what differs is changed, and what the file no longer has is *ended* – never deleted, because
cases, events and letters refer to it. It ends at once: its last day is the day before, since a last day counts whole,
and whoever has been taken out of the file should not go on acting until midnight. What was done earlier that day
stands in the events. Somebody who comes back into the file is un-ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, insert, or_, select, text, update

from arende import db
from arende.actors import Actor
from arende.delegationtables import delegation_points
from arende.errors import Refused, Sentence
from arende.models import actors, authority, bodies, mandates, offices, party_groups, substitutes
from arende.people import SYSTEM, People
from arende.signintables import sessions
from arende.workdays import local_day

if TYPE_CHECKING:
    from arende.app import App

Row = Mapping[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: ``officer``, ``body rs``, ``chair@rs: rs_chair``, ``hylte in municipalities``."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    ended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """An actor and what they hold on a day: ``chair@rsau``."""

    actor: Actor
    offices: tuple[str, ...]

    @property
    def only_sits(self) -> bool:
        """Whether the person is a member or substitute of bodies and nothing else: there are many of those."""
        return bool(self.offices) and all(o.partition("@")[0] in ("member", "substitute") for o in self.offices)


def listing(app: App | Engine, day: date) -> list[Listed]:
    """Every person and party, also those who have ended, with the offices of ``day``; persons first, by key."""
    with db.reading(_engine(app)) as conn:
        rows = conn.execute(select(*(actors.c[name] for name in Actor._fields)).where(actors.c.kind != "system")).all()
        held: dict[int, list[str]] = defaultdict(list)
        for o in conn.execute(select(offices).order_by(offices.c.office, offices.c.body)):
            if o.valid_from <= day <= (o.valid_to or date.max):
                held[o.actor_id].append(f"{o.office}@{o.body}")
    found = [Listed(Actor(*row), tuple(held[row.id])) for row in rows]
    return sorted(found, key=lambda a: (a.actor.kind != "person", a.actor.key))


def load(app: App | Engine, people: People, at: datetime) -> Loaded:
    """Make the database follow ``people`` from ``at`` on, in one transaction; nothing is ever deleted.

    Raises Refused when the file is another authority's, or when a key has changed from a person to a party.
    """
    with db.writing(_engine(app)) as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("LOCK TABLE authority IN EXCLUSIVE MODE"))  # two loads take turns; readers go on
        return _Loading(conn, people, at).run()


def _engine(app: App | Engine) -> Engine:
    return app if isinstance(app, Engine) else app.engine


@dataclass
class _Loading:
    """One load: the sections in the order in which they refer to each other."""

    conn: Connection
    people: People
    at: datetime
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    """Actor id → key."""

    @property
    def day(self) -> date:
        return local_day(self.at)

    @property
    def last_day(self) -> date:
        """The last day of what ends now: a day counts whole, so it is the one before."""
        return self.day - timedelta(days=1)

    def run(self) -> Loaded:
        self._authority()
        self._check_kinds()
        known = self._identities()
        self._follow(actors, ("key",), self._actors(), self._end_actor, lambda row: row["key"])
        self._end_sessions(known)
        self.names = {row.id: row.key for row in self.conn.execute(select(actors.c.id, actors.c.key))}
        ids = {key: number for number, key in self.names.items()}
        self._follow(bodies, ("key",), self._bodies(), self._end_period, lambda row: f"body {row['key']}")
        by_office = ("actor_id", "office", "body", "valid_from")
        self._follow(offices, by_office, self._offices(ids), self._end_office, self._office_name)
        by_pair = ("actor_id", "substitute_id", "valid_from")
        self._follow(substitutes, by_pair, self._substitutes(ids), self._end_substitute, self._substitute_name)
        self._follow(mandates, ("key",), self._mandates(), self._end_period, lambda row: f"mandate {row['key']}")
        self._follow(
            delegation_points, ("key",), self._delegations(), self._end_period, lambda row: f"delegation {row['key']}"
        )
        self._follow(party_groups, ("key", "actor_id"), self._groups(ids), self._end_actor, self._member_name)
        return Loaded(tuple(self.added), tuple(self.changed), tuple(self.ended))

    def _follow(
        self,
        table: Table,
        by: tuple[str, ...],
        wanted: Iterator[dict[str, Any]],
        end: Callable[[Row], dict[str, Any]],
        name: Callable[[Row], str],
    ) -> None:
        """Add, change and end the rows of one table; ``by`` are the columns that tell rows apart."""
        stored = {_key(row, by): row for row in map(dict, self.conn.execute(select(table)).mappings())}
        asked = {_key(row, by): row for row in wanted}
        if new := [row for key, row in asked.items() if key not in stored]:
            self.conn.execute(insert(table), new)
            self.added += map(name, new)
        for key, row in stored.items():
            changes = _differences(row, asked[key]) if key in asked else end(row)
            if changes:
                self.conn.execute(update(table).where(*(table.c[c] == row[c] for c in by)).values(changes))
                (self.changed if key in asked else self.ended).append(name(row))

    # ------------------------------------------------------------ what the file asks for

    def _identities(self) -> dict[int, str]:
        """Actor id → what the identity provider calls the person, where there is such a name."""
        rows = self.conn.execute(select(actors.c.id, actors.c.data))
        return {row.id: row.data["identity"] for row in rows if row.data.get("identity")}

    def _end_sessions(self, known: Mapping[int, str]) -> None:
        """Nobody stays signed in by an identity that is no longer theirs, nor at all when they are ended."""
        now = self._identities()
        s, left = sessions.c, select(actors.c.id).where(actors.c.ended_on < self.day)
        lost = [number for number, identity in known.items() if now.get(number) != identity]
        theirs = or_(s.actor_id.in_(left), (s.way == "oidc") & s.actor_id.in_(lost))
        still = update(sessions).where(s.ended_at.is_(None), theirs)
        self.conn.execute(still.values(ended_at=self.at, why="revoked"))

    def _authority(self) -> None:
        asked = self.people.authority
        values = {"key": asked.key, "name": asked.name, "data": asked.model_dump(mode="json", exclude={"key", "name"})}
        stored = self.conn.execute(select(authority)).mappings().first()
        if stored is None:
            self.conn.execute(insert(authority).values(id=1, **values))
        elif stored["key"] != asked.key:
            raise Refused(_another_authority(stored["name"], stored["key"], asked.name, asked.key))
        elif changes := _differences(dict(stored), values):
            self.conn.execute(update(authority).values(changes))
            self.changed.append(f"authority {asked.key}")

    def _check_kinds(self) -> None:
        wanted = {row["key"]: row["kind"] for row in self._actors()}
        stored = self.conn.execute(select(actors.c.key, actors.c.kind)).all()
        if wrong := [key for key, kind in stored if wanted.get(key, kind) != kind]:
            raise Refused(*map(_another_kind, sorted(wrong)))

    def _actors(self) -> Iterator[dict[str, Any]]:
        yield _actor(SYSTEM, "system", "Ärendesystemet")
        for key, p in self.people.persons.items():
            data: Row = {"mail": p.mail} if p.mail != "each" else {}
            data = {**data, "identity": p.identity} if p.identity else data
            yield _actor(key, "person", p.name, title=p.title, email=p.email, language=p.language, data=data)
        for key, party in self.people.parties.items():
            data = party.model_dump(mode="json", include={"kind", "code", "org_no", "diary_prefix"}, exclude_none=True)
            yield _actor(key, "party", party.name, email=party.email, language=party.language, data=data)

    def _bodies(self) -> Iterator[dict[str, Any]]:
        for key, body in self.people.bodies.items():
            yield {
                "key": key,
                "name_sv": body.name.sv,
                "name_en": body.name.en,
                "short": body.short,
                "kind": body.kind,
                "parent": body.parent,
                "valid_from": body.from_,
                "valid_to": body.to,
                "data": body.model_dump(mode="json", exclude_none=True, include=_ABOUT_MEETINGS),
            }

    def _offices(self, ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
        """Each office; it ends with its body at the latest: nobody is asked or summoned for one that has ended."""
        bodies = self._last_days
        for o in self.people.offices:
            yield {
                "actor_id": ids[o.person],
                "office": o.office,
                "body": o.body,
                "valid_from": o.from_,
                "valid_to": min((d for d in (o.to, bodies.get(o.body)) if d is not None), default=None),
                "ordinal": o.ordinal,
                "political_party": o.political_party,
                "came_from": None,
            }

    def _substitutes(self, ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
        for s in self.people.substitutes:
            yield {
                "actor_id": ids[s.for_],
                "substitute_id": ids[s.by],
                "valid_from": s.from_,
                "valid_to": s.to,
                "office": s.office,
                "reason": s.reason,
                "ended_at": None,
            }

    def _mandates(self) -> Iterator[dict[str, Any]]:
        for key, m in self.people.mandates.items():
            days = {"decided_on": m.decided_on, "valid_from": m.from_, "valid_to": m.to}
            yield {"key": key, **m.model_dump(mode="json", exclude={"from_", "to", "decided_on"}), **days}

    def _delegations(self) -> Iterator[dict[str, Any]]:
        for key, d in self.people.delegations.items():
            yield {
                "key": key,
                "body": d.body,
                "title_sv": d.title.sv,
                "title_en": d.title.en,
                "offices": list(d.offices),
                "max_amount": str(d.max_amount) if d.max_amount is not None else None,
                "regime": d.regime,
                "reported": d.reported,
                "decided_on": d.decided_on,
                "section": d.section,
                "valid_from": d.from_,
                "valid_to": d.to,
            }

    def _groups(self, ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
        for key, group in self.people.groups.items():
            title = group.title.model_dump(exclude_none=True)
            for ordinal, party in enumerate(group.parties):
                yield {"key": key, "actor_id": ids[party], "ordinal": ordinal, "title": title, "ended_on": None}

    # ------------------------------------------------------------ what the file no longer has

    def _end_actor(self, row: Row) -> dict[str, Any]:
        return {"ended_on": self.last_day} if row["ended_on"] is None or row["ended_on"] >= self.day else {}

    def _end_period(self, row: Row) -> dict[str, Any]:
        return {"valid_to": self.last_day} if row["valid_to"] is None or row["valid_to"] >= self.day else {}

    def _end_office(self, row: Row) -> dict[str, Any]:
        """One that passed on by a change of organisation goes on until the file speaks of it, or its body ends."""
        person, to = self.names[row["actor_id"]], self._last_days.get(row["body"])
        same = (person, row["office"], row["body"])
        told = any((o.person, o.office, o.body) == same for o in self.people.offices)
        if row["came_from"] is None or told or person not in self.people.persons:
            return self._end_period(row)
        return {"valid_to": to} if to is not None and (row["valid_to"] is None or row["valid_to"] > to) else {}

    @property
    def _last_days(self) -> dict[str, date | None]:
        return {key: body.to for key, body in self.people.bodies.items()}

    def _end_substitute(self, row: Row) -> dict[str, Any]:
        return {"ended_at": self.at} if row["ended_at"] is None and row["valid_to"] >= self.day else {}

    # ------------------------------------------------------------ names for the account

    def _office_name(self, row: Row) -> str:
        return f"{row['office']}@{row['body']}: {self.names[row['actor_id']]}"

    def _substitute_name(self, row: Row) -> str:
        return f"{self.names[row['substitute_id']]} for {self.names[row['actor_id']]}"

    def _member_name(self, row: Row) -> str:
        return f"{self.names[row['actor_id']]} in {row['key']}"


def _actor(key: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    blank: dict[str, Any] = {"title": None, "email": None, "language": "sv", "data": {}, "ended_on": None}
    return {"key": key, "kind": kind, "name": name, **blank, **more}


def _key(row: Row, by: tuple[str, ...]) -> Key:
    return tuple(row[column] for column in by)


def _differences(stored: Row, wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in wanted.items() if stored[column] != value}


_ABOUT_MEETINGS = {"members", "prepared_by", "papers", "summons"}


def _another_authority(stored: str, stored_key: str, asked: str, asked_key: str) -> Sentence:
    return Sentence(
        f"Databasen hör till {stored} ({stored_key}), men filen gäller {asked} ({asked_key}). "
        "En databas har en myndighet: välj en annan databas eller rätta authority i filen.",
        f"The database belongs to {stored} ({stored_key}), but the file is for {asked} ({asked_key}). "
        "A database has one authority: choose another database, or mend authority in the file.",
    )


def _another_kind(key: str) -> Sentence:
    return Sentence(
        f"Nyckeln {key} finns redan, som person eller som part, och kan inte bli den andra sorten. Välj en ny nyckel.",
        f"The key {key} is already a person's or a party's and cannot become the other kind. Choose a new key.",
    )
