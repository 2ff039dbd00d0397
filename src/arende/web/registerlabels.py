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
    "public_": Sentence("Offentligt diarium", "Public register"),
    "public_why": Sentence(
        "Här står ärenden som är offentliga. Det som omfattas av sekretess, eller inte är prövat än, visas inte.",
        "Cases that are public stand here. What is secret, or has not been checked yet, is not shown.",
    ),
    "public_words": Sentence("Ord i rubriken, eller diarienummer", "Words of the title, or number"),
    "public_none_do": Sentence(
        "Ta bort ett ord eller ett urval och sök igen, eller fråga registratorn.",
        "Take away a word or a choice and search again, or ask the registrar.",
    ),
    "public_records": Sentence("Offentliga handlingar", "Public records"),
    "public_no_records": Sentence(
        "Inga handlingar är prövade som offentliga än.", "No record has been found public yet."
    ),
    "public_ask": Sentence(
        "Handlingarna begär du ut hos registratorn. Du behöver inte säga vem du är eller varför (TF 2 kap.).",
        "Ask the registrar for the records. You need not say who you are or why (TF 2 kap.).",
    ),
    "public_too_many": Sentence("För många sökningar på kort tid", "Too many searches in a short time"),
    "public_too_many_do": Sentence("Försök igen om en minut.", "Try again in a minute."),
    "register_xlsx": Sentence("Hämta som Excel", "Download for Excel"),
    "saved_": Sentence("Sparade sökningar", "Saved searches"),
    "saved_by": Sentence("delad av {name}", "shared by {name}"),
    "saved_shared": Sentence("delad med {office}", "shared with {office}"),
    "saved_do": Sentence("Spara sökningen", "Save the search"),
    "saved_name": Sentence("Namn", "Name"),
    "saved_share": Sentence("Dela med", "Share with"),
    "saved_share_hint": Sentence(
        "De ser sökningen under sitt namn. Var och en hittar bara det som hen själv får se.",
        "They see the search by its name. Each finds only what they may see themselves.",
    ),
    "saved_alone": Sentence("Ingen: bara jag", "Nobody: only me"),
    "saved_forget": Sentence("Ta bort", "Remove"),
    "saved_done": Sentence("Sökningen är sparad.", "The search is saved."),
    "saved_gone": Sentence("Sökningen är borttagen.", "The search is removed."),
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
