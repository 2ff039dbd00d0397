"""The stage on which a story is played: its people and clock, and the few words a scene is written in.

Every command of a story has an id of its own that follows from the story's name and its place in it. So a story that
was cut off is played again from the start: what has happened already happens no second time.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select

from arende import db, home, models, virtualtime, workdays
from arende.app import App
from arende.commands import (
    AddDocument,
    Advance,
    AnswerConsultation,
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
from arende.errors import Sentence
from arende.usecases import clock, deadlines

Told = Callable[[Sentence], None]
"""Gets each line about what happens."""


def command_id(story: str, name: str) -> UUID:
    """The id of a command of a story: the same at every playing."""
    return uuid5(NAMESPACE_URL, f"arende:story:{story}:{name}")


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

    # ------------------------------------------------------------ time

    def scene(self, day: str, sv: str, en: str, at: str = "09:00") -> None:
        """Go to a day: everything that falls due before it happens first, in order, at its own time."""
        moment = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), workdays.STOCKHOLM)
        self._let_time_pass(moment)
        self._set(moment)
        self.say(f"{day}  ", sv, en)

    def say(self, before: str, sv: str, en: str) -> None:
        """Tell a line."""
        self.tell(Sentence(f"{before}{sv}", f"{before}{en}"))

    def _let_time_pass(self, until: datetime) -> None:
        while True:
            with db.reading(self.app.engine) as conn:
                rows = deadlines.due_rows(conn, until, limit=1)
            if not rows:
                return
            self._set(max(self.now, rows[0].due_at))
            clock.fire_due(self.current)
            self.keep_house()
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

    def step(self, actor: str, trigger: str, note: str | None = None, **fields: str) -> None:
        """Take a step."""
        self.do(Advance, actor=actor, trigger=trigger, note=note, fields=fields)
        self.delivered()

    def document(self, actor: str, key: str, file: str, *, incoming: bool = False) -> None:
        """Put one of the demonstration's documents on the case."""
        data = home.demo_file(f"documents/{file}").read_bytes()
        sha256, size = self.app.storage.put(io.BytesIO(data))
        direction = "incoming" if incoming else "drawn_up"
        self.do(AddDocument, actor=actor, key=key, file_name=file, media_type="text/markdown", size=size, sha256=sha256,
                direction=direction)  # fmt: skip

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
