"""A party's row in a round: who may file on it, what is in hand and not settled, and the tasks that go with it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from arende import actors, models, workdays
from arende.actors import Actor
from arende.casewords import round_title
from arende.errors import NotFound, Refused, Sentence
from arende.prepared import Row
from arende.usecases import deadlines, effects, rounds
from arende.usecases.facts import demand, standing
from arende.work import Work

MAY_REGISTER = ("registrar", "case_officer", "secretary", "external")
"""Positions come from minutes and notes (secretary), by post and mail (registrar), or from the party itself."""


def party_of(w: Work, round_: Row, key: str) -> tuple[Actor, Row]:
    """The party and its row in the round; raises NotFound naming those who were asked."""
    answers = rounds.answers_of(w, round_)
    keys = actors.keys_of(w.conn, (a["party_id"] for a in answers))
    asked = {keys[a["party_id"]]: a for a in answers}
    if key in asked:
        return w.ask(actors.by_id, asked[key]["party_id"]), asked[key]
    near = get_close_matches(key, asked, 1, 0.4)
    sv, en = (f" Menade du {near[0]}?", f" Did you mean {near[0]}?") if near else ("", "")
    listed = ", ".join(asked)
    raise NotFound(
        Sentence(
            f"”{key}” är inte tillfrågad i omgången.{sv} Tillfrågade: {listed}.",
            f'"{key}" has not been asked in this round.{en} Asked: {listed}.',
        )
    )


def round_meant(w: Work, key: str | None, party: str) -> Row:
    """The round that a party's answer belongs to: the one it names, or the only one in which the party was asked.

    Raises Refused where the party was asked more than once and the answer does not say which time it answers: a
    position on an earlier text must never count as a decision on another.
    """
    every = sorted(w.rows(models.consultations), key=lambda c: c["seq"])
    known = [c for c in every if key in (None, c["key"], rounds.name_of(c))]
    asked = [c for c in known if _was_asked(w, c, party)]
    if len(asked) < 2:
        return asked[0] if asked else rounds.current(w, key)
    sv, en = ("; ".join(_told(c, language) for c in asked) for language in ("sv", "en"))
    name = w.ask(actors.actor, party).name
    raise Refused(
        Sentence(
            f"{name} har tillfrågats flera gånger. Läs vad svaret gäller och ange omgången (key): {sv}.",
            f"{name} has been asked more than once. See what the answer is about and name the round (key): {en}.",
        )
    )


def _was_asked(w: Work, round_: Row, party: str) -> bool:
    answers = [a for a in rounds.answers_of(w, round_) if a["state"] not in ("created", "closed")]
    return party in actors.keys_of(w.conn, (a["party_id"] for a in answers)).values()


def _told(round_: Row, language: str) -> str:
    """One round in a list to choose from: what it was, how it is named, and the day it was sent."""
    what = round_title(round_["kind"], round_["round"]).in_(language)
    day = workdays.full_date(workdays.local_day(round_["opened_at"]), language)
    return f"{rounds.name_of(round_)} ({what}, {'sent on' if language == 'en' else 'sänd den'} {day})"


def may_file(w: Work, party: Actor, what: Sentence | None = None) -> Actor | None:
    """Refuse whoever is neither the party nor may register for it. Returns whom a substitute represents."""
    if w.actor.id == party.id:
        return None
    held = standing(w)
    if w.actor.kind == "party":
        held = type(held)(frozenset(), {})  # a party may answer for itself only
    told = what or Sentence("Du kan inte registrera partens svar.", "You cannot file the party's answer.")
    return demand(w, held, MAY_REGISTER, told)


def settle_in_hand(w: Work, row: Row) -> None:
    """A position is put in force: what was in hand for it, or asked for, is settled with it."""
    left = [about for about in ("pending", "wish", "supplement") if row[about]]
    for about in left:
        close_tasks(w, row[about]["seq"])
    if "supplement" in left:
        deadlines.end(w, supplement_key(row, w.ask(actors.by_id, row["party_id"])))
    if left:
        w.change(models.answers, row, **dict.fromkeys(left))


def release(w: Work, row: Row, documents: Iterable[int]) -> list[str]:
    """What came in is entered in one round: the party's other rounds no longer have it in hand. Returns their names."""
    entered, names = set(documents), []
    for round_ in w.rows(models.consultations):
        for other in rounds.answers_of(w, round_):
            held = other["pending"]
            same = other["party_id"] == row["party_id"] and other is not row
            if same and held and entered & set(held["documents"]):
                close_tasks(w, held["seq"])
                w.change(models.answers, other, state=before_hand(w, round_, other), pending=None)
                names.append(rounds.name_of(round_))
    return names


def before_hand(w: Work, round_: Row, row: Row) -> str:
    """The state to go back to when what was in hand turns out to be no answer of this round."""
    was = str(row["pending"]["was"] if row["state"] in rounds.IN_HAND else row["state"])
    in_line = rounds.rule_of(round_).order == "sequence"
    over = round_["state"] != "open" or (in_line and row["due_at"] < w.at)
    return "no_response" if was in rounds.WAITING and over else was


def supplement_key(row: Row, party: Actor) -> str:
    """The key of the deadline of what is missing in a party's answer."""
    return f"supplement:{row['key']}:{party.key}"


def close_tasks(w: Work, seq: int) -> None:
    """The tasks that an event opened are done."""
    for task in w.rows(models.tasks):
        if task["seq"] == seq and task["state"] == "open":
            effects.close_task(w, task, outcome={"by_step": "answer"})


def close_reading(w: Work, mail: int) -> None:
    """Whoever makes a mail an answer has read it. Its check for secrecy is another matter, and stays."""
    added = [d["added_seq"] for d in w.rows(models.documents) if d.get("inbound_id") == mail]
    for task in w.rows(models.tasks):
        if added and (task["act"], task["seq"], task["state"]) == ("read_mail", min(added) - 1, "open"):
            effects.close_task(w, task, outcome={"by_step": "answer"})
