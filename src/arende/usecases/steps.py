"""Entering a state: what a step closes, opens, promises and leads on to – all in the command's one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import delete

from arende import actors, assignmentcommands, machine, models, workdays
from arende.actors import Actor
from arende.effecttypes import NEXT_STEP, TaskEffect
from arende.errors import Refused, Sentence
from arende.guards import Facts
from arende.machine import Step
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import deadlines, effects, meetingfields, plandays, recounting, requests, rounds
from arende.usecases.facts import Standing, gather, persons_of
from arende.work import Work

CHAIN = 10
"""How many steps one command may lead on to; a definition that would go on for ever is refused by rule V08."""

_CLEAR_NOTES = delete(models.notes)


def take(
    w: Work,
    step: Step,
    *,
    trigger: str,
    note: str | None = None,
    given: Mapping[str, object] | None = None,
    on_behalf_of: Actor | None = None,
    authority: str | None = None,
    by_itself: bool = False,
) -> None:
    """Follow ``step``: write the event, leave the old state, open what the transition declares, enter the new one."""
    given = meetingfields.filled(w, step, trigger, given or {})
    plandays.check(w, step, trigger, given, note, follows=by_itself or authority is not None)
    _count(w)
    w.case["fields"] = w.rules.fields_for(trigger, w.case["fields"], given)
    t = step.rule.transition
    payload: Row = {"trigger": trigger, "from": step.source, "to": step.dest, **_way(w, step)}
    if note:
        payload["note"] = note
    if given:
        payload["fields"] = given
    if by_itself:
        payload["by_itself"] = True  # nobody took it: an answer or the clock led to it
    if step.seconded:
        payload["seconded"] = True
        w.event("case:step:seconded", payload, on_behalf_of=on_behalf_of)
        return
    seq = w.event("case:step:taken", payload, authority=authority or t.authority, on_behalf_of=on_behalf_of)
    moved, resumed = step.dest != step.source, is_resumed(w, step)
    since = workdays.local_day(w.case["entered_at"])
    _tick_off(w, trigger, moved=moved)
    if moved:
        _leave(w, step, trigger, note)
        _enter(w, step.dest, seq)
        _let_go(w, trigger)
    for n, effect in enumerate(t.then):
        effects.apply(w, effect, seq, n, of_state=step.dest, note=note)
    if moved:
        _await(w, step.dest, seq)
    else:
        ask_house(w, seq)
        if given:
            _reanchor(w, given, note or w.rules.trigger_title(trigger))
    _onto_the_agenda(w, seq, given, moved=moved)
    w.case["due_at"] = deadlines.nearest(w)
    _go_on(w)
    if resumed:
        _catch_up(w, seq, since)


def _way(w: Work, step: Step) -> Row:
    """Which way was taken, where others of its name begin and end alike and are called otherwise."""
    t = step.rule.transition
    usual = w.rules.trigger_title(t.name, source=step.source, dest=step.dest)
    return {"way": step.rule.index} if t.title and t.title.sv != usual else {}


def _onto_the_agenda(w: Work, seq: int, given: Mapping[str, object], *, moved: bool) -> None:
    """The case has come to wait for a body's meeting, or has chosen another: that agenda may be drafted already."""
    at = w.rules.states[w.case["state"]].at_meeting
    if at is not None and (moved or (given.get(at.date or "") and not at.report)):
        from arende.usecases import latecomers  # it reads agendas, so it builds on this module

        latecomers.ready(w, seq, "Ärendet kom efter dagordningen")


def _tick_off(w: Work, trigger: str, *, moved: bool) -> None:
    """The step does what a task of its name was for: one that stays whatever the case does, or one of a state kept."""
    for task in w.rows(models.tasks):
        if task["state"] == "open" and task["act"] == trigger and (task["of_state"] is None or not moved):
            effects.close_task(w, task, outcome={"by_step": trigger})


def _let_go(w: Work, trigger: str) -> None:
    """A task that stays is for a step that the case may still come to; it falls when there is no way to it any more."""
    staying = [t for t in w.rows(models.tasks) if t["state"] == "open" and t["of_state"] is None]
    steps = [t for t in staying if t["act"] in w.rules.triggers]
    possible = machine.ahead(w.rules, w.case["state"]) if steps else frozenset()
    for task in steps:
        if task["act"] not in possible:
            effects.close_task(w, task, outcome={"by_step": trigger}, done=False)


def _count(w: Work) -> None:
    """Stop a definition that never comes to rest; rule V08 should have found it."""
    w.chain += 1
    if w.chain > CHAIN:
        raise Refused(
            Sentence(
                "Ärendetypen leder vidare utan slut. Be administratören rätta den.",
                "The case type leads on without end. Ask the administrator to mend it.",
            )
        )


def lead(
    w: Work,
    trigger: str,
    *,
    note: str | None = None,
    authority: str | None = None,
    on_behalf_of: Actor | None = None,
    by_itself: bool = True,
) -> None:
    """Take the step that a join, an approval or a deadline leads to. It is declared, so no role is asked.

    When the case has moved on and does not await the trigger, nothing happens: the answer itself is on record. When
    the facts do not allow the step, the answer still stands, and the case officer is told why it led no further.
    """
    if not any(r.source == w.case["state"] and r.transition.trigger == trigger for r in w.rules.rows):
        return
    held = Standing(frozenset({machine.SYSTEM}), {})
    facts = _as_system(gather(w, held, trigger, comment=note or "–"), w.actor, on_behalf_of)
    try:
        step = machine.decide(w.rules, w.case["state"], trigger, facts)
    except Refused as e:
        _led_no_further(w, trigger, e)
        return
    take(w, step, trigger=trigger, note=note, authority=authority, on_behalf_of=on_behalf_of, by_itself=by_itself)


def _led_no_further(w: Work, trigger: str, why: Refused) -> None:
    sv, en = w.rules.trigger_title(trigger, "sv"), w.rules.trigger_title(trigger, "en")
    title = Text(sv=f"”{sv}” kunde inte ske av sig självt. {' '.join(why.told('sv'))}",
                 en=f'"{en}" could not happen by itself. {" ".join(why.told("en"))}')  # fmt: skip
    effects.open_task(w, TaskEffect(of="case_officer", act="led_no_further", title=title), w.case["seq"], 90)


def join(w: Work, round_: Row) -> None:
    """When enough parties have answered, end the round and go on; a case on hold goes on when it is resumed."""
    if w.rules.states[w.case["state"]].hold:
        return
    answers, effect = rounds.answers_of(w, round_), rounds.rule_of(round_)
    if effect.against is not None and (no := [a for a in answers if rounds.says_no(a)]):
        names = ", ".join(w.ask(actors.by_id, a["party_id"]).name for a in no)
        reason = f"{names} har inte beslutat enligt texten."
        rounds.end_round(w, round_, "closed_early", reason)
        lead(w, effect.against, note=reason)
        return
    if not rounds.is_joined(round_, answers):
        return
    rounds.end_round(w, round_, "complete")
    lead(w, rounds.rule_of(round_).complete)


def _as_system(facts: Facts, actor: Actor, behalf: Actor | None = None) -> Facts:
    acting = frozenset(a.key for a in (actor, behalf) if a is not None)
    return replace(facts, actor=machine.SYSTEM, conflict=False, acting_as=acting)


def _leave(w: Work, step: Step, trigger: str, note: str | None) -> None:
    """Close what belonged to the state: its deadline, its tasks, its requests, its consultations.

    On hold, all but the deadline rests with the case, and is there again when it is resumed.
    """
    states = w.rules.states
    deadlines.end(w, f"state:{step.source}")
    if states[step.dest].hold:
        deadlines.rest(w)
        return
    left = {step.source}
    if resumed := is_resumed(w, step):
        deadlines.wake(w)
    elif states[step.source].hold:
        left.add(w.case["previous_state"])
    for task in w.rows(models.tasks):
        if task["state"] == "open" and task["of_state"] in left:
            effects.close_task(w, task, outcome={"by_step": trigger}, done=task["act"] in (trigger, NEXT_STEP))
    if not resumed:
        requests.withdraw_approvals(w)
        rounds.close_left_behind(w, note, step.dest)


def is_resumed(w: Work, step: Step) -> bool:
    """Whether the step leads from a hold back to where the case rested."""
    return w.rules.states[step.source].hold and step.dest == w.case["previous_state"]


def _catch_up(w: Work, seq: int, since: date) -> None:
    """What came while the case rested: a changed text is asked for anew, a round that everybody answered is over.

    Where the rest has moved a last day, those who have not answered are told the new one.
    """
    from arende.usecases import consultations  # it leads on to steps itself, so it builds on this module

    requests.supersede(w)
    for round_ in w.rows(models.consultations):
        if round_["state"] == "open":
            consultations.go_on(w, round_)
    if since < w.today:
        rounds.tell_last_day(w, seq)


def _enter(w: Work, state: str, seq: int) -> None:
    case, rules = w.case, w.rules.states[state]
    case.update(
        previous_state=case["state"],
        state=state,
        phase=rules.phase if not rules.hold else case["phase"],
        entered_at=w.at,
        entered_seq=seq,
    )
    if rules.final:
        wind_up(w)


def wind_up(w: Work) -> None:
    """The case ends: nothing in it waits for anybody any more, and its working notes go."""
    w.case["closed_at"] = w.at
    for task in w.rows(models.tasks):
        if task["state"] == "open" and task["act"] != assignmentcommands.ACT:
            effects.close_task(w, task, outcome={"by_closing": True}, done=False)
    requests.withdraw_approvals(w)
    rounds.close_left_behind(w, None)
    deadlines.end_all(w)
    w.execute(_CLEAR_NOTES.where(models.notes.c.case_id == w.case["id"]))


def _await(w: Work, state: str, seq: int) -> None:
    """Set the state's deadline, and make sure that everybody in the house it waits for has it on their list."""
    rules = w.rules.states[state]
    if rules.deadline is not None and not rules.final and not rules.auto:
        deadlines.begin(w, f"state:{state}", rules.deadline, outside=_outside(rules.waits_for))
    ask_house(w, seq)


def ask_house(w: Work, seq: int) -> None:
    """Put the next step on the lists of those in the house whom the state waits for, unless they are asked already.

    Called when the state is entered and whenever something asked for in it is done: no case may wait for nobody.
    """
    state = w.case["state"]
    rules = w.rules.states[state]
    if rules.final or rules.auto:
        return
    on = {r.transition.trigger for r in w.rules.rows if r.source == state and r.dest != state}
    tasks = [t for t in w.rows(models.tasks) if t["state"] == "open"]
    asked = {t["role"] for t in tasks if t["of_state"] == state or (t["of_state"] is None and t["act"] in on)}
    asked |= {a["role"] for a in w.rows(models.approvals) if a["state"] == "pending"}
    in_house = [r for r in rules.waits_for if r not in ("parties", "external", machine.SYSTEM)]
    if asked & set(in_house):
        return
    for n, role in enumerate(in_house):
        mail = None if _is_self(w, role) else "task_assigned"
        effect = TaskEffect(of=role, act=NEXT_STEP, title=deadlines.go_on_from(w, state), mail=mail)
        effects.open_task(w, effect, seq, 100 + n, of_state=state)


def _is_self(w: Work, role: str) -> bool:
    return [p.id for p in persons_of(w, role)] == [w.actor.id]


def _outside(roles: tuple[str, ...]) -> bool:
    return bool(roles) and set(roles) <= {"parties", "external"}


def _reanchor(w: Work, given: Mapping[str, object], why: str) -> None:
    """Everything open that hangs on a day just given is counted anew; so is the state's own last day, once passed."""
    rules = w.rules.states[w.case["state"]]
    key = f"state:{w.case['state']}"
    there = any(d["key"] == key and d["step"] == "due" for d in w.rows(models.deadlines) if d["state"] != "cancelled")
    recounting.by_fields(w, given, why)
    if rules.deadline is not None and deadlines.hangs_on(rules.deadline, given) and not there:
        deadlines.end(w, key, met=False)
        deadlines.begin(w, key, rules.deadline, outside=_outside(rules.waits_for))


def _go_on(w: Work) -> None:
    """The step that the system takes by itself from a passing state (auto), if there is one."""
    if not w.rules.states[w.case["state"]].auto:
        return
    facts = _as_system(gather(w, Standing(frozenset({machine.SYSTEM}), {})), w.actor)
    step = machine.decide_auto(w.rules, w.case["state"], facts)
    if step is not None:
        take(w, step, trigger="auto")


def first(w: Work, seq: int) -> None:
    """A new case rests in its first state: set its deadline and say whom it waits for."""
    _await(w, w.case["state"], seq)
    w.case["due_at"] = deadlines.nearest(w)
    _go_on(w)
