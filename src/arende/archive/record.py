"""The complete record as one JSON file, which an outsider can verify, with the documents' bytes beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from arende import casewords, events
from arende.app import App
from arende.archive.folder import Parcel, file_name
from arende.errors import Sentence
from arende.trails import Trail
from arende.usecases.material import Material, Row

FORMAT = "arende-record"
VERSION = "1"

_ABOUT = Sentence(
    "Hela akten i ett ärende: uppgifter, historik, handlingar, begäranden, omgångar med varje svar och ändring, "
    "uppgifter, frister och utskick. Arbetsanteckningar hör inte till akten och är inte med "
    "(2 kap. 12 § tryckfrihetsförordningen). Tider är i UTC; dagar är svenska dagar. Nycklar är engelska, orden i told "
    "och title finns på svenska och engelska och är härledda, inte hashade.",
    "The whole record of a case: data, history, documents, requests, rounds with every answer and revision, tasks, "
    "deadlines and mails. Working notes are outside the record and are not here (Freedom of the Press Act 2:12). Times "
    "are UTC; days are Swedish days. Words in told and title are derived, not hashed.",
)
_ALGORITHM = Sentence(
    "Varje händelse bär hashen av den före (previous); den första bär start. hash = SHA-256 av UTF-8-texten av en "
    "JSON-lista med värdena i fields, i den ordningen, utan blanksteg (avskiljare , och :) och med alla tecken skrivna "
    "som de är. payload_sha256 = SHA-256 av salt, ett radbyte (\\n) och payload som JSON på samma sätt med nycklarna i "
    "bokstavsordning (kodpunkter). payload är null bara där en händelse case:payload:removed nämner händelsens nummer. "
    "head är hashen av den sista. Ett dokuments sha256 är SHA-256 av filen; definition.sha256 av texten i canonical "
    "(text, med nycklarna i bokstavsordning).",
    "Every event carries the hash of the one before (previous); the first carries start. hash = SHA-256 of the UTF-8 "
    "text of a JSON list of the values named in fields, in that order, without spaces (separators , and :) and with "
    "every character written as it is. payload_sha256 = SHA-256 of salt, a line feed (\\n) and payload as JSON in the "
    "same way with its keys sorted by code point. payload is null only where an event case:payload:removed names the "
    "event's number. head is the hash of the last one. A document's sha256 is that of its file; definition.sha256 that "
    "of the text in canonical, which is text with its keys sorted.",
)
_HASHED = ("previous", "register_no", "seq", "command_id", "n", "kind", "actor", "on_behalf_of", "authority", "channel",
           "occurred_at", "recorded_at", "payload_sha256")  # fmt: skip
"""As in ``events.Sealed.hash``; a test verifies an export by this list."""


def write(app: App, m: Material, target: Parcel, names: bool) -> None:  # noqa: ARG001 – one signature for every format
    """``<DNR>.json`` and ``documents/``."""
    paths = {}
    for d in m.documents:
        if not d["removed"]:
            paths[d["record_no"]] = path = f"documents/{file_name(d['record_no'], d['name'])}"
            target.copy(path, d["sha256"], d["record_no"])
    text = json.dumps(plain(whole(m, paths)), ensure_ascii=False, indent=1)
    target.write(f"{m.case['register_no']}.json", f"{text}\n".encode())


def whole(m: Material, paths: Mapping[int, str]) -> Row:
    """The record; ``paths`` = record number → the document's file in the export, unless a decision removed it."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "about": _ABOUT._asdict(),
        "exported_at": m.at,
        "authority": {k: m.authority.get(k) for k in ("key", "name")},
        "case": _case(m),
        "fields": _fields(m),
        "definition": {
            "key": m.rules.key,
            "version": m.rules.version,
            "title": _both(m.rules.name(), m.rules.name("en")),
            "sha256": m.case["definition"],
            "text": m.definition,
            "canonical": _canonical(m.definition),
        },
        "actors": {a.key: {"kind": a.kind, "name": a.name, "title": a.title} for a in m.actors.values()},
        "chain": {
            "algorithm": _ALGORITHM._asdict(),
            "fields": _HASHED,
            "start": events.START,
            "head": m.case["head"],
            "events": len(m.history),
            "whole": not m.faults,
            "faults": [{"seq": f.seq, "what": f.what} for f in m.faults],
        },
        "events": [_event(e) for e in m.history],
        "documents": [_document(m, d, paths) for d in m.documents],
        "approvals": [_approval(m, t) for t in m.trails],
        "consultations": [_consultation(m, c) for c in m.consultations],
        "tasks": [_task(m, t) for t in m.tasks],
        "deadlines": [_some(d, "key", "round", "step", "n", "anchor_at", "due_at", "due_on", "state", "fired_seq")
                      for d in m.deadlines],
        "assignments": [_some(a, *_ASSIGNMENT) for a in m.assignments],
        "mails": [_mail(m, row) for row in m.mails],
        "relations": [_some(r, "kind", "other", "seq") for r in m.relations],
        "conflicts": [{"actor": m.key(c["actor_id"]), **_some(c, "seq", "declared_at")} for c in m.conflicts],
    }  # fmt: skip


_ASSIGNMENT = ("number", "what", "receiver", "body", "decision", "report_on", "state", "executed", "report",
               "record_no", "reported_at", "settled_on", "settled_by", "note", "seq", "given_at")  # fmt: skip


def _canonical(text: str) -> str:
    """The text as it was hashed. Not read into a CaseType first: defaults may differ between releases."""
    return json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _case(m: Material) -> Row:
    state = m.case["state"]
    return {
        **_some(m.case, "register_no", "type", "title", "state"),
        "state_title": _both(m.rules.state_title(state), m.rules.state_title(state, "en")),
        **_some(m.case, "phase", "version", "officer", "secrecy", "opened_at", "changed_at", "closed_at"),
        "closed": m.case["closed_at"] is not None,
    }


def _fields(m: Material) -> list[Row]:
    """The case's own data in words."""
    return [
        {
            "key": key,
            "label": casewords.field_words(m.rules, key)._asdict(),
            "value": value,
            "words": casewords.value_words(m.rules, key, value, m.names)._asdict(),
        }
        for key, value in m.case["fields"].items()
    ]


def _event(e: Row) -> Row:
    """An event with what the chain hashes, in the very spelling that was hashed."""
    return {
        **_some(e, "seq", "command_id", "n", "kind", "actor", "on_behalf_of", "role", "authority", "channel"),
        "occurred_at": events.instant(e["occurred_at"]),
        "recorded_at": events.instant(e["recorded_at"]),
        **_some(e, "payload", "salt", "payload_sha256", "previous", "hash"),
        "told": e["told"]._asdict(),
    }


def _document(m: Material, d: Row, paths: Mapping[int, str]) -> Row:
    return {
        **_some(d, "record_no", "key"),
        "title": casewords.document_words(m.rules, d["key"])._asdict(),
        **_some(d, "version", "direction", "name", "media_type", "size", "sha256", "added_at", "removed", "moved_to"),
        "access": d["access"] or "public",
        "added_by": m.key(d["added_by_id"]),
        "event": d["added_seq"],
        "file": paths.get(d["record_no"]),
    }


def _approval(m: Material, trail: Trail) -> Row:
    """A request and its whole trail: which mails it went by, how the answer came, and for whom."""
    a = trail.request
    mails = [
        _some(mail, "id", "message_id", "address", "state", "sent_at", "raw_sha256", "reply") for mail in trail.mails
    ]
    return {
        **_some(a, "key", "round", "act", "level", "role", "authority", "approver", "state", "text_sha256"),
        "event": a["seq"],
        **_some(a, "asked_at", "due_at", "decided_by", "decided_at", "comment", "evidence", "rule"),
        "on_behalf_of": m.key(a["on_behalf_of_id"]),
        "mails": mails,
        "told": {
            "title": trail.title(m.rules)._asdict(),
            "known": [{"label": k._asdict(), "value": v._asdict()} for k, v in trail.particulars()],
        },
    }


def _consultation(m: Material, c: Row) -> Row:
    answers = ("party", "state", "stance", "body", "decided_on", "section", "legal_force_on", "party_ref", "comment",
               "documents", "revision", "received_at", "late", "due_at", "extension", "supplement",
               "reply")  # fmt: skip
    return {
        **_some(c, "key", "round", "kind", "state", "opened_at", "due_at", "ended_at", "reason", "rule"),
        "event": c["seq"],
        "answers": [{**_some(a, *answers), "revisions": _revisions(m, c, a["party"])} for a in c["answers"]],
    }


def _revisions(m: Material, c: Row, party: str) -> list[Row]:
    """Every answer, withdrawal and extension of a party in a round, as it was entered."""
    left_out = ("consultation", "round", "party")
    return [
        {
            "event": e["seq"],
            "kind": e["kind"],
            "at": events.instant(e["occurred_at"]),
            "filed_by": e["actor"],
            **{k: v for k, v in e["payload"].items() if k not in left_out},
        }
        for e in of_round(m, c)
        if e["payload"].get("party") == party
    ]


def of_round(m: Material, c: Row) -> list[Row]:
    """The events about answers of a round. An extension names no round: it belongs to the one open at the time."""
    later = [x["seq"] for x in m.consultations if x["key"] == c["key"] and x["round"] > c["round"]]
    end = min(later, default=len(m.history) + 1)
    return [
        e
        for e in m.history
        if e["kind"].startswith("answer:")
        and (payload := e["payload"])
        and payload["consultation"] == c["key"]
        and (payload["round"] == c["round"] if "round" in payload else c["seq"] <= e["seq"] < end)
    ]


def _task(m: Material, t: Row) -> Row:
    return {
        "event": t["seq"],
        **_some(t, "n", "act", "title", "role", "office", "assignee", "state", "due_at", "opened_at"),
        "done_by": m.key(t["done_by_id"]),
        **_some(t, "done_at", "outcome"),
    }


def _mail(m: Material, row: Row) -> Row:
    """A mail as it was promised and what became of it. Where a link was to stand, the text has its placeholder."""
    return {
        "event": row["seq"],
        "recipient": m.key(row["recipient_id"]),
        **_some(row, "recipient_name", "address", "subject", "text", "html", "attachments", "template",
                "template_sha256", "message_id", "thread_id", "state", "attempts", "created_at", "sent_at", "reply",
                "flow_run"),
    }  # fmt: skip


def _some(row: Mapping[str, Any], *keys: str) -> Row:
    return {k: row[k] for k in keys}


def _both(sv: str, en: str) -> Row:
    return Sentence(sv, en)._asdict()


def plain(value: Any) -> Any:
    """The value as JSON takes it: instants in UTC, days in ISO form."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, datetime):
        return events.instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(v) for v in value]
    return value
