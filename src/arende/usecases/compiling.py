"""The table of answers (remissammanställning): every party with its answer and our reply, as a document of the case.

It is written when somebody asks for it, and from then on by itself whenever an answer changes: a new version, so that
what a board was shown remains.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date
from typing import Any

from arende import actors, models, workdays
from arende.answercommands import CompileAnswers
from arende.casewords import round_title
from arende.errors import Refused, Sentence
from arende.phrases import stance_words
from arende.prepared import Row
from arende.statuswords import ANSWERS
from arende.usecases import rounds, typeset
from arende.usecases.facts import demand, standing
from arende.work import Work

UNDECIDED = ("prepare", "initiate")
"""Phases in which a text that approvals rest on may still be written anew by itself."""


def compile_answers(w: Work, cmd: CompileAnswers) -> None:
    """Write the table. Where nothing has changed since the last time, nothing is written."""
    w.open_case(cmd.register_no)
    what = Sentence("Du kan inte sammanställa svaren.", "You cannot compile the answers.")
    behalf = demand(w, standing(w), ("case_officer", "registrar", "secretary"), what)
    round_ = rounds.current(w, cmd.key)
    if w.rules.states[w.case["state"]].final:
        raise Refused(
            Sentence(
                "Ärendet är avslutat; sammanställningen ligger fast.",
                "The case has ended; the table of answers stands.",
            )
        )
    if not _write(w, round_, behalf):
        w.data.update({"record_no": round_["compiled"]["record_no"], "unchanged": True})


def renew(w: Work, round_: Row) -> None:
    """An answer has changed: the table is written anew, if there is one and the case is not past changing it."""
    declared = w.rules.documents.get((round_["compiled"] or {}).get("document", ""))
    final = w.rules.states[w.case["state"]].final
    rests_on_it = declared is not None and declared.is_text and w.case["phase"] not in UNDECIDED
    if round_["compiled"] and not final and not rests_on_it:
        _write(w, round_, None)


def _write(w: Work, round_: Row, behalf: actors.Actor | None) -> bool:
    said = table(w, round_)
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    if (round_["compiled"] or {}).get("sha256") == digest:
        return False
    key, words = _key(w, round_), {**said, "today": workdays.spoken_date(w.today)}
    name = (
        f"Sammanställning av svar {w.case['register_no']} v{1 + sum(d['key'] == key for d in w.rows(models.documents))}"
    )
    letter = typeset.write(w, "answers", typeset.head(w), words, said)
    row = typeset.put(w, key, name, letter, on_behalf_of=behalf)
    w.change(models.consultations, round_, compiled={"document": key, "sha256": digest, "record_no": row["record_no"]})
    return True


def _key(w: Work, round_: Row) -> str:
    """The kind of document: as the round declares, else the case type's compilation, else one of the round's own."""
    declared = rounds.rule_of(round_).compilation
    return declared or ("compilation" if "compilation" in w.rules.documents else f"answers_{round_['key']}"[:50])


def table(w: Work, round_: Row) -> Row:
    """Everything the table says, in words: the parties in the order asked, the silent and the awaited named."""
    answers = [_line(w, round_, a) for a in rounds.answers_of(w, round_) if a["state"] not in ("created", "closed")]
    stances = Counter(a["stance"] for a in answers if a["counts"])
    return {
        "register_no": w.case["register_no"],
        "title": w.case["title"],
        "authority": w.authority[0],
        "round": round_title(round_["kind"], round_["round"]).sv,
        "asked_on": workdays.spoken_date(workdays.local_day(round_["opened_at"])),
        "due": workdays.spoken_date(workdays.local_day(round_["due_at"])),
        "open": round_["state"] == "open",
        "reason": round_["reason"],
        "counts": [f"{stance}: {n}" for stance, n in stances.items()],
        "answers": answers,
        "silent": [a["party"] for a in answers if a["silent"]],
        "awaited": [a["party"] for a in answers if a["awaited"]],
    }


def _line(w: Work, round_: Row, a: Row) -> dict[str, Any]:
    counts = a["state"] in rounds.ANSWERED and a["stance"] != "will_return"
    stance = stance_words(round_["kind"], a["stance"]) if a["stance"] else None
    still = a["state"] in rounds.WAITING and not counts
    return {
        "party": w.ask(actors.by_id, a["party_id"]).name,
        "counts": counts,
        "silent": not counts and (a["state"] == "no_response" or (still and round_["state"] != "open")),
        "awaited": still and round_["state"] == "open",
        "stance": stance,
        "status": None if counts else ANSWERS[a["state"]][0].sv.format(until=_day(workdays.local_day(a["due_at"]))),
        "body": a["body"],
        "decided_on": _day(a["decided_on"]),
        "section": a["section"],
        "party_ref": a["party_ref"],
        "received": _day(workdays.local_day(a["received_at"])) if a["received_at"] else None,
        "late": a["late"],
        "records": list(a["documents"] or ()),
        "comment": a["comment"],
        "reply": a["reply"],
        **({"legal_force": _day(a["legal_force_on"])} if round_["kind"] == "decision" and counts else {}),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
