"""Tokens: the secrets of approval mails, kept as their SHA-256 and bound to request, round, person and text.

A mail about a request has two: one in its link, one in the address that a reply goes to. The raw ones stand in no row;
they follow from the site key and the Message-ID. Whoever holds one has shown no more than that they have the mail.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Literal

from sqlalchemy import Connection, bindparam, insert, select, update

from arende import db, mime, models
from arende.actors import Actor
from arende.app import App
from arende.calendartables import calendar_links
from arende.prepared import Prepared, Row
from arende.work import Work

LIFE = timedelta(days=30)
"""How long a mail can be answered after the last day, or after it was written where there is none."""
Why = Literal["reminded", "settled", "superseded", "withdrawn", "recused", "handed_over", "guessed", "leaked"]
"""Why a token was ended before it was used."""

MISSES = 5
"""Answers with wrong control digits before a link is ended: of 10 000 numbers nobody gets to try more."""

_BY_HASH = Prepared(select(models.tokens).where(models.tokens.c.sha256 == bindparam("sha256")))


def digest(raw: str) -> str:
    """What the database knows of a secret."""
    return hashlib.sha256(raw.encode()).hexdigest()


def issue(w: Work, approval: Row, holder: Actor, message_id: str, *, beside: bool = False) -> None:
    """The two secrets of a mail to ``holder`` about a request. The holder's earlier mails on it no longer answer it.

    ``beside`` = a mail that helps with an answer: only the links of the earlier ones end, and a reply to the mail that
    lies open still counts. Its address heeds nobody but the holder.
    """
    end(w, approval, "reminded", holder=holder.id, kind="link" if beside else None)
    ring = w.app.keys
    for kind, raw in (
        ("link", mime.link_tag(ring, ring.current, message_id)),
        ("reply", mime.reply_tag(ring, ring.current, message_id)),
    ):
        w.insert(
            models.tokens,
            sha256=digest(raw),
            kind=kind,
            key=approval["key"],
            round=approval["round"],
            approver_id=approval["approver_id"],
            holder_id=holder.id,
            text_sha256=approval["text_sha256"],
            message_id=message_id,
            key_id=ring.current,
            issued_at=w.now,
            expires_at=max(approval["due_at"] or w.now, w.now) + LIFE,
            used_at=None,
            revoked_at=None,
            why=None,
        )


def issue_withdrawal(w: Work, approval: Row, holder: Actor, message_id: str) -> None:
    """The secret of the link in a receipt to ``holder``, by which the answer can be taken back."""
    ring = w.app.keys
    w.insert(
        models.tokens,
        **{k: approval[k] for k in ("key", "round", "approver_id", "text_sha256")},
        sha256=digest(mime.withdraw_tag(ring, ring.current, message_id)),
        kind="withdraw",
        holder_id=holder.id,
        message_id=message_id,
        key_id=ring.current,
        issued_at=w.now,
        expires_at=w.now + LIFE,
        used_at=None,
        revoked_at=None,
        why=None,
    )


def issue_together(w: Work, approvals: list[int | None], holder: Actor, message_id: str) -> None:
    """The secrets of the links in one mail about several requests, of whatever cases: one for each that has an id.

    Only links: a reply to such a mail could not say which of them it answers.
    """
    ring, a, t = w.app.keys, models.approvals.c, models.tokens
    asked = select(a.id, a.case_id, a.key, a.round, a.approver_id, a.text_sha256, a.due_at)
    ids = [i for i in approvals if i is not None]
    rows = {r["id"]: r for r in w.conn.execute(asked.where(a.id.in_(ids))).mappings()}
    for n, number in enumerate(approvals):
        if number is None:
            continue
        row = dict(rows[number])
        same = [t.c[k] == row[k] for k in ("case_id", "key", "round", "approver_id")]
        left = (t.c.holder_id == holder.id, t.c.used_at.is_(None), t.c.revoked_at.is_(None))
        w.execute(update(t).where(*same, *left).values(revoked_at=w.now, why="reminded"))
        raw = mime.link_tag(ring, ring.current, f"{message_id}.{n}")
        w.execute(
            insert(t).values(
                **{k: row[k] for k in ("case_id", "key", "round", "approver_id", "text_sha256")},
                sha256=digest(raw),
                kind="link",
                holder_id=holder.id,
                message_id=message_id,
                key_id=ring.current,
                issued_at=w.now,
                expires_at=max(row["due_at"] or w.now, w.now) + LIFE,
            )
        )


def end(w: Work, approval: Row, why: Why, *, holder: int | None = None, kind: str | None = None) -> None:
    """End what is left of a request's tokens: all, or those of one holder, or of one kind."""
    for row in w.rows(models.tokens):
        left = row["used_at"] is None and row["revoked_at"] is None
        meant = holder in (None, row["holder_id"]) and kind in (None, row["kind"])
        if left and meant and belongs(row, approval):
            w.change(models.tokens, row, revoked_at=w.now, why=why)


def miss(app: App, sha256: str) -> None:
    """Count an answer with wrong control digits, and end the link at the last that is allowed.

    It stands whatever becomes of the answer, so it is no part of a case's transaction: refusals leave nothing there.
    """
    t = models.tokens.c
    left = update(models.tokens).where(t.sha256 == sha256, t.used_at.is_(None), t.revoked_at.is_(None))
    with db.writing(app.engine) as conn:
        conn.execute(left.values(misses=t.misses + 1))
        conn.execute(left.where(t.misses >= MISSES).values(revoked_at=app.clock(), why="guessed"))


def end_all_of(app: App, key_id: str) -> int:
    """End every token and calendar address made under this key and still open; returns how many. For a leaked key."""
    t, c = models.tokens.c, calendar_links.c
    left = update(models.tokens).where(t.key_id == key_id, t.used_at.is_(None), t.revoked_at.is_(None))
    calendars = update(calendar_links).where(c.key_id == key_id, c.revoked_at.is_(None))
    with db.writing(app.engine) as conn:
        ended = conn.execute(left.values(revoked_at=app.clock(), why="leaked")).rowcount
        return ended + conn.execute(calendars.values(revoked_at=app.clock())).rowcount


def belongs(token: Row, approval: Row) -> bool:
    """Whether the token was given for this request of the same case."""
    return all(token[k] == approval[k] for k in ("key", "round", "approver_id"))


def found(conn: Connection, sha256: str) -> Row | None:
    """The token with this digest, of whatever request."""
    return next(iter(_BY_HASH.rows(conn, sha256=sha256)), None)
