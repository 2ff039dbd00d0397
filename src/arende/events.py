"""Events: the closed vocabulary of what can happen, and the hash chain that keeps it as it was.

Per case, every event carries the hash of the one before. The hash covers a *salted digest* of the payload, not the
payload: so a payload can be removed by a recorded decision (arkivlagen 10 §, GDPR art. 17) and the chain still
verifies, while nobody can guess a removed payload from its digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

EventKind = Literal[
    "case:registered",
    "case:step:taken",
    "case:step:seconded",
    "case:assigned",
    "case:reminded",
    "case:corrected",
    "case:retitled",
    "case:payload:removed",
    "document:added",
    "relation:added",
    "conflict:declared",
    "task:completed",
    "approval:decided",
    "approval:superseded",
    "approval:withdrawn",
    "approval:question:asked",
    "approval:question:answered",
    "approval:handed_over",
    "consultation:ended",
    "answer:received",
    "answer:withdrawn",
    "answer:extended",
    "answer:asked",
    "answer:acknowledged",
    "answer:extension:asked",
    "answer:extension:refused",
    "answer:handed_in",
    "answer:registered",
    "answer:set_aside",
    "answer:supplement:asked",
    "answer:accepted",
    "answer:replied",
    "answer:removed",
    "deadline:fired",
    "deadline:recounted",
    "plan:kept",
    "plan:dropped",
    "plan:imported",
    "plan:followed_up",
    "plan:case:tied",
    "delivery:failed",
    "delivery:retried",
    "mail:received",
    "record:checked",
    "post:received",
    "case:voided",
    "case:merged",
    "case:joined",
    "organisation:successor:named",
    "organisation:handed_over",
    "case:handed_over",
    "record:moved",
    "record:taken",
    "agenda:changed",
    "attendance:recorded",
    "attendance:retracted",
    "item:conflict",
    "motion:recorded",
    "vote:recorded",
    "dissent:recorded",
    "outcome:recorded",
    "section:approved",
    "minutes:approved",
    "minutes:numbered",
    "notice:posted",
    "notice:removed",
    "appeal:filed",
    "appeal:judged",
    "meeting:replanned",
    "assignment:given",
    "assignment:moved",
    "assignment:reported",
    "assignment:returned",
    "assignment:settled",
    "promise:refused",
    "outcome:changed",
]

START = "0" * 64
"""What the first event of a case has before it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One event as the chain sees it: everything but the payload itself."""

    register_no: str
    seq: int
    command_id: str
    n: int
    kind: str
    actor: str
    on_behalf_of: str | None
    authority: str | None
    channel: str
    occurred_at: datetime
    recorded_at: datetime
    payload_sha256: str
    previous: str

    def hash(self) -> str:
        """SHA-256 over a canonical JSON list, in hex."""
        parts = [
            self.previous,
            self.register_no,
            self.seq,
            self.command_id,
            self.n,
            self.kind,
            self.actor,
            self.on_behalf_of,
            self.authority,
            self.channel,
            instant(self.occurred_at),
            instant(self.recorded_at),
            self.payload_sha256,
        ]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def instant(moment: datetime) -> str:
    """An instant in UTC to the microsecond: the one spelling the chain uses."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def payload_digest(payload: Mapping[str, Any], salt: str) -> str:
    """SHA-256 of the salt and the payload's canonical JSON, in hex."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where the chain does not hold: the event's number and what is wrong."""

    seq: int
    what: Literal["number", "previous", "hash", "payload", "head"]


Chain = list[tuple[Sealed, str, Mapping[str, Any] | None, str | None]]
"""A case's events in order: (event, stored hash, payload or None when removed, salt)."""


def verify(chain: Chain, head: str) -> list[Broken]:
    """Check a case's whole chain against ``head``, the last hash that the case row knows.

    A payload may be missing only where a later event records its removal. Returns every fault; an empty list = whole.
    """
    removed = {p.get("removed") for e, _, p, _ in chain if e.kind == "case:payload:removed" and p is not None}
    faults: list[Broken] = []
    previous, expected = START, 1
    for event, stored, payload, salt in chain:
        if event.seq != expected:
            faults.append(Broken(event.seq, "number"))
        if event.previous != previous:
            faults.append(Broken(event.seq, "previous"))
        if event.hash() != stored:
            faults.append(Broken(event.seq, "hash"))
        if not _payload_holds(event, payload, salt, removed):
            faults.append(Broken(event.seq, "payload"))
        previous, expected = stored, event.seq + 1
    if previous != head:
        faults.append(Broken(expected - 1, "head"))
    return faults


def _payload_holds(event: Sealed, payload: Mapping[str, Any] | None, salt: str | None, removed: set[Any]) -> bool:
    if payload is None:
        return event.seq in removed
    return payload_digest(payload, salt or "") == event.payload_sha256
