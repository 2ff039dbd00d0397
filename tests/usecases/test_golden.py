"""A whole history, kept as a file: the same commands give the same events, on any later release.

To write it anew after a meant change, delete the file and run this test twice.
"""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from story import TOWNS, Row, Story

from arende import commands
from arende.commands import Command

FILE = Path(__file__).parents[1] / "histories" / "declaration_of_intent.json"
KINDS = {
    c.name: c for c in vars(commands).values() if isinstance(c, type) and issubclass(c, Command) and hasattr(c, "name")
}
WORDS = ("declaration", "official_statement", "compilation", "minutes_extract", "signed_declaration")
VOLATILE = ("definition", "text_sha256")
TYPESET = ("sha256", "size", "source")
"""Of a document that is typeset: another release of the typesetter, or a nicer letterhead, gives other bytes."""


def told(story: Story, since: int) -> list[Row]:
    """The case's new events without what differs from run to run."""
    keep = ("seq", "kind", "actor", "on_behalf_of", "authority", "channel")
    found = []
    for e in story.events()[since:]:
        hidden = (*VOLATILE, *(TYPESET if "template" in e["payload"] else ()))
        payload = {k: v for k, v in e["payload"].items() if k not in hidden}
        found.append({**{k: e[k] for k in keep if e[k] is not None}, "payload": payload})
    return found


class Recorder(Story):
    """A story that writes down each command with the events it gave."""

    def start(self) -> "Recorder":
        self.lines: list[Row] = []
        self.known = 0
        return self

    def do(self, command: Command) -> Any:
        outcome = super().do(command)
        self.no = outcome.register_no or self.no
        body = command.model_dump(mode="json", exclude={"id", "at"}, exclude_defaults=True)
        self.note({"do": command.name, "with": body})
        return outcome

    def sweep(self) -> Any:
        swept = super().sweep()
        if swept.count:
            self.note({"sweep": swept.count})
        return swept

    def note(self, line: Row) -> None:
        events = told(self, self.known)
        self.known += len(events)
        self.lines.append({"at": self.clock().isoformat(), **line, "state": self.state, "events": events})


def play(story: Recorder) -> None:
    """A case with a return, a "not now", a hold, an extension, a late answer, a recusal, a new text, a withdrawal."""
    story.register()
    story.on_to("awaiting_rsau")
    story.on_the("2020-08-05")
    story.decide("rsau_chair", "agenda_clearance", "return", "Skriv ut behovet.")
    story.add("officer", "declaration", "andra lydelsen")
    story.step("officer", "request_review")
    story.step("manager", "submit", rsau_date="2020-08-18")
    story.decide("rsau_chair", "agenda_clearance", "reject", "Dagordningen är full.")
    story.step("manager", "submit", rsau_date="2020-08-18")
    story.decide("rsau_chair", "agenda_clearance", "recuse")
    story.decide("rsau_vice_chair", "agenda_clearance")
    story.on_the("2020-08-19")
    story.step("rsau_secretary", "record_alignment", rsau_date="2020-08-18", rsau_section="§ 88")
    story.step("officer", "consult", krf_date="2020-09-02")
    story.on_the("2020-09-03")
    for town in TOWNS[:3]:
        story.answer(town, "supports", who="krf_secretary", body="KS", section="§ 1")
    story.answer("hylte", "will_return")
    story.extend("laholm", "2020-10-15")
    story.step("officer", "put_on_hold", "Väntar på strukturbilden.", review_on="2020-09-30")
    story.answer("kungsbacka", "no_objection")
    story.on_the("2020-09-21")
    story.step("officer", "resume")
    story.on_the("2020-10-20")
    story.on_the("2020-11-03")
    story.answer("laholm", "opposes", comment="För sent men ändå.")
    story.on_to("decided")
    story.decide("rs_chair", "signature")
    story.add("officer", "declaration", "tredje lydelsen")
    story.on_to("awaiting_reply")
    story.withdraw("falkenberg", comment="KS har ändrat sig.")
    story.on_to("concluded")
    for act in ("late_answer", "consider_position"):
        story.complete("officer", act)
    story.on_to("closed")


@pytest.fixture
def recorder(story: Story) -> Recorder:
    return Recorder(story.app, story.clock).start()


def test_the_same_commands_give_the_same_events(recorder: Recorder) -> None:
    if not FILE.exists():
        play(recorder)
        FILE.write_text(json.dumps(recorder.lines, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail("the history was written anew; look at it and run the test again")
    for text in (*(f"{key} of RS200001" for key in WORDS), "andra lydelsen", "tredje lydelsen"):
        recorder.app.storage.put(io.BytesIO(text.encode()))
    for line in json.loads(FILE.read_text("utf-8")):
        recorder.clock.now = recorder.clock.now.fromisoformat(line["at"])
        if "sweep" in line:
            recorder.sweep()
        else:
            if line["do"] == "close" or line["with"].get("trigger") == "close":
                recorder.deliver()
            recorder.do(KINDS[line["do"]](**line["with"]))
        assert json.loads(json.dumps(recorder.lines[-1])) == line
    assert recorder.state == "closed"


def test_the_history_passes_through_every_kind_of_event_of_its_case() -> None:
    seen = {e["kind"] for line in json.loads(FILE.read_text("utf-8")) for e in line["events"]}
    assert seen >= {
        "case:registered", "case:step:taken", "document:added", "relation:added", "approval:decided",
        "approval:superseded", "answer:received", "answer:withdrawn", "answer:extended", "consultation:ended",
        "deadline:fired", "task:completed",
    }  # fmt: skip
