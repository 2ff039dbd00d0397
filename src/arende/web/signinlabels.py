"""The words of signing in, of who is signed in, and of a form that came too late."""

from __future__ import annotations

from arende.errors import Sentence

SIGNIN_LABELS: dict[str, Sentence] = {
    # on every page
    "sign_in": Sentence("Logga in", "Sign in"),
    "sign_out": Sentence("Logga ut", "Sign out"),
    "signed_in_as": Sentence("Inloggad som", "Signed in as"),
    "demo_loud": Sentence(
        "Demonstration: allt är påhittat, och vem som helst kan logga in som vem som helst.",
        "Demonstration: everything is made up, and anybody can sign in as anybody.",
    ),
    "demo_foot": Sentence(
        "Det här är en demonstration. Mejl som sänds stannar i utvecklingsbrevlådan på den här datorn.",
        "This is a demonstration. Mail that is sent stays in the development mailbox of this machine.",
    ),
    "not_loaded_foot": Sentence(
        "Här finns inga personer och inga ärenden än.", "There are no people and no cases here yet."
    ),
    # the page
    "pick_person": Sentence("Välj vem du vill vara", "Choose who to be"),
    "pick_seated": Sentence("Ledamöter och ersättare ({n})", "Members and substitutes ({n})"),
    "pick_why": Sentence(
        "I en demonstration behövs inget lösenord. Logga in som den som ärendet väntar på, och för det vidare.",
        "A demonstration needs no password. Sign in as the person a case waits for, and move it on.",
    ),
    "pick_wanted": Sentence("{number} väntar på", "{number} waits for"),
    "pick_other": Sentence("Eller någon annan", "Or somebody else"),
    "pick_waits": Sentence("Att göra: {cases}", "To do: {cases}"),
    "act_as_other": Sentence("Logga in som den som ärendet väntar på.", "Sign in as the person the case waits for."),
    "no_way_in": Sentence("Det går inte att logga in än", "Nobody can sign in yet"),
    "no_way_in_do": Sentence(
        "Inget sätt att logga in är inställt. Den som sköter installationen ställer in det: docs/howto/sign-in.md.",
        "No way to sign in has been set up. Whoever runs this installation does it: docs/howto/sign-in.md.",
    ),
    "at_provider": Sentence("Logga in med {name}", "Sign in with {name}"),
    "at_some_provider": Sentence("Logga in", "Sign in"),
    "provider_why": Sentence(
        "Du skickas till organisationens inloggning och kommer sedan tillbaka hit.",
        "You are sent to your organisation's sign-in, and then come back here.",
    ),
    "with_password": Sentence("Med lösenord", "With a password"),
    "user_key": Sentence("Användarnamn", "User name"),
    "password": Sentence("Lösenord", "Password"),
    "already_in": Sentence(
        "Du är inloggad som {name}. Loggar du in som någon annan avslutas den inloggningen.",
        "You are signed in as {name}. Signing in as somebody else ends that.",
    ),
    # after it
    "now_signed_in": Sentence("Du är inloggad", "You are signed in"),
    "now_signed_in_do": Sentence(
        "Gå tillbaka till fliken där du skrev och skicka det igen. Du kan stänga den här fliken.",
        "Go back to the tab where you were writing, and send it again. You may close this tab.",
    ),
    # who is signed in
    "sessions": Sentence("Inloggningar", "Sign-ins"),
    "sessions_own": Sentence(
        "Här är du inloggad. Avsluta det du inte känner igen eller har glömt.",
        "Where you are signed in. End what you do not recognise or have left open.",
    ),
    "sessions_all": Sentence(
        "Alla som är inloggade. Den vars inloggning avslutas får logga in igen; det som är sparat påverkas inte.",
        "Everybody who is signed in. Whoever's sign-in is ended has to sign in again; nothing saved is affected.",
    ),
    "session_who": Sentence("Vem", "Who"),
    "session_way": Sentence("Hur", "How"),
    "session_since": Sentence("Sedan", "Since"),
    "session_seen": Sentence("Senast", "Last seen"),
    "session_end": Sentence("Avsluta", "End"),
    "session_this": Sentence("den här", "this one"),
    "way_demo": Sentence("vald i demonstrationen", "picked in the demonstration"),
    "way_password": Sentence("lösenord", "password"),
    "way_oidc": Sentence("organisationens inloggning", "the organisation's sign-in"),
    # a form that came too late
    "again_out": Sentence("Du har loggats ut, men det du skrev finns kvar", "You were signed out; your text is kept"),
    "again_out_do": Sentence(
        "Logga in i en ny flik. Kom sedan tillbaka hit och skicka igen. Ingenting är sparat än.",
        "Sign in in a new tab. Then come back here and send again. Nothing has been saved yet.",
    ),
    "again_in": Sentence("Kontrollera och skicka igen", "Check, and send again"),
    "again_in_do": Sentence(
        "Sidan hörde till en tidigare inloggning. Det du skrev finns kvar, men ingenting är sparat än. Du skickar nu "
        "som {name}.",
        "The page belonged to an earlier sign-in. Your text is kept, but nothing has been saved yet. You now send as "
        "{name}.",
    ),
    "again_send": Sentence("Skicka igen", "Send again"),
    "again_files": Sentence(
        "Filer följer inte med. Bifogade du någon, gå tillbaka till formuläret och välj den igen.",
        "Files are not kept. If you attached any, go back to the form and choose them again.",
    ),
    "sign_in_new_tab": Sentence("Logga in i en ny flik", "Sign in in a new tab"),
    "what_you_wrote": Sentence("Det du skrev", "What you wrote"),
    # refused
    "foreign_form": Sentence("Formuläret kom från en annan plats", "The form came from elsewhere"),
    "foreign_form_do": Sentence(
        "Ingenting är gjort. Öppna sidan här och fyll i formuläret på nytt.",
        "Nothing was done. Open the page here and fill in the form anew.",
    ),
    "too_large": Sentence("Det gick inte att ta emot", "It could not be taken in"),
    "too_large_do": Sentence(
        "Formuläret är för stort, trasigt eller kom för långsamt. Ingenting är sparat. Gå tillbaka och försök med "
        "kortare text eller mindre filer.",
        "The form is too large, broken or came too slowly. Nothing was saved. Go back and try with a shorter text or "
        "smaller files.",
    ),
    "forbidden": Sentence("Det får du inte göra", "You may not do that"),
}

OLD_FORM = Sentence(
    "Sidan har legat öppen för länge, eller kakor är avstängda. Försök igen.",
    "The page has been open for too long, or cookies are off. Try again.",
)
WRONG = Sentence("Användarnamnet eller lösenordet stämmer inte.", "The user name or the password is not right.")
TOO_MANY = Sentence(
    "För många försök. Vänta tio minuter och försök igen.", "Too many attempts. Wait ten minutes and try again."
)
PICK_ONE = Sentence("Välj en av personerna i listan.", "Choose one of the people on the list.")
