"""What mails and letters tell of a decision: who took it, when, and how it is appealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from arende import actors as people
from arende import phrases, queries, workdays
from arende.letterwords import AppealWords
from arende.mailwords import Decided
from arende.prepared import Row
from arende.statetypes import DecisionDef
from arende.usecases import lawfacts, successions
from arende.work import Work


class Court(NamedTuple):
    """A court by name, and where a letter to it goes; None where the people file does not say."""

    name: str
    address: str | None


def court(w: Work, kind: str = "administrative_court", language: str = "sv") -> Court:
    """The court that tries the decision: as the people file calls it, else by its kind."""
    named = (_authority(w).get("courts") or {}).get(kind)
    if named:
        return Court(named["name"], named.get("address"))
    return Court(phrases.COURTS[kind].in_(language), None)


def _authority(w: Work) -> Mapping[str, Any]:
    return w.ask(queries.authority)["data"] or {}


# ---------------------------------------------------------------- how it is appealed


def appeal_of_step(w: Work, step: Row, language: str) -> str | None:
    """How to appeal, where the step led to a decision or sends one out (KL 13:5; FL 33 §)."""
    declared = _decision(w, step)
    a = declared.appeal_by(lawfacts.regime(w)) if declared is not None else None
    if a is None:
        return None
    return phrases.appeal_words(a.text, a.weeks, a.reason, language, court(w, a.court, language).name)


def _decision(w: Work, step: Row) -> DecisionDef | None:
    for state in (step.get("to"), step.get("from")):
        if (known := w.rules.states.get(state or "")) is not None and known.decision is not None:
            return known.decision
    sent = (s.decision for s in w.rules.states.values() if s.decision is not None)
    return next((d for d in sent if d.delivered_by == step.get("trigger")), None)


def tried_by(w: Work, language: str = "sv") -> str | None:
    """The court that tries the case's decisions, by name; None where the case has none that is appealed."""
    declared = next((s.decision for s in w.rules.states.values() if s.decision is not None), None)
    a = declared.appeal_by(lawfacts.regime(w)) if declared is not None else None
    return None if a is None or a.text == "none" else court(w, a.court, language).name


def appeal(w: Work) -> AppealWords | None:
    """How to appeal: of the state that the case is in, else of its first decision."""
    states = w.rules.states
    here = [s for s in (w.case["state"], *states) if s in states and states[s].decision is not None]
    declared = states[here[0]].decision if here else None
    a = declared.appeal_by(lawfacts.regime(w)) if declared is not None else None
    if a is None:
        return None
    tries = court(w, a.court)
    return AppealWords(
        text=a.text,
        weeks=a.weeks,
        weeks_in_words=phrases.weeks_words(a.weeks),
        in_words=phrases.appeal_words(a.text, a.weeks, a.reason, court=tries.name),
        court=tries.name,
        court_address=tries.address,
        our_address=_authority(w).get("email"),
        reason=a.reason,
    )


# ---------------------------------------------------------------- who decided


def decided(w: Work, language: str = "sv") -> Decided | None:
    """The decision that the case rests on: of a case of its own, else of the meeting that its fields tell of."""
    return _elsewhere(w) or _at_meeting(w, language)


def _at_meeting(w: Work, language: str) -> Decided | None:
    """Of the last meeting that decides, not of one that prepares."""
    fields = w.case["fields"]
    for name, state in reversed(w.rules.states.items()):
        at = state.at_meeting
        if at is None or not at.section or not fields.get(at.section) or not _decides(w, name, at.outcomes.values()):
            continue
        body = at.body or fields.get(at.body_from or "")
        day = fields.get(at.date or "")
        section = str(fields[at.section]).removeprefix("§").strip()
        spoken = workdays.full_date(date.fromisoformat(day), language) if day else None
        told = f"§ {section}" if set(section) & set("123456789") else None  # a source may tell the day alone
        return Decided(body=_body_names(w).get(body, body), date=spoken, section=told)
    return None


def _body_names(w: Work) -> dict[str, str]:
    return {**w.ask(queries.body_names), **w.ask(people.names)}


def _elsewhere(w: Work) -> Decided | None:
    """The decision that a case of its own holds, where the case rests on one: taken by a person for the board."""
    row = lawfacts.urgent_decision(w)
    if row is None:
        return None
    who = w.ask(people.by_id, row["decided_by_id"])
    board = unit_of_series(w) or w.authority[1]
    return Decided(
        body=f"{board} genom {who.name} (brådskande ärende, 6 kap. 39 § kommunallagen)",
        date=workdays.full_date(workdays.local_day(row["decided_at"])),
        section=f"ärende {row['register_no']}",
    )


def _decides(w: Work, state: str, outcomes: Iterable[str]) -> bool:
    """Whether what a meeting arrives at, while the case is there, leads to a decision."""
    led = {r.dest for r in w.rules.rows if r.source == state and r.transition.name in outcomes}
    return any(w.rules.states[to].decision is not None for to in led if to in w.rules.states)


def unit_of_series(w: Work) -> str | None:
    """The body whose diary series the case is in, or the one that has taken over from it."""
    owner = successions.of_series(w, w.rules.register_)
    found = (successions.following(w.conn, owner, w.today) or owner) if owner else None
    return str(found["name_sv"]) if found else None
