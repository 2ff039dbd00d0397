"""What answers lead to, together: a group of requests is settled once, and everybody still asked is told.

The arithmetic is in ``joins.py``; here it meets the rows. A request also passes from one person to another: after a
recusal, and by time-out where the definition declares it for a clearance.
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import bindparam, select

from arende import actors, models
from arende.actors import Actor
from arende.effecttypes import ApprovalEffect, Lead, TaskEffect
from arende.errors import Refused, Sentence
from arende.joins import verdict
from arende.prepared import Prepared, Row
from arende.terms import CLEARANCES
from arende.usecases import deadlines, effects, evidence, requestmails, requests, steps, successions
from arende.usecases.facts import group_states, persons_of, standing_requests
from arende.usecases.requests import group_of, rule_of
from arende.usecases.stepping_in import Asked, successors, whom
from arende.work import Work
from arende.workdays import STOCKHOLM

_e = models.events.c
_TAKEN_BACK = Prepared(
    select(_e.payload, _e.actor_id, _e.occurred_at)
    .where(_e.case_id == bindparam("case"), _e.kind == "approval:withdrawn")
    .order_by(_e.seq)
)
_PASSED = Prepared(
    select(_e.payload).where(_e.case_id == bindparam("case"), _e.seq == bindparam("seq"), _e.kind == "case:handed_over")
)


def answered(w: Work, row: Row, decision: str, comment: str | None, behalf: Actor | None, seq: int) -> None:
    """The row has been answered by the event ``seq``: settle the group, ask the next in order, or go on waiting."""
    rule, group = rule_of(row), group_of(w, row)
    outcome = verdict(rule.join, group_states(group))
    if outcome is None and rule.join == "in_order" and decision == "approve" and not _ask_next(w, row, seq):
        outcome = "yes"
    if outcome is None:
        return
    for n, other in enumerate(group_of(w, row)):
        if other["state"] == requests.OPEN:
            requests.lapse(w, other, "withdrawn", "settled")
            requestmails.approval_settled(
                w, w.ask(actors.by_id, other["approver_id"]), other, outcome, f"{seq}.{n}.settled"
            )
    deadlines.end(w, f"approval:{row['key']}")
    lead = rule.approve if outcome == "yes" else answer_of(row, decision)
    if lead is not None and lead.agenda_item:
        from arende.usecases import latecomers  # it reads agendas, which file documents, so it builds on this module

        latecomers.ready(w, seq, "Klartecken kom efter dagordningen")
    if lead is not None and lead.trigger:
        steps.lead(w, lead.trigger, note=comment, authority=row["authority"], on_behalf_of=behalf, by_itself=False)


def demand_turn(w: Work, row: Row, decision: str) -> None:
    """In order: refuse a yes while the yes of somebody before has been taken back, or is void by a conflict."""
    rule = rule_of(row)
    if decision != "approve" or rule.join != "in_order":
        return
    before = rule.of[: rule.of.index(row["role"])]
    for other in standing_requests(group_of(w, row)):
        if other["role"] in before and other["state"] == "recused":
            raise Refused(_FIRST_ANOTHER)
        if other["role"] in before and other["state"] == requests.OPEN:
            name = w.ask(actors.by_id, other["approver_id"]).name
            raise Refused(
                Sentence(
                    f"{name} svarar före dig, och det ja som fanns gäller inte längre. Du kan svara ja när {name} har "
                    "gjort det.",
                    f"{name} answers before you, and the yes there was no longer counts. You can say yes when {name} "
                    "has done so.",
                )
            )


_FIRST_ANOTHER = Sentence(
    "Den som svarade före dig har anmält jäv. Du kan svara ja när handläggaren har utsett någon annan.",
    "Whoever answered before you has declared a conflict of interest. You can say yes when the case officer has "
    "appointed somebody else.",
)


def answer_of(row: Row, decision: str) -> Lead | None:
    """Where an answer leads; None when the request has no such answer."""
    rule = rule_of(row)
    return {"approve": rule.approve, "return": rule.return_, "reject": rule.reject}.get(decision)


def _ask_next(w: Work, row: Row, seq: int) -> bool:
    """In order: the next one is asked, with a last day of their own. False when nobody is left to ask.

    Where a yes was taken back and given anew, the next one has been asked already, and may answer now.
    """
    rule, group = rule_of(row), group_of(w, row)
    if waiting := [a for a in group if a["state"] == requests.OPEN]:
        for n, a in enumerate(waiting):
            requestmails.approval_reminder(w, rule, w.ask(actors.by_id, a["approver_id"]), a, f"{seq}.{n}.turn")
        return True
    asked_roles = {a["role"] for a in group}
    taken = {a["approver_id"] for a in group}
    for role in rule.of:
        if role in asked_roles:
            continue
        asked = whom(w, rule, role, taken)
        if asked is None:
            _answers_once(w, group, role)
            continue
        deadlines.end(w, f"approval:{rule.name}")
        new = requests.add(w, rule, row["round"], role, asked, seq, requests.begin_deadline(w, rule))
        requests.tell(w, rule, asked, new, f"{seq}.0")
        return True
    return False


def _answers_once(w: Work, group: list[Row], role: str) -> None:
    """Somebody who holds two of the offices has answered for both: the group no longer waits for the second."""
    for a in group:
        w.change(models.approvals, a, rule={**a["rule"], "of": [r for r in a["rule"]["of"] if r != role]})


# ---------------------------------------------------------------- from one person to another


def step_aside(w: Work, row: Row, seq: int, n: int = 0) -> None:
    """The person asked has a conflict of interest: another holder of the office answers, or whom the act allows.

    With neither, the case officer appoints.

    ``n`` is the number of the task or mail among those of the event ``seq``.
    """
    rule = rule_of(row)
    asked = _another(w, row, rule)
    if asked is None:
        effects.open_task(w, TaskEffect(of="case_officer", act="find_substitute"), seq, n)
        return
    new = requests.add(w, rule, row["round"], row["role"], asked, seq, row["due_at"])
    requests.tell(w, rule, asked, new, f"{seq}.{n}")


def hand_over(w: Work, key: str, seq: int) -> None:
    """The time is out: each clearance of the group that still waits passes to whoever steps in, with a new last day.

    The old request is void from now on. With nobody to step in, it goes on waiting and the case officer is told.
    """
    waiting = [a for a in w.rows(models.approvals) if a["key"] == key and a["state"] == requests.OPEN]
    heirs = [(a, _successor(w, a)) for a in waiting if a["act"] in CLEARANCES]
    passing = [(a, heir) for a, heir in heirs if heir is not None]
    if len(passing) < len(heirs):
        effects.open_task(w, TaskEffect(of="case_officer", act="find_substitute"), seq, 50)
    if not passing:
        return
    deadlines.end(w, f"approval:{key}")
    due_at = requests.begin_deadline(w, rule_of(passing[0][0]))
    for n, (row, heir) in enumerate(passing):
        _pass_on(w, row, heir, due_at, n)


def _pass_on(w: Work, row: Row, heir: Actor, due_at: object, n: int) -> None:
    original = w.ask(actors.by_id, row["on_behalf_of_id"] or row["approver_id"])
    before = w.ask(actors.by_id, row["approver_id"])
    requests.lapse(w, row, "handed_over", "handed_over")
    payload = {"approval": row["key"], "round": row["round"], "act": row["act"], "role": row["role"]}
    seq = w.event("approval:handed_over", {**payload, "from_person": before.key, "to_person": heir.key})
    new = requests.add(w, rule_of(row), row["round"], row["role"], Asked(heir, original), seq, due_at)
    requestmails.approval_handed_over(w, rule_of(row), heir, before, new, f"{seq}.{n}.handed_over")
    for person in {before.id: before, original.id: original}.values():
        requestmails.approval_stood_in(w, rule_of(row), person, heir, new, f"{seq}.{n}.stood_in", late=True)


def _another(w: Work, row: Row, rule: ApprovalEffect) -> Asked | None:
    """Whoever holds the same office, before those who step in for it; minutes are nobody else's to approve."""
    taken = {a["approver_id"] for a in group_of(w, row)} | {row["on_behalf_of_id"] or row["approver_id"]}
    if rule.act != "minutes" and any(h.id not in taken for h in persons_of(w, row["role"])):
        with suppress(Refused):
            if (asked := whom(w, rule, row["role"], taken)) is not None:
                return asked
    successor = _successor(w, row)
    return Asked(successor) if successor is not None else None


def _successor(w: Work, row: Row) -> Actor | None:
    """The first who may step in and has not been asked in this round already."""
    asked = {a["approver_id"] for a in group_of(w, row)}
    original = w.ask(actors.by_id, row["on_behalf_of_id"] or row["approver_id"])
    return next((a for a in successors(w, rule_of(row), row["role"], original) if a.id not in asked), None)


# ---------------------------------------------------------------- what is told afterwards


def past(w: Work, row: Row) -> Sentence:
    """Honestly: what became of a request that no longer waits, with who and when."""
    if row["state"] == "withdrawn" and (withdrawn := taken_back(w, row)):
        return withdrawn
    if row["state"] == "superseded":
        return evidence.other_text(row["act"]) if row["decided_by_id"] is None else _void(w, row)
    if row["decided_by_id"] is not None:
        return _by_whom(w, row, "Redan besvarad", "Answered already")
    if row["state"] == "handed_over":
        heir = next(a for a in group_of(w, row) if a["role"] == row["role"] and a["seq"] > row["seq"])
        name = w.ask(actors.by_id, heir["approver_id"]).name
        if passed := _passed(w, heir["seq"]):
            return Sentence(
                f"Organet har upphört, och ärendet har gått över till {passed.sv}. Nu är det {name} som tillfrågas.",
                f"The body has ended, and the case has passed to {passed.en}. {name} is asked instead.",
            )
        return Sentence(
            f"Sista dagen gick utan svar, så begäran har gått över till {name}.",
            f"The last day passed without an answer, so the request has passed to {name}.",
        )
    deciding = [a for a in group_of(w, row) if a["decided_by_id"] is not None and a["decided_at"] == row["decided_at"]]
    if row["state"] == "withdrawn" and deciding:
        return _by_whom(w, deciding[-1], "Begäran är avgjord och ditt svar behövs inte: besvarad",
                        "The request is settled and your answer is not needed: answered")  # fmt: skip
    return Sentence(
        "Begäran gäller inte längre: ärendet har gått vidare eller texten har ändrats.",
        "The request no longer applies: the case has moved on or the text has changed.",
    )


def _passed(w: Work, seq: int) -> Sentence | None:
    """The body that the case passed to by the event, when that was a change of organisation."""
    event = next(iter(_PASSED.rows(w.conn, case=w.case["id"], seq=seq)), None)
    body = successions.body(w.conn, (event["payload"] or {}).get("to", "")) if event else None
    return Sentence(body["name_sv"], body["name_en"] or body["name_sv"]) if body else None


def taken_back(w: Work, row: Row) -> Sentence | None:
    """Who took back the answer to this request, and when; None where nobody has."""
    same = {"approval": row["key"], "round": row["round"], "approver": w.ask(actors.by_id, row["approver_id"]).key}
    for event in reversed(_TAKEN_BACK.rows(w.conn, case=w.case["id"])):
        payload = event["payload"] or {}
        if all(payload.get(k) == v for k, v in same.items()):
            who, at = w.ask(actors.by_id, event["actor_id"]).name, event["occurred_at"].astimezone(STOCKHOLM)
            more = _ASKED_AGAIN if row["state"] == requests.OPEN else Sentence("", "")
            return Sentence(
                f"Svaret togs tillbaka av {who} den {at:%Y-%m-%d} kl. {at:%H.%M}.{more.sv}",
                f"The answer was taken back by {who} on {at:%Y-%m-%d at %H:%M}.{more.en}",
            )
    return None


_ASKED_AGAIN = Sentence(
    " Begäran väntar på ett nytt svar: använd det senaste mejlet om den.",
    " The request waits for a new answer: use the latest mail about it.",
)


def _void(w: Work, row: Row) -> Sentence:
    told = _by_whom(w, row, "Begäran besvarades", "The request was answered")
    return Sentence(
        f"{told.sv} Texten har ändrats sedan dess, så svaret gäller inte längre.",
        f"{told.en} The text has changed since then, so the answer no longer counts.",
    )


def _by_whom(w: Work, row: Row, sv: str, en: str) -> Sentence:
    who = w.ask(actors.by_id, row["decided_by_id"]).name
    at = row["decided_at"].astimezone(STOCKHOLM)
    return Sentence(f"{sv} av {who} den {at:%Y-%m-%d} kl. {at:%H.%M}.", f"{en} by {who} on {at:%Y-%m-%d at %H:%M}.")
