"""The stage on which a story is played: its people and clock, and the few words a scene is written in.

Every command of a story has an id of its own that follows from the story's name and its place in it. So a story that
was cut off is played again from the start: what has happened already happens no second time.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import or_, select

from arende import db, models, virtualtime, workdays
from arende.answercommands import HandInAnswer
from arende.app import App
from arende.commands import (
    AddDocument,
    Advance,
    AnswerConsultation,
    CheckRecord,
    Command,
    CompleteTask,
    DecideApproval,
    Decision,
    Outcome,
    RegisterCase,
    Relate,
    Stance,
    WithdrawAnswer,
)
from arende.demo import papers
from arende.errors import Sentence
from arende.plancommands import KeepPlan
from arende.usecases import clock, deadlines, promises
from arende.usecases.backplans import back_plan

Told = Callable[[Sentence], None]
"""Gets each line about what happens."""


def command_id(story: str, name: str) -> UUID:
    """The id of a command of a story: the same at every playing."""
    return uuid5(NAMESPACE_URL, f"arende:story:{story}:{name}")


NOT_TOLD = "okänd"
"""A section that the sources do not tell: none is invented."""
TOWNS = ("falkenberg", "halmstad", "hylte", "kungsbacka", "laholm", "varberg")


@dataclass(frozen=True)
class Happening:
    """Something that happens by itself at a moment while the story goes on."""

    at: datetime
    act: Callable[[], None]


@dataclass
class Stage:
    """One case of one story, played on an app whose clock follows the story."""

    app: App
    story: str
    tell: Told
    delivered: Callable[[], None]
    """Called after each scene: sees to it that what was promised is sent."""
    register_no: str = ""
    now: datetime = field(default_factory=lambda: datetime(2020, 8, 3, 9, tzinfo=workdays.STOCKHOLM))
    number: int = 0
    alongside: list[Happening] = field(default_factory=list)
    """What happens beside the story, in order; what has happened is taken out."""

    # ------------------------------------------------------------ time

    def scene(self, day: str, sv: str, en: str, at: str = "09:00") -> None:
        """Go to a day: everything that falls due before it happens first, in order, at its own time."""
        moment = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), workdays.STOCKHOLM)
        self._let_time_pass(moment)
        self._set(moment)
        promises.keep(self.current)  # what has its day today or earlier
        self.say(f"{day}  ", sv, en)

    def say(self, before: str, sv: str, en: str) -> None:
        """Tell a line."""
        self.tell(Sentence(f"{before}{sv}", f"{before}{en}"))

    def _let_time_pass(self, until: datetime) -> None:
        while True:
            with db.reading(self.app.engine) as conn:
                rows = deadlines.due_rows(conn, until, limit=1)
            beside = self.alongside[0].at if self.alongside else until
            if beside < until and not (rows and rows[0].due_at < beside):
                self._set(max(self.now, beside))
                self.alongside.pop(0).act()
            elif rows:
                self._set(max(self.now, rows[0].due_at + timedelta(seconds=1)))  # a last day has passed when it is over
                clock.fire_due(self.current)
                self.keep_house()
            else:
                return
            self.delivered()

    def keep_house(self) -> None:
        """What the story's people do by themselves as time passes: the registrar asks the ministry when reminded."""
        for task in self._open_tasks("ask_ministry"):
            self._finish("registrar", task, "Inget nytt besked. Ej belagt i källan.")
            day = workdays.local_day(self.now)
            self.say(f"{day}  ", "Registratorn hör efter hos departementet", "The registrar asks the ministry")

    def _set(self, moment: datetime) -> None:
        self.now = moment
        virtualtime.set_to(self.app.engine, moment)

    @property
    def current(self) -> App:
        """The app at the story's present moment."""
        return replace(self.app, clock=lambda: self.now)

    # ------------------------------------------------------------ acts

    def do(self, kind: type[Command], /, **values: Any) -> Outcome:
        """Send a command of the story; a second playing sends the very same."""
        self.number += 1
        return self._send(kind, str(self.number), **values)

    def _send(self, kind: type[Command], name: str, /, **values: Any) -> Outcome:
        if "register_no" in kind.model_fields and kind is not RegisterCase:
            values.setdefault("register_no", self.register_no)
        return self.current.do(kind(id=command_id(self.story, name), **values))

    def register(self, actor: str, type_: str, title: str, **fields: str) -> None:
        """Open the story's case."""
        self.register_no = str(self.do(RegisterCase, actor=actor, type=type_, title=title, fields=fields).register_no)
        self.delivered()

    def opened(self, name: str) -> str:
        """The diary number of the case that a command of the story opened."""
        query = select(models.cases.c.register_no).join(models.commands, models.commands.c.case_id == models.cases.c.id)
        with db.reading(self.app.engine) as conn:
            return str(
                conn.execute(query.where(models.commands.c.id == str(command_id(self.story, name)))).scalar_one()
            )

    def step(self, actor: str, trigger: str, note: str | None = None, **fields: str) -> None:
        """Take a step."""
        self.do(Advance, actor=actor, trigger=trigger, note=note, fields=fields)
        self.delivered()

    def paper(self, actor: str, key: str, name: str | None = None, /, **words: object) -> None:
        """Put one of the demonstration's papers on the case, typeset as its writer would have it."""
        today = workdays.local_day(self.now)
        file_name, pdf = papers.typeset(self.app, name or key, self.register_no, today, **words)
        self._add(actor, key, file_name, "application/pdf", pdf)

    def file(self, actor: str, key: str, file: Path, media_type: str, name: str) -> None:
        """Put a file on the case, by the name that its people would give it."""
        self._add(actor, key, name, media_type, file.read_bytes())

    def _add(self, actor: str, key: str, file_name: str, media_type: str, content: bytes) -> None:
        sha256, size = self.app.storage.put(io.BytesIO(content))
        self.do(AddDocument, actor=actor, key=key, file_name=file_name, media_type=media_type, size=size,
                sha256=sha256, direction="drawn_up")  # fmt: skip

    def relate(self, actor: str, kind: str, other: str) -> None:
        """Say what the case rests on."""
        self.do(Relate, actor=actor, kind=kind, other=other)

    def answer_request(self, actor: str, group: str, decision: Decision = "approve") -> None:
        """Answer the last request of a group that was made to the person."""
        a, c = models.approvals.c, models.cases.c
        query = (
            select(a.id)
            .join(models.cases, c.id == a.case_id)
            .join(models.actors, models.actors.c.id == a.approver_id)
            .where(c.register_no == self.register_no, models.actors.c.key == actor, a.key == group)
            .order_by(a.round.desc())
        )
        with db.reading(self.app.engine) as conn:
            number = conn.execute(query).scalars().first()
        self.do(DecideApproval, actor=actor, approval=number, decision=decision)
        self.delivered()

    def position(self, actor: str, party: str, stance: Stance, **values: Any) -> None:
        """Enter a party's position."""
        self.do(AnswerConsultation, actor=actor, party=party, stance=stance, **values)

    def hand_in(self, party: str, stance: Stance, **values: Any) -> None:
        """A party answers by the link in the mail that asked it."""
        t, a = models.tokens.c, models.actors.c
        query = select(t.sha256).join(models.cases, models.cases.c.id == t.case_id)
        query = query.join(models.actors, a.id == t.holder_id).order_by(t.id)
        query = query.where(models.cases.c.register_no == self.register_no, a.key == party, t.kind == "answer")
        with db.reading(self.app.engine) as conn:
            sha256 = conn.execute(query).scalars().first()
        self.do(HandInAnswer, actor=party, party=party, stance=stance, token_sha256=sha256, **values)

    def check(self, actor: str, key: str) -> None:
        """Check a record that the system filed for secrecy, and find that it may be seen by all."""
        d = models.documents.c
        query = select(d.record_no).join(models.cases, models.cases.c.id == d.case_id).order_by(d.id)
        query = query.where(models.cases.c.register_no == self.register_no, d.key == key, d.access.is_not(None))
        with db.reading(self.app.engine) as conn:
            number = conn.execute(query).scalars().first()
        self.do(CheckRecord, actor=actor, record_no=number, access="public")

    def check_all(self, actor: str = "registrar") -> None:
        """Check for secrecy what nobody has checked, and find that it may be seen by all.

        A story does it when its papers have become public records: sent, approved, or the case is over (TF 2:10).
        """
        d = models.documents.c
        query = select(d.record_no).join(models.cases, models.cases.c.id == d.case_id).order_by(d.record_no)
        query = query.where(models.cases.c.register_no == self.register_no, d.added_at <= self.now)
        query = query.where(d.moved_to.is_(None), or_(d.access.is_(None), d.access == "unchecked"))
        with db.reading(self.app.engine) as conn:
            left = conn.execute(query).scalars().all()
        for number in left:
            self._send(CheckRecord, f"check:{number}", actor=actor, record_no=number, access="public")

    def planned_back(self, body: str, meeting: date) -> None:
        """Keep the way to a body's meeting on the case, counted backwards, and tell it."""
        self.do(KeepPlan, actor="officer", body=body, meeting=meeting)
        plan = back_plan(self.current, self.register_no, body, meeting).chosen
        day, day_en = workdays.spoken_date(meeting), workdays.spoken_date(meeting, "en")
        self.say("            … ", f"bakåt från {body.upper()} {day}:", f"back from the {body.upper()}, {day_en}:")
        for step in plan.steps:
            late = Sentence(" – hinns inte", " – too late") if step in plan.missed else Sentence("", "")
            may = Sentence(" (föreslagen dag)", " (proposed day)") if step.proposed else Sentence("", "")
            when = f"{step.due:%Y-%m-%d}  " if step.due else ""
            self.say(f"              {when}", f"{step.title.sv}{may.sv}{late.sv}", f"{step.title.en}{may.en}{late.en}")

    def withdraw(self, actor: str, party: str, comment: str) -> None:
        """A party takes its position back."""
        self.do(WithdrawAnswer, actor=actor, party=party, comment=comment)

    def finish_tasks(self, actor: str, act: str, comment: str) -> None:
        """Report every open task of a kind as done."""
        for task in self._open_tasks(act):
            self._finish(actor, task, comment)

    def _finish(self, actor: str, task: int, comment: str) -> None:
        self._send(CompleteTask, f"task:{task}", actor=actor, task=task, comment=comment)

    def _open_tasks(self, act: str) -> list[int]:
        t, c = models.tasks.c, models.cases.c
        query = select(t.id).join(models.cases, c.id == t.case_id)
        query = query.where(c.register_no == self.register_no, t.act == act, t.state == "open").order_by(t.id)
        with db.reading(self.app.engine) as conn:
            return list(conn.execute(query).scalars())
