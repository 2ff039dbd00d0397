"""Consultation rounds: many parties asked at once, each in a row of its own, joined exactly once."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import cast

from arende import actors, models, workdays
from arende.actors import Actor
from arende.effecttypes import ConsultationEffect
from arende.errors import NotFound, Refused, Sentence
from arende.guards import document_title
from arende.joins import needed
from arende.prepared import Row
from arende.usecases import answertokens, deadlines, parties, referralmails
from arende.usecases.facts import last_rounds
from arende.work import Work

ANSWERED = ("accepted", "revised")
"""States of an answer that counts in the join; *återkommer* is a word from the party but not yet a position."""
WAITING = ("sent", "acknowledged", "extension_requested", "extension_granted")
IN_HAND = ("received", "registered", "being_supplemented")
"""Something has come in: it does not count yet, but the party is not silent."""
OUTSIDE_THE_COUNT = ("removed", "closed")
"""The party is not asked any more, or was never reached in its turn."""


def open_round(w: Work, effect: ConsultationEffect, seq: int, n: int) -> None:
    """Ask the parties by mail to their official addresses: all by one last day, or the first in line by its own."""
    number = 1 + max((c["round"] for c in w.rows(models.consultations) if c["key"] == effect.name), default=0)
    _demand_letter(w, effect)
    asked = parties.asked(w, effect)
    _end_earlier(w, effect.name)
    in_line = effect.order == "sequence"
    due_at = None if in_line else _begin(w, f"consultation:{effect.name}", effect)["due_at"]
    if due_at is not None:
        _demand_ahead(w, workdays.local_day(due_at))
    round_ = w.insert(
        models.consultations,
        key=effect.name,
        round=number,
        kind=effect.kind,
        state="open",
        rule=effect.model_dump(mode="json", by_alias=True),
        seq=seq,
        opened_at=w.at,
        due_at=due_at or w.at,
        ended_at=None,
        reason=None,
        compiled=None,
    )
    for m, party in enumerate(asked):
        row = w.insert(models.answers, **_blank(effect.name, number, party, m, due_at or w.at))
        if not in_line:
            row["state"] = "sent"
            referralmails.referral(w, effect, party, row, f"{seq}.{n}.{m}.referral")
    if in_line:
        ask_next(w, round_, f"{seq}.{n}")


def _begin(w: Work, key: str, effect: ConsultationEffect) -> Row:
    """The last day of the round, or of the one whose turn it is."""
    due = deadlines.begin(w, key, effect.due, outside=True, escalate=False)
    if due is None:
        raise Refused(
            Sentence(
                "Sista dag för omgången saknas. Fyll i datumet först.", "The round has no last day. Give it first."
            )
        )
    return due


def _demand_ahead(w: Work, last: date) -> None:
    """Nobody is asked to have answered by a day that has passed: the round would end at once, with everybody silent."""
    if last < w.today:
        day = workdays.full_date
        raise Refused(
            Sentence(
                f"Sista dagen att svara skulle bli den {day(last)}, som har passerat. Ändra det datum som den räknas "
                "från, eller gå vidare utan att fråga.",
                f"The last day to answer would be {day(last, 'en')}, which has passed. Change the date that it is "
                "counted from, or go on without asking.",
            )
        )


def _end_earlier(w: Work, name: str) -> None:
    """A new round takes the place of the one before: its reminders and links end."""
    keys = [
        d["key"] for d in w.rows(models.deadlines) if d["key"].startswith((f"consultation:{name}", f"answer:{name}:"))
    ]
    deadlines.end(w, keys, met=False)
    answertokens.end(w, name, "superseded")


def line_key(round_: Row, party: Actor) -> str:
    """The key of the deadline of one party in a sequence."""
    return f"answer:{round_['key']}:{party.key}"


def keys_by_themselves(w: Work, round_: Row) -> set[str]:
    """The keys of parties' own deadlines in this round: of each in its turn, and of one that was asked later."""
    mine = (d for d in w.rows(models.deadlines) if d["round"] >= round_["seq"])
    return {d["key"] for d in mine if d["key"].startswith(f"answer:{round_['key']}:")}


def ask_next(w: Work, round_: Row, key: str) -> bool:
    """In a sequence, ask the one whose turn it is, when nobody is awaited. Returns whether somebody is, now."""
    answers = answers_of(w, round_)
    if any(a["state"] in (*WAITING, *IN_HAND) for a in answers):
        return True
    row = next((a for a in answers if a["state"] == "created"), None)
    if row is None:
        return False
    party, effect = w.ask(actors.by_id, row["party_id"]), rule_of(round_)
    due = _begin(w, line_key(round_, party), effect)
    w.change(models.answers, row, state="sent", due_at=due["due_at"])
    w.change(models.consultations, round_, due_at=due["due_at"])
    if row["ordinal"]:
        payload = {"consultation": round_["key"], "round": round_["round"], "party": party.key, "due_on": due["due_on"]}
        key = f"{w.event('answer:asked', payload)}.{key}"
    referralmails.referral(w, effect, party, row, f"{key}.{row['ordinal']}.referral")
    return True


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


def _blank(key: str, number: int, party: Actor, ordinal: int, due_at: datetime) -> Row:
    nothing = dict.fromkeys(
        ("stance", "body", "decided_on", "section", "party_ref", "comment", "received_at", "extension", "message_id",
         "wish", "pending", "supplement", "reply")
    )  # fmt: skip
    given = {"key": key, "round": number, "party_id": party.id, "state": "created", "due_at": due_at}
    return {
        **nothing,
        **given,
        "documents": [],
        "legal_force_on": None,
        "revision": 0,
        "late": False,
        "ordinal": ordinal,
        "reminders": 0,
    }


def add(w: Work, round_: Row, party: Actor, due_at: datetime, seq: int) -> Row:
    """Ask one more party in an open round; in a sequence it stands last in line."""
    ordinal = 1 + max((a["ordinal"] for a in answers_of(w, round_)), default=-1)
    usual = usual_day(w, round_)
    row = w.insert(models.answers, **_blank(round_["key"], round_["round"], party, ordinal, due_at))
    effect = rule_of(round_)
    if effect.order == "parallel":
        row["state"] = "sent"
        referralmails.referral(w, effect, party, row, f"{seq}.{ordinal}.referral")
        if due_at != usual:
            deadlines.remind_only(w, line_key(round_, party), effect.due, workdays.local_day(due_at))
    return row


def usual_day(w: Work, round_: Row) -> datetime:
    """The last day that everybody was given when the round was opened: more time has made it later for some."""
    days: list[datetime] = [a["due_at"] for a in answers_of(w, round_)]
    return min(days) if days else cast("datetime", round_["due_at"])


def name_of(round_: Row) -> str:
    """How a command names the round: ``decisions:2`` is the second round of ``decisions``."""
    return f"{round_['key']}:{round_['round']}"


def current(w: Work, key: str | None) -> Row:
    """The round that ``key`` names: ``decisions:2``, or the last of ``decisions``, or the case's; raises NotFound."""
    found = next((c for c in w.rows(models.consultations) if name_of(c) == key), None)
    if found is not None:
        return found
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


def named(w: Work, name: str) -> tuple[Row, int | None]:
    """The round of a deadline, and its party's id where the deadline is of one party: ``referral:ext_almi``."""
    key, _, party = name.partition(":")
    return current(w, key), w.ask(actors.actor, party).id if party else None


def answers_of(w: Work, round_: Row) -> list[Row]:
    """Every party's row in the round, in the order asked."""
    of_round = [a for a in w.rows(models.answers) if (a["key"], a["round"]) == (round_["key"], round_["round"])]
    return sorted(of_round, key=lambda a: a["ordinal"])


def in_hand(row: Row, state: str) -> str:
    """The state of an answer with something in hand: a position in force goes on counting meanwhile.

    A party that is asked no more stays outside the count, whatever it sends.
    """
    return str(row["state"]) if row["state"] in (*ANSWERED, "removed") else state


def is_joined(round_: Row, answers: list[Row]) -> bool:
    """Whether enough parties have answered, by the round's join policy."""
    asked = [a["state"] for a in answers if a["state"] not in OUTSIDE_THE_COUNT]
    got, join = sum(state in ANSWERED for state in asked), rule_of(round_).join
    return join != "deadline" and got >= min(needed(join, len(asked)), len(asked))


def rule_of(round_: Row) -> ConsultationEffect:
    """The round's declaration as it was pinned."""
    return ConsultationEffect.model_validate_json(json.dumps(round_["rule"]))


def in_force(answer: Row) -> str | None:
    """The party's position as it stands; None while there is none or it has been taken back."""
    stands = answer["state"] in ANSWERED and answer["stance"] != "will_return"
    return str(answer["stance"]) if stands else None


def says_no(answer: Row) -> bool:
    """Whether the party has decided otherwise than on the words it was asked about; to return later is no answer."""
    return in_force(answer) not in (None, "supports", "no_objection")


def end_round(w: Work, round_: Row, how: str, reason: str | None = None, *, on_behalf_of: Actor | None = None) -> None:
    """End a round once: complete, expired or closed_early. The silent are named in the event."""
    waiting = [a for a in answers_of(w, round_) if a["state"] in (*WAITING, "no_response")]
    keys = actors.keys_of(w.conn, (a["party_id"] for a in waiting))
    silent = [keys[a["party_id"]] for a in waiting]
    w.change(models.consultations, round_, state=how, ended_at=w.at, reason=reason)
    if how != "complete":  # after a partial join the rest may still answer; it is filed, without effect
        for a in waiting:
            w.change(models.answers, a, state="no_response")
    for a in answers_of(w, round_):
        if a["state"] == "created":  # its turn never came
            w.change(models.answers, a, state="closed")
    key = f"consultation:{round_['key']}"
    if how == "expired":
        deadlines.end_but_reminders(w, key)  # a late answer is still filed, so the silent are reminded once more
    else:
        deadlines.end(w, key)
    if how != "expired" or rule_of(round_).order == "sequence":
        deadlines.end(w, keys_by_themselves(w, round_))
    payload = {"consultation": round_["key"], "round": round_["round"], "how": how, "silent": silent, "reason": reason}
    w.event("consultation:ended", payload, on_behalf_of=on_behalf_of)


def tell_last_day(w: Work, seq: int) -> None:
    """The case has rested, and the last day has moved: whoever has not answered is told the new one."""
    for r in (r for r in w.rows(models.consultations) if r["state"] == "open"):
        for n, a in enumerate(answers_of(w, r)):
            if a["state"] in WAITING:
                party, day = w.ask(actors.by_id, a["party_id"]), workdays.local_day(a["due_at"])
                referralmails.extension(w, party, a, day, f"{seq}.{r['key']}.{n}.rested", rested=True)


def close_left_behind(w: Work, reason: str | None, dest: str | None = None) -> None:
    """The case leaves the state: open rounds are closed early, but for those whose end is awaited in ``dest`` too."""
    awaited = {r.transition.trigger for r in w.rules.rows if r.source == dest}
    for round_ in w.rows(models.consultations):
        if round_["state"] == "open" and rule_of(round_).complete not in awaited:
            end_round(w, round_, "closed_early", reason)
