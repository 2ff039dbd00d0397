"""The declaration of intent on the real engine: as the source tells it, with a documented decision, and aside."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from arende import db, models, people
from arende.commands import (
    AddDocument,
    Advance,
    AnswerConsultation,
    Command,
    CompleteTask,
    DecideApproval,
    RegisterCase,
    Relate,
    WithdrawAnswer,
)
from arende.errors import Refused
from arende.home import shipped
from arende.settings import Settings
from arende.usecases.people import load
from sharing import open_app

SIX = ("falkenberg", "halmstad", "hylte", "kungsbacka", "laholm", "varberg")
TITLE = "Avsiktsförklaring om regional fysisk planering i Hallands län"


class Story:
    """One case, told in short words; the clock is moved by ``on``."""

    def __init__(self, engine, folder):
        self.now = datetime(2020, 8, 3, 9, tzinfo=UTC)
        self.app = open_app(Settings(data_dir=folder), engine, lambda: self.now)
        file = shipped() / "src" / "arende" / "demo" / "people.yaml"
        load(self.app, people.read(file.read_text(encoding="utf-8"), file.name), self.now)
        self.number = ""
        self.register()

    def register(self):
        self.number = self.do(RegisterCase(actor="officer", type="declaration_of_intent", title=TITLE)).register_no

    def do(self, command: Command) -> Any:
        return self.app.do(command)

    def on(self, *day: int):
        self.now = datetime(*day, 9, tzinfo=UTC)

    def add(self, who, *keys):
        for key in keys:
            sha, size = self.app.storage.put(io.BytesIO(f"{key} {self.now}".encode()))
            self.do(
                AddDocument(
                    actor=who,
                    register_no=self.number,
                    key=key,
                    file_name=f"{key}.pdf",
                    media_type="application/pdf",
                    size=size,
                    sha256=sha,
                )
            )

    def step(self, who, trigger, note=None, **fields):
        return self.do(Advance(actor=who, register_no=self.number, trigger=trigger, note=note, fields=fields)).state

    def answer(self, *names, stance="supports"):
        for name in names:
            party = f"municipality_{name}"
            self.do(AnswerConsultation(actor="krf_secretary", register_no=self.number, party=party, stance=stance))

    def decide(self, who, decision="approve", comment=None):
        (me,) = [a["id"] for a in self.rows(models.actors) if a["key"] == who]
        (one,) = [a["id"] for a in self.rows(models.approvals) if (a["approver_id"], a["state"]) == (me, "pending")]
        return self.do(DecideApproval(actor=who, approval=one, decision=decision, comment=comment)).state

    def rows(self, table):
        with db.reading(self.app.engine) as c:
            return [dict(r) for r in c.execute(select(table)).mappings()]

    @property
    def state(self):
        (case,) = [c for c in self.rows(models.cases) if c["register_no"] == self.number]
        return case["state"]

    def mails(self, template):
        return [m for m in self.rows(models.outbox) if m["template"] == template]

    def post_is_delivered(self):
        with db.writing(self.app.engine) as c:
            c.execute(models.outbox.update().values(state="sent"))

    def to_the_municipalities(self):
        self.add("officer", "declaration", "annexes")
        self.do(Relate(actor="officer", register_no=self.number, kind="basis", other="Strukturbild Halland"))
        self.step("officer", "request_review")
        self.add("officer", "official_statement")
        self.step("manager", "submit", rsau_date="2020-08-18")
        self.decide("rsau_chair")
        self.on(2020, 8, 19)
        self.step("rsau_secretary", "record_alignment", rsau_date="2020-08-18", rsau_note="§ ej belagd i källan.")
        self.step("officer", "consult", krf_date="2020-09-02")

    def to_the_decision(self, **decision):
        self.to_the_municipalities()
        self.answer(*SIX)
        self.add("officer", "compilation")
        self.step("officer", "propose_decision", **decision)


@pytest.fixture
def story(engine, tmp_path):
    return Story(engine, tmp_path)


def test_as_the_source_tells_it(story):
    story.to_the_decision(decision_body="unspecified")
    assert story.state == "awaiting_decision"
    story.step("rs_secretary", "record_decision", decision_note="Formellt beslut är inte belagt i källan.")
    assert story.mails("dispatch") == []
    assert story.decide("rs_chair") == "decided"
    assert story.decide("region_director") == "signed"
    story.add("registrar", "signed_declaration")
    story.step("registrar", "submit_to_ministry", ministry="ext_finansdepartementet")
    (sent,) = story.mails("submission")
    assert sent["subject"] == f"[{story.number}] {TITLE}"
    letter = f"Följebrev till departementet {story.number}.pdf"
    assert [a["name"] for a in sent["attachments"]] == ["signed_declaration.pdf", "annexes.pdf", letter]
    assert "http" not in sent["text"]
    story.step("registrar", "acknowledge", receipt_note="Diarienumret är inte belagt i källan.")
    story.on(2021, 3, 1)
    for name in SIX[:3]:
        party = f"municipality_{name}"
        story.do(WithdrawAnswer(actor="registrar", register_no=story.number, party=party))
    assert story.state == "awaiting_reply"
    assert {m["recipient_name"] for m in story.mails("position_changed")} == {"Regionstyrelsens ordförande"}
    story.on(2023, 1, 2)
    story.step("registrar", "conclude", outcome="task_given_by_law", outcome_basis="Prop. 2021/22:184")
    assert len(story.mails("concluded")) == 7
    story.post_is_delivered()
    with pytest.raises(Refused, match="öppna"):
        story.step("officer", "close")
    for task in story.rows(models.tasks):
        if (task["act"], task["state"]) == ("consider_position", "open"):
            story.do(CompleteTask(actor="officer", task=task["id"]))
    story.post_is_delivered()
    assert story.step("officer", "close") == "closed"
    assert [t["act"] for t in story.rows(models.tasks) if t["state"] == "open"] == []


def test_a_documented_decision_is_dispatched_with_how_to_appeal(story):
    story.to_the_decision(decision_body="rs", decision_date="2020-09-15")
    story.on(2020, 9, 16)
    story.step("rs_secretary", "adjourn", decision_date="2020-09-15")
    story.step("rs_secretary", "take_up", decision_date="2020-10-13")
    story.on(2020, 10, 14)
    story.add("rs_secretary", "minutes_extract")
    with pytest.raises(Refused, match="decision_date"):
        story.step("rs_secretary", "record_decision", decision_section="§ 87", minutes_approved_on="2020-10-14")
    story.step(
        "rs_secretary",
        "record_decision",
        decision_date="2020-10-13",
        decision_section="§ 87",
        minutes_approved_on="2020-10-14",
    )
    sent = story.mails("dispatch")
    assert len(sent) == 6
    assert all("laglighetsprövning" in m["text"] and "§ 87" in m["text"] for m in sent)
    assert story.decide("rs_chair", "return", "Fel departement i rubriken") == "signature_returned"
    assert story.step("officer", "request_signatures", "Rättat skrivfel") == "decided"
    assert len([a for a in story.rows(models.approvals) if a["state"] == "pending"]) == 2


def test_a_chair_who_sends_back_leads_to_a_new_round_of_clearance(story):
    story.add("officer", "declaration", "official_statement")
    story.do(Relate(actor="officer", register_no=story.number, kind="basis", other="Strukturbild Halland"))
    story.step("officer", "request_review")
    story.step("manager", "submit", rsau_date="2020-08-18")
    assert story.decide("rsau_chair", "return", "Förankringen bör beskrivas.") == "draft"
    story.step("officer", "request_review")
    story.step("manager", "submit", rsau_date="2020-08-18")
    story.on(2020, 8, 19)
    with pytest.raises(Refused, match="Klartecken saknas"):
        story.step("rsau_secretary", "record_alignment", rsau_date="2020-08-18", rsau_section="§ 41")
    story.decide("rsau_chair")
    assert story.step("rsau_secretary", "record_alignment", rsau_date="2020-08-18", rsau_section="41") == "rsau_aligned"


def test_answers_that_come_while_the_case_rests_are_kept(story):
    story.to_the_municipalities()
    story.answer(*SIX[:2])
    story.step("officer", "put_on_hold", "Väntar på besked", review_on="2020-10-01")
    story.answer(*SIX[2:])
    story.step("officer", "resume")
    if story.state == "municipal_consultation":
        story.step("officer", "complete_consultation")
    assert story.state == "compiling"
    assert [t["act"] for t in story.rows(models.tasks) if t["state"] == "open"] == ["propose_decision"]


def test_who_was_asked_is_told_when_the_case_is_dismissed(story):
    story.to_the_municipalities()
    assert story.step("manager", "dismiss", "Uppdraget har kommit genom lag.") == "dismissed"
    assert len(story.mails("dismissed")) == 6
    assert [t for t in story.rows(models.tasks) if t["state"] == "open"] == []


def test_a_no_from_the_deciding_body_ends_the_case(story):
    story.to_the_decision(decision_body="rf", decision_date="2020-09-15")
    no = {"decision_date": "2020-08-18", "decision_section": "87", "minutes_approved_on": "2020-08-19"}
    with pytest.raises(Refused, match="får göras av"):
        story.step("krf_secretary", "decline", "RF säger nej", **no)
    assert story.step("rf_secretary", "decline", "RF säger nej", **no) == "concluded"
    story.post_is_delivered()
    assert story.step("officer", "close") == "closed"


def test_a_second_case_of_the_year_gets_the_next_number(story):
    first = story.number
    story.register()
    assert (first, story.number) == ("RS200001", "RS200002")
