"""An operational plan in two versions, followed up, with a case that carries out one of its activities."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from arende.app import App
from arende.commands import RegisterCase
from arende.home import demo_file
from arende.operationalcommands import FollowUpActivity, ImportPlan, TieCase
from handclock import STOCKHOLM

HOSTILE = "Rita <b>kartan</b> & \"'><img src=x onerror=alert(5)>"


def play(app: App) -> str:
    """Keep the real plan of 2019 and a version with one of each change. Returns its number."""
    fields = {"year": "2019", "decision_body": "rs"}
    case = RegisterCase(actor="officer", type="operational_plan", title="Verksamhetsplan 2019", fields=fields)
    number = str(app.do(case).register_no)
    table = json.loads(demo_file("operational_plan_2019.json").read_text("utf-8"))
    for text in (table, changed(table)):
        app.do(ImportPlan(actor="officer", register_no=number, file_name="plan.json", text=json.dumps(text)))
    on = {"actor": "officer", "register_no": number}
    app.do(FollowUpActivity(**on, activity="A12", status="ongoing", comment="Avtalet är på remiss."))
    app.do(TieCase(**on, activity="A12", other="RS200001"))
    return number


def to_the_board(story: Any) -> None:
    """The plan has been before the board."""
    story.add("officer", "plan")
    story.step("officer", "prepare")
    story.add("officer", "changes")
    story.step("manager", "circulate", version_no="1")
    story.add("officer", "comments")
    story.step("officer", "propose", decision_date="2020-09-08")
    story.decide("rs_chair", "agenda_clearance")
    story.clock.now = datetime(2020, 9, 9, 9, tzinfo=STOCKHOLM)


def adopted(story: Any) -> None:
    """The plan goes all the way to the board and is followed up."""
    to_the_board(story)
    story.step("rs_secretary", "record_decision", decision_date="2020-09-08", decision_section="§ 31")
    story.step("registrar", "publish", report_due="2021-02-04")


def changed(table: dict[str, Any]) -> dict[str, Any]:
    """The plan with something added, removed, reworded, moved and changed."""
    data: dict[str, Any] = json.loads(json.dumps(table))
    rows = data["rows"]
    rows[0]["activities"].pop(0)
    rows[1]["activities"][0]["text"] = rows[1]["activities"][0]["text"].replace("dialoger", "samtal")
    rows[5]["activities"].append(rows[2]["activities"].pop())
    rows[7]["activities"].append({"text": HOSTILE})
    rows[10]["assignment_numbers"] = [6, 8]
    return data
