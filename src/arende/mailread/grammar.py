"""What a reply decides: a strict grammar, since a decision must never be guessed.

The first line of what the writer wrote begins with a decision word that stands alone, or is followed by one of
``. ! , : –`` and a comment; a question, which decides nothing, needs no separator. Anything else is held for a person:
a word of another sort anywhere, a condition on an approval, characters that could not be read. A hold costs its writer
a click, a guess would cost a decision.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from arende.mailread.held import Held
from arende.mailread.trimmer import Trimmed

if TYPE_CHECKING:
    from arende.commands import Decision


class Reading(NamedTuple):
    """What a text decides. Exactly one of ``decision`` and ``held_reason`` is set."""

    decision: Decision | None
    comment: str
    """What was written besides the decision word; of a held text all of it."""
    held_reason: Held | None


WORDS: dict[Decision, tuple[str, ...]] = {
    "approve": ("godkänn", "godkänner", "godkänns", "godkännes", "godkänt", "bifall", "approve", "approved"),
    "reject": ("avslå", "avslås", "avslag", "reject", "rejected"),
    "return": ("återremiss", "återremittera", "återremitteras", "return", "remit"),
    "recuse": ("jäv", "jävig", "recuse"),
}
QUESTION = ("fråga", "question")
"""Goes to the case officer and decides nothing."""

_ASCII = str.maketrans("åäö", "aao")
"""How the words are typed on a foreign keyboard: godkann, avsla, aterremiss."""
_CLASS: dict[str, Decision] = {
    spelled: decision for decision, found in WORDS.items() for w in found for spelled in (w, w.translate(_ASCII))
}
_ASKS = {spelled for w in QUESTION for spelled in (w, w.translate(_ASCII))}

_FIRST = re.compile(
    r"[*_]{0,3}([^\W\d_]{2,20})[*_]{0,3}(?:[ \t]*(?:!{1,5}|[.,:–—-])[*_]{0,3}(?=\s|\Z)|[ \t]*[:–—]|[ \t]+-|\Z)"
)
"""The word, alone on its line or with a separator. A point or hyphen inside a word is none: "return-path"."""

_ASKING = re.compile(r"[*_]{0,3}([^\W\d_]{2,20})[*_]{0,3}[ \t]+(?=\S)")
"""A word before more of a sentence. A question decides nothing, so it needs no separator: "Fråga Vad kostar det?"."""

_STEMS: dict[str, Decision] = {
    "godkän": "approve", "godkan": "approve", "bifall": "approve", "approv": "approve",
    "avslå": "reject", "avsla": "reject", "avstyrk": "reject", "reject": "reject",
    "återremi": "return", "aterremi": "return", "remit": "return",
    "jävig": "recuse", "javig": "recuse", "recus": "recuse",
}  # fmt: skip
"""How words that would contradict begin. *Jäv* alone is an ordinary word in a comment and counts only when first."""
_WHOLE: dict[str, Decision] = {"return": "return", "returned": "return"}
_WORN = frozenset(("jäv", "jav", "return", "remit"))
"""Words that stand in signatures without meaning anything."""


def _words(listed: str) -> list[str]:
    return listed.split()


_CONDITIONS = frozenset(
    _words("""
    inte ej icke men utom förutom förutsatt förutsättning förutsättningen villkor villkoret villkorat förbehåll dock
    endast bara först fast förrän vänta väntar avvakta avvaktar snart innan tills såvida ändra ändras ändrar ändring
    ändringen ändringar ändringarna stryk stryka stryker stryks struken struket strukna justera justeras komplettera
    kompletteras kompletterat undantag undantaget undantagen exklusive aldrig ännu nej ingen inget inga
    förutsätter förutsättningar förutsättningarna antar reservation reservationer delvis halvt preliminärt tveksam
    tveksamt tvekar osäker nja stopp stoppa fel glöm ångrar ångrat ångrade avstår avböjer bordlägg bordlägga bordläggs
    förkasta förkastas neka nekas tillbaka jäv jäven jävet jävs jävsfråga jävsfrågan jav intressekonflikt
    not but except excluding unless provided however only condition conditions conditional conditionally if until never
    no none cannot subject nor don't doesn't isn't can't won't
    wait first before change changes changed remove removed amend amended amendment
    partly partially reservation reservations pending assuming assumes hold stop back decline declined deny denied
    abstain undecided unsure mistake tentatively preliminary conflict
    """)
)
"""In the comment of a yes each of these may take it back, or limit it. A hold costs the writer a click."""
_CONDITION_FIRST = frozenset(_words("om ifall när efter sedan utan when after once without"))
_NEGATIONS = frozenset(_words("nej inte ej icke ingen inget inga aldrig no not none never isn't don't"))
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def decide(written: Trimmed) -> Reading:
    """What somebody decided by writing this."""
    text = written.text
    found = _first_word(text)
    if found is None:
        return Reading(None, text, _why_not(written))
    word, comment = found
    if word in _ASKS:
        return Reading(None, comment, Held.QUESTION)
    decision = _CLASS[word]
    held = _unsafe(written) or _doubt(decision, comment, written)
    return Reading(None, text, held) if held else Reading(decision, comment, None)


def _first_word(text: str) -> tuple[str, str] | None:
    """(the word that begins the text, what follows it), or None when it begins in any other way."""
    first, _, below = text.lstrip().partition("\n")
    found = _FIRST.match(first.strip())
    if not found and (asking := _ASKING.match(first.strip())) and _folded(asking[1]) in _ASKS:
        return _folded(asking[1]), f"{first.strip()[asking.end() :]}\n{below}".strip()
    if not found or (word := _folded(found[1])) not in _CLASS.keys() | _ASKS:
        return None
    after = first.strip()[found.end() :]
    if after.lstrip().startswith((".", "?", "…", "!?")):  # "Godkänn..." hesitates
        return None
    return word, f"{after.strip()}\n{below}".strip()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _why_not(written: Trimmed) -> Held:
    if written.cut:
        return Held.TOO_LONG
    if not written.text:
        return Held.NO_TEXT
    return Held.UNREADABLE if _unreadable(written.text) else Held.NO_WORD


def _unsafe(written: Trimmed) -> Held | None:
    if written.cut:
        return Held.TOO_LONG
    return Held.UNREADABLE if _unreadable(written.text) else None


def _unreadable(text: str) -> bool:
    """Whether signs were lost on the way, or the first line holds some that make it look like another."""
    first = text.partition("\n")[0]
    return "\ufffd" in text or any(unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\t" for c in first)


def _doubt(decision: Decision, comment: str, written: Trimmed) -> Held | None:
    """Whether anything else that was written speaks against the decision."""
    own, beside = _tokens(comment), _tokens(written.beside)
    said = {_class_of(t) for t in (*own, *beside)} | {
        _CLASS.get(t) for t in _tokens(written.signature) if t not in _WORN
    }
    if said - {None, decision}:
        return Held.CONTRADICTORY
    if decision == "approve" and (_CONDITIONS & {*own, *beside} or _CONDITION_FIRST & {*own[:1]}):
        return Held.CONDITIONAL
    if (own and set(own) <= _NEGATIONS) or (decision == "recuse" and _NEGATIONS & {*own, *beside}):
        return Held.NEGATED
    return None


def _tokens(text: str) -> list[str]:
    return [t.replace("’", "'") for t in _TOKEN.findall(_folded(text))]


def _class_of(token: str) -> Decision | None:
    if token in _WHOLE:
        return _WHOLE[token]
    return next((decision for stem, decision in _STEMS.items() if token.startswith(stem)), None)
