"""Bodies with somebody to sit in them, and their meetings: announced, open, summoned, planned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from arende import commands, db, meetingcommands, queries
from arende.app import App
from arende.meetingcommands import ItemOutcome
from handclock import STOCKHOLM, VirtualClock

SEATED = ("rsau_chair", "rsau_vice_chair", "led1", "led2", "led3")
"""The five of the committee; ``ers1`` and ``ers2`` are their substitutes, in this order."""
PEOPLE = {"led1": "Ledamot Ett", "led2": "Ledamot Två", "led3": "Ledamot Tre", "ers1": "Ersättare Ett",
          "ers2": "Ersättare Två"}  # fmt: skip
OFFICES = {"led1": "member", "led2": "member", "led3": "member", "ers1": "substitute", "ers2": "substitute"}
HIDDEN = "Hemlig rubrik om skyddsrum"


def seated(people: str) -> str:
    """The people file with five members and two substitutes of the committee."""
    lines = people.splitlines()
    kept = [li for li in lines if not ("body: rsau" in li and ("office: member" in li or "office: substitute" in li))]
    persons = [f"  {key}: {{name: {name}, email: {key}@region.example}}" for key, name in PEOPLE.items()]
    offices = [
        f"  - {{person: {key}, office: {office}, body: rsau, from: 2019-01-01, ordinal: {n}}}"
        for n, (key, office) in enumerate(OFFICES.items(), 1)
    ]
    text = "\n".join(kept) + "\n"
    text = text.replace("\npersons:\n", "\npersons:\n" + "\n".join(persons) + "\n", 1)
    return text.replace("\noffices:\n", "\noffices:\n" + "\n".join(offices) + "\n", 1)


class Meeting:
    """One meeting in few words. ``no`` is its number."""

    def __init__(self, app: App, clock: VirtualClock, body: str, day: str, **fields: Any) -> None:
        self.app, self.clock, self.secretary = app, clock, f"{body}_secretary"
        given = {"body": body, "meeting_date": day, "starts_at": "09:00", "ends_at": "12:00", **fields}
        asked = commands.RegisterCase(actor=self.secretary, type="meeting", title=f"{body.upper()} {day}", fields=given)
        self.no = str(app.do(asked).register_no)

    def do(self, what: type[commands.OnCase], who: str = "", /, **given: Any) -> commands.Outcome:
        return self.app.do(what(actor=who or self.secretary, register_no=self.no, **given))

    def step(self, trigger: str, who: str = "", note: str | None = None, **fields: Any) -> None:
        self.do(commands.Advance, who, trigger=trigger, note=note, fields=fields)

    def add(self, heading: str | None = None, *cases: str, **more: Any) -> None:
        self.do(meetingcommands.AddAgendaItem, heading=heading, cases=cases, **more)

    def answer(self, key: str) -> None:
        """Everybody who is asked says yes."""
        with db.reading(self.app.engine) as conn:
            asked = queries.approvals(conn, queries.case(conn, self.no)["id"])
        for a in asked:
            if a["key"] == key and a["state"] == "pending":
                self.app.do(commands.DecideApproval(actor=a["approver"], approval=a["id"], decision="approve"))

    def called(self, *headings: str) -> Meeting:
        for heading in headings:
            self.add(heading)
        self.step("draft_agenda")
        self.answer("agenda_clearance")
        self.step("summon")
        return self

    def opened(self, day: str) -> Meeting:
        self.clock.now = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=STOCKHOLM)
        for n, person in enumerate(SEATED[:4]):
            self.do(meetingcommands.RecordAttendance, person=person, presiding=n == 0, checker=n == 1)
        self.step("open")
        return self

    def outcome(self, item: int, outcome: str = "approved", **more: Any) -> None:
        one = ItemOutcome.model_validate({"item": item, "outcome": outcome, **more})
        self.do(meetingcommands.RecordOutcomes, outcomes=(one,))


def play(app: App) -> list[str]:
    """The meetings of 2023, after what ``webstory`` plays; returns their numbers."""
    clock = app.clock
    assert isinstance(clock, VirtualClock)
    over = Meeting(app, clock, "rsau", "2023-02-07", place="Rådhuset").called("Budget för nattågen", "Remissvar")
    over.opened("2023-02-07")
    over.do(meetingcommands.RecordMotion, item=1, person="led2", kind="reject", text="Avslag på förslaget.")
    ballots = {"rsau_chair": "yes", "rsau_vice_chair": "yes", "led1": "yes", "led2": "no"}
    over.do(meetingcommands.RecordVote, item=1, yes_means="bifall", no_means="avslag", ballots=ballots)
    over.outcome(1, decision="Att anslå medel.", assignments=[{"to": "officer", "what": "Följ upp kostnaden."}])
    over.do(meetingcommands.RecordDissent, item=1, person="led2", text="Till förmån för eget yrkande.")
    over.do(meetingcommands.DeclareItemConflict, item=2, person="led1")
    over.outcome(2, "adjourned")
    over.outcome(3)
    for trigger in ("end", "draft_minutes", "ask_checking"):
        over.step(trigger)
    over.answer("minutes")
    over.step("announce", "registrar")
    ahead = Meeting(app, clock, "rf", "2023-04-25", place="Fullmäktigesalen", ends_at="17:00")
    secret = commands.RegisterCase(actor="officer", type="declaration_of_intent", title=HIDDEN, secrecy=True)
    ahead.add(HIDDEN, str(app.do(secret).register_no))
    ahead.called("Mål och budget 2024")
    now = Meeting(app, clock, "rsau", "2023-02-21").called("Yttrande över cykelplanen", "Val av ombud")
    now.opened("2023-02-21")
    now.outcome(now_first(app, now), decision="Att lämna yttrandet.")
    later = Meeting(app, clock, "rsau", "2023-03-14")
    later.add("Om kustleden", "RS230001")
    return [over.no, ahead.no, now.no, later.no]


def now_first(app: App, meeting: Meeting) -> int:
    """The number of the first item in order."""
    from arende import meetingqueries

    with db.reading(app.engine) as conn:
        return int(meetingqueries.meeting(conn, meeting.no)["items"][0]["item"])
