"""The words of the page behind a party's link."""

from __future__ import annotations

from arende.errors import Sentence

PARTY_LABELS: dict[str, Sentence] = {
    "asked_party": Sentence("Ni svarar för", "You answer for"),
    "party_intro": Sentence(
        "Svaret räknas när registratorn har kontrollerat att det är ert eget. En kopia går till er officiella adress.",
        "The answer counts when the registrar has verified that it is your own. A copy goes to your official address.",
    ),
    "party_stance": Sentence("Ert ställningstagande", "Your position"),
    "party_body": Sentence("Organ som har tagit ställning", "The body that took the position"),
    "party_body_hint": Sentence("Till exempel kommunstyrelsen.", "For example the municipal executive board."),
    "party_day": Sentence("Dag för beslutet", "Day of the decision"),
    "party_day_hint": Sentence("Skriv som 2020-09-02.", "Write it like 2020-09-02."),
    "party_section": Sentence("Paragraf", "Section"),
    "party_ref": Sentence("Ert diarienummer", "Your own diary number"),
    "party_comment": Sentence("Synpunkter", "Comments"),
    "party_files": Sentence("Filer, till exempel protokollsutdraget", "Files, for example the extract of the minutes"),
    "party_files_hint": Sentence("Högst tio filer, tillsammans 40 MB.", "At most ten files, 40 MB together."),
    "party_sender": Sentence("Ditt namn och din befattning", "Your name and office"),
    "party_send": Sentence("Skicka svaret", "Send the answer"),
    "party_more_time": Sentence("Behöver ni längre tid?", "Do you need more time?"),
    "party_until": Sentence("Önskad sista dag", "The last day you wish for"),
    "party_reason": Sentence("Skäl", "Reason"),
    "party_ask_time": Sentence("Begär anstånd", "Ask for more time"),
    "party_in_hand": Sentence("Ert svar har kommit in", "Your answer has come in"),
    "party_in_hand_do": Sentence(
        "Det kontrolleras av registratorn. Blev något fel kan ni svara igen nedan; det nya svaret ersätter det förra.",
        "The registrar verifies it. If something went wrong, answer again below; the new answer replaces this one.",
    ),
    "party_in_force": Sentence("Det svar som gäller", "The answer in force"),
    "party_missing": Sentence("Det här saknas i ert svar", "This is missing in your answer"),
    "party_over": Sentence(
        "Den sista dagen har gått. Ett svar registreras ändå.",
        "The last day has passed. An answer is put on record all the same.",
    ),
    # what went wrong
    "choose_stance": Sentence("Välj ert ställningstagande.", "Choose your position."),
    "say_sender": Sentence("Skriv vem du är, så att registratorn kan fråga.", "Say who you are, so that we can ask."),
    "say_until": Sentence("Skriv vilken dag ni behöver.", "Say which day you need."),
    "digits_wrong": Sentence(
        "Skriv kontrollsiffrorna: de fyra sista siffrorna i diarienumret i mejlets ämnesrad.",
        "Write the control digits: the last four digits of the diary number in the subject of the mail.",
    ),
    "party_too_large": Sentence(
        "Filerna är för många eller för stora. Skicka dem med mejl och ange diarienumret.",
        "The files are too many or too large. Send them by mail and give the diary number.",
    ),
    "too_long": Sentence("Någon uppgift är för lång. Korta den.", "Something is too long. Shorten it."),
}
