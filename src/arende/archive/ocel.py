"""OCEL 2.0 as JSON: events that touch several objects – four of six answers, one decision, two documents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from arende.actors import Actor
from arende.app import App
from arende.archive.folder import Parcel
from arende.archive.happenings import Happening, Pseudonyms, done, happenings
from arende.usecases.material import Material, Row

OBJECTS: dict[str, dict[str, str]] = {
    "case": {"type": "string", "state": "string", "secrecy": "boolean", "definition": "string"},
    "task": {"act": "string", "role": "string", "state": "string", "due": "time"},
    "approval": {"act": "string", "role": "string", "level": "string", "round": "integer", "state": "string",
                 "due": "time"},
    "answer": {"kind": "string", "round": "integer", "state": "string", "stance": "string", "late": "boolean",
               "revision": "integer", "due": "time"},
    "document": {"kind": "string", "version": "integer", "direction": "string", "media_type": "string",
                 "size": "integer"},
    "organisation": {"name": "string"},
    "person_role": {"role": "string", "name": "string"},
}  # fmt: skip
"""Each type of object with its attributes."""
EVENT = {"kind": "string", "title": "string", "channel": "string", "outcome": "string"}
"""The attributes of every type of event."""
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""When an attribute that does not change was set, as OCEL writes it."""


def write(app: App, m: Material, target: Parcel, names: bool) -> None:
    """``<DNR>.ocel.json``."""
    log = _Log(m, Pseudonyms(app, names=names)).whole()
    target.write(f"{m.case['register_no']}.ocel.json", f"{json.dumps(log, ensure_ascii=False, indent=1)}\n".encode())


class _Log:
    """The objects and events of one case, as they are found."""

    def __init__(self, m: Material, names: Pseudonyms) -> None:
        self.m, self.names = m, names
        self.no = str(m.case["register_no"])
        self.objects: dict[str, Row] = {}
        self.done = done(m)

    def whole(self) -> Row:
        self._case()
        self._work()
        events = [self._event(h) for h in happenings(self.m)]
        return {
            "objectTypes": [
                {"name": name, "attributes": [{"name": a, "type": t} for a, t in attributes.items()]}
                for name, attributes in OBJECTS.items()
            ],
            "eventTypes": [
                {"name": name, "attributes": [{"name": a, "type": t} for a, t in EVENT.items()]}
                for name in sorted({e["type"] for e in events})
            ],
            "objects": list(self.objects.values()),
            "events": events,
        }

    # ------------------------------------------------------------ objects

    def _object(self, id_: str, type_: str, values: Row, links: Iterable[tuple[str, str]] = ()) -> str:
        self.objects[id_] = {
            "id": id_,
            "type": type_,
            "attributes": [
                {"name": k, "time": _time(ALWAYS), "value": _value(v)} for k, v in values.items() if v is not None
            ],
            "relationships": _links(links),
        }
        return id_

    def _case(self) -> None:
        m, case = self.m, self.m.case
        authority = self._organisation(m.authority.get("key") or "authority", m.authority.get("name"))
        values = {"type": case["type"], "secrecy": case["secrecy"], "definition": case["definition"]}
        self._object(self.no, "case", values, [(authority, "handled by")])
        self.objects[self.no]["attributes"] += [
            {"name": "state", "time": _time(h.at), "value": h.outcome}
            for h in happenings(m)
            if h.kind in ("case:registered", "case:step:taken") and h.outcome
        ]

    def _work(self) -> None:
        m, of_case = self.m, (self.no, "part of")
        for d in m.documents:
            values = {"kind": d["key"], **{k: d[k] for k in ("version", "direction", "media_type", "size")}}
            self._object(self._document(d["record_no"]), "document", values, [of_case])
        for t in m.tasks:
            values = {**{k: t[k] for k in ("act", "role", "state")}, "due": t["due_at"]}
            who = [(self._person(m.actors[t["assignee_id"]], t["role"]), "waits for")] if t["assignee_id"] else []
            self._object(self._task(t), "task", values, [of_case, *who])
        for a in m.approvals:
            values = {**{k: a[k] for k in ("act", "role", "level", "round", "state")}, "due": a["due_at"]}
            who = [(self._person(m.actors[a["approver_id"]], a["role"]), "asked of")]
            self._object(self._approval(a), "approval", values, [of_case, *who])
        for c in m.consultations:
            for a in c["answers"]:
                values = {"kind": c["kind"], **{k: a[k] for k in ("round", "state", "stance", "late", "revision")}}
                party = self._actor(m.actors[a["party_id"]], "party")
                links = [of_case, (party, "asked of")]
                self._object(self._answer(a), "answer", {**values, "due": a["due_at"]}, links)

    def _task(self, t: Row) -> str:
        return f"{self.no}/task/{t['seq']}.{t['n']}"

    def _approval(self, a: Row) -> str:
        n = [x["id"] for x in self.m.approvals if (x["key"], x["round"]) == (a["key"], a["round"])].index(a["id"])
        return f"{self.no}/approval/{a['key']}.{a['round']}.{n + 1}"

    def _answer(self, a: Row) -> str:
        (asked,) = (c["answers"] for c in self.m.consultations if (c["key"], c["round"]) == (a["key"], a["round"]))
        return f"{self.no}/answer/{a['key']}.{a['round']}.{[x['id'] for x in asked].index(a['id']) + 1}"

    def _document(self, record_no: int) -> str:
        return f"{self.no}/document/{record_no}"

    def _organisation(self, key: str, name: str | None) -> str:
        id_ = self.names.of("organisation", key)
        return self._object(id_, "organisation", {"name": name if self.names.keeps_names else None})

    def _person(self, who: Actor, role: str) -> str:
        name = who.name if self.names.keeps_names else None
        return self._object(f"{self.names.id(who)}/{role}", "person_role", {"role": role, "name": name})

    def _actor(self, who: Actor, role: str) -> str:
        return self._organisation(who.key, who.name) if who.kind == "party" else self._person(who, role)

    # ------------------------------------------------------------ events

    def _event(self, h: Happening) -> Row:
        values = {"kind": h.kind, "title": h.title.sv, "channel": h.channel, "outcome": h.outcome}
        return {
            "id": f"{self.no}/{h.seq}",
            "type": h.activity,
            "time": _time(h.at),
            "attributes": [{"name": k, "value": v} for k, v in values.items() if v is not None],
            "relationships": _links([(self.no, "of"), *self._who(h), *self._opened(h), *self._touched(h)]),
        }

    def _who(self, h: Happening) -> Iterable[tuple[str, str]]:
        if h.actor.kind != "system":
            yield self._actor(h.actor, h.role), "done by"
        if h.on_behalf_of is not None:
            yield self._actor(h.on_behalf_of, h.role), "on behalf of"

    def _opened(self, h: Happening) -> Iterable[tuple[str, str]]:
        m = self.m
        yield from ((self._task(t), "opens") for t in m.tasks if t["seq"] == h.seq)
        yield from ((self._task(t), "completes") for t in m.tasks if self.done.get(t["id"]) == h.seq)
        yield from ((self._approval(a), "asks") for a in m.approvals if a["seq"] == h.seq)
        for c in m.consultations:
            if c["seq"] == h.seq:
                yield from ((self._answer(a), "asks") for a in c["answers"])

    def _touched(self, h: Happening) -> Iterable[tuple[str, str]]:
        payload: Row = self.m.history[h.seq - 1]["payload"] or {}
        for a in self.m.approvals:
            if (a["key"], a["round"]) == (payload.get("approval"), payload.get("round")):
                if h.kind == "approval:superseded":
                    yield self._approval(a), "voids"
                elif h.kind == "approval:decided" and (a["role"], a["decided_at"]) == (payload["role"], h.at):
                    yield self._approval(a), "decides"
        for c in self.m.consultations:
            if c["key"] == payload.get("consultation") and payload.get("round", c["round"]) == c["round"]:
                for a in c["answers"]:
                    if payload.get("party", a["party"]) == a["party"]:
                        yield self._answer(a), "ends" if h.kind == "consultation:ended" else "answers"
        if h.kind == "document:added" and payload:
            yield self._document(payload["record_no"]), "adds"
        yield from ((self._document(n), "refers to") for n in payload.get("documents") or ())


def _links(found: Iterable[tuple[str, str]]) -> list[Row]:
    return [{"objectId": id_, "qualifier": what} for id_, what in dict.fromkeys(found)]


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _value(value: Any) -> Any:
    return _time(value) if isinstance(value, datetime) else value
