"""Whom a round asks: a group of the people file, parties one by one, or only those chosen at the step."""

from __future__ import annotations

from arende import actors
from arende.actors import Actor
from arende.effecttypes import ConsultationEffect
from arende.errors import NotFound, Refused, Sentence
from arende.work import Work


def asked(w: Work, effect: ConsultationEffect) -> list[Actor]:
    """The parties to ask, each once, in order. Raises Refused when there are none, or one outside those declared."""
    names = (effect.parties,) if isinstance(effect.parties, str) else effect.parties
    grouped = isinstance(effect.parties, str)
    everybody = (p for name in names for p in (w.ask(actors.group, name) if grouped else named(w, name)))
    found = list({p.id: p for p in everybody}.values())
    chosen = w.case["fields"].get(effect.only) if effect.only else None
    if chosen:
        found = _only(w, found, list(chosen))
    if not found:
        raise Refused(
            Sentence(
                "Gruppen av parter är tom. Lägg in parterna i personfilen först.",
                "The group of parties is empty. Enter the parties in the people file first.",
            )
        )
    return found


def named(w: Work, name: str) -> list[Actor]:
    """One party, or the parties of a group. Raises NotFound."""
    try:
        return [w.ask(actors.actor, name)]
    except NotFound:
        return w.ask(actors.group, name)


def _only(w: Work, declared: list[Actor], chosen: list[str]) -> list[Actor]:
    """Those chosen, in the order chosen."""
    by_key = {p.key: p for p in declared}
    outside = [w.ask(actors.party, key).name for key in chosen if key not in by_key]
    if outside:
        raise Refused(
            Sentence(
                f"{', '.join(outside)} hör inte till dem som kan tillfrågas här. Välj bland: {', '.join(by_key)}.",
                f"{', '.join(outside)} is not among those who can be asked here. Choose among: {', '.join(by_key)}.",
            )
        )
    return [by_key[key] for key in chosen]
