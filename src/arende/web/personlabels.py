"""Words of a person's own pages: absence, who steps in, how mails come, and what one has answered."""

from __future__ import annotations

from arende.errors import Sentence

PERSON_LABELS: dict[str, Sentence] = {
    "own_settings": Sentence("Dina inställningar", "Your settings"),
    "own_offices": Sentence("Dina uppdrag i dag", "Your offices today"),
    "own_offices_none": Sentence("Du har inget uppdrag i dag.", "You hold no office today."),
    "own_sessions": Sentence("Visa var du är inloggad", "Show where you are signed in"),
    "saved_shortcuts": Sentence("Valet är sparat.", "Your choice is saved."),
    "shortcuts_why": Sentence(
        "Stäng av dem om de stör, till exempel när du talar in text eller använder en skärmläsare.",
        "Turn them off if they are in the way, such as when you dictate or use a screen reader.",
    ),
    "shortcuts_true": Sentence("På", "On"),
    "shortcuts_false": Sentence("Av", "Off"),
    "shortcuts_change": Sentence("Stäng av eller slå på", "Turn off or on"),
    "absence": Sentence("Frånvaro", "Absence"),
    "absence_why": Sentence(
        "Säg vilka dagar du är borta. Ett klartecken som begärs de dagarna går genast till den som får svara i ditt "
        "ställe. Beslut på delegation och underskrifter går bara till den som är särskilt utsedd, annars väntar de på "
        "dig. Varför du är borta ska du inte skriva.",
        "Say which days you are away. A clearance that is asked for on those days goes at once to whoever may answer "
        "in your place. Decisions by delegation and signatures only go to somebody who has been named for them, and "
        "wait for you otherwise. Do not write why you are away.",
    ),
    "absence_first": Sentence("Första dagen", "First day"),
    "absence_last": Sentence("Sista dagen", "Last day"),
    "absence_report": Sentence("Anmäl frånvaro", "Report absence"),
    "absence_end": Sentence("Ta bort", "Remove"),
    "absence_none": Sentence("Du har inte anmält någon frånvaro.", "You have reported no absence."),
    "absence_by": Sentence("Anmäld av", "Reported by"),
    "deputies": Sentence("Vem som svarar i ditt ställe", "Who answers in your place"),
    "deputies_none": Sentence(
        "Ingen är utsedd. Förvaltningen för in ersättare i personfilen.",
        "Nobody has been named. The administration enters substitutes in the people file.",
    ),
    "deputy_all": Sentence("alla uppdrag", "all offices"),
    "deputy_standing": Sentence("vid din frånvaro, för klartecken", "while you are away, for clearances"),
    "you_stand_in": Sentence("Du svarar i dag för", "Today you answer for"),
    "mail_choice": Sentence("Mejl", "Mail"),
    "mail_each": Sentence("Ett mejl för varje sak", "One mail for each matter"),
    "mail_digest": Sentence(
        "Ett sammandrag varje vardag klockan sju. Brådskande beslut kommer ändå genast.",
        "One digest each working day at seven. Urgent decisions still come at once.",
    ),
    "mail_how": Sentence("Så vill du ha dina mejl", "How you want your mails"),
    "save": Sentence("Spara", "Save"),
    "saved_absence": Sentence("Frånvaron är anmäld.", "The absence is reported."),
    "saved_end": Sentence("Frånvaron är borttagen.", "The absence is removed."),
    "saved_mail": Sentence("Valet är sparat.", "Your choice is saved."),
    "own_answers": Sentence("Det du har svarat", "What you have answered"),
    "own_answers_why": Sentence(
        "De senaste hundra svaren. Ett klartecken kan tas tillbaka, och en underskrift så länge inget har lämnat "
        "huset. Ett formellt beslut ändras bara genom ett nytt beslut.",
        "The last hundred answers. A clearance can be taken back, and a signature while nothing has left the house. A "
        "formal decision is changed by a new decision only.",
    ),
    "own_answers_none": Sentence("Du har inte svarat på någon begäran än.", "You have answered no request yet."),
    "own_answered": Sentence("Svarat", "Answered"),
    "own_answer": Sentence("Svar", "Answer"),
    "take_back_title": Sentence("Ta tillbaka ditt svar", "Take your answer back"),
    "take_back_why": Sentence("Varför tar du tillbaka svaret?", "Why do you take the answer back?"),
    "take_back_leads": Sentence(
        "Begäran väntar på dig igen, eller går ärendet tillbaka ett steg. Handläggaren får veta det. Ditt svar och "
        "att du tog tillbaka det står kvar i ärendets historik.",
        "The request waits for you again, or the case goes back a step. The case officer is told. Your answer and "
        "that you took it back stay in the history of the case.",
    ),
}
