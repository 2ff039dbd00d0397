"""Commands on an operational plan: a version is kept, an activity followed up, a case tied to an activity."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from arende.commands import OnCase, Words
from arende.operationalplan import Status
from arende.plansource import Encoding

MOST_TEXT = 2_000_000
"""Characters of a plan."""
PlanText = Annotated[str, StringConstraints(min_length=1, max_length=MOST_TEXT)]
ActivityKey = Annotated[str, StringConstraints(pattern="^A[0-9]{1,5}$", max_length=8)]


class ImportPlan(OnCase):
    """Keep a version of the case's plan, read from the text of a document or from data, with its doubts."""

    name = "import_plan"
    file_name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    text: PlanText
    """The text as it was copied out of the document, or JSON: our own form or a table of rows."""
    encoding: Encoding | None = None
    """What the file was read as where it does not tell that itself: a doubt about the source."""
    follows: str | None = None
    """Diary number of the plan that this one comes after, whose decided version it is compared with."""


class FollowUpActivity(OnCase):
    """Tell how an activity of the plan is getting on."""

    name = "follow_up_activity"
    activity: ActivityKey
    status: Status
    comment: Words | None = None
    ends: date | None = None
    """The day it is now to be done by; None = as before."""


class ReportPlan(OnCase):
    """Write the report of the plan's follow-up to the board: each activity, and figures for each priority."""

    name = "report_plan"


class TieCase(OnCase):
    """Another case carries out an activity of the plan: each then tells of the other."""

    name = "tie_case"
    activity: ActivityKey
    other: str
    """Diary number of the case that carries it out."""
