"""ERMS 2.1 (E-ARK CITS ERMS, which FGS Ärendehantering 2.0 is): the case as an aggregation, its documents as records.

Element names, their order and the value lists follow the ERMS schema of the DILCIS Board, version 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from arende import casewords
from arende.actors import Actor
from arende.archive.xml import say
from arende.usecases.material import Material, Row

NAMESPACE = "https://DILCIS.eu/XML/ERMS"
DIRECTIONS = {"incoming": "incoming", "outgoing": "outgoing"}
SECRECY = "Offentlighets- och sekretesslagen (2009:400). Bestämmelsen är inte angiven i ärendesystemet."
UNCHECKED = "Inte sekretessprövad när ärendet exporterades (5 kap. 1 § offentlighets- och sekretesslagen)."
OPEN = "Ärendet var inte avslutat när det exporterades och kan ha ändrats sedan dess."


def descriptive(m: Material, package: str, paths: Mapping[int, str], record: str) -> etree._Element:
    """The whole document. ``paths`` = record number → file, ``record`` = the JSON file, from the package's root."""
    root = etree.Element(f"{{{NAMESPACE}}}erms", nsmap={None: NAMESPACE})
    _control(root, m, package)
    _aggregation(say(root, "aggregations"), m, paths, record)
    return root


def identifier(m: Material, *parts: object) -> str:
    """A UUID for the case or something in it: the same at every export."""
    return str(
        uuid5(NAMESPACE_URL, ":".join(map(str, ("arende", m.authority.get("key"), m.case["register_no"], *parts))))
    )


def stamp(moment: datetime) -> str:
    """An xs:dateTime in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _control(root: etree._Element, m: Material, package: str) -> None:
    control = say(root, "control")
    say(control, "identification", package, identificationType="package")
    kept = say(control, "maintenanceInformation")
    say(kept, "maintenanceStatus", value="new")
    agency = say(kept, "maintenanceAgency")
    if code := organisation_number(m):
        say(agency, "agencyCode", code, type="organisationsnummer")
    say(agency, "agencyName", m.authority.get("name") or "okänd")
    event = say(say(kept, "maintenanceHistory"), "maintenanceEvent")
    say(event, "eventType", value="created")
    say(event, "eventDateTime", stamp(m.at))
    say(say(event, "agent", agentType="other", otherAgentType="software"), "name", "arende")


def organisation_number(m: Material) -> str | None:
    """The authority's organisation number, when its file has one."""
    found = (m.authority.get("data") or {}).get("org_no")
    return str(found) if found else None


def _aggregation(parent: etree._Element, m: Material, paths: Mapping[int, str], record: str) -> None:
    case = m.case
    a = say(parent, "aggregation", systemIdentifier=identifier(m), aggregationType="caseFile")
    say(a, "objectId", case["register_no"])
    say(a, "title", case["title"])
    say(a, "subject", m.rules.name())
    say(a, "status", value="closed" if case["closed_at"] else "in_progress")
    for r in m.relations:
        words = casewords.relation_words(r["kind"]).sv
        say(a, "relation", r["other"], relationType="own_relation_definition", otherRelationType=words)
    _additional(a, m, record)
    if case["secrecy"]:
        say(say(a, "restriction", restrictionType="confidential"), "regulation", SECRECY)
    _agents(say(a, "agents"), m)
    if not case["closed_at"]:
        say(a, "description", OPEN)
    dates = say(a, "dates")
    _date(dates, "date", "opened", case["opened_at"])
    if case["closed_at"]:
        _date(dates, "date", "closed", case["closed_at"])
    for e in m.history:
        _action(a, m, e)
    for d in m.documents:
        _record(a, m, d, paths.get(d["record_no"]))


def _additional(a: etree._Element, m: Material, record: str) -> None:
    """The record as JSON, and the case's own fields in words."""
    more = say(a, "additionalInformation")
    say(more, "appendix", name="Akten som JSON", path=_uri(record), fileFormat="application/json",
        description="Hela akten med historikens hashkedja och hur den kontrolleras")  # fmt: skip
    own = say(more, "ownElement")
    say(own, "ownElementDescription", "Ärendets uppgifter")
    _own(own, "Ärendetyp", f"{m.rules.name()} ({m.rules.key} {m.rules.version})")
    _own(own, "Läge", m.rules.state_title(m.case["state"]))
    for key, value in m.case["fields"].items():
        if value is not None:
            words = casewords.value_words(m.rules, key, value, m.names).sv
            _own(own, casewords.field_words(m.rules, key).sv, words)
    for trail in m.trails:
        known = "; ".join(f"{label.sv}: {value.sv}" for label, value in trail.particulars())
        _own(own, f"Begäran {trail.title(m.rules).sv}", known)
    for c in m.consultations:
        for n in c["answers"]:
            given = casewords.stance(m.rules, c["key"], n["stance"]).sv if n["stance"] else "inget svar"
            taken_back = " (återtaget)" if n["state"] == "withdrawn" else ""
            _own(own, f"{casewords.ROUNDS[c['kind']].sv} {c['round']}: {n['party_name']}", f"{given}{taken_back}")


def _own(parent: etree._Element, name: str, value: str) -> None:
    say(say(parent, "ownElement", name=name, dataType="string"), "value", value)


def _agents(agents: etree._Element, m: Material) -> None:
    say(say(agents, "agent", agentType="creator"), "name", m.authority.get("name") or "okänd")
    if m.case["officer_id"]:
        _agent(agents, m.actors[m.case["officer_id"]], "responsible_person", "handläggare")
    for c in m.consultations:
        for n in c["answers"]:
            _agent(agents, m.actors[n["party_id"]], "counterpart", "tillfrågad part")


def _agent(parent: etree._Element, who: Actor, type_: str, role: str) -> None:
    agent = say(parent, "agent", agentType=type_)
    say(agent, "name", who.name)
    say(agent, "idNumber", who.key, idNumberType="arende")
    say(agent, "role", role)


def _action(a: etree._Element, m: Material, e: Row) -> None:
    """One event of the history, in its sentence."""
    action = say(a, "action")
    say(action, "actionText", e["told"].sv)
    say(action, "actionType", e["kind"])
    dates = say(action, "dates")
    _date(dates, "actionDate", "other", e["occurred_at"], "occurred")
    _date(dates, "actionDate", "captured", e["recorded_at"])
    agents = say(action, "agents")
    by_key = {x.key: x for x in m.actors.values()}
    _agent(agents, by_key[e["actor"]], "agent", m.rules.role_title(e["role"]))
    if e["on_behalf_of"]:
        _agent(agents, by_key[e["on_behalf_of"]], "authorising_person", "företrädd")


def _record(a: etree._Element, m: Material, d: Row, path: str | None) -> None:
    number = d["record_no"]
    record = say(a, "record", systemIdentifier=identifier(m, number), recordType=d["key"])
    say(record, "objectId", f"{m.case['register_no']}-{number}")
    say(record, "title", casewords.document_words(m.rules, d["key"]).sv)
    say(record, "otherTitle", d["name"], titleType="file_name")
    say(record, "runningNumber", number)
    earlier = next((x for x in m.documents if (x["key"], x["version"]) == (d["key"], d["version"] - 1)), None)
    if earlier:
        say(record, "relation", f"{m.case['register_no']}-{earlier['record_no']}", relationType="replaces")
    if m.case["secrecy"] or d in m.closed_records:
        say(say(record, "restriction", restrictionType="confidential"), "regulation", _regulation(m, d))
    _direction(record, d["direction"])
    _agent(say(record, "agents"), m.actors[d["added_by_id"]], "editor", "tillförde handlingen")
    gone = "" if path else ". Handlingen är borttagen genom ett beslut."
    say(record, "description", f"Version {d['version']}{gone}")
    kind = {"incoming": "received", "outgoing": "expedited"}.get(d["direction"], "created")
    _date(say(record, "dates"), "date", kind, d["added_at"])
    more = say(record, "additionalInformation")
    if path:
        say(more, "appendix", name=d["name"], path=_uri(path), fileFormat=d["media_type"])
    own = say(more, "ownElement")
    _own(own, "SHA-256", d["sha256"])


def _regulation(m: Material, d: Row) -> str:
    """The provision that a registrar named for the record; else what is known."""
    if d["access"] == "unchecked":
        return UNCHECKED
    checks = [e["payload"] or {} for e in m.history if e["kind"] == "record:checked"]
    grounds = [c.get("ground") for c in checks if c.get("record_no") == d["record_no"]]
    return next((g for g in reversed(grounds) if g), SECRECY)


def _direction(record: etree._Element, direction: str) -> None:
    if direction in DIRECTIONS:
        say(record, "direction", directionDefinition=DIRECTIONS[direction])
    else:
        say(record, "direction", directionDefinition="other", otherDirectionDefinition="drawn_up")


def _date(parent: etree._Element, tag: str, type_: str, moment: datetime, other: str | None = None) -> None:
    say(parent, tag, stamp(moment), dateType=type_, otherDateType=other)


def _uri(path: str) -> str:
    """As the schema asks: ``file:///`` and the path from the package's root."""
    return f"file:///{path}"


def faults(root: etree._Element, schema: Any) -> list[str]:
    """What ``schema`` (an etree.XMLSchema) finds wrong, as lines."""
    return [] if schema.validate(root) else [str(e) for e in schema.error_log]
