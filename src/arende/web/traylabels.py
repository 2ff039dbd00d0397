"""Words of the registrar's pages: the tray, what is checked for secrecy, post on paper."""

from __future__ import annotations

from arende.errors import Sentence

TRAY_LABELS: dict[str, Sentence] = {
    "tray": Sentence("Inkommet", "Incoming"),
    "tray_parts": Sentence("Registratorns arbete", "The registrar's work"),
    "tray_mail": Sentence("Mejl att sortera", "Mail to sort"),
    "tray_why": Sentence(
        "Hit kommer mejl som inte kunde läggas i något ärende av sig självt. Det äldsta står först.",
        "Mail that could not be filed on a case by itself comes here. The oldest stands first.",
    ),
    "tray_which": Sentence("Läge", "State"),
    "tray_reason": Sentence("Varför det ligger här", "Why it is here"),
    "tray_about": Sentence("Kan gälla", "May concern"),
    "tray_case": Sentence("Ärende", "Case"),
    "tray_files": Sentence("{n} filer", "{n} files"),
    "tray_empty": Sentence("Inget mejl att sortera", "No mail to sort"),
    "tray_empty_do": Sentence(
        "När ett mejl kommer som inget ärende är känt för står det här.",
        "When a mail comes in that no case is known for, it stands here.",
    ),
    "tray_none_such": Sentence("Inga mejl i det här läget", "No mail in this state"),
    "tray_back": Sentence("Till inkorgen för mejl", "Back to the tray"),
    "tray_claim": Sentence(
        "Avsändare och innehåll är uppgifter i mejlet. Ingenting av det är kontrollerat.",
        "Sender and content are what the mail says. Nothing of it has been verified.",
    ),
    "tray_the_mail": Sentence("Mejlet", "The mail"),
    "tray_unread": Sentence(
        "Mejlet är för stort eller för trasigt för att visas här. Spara ner det och öppna det i ett mejlprogram. "
        "Det går att registrera som det är.",
        "The mail is too large or too broken to be shown here. Save it and open it in a mail program. "
        "It can be registered as it is.",
    ),
    "tray_no_text": Sentence("Mejlet har ingen text.", "The mail has no text."),
    "tray_save": Sentence("Spara mejlet som det kom", "Save the mail as it came"),
    "tray_attached": Sentence("Bilagor", "Attachments"),
    "tray_inline": Sentence("bild i texten", "a picture of the text"),
    "tray_handled": Sentence("Omhändertaget", "Taken care of"),
    "tray_note": Sentence("Anteckning", "Note"),
    "tray_do": Sentence("Vad ska göras med mejlet?", "What is to be done with the mail?"),
    "tray_again": Sentence("Ta upp mejlet igen", "Take the mail up again"),
    "tray_number": Sentence("Diarienummer", "Diary number"),
    "tray_number_hint": Sentence("Till exempel RS260012.", "Such as RS260012."),
    "tray_type": Sentence("Ärendetyp", "Case type"),
    "tray_title": Sentence("Rubrik", "Title"),
    "tray_to": Sentence("Myndighet", "Authority"),
    "tray_stale": Sentence("Någon annan tog hand om mejlet nyss.", "Somebody else has just taken care of the mail."),
    "tray_done_file": Sentence("Mejlet är registrerat i {number}.", "The mail is registered on {number}."),
    "tray_done_new": Sentence("Mejlet har blivit ärende {number}.", "The mail has become case {number}."),
    "tray_done_forward": Sentence("Mejlet är antecknat som överlämnat.", "The mail is noted as handed over."),
    "tray_done_keep": Sentence("Mejlet hålls ordnat utan ärende.", "The mail is kept in order, without a case."),
    "tray_done_junk": Sentence("Mejlet ligger bland skräpet.", "The mail lies with the junk."),
}

ACTIONS: dict[str, tuple[Sentence, Sentence, Sentence]] = {
    "file": (
        Sentence("Lägg i ett ärende som finns", "File on an existing case"),
        Sentence(
            "Mejlet och dess bilagor blir handlingar i ärendet. De är inte offentliga förrän de är sekretessprövade.",
            "The mail and its files become records of the case. They are not public until checked for secrecy.",
        ),
        Sentence("Registrera i ärendet", "Register on the case"),
    ),
    "new": (
        Sentence("Öppna ett nytt ärende", "Open a new case"),
        Sentence(
            "Mejlet får ett eget diarienummer. Rubriken syns i diariet: skriv inget som omfattas av sekretess.",
            "The mail gets a diary number of its own. The title is seen in the register: write nothing secret.",
        ),
        Sentence("Öppna ärendet", "Open the case"),
    ),
    "forward": (
        Sentence("Hör till en annan myndighet", "Belongs to another authority"),
        Sentence(
            "Här antecknas att mejlet har överlämnats (6 § förvaltningslagen). Skicka det själv vidare först.",
            "It is noted here that the mail was handed over (FL 6 §). Send it on yourself first.",
        ),
        Sentence("Anteckna överlämnandet", "Note that it was handed over"),
    ),
    "keep": (
        Sentence("Håll ordnat utan ärende", "Keep in order, without a case"),
        Sentence(
            "För det som inte behöver registreras men ska gå att hitta (OSL 5:1). Det kan tas upp igen.",
            "For what need not be registered but has to be found (OSL 5:1). It can be taken up again.",
        ),
        Sentence("Håll ordnat", "Keep in order"),
    ),
    "junk": (
        Sentence("Skräp", "Junk"),
        Sentence(
            "Reklam, bedrägeri eller felsänt utan betydelse. Det kan tas upp igen.",
            "Advertising, fraud or of no consequence. It can be taken up again.",
        ),
        Sentence("Lägg bland skräp", "Put with the junk"),
    ),
}
"""Triage → what it is called, what it means, its button."""

STATES = {
    "tray": Sentence("Att sortera", "To sort"),
    "kept": Sentence("Hålls ordnat", "Kept in order"),
    "forwarded": Sentence("Överlämnat", "Handed over"),
    "junk": Sentence("Skräp", "Junk"),
    "done": Sentence("Registrerat", "Registered"),
}

REASONS = {
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
