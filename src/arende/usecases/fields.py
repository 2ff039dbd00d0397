"""What people type: titles, free texts and the values of a case's own fields."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from sqlalchemy import select

from arende import actors, models
from arende.actors import Actor
from arende.casetypes import CaseType, FieldDef
from arende.errors import Invalid, Refused, Sentence
from arende.guards import field_title
from arende.prepared import Row
from arende.work import Work

MAX_NOTE = 20_000
"""Characters of a comment."""
MAX_RUNNING = 100_000
"""Characters of a running text: some forty pages."""
MAX_TITLE = 300
"""Characters of a title; the register shows it on one line or two."""


def clean_title(text: str) -> str:
    """A title as one line without control or direction marks; raises Invalid when nothing or too much is left."""
    line = " ".join(_shown(text, keep="").split())
    if not line.strip("\u200d\ufe0f "):
        raise Invalid(
            Sentence("Rubriken är tom. Skriv vad ärendet gäller.", "The title is empty. Say what it is about.")
        )
    if len(line) > MAX_TITLE:
        raise Invalid(
            Sentence(
                f"Rubriken är {len(line)} tecken; högst {MAX_TITLE} får plats. Korta den.",
                f"The title has {len(line)} characters; at most {MAX_TITLE} fit. Shorten it.",
            )
        )
    return line


def clean_text(text: str) -> str:
    """Free text without control or direction marks; line breaks stay."""
    return _shown(text, keep="\n\t").strip()


def clean_note(text: str | None) -> str | None:
    """A comment to an act, or None when nothing was said; raises Invalid when it does not fit."""
    cleaned = clean_text(text) if text else ""
    if len(cleaned) > MAX_NOTE:
        raise Invalid(
            Sentence(
                f"Texten är {len(cleaned)} tecken; högst {MAX_NOTE} får plats. Lägg resten i en handling.",
                f"The text has {len(cleaned)} characters; at most {MAX_NOTE} fit. Put the rest into a document.",
            )
        )
    return cleaned or None


def _shown(text: str, keep: str) -> str:
    """Marks that steer text instead of being text (Cc, Cf, Cs, Zl, Zp) become spaces; emoji joiners stay."""
    return "".join(
        c if c in keep or c in "\u200d\ufe0f" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else " "
        for c in unicodedata.normalize("NFC", text)
    )


def read_fields(w: Work, rules: CaseType, trigger: str, given: dict[str, Any]) -> Row:
    """The values given with a step, as the definition types them; None takes away one that may be lacking.

    Raises Refused for a wrong one.
    """
    found: Row = {}
    for key, value in given.items():
        declared = rules.fields.get(key)
        if declared is None:
            near = get_close_matches(key, rules.fields, 1)
            sv, en = f"Fältet ”{key}” finns inte i ärendetypen.", f'There is no field "{key}" in this case type.'
            known = ", ".join(rules.fields) or "–"
            hint = (f" Den har: {known}.", f" It has: {known}.")
            hint = (f" Menade du {near[0]}?", f" Did you mean {near[0]}?") if near else hint
            raise Refused(Sentence(sv + hint[0], en + hint[1]))
        if declared.set_by and trigger not in declared.set_by:
            sv, en = field_title(rules, key, "sv"), field_title(rules, key, "en")
            raise Refused(
                Sentence(f"”{sv}” anges inte i det här steget.", f'"{en}" is not given in this step.'),
            )
        emptied = value is None and not declared.required
        found[key] = None if emptied else read_value(w, rules, key, declared, value)
    return found


def read_value(w: Work, rules: CaseType, key: str, declared: FieldDef, value: object) -> object:
    """One value by its type, as it is stored (dates as ISO text, decimals as text)."""
    text = str(value).strip() if not isinstance(value, bool) else str(value).lower()
    if isinstance(value, list | tuple):
        text = ",".join(map(str, value))
    try:
        return _READERS[declared.type](w, declared, text)
    except (ValueError, InvalidOperation):
        sv, en = field_title(rules, key, "sv"), field_title(rules, key, "en")
        want_sv, want_en = _WANTED[declared.type]
        if declared.choices:
            want_sv = want_en = ", ".join(declared.choices)
        elif declared.pattern and declared.help:
            want_sv, want_en = (declared.help.in_(lang).removesuffix(".") for lang in ("sv", "en"))
        raise Refused(
            Sentence(
                f"”{text[:80]}” duger inte som ”{sv}”: {want_sv}.", f'"{text[:80]}" does not fit "{en}": {want_en}.'
            )
        ) from None


def _read_text(_: Work, declared: FieldDef, text: str) -> str:
    cleaned = clean_text(text)
    if not cleaned or len(cleaned) > 20_000 or (declared.pattern and not re.fullmatch(declared.pattern, cleaned)):
        raise ValueError
    return cleaned


def _read_markdown(_: Work, __: FieldDef, text: str) -> str:
    cleaned = clean_text(text)
    if not cleaned or len(cleaned) > MAX_RUNNING:
        raise ValueError
    return cleaned


def _read_boolean(_: Work, __: FieldDef, text: str) -> bool:
    words = {"true": True, "ja": True, "yes": True, "false": False, "nej": False, "no": False}
    if text.lower() not in words:
        raise ValueError
    return words[text.lower()]


def _read_decimal(text: str) -> str:
    value = Decimal(text.replace(",", "."))
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise ValueError
    return str(value)


def _read_date(text: str) -> str:
    day = date.fromisoformat(text)
    if not 1800 <= day.year <= 2200:  # a slip of the pen; deadlines are counted from it
        raise ValueError
    return day.isoformat()


def _read_choice(_: Work, declared: FieldDef, text: str) -> str:
    if text not in (declared.choices or {}):
        raise ValueError
    return text


def _read_party(w: Work, declared: FieldDef, text: str) -> str:
    found = live_party(w, text)
    members = w.ask(actors.group, declared.of) if declared.of else [found]
    if found.key in {m.key for m in members}:
        return found.key
    names = ", ".join(m.name for m in members)
    raise Refused(
        Sentence(
            f"{found.name} hör inte till dem som det kan vara: {names}. Välj en av dem.",
            f"{found.name} is not one of those it can be: {names}. Choose one of them.",
        )
    )


def live_party(w: Work, key: str) -> Actor:
    """The party of this key; raises NotFound for an unknown one, and Refused for one that is no more."""
    found = w.ask(actors.party, key)
    if not found.is_active(w.today):
        raise Refused(
            Sentence(
                f"{found.name} finns enligt personfilen till och med den {found.ended_on}, och kan varken tillfrågas "
                "eller få brev. Ange den som har tagit över, eller rätta personfilen.",
                f"{found.name} exists until {found.ended_on} by the people file, and can neither be asked nor written "
                "to. Give whoever has taken over, or mend the people file.",
            )
        )
    return found


def _read_parties(w: Work, _: FieldDef, text: str) -> list[str]:
    """Several parties, each once, in the order given: "municipality_hylte, state_agencies". A group is all in it."""
    groups = set(w.ask(actors.group_keys))
    keys: list[str] = []
    for key in (k for k in re.split(r"[,;\s]+", text) if k):
        keys += [p.key for p in w.ask(actors.group, key)] if key in groups else [live_party(w, key).key]
    if not keys:
        raise ValueError
    return list(dict.fromkeys(keys))


def _read_bodies(w: Work, declared: FieldDef, text: str) -> list[str]:
    """Several bodies, each once: "ln_hylte, ln_laholm"."""
    keys = [_read_body(w, declared, key) for key in re.split(r"[,;\s]+", text) if key]
    if not keys:
        raise ValueError
    return list(dict.fromkeys(keys))


def _read_body(w: Work, declared: FieldDef, text: str) -> str:
    known = w.conn.execute(select(models.bodies).where(models.bodies.c.key == text.lower())).mappings().first()
    if known is None or (known["valid_from"] or date.min) > w.today:
        raise ValueError
    if not declared.past and (known["valid_to"] or date.max) < w.today:
        raise ValueError
    return str(known["key"])


_READERS: dict[str, Any] = {
    "text": _read_text,
    "markdown": _read_markdown,
    "integer": lambda _, __, text: int(text),
    "decimal": lambda _, __, text: _read_decimal(text),
    "date": lambda _, __, text: _read_date(text),
    "boolean": _read_boolean,
    "choice": _read_choice,
    "party": _read_party,
    "parties": _read_parties,
    "body": _read_body,
    "bodies": _read_bodies,
}
_WANTED = {
    "text": ("en text", "a text"),
    "markdown": ("text i Markdown, högst 100 000 tecken", "text in Markdown, at most 100,000 characters"),
    "integer": ("ett heltal", "a whole number"),
    "decimal": ("ett tal", "a number"),
    "date": ("ett datum som 2020-09-02", "a date like 2020-09-02"),
    "boolean": ("ja eller nej", "yes or no"),
    "choice": ("något av valen", "one of the choices"),
    "party": ("en part i personfilen", "a party of the people file"),
    "parties": ("parter i personfilen, med komma emellan", "parties of the people file, separated by commas"),
    "body": (
        "ett organ som finns den dagen; har det upphört, välj det som har tagit över (3 kap. 3–4 §§ kommunallagen)",
        "a body that exists on that day; if it has ended, the one that has taken over (KL 3:3–4)",
    ),
    "bodies": (
        "organ som finns den dagen, med komma emellan; har ett upphört, det som har tagit över (KL 3:3–4)",
        "bodies that exist on that day, separated by commas; if one has ended, the one that has taken over (KL 3:3–4)",
    ),
}


def missing(rules: CaseType, key: str) -> Sentence:
    """That a value is missing, with its title and its key."""
    sv, en = field_title(rules, key, "sv"), field_title(rules, key, "en")
    return Sentence(f"Uppgiften ”{sv}” ({key}) saknas. Fyll i den.", f'The value "{en}" ({key}) is missing. Give it.')
