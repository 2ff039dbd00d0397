"""The six local boards end with the term 2019–2022, and a preparatory body for social sustainability follows.

Told: that the assembly reviews the organisation before each term, that a committee was appointed on 28 October 2020,
the decision of 2 March 2022, the end of the boards at the turn of the year and the new body from 2023. What the bodies
and the municipalities were asked and answered is invented; sections are not told.
"""

from __future__ import annotations

from arende.commands import RegisterCase
from arende.demo.stage import NOT_TOLD, TOWNS, Stage
from arende.organisationcommands import HandOver

INVENTED = "Påhittat för demonstrationen."
BOARDS = ", ".join(f"ln_{town}" for town in TOWNS)
TEXT = (
    "De lokala nämnderna upphör när mandatperioden är slut. Från den 1 januari 2023 är regionstyrelsens beredning för "
    "social hållbarhet er kontakt. Avtal och pågående samarbeten fortsätter.\n\n"
    "Under 2023 bjuder vi in till dialog om hur samverkan kan stärkas."
)


def play(s: Stage) -> None:
    """From the committee to the last day of the boards."""
    _inquiry(s)
    _decision(s)
    _carried_out(s)


def _inquiry(s: Stage) -> None:
    s.scene("2020-10-28", "Regionfullmäktige tillsätter organisationskommittén",
            "The assembly appoints the committee on the organisation")  # fmt: skip
    s.register("officer", "organisation_change", "De lokala nämnderna upphör och en ny beredning inrättas",
               term_ends="2022-12-31")  # fmt: skip
    s.paper("officer", "directive")
    s.step("officer", "start", committee_decision="Regionfullmäktige 2020-10-28 (paragrafen är inte belagd)")
    s.scene("2021-03-15", "Kommunerna tillfrågas om förslaget (påhittat)",
            "The municipalities are asked about the proposal (invented)")  # fmt: skip
    s.paper("officer", "proposal")
    s.step("officer", "refer", abolished=BOARDS, successor="Regionstyrelsens beredning för social hållbarhet",
           answer_by="2021-06-30", asked="municipalities")  # fmt: skip
    s.check_all()
    s.scene("2021-06-15", "Kommunerna svarar (påhittat)", "The municipalities answer (invented)")
    for town in TOWNS:
        s.position("registrar", f"municipality_{town}", "no_objection", comment=INVENTED)
    s.delivered()


def _decision(s: Stage) -> None:
    s.scene("2021-07-01", "Yttrandena är inne; ärendet lämnas till regionstyrelsen (påhittat)",
            "The opinions are in; the case goes to the executive board (invented)")  # fmt: skip
    s.finish_tasks("officer", "gather_opinions", INVENTED)
    s.step("manager", "negotiate_mbl", negotiated="held")
    s.paper("officer", "opinions")
    s.paper("officer", "regulations")
    s.step("officer", "submit", rs_date="2022-02-15")
    s.answer_request("rs_chair", "agenda_clearance")
    s.scene("2022-02-16", "Regionstyrelsen föreslår fullmäktige att besluta (dag och paragraf ej belagda)",
            "The executive board proposes the decision to the assembly (day and section not told)")  # fmt: skip
    s.step("rs_secretary", "recommend", rs_date="2022-02-15", rs_section=NOT_TOLD, rf_date="2022-03-02")
    s.scene("2022-03-03", "Regionfullmäktige har beslutat (paragrafen ej belagd)",
            "The assembly has decided (section not told)")  # fmt: skip
    s.paper("rf_secretary", "minutes_extract", heading="De lokala nämnderna upphör", day="2 mars 2022",
            decision="de lokala nämnderna upphör den 31 december 2022, och beredningens reglemente antas.")  # fmt: skip
    s.step(
        "rf_secretary", "record_decision", rf_date="2022-03-02", rf_section=NOT_TOLD, minutes_approved_on="2022-03-02"
    )
    s.check_all()


def _carried_out(s: Stage) -> None:
    s.scene("2022-03-09", "Beslutet börjar genomföras: var och en av samverkansparterna får ett brev (påhittad dag)",
            "The decision begins to be carried out: each of the partners gets a letter (invented day)")  # fmt: skip
    s.step("officer", "implement", partners="municipalities, ext_lansstyrelsen_halland", text=TEXT)
    for who, act in (("rs_secretary", "publish_regulations"), ("officer", "write_letters")):
        s.finish_tasks(who, act, INVENTED)
    s.check_all()
    s.scene("2022-12-12", "Registratorn för in vem som tar över, och lämnar arkivet (påhittat)",
            "The registrar enters who takes over, and hands over the archive (invented)")  # fmt: skip
    s.do(RegisterCase, actor="officer", type="event", title="Att leda in i framtiden 2023",
         fields={"body": "ln_kungsbacka", "event_date": "2023-03-15", "invited": "municipalities"})  # fmt: skip
    s.do(HandOver, actor="registrar", successor="rs_bsh")
    for who, act in (("registrar", "hand_over_archive"), ("officer", "end_members")):
        s.finish_tasks(who, act, INVENTED)
    s.scene("2023-01-02", "De lokala nämnderna finns inte längre; deras öppna ärende är beredningens",
            "The local boards are no more; their open case is the preparatory body's")  # fmt: skip
    s.step("officer", "close")
