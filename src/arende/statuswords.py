"""How each row that is not the case itself stands, in words: mails, answers, rounds and requests."""

from __future__ import annotations

from arende.errors import Sentence

Tone = str
"""How a status looks: ok, wait, bad or calm. It never says more than the words do."""

DELIVERY: dict[str, tuple[Sentence, Tone]] = {
    "queued": (Sentence("Väntar", "Queued"), "wait"),
    "sending": (Sentence("Sänds", "Sending"), "wait"),
    "sent": (Sentence("Sänt", "Sent"), "ok"),
    "failed": (Sentence("Gick inte fram", "Failed"), "bad"),
    "unknown": (Sentence("Ovisst", "Unknown"), "bad"),
    "cancelled": (Sentence("Inställt", "Cancelled"), "calm"),
}
ANSWERS: dict[str, tuple[Sentence, Tone]] = {
    "created": (Sentence("Inte på tur än", "Not its turn yet"), "calm"),
    "sent": (Sentence("Väntar på svar", "Awaiting answer"), "wait"),
    "acknowledged": (Sentence("Mottagen, väntar på svar", "Acknowledged, awaiting answer"), "wait"),
    "extension_requested": (Sentence("Anstånd begärt", "More time asked for"), "wait"),
    "extension_granted": (Sentence("Anstånd till {until}", "More time, until {until}"), "wait"),
    "received": (Sentence("Inkommet, ska kontrolleras", "Received, to be verified"), "wait"),
    "registered": (Sentence("Registrerat, hos handläggaren", "Registered, with the case officer"), "wait"),
    "being_supplemented": (Sentence("Kompletteras", "Being supplemented"), "wait"),
    "accepted": (Sentence("Svar infört", "Answered"), "ok"),
    "revised": (Sentence("Ändrat svar", "Answer changed"), "ok"),
    "withdrawn": (Sentence("Taget tillbaka", "Withdrawn"), "bad"),
    "no_response": (Sentence("Inget svar", "No answer"), "bad"),
    "removed": (Sentence("Tillfrågas inte längre", "No longer asked"), "calm"),
    "closed": (Sentence("Stängd", "Closed"), "calm"),
}
ROUND_STATES: dict[str, tuple[Sentence, Tone]] = {
    "open": (Sentence("Pågår", "Open"), "wait"),
    "complete": (Sentence("Svaren är inne", "The answers are in"), "ok"),
    "expired": (Sentence("Sista dagen har gått", "The last day has passed"), "calm"),
    "closed_early": (Sentence("Avslutad i förtid", "Closed early"), "calm"),
    "withdrawn": (Sentence("Återkallad", "Withdrawn"), "calm"),
}
ASSIGNMENTS: dict[str, tuple[Sentence, Tone]] = {
    "given": (Sentence("Att göra", "To be done"), "wait"),
    "late": (Sentence("Försenat", "Late"), "bad"),
    "reported": (Sentence("Återrapporterat", "Reported"), "wait"),
    "executed": (Sentence("Utfört", "Executed"), "ok"),
    "not_executed": (Sentence("Inte utfört", "Not executed"), "bad"),
    "withdrawn": (Sentence("Återkallat", "Withdrawn"), "calm"),
}
"""How an assignment stands; ``late`` when its day has passed without a report."""
REQUESTS: dict[str, tuple[Sentence, Tone]] = {
    "pending": (Sentence("Väntar på svar", "Awaiting answer"), "wait"),
    "approved": (Sentence("Ja", "Yes"), "ok"),
    "returned": (Sentence("Skickad tillbaka", "Sent back"), "bad"),
    "rejected": (Sentence("Nej", "No"), "bad"),
    "recused": (Sentence("Jäv anmält", "Stepped aside"), "calm"),
    "withdrawn": (Sentence("Gäller inte längre", "No longer applies"), "calm"),
    "superseded": (Sentence("Ersatt av en ny", "Replaced by a new one"), "calm"),
    "handed_over": (Sentence("Har gått över till någon annan", "Passed to somebody else"), "calm"),
}
