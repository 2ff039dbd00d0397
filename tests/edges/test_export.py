"""``arende export`` on the story of the declaration of intent: what is written, what is left out, what is refused."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import select, update

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
ERMS_XSD = os.environ.get("ARENDE_ERMS_XSD")
"""Read before the tests take the developer's own settings away."""
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


def xml(file: Path) -> ElementTree.Element:
    return ElementTree.parse(file).getroot()  # noqa: S314 – a file that the test itself has just written


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
    received, withdrawn = "answer:received", "answer:withdrawn"
    assert told == {
        "falkenberg": ["answer:handed_in", "answer:registered", received, withdrawn],
        "halmstad": [received, withdrawn],
        "hylte": [received],
        "kungsbacka": ["answer:extension:asked", "answer:extended", received],
        "laholm": ["answer:acknowledged", received],
        "varberg": [received, received, withdrawn],
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


@pytest.mark.parametrize("kind", archive.FORMATS)
def test_what_was_removed_by_decision_is_gone_from_every_export(
    own: App, verifier: Path, tmp_path: Path, kind: str
) -> None:
    with db.reading(own.engine) as conn:
        rows = conn.exec_driver_sql("SELECT seq, kind FROM events WHERE case_id = 1 ORDER BY seq").all()
        compiled = "SELECT sha256, added_seq, record_no FROM documents WHERE case_id = 1 AND key = 'compilation'"
        sha256, added, number = conn.exec_driver_sql(f"{compiled} ORDER BY version DESC").first()
    for seq in {*{row.kind: row.seq for row in rows}.values(), added}:
        own.do(RemovePayload(actor="registrar", register_no=DNR, seq=seq, decision="Gallringsbeslut RS 2026:1"))
    assert not own.storage.has(sha256)
    out = tmp_path / "out"
    archive.export(own, DNR, kind, out)
    assert list(out.rglob(f"{number}_*")) == []
    for file in out.rglob(f"{DNR}.json"):
        document = json.loads(file.read_text("utf-8"))["documents"][number - 1]
        assert (document["file"], document["removed"]) == (None, True)
        assert verify(verifier, file).code == 0


def test_a_broken_chain_is_exported_and_said(own: App, verifier: Path, tmp_path: Path) -> None:
    with db.writing(own.engine) as c:
        c.execute(update(models.events).where(models.events.c.seq == 2).values(channel="mail"))
    assert archive.export(own, DNR, "json", tmp_path / "out").chain_whole is False
    chain = read(tmp_path / "out")["chain"]
    assert (chain["whole"], chain["faults"]) == (False, [{"seq": 2, "what": "hash"}])
    assert verify(verifier, tmp_path / "out" / f"{DNR}.json").code == 1


# ---------------------------------------------------------------- logs


@pytest.fixture(scope="module")
def logs(played: App, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both formats, with pseudonyms and with names, and once more with pseudonyms."""
    out = tmp_path_factory.mktemp("logs")
    for kind in ("ocel", "xes"):
        archive.export(played, DNR, kind, out / kind)
        archive.export(played, DNR, kind, out / f"{kind}-again")
        archive.export(played, DNR, kind, out / f"{kind}-names", names=True)
    return out


def ocel(logs: Path, kind: str = "ocel") -> Any:
    return json.loads((logs / kind / f"{DNR}.ocel.json").read_text("utf-8"))


def xes(logs: Path, kind: str = "xes") -> list[dict[str, str]]:
    """The events of the trace, as key → value."""
    (trace,) = xml(logs / kind / f"{DNR}.xes").findall("{*}trace")
    return [{a.attrib["key"]: a.attrib["value"] for a in event} for event in trace.findall("{*}event")]


def test_an_ocel_log_is_whole_and_consistent(logs: Path) -> None:
    log = ocel(logs)
    assert list(log) == ["objectTypes", "eventTypes", "objects", "events"]
    attributes = {t["name"]: {a["name"]: a["type"] for a in t["attributes"]} for t in log["objectTypes"]}
    assert set(attributes) == {"case", "task", "approval", "answer", "document", "organisation", "person_role"}
    assert {o["type"] for o in log["objects"]} == set(attributes)
    objects = {o["id"] for o in log["objects"]}
    assert len(objects) == len(log["objects"])
    assert len({e["id"] for e in log["events"]}) == len(log["events"])
    for thing in [*log["objects"], *log["events"]]:
        links = [(r["objectId"], r["qualifier"]) for r in thing["relationships"]]
        assert {id_ for id_, _ in links} <= objects
        assert len(set(links)) == len(links)
    for o in log["objects"]:
        assert {a["name"] for a in o["attributes"]} <= set(attributes[o["type"]])
        assert all(a["time"].endswith("Z") for a in o["attributes"])
    assert {e["type"] for e in log["events"]} == {t["name"] for t in log["eventTypes"]}
    assert all(DNR in {r["objectId"] for r in e["relationships"]} for e in log["events"])


def test_one_event_touches_several_objects(logs: Path) -> None:
    log = ocel(logs)
    of = {e["type"]: [(r["qualifier"], r["objectId"]) for r in e["relationships"]] for e in log["events"]}
    asked = [id_ for q, id_ in of["consult"] if q == "asks"]
    assert asked == [f"{DNR}/answer/alignment.1.{n}" for n in range(1, 7)]
    assert [id_ for q, id_ in of["consultation:ended"] if q == "ends"] == asked
    assert {q for q, _ in of["submit"]} >= {"of", "done by", "asks", "opens", "completes"}
    assert ("decides", f"{DNR}/approval/agenda_clearance.1.1") in of["agenda_clearance"]
    answered = [r for e in log["events"] if e["type"] == "answer:received" for r in e["relationships"]]
    assert sorted({r["objectId"] for r in answered if r["qualifier"] == "answers"}) == asked
    (case,) = (o for o in log["objects"] if o["type"] == "case")
    states = [a["value"] for a in case["attributes"] if a["name"] == "state"]
    assert (states[0], states[-1]) == ("draft", "closed")
    completed = [r["objectId"] for e in log["events"] for r in e["relationships"] if r["qualifier"] == "completes"]
    finished = [o["id"] for o in log["objects"] if {"name": "state", "value": "done"}.items() <= _state(o).items()]
    assert sorted(completed) == sorted(finished)


def _state(thing: Any) -> dict[str, Any]:
    if thing["type"] != "task":
        return {}
    return next({k: a[k] for k in ("name", "value")} for a in thing["attributes"] if a["name"] == "state")


def test_an_xes_log_is_one_trace_with_a_standard_life_cycle(logs: Path) -> None:
    root = xml(logs / "xes" / f"{DNR}.xes")
    assert root.tag == "{http://www.xes-standard.org/}log"
    assert {e.attrib["prefix"] for e in root.findall("{*}extension")} == {"concept", "time", "org", "lifecycle"}
    (trace,) = root.findall("{*}trace")
    assert {a.attrib["key"]: a.attrib["value"] for a in trace if "key" in a.attrib}["concept:name"] == DNR
    events = xes(logs)
    needed = {"concept:name", "concept:instance", "time:timestamp", "lifecycle:transition", "org:role"}
    assert all(needed <= set(e) for e in events)
    assert {e["lifecycle:transition"] for e in events} <= {"schedule", "complete", "withdraw"}
    times = [e["time:timestamp"] for e in events]
    assert times == sorted(times)
    by_instance: dict[str, list[str]] = {}
    for e in events:
        by_instance.setdefault(e["concept:instance"], []).append(e["lifecycle:transition"])
    assert by_instance["approval signature 1 1"] == ["schedule", "complete"]
    assert [by_instance[f"answer alignment 1 {n}"] for n in range(1, 7)] == [["schedule", "complete"]] * 6
    work = {k: v for k, v in by_instance.items() if not k.startswith("event")}
    assert {tuple(v) for v in work.values()} <= {("schedule", "complete"), ("schedule", "withdraw")}


def test_a_log_names_nobody_unless_asked(logs: Path, played: App) -> None:
    with db.reading(played.engine) as conn:
        people = conn.exec_driver_sql("SELECT key, name, email FROM actors WHERE kind <> 'system'").all()
    hidden = {str(v) for row in people for v in row if v} - {"registrar", "manager", "region_director", "administrator"}
    roles = {"rsau_chair", "rsau_secretary", "rs_chair", "rs_secretary", "krf_secretary"}  # of the definition as well
    for kind, file in (("ocel", f"{DNR}.ocel.json"), ("xes", f"{DNR}.xes")):
        text = (logs / kind / file).read_text("utf-8")
        said = set(re.findall(r'"([^"]*)"', text))
        assert said & (hidden - roles) == set()
        assert "belagt" not in text  # from comments and notes
        assert "Avsiktsförklaring RS200001.pdf" not in text
        assert "Hallands" not in text
        assert "person:officer" not in text
        names = (logs / f"{kind}-names" / file).read_text("utf-8")
        assert "person:officer" in names
        assert "Handläggaren" in names
        assert "belagt" not in names


def test_a_pseudonym_is_the_same_in_every_log_of_the_site_and_of_no_use_to_others(
    logs: Path, own: App, tmp_path: Path
) -> None:
    assert ocel(logs) == ocel(logs, "ocel-again")
    assert xes(logs) == xes(logs, "xes-again")
    of_ocel = {o["id"].split("/")[0] for o in ocel(logs)["objects"] if o["type"] == "person_role"}
    of_xes = {e["org:resource"] for e in xes(logs) if e.get("org:resource", "").startswith("person:")}
    assert of_xes <= of_ocel
    (own.settings.data_dir / "site.key").write_bytes(b"k" * 32)
    archive.export(own, DNR, "ocel", tmp_path / "out")
    other = {o["id"].split("/")[0] for o in ocel(tmp_path, "out")["objects"] if o["type"] == "person_role"}
    assert len(other) == len(of_ocel)
    assert other & of_ocel == set()


# ---------------------------------------------------------------- the archive package

METS = {"m": "http://www.loc.gov/METS/"}
HREF = "{http://www.w3.org/1999/xlink}href"
CSIP = "{https://DILCIS.eu/XML/METS/CSIPExtensionMETS}"
ERMS = {"e": "https://DILCIS.eu/XML/ERMS"}


@pytest.fixture(scope="module")
def package(played: App, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("package") / "RS200001-2023"
    archive.export(played, DNR, "erms", out)
    return out


def test_mets_names_every_file_of_the_package_with_its_checksum(package: Path) -> None:
    root = xml(package / "METS.xml")
    told = {}
    for file in root.iterfind(".//m:file", METS):
        (place,) = file.findall("m:FLocat", METS)
        told[place.attrib[HREF]] = file.attrib
    (reference,) = root.findall("m:dmdSec/m:mdRef", METS)
    told[reference.attrib[HREF]] = reference.attrib
    found = {str(p.relative_to(package)) for p in package.rglob("*") if p.is_file()}
    assert set(told) == found - {"METS.xml"}
    for path, entry in told.items():
        data = (package / path).read_bytes()
        assert entry["CHECKSUM"] == hashlib.sha256(data).hexdigest()
        assert (entry["CHECKSUMTYPE"], entry["SIZE"]) == ("SHA-256", str(len(data)))
        assert entry["MIMETYPE"]
        assert entry["CREATED"].endswith("Z")


def test_mets_has_what_a_submission_package_must_have(package: Path) -> None:
    root = xml(package / "METS.xml")
    assert root.attrib["OBJID"] == package.name
    assert root.attrib["PROFILE"] == "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"
    assert root.attrib[f"{CSIP}CONTENTINFORMATIONTYPE"] == "citserms_v2_1"
    (header,) = root.findall("m:metsHdr", METS)
    assert header.attrib[f"{CSIP}OAISPACKAGETYPE"] == "SIP"
    assert {(a.attrib["ROLE"], a.attrib["TYPE"]) for a in header.findall("m:agent", METS)} == {
        ("CREATOR", "OTHER"),
        ("ARCHIVIST", "ORGANIZATION"),
        ("CREATOR", "ORGANIZATION"),
    }
    ids = [e.attrib["ID"] for e in root.iter() if "ID" in e.attrib]
    assert len(ids) == len(set(ids))
    (structure,) = root.findall("m:structMap", METS)
    assert structure.attrib["LABEL"] == "CSIP"
    (metadata, representation) = structure.findall("m:div/m:div", METS)
    (descriptive,) = root.findall("m:dmdSec", METS)
    (group,) = root.findall("m:fileSec/m:fileGrp", METS)
    assert metadata.attrib["DMDID"] == descriptive.attrib["ID"]
    assert [p.attrib["FILEID"] for p in representation] == [group.attrib["ID"]]


def test_erms_describes_the_case_and_every_document(package: Path) -> None:
    root = xml(package / "metadata/descriptive/ERMS.xml")
    assert root.tag == f"{{{ERMS['e']}}}erms"
    assert root.findtext("e:control/e:identification", namespaces=ERMS) == package.name
    assert root.findtext("e:control//e:agencyName", namespaces=ERMS) == "Region Halland"
    (case,) = root.findall("e:aggregations/e:aggregation", ERMS)
    assert case.attrib["aggregationType"] == "caseFile"
    assert case.findtext("e:objectId", namespaces=ERMS) == DNR
    assert [s.attrib["value"] for s in case.findall("e:status", ERMS)] == ["closed"]
    assert case.findall("e:restriction", ERMS) == []
    assert len(case.findall("e:action", ERMS)) == len(_record_of(package)["events"])
    records = case.findall("e:record", ERMS)
    assert [r.findtext("e:runningNumber", namespaces=ERMS) for r in records] == [str(n) for n in range(1, 12)]
    identifiers = [case.attrib["systemIdentifier"], *(r.attrib["systemIdentifier"] for r in records)]
    assert len(set(identifiers)) == 12
    for appendix in root.iterfind(".//e:appendix", ERMS):
        path = appendix.attrib["path"].removeprefix("file:///")
        assert path != appendix.attrib["path"]
        assert (package / path).is_file()


def _record_of(package: Path) -> Any:
    return json.loads((package / f"representations/rep1/data/{DNR}.json").read_text("utf-8"))


def test_the_record_inside_the_package_verifies(package: Path, verifier: Path) -> None:
    done = verify(verifier, package / f"representations/rep1/data/{DNR}.json")
    assert done.code == 0, done


def test_a_package_says_that_its_case_is_open_and_under_secrecy(played: App, tmp_path: Path) -> None:
    out = tmp_path / "out"
    archive.export(played, rest(played), "erms", out, secrecy=True)
    (case,) = xml(out / "metadata/descriptive/ERMS.xml").findall(".//e:aggregation", ERMS)
    assert [s.attrib["value"] for s in case.findall("e:status", ERMS)] == ["in_progress"]
    assert "inte avslutat" in str(case.findtext("e:description", namespaces=ERMS))
    assert [r.attrib["restrictionType"] for r in case.findall("e:restriction", ERMS)] == ["confidential"]
    label = xml(out / "METS.xml").attrib["LABEL"]
    assert "inte avslutat" in label
    assert "Hemligt" not in label


def test_the_package_of_every_case_is_valid_by_the_schema_that_is_named(own: App, tmp_path: Path) -> None:
    if ERMS_XSD is None:
        pytest.skip("ERMS.xml was not held against a schema: name one with ARENDE_ERMS_XSD")
    app = on(own, Path(ERMS_XSD))
    with db.writing(app.engine) as c:
        c.execute(update(models.documents).where(models.documents.c.record_no == 1).values(name="\x01 <&> \ufffe.md"))
    for number in (DNR, rest(app)):
        assert archive.export(app, number, "erms", tmp_path / number, secrecy=True).validated == ERMS_XSD


def on(app: App, xsd: Path) -> App:
    return App.open(app.settings.model_copy(update={"erms_xsd": xsd}))


SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="https://DILCIS.eu/XML/ERMS">
<xs:element name="%s"/></xs:schema>"""


def test_a_package_is_held_against_the_schema_that_is_named_before_it_is_written(own: App, tmp_path: Path) -> None:
    """With small schemas of our own: one that takes everything, one that takes nothing, one that is none."""
    xsd = tmp_path / "any.xsd"
    xsd.write_text(SCHEMA % "erms")
    assert archive.export(on(own, xsd), DNR, "erms", tmp_path / "out").validated == str(xsd)
    xsd.write_text(SCHEMA % "other")
    with pytest.raises(Refused, match="inte giltig"):
        archive.export(on(own, xsd), DNR, "erms", tmp_path / "none")
    xsd.write_text("<none")
    with pytest.raises(Unavailable, match="ARENDE_ERMS_XSD"):
        archive.export(on(own, xsd), DNR, "erms", tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert archive.export(own, DNR, "erms", tmp_path / "unheld").validated is None


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


@pytest.mark.parametrize("kind", ["json", "erms"])
@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_lost_document_leaves_nothing_behind(own: App, tmp_path: Path, kind: str, damage: str) -> None:
    with db.reading(own.engine) as conn:
        of_case = f"SELECT id FROM cases WHERE register_no = '{DNR}'"
        query = f"SELECT sha256 FROM documents WHERE record_no = 3 AND case_id = ({of_case})"
        sha256 = conn.exec_driver_sql(query).scalar_one()
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
    assert f"12 filer i {tmp_path / 'out'}" in done.out


# ---------------------------------------------------------------- requests and closed records


def test_the_record_tells_how_each_request_was_made_and_answered(record: Path) -> None:
    r = read(record)
    sent = {m["message_id"] for m in r["mails"]}
    for a in r["approvals"]:
        assert a["mails"]
        assert {m["message_id"] for m in a["mails"]} <= sent
        assert all(m["state"] == "sent" and len(m["raw_sha256"]) == 64 for m in a["mails"])
        assert (a["evidence"]["level"], a["evidence"]["channel"]) == ("login", "cli")
        known = {k["label"]["sv"]: k["value"]["sv"] for k in a["told"]["known"]}
        assert known["Textens kontrollsumma"] == a["text_sha256"]
    assert {d["access"] for d in r["documents"]} == {"public"}


def closed(app: App, **access: str) -> None:
    """Make records of the story secret or unchecked: ``r1="secret"``."""
    d, c = models.documents.c, models.cases
    with db.writing(app.engine) as conn:
        case_id = conn.execute(select(c.c.id).where(c.c.register_no == DNR)).scalar_one()
        for key, value in access.items():
            number = int(key.removeprefix("r"))
            conn.execute(
                update(models.documents).where(d.case_id == case_id, d.record_no == number).values(access=value)
            )


@pytest.mark.parametrize("kind", ["json", "erms"])
def test_records_that_are_secret_or_unchecked_are_not_handed_out_by_mistake(
    own: App, tmp_path: Path, kind: str
) -> None:
    closed(own, r1="secret", r2="unchecked")
    with pytest.raises(Refused, match=r"inte sekretessprövade \(1, 2\)"):
        archive.export(own, DNR, kind, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert archive.export(own, DNR, kind, tmp_path / "out", secrecy=True).secrecy
    assert archive.export(own, DNR, "xes", tmp_path / "log").files, "a log hands out no records"


def test_closed_records_are_marked_in_the_export(own: App, tmp_path: Path) -> None:
    closed(own, r1="secret", r2="unchecked")
    archive.export(own, DNR, "json", tmp_path / "json", secrecy=True)
    assert [d["access"] for d in read(tmp_path / "json")["documents"]][:3] == ["secret", "unchecked", "public"]
    archive.export(own, DNR, "erms", tmp_path / "erms", secrecy=True)
    root = xml(tmp_path / "erms" / "metadata/descriptive/ERMS.xml")
    e = "{https://DILCIS.eu/XML/ERMS}"
    bound = [
        [r.findtext(f"{e}regulation") for r in record.iter(f"{e}restriction")] for record in root.iter(f"{e}record")
    ]
    assert len(bound[0]) == len(bound[1]) == 1
    assert "Inte sekretessprövad" in str(bound[1][0])
    assert bound[2:] == [[]] * len(bound[2:])
    assert any("Begäran Klartecken" in o.get("name", "") for o in root.iter(f"{e}ownElement"))
