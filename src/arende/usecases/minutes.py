"""Minutes: their sections, their text, what their approval leads to, the notice of it and its days."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, update

from arende import meetinglaw, models, statements, workdays
from arende.effecttypes import Due, TaskEffect
from arende.errors import Refused, Sentence
from arende.meetingcommands import ApproveAtOnce, PostNotice
from arende.meetingtables import agenda_items, meetings, notices
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import agendas, deadlines, decisionwords, effects, meetingfields, minutewords, outcomes
from arende.usecases.facts import demand, standing
from arende.usecases.meetingfacts import body_of, item_of, items_of, the_meeting
from arende.usecases.meetingstart import series_of
from arende.work import Work

# ---------------------------------------------------------------- sections


def number(w: Work, seq: int, _note: str | None) -> None:
    """Give the items their sections: running per body and calendar year, in the order of the meeting."""
    meeting = the_meeting(w)
    wanted = [i for i in items_of(w) if i["section_no"] is None and i["outcome"] != "withdrawn"]
    first = _take(w, f"§{series_of(w, body_of(w, meeting['body']))}", meeting["day"].year, len(wanted))
    for n, item in enumerate(wanted, first):
        w.change(agenda_items, item, section_no=n)
    w.change(meetings, meeting, numbered=True, over=True)
    if wanted:
        w.event("minutes:numbered", {"sections": {str(i["item"]): i["section_no"] for i in wanted}})
    w.data["sections"] = {i["item"]: i["section_no"] for i in wanted}
    agendas.put_off(w, seq)


def _take(w: Work, series: str, year: int, count: int) -> int:
    """Take ``count`` numbers of the series; whoever else takes some meanwhile makes this command be judged anew."""
    found = w.conn.execute(statements.COUNTER, {"series": series, "year": year}).scalar()
    first = int(found or 1)
    if not count:
        return first
    c = models.counters.c
    if found is None:
        w.before(insert(models.counters), series=series, year=year, next=first + count)
    else:
        taken = update(models.counters).where(c.series == bindparam("of"), c.year == bindparam("in_year"))
        w.claim(taken.where(c.next == bindparam("was")).values(next=first + count), of=series, in_year=year, was=first)
    return first


# ---------------------------------------------------------------- the text


def write(w: Work, _seq: int, _note: str | None) -> None:
    """Write the minutes (a forum: the notes) from what is on record."""
    forum = the_meeting(w)["profile"] == "forum"
    template, name = ("notes", "Anteckningar") if forum else ("minutes", "Protokoll")
    agendas.file_page(w, template, f"{name} {w.case['register_no']}", minutewords.minutes(w), "minutes")


# ---------------------------------------------------------------- approval


def approved(w: Work, seq: int, _note: str | None) -> None:
    """The minutes (or a forum's notes) count: every outcome goes to its cases. Late is recorded, with a warning."""
    meeting = the_meeting(w)
    forum = meeting["profile"] == "forum"
    day = w.today if forum else _approved_on(w)
    late = 0 if forum else max(0, (day - meetinglaw.minutes_last_day(meeting["last_day"])).days)
    if not forum:
        w.event("minutes:approved", {"approved_on": day, "late_days": late})
    if late:
        w.data.setdefault("warnings", []).append(list(late_approval(meeting["last_day"], day)))
    if not meeting["numbered"]:
        w.change(meetings, meeting, numbered=not forum, over=True)
        agendas.put_off(w, seq)
    outcomes.lead_on(w, seq, items_of(w), day)


def late_approval(held: date, day: date) -> Sentence:
    """That the minutes were approved too late; they count all the same."""
    last = meetinglaw.minutes_last_day(held)
    return Sentence(
        f"Protokollet justerades den {day.isoformat()}, efter den {last.isoformat()} som var sista dagen "
        "(KL 5:69, 6:35). Det gäller ändå.",
        f"The minutes were approved on {day.isoformat()}, after {last.isoformat()}, the last day (KL 5:69, 6:35). "
        "They count all the same.",
    )


def approve_at_once(w: Work, cmd: ApproveAtOnce) -> None:
    """Record that items were approved at once (omedelbar justering): their outcomes go to their cases now."""
    w.open_case(cmd.register_no)
    meeting = the_meeting(w)
    behalf = demand(w, standing(w), ("meeting_secretary",), _MINUTES)
    if w.case["state"] not in ("held", "minutes_draft", "minutes_checking") or meeting["profile"] == "forum":
        raise Refused(
            Sentence(
                "Omedelbar justering förs in när sammanträdet är avslutat och paragraferna har nummer.",
                "Approval at once is entered when the meeting has ended and its sections have numbers.",
            )
        )
    meetingfields.approval_day(w, cmd.approved_on)
    found = [item_of(w, n) for n in cmd.items]
    for item in found:
        if item["immediate_on"] is not None or item["outcome"] in (None, "withdrawn"):
            raise Refused(
                Sentence(f"Punkt {item['item']} kan inte justeras.", f"Item {item['item']} cannot be approved.")
            )
        w.change(agenda_items, item, immediate_on=cmd.approved_on)
    sections = [i["section_no"] for i in found]
    seq = w.event("section:approved", {"sections": sections, "approved_on": cmd.approved_on}, on_behalf_of=behalf)
    outcomes.lead_on(w, seq, found, cmd.approved_on)
    words = ", ".join(f"§ {n}" for n in sections)
    title = Text(sv=f"Anslå den omedelbara justeringen av {words}", en=f"Announce the immediate approval of {words}")
    due = Due(fixed=meetinglaw.notice_last_day(cmd.approved_on), ground="law", law="KL 8:12", remind=(-1,))
    effects.open_task(w, TaskEffect(of="registrar", act="post_notice", title=title, due=due), seq, 60)


_MINUTES = Sentence("Protokollet förs av sekreteraren.", "The minutes are kept by the secretary.")
_NOTICES = Sentence("Anslag sätts upp av registratorn.", "Notices are put up by the registrar.")


# ---------------------------------------------------------------- the notice


def post_notice(w: Work, cmd: PostNotice) -> None:
    """Put up the notice for what was approved at once."""
    w.open_case(cmd.register_no)
    the_meeting(w)
    behalf = demand(w, standing(w), ("registrar",), _NOTICES)
    posted = {n for row in w.rows(notices) for n in row["items"]}
    found = [i for i in items_of(w) if i["immediate_on"] is not None and i["item"] not in posted]
    if not found:
        raise Refused(
            Sentence("Inget omedelbart justerat väntar på anslag.", "Nothing approved at once waits for a notice.")
        )
    _post(w, found, min(i["immediate_on"] for i in found), behalf)
    for task in w.rows(models.tasks):
        if task["state"] == "open" and task["act"] == "post_notice":
            effects.close_task(w, task, outcome={"by_step": "post_notice"})


def post(w: Work, _seq: int, _note: str | None) -> None:
    """The step that announces: a notice for everything not announced yet, or again for one that came down early."""
    down = w.case["fields"].get("notice_down_on")
    early = _came_down_early(w, date.fromisoformat(down)) if down else []
    for row in early:
        w.change(notices, row, state="early", down_on=date.fromisoformat(down), down_by_id=w.actor.id)
        w.event("notice:removed", {"notice": row["n"], "down_on": down, "early": True})
    gone = {n for row in early for n in row["items"]}
    posted = {n for row in w.rows(notices) if row["state"] != "early" for n in row["items"]}
    found = [i for i in items_of(w) if i["item"] in gone or (i["item"] not in posted and not early)]
    approved_on = max((row["approved_on"] for row in early), default=None) or _approved_on(w)
    _post(w, found, approved_on, None, anew=bool(early))
    if early:
        _restart(w)


def _came_down_early(w: Work, down: date) -> list[Row]:
    """The notices whose time was cut short that day; one whose own time had passed by then has done its part.

    Raises Refused when there is none: the day is to come, or before they went up, or after their last day.
    """
    up = [n for n in w.rows(notices) if n["state"] == "up"]
    early = [n for n in up if n["up_on"] <= down <= min(n["appeal_last_day"], w.today)]
    if early or not up:
        return early
    row = max(up, key=lambda n: n["appeal_last_day"])
    raise Refused(
        Sentence(
            f"Anslaget kan inte ha tagits ned för tidigt den {down}: det sattes upp den {row['up_on']}, sista dagen "
            f"för överklagande är den {row['appeal_last_day']} och i dag är det den {w.today}. Ange dagen då det togs "
            "ned.",
            f"The notice cannot have come down early on {down}: it went up on {row['up_on']}, the last day for appeal "
            f"is {row['appeal_last_day']} and today is {w.today}. Give the day on which it came down.",
        )
    )


def _approved_on(w: Work) -> date:
    """The day of approval that the step wrote down: the real one, whenever it was entered."""
    return date.fromisoformat(w.case["fields"][meetingfields.APPROVED_ON])


def _post(w: Work, items: list[Row], approved_on: date, behalf: Any, *, anew: bool = False) -> None:
    n = 1 + max((row["n"] for row in w.rows(notices)), default=0)
    up, last = w.today, meetinglaw.appeal_last_day(w.today)
    row = w.insert(notices, n=n, items=[i["item"] for i in items], approved_on=approved_on, up_on=up,
                   appeal_last_day=last, down_on=None, state="up", up_by_id=w.actor.id, down_by_id=None)  # fmt: skip
    sections = [i["section_no"] for i in items if i["section_no"] is not None]
    payload = {"notice": n, "sections": sections, "approved_on": approved_on, "up_on": up, "appeal_last_day": last}
    w.event("notice:posted", payload, on_behalf_of=behalf)
    words = {**minutewords.minutes(w), "notice": row, "sections": [f"§ {n}" for n in sections],
             "last": workdays.spoken_date(last), "up": workdays.spoken_date(up),
             "approved": workdays.spoken_date(approved_on), "court": decisionwords.court(w)._asdict()}  # fmt: skip
    agendas.file_page(w, "notice", f"Anslag {w.case['register_no']} nr {n}", words)
    w.data.update({"up_on": up.isoformat(), "appeal_last_day": last.isoformat()})
    if not anew and up > meetinglaw.notice_last_day(approved_on):
        w.data.setdefault("warnings", []).append(list(_late_notice(approved_on, up)))


def _late_notice(approved_on: date, up: date) -> Sentence:
    last = meetinglaw.notice_last_day(approved_on)
    return Sentence(
        f"Justeringen tillkännagavs den {up.isoformat()}, efter den {last.isoformat()} som var sista dagen (KL 8:12). "
        "Tiden för överklagande räknas från anslaget.",
        f"The approval was announced on {up.isoformat()}, after {last.isoformat()}, the last day (KL 8:12). "
        "The time for appeal is counted from the notice.",
    )


def _restart(w: Work) -> None:
    """The time for appeal begins anew today."""
    state = w.rules.states[w.case["state"]]
    key = f"state:{w.case['state']}"
    if state.deadline is not None and any(d["key"] == key for d in w.rows(models.deadlines)):
        deadlines.end(w, key, met=False)
        deadlines.begin(w, key, state.deadline)


def take_down(w: Work, _seq: int, _note: str | None) -> None:
    """The time has passed: the notices come down and their certificate is filed."""
    up = [row for row in w.rows(notices) if row["state"] == "up"]
    for row in up:
        w.change(notices, row, state="down", down_on=w.today, down_by_id=w.actor.id)
    w.event("notice:removed", {"notices": [row["n"] for row in up], "down_on": w.today, "early": False})
    words = {**minutewords.minutes(w), "notices": w.rows(notices), "by": w.actor.name}
    agendas.file_page(w, "certificate", f"Anslagsbevis {w.case['register_no']}", words)
