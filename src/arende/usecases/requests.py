"""Requests for an act: each a row of its own, bound to the text as it is, and void when the text has changed."""

from __future__ import annotations

import json

from sqlalchemy import select

from arende import models
from arende.effecttypes import ApprovalEffect
from arende.errors import NotFound, Sentence
from arende.prepared import Row
from arende.usecases import deadlines, requestmails, tokens
from arende.usecases.facts import persons_of, stay_began
from arende.usecases.stepping_in import Asked, whom
from arende.usecases.texts import text_sha256
from arende.work import Work

OPEN = "pending"


def rule_of(row: Row) -> ApprovalEffect:
    """The request's declaration as it was pinned."""
    return ApprovalEffect.model_validate_json(json.dumps(row["rule"]))


def group_of(w: Work, row: Row) -> list[Row]:
    """The requests that are settled together with this one, itself included."""
    return [a for a in w.rows(models.approvals) if (a["key"], a["round"]) == (row["key"], row["round"])]


def request_approval(w: Work, effect: ApprovalEffect, seq: int, n: int, *, replaces: Row | None = None) -> None:
    """Ask the office-holders that the effect names: all at once, or in order, the next when the one before said yes.

    ``replaces`` is a request on an earlier text: the mail then shows what has changed since.
    """
    number = 1 + max((a["round"] for a in w.rows(models.approvals) if a["key"] == effect.name), default=0)
    due = begin_deadline(w, effect)
    taken: set[int] = set()
    for m, role in enumerate(_places(w, effect)):
        asked = whom(w, effect, role, taken)
        if asked is None:
            continue  # one person with two of the offices answers once
        taken.add(asked.person.id)
        row = add(w, effect, number, role, asked, seq, due)
        tell(w, effect, asked, row, f"{seq}.{n}.{m}", replaces=replaces)
        if effect.join == "in_order":
            return


def _places(w: Work, effect: ApprovalEffect) -> list[str]:
    """The roles to be asked: each once, but one that a meeting's minutes give to several as often as they are."""
    several = {k: persons_of(w, k) for k in effect.of if (r := w.rules.roles.get(k)) is not None and r.of_meeting}
    return [role for role in effect.of for _ in several.get(role, (None,))]


def begin_deadline(w: Work, effect: ApprovalEffect) -> object:
    """Set the last day of a group of requests, counted from now; returns the instant, or None without one."""
    if effect.due is None:
        return None
    due = deadlines.begin(w, f"approval:{effect.name}", effect.due, hand_over=effect.hand_over)
    return due["due_at"] if due else None


def add(w: Work, effect: ApprovalEffect, number: int, role: str, asked: Asked, seq: int, due_at: object) -> Row:
    """The row of one request."""
    return w.insert(
        models.approvals,
        key=effect.name,
        round=number,
        approver_id=asked.person.id,
        role=role,
        act=effect.act,
        level=effect.level,
        authority=effect.authority,
        state=OPEN,
        text_sha256=text_sha256(w),
        rule=effect.model_dump(mode="json", by_alias=True),
        seq=seq,
        asked_at=w.at,
        due_at=due_at,
        decided_by_id=None,
        on_behalf_of_id=asked.behalf.id if asked.behalf else None,
        decided_at=None,
        comment=None,
        evidence=None,
    )


def tell(w: Work, effect: ApprovalEffect, asked: Asked, row: Row, key: str, *, replaces: Row | None = None) -> None:
    """Send the request, and tell the one who is away that somebody answers instead."""
    requestmails.approval_request(
        w, effect, asked.person, row, f"{key}.approval", replaces=replaces, behalf=asked.behalf
    )
    if asked.behalf is not None:
        requestmails.approval_stood_in(w, effect, asked.behalf, asked.person, row, f"{key}.stood_in")


def lapse(w: Work, row: Row, state: str, why: tokens.Why) -> None:
    """A request waits no longer, or its answer is void: on every surface at once, and by every link."""
    w.change(models.approvals, row, state=state, decided_at=row["decided_at"] or w.at)
    tokens.end(w, row, why)


def supersede(w: Work) -> None:
    """The text has changed: open requests are withdrawn, given answers are void, and everybody is asked anew."""
    now = text_sha256(w)
    rows = [a for a in w.rows(models.approvals) if a["state"] in (OPEN, "approved") and a["text_sha256"] != now]
    since = stay_began(w) if rows else 0
    stale: dict[str, list[Row]] = {}
    for row in rows:
        if row["seq"] >= since:
            stale.setdefault(row["key"], []).append(row)
    for key, group in stale.items():
        for row in group:
            lapse(w, row, "superseded", "superseded")
        deadlines.end(w, f"approval:{key}")
        seq = w.event("approval:superseded", {"approval": key, "round": group[0]["round"]})
        request_approval(w, rule_of(group[0]), seq, 0, replaces=group[0])


def withdraw_approvals(w: Work) -> None:
    """The case moves on: requests that nobody has answered no longer wait."""
    for row in w.rows(models.approvals):
        if row["state"] == OPEN:
            lapse(w, row, "withdrawn", "withdrawn")
        deadlines.end(w, f"approval:{row['key']}")


def opened(w: Work, number: int) -> Row:
    """The request of this number, its case loaded; raises NotFound."""
    case_id = w.conn.execute(select(models.approvals.c.case_id).where(models.approvals.c.id == number)).scalar()
    if case_id is None:
        raise NotFound(
            Sentence(
                f"Det finns ingen begäran {number}. De som väntar visas med arende approval list.",
                f"There is no request {number}. Those that wait are shown by arende approval list.",
            )
        )
    w.open_case_by_id(case_id)
    return next(a for a in w.rows(models.approvals) if a["id"] == number)
