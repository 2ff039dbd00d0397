"""Words of the pages about other programs and about mail that waits for a registrar."""

from __future__ import annotations

from arende.errors import Sentence

PROGRAM_LABELS: dict[str, Sentence] = {
    # mail that waits
    "admin_held": Sentence("Mejl att sortera", "Mail to sort"),
    "held_count": Sentence("Mejl som väntar på registrator: {n}.", "Mails that wait for a registrar: {n}."),
    "held_none": Sentence("Inga mejl väntar på registrator.", "No mail waits for a registrar."),
    "held_received": Sentence(
        "Nyss mottagna, som systemet strax sorterar: {n}.", "Just taken in, to be sorted by the machine shortly: {n}."
    ),
    "held_why": Sentence(
        "Avsändare, ämne och innehåll ser bara registratorn, eftersom mejlen inte är sekretessprövade än.",
        "Only the registrar sees sender, subject and text, since the mails have not been checked for secrecy yet.",
    ),
    "held_sort": Sentence("Sortera mejlen", "Sort the mails"),
    "held_who": Sentence("Sorteras av: {names}.", "Sorted by: {names}."),
    "held_nobody": Sentence(
        "Ingen har uppdraget registrator i dag, så ingen kan sortera mejlen. Lägg in någon i personfilen.",
        "Nobody holds the office of registrar today, so nobody can sort them. Enter somebody in the people file.",
    ),
    "held_waiting": Sentence("De äldsta först", "The oldest first"),
    "held_reason": Sentence("Varför det väntar", "Why it waits"),
    # keys
    "admin_keys": Sentence("Nycklar och webhookar", "Keys and webhooks"),
    "shown_once": Sentence(
        "Kopiera den nu och ge den till programmet. Den visas bara här, en gång.",
        "Copy it now and give it to the program. It is shown here only, once.",
    ),
    "api_keys": Sentence("Nycklar till API:et", "Keys to the API"),
    "api_keys_why": Sentence(
        "Ett annat program kommer in med en nyckel och får då göra det som dess person får, aldrig mer.",
        "Another program comes in with a key, and may then do what its person may, never more.",
    ),
    "api_keys_none": Sentence("Ingen nyckel har gjorts.", "No key has been made."),
    "key_name": Sentence("Program", "Program"),
    "key_name_hint": Sentence("Till exempel E-tjänsten.", "Such as The e-service."),
    "key_person": Sentence("Handlar som", "Acts as"),
    "key_person_hint": Sentence(
        "Lägg hellre in programmet i personfilen, med egna uppdrag, än att låna en kollega.",
        "Rather enter the program in the people file, with offices of its own, than lend it a colleague.",
    ),
    "key_other": Sentence("Eller någon annan", "Or somebody else"),
    "key_other_hint": Sentence(
        "Förtroendevalda. Börja skriva namnet och välj i listan.", "Those elected. Begin to write the name and pick it."
    ),
    "key_other_unknown": Sentence(
        "Ingen förtroendevald heter så, eller flera. Välj i listan, eller skriv personens nyckel.",
        "Nobody elected is called that, or several are. Pick from the list, or write the person's key.",
    ),
    "key_role": Sentence("Får", "May"),
    "key_role_read": Sentence("läsa", "read"),
    "key_role_act": Sentence("läsa och handla", "read and act"),
    "key_days": Sentence("Antal dagar som den gäller", "Days that it holds"),
    "key_days_hint": Sentence("Högst {most}.", "{most} at most."),
    "key_until": Sentence("Gäller till", "Holds until"),
    "key_used": Sentence("Senast använd", "Last used"),
    "key_made_by": Sentence("Gjord av", "Made by"),
    "key_holds": Sentence("Gäller", "Holds"),
    "key_over": Sentence("Har gått ut", "Has expired"),
    "key_revoked": Sentence("Spärrad", "Revoked"),
    "key_end": Sentence("Spärra", "Revoke"),
    "key_ended": Sentence("Nyckeln är spärrad.", "The key is revoked."),
    "key_new": Sentence("Ny nyckel", "New key"),
    "key_make": Sentence("Gör en nyckel", "Make a key"),
    "key_made": Sentence("Nyckeln är gjord", "The key is made"),
    # webhooks
    "webhooks": Sentence("Webhookar", "Webhooks"),
    "webhooks_why": Sentence(
        "Adresser som får veta vad som händer i ärenden utan sekretess: händelsens slag och diarienummer, inget annat.",
        "Addresses told what happens in cases that are not secret: the kind of event and the number, nothing else.",
    ),
    "webhooks_none": Sentence("Ingen adress får veta något.", "No address is told anything."),
    "hook_name": Sentence("Mottagare", "Receiver"),
    "hook_name_hint": Sentence("Till exempel Ledningssystemet.", "Such as The management system."),
    "hook_url": Sentence("Adress", "Address"),
    "hook_url_hint": Sentence("Börjar med https://.", "Begins with https://."),
    "hook_kinds": Sentence("Händelser", "Events"),
    "hook_kinds_hint": Sentence(
        "Början på händelsers namn med mellanslag emellan, till exempel case.step. Tomt betyder alla.",
        "Beginnings of events' names with spaces between, such as case.step. Empty means all.",
    ),
    "hook_all": Sentence("alla händelser", "all events"),
    "hook_told": Sentence("Senast mottaget", "Last taken"),
    "hook_reply": Sentence("Senaste svar", "Last reply"),
    "hook_do": Sentence("Gör något med webhooken", "Do something with the webhook"),
    "hook_well": Sentence("Tar emot", "Takes it"),
    "hook_new": Sentence("Inget berättat än", "Nothing told yet"),
    "hook_in_vain": Sentence("Tar inte emot, försök: {n}", "Does not take it, attempts: {n}"),
    "hook_stopped": Sentence("Stoppad", "Stopped"),
    "hook_again": Sentence("Försöker igen", "Tried again"),
    "hook_try": Sentence("Prova", "Try"),
    "hook_resume": Sentence("Börja om", "Resume"),
    "hook_remove": Sentence("Ta bort", "Remove"),
    "hook_add": Sentence("Ny webhook", "New webhook"),
    "hook_make": Sentence("Lägg till adressen", "Add the address"),
    "hook_made": Sentence("Webhooken är tillagd. Dess hemlighet:", "The webhook is added. Its secret:"),
    "hook_taken": Sentence("{name} tog emot: {told}.", "{name} took it: {told}."),
    "hook_not_taken": Sentence("{name} tog inte emot: {told}.", "{name} did not take it: {told}."),
    "hook_resumed": Sentence("Webhooken försöker igen.", "The webhook is tried again."),
    "hook_messages": Sentence("Meddelanden", "Messages"),
    "hook_messages_why": Sentence(
        "De {n} senaste, med vad adressen svarade. Det som inte togs emot sänds igen av sig självt, i ordning. Här kan"
        " ett enskilt meddelande sändas om, med samma id.",
        "The latest {n}, with what the address answered. What was not taken is sent again by itself, in order; here a"
        " single message can be sent once more, under the same id.",
    ),
    "hook_messages_none": Sentence("Inget har sänts än.", "Nothing has been sent yet."),
    "hook_when": Sentence("När", "When"),
    "hook_what": Sentence("Vad", "What"),
    "hook_answer": Sentence("Svar", "Answer"),
    "hook_was_taken": Sentence("Togs emot", "Taken"),
    "hook_was_not": Sentence("Togs inte emot", "Not taken"),
    "hook_again_do": Sentence("Sänd igen", "Send again"),
    "hook_removed": Sentence("Adressen får inte veta mer.", "The address is told no more."),
}
