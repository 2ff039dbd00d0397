"""Who an assignment is for: a person, whoever holds an office, or a body – as named, in words, and on the day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from arende import actors, models
from arende.actors import Actor
from arende.errors import NotFound, Refused, Sentence, did_you_mean
from arende.prepared import Row
from arende.usecases import successions
from arende.usecases.facts import persons_of
from arende.work import Work

FOR_A_BODY = ("manager", "secretary", "registrar", "chair")
"""Offices that take on what is given to a body: the first that somebody holds there."""


class Receiver(NamedTuple):
    """Whom something is given to, as named and in words; ``office`` is None for a person."""

    key: str
    name: str
    office: str | None
    people: tuple[Actor, ...]


def receiver(w: Work, named: str) -> Receiver:
    """The person, ``office@body`` or body of this name. Raises NotFound for an unknown one."""
    key = named.strip()
    office, at, body = key.partition("@")
    if at:
        return _of_office(w, office, _body(w, body))
    known = _body_or_none(w, key)
    if known is not None:
        return _of_body(w, known)
    person = w.ask(actors.actor, key)
    return Receiver(person.key, person.name, None, (person,) if person.is_active(w.today) else ())


def _of_office(w: Work, office: str, body: Row) -> Receiver:
    people = tuple(w.ask(actors.holders, office, body["key"], w.today))
    title = w.rules.role_title(office)
    names = f" ({', '.join(p.name for p in people)})" if people else ""
    return Receiver(f"{office}@{body['key']}", f"{title}, {body['name_sv']}{names}", f"{office}@{body['key']}", people)


def _of_body(w: Work, body: Row) -> Receiver:
    for office in FOR_A_BODY:
        if people := tuple(w.ask(actors.holders, office, body["key"], w.today)):
            return Receiver(body["key"], body["name_sv"], f"{office}@{body['key']}", people)
    return Receiver(body["key"], body["name_sv"], None, ())


def somebody(w: Work, named: str) -> Receiver:
    """The same, but refused when it is nobody: an assignment that nobody gets is not given."""
    found = receiver(w, named)
    if not found.people and (body := _body_or_none(w, named.partition("@")[2] or named)) is not None:
        successions.demand_body(w.conn, body, w.today)
    if not found.people:
        raise Refused(
            Sentence(
                f"Ingen tar emot uppdrag för {found.name} i dag. Ange en person, eller rätta personfilen.",
                f"Nobody takes on an assignment for {found.name} today. Name a person, or mend the people file.",
            )
        )
    return found


def whom_to_ask(w: Work, named: str) -> list[Actor]:
    """Who has the assignment now; when they are gone, the case officer, else the registrars, so that it is not lost."""
    found = receiver(w, named).people
    return list(found) or persons_of(w, "case_officer") or persons_of(w, "registrar")


def secretaries(w: Work, body: str) -> list[Actor]:
    """Who keeps the agenda of the body, else the registrars."""
    return w.ask(actors.holders, "secretary", body, w.today) or persons_of(w, "registrar")


def _body_or_none(w: Work, key: str) -> Row | None:
    found = w.conn.execute(select(models.bodies).where(models.bodies.c.key == key.lower())).mappings().first()
    return dict(found) if found else None


def _body(w: Work, key: str) -> Row:
    """The body of this key; raises NotFound, naming one that is near."""
    found = _body_or_none(w, key)
    if found is None:
        near = did_you_mean(key, w.conn.execute(select(models.bodies.c.key)).scalars())
        hint = (f" {near.sv.capitalize()}", f" {near.en.capitalize()}") if near else ("", "")
        raise NotFound(Sentence(f"Organet {key} finns inte.{hint[0]}", f"There is no body {key}.{hint[1]}"))
    return found


def body_key(w: Work, key: str, day: date) -> str:
    """The key of a body that exists on the day; raises NotFound for an unknown one, Refused for one that is no more."""
    found = _body(w, key)
    successions.demand_body(w.conn, found, day)
    return str(found["key"])
