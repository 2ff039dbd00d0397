"""Use cases on who is asked, while a round runs: a party is removed, or one more is asked."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from arende import models, workdays
from arende.answercommands import AddParty, RemoveParty
from arende.effecttypes import ConsultationEffect
from arende.errors import Refused, Sentence
from arende.prepared import Row
from arende.usecases import answerrows, answertokens, compiling, consultations, deadlines, referralmails, rounds
from arende.usecases.answerrows import party_of
from arende.usecases.facts import demand, demand_awake, standing
from arende.usecases.fields import clean_text, live_party
from arende.work import Work

_WHAT = Sentence("Du kan inte ändra vilka som tillfrågas.", "You cannot change who is asked.")


def remove_party(w: Work, cmd: RemoveParty) -> None:
    """A party is no longer asked: it is told, what it has said stays on record, and the round counts without it."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), ("case_officer",), _WHAT)
    demand_awake(w)
    round_ = _open(rounds.current(w, cmd.key))
    party, row = party_of(w, round_, cmd.party)
    left = [a for a in rounds.answers_of(w, round_) if a["state"] not in rounds.OUTSIDE_THE_COUNT and a is not row]
    if row["state"] == "removed" or not left:
        raise Refused(
            Sentence(
                f"{party.name} är den enda som tillfrågas. Avsluta omgången i stället: arende consultation close.",
                f"{party.name} is the only one asked. Close the round instead: arende consultation close.",
            )
            if not left
            else Sentence(f"{party.name} tillfrågas inte längre.", f"{party.name} is not asked any more.")
        )
    asked, reason = row["state"] != "created", clean_text(cmd.reason)
    answerrows.settle_in_hand(w, row)
    w.change(models.answers, row, state="removed")
    deadlines.end(w, rounds.line_key(round_, party), met=False)
    answertokens.end(w, round_["key"], "removed", party.id)
    payload = {"consultation": round_["key"], "round": round_["round"], "party": party.key, "reason": reason}
    seq = w.event("answer:removed", payload, on_behalf_of=behalf)
    if asked:
        referralmails.notice(w, party, "removed", reason, f"{seq}.0.removed")
    consultations.go_on(w, round_)
    compiling.renew(w, round_)


def add_party(w: Work, cmd: AddParty) -> None:
    """Ask one more: by the last day that the others were given, or one of its own, which the round then waits for."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), ("case_officer",), _WHAT)
    demand_awake(w)
    round_ = _open(rounds.current(w, cmd.key))
    party, rule = live_party(w, cmd.party), rounds.rule_of(round_)
    if any(a["party_id"] == party.id for a in rounds.answers_of(w, round_)):
        raise Refused(
            Sentence(f"{party.name} är redan tillfrågad i omgången.", f"{party.name} has been asked in this round.")
        )
    due_at = _due_at(w, cmd, round_, rule)
    payload = {"consultation": round_["key"], "round": round_["round"], "party": party.key}
    payload |= {"due_on": workdays.local_day(due_at)}
    seq = w.event("answer:asked", payload, on_behalf_of=behalf)
    rounds.add(w, round_, party, due_at, seq)
    if due_at > round_["due_at"]:
        w.change(models.consultations, round_, due_at=due_at)
        deadlines.postpone(w, f"consultation:{round_['key']}", workdays.local_day(due_at))
    compiling.renew(w, round_)


def _due_at(w: Work, cmd: AddParty, round_: Row, rule: ConsultationEffect) -> datetime:
    if rule.order == "sequence":
        return cast("datetime", round_["due_at"])
    if cmd.due is None:  # more time that one party was given is that party's own
        usual = rounds.usual_day(w, round_)
        return usual if usual > w.now else cast("datetime", round_["due_at"])
    if cmd.due <= w.today:
        raise Refused(Sentence("Sista dagen måste ligga framåt i tiden.", "The last day must lie ahead."))
    return workdays.end_of_day(cmd.due)


def _open(round_: Row) -> Row:
    if round_["state"] != "open":
        raise Refused(Sentence("Omgången är redan avslutad.", "The round is over already."))
    return round_
