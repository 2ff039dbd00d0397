"""What an export is made of: everything the database knows about one case, read as one snapshot.

Working notes are not read at all: they are outside the record (TF 2:12).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from arende import actors, db, events, meetingtables, models, queries, timeline
from arende.actors import Actor
from arende.app import App
from arende.casetypes import CaseType
from arende.errors import Sentence
from arende.terms import BUILT_IN_ROLES
from arende.trails import Trail
from arende.workdays import local_day

Row = dict[str, Any]


@dataclass(frozen=True)
class Material:
    """One case, whole. Rows are as in the tables; ``actors`` are those who have to do with it, by id."""

    at: datetime
    """When it was read."""
    authority: Row
    case: Row
    rules: CaseType
    definition: str
    """The stored text of the definition, in the order of its file."""
    history: list[Row]
    """In order, each with ``told`` (a Sentence), ``role`` and what the chain hashes."""
    faults: list[events.Broken]
    documents: list[Row]
    approvals: list[Row]
    consultations: list[Row]
    tasks: list[Row]
    deadlines: list[Row]
    mails: list[Row]
    relations: list[Row]
    conflicts: list[Row]
    assignments: list[Row]
    actors: dict[int, Actor]
    names: dict[str, str]
    """Key → name of persons, parties and bodies."""
    trails: list[Trail]
    """How each request was made and answered."""

    @property
    def closed_records(self) -> list[Row]:
        """Documents that are secret, or not yet checked for secrecy (OSL 5:1, 5:5), and still there."""
        return [d for d in self.documents if d["access"] not in (None, "public") and not d["removed"]]

    def key(self, actor_id: int | None) -> str | None:
        """The key of the actor of a row."""
        return None if actor_id is None else self.actors[actor_id].key


def gather(app: App, register_no: str) -> Material:
    """Read the case. Raises NotFound."""
    with db.reading(app.engine) as conn:
        case = queries.case(conn, register_no)
        case_id = case["id"]
        definition = queries.definition(conn, case["definition"])
        rules = app.types.pinned(case["definition"], lambda _: definition)
        chain = queries.sealed(conn, case_id, case["register_no"])
        tables = {
            "documents": queries.documents(conn, case_id),
            "approvals": queries.approvals(conn, case_id),
            "consultations": queries.consultations(conn, case_id),
            "tasks": queries.tasks(conn, case_id),
            "deadlines": queries.of_case(conn, models.deadlines, case_id),
            "mails": queries.mails(conn, case_id),
            "relations": queries.relations(conn, case_id),
            "conflicts": queries.of_case(conn, models.conflicts, case_id),
            "assignments": queries.of_case(conn, meetingtables.assignments, case_id),
        }
        happened = queries.history(conn, case_id)
        answers = [a for c in tables["consultations"] for a in c["answers"]]
        known = _actors(conn, [case, *answers, *(r for rows in tables.values() for r in rows)], happened)
        names = {**queries.body_names(conn), **actors.names(conn)}
        roles = _Roles(conn, rules, case, {a.key: a for a in known.values()})
        return Material(
            at=app.clock(),
            authority=queries.authority(conn),
            case=case,
            rules=rules,
            definition=definition,
            history=[_event(e, c, rules, names, roles) for e, c in zip(happened, chain, strict=True)],
            faults=events.verify(chain, case["head"]),
            actors=known,
            names=names,
            trails=queries.trails(conn, case_id, tables["approvals"], tables["mails"]),
            **tables,
        )


def _event(row: Row, link: tuple[events.Sealed, str, Any, str | None], rules: CaseType, names: Any, roles: Any) -> Row:
    sealed, _, _, salt = link
    told: Sentence = timeline.told(row, rules, names)
    return {
        **row,
        "n": sealed.n,
        "salt": salt,
        "payload_sha256": sealed.payload_sha256,
        "previous": sealed.previous,
        "told": told,
        "role": roles.of(row),
    }


def _actors(conn: Connection, rows: Iterable[Row], history: Iterable[Row]) -> dict[int, Actor]:
    """Everybody whom a row refers to, and everybody who acted."""
    ids = {v for row in rows for k, v in row.items() if k in _ACTOR_COLUMNS and v is not None}
    found = {i: actors.by_id(conn, i) for i in sorted(ids)}
    keys = {e[k] for e in history for k in ("actor", "on_behalf_of")} - {None, *(a.key for a in found.values())}
    return found | {a.id: a for a in (actors.actor(conn, k) for k in sorted(keys))}


_ACTOR_COLUMNS = frozenset(
    c.name for table in models.metadata.tables.values() for c in table.columns if c.references(models.actors.c.id)
)


class _Roles:
    """In which role somebody acted: what the definition asks for, held against the offices of the day."""

    def __init__(self, conn: Connection, rules: CaseType, case: Row, known: dict[str, Actor]) -> None:
        self.conn, self.rules, self.case, self.known = conn, rules, case, known

    def of(self, event: Row) -> str:
        """A role of the definition, or an office: ``secretary@krf``; ``party`` and ``system`` for those."""
        who = self.known[event["actor"]]
        if who.kind != "person":
            return who.kind
        payload = event["payload"] or {}
        if role := payload.get("role"):
            return str(role)
        wanted = self._wanted(payload)
        for key in (event["actor"], event["on_behalf_of"]):
            if key and (held := self._held(self.known[key], event["occurred_at"], wanted)):
                return held
        return "unknown"

    def _wanted(self, payload: Row) -> list[str]:
        """The roles that may act, those of the step first."""
        trigger, left = payload.get("trigger"), payload.get("from")
        of_step = [r.transition.by for r in self.rules.rows if (r.transition.trigger, r.source) == (trigger, left)]
        return [*(role for by in of_step for role in by), *self.rules.roles, *BUILT_IN_ROLES]

    def _held(self, who: Actor, at: datetime, wanted: list[str]) -> str | None:
        offices = actors.offices_of(self.conn, who.id, local_day(at))
        for role in wanted:
            declared = self.rules.roles.get(role)
            if declared is None:
                if role in {office for office, _ in offices}:
                    return role
            elif (body := declared.body or self.case["fields"].get(declared.body_from or "")) and (
                declared.office,
                body,
            ) in offices:
                return role
        return min((f"{office}@{body}" for office, body in offices), default=None)
