"""Words of the pages where work is done: the frame, forms, the inbox, acts on a case, a new case."""

from __future__ import annotations

from arende.errors import Sentence

WORK_LABELS: dict[str, Sentence] = {
    # frame
    "inbox": Sentence("Inkorg", "Inbox"),
    "new_case": Sentence("Nytt ärende", "New case"),
    "keys": Sentence("Kortkommandon", "Keyboard shortcuts"),
    "keys_rows": Sentence("nästa och föregående rad", "next and previous row"),
    "keys_search": Sentence("sök", "search"),
    "keys_this": Sentence("visa den här rutan", "show this"),
    "keys_go": Sentence("gå till en sida eller ett ärende, eller gör något", "go to a page or a case, or do something"),
    "go": Sentence("Gå till", "Go to"),
    "go_words": Sentence("Sida, ärende eller det du vill göra", "Page, case or what you want to do"),
    "go_case": Sentence("I ärendet {number}", "In the case {number}"),
    "go_own": Sentence("Dina ärenden", "Your cases"),
    "go_pages": Sentence("Sidor", "Pages"),
    "go_count": Sentence("Träffar: {n}", "Found: {n}"),
    "go_none": Sentence("Inget här heter så.", "Nothing here is called that."),
    "go_register": Sentence("Sök i diariet: {q}", "Search the register: {q}"),
    "go_number": Sentence("Öppna {number}", "Open {number}"),
    "keys_on": Sentence("Kortkommandon är på", "Shortcuts are on"),
    "close": Sentence("Stäng", "Close"),
    "page_fresh": Sentence("Sidan har fått nya uppgifter.", "The page has been brought up to date."),
    # forms
    "draft_shown": Sentence(
        "Det här började du skriva {at}. Det är inte skickat.", "You began to write this {at}. It has not been sent."
    ),
    "draft_discard": Sentence("Släng utkastet", "Throw the draft away"),
    "draft_kept": Sentence("Utkastet är sparat.", "The draft is kept."),
    "draft_lost": Sentence(
        "Utkastet kunde inte sparas. Är du utloggad, logga in i en annan flik och fortsätt här.",
        "The draft could not be kept. If you are signed out, sign in in another tab and go on here.",
    ),
    "draft_of": Sentence("Du har ett utkast från {at}.", "You have a draft from {at}."),
    "begun": Sentence("Påbörjat", "Begun"),
    "begun_why": Sentence(
        "Det du har börjat skriva och inte skickat. Bara du ser det, och det finns kvar i 30 dagar.",
        "What you have begun to write and not sent. Only you see it, and it is kept for 30 days.",
    ),
    "begun_form": Sentence("Formulär", "Form"),
    "begun_at": Sentence("Senast skrivet i", "Last written in"),
    "begun_gone": Sentence("Går inte att skicka längre", "Can no longer be sent"),
    "form_wrong": Sentence("Det gick inte att genomföra", "It could not be done"),
    "optional": Sentence("(frivilligt)", "(optional)"),
    "choose_one": Sentence("Välj …", "Choose …"),
    "yes": Sentence("Ja", "Yes"),
    "no": Sentence("Nej", "No"),
    "cancel": Sentence("Avbryt", "Cancel"),
    "field_missing": Sentence("Fyll i ”{field}”.", 'Fill in "{field}".'),
    "file_missing": Sentence("Välj en fil.", "Choose a file."),
    "value_wrong": Sentence(
        "”{field}” har ett värde som inte går att läsa.", '"{field}" has a value that cannot be read.'
    ),
    "warned": Sentence("Klart, med en varning", "Done, with a warning"),
    "warned_on": Sentence("Gå vidare", "Go on"),
    # inbox
    "waits_for_me": Sentence("Väntar på dig", "Waits for you"),
    "inbox_cut": Sentence(
        "Bara de {n} första visas. Resten hittar du i diariet.",
        "Only the first {n} are shown. Find the rest in the register.",
    ),
    "waits_for_none": Sentence("Inget väntar på dig", "Nothing waits for you"),
    "waits_for_none_do": Sentence(
        "När en uppgift eller en begäran kommer till dig står den här, den mest brådskande överst.",
        "When a task or a request comes to you it stands here, the most urgent on top.",
    ),
    "waits_for_others": Sentence("Väntar på andra", "Waits for others"),
    "waits_for_others_why": Sentence(
        "Dina ärenden där någon annan ska göra något.", "Your cases where somebody else is to do something."
    ),
    "watched": Sentence("Ärenden du följer", "Cases you watch"),
    "what_to_do": Sentence("Att göra", "To do"),
    "case_": Sentence("Ärende", "Case"),
    "why": Sentence("Varför", "Why"),
    "for_whom": Sentence("i stället för {name}", "for {name}"),
    "do_task": Sentence("Gör uppgiften", "Do the task"),
    "do_request": Sentence("Svara", "Answer"),
    "reason_assignment": Sentence("Uppdrag från ett beslut", "Assignment from a decision"),
    "reason_task": Sentence("Uppgift för {role}", "Task for {role}"),
    "reason_request": Sentence("{act} begärs av dig som {role}", "{act}, asked of you as {role}"),
    "no_due": Sentence("ingen sista dag", "no last day"),
    "bulk": Sentence("Med de markerade", "With those selected"),
    "bulk_assign": Sentence("Fördela till", "Assign to"),
    "bulk_do": Sentence("Fördela", "Assign"),
    "bulk_refused": Sentence("Gick inte", "Refused"),
    "bulk_remind": Sentence("Påminn dem som de väntar på", "Remind those they wait for"),
    "bulk_ask_assign": Sentence("Fördela till {to}?", "Assign to {to}?"),
    "bulk_ask_remind": Sentence("Påminna?", "Send reminders?"),
    "bulk_ask_why": Sentence(
        "Det här händer när du bekräftar. Avmarkera det som inte ska med.",
        "This happens when you confirm. Untick what is not to be included.",
    ),
    "bulk_happens": Sentence("Det här händer", "What happens"),
    "bulk_assigns": Sentence("Går från {now} till {to}", "Goes from {now} to {to}"),
    "bulk_nobody": Sentence("ingen", "nobody"),
    "bulk_reminds": Sentence("Påminnelse till: {names}", "A reminder to: {names}"),
    "bulk_confirm_assign": Sentence("Fördela de markerade", "Assign those selected"),
    "bulk_confirm_remind": Sentence("Påminn i de markerade", "Remind in those selected"),
    "bulk_cannot": Sentence("Här går det inte", "Here it cannot be done"),
    "bulk_none": Sentence("Markera minst ett ärende.", "Select at least one case."),
    "bulk_done": Sentence("Så gick det", "This is how it went"),
    "select_row": Sentence("Markera {number}", "Select {number}"),
    "to_inbox": Sentence("Till inkorgen", "To the inbox"),
    "late_count": Sentence("{n} försenade", "{n} late"),
    "watch": Sentence("Följ ärendet", "Watch the case"),
    "unwatch": Sentence("Sluta följa", "Stop watching"),
    "watching": Sentence("Du följer ärendet: det står i din inkorg.", "You watch the case: it stands in your inbox."),
    "watching_no_more": Sentence("Du följer inte längre ärendet.", "You no longer watch the case."),
    # a case's next step
    "next_step": Sentence("Nästa steg", "Next step"),
    "other_steps": Sentence("Andra steg", "Other steps"),
    "not_yet": Sentence("Går inte än", "Not possible yet"),
    "not_yet_why": Sentence("Steg som inte går att ta nu, och varför", "Steps that cannot be taken now, and why"),
    "no_step": Sentence("Ärendet är avslutat. Inget steg återstår.", "The case has ended. No step remains."),
    "step_waits": Sentence("Ärendet väntar på {who}.", "The case waits for {who}."),
    "step_waits_for_you": Sentence(
        "Ärendet väntar på dig, men steget går inte att ta än.",
        "The case waits for you, but the step cannot be taken yet.",
    ),
    "sign_in_to_act": Sentence("Logga in för att se vad du kan göra.", "Sign in to see what you can do."),
    "conflict_told": Sentence(
        "Du har anmält jäv i ärendet och deltar inte i det.",
        "You have declared a conflict of interest and take no part.",
    ),
    "leads_to": Sentence("Ärendet går till ”{state}”.", 'The case goes to "{state}".'),
    "step_note": Sentence("Kommentar", "Comment"),
    "step_note_required": Sentence("Motivering", "Reason"),
    "step_taken": Sentence("Steget är taget. Ärendet är nu i läget ”{state}”.", 'Done. The case is now in "{state}".'),
    "changed_meanwhile": Sentence("Någon annan hann före", "Somebody else was first"),
    "changed_meanwhile_do": Sentence(
        "Det här har hänt sedan du öppnade sidan. Läs det, och skicka igen om det stämmer. Det du skrev står kvar.",
        "This has happened since you opened the page. Read it, and send again if it holds. What you wrote is kept.",
    ),
    "acts": Sentence("Gör mer", "More to do"),
    "act": Sentence("Gör", "Do"),
    "done": Sentence("Klar", "Done"),
    "answered": Sentence("Svaret är infört i ärendet.", "The answer is on record."),
    "answer_request": Sentence("Svara: {act}", "Answer: {act}"),
    "sent_mail_why": Sentence(
        "Så här skrevs mejlet. Den personliga länken fylls i när det sänds, och visas inte.",
        "This is the mail as written. The personal link is filled in when it is sent, and is not shown.",
    ),
    "written_at": Sentence("Skrivet", "Written"),
    # notes
    "notes": Sentence("Arbetsanteckningar", "Working notes"),
    "notes_none": Sentence("Inga anteckningar än.", "No notes yet."),
    "note_add": Sentence("Skriv en anteckning", "Write a note"),
    # documents
    "upload": Sentence("Lägg till en handling", "Add a record"),
    "upload_do": Sentence("Lägg till", "Add"),
    "upload_done": Sentence("Handlingen är tillagd.", "The record is added."),
    "upload_kind": Sentence("Slag av handling", "Kind of record"),
    "upload_kind_hint": Sentence(
        "Finns slaget redan blir filen en ny version.", "If there is one of the kind, the file becomes a new version."
    ),
    "upload_file": Sentence("Fil", "File"),
    "upload_file_hint": Sentence("Högst {size}.", "At most {size}."),
    "upload_direction": Sentence("Upprättad, inkommen eller utgående", "Drawn up, incoming or outgoing"),
    "upload_reason": Sentence("Skäl, om en undertecknad handling byts ut", "Why, if a signed record is exchanged"),
    "upload_reason_hint": Sentence(
        "Bara samma lydelse, till exempel en bättre skanning. Skälet står i akten.",
        "The same words only, such as a better scan. The reason stands in the record.",
    ),
    "upload_other": Sentence("Annan handling", "Another record"),
    "compare": Sentence("Jämför med version {n}", "Compare with version {n}"),
    "compare_title": Sentence("{what}: version {a} och {b}", "{what}: versions {a} and {b}"),
    "compare_legend": Sentence(
        "Struket är borttaget ur version {a}, understruket är nytt i version {b}.",
        "Struck out is gone from version {a}, underlined is new in version {b}.",
    ),
    "compare_gone": Sentence("borttaget", "removed"),
    "compare_new": Sentence("tillagt", "added"),
    "compare_same": Sentence("Versionerna säger ordagrant samma sak.", "The versions say the very same."),
    "compare_not": Sentence(
        "Versionerna går inte att jämföra här: de är bilder, eller skiljer sig för mycket. Öppna var och en.",
        "The versions cannot be compared here: they are pictures, or differ too much. Open each of them.",
    ),
    "back_to_case": Sentence("Till ärendet {number}", "To the case {number}"),
    "actions": Sentence("Åtgärder", "Actions"),
    "as_pdf": Sentence("Ärendet som PDF", "The case as PDF"),
    "all_events": Sentence("Visa alla tidigare händelser ({n})", "Show all earlier events ({n})"),
    # a new case
    "new_case_pick": Sentence("Vad gäller det?", "What is it about?"),
    "new_case_title": Sentence("Rubrik", "Title"),
    "new_case_title_hint": Sentence(
        "Vad ärendet gäller, på en rad. Skriv inget som omfattas av sekretess.",
        "What the case is about, on one line. Write nothing that is secret.",
    ),
    "new_case_secrecy": Sentence("Ärendet omfattas av sekretess", "The case is under secrecy"),
    "new_case_secrecy_hint": Sentence(
        "Då visas rubrik, parter och handlingar bara för dem som arbetar med ärendet.",
        "Then title, parties and records are shown only to those who work with the case.",
    ),
    "new_case_officer": Sentence("Handläggare", "Case officer"),
    "new_case_do": Sentence("Registrera ärendet", "Register the case"),
    "new_case_done": Sentence("Ärendet är registrerat och har fått diarienummer {number}.", "Registered as {number}."),
    "new_case_not_you": Sentence("Registreras av {roles}.", "Registered by {roles}."),
    "new_case_none": Sentence(
        "Du har inget uppdrag som får registrera ärenden.", "You hold no office that may register cases."
    ),
}

ACCESSES = {
    "public": Sentence("Offentlig", "Public"),
    "secret": Sentence("Sekretess", "Secret"),
}
