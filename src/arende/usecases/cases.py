"""Use cases on the case itself: register, advance, assign, note, relate, correct, remove, declare a conflict."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import bindparam, delete, select

from arende import actors, machine, models, register, statements
from arende.actors import Actor
from arende.commands import (
    AddNote,
    Advance,
    AssignCase,
    CorrectEvent,
    DeclareConflict,
    RegisterCase,
    Relate,
)
from arende.effecttypes import TaskEffect
from arende.errors import Forbidden, Invalid, NotFound, Refused, Sentence
from arende.prepared import Row
from arende.register import number_in
from arende.usecases import effects, mails, meetingstart, mentions, plandays, recusals, steps, successions
from arende.usecases.facts import demand, gather, refuse_unseen, standing
from arende.usecases.fields import clean_note, clean_text, clean_title, missing, read_fields
from arende.usecases.options import is_colleague
from arende.work import Work

_EVENT = select(models.events).where(
    models.events.c.case_id == bindparam("case"), models.events.c.seq == bindparam("seq")
)
_KIND = re.compile(r"[a-z][a-z0-9_]{0,63}")


def register_case(w: Work, cmd: RegisterCase) -> None:
    """Open a case: diary number, first state, first tasks (OSL 5:1: without delay)."""
    rules = w.app.types.current(cmd.type)
    if rules.valid_from is not None and w.today < rules.valid_from:
        raise Refused(
            Sentence(
                f"Ärendetypen gäller från den {rules.valid_from.isoformat()} och kan inte användas före dess.",
                f"The case type is valid from {rules.valid_from.isoformat()}; no case of it is registered before.",
            )
        )
    title = clean_title(cmd.title)
    series, year, given = rules.register_, w.today.year, cmd.fields
    if rules.meeting_of is not None:
        series, year, given = meetingstart.planned(w, rules, cmd.fields)
    else:
        series = successions.for_new_cases(w, series)
    serial = _next_serial(w, series, year)
    officer = _officer(w, cmd.officer) if cmd.officer else None
    w.start_case(
        rules,
        {
            "register_no": register.next_no(series, year, serial - 1),
            "series": series,
            "year": year,
            "serial": serial,
            "type": rules.key,
            "definition": rules.hash,
            "title": title,
            "state": rules.initial,
            "previous_state": None,
            "phase": rules.states[rules.initial].phase,
            "entered_at": w.at,
            "entered_seq": 1,
            "fields": {},
            "secrecy": cmd.secrecy,
            "officer_id": officer.id if officer else None,
            "due_at": None,
            "opened_at": w.at,
            "changed_at": w.now,
            "closed_at": None,
            "ending": None,
            "continued_in": None,
        },
        (series, year, serial),
    )
    held = standing(w)
    demand(w, held, rules.by, Sentence("Du kan inte registrera ärenden av den här typen.", "You cannot register this."))
    if officer is None and "case_officer" in held.own:
        w.case["officer_id"] = w.actor.id
    w.case["fields"] = rules.fields_for("register", {}, read_fields(w, rules, "register", given))
    lacking = [k for k, f in rules.asked_by("register").items() if f.required and k not in w.case["fields"]]
    if lacking:
        raise Refused(*(missing(rules, k) for k in lacking))
    if rules.meeting_of is None:
        plandays.at_start(w, w.case["fields"])
    w.app.types.store(w)
    payload: Row = {"type": rules.key, "version": rules.version, "definition": rules.hash, "title": title}
    payload |= {"state": rules.initial, "fields": dict(w.case["fields"])}
    if officer:
        payload["officer"] = officer.key
    if rules.meeting_of is not None:
        meetingstart.begin(w)
    seq = w.event("case:registered", payload, on_behalf_of=held.behalf(rules.by))
    steps.first(w, seq)
    if rules.meeting_of is not None:
        from arende.usecases import replanning  # it takes steps of other cases, so it builds on much

        replanning.follow(w, seq, None, date.fromisoformat(w.case["fields"]["meeting_date"]), None)


def _next_serial(w: Work, series: str, year: int) -> int:
    """The serial that the next case of the series would get; taken only at commit, by compare-and-set."""
    return int(w.conn.execute(statements.COUNTER, {"series": series, "year": year}).scalar() or 1)


def advance(w: Work, cmd: Advance) -> None:
    """Take a case one step, if the rules and the facts allow it."""
    w.open_case(cmd.register_no)
    held = standing(w)
    given, note = read_fields(w, w.rules, cmd.trigger, cmd.fields), clean_note(cmd.note)
    facts = gather(w, held, cmd.trigger, given=given, comment=note)
    step = machine.decide(w.rules, w.case["state"], cmd.trigger, facts)
    behalf = held.behalf(step.rule.transition.by)
    steps.take(w, step, trigger=cmd.trigger, note=note, given=given, on_behalf_of=behalf)


def assign_case(w: Work, cmd: AssignCase) -> None:
    """Give the case to a case officer, who gets its open tasks of that role."""
    w.open_case(cmd.register_no)
    held = standing(w)
    what = Sentence("Du kan inte fördela ärendet.", "You cannot assign the case.")
    behalf = demand(w, held, ("manager", "registrar", "case_officer", "administrator"), what)
    officer = _officer(w, cmd.officer)
    note = clean_note(cmd.note)
    w.case["officer_id"] = officer.id
    for task in list(w.rows(models.tasks)):
        if task["state"] == "open" and task["act"] == "assign":
            effects.close_task(w, task, outcome={"by_step": "assign"})
        elif task["state"] == "open" and task["role"] == "case_officer":
            w.change(models.tasks, task, assignee_id=officer.id)
    seq = w.event("case:assigned", {"officer": officer.key, "note": note}, on_behalf_of=behalf)
    if officer.id != w.actor.id:
        mails.case_assigned(w, officer, f"{seq}.0.assigned", note)


def _officer(w: Work, key: str) -> Actor:
    """A person who may be given a case today."""
    officer = w.ask(actors.actor, key)
    if officer.kind != "person" or not w.ask(actors.offices_of, officer.id, w.today):
        raise Refused(
            Sentence(
                f"{officer.name} har inget uppdrag här i dag och kan inte få ärendet.",
                f"{officer.name} holds no office here today and cannot be given the case.",
            )
        )
    return officer


def add_note(w: Work, cmd: AddNote) -> None:
    """A working note: outside the record and its chain, cleared at closing (TF 2:12)."""
    w.open_case(cmd.register_no)
    demand_in_house(w)
    if w.rules.states[w.case["state"]].final:
        raise Refused(
            Sentence(
                "Ärendet är avslutat: arbetsanteckningar är rensade och nya skrivs inte.",
                "The case has ended: working notes are cleared and no new ones are written.",
            )
        )
    text = clean_text(cmd.text)
    w.insert(models.notes, author_id=w.actor.id, text=text, written_at=w.at)
    mentions.mention(w, text)


def relate(w: Work, cmd: Relate) -> None:
    """Relate the case to another case, or to something outside by its name."""
    w.open_case(cmd.register_no)
    behalf = demand_in_house(w)
    if not _KIND.fullmatch(cmd.kind):
        raise Invalid(
            Sentence(
                "Ett slag av relation skrivs med små bokstäver a–z, siffror och _, till exempel ”basis”.",
                'A kind of relation is written with a–z, digits and _, such as "basis" (slag av relation).',
            )
        )
    other = clean_title(cmd.other)
    other = number_in(other) or other  # as the other case is found by it
    if any(r["kind"] == cmd.kind and r["other"] == other for r in w.rows(models.relations)):
        raise Refused(Sentence("Relationen finns redan.", "The relation is there already."))
    seq = w.event("relation:added", {"kind": cmd.kind, "other": other}, on_behalf_of=behalf)
    w.insert(models.relations, kind=cmd.kind, other=other, seq=seq)


def correct_event(w: Work, cmd: CorrectEvent) -> None:
    """Record that an earlier event was wrong, and what is right. The event itself stays.

    A relation that it stated no longer holds: no step rests on what was a mistake.
    """
    w.open_case(cmd.register_no)
    behalf = demand_in_house(w)
    wrong = event_of(w, cmd.seq)
    w.event("case:corrected", {"corrects": cmd.seq, "text": clean_text(cmd.text)}, on_behalf_of=behalf)
    if wrong["kind"] == "relation:added":
        related = models.relations
        w.execute(delete(related).where(related.c.case_id == w.case["id"], related.c.seq == cmd.seq))


def declare_conflict(w: Work, cmd: DeclareConflict) -> None:
    """The person steps aside from the case for good (KL 6:28, 6:30: self-reported)."""
    w.open_case(cmd.register_no)
    if w.actor.id in {c["actor_id"] for c in w.rows(models.conflicts)}:
        raise Refused(Sentence("Du har redan anmält jäv i ärendet.", "You have declared a conflict already."))
    void = recusals.void(w)
    seq = w.event("conflict:declared", {"reason": clean_note(cmd.reason), **recusals.told(void)})
    recusals.step_down(w, seq, void)
    if w.case["officer_id"] == w.actor.id and not w.rules.states[w.case["state"]].final:
        effects.open_task(w, TaskEffect(of="manager", act="assign"), seq, 50)


def demand_in_house(w: Work) -> Actor | None:
    """Refuse outsiders: anybody who holds an office today may add to a case. Returns whom a substitute represents.

    A case under secrecy is for those who have to do with it.
    """
    held = standing(w)
    refuse_unseen(w)
    if not is_colleague(w, held):
        raise Forbidden(
            Sentence(
                f"{w.actor.name} har inget uppdrag här och kan inte ändra i ärendet.",
                f"{w.actor.name} holds no office here and cannot change the case.",
            )
        )
    return held.behalf(held.own or held.lent)


def event_of(w: Work, seq: int) -> Row:
    """The case's event of this number, as stored; raises NotFound."""
    found = w.conn.execute(_EVENT, {"case": w.case["id"], "seq": seq}).mappings().first()
    if found is None:
        number = w.case["register_no"]
        raise NotFound(Sentence(f"{number} har ingen händelse {seq}.", f"{number} has no event {seq}."))
    return dict(found)
