"""What a person may do now: the same judgement as the step itself, asked for all steps."""

from __future__ import annotations

from dataclasses import dataclass

from arende import db, machine
from arende.app import App
from arende.commands import OnCase
from arende.errors import Sentence
from arende.guards import field_title
from arende.terms import Text
from arende.usecases.facts import gather, refuse_unseen, standing
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


def options_for(app: App, register_no: str, actor: str) -> list[Choice]:
    """Every step of the case's state, judged for this person now.

    Raises NotFound for an unknown case or person, Forbidden for a case under secrecy that is not theirs.
    """
    with db.reading(app.engine) as conn:
        w = Work(app, Ask(actor=actor, register_no=register_no), conn)
        w.open_case(register_no)
        refuse_unseen(w)
        facts = gather(w, standing(w))
        found = machine.options(w.rules, w.case["state"], facts)
        return [_choice(w, o) for o in found]


def _choice(w: Work, o: machine.Option) -> Choice:
    rules = w.rules
    transition = next(
        t for t in rules.transitions if t.trigger == o.trigger and (w.case["state"] in t.from_ or t.from_ == ("*",))
    )
    asks = tuple(
        (k, Sentence(field_title(rules, k, "sv"), field_title(rules, k, "en")), f.required)
        for k, f in rules.asked_by(o.trigger).items()
    )
    title = Text(sv=rules.trigger_title(o.trigger), en=rules.trigger_title(o.trigger, "en"))
    return Choice(o.trigger, title, o.dest, o.allowed, o.sentences, asks, transition.comment)
