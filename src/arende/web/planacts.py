"""What can be done to an operational plan in the web: a version read in, a follow-up, the report, a case tied to it."""

from __future__ import annotations

from arende import operationalcommands
from arende.errors import Sentence
from arende.web.actforms import Act, Asks

S = Sentence
LONGEST = 400_000
"""Characters of a text that is pasted; a longer one is read in on the command line."""

PLAN_ACTS: dict[str, Act] = {
    "import_plan": Act(
        operationalcommands.ImportPlan,
        S("Läs in planens text", "Read in the plan's text"),
        S("Versionen är inläst, och ligger med sina ändringar bland handlingarna.",
          "The version is read in and lies with its changes among the records."),
        (
            Asks("file_name", S("Var texten kommer ifrån", "Where the text comes from"), required=True, most=200,
                 hint=S("Till exempel verksamhetsplan-2019.txt.", "Such as plan-2019.txt.")),
            Asks("text", S("Planens text", "The plan's text"), "long", required=True, most=LONGEST,
                 hint=S("Klistra in texten som den står i dokumentet, eller som JSON. Det som inte går att läsa säkert"
                        " står kvar och märks ut.",
                        "Paste the text as it stands in the document, or as JSON. What cannot be read for certain is"
                        " kept and marked.")),
            Asks("follows", S("Efterföljer planen i ärende", "Comes after the plan of case"), most=32,
                 hint=S("Diarienumret för planen som den första versionen ska jämföras med.",
                        "The diary number of the plan that the first version is compared with.")),
        ),
    ),
    "follow_up": Act(
        operationalcommands.FollowUpActivity,
        S("Följ upp aktiviteten", "Follow up the activity"),
        S("Uppföljningen är införd.", "The follow-up is entered."),
        (
            Asks("status", S("Hur det går", "How it is going"), "radio", required=True, source="progress"),
            Asks("ends", S("Ny sista dag", "New last day"), "date", hint=S("Tomt: som förut.", "Empty: as before.")),
            Asks("comment", S("Kommentar", "Comment"), "long", most=20_000),
        ),
        of="activity",
    ),
    "tie": Act(
        operationalcommands.TieCase,
        S("Knyt ett ärende till aktiviteten", "Tie a case to the activity"),
        S("Ärendet är knutet till aktiviteten.", "The case is tied to the activity."),
        (Asks("other", S("Ärendets diarienummer", "The case's diary number"), required=True, most=32),),
        of="activity",
    ),
    "report_plan": Act(
        operationalcommands.ReportPlan,
        S("Skriv uppföljningsrapporten", "Write the follow-up report"),
        S("Rapporten är skriven och ligger bland handlingarna.", "The report is written and lies among the records."),
        help=S("Den tas upp på nästa dagordning i den nämnd eller styrelse som beslutade planen.",
               "It is put on the next agenda of the body that decided the plan."),
    ),
}  # fmt: skip
"""Key in the address → act."""
