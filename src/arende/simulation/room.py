"""A meeting is held: who comes, who steps in, what is moved and voted on, and what becomes of each item."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from arende import actors, db, meetingcommands, models
from arende.meetingcommands import ItemOutcome, RecordOutcomes
from arende.meetingtables import agenda_cases, agenda_items, attendance, item_conflicts, meetings
from arende.simulation.world import SAID, World
from arende.usecases import waitingcases
from arende.usecases.meetingfacts import ENTITLED

Row = dict[str, Any]

AWAY = 0.1
"""Share of the members who cannot come."""
TOLD = 0.7
"""Share of those who say so beforehand, so that a substitute is called."""
OUTCOMES = {"approved": 100, "approved_with_change": 8, "noted": 4, "remitted": 6, "adjourned": 6, "rejected": 3}
"""How often each outcome is the item's, among those that its case can take."""
CONFLICT, VOTE, DISSENT = 0.01, 0.04, 0.5
"""Share of the items at which somebody has a conflict of interest; at which there is a vote, and then a dissent."""


def fill_agenda(world: World, register_no: str, clerk: str) -> None:
    """An agenda with nothing on it gets a matter of information."""
    if not _items(world, register_no):
        world.do(meetingcommands.AddAgendaItem(actor=clerk, register_no=register_no, heading="Information",
                                               reason=SAID, kind="other"))  # fmt: skip


def gather(world: World, register_no: str) -> None:
    """Those who come are entered; who said that they cannot has had a substitute called."""
    meeting = _meeting(world, register_no)
    if meeting["profile"] == "forum" or _present(world, register_no):
        return
    clerk = _clerk(world, meeting)
    members = _members(world, meeting)
    away = [m for m in members if world.happens(AWAY)]
    for person in away:
        if world.happens(TOLD):
            world.do(meetingcommands.ReportAbsence(actor=clerk, register_no=register_no, person=person, reason=SAID))
    here = [m for m in members if m not in away]
    for n, person in enumerate(here):
        world.do(meetingcommands.RecordAttendance(actor=clerk, register_no=register_no, person=person,
                                                  presiding=n == 0, checker=n == 1))  # fmt: skip
    for called, absent in _called(world, register_no):
        world.do(meetingcommands.RecordAttendance(actor=clerk, register_no=register_no, person=called,
                                                  role="substitute", acting_for=absent))  # fmt: skip


def settle(world: World, register_no: str) -> None:
    """Every item gets its outcome, some after a vote, some with a dissent."""
    meeting = _meeting(world, register_no)
    clerk = _clerk(world, meeting)
    present = [] if meeting["profile"] == "forum" else _present(world, register_no)
    left = [i for i in _items(world, register_no) if i["outcome"] is None]
    outcomes = []
    for item in left:
        outcome = _outcome(world, item)
        if present and item["kind"] == "case":
            _debate(world, register_no, clerk, item, present, won="no" if outcome == "rejected" else "yes")
        motive = f"Underlaget kompletteras. {SAID}" if outcome == "remitted" else None
        outcomes.append(ItemOutcome.model_validate({"item": item["item"], "outcome": outcome, "motive": motive}))
    entered = RecordOutcomes(actor=clerk, register_no=register_no, outcomes=tuple(outcomes))
    if left and world.do(entered) is None:  # the quorum is lost: what is left is put off
        put_off = [ItemOutcome(item=i["item"], outcome="adjourned") for i in left]
        world.do(RecordOutcomes(actor=clerk, register_no=register_no, outcomes=tuple(put_off)))
        return
    if present:
        _dissents(world, register_no, clerk, outcomes, present)


def _outcome(world: World, item: Row) -> str:
    """What becomes of an item: of a case, something that its definition has a step for, or it is put off."""
    if item["kind"] == "fixed":
        return "approved"
    with db.reading(world.app.engine) as conn:
        numbers = conn.execute(
            select(agenda_cases.c.register_no)
            .where(agenda_cases.c.case_id == item["case_id"], agenda_cases.c.item == item["item"])
            .order_by(agenda_cases.c.id)
        ).scalars()
        possible = [_possible(world, conn, no) for no in numbers]
    if item["kind"] != "case" or not possible:
        return "noted"
    shared = {o: n for o, n in OUTCOMES.items() if o == "adjourned" or all(o in p for p in possible)}
    return world.chance.choices(list(shared), list(shared.values()))[0] if len(shared) > 1 else "noted"


def _possible(world: World, conn: Any, register_no: str) -> set[str]:
    row = conn.execute(select(models.cases).where(models.cases.c.register_no == register_no)).mappings().one()
    rules = world.app.types.pinned(row["definition"], lambda h: _text(conn, h))
    awaited = waitingcases.awaits(rules, dict(row))
    return set(awaited.outcomes) if awaited is not None else set()


def _text(conn: Any, sha256: str) -> str:
    d = models.definitions.c
    return str(conn.execute(select(d.text).where(d.hash == sha256)).scalar_one())


def _debate(world: World, register_no: str, clerk: str, item: Row, present: list[str], *, won: str) -> None:
    """Now and then somebody leaves for a conflict of interest, or there are motions and a vote."""
    n, others = item["item"], present[2:]
    if others and world.happens(CONFLICT):
        gone = world.chance.choice(others)
        world.do(meetingcommands.DeclareItemConflict(actor=clerk, register_no=register_no, item=n, person=gone))
        present = [p for p in present if p != gone]
    if len(present) > 2 and world.happens(VOTE):
        for person, kind in ((present[0], "approve"), (present[-1], "reject")):
            world.do(meetingcommands.RecordMotion.model_validate(
                {"actor": clerk, "register_no": register_no, "item": n, "person": person, "kind": kind, "text": SAID}
            ))  # fmt: skip
        lost, sure = "yes" if won == "no" else "no", len(present) // 2
        ballots = {p: won if world.happens(0.7) or i <= sure else lost for i, p in enumerate(present)}
        world.do(meetingcommands.RecordVote.model_validate(
            {"actor": clerk, "register_no": register_no, "item": n, "yes_means": "Bifall", "no_means": "Avslag",
             "ballots": ballots}
        ))  # fmt: skip
        world.told["votes"] += 1


def _dissents(world: World, register_no: str, clerk: str, outcomes: list[ItemOutcome], present: list[str]) -> None:
    decided = [o.item for o in outcomes if o.outcome in ("approved", "approved_with_change", "rejected")]
    for n in decided:
        if world.happens(VOTE * DISSENT):
            who = world.chance.choice(present)
            world.do(meetingcommands.RecordDissent(actor=clerk, register_no=register_no, item=n, person=who, text=SAID))


# ---------------------------------------------------------------- what is there


def _meeting(world: World, register_no: str) -> Row:
    query = select(meetings).join(models.cases, models.cases.c.id == meetings.c.case_id)
    with db.reading(world.app.engine) as conn:
        return dict(conn.execute(query.where(models.cases.c.register_no == register_no)).mappings().one())


def _clerk(world: World, meeting: Row) -> str:
    """Who keeps the minutes."""
    return world.holder("secretary", meeting["body"]) or world.holder("secretary") or ""


def _items(world: World, register_no: str) -> list[Row]:
    i, c = agenda_items.c, models.cases.c
    query = select(agenda_items).join(models.cases, c.id == i.case_id)
    query = query.where(c.register_no == register_no, i.state == "on").order_by(i.position)
    with db.reading(world.app.engine) as conn:
        return [dict(r) for r in conn.execute(query).mappings()]


def _members(world: World, meeting: Row) -> list[str]:
    """Those with a seat, the chair first, then the vice chairs."""
    with db.reading(world.app.engine) as conn:
        found = {
            p.key: None
            for office in ("chair", "vice_chair", *ENTITLED)
            for p in actors.holders(conn, office, meeting["body"], meeting["day"])
        }
    return list(found)


def _present(world: World, register_no: str) -> list[str]:
    """Keys of those with a vote who are in the room, in the order in which they were entered."""
    with db.reading(world.app.engine) as conn:
        return [r.key for r in conn.execute(_who(register_no, "present")) if r.role == "member" or r.acting_for_id]


def _called(world: World, register_no: str) -> list[tuple[str, str]]:
    """(substitute called, member away)."""
    with db.reading(world.app.engine) as conn:
        rows = conn.execute(_who(register_no, "called")).all()
        keys = actors.keys_of(conn, (r.acting_for_id for r in rows))
    return [(r.key, keys[r.acting_for_id]) for r in rows]


def _who(register_no: str, kind: str) -> Any:
    a, c, who = attendance.c, models.cases.c, models.actors.c
    query = select(who.key, a.role, a.acting_for_id).join(models.cases, c.id == a.case_id)
    query = query.join(models.actors, who.id == a.actor_id).order_by(a.id)
    barred = select(item_conflicts.c.actor_id).where(item_conflicts.c.case_id == a.case_id)
    return query.where(c.register_no == register_no, a.kind == kind, a.actor_id.not_in(barred))
