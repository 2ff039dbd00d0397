"""Words of the register's pages."""

from __future__ import annotations

from arende.errors import Sentence

REGISTER_LABELS: dict[str, Sentence] = {
    "register_": Sentence("Diarium", "Register"),
    "register_order": Sentence("Senast registrerade först.", "Last registered first."),
    "register_words": Sentence("Ord eller diarienummer", "Words or number"),
    "register_words_hint": Sentence(
        "Alla ord ska finnas. Skriv plan* för allt som börjar på plan.",
        "All words have to be there. Write plan* for everything that begins with plan.",
    ),
    "register_any": Sentence("Alla", "All"),
    "register_party": Sentence("Part", "Party"),
    "register_body": Sentence("Organ", "Body"),
    "register_from": Sentence("Registrerat från", "Registered from"),
    "register_to": Sentence("Registrerat till", "Registered until"),
    "register_open": Sentence("Bara öppna ärenden", "Open cases only"),
    "register_search": Sentence("Sök", "Search"),
    "register_clear": Sentence("Rensa", "Clear"),
    "register_csv": Sentence("Hämta som CSV", "Download as CSV"),
    "register_csv_why": Sentence(
        "Högst {most} rader, och bara det du får se.", "At most {most} rows, and only what you may see."
    ),
    "register_opened": Sentence("Registrerat", "Registered"),
    "register_nearly": Sentence(
        "Inget ärende har orden precis så. De här har ord som börjar så.",
        "No case has the words exactly so. These have words that begin so.",
    ),
    "register_none": Sentence("Inget ärende hittades", "No case was found"),
    "register_none_do": Sentence(
        "Ta bort ett ord eller ett urval och sök igen. Det kan finnas ärenden som du inte får se.",
        "Take away a word or a choice and search again. There may be cases that you may not see.",
    ),
    "register_older": Sentence("Äldre", "Older"),
    "register_newest": Sentence("Till de senaste", "Back to the newest"),
}
