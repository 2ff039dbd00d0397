"""Every word of the pages themselves, in Swedish and English. Words of a case type come from its definition."""

from __future__ import annotations

from arende.errors import Sentence

LABELS: dict[str, Sentence] = {
    # frame
    "skip": Sentence("Hoppa till innehållet", "Skip to content"),
    "main_nav": Sentence("Huvudmeny", "Main"),
    "menu": Sentence("Meny", "Menu"),
    "cases": Sentence("Ärenden", "Cases"),
    "mailbox": Sentence("Utvecklingsbrevlåda", "Development mailbox"),
    "mailbox_menu": Sentence("Brevlåda", "Mailbox"),
    "other_language": Sentence("English", "Svenska"),
    "about": Sentence("Om den här installationen", "About this installation"),
    "read_only": Sentence(
        "Sidorna går bara att läsa. Ärenden ändras med kommandot arende.",
        "The pages are read-only. Cases are changed with the command arende.",
    ),
    # list
    "open": Sentence("Pågående", "Open"),
    "all": Sentence("Alla", "All"),
    "which": Sentence("Urval", "Selection"),
    "type": Sentence("Ärendetyp", "Case type"),
    "every_type": Sentence("Alla typer", "All types"),
    "show": Sentence("Visa", "Show"),
    "number": Sentence("Diarienummer", "Number"),
    "title": Sentence("Rubrik", "Title"),
    "state": Sentence("Läge", "State"),
    "waits_for": Sentence("Väntar på", "Waits for"),
    "last_day": Sentence("Sista dag", "Last day"),
    "changed": Sentence("Ändrat", "Changed"),
    "newest_first": Sentence("Senast ändrade först.", "Last changed first."),
    "older": Sentence("Äldre ärenden", "Older cases"),
    "newest": Sentence("Till de senaste", "Back to the newest"),
    "secret": Sentence("Sekretess", "Secrecy"),
    "secret_case": Sentence("Ärende med sekretess", "Case under secrecy"),
    "secret_why": Sentence(
        "Ärendet omfattas av sekretess. Här visas bara diarienummer och läge; rubrik, parter och händelser visas inte.",
        "The case is under secrecy. Only its number and state are shown; title, parties and events are not.",
    ),
    "none": Sentence("Inga ärenden än", "No cases yet"),
    "none_do": Sentence("Registrera det första under Nytt ärende.", "Register the first one under New case."),
    "none_demo": Sentence(
        "Demonstrationens ärenden kommer när den spelas. Startar den just nu är de här inom en minut: öppna sidan "
        "igen. Annars spelas den med:",
        "The cases of the demonstration come as it is played. If it is starting now they are here within a minute: "
        "open the page again. Otherwise it is played by:",
    ),
    "none_people": Sentence(
        "Eller läs in era egna organ och personer ur en personfil:",
        "Or load your own bodies and people from a people file:",
    ),
    "playing": Sentence(
        "Demonstrationen spelas just nu. Klockan här följer berättelsen, och är framme vid",
        "The demonstration is being played. The clock here follows the story, and has come to",
    ),
    "playing_do": Sentence(
        "Fler ärenden och händelser kommer; öppna sidan igen om en stund.",
        "More cases and events are coming; open the page again in a while.",
    ),
    "none_match": Sentence("Inga ärenden passar urvalet", "No case matches the selection"),
    "none_match_do": Sentence("Välj alla ärenden eller en annan typ.", "Choose all cases or another type."),
    "begin": Sentence("Börja här", "Begin here"),
    "begin_why": Sentence(
        "Här förs beslut från utkast till arkiv. De här ärendena väntar på någon: öppna ett, se varför det väntar,"
        " logga in som den som det väntar på, och för det vidare.",
        "Decisions are carried here from draft to archive. These cases wait for somebody: open one, see why it waits,"
        " sign in as the person it waits for, and move it on.",
    ),
    "show_all": Sentence("Visa alla ärenden", "Show all cases"),
    # case
    "now": Sentence("Läget nu", "Now"),
    "phases": Sentence("Var ärendet är", "Where the case is"),
    "passed": Sentence("passerat", "passed"),
    "present": Sentence("nu", "now"),
    "since": Sentence("Sedan", "Since"),
    "until": Sentence("Senast", "No later than"),
    "ground": Sentence("Grund", "Ground"),
    "nobody": Sentence("Ingen – ärendet är avslutat", "Nobody – the case has ended"),
    "answered_of": Sentence("{got} av {all} har svarat", "{got} of {all} have answered"),
    "no_last_day": Sentence("Ingen sista dag", "No last day"),
    "officer": Sentence("Handläggare", "Case officer"),
    "no_officer": Sentence("ingen utsedd", "nobody appointed"),
    "registered": Sentence("Registrerat", "Registered"),
    "ended": Sentence("Avslutat", "Ended"),
    "warning": Sentence("Varning", "Warning"),
    "unspecified": Sentence(
        "{field}: {value}. Ärendet säger det i stället för att låtsas.",
        "{field}: {value}. The case says so rather than pretending.",
    ),
    "to_do": Sentence("Att göra", "To do"),
    "nothing_to_do": Sentence("Inga öppna uppgifter eller begäranden.", "No open tasks or requests."),
    "task": Sentence("Uppgift", "Task"),
    "request": Sentence("Begäran", "Request"),
    "what": Sentence("Vad", "What"),
    "who": Sentence("Vem", "Who"),
    "asked": Sentence("Sedan", "Since"),
    "status": Sentence("Status", "Status"),
    "deadlines": Sentence("Frister", "Deadlines"),
    "facts": Sentence("Uppgifter i ärendet", "Case data"),
    "no_facts": Sentence("Inga uppgifter är ifyllda än.", "Nothing is filled in yet."),
    "round": Sentence("omgång {n}", "round {n}"),
    "party": Sentence("Part", "Party"),
    "position": Sentence("Ställningstagande", "Position"),
    "body": Sentence("Organ", "Body"),
    "date": Sentence("Datum", "Date"),
    "section": Sentence("§", "§"),
    "own_number": Sentence("Eget dnr", "Own number"),
    "received": Sentence("Inkom", "Received"),
    "request_mail": Sentence("Utskick", "Request"),
    "late": Sentence("Sent", "Late"),
    "comment": Sentence("Synpunkt", "Comment"),
    "plan_calendar": Sentence("Möten i kalendern", "Meetings of the calendar"),
    "plan_calendar_when": Sentence("När", "When"),
    "plan_calendar_retreat": Sentence("internat", "retreat"),
    "planned": Sentence("Tidplan till {body}", "Plan to {body}"),
    "planned_late": Sentence("{n} hinns inte", "{n} too late"),
    "planned_step": Sentence("Steg", "Step"),
    "planned_from": Sentence("Börja", "Begin"),
    "assignments": Sentence("Uppdrag ur beslut", "Assignments from decisions"),
    "report_by": Sentence("Återrapporteras senast", "To be reported by"),
    "report": Sentence("Återrapport", "Report"),
    "documents": Sentence("Handlingar", "Records"),
    "secret_record": Sentence("sekretess", "under secrecy"),
    "unchecked_record": Sentence("ännu inte sekretessprövad", "not yet checked for secrecy"),
    "no_documents": Sentence("Inga handlingar än.", "No records yet."),
    "record_no": Sentence("Nr", "No"),
    "record_moved": Sentence("Flyttad till", "Moved to"),
    "removed": Sentence("Borttagen genom beslut", "Removed by decision"),
    "document": Sentence("Handling", "Record"),
    "file": Sentence("Fil", "File"),
    "version": Sentence("Version", "Version"),
    "size": Sentence("Storlek", "Size"),
    "kind": Sentence("Slag", "Kind"),
    "added": Sentence("Tillagd", "Added"),
    "newer_exists": Sentence("ersatt av en nyare version", "replaced by a newer version"),
    "mails": Sentence("Mejl", "Mail"),
    "requests_and_answers": Sentence("Begäranden och svar", "Requests and answers"),
    "trail_of": Sentence("Vad som har begärts och svarats ({n})", "What has been asked and answered ({n})"),
    "no_mails": Sentence("Inga mejl har gått ut i ärendet.", "No mail has been sent in the case."),
    "to": Sentence("Till", "To"),
    "subject": Sentence("Ämne", "Subject"),
    "sent_at": Sentence("Sänt", "Sent"),
    "run": Sentence("Körning", "Run"),
    "direct": Sentence("direkt", "direct"),
    "attempts": Sentence("{n} försök", "{n} attempts"),
    "relations": Sentence("Samband", "Relations"),
    "history": Sentence("Händelser", "History"),
    "history_order": Sentence("Senaste händelsen först.", "The latest event first."),
    "by_authority": Sentence("Med stöd av {what}", "By authority of {what}"),
    "happened": Sentence("hände {when}, infördes {recorded}", "happened {when}, recorded {recorded}"),
    "event_no": Sentence("Händelse {n}", "Event {n}"),
    "correct": Sentence("Rätta", "Correct"),
    "picture": Sentence("Ärendetypens väg som bild", "The case type's way as a picture"),
    "picture_why": Sentence(
        "Bilden visar alla lägen och steg; det nuvarande läget är markerat. Stegen ovan säger detsamma i ord.",
        "The picture shows every state and step; the present state is marked. The steps above say the same in words.",
    ),
    "picture_later": Sentence("Bilden ritas nu. Öppna sidan igen om en stund.", "The picture is being drawn."),
    # mailbox
    "mailbox_why": Sentence(
        "Det här är en brevlåda för utveckling. Mejlen har inte gått ut till någon: de stannar på den här datorn.",
        "This is a development mailbox. The mails have reached nobody: they stay on this machine.",
    ),
    "mailbox_empty": Sentence("Brevlådan är tom", "The mailbox is empty"),
    "mailbox_empty_do": Sentence(
        "När ett steg i ett ärende sänder mejl hamnar de här.", "When a step of a case sends mail, it ends up here."
    ),
    "from": Sentence("Från", "From"),
    "came": Sentence("Kom", "Came"),
    "mail_text": Sentence("Text", "Text"),
    "mail_html": Sentence("Formaterad", "Formatted"),
    "mail_headers": Sentence("Alla brevhuvuden", "All headers"),
    "attachments": Sentence("Bilagor", "Attachments"),
    "reply": Sentence("Svara", "Reply"),
    "reply_why": Sentence(
        "Svaret skrivs som om mottagaren hade svarat från sitt eget mejlprogram. Det går bara i utvecklingsbrevlådan.",
        "The reply is written as if the recipient had answered by mail. Only the development mailbox allows it.",
    ),
    "reply_text": Sentence("Ditt svar", "Your reply"),
    "reply_send": Sentence("Skicka svaret", "Send the reply"),
    "replied_decided": Sentence(
        "Svaret är registrerat som beslut. En kvittens har gått ut.",
        "The reply is recorded as a decision.",
    ),
    "replied_asked": Sentence(
        "Frågan har gått till handläggaren. Begäran väntar.",
        "The question went to the officer. The request waits.",
    ),
    "replied_held": Sentence(
        "Svaret avgjorde ingenting. Varför står i ett nytt mejl.", "The reply decided nothing. A new mail says why."
    ),
    "replied_refused": Sentence(
        "Svaret kunde inte tas emot. Varför står i ett nytt mejl.", "The reply was refused. A new mail says why."
    ),
    "replied_comment": Sentence(
        "Svaret har gått till handläggaren men avgör ingenting.",
        "The reply went to the officer; it decides nothing.",
    ),
    "replied_acknowledged": Sentence(
        "Svaret lästes som ett automatiskt svar.", "The reply was read as an automatic one."
    ),
    "replied_incoming": Sentence(
        "Svaret är registrerat i ärendet som inkommen handling.",
        "The reply is filed on the case as a record.",
    ),
    "replied_tray": Sentence("Svaret ligger i registratorns inkorg.", "The reply lies in the registrar's tray."),
    "back_to_mailbox": Sentence("Till brevlådan", "Back to the mailbox"),
    "back_to_cases": Sentence("Till ärendelistan", "Back to the list"),
    # errors
    "not_found": Sentence("Sidan finns inte", "There is no such page"),
    "not_found_do": Sentence(
        "Det finns ingen sådan sida, eller så får den inte visas. Kontrollera adressen.",
        "There is no such page, or it may not be shown. Check the address.",
    ),
    "failed": Sentence("Något gick fel hos oss", "Something went wrong on our side"),
    "failed_do": Sentence(
        "Ingenting är ändrat. Försök igen om en stund. Hjälper det inte, uppge felnumret till administratören.",
        "Nothing is changed. Try again in a while. If that does not help, give this number to the administrator.",
    ),
    "failure_no": Sentence("Felnummer", "Error number"),
    "refused": Sentence("Det går inte just nu", "That is not possible now"),
    "not_here": Sentence("Så kan sidan inte användas", "The page cannot be used like that"),
}

PHASES = {
    "initiate": Sentence("Initiera", "Initiate"),
    "prepare": Sentence("Bereda", "Prepare"),
    "decide": Sentence("Besluta", "Decide"),
    "close": Sentence("Avsluta", "Close"),
}
CHANNELS = {
    "web": Sentence("webben", "web"),
    "cli": Sentence("kommandoraden", "command line"),
    "mail": Sentence("mejl", "mail"),
    "clock": Sentence("klockan", "clock"),
    "api": Sentence("API", "API"),
}
DIRECTIONS = {
    "drawn_up": Sentence("Upprättad", "Drawn up"),
    "incoming": Sentence("Inkommen", "Incoming"),
    "outgoing": Sentence("Utgående", "Outgoing"),
}
