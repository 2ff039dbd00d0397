"""Use case: a party hands in its answer by the link in its mail. It is on record at once, and counts when verified."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from arende import models, workdays
from arende.actors import Actor
from arende.answercommands import HandInAnswer
from arende.commands import MailRecord
from arende.effecttypes import Due, TaskEffect
from arende.errors import Forbidden, Invalid, NotFound, Refused, Sentence
from arende.phrases import stance_words
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import (
    answertokens,
    compiling,
    consultations,
    deadlines,
    documents,
    effects,
    referralmails,
    rounds,
    typeset,
)
from arende.usecases.answerrows import close_tasks, party_of, supplement_key
from arende.usecases.facts import last_rounds
from arende.usecases.fields import clean_text
from arende.work import Work

MOST_FILES = 10
"""Files with one answer."""


def hand_in_answer(w: Work, cmd: HandInAnswer) -> None:
    """File what the link's form says, with its files; send a copy to the party's official address; ask a registrar."""
    w.open_case(cmd.register_no)
    round_ = rounds.current(w, cmd.key)
    party, row = party_of(w, round_, cmd.party)
    if w.actor.id != party.id:
        raise Forbidden(Sentence("Bara parten själv svarar med sin länk.", "Only the party answers by its own link."))
    answertokens.demand(w, cmd.token_sha256, row)
    if len(cmd.files) > MOST_FILES:
        raise Invalid(Sentence(f"Högst {MOST_FILES} filer får plats.", f"At most {MOST_FILES} files fit."))
    given: Row = consultations.position(w, cmd)
    sender = " ".join(clean_text(cmd.sender).split())[:200]
    copy = _copy(w, round_, party, given, sender, cmd.files)
    numbers = [copy["record_no"], *(_filed(w, file)["record_no"] for file in cmd.files)]
    given["documents"] = numbers
    seq = receive(w, round_, party, row, given, {"sender": sender})
    title = Text(
        sv=f"Kontrollera att svaret från {party.name} är {party.name}s eget och registrera det (uppgett: {sender})",
        en=f"Verify that the answer of {party.name} is its own and register it (given as: {sender})",
    )
    due = Due(days=1, unit="working")
    effects.open_task(w, TaskEffect(of="registrar", act="check_answer", title=title, due=due), seq, 0)
    referralmails.answer_copy(w, party, round_, given, copy, f"{seq}.0.copy")
    compiling.renew(w, round_)


def receive(w: Work, round_: Row, party: Actor, row: Row, given: Row, more: Row, *, came: Any = None) -> int:
    """Something has come in for a party: it is in hand, and what it said before stands until it is verified."""
    earlier = row["pending"] or {}
    if earlier:
        close_tasks(w, earlier["seq"])
    if row["supplement"]:
        deadlines.end(w, supplement_key(row, party))
    payload = {"consultation": round_["key"], "round": round_["round"], "party": party.key}
    payload |= {**given, "late": round_["state"] != "open", **more}
    seq = w.event("answer:handed_in", payload)
    pending = {**given, **more, "seq": seq, "came": (came or w.at).isoformat(), "was": earlier.get("was", row["state"])}
    day = given.get("decided_on")
    pending["decided_on"] = day.isoformat() if day else None
    state = rounds.in_hand(row, "received")
    w.change(models.answers, row, state=state, pending=pending, supplement=None)
    return seq


def by_mail(w: Work, sender: Actor, mail: Row, records: list[int]) -> None:
    """A party that is awaited has written: nobody reminds it any more, and a registrar enters what it says."""
    how = Sentence(f"mejl {mail['id']}", f"mail {mail['id']}")
    _written(w, sender, {"mail": mail["id"]}, records, mail["received_at"], how)


def by_post(w: Work, sender: Actor, records: list[int], arrived_on: date) -> None:
    """The same on paper: the day it arrived counts."""
    evening = datetime.combine(arrived_on, time(23, 59), workdays.STOCKHOLM)
    how = Sentence("brev på papper", "letter on paper")
    _written(w, sender, {}, records, min(evening, w.at), how)


def _written(w: Work, sender: Actor, more: Row, records: list[int], came: datetime, how: Sentence) -> None:
    """In hand in the last round of each key where the party is awaited; a person sees which of its rounds it is of."""
    doubt = _doubt(w, sender)
    for rows in last_rounds(w.rows(models.consultations)).values():
        round_ = rows[-1]
        for row in rounds.answers_of(w, round_):
            if row["party_id"] == sender.id and row["state"] in (*rounds.WAITING, "no_response"):
                nothing = dict.fromkeys(("stance", "body", "decided_on", "section", "party_ref", "comment"))
                given = {**nothing, "documents": records}
                seq = receive(w, round_, sender, row, given, more, came=came)
                title = Text(
                    sv=f"För in svaret från {sender.name} ({how.sv}), eller lägg det åt sidan{doubt.sv}",
                    en=f"Enter the answer of {sender.name} ({how.en}), or set it aside{doubt.en}",
                )
                effects.open_task(w, TaskEffect(of="registrar", act="enter_answer", title=title, mail=None), seq, 0)


def _doubt(w: Work, sender: Actor) -> Sentence:
    """Words for whoever enters it, where the party has been asked more than once."""
    if sum(a["party_id"] == sender.id and a["state"] not in ("created", "closed") for a in w.rows(models.answers)) < 2:
        return Sentence("", "")
    return Sentence(
        ". Parten har tillfrågats flera gånger: läs vilken omgång svaret gäller",
        ". The party has been asked more than once: see which round the answer is of",
    )


def _copy(w: Work, round_: Row, party: Actor, given: Row, sender: str, attached: Sequence[MailRecord]) -> Row:
    """What was handed in, word for word, as a record of its own: the same text goes back to the party."""
    number = 1 + max((d["record_no"] for d in w.rows(models.documents)), default=0)
    words = {
        "title": w.case["title"],
        "party": party.name,
        "stance": stance_words(round_["kind"], given["stance"]),
        "decided_on": given["decided_on"].isoformat() if given["decided_on"] else None,
        "sender": sender,
        "received": workdays.spoken_date(w.today),
        **{k: given[k] for k in ("body", "section", "party_ref")},
        "comment": given["comment"],
        "files": [documents.clean_name(f.name) for f in attached],
    }
    letter = typeset.write(w, "answer_copy", typeset.head(w), words, words)
    name = f"Svar {w.case['register_no']} {number}"
    return typeset.put(w, f"answer_{number}", name, letter, "incoming", access="unchecked")


def _filed(w: Work, file: MailRecord) -> Row:
    if not w.app.storage.has(file.sha256):
        raise NotFound(Sentence("Handlingens fil saknas i lagret.", "The document's file is missing from storage."))
    if file.size == 0:
        raise Refused(Sentence(f"Filen {file.name} är tom.", f"The file {file.name} is empty."))
    number = 1 + max((d["record_no"] for d in w.rows(models.documents)), default=0)
    name = documents.clean_name(file.name)
    return _record(w, f"answerfile_{number}", name, file.media_type, (file.sha256, file.size))


def _record(w: Work, key: str, name: str, media_type: str, stored: tuple[str, int]) -> Row:
    return documents.record(w, key, name, media_type, stored, "incoming", access="unchecked")
