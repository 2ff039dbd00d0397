"""How events of plans are told: the way to a meeting, and versions and follow-up of an operational plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from arende.casewords import day_words
from arende.errors import Sentence
from arende.operationalplan import STATUS_WORDS
from arende.plansource import encoding_words


def _kept(t: Any) -> Sentence:
    body, day = t.name(t.payload["to"]), day_words(t.payload["meeting"]) or Sentence("?", "?")
    missed = len(t.payload["missed"])
    late = (f" {missed} steg hinns inte.", f" {missed} step(s) can no longer be made.") if missed else ("", "")
    if t.payload.get("reason"):
        return Sentence(
            f"Tidplanen gjordes om, till {body} {day.sv}.{late[0]}", f"Planned anew, to {body} {day.en}.{late[1]}"
        )
    return Sentence(
        f"{t.who.sv} lade en tidplan till {body} {day.sv}.{late[0]}",
        f"{t.who.en} planned the case to {body} {day.en}.{late[1]}",
    )


def _dropped(t: Any) -> Sentence:
    body, day = t.name(t.payload["to"]), day_words(t.payload["meeting"]) or Sentence("?", "?")
    why = f" {t.payload['reason']}" if t.payload.get("reason") else ""
    return Sentence(
        f"{t.who.sv} tog bort tidplanen till {body} {day.sv}.{why}",
        f"{t.who.en} took away the plan to {body} {day.en}.{why}",
    )


def _imported(t: Any) -> Sentence:
    n, counts = t.payload["version"], t.payload["counts"]
    found, doubted = counts["activity"], counts["uncertain"]
    sv = f" {doubted} delar behöver ses över." if doubted else ""
    en = f" {doubted} parts need to be looked at." if doubted else ""
    if read_as := t.payload.get("encoding"):
        told = encoding_words(read_as)
        sv, en = f"{sv} {told.sv}", f"{en} {told.en}"
    return Sentence(
        f"{t.who.sv} läste in version {n} av planen med {found} aktiviteter.{sv}",
        f"{t.who.en} read in version {n} of the plan with {found} activities.{en}",
    )


def _followed_up(t: Any) -> Sentence:
    key, status = t.payload["activity"], STATUS_WORDS[t.payload["status"]]
    return Sentence(
        f"{t.who.sv} följde upp aktivitet {key}: {status.sv}.", f"{t.who.en} followed up activity {key}: {status.en}."
    )


def _tied(t: Any) -> Sentence:
    key, other = t.payload["activity"], t.payload["other"]
    return Sentence(
        f"{t.who.sv} knöt {other} till aktivitet {key}.", f"{t.who.en} tied {other} to activity {key}."
    )  # fmt: skip


TELLERS: dict[str, Callable[[Any], Sentence]] = {
    "plan:kept": _kept,
    "plan:dropped": _dropped,
    "plan:imported": _imported,
    "plan:followed_up": _followed_up,
    "plan:case:tied": _tied,
}
