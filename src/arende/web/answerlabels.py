"""The words of the page behind a mail's link. Those of each act come from ``phrases.py``, the rest from the request."""

from __future__ import annotations

from arende.errors import Sentence

ANSWER_LABELS: dict[str, Sentence] = {
    # the request
    "you_answer_as": Sentence("Du svarar som", "You answer as"),
    "instead_of": Sentence("{who}, i stället för {absent} ({role})", "{who}, instead of {absent} ({role})"),
    "authority": Sentence("Med stöd av", "On the ground of"),
    "why_now": Sentence("Varför nu", "Why now"),
    "if_nothing": Sentence("Om ingen svarar", "If nobody answers"),
    "contact": Sentence("Handläggare", "Case officer"),
    "read_first": Sentence("Det här gäller det", "What it is about"),
    "text_version": Sentence("version {n}", "version {n}"),
    "questions": Sentence("Frågor och svar", "Questions and answers"),
    "no_answer_yet": Sentence(
        "Handläggaren har inte svarat än. Svaret kommer med mejl; begäran väntar så länge.",
        "The case officer has not answered yet. The answer comes by mail; the request waits meanwhile.",
    ),
    "link_secret": Sentence(
        "Ärendet omfattas av sekretess. Logga in för att läsa och svara: länken ensam visar ingenting.",
        "The case is under secrecy. Sign in to read and answer it: the link alone shows nothing.",
    ),
    "link_sign_in": Sentence(
        "Det här svaret kräver att du loggar in. Du kommer tillbaka hit, och behöver då inga kontrollsiffror.",
        "This answer needs signing in. You come back here, and then need no control digits.",
    ),
    "sign_in_to_answer": Sentence("Logga in för att svara", "Sign in to answer"),
    "signed_in_here": Sentence("inloggad", "signed in"),
    "signed_in_other": Sentence(
        "Du är inloggad som {name}, men länken är till {holder}. Den inloggningen räknas inte här.",
        "You are signed in as {name}, but the link is for {holder}. That sign-in does not count here.",
    ),
    # the answer
    "your_answer": Sentence("Ditt svar", "Your answer"),
    "hint_return": Sentence(
        "Handläggaren får din kommentar och rättar.", "The case officer gets your comment and mends it."
    ),
    "hint_reject": Sentence("Skriv skälet i kommentaren.", "Give the reason in the comment."),
    "hint_recuse": Sentence(
        "Du deltar inte mer i ärendet. Någon annan får begäran.",
        "You take no further part in the case. Somebody else gets the request.",
    ),
    "hint_ask": Sentence(
        "Skriv frågan i kommentaren. Inget avgörs; begäran väntar på dig.",
        "Write the question in the comment. Nothing is decided; the request waits for you.",
    ),
    "your_comment": Sentence("Kommentar", "Comment"),
    "comment_hint": Sentence(
        "Behövs om du skickar tillbaka, säger nej eller frågar.", "Needed if you send back, say no or ask."
    ),
    "control": Sentence("Kontrollsiffror", "Control digits"),
    "control_hint": Sentence(
        "De fyra sista siffrorna i diarienumret. Det står först i mejlets ämnesrad.",
        "The last four digits of the diary number. It stands first in the subject of the mail.",
    ),
    "send_answer": Sentence("Skicka svaret", "Send the answer"),
    "bound_to": Sentence(
        "Svaret gäller texten som den är nu (kontrollsumma {hash}).",
        "The answer is for the text as it is now (checksum {hash}).",
    ),
    # what went wrong
    "error_title": Sentence("Fel", "Error"),
    "not_recorded": Sentence("Svaret är inte registrerat", "The answer is not recorded"),
    "choose": Sentence("Välj ett av svaren.", "Choose one of the answers."),
    "say_why": Sentence(
        "Skriv i kommentaren varför, så att handläggaren vet vad som ska ändras.",
        "Say why in the comment, so that the case officer knows what to change.",
    ),
    "ask_what": Sentence("Skriv din fråga i kommentaren.", "Write your question in the comment."),
    "digits_missing": Sentence(
        "Skriv kontrollsiffrorna: de fyra sista siffrorna i diarienumret i mejlets ämnesrad.",
        "Write the control digits: the last four digits of the diary number in the subject of the mail.",
    ),
    "form_old": Sentence(
        "Sidan har legat öppen för länge, eller kakor är avstängda. Läs den igen och skicka svaret på nytt.",
        "The page has been open for too long, or cookies are off. Read it again and send the answer once more.",
    ),
    "too_many": Sentence("För många försök", "Too many attempts"),
    "too_many_do": Sentence(
        "Vänta {wait} och försök igen. Ingenting är registrerat av det senaste försöket.",
        "Wait {wait} and try again. Nothing was recorded by the last attempt.",
    ),
    "wait_minute": Sentence("en minut", "one minute"),
    "wait_minutes": Sentence("{n} minuter", "{n} minutes"),
    # afterwards
    "recorded": Sentence("Ditt svar är registrerat", "Your answer is recorded"),
    "answered_when": Sentence("Tidpunkt", "When"),
    "answered_as": Sentence("Som", "As"),
    "mandate": Sentence("Beslut som tillåter länk", "Decision that allows a link"),
    "text_hash": Sentence("Textens kontrollsumma", "Checksum of the text"),
    "was_it_not_you": Sentence(
        "Var det inte du, eller blev det fel? Kontakta {contact} genast.",
        "Was it not you, or was it a mistake? Contact {contact} at once.",
    ),
    "take_back": Sentence("Ta tillbaka svaret", "Take back the answer"),
    "taken_back": Sentence("Svaret är taget tillbaka", "The answer is taken back"),
    "not_taken_back": Sentence("Svaret är inte taget tillbaka", "The answer is not taken back"),
    "why_taken_back": Sentence("Varför tas svaret tillbaka?", "Why is the answer taken back?"),
    "take_back_sign_in": Sentence(
        "Det här svaret tas tillbaka när du har loggat in. Du kommer tillbaka hit och behöver då inga kontrollsiffror.",
        "This answer is taken back when you have signed in. You come back here, and then need no control digits.",
    ),
    "sign_in_to_take_back": Sentence("Logga in för att ta tillbaka svaret", "Sign in to take back the answer"),
    "say_why_back": Sentence("Skriv varför svaret tas tillbaka.", "Say why the answer is taken back."),
    "regret_by_mail": Sentence(
        "Ångrar du dig? Kvittensen som kommer med mejl har en länk för att ta tillbaka svaret, så länge det inte har "
        "lett vidare.",
        "Second thoughts? The receipt that comes by mail has a link to take back the answer, as long as it has not led "
        "further.",
    ),
    "link_over": Sentence("Länken gäller inte längre", "The link no longer applies"),
    "changed_text": Sentence("Det här har ändrats", "What has changed"),
    "changed_since": Sentence(
        "Det här har ändrats sedan den tidigare begäran", "What has changed since the earlier request"
    ),
    "changed_legend": Sentence(
        "Överstruket är borttaget, understruket är nytt.", "Struck out is removed, underlined is new."
    ),
    "changed_new": Sentence("ny", "new"),
    "new_text": Sentence(
        "Texten har ändrats. Ett svar på den tidigare begäran räknas inte: läs den nya texten och svara här.",
        "The text has changed. An answer to the earlier request does not count: read the new text and answer here.",
    ),
    "before": Sentence("förut:", "before:"),
    "ask_contact": Sentence("Frågor? Kontakta {contact}.", "Questions? Contact {contact}."),
    "link_unknown": Sentence("Länken går inte att använda", "The link cannot be used"),
    "link_unknown_do": Sentence(
        "Öppna länken i ditt senaste mejl om saken. Fungerar den inte heller, kontakta handläggaren.",
        "Open the link in your latest mail about the matter. If that does not work either, contact the case officer.",
    ),
}
