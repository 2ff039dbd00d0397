"""Fixed phrases of the law and the trade: what each act, each stance and each way to appeal is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from arende.errors import Sentence


@dataclass(frozen=True, slots=True)
class ActWords:
    """An act as people name it: the noun of the subject line, the answer yes, why now, and what silence leads to."""

    noun: str
    yes: str
    why: str
    if_nothing: str


ACTS: dict[str, dict[str, ActWords]] = {
    "clearance": {
        "sv": ActWords(
            "Klartecken",
            "Klart – skicka vidare",
            "Ärendet kan inte gå vidare utan ditt klartecken.",
            "Om ingen svarar blir ärendet liggande och handläggarens chef får veta det.",
        ),
        "en": ActWords(
            "Clearance",
            "Clear – send on",
            "The case cannot go on without your clearance.",
            "If nobody answers, the case stays where it is and the officer's manager is told.",
        ),
    },
    "agenda_clearance": {
        "sv": ActWords(
            "Klartecken",
            "Ta upp på sammanträdet",
            "Ärendet är färdigt för sammanträdet och tas upp först när du har gett klartecken.",
            "Om ingen svarar tas ärendet inte upp, och handläggarens chef får veta det.",
        ),
        "en": ActWords(
            "Clearance",
            "Take up at the meeting",
            "The matter is ready for the meeting and is taken up only when you have cleared it.",
            "If nobody answers, the matter is not taken up and the officer's manager is told.",
        ),
    },
    "delegated_decision": {
        "sv": ActWords(
            "Beslut på delegation",
            "Besluta enligt förslaget",
            "Beslutet är delegerat till dig.",
            "Om ingen svarar fattas inget beslut, och handläggarens chef får veta det.",
        ),
        "en": ActWords(
            "Delegated decision",
            "Decide as proposed",
            "The decision is delegated to you.",
            "If nobody answers, no decision is taken and the officer's manager is told.",
        ),
    },
    "urgent_decision": {
        "sv": ActWords(
            "Brådskande beslut",
            "Besluta på nämndens vägnar",
            "Saken är så brådskande att nämndens sammanträde inte kan avvaktas.",
            "Om ingen svarar fattas inget beslut, och handläggarens chef får veta det.",
        ),
        "en": ActWords(
            "Urgent decision",
            "Decide on behalf of the board",
            "The matter is so urgent that the board's meeting cannot be awaited.",
            "If nobody answers, no decision is taken and the officer's manager is told.",
        ),
    },
    "signature": {
        "sv": ActWords(
            "Underskrift",
            "Skriv under",
            "Handlingen är klar och väntar på din underskrift.",
            "Om ingen svarar sänds handlingen inte i väg, och handläggarens chef får veta det.",
        ),
        "en": ActWords(
            "Signature",
            "Sign",
            "The document is ready and awaits your signature.",
            "If nobody answers, the document is not sent and the officer's manager is told.",
        ),
    },
    "minutes": {
        "sv": ActWords(
            "Justering",
            "Justera protokollet",
            "Protokollet ska justeras senast 14 dagar efter sammanträdet.",
            "Om ingen svarar får sekreteraren veta det; justeringen går inte över till någon annan.",
        ),
        "en": ActWords(
            "Approval of minutes",
            "Approve the minutes",
            "The minutes are to be approved within 14 days of the meeting.",
            "If nobody answers, the secretary is told; the approval is never handed over.",
        ),
    },
}
"""The words of each act (KL 6:37, 6:39; domain practice). There is no universal "approve"."""

REPLY_WORDS: dict[str, dict[str, str]] = {
    "approve": {"sv": "GODKÄNN", "en": "APPROVE"},
    "return": {"sv": "ÅTERREMISS", "en": "RETURN"},
    "reject": {"sv": "AVSLÅ", "en": "REJECT"},
    "ask": {"sv": "FRÅGA", "en": "QUESTION"},
    "recuse": {"sv": "JÄV", "en": "RECUSE"},
}
"""The word that a reply by mail begins with, for each class of answer."""

DECIDING_WORD = (
    "(?:godk[äa]nn|godk[äa]nner|godk[äa]nns|godk[äa]nnes|godk[äa]nt|bifall|approved?|avsl[åa]s?|avslag|reject|rejected"
    "|[åa]terremiss|[åa]terremittera|[åa]terremitteras|return|remit|j[äa]v|j[äa]vig|recuse|fr[åa]ga|question)"
)
DECIDING = re.compile(rf"[*_]*{DECIDING_WORD}[*_]*(?=\s*(?:[.,!:–—<-]|\Z))", re.IGNORECASE)
"""A word that decides where it stands first in a reply, alone or before a comment. No line of our own mails may begin
with one: a quoted line must never decide, even where a mail program has lost the mark of quotation."""


def reply_words(answers: Iterable[str], language: str) -> str:
    """The words that may begin a reply, besides yes for each of ``answers``: "GODKÄNN, AVSLÅ, FRÅGA eller JÄV"."""
    *first, last = (REPLY_WORDS[c][language] for c in ("approve", *answers, "ask", "recuse"))
    return f"{', '.join(first)} {'or' if language == 'en' else 'eller'} {last}"


STANCES: dict[str, dict[str, dict[str, str]]] = {
    "alignment": {
        "supports": {"sv": "ställer sig bakom", "en": "supports"},
        "supports_with_comments": {"sv": "ställer sig bakom med synpunkter", "en": "supports, with comments"},
        "opposes": {"sv": "ställer sig inte bakom", "en": "does not support"},
        "will_return": {"sv": "återkommer", "en": "will return"},
        "abstains": {"sv": "avstår", "en": "abstains"},
        "no_objection": {"sv": "ingen erinran", "en": "no objection"},
    },
    "referral": {
        "supports": {"sv": "tillstyrker", "en": "recommends approval"},
        "supports_with_comments": {"sv": "tillstyrker med synpunkter", "en": "recommends approval, with comments"},
        "opposes": {"sv": "avstyrker", "en": "advises against"},
        "no_objection": {"sv": "ingen erinran", "en": "no objection"},
        "abstains": {"sv": "avstår", "en": "abstains"},
        "will_return": {"sv": "återkommer", "en": "will return"},
    },
    "decision": {
        "supports": {"sv": "har beslutat enligt texten", "en": "has decided on the text"},
        "opposes": {"sv": "har beslutat att inte delta", "en": "has decided not to take part"},
        "supports_with_comments": {"sv": "har beslutat med en annan lydelse", "en": "has decided on other words"},
        "will_return": {"sv": "återkommer", "en": "will return"},
        "abstains": {"sv": "avstår", "en": "abstains"},
        "no_objection": {"sv": "ingen erinran", "en": "no objection"},
    },
}
"""Every stance in words, by kind of round; a statutory consultation uses the words of a referral."""

_NOT_OFFERED = {
    "alignment": ("no_objection",), "referral": ("will_return",), "decision": ("abstains", "no_objection"),
}  # fmt: skip
"""Understood when a party says it, but not among the answers that are asked for."""


_WEEKS = {"sv": ("noll", "en vecka", "två veckor", "tre veckor", "fyra veckor"),
          "en": ("no time", "one week", "two weeks", "three weeks", "four weeks")}  # fmt: skip


def weeks_words(weeks: int, language: str = "sv") -> str:
    """So many weeks in words: "tre veckor"."""
    if weeks < len(_WEEKS["sv"]):
        return _WEEKS["en" if language == "en" else "sv"][weeks]
    return f"{weeks} weeks" if language == "en" else f"{weeks} veckor"


COURTS = {
    "administrative_court": Sentence("förvaltningsrätten", "the administrative court"),
    "administrative_court_of_appeal": Sentence("kammarrätten", "the administrative court of appeal"),
}
"""The courts that try decisions, where the people file does not say what they are called."""


def appeal_words(
    text: str, weeks: int, reason: str | None = None, language: str = "sv", court: str | None = None
) -> str:
    """The appeal instructions of the regime: laglighetsprövning (KL 13:1–8) or förvaltningsbesvär (FL 40–46 §§)."""
    sv, en = weeks_words(weeks), weeks_words(weeks, "en")
    court = court or COURTS["administrative_court"].in_(language)
    if text == "legality_review":
        said = Sentence(
            "Den som är medlem av regionen kan överklaga beslutet genom laglighetsprövning (13 kap. kommunallagen). "
            f"Överklagandet ska vara skriftligt och skickas till {court}. Det ska ha kommit in dit inom {sv} från den "
            "dag då det tillkännagavs på regionens anslagstavla att protokollet över beslutet är justerat.",
            "A member of the region may have the lawfulness of the decision reviewed (chapter 13 of the Local "
            f"Government Act). The appeal must be in writing and is sent to {court}. It must have reached the court "
            f"within {en} of the day when the region's notice board announced that the minutes of the decision were "
            "approved.",
        )
    elif text == "administrative_appeal":
        said = Sentence(
            "Om beslutet har gått er emot kan ni överklaga det. Överklagandet ska vara skriftligt och ställas till "
            f"{court}, men skickas till regionen. Det ska ha kommit in till regionen inom {sv} från den dag då ni fick "
            "del av beslutet (40–44 §§ förvaltningslagen).",
            "If the decision has gone against you, you may appeal it. The appeal must be in writing and addressed to "
            f"{court}, but is sent to the region. It must have reached the region within {en} of the day when you "
            "received the decision (sections 40–44 of the Administrative Procedure Act).",
        )
    else:
        said = Sentence(
            f"Beslutet kan inte överklagas. {reason or ''}".strip(),
            f"The decision cannot be appealed. {reason or ''}".strip(),
        )
    return said.in_(language)


def offered(kind: str) -> tuple[str, ...]:
    """The stances that a party is asked to choose among in a round of this kind."""
    kind = kind if kind in STANCES else "referral"
    return tuple(s for s in STANCES[kind] if s not in _NOT_OFFERED[kind])


def stances(kind: str, language: str = "sv") -> tuple[str, ...]:
    """The answers a party is asked to choose among in a round of this kind, in words."""
    return tuple(stance_words(kind, s, language) for s in offered(kind))


def stance_words(kind: str, stance: str, language: str = "sv") -> str:
    """A stance in words: ("alignment", "opposes") → "ställer sig inte bakom"."""
    words = STANCES[kind if kind in STANCES else "referral"]
    return words[stance]["en" if language == "en" else "sv"]


ANSWERS: dict[str, dict[str, Sentence]] = {
    "clearance": {"return": Sentence("Skicka tillbaka", "Send back"), "reject": Sentence("Inte nu", "Not now")},
    "agenda_clearance": {
        "return": Sentence("Skicka tillbaka", "Send back"),
        "reject": Sentence("Ta inte upp nu", "Do not take up now"),
    },
    "delegated_decision": {"reject": Sentence("Lämna till nämnden", "Leave to the board")},
    "urgent_decision": {"reject": Sentence("Lämna till nämnden", "Leave to the board")},
    "signature": {"return": Sentence("Skicka tillbaka", "Send back")},
    "minutes": {"return": Sentence("Begär ändring", "Ask for a change")},
}
"""What the other answers of each act are called (domain practice)."""
ASK = Sentence("Fråga handläggaren", "Ask the case officer")
RECUSE = Sentence("Anmäl jäv", "Declare a conflict of interest")
_PLAIN = {
    "return": Sentence("Skicka tillbaka", "Send back"),
    "reject": Sentence("Svara nej", "Say no"),
    "ask": ASK,
    "recuse": RECUSE,
}


def answer_words(act: str, decision: str, language: str = "sv") -> str:
    """An answer as on a button: ("signature", "approve") → "Skriv under"."""
    if decision == "approve":
        return ACTS[act][language].yes
    return ANSWERS[act].get(decision, _PLAIN[decision]).in_(language)
