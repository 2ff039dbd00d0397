"""XES (IEEE 1849): one trace per case, with the life cycle of its tasks, requests and answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from arende.actors import Actor
from arende.app import App
from arende.archive.folder import Parcel
from arende.archive.happenings import Happening, Pseudonyms, done, happenings, title
from arende.archive.xml import document, say
from arende.usecases.material import Material, Row

NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = {"Concept": "concept", "Time": "time", "Organizational": "org", "Lifecycle": "lifecycle"}


@dataclass(frozen=True)
class Moment:
    """One XES event: a happening, or a piece of work that was asked for or fell away."""

    at: datetime
    order: int
    activity: str
    transition: str
    """schedule | complete | withdraw, of the standard life cycle."""
    instance: str
    role: str | None
    who: Actor | None
    happening: Happening | None = None


def write(app: App, m: Material, target: Parcel, names: bool) -> None:
    """``<DNR>.xes``."""
    target.write(f"{m.case['register_no']}.xes", document(_log(m, Pseudonyms(app, names=names))))


def _log(m: Material, names: Pseudonyms) -> etree._Element:
    log = etree.Element(
        f"{{{NAMESPACE}}}log", {"xes.version": "1849-2016", "xes.features": ""}, nsmap={None: NAMESPACE}
    )
    for name, prefix in EXTENSIONS.items():
        say(log, "extension", name=name, prefix=prefix, uri=f"{NAMESPACE}{prefix}.xesext")
    _attribute(say(log, "global", scope="trace"), "string", "concept:name", "unknown")
    of_events = say(log, "global", scope="event")
    _attribute(of_events, "string", "concept:name", "unknown")
    _attribute(of_events, "date", "time:timestamp", _time(datetime(1970, 1, 1, tzinfo=UTC)))
    _attribute(of_events, "string", "lifecycle:transition", "complete")
    say(log, "classifier", name="Activity", keys="concept:name")
    say(log, "classifier", name="Activity and transition", keys="concept:name lifecycle:transition")
    _attribute(log, "string", "lifecycle:model", "standard")
    _trace(log, m, names)
    return log


def _trace(log: etree._Element, m: Material, names: Pseudonyms) -> None:
    trace, case = say(log, "trace"), m.case
    _attribute(trace, "string", "concept:name", case["register_no"])
    _attribute(trace, "string", "case:type", case["type"])
    _attribute(trace, "string", "case:state", case["state"])
    _attribute(trace, "boolean", "case:closed", str(case["closed_at"] is not None).lower())
    _attribute(trace, "boolean", "case:secrecy", str(case["secrecy"]).lower())
    for moment in sorted(_moments(m), key=lambda x: (x.at, x.order)):
        _event(say(trace, "event"), m, moment, names)


def _event(event: etree._Element, m: Material, x: Moment, names: Pseudonyms) -> None:
    _attribute(event, "string", "concept:name", x.activity)
    _attribute(event, "string", "concept:instance", x.instance)
    _attribute(event, "date", "time:timestamp", _time(x.at))
    _attribute(event, "string", "lifecycle:transition", x.transition)
    if x.who is not None:
        _attribute(event, "string", "org:resource", names.id(x.who) if x.who.kind != "system" else "system")
        if names.keeps_names:
            _attribute(event, "string", "arende:name", x.who.name)
    if x.role:
        _attribute(event, "string", "org:role", x.role)
    _attribute(event, "string", "arende:title", title(m, x.activity).sv)
    if x.happening:
        _attribute(event, "string", "arende:kind", x.happening.kind)
        if x.happening.outcome:
            _attribute(event, "string", "arende:outcome", x.happening.outcome)


def _moments(m: Material) -> Iterator[Moment]:
    """What happened, and what was asked for in between; a happening that completes a piece of work is one with it."""
    completes, by_task = _completed(m), done(m)
    for h in happenings(m):
        instance = completes.get(h.seq) or f"event {h.seq}"
        yield Moment(h.at, 2 * h.seq, h.activity, "complete", instance, h.role, h.actor, h)
    for t in m.tasks:
        who = m.actors.get(t["assignee_id"])
        yield Moment(t["opened_at"], 2 * t["seq"] + 1, t["act"], "schedule", _task(t), t["role"], who)
        if by_task.get(t["id"]) and _task(t) not in completes.values():
            yield Moment(t["done_at"], 2 * by_task[t["id"]] + 1, t["act"], "complete", _task(t), t["role"], who)
        if t["state"] == "cancelled" and t["done_at"]:
            yield Moment(t["done_at"], 2 * len(m.history) + 2, t["act"], "withdraw", _task(t), t["role"], who)
    yield from _asked(m)


def _asked(m: Material) -> Iterator[Moment]:
    for a in m.approvals:
        who = m.actors[a["approver_id"]]
        yield Moment(a["asked_at"], 2 * a["seq"] + 1, a["act"], "schedule", _approval(m, a), a["role"], who)
        if a["state"] in ("withdrawn", "superseded", "handed_over") and not a["decided_by_id"] and a["decided_at"]:
            yield Moment(a["decided_at"], 2 * len(m.history) + 2, a["act"], "withdraw", _approval(m, a), a["role"], who)
    for c in m.consultations:
        for n in c["answers"]:
            who = m.actors[n["party_id"]]
            yield Moment(c["opened_at"], 2 * c["seq"] + 1, "answer:received", "schedule", _answer(m, n), "party", who)


def _completed(m: Material) -> dict[int, str]:
    """Number of an event → the piece of work that it completed under the same name."""
    found = {}
    by_task = done(m)
    acts = {h.seq: h.activity for h in happenings(m)}
    for t in m.tasks:
        seq = by_task.get(t["id"])
        if seq and acts[seq] == t["act"]:
            found[seq] = _task(t)
    for e in m.history:
        payload: Row = e["payload"] or {}
        if e["kind"] == "approval:decided" and payload:
            same = (payload["approval"], payload["round"], payload["role"])
            asked = [a for a in m.approvals if (a["key"], a["round"], a["role"]) == same]
            found[e["seq"]] = _approval(m, next((a for a in asked if a["decided_at"] == e["occurred_at"]), asked[0]))
        if e["kind"] == "answer:received" and payload:
            same = (payload["consultation"], payload["round"], payload["party"])
            answers = (n for c in m.consultations for n in c["answers"])
            piece = next(_answer(m, n) for n in answers if (n["key"], n["round"], n["party"]) == same)
            if piece not in found.values():  # what is completed once is not completed anew by a revised answer
                found[e["seq"]] = piece
    return found


def _task(t: Row) -> str:
    return f"task {t['seq']}.{t['n']}"


def _approval(m: Material, a: Row) -> str:
    asked = [x["id"] for x in m.approvals if (x["key"], x["round"]) == (a["key"], a["round"])]
    return f"approval {a['key']} {a['round']} {asked.index(a['id']) + 1}"


def _answer(m: Material, n: Row) -> str:
    (asked,) = (c["answers"] for c in m.consultations if (c["key"], c["round"]) == (n["key"], n["round"]))
    return f"answer {n['key']} {n['round']} {[x['id'] for x in asked].index(n['id']) + 1}"


def _attribute(parent: etree._Element, kind: str, key: str, value: str) -> None:
    say(parent, kind, key=key, value=value)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
