"""What the guards on the right to decide ask: commissions, the delegation order, bodies, other cases, rounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, or_, select

from arende import actors, bodyguards, delegationguards, hearingguards, lawguards, models, textguards
from arende.actors import Actor
from arende.casetypes import Guard, RoleDef
from arende.casewords import document_kind
from arende.delegationtables import delegation_points
from arende.errors import NotFound
from arende.hearingguards import Sent
from arende.lawguards import Body, LawFacts, Point
from arende.prepared import Prepared, Row
from arende.usecases import meetingfacts, successions, texts
from arende.work import Work
from arende.workdays import local_day

NAMES = (*lawguards.NAMES, *bodyguards.NAMES, *delegationguards.NAMES, *hearingguards.NAMES, *textguards.NAMES)
"""The guards that look at what is gathered here."""
_OF_REGIME = ("regime", "filed_here", "reasons_given", "heard_first")
_p, _m, _o = delegation_points.c, models.mandates.c, models.outbox.c
_POINT = Prepared(select(delegation_points).where(_p.key == bindparam("key")))
_STEPS = Prepared(
    select(models.events.c.seq, models.events.c.payload, models.events.c.occurred_at)
    .where(models.events.c.case_id == bindparam("case"), models.events.c.kind == "case:step:taken")
    .order_by(models.events.c.seq)
)
_URGENT = Prepared(
    select(_m.body, _m.acts).where(
        _m.valid_from <= bindparam("day"), or_(_m.valid_to.is_(None), _m.valid_to >= bindparam("day"))
    )
)
_MAILED = Prepared(
    select(_o.template, _o.seq, _o.state)
    .where(_o.case_id == bindparam("case"), _o.recipient_id == bindparam("to"))
    .order_by(_o.seq)
)


def told(w: Work, trigger: str, fields: Mapping[str, Any]) -> LawFacts | None:
    """The facts that the guards of ``trigger`` look at; None when it has none of these guards."""
    asked = [g for t in w.rules.transitions if trigger in ("", t.name) for g in t.when if g.name in NAMES]
    if not asked:
        return None
    names = {g.name for g in asked}
    return LawFacts(
        commissioned=_commissioned(w) if "commissioned" in names else frozenset(),
        points=_points(w, fields) if names & {*delegationguards.NAMES, *_OF_REGIME} else {},
        bodies=_bodies(w, fields) if names & {"body_exists", "on_delegation", *bodyguards.NAMES} else {},
        waiting=_waiting(w, fields) if "bodies_ended" in names else {},
        related=_related(w) if "related_case" in names else {},
        stances=_stances(w) if names & {"unanimous", "some_agreed"} else {},
        groups=_groups(w, {n for g in asked if g.name == "asks_all" for n in g.arg["of"]}),
        changed=_changed(w) if "same_text" in names else frozenset(),
        reworded=_reworded(w, {str(g.arg) for g in asked if g.name == "text_unchanged"}),
        renewed=_renewed(w, [(g.arg["document"], g.arg["since"]) for g in asked if g.name == "new_document"]),
        taken=_taken(w, {str(g.arg["step"]) for g in asked if g.name == "day_since"}),
        meets=_meets(w) if "urgent" in names else None,
        own=_own(w) if "as_decided" in names else {},
        other_words=_other_values(w, fields) if "as_decided" in names else frozenset(),
        elsewhere=_decided_elsewhere(w) if "as_decided" in names else None,
        sent=_sent(w, [g for g in asked if g.name == "heard_first"]),
    )


def _commissioned(w: Work) -> frozenset[str]:
    rows = _URGENT.rows(w.conn, day=w.today)
    return frozenset(r["body"] for r in rows if "urgent_decision" in r["acts"])


def _meets(w: Work) -> date | None:
    """The next day on which a body that the type asks for a commission meets, by the meetings that are planned."""
    bodies = {str(g.arg) for t in w.rules.transitions for g in t.when if g.name == "commissioned"}
    rows = (meetingfacts.next_meeting(w, body, w.today - timedelta(days=1)) for body in sorted(bodies))
    return min((row["day"] for row in rows if row is not None), default=None)


# ---------------------------------------------------------------- the delegation order


def regime(w: Work) -> str | None:
    """How the decisions of the case are appealed, as its values stand; None while what settles it is not given."""
    named = w.rules.regime_from
    points = _points(w, w.case["fields"]) if named is not None and not named.of else {}
    return w.rules.regime(w.case["fields"], {k: p.regime for k, p in points.items()})


def _points(w: Work, fields: Mapping[str, Any]) -> dict[str, Point]:
    keys = {str(v) for k, v in fields.items() if v and w.rules.fields[k].type == "text" and len(str(v)) <= 32}
    return {key: _point(w, row) for key in sorted(keys) for row in _POINT.rows(w.conn, key=key)}


def _point(w: Work, row: Row) -> Point:
    board = successions.body(w.conn, row["body"])
    in_force = successions.exists(row, w.today) and board is not None and successions.exists(board, w.today)
    limit = Decimal(row["max_amount"]) if row["max_amount"] is not None else None
    bodies = frozenset(office.partition("@")[2] for office in row["offices"])
    return Point(row["key"], row["title_sv"], in_force, limit, row["regime"], row["reported"], bodies)


def offices(w: Work, role: RoleDef) -> list[tuple[str, str]]:
    """Whom the point that the case names is delegated to, as (office, body); nobody where it is not in force."""
    key = w.case["fields"].get(role.delegation or "")
    rows = [r for r in _POINT.rows(w.conn, key=str(key)) if _point(w, r).in_force] if key else []
    pairs = (office.partition("@") for row in rows for office in row["offices"])
    return [(office, body) for office, _, body in pairs]


def delegates(w: Work, role: RoleDef) -> list[Actor]:
    """The people whom the point is delegated to today, in its order."""
    found = [a for office, body in offices(w, role) for a in w.ask(actors.holders, office, body, w.today)]
    return list({a.id: a for a in found}.values())


# ---------------------------------------------------------------- bodies


def _named(w: Work, fields: Mapping[str, Any]) -> list[str]:
    """The bodies that the case's values name."""
    keys: list[str] = []
    for name, value in fields.items():
        kind = w.rules.fields[name].type
        if value and kind in ("body", "bodies", "choice"):
            keys += value if isinstance(value, list) else [str(value)]
    return keys


def _bodies(w: Work, fields: Mapping[str, Any]) -> dict[str, Body]:
    b = models.bodies.c
    rows = w.conn.execute(select(models.bodies).where(b.key.in_(_named(w, fields)))).mappings()
    return {r["key"]: Body(r["name_sv"], r["valid_from"], r["valid_to"], r["kind"]) for r in rows}


def _waiting(w: Work, fields: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    from arende.usecases import waitingcases  # it gathers facts itself, so it builds on this module

    found: dict[str, list[str]] = {}
    wanted = set(_named(w, fields))
    for body, number in waitingcases.numbers(w):
        if body in wanted and number != w.case["register_no"]:
            found.setdefault(body, []).append(number)
    return {body: tuple(numbers) for body, numbers in found.items()}


# ---------------------------------------------------------------- other cases, rounds


def _related(w: Work) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    c = models.cases.c
    for relation in w.rows(models.relations):
        row = w.conn.execute(select(c.register_no, c.state).where(c.register_no == relation["other"])).first()
        if row is not None:
            found[relation["kind"]] = (*found.get(relation["kind"], ()), (row.register_no, row.state))
    return found


def _stances(w: Work) -> dict[str, tuple[str | None, ...]]:
    last: dict[str, int] = {}
    for round_ in w.rows(models.consultations):
        last[round_["key"]] = max(last.get(round_["key"], 0), round_["round"])
    answers = [a for a in w.rows(models.answers) if a["state"] != "removed"]
    return {
        key: tuple(_counted(a) for a in answers if (a["key"], a["round"]) == (key, number))
        for key, number in last.items()
    }


def _counted(answer: Row) -> str | None:
    return answer["stance"] if answer["state"] in ("accepted", "revised") else None


def _groups(w: Work, names: set[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The parties behind each name; one that the people file does not know stands for itself, and is missing."""
    from arende.usecases import parties  # it asks for facts itself, so it builds on this module

    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for name in sorted(names):
        with suppress(NotFound):
            found[name] = tuple((p.key, p.name) for p in parties.named(w, name))
    return found


def _changed(w: Work) -> frozenset[str]:
    """The consultations whose text has other words now than in their last round; the same words filed anew are none."""
    since = {r["key"]: r["seq"] for r in sorted(w.rows(models.consultations), key=lambda r: r["round"])}
    return _other_words(w, since)


def _reworded(w: Work, steps: set[str]) -> frozenset[str]:
    """The steps since which the text has got other words; of one that nobody has taken there were none."""
    return _other_words(w, _last_taken(w, steps))


def _last_taken(w: Work, steps: set[str]) -> dict[str, int]:
    """The event by which each step was last taken; 0 where it never was."""
    since = {s["payload"]["trigger"]: s["seq"] for s in _steps(w, steps)}
    return {step: since.get(step, 0) for step in steps}


def _taken(w: Work, steps: set[str]) -> dict[str, date]:
    """The day on which each step was last taken."""
    return {s["payload"]["trigger"]: local_day(s["occurred_at"]) for s in _steps(w, steps)}


def _steps(w: Work, wanted: set[str]) -> list[Row]:
    """Those of the wanted steps that have been taken, the last one last."""
    taken = _STEPS.rows(w.conn, case=w.case["id"]) if wanted and "id" in w.case else []
    return [s for s in taken if s["payload"] and s["payload"]["trigger"] in wanted]


def _renewed(w: Work, pairs: list[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """The documents that have got another content since the step; the same bytes filed anew are no other."""
    since = _last_taken(w, {step for _, step in pairs})
    found = set()
    for key, step in pairs:
        filed = _of(w.rows(models.documents), {key})
        if _newest(filed) != _newest(d for d in filed if d["added_seq"] <= since[step]):
            found.add((key, step))
    return frozenset(found)


def _other_words(w: Work, since: Mapping[str, int]) -> frozenset[str]:
    """The keys since whose event the text has got other words."""
    text = _of(w.rows(models.documents), {key for key, d in w.rules.documents.items() if d.is_text}) if since else []
    now = _newest(text)
    return frozenset(key for key, seq in since.items() if _newest(d for d in text if d["added_seq"] <= seq) != now)


def _newest(documents: Iterable[Row]) -> dict[str, str]:
    return {d["key"]: d["sha256"] for d in sorted(documents, key=lambda d: d["version"])}


def _of(documents: Iterable[Row], keys: set[str]) -> list[Row]:
    return [d for d in documents if d["key"] in keys]


# ---------------------------------------------------------------- what was decided


def _own(w: Work) -> dict[str, date]:
    """The kinds of document whose newest version no step has written, with the day on which it was filed."""
    documents = sorted(w.rows(models.documents), key=lambda d: d["version"])
    newest, written = {d["key"]: d for d in documents}, texts.written(documents)
    return {key: local_day(d["added_at"]) for key, d in newest.items() if key not in written}


def _other_values(w: Work, fields: Mapping[str, Any]) -> frozenset[str]:
    """The fields whose words are others than the case has; where the lines break is no matter."""
    return frozenset(k for k, v in fields.items() if str(v).split() != str(w.case["fields"].get(k, "")).split())


def urgent_decision(w: Work) -> Row | None:
    """The last decision for the board in a case that this one rests on: its number, when and by whom (KL 6:39)."""
    c, a = models.cases.c, models.approvals.c
    numbers = [r["other"] for r in w.rows(models.relations) if r["kind"] == "decided_by"]
    given = (
        select(c.register_no, a.decided_at, a.decided_by_id)
        .join(models.approvals, a.case_id == c.id)
        .where(c.register_no.in_(numbers), a.act == "urgent_decision", a.state == "approved")
        .order_by(a.decided_at.desc())
    )
    row = w.conn.execute(given).mappings().first() if numbers else None
    return dict(row) if row is not None else None


def _decided_elsewhere(w: Work) -> date | None:
    decision = urgent_decision(w)
    return local_day(decision["decided_at"]) if decision is not None else None


# ---------------------------------------------------------------- what the party has seen


def _sent(w: Work, asked: Iterable[Guard]) -> dict[str, Sent]:
    """Step by which a party is heard → the last mail of that step to the party, and whether more has come since."""
    found: dict[str, Sent] = {}
    for g in asked:
        party, step = w.case["fields"].get(g.arg["party"]), g.arg["step"]
        if not party or "id" not in w.case:
            continue
        words = {e.mail.template for t in w.rules.transitions if t.name == step for e in t.then if e.mail}
        to = w.ask(actors.actor, str(party)).id
        mails = [m for m in _MAILED.rows(w.conn, case=w.case["id"], to=to) if m["template"] in words]
        if mails:
            found[step] = Sent(mails[-1]["state"], _newer(w, g.arg.get("material"), mails[-1]["seq"]))
    return found


def _newer(w: Work, kind: str | None, seq: int) -> bool:
    """Whether a document of the kind was filed after the event."""
    return any(d["added_seq"] > seq for d in w.rows(models.documents) if document_kind(w.rules, d["key"]) == kind)
