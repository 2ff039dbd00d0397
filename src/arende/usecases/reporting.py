"""Reporting an assignment back: the report is put on record, and goes to the next agenda of the body that decided."""

from __future__ import annotations

from arende.assignmentcommands import ReportAssignment
from arende.errors import Forbidden, NotFound, Refused, Sentence
from arende.meetingtables import assignments
from arende.prepared import Row
from arende.usecases import agendas, documents, receivers
from arende.usecases import assignments as followed
from arende.usecases.documents import clean_name
from arende.usecases.facts import refuse_conflict, standing, stood_in_for
from arende.usecases.fields import clean_text
from arende.usecases.meetingfacts import next_meeting
from arende.work import Work

MAY_ENTER = ("case_officer", "registrar", "secretary", "manager")
"""Who may enter a report besides whoever has the assignment."""
DOCUMENT = "assignment_report"
"""The kind of document that a report becomes."""


def report_assignment(w: Work, cmd: ReportAssignment) -> None:
    """Report an assignment: what was done, or why it was not."""
    w.open_case(cmd.register_no)
    row = followed.numbered(w, cmd.number)
    refuse_conflict(w)
    followed.still_open(row)
    _may(w, row)
    if row["state"] == "reported":
        raise Refused(
            Sentence(
                f"Uppdrag {cmd.number} är redan återrapporterat och väntar på organet.",
                f"Assignment {cmd.number} is reported already and waits for the body.",
            )
        )
    record_no = _file(w, cmd)
    text = clean_text(cmd.text)
    payload = {"number": cmd.number, "what": row["what"], "executed": cmd.executed, "report": text}
    seq = w.event("assignment:reported", payload | {"record_no": record_no})
    report = {"state": "reported", "executed": cmd.executed, "report": text, "record_no": record_no}
    w.change(assignments, row, **report, reported_at=w.at)
    followed.off_the_list(w, row, "reported")
    _to_the_body(w, row, seq)


def _may(w: Work, row: Row) -> None:
    """Refuse somebody who has nothing to do with it."""
    held = standing(w)
    mine = {p.id for p in receivers.whom_to_ask(w, row["receiver"])}
    absent = any(stood_in_for(w, i, "") is not None for i in mine)
    if w.actor.id not in mine and not absent and not held.all & set(MAY_ENTER):
        name = receivers.receiver(w, row["receiver"]).name
        raise Forbidden(
            Sentence(f"Uppdraget har getts till {name}, inte till dig.", f"It was given to {name}, not to you.")
        )


def _file(w: Work, cmd: ReportAssignment) -> int | None:
    if cmd.file is None:
        return None
    if not w.app.storage.has(cmd.file.sha256):
        raise NotFound(Sentence("Rapportens fil saknas i lagret.", "The file of the report is missing from storage."))
    stored = (cmd.file.sha256, cmd.file.size)
    row = documents.record(w, DOCUMENT, clean_name(cmd.file.name), cmd.file.media_type, stored)
    return int(row["record_no"])


def _to_the_body(w: Work, row: Row, seq: int) -> None:
    """Onto its next agenda; without a meeting ahead, the first agenda that is drafted gathers it."""
    meeting = next_meeting(w, row["body"], w.today)
    w.data["agenda"] = meeting["register_no"] if meeting else None
    if meeting is not None:
        number, what = w.case["register_no"], row["what"]
        data = {"heading": agendas.report_heading(number, None if w.case["secrecy"] else what), "cases": [number],
                "origin": f"{number} U{row['number']}", "reason": "Återrapport av ett uppdrag", "kind": "report",
                "assignment": row["number"]}  # fmt: skip
        agendas.promise(w, seq, 0, "agenda", meeting["register_no"], data, None, agendas.system(w))
