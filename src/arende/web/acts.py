"""What can be done to a case besides its steps: each act is one command, and its form follows from this table.

The same commands are typed on the command line. Whether an act is allowed is judged by the command, not here; a page
offers what makes sense to whoever reads it.
"""

from __future__ import annotations

from arende import answercommands, commands, deskcommands, organisationcommands, plancommands, registercommands
from arende.errors import Sentence
from arende.web.actforms import Act, Asks
from arende.web.planacts import PLAN_ACTS

S = Sentence
_COMMENT = Asks("comment", S("Kommentar", "Comment"), "long", most=20_000)
_UNTIL = Asks("until", S("Ny sista dag", "New last day"), "date", required=True)
_REASON = Asks(
    "reason",
    S("Skäl", "Reason"),
    "long",
    required=True,
    hint=S("Parten får veta det.", "The party is told."),
    most=20_000,
)
_WHY = Asks("reason", S("Skäl", "Reason"), "long", required=True, most=20_000)
_POSITION = (
    Asks("stance", S("Ställningstagande", "Position"), "radio", required=True, source="stances"),
    Asks(
        "body",
        S("Organ som beslutade", "Body that decided"),
        hint=S("Till exempel kommunstyrelsen.", "Such as the executive board."),
    ),
    Asks("decided_on", S("Beslutsdag", "Decided on"), "date"),
    Asks("section", S("Paragraf", "Section"), most=32),
    Asks(
        "legal_force_on",
        S("Laga kraft den", "Legal force on"),
        "date",
        hint=S("När parterna fattar likalydande beslut.", "Where the parties decide on the same words."),
    ),
    Asks("party_ref", S("Partens diarienummer", "The party's own number"), most=64),
    Asks("comment", S("Synpunkter", "Comments"), "long", most=20_000),
)

ACTS: dict[str, Act] = {
    **PLAN_ACTS,
    "assign": Act(
        commands.AssignCase,
        S("Fördela ärendet", "Assign the case"),
        S("Ärendet är fördelat.", "The case is assigned."),
        (
            Asks("officer", S("Handläggare", "Case officer"), "choice", required=True, source="staff"),
            Asks("note", S("Meddelande", "Message"), "long", most=20_000),
        ),
        watches_version=True,
    ),
    "note": Act(
        commands.AddNote,
        S("Skriv en arbetsanteckning", "Write a working note"),
        S("Anteckningen är sparad.", "The note is saved."),
        (
            Asks(
                "text",
                S("Anteckning", "Note"),
                "long",
                required=True,
                most=20_000,
                hint=S(
                    "Nämn en kollega med @ och nyckeln i personfilen, till exempel @officer2: då får hen ett mejl.",
                    "Mention a colleague by @ and the key of the people file, such as @officer2: they get a mail.",
                ),
            ),
        ),
        help=S(
            "Anteckningar ligger utanför akten och rensas när ärendet avslutas.",
            "Notes are outside the record and are cleared when the case ends.",
        ),
    ),
    "plan": Act(
        plancommands.KeepPlan,
        S("Lägg en tidplan", "Make a plan"),
        S("Tidplanen är sparad.", "The plan is kept."),
        (
            Asks(
                "body",
                S("Organ som ska ta upp ärendet", "Body that takes up the case"),
                "choice",
                required=True,
                source="bodies",
            ),
            Asks(
                "meeting",
                S("Sammanträdesdag", "Day of the meeting"),
                "date",
                hint=S("Utan dag: det första sammanträde som hinns med.", "Without a day: the first possible."),
            ),
        ),
        help=S(
            "Dagarna räknas bakåt från sammanträdet: handlingar, beredande organ, remiss och skrivtid. Flyttas ett "
            "sammanträde görs planen om av sig själv.",
            "The days are counted back from the meeting: papers, preparing bodies, referral and drafting. When a "
            "meeting moves, the plan is made anew by itself.",
        ),
    ),
    "drop_plan": Act(
        plancommands.DropPlan,
        S("Ta bort tidplanen", "Take the plan away"),
        S("Tidplanen är borttagen.", "The plan is taken away."),
        (Asks("reason", S("Skäl", "Reason"), "long", most=20_000),),
    ),
    "remind": Act(
        deskcommands.Remind,
        S("Påminn", "Remind"),
        S("Påminnelsen är sänd.", "The reminder is sent."),
        (Asks("note", S("Anteckning till akten", "Note for the record"), "long", most=20_000),),
        help=S(
            "De som ärendet väntar på får ett mejl nu, en gång om dagen som mest.",
            "Those whom the case waits for get a mail now, once a day at most.",
        ),
    ),
    "relate": Act(
        commands.Relate,
        S("Lägg till ett samband", "Add a relation"),
        S("Sambandet är infört.", "The relation is entered."),
        (
            Asks("kind", S("Slag", "Kind"), "choice", required=True, source="relations"),
            Asks(
                "other",
                S("Ärende eller underlag", "Case or basis"),
                required=True,
                hint=S(
                    "Ett diarienummer, eller namnet på något utanför.",
                    "A diary number, or the name of something outside.",
                ),
                most=300,
            ),
        ),
    ),
    "conflict": Act(
        commands.DeclareConflict,
        S("Anmäl jäv", "Declare a conflict of interest"),
        S("Jävet är antecknat. Du deltar inte mer i ärendet.", "It is recorded. You take no further part in the case."),
        (Asks("reason", S("Skäl", "Reason"), "long", most=20_000),),
        help=S(
            "Du lämnar ärendet för gott, och det syns i akten (KL 6:28). Den som träder in får dina uppgifter.",
            "You leave the case for good, and the record says so (KL 6:28). Whoever steps in gets your tasks.",
        ),
    ),
    "correct": Act(
        commands.CorrectEvent,
        S("Rätta en händelse", "Correct an event"),
        S("Rättelsen är införd. Den gamla händelsen står kvar.", "The correction is entered. The old event stays."),
        (Asks("text", S("Vad som är rätt", "What is right"), "long", required=True, most=20_000),),
        of="seq",
        help=S(
            "Händelsen står kvar, och rättelsen bredvid. Ett samband som den förde in gäller inte längre.",
            "The event stays, with the correction beside it. A relation that it entered no longer holds.",
        ),
    ),
    "complete": Act(
        commands.CompleteTask,
        S("Anmäl uppgiften som klar", "Report the task as done"),
        S("Uppgiften är klar.", "The task is done."),
        (_COMMENT,),
        of="task",
    ),
    "reply_question": Act(
        commands.AnswerQuestion,
        S("Svara på frågan", "Answer the question"),
        S("Svaret har gått till den som frågade.", "The answer has gone to whoever asked."),
        (Asks("answer", S("Svar", "Answer"), "long", required=True, most=20_000),),
        of="question",
    ),
    "check": Act(
        commands.CheckRecord,
        S("Sekretesspröva handlingen", "Check the record for secrecy"),
        S("Handlingen är prövad.", "The record is checked."),
        (
            Asks("access", S("Resultat", "Result"), "radio", required=True, source="accesses"),
            Asks(
                "ground",
                S("Bestämmelse", "Provision"),
                hint=S(
                    "För en sekretessbelagd handling, till exempel OSL 25:1.", "For a secret record, such as OSL 25:1."
                ),
                most=100,
            ),
        ),
        of="record_no",
    ),
    "move_record": Act(
        registercommands.MoveRecord,
        S("Flytta handlingen till rätt ärende", "Move the record to the right case"),
        S("Handlingen är flyttad.", "The record is moved."),
        (Asks("to", S("Rätt diarienummer", "The right diary number"), required=True, most=16), _WHY),
        of="record_no",
        help=S("Numret står kvar här och säger vart handlingen gick.", "The number stays here and says where it went."),
    ),
    "merge": Act(
        registercommands.MergeCases,
        S("Slå ihop med ett annat ärende", "Merge with another case"),
        S("Ärendet har gått upp i det andra.", "The case has been merged into the other."),
        (Asks("into", S("Ärendet som fortsätter", "The case that continues"), required=True, most=16), _WHY),
        watches_version=True,
        help=S(
            "Det här ärendet avslutas och pekar på det andra. Handlingarna ligger kvar här.",
            "This case ends and points to the other. Its records stay here.",
        ),
    ),
    "hand_over": Act(
        organisationcommands.HandOver,
        S("För över till efterträdaren", "Hand over to the successor"),
        S(
            "Efterträdaren är införd. Händelserna säger vad som går över, vilken dag, och vad som är kvar att göra.",
            "The successor is entered. The events say what passes on, on which day, and what is left to do.",
        ),
        (
            Asks(
                "successor",
                S("Organ som tar över", "Body that takes over"),
                "choice",
                required=True,
                source="successors",
                hint=S(
                    "Ett organ som inrättas genom samma ändring finns med när det har lagts in i personfilen.",
                    "A body that the same change sets up is there once it has been entered in the people file.",
                ),
            ),
            Asks(
                "members",
                S(
                    "Har fullmäktige valt dem som sitter i organen till efterträdaren?",
                    "Has the assembly elected those who sit in the bodies to the successor?",
                ),
                "yesno",
                hint=S(
                    "Då har de kvar sina uppdrag där till valperiodens slut (KL 6:18). Annars slutar uppdragen med "
                    "organet, och nya val läggs in i personfilen (KL 5:1).",
                    "Then they keep their seats there to the end of the elected period (KL 6:18). Else the seats end "
                    "with the body, and new elections are entered in the people file (KL 5:1).",
                ),
            ),
        ),
        help=S(
            "Öppna ärenden, uppgifter, uppdrag och begäran om svar går över dagen efter organens sista dag. "
            "Numren står kvar; nya ärenden får efterträdarens diarieserie. Sammanträden och dagordningar görs klara "
            "för hand, och räknas upp.",
            "Open cases, tasks, assignments and requests pass on by themselves, on the day after the bodies' last. "
            "Their numbers stay; new cases get the successor's diary series. Meetings and agendas are finished by "
            "hand, and are listed.",
        ),
    ),
    "void": Act(
        registercommands.VoidCase,
        S("Makulera numret", "Make the number void"),
        S("Numret är makulerat.", "The number is void."),
        (_WHY,),
        watches_version=True,
        help=S(
            "För ett nummer som togs av misstag. Det står kvar i diariet och ges aldrig ut igen.",
            "For a number that was taken by mistake. It stays in the register and is never given again.",
        ),
    ),
    "answer": Act(
        commands.AnswerConsultation,
        S("För in ställningstagande", "Enter a position"),
        S("Ställningstagandet är infört.", "The position is entered."),
        _POSITION,
        of="party",
    ),
    "acknowledge": Act(
        answercommands.AcknowledgeAnswer,
        S("Anteckna att parten har tagit emot", "Note that the party has received it"),
        S("Mottagandet är antecknat.", "The receipt is noted."),
        (Asks("party_ref", S("Partens diarienummer", "The party's own number"), most=64),),
        of="party",
    ),
    "extend": Act(
        commands.ExtendAnswer,
        S("Bevilja anstånd", "Grant more time"),
        S("Parten har fått mer tid.", "The party has more time."),
        (_UNTIL, Asks("note", S("Meddelande", "Message"), "long", most=20_000)),
        of="party",
    ),
    "refuse_extension": Act(
        answercommands.RefuseExtension,
        S("Avslå anstånd", "Refuse more time"),
        S("Parten har fått avslag med skäl.", "The party has been told, with the reason."),
        (_REASON,),
        of="party",
    ),
    "register_answer": Act(
        answercommands.RegisterAnswer,
        S("Registrera svaret", "Register the answer"),
        S("Svaret är registrerat.", "The answer is registered."),
        (
            Asks(
                "how",
                S("Hur behörigheten är kontrollerad", "How the authority was verified"),
                "long",
                required=True,
                hint=S(
                    "Till exempel protokollsutdrag, eller samtal med kommunens registrator.",
                    "Such as an extract of minutes, or a call.",
                ),
                most=20_000,
            ),
        ),
        of="party",
    ),
    "set_aside": Act(
        answercommands.SetAsideAnswer,
        S("Det är inte partens svar", "It is not the party's answer"),
        S("Svaret är lagt åt sidan; parten väntas fortfarande svara.", "It is set aside; the party is still awaited."),
        (_REASON,),
        of="party",
    ),
    "supplement": Act(
        answercommands.AskSupplement,
        S("Begär komplettering", "Ask for a supplement"),
        S("Parten är ombedd att komplettera.", "The party is asked to supplement."),
        (
            Asks("what", S("Vad som saknas", "What is missing"), "long", required=True, most=20_000),
            Asks(
                "until",
                S("Sista dag", "Last day"),
                "date",
                hint=S("Utan dag: inom tio arbetsdagar.", "Without a day: within ten working days."),
            ),
        ),
        of="party",
    ),
    "accept": Act(
        answercommands.AcceptAnswer,
        S("För in svaret som det är", "Take the answer in as it stands"),
        S("Svaret är infört.", "The answer is taken in."),
        of="party",
    ),
    "reply": Act(
        answercommands.ReplyToAnswer,
        S("Bemöt synpunkterna", "Reply to the comments"),
        S("Bemötandet är infört.", "The reply is entered."),
        (Asks("reply", S("Vårt bemötande", "Our reply"), "long", required=True, most=20_000),),
        of="party",
    ),
    "withdraw": Act(
        commands.WithdrawAnswer,
        S("Parten tar tillbaka svaret", "The party takes its answer back"),
        S("Svaret är taget tillbaka.", "The answer is taken back."),
        (_COMMENT,),
        of="party",
    ),
    "remove_party": Act(
        answercommands.RemoveParty,
        S("Fråga inte parten längre", "No longer ask the party"),
        S("Parten tillfrågas inte längre.", "The party is no longer asked."),
        (_REASON,),
        of="party",
    ),
    "add_party": Act(
        answercommands.AddParty,
        S("Fråga en part till", "Ask one more party"),
        S("Parten är tillfrågad.", "The party is asked."),
        (
            Asks("party", S("Part", "Party"), "choice", required=True, source="parties"),
            Asks(
                "due", S("Sista dag", "Last day"), "date", hint=S("Utan dag: omgångens.", "Without a day: the round's.")
            ),
        ),
    ),
    "close_round": Act(
        commands.CloseConsultation,
        S("Avsluta omgången i förtid", "End the round early"),
        S("Omgången är avslutad. De som inte har svarat är namngivna.", "The round has ended. The silent are named."),
        (Asks("reason", S("Skäl", "Reason"), "long", required=True, most=20_000),),
    ),
    "compile": Act(
        answercommands.CompileAnswers,
        S("Skriv sammanställningen", "Write the table of answers"),
        S("Sammanställningen är skriven och ligger bland handlingarna.", "It is written and lies among the records."),
    ),
}
"""Key in the address → act."""
