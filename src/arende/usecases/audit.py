"""The audit: every case's hash chain, and whether what the program shows of the case is what its events say.

The chain holds the events. Somebody with the database in hand could change a case's state, a document or an answer
beside them; so these are held against the events as well, and each file against its checksum.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from arende import db, events, models, queries
from arende.app import App
from arende.errors import ArendeError, Sentence
from arende.prepared import Row

_DECIDED = {"approved": "approve", "returned": "return", "rejected": "reject"}
"""Not *recused*: who declares a conflict of interest in the case steps aside from its requests without answering."""
_STEPS = ("case:registered", "case:step:taken")

FAULTS: dict[str, Sentence] = {
    "number": Sentence("en händelse saknas före den", "an event before it is missing"),
    "previous": Sentence("den hänger inte ihop med händelsen före", "it does not follow on the event before it"),
    "hash": Sentence("uppgifterna om vem, när eller hur är ändrade", "who, when or how has been changed"),
    "payload": Sentence("innehållet är ändrat eller borta", "its content has been changed or is gone"),
    "head": Sentence("den sista händelsen saknas eller är en annan", "the last event is missing or another"),
    "state": Sentence("ärendets läge är ett annat än händelserna säger", "the case's state is not what the events say"),
    "title": Sentence("ärendets rubrik är en annan än den registrerade", "the title is not the one registered"),
    "fields": Sentence("en uppgift i ärendet kommer inte från någon händelse", "a value of the case is from no event"),
    "document": Sentence(
        "handlingen är en annan än den som lades till", "the document is another than the one that was added"
    ),
    "file": Sentence("handlingens fil saknas eller är skadad", "the document's file is missing or damaged"),
    "approval": Sentence(
        "ett svar på en begäran kommer inte från någon händelse", "an answer to a request is from no event"
    ),
}
"""What each kind of fault means."""

Fault = dict[str, Any]
"""``register_no``, ``seq`` (the event's number) and ``what``: a key of FAULTS."""


def verify(app: App, register_no: str | None = None) -> tuple[int, int, list[Fault]]:
    """(cases, events, faults): check one case or all. Raises NotFound for an unknown case."""
    faults: list[Fault] = []
    checked = count = 0
    with db.reading(app.engine) as conn:
        for case_id, number, head in _wanted(conn, register_no):
            chain = queries.sealed(conn, case_id, number)
            checked, count = checked + 1, count + len(chain)
            found: list[tuple[int, str]] = [(b.seq, b.what) for b in events.verify(chain, head)]
            found = found or list(_beside(app, conn, case_id, chain))
            faults += [{"register_no": number, "seq": seq, "what": what} for seq, what in found]
    return checked, count, faults


def _wanted(conn: Connection, register_no: str | None) -> list[tuple[int, str, str]]:
    if register_no is None:
        return [(case_id, number, head) for case_id, number, head, _ in queries.case_ids(conn)]
    row = queries.case(conn, register_no)
    return [(row["id"], row["register_no"], row["head"])]


def _beside(app: App, conn: Connection, case_id: int, chain: events.Chain) -> Iterator[tuple[int, str]]:
    """Faults in what is kept beside a chain that is whole. What a removed payload said is no longer known."""
    told = {event.seq: payload for event, _, payload, _ in chain}
    kinds = {event.seq: event.kind for event, _, _, _ in chain}
    (case,) = _rows(conn, models.cases, models.cases.c.id == case_id)
    yield from _case(case, told, kinds)
    for d in _rows(conn, models.documents, models.documents.c.case_id == case_id):
        payload = told.get(d["added_seq"])
        if payload is None:
            continue  # removed by a decision, and its bytes with it
        if payload.get("sha256") != d["sha256"]:
            yield d["added_seq"], "document"
        elif not _holds(app, d["sha256"]):
            yield d["added_seq"], "file"
    for a in _rows(conn, models.approvals, models.approvals.c.case_id == case_id):
        if a["state"] in _DECIDED and not _answered(a, told, kinds):
            yield a["seq"], "approval"


def _case(case: Row, told: dict[int, Any], kinds: dict[int, str]) -> Iterator[tuple[int, str]]:
    steps = [seq for seq, kind in kinds.items() if kind in _STEPS]
    last = told[steps[-1]]
    if last is not None and last.get("to", last.get("state")) != case["state"]:
        yield steps[-1], "state"
    titled = max((seq for seq, kind in kinds.items() if kind == "case:retitled"), default=1)
    named = told[titled]
    if named is not None and named.get("to" if titled > 1 else "title") != case["title"]:
        yield titled, "title"
    giving = [*steps, *(seq for seq, kind in kinds.items() if kind == "case:handed_over")]
    if all(told[seq] is not None for seq in giving):
        given = [(told[seq] or {}).get("fields") or {} for seq in giving]
        if any(all(g.get(key) != value for g in given) for key, value in case["fields"].items()):
            yield steps[-1], "fields"


def _answered(a: Row, told: dict[int, Any], kinds: dict[int, str]) -> bool:
    answers = [told[seq] for seq, kind in kinds.items() if kind == "approval:decided"]
    wanted = (a["key"], a["round"], _DECIDED[a["state"]])
    return any(p is None or (p["approval"], p["round"], p["decision"]) == wanted for p in answers)


def _holds(app: App, sha256: str) -> bool:
    try:
        app.storage.read(sha256)
    except ArendeError:
        return False
    return True


def _rows(conn: Connection, table: Any, wanted: Any) -> list[Row]:
    return [dict(r) for r in conn.execute(select(table).where(wanted).order_by(table.c.id)).mappings()]
