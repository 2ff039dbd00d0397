"""Assignments: what a body has decided that somebody is to do – given, reported back, and followed until it is done.

An assignment does not end with its case. Its last day is a deadline like every other; its report goes to the next
agenda of the body that decided (``reporting.py``), and the body says whether it is executed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from arende import mailwords, models, workdays
from arende.actors import Actor
from arende.assignmentcommands import (
    ACT,
    KEY,
    OPEN,
    GiveAssignment,
    GivenAssignment,
    KeepAssignment,
    MoveAssignment,
    SettleAssignment,
    SettleByMinutes,
)
from arende.effecttypes import Due
from arende.errors import Invalid, NotFound, Refused, Sentence
from arende.meetingtables import assignments
from arende.prepared import Row
from arende.usecases import agendas, deadlines, effects, mails, receivers, waitingcases
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_note, clean_text
from arende.usecases.meetingfacts import body_name
from arende.work import Work

REMIND = (-10, -3, 1)
"""Working days from the day of the report: in time for the papers of a meeting, just before, and just after."""
MAY_GIVE = ("registrar", "secretary", "case_officer", "manager")
MAY_SETTLE = ("registrar", "secretary")
_NOT_YOURS = Sentence("Uppdrag förs in ur ett beslut.", "Assignments are entered from a decision.")
_NOT_YOURS_TO_SETTLE = Sentence("Vad organet kom fram till förs in av den som för dess protokoll.",
                                "What the body found is entered by those who keep its minutes.")  # fmt: skip
LEADS_BACK = ("remitted", "rejected")
"""Outcomes of a reported assignment with which the body is not content: it is still to be done."""


def give_assignment(w: Work, cmd: GiveAssignment) -> None:
    """Enter an assignment that follows from a decision in the case."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), MAY_GIVE, _NOT_YOURS)
    body, decision = _decided(w, cmd)
    row = add(w, cmd.what, cmd.to, cmd.report_on, body, decision, behalf=behalf)
    w.data.update({"assignment": row["number"], "report_on": row["report_on"]})


def keep_assignment(w: Work, cmd: KeepAssignment) -> None:
    """The minutes are approved: an assignment of theirs goes to its case, once."""
    give_assignment(w, cmd)
    agendas.kept(w, cmd.promise)


def add(
    w: Work, what: str, to: str, report_on: date | None, body: str, decision: str, *, behalf: Actor | None = None
) -> Row:
    """The row of an assignment with its event, its task, its last day and its mails."""
    receiver, said = receivers.somebody(w, to), clean_text(what)
    number = 1 + max((a["number"] for a in w.rows(assignments)), default=0)
    payload = {"number": number, "what": said, "to": receiver.key, "to_name": receiver.name, "report_on": report_on}
    payload |= {"body": body, "decision": decision}
    seq = w.event("assignment:given", payload, authority=decision, on_behalf_of=behalf)
    row = w.insert(
        assignments, number=number, what=said, receiver=receiver.key, body=body, decision=decision,
        report_on=report_on, state="given", executed=None, report=None, record_no=None, reported_at=None,
        settled_on=None, settled_by=None, note=None, seq=seq, given_at=w.at,
    )  # fmt: skip
    _await(w, row, _by(report_on, decision) if report_on else None, seq)
    return row


def _by(day: date, decision: str) -> Due:
    """The deadline of a report."""
    return Due(fixed=day, ground="decision", basis=decision, remind=REMIND)


def _await(w: Work, row: Row, due: Due | None, seq: int) -> None:
    """Set the day of the report, and put the assignment on its receiver's list."""
    begun = deadlines.begin(w, f"{KEY}{row['number']}", due) if due else None
    if begun:
        w.change(assignments, row, report_on=begun["due_on"])
    w.case["due_at"] = deadlines.nearest(w)
    receiver = receivers.receiver(w, row["receiver"])
    task = w.insert(
        models.tasks, seq=seq, n=0, act=ACT, title=title_of(row), role=(receiver.office or "").partition("@")[0] or ACT,
        office=receiver.office, assignee_id=None if receiver.office else receiver.people[0].id, state="open",
        of_state=None, due_at=begun["due_at"] if begun else None, opened_at=w.at, done_by_id=None, done_at=None,
        outcome={"assignment": row["number"]},
    )  # fmt: skip
    for person in receiver.people:
        if person.id != w.actor.id and not mails.waits_for_digest(w, person, task["due_at"]):
            context = mailwords.TaskAssigned(
                **mails.common(w, person),
                task=task["title"][person.language],
                due=mails.last_day(w, task["due_at"], person) if task["due_at"] else None,
                due_short=mails.short(task["due_at"], person) if task["due_at"] else None,
                by=row["decision"],
            )
            mails.queue(w, "task_assigned", person, f"{seq}.0.assignment", context)


def title_of(row: Row) -> dict[str, str]:
    """What the assignment is called on a list."""
    return {
        "sv": f"Uppdrag {row['number']}: {row['what']}"[:500],
        "en": f"Assignment {row['number']}: {row['what']}"[:500],
    }


def _decided(w: Work, cmd: GiveAssignment) -> tuple[str, str]:
    """The body and the words of the decision: as given, else as the case has it."""
    known = decision_of(w)
    body = receivers.body_key(w, cmd.body, w.today) if cmd.body else known[0] if known else None
    decision = clean_note(cmd.decision) or (known[1] if known and known[0] == body else None)
    if body is None or decision is None:
        raise Refused(
            Sentence(
                "Ett uppdrag följer av ett beslut, och ärendet har inget infört av det organet. Ange organet (--body) "
                "och beslutet med dag och paragraf (--decision).",
                "An assignment follows from a decision, and the case has none of that body on record. Give the body "
                "(--body) and the decision with its day and section (--decision).",
            )
        )
    return body, decision[:200]


def decision_of(w: Work) -> tuple[str, str] | None:
    """The last decision that the case has on record: the body, and "RS 2020-10-14 § 12"."""
    fields, found = w.case["fields"], None
    for state in w.rules.states.values():
        at = state.at_meeting
        if at is None or not (section := fields.get(at.section or "")):
            continue
        body, day = waitingcases.body_awaited(at, w.case), fields.get(at.date or "")
        if body and day and (found is None or day >= found[0]):
            found = (day, body, " ".join((body_name(w, body), day, section)))
    return found[1:] if found else None


def numbered(w: Work, number: int) -> Row:
    """The assignment of this number in the case; raises NotFound."""
    found = next((a for a in w.rows(assignments) if a["number"] == number), None)
    if found is None:
        there = ", ".join(str(a["number"]) for a in w.rows(assignments)) or "inga / none"
        raise NotFound(
            Sentence(
                f"{w.case['register_no']} har inget uppdrag {number}. Här finns: {there}.",
                f"{w.case['register_no']} has no assignment {number}. There is: {there}.",
            )
        )
    return found


def still_open(row: Row) -> None:
    """Refuse when the assignment is settled."""
    if row["state"] not in OPEN:
        raise Refused(
            Sentence(
                f"Uppdrag {row['number']} är redan avslutat. Ett nytt beslut ger ett nytt uppdrag.",
                f"Assignment {row['number']} is settled already. A new decision gives a new one.",
            )
        )


def move_assignment(w: Work, cmd: MoveAssignment) -> None:
    """Give the report another day, with the reason; it is counted and reminded of anew."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), MAY_GIVE, _NOT_YOURS)
    row = numbered(w, cmd.number)
    if row["state"] != "given":
        raise Refused(
            Sentence(f"Uppdrag {cmd.number} är redan återrapporterat.", f"Assignment {cmd.number} is reported already.")
        )
    if cmd.report_on < w.today:
        day = workdays.full_date(cmd.report_on), workdays.full_date(cmd.report_on, "en")
        raise Invalid(Sentence(f"Den {day[0]} har redan varit.", f"{day[1]} has passed already."))
    payload = {"number": cmd.number, "from": row["report_on"], "to": cmd.report_on, "reason": clean_text(cmd.reason)}
    w.event("assignment:moved", payload, on_behalf_of=behalf)
    deadlines.end(w, f"{KEY}{cmd.number}", met=False)
    begun = deadlines.begin(w, f"{KEY}{cmd.number}", _by(cmd.report_on, row["decision"]))
    w.change(assignments, row, report_on=cmd.report_on)
    for task in _tasks(w, row):
        w.change(models.tasks, task, due_at=begun["due_at"] if begun else None)
    w.case["due_at"] = deadlines.nearest(w)


def _tasks(w: Work, row: Row) -> list[Row]:
    mine = {"assignment": row["number"]}
    return [t for t in w.rows(models.tasks) if t["act"] == ACT and t["state"] == "open" and t["outcome"] == mine]


def off_the_list(w: Work, row: Row, how: str) -> None:
    """It waits for its receiver no more: no reminder, and nothing on the list."""
    deadlines.end(w, f"{KEY}{row['number']}", met=how != "withdrawn")
    for task in _tasks(w, row):
        effects.close_task(w, task, outcome={"assignment": row["number"], "by": how}, done=how != "withdrawn")
    w.case["due_at"] = deadlines.nearest(w)


def settle_assignment(w: Work, cmd: SettleAssignment) -> None:
    """Enter what the body found; withdrawn only by its decision."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), MAY_SETTLE, _NOT_YOURS_TO_SETTLE)
    row = numbered(w, cmd.number)
    still_open(row)
    decision, note = clean_note(cmd.decision), clean_note(cmd.note)
    if decision is None and (cmd.outcome == "withdrawn" or note is None):
        raise Refused(
            Sentence(
                "Ange beslutet: organ, dag och paragraf (--decision). Utan beslut kan ett uppdrag avslutas bara som "
                "utfört eller inte utfört, med en förklaring (--note).",
                "Give the decision: body, day and section (--decision). Without one an assignment can only be closed "
                "as executed or not executed, with an explanation (--note).",
            )
        )
    settle(w, row, cmd.outcome, decision, note, behalf)


def settle(
    w: Work, row: Row, outcome: str, decision: str | None, note: str | None, behalf: Actor | None = None
) -> None:
    """The assignment is over."""
    payload = {"number": row["number"], "what": row["what"], "outcome": outcome, "decision": decision, "note": note}
    w.event("assignment:settled", payload, authority=decision, on_behalf_of=behalf)
    w.change(assignments, row, state=outcome, settled_on=w.today, settled_by=decision and decision[:200], note=note)
    off_the_list(w, row, outcome)


def settle_by_minutes(w: Work, cmd: SettleByMinutes) -> None:
    """The body has taken up the report: it is content, or the assignment goes back to whoever has it."""
    w.open_case(cmd.register_no)
    row = numbered(w, cmd.number)
    if row["state"] == "reported":
        if cmd.outcome in LEADS_BACK:
            _give_back(w, row, cmd)
        else:
            settle(w, row, "executed" if row["executed"] else "not_executed", cmd.authority, None)
    agendas.kept(w, cmd.promise)


def _give_back(w: Work, row: Row, cmd: SettleByMinutes) -> None:
    """Not as the body wants it: still to be done, and reported in time for its next meeting."""
    payload = {"number": row["number"], "what": row["what"], "decision": cmd.authority, "note": cmd.note}
    seq = w.event("assignment:returned", payload, authority=cmd.authority)
    w.change(assignments, row, state="given", report_on=None)
    due = Due(meeting=row["body"], days=10, unit="working", ground="decision", basis=cmd.authority, remind=REMIND[1:])
    _await(w, row, due, seq)


# ---------------------------------------------------------------- of an item


def given_at(w: Work, item: Row, given: tuple[GivenAssignment, ...], cases: list[str]) -> list[Row]:
    """The assignments of an item's outcome as they are kept on the item until the minutes are approved.

    Raises NotFound or Refused for a receiver who is none, and Invalid when it is not clear which case is meant.
    """
    found = []
    for a in given:
        receiver = receivers.somebody(w, a.to)
        case = a.case or (cases[0] if len(cases) == 1 else None)
        if (case is None and cases) or (case is not None and case not in cases):
            listed = ", ".join(cases) or w.case["register_no"]
            raise Invalid(
                Sentence(
                    f"Punkt {item['item']} har ärendena {listed}: ange vilket av dem uppdraget hör till (case).",
                    f"Item {item['item']} has the cases {listed}: say which one the assignment belongs to (case).",
                )
            )
        found.append({"what": clean_text(a.what), "to": receiver.key, "to_name": receiver.name,
                      "report_on": a.report_on and a.report_on.isoformat(), "case": case})  # fmt: skip
    return found


def promise(w: Work, seq: int, n: int, item: Row, body: str, authority: str) -> int:
    """The minutes count: every assignment of the item goes to its case. Returns the next free number of promises."""
    for a in item["assignments"] or ():
        day = a["report_on"] and date.fromisoformat(a["report_on"])
        if a["case"] is None:
            add(w, a["what"], a["to"], day, body, authority)
            continue
        data = {"what": a["what"], "to": a["to"], "report_on": a["report_on"], "body": body, "decision": authority}
        actor = item["recorded_by_id"] or w.actor.id
        agendas.promise(w, seq, n, "assignment", a["case"], data, authority, actor)
        n += 1
    return n


def waited_for(w: Work, number: str) -> list[Row]:
    """The open assignment of a deadline's key."""
    return [a for a in w.rows(assignments) if str(a["number"]) == number and a["state"] == "given"]


USE_CASES: dict[type, Callable[..., None]] = {
    GiveAssignment: give_assignment,
    KeepAssignment: keep_assignment,
    MoveAssignment: move_assignment,
    SettleAssignment: settle_assignment,
    SettleByMinutes: settle_by_minutes,
}
