"""Why a message decides nothing, and what its sender is told."""

from __future__ import annotations

from enum import StrEnum

from arende.errors import Sentence


class Held(StrEnum):
    """Why a message decides nothing."""

    NO_TEXT = "no_text"
    """Nothing above or below the quoted mail."""
    NO_WORD = "no_word"
    """The text does not begin with a decision word."""
    QUESTION = "question"
    """FRÅGA or QUESTION: for the case officer."""
    CONTRADICTORY = "contradictory"
    CONDITIONAL = "conditional"
    NEGATED = "negated"
    UNREADABLE = "unreadable"
    """Characters were lost, or are of the sort that hides something."""
    HIDDEN_TEXT = "hidden_text"
    TWO_TEXTS = "two_texts"
    """The plain text and the HTML of one mail say different things."""
    TOO_LONG = "too_long"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    ABSENCE = "absence"
    """Reads like an out-of-office note, though nothing in its headers says so. Do not answer it by mail."""
    TOO_LARGE = "too_large"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    CALENDAR = "calendar"
    LIST_MAIL = "list_mail"

    @property
    def sentence(self) -> Sentence:
        """Why, and what to do, for the sender of the mail."""
        return SENTENCES[self]


_START = Sentence(
    "Beslutsordet ska stå först på den första raden.",
    "The decision word has to stand first on the first line.",
)
_LINK = Sentence("Använd länken i mejlet i stället.", "Use the link in the mail instead.")


def _told(sv: str, en: str, then: Sentence = _LINK) -> Sentence:
    return Sentence(f"{sv} {then.sv}", f"{en} {then.en}")


_AUTOMATIC = Sentence("Ett automatiskt mejl avgör ingenting.", "An automatic mail decides nothing.")

SENTENCES: dict[Held, Sentence] = {
    Held.NO_TEXT: _told("Svaret var tomt.", "The reply was empty.", _START),
    Held.NO_WORD: _told(
        "Svaret lästes inte som ett beslut, eftersom det inte börjar med ett beslutsord.",
        "The reply was not read as a decision, since it does not begin with a decision word.",
        _START,
    ),
    Held.QUESTION: Sentence(
        "Frågan har gått till handläggaren. Begäran väntar fortfarande på ditt svar.",
        "The question has gone to the case officer. The request still waits for your answer.",
    ),
    Held.CONTRADICTORY: _told(
        "Svaret innehåller ord för flera olika beslut, så ingenting är avgjort. Svara med ett enda av dem.",
        "The reply holds words for different decisions, so nothing is decided. Answer with only one of them.",
    ),
    Held.CONDITIONAL: _told(
        "Svaret läses som ett godkännande med villkor eller undantag, och det kan inte tas emot per mejl. "
        "Skicka tillbaka med det som ska ändras, eller svara ja utan villkor.",
        "The reply reads as an approval with a condition or an exception, which cannot be taken by mail. "
        "Send it back with what is to be changed, or say yes without conditions.",
    ),
    Held.NEGATED: _told(
        "Svaret säger både ett beslutsord och nej, så ingenting är avgjort.",
        "The reply says both a decision word and no, so nothing is decided.",
    ),
    Held.UNREADABLE: _told(
        "Några tecken i svaret gick inte att läsa, så ingenting är avgjort.",
        "Some characters of the reply could not be read, so nothing is decided.",
    ),
    Held.HIDDEN_TEXT: _told(
        "Svaret innehåller text som inte syns eller som är överstruken, så ingenting är avgjort. Skicka det som "
        "oformaterad text.",
        "The reply holds text that cannot be seen or is struck out, so nothing is decided. Send it as plain text.",
    ),
    Held.TWO_TEXTS: _told(
        "Svarets text och dess formaterade text säger olika saker, så ingenting är avgjort.",
        "The plain and the formatted text of the reply say different things, so nothing is decided.",
    ),
    Held.TOO_LONG: _told(
        "Svaret är för långt för att läsas som ett beslut.", "The reply is too long to be read as a decision.", _START
    ),
    Held.BROKEN: _told(
        "Mejlet kom fram skadat, så ingenting är avgjort. Skicka det igen.",
        "The mail arrived damaged, so nothing is decided. Send it again.",
    ),
    Held.ENCRYPTED: _told(
        "Mejlet är krypterat och kan inte läsas här. Skicka det okrypterat.",
        "The mail is encrypted and cannot be read here. Send it unencrypted.",
    ),
    Held.ABSENCE: _told(
        "Svaret ser ut som ett frånvaromeddelande, så ingenting är avgjort.",
        "The reply looks like an absence note, so nothing is decided.",
        _START,
    ),
    Held.TOO_LARGE: _told(
        "Mejlet är för stort för att läsas automatiskt. Det har gått till registratorn.",
        "The mail is too large to be read automatically. It has gone to the registrar.",
    ),
    Held.AUTO_REPLY: _AUTOMATIC,
    Held.BOUNCE: Sentence(
        "Ett meddelande om att ett mejl inte kom fram avgör ingenting.",
        "A report that a mail was not delivered decides nothing.",
    ),
    Held.CALENDAR: _told(
        "Ett svar på en kallelse i kalendern avgör ingenting.", "An answer to a calendar invitation decides nothing."
    ),
    Held.LIST_MAIL: Sentence(
        "Ett mejl från en sändlista avgör ingenting.", "A mail from a mailing list decides nothing."
    ),
}

CONFLICT = "conflict"
"""Why a refused reply was not for nothing: it told of a conflict of interest, which is recorded."""
RECUSED = Sentence(
    "Din anmälan om jäv är registrerad i ärendet. Du deltar inte mer i det, och handläggaren får veta.",
    "Your declaration of a conflict of interest is recorded in the case. You take no further part in it, and the case "
    "officer is told.",
)
UNVOUCHED = Sentence(
    "Ett mejlsvar avgör ingenting här, eftersom ingen mejlserver intygar vem det kommer från. Det har lagts i ärendet "
    "som en kommentar.",
    "A mailed reply decides nothing here, since no mail server vouches for whom it comes from. It has been put on the "
    "case as a comment.",
)
