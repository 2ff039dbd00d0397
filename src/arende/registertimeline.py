"""How the register's own events are told: post on paper, void numbers, merged cases, moved records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from arende.casewords import day_words, row
from arende.errors import Sentence


def _post_received(t: Any) -> Sentence:
    said = t.payload
    who = t.name(said["party"]) if said.get("party") else str(said.get("from") or "?")
    day = day_words(said.get("arrived_on")) or Sentence("?", "?")
    numbers = [str(n) for n in said.get("records") or ()]
    sv, en = ("handling", "record") if len(numbers) == 1 else ("handlingar", "records")
    return Sentence(
        f"Ett brev på papper kom in från {who} {day.sv} ({sv} {row(numbers, 'och')}).",
        f"A letter on paper came in from {who} on {day.en} ({en} {row(numbers, 'and')}).",
    )


def _voided(t: Any) -> Sentence:
    return Sentence(f"{t.who.sv} makulerade numret.", f"{t.who.en} made the number void.")


def _merged(t: Any) -> Sentence:
    into = t.payload["into"]
    return Sentence(f"{t.who.sv} lät ärendet gå upp i {into}.", f"{t.who.en} merged the case into {into}.")


def _joined(t: Any) -> Sentence:
    other = t.payload["from"]
    return Sentence(f"{other} gick upp i det här ärendet.", f"{other} was merged into this case.")


def _named(t: Any) -> Sentence:
    bodies, to, on = [t.name(b) for b in t.payload["bodies"]], t.name(t.payload["to"]), day_words(t.payload["on"])
    remains = [r["register_no"] for r in t.payload["remains"]]
    day = on or Sentence("", "")
    told = Sentence(
        f"{t.who.sv} förde in att {to} tar över efter {row(bodies, 'och')} från {day.sv}.",
        f"{t.who.en} entered that {to} follows {row(bodies, 'and')} from {day.en}.",
    )
    return _and_by_hand(
        told, Sentence("Att göra klart för hand dessförinnan", "To be finished by hand before that"), remains
    )


def _handed_over(t: Any) -> Sentence:
    moved, remains = list(t.payload["moved"]), [r["register_no"] for r in t.payload["remains"]]
    to = t.name(t.payload["to"])
    sv, en = (row(moved, "och"), row(moved, "and")) if moved else ("inget ärende", "no case")
    told = Sentence(f"{t.who.sv} förde över {sv} till {to}.", f"{t.who.en} moved {en} to {to}.")
    if seats := len(t.payload.get("members") or ()):
        told = Sentence(f"{told.sv} {seats} uppdrag gick över.", f"{told.en} {seats} seats passed on.")
    return _and_by_hand(told, Sentence("Kvar att göra för hand", "Left to do by hand"), remains)


def _and_by_hand(told: Sentence, what: Sentence, remains: list[str]) -> Sentence:
    """What was told, and the cases that a person has to see to."""
    if not remains:
        return told
    return Sentence(
        f"{told.sv} {what.sv}: {row(remains, 'och')}.",
        f"{told.en} {what.en}: {row(remains, 'and')}.",
    )


def _received(t: Any) -> Sentence:
    bodies, to, other = [t.name(b) for b in t.payload["bodies"]], t.name(t.payload["to"]), t.payload["from"]
    asked = list(dict.fromkeys(t.name(key) for key in t.payload.get("asked") or ()))
    more = Sentence("", "")
    if asked:
        more = Sentence(f" Frågan ställs nu till {row(asked, 'och')}.", f" {row(asked, 'and')} is asked now.")
    return Sentence(
        f"Ärendet gick över till {to}: organ som upphör är {row(bodies, 'och')} ({other}).{more.sv}",
        f"The case passed to {to}: {row(bodies, 'and')} end ({other}).{more.en}",
    )


def _moved(t: Any) -> Sentence:
    n, to = t.payload["record_no"], t.payload["to"]
    return Sentence(f"{t.who.sv} flyttade handling {n} till {to}.", f"{t.who.en} moved record {n} to {to}.")


def _taken(t: Any) -> Sentence:
    n, there, other = (t.payload[k] for k in ("record_no", "record_there", "from"))
    return Sentence(
        f"{t.who.sv} flyttade hit handling {there} ur {other}, här handling {n}.",
        f"{t.who.en} moved record {there} of {other} here, as record {n}.",
    )


TELLERS: dict[str, Callable[[Any], Sentence]] = {
    "post:received": _post_received,
    "case:voided": _voided,
    "case:merged": _merged,
    "case:joined": _joined,
    "organisation:successor:named": _named,
    "organisation:handed_over": _handed_over,
    "case:handed_over": _received,
    "record:moved": _moved,
    "record:taken": _taken,
}
