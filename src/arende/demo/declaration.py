"""The declaration of intent of 2020, as far as the sources tell it.

Told by the sources: the dialogue with the ministry, the alignment in the RSAU, the KRF meeting of 2 September 2020,
the structure plan as basis, the submission to the Ministry of Finance; that three municipalities withdrew their
support in May 2021; bill 2021/22:184, the Riksdag's yes on 14 June 2022, the act in force on 1 January 2023. Days,
sections, signatures and formal decisions that the sources do not tell carry the words *ej belagt i källan*.
"""

from __future__ import annotations

from arende.demo.stage import Stage

TITLE = "Avsiktsförklaring om regional fysisk planering i Hallands län"
NOT_TOLD = "Ej belagt i källan."
MUNICIPALITIES = ("falkenberg", "halmstad", "hylte", "kungsbacka", "laholm", "varberg")


def play(s: Stage) -> None:
    """From draft to the end, in the order in which it happened."""
    _draft(s)
    _rsau(s)
    _municipalities(s)
    _decision(s)
    _afterwards(s)


def _draft(s: Stage) -> None:
    s.scene("2020-08-03", "Handläggaren öppnar ärendet och skriver utkastet (dag ej belagd)")
    s.register("officer", "declaration_of_intent", TITLE, draft_due="2020-08-07")
    s.relate("officer", "basis", "Strukturbild Halland")
    s.document("officer", "declaration", "avsiktsforklaring.md")
    s.delivered()
    s.scene("2020-08-05", "Handläggaren lämnar till chefen för granskning (dag ej belagd)")
    s.step("officer", "request_review", "Dialogen med Finansdepartementet är redovisad i texten.")


def _rsau(s: Stage) -> None:
    s.scene("2020-08-07", "Chefen granskar och sänder vidare till RSAU (dag ej belagd)")
    s.document("officer", "official_statement", "tjansteskrivelse.md")
    s.step("manager", "submit", rsau_date="2020-08-18")
    s.scene("2020-08-10", "RSAU:s ordförande ger klartecken till dagordningen (ej belagt)", "08:20")
    s.answer_request("rsau_chair", "agenda_clearance")
    s.scene("2020-08-19", "RSAU:s sekreterare för in avstämningen (dag och paragraf ej belagda)")
    s.step(
        "rsau_secretary",
        "record_alignment",
        rsau_date="2020-08-18",
        rsau_note="Avstämningen är belagd; RSAU:s dag och paragraf är inte belagda i källan.",
    )


def _municipalities(s: Stage) -> None:
    s.scene("2020-08-20", "Handläggaren sänder ut till de sex kommunerna inför KRF den 2 september")
    s.step("officer", "consult", krf_date="2020-09-02")
    s.scene("2020-09-02", "Kommun- och regionledningsforum möts; avstämning med kommunerna", "16:30")
    s.document("krf_secretary", "krf_notes", "anteckningar_krf.md")
    for name in MUNICIPALITIES:
        s.position(
            "krf_secretary",
            f"municipality_{name}",
            "supports",
            comment="Vid KRF:s möte. Kommunens organ, dag och paragraf är inte belagda i källan.",
        )
        s.tell(f"            … {name.capitalize()} ställer sig bakom")
    s.delivered()


def _decision(s: Stage) -> None:
    s.scene("2020-09-07", "Handläggaren sammanställer och lämnar till beslut (dag ej belagd)")
    s.document("officer", "compilation", "sammanstallning.md")
    s.step("officer", "propose_decision", decision_body="unspecified")
    s.scene("2020-09-09", "Formellt beslut är inte belagt i källan; det sägs i ärendet")
    s.step(
        "rs_secretary",
        "record_decision",
        decision_note="Vem som beslutade, när och under vilken § är inte belagt i källan.",
    )
    s.scene("2020-09-10", "Regionstyrelsens ordförande skriver under (ej belagt)", "07:45")
    s.answer_request("rs_chair", "signature")
    s.scene("2020-09-10", "Regiondirektören skriver under (ej belagt)", "10:10")
    s.answer_request("region_director", "signature")
    s.scene("2020-09-11", "Registratorn sänder avsiktsförklaringen till Finansdepartementet (dag ej belagd)")
    s.document("registrar", "signed_declaration", "undertecknad.md")
    s.step("registrar", "submit_to_ministry", ministry="ext_finansdepartementet")
    s.scene("2020-09-15", "Departementet har tagit emot (dag och diarienummer ej belagda)")
    s.step("registrar", "acknowledge", receipt_note="Departementets diarienummer är inte belagt i källan.")


def _afterwards(s: Stage) -> None:
    s.scene("2021-05-20", "Varberg, Falkenberg och Halmstad tar tillbaka sitt stöd (maj 2021; dag ej belagd)")
    for name in ("varberg", "falkenberg", "halmstad"):
        s.withdraw("registrar", f"municipality_{name}", "Hänvisar till Sveriges Kommuner och Regioner.")
        s.tell(f"            … {name.capitalize()} tar tillbaka sitt stöd")
    s.delivered()
    s.scene("2021-05-21", "Handläggaren tar ställning; ärendet fullföljs (ej belagt)")
    s.finish_tasks("officer", "consider_position", "Ärendet fullföljs. Hur det prövades är inte belagt i källan.")
    s.scene("2022-03-17", "Regeringen lämnar proposition 2021/22:184")
    s.scene("2022-06-14", "Riksdagen säger ja")
    s.scene("2023-01-02", "Lagen gäller sedan den 1 januari 2023; registratorn för in utfallet")
    s.step(
        "registrar",
        "conclude",
        outcome="task_given_by_law",
        outcome_basis="Prop. 2021/22:184, riksdagens beslut den 14 juni 2022, i kraft den 1 januari 2023.",
    )
    s.scene("2023-01-04", "Handläggaren avslutar ärendet (dag ej belagd)")
    s.step("officer", "close")
