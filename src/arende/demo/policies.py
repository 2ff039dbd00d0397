"""Policy documents with their periods: adopted, in force, and warned of eighteen months before they expire.

Told: the names and the periods, and that the culture plan is the application for state funds. The way through the
bodies is invented; days and sections are not told.
"""

from __future__ import annotations

from dataclasses import replace

from arende.demo.stage import NOT_TOLD, TOWNS, Stage

INVENTED = "Påhittat för demonstrationen."
OTHERS = (
    ("transport_programme", "Trafikförsörjningsprogram 2020–2023", "2020-01-01", "2023-12-31"),
    ("strategy", "Hallands strategi för hållbar tillväxt 2021–2028", "2021-01-01", "2028-12-31"),
)
BY_LAW = ("neighbours", "operators", "business", "travellers")
"""Whom a transport programme is consulted on with, besides the municipalities (2010:1065 2:9)."""
CULTURE = ("culture_plan", "Kulturstrategi och kulturplan 2021–2024", "2021-01-01", "2024-12-31")


def play(s: Stage) -> None:
    """Three documents: one has expired, one is warned of, one holds for years."""
    others = [replace(s, story=f"{s.story}:{kind}", number=0) for kind, *_ in OTHERS]
    beside = [*zip(others, OTHERS, strict=True)]
    all_of_them = [(s, CULTURE), *beside]
    s.scene("2019-02-04", "Tre styrdokument börjar skrivas (dag ej belagd)",
            "Three policy documents are begun (day not told)")  # fmt: skip
    for one, (kind, title, valid_from, valid_to) in all_of_them:
        one.now = s.now
        one.register("officer", "policy_document", title, variant=kind)
        one.step("manager", "start", mandate="Regionfullmäktige (dag och paragraf ej belagda)",
                 valid_from=valid_from, valid_to=valid_to)  # fmt: skip
    s.scene("2019-03-04", "Samråd med de sex kommunerna (påhittat)",
            "The six municipalities are consulted (invented)")  # fmt: skip
    for one, (kind, *_) in all_of_them:
        _consult(one, s, kind)
    s.scene("2019-10-15", "Regionstyrelsen föreslår och regionfullmäktige antar (dagar och paragrafer ej belagda)",
            "The executive board proposes and the assembly adopts (days and sections not told)")  # fmt: skip
    for one, _ in all_of_them:
        _adopt(one, s)
    s.scene("2020-01-02", "Kulturplanen sänds till Statens kulturråd; alla tre träder i kraft på sin dag",
            "The culture plan is sent to the Arts Council; all three come into force")  # fmt: skip
    s.step("registrar", "submit_application", state_agency="ext_kulturradet",
           concerns="statsbidrag till regional kulturverksamhet",
           text="Kulturplanen är regionens ansökan. Planen är bifogad.")  # fmt: skip
    for one, (_, _, valid_from, valid_to) in all_of_them:
        one.now = s.now
        one.step("registrar", "put_in_force", valid_from=valid_from, valid_to=valid_to)
    s.scene("2022-07-01", "Trafikförsörjningsprogrammet löper ut om 18 månader: chefen påminns",
            "The transport programme expires in 18 months: the manager is warned")  # fmt: skip
    s.scene("2023-07-03", "Kulturplanen löper ut om 18 månader: chefen påminns",
            "The culture plan expires in 18 months: the manager is warned")  # fmt: skip
    s.scene("2024-01-02", "Trafikförsörjningsprogrammets giltighet är över",
            "The transport programme is no longer valid")  # fmt: skip
    s.scene("2025-01-03", "Kulturplanens giltighet är över; ärendet avslutas",
            "The culture plan is no longer valid; the case is closed")  # fmt: skip
    s.step("registrar", "close")


def _consult(one: Stage, s: Stage, kind: str) -> None:
    one.now = s.now
    one.document("officer", "document", "exempel.md")
    more = {f"consulted_{who}": INVENTED for who in BY_LAW} if kind == "transport_programme" else {}
    one.step("officer", "consult", asked="municipalities", answer_by="2019-06-28", **more)
    for town in TOWNS:
        one.position("registrar", f"municipality_{town}", "supports", comment=INVENTED)
    one.delivered()


def _adopt(one: Stage, s: Stage) -> None:
    one.now = s.now
    one.document("officer", "consultation_report", "exempel.md")
    one.step("officer", "submit", rs_date="2019-10-08")
    one.answer_request("rs_chair", "agenda_clearance")
    one.step("rs_secretary", "recommend", rs_date="2019-10-08", rs_section=NOT_TOLD, rf_date="2019-10-14")
    one.document("rf_secretary", "minutes_extract", "exempel.md")
    one.step("rf_secretary", "record_decision", rf_date="2019-10-14", rf_section=NOT_TOLD,
             minutes_approved_on="2019-10-15")  # fmt: skip
    one.step("registrar", "announce", announced_on="2019-10-15")
