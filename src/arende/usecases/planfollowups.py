"""Use cases on the follow-up of a plan: an activity is followed up, and the report to the board is written."""

from __future__ import annotations

from typing import Any

from arende import operationalplan, planfollowup, workdays
from arende.commands import Command
from arende.errors import Refused, Sentence
from arende.guards import document_title
from arende.operationalcommands import FollowUpActivity, ReportPlan
from arende.operationalplan import STATUS_WORDS, Plan
from arende.operationaltables import plan_follow_ups
from arende.prepared import Row
from arende.usecases import agendas, operationalplans, planreads, typeset
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_note, clean_title
from arende.usecases.meetingfacts import next_meeting
from arende.work import UseCase, Work

_NOT_YOURS = Sentence(
    "Aktiviteter följs upp av handläggaren, chefen eller registratorn.",
    "Activities are followed up by the officer, the manager or the registrar.",
)


def follow_up_activity(w: Work, cmd: FollowUpActivity) -> None:
    """Write down how an activity is getting on."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), operationalplans.of_case(w).by, _NOT_YOURS)
    _demand_followed(w, cmd.activity)
    comment = clean_note(cmd.comment)
    payload = {"activity": cmd.activity, "status": cmd.status, "comment": comment, "ends": cmd.ends}
    seq = w.event("plan:followed_up", payload, on_behalf_of=behalf)
    w.insert(
        plan_follow_ups, activity=cmd.activity, status=cmd.status, comment=comment, ends=cmd.ends, by_id=w.actor.id,
        followed_up_at=w.at, seq=seq,
    )  # fmt: skip


def _demand_followed(w: Work, key: str) -> None:
    """The activity is one of the plan that is followed up; of one that is not yet, or no longer, it is said why."""
    row = operationalplans.followed(w.conn, w.rules, w.case)
    if operationalplans.has_activity(row, key):
        return
    others = [r for r in operationalplans.versions(w.conn, w.case["id"]) if operationalplans.has_activity(r, key)]
    if not others:
        operationalplans.activity_in(row, key)
    n, last = row["version"], others[-1]["version"]
    if last > n:
        raise Refused(
            Sentence(
                f"Aktivitet {key} står i version {last}, som inte är beslutad. Den följs upp när den är fastställd; nu "
                f"gäller version {n}.",
                f"Activity {key} is in version {last}, which is not decided. It is followed up once it is adopted; "
                f"version {n} holds now.",
            )
        )
    raise Refused(
        Sentence(
            f"Aktivitet {key} har utgått: den står i version {last}, men inte i version {n}, som gäller. Det som är "
            "sagt om den står kvar i rapporten.",
            f"Activity {key} is gone: it is in version {last}, but not in version {n}, which holds. What was told of "
            "it stays in the report.",
        )
    )


def report_plan(w: Work, cmd: ReportPlan) -> None:
    """Write the report of the follow-up as a document of the case."""
    w.open_case(cmd.register_no)
    declared = operationalplans.of_case(w)
    behalf = demand(w, standing(w), declared.by, _NOT_YOURS)
    if declared.report is None:
        raise Refused(Sentence("Ärendetypen har ingen uppföljningsrapport.", "The case type has no follow-up report."))
    rows = operationalplans.versions(w.conn, w.case["id"])
    row = operationalplans.decided(w.conn, w.rules, w.case, rows)
    if row is None:
        raise Refused(
            Sentence(
                "Ingen version av planen är fastställd än, så det finns inget att rapportera. Rapporten skrivs när "
                "beslutet är infört.",
                "No version of the plan is adopted yet, so there is nothing to report. The report is written once the "
                "decision is entered.",
            )
        )
    told = planreads.follow_ups(w.conn, w.case["id"])
    words = report_words(w, operationalplans.plan_in(row), row["version"], told)
    words["gone"] = _gone(rows, row, told)
    letter = typeset.write(w, "plan_follow_up", typeset.head(w), words, {"version": row["version"]})
    name = f"{document_title(w.rules, declared.report, 'sv')} {w.case['register_no']} {w.today.isoformat()}"
    _to_the_board(w, typeset.put(w, declared.report, name, letter, on_behalf_of=behalf))


def _to_the_board(w: Work, report: Row) -> None:
    """Onto the next agenda of the body that decided the plan, as an item of the plan's case."""
    number = w.case["register_no"]
    body = operationalplans.body_of(operationalplans.decided_at(w.rules), w.case["fields"])
    meeting = next_meeting(w, body, w.today) if body else None
    w.data["agenda"] = meeting["register_no"] if meeting else None
    if meeting is None:
        return
    what = number if w.case["secrecy"] else f"{w.case['title']} ({number})"
    data = {
        "heading": clean_title(f"Uppföljning av {what}"[:300]), "cases": [number], "kind": "report",
        "origin": f"{number} {report['record_no']}", "reason": "Uppföljningsrapport",
        "proposal": f"Att notera uppföljningen, handling {report['record_no']} i {number}.",
    }  # fmt: skip
    agendas.promise(w, report["added_seq"], 0, "agenda", meeting["register_no"], data, None, agendas.system(w))


def report_words(w: Work, plan: Plan, version: int, told: dict[str, Row]) -> dict[str, Any]:
    """The report in words: figures for each priority, what is late, and every activity that was followed up."""
    found = planfollowup.figures(plan, told, w.today)
    followed = [(a, told[a.key]) for a in plan.of("activity") if a.key in told]
    return {
        "title": plan.title,
        "version": version,
        "today": workdays.full_date(w.today),
        "statuses": [STATUS_WORDS[s].sv for s in planfollowup.STATUSES],
        "figures": [_line(f) for f in found],
        "activities": len(plan.of("activity")),
        "untold": sum(f.untold for f in found),
        "late": [
            {"text": a.text, "ends": workdays.full_date(day)}
            for a in plan.of("activity")
            if planfollowup.is_late(a, told, w.today) and (day := planfollowup.ends_of(a, told))
        ],
        "followed": [_followed(a, last) for a, last in followed],
    }


def _gone(rows: list[Row], row: Row, told: dict[str, Row]) -> list[dict[str, Any]]:
    """The activities that were followed up and that the plan no longer has, with the words that they had last."""
    now = {a.key for a in operationalplans.plan_in(row).of("activity")}
    last = {a.key: a for r in rows if r["version"] < row["version"] for a in operationalplans.plan_in(r).of("activity")}
    return [_followed(last[key], told[key]) for key in told if key not in now and key in last]


def _line(f: planfollowup.Figures) -> dict[str, Any]:
    return {
        "section": f.section, "name": f.name, "activities": f.activities, "counts": list(f.by_status.values()),
        "untold": f.untold,
    }  # fmt: skip


def _followed(a: operationalplan.Entry, last: Row) -> dict[str, Any]:
    return {
        "key": a.key,
        "text": a.text,
        "status": STATUS_WORDS[last["status"]].sv,
        "comment": last["comment"] or "–",
        "by": last["by"],
        "day": workdays.local_day(last["followed_up_at"]).isoformat(),
    }


USE_CASES: dict[type[Command], UseCase] = {FollowUpActivity: follow_up_activity, ReportPlan: report_plan}
