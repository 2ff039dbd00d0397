"""What can be done to an operational plan in the web: a version read in, a follow-up, the report, a case tied to it."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile

from arende import operationalcommands
from arende.errors import Invalid, Sentence
from arende.plansource import read_source
from arende.web.actforms import Act, Asks

S = Sentence
LONGEST = 400_000
"""Characters of a text that is pasted; a longer one is read in as a file."""
LARGEST = 8_000_000
"""Bytes of a file: the two million characters that a plan may have, however they are written."""

PLAN_ACTS: dict[str, Act] = {
    "import_plan": Act(
        operationalcommands.ImportPlan,
        S("Läs in planens text", "Read in the plan's text"),
        S("Versionen är inläst, och ligger med sina ändringar bland handlingarna.",
          "The version is read in and lies with its changes among the records."),
        (
            Asks("file", S("Planens fil", "The plan's file"), "file",
                 hint=S("Text, JSON eller CSV, högst 8 MB. Det som inte går att läsa säkert står kvar och märks ut.",
                        "Text, JSON or CSV, 8 MB at most. What cannot be read for certain is kept and marked.")),
            Asks("text", S("Eller planens text", "Or the plan's text"), "long", most=LONGEST,
                 hint=S("Klistra in texten som den står i dokumentet, eller som JSON.",
                        "Paste the text as it stands in the document, or as JSON.")),
            Asks("file_name", S("Var den inklistrade texten kommer ifrån", "Where the pasted text comes from"),
                 most=200,
                 hint=S("Till exempel verksamhetsplan-2019.txt. Behövs inte för en fil.",
                        "Such as plan-2019.txt. Not needed for a file.")),
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


def source_of(files: list[UploadFile], text: str, name: str) -> dict[str, Any]:
    """What the command takes from a file, or from a text that is pasted. Raises Invalid in sentences."""
    if files and text.strip():
        raise Invalid(S("Du har både valt en fil och klistrat in text. Ta bort den ena.",
                        "There is both a file and a pasted text. Take one of them away."))  # fmt: skip
    if not files:
        if not text.strip():
            raise Invalid(S("Välj planens fil, eller klistra in dess text.", "Choose the plan's file or paste it."))
        if not name.strip():
            raise Invalid(S("Skriv var den inklistrade texten kommer ifrån.", "Say where the pasted text comes from."))
        return {}
    called = (files[0].filename or "")[-200:]
    data = files[0].file.read(LARGEST + 1)
    if not data.strip():
        raise Invalid(S(f"{called} är tom. Välj filen med planen.", f"{called} is empty. Choose the plan's file."))
    found = read_source(called, data) if len(data) <= LARGEST else None
    if found is None or len(found.text) > operationalcommands.MOST_TEXT:
        raise Invalid(S(f"{called} är för stor: högst 8 MB och två miljoner tecken. Är det planens fil?",
                        f"{called} is too large: 8 MB and two million characters at most."))  # fmt: skip
    return {"file_name": called, "text": found.text, "encoding": found.other}
