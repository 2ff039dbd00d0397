"""Handing over what waits for a body that ends, to the body that follows it (KL 3:3–4, 5:1).

A hand-over takes effect on the day after the body's last, and not before its successor exists: given earlier it names
the successor and tells what will pass on, and the clock does it on the day. Each case that passes on is a command of
its own, promised in the same transaction, so two thousand are as many small pieces. What a body has decided stays its
own: only what lies ahead moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Select, or_, select

from arende import models
from arende.actors import Actor
from arende.casetypes import CaseType
from arende.commands import Command
from arende.errors import Invalid, Refused, Sentence
from arende.meetingtables import assignments, promised_steps
from arende.organisationcommands import TASK, HandOver, TakeEffect
from arende.organisationtables import successions
from arende.prepared import Row
from arende.usecases import agendas, effects, receiving, registry, seats, waitingcases
from arende.usecases import successions as follows
from arende.usecases.facts import demand, standing
from arende.work import UseCase, Work

_REPLACED = "Ersatt av en ny överlämning. Replaced by a new hand-over."


def hand_over(w: Work, cmd: HandOver) -> None:
    """Name the successor; what the day has come for passes on now, the rest on its day. It may be given again."""
    w.open_case(cmd.register_no)
    task = _task(w)
    if task is None:
        raise Refused(_NO_TASK)
    sentence = Sentence("Överlämningen väntar inte på dig.", "The hand-over does not wait for you.")
    behalf = demand(w, standing(w), (task["role"],), sentence)
    ended = _ended(w)
    successor = _successor(w, cmd.successor, ended)
    days = _days(w, ended, successor)
    w.data |= {"moved": [], "planned": [], "on": None, "remains": []}
    _name(w, cmd, {b: day for b, day in days.items() if day > w.today}, successor, behalf)
    if now := frozenset(b for b, day in days.items() if day <= w.today):
        seq = _pass_on(w, now, successor, cmd.members, behalf, more=len(now) < len(ended))
        _follow(w, seq, now, successor)


def take_effect(w: Work, cmd: TakeEffect) -> None:
    """The bodies whose day has come pass on to the successor that was named last; the others wait for theirs."""
    w.open_case(cmd.register_no)
    agendas.kept(w, cmd.promise)
    if _task(w) is None:
        return  # somebody has done it by hand, or the change came to nothing
    ended = _ended(w)
    successor = _successor(w, cmd.successor, ended)
    days = _days(w, ended, successor)
    mine = {b for b in ended if _named(w, b) == successor["key"]}
    data = {"successor": successor["key"], "members": cmd.members}
    for day in sorted({days[b] for b in mine if days[b] > w.today} - _awaited(w)):  # a last day was moved meanwhile
        agendas.promise(w, w.case["seq"], 0, "effect", w.case["register_no"], data, None, w.actor.id, day)
    if now := frozenset(b for b in mine if days[b] <= w.today):
        _pass_on(w, now, successor, cmd.members, None, more=len(now) < len(ended))


def _name(w: Work, cmd: HandOver, later: dict[str, date], successor: Row, behalf: Actor | None) -> None:
    """Tell which body follows those that still exist, what passes to it on their day, and what has to be finished."""
    for row in w.rows(promised_steps):
        if row["kind"] == "effect" and row["state"] == "queued":
            w.change(promised_steps, row, state="refused", reply=_REPLACED, done_at=w.now)
    if not later:
        return
    on = min(later.values())
    moved, remains = _sorted_out(w, frozenset(later), successor, on)
    told = {"bodies": sorted(later), "to": successor["key"], "on": on.isoformat(), "members": cmd.members}
    told |= {"planned": moved, "remains": remains}
    seq = w.event("organisation:successor:named", told, authority=_decision(w), on_behalf_of=behalf)
    _follow(w, seq, frozenset(later), successor)
    data = {"successor": successor["key"], "members": cmd.members}
    for day in sorted(set(later.values())):
        agendas.promise(w, seq, 0, "effect", w.case["register_no"], data, None, agendas.system(w), day)
    w.data |= {"planned": moved, "on": on.isoformat(), "remains": remains}


def _pass_on(w: Work, ended: frozenset[str], successor: Row, members: bool, behalf: Actor | None, *, more: bool) -> int:
    """Promise each case to the successor, tell what remains, and complete the task when nothing does."""
    moved, remains = _sorted_out(w, ended, successor, w.today)
    seated = seats.pass_on(w, ended, successor) if members else []
    told = {"bodies": sorted(ended), "to": successor["key"], "moved": moved, "remains": remains, "members": seated}
    seq = w.event("organisation:handed_over", told, authority=_decision(w), on_behalf_of=behalf)
    data = {"came_from": w.case["register_no"], "bodies": sorted(ended), "successor": successor["key"]}
    registry.promise_all_at_once(w, seq, "handover", moved, {**data, "decision": _decision(w)})
    if (task := _task(w)) is not None and not remains and not more:
        effects.close_task(w, task, outcome={"comment": None})
        done = {"task": task["id"], "act": TASK, "title": task["title"], "comment": None}
        w.event("task:completed", done, on_behalf_of=behalf)
    w.data |= {"moved": moved, "remains": [*(w.data.get("remains") or []), *remains]}
    return seq


def _follow(w: Work, seq: int, ended: frozenset[str], successor: Row) -> None:
    """From its day on the successor is where new cases, letters and seats of the bodies go."""
    for body in sorted(ended):
        if _named(w, body) != successor["key"]:
            w.insert(successions, seq=seq, body=body, successor=successor["key"])


def _named(w: Work, body: str) -> str | None:
    """The successor that this case has named last for the body."""
    s = successions.c
    query = select(s.successor).where(s.body == body, s.case_id == w.case["id"]).order_by(s.id.desc()).limit(1)
    return w.conn.execute(query).scalar()


def _awaited(w: Work) -> set[date]:
    """Days for which the clock has a promise of this case to keep."""
    return {
        p["not_before"]
        for p in w.rows(promised_steps)
        if p["kind"] == "effect" and p["state"] == "queued" and p["not_before"] is not None
    }


# ---------------------------------------------------------------- the change of organisation


def _task(w: Work) -> Row | None:
    return next((t for t in w.rows(models.tasks) if t["act"] == TASK and t["state"] == "open"), None)


_NO_TASK = Sentence(
    "Ärendet har ingen öppen uppgift att föra över ärenden. Den kommer när beslutet börjar genomföras, och "
    "är klar när allt har förts över.",
    "The case has no open task to move cases. It comes when the decision begins to be carried out, and is "
    "done when everything has been moved.",
)


def ending(rules: CaseType, fields: Row) -> frozenset[str]:
    """The bodies that a case ends: the field that the guard on its last step looks at."""
    keys = [g.arg for t in rules.transitions for g in t.when if g.name == "bodies_ended"]
    return frozenset(str(b) for key in keys for b in fields.get(key) or ())


def _ended(w: Work) -> frozenset[str]:
    """The bodies that the case ends. Raises Refused for none."""
    ended = ending(w.rules, w.case["fields"])
    if not ended:
        raise Refused(
            Sentence(
                "Ärendet nämner inget organ som upphör, så ingenting kan föras över. Ange organen i ärendet först.",
                "The case names no body that ends, so nothing can be handed over. Name the bodies in the case first.",
            )
        )
    return ended


def _decision(w: Work) -> str:
    fields = w.case["fields"]
    parts = ["Regionfullmäktige", fields.get("rf_date"), fields.get("rf_section")]
    return f"{' '.join(str(p) for p in parts if p)}, {w.case['register_no']}"[:200]


def _successor(w: Work, key: str, ended: frozenset[str]) -> Row:
    row = follows.body(w.conn, key)
    if row is None:
        raise Invalid(Sentence(f"Organet {key} finns inte i personfilen.", f"No body {key} is in the people file."))
    sv, en = row["name_sv"], row["name_en"] or row["name_sv"]
    if row["key"] in ended:
        raise Refused(
            Sentence(
                f"{sv} upphör självt. Välj det organ som tar över.",
                f"{en} itself ends. Choose the body that takes over.",
            )
        )
    last = row["valid_to"]
    if last is not None and last < max((w.today, *_last_days(w, ended))):
        raise Refused(
            Sentence(
                f"{sv} finns till och med den {last} och kan inte ta över: fullmäktige bestämmer vilka nämnder som "
                "finns (3 kap. 3–4 §§ kommunallagen). Välj ett organ som finns kvar.",
                f"{en} exists until {last} and cannot take over: the assembly settles which boards there are (KL "
                "3:3–4). Choose a body that remains.",
            )
        )
    return row


def _bodies(w: Work, keys: frozenset[str]) -> Iterator[Row]:
    return (row for key in sorted(keys) if (row := follows.body(w.conn, key)) is not None)


def _last_days(w: Work, ended: frozenset[str]) -> Iterator[date]:
    return (b["valid_to"] for b in _bodies(w, ended) if b["valid_to"] is not None)


def _days(w: Work, ended: frozenset[str], successor: Row) -> dict[str, date]:
    """Body → the day from which what waited for it is the successor's. Raises Refused for one without a last day."""
    return {b["key"]: follows.first_day(b, successor) for b in _bodies(w, ended)}


# ---------------------------------------------------------------- what waits for the bodies


def _sorted_out(w: Work, ended: frozenset[str], successor: Row, day: date) -> tuple[list[str], list[Row]]:
    """(numbers that pass on by themselves, what a person has to see to first), oldest first."""
    moved: list[str] = []
    remains: list[Row] = []
    for number in _affected(w, ended):
        bar = receiving.barred(waitingcases.peek(w, number), ended, successor, day)
        if bar is None:
            moved.append(number)
        else:
            remains.append({"register_no": number, "sv": bar.sv, "en": bar.en})
    return moved, remains


def _affected(w: Work, ended: frozenset[str]) -> list[str]:
    """Numbers of the cases in which something waits for a body that ends, oldest first; not the change itself."""
    c = models.cases.c
    query = select(models.cases).where(c.id != w.case["id"], or_(c.closed_at.is_(None), c.id.in_(_owing(ended))))
    by_hash: dict[str, CaseType] = dict(waitingcases.definitions(w))
    waits = set(w.conn.execute(_with_tasks(ended)).scalars()) | set(w.conn.execute(_owing(ended)).scalars())
    asked = w.conn.execute(_ASKED).tuples()
    waits |= {i for i, sha256, r in asked if (role := by_hash[sha256].roles.get(r)) is not None and role.body in ended}
    rows = w.conn.execute(query.order_by(c.id)).mappings()
    return [
        r["register_no"] for r in rows if r["id"] in waits or receiving.waits(by_hash[r["definition"]], dict(r), ended)
    ]


_ASKED = (
    select(models.cases.c.id, models.cases.c.definition, models.approvals.c.role)
    .join(models.cases, models.cases.c.id == models.approvals.c.case_id)
    .where(models.approvals.c.state == "pending")
    .distinct()
)
"""Cases in which somebody is asked, and in which role: one that the case type gives to a body is found so."""


def _with_tasks(ended: frozenset[str]) -> Select[tuple[int]]:
    t = models.tasks.c
    return select(t.case_id).where(
        t.state == "open", or_(*(t.office.endswith(f"@{b}", autoescape=True) for b in sorted(ended)))
    )


def _owing(ended: frozenset[str]) -> Select[tuple[int]]:
    a = assignments.c
    return select(a.case_id).where(a.body.in_(ended), a.state.in_(receiving.UNREPORTED))


USE_CASES: dict[type[Command], UseCase] = {HandOver: hand_over, TakeEffect: take_effect}
