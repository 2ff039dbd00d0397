"""The agenda: what is ready comes by itself, a person adds, orders and takes off; a version shows what changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import update

from arende import actors, meetinglaw, workdays
from arende.effecttypes import Consequence, Due, TaskEffect
from arende.errors import Refused, Sentence
from arende.machine import SYSTEM
from arende.meetingcommands import AddAgendaItem, CarryOver, OrderAgenda, RemoveAgendaItem
from arende.meetingtables import agenda_cases, agenda_items, meetings, promised_steps
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import effects, invitations, meetingmails, typeset, waitingcases
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_note, clean_text, clean_title
from arende.usecases.meetingfacts import item_of, items_of, the_meeting
from arende.usecases.waitingcases import Waiting
from arende.work import Work

OPEN_TO_ALL = ("planned", "cases_closed")
"""States in which the agenda is being gathered: nothing is late yet."""
DRAFTED = ("agenda_draft", "agenda_approved", "summoned", "in_progress", "suspended")
"""States in which there is an agenda that somebody has seen: a change makes a new version of it."""
BEFORE = (*OPEN_TO_ALL, *DRAFTED[:3])
_NOT_YOURS = Sentence("Dagordningen är sekreterarens och ordförandens.", "The agenda is the secretary's and chair's.")
MAY = ("meeting_secretary", "meeting_chair")


def add_agenda_item(w: Work, cmd: AddAgendaItem) -> None:
    """Put an item on the agenda. A case that is not ready comes with a warning; a late one with its reason."""
    w.open_case(cmd.register_no)
    meeting = the_meeting(w)
    behalf = demand(w, standing(w), MAY, _NOT_YOURS)
    state = w.case["state"]
    if state not in (*OPEN_TO_ALL, *DRAFTED):
        raise Refused(
            Sentence(
                "Sammanträdet är över eller inställt; sätt upp ärendet på nästa.",
                "The meeting is over or cancelled; put the matter on the next one.",
            )
        )
    late, reason = state not in OPEN_TO_ALL, clean_note(cmd.reason)
    if late and not reason:
        raise Refused(
            Sentence(
                "Dagordningen är redan skriven. Ange skälet till att ärendet tas upp sent.",
                "The agenda is drafted already. Give the reason why the matter comes late.",
            )
        )
    if late and meeting["summoned_on"] is not None:
        _still_lawful(w, meeting, urgent=cmd.urgent)
    reports = cmd.assignment is not None
    waiting = [waitingcases.look(w, meeting, no, kind=cmd.kind, reports=reports) for no in cmd.cases]
    _not_there_already(w, cmd, waiting)
    heading = clean_title(cmd.heading) if cmd.heading else _heading(waiting)
    row = put(
        w, heading, cmd.kind if cmd.kind != "case" or waiting else "other", waiting, late=late, reason=reason,
        urgent=cmd.urgent, origin=cmd.origin, proposal=clean_text(cmd.proposal) if cmd.proposal else None,
        assignment=cmd.assignment,
    )  # fmt: skip
    payload = {"change": "added", "item": row["item"], "heading": heading, "cases": [x.register_no for x in waiting]}
    seq = w.event("agenda:changed", payload | {"late": late, "reason": reason}, on_behalf_of=behalf)
    w.data.update({"item": row["item"], "warnings": row["warnings"]})
    if meeting["profile"] == "assembly" and meeting["summoned_on"] is not None:
        _announce_too(w, meeting, heading, seq)
    taken_up(w, seq, waiting)
    if state in DRAFTED:
        new_version(w, seq, {"added": [heading]})


def _announce_too(w: Work, meeting: Row, heading: str, seq: int) -> None:
    """What comes to a summoned assembly goes up on the notice board as well (KL 5:13–14)."""
    last = meetinglaw.summons_last_day(meeting["day"])
    if w.today > last:
        last = meetinglaw.urgent_last_day(meeting["day"])
    title = Text(sv=f"Kungör ”{heading}” på anslagstavlan, senast den {last.isoformat()} (KL 5:13–14)",
                 en=f'Announce "{heading}" on the notice board by {last.isoformat()} (KL 5:13–14)')  # fmt: skip
    due = Due(fixed=last, ground="law", law="KL 5:13–14", remind=(), then=Consequence(escalate="manager"))
    effects.open_task(w, TaskEffect(of="registrar", act="announce_meeting", title=title, due=due), seq, 50)


def taken_up(w: Work, seq: int, waiting: Iterable[Waiting]) -> None:
    """Promise the step that a case takes when it comes onto an agenda, with the day of the meeting."""
    meeting = the_meeting(w)
    for n, x in enumerate(waiting):
        if x.at is not None and x.at.taken_up is not None:
            fields = {x.at.date: meeting["day"].isoformat()} if x.at.date else {}
            data = {"trigger": x.at.taken_up, "fields": fields, "note": None, "extract": None}
            promise(w, seq, 100 + n, "step", x.register_no, data, w.case["register_no"], system(w))


def carry_over(w: Work, cmd: CarryOver) -> None:
    """What an earlier meeting put off comes onto this agenda, once."""
    w.open_case(cmd.register_no)
    there = {i["origin"] for i in w.rows(agenda_items) if i["origin"]}
    on = {i["item"] for i in items_of(w)}
    cases = {(c["register_no"], c["assignment"]) for c in w.rows(agenda_cases) if c["item"] in on}
    anew = cmd.kind == "report" and cmd.assignment is None  # a report of its own, also of a case that stands there
    if cmd.origin not in there and (anew or not (cmd.cases and {(no, cmd.assignment) for no in cmd.cases} <= cases)):
        add_agenda_item(w, cmd)
    kept(w, cmd.promise)


def _still_lawful(w: Work, meeting: Row, *, urgent: bool) -> None:
    """After the assembly has been summoned only an urgent item can be added, and told by the weekday before."""
    if meeting["profile"] != "assembly" or w.today <= meetinglaw.summons_last_day(meeting["day"]):
        return
    last = meetinglaw.urgent_last_day(meeting["day"])
    if urgent and w.today <= last:
        return
    raise Refused(
        Sentence(
            f"Ärendet har inte kungjorts en vecka före fullmäktiges sammanträde (KL 5:13). Bara ett ärende som är så "
            f"brådskande att det inte hinner kungöras får tas upp (KL 5:14): ange det (urgent), senast den "
            f"{last.isoformat()}. Annars väntar det till nästa sammanträde.",
            f"The matter was not announced a week before the assembly meets (KL 5:13). Only one too urgent to be "
            f"announced may be taken up (KL 5:14): say so (urgent), by {last.isoformat()}. Otherwise it waits for "
            "the next meeting.",
        )
    )


def _not_there_already(w: Work, cmd: AddAgendaItem, waiting: list[Waiting]) -> None:
    on = {i["item"] for i in items_of(w) if i["kind"] != "report"}
    there = {c["register_no"]: c["item"] for c in w.rows(agenda_cases) if c["item"] in on}
    for x in waiting:
        if x.register_no in there and cmd.kind == "case":
            n = there[x.register_no]
            raise Refused(Sentence(f"{x.register_no} är redan punkt {n}.", f"{x.register_no} is item {n} already."))


def _heading(waiting: list[Waiting]) -> str:
    if waiting:
        return clean_title(waiting[0].title)
    raise Refused(
        Sentence("Skriv en rubrik, eller ange ett ärende.", "Write a heading, or name a case."),
    )


def put(
    w: Work,
    heading: str,
    kind: str,
    waiting: Iterable[Waiting] = (),
    *,
    late: bool = False,
    urgent: bool = False,
    reason: str | None = None,
    origin: str | None = None,
    proposal: str | None = None,
    assignment: int | None = None,
) -> Row:
    """The row of an item, at the end of the agenda, with its cases."""
    known, waiting = w.rows(agenda_items), list(waiting)
    number = 1 + max((i["item"] for i in known), default=0)
    position = 1 + max((i["position"] for i in items_of(w)), default=0)
    row = w.insert(
        agenda_items, item=number, position=position, heading=heading, kind=kind, proposal=proposal, late=late,
        urgent=urgent, reason=reason, origin=origin, warnings=[list(s) for x in waiting for s in x.warnings],
        state="on", outcome=None, decision=None, motive=None, section_no=None, immediate_on=None, presiding_id=None,
        recorded_by_id=None, carried=False, assignments=None,
    )  # fmt: skip
    for x in waiting:
        w.insert(agenda_cases, item=number, register_no=x.register_no, in_state=x.state, assignment=assignment)
    return row


def remove_agenda_item(w: Work, cmd: RemoveAgendaItem) -> None:
    """Take an item off before the meeting; during it, it is withdrawn by its outcome."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), MAY, _NOT_YOURS)
    _before_the_meeting(w)
    item, reason = item_of(w, cmd.item), clean_text(cmd.reason)
    w.change(agenda_items, item, state="removed", reason=reason)
    for n, other in enumerate(items_of(w), 1):
        w.change(agenda_items, other, position=n)
    payload = {"change": "removed", "item": cmd.item, "heading": item["heading"], "reason": reason}
    seq = w.event("agenda:changed", payload, on_behalf_of=behalf)
    if w.case["state"] in DRAFTED:
        new_version(w, seq, {"removed": [item["heading"]]})


def order_agenda(w: Work, cmd: OrderAgenda) -> None:
    """Put the items in another order."""
    w.open_case(cmd.register_no)
    behalf = demand(w, standing(w), MAY, _NOT_YOURS)
    _before_the_meeting(w)
    first = [item_of(w, n) for n in dict.fromkeys(cmd.items)]
    rest = [i for i in items_of(w) if i["item"] not in cmd.items]
    moved = [i["heading"] for n, i in enumerate([*first, *rest], 1) if i["position"] != n]
    if not moved:
        raise Refused(Sentence("Punkterna står redan så.", "The items stand so already."))
    for n, item in enumerate([*first, *rest], 1):
        w.change(agenda_items, item, position=n)
    order = [i["item"] for i in (*first, *rest)]
    seq = w.event("agenda:changed", {"change": "ordered", "order": order}, on_behalf_of=behalf)
    if w.case["state"] in DRAFTED:
        new_version(w, seq, {"moved": moved})


def _before_the_meeting(w: Work) -> None:
    the_meeting(w)
    if w.case["state"] not in BEFORE:
        raise Refused(
            Sentence(
                "Sammanträdet har öppnats eller är över: dagordningen ligger fast. En punkt kan utgå som utfall.",
                "The meeting has opened or is over: the agenda is fixed. An item may be withdrawn as its outcome.",
            )
        )


# ---------------------------------------------------------------- drafting


def draft(w: Work, seq: int, _note: str | None) -> None:
    """Gather the agenda: the standing items, what was put off, what is ready, what is to be reported."""
    meeting = the_meeting(w)
    _standing_items(w, meeting)
    for off in waitingcases.put_off(w, meeting):
        assigned = off.assignment is not None
        cases = [waitingcases.look(w, meeting, no, kind=off.kind, reports=assigned) for no in off.cases]
        put(w, off.heading, off.kind, cases, origin=off.origin, assignment=off.assignment)
        taken_up(w, seq, cases)
    told_of = {i["item"]: i["kind"] == "report" for i in items_of(w)}
    there = {(c["register_no"], told_of[c["item"]]) for c in w.rows(agenda_cases) if c["item"] in told_of}
    waiting = waitingcases.for_meeting(w, meeting)
    ready = [x for x in waiting if not {(x.register_no, False), (x.register_no, x.report)} & there]
    for x in ready:
        if not x.report:
            put(w, clean_title(x.title), "case", [x])
            taken_up(w, seq, [x])
    if reports := [x for x in ready if x.report]:
        put(w, "Anmälan av beslut", "report", reports)
    _assignments(w, meeting)
    if meeting["agenda_version"] == 0:
        _standing_first(w)
    w.data["warnings"] = [s for i in items_of(w) for s in i["warnings"]]
    new_version(w, seq, {})


def _assignments(w: Work, meeting: Row) -> None:
    """What has been reported to the body and is on no agenda yet; and what should have been, and is not."""
    for a in waitingcases.reported(w, meeting):
        x = waitingcases.look(w, meeting, a["register_no"], reports=True)
        heading = report_heading(a["register_no"], None if a["secrecy"] else a["what"])
        put(w, heading, "report", [x], origin=f"{a['register_no']} U{a['number']}", assignment=a["number"])
    there = {i["heading"] for i in items_of(w)}
    if (late := waitingcases.never_reported(w, meeting["body"])) and NOT_REPORTED not in there:
        told = [f"{a['register_no']} uppdrag {a['number']}{'' if a['secrecy'] else ': ' + a['what']} "
                f"(senast {a['report_on'].isoformat()}, {a['decision']})" for a in late]  # fmt: skip
        put(w, NOT_REPORTED, "report", proposal="Att notera: " + "; ".join(told) + ".")


NOT_REPORTED = "Uppdrag som inte har återrapporterats i tid"
"""The heading under which a body sees what it has decided and what nobody has told it of."""


def report_heading(register_no: str, what: str | None) -> str:
    """The heading of a reported assignment; without its words where they are secret."""
    return clean_title(f"Återrapport: {what}"[:300]) if what else f"Återrapport av uppdrag i {register_no}"


def _standing_first(w: Work) -> None:
    """The first draft opens with the standing items; everything else keeps its order, and a person may change it."""
    for n, item in enumerate(sorted(items_of(w), key=lambda i: i["kind"] != "fixed"), 1):
        w.change(agenda_items, item, position=n)


def _standing_items(w: Work, meeting: Row) -> None:
    headings = {i["heading"] for i in w.rows(agenda_items)}
    wanted = (*w.rules.standing_items.get(meeting["profile"], ()), *w.rules.standing_items.get(meeting["body"], ()))
    for item in wanted:
        if item.title.sv not in headings and item.month in (None, meeting["day"].month):
            put(w, item.title.sv, "fixed")


def new_version(w: Work, seq: int, changes: Row) -> None:
    """Write the agenda down as a new version of the document, and tell those who were summoned what changed."""
    meeting = the_meeting(w)
    w.change(meetings, meeting, agenda_version=meeting["agenda_version"] + 1)
    n = meeting["agenda_version"]
    file_page(w, "agenda", f"Dagordning {w.case['register_no']} v{n}", agenda_words(w, changes))
    w.data["agenda_version"] = n
    if w.case["state"] == "summoned" and changes:
        w.change(meetings, meeting, sequence=meeting["sequence"] + 1)
        invitations.invite(w)
        meetingmails.summons(w, "summons_changed", seq, changes=_told(changes))


def _told(changes: Row) -> list[Text]:
    words = {
        "added": ("Tillkommer: ", "Added: "),
        "removed": ("Utgår: ", "Withdrawn: "),
        "moved": ("Ny plats: ", "Moved: "),
    }
    return [Text(sv=words[k][0] + h, en=words[k][1] + h) for k, headings in changes.items() for h in headings]


def agenda_words(w: Work, changes: Row) -> Row:
    """What the template of the agenda is given: words, in the order of the agenda."""
    meeting = the_meeting(w)
    numbers: dict[int, list[str]] = {}
    for c in w.rows(agenda_cases):
        numbers.setdefault(c["item"], []).append(c["register_no"])
    return {
        **meetingmails.frame(w),
        "version": meeting["agenda_version"],
        "changes": [t.sv for t in _told(changes)],
        "items": [{**i, "cases": numbers.get(i["item"], [])} for i in items_of(w)],
        "today": workdays.spoken_date(w.today),
    }


def file_page(w: Work, template: str, name: str, words: Row, key: str | None = None) -> Row:
    """Write a page of the meeting from a template, typeset it and put it on the record."""
    head = typeset.head(w, unit=words["body"])
    letter = typeset.write(w, template, head, words, typeset.bare(words))
    return typeset.put(w, key or template, name, letter)


# ---------------------------------------------------------------- putting off


def put_off(w: Work, seq: int) -> list[Row]:
    """Adjourned items go to the body's next meeting by themselves; without one, to the first that is drafted."""
    meeting = the_meeting(w)
    later = waitingcases.next_for(w, meeting)
    found = [i for i in items_of(w) if i["outcome"] == "adjourned"]
    if later is None:
        return []
    for n, item in enumerate(found):
        rows = [c for c in w.rows(agenda_cases) if c["item"] == item["item"]]
        numbers, reported = [c["register_no"] for c in rows], [c["assignment"] for c in rows if c["assignment"]]
        origin = f"{w.case['register_no']} {item['item']}"
        reason = f"Bordlagt den {meeting['day'].isoformat()}"
        told_of = reported or _only_told_of(w, item, later, numbers)
        data = {"heading": item["heading"], "cases": numbers, "origin": origin, "reason": reason,
                "kind": "report" if told_of else "case" if numbers else "other",
                "assignment": reported[0] if reported else None}  # fmt: skip
        promise(w, seq, n, "agenda", later["register_no"], data, None, system(w))
    return found


def _only_told_of(w: Work, item: Row, meeting: Row, numbers: list[str]) -> bool:
    """Whether the item tells of cases that do not themselves wait for it."""
    return item["kind"] == "report" and not any(waitingcases.look(w, meeting, no).report for no in numbers)


def system(w: Work) -> int:
    """The actor that does what nobody has to be asked for: a matter follows its meeting."""
    return w.ask(actors.actor, SYSTEM).id


def kept(w: Work, number: int) -> None:
    """The promise of this number is carried out."""
    done = {"state": "done", "done_at": w.now}
    w.execute(update(promised_steps).where(promised_steps.c.id == number).values(**done))


def promise(
    w: Work, seq: int, n: int, kind: str, register_no: str, data: Row, authority: str | None, actor_id: int,
    not_before: date | None = None,
) -> None:  # fmt: skip
    """Write down that a command is to be carried out in another case, in whose name and on which authority."""
    taken = {p["n"] for p in w.rows(promised_steps) if p["seq"] == seq}
    while n in taken:
        n += 1
    w.insert(
        promised_steps, seq=seq, n=n, kind=kind, register_no=register_no, data=data, authority=authority,
        actor_id=actor_id, state="queued", reply=None, created_at=w.at, not_before=not_before,
        done_at=None,
    )  # fmt: skip
