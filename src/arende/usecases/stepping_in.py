"""Who is asked for an act, and who steps in for an absent or disqualified person: never just the next in line.

It differs by act (KL 6:24, 6:37, 6:39; rules of procedure):

- a *clearance* passes to the dated substitute, or to the vice chair by standing;
- a *decision by delegation* and a *signature* pass only to a substitute named for that very office;
- an *urgent decision* passes only to a person whom the board itself has named in its mandate;
- the *approval of minutes* passes to nobody.

Somebody is away when a substitution of the people file holds the day, or when they have said so themselves; by that
alone nobody gets a right that the list above does not give.

Whoever has declared a conflict of interest, or made what is to be judged (``not_same_as``), is never asked and never
stands in, not even through somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select

from arende import absences, actors, models
from arende.actors import Actor
from arende.effecttypes import ApprovalEffect
from arende.errors import Forbidden, Refused, Sentence
from arende.prepared import Prepared, Row
from arende.terms import CLEARANCES
from arende.usecases.facts import body_of, doers, office_name, one_of, persons_of, refuse_conflict
from arende.work import Work

URGENT = "urgent_decision"
BY_OFFICE = ("delegated_decision", "signature")
"""Acts that pass only to a substitute whose row names the office."""


_m = models.mandates.c
_MANDATES = Prepared(
    select(models.mandates)
    .where(_m.valid_from <= bindparam("day"), or_(_m.valid_to.is_(None), _m.valid_to >= bindparam("day")))
    .order_by(_m.key)
)


@dataclass(frozen=True)
class Asked:
    """A person to be asked, and the absent one whom they stand in for."""

    person: Actor
    behalf: Actor | None = None


def whom(w: Work, rule: ApprovalEffect, role: str, taken: set[int] | frozenset[int] = frozenset()) -> Asked | None:
    """Who is to be asked in ``role``; None when everybody who may answer is ``taken`` (asked already).

    An absent holder is stood in for where the act allows it; one who is barred is passed by. Raises Refused, with
    what to do, when nobody may answer.
    """
    holders = persons_of(w, role)
    if not holders:
        return Asked(_while_vacant(w, rule, role))
    unfit = barred(w, rule) | (_not_named(w, role, holders) if rule.act == URGENT else set())
    fit = [h for h in holders if h.id not in unfit]
    for holder in fit:
        if holder.id in taken:
            continue
        instead = next((d for d in _instead(w, rule, role, holder) if d.id not in unfit | taken), None)
        if instead is None:
            return Asked(holder)
        return Asked(instead) if rule.act == URGENT else Asked(instead, holder)  # on the board's commission, for nobody
    if fit:
        return None
    for holder in holders:
        for deputy in successors(w, rule, role, holder):
            if deputy.id not in taken:
                return Asked(deputy)
    raise Refused(_NOT_COMMISSIONED if rule.act == URGENT else _nobody(w, role))


def _instead(w: Work, rule: ApprovalEffect, role: str, holder: Actor) -> list[Actor]:
    """Who is asked at once because the holder is away: by a substitution in force, or by what the holder has said."""
    if _is_stood_in_for(w, holder, role):
        return _deputies(w, rule, role, holder)
    if w.ask(absences.away_until, holder.id, w.today) is not None:
        return successors(w, rule, role, holder)
    return []


def _while_vacant(w: Work, rule: ApprovalEffect, role: str) -> Actor:
    """Nobody holds the office: a vice chair clears; any other act waits until somebody has been appointed."""
    unfit = barred(w, rule)
    standing = vice_chairs(w, role) if rule.act in CLEARANCES else []
    return next((a for a in standing if a.id not in unfit), None) or one_of(w, role)


def successors(w: Work, rule: ApprovalEffect, role: str, holder: Actor) -> list[Actor]:
    """Who may step in for a holder who cannot or does not answer, in order; without those who are barred."""
    standing = vice_chairs(w, role) if rule.act in CLEARANCES else []
    unfit = barred(w, rule) | {holder.id}
    found = {a.id: a for a in (*standing, *_deputies(w, rule, role, holder))}
    return [a for a in found.values() if a.id not in unfit]


def named_by_board(w: Work, role: str) -> list[Actor]:
    """Whom the role's board has commissioned to take urgent decisions, by a decision in force today (KL 6:39)."""
    body = body_of(w, role)
    rows = [m for m in _MANDATES.rows(w.conn, day=w.today) if URGENT in m["acts"] and m["body"] == body]
    named = {key: w.ask(actors.actor, key) for m in rows for key in m["persons"]}
    return [a for a in named.values() if a.is_active(w.today)]


def _not_named(w: Work, role: str, holders: list[Actor]) -> set[int]:
    return {h.id for h in holders} - {a.id for a in named_by_board(w, role)}


def _deputies(w: Work, rule: ApprovalEffect, role: str, holder: Actor) -> list[Actor]:
    """Who may do this act instead of the holder today, other than by standing."""
    if rule.act == URGENT:
        return [a for a in named_by_board(w, role) if a.id != holder.id]
    return _dated(w, rule.act, role, holder)


def vice_chairs(w: Work, role: str) -> list[Actor]:
    """Who steps in for a chair by standing, in order."""
    declared = w.rules.roles.get(role)
    if declared is None or declared.office != "chair":
        return []
    return w.ask(actors.holders, "vice_chair", body_of(w, role), w.today)


def _dated(w: Work, act: str, role: str, holder: Actor) -> list[Actor]:
    """The substitutes of the people file who may do this act for the holder today."""
    office = office_name(w, role)
    found = w.ask(actors.substitutes_for, holder.id, w.today)
    if act in BY_OFFICE:
        return [s.actor for s in found if s.office == office]
    return [s.actor for s in found if s.office in (None, office)] if act in CLEARANCES else []


def _is_stood_in_for(w: Work, holder: Actor, role: str) -> bool:
    office = office_name(w, role)
    return any(s.office in (None, office) for s in w.ask(actors.substitutes_for, holder.id, w.today))


def barred(w: Work, rule: ApprovalEffect) -> set[int]:
    """Those who may not answer: a declared conflict of interest, or a hand in what is to be judged."""
    made = doers(w, rule.not_same_as) if rule.not_same_as else frozenset()
    return {c["actor_id"] for c in w.rows(models.conflicts)} | {w.ask(actors.actor, key).id for key in made}


def may_answer(w: Work, row: Row, rule: ApprovalEffect) -> Actor | None:
    """Refuse unless the command's actor may answer this request today. Returns whom they represent, if anybody.

    The right is judged when the answer comes, not when the request went out: an office or a substitution may have
    ended meanwhile. Minutes are approved by the one who was asked, also after a change of office.
    """
    refuse_conflict(w)
    asked, me = w.ask(actors.by_id, row["approver_id"]), w.actor.id
    original = w.ask(actors.by_id, row["on_behalf_of_id"]) if row["on_behalf_of_id"] else None
    if me == asked.id:
        _still_entitled(w, row, rule, original)
        behalf = original
    elif original is not None and me == original.id and not _was_passed_on(w, row):
        behalf = None  # back before the time, and in their own right
    else:
        absent = original or asked
        if me not in {a.id for a in _dated(w, row["act"], row["role"], absent)}:
            raise Forbidden(
                Sentence(f"Begäran gäller {asked.name}, inte dig.", f"The request is for {asked.name}, not for you.")
            )
        behalf = absent
    if {me, behalf.id if behalf else me} & barred(w, rule):
        raise Forbidden(_made_by_you(w, rule))
    return behalf


def _was_passed_on(w: Work, row: Row) -> bool:
    """Whether the request came to its holder by time-out: then the first one asked has had their time."""
    same = ("key", "round", "role")
    return any(a["state"] == "handed_over" and all(a[k] == row[k] for k in same) for a in w.rows(models.approvals))


def _still_entitled(w: Work, row: Row, rule: ApprovalEffect, original: Actor | None) -> None:
    if row["act"] == "minutes":
        return
    me, holders = w.actor.id, persons_of(w, row["role"])
    entitled = named_by_board(w, row["role"]) if row["act"] == URGENT else holders
    if me in {h.id for h in entitled}:
        return
    absent = [original] if original is not None else holders
    if any(me in {s.id for s in _entitled(w, rule, row["role"], a)} for a in absent):
        return
    if not holders and me == _while_vacant(w, rule, row["role"]).id:
        return
    sv, en = w.rules.role_title(row["role"], "sv"), w.rules.role_title(row["role"], "en")
    law = {URGENT: " (KL 6:39)", "delegated_decision": " (KL 6:37)"}.get(rule.act, "")
    raise Forbidden(
        Sentence(
            f"Du har inte längre rätt att svara som {sv}{law}. Handläggaren behöver begära svaret på nytt.",
            f"You may no longer answer as {en}{law}. The case officer has to ask anew.",
        )
    )


def _entitled(w: Work, rule: ApprovalEffect, role: str, holder: Actor) -> Iterator[Actor]:
    if rule.act != URGENT:
        yield from _dated(w, rule.act, role, holder)
        yield from successors(w, rule, role, holder)


def _nobody(w: Work, role: str) -> Sentence:
    sv, en = w.rules.role_title(role, "sv"), w.rules.role_title(role, "en")
    return Sentence(
        f"Den som är {sv} har anmält jäv i ärendet eller har själv gjort det som ska bedömas, och ingen får svara "
        "i stället. Lägg in i personfilen vem som har uppdraget.",
        f"Whoever is {en} has declared a conflict of interest, or has made what is to be judged, and nobody may "
        "answer instead. Enter a new holder in the people file.",
    )


_NOT_COMMISSIONED = Sentence(
    "Ingen har nämndens uppdrag i dag att fatta brådskande beslut (KL 6:39), eller så får ingen av dem svara i det här "
    "ärendet. Ta upp saken i nämnden, eller lägg in uppdraget bland mandaten i personfilen.",
    "Nobody has the board's commission today to take urgent decisions (KL 6:39), or none of them may answer in this "
    "case. Take the matter to the board, or enter the commission among the mandates of the people file.",
)


def _made_by_you(w: Work, rule: ApprovalEffect) -> Sentence:
    sv = " eller ".join(f"”{w.rules.trigger_title(t)}”" for t in rule.not_same_as)
    en = " or ".join(f'"{w.rules.trigger_title(t, "en")}"' for t in rule.not_same_as)
    return Sentence(
        f"Den som har gjort steget {sv} får inte själv svara på begäran, inte heller genom en ersättare.",
        f"Whoever took the step {en} may not answer the request, nor through a substitute.",
    )
