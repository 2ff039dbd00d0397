"""The link to take back one's own yes: it comes in the receipt's mail, shows what it would undo, and undoes it once.

It is a secret of its own, for one answer of one person, so that neither the request's link nor a forwarded request can
be used for it. Reading changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from arende import actors, db, models
from arende.actors import Actor
from arende.app import App
from arende.casetypes import CaseType
from arende.commands import Evidence, WithdrawApproval
from arende.errors import Forbidden, Refused, Sentence
from arende.prepared import Row
from arende.usecases import tokens, withdrawals
from arende.usecases.bearer import Look, right_digits
from arende.usecases.facts import persons_of
from arende.work import Work

_IDS = UUID("3f0c5a5e-2f6b-5d7a-9d0e-6b1d4c8a9e11")
"""Namespace of the ids of commands that come by such a link."""


@dataclass(frozen=True)
class Regret:
    """An answer as the bearer of its link sees it."""

    case: Row
    rules: CaseType
    token: Row
    request: Row
    holder: Actor
    contact: str
    authority: str
    done: bool
    """Whether this very link has taken the answer back."""
    dead: Sentence | None
    """Why the answer can no longer be taken back by it; None while it can."""


def read(app: App, raw: str) -> Regret | None:
    """The answer of a link; None when it is no such link."""
    with db.reading(app.engine) as conn:
        token = tokens.found(conn, tokens.digest(raw))
        if token is None or token["kind"] != "withdraw":
            return None
        holder = actors.by_id(conn, token["holder_id"])
        try:
            w = Work(app, Look(actor=holder.key, door="web"), conn)
        except Forbidden:
            return None  # whoever has left sees nothing more
        w.open_case_by_id(token["case_id"])
        if w.case["secrecy"]:
            return None
        return _shown(w, token, holder)


def _shown(w: Work, token: Row, holder: Actor) -> Regret:
    row = next(a for a in w.rows(models.approvals) if tokens.belongs(token, a))
    officers = persons_of(w, "case_officer")
    return Regret(
        case=w.case,
        rules=w.rules,
        token=token,
        request=row,
        holder=holder,
        contact=officers[0].name if officers else w.authority[1],
        authority=w.authority[0],
        done=token["used_at"] is not None,
        dead=_dead(w, row, token),
    )


def _dead(w: Work, row: Row, token: Row) -> Sentence | None:
    """Judged by the same functions as the withdrawal itself."""
    given = Evidence(level="link", token_sha256=token["sha256"], digits=True)
    try:
        withdrawals.judge(w, row, given)
    except (Forbidden, Refused) as e:
        return e.sentences[0]
    return None


def order(shown: Regret, form: Mapping[str, str]) -> WithdrawApproval:
    """The command that the page's form builds; the same form by the same link is the same command."""
    token, reason = shown.token["sha256"], form.get("comment", "").strip()
    digits = right_digits(shown.case["register_no"], form.get("control", ""))
    return WithdrawApproval(
        id=uuid5(_IDS, f"{token}:{reason}:{digits}"),
        actor=shown.holder.key,
        door="web",
        approval=shown.request["id"],
        reason=reason,
        evidence=Evidence(level="link", token_sha256=token, digits=digits),
    )


def count(app: App, shown: Regret, form: Mapping[str, str]) -> None:
    """Remember a form whose control digits are wrong: five end the link."""
    if shown.dead is None and not right_digits(shown.case["register_no"], form.get("control", "")):
        tokens.miss(app, shown.token["sha256"])
