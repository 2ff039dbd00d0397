"""The fields of a case type as a form asks for them, and what may be chosen in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from arende import actors, directory, workdays
from arende.app import App
from arende.casetypes import CaseType, FieldDef
from arende.casewords import RELATIONS, capital, document_words, field_words, round_kind
from arende.operationalplan import STATUS_WORDS
from arende.phrases import STANCES, stance_words
from arende.queries import Connection, Row
from arende.usecases import handovers
from arende.web import labels, worklabels
from arende.web.fields import Choices, Field, Kind
from arende.web.speech import Speech

KINDS: dict[str, Kind] = {
    "text": "long",
    "markdown": "long",
    "integer": "number",
    "decimal": "number",
    "date": "date",
    "boolean": "yesno",
    "party": "choice",
    "parties": "several",
    "body": "choice",
    "bodies": "several",
    "choice": "radio",
}
"""Type of a field → how a form asks for it."""
FEW = 6
"""Choices that are shown as buttons; more become a list."""


def of_step(
    app: App, conn: Connection, rules: CaseType, trigger: str, stored: Mapping[str, Any], t: Speech
) -> list[Field]:
    """What a step (or ``register``) asks for, with the values that still hold."""
    kept = rules.fields_for(trigger, stored, {})
    asked = rules.asked_by(trigger)
    known = _known(app, conn, {f.type for f in asked.values()}, t)
    if any(f.past for f in asked.values()):
        known["past"] = directory.begun_bodies(conn, workdays.local_day(app.clock()), t.lang)
    for group in {f.of for f in asked.values() if f.of}:
        members = {a.key for a in actors.group(conn, group)}
        known[f"of {group}"] = tuple(choice for choice in known["party"] if choice[0] in members)
    return [_field(rules, key, declared, kept.get(key), known, t) for key, declared in asked.items()]


def _known(app: App, conn: Connection, types: set[str], t: Speech) -> dict[str, Choices]:
    today = workdays.local_day(app.clock())
    parties = directory.parties(conn, today) if types & {"party", "parties"} else ()
    bodies = directory.all_bodies(conn, today, t.lang) if types & {"body", "bodies"} else ()
    return {"party": parties, "parties": parties, "body": bodies, "bodies": bodies}


def _field(rules: CaseType, key: str, declared: FieldDef, value: Any, known: Mapping[str, Choices], t: Speech) -> Field:
    chosen = known.get("past" if declared.past else f"of {declared.of}" if declared.of else declared.type, ())
    if declared.choices:
        chosen = tuple((k, capital_of(v.in_(t.lang))) for k, v in declared.choices.items())
    kind: Kind = "text" if declared.type == "text" and declared.pattern else KINDS[declared.type]
    if kind == "radio" and len(chosen) > FEW:
        kind = "choice"
    several = tuple(map(str, value)) if isinstance(value, list) else ()
    shown = "" if value is None or several else str(value).lower() if isinstance(value, bool) else str(value)
    return Field(
        key, t.say(field_words(rules, key)), kind, declared.required, t.say(declared.help), chosen, shown, several,
        most=20_000 if kind in ("text", "long") else 0,
    )  # fmt: skip


def capital_of(words: str) -> str:
    """The words with a capital at their beginning."""
    return words[:1].upper() + words[1:]


def choices(app: App, conn: Connection, rules: CaseType, fields: Row, t: Speech, key: str | None) -> dict[str, Choices]:
    """What the fields of the acts may be filled with, by where they come from."""
    today = workdays.local_day(app.clock())
    kind = round_kind(rules, key) if key else next(iter(_rounds(rules)), "alignment")
    return {
        "staff": directory.staff(conn, today),
        "parties": directory.parties(conn, today),
        "bodies": directory.all_bodies(conn, today, t.lang),
        "successors": _successors(conn, today, handovers.ending(rules, fields), t),
        "stances": tuple(
            (s, capital_of(stance_words(kind, s, t.lang))) for s in STANCES[kind if kind in STANCES else "referral"]
        ),
        "relations": tuple((k, t.say(words)) for k, words in RELATIONS.items()),
        "accesses": tuple((k, t.say(words)) for k, words in worklabels.ACCESSES.items()),
        "documents": documents(rules, t),
        "directions": tuple((k, t.say(words)) for k, words in labels.DIRECTIONS.items()),
        "progress": tuple((k, capital_of(t.say(words))) for k, words in STATUS_WORDS.items()),
    }


def _successors(conn: Connection, today: date, ended: frozenset[str], t: Speech) -> Choices:
    """The bodies that are there when those that end are not: those that begin by the same change, too."""
    return directory.lasting_bodies(conn, today, ended, t.lang) if ended else ()


def _rounds(rules: CaseType) -> list[str]:
    return [e.consultation.kind for tr in rules.transitions for e in tr.then if e.consultation]


def documents(rules: CaseType, t: Speech) -> Choices:
    """The kinds of record that the case type has, and any other."""
    named = tuple((key, t.say(capital(document_words(rules, key)))) for key in rules.documents)
    return (*named, ("other", t("upload_other")))
