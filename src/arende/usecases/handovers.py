"""Handing over what waits for a body that ends, to the body that follows it (KL 3:3–4, 5:1).

The change of organisation is one command, which lists what passes on and what cannot; each case that passes on is a
command of its own, promised in the same transaction. What a body has decided stays its own: only what lies ahead moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Select, func, or_, select

from arende import actors, models
from arende.casetypes import CaseType
from arende.commands import Command
from arende.effecttypes import TaskEffect
from arende.errors import Invalid, Refused, Sentence
from arende.guards import field_title
from arende.meetingtables import agenda_cases, agenda_items, assignments, meetings
from arende.organisationcommands import TASK, HandOver, ReceiveCase
from arende.prepared import Row
from arende.terms import Text
from arende.usecases import agendas, correspondence, effects, registry, waitingcases
from arende.usecases.facts import body_of, demand, office_name, office_of, persons_of, refuse_conflict, standing
from arende.work import UseCase, Work

_UNREPORTED = ("given", "reported")
"""States of an assignment that the body is still to be told of."""


def hand_over(w: Work, cmd: HandOver) -> None:
    """Promise each case to the successor, say what a person has to see to first, and complete the task when nothing is.

    It may be given again until nothing remains; what has passed on does so no second time.
    """
    w.open_case(cmd.register_no)
    task = _task(w)
    sentence = Sentence("Överlämningen väntar inte på dig.", "The hand-over does not wait for you.")
    behalf = demand(w, standing(w), (task["role"],), sentence)
    ended = _ended(w)
    successor = _successor(w, cmd.successor, ended)
    moved: list[str] = []
    remains: list[Row] = []
    for number in _affected(w, ended):
        bar = barred(waitingcases.peek(w, number), ended, successor)
        if bar is None:
            moved.append(number)
        else:
            remains.append({"register_no": number, "sv": bar.sv, "en": bar.en})
    w.data |= {"moved": moved, "remains": remains}
    told = {"bodies": sorted(ended), "to": successor["key"], "moved": moved, "remains": remains}
    seq = w.event("organisation:handed_over", told, authority=_decision(w), on_behalf_of=behalf)
    data = {"came_from": w.case["register_no"], "bodies": sorted(ended), "successor": successor["key"]}
    for number in moved:
        registry.promise_at_once(w, seq, "handover", number, {**data, "decision": _decision(w)})
    if not remains:
        effects.close_task(w, task, outcome={"comment": None})
        done = {"task": task["id"], "act": TASK, "title": task["title"], "comment": None}
        w.event("task:completed", done, on_behalf_of=behalf)


def receive_case(w: Work, cmd: ReceiveCase) -> None:
    """The case waits for the successor from now on: its fields, its tasks and its assignments."""
    w.open_case(cmd.register_no)
    behalf = correspondence.registrar(w)
    refuse_conflict(w)
    ended = frozenset(cmd.bodies)
    successor = _successor(w, cmd.successor, ended)
    if bar := barred(w, ended, successor):
        raise Refused(bar)
    fields = dict.fromkeys(sorted(_fields(w.rules, w.case, ended)) if _is_ahead(w) else (), cmd.successor)
    tasks = list(_tasks(w, ended))
    w.case["fields"] = {**w.case["fields"], **fields}
    told = {"from": cmd.came_from, "bodies": list(cmd.bodies), "to": cmd.successor, "fields": fields}
    seq = w.event("case:handed_over", told, authority=cmd.decision, on_behalf_of=behalf)
    for task in tasks:
        holders = persons_of(w, task["role"])
        alone = holders[0].id if len(holders) == 1 else None
        w.change(models.tasks, task, office=office_of(w, task["role"]), assignee_id=alone)
    for row in _assignments(w, ended):
        w.change(assignments, row, body=cmd.successor)
    if fields:
        _ask_for_a_day(w, cmd, successor, seq)
    agendas.kept(w, cmd.promise)


def _ask_for_a_day(w: Work, cmd: ReceiveCase, successor: Row, seq: int) -> None:
    sv, en = successor["name_sv"], successor["name_en"] or successor["name_sv"]
    title = Text(
        sv=f"Ärendet har gått över till {sv} ({cmd.came_from}). Se efter att dag och förslag gäller det organet",
        en=f"The case has passed to {en} ({cmd.came_from}). See that day and proposal are meant for that body",
    )
    effects.open_task(w, TaskEffect(of="case_officer", act="read_handover", title=title), seq, 0,
                      of_state=w.case["state"])  # fmt: skip


# ---------------------------------------------------------------- the change of organisation


def _task(w: Work) -> Row:
    task = next((t for t in w.rows(models.tasks) if t["act"] == TASK and t["state"] == "open"), None)
    if task is None:
        raise Refused(
            Sentence(
                "Ärendet har ingen öppen uppgift att föra över ärenden. Den kommer när beslutet börjar genomföras, och "
                "är klar när allt har förts över.",
                "The case has no open task to move cases. It comes when the decision begins to be carried out, and is "
                "done when everything has been moved.",
            )
        )
    return task


def _ended(w: Work) -> frozenset[str]:
    """The bodies that the case ends: the field that the guard on its last step looks at. Raises Refused for none."""
    keys = [g.arg for t in w.rules.transitions for g in t.when if g.name == "bodies_ended"]
    ended = frozenset(str(b) for key in keys for b in w.case["fields"].get(key) or ())
    if not ended:
        raise Refused(
            Sentence(
                "Ärendet nämner inget organ som upphör, så ingenting kan föras över. Ange organen i ärendet först.",
                "The case names no body that ends, so nothing can be handed over. Name the bodies in the case first.",
            )
        )
    return ended


def _decision(w: Work) -> str:
    fields = w.case["fields"]
    parts = ["Regionfullmäktige", fields.get("rf_date"), fields.get("rf_section")]
    return f"{' '.join(str(p) for p in parts if p)}, {w.case['register_no']}"[:200]


def _successor(w: Work, key: str, ended: frozenset[str]) -> Row:
    b = models.bodies
    row = w.conn.execute(select(b).where(b.c.key == key.strip().lower())).mappings().first()
    if row is None:
        raise Invalid(Sentence(f"Organet {key} finns inte i personfilen.", f"No body {key} is in the people file."))
    if row["key"] in ended:
        raise Refused(
            Sentence(
                f"{row['name_sv']} upphör självt. Välj det organ som tar över.",
                f"{row['name_en'] or row['name_sv']} itself ends. Choose the body that takes over.",
            )
        )
    if row["valid_to"] is not None and row["valid_to"] < w.today:
        raise Refused(
            Sentence(
                f"{row['name_sv']} upphörde den {row['valid_to']} och kan inte ta över.",
                f"{row['name_en'] or row['name_sv']} ended on {row['valid_to']} and cannot take over.",
            )
        )
    return dict(row)


def _affected(w: Work, ended: frozenset[str]) -> list[str]:
    """Numbers of the cases in which something waits for a body that ends, oldest first; not the change itself."""
    c = models.cases.c
    query = select(models.cases).where(c.id != w.case["id"], or_(c.closed_at.is_(None), c.id.in_(_owing(ended))))
    by_hash: dict[str, CaseType] = dict(waitingcases.definitions(w))
    waits = set(w.conn.execute(_with_tasks(ended)).scalars()) | set(w.conn.execute(_owing(ended)).scalars())
    rows = w.conn.execute(query.order_by(c.id)).mappings()
    return [r["register_no"] for r in rows if r["id"] in waits or _waits(by_hash[r["definition"]], dict(r), ended)]


def _with_tasks(ended: frozenset[str]) -> Select[tuple[int]]:
    t = models.tasks.c
    return select(t.case_id).where(
        t.state == "open", or_(*(t.office.endswith(f"@{b}", autoescape=True) for b in sorted(ended)))
    )


def _owing(ended: frozenset[str]) -> Select[tuple[int]]:
    a = assignments.c
    return select(a.case_id).where(a.body.in_(ended), a.state.in_(_UNREPORTED))


def _waits(rules: CaseType, case: Row, ended: frozenset[str]) -> bool:
    at = waitingcases.awaits(rules, case)
    if at is not None and waitingcases.body_awaited(at, case) in ended:
        return True
    return not _over(rules, case) and bool(_fields(rules, case, ended))


# ---------------------------------------------------------------- a case that passes on


def barred(w: Work, ended: frozenset[str], successor: Row) -> Sentence | None:
    """Why the case cannot pass to the successor by itself, and what a person does about it; None when it can."""
    return next(_bars(w, ended, successor), None)


def _bars(w: Work, ended: frozenset[str], successor: Row) -> Iterator[Sentence]:
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
    if any(a["state"] == "pending" and body_of(w, a["role"]) in ended for a in w.rows(models.approvals)):
        yield Sentence(
            "En begäran väntar på svar i organet. Den ska besvaras eller tas tillbaka först.",
            "A request waits for an answer in the body. It is to be answered or withdrawn first.",
        )
    yield from _fixed(w, ended)
    yield from _unfit(w, ended, successor)


def _fixed(w: Work, ended: frozenset[str]) -> Iterator[Sentence]:
    """The body stands in the case type, or in what has been decided: no value of the case can be changed."""
    at = waitingcases.awaits(w.rules, w.case)
    roles = {t["role"] for t in _tasks(w, ended)}
    if (at is not None and at.body in ended) or any(r in w.rules.roles and w.rules.roles[r].body for r in roles):
        yield Sentence(
            "Ärendetypen själv nämner organet. Gör klart steget före organets sista dag, eller ändra ärendetypen.",
            "The case type itself names the body. Finish before the body's last day, or change the case type.",
        )
    elif roles and not _is_ahead(w):
        yield Sentence(
            "Organet har redan beslutat, och beslutet är dess eget. Gör klart uppgiften före organets sista dag.",
            "The body has decided already, and the decision is its own. Finish the task before the body's last day.",
        )


def _unfit(w: Work, ended: frozenset[str], successor: Row) -> Iterator[Sentence]:
    """The successor cannot be named in a field of the case, or nobody there holds the office that a task waits for."""
    name = successor["name_sv"], successor["name_en"] or successor["name_sv"]
    for key in sorted(_fields(w.rules, w.case, ended)) if _is_ahead(w) else ():
        if (choices := w.rules.fields[key].choices) and successor["key"] not in choices:
            sv, en = field_title(w.rules, key, "sv"), field_title(w.rules, key, "en")
            yield Sentence(
                f"{name[0]} går inte att välja som ”{sv}” i ärendetypen. Ändra ärendetypen först.",
                f'{name[1]} is no choice of "{en}" in the case type. Change the case type first.',
            )
    day = max(w.today, successor["valid_from"] or date.min)
    for office in sorted({office_name(w, t["role"]) for t in _tasks(w, ended)}):
        if not w.ask(actors.holders, office, successor["key"], day):
            yield Sentence(
                f"Ingen har uppdraget {office} i {name[0]} den {day}. Lägg in det i personfilen först.",
                f"Nobody holds the office {office} in {name[1]} on {day}. Enter it in the people file first.",
            )


def _tasks(w: Work, ended: frozenset[str]) -> Iterator[Row]:
    for t in w.rows(models.tasks):
        if t["state"] == "open" and (t["office"] or "").partition("@")[2] in ended:
            yield t


def _assignments(w: Work, ended: frozenset[str]) -> Iterator[Row]:
    return (a for a in w.rows(assignments) if a["body"] in ended and a["state"] in _UNREPORTED)


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


USE_CASES: dict[type[Command], UseCase] = {HandOver: hand_over, ReceiveCase: receive_case}
