"""What a person may do now and what waits for them: the same judgement as the step itself, asked for all steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from arende import actors, db, events, machine, queries, workdays
from arende.app import App
from arende.casetypes import Text
from arende.commands import OnCase
from arende.errors import Sentence
from arende.guards import field_title
from arende.usecases.facts import gather, standing
from arende.work import Work


class Ask(OnCase):
    """A question, never performed: who asks about which case."""

    name = "ask"


@dataclass(frozen=True)
class Choice:
    """A step as it may be offered: refused ones with every sentence why, and what the step asks for."""

    trigger: str
    title: Text
    dest: str
    allowed: bool
    sentences: tuple[Sentence, ...]
    asks: tuple[tuple[str, Sentence, bool], ...]
    """(field, title, required)."""
    comment: str


def options_for(app: App, register_no: str, actor: str) -> list[Choice]:
    """Every step of the case's state, judged for this person now. Raises NotFound for an unknown case or person."""
    with db.reading(app.engine) as conn:
        w = Work(app, Ask(actor=actor, register_no=register_no), conn)
        w.open_case(register_no)
        facts = gather(w, standing(w))
        found = machine.options(w.rules, w.case["state"], facts)
        return [_choice(w, o) for o in found]


def _choice(w: Work, o: machine.Option) -> Choice:
    rules = w.rules
    transition = next(
        t for t in rules.transitions if t.trigger == o.trigger and (w.case["state"] in t.from_ or t.from_ == ("*",))
    )
    asks = tuple(
        (k, Sentence(field_title(rules, k, "sv"), field_title(rules, k, "en")), f.required)
        for k, f in rules.asked_by(o.trigger).items()
    )
    title = Text(sv=rules.trigger_title(o.trigger), en=rules.trigger_title(o.trigger, "en"))
    return Choice(o.trigger, title, o.dest, o.allowed, o.sentences, asks, transition.comment)


def inbox_of(app: App, key: str, limit: int = 100) -> list[dict[str, Any]]:
    """What waits for a person and for those they stand in for, by last day."""
    day = workdays.local_day(app.clock())
    with db.reading(app.engine) as conn:
        rows = waiting_for(conn, actors.actor(conn, key).id, day, limit)
    for row in rows:
        if row["kind"] == "approval":
            row["what"] = (row["what"] or {}).get("proposal")
        if row["secrecy"]:
            row["title"], row["what"] = "", None
    return rows


def waiting_for(conn: Connection, actor_id: int, day: date, limit: int) -> list[dict[str, Any]]:
    """The rows that wait for a person, for those they stand in for, and for the offices of both."""
    ids = [actor_id, *(r.actor.id for r in actors.represented_by(conn, actor_id, day))]
    held = [o for i in ids for o in actors.offices_of(conn, i, day)]
    offices = {name for office, body in held for name in (f"{office}@{body}", office)}
    return queries.inbox(conn, ids, sorted(offices), limit)


def verify_chains(app: App, register_no: str | None = None) -> tuple[int, int, list[dict[str, Any]]]:
    """(cases, events, faults): check the hash chain of one case or of all."""
    faults: list[dict[str, Any]] = []
    checked = count = 0
    with db.reading(app.engine) as conn:
        if register_no is not None:
            row = queries.case(conn, register_no)
            wanted = [(row["id"], row["register_no"], row["head"], row["seq"])]
        else:
            wanted = list(queries.case_ids(conn))
        for case_id, number, head, _ in wanted:
            chain = queries.sealed(conn, case_id, number)
            checked, count = checked + 1, count + len(chain)
            faults += [{"register_no": number, "seq": b.seq, "what": b.what} for b in events.verify(chain, head)]
    return checked, count, faults
