"""Load the demonstration and play a story, with progress told and every mail really sent over SMTP."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from arende import db, home, mailbox, models, outbox, people, queries, siteaddress, virtualtime, yamlfile
from arende.app import App
from arende.demo import boardyear, declaration, localboards, operational, partners, policies, waiting, year
from arende.demo.stage import Stage, Told, command_id
from arende.errors import NotFound, Refused, Sentence
from arende.settings import Settings
from arende.usecases import audit
from arende.usecases import people as register


def _with_its_year(s: Stage) -> None:
    s.alongside = year.along(s)
    declaration.play(s)


FIRST = "declaration_of_intent"
"""The story of ``arende demo`` when none is named; after it, two chairs have something to answer."""
STORIES: dict[str, Callable[[Stage], None]] = {
    FIRST: _with_its_year,
    year.STORY: year.play,
    "letter_to_partners": partners.play,
    "local_boards_end": localboards.play,
    "local_board_year": boardyear.play,
    "operational_plan": operational.play,
    "policy_documents": policies.play,
}
"""Every story by its name."""
TITLES = {
    FIRST: Sentence("Avsiktsförklaringen 2020 och vad som hände sedan", "The declaration of intent of 2020, and after"),
    year.STORY: Sentence("KRF beslutar 2021 års möten, och de hålls", "The KRF decides the meetings of 2021"),
    "letter_to_partners": Sentence("Skrivelsen RS200982 till de lokala nämndernas samverkansparter, 2022",
                                   "The letter RS200982 to the partners of the local boards, 2022"),
    "local_boards_end": Sentence("De lokala nämnderna upphör och en beredning inrättas, 2020–2023",
                                 "The local boards end and a preparatory body follows, 2020–2023"),
    "local_board_year": Sentence("Ett år i Lokal nämnd Kungsbacka, 2021", "A year of a local board, 2021"),
    "operational_plan": Sentence("Regionkontorets verksamhetsplan 2019", "The operational plan of 2019"),
    "policy_documents": Sentence("Styrdokument med giltighetstid, 2019–2025", "Policy documents, 2019–2025"),
}  # fmt: skip
"""What each story tells."""
PATIENCE = 60.0
"""Seconds to wait for another process to send what a scene promised."""

_WAITING = select(func.count()).select_from(models.outbox).where(models.outbox.c.state.in_(("queued", "sending")))
_COUNTS = select(models.outbox.c.state, func.count()).group_by(models.outbox.c.state)


@dataclass(frozen=True)
class Played:
    """What came of it."""

    register_no: str
    state: str
    mails: dict[str, int]
    """State of delivery → how many mails."""
    events: int
    broken: list[dict[str, object]]


def open_fresh(settings: Settings) -> App:
    """The app on a database that is brought up to date first, with the demonstration's people if it has none."""
    engine = db.open_engine(settings.url)
    db.upgrade(engine)
    db.demand_tables(engine)
    app = App.on(settings, engine, virtualtime.InstallationClock(engine))
    with db.reading(engine) as conn:
        known = conn.execute(select(models.authority.c.key)).first()
    if known is None:
        file = home.people_file(settings) or home.demo_file("people.yaml")
        register.load(engine, people.read(yamlfile.text_of(file, str(file)), str(file)), app.clock())
    siteaddress.announce(engine, settings, app.clock())
    return app


def is_played(app: App) -> bool:
    """Whether there are cases already and nothing of the demonstration was cut off: then nothing is played anew."""
    with db.reading(app.engine) as conn:
        lived_in = queries.count_cases(conn) > 0 and virtualtime.virtual(conn) is None
    return lived_in and (waiting.all_brought(app) or _finished(app, FIRST) is None)


def play(app: App, name: str, tell: Told) -> Played:
    """Play a story to its end; one that was cut off goes on. Raises NotFound for an unknown name."""
    if name not in STORIES:
        listed = ", ".join(STORIES)
        raise NotFound(
            Sentence(f"Berättelsen {name} finns inte. Det finns: {listed}.", f"No story {name}. There are: {listed}.")
        )
    number = _finished(app, name)
    if number is None:
        _only_where_nothing_else_lives(app)
    elif name != FIRST or waiting.all_brought(app):
        return _result(app, number)
    with _delivery(app, tell) as deliver:
        if number is None:
            stage = Stage(app, name, tell, delivered=lambda: deliver(stage.current))
            STORIES[name](stage)
            deliver(stage.current)
            number = stage.register_no
        virtualtime.end(app.engine)
        if name == FIRST:
            waiting.play(app, tell)
        deliver(app)
    return _result(app, number)


def _only_where_nothing_else_lives(app: App) -> None:
    """A story moves the clock of the whole installation, so it is refused where other people's cases are.

    Where the clock is a story's already, the cases are its own: it was cut off.
    """
    with db.reading(app.engine) as conn:
        if virtualtime.virtual(conn) is not None:
            return
        other = conn.execute(select(models.cases.c.register_no).limit(1)).scalar()
    if other is not None:
        raise Refused(
            Sentence(
                f"Databasen har andra ärenden ({other}). En berättelse flyttar klockan för hela installationen "
                "och spelas bara i en egen databas: ange en annan mapp med ARENDE_DATA_DIR.",
                f"The database has other cases ({other}). A story moves the clock of the whole installation "
                "and is played only in a database of its own: name another folder with ARENDE_DATA_DIR.",
            )
        )


def _finished(app: App, name: str) -> str | None:
    """The diary number of a story that has been played to its end already."""
    c, first = models.cases.c, models.commands.c
    query = select(c.register_no).join(models.commands, first.case_id == c.id)
    with db.reading(app.engine) as conn:
        return conn.execute(query.where(first.id == str(command_id(name, "1")), c.closed_at.is_not(None))).scalar()


def _result(app: App, register_no: str) -> Played:
    _, events, broken = audit.verify(app, register_no)
    with db.reading(app.engine) as conn:
        row = queries.case(conn, register_no)
        mails = {state: int(n) for state, n in conn.execute(_COUNTS)}
    return Played(register_no, row["state"], mails, events, broken)


Deliver = Callable[[App], None]


@contextmanager
def _delivery(app: App, tell: Told) -> Iterator[Deliver]:
    """How promises are kept while the story goes on: by the worker when one runs here, else by this process.

    Where the worker's mail server cannot be reached, nobody waits: the mails stay queued, and that is told.
    """
    if _worker_runs(app):
        yield _Patience(tell, settings=app.settings).wait
        return
    with _post(app.settings) as settings:
        yield lambda now: _send(replace(now, settings=settings))


def _send(app: App) -> None:
    asyncio.run(outbox.drain(app))


@dataclass
class _Patience:
    """Waiting for the worker to send: given up for the whole story once the mail server is away or nothing leaves."""

    tell: Told
    settings: Settings
    lost: bool = False

    def wait(self, app: App) -> None:
        """Until everything has left, or patience ends: then the rest is sent by the worker later, as always."""
        until = time.monotonic() + PATIENCE
        while not self.lost:
            with db.reading(app.engine) as conn:
                if conn.execute(_WAITING).scalar_one() == 0:
                    return
            if time.monotonic() > until or not _answers(self.settings):
                self._give_up()
            time.sleep(0.1)

    def _give_up(self) -> None:
        self.lost = True
        where = f"{self.settings.smtp_host}:{self.settings.smtp_port}"
        self.tell(
            Sentence(
                f"            … mejlservern {where} tar inte emot mejlen nu. De väntar i utkorgen och sänds senare.",
                f"            … the mail server {where} does not take the mails now. They wait in the outbox.",
            )
        )


def _answers(settings: Settings) -> bool:
    try:
        socket.create_connection((settings.smtp_host, settings.smtp_port), timeout=1).close()
    except OSError:
        return False
    return True


def _worker_runs(app: App) -> bool:
    """Whether a worker of this machine is alive, by the process number in its beat."""
    query = select(models.beats.c.data).where(models.beats.c.key.startswith("worker:", autoescape=True))
    with db.reading(app.engine) as conn:
        pids = [data.get("pid") for data in conn.execute(query).scalars()]
    return any(isinstance(pid, int) and _alive(pid) for pid in pids)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _post(settings: Settings) -> Iterator[Settings]:
    """A mail server to hand mails to: one that is set up and answers, else the development mailbox, here.

    Who answers at the development mailbox's port may be another installation's, so this one's own is opened beside it.
    """
    if not settings.mail_stays_here and _answers(settings):
        yield settings
        return
    with _own_mailbox(settings) as port:
        yield settings.model_copy(update={"smtp_host": mailbox.HOST, "smtp_port": port, "smtp_tls": "none"})


@contextmanager
def _own_mailbox(settings: Settings) -> Iterator[int]:
    """The development mailbox in a thread of this process, on a free port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(mailbox.listen(settings.mailbox_dir, 0), loop).result(10)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
