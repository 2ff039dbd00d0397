"""The declaration of intent of 2020, as far as the sources tell it.

Told by the sources: the dialogue with the ministry, the alignment in the RSAU, the KRF meeting of 2 September 2020,
the structure plan as basis, the submission to the Ministry of Finance; that three municipalities withdrew their
support in May 2021; bill 2021/22:184, the Riksdag's yes on 14 June 2022, the act in force on 1 January 2023. Days,
sections, signatures and formal decisions that the sources do not tell carry the words *ej belagt i källan*.
"""

from __future__ import annotations

from datetime import date

from arende.answercommands import AcceptAnswer, AcknowledgeAnswer, AskExtension, CompileAnswers, RegisterAnswer
from arende.commands import ExtendAnswer
from arende.demo.stage import Stage

TITLE = "Avsiktsförklaring om regional fysisk planering i Hallands län"
NOT_TOLD = "Ej belagt i källan."
STATEMENT = {
    "proposal": "Regionstyrelsens arbetsutskott stämmer av avsiktsförklaringen, som därefter stäms av med kommunerna.",
    "summary": "Region Halland har i dialog med Finansdepartementet aviserat intresse av uppdraget regional fysisk "
    "planering. En avsiktsförklaring ska lämnas in sedan den har stämts av i arbetsutskottet och med de sex "
    "kommunerna. Strukturbild Halland är underlaget.",
    "reasons": "Tjänsteskrivelsens lydelse är inte belagd i källan; den här står i dess ställe.",
}
DECLARATION = {
    "background": "I dialog med Finansdepartementet har Region Halland aviserat att det finns ett intresse av att bli "
    "tilldelad uppdraget Regional fysisk planering. Region Halland har en process igång för att ta fram en "
    "Strukturbild för Halland som ska redogöra för förutsättningar såsom infrastruktur, trafik, arbetsmarknad, "
    "bostadsmarknad och demografi. Strukturbild Halland ska utgöra underlaget till en framtida regional fysisk plan.",
    "intent": "Region Halland avser att söka uppdraget Regional fysisk planering.",
    "need": "Det finns ett behov av att ta fram en regional fysisk plan i Halland för att belysa mellankommunala och "
    "mellanregionala samhällsutvecklingsfrågor i ett regionalt perspektiv, för att skapa goda förutsättningar för "
    "samhällsutveckling i hela Halland.\n\n(Texten följer redovisningen vid Kommun- och regionledningsforums möte den "
    "2 september 2020. Avsiktsförklaringens egen lydelse är inte belagd i källan.)",
}
OWN_WAY = "Sättet att svara är påhittat; kommunens organ, dag och paragraf är inte belagda i källan."


def play(s: Stage) -> None:
    """From draft to the end, in the order in which it happened."""
    _draft(s)
    _rsau(s)
    _municipalities(s)
    _decision(s)
    _afterwards(s)


def _draft(s: Stage) -> None:
    s.scene(
        "2020-08-03",
        "Handläggaren öppnar ärendet och skriver utkastet (dag ej belagd)",
        "The case officer opens the case and writes the draft (day not told by the sources)",
    )
    s.register("officer", "declaration_of_intent", TITLE, draft_due="2020-08-07")
    s.planned_back("krf", date(2020, 9, 2))
    s.relate("officer", "basis", "Strukturbild Halland")
    s.step("officer", "write_declaration", **DECLARATION)
    s.delivered()
    s.scene(
        "2020-08-05",
        "Handläggaren lämnar till chefen för granskning (dag ej belagd)",
        "The case officer hands it to the manager for review (day not told)",
    )
    s.step("officer", "request_review", "Dialogen med Finansdepartementet är redovisad i texten.")


def _rsau(s: Stage) -> None:
    s.scene(
        "2020-08-07",
        "Chefen granskar och sänder vidare till RSAU (dag ej belagd)",
        "The manager reviews it and sends it on to the RSAU (day not told)",
    )
    s.step("officer", "write_statement", **STATEMENT)
    s.step("manager", "submit", rsau_date="2020-08-18")
    s.scene(
        "2020-08-10",
        "RSAU:s ordförande ger klartecken till dagordningen (ej belagt)",
        "The chair of the RSAU clears it for the agenda (not told)",
        at="08:20",
    )
    s.answer_request("rsau_chair", "agenda_clearance")
    s.scene(
        "2020-08-19",
        "RSAU:s sekreterare för in avstämningen (dag och paragraf ej belagda)",
        "The secretary of the RSAU enters the alignment (day and section not told)",
    )
    s.step(
        "rsau_secretary",
        "record_alignment",
        rsau_date="2020-08-18",
        rsau_note="Avstämningen är belagd; RSAU:s dag och paragraf är inte belagda i källan.",
    )


def _municipalities(s: Stage) -> None:
    s.scene(
        "2020-08-20",
        "Handläggaren sänder ut till de sex kommunerna inför KRF den 2 september",
        "The case officer asks the six municipalities before the KRF of 2 September",
    )
    s.step("officer", "consult", krf_date="2020-09-02")
    s.check_all()
    _before_the_forum(s)
    s.scene(
        "2020-09-02",
        "Kommun- och regionledningsforum möts; avstämning med kommunerna",
        "The forum of municipal and regional leaders (KRF) meets; alignment with the municipalities",
        at="16:30",
    )
    s.paper("krf_secretary", "krf_notes")
    for name in ("varberg", "kungsbacka", "hylte"):
        s.position("krf_secretary", f"municipality_{name}", "supports", comment=f"Vid KRF:s möte. {OWN_WAY}")
        _said(s, name, "ställer sig bakom vid KRF", "supports it at the KRF")
    s.delivered()


def _before_the_forum(s: Stage) -> None:
    """Each municipality in its own way. That all six agreed at the KRF is told; how each answered is invented."""
    s.scene("2020-08-21", "Kommunerna svarar, var och en på sitt sätt (sätten är påhittade)",
            "The municipalities answer, each in its own way (the ways are invented)")  # fmt: skip
    s.do(AcknowledgeAnswer, actor="registrar", party="municipality_laholm")
    _said(s, "laholm", "kvitterar att frågan har kommit fram", "says that it has received the question")
    s.position("registrar", "municipality_varberg", "will_return", comment=OWN_WAY)
    _said(s, "varberg", "återkommer", "will return")
    until = date(2020, 10, 9)
    s.do(AskExtension, actor="registrar", party="municipality_kungsbacka", until=until, reason=OWN_WAY)
    s.do(ExtendAnswer, actor="officer", party="municipality_kungsbacka", until=until)
    _said(s, "kungsbacka", "ber om tid till den 9 oktober och får det", "asks for time until 9 October and is given it")
    s.scene("2020-08-26", "Falkenberg svarar genom länken i mejlet, Halmstad och Laholm med mejl (påhittat)",
            "Falkenberg answers by the link in its mail, Halmstad and Laholm by mail (invented)")  # fmt: skip
    s.hand_in("municipality_falkenberg", "supports", sender="Kommunens registrator", comment=OWN_WAY)
    for name in ("halmstad", "laholm"):
        s.position("registrar", f"municipality_{name}", "supports", comment=f"Med mejl. {OWN_WAY}")
        _said(s, name, "ställer sig bakom", "supports it")
    s.scene("2020-08-27", "Registratorn kontrollerar att Falkenbergs svar är kommunens eget (påhittat)",
            "The registrar verifies that the answer of Falkenberg is its own (invented)")  # fmt: skip
    s.do(RegisterAnswer, actor="registrar", party="municipality_falkenberg", how="Samtal med kommunens registrator.")
    s.check("registrar", "answer_4")  # the copy of what was written on the link's page
    s.do(AcceptAnswer, actor="officer", party="municipality_falkenberg")
    _said(s, "falkenberg", "ställer sig bakom", "supports it")
    s.delivered()


def _said(s: Stage, name: str, sv: str, en: str) -> None:
    s.say("            … ", f"{name.capitalize()} {sv}", f"{name.capitalize()} {en}")


def _decision(s: Stage) -> None:
    s.scene(
        "2020-09-07",
        "Handläggaren sammanställer och lämnar till beslut (dag ej belagd)",
        "The case officer compiles the answers and puts it up for decision (day not told)",
    )
    s.do(CompileAnswers, actor="officer")
    s.step("officer", "propose_decision", decision_body="unspecified")
    s.scene(
        "2020-09-09",
        "Formellt beslut är inte belagt i källan; det sägs i ärendet",
        "No formal decision is told by the sources; the case says so",
    )
    s.step(
        "rs_secretary",
        "record_decision",
        decision_note="Vem som beslutade, när och under vilken § är inte belagt i källan.",
    )
    s.scene(
        "2020-09-10",
        "Regionstyrelsens ordförande skriver under (ej belagt)",
        "The chair of the executive board signs (not told)",
        at="07:45",
    )
    s.answer_request("rs_chair", "signature")
    s.scene(
        "2020-09-10", "Regiondirektören skriver under (ej belagt)", "The regional director signs (not told)", at="10:10"
    )
    s.answer_request("region_director", "signature")
    s.scene(
        "2020-09-11",
        "Registratorn sänder avsiktsförklaringen till Finansdepartementet (dag ej belagd)",
        "The registrar sends the declaration to the Ministry of Finance (day not told)",
    )
    s.step("registrar", "submit_to_ministry", ministry="ext_finansdepartementet")
    s.check_all()
    s.scene(
        "2020-09-15",
        "Departementet har tagit emot (dag och diarienummer ej belagda)",
        "The ministry has received it (day and diary number not told)",
    )
    s.step("registrar", "acknowledge", receipt_note="Departementets diarienummer är inte belagt i källan.")


def _afterwards(s: Stage) -> None:
    s.scene(
        "2021-05-20",
        "Varberg, Falkenberg och Halmstad tar tillbaka sitt stöd (maj 2021; dag ej belagd)",
        "Varberg, Falkenberg and Halmstad withdraw their support (May 2021; day not told)",
    )
    for name in ("varberg", "falkenberg", "halmstad"):
        s.withdraw("registrar", f"municipality_{name}", "Hänvisar till Sveriges Kommuner och Regioner.")
        s.say("            … ", f"{name.capitalize()} tar tillbaka sitt stöd", f"{name.capitalize()} withdraws")
    s.delivered()
    s.scene(
        "2021-05-21",
        "Handläggaren tar ställning; ärendet fullföljs (ej belagt)",
        "The case officer considers it; the case goes on (not told)",
    )
    s.finish_tasks("officer", "consider_position", "Ärendet fullföljs. Hur det prövades är inte belagt i källan.")
    s.scene("2022-03-17", "Regeringen lämnar proposition 2021/22:184", "The Government submits bill 2021/22:184")
    s.scene("2022-06-14", "Riksdagen säger ja", "The Riksdag says yes")
    s.scene(
        "2023-01-02",
        "Lagen gäller sedan den 1 januari 2023; registratorn för in utfallet",
        "The act is in force since 1 January 2023; the registrar enters the outcome",
    )
    s.step(
        "registrar",
        "conclude",
        outcome="task_given_by_law",
        outcome_basis="Prop. 2021/22:184, riksdagens beslut den 14 juni 2022, i kraft den 1 januari 2023.",
    )
    s.scene(
        "2023-01-04", "Handläggaren avslutar ärendet (dag ej belagd)", "The case officer closes the case (day not told)"
    )
    s.check_all()
    s.step("officer", "close")
