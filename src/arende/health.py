"""How the whole is: a few checks, told alike by a page, a command and for a monitor. Nothing in them is personal."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from arende import machinery, queries, reconcile
from arende.app import App
from arende.db import reading
from arende.errors import Sentence, Unavailable
from arende.usecases import deliveries

Level = Literal["ok", "warning", "critical"]
LEVELS: tuple[Level, ...] = ("ok", "warning", "critical")
"""From well to bad."""
UNREAD = timedelta(days=1)
"""How long a mail may wait to be sorted."""
LITTLE, HARDLY_ANY = 2_000_000_000, 200_000_000
"""Free bytes of the disk with the documents."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. ``data`` is for machines; ``sentence`` says what is wrong and what to do."""

    key: str
    level: Level
    sentence: Sentence
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {"check": self.key, "level": self.level, "sv": self.sentence.sv, "en": self.sentence.en, **self.data}


def worst(checks: list[Check]) -> Level:
    """The level of the whole: that of its worst part."""
    return max((c.level for c in checks), key=LEVELS.index, default="ok")


def level(checks: list[Check], key: str) -> Level:
    """The level of one part; well where it was not looked at."""
    return next((c.level for c in checks if c.key == key), "ok")


def look(app: App) -> list[Check]:
    """Every check. A database that cannot be used is the only thing told of, for all else is in it."""
    try:
        with reading(app.engine) as conn:
            queries.authority(conn)
        return [Check("database", "ok", _DATABASE), *(c for check in _CHECKS for c in check(app))]
    except Unavailable as e:
        return [Check("database", "critical", e.sentences[0])]


def _processes(app: App) -> Iterator[Check]:
    living = [w for w in machinery.workers(app) if w.alive]
    if not living:
        yield Check("workers", "critical", _NO_WORKER, {"count": 0})
        return
    yield Check("workers", "ok", _said(_WORKERS, n=len(living)), {"count": len(living)})
    if any(w.prefect for w in living):
        yield Check("prefect", "ok", _PREFECT)
    else:
        yield Check("prefect", "warning", _NO_PREFECT)


def _sweeps(app: App) -> Iterator[Check]:
    late = [s.name for s in machinery.sweeps(app) if s.late]
    told = _said(_SWEEPS_LATE, which=", ".join(late)) if late else _SWEEPS
    yield Check("sweeps", "critical" if late else "ok", told, {"late": late})


def _mails(app: App) -> Iterator[Check]:
    now = app.clock()
    with reading(app.engine) as conn:
        found = deliveries.counted(conn, now)
        late = deliveries.overdue(conn, now - reconcile.LATE)
    failed, waiting = (sum(found.get(s, 0) for s in deliveries.STATES[c]) for c in ("trouble", "waiting"))
    data = {"failed": failed, "waiting": waiting, "late": late}
    if late:
        yield Check("mail", "critical", _said(_MAIL_LATE, n=late), data)
    elif failed:
        yield Check("mail", "warning", _said(_MAIL_FAILED, n=failed), data)
    else:
        yield Check("mail", "ok", _said(_MAIL, n=waiting), data)


def _promises(app: App) -> Iterator[Check]:
    found = reconcile.latest(app)
    if found is None:
        yield Check("promises", "warning", _NEVER)
        return
    count, data = found.data["count"], {"count": found.data["count"], "at": found.seen_at.isoformat()}
    yield Check("promises", "critical" if count else "ok", _said(_BROKEN, n=count) if count else _KEPT, data)


def _tray(app: App) -> Iterator[Check]:
    with reading(app.engine) as conn:
        count, old = queries.count_tray(conn, app.clock() - UNREAD)
    told = _said(_TRAY, n=count) if count else _NO_TRAY
    yield Check("tray", "warning" if old else "ok", told, {"count": count, "old": old})


def _disk(app: App) -> Iterator[Check]:
    try:
        free = shutil.disk_usage(app.settings.data_dir).free
    except OSError:
        yield Check("disk", "critical", _NO_DISK)
        return
    level: Level = "ok" if free > LITTLE else "warning" if free > HARDLY_ANY else "critical"
    words, size = _DISK if level == "ok" else _FULL, f"{free / 1e9:.1f}"
    told = Sentence(words.sv.format(n=size.replace(".", ",")), words.en.format(n=size))
    yield Check("disk", level, told, {"free_bytes": free})


_CHECKS: tuple[Callable[[App], Iterator[Check]], ...] = (_processes, _mails, _promises, _sweeps, _tray, _disk)


def _said(words: Sentence, **values: object) -> Sentence:
    return Sentence(words.sv.format(**values), words.en.format(**values))


_DATABASE = Sentence("Databasen svarar.", "The database answers.")
_NO_WORKER = Sentence(
    "Ingen arbetsprocess hör av sig: inga mejl sänds och inga frister bevakas. Starta arende worker.",
    "No worker is heard of: no mail is sent, no deadline watched. Start arende worker.",
)
_WORKERS = Sentence("Arbetsprocesser i gång: {n}.", "Workers running: {n}.")
_PREFECT = Sentence("Prefect svarar.", "Prefect answers.")
_NO_PREFECT = Sentence(
    "Prefect svarar inte. Mejl sänds och frister bevakas ändå; körningarna syns inte i Prefect.",
    "Prefect does not answer. Mail is sent and deadlines are watched without it; the runs do not show in Prefect.",
)
_SWEEPS = Sentence("Alla svep har körts i tid.", "Every sweep has run in time.")
_SWEEPS_LATE = Sentence(
    "Dessa svep har inte körts i tid: {which}. Se efter att arende worker kör.",
    "These sweeps have not run in time: {which}. See that arende worker runs.",
)
_MAIL = Sentence(
    "Inga mejl har misslyckats. Väntar på att sändas: {n}.", "No mail has failed. Waiting to be sent: {n}."
)
_MAIL_FAILED = Sentence(
    "Mejl som inte gick fram den senaste månaden: {n}. Se utkorgen.",
    "Mails that did not get through in the last month: {n}. See the outbox.",
)
_MAIL_LATE = Sentence(
    "Mejl som borde ha sänts: {n}. Se efter att arende worker kör och når mejlservern.",
    "Mails that should have been sent: {n}. See that arende worker runs and reaches the mail server.",
)
_NEVER = Sentence(
    "Ingen avstämning har gjorts än. Den görs var femte minut av arende worker.",
    "Nothing has been reconciled yet. arende worker does it every five minutes.",
)
_KEPT = Sentence("Allt som lovats är gjort.", "Every promise is kept.")
_BROKEN = Sentence("Löften som inte är infriade i tid: {n}.", "Promises not kept in time: {n}.")
_NO_TRAY = Sentence("Inga mejl väntar på att sorteras.", "No mail waits to be sorted.")
_TRAY = Sentence(
    "Mejl som väntar på att registratorn sorterar dem: {n}.", "Mails that wait for the registrar to sort them: {n}."
)
_DISK = Sentence("Ledigt utrymme för handlingar: {n} GB.", "Room for documents: {n} GB.")
_FULL = Sentence(
    "Utrymmet för handlingar tar slut: {n} GB är ledigt.", "Room for documents is running out: {n} GB is free."
)
_NO_DISK = Sentence("Mappen för handlingar kan inte läsas.", "The folder for documents cannot be read.")
