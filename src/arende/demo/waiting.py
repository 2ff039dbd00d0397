"""What waits for the demonstration's chairs today: two invented cases, so that somebody has something to answer.

The story ends in 2023. These cases are of today, say in their titles that they are examples, and stop where a chair is
asked: one for a clearance, which a mailed reply may give, and one for the last of two signatures, which moves the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from arende import beats, db, mailbox, models, workdays
from arende.app import App
from arende.demo.stage import TOWNS, Stage, Told, command_id
from arende.workdays import STOCKHOLM

CLEARANCE = "example_clearance"
SIGNATURE = "example_signature"
EXAMPLES = (CLEARANCE, SIGNATURE)
TITLES = {
    CLEARANCE: "Exempel: Avsiktsförklaring om kustleden",
    SIGNATURE: "Exempel: Avsiktsförklaring om nattåg",
}
INVENTED = "Påhittat exempel för demonstrationen."
TYPE = "declaration_of_intent"


@dataclass(frozen=True)
class Waits:
    """A request that a person of the demonstration can answer."""

    approval: int
    register_no: str
    title: str
    person: str
    """The key of who is asked."""
    message: int | None
    """The mail's number in the development mailbox; None when it did not come there."""
    by_reply: bool
    """Whether a mailed reply is enough; else the link in the mail."""


def play(app: App, tell: Told) -> None:
    """Open the examples and bring each to its chair; whatever has happened already happens no second time."""
    for name, scenes in ((CLEARANCE, _to_clear), (SIGNATURE, _to_sign)):
        if _brought(app, name):
            continue
        stage = Stage(app, name, tell, delivered=lambda: None, now=_began(app, name))
        if name == CLEARANCE:
            stage.say("", "Exempel av i dag, påhittade, så att det finns något att svara på:",
                      "Examples of today, invented, so that there is something to answer:")  # fmt: skip
        scenes(stage)


def _to_clear(s: Stage) -> None:
    """Up to the chair of the RSAU, who may take it up, not now, or send it back."""
    _written(s)
    s.say("  ", f"{s.register_no}: RSAU:s ordförande ombeds ge klartecken till dagordningen",
          f"{s.register_no}: the chair of the RSAU is asked to clear it for the agenda")  # fmt: skip


def _to_sign(s: Stage) -> None:
    """Up to the chair of the executive board, whose signature is the last."""
    today = workdays.local_day(s.now).isoformat()
    _written(s, today)
    s.answer_request("rsau_chair", "agenda_clearance")
    s.step("rsau_secretary", "record_alignment", rsau_date=today, rsau_note=INVENTED)
    s.step("officer", "consult", krf_date=today)
    for town in TOWNS:
        s.position("krf_secretary", f"municipality_{town}", "supports", comment=INVENTED)
    s.paper("officer", "compilation", title=TITLES[s.story])
    s.step("officer", "propose_decision", decision_body="unspecified")
    s.step("rs_secretary", "record_decision", decision_note=INVENTED)
    s.answer_request("region_director", "signature")
    s.say("  ", f"{s.register_no}: regiondirektören har skrivit under; regionstyrelsens ordförande ombeds göra det",
          f"{s.register_no}: the director has signed; the chair of the executive board is asked to")  # fmt: skip


def _written(s: Stage, meeting: str | None = None) -> None:
    """A text, reviewed and sent on, for a meeting in two weeks where none is named."""
    s.register("officer", TYPE, TITLES[s.story])
    s.relate("officer", "basis", "Strukturbild Halland")
    s.paper("officer", "declaration", title=TITLES[s.story])
    s.step("officer", "request_review", INVENTED)
    s.paper("officer", "official_statement", title=TITLES[s.story])
    days = (workdays.local_day(s.now) + timedelta(days=n) for n in range(14, 40))
    s.step("manager", "submit", rsau_date=meeting or next(filter(workdays.is_working_day, days)).isoformat())


def _began(app: App, name: str) -> datetime:
    """Now; of an example that was cut off, the moment when it began: its commands are then the very same."""
    c, first = models.cases.c, models.commands.c
    query = select(c.opened_at).join(models.commands, first.case_id == c.id)
    with db.reading(app.engine) as conn:
        at = conn.execute(query.where(first.id == str(command_id(name, "1")))).scalar()
    return (at or beats.real_now()).astimezone(STOCKHOLM)


_LAST = {CLEARANCE: ("rsau_chair", "agenda_clearance"), SIGNATURE: ("rs_chair", "signature")}
"""Who is left to answer, and about what."""


def all_brought(app: App) -> bool:
    """Whether every example has come to its chair."""
    return all(_brought(app, name) for name in EXAMPLES)


def _brought(app: App, name: str) -> bool:
    """Whether the example has come to its chair before, whatever has become of it since."""
    return _asked(app, name) is not None


def _asked(app: App, name: str) -> int | None:
    """The request to the chair, once nobody else is asked; None before."""
    a, c, first = models.approvals.c, models.cases.c, models.commands.c
    person, key = _LAST[name]
    query = (
        select(a.id)
        .join(models.cases, c.id == a.case_id)
        .join(models.commands, first.case_id == c.id)
        .join(models.actors, models.actors.c.id == a.approver_id)
        .where(first.id == str(command_id(name, "1")), models.actors.c.key == person, a.key == key)
        .order_by(a.id.desc())
    )
    others = select(a.id).join(models.actors, models.actors.c.id == a.approver_id)
    with db.reading(app.engine) as conn:
        number = conn.execute(query).scalars().first()
        if number is None:
            return None
        case_id = conn.execute(select(a.case_id).where(a.id == number)).scalar_one()
        left = others.where(a.case_id == case_id, a.state == "pending", models.actors.c.key != person)
        return number if conn.execute(left).first() is None else None


def to_answer(app: App) -> list[Waits]:
    """What still waits for an answer among the examples, with the mail to answer it by."""
    a, c, o = models.approvals.c, models.cases.c, models.outbox.c
    numbers = [n for n in (_asked(app, name) for name in EXAMPLES) if n is not None]
    query = (
        select(a.id, a.level, a.approver_id, a.case_id, c.register_no, c.title, models.actors.c.key)
        .join(models.cases, c.id == a.case_id)
        .join(models.actors, models.actors.c.id == a.approver_id)
        .where(a.id.in_(numbers), a.state == "pending")
        .order_by(a.id)
    )
    found = []
    with db.reading(app.engine) as conn:
        for row in conn.execute(query):
            sent = select(o.subject, o.address).where(o.case_id == row.case_id, o.recipient_id == row.approver_id)
            mail = conn.execute(sent.where(o.kind == "approval").order_by(o.id.desc())).first()
            found.append((row, mail))
    return [
        Waits(
            approval=row.id,
            register_no=row.register_no,
            title=row.title,
            person=row.key,
            message=_message(app, mail.address, mail.subject) if mail else None,
            by_reply=row.level == "reply" and app.settings.mail_stays_here and app.settings.approval_floor == "reply",
        )
        for row, mail in found
    ]


def _message(app: App, address: str, subject: str) -> int | None:
    listed = mailbox.list_messages(app.settings.mailbox_dir, to=address)
    return next((int(m["id"]) for m in reversed(listed) if m["subject"] == subject), None)
