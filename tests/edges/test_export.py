"""``arende export`` on the story of the declaration of intent: what is written, what is left out, what is refused."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from arende import archive, db, models
from arende.app import App
from arende.archive.folder import file_name, plain_name
from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.commands import AddNote, RegisterCase, RemovePayload
from arende.demo import play
from arende.errors import NotFound, Refused, Unavailable
from arende.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DNR = "RS200001"
NOTE = "Ring Laholm innan det går ut."


@pytest.fixture(scope="module")
def played(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The demonstration, played to its end, with a case under secrecy that is still open beside it."""
    folder = tmp_path_factory.mktemp("played")
    shutil.copyfile(sqlite_template, folder / "arende.sqlite")
    app = play.open_fresh(Settings(data_dir=folder, smtp_port=1))  # nobody is there: it has a mailbox of its own
    play.play(app, "declaration_of_intent", lambda _line: None)
    app.do(RegisterCase(actor="officer", type="declaration_of_intent", title="Hemligt", secrecy=True))
    yield app
    app.engine.dispose()


@pytest.fixture
def own(played: App, tmp_path: Path) -> Iterator[App]:
    """A copy of it that a test may spoil."""
    data = tmp_path / "data"
    shutil.copytree(played.settings.data_dir, data)
    app = App.open(Settings(data_dir=data, smtp_port=1))
    yield app
    app.engine.dispose()


@pytest.fixture(scope="module")
def record(played: App, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("record") / "out"
    archive.export(played, DNR, "json", out)
    return out


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script that the how-to tells an outsider to save."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/howto/export.md").read_text("utf-8"), re.DOTALL)
    file = tmp_path_factory.mktemp("verify") / "verify.py"
    file.write_text(code, encoding="utf-8")
    return file


@dataclass
class Ran:
    code: int
    out: str
    err: str


def verify(script: Path, file: Path) -> Ran:
    """Run the script with the standard library alone."""
    done = subprocess.run([sys.executable, "-I", "-S", str(script), str(file)], capture_output=True, text=True)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def arende(played: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command line on the played database."""
    monkeypatch.setenv("ARENDE_DATA_DIR", str(played.settings.data_dir))

    def run(*words: str) -> Ran:
        OPTIONS.json = False
        with pytest.raises(SystemExit) as e:
            main(["export", *words])
        told = capsys.readouterr()
        assert isinstance(e.value.code, int)
        return Ran(e.value.code, told.out, told.err)

    yield run
    OPTIONS.json = False


def read(folder: Path, number: str = DNR) -> Any:
    return json.loads((folder / f"{number}.json").read_text("utf-8"))


def rest(app: App) -> str:
    """The diary number of the case under secrecy."""
    with db.reading(app.engine) as conn:
        return str(conn.exec_driver_sql("SELECT register_no FROM cases WHERE secrecy").scalar_one())


# ---------------------------------------------------------------- the record


def test_the_record_tells_the_whole_story(record: Path) -> None:
    r = read(record)
    assert r["case"]["register_no"] == DNR
    assert r["case"]["closed"] is True
    assert [e["seq"] for e in r["events"]] == list(range(1, len(r["events"]) + 1))
    assert all(e["told"]["sv"] and e["told"]["en"] for e in r["events"])
    assert {"label": {"sv": "Mottagande departement", "en": "Receiving ministry"}}.items() <= next(
        f for f in r["fields"] if f["key"] == "ministry"
    ).items()
    assert next(f for f in r["fields"] if f["key"] == "ministry")["words"]["sv"] == "Finansdepartementet"
    assert {a["act"] for a in r["approvals"]} == {"agenda_clearance", "signature"}
    assert all(a["decided_by"] for a in r["approvals"])
    assert {m["state"] for m in r["mails"]} == {"sent"}
    assert all(m["text"] and m["html"] and m["message_id"] and m["flow_run"] for m in r["mails"])
    assert r["tasks"]
    assert r["deadlines"]
    assert [x["other"] for x in r["relations"]] == ["Strukturbild Halland"]
    assert json.loads(r["definition"]["canonical"])["key"] == "declaration_of_intent"


def test_every_revision_of_an_answer_is_in_the_record(record: Path) -> None:
    (round_,) = read(record)["consultations"]
    told = {a["party"].removeprefix("municipality_"): [v["kind"] for v in a["revisions"]] for a in round_["answers"]}
    once, taken_back = ["answer:received"], ["answer:received", "answer:withdrawn"]
    assert told == {
        "falkenberg": taken_back,
        "halmstad": taken_back,
        "hylte": once,
        "kungsbacka": once,
        "laholm": once,
        "varberg": taken_back,
    }
    assert all(v["filed_by"] and v["at"] for a in round_["answers"] for v in a["revisions"])


def test_a_person_acts_in_a_role(record: Path) -> None:
    roles = {(e["actor"], e["role"]) for e in read(record)["events"]}
    assert {("officer", "case_officer"), ("manager", "manager"), ("rsau_chair", "rsau_chair")} <= roles
    assert {("krf_secretary", "krf_secretary"), ("registrar", "registrar"), ("system", "system")} <= roles
    assert "unknown" not in {role for _, role in roles}


def test_documents_lie_beside_the_record_under_their_numbers(record: Path) -> None:
    for d in read(record)["documents"]:
        assert d["file"] == f"documents/{d['record_no']}_{d['name']}"
        data = (record / d["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (d["size"], d["sha256"])


def test_working_notes_stay_in_the_house(own: App, tmp_path: Path) -> None:
    number = rest(own)
    own.do(AddNote(actor="officer", register_no=number, text=NOTE))
    archive.export(own, number, "json", tmp_path / "out", secrecy=True)
    text = (tmp_path / "out" / f"{number}.json").read_text("utf-8")
    assert NOTE not in text
    assert '"secrecy": true' in text
    assert read(tmp_path / "out", number)["case"]["closed"] is False


def test_an_outsider_verifies_the_record_with_the_standard_library_alone(record: Path, verifier: Path) -> None:
    done = verify(verifier, record / f"{DNR}.json")
    assert done.code == 0, done
    assert "whole" in done.out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r["events"][3]["payload"].update(note="aldrig"), "event 4: the content was changed"),
        (lambda r: r["events"][5].update(actor="officer2"), "event 6: hash"),
        (lambda r: r["events"][5].update(occurred_at="2020-01-01T00:00:00.000000Z"), "event 6: hash"),
        (lambda r: r["events"].pop(7), "event 8: hash"),
        (lambda r: r["events"].pop(), "the last event is not the last"),
        (lambda r: r["events"][2].update(payload=None), "event 3: the content is missing"),
        (lambda r: r["definition"].update(canonical="{}"), "the definition was changed"),
        (lambda r: r["documents"][0].update(sha256="0" * 64), "document 1 was changed"),
    ],
)
def test_an_outsider_finds_every_change(record: Path, verifier: Path, tmp_path: Path, change: Any, told: str) -> None:
    shutil.copytree(record, tmp_path / "changed")
    r = read(record)
    change(r)
    (tmp_path / "changed" / f"{DNR}.json").write_text(json.dumps(r), encoding="utf-8")
    done = verify(verifier, tmp_path / "changed" / f"{DNR}.json")
    assert done.code == 1, done
    assert told in done.out.splitlines()


def test_a_record_with_a_removed_payload_still_verifies(own: App, verifier: Path, tmp_path: Path) -> None:
    number = rest(own)
    own.do(RemovePayload(actor="registrar", register_no=number, seq=1, decision="Gallringsbeslut RS 2026:1"))
    archive.export(own, number, "json", tmp_path / "out", secrecy=True)
    event = read(tmp_path / "out", number)["events"][0]
    assert (event["payload"], event["salt"]) == (None, None)
    assert verify(verifier, tmp_path / "out" / f"{number}.json").code == 0


def test_a_broken_chain_is_exported_and_said(own: App, verifier: Path, tmp_path: Path) -> None:
    with db.writing(own.engine) as c:
        c.execute(update(models.events).where(models.events.c.seq == 2).values(channel="mail"))
    assert archive.export(own, DNR, "json", tmp_path / "out").chain_whole is False
    chain = read(tmp_path / "out")["chain"]
    assert (chain["whole"], chain["faults"]) == (False, [{"seq": 2, "what": "hash"}])
    assert verify(verifier, tmp_path / "out" / f"{DNR}.json").code == 1


# ---------------------------------------------------------------- the folder


HOSTILE = [
    "../../../evil.md",
    "/etc/passwd",
    "..",
    "con.txt",
    "a\x00b.md",
    "å" * 250 + ".md",
    "\u202egpj.exe",
    "🦌" * 100,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_name_stays_in_its_folder(name: str) -> None:
    for made in (file_name(7, name), plain_name(7, name)):
        assert made.startswith("7_")
        assert "/" not in made
        assert "\x00" not in made
        assert len(made.encode()) <= 200
    assert re.fullmatch(r"[A-Za-z0-9._-]+", plain_name(7, name))


@pytest.mark.parametrize("kind", archive.FORMATS)
def test_hostile_names_of_a_damaged_database_are_exported_safely(own: App, tmp_path: Path, kind: str) -> None:
    with db.writing(own.engine) as c:
        for n, name in enumerate(["../../../evil.md", "/etc/passwd", "x\x01\ufffe" + "å" * 240, "..", "a b&<c>.md"], 1):
            c.execute(update(models.documents).where(models.documents.c.record_no == n).values(name=name))
    before = sorted(p.name for p in tmp_path.iterdir())
    done = archive.export(own, DNR, kind, tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*before, "out"])
    found = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert found == {f.path for f in done.files}
    for f in done.files:
        data = (tmp_path / "out" / f.path).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (f.size, f.sha256)


def test_a_folder_that_holds_something_is_refused_or_set_aside(played: App, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    archive.export(played, DNR, "json", out)
    (out / "mine.txt").write_text("mine")
    with pytest.raises(Refused, match="inte tom"):
        archive.export(played, DNR, "json", out)
    for n in (1, 2):
        done = archive.export(played, DNR, "json", out, force=True)
        assert done.set_aside == out.with_name(f"out.{n}")
    assert (tmp_path / "deep" / "out.1" / "mine.txt").read_text() == "mine"
    assert not (out / "mine.txt").exists()
    with pytest.raises(Refused, match="är en fil"):
        archive.export(played, DNR, "json", out / f"{DNR}.json", force=True)


def test_an_empty_folder_is_filled(played: App, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = archive.export(played, DNR, "json", tmp_path / "out")
    assert done.set_aside is None
    assert read(tmp_path / "out")["format"] == "arende-record"


@pytest.mark.parametrize("kind", ["json"])
@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_lost_document_leaves_nothing_behind(own: App, tmp_path: Path, kind: str, damage: str) -> None:
    with db.reading(own.engine) as conn:
        sha256 = conn.exec_driver_sql("SELECT sha256 FROM documents WHERE record_no = 3").scalar_one()
    file = own.storage.path(sha256)
    file.unlink() if damage == "missing" else file.write_bytes(b"other")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Unavailable, match="Handling 3"):
        archive.export(own, DNR, kind, tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == before


def test_a_place_that_cannot_be_written_is_a_sentence(played: App) -> None:
    with pytest.raises(Unavailable, match="inte att skriva"):
        archive.export(played, DNR, "json", Path("/proc/none/out"))


# ---------------------------------------------------------------- the command line


def test_an_unknown_case_is_a_sentence(arende: Any, played: App, tmp_path: Path) -> None:
    done = arende("RS999999", "--format", "json", "--out", str(tmp_path / "out"))
    assert (done.code, done.err) == (1, "Det finns inget ärende med diarienummer RS999999.\n")
    assert not (tmp_path / "out").exists()
    with pytest.raises(NotFound):
        archive.export(played, "RS999999", "json", tmp_path / "out")


@pytest.mark.parametrize("words", [("--format", "pdf", "--out", "x"), ("--format", "json"), ("--out", "x")])
def test_wrong_use_ends_with_2(arende: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert arende(DNR, *words).code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", archive.FORMATS)
def test_secrecy_is_refused_unless_asked_for_and_then_said(arende: Any, played: App, tmp_path: Path, kind: str) -> None:
    words = (rest(played), "--format", kind, "--out", str(tmp_path / "out"))
    refused = arende(*words)
    assert refused.code == 1
    assert "--secrecy" in refused.err
    assert not (tmp_path / "out").exists()
    done = arende(*words, "--secrecy", "--json")
    assert done.code == 0
    assert json.loads(done.out)["secrecy"] is True
    assert "sekretess" in done.err
    assert "inte avslutat" in done.err


@pytest.mark.parametrize("kind", archive.FORMATS)
def test_a_script_is_told_what_was_written(arende: Any, tmp_path: Path, kind: str) -> None:
    done = arende(DNR, "--format", kind, "--out", str(tmp_path / "out"), "--json")
    assert done.code == 0
    data = json.loads(done.out)
    assert (data["register_no"], data["format"], data["out"]) == (DNR, kind, str(tmp_path / "out"))
    assert (data["secrecy"], data["closed"], data["chain_whole"]) == (False, True, True)
    assert data["pseudonymised"] is (kind in ("ocel", "xes"))
    for f in data["files"]:
        assert hashlib.sha256((tmp_path / "out" / f["path"]).read_bytes()).hexdigest() == f["sha256"]


def test_people_are_told_what_was_written(arende: Any, tmp_path: Path) -> None:
    done = arende(DNR, "--format", "json", "--out", str(tmp_path / "out"))
    assert (done.code, done.err) == (0, "")
    assert f"{DNR}.json" in done.out
    assert f"6 filer i {tmp_path / 'out'}" in done.out
