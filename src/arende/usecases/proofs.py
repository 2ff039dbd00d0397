"""The proof of one request: what was asked of whom, which mails went out, and how the answer came.

Everything is read from rows and events that the answer itself wrote; nothing is concluded. The chain of the case's
events vouches for them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from arende import actors, db, models, queries
from arende.app import App
from arende.errors import NotFound, Sentence
from arende.prepared import Row

_OF_REQUEST = ("approval:decided", "approval:withdrawn", "approval:question:asked", "approval:question:answered")
_MAIL = ("id", "template", "address", "recipient_name", "subject", "message_id", "state", "created_at", "sent_at",
         "attempts", "reply", "flow_run", "raw_sha256")  # fmt: skip
_TOKEN = ("kind", "sha256", "key_id", "issued_at", "expires_at", "used_at", "revoked_at", "why")


def proof(app: App, number: int) -> dict[str, Any]:
    """The proof of the request ``number``: request, text, mails with their tokens, answer, events. Raises NotFound."""
    with db.reading(app.engine) as conn:
        case_id = conn.execute(select(models.approvals.c.case_id).where(models.approvals.c.id == number)).scalar()
        if case_id is None:
            raise NotFound(Sentence(f"Det finns ingen begäran {number}.", f"There is no request {number}."))
        row = next(a for a in queries.approvals(conn, case_id) if a["id"] == number)
        tokens = [t for t in queries.of_case(conn, models.tokens, case_id) if _same(t, row)]
        mails = queries.mails(conn, case_id)
        history = queries.history(conn, case_id)
        documents = queries.documents(conn, case_id)
        behalf = actors.by_id(conn, row["on_behalf_of_id"]).key if row["on_behalf_of_id"] else None
    return {
        "register_no": row["register_no"],
        "request": _request(row) | {"on_behalf_of": behalf},
        "documents": [_document(d) for d in documents if d["added_seq"] <= row["seq"]],
        "mails": [_mail(m, tokens) for m in mails if m["message_id"] in {t["message_id"] for t in tokens}],
        "answer": _answer(row),
        "withdrawals": [_withdrawal(e) for e in history if _takes_back(e, row)],
        "events": [_event(e) for e in history if _concerns(e, row)],
    }


def _same(token: Row, row: Row) -> bool:
    return all(token[k] == row[k] for k in ("key", "round", "approver_id"))


def _request(row: Row) -> Row:
    names = ("id", "key", "round", "act", "role", "level", "authority", "text_sha256", "asked_at", "due_at", "state")
    return {k: row[k] for k in names} | {"approver": row["approver"], "approver_name": row["approver_name"]}


def _document(d: Row) -> Row:
    return {k: d[k] for k in ("record_no", "key", "version", "name", "sha256")}


def _mail(m: Row, tokens: list[Row]) -> Row:
    own = [{k: t[k] for k in _TOKEN} for t in tokens if t["message_id"] == m["message_id"]]
    return {k: m[k] for k in _MAIL} | {"tokens": own}


def _answer(row: Row) -> Row | None:
    if row["decided_by"] is None:
        return None
    names = ("state", "decided_by", "decided_by_name", "decided_at", "comment", "evidence")
    return {k: row[k] for k in names}


def _takes_back(e: Row, row: Row) -> bool:
    told = e["payload"] or {}
    whose = (told.get("approval"), told.get("round"), told.get("approver"))
    return bool(e["kind"] == "approval:withdrawn" and whose == (row["key"], row["round"], row["approver"]))


def _withdrawal(e: Row) -> Row:
    told = e["payload"]
    given = {"at": e["occurred_at"], "actor": e["actor"], "name": e["actor_name"]}
    return (
        given
        | {"answered_at": datetime.fromisoformat(told["answered_at"])}
        | {k: told[k] for k in ("reason", "evidence")}
    )


def _concerns(e: Row, row: Row) -> bool:
    payload = e["payload"] or {}
    asked = e["seq"] == row["seq"]
    own = e["kind"] in (*_OF_REQUEST, "approval:superseded", "approval:handed_over")
    return asked or (own and (payload.get("approval"), payload.get("round")) == (row["key"], row["round"]))


def _event(e: Row) -> Row:
    names = ("seq", "kind", "actor", "on_behalf_of", "channel", "authority", "occurred_at", "recorded_at", "payload")
    return {k: e[k] for k in (*names, "hash")}
