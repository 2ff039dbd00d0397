"""A case that passes from a body that ends to its successor: what bars it, and what it becomes there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Select, func, select

from arende import actors, models
from arende.casetypes import CaseType
from arende.commands import Command
from arende.effecttypes import TaskEffect
from arende.errors import Invalid, Refused, Sentence
from arende.guards import field_title
from arende.machine import SYSTEM
from arende.meetingtables import agenda_cases, agenda_items, assignments, meetings
from arende.organisationcommands import ReceiveCase
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import agendas, correspondence, deadlines, effects, requests, successions, waitingcases
from arende.usecases.facts import body_of, office_name, office_of, persons_of, refuse_conflict
from arende.usecases.stepping_in import Asked, whom
from arende.work import UseCase, Work

UNREPORTED = ("given", "reported")
"""States of an assignment that the body is still to be told of."""


def receive_case(w: Work, cmd: ReceiveCase) -> None:
    """The case waits for the successor from now on: its fields, tasks, assignments and what is asked of an office."""
    w.open_case(cmd.register_no)
    behalf = None if w.actor.key == SYSTEM else correspondence.registrar(w)
    refuse_conflict(w)
    ended = frozenset(cmd.bodies)
    successor = successions.body(w.conn, cmd.successor)
    if successor is None:
        raise Invalid(Sentence(f"Organet {cmd.successor} finns inte.", f"There is no body {cmd.successor}."))
    successions.demand_body(w.conn, successor, w.today)
    if bar := barred(w, ended, successor, w.today):
        raise Refused(bar)
    fields = dict.fromkeys(sorted(_fields(w.rules, w.case, ended)) if _is_ahead(w) else (), cmd.successor)
    tasks, waiting = list(_tasks(w, ended)), _requests(w, ended)
    w.case["fields"] = {**w.case["fields"], **fields}
    anew = [(row, asked) for row in waiting if (asked := _asked(w, row)) is not None]
    told: Row = {"from": cmd.came_from, "bodies": list(cmd.bodies), "to": cmd.successor, "fields": fields}
    if anew:
        told |= {"approvals": [row["key"] for row, _ in anew], "asked": [asked.person.key for _, asked in anew]}
    seq = w.event("case:handed_over", told, authority=cmd.decision, on_behalf_of=behalf)
    for task in tasks:
        holders = persons_of(w, task["role"])
        alone = holders[0].id if len(holders) == 1 else None
        w.change(models.tasks, task, office=office_of(w, task["role"]), assignee_id=alone)
    for row in _assignments(w, ended):
        w.change(assignments, row, body=cmd.successor)
    _ask_anew(w, anew, seq)
    if fields:
        _ask_for_a_day(w, cmd, successor, seq)
    agendas.kept(w, cmd.promise)


def _asked(w: Work, row: Row) -> Asked | None:
    """Whom the request goes to in the successor; those who are asked in the round already answer once."""
    taken = {a["approver_id"] for a in requests.group_of(w, row) if a["state"] == "pending"} - {row["approver_id"]}
    return whom(w, requests.rule_of(row), row["role"], taken)


def _ask_anew(w: Work, anew: list[tuple[Row, Asked]], seq: int) -> None:
    """The old request is void on every surface; the same is asked of the successor's office, with a new last day."""
    due: dict[str, object] = {}
    for n, (row, asked) in enumerate(anew):
        rule = requests.rule_of(row)
        requests.lapse(w, row, "handed_over", "handed_over")
        if row["key"] not in due:
            deadlines.end(w, f"approval:{row['key']}")
            due[row["key"]] = requests.begin_deadline(w, rule)
        new = requests.add(w, rule, row["round"], row["role"], asked, seq, due[row["key"]])
        requests.tell(w, rule, asked, new, f"{seq}.{n}")


def _ask_for_a_day(w: Work, cmd: ReceiveCase, successor: Row, seq: int) -> None:
    sv, en = successor["name_sv"], successor["name_en"] or successor["name_sv"]
    title = Text(
        sv=f"Ärendet har gått över till {sv} ({cmd.came_from}). Se efter att dag och förslag gäller det organet",
        en=f"The case has passed to {en} ({cmd.came_from}). See that day and proposal are meant for that body",
    )
    effects.open_task(w, TaskEffect(of="case_officer", act="read_handover", title=title), seq, 0,
                      of_state=w.case["state"])  # fmt: skip


# ---------------------------------------------------------------- a case that passes on


def barred(w: Work, ended: frozenset[str], successor: Row, day: date) -> Sentence | None:
    """Why the case cannot pass to the successor by itself on the day, and what a person does about it, or None."""
    return next(_bars(w, ended, successor, day), None)


def _bars(w: Work, ended: frozenset[str], successor: Row, day: date) -> Iterator[Sentence]:
    if w.rules.meeting_of is not None:
        yield Sentence(
            "Det är ett sammanträde med organet. Håll det eller ställ in det.",
            "It is a meeting of the body. Hold it or cancel it.",
        )
    if meeting := w.conn.execute(_on_agenda(w.case["register_no"])).scalar():
        yield Sentence(
            f"Ärendet står på dagordningen för {meeting}. Ta upp eller stryk punkten där först.",
            f"The case is on the agenda of {meeting}. Take up or strike the item there first.",
        )
    yield from _fixed(w, ended)
    yield from _unfit(w, ended, successor, day)


def _fixed(w: Work, ended: frozenset[str]) -> Iterator[Sentence]:
    """The body stands in the case type, or in what has been decided: no value of the case can be changed."""
    at = waitingcases.awaits(w.rules, w.case)
    roles = {row["role"] for row in (*_tasks(w, ended), *_requests(w, ended))}
    if (at is not None and at.body in ended) or any(r in w.rules.roles and w.rules.roles[r].body for r in roles):
        yield Sentence(
            "Ärendetypen själv nämner organet. Gör klart steget före organets sista dag, eller ändra ärendetypen.",
            "The case type itself names the body. Finish before the body's last day, or change the case type.",
        )
    elif roles and not _is_ahead(w):
        yield Sentence(
            "Organet har redan beslutat, och beslutet är dess eget. Gör klart det som väntar före organets sista dag.",
            "The body has decided already, and the decision is its own. Finish what waits before the body's last day.",
        )


def _unfit(w: Work, ended: frozenset[str], successor: Row, day: date) -> Iterator[Sentence]:
    """The successor cannot be named in a field of the case, or nobody there holds the office that is waited for."""
    name = successor["name_sv"], successor["name_en"] or successor["name_sv"]
    for key in sorted(_fields(w.rules, w.case, ended)) if _is_ahead(w) else ():
        if (choices := w.rules.fields[key].choices) and successor["key"] not in choices:
            sv, en = field_title(w.rules, key, "sv"), field_title(w.rules, key, "en")
            yield Sentence(
                f"{name[0]} går inte att välja som ”{sv}” i ärendetypen. Ändra ärendetypen först.",
                f'{name[1]} is no choice of "{en}" in the case type. Change the case type first.',
            )
    for office in sorted({office_name(w, row["role"]) for row in (*_tasks(w, ended), *_requests(w, ended))}):
        if not w.ask(actors.holders, office, successor["key"], day):
            yield Sentence(
                f"Ingen har uppdraget {office} i {name[0]} den {day}. Lägg in det i personfilen först.",
                f"Nobody holds the office {office} in {name[1]} on {day}. Enter it in the people file first.",
            )


def _tasks(w: Work, ended: frozenset[str]) -> Iterator[Row]:
    for t in w.rows(models.tasks):
        if t["state"] == "open" and (t["office"] or "").partition("@")[2] in ended:
            yield t


def _requests(w: Work, ended: frozenset[str]) -> list[Row]:
    """Requests that wait for an answer in one of the bodies."""
    return [a for a in w.rows(models.approvals) if a["state"] == "pending" and body_of(w, a["role"]) in ended]


def _assignments(w: Work, ended: frozenset[str]) -> Iterator[Row]:
    return (a for a in w.rows(assignments) if a["body"] in ended and a["state"] in UNREPORTED)


def waits(rules: CaseType, case: Row, ended: frozenset[str]) -> bool:
    """Whether the case itself waits for one of the bodies, or will."""
    at = waitingcases.awaits(rules, case)
    if at is not None and waitingcases.body_awaited(at, case) in ended:
        return True
    return not _over(rules, case) and bool(_fields(rules, case, ended))


def _fields(rules: CaseType, case: Row, ended: frozenset[str]) -> set[str]:
    """Fields by which the case finds its body: of a role, or of the meeting that a state waits for."""
    of_roles = {r.body_from for r in rules.roles.values()}
    of_states = {s.at_meeting.body_from for s in rules.states.values() if s.at_meeting is not None}
    return {key for key in of_roles | of_states if key and case["fields"].get(key) in ended}


def _is_ahead(w: Work) -> bool:
    return not _over(w.rules, w.case)


def _over(rules: CaseType, case: Row) -> bool:
    """Whether the decision lies behind: then the field says who made it."""
    state = rules.states[case["state"]]
    if state.hold and case["previous_state"] in rules.states:
        state = rules.states[case["previous_state"]]
    return state.phase == "close" or state.kind == "decision" or case["closed_at"] is not None


def _on_agenda(register_no: str) -> Select[tuple[str | None]]:
    """The number of a meeting that is still to take the case up."""
    i, a, m = agenda_items.c, agenda_cases.c, meetings.c
    query = select(func.min(models.cases.c.register_no)).join(meetings, m.case_id == models.cases.c.id)
    query = query.join(agenda_cases, a.case_id == m.case_id)
    query = query.join(agenda_items, (i.case_id == a.case_id) & (i.item == a.item))
    return query.where(a.register_no == register_no, m.over.is_(False), i.state == "on")


USE_CASES: dict[type[Command], UseCase] = {ReceiveCase: receive_case}
