"""Where a year is simulated: an installation with a clock of its own, chance from a seed, and a list of what comes."""

from __future__ import annotations

import heapq
import io
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from arende import actors, db, home, models, people, workdays, yamlfile
from arende.app import App
from arende.commands import Command, Outcome
from arende.errors import ArendeError, Refused, Sentence, Unavailable
from arende.people import Office, People, Person
from arende.settings import Settings
from arende.simulation import sights
from arende.storage import Storage
from arende.usecases import people as register
from arende.workdays import STOCKHOLM

SAID = "Simulerat."
"""What people write where a reason or a text is asked for."""
SUBSTITUTES = 5
"""At the most so many substitutes are invented for a body: enough for those who cannot come."""

Act = Callable[[], None]


@dataclass
class Clock:
    """Time as the simulation wants it; every command sees a later moment than the one before."""

    now: datetime

    def __call__(self) -> datetime:
        """The present moment."""
        return self.now

    @property
    def today(self) -> date:
        """The day in Stockholm."""
        return workdays.local_day(self.now)


@dataclass
class World:
    """The installation, its clock, chance, and everything that somebody is going to do."""

    app: App
    clock: Clock
    chance: random.Random
    told: Counter[str] = field(default_factory=Counter)
    """What was done: commands carried out, commands refused, mails handed over, and so on."""
    refusals: Counter[Sentence] = field(default_factory=Counter)
    """The first sentence of each refusal, without what differs from case to case."""
    _coming: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _count: int = 0
    _stored: dict[str, tuple[str, int]] = field(default_factory=dict)

    def do(self, command: Command) -> Outcome | None:
        """Carry out a command; None when it was refused, as people's attempts sometimes are."""
        self.clock.now += timedelta(milliseconds=1)
        try:
            outcome = self.app.do(command)
        except Unavailable:
            raise
        except ArendeError as e:
            self.told["refused"] += 1
            self.refusals[_plain(e.sentences[0])] += 1
            return None
        self.told["commands"] += 1
        return outcome

    # ------------------------------------------------------------ what comes

    def later(self, when: datetime, act: Act) -> None:
        """Somebody is going to do something."""
        self._count += 1
        heapq.heappush(self._coming, (when, self._count, act))

    def run_until(self, moment: datetime) -> None:
        """Let everybody do what they were going to do before then, in order."""
        while self._coming and self._coming[0][0] < moment:
            when, _, act = heapq.heappop(self._coming)
            self.clock.now = max(self.clock.now, when)
            act()
        self.clock.now = max(self.clock.now, moment)

    def office_hour(self, day: date) -> datetime:
        """Some minute of that day's working hours."""
        minute = self.chance.randrange(8 * 60 + 10, 16 * 60 + 40)
        return at(day, minute // 60, minute % 60)

    def in_days(self, days: int) -> datetime:
        """Some minute so many working days from today; today's if it is 0, but never the past."""
        day = workdays.add_working_days(self.clock.today, days)
        return max(self.clock.now + timedelta(minutes=1), self.office_hour(day))

    def happens(self, share: float) -> bool:
        """Whether something that happens in so large a share of cases happens now."""
        return self.chance.random() < share

    # ------------------------------------------------------------ what is there

    def text(self, words: str) -> tuple[str, int]:
        """(SHA-256, size) of a text in storage."""
        if words not in self._stored:
            self._stored[words] = self.app.storage.put(io.BytesIO(words.encode()))
        return self._stored[words]

    def holder(self, office: str, body: str | None = None) -> str | None:
        """The key of somebody who holds the office today, by chance among several."""
        with db.reading(self.app.engine) as conn:
            found = actors.holders(conn, office, body, self.clock.today)
        return self.chance.choice(found).key if found else None

    def next_meeting(self, body: str, after: date) -> date | None:
        """The body's next meeting after a day that still can take something up."""
        with db.reading(self.app.engine) as conn:
            return sights.next_meeting(conn, body, after)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment in Stockholm."""
    return datetime.combine(day, time(hour, minute), STOCKHOLM)


def _plain(said: Sentence) -> Sentence:
    """The sentence without numbers, so that the same reason counts as one."""
    return Sentence(*("".join("#" if c.isdigit() else c for c in s) for s in said))


def open_world(settings: Settings, seed: int, begins: datetime) -> World:
    """The installation that the settings name, brought up to date, with its people, and no case at all.

    Raises Refused where cases are: what is simulated is never mixed with what is real.
    """
    clock = Clock(begins)
    engine = db.open_engine(settings.url, sync_full=False)
    db.upgrade(engine)
    app = App.on(settings, engine, clock)
    app = replace(app, storage=Storage(settings.blob_dir, app.storage.max_bytes, sync=False))
    with db.reading(engine) as conn:
        taken = conn.execute(select(models.cases.c.register_no).limit(1)).scalar()
    if taken is not None:
        raise Refused(
            Sentence(
                f"Databasen har ärenden ({taken}). Ett år simuleras bara där det inte finns några: ange en annan mapp "
                "med ARENDE_DATA_DIR, eller utelämna --here.",
                f"The database has cases ({taken}). A year is simulated only where there are none: name another folder "
                "with ARENDE_DATA_DIR, or leave out --here.",
            )
        )
    file = home.people_file(settings) or home.demo_file("people.yaml")
    known = people.read(yamlfile.text_of(file, str(file)), str(file))
    register.load(app, seated(known, begins.date()), begins)
    return World(app, clock, random.Random(seed))  # noqa: S311 – plays a year, hides nothing


def seated(known: People, day: date) -> People:
    """The people with invented members and substitutes in every seat of a body that the file leaves empty."""
    persons, offices = dict(known.persons), list(known.offices)
    for key, body in known.bodies.items():
        if body.members is None:
            continue
        held = {o.person for o in offices if o.body == key and o.office in ("member", "chair", "vice_chair")}
        chaired = any(o.body == key and o.office == "chair" for o in offices)
        wanted = ["chair"] * (not chaired) + ["member"] * max(0, body.members - len(held) - (not chaired))
        if not any(o.body == key and o.office == "substitute" for o in offices):
            wanted += ["substitute"] * min(SUBSTITUTES, body.members)
        for n, office in enumerate(wanted, 1):
            who = f"{key}_seat_{n}"
            persons[who] = Person(name=f"{body.name.sv}, plats {n}", email=f"{who}@region.example")
            seat = {"person": who, "office": office, "body": key, "from": day.replace(year=day.year - 2), "ordinal": n}
            offices.append(Office.model_validate(seat))
    return known.model_copy(update={"persons": persons, "offices": tuple(offices)})
