"""Gathering the facts of a case for one person, before anything is judged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Table, bindparam, func, select, text

from arende import actors, assignmentcommands, lawguards, meetingguards, meetingtables, models, rights, timeguards
from arende.actors import Actor
from arende.casetypes import CaseType
from arende.effecttypes import ApprovalEffect
from arende.errors import Forbidden, Refused, Sentence
from arende.guards import Facts
from arende.joins import verdict
from arende.machine import ANY, SYSTEM
from arende.prepared import Prepared, Row
from arende.terms import BUILT_IN_ROLES
from arende.usecases import lawfacts, meetingfacts, texts
from arende.work import Work

_WHO, _BEHALF = models.actors.alias("who"), models.actors.alias("behalf")
_STEPS = Prepared(
    select(_WHO.c.key.label("who"), _BEHALF.c.key.label("behalf"), models.events.c.seq, models.events.c.payload)
    .join(_WHO, _WHO.c.id == models.events.c.actor_id)
    .outerjoin(_BEHALF, _BEHALF.c.id == models.events.c.on_behalf_of_id)
    .where(
        models.events.c.case_id == bindparam("case"),
        text("events.kind IN ('case:step:taken', 'case:step:seconded', 'case:registered')"),
    )
    .order_by(models.events.c.seq)
)
_UNSENT = Prepared(
    select(func.count()).where(
        models.outbox.c.case_id == bindparam("case"),
        text("state IN ('queued','sending','unknown')"),  # word for word as in the partial index; a failure is a task
    )
)
_ASKS: dict[str, Table | None] = {
    "document_present": models.documents,
    "document_written": models.documents,
    "may_be_published": models.documents,
    "relation_present": models.relations,
    "cleared": models.approvals,
    "approved": models.approvals,
    "joined": models.consultations,
    "no_open_tasks": models.tasks,
    "no_unsent_mail": models.outbox,
    "plan_sound": models.documents,
    **dict.fromkeys(("field", "any_field", "meeting_held", *lawfacts.NAMES, *timeguards.NAMES)),
    "new_document": models.documents,
    **dict.fromkeys(meetingguards.NAMES, meetingtables.meetings),
}
"""Guard → the table that it looks at; a guard that is not here may look at all of them."""


GONE = ("recused", "handed_over")
"""Requests that somebody else answers in the same role."""


@dataclass(frozen=True)
class Standing:
    """Which roles a person holds in a case: in their own right, and for somebody they stand in for."""

    own: frozenset[str]
    lent: dict[str, Actor]
    """Role → the absent person it is lent from."""

    @property
    def all(self) -> frozenset[str]:
        """Every role, however held."""
        return self.own | frozenset(self.lent)

    def behalf(self, roles: Iterable[str]) -> Actor | None:
        """Whom the person represents when acting in one of ``roles``; None when it is in their own right."""
        wanted = list(roles)
        if any(r in self.own for r in wanted):
            return None
        return next((self.lent[r] for r in wanted if r in self.lent), None)


def standing(w: Work) -> Standing:
    """The roles of the command's actor in the work's case on its day."""
    if w.actor.key == SYSTEM:
        return Standing(frozenset({SYSTEM}), {})
    own = _roles(w, w.actor.id)
    lent: dict[str, Actor] = {}
    for absent, office in w.ask(actors.represented_by, w.actor.id, w.today):
        for role in _roles(w, absent.id, office) - own:
            lent.setdefault(role, absent)
    if w.actor.kind == "party":
        own = own | {"external", "parties"}
    return Standing(own, lent)


def _roles(w: Work, actor_id: int, only: str | None = None) -> frozenset[str]:
    """The roles that come with the person's offices; with ``only``, those of that office alone."""
    held = {o for o in w.ask(actors.offices_of, actor_id, w.today) if only is None or o[0] == only}
    offices = {office for office, _ in held}
    found = {r for r in BUILT_IN_ROLES if r in offices and r != "case_officer"}
    officer = w.case.get("officer_id")
    if officer == actor_id or (officer is None and "case_officer" in offices):
        found.add("case_officer")
    for key, role in w.rules.roles.items():
        if role.of_meeting is not None:
            if only is None and actor_id in {p.id for p in meetingfacts.people(w, role.of_meeting)}:
                found.add(key)
            continue
        if role.delegation is not None:
            if held & set(lawfacts.offices(w, role)):
                found.add(key)
            continue
        body = role.body or w.case["fields"].get(role.body_from or "")
        if (role.office, body) in held or (body is None and role.body_from is None and role.office in offices):
            found.add(key)
    return frozenset(found)


def gather(
    w: Work, held: Standing, trigger: str = "", *, given: Row | None = None, comment: str | None = None
) -> Facts:
    """What the guards of ``trigger`` (without one: of all steps) may ask, with this command's changes so far."""
    return _Gathering(w, held, trigger, given or {}, comment).facts


class _Gathering:
    def __init__(self, w: Work, held: Standing, trigger: str, given: Row, comment: str | None) -> None:
        self.w, self.held, self.trigger, self.given, self.comment = w, held, trigger, given, comment
        self.asked = _asked(w.rules, trigger)

    @cached_property
    def facts(self) -> Facts:
        w, documents = self.w, self._rows(models.documents)
        done_by, seconded = self._history()
        barred = {c["actor_id"] for c in w.rows(models.conflicts)}
        return Facts(
            actor=w.actor.key,
            roles=self.held.all,
            today=w.today,
            fields=w.rules.fields_for(self.trigger, w.case["fields"], self.given),
            given=self.given,
            comment=self.comment,
            documents=frozenset(d["key"] for d in documents),
            written=texts.written(documents),
            withheld=texts.withheld(documents, secret=w.case["secrecy"]),
            relations=frozenset(r["kind"] for r in self._rows(models.relations)),
            approvals=self._approvals(),
            approval_acts={a["key"]: a["act"] for a in self._rows(models.approvals)},
            consultations={k: g[-1]["state"] for k, g in last_rounds(self._rows(models.consultations)).items()},
            open_tasks=self._open_tasks() if models.tasks in self.asked else 0,
            unsent_mail=self._unsent() if models.outbox in self.asked else 0,
            done_by=done_by,
            seconded_by=seconded,
            conflict=bool({w.actor.id, *(a.id for a in self.held.lent.values())} & barred),
            acting_as=frozenset({w.actor.key, *(a.key for a in self.held.lent.values())}),
            previous_state=w.case.get("previous_state"),
            meeting=meetingfacts.told(w, self.trigger, self.given) if meetingtables.meetings in self.asked else None,
            not_held=meetingfacts.not_held(w, self.trigger, self.given),
            plan_faults=self._plan_faults(),
            law=lawfacts.told(w, self.trigger, w.rules.fields_for(self.trigger, w.case["fields"], self.given)),
        )

    def _approvals(self) -> dict[str, tuple[str, ...]]:
        """What each group has said of the text as it is: a yes to earlier words is no yes to these."""
        rounds = texts.current(self.w, last_rounds(self._rows(models.approvals)))
        return {key: told_states(group) for key, group in rounds.items()}

    def _plan_faults(self) -> tuple[Sentence, ...]:
        judged = (t for t in self.w.rules.transitions if self.trigger in ("", t.name))
        if not any(g.name == "plan_sound" for t in judged for g in t.when):
            return ()
        from arende.usecases import yearplans  # it promises meetings, so it builds on this module

        return yearplans.faults(self.w)

    def _rows(self, table: Table) -> list[Row]:
        """The case's rows, when a guard of the step asks for them: each table costs a SELECT."""
        return self.w.rows(table) if table in self.asked else []

    def _open_tasks(self) -> int:
        """Tasks that the step itself does not complete: those of the present state close when it is left.

        An assignment lives on after the case, so it keeps nobody from closing it.
        """
        w = self.w
        open_ = [t for t in w.rows(models.tasks) if t["state"] == "open" and t["act"] != assignmentcommands.ACT]
        return sum(t["of_state"] != w.case["state"] for t in open_)

    def _unsent(self) -> int:
        if "id" not in self.w.case:
            return 0
        ((count,),) = _UNSENT.tuples(self.w.conn, case=self.w.case["id"])
        return int(count)

    def _history(self) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
        """Who took each step last, and who has seconded a step since the state was entered."""
        w = self.w
        judged = (t for t in w.rules.transitions if self.trigger in ("", t.name))
        if not any(timeguards.looks_back(t) for t in judged) or "id" not in w.case:
            return {}, {}
        done: dict[str, frozenset[str]] = {}
        seconded: dict[str, frozenset[str]] = {}
        for s in _STEPS.rows(w.conn, case=w.case["id"]):
            # A removed payload no longer tells which step it was: its doer then counts for every step (fail closed).
            trigger = (s["payload"] or {"trigger": ANY}).get("trigger", "register")
            who = frozenset(key for key in (s["who"], s["behalf"]) if key is not None)
            if (s["payload"] or {}).get("seconded"):
                if s["seq"] > w.case["entered_seq"]:
                    seconded[trigger] = seconded.get(trigger, frozenset()) | who
            else:
                done[trigger] = who | (done.get(ANY, frozenset()) if trigger == ANY else frozenset())
        return done, seconded


def doers(w: Work, triggers: Iterable[str]) -> frozenset[str]:
    """Everybody (also as substitute, and for whom) who took one of the steps last; a removed payload counts for all."""
    last: dict[str, frozenset[str]] = {}
    for s in _STEPS.rows(w.conn, case=w.case["id"]) if "id" in w.case else []:
        trigger = (s["payload"] or {"trigger": ANY}).get("trigger", "register")
        last[trigger] = frozenset(key for key in (s["who"], s["behalf"]) if key is not None)
    for e in w.emitted:  # this very command's steps, which may lead to the request
        if e["kind"] == "case:step:taken":
            last[e["payload"]["trigger"]] = frozenset(
                w.ask(actors.by_id, i).key for i in (e["actor_id"], e["on_behalf_of_id"]) if i is not None
            )
    return frozenset().union(*(last.get(t, frozenset()) for t in (*triggers, ANY)))


def _asked(rules: CaseType, trigger: str) -> set[Table | None]:
    """The tables that the guards of ``trigger`` look at; without one, those of every guard of the definition."""
    names = {g.name for t in rules.transitions if trigger in ("", t.name) for g in t.when}
    return {_ASKS[name] for name in names} if names <= _ASKS.keys() else set(_ASKS.values())


def last_rounds(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows of approvals or consultations grouped by key, each group's last round only."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        group = found.setdefault(row["key"], [])
        if group and group[0]["round"] < row["round"]:
            group.clear()
        if not group or group[0]["round"] == row["round"]:
            group.append(row)
    return found


def standing_requests(group: list[Row]) -> list[Row]:
    """The requests of a round without those that somebody has stepped into, after a recusal or a time-out."""
    return [a for a in group if a["state"] not in GONE or not any(_took_over(a, b) for b in group)]


def _took_over(gone: Row, other: Row) -> bool:
    return bool(other["role"] == gone["role"] and other["state"] not in GONE)


def group_states(group: list[Row]) -> list[str]:
    """The states of a round's requests, one for each role that must be asked, those not asked yet as ``pending``."""
    standing = [a for a in standing_requests(group) if a["state"] != "superseded"]
    asked = {a["role"] for a in group}
    rule = group[0]["rule"]
    later = [role for role in rule["of"] if role not in asked] if rule["join"] == "in_order" else []
    return [*(a["state"] for a in standing), *("pending" for _ in later)]


def told_states(group: list[Row]) -> tuple[str, ...]:
    """What guards see of a round: a round that enough have said yes to is all yes, whoever else was asked."""
    states = group_states(group)
    rule = ApprovalEffect.model_validate_json(json.dumps(group[0]["rule"]))
    settled = any(s == "approved" for s in states) and verdict(rule.join, states) == "yes"
    return tuple(s for s in states if not settled or s == "approved")


def stood_in_for(w: Work, absent_id: int, role: str) -> Actor | None:
    """The absent person, when the command's actor stands in for them today in that role; else None."""
    for absent, office in w.ask(actors.represented_by, w.actor.id, w.today):
        if absent.id == absent_id and (office is None or role in _roles(w, absent.id, office)):
            return absent
    return None


def stay_began(w: Work) -> int:
    """The event by which the case came to the present state, not counting a hold in between."""
    holds = {key for key, s in w.rules.states.items() if s.hold}
    for step in reversed(_STEPS.rows(w.conn, case=w.case["id"])):
        places = {(step["payload"] or {}).get("from"), (step["payload"] or {}).get("to")}
        if len(places) > 1 and not places & holds:
            return int(step["seq"])
    return 1


def demand_awake(w: Work) -> None:
    """Refuse while the case is on hold: what rests is neither answered nor moved."""
    if w.rules.states[w.case["state"]].hold:
        raise Refused(
            Sentence(
                "Ärendet är vilande. Det här kan göras när handläggaren har återupptagit det.",
                "The case is on hold. This can be done when the case officer has resumed it.",
            )
        )


def persons_of(w: Work, role: str) -> list[Actor]:
    """Who holds the role in the case today, in order of standing. An empty list when nobody does."""
    if role == "case_officer":
        officer = w.case.get("officer_id")
        return [w.ask(actors.by_id, officer)] if officer is not None else w.ask(actors.holders, role, None, w.today)
    declared = w.rules.roles.get(role)
    if declared is not None and declared.of_meeting is not None:
        return meetingfacts.people(w, declared.of_meeting)
    if declared is not None and declared.delegation is not None:
        return lawfacts.delegates(w, declared)
    if declared is not None and declared.office is not None:
        body = declared.body or w.case["fields"].get(declared.body_from or "")
        return w.ask(actors.holders, declared.office, body, w.today) if body or not declared.body_from else []
    return w.ask(actors.holders, role, None, w.today)


def body_of(w: Work, role: str) -> str | None:
    """The body in which a declared role is held; None for a built-in role, which is of no body."""
    declared = w.rules.roles.get(role)
    if declared is None:
        return None
    return declared.body or w.case["fields"].get(declared.body_from or "")


def office_name(w: Work, role: str) -> str:
    """The office behind a role, without its body: ``chair``."""
    declared = w.rules.roles.get(role)
    if declared is not None and declared.delegation is not None:
        return next((office for office, _ in lawfacts.offices(w, declared)), role)
    return role if declared is None else declared.office or role


def office_of(w: Work, role: str) -> str | None:
    """The office behind a role, ``secretary@rsau``, for work that waits for a group."""
    declared = w.rules.roles.get(role)
    if declared is None:
        return role
    if declared.delegation is not None:
        return next((f"{office}@{body}" for office, body in lawfacts.offices(w, declared)), None)
    body = declared.body or w.case["fields"].get(declared.body_from or "")
    return f"{declared.office}@{body}" if body else declared.office


def one_of(w: Work, role: str) -> Actor:
    """The person who holds a role that must be held; raises Refused with what to do when nobody does."""
    found = persons_of(w, role)
    if found:
        return found[0]
    sv, en = w.rules.role_title(role, "sv"), w.rules.role_title(role, "en")
    law = " (KL 6:37)" if role in w.rules.roles and w.rules.roles[role].delegation else ""
    raise Refused(
        Sentence(
            f"Ingen är {sv} den {w.today.isoformat()}{law}. Lägg in uppdraget i personfilen och gör om steget.",
            f"Nobody is {en} on {w.today.isoformat()}{law}. Enter the office in the people file and try again.",
        )
    )


def demand(w: Work, held: Standing, roles: Iterable[str], what: Sentence) -> Actor | None:
    """Refuse unless the person holds one of ``roles`` here and has no conflict. Returns whom they represent, if any."""
    wanted = tuple(roles)
    if w.actor.key == SYSTEM:
        return None
    refuse_conflict(w)
    if not held.all & set(wanted):
        sv = ", ".join(w.rules.role_title(r, "sv") for r in wanted)
        en = ", ".join(w.rules.role_title(r, "en") for r in wanted)
        raise Forbidden(Sentence(f"{what.sv} Det får göras av: {sv}.", f"{what.en} It may be done by: {en}."))
    return held.behalf(wanted)


def refuse_conflict(w: Work) -> None:
    """Raise Forbidden when the person has declared a conflict of interest in the case."""
    if w.actor.id in {c["actor_id"] for c in w.rows(models.conflicts)}:
        law = lawguards.conflict_law(w.rules, w.case["fields"])
        raise Forbidden(
            Sentence(
                f"Du har anmält jäv i ärendet och får inte handlägga det ({law}).",
                f"You have declared a conflict of interest in this case ({law}).",
            )
        )


def refuse_unseen(w: Work) -> None:
    """Raise Forbidden when the case is under secrecy and the person has nothing to do with it."""
    if w.actor.kind != "person" or not w.case["secrecy"]:
        return
    if not rights.may_see(w.conn, w.ask(rights.reader, w.actor.id, w.today), w.case):
        raise Forbidden(
            Sentence(
                "Ärendet omfattas av sekretess och är för dem som handlägger det.",
                "The case is under secrecy, and for those who work on it.",
            )
        )
