"""What a meeting is at the moment: its row, its items in order, who is in the room – and what its guards ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, cast

from sqlalchemy import bindparam, select

from arende import actors, guards, models
from arende.actors import Actor
from arende.errors import NotFound, Refused, Sentence, did_you_mean
from arende.meetingguards import MeetingFacts
from arende.meetinglaw import Profile
from arende.meetingtables import agenda_cases, agenda_items, appeals, attendance, item_conflicts, meetings, notices
from arende.prepared import Prepared, Row
from arende.work import Work

ENTITLED = ("member", "chair", "vice_chair")
"""Offices that make somebody a member of a body."""


def the_meeting(w: Work) -> Row:
    """The row of the meeting that the case is; raises Refused when it is none."""
    rows = w.rows(meetings)
    if not rows:
        number = w.case["register_no"]
        raise Refused(Sentence(f"{number} är inget sammanträde.", f"{number} is not a meeting."))
    return rows[0]


def items_of(w: Work) -> list[Row]:
    """The items on the agenda in the order in which they are taken up."""
    return sorted((i for i in w.rows(agenda_items) if i["state"] == "on"), key=lambda i: i["position"])


def item_of(w: Work, number: int) -> Row:
    """The item of this number on the agenda; raises NotFound."""
    found = next((i for i in items_of(w) if i["item"] == number), None)
    if found is None:
        there = ", ".join(str(i["item"]) for i in items_of(w)) or "–"
        raise NotFound(
            Sentence(
                f"Dagordningen har ingen punkt {number}. Punkterna är {there}.",
                f"The agenda has no item {number}. Its items are {there}.",
            )
        )
    return found


_BODY = Prepared(select(models.bodies).where(models.bodies.c.key == bindparam("key")))


def body_of(w: Work, key: str) -> Row:
    """The body as the people file has it."""
    found = next(iter(_BODY.rows(w.conn, key=key)), None)
    if found is None:
        near = did_you_mean(key, w.conn.execute(select(models.bodies.c.key)).scalars())
        hint = (f" {near.sv.capitalize()}", f" {near.en.capitalize()}") if near else ("", "")
        raise NotFound(
            Sentence(f"Organet {key} finns inte i personfilen.{hint[0]}", f"There is no body {key}.{hint[1]}")
        )
    return found


def body_name(w: Work, key: str) -> str:
    """What the body is called in a reference: "RS", else its whole name."""
    body = body_of(w, key)
    return str(body["short"] or body["name_sv"])


def members_of(w: Work, body: str) -> int | None:
    """How many are entitled to vote: as the people file says, else None."""
    found = (body_of(w, body)["data"] or {}).get("members")
    return int(found) if found else None


def covers(row: Row, position: int) -> bool:
    """Whether somebody who was present was so at the item of this position."""
    return bool((row["from_item"] or 0) <= position <= (row["to_item"] or position))


def barred(w: Work, item: Row | None) -> set[int]:
    """Those with a conflict of interest at the item."""
    return {c["actor_id"] for c in w.rows(item_conflicts) if item is not None and c["item"] == item["item"]}


def has_vote(row: Row) -> bool:
    """Whether the row of attendance is one with a vote: a member, or a substitute who serves."""
    return row["kind"] == "present" and (
        row["role"] == "member" or (row["role"] == "substitute" and row["acting_for_id"] is not None)
    )


def voters(w: Work, item: Row | None) -> set[int]:
    """Those with a vote who take part at the item; without one, those present from the start.

    Whoever has a conflict counts for no quorum, in the assembly as in a board (decision 0015).
    """
    position = item["position"] if item is not None else 1
    there = {a["actor_id"] for a in w.rows(attendance) if has_vote(a) and covers(a, position)}
    return there - barred(w, item)


def presiding_at(w: Work, item: Row) -> int | None:
    """Who presides at the item, if it is noted and they are not barred from it."""
    out = barred(w, item)
    rows = (a for a in w.rows(attendance) if a["kind"] == "present" and a["presiding"] and covers(a, item["position"]))
    return next((a["actor_id"] for a in rows if a["actor_id"] not in out), None)


def people(w: Work, what: Literal["presided", "checkers"]) -> list[Actor]:
    """Those who presided at some item, or who were elected to check the minutes."""
    rows = w.rows(attendance) if "id" in w.case else []
    if what == "checkers":
        ids = [a["actor_id"] for a in rows if a["checker"]]
    else:
        settled = [i["presiding_id"] for i in w.rows(agenda_items) if i["presiding_id"] is not None] if rows else []
        ids = settled or [a["actor_id"] for a in rows if a["presiding"]]
    return [w.ask(actors.by_id, i) for i in dict.fromkeys(ids)]


def told(w: Work, trigger: str, given: Mapping[str, Any]) -> MeetingFacts | None:
    """The meeting as the guards of a step see it; None when the case is no meeting."""
    rows = w.rows(meetings)
    if not rows:
        return None
    meeting, items = rows[0], items_of(w)
    fields = w.rules.fields_for(trigger, w.case["fields"], given)
    day = date.fromisoformat(fields["meeting_date"])
    last = date.fromisoformat(fields.get("last_day") or fields["meeting_date"])
    taken = [i for i in items if i["outcome"] != "withdrawn"]
    unsettled = [i for i in items if i["outcome"] is None]
    counting = [n for n in w.rows(notices) if n["state"] != "early"]
    return MeetingFacts(
        body=meeting["body"],
        profile=cast("Profile", meeting["profile"]),
        day=day,
        last_day=max(day, last),
        members=members_of(w, meeting["body"]),
        present=len(voters(w, unsettled[0] if unsettled else None)),
        items=len(items),
        unsettled=_named(w, unsettled),
        unnumbered=_named(w, [i for i in taken if i["section_no"] is None]),
        earlier_unnumbered=_earlier(w, meeting),
        checkers=len(people(w, "checkers")),
        presided=len(people(w, "presided")),
        notices={s: sum(n["state"] == s for n in w.rows(notices)) for s in ("up", "down", "early")},
        appeal_last_day=max((n["appeal_last_day"] for n in counting), default=None),
        decided=_decided(w, meeting, taken),
        appealed=tuple(sorted({a["section_no"] for a in w.rows(appeals) if a["ruling"] is None})),
        annulled=tuple(sorted({a["section_no"] for a in w.rows(appeals) if a["ruling"] == "annulled"})),
    )


def _decided(w: Work, meeting: Row, items: list[Row]) -> tuple[str, ...]:
    """What a committee has decided itself; asked only where it matters, since it reads the definitions of the cases."""
    if meeting["profile"] != "committee" or w.case["state"] != "minutes_approved":
        return ()
    from arende.usecases import waitingcases  # it judges cases by the facts that this module gathers

    return _named(w, [i for i in items if waitingcases.decides(w, i)])


def _named(w: Work, items: list[Row]) -> tuple[str, ...]:
    """The items as a sentence names them to whoever asks: by heading, or by number where a case is under secrecy."""
    of = {c["register_no"]: c["item"] for c in w.rows(agenda_cases)} if items else {}
    c = models.cases.c
    query = select(c.register_no).where(c.register_no.in_(list(of)), c.secrecy.is_(True))
    secret = {of[no]: no for no in w.conn.execute(query).scalars()} if of else {}
    return tuple(str(secret.get(i["item"], i["heading"])) for i in items)


def not_held(w: Work, trigger: str, given: Mapping[str, Any]) -> dict[str, str]:
    """Meetings that guards of the step ask for and that are not over; a body without a meeting that day is not told."""
    asked = [g for t in w.rules.transitions if trigger in ("", t.name) for g in t.when if g.name == "meeting_held"]
    if not asked:
        return {}
    fields, found = w.rules.fields_for(trigger, w.case["fields"], given), {}
    for g in asked:
        arg = guards.held_argument(g.arg)
        body, day = guards.body_meant(arg, fields), fields.get(f"{arg}_date" if isinstance(arg, str) else arg.date)
        if isinstance(day, str) and day:
            rows = _that_day(w, body, date.fromisoformat(day))
            if rows and not any(r["over"] and r["state"] != "cancelled" for r in rows):
                found[f"{body} {day}"] = str(rows[0]["register_no"])
    return found


def _that_day(w: Work, body: str, day: date) -> list[Row]:
    m, c = meetings.c, models.cases.c
    query = select(m.over, c.state, c.register_no).join(models.cases, c.id == m.case_id)
    return [dict(r) for r in w.conn.execute(query.where(m.body == body, m.day == day)).mappings()]


def _earlier(w: Work, meeting: Row) -> str | None:
    """An earlier meeting of the body in the same year that is neither numbered nor over."""
    m, c = meetings.c, models.cases.c
    found = w.conn.execute(
        select(c.register_no)
        .join(meetings, m.case_id == c.id)
        .where(m.body == meeting["body"], m.day >= date(meeting["day"].year, 1, 1), m.day < meeting["day"])
        .where(m.numbered.is_(False), m.over.is_(False))
        .order_by(m.day)
        .limit(1)
    ).scalar()
    return str(found) if found else None


def next_meeting(w: Work, body: str, after: date) -> Row | None:
    """The body's next meeting after a day that can still take something up, with its case's number and state."""
    m, c = meetings.c, models.cases.c
    query = (
        select(meetings, c.register_no, c.state)
        .join(models.cases, c.id == m.case_id)
        .where(m.body == body, m.day > after, m.over.is_(False))
        .where(c.state.in_(("planned", "cases_closed", "agenda_draft", "agenda_approved", "summoned")))
        .order_by(m.day, m.id)
        .limit(1)
    )
    found = w.conn.execute(query).mappings().first()
    return dict(found) if found else None


def offices_on(w: Work, person: Actor, body: str, day: date) -> set[str]:
    """The offices that the person holds in the body on a day."""
    return {office for office, where in w.ask(actors.offices_of, person.id, day) if where == body}
