"""A case on paper: what its page shows, typeset as one document. Working notes are outside the record and not in it."""

from __future__ import annotations

from typing import Any

from arende import db, queries, workdays
from arende.app import App
from arende.casetypes import CaseType
from arende.letters import Head, Letter
from arende.queries import Connection, Row
from arende.web.casepage import CasePage, Read
from arende.web.speech import Speech

TEMPLATE = "case_file"


def pdf(app: App, read: Read, rules: CaseType) -> bytes:
    """The document, PDF/A-3a and PDF/UA-1. Raises Refused where the home's own template cannot be used."""
    return app.press.pdf(letter(app, read, rules))


def letter(app: App, read: Read, rules: CaseType) -> Letter:
    """What is typeset, in Swedish as the record is."""
    now = app.clock()
    page = CasePage(read, rules, Speech("sv"), workdays.local_day(now))
    with db.reading(app.engine) as conn:
        head = _head(conn, page.case, page)
    values = _words(page) | {"printed": page.t.moment(now)}
    return app.letters.write(TEMPLATE, head, values)


def _head(conn: Connection, case: Row, page: CasePage) -> Head:
    authority = queries.authority(conn)
    data = authority["data"] or {}
    foot = (authority["name"], data.get("email"), data.get("website"))
    return Head(
        authority=authority["name"], day=page.today, register_no=case["register_no"],
        facts=(("Handläggare", case["officer_name"]),) if case["officer_name"] else (),
        foot=tuple(x for x in foot if x),
    )  # fmt: skip


def _words(page: CasePage) -> dict[str, Any]:
    t = page.t
    return {
        "title": page.case["title"],
        "type": page.type,
        "state": page.state,
        "waits_for": ", ".join(page.waits_for) if not page.case["closed_at"] else "",
        "facts": page.facts,
        "rounds": [_round(r) for r in page.rounds],
        "documents": [
            {**_some(d, "record_no", "title", "version", "kind"), "added": t.iso(d["added_at"])} for d in page.documents
        ],
        "assignments": [
            {
                **_some(a, "receiver", "what"),
                "status": a["status"]["words"].lower(),
                "due": a["due"]["day"] if a["due"] else "",
            }
            for a in page.assignments
        ],
        "history": [
            {
                "at": f"{t.iso(e['at'])} {e['clock']}",
                "said": e["said"],
                "how": "; ".join(x for x in (e["channel"], e["authority"], e["apart"]) if x),
            }
            for e in reversed(page.history)
        ],
    }


def _round(r: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": " ".join(x for x in (r["title"], r["number"]) if x),
        "status": r["status"]["words"],
        "due": r["due"]["day"],
        "reason": r["reason"],
        "answers": [_answer(a) for a in r["answers"]],
    }


def _answer(a: dict[str, Any]) -> dict[str, Any]:
    decided = (a["body"], a["decided_on"].isoformat() if a["decided_on"] else None, a["section"])
    return {
        **_some(a, "party", "stance", "comment"),
        "status": a["status"]["words"],
        "decided": ", ".join(x for x in decided if x),
    }


def _some(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {k: row[k] for k in keys}
