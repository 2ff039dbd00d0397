"""A meeting told in few words: members with names, commands in, rows out."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Table
from story import Story, letter_of

from arende import commands, meetingcommands, models
from arende.commands import Outcome
from arende.meetingcommands import ItemOutcome
from arende.meetingtables import agenda_cases, agenda_items, attendance, meetings, notices, promised_steps
from arende.usecases.promises import keep

Row = dict[str, Any]
MEMBERS = {"rs": ("rs_chair", "rs_vice_chair", *(f"rs_m{n}" for n in range(1, 14))),
           "rsau": ("rsau_chair", "rsau_vice_chair", "rsau_m1", "rsau_m2", "rsau_m3"),
           "rf": ("rf_chair", "rf_m1", "rf_m2", "rf_m3", "rf_m4")}  # fmt: skip
SUBSTITUTES = {"rs": ("rs_s1", "rs_s2"), "rsau": ("rsau_s1", "rsau_s2", "rsau_s3"), "rf": ("rf_s1",)}


def with_members(text: str) -> str:
    """The people file with members and substitutes of three bodies; the assembly has nine members here."""
    persons, offices = [], []
    for body, names in MEMBERS.items():
        for n, key in enumerate(names):
            if f"  {key}:" in text:  # the shipped file has the board and its committee
                continue
            persons.append(f"  {key}: {{name: Ledamot {key}, email: {key.replace('_', '-')}@region.example}}")
            office = "chair" if key == "rf_chair" else "member"
            offices.append(f"  - {{person: {key}, office: {office}, body: {body}, from: 2019-01-01, ordinal: {n}}}")
        for n, key in enumerate(SUBSTITUTES[body]):
            if f"  {key}:" in text:
                continue
            persons.append(f"  {key}: {{name: Ersättare {key}, email: {key.replace('_', '-')}@region.example}}")
            offices.append(f"  - {{person: {key}, office: substitute, body: {body}, from: 2019-01-01, ordinal: {n}}}")
    text = text.replace("short: RF, kind: assembly, members: 71", "short: RF, kind: assembly, members: 9")
    return text.replace("\noffices:\n", "\n" + "\n".join(persons) + "\n\noffices:\n" + "\n".join(offices) + "\n", 1)


class Room:
    """One body's meetings in a story. ``no`` is the meeting that the words are about."""

    def __init__(self, story: Story, body: str = "rsau") -> None:
        self.story, self.body, self.no = story, body, ""
        if not story.changed_people:
            story.people(with_members)

    @property
    def secretary(self) -> str:
        return f"{self.body}_secretary"

    @property
    def chair(self) -> str:
        return f"{self.body}_chair"

    def plan(self, day: str, **more: Any) -> Outcome:
        fields = {"body": self.body, "meeting_date": day, "starts_at": "09:00", **more}
        title = f"{self.body.upper()} {day}"
        asked = commands.RegisterCase(actor=self.secretary, type="meeting", title=title, fields=fields)
        outcome = self.story.do(asked)
        self.no = outcome.register_no or ""
        return outcome

    def do(self, what: type[commands.OnCase], who: str | None = None, /, **given: Any) -> Outcome:
        return self.story.do(what(actor=who or self.secretary, register_no=self.no, **given))

    def step(self, trigger: str, who: str | None = None, note: str | None = None, **fields: Any) -> Outcome:
        return self.do(commands.Advance, who, trigger=trigger, note=note, fields=fields)

    def add(self, heading: str | None = None, *cases: str, who: str | None = None, **more: Any) -> Outcome:
        return self.do(meetingcommands.AddAgendaItem, who, heading=heading, cases=cases, **more)

    def clear(self, decision: commands.Decision = "approve", comment: str | None = None) -> Outcome:
        with self as s:
            return s.decide(self.chair, "agenda_clearance", decision, comment)

    def summoned(self, day: str, *headings: str, **more: Any) -> Room:
        self.plan(day, **more)
        for heading in headings:
            self.add(heading)
        self.step("draft_agenda")
        self.clear()
        self.step("summon")
        return self

    def attend(self, person: str, **more: Any) -> Outcome:
        return self.do(meetingcommands.RecordAttendance, person=person, **more)

    def absent(self, person: str, reason: str = "Sjuk") -> Outcome:
        return self.do(meetingcommands.ReportAbsence, person=person, reason=reason)

    def come(self, *people: str, checker: str | None = None) -> Room:
        """The first presides; ``checker`` is elected."""
        for n, person in enumerate(people):
            self.attend(person, presiding=n == 0, checker=person == checker)
        return self

    def opened(self, day: str, *headings: str) -> Room:
        self.summoned(day, *headings)
        self.story.on_the(day, 10)
        wanted = MEMBERS[self.body]
        self.come(*wanted[: len(wanted) // 2 + 1], checker=wanted[1])
        self.step("open")
        return self

    def outcome(self, item: int, outcome: str = "approved", **more: Any) -> Outcome:
        one = ItemOutcome.model_validate({"item": item, "outcome": outcome, **more})
        return self.do(meetingcommands.RecordOutcomes, outcomes=(one,))

    def settle(self, outcome: str = "approved", **more: Any) -> Room:
        """Every item without an outcome gets this one; the standing items are approved."""
        for i in self.items():
            if i["outcome"] is None:
                self.outcome(i["item"], "approved" if i["kind"] == "fixed" else outcome, **more)
        return self

    def checking(self) -> Room:
        self.step("end")
        self.step("draft_minutes")
        self.step("ask_checking")
        return self

    def approve_minutes(self) -> Room:
        with self as s:
            for a in list(s.approvals("minutes")):
                if a["state"] == "pending":
                    s.decide(a["approver"], "minutes")
        return self

    def announced(self) -> Room:
        self.checking().approve_minutes()
        self.step("announce", "registrar")
        return self

    def keep(self) -> tuple[int, int]:
        return keep(self.story.app)

    # ------------------------------------------------------------ what came of it

    def __enter__(self) -> Story:
        """The story, about the meeting."""
        self._before, self.story.no = self.story.no, self.no
        return self.story

    def __exit__(self, *_: object) -> None:
        self.story.no = self._before

    def rows(self, table: Table, **wanted: Any) -> list[Row]:
        with self as s:
            return s.rows(table, **wanted)

    @property
    def state(self) -> str:
        with self as s:
            return s.state

    @property
    def row(self) -> Row:
        return self.rows(meetings)[0]

    def items(self) -> list[Row]:
        return sorted(self.rows(agenda_items, state="on"), key=lambda i: i["position"])

    def headings(self) -> list[str]:
        return [i["heading"] for i in self.items()]

    def item(self, heading: str) -> Row:
        return next(i for i in self.items() if i["heading"] == heading)

    def cases(self) -> list[str]:
        return [c["register_no"] for c in self.rows(agenda_cases)]

    def there(self) -> list[Row]:
        return self.rows(attendance)

    def notices(self) -> list[Row]:
        return self.rows(notices)

    def promises(self, **wanted: Any) -> list[Row]:
        return self.rows(promised_steps, **wanted)

    def page(self, key: str) -> str:
        """The newest version of a document, as text."""
        found = max(self.rows(models.documents, key=key), key=lambda d: d["version"])
        return letter_of(self.story, found).plain()


def day(text: str) -> date:
    return date.fromisoformat(text)
