"""Appeals (KL 13 kap.): each section for itself. One that is appealed waits for the court; the others gain force."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from arende.effecttypes import Due, TaskEffect
from arende.errors import Refused, Sentence
from arende.meetingtables import agenda_cases, appeals, notices
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import effects, steps
from arende.usecases.meetingfacts import items_of
from arende.work import Work

REDO = 10
"""Working days until it should be settled what becomes of a matter whose decision was annulled (routine)."""


def filed(w: Work, _seq: int, _note: str | None) -> None:
    """Note which sections are appealed. Raises Refused for one that no notice announced, or that waits already."""
    fields = w.case["fields"]
    wanted = _numbers(fields["appealed_sections"])
    announced = _announced(w)
    if strange := [n for n in wanted if n not in announced]:
        raise Refused(_not_among(strange, announced, "anslagna", "announced"))
    if twice := [n for n in wanted if n in {a["section_no"] for a in _open(w)}]:
        listed = _listed(twice)
        raise Refused(Sentence(f"{listed} väntar redan på domstolen.", f"{listed} waits for the court already."))
    n = max((a["n"] for a in w.rows(appeals)), default=0)
    for number in wanted:
        n += 1
        w.insert(appeals, n=n, item=announced[number], section_no=number, filed_on=w.today,
                 court_ref=fields.get("court_ref"), ruling=None, ruled_on=None)  # fmt: skip
    w.event("appeal:filed", {"sections": wanted, "court_ref": fields.get("court_ref")})


def upheld(w: Work, _seq: int, _note: str | None) -> None:
    """The court has let sections stand: they have legal force."""
    _rule(w, "upheld")


def annulled(w: Work, seq: int, _note: str | None) -> None:
    """The court has annulled sections: they do not hold, and the matters are the body's again (KL 13:8, 13:15)."""
    for n, row in enumerate(_rule(w, "annulled", go_on=False)):
        numbers = [c["register_no"] for c in w.rows(agenda_cases) if c["item"] == row["item"]]
        what = f"§ {row['section_no']}" + (f" ({', '.join(numbers)})" if numbers else "")
        title = Text(
            sv=f"Domstolen har upphävt {what}: ta upp saken igen, och rätta det som har verkställts (KL 13:15)",
            en=f"The court has annulled {what}: take it up again, and undo what was executed (KL 13:15)",
        )
        due = Due(days=REDO, unit="working")
        effects.open_task(w, TaskEffect(of="meeting_secretary", act="redo_decision", title=title, due=due), seq, 80 + n)
    _go_on(w)


def _rule(w: Work, ruling: Literal["upheld", "annulled"], *, go_on: bool = True) -> list[Row]:
    waiting = _open(w)
    given = w.case["fields"].get("judged_sections")
    wanted = _numbers(given) if given else sorted({a["section_no"] for a in waiting})
    if strange := [n for n in wanted if n not in {a["section_no"] for a in waiting}]:
        raise Refused(_not_among(strange, [a["section_no"] for a in waiting], "överklagade", "appealed"))
    judged = [a for a in waiting if a["section_no"] in wanted]
    for row in judged:
        w.change(appeals, row, ruling=ruling, ruled_on=w.today)
    w.event("appeal:judged", {"sections": wanted, "ruling": ruling})
    if go_on:
        _go_on(w)
    return judged


def _go_on(w: Work) -> None:
    """When the court has no section left, the meeting goes on by itself."""
    if not _open(w):
        steps.lead(w, "appeals_over")


def _open(w: Work) -> list[Row]:
    return [a for a in w.rows(appeals) if a["ruling"] is None]


def _announced(w: Work) -> dict[int, int]:
    """Section → item, of what a notice has announced."""
    posted = {n for row in w.rows(notices) for n in row["items"]}
    return {i["section_no"]: i["item"] for i in items_of(w) if i["item"] in posted and i["section_no"] is not None}


def _numbers(text: str) -> list[int]:
    return sorted({int(part) for part in text.split(",")})


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(f"§ {n}" for n in sorted(set(numbers))) or "–"


def _not_among(strange: Iterable[int], known: Iterable[int], sv: str, en: str) -> Sentence:
    return Sentence(
        f"{_listed(strange)} hör inte till de {sv} paragraferna: {_listed(known)}.",
        f"{_listed(strange)} is not among the sections {en}: {_listed(known)}.",
    )
