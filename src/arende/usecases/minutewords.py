"""What the templates of minutes, notes, extracts and notices are given: everything on record, as words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Table

from arende import actors, workdays
from arende.meetingtables import agenda_cases, attendance, dissents, item_conflicts, motions, votes
from arende.prepared import Row
from arende.usecases import meetingmails
from arende.usecases.meetingfacts import items_of, the_meeting
from arende.work import Work

OUTCOME_WORDS = {
    "approved": "Bifall", "approved_with_change": "Bifall med ändring", "rejected": "Avslag",
    "remitted": "Återremiss", "adjourned": "Bordläggning", "noted": "Läggs till handlingarna", "withdrawn": "Utgår",
}  # fmt: skip
OWN_WORDS = {"approved", "noted"}
"""Outcomes that a decision tells by its own words alone. Any other is named first: the form begins with the words that
were proposed, and minutes that showed nothing but those would tell what was not decided."""
POSITION_WORDS = {
    "approved": "Ställer sig bakom förslaget", "approved_with_change": "Ställer sig bakom förslaget med ändring",
    "rejected": "Ställer sig inte bakom förslaget", "remitted": "Tillbaka för mer underlag",
    "adjourned": "Tas upp på nästa möte", "noted": "Antecknas", "withdrawn": "Utgår",
}  # fmt: skip
"""What a forum arrives at: it takes positions, and its notes use none of the words of a board's decisions."""


def minutes(w: Work) -> Row:
    """Everything that the template of the minutes is given, as words."""
    present = [_presence(w, a) for a in w.rows(attendance) if a["kind"] == "present"]
    checkers = [_name(w, a["actor_id"]) for a in w.rows(attendance) if a["checker"]]
    numbers = [i["section_no"] for i in items_of(w) if i["section_no"] is not None]
    return {
        **meetingmails.frame(w),
        "present": present,
        "checkers": checkers,
        "sections": f"§§ {numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else "".join(f"§ {n}" for n in numbers),
        "signing": _signing(w, present, checkers),
        "items": [item(w, i) for i in items_of(w)],
        "today": workdays.spoken_date(w.today),
    }


def secretary(w: Work) -> str:
    """Who kept the minutes: the body's secretary, or whoever acts now."""
    meeting = the_meeting(w)
    found = w.ask(actors.holders, "secretary", meeting["body"], meeting["day"])
    return found[0].name if found else w.actor.name


def _signing(w: Work, present: list[Row], checkers: list[str]) -> list[tuple[str, str, str]]:
    """Who signs the minutes: the secretary who kept them, whoever presided, those elected to check (KL 5:69)."""
    presided = [p["name"] for p in present if p["presiding"]]
    groups = (([secretary(w)], "Sekreterare"), (presided, "Ordförande"), (checkers, "Justerare"))
    return [(name, title, "") for names, title in groups for name in names]


def _name(w: Work, actor_id: int) -> str:
    return w.ask(actors.by_id, actor_id).name


_ROLES = {"member": "ledamot", "substitute": "ersättare", "official": "tjänsteperson"}


def _presence(w: Work, row: Row) -> Row:
    first, last = row["from_item"], row["to_item"]
    sections = {i["position"]: i["section_no"] for i in items_of(w)}
    period = ""
    if first or last:
        period = f"§§ {sections.get(first or 1) or first or 1}–{sections.get(last) or last or ''}".rstrip("–")
    meeting = the_meeting(w)
    vice = {a.id for a in w.ask(actors.holders, "vice_chair", meeting["body"], meeting["day"])}
    return {
        "name": _name(w, row["actor_id"]),
        "role": "vice ordförande" if row["actor_id"] in vice else _ROLES[row["role"]],
        "acting_for": _name(w, row["acting_for_id"]) if row["acting_for_id"] else None,
        "presiding": row["presiding"],
        "remote": row["remote"],
        "period": period,
    }


def item(w: Work, row: Row) -> Row:
    """One item of the minutes."""
    return {
        **row,
        "outcome": OUTCOME_WORDS.get(row["outcome"] or "", "–"),
        "own_words": row["outcome"] in OWN_WORDS,
        "position": POSITION_WORDS.get(row["outcome"] or "", "–"),
        "cases": [c["register_no"] for c in _of(w, row, agenda_cases)],
        "motions": [{"name": _name(w, m["actor_id"]), "text": m["text"]} for m in _of(w, row, motions)],
        "votes": [{**v, "voted": _voted(w, v["ballots"])} for v in _of(w, row, votes)],
        "conflicts": [_name(w, c["actor_id"]) for c in _of(w, row, item_conflicts)],
        "assignments": [
            {**a, "day": workdays.full_date(date.fromisoformat(a["report_on"])) if a["report_on"] else None}
            for a in row["assignments"] or ()
        ],
        "dissents": [{"name": _name(w, d["actor_id"]), "text": d["text"]} for d in _of(w, row, dissents)],
    }


def _voted(w: Work, ballots: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Who voted how, in an open vote (KL 5:66)."""
    named = ((word, [k for k, b in ballots.items() if b == ballot]) for ballot, word in _BALLOTS)
    return [(word, [w.ask(actors.actor, k).name for k in keys]) for word, keys in named if keys]


_BALLOTS = (("yes", "Ja röstar"), ("no", "Nej röstar"), ("abstain", "Avstår"))


def _of(w: Work, row: Row, table: Table) -> list[Row]:
    return [r for r in w.rows(table) if r["item"] == row["item"]]
