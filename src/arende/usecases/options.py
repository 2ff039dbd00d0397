"""What a person may do now: the same judgement as the step itself, asked for all steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from arende import actors, db, machine, models
from arende.app import App
from arende.casetypes import CaseType
from arende.commands import OnCase
from arende.errors import ArendeError, Sentence
from arende.guards import field_title
from arende.terms import Text
from arende.usecases.facts import Standing, gather, refuse_unseen, standing
from arende.usecases.fields import missing, read_value
from arende.work import Work


class Ask(OnCase):
    """A question, never performed: who asks about which case."""

    name = "ask"


@dataclass(frozen=True)
class Choice:
    """A step as it may be offered: refused ones with every sentence why, and what the step asks for."""

    trigger: str
    title: Text
    dest: str
    allowed: bool
    sentences: tuple[Sentence, ...]
    asks: tuple[tuple[str, Sentence, bool], ...]
    """(field, title, required)."""
    comment: str
    help: Text | None = None


@dataclass(frozen=True)
class Offers:
    """What a person may do on a case now, for a page to offer it; every command judges anew."""

    choices: tuple[Choice, ...]
    held: Standing
    """The roles held in the case."""
    colleague: bool
    """Whether the person belongs to the house, and may add notes, documents and relations."""
    conflict: bool
    """Whether a conflict of interest has been declared: then nothing may be done."""


def options_for(app: App, register_no: str, actor: str) -> list[Choice]:
    """Every step of the case's state, judged for this person now; raises what ``offers`` does."""
    return list(offers(app, register_no, actor).choices)


def offers(app: App, register_no: str, actor: str) -> Offers:
    """The steps, and what else the person may do.

    Raises NotFound for an unknown case or person, Forbidden for a case under secrecy that is not theirs.
    """
    with db.reading(app.engine) as conn:
        w = Work(app, Ask(actor=actor, register_no=register_no), conn)
        w.open_case(register_no)
        refuse_unseen(w)
        held = standing(w)
        found = [] if w.case["ending"] else machine.options(w.rules, w.case["state"], gather(w, held))
        conflict = any(c["actor_id"] == w.actor.id for c in w.rows(models.conflicts))
        return Offers(tuple(_choice(w, o) for o in found), held, is_colleague(w, held), conflict)


def is_colleague(w: Work, held: Standing) -> bool:
    """Whether the actor belongs to the house today: holds an office, or a role in the case. The system always does."""
    if w.actor.kind != "person":
        return w.actor.kind != "party"
    return bool(held.all or w.ask(actors.offices_of, w.actor.id, w.today))


def wrong_fields(
    app: App, actor: str, trigger: str, given: Mapping[str, Any], *, register_no: str = "", type_: str = ""
) -> dict[str, Sentence]:
    """What is wrong with each value of a step, or of a registration when there is no case yet, as the step would say.

    A value that is missing counts only where the case has none that still holds.
    """
    with db.reading(app.engine) as conn:
        w = Work(app, Ask(actor=actor, register_no=register_no), conn)
        if register_no:
            w.open_case(register_no)
        rules = w.rules if register_no else app.types.current(type_)
        kept = rules.fields_for(trigger, w.case.get("fields", {}), given)
        wrong = {key: said for key in given if (said := _misfit(w, rules, key, given[key]))}
        asked = rules.asked_by(trigger)
        lacking = {k: missing(rules, k) for k, f in asked.items() if f.required and kept.get(k) in (None, "")}
    return {key: (wrong | lacking)[key] for key in asked if key in wrong or key in lacking}


def _misfit(w: Work, rules: CaseType, key: str, value: object) -> Sentence | None:
    if key not in rules.fields or (value is None and not rules.fields[key].required):
        return None
    try:
        read_value(w, rules, key, rules.fields[key], value)
    except ArendeError as e:
        return e.sentences[0]
    return None


def _choice(w: Work, o: machine.Option) -> Choice:
    rules = w.rules
    asks = tuple(
        (k, Sentence(field_title(rules, k, "sv"), field_title(rules, k, "en")), f.required)
        for k, f in rules.asked_by(o.trigger).items()
    )
    sv, en = (rules.trigger_title(o.trigger, lang, way=o.rule.index) for lang in ("sv", "en"))
    asked = o.rule.transition
    return Choice(o.trigger, Text(sv=sv, en=en), o.dest, o.allowed, o.sentences, asks, asked.comment, asked.help)
