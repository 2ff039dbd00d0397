"""A site with something on every page: the whole declaration of intent, a hostile title and a case under secrecy."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from sqlalchemy import Engine, update

import meetingstory
from arende import db, intake, models, people
from arende.app import App
from arende.commands import AddDocument, RegisterCase, TriageMail
from arende.demo import declaration
from arende.demo.stage import Stage
from arende.settings import Settings
from arende.usecases import people as register
from handclock import VirtualClock
from sharing import open_app, people_file

TYPE = "declaration_of_intent"
HOSTILE = "Om <script>alert(1)</script> & \"'><img src=x onerror=alert(2)>"
SECRET = "Hemlig rubrik om beredskapslager"
STRANGER = (
    "From: Anna <anna@kommun.example>\r\nTo: arende@arende.region.example\r\n"
    "Subject: =?utf-8?q?=E2=80=AEOm_=3Cb=3Ebron=3C/b=3E?=\r\nMessage-ID: <tray@kommun.example>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n"
    "--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
    "--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nNär lagas bron? <script>alert(3)</script>\r\n"
    "--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>När lagas bron?<script>alert(4)</script></p>\r\n--a--\r\n"
    "--m\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=sida.html\r\n\r\n"
    "<script>1</script>\r\n"
    "--m\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=karta.txt\r\n\r\nHej\r\n--m--\r\n"
)
"""A mail that nothing can place."""


def seated(template: Path, folder: Path) -> App:
    """A site in ``folder`` with its people and nothing else. Dispose of its engine afterwards."""
    file = folder / "arende.sqlite"
    shutil.copyfile(template, file)
    return played_on(db.open_engine(f"sqlite:///{file}", sync_full=False), folder)


def played_on(engine: Engine, folder: Path) -> App:
    """The site on an empty, migrated database of either kind."""
    clock = VirtualClock()
    register.load(engine, people.read(meetingstory.seated(people_file()), "people.yaml"), clock())
    return open_app(Settings(data_dir=folder), engine, clock)


def played(template: Path, folder: Path) -> App:
    """The site in ``folder``, on a copy of an empty database. Dispose of its engine afterwards."""
    app = seated(template, folder)
    clock = app.clock
    assert isinstance(clock, VirtualClock)
    stage = Stage(app, TYPE, lambda _line: None, lambda: _deliver(app))
    declaration.play(stage)
    clock.now = stage.now
    number = str(app.do(RegisterCase(actor="officer", type=TYPE, title=HOSTILE)).register_no)
    write(app, number, "Behovet är stort i hela länet.\n")
    write(app, number, "Behovet har ökat i hela länet.\n")
    app.do(RegisterCase(actor="officer", type=TYPE, title=SECRET, secrecy=True))
    receive(app, STRANGER)
    filed = receive(app, STRANGER.replace("<tray@", "<filed@"))
    app.do(TriageMail(actor="registrar", inbound=filed, action="file", register_no=number,
                      records=intake.parts(app, filed)))  # fmt: skip
    return app


def receive(app: App, text: str) -> int:
    """A mail of somebody outside, sorted; its number."""
    number = intake.store(app, text.encode(), "arende@arende.region.example", "anna@kommun.example", "lmtp")
    intake.handle_all(app)
    return number


def write(app: App, number: str, text: str) -> None:
    """A version of the declaration's text."""
    sha256, size = app.storage.put(io.BytesIO(text.encode()))
    app.do(AddDocument(actor="officer", register_no=number, key="declaration", file_name="forslag.md",
                       media_type="text/markdown", size=size, sha256=sha256))  # fmt: skip


def _deliver(app: App) -> None:
    """As if every mail had been handed over."""
    with db.writing(app.engine) as conn:
        conn.execute(update(models.outbox).values(state="sent", flow_run="direct"))
