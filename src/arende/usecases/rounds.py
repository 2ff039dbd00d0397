"""Consultation rounds: many parties asked at once, each in a row of its own, joined exactly once."""

from __future__ import annotations

import json

from arende import actors, models, workdays
from arende.actors import Actor
from arende.casetypes import ConsultationEffect
from arende.errors import NotFound, Refused, Sentence
from arende.guards import document_title
from arende.joins import needed
from arende.prepared import Row
from arende.usecases import deadlines, mails
from arende.usecases.facts import last_rounds
from arende.work import Work

ANSWERED = ("accepted", "revised")
"""States of an answer that counts in the join; *återkommer* is a word from the party but not yet a position."""
WAITING = ("sent", "acknowledged", "extension_requested", "extension_granted")


def open_round(w: Work, effect: ConsultationEffect, seq: int, n: int) -> None:
    """Ask every party, by mail to its official address, to answer by one last day."""
    number = 1 + max((c["round"] for c in w.rows(models.consultations) if c["key"] == effect.name), default=0)
    _demand_letter(w, effect)
    parties = _parties(w, effect)
    key = f"consultation:{effect.name}"
    deadlines.end(w, key, met=False)
    due = deadlines.begin(w, key, effect.due, outside=True, escalate=False)
    if due is None:
        raise Refused(
            Sentence(
                "Sista dag för omgången saknas. Fyll i datumet först.", "The round has no last day. Give it first."
            )
        )
    w.insert(
        models.consultations,
        key=effect.name,
        round=number,
        kind=effect.kind,
        state="open",
        rule=effect.model_dump(mode="json", by_alias=True),
        seq=seq,
        opened_at=w.at,
        due_at=due["due_at"],
        ended_at=None,
        reason=None,
    )
    for m, party in enumerate(parties):
        w.insert(models.answers, **_blank(effect.name, number, party, due))
        mails.referral(w, effect, party, due, f"{seq}.{n}.{m}.referral")


def _demand_letter(w: Work, effect: ConsultationEffect) -> None:
    """The letter that a round declares goes with every request, so it has to be there."""
    if effect.letter is None or any(d["key"] == effect.letter for d in w.rows(models.documents)):
        return
    sv, en = document_title(w.rules, effect.letter, "sv"), document_title(w.rules, effect.letter, "en")
    raise Refused(
        Sentence(
            f"Handlingen ”{sv}” följer med utskicket men saknas. Lägg till den i ärendet först.",
            f'The document "{en}" goes with the request but is missing. Add it to the case first.',
        )
    )


def _blank(key: str, number: int, party: Actor, due: Row) -> Row:
    return {
        "key": key,
        "round": number,
        "party_id": party.id,
        "state": "sent",
        "due_at": due["due_at"],
        "stance": None,
        "body": None,
        "decided_on": None,
        "section": None,
        "party_ref": None,
        "comment": None,
        "documents": [],
        "revision": 0,
        "received_at": None,
        "late": False,
        "extension": None,
    }


def _parties(w: Work, effect: ConsultationEffect) -> list[Actor]:
    if isinstance(effect.parties, str):
        found = w.ask(actors.group, effect.parties)
    else:
        found = [w.ask(actors.actor, key) for key in effect.parties]
    if not found:
        raise Refused(
            Sentence(
                "Gruppen av parter är tom. Lägg in parterna i personfilen först.",
                "The group of parties is empty. Enter the parties in the people file first.",
            )
        )
    return found


def current(w: Work, key: str | None) -> Row:
    """The last round of the case's consultation (of ``key`` when there are several); raises NotFound."""
    last = {k: rows[-1] for k, rows in last_rounds(w.rows(models.consultations)).items()}
    if key is None and last:
        running = [row for row in last.values() if row["state"] == "open"]
        return (running or sorted(last.values(), key=lambda r: r["seq"]))[-1]
    if key in last:
        return last[key]
    raise NotFound(
        Sentence(
            f"{w.case['register_no']} har ingen sådan remiss eller avstämning.",
            f"{w.case['register_no']} has no such consultation.",
        )
    )


def answers_of(w: Work, round_: Row) -> list[Row]:
    """Every party's row in the round."""
    return [a for a in w.rows(models.answers) if (a["key"], a["round"]) == (round_["key"], round_["round"])]


def is_joined(round_: Row, answers: list[Row]) -> bool:
    """Whether enough parties have answered, by the round's join policy."""
    got = sum(a["state"] in ANSWERED for a in answers)
    join = rule_of(round_).join
    return join != "deadline" and got >= needed(join, len(answers))


def rule_of(round_: Row) -> ConsultationEffect:
    """The round's declaration as it was pinned."""
    return ConsultationEffect.model_validate_json(json.dumps(round_["rule"]))


def in_force(answer: Row) -> str | None:
    """The party's position as it stands; None while there is none or it has been taken back."""
    stands = answer["state"] in ANSWERED and answer["stance"] != "will_return"
    return str(answer["stance"]) if stands else None


def end_round(w: Work, round_: Row, how: str, reason: str | None = None, *, on_behalf_of: Actor | None = None) -> None:
    """End a round once: complete, expired or closed_early. The silent are named in the event."""
    waiting = [a for a in answers_of(w, round_) if a["state"] not in (*ANSWERED, "withdrawn")]
    keys = actors.keys_of(w.conn, (a["party_id"] for a in waiting))
    silent = [keys[a["party_id"]] for a in waiting]
    w.change(models.consultations, round_, state=how, ended_at=w.at, reason=reason)
    if how != "complete":  # after a partial join the rest may still answer; it is filed, without effect
        for a in waiting:
            w.change(models.answers, a, state="no_response")
    key = f"consultation:{round_['key']}"
    if how == "expired":
        deadlines.end_but_reminders(w, key)  # a late answer is still filed, so the silent are reminded once more
    else:
        deadlines.end(w, key)
    payload = {"consultation": round_["key"], "round": round_["round"], "how": how, "silent": silent, "reason": reason}
    w.event("consultation:ended", payload, on_behalf_of=on_behalf_of)


def tell_last_day(w: Work, seq: int) -> None:
    """The case has rested, and the last day has moved: whoever has not answered is told the new one."""
    for r in (r for r in w.rows(models.consultations) if r["state"] == "open"):
        for n, a in enumerate(answers_of(w, r)):
            if a["state"] in WAITING:
                party, day = w.ask(actors.by_id, a["party_id"]), workdays.local_day(a["due_at"])
                mails.extension(w, party, a, day, f"{seq}.{r['key']}.{n}.rested", rested=True)


def close_left_behind(w: Work, reason: str | None) -> None:
    """The case leaves the state: rounds that are still open are closed early."""
    for round_ in w.rows(models.consultations):
        if round_["state"] == "open":
            end_round(w, round_, "closed_early", reason)
