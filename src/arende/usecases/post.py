"""Use case: a letter on paper is registered, with its scanned pages or with a sheet that tells what it is."""

from __future__ import annotations

import io
from datetime import date

from arende import actors, models
from arende.actors import Actor
from arende.commands import Command, MailRecord, RegisterCase
from arende.effecttypes import TaskEffect
from arende.errors import Invalid, NotFound, Refused, Sentence
from arende.prepared import Row
from arende.registercommands import RegisterPost
from arende.terms import Text
from arende.usecases import cases, correspondence, documents, effects, handing_in
from arende.usecases.facts import refuse_conflict
from arende.usecases.fields import clean_note, clean_title
from arende.work import UseCase, Work

MOST_FILES = 20
"""Files of one letter."""
LONGEST = 200
"""Characters of a sender, or of where the paper lies."""


def register_post(w: Work, cmd: RegisterPost) -> None:
    """Put the letter on its case, or open one with it; it is not public before it has been checked for secrecy."""
    behalf = correspondence.registrar(w)
    _demand_arrived(cmd.arrived_on, w.today)
    about, sender = clean_title(cmd.about), clean_title(cmd.sender)[:LONGEST]
    if len(cmd.records) > MOST_FILES:
        raise Invalid(Sentence(f"Högst {MOST_FILES} filer får plats.", f"At most {MOST_FILES} files fit."))
    _open(w, cmd, about)
    party = _party(w, cmd.party) if cmd.party else None
    kept_at = " ".join((clean_note(cmd.kept_at) or "").split())[:LONGEST] or None
    first = 1 + max((d["record_no"] for d in w.rows(models.documents)), default=0)
    count = max(1, len(cmd.records))
    payload: Row = {"from": sender, "about": about, "arrived_on": cmd.arrived_on.isoformat(), "kept_at": kept_at}
    payload |= {"party": party.key if party else None, "records": list(range(first, first + count))}
    seq = w.event("post:received", payload, on_behalf_of=behalf)
    for n, record in enumerate(cmd.records or (_sheet(w, payload),)):
        _file(w, record, f"post_{first}{f'_{n}' if n else ''}", behalf)
    w.data.update({"records": payload["records"]})
    _tell(w, seq)
    if party is not None:
        handing_in.by_post(w, party, payload["records"], cmd.arrived_on)


def _demand_arrived(day: date, today: date) -> None:
    if day > today:
        raise Refused(
            Sentence(
                f"Brevet kan inte ha kommit in {day.isoformat()}: det är inte den dagen än.",
                f"The letter cannot have arrived on {day.isoformat()}: that day has not come yet.",
            )
        )


def _open(w: Work, cmd: RegisterPost, about: str) -> None:
    """The case that the letter goes on."""
    if cmd.register_no:
        w.open_case(cmd.register_no)
        refuse_conflict(w)
    elif cmd.type:
        given = {"type": cmd.type, "title": cmd.title or about, "secrecy": cmd.secrecy}
        cases.register_case(w, RegisterCase(id=cmd.id, actor=cmd.actor, door=cmd.door, **given))
    else:
        raise Invalid(
            Sentence(
                "Ange ett diarienummer, eller vilken ärendetyp ett nytt ärende ska ha.",
                "Give a diary number, or the case type of a new case.",
            )
        )


def _party(w: Work, key: str) -> Actor:
    found = w.ask(actors.actor, key)
    if found.kind != "party":
        raise Refused(Sentence(f"{found.name} är ingen part.", f"{found.name} is no party."))
    return found


def _sheet(w: Work, said: Row) -> MailRecord:
    """A page that stands for a letter that was not scanned: what it is, and where it lies."""
    number = w.case["register_no"]
    lines = [
        "Inkommen handling på papper",
        "",
        f"Diarienummer: {number}",
        f"Avsändare: {said['from']}",
        f"Inkom: {said['arrived_on']}",
        f"Innehåll: {said['about']}",
        f"Förvaras: {said['kept_at'] or 'i ärendets akt'}",
    ]
    sha256, size = w.app.storage.put(io.BytesIO(("\n".join(lines) + "\n").encode()))
    name = f"Papperspost {said['arrived_on']}.txt"
    return MailRecord(name=name, media_type="text/plain", size=size, sha256=sha256)


def _file(w: Work, record: MailRecord, key: str, behalf: Actor | None) -> None:
    if not w.app.storage.has(record.sha256):
        raise NotFound(Sentence("Handlingens fil saknas i lagret.", "The document's file is missing from storage."))
    if record.size == 0:
        raise Refused(Sentence(f"Filen {record.name} är tom.", f"The file {record.name} is empty."))
    name, stored = documents.clean_name(record.name), (record.sha256, record.size)
    documents.record(
        w, key, name, record.media_type, stored, "incoming", on_behalf_of=behalf, access="unchecked"
    )  # fmt: skip


def _tell(w: Work, seq: int) -> None:
    """The case officer reads it, a registrar checks it for secrecy."""
    title = Text(sv="Läs ett brev som har kommit in på papper", en="Read a letter that has come in on paper")
    effects.open_task(w, TaskEffect(of="case_officer", act="read_mail", title=title), seq, 0)
    effects.open_task(w, TaskEffect(of="registrar", act="check_secrecy"), seq, 1)


USE_CASES: dict[type[Command], UseCase] = {RegisterPost: register_post}
