"""A whole meeting, kept as a file: the same commands give the same events, on any later release.

To write it anew after a meant change, delete the file and run this test twice.
"""

import json
from pathlib import Path

import pytest
from room import Room, with_members
from story import Story
from test_golden import KINDS, Recorder

from arende import meetingcommands as m
from arende.commands import Command

FILE = Path(__file__).parents[1] / "histories" / "meeting.json"
ALL = KINDS | {
    c.name: c for c in vars(m).values() if isinstance(c, type) and issubclass(c, Command) and "name" in vars(c)
}


def play(story: Recorder) -> None:
    """A returned agenda, a late item, an absence, a vote, a dissent, a section at once, a notice down early."""
    room = Room(story)
    room.plan("2020-09-15", place="Regionens hus")
    for heading in ("Budget", "Remissvar", "Information"):
        room.add(heading)
    room.do(m.OrderAgenda, items=(2, 1))
    room.step("draft_agenda")
    room.clear("return", "Informationen kan vänta.")
    room.do(m.RemoveAgendaItem, item=3, reason="Tas upp i oktober.")
    room.step("draft_agenda")
    room.clear()
    room.step("summon")
    room.add("Brådskande avtal", reason="Anbudet gäller till den 20 september.")
    room.step("move", note="Lokalen är upptagen.", meeting_date="2020-09-16")
    room.do(m.ReportAbsence, "rsau_m1", person="rsau_m1", reason="Sjuk.")
    story.on_the("2020-09-16")
    room.come("rsau_chair", "rsau_vice_chair", "rsau_m2", "rsau_m3", checker="rsau_vice_chair")
    room.attend("rsau_m1")
    room.do(m.RetractAttendance, person="rsau_m1", reason="Var på resa.")
    room.attend("rsau_s1", role="substitute", acting_for="rsau_m1")
    room.step("open")
    room.do(m.DeclareItemConflict, item=1, person="rsau_m3")
    room.do(m.RecordMotion, item=1, person="rsau_m2", kind="reject", text="Avslag.")
    votes = {"rsau_chair": "yes", "rsau_vice_chair": "yes", "rsau_m2": "no", "rsau_s1": "no"}
    room.do(m.RecordVote, item=1, yes_means="förslaget", no_means="avslag", ballots=votes)
    room.outcome(1, decision="Budgeten fastställs.")
    room.do(m.RecordDissent, item=1, person="rsau_m2", text="Till förmån för eget yrkande.")
    room.outcome(2, "remitted", motive="Kommunernas svar saknas.")
    room.settle()
    room.step("end")
    room.do(m.ApproveAtOnce, items=(5,), approved_on="2020-09-16")
    room.do(m.PostNotice, "registrar")
    room.step("draft_minutes")
    room.step("ask_checking")
    story.on_the("2020-10-01")
    room.approve_minutes()
    room.step("announce", "registrar")
    story.on_the("2020-10-09")
    room.step("put_up_anew", "registrar", note="Nedtaget av misstag.", notice_down_on="2020-10-07")
    story.on_the("2020-11-02")
    room.step("confirm_legal_force", "registrar", note="Förvaltningsrätten tillfrågad.")
    room.step("take_down", "registrar")
    story.deliver()
    room.step("close", "registrar")


@pytest.fixture
def recorder(story: Story) -> Recorder:
    found = Recorder(story.app, story.clock).start()
    found.people(with_members)
    return found


def test_the_same_commands_give_the_same_events(recorder: Recorder) -> None:
    if not FILE.exists():
        play(recorder)
        FILE.write_text(json.dumps(recorder.lines, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail("the history was written anew; look at it and run the test again")
    for line in json.loads(FILE.read_text("utf-8")):
        recorder.clock.now = recorder.clock.now.fromisoformat(line["at"])
        if "sweep" in line:
            recorder.sweep()
        else:
            if line["with"].get("trigger") == "close":
                recorder.deliver()
            recorder.do(ALL[line["do"]](**line["with"]))
        assert json.loads(json.dumps(recorder.lines[-1])) == line
    assert recorder.state == "closed"


def test_the_history_passes_through_every_kind_of_event_of_a_meeting() -> None:
    seen = {e["kind"] for line in json.loads(FILE.read_text("utf-8")) for e in line["events"]}
    assert seen >= {
        "agenda:changed", "attendance:recorded", "attendance:retracted", "item:conflict", "motion:recorded",
        "vote:recorded", "dissent:recorded", "outcome:recorded", "section:approved", "minutes:approved",
        "minutes:numbered", "notice:posted", "notice:removed",
    }  # fmt: skip
