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
    # secrecy
    "secrecy_check": Sentence("Sekretesspröva", "Check for secrecy"),
    "secrecy_why": Sentence(
        "Handlingar som systemet har registrerat. De visas inte för andra förrän du har prövat dem.",
        "Records that the system has registered. They are shown to nobody else before you have checked them.",
    ),
    "secrecy_first": Sentence("De {n} som har väntat längst visas.", "The {n} that have waited longest are shown."),
    "secrecy_none": Sentence("Alla handlingar är prövade", "Every record has been checked"),
    "secrecy_none_do": Sentence(
        "Det som kommer in med mejl eller på papper står här tills det är prövat.",
        "What comes in by mail or on paper stands here until it is checked.",
    ),
    "secrecy_done": Sentence("Handlingen är prövad.", "The record is checked."),
    "secrecy_next": Sentence("Här är nästa.", "Here is the next."),
    "secrecy_back": Sentence("Till handlingar att pröva", "Back to the records to check"),
    "secrecy_before": Sentence("Prövad som", "Checked as"),
    "secrecy_was_public": Sentence("offentlig", "public"),
    "secrecy_was_secret": Sentence("sekretess", "secret"),
    "secrecy_open": Sentence("Öppna handlingen", "Open the record"),
    "secrecy_ask": Sentence("Är handlingen offentlig?", "Is the record public?"),
    "secrecy_ask_why": Sentence(
        "Prövningen avgör vad som visas i diariet (OSL 5:5). Begärs handlingen ut prövas den på nytt.",
        "The check settles what the register shows (OSL 5:5). If the record is asked for, it is tried anew.",
    ),
    "secrecy_do": Sentence("Spara prövningen", "Save the check"),
    # post on paper
    "post_": Sentence("Registrera papperspost", "Register post on paper"),
    "post_why": Sentence(
        "Brevet blir en handling i ärendet och är inte offentligt förrän det är sekretessprövat.",
        "The letter becomes a record of the case and is not public until it has been checked for secrecy.",
    ),
    "post_sender": Sentence("Avsändare", "Sender"),
    "post_sender_hint": Sentence("Som det står i brevet.", "As the letter says."),
    "post_about": Sentence("Vad brevet gäller", "What the letter is about"),
    "post_about_hint": Sentence(
        "På en rad. Syns i ärendets händelser: skriv inget som omfattas av sekretess.",
        "On one line. It is seen among the case's events: write nothing secret.",
    ),
    "post_arrived": Sentence("Inkom", "Arrived on"),
    "post_files": Sentence("Inskannade sidor", "Scanned pages"),
    "post_files_hint": Sentence(
        "Högst {size} per fil. Utan fil blir handlingen ett blad som beskriver brevet.",
        "At most {size} per file. Without a file the record is a sheet that describes the letter.",
    ),
    "post_kept": Sentence("Var papperet förvaras", "Where the paper is kept"),
    "post_kept_hint": Sentence("Till exempel pärm 12, registratorskontoret.", "Such as binder 12, registry."),
    "post_party": Sentence("Känd part", "Known party"),
    "post_party_hint": Sentence(
        "Väntas parten svara i ärendet räknas brevet som inkommet svar.",
        "If the party is awaited in the case, the letter counts as its answer handed in.",
    ),
    "post_case": Sentence("Diarienummer för ett ärende som finns", "Diary number of an existing case"),
    "post_case_hint": Sentence("Lämna tomt för ett nytt ärende.", "Leave empty for a new case."),
    "post_where_missing": Sentence(
        "Fyll i ett diarienummer, eller välj ärendetyp för ett nytt ärende.",
        "Fill in a diary number, or choose the case type of a new case.",
    ),
    "post_type": Sentence("Ärendetyp för ett nytt ärende", "Case type of a new case"),
    "post_type_hint": Sentence("Används bara utan diarienummer.", "Used only without a diary number."),
    "post_title_hint": Sentence(
        "För ett nytt ärende; annars det som brevet gäller.", "Of a new case; else what the letter is about."
    ),
    "post_do": Sentence("Registrera brevet", "Register the letter"),
    "post_done": Sentence("Brevet är registrerat i {number}.", "The letter is registered on {number}."),
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
