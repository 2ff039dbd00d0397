"""The operational plan of the regional office for 2019: versions, adoption, follow-up.

Told: the plan of 2019 with its 13 numbered activities, nine sections and 180 activities, that it is made in versions,
and that its follow-up goes to the board. Days and sections are not told, nor how its activities went.
"""

from __future__ import annotations

from arende.demo.stage import NOT_TOLD, Stage
from arende.home import demo_file
from arende.operationalcommands import FollowUpActivity, ImportPlan, ReportPlan

TABLE = "operational_plan_2019.json"
"""The plan as a person has read it out of the document, row by row, with how sure they were."""
FOLLOWED = (
    ("A12", "ongoing", "Påhittat: förhandlingen med kommunerna pågår."),
    ("A13", "ongoing", None),
    ("A14", "done", "Påhittat: underlaget är lämnat."),
    ("A16", "delayed", "Påhittat: väntar på Trafikverket."),
)
"""Invented: how some of the activities were getting on in June."""


def play(s: Stage) -> None:
    """From the first version to the yearly report."""
    s.scene("2019-02-04", "Verksamhetsplanen för 2019 skrivs (dag ej belagd)",
            "The operational plan of 2019 is written (day not told)")  # fmt: skip
    s.register("officer", "operational_plan", "Regionkontorets verksamhetsplan 2019", year="2019", decision_body="rs")
    s.do(ImportPlan, actor="officer", file_name="Verksamhetsplan 2019.json", text=demo_file(TABLE).read_text("utf-8"))
    s.say("            … ", "13 numrerade aktiviteter, nio avsnitt och 180 aktiviteter; det tveksamma är märkt",
          "13 numbered activities, nine sections and 180 activities; what is doubtful is marked")  # fmt: skip
    s.step("officer", "prepare")
    s.scene("2019-02-18", "Version 1 på remiss i förvaltningen (påhittat)",
            "Version 1 is circulated in the administration (invented)")  # fmt: skip
    s.step("manager", "circulate", version_no="1")
    s.scene("2019-03-01", "Synpunkterna är besvarade; planen lämnas till regionstyrelsen (påhittat)",
            "The comments are answered; the plan goes to the executive board (invented)")  # fmt: skip
    s.paper("officer", "comments")
    s.step("officer", "propose", decision_date="2019-03-12")
    s.answer_request("rs_chair", "agenda_clearance")
    s.scene("2019-03-13", "Regionstyrelsen har fastställt planen (dag och paragraf ej belagda)",
            "The executive board has adopted the plan (day and section not told)")  # fmt: skip
    s.step("rs_secretary", "record_decision", decision_date="2019-03-12", decision_section=NOT_TOLD,
           minutes_approved_on="2019-03-13")  # fmt: skip
    s.step("registrar", "publish", report_due="2019-06-04")
    s.check_all()
    s.scene("2019-06-03", "Uppföljning 1 till regionstyrelsen (påhittat)",
            "The first follow-up goes to the executive board (invented)")  # fmt: skip
    for activity, status, comment in FOLLOWED:
        s.do(FollowUpActivity, actor="officer", activity=activity, status=status, comment=comment)
    s.do(ReportPlan, actor="officer")
    s.step("officer", "report", report_kind="interim", report_due="2020-02-03")
    s.scene("2020-01-27", "Årets uppföljning; planen avslutas (påhittat)",
            "The yearly follow-up; the plan ends (invented)")  # fmt: skip
    s.do(ReportPlan, actor="officer")
    s.step("officer", "report", report_kind="annual")
    s.check_all()
    s.step("officer", "close")
