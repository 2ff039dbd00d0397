"""Bodies that meet: what the steps of a meeting carry out, and every command on a meeting's case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from arende import meetingcommands as commands
from arende import meetinglaw, models
from arende.commands import Command
from arende.effecttypes import Consequence, Due, MeetingWork, TaskEffect
from arende.errors import Refused, Sentence
from arende.meetingtables import agenda_cases, agenda_items, meetings
from arende.terms import Text
from arende.usecases import (
    agendas,
    appeals,
    attendance,
    deciding,
    effects,
    invitations,
    meetingmails,
    minutes,
    promises,
    replanning,
    retracting,
    waitingcases,
    yearplans,
)
from arende.usecases.meetingfacts import items_of, the_meeting
from arende.usecases.meetingstart import row_of, same_day, warnings
from arende.work import UseCase, Work


def summon(w: Work, seq: int, note: str | None) -> None:
    """Call everybody; for the assembly the notice of the meeting goes up as well (KL 5:13)."""
    meeting = the_meeting(w)
    w.change(meetings, meeting, summoned_on=w.today)
    invitations.invite(w)
    meetingmails.summons(w, "summons", seq, reason=note)
    if meeting["profile"] == "assembly":
        _announce(w, seq, anew=False)
    elif w.today > meetinglaw.summons_last_day(meeting["day"]):
        w.data["warnings"] = [["Kallelsen går ut senare än en vecka före sammanträdet (rutin).",
                               "The summons goes out less than a week before the meeting (routine)."]]  # fmt: skip


def _announce(w: Work, seq: int, *, anew: bool) -> None:
    """The registrar announces the assembly's meeting, and announces it anew when its day or its hour is another."""
    last = meetinglaw.summons_last_day(the_meeting(w)["day"])
    new = (" på nytt", " anew") if anew else ("", "")
    title = Text(sv=f"Kungör sammanträdet{new[0]} på anslagstavlan, senast den {last.isoformat()} (KL 5:13)",
                 en=f"Announce the meeting{new[1]} on the notice board by {last.isoformat()} (KL 5:13)")  # fmt: skip
    due = Due(fixed=last, ground="law", law="KL 5:13", remind=(-1,), then=Consequence(escalate="manager"))
    _not_announced_any_more(w)
    effects.open_task(w, TaskEffect(of="registrar", act="announce_meeting", title=title, due=due), seq, 50)


def _not_announced_any_more(w: Work) -> None:
    """What is still to be announced of another day, or of a meeting that is not held, is not announced."""
    for task in w.rows(models.tasks):
        if task["act"] == "announce_meeting" and task["state"] == "open":
            effects.close_task(w, task, outcome={}, done=False)


def replan(w: Work, seq: int, note: str | None) -> None:
    """The meeting is moved: what hangs on its day follows, and everybody who was summoned is told."""
    meeting = the_meeting(w)
    before: date = meeting["day"]
    _not_back_in_time(w, before)
    w.change(meetings, meeting, **row_of(w), sequence=meeting["sequence"] + 1)
    _retitle(w, before, meeting["day"])
    told = (*warnings(meeting["profile"], meeting["day"], w.today),
            *same_day(w, meeting["body"], meeting["day"], w.case["id"]))  # fmt: skip
    w.data["warnings"] = [list(s) for s in told]
    replanning.follow(w, seq, before, meeting["day"], note)
    if w.case["state"] == "summoned":
        if meeting["profile"] == "assembly":
            _announce(w, seq, anew=True)
        time = Text(
            sv=f"Ny tid: {meetingmails.when(meeting, 'sv')}", en=f"New time: {meetingmails.when(meeting, 'en')}"
        )
        agendas.new_version(w, seq, {})
        invitations.invite(w)
        meetingmails.summons(w, "summons_changed", seq, changes=[time], reason=note)


def _not_back_in_time(w: Work, before: date) -> None:
    """Nobody can come to a day that has passed, and what hangs on the meeting would be late at once."""
    day = row_of(w)["day"]
    if day != before and day < w.today:
        raise Refused(
            Sentence(
                f"{day.isoformat()} har redan passerat. Flytta sammanträdet till i dag eller en senare dag, eller "
                "ställ in det.",
                f"{day.isoformat()} has passed. Move the meeting to today or a later day, or cancel it.",
            )
        )


def _retitle(w: Work, before: date, day: date) -> None:
    """A title that names the day names the new one: lists and mails are read by it."""
    title = w.case["title"].replace(before.isoformat(), day.isoformat())
    if title != w.case["title"]:
        w.event("case:retitled", {"from": w.case["title"], "to": title})
        w.case["title"] = title


def call_off(w: Work, seq: int, note: str | None) -> None:
    """The meeting is cancelled: its matters go to the next one, and everybody who was summoned is told."""
    meeting = the_meeting(w)
    w.change(meetings, meeting, over=True, sequence=meeting["sequence"] + 1)
    reported = {c["item"] for c in w.rows(agenda_cases) if c["assignment"] is not None}
    for item in items_of(w):
        if (item["kind"] in ("case", "other") or item["item"] in reported) and item["outcome"] is None:
            w.change(agenda_items, item, outcome="adjourned")
    later = waitingcases.next_for(w, meeting)
    agendas.put_off(w, seq)
    replanning.follow(w, seq, meeting["day"], later["day"] if later else None, note)
    if meeting["summoned_on"] is not None:
        if meeting["profile"] == "assembly":
            told = ["Sammanträdet är kungjort: anteckna på anslagstavlan att det är inställt.",
                    "The meeting is announced: note on the notice board that it is cancelled."]  # fmt: skip
            w.data["warnings"] = [told]
        invitations.invite(w, cancelled=True)
        meetingmails.summons(w, "summons_cancelled", seq, reason=note)


WORK: dict[MeetingWork, Callable[[Work, int, str | None], None]] = {
    "draft": agendas.draft,
    "summon": summon,
    "replan": replan,
    "call_off": call_off,
    "number": minutes.number,
    "minutes": minutes.write,
    "carry_out": minutes.approved,
    "post": minutes.post,
    "appeal": appeals.filed,
    "uphold": appeals.upheld,
    "annul": appeals.annulled,
    "take_down": minutes.take_down,
    "make_meetings": yearplans.make_meetings,
    "plan_decided": yearplans.tell_the_year_before,
}
"""What a step may carry out under ``meeting:``."""

USE_CASES: dict[type[Command], UseCase] = {
    commands.AddAgendaItem: agendas.add_agenda_item,
    commands.RemoveAgendaItem: agendas.remove_agenda_item,
    commands.OrderAgenda: agendas.order_agenda,
    commands.RecordAttendance: attendance.record_attendance,
    commands.ReportAbsence: attendance.report_absence,
    commands.RetractAttendance: retracting.retract_attendance,
    commands.DeclareItemConflict: attendance.declare_item_conflict,
    commands.RecordMotion: deciding.record_motion,
    commands.RecordVote: deciding.record_vote,
    commands.RecordDissent: deciding.record_dissent,
    commands.RecordOutcomes: deciding.record_outcomes,
    commands.ApproveAtOnce: minutes.approve_at_once,
    commands.PostNotice: minutes.post_notice,
    commands.CarryOut: promises.carry_out,
    commands.AwaitWords: promises.await_words,
    commands.CarryOver: agendas.carry_over,
    commands.ReportPromise: promises.report_promise,
    commands.FollowMeeting: replanning.follow_meeting,
    commands.MakeMeeting: promises.make_meeting,
}
