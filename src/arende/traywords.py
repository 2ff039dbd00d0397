"""What is said of a mail in the registrar's tray: where it is, and why it lies there."""

from __future__ import annotations

from arende.errors import Sentence

STATES = {
    "tray": Sentence("Att sortera", "To sort"),
    "kept": Sentence("Hålls ordnat", "Kept in order"),
    "forwarded": Sentence("Överlämnat", "Handed over"),
    "junk": Sentence("Skräp", "Junk"),
    "done": Sentence("Registrerat", "Registered"),
}

JUST_IN = Sentence("Kom in nyss", "Just arrived")
"""A mail that nothing has sorted yet: no list of the tray has it."""

REASONS = {
    "unknown_sender": Sentence("Avsändaren är inte tillfrågad i ärendet", "The sender is not asked in the case"),
    "no_case": Sentence("Inget ärende är känt", "No case is known"),
    "unknown_tag": Sentence("Adressen är okänd", "The address is unknown"),
    "bounce_address": Sentence("Kom till adressen för studsar", "Came to the address for bounces"),
    "other_sender": Sentence("Svar från en annan än den tillfrågade", "A reply from somebody who was not asked"),
    "fault": Sentence("Kunde inte sorteras", "Could not be sorted"),
    "too_large": Sentence("För stort för att läsas", "Too large to be read"),
    "too_many_parts": Sentence("För många delar för att läsas", "Too many parts to be read"),
    "too_deep": Sentence("För många delar för att läsas", "Too many parts to be read"),
    "too_many_headers": Sentence("För många brevhuvuden för att läsas", "Too many headers to be read"),
    "sender": Sentence("Avsändaren är inte styrkt", "The sender has not been verified"),
}
"""Why a mail lies in the tray, by code; ``sender_…`` is about what the mail server found out."""


def reason(code: str | None) -> Sentence:
    """Why a mail lies in the tray, in words; a code that is not known stays as it is."""
    short = "sender" if (code or "").startswith("sender_") else (code or "–")
    return REASONS.get(short, Sentence(short, short))
