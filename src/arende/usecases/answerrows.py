"""A party's row in a round: who may file on it, what is in hand and not settled, and the tasks that go with it."""

from __future__ import annotations

from difflib import get_close_matches

from arende import actors, models
from arende.actors import Actor
from arende.errors import NotFound, Sentence
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
