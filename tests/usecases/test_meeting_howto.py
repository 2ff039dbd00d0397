"""The whole meeting of docs/howto/meetings.md, command by command, on the days that the page gives."""

from __future__ import annotations

import re
import shlex
import sys
from datetime import datetime
from pathlib import Path

import pytest
from story import Story

from arende import models
from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.home import demo_file
from arende.meetingtables import assignments, notices
from arende.usecases.promises import keep
from arende.workdays import STOCKHOLM

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "meetings.md"
BLOCK = re.compile(r"<!-- on: (\d{4}-\d\d-\d\d) (\d\d):00 -->\n```sh( refused)?\n(.*?)```", re.DOTALL)


class Reader:
    """Somebody who types what the page shows, in a folder with the files that it names."""

    def __init__(self, story: Story, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.story, self.patch = story, patch
        patch.chdir(folder)

    def reads(self) -> None:
        for day, hour, refused, body in BLOCK.findall(PAGE.read_text("utf-8")):
            self.story.clock.now = datetime.fromisoformat(f"{day}T{hour}:00").replace(tzinfo=STOCKHOLM)
            self.meanwhile()
            for line in body.splitlines():
                self.types(line, 1 if refused else 0)
                self.meanwhile()

    def types(self, line: str, ends: int) -> None:
        arende, *words = shlex.split(line)
        assert arende == "arende"
        for word in words:
            if word.endswith(".md"):
                Path(word).write_text("# Text\n\nMening.\n", "utf-8")
        for name, module in list(sys.modules.items()):
            if name.startswith("arende.cli") and hasattr(module, "open_app"):
                self.patch.setattr(module, "open_app", lambda: self.story.app)
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert (ended.value.code or 0) == ends, line

    def meanwhile(self) -> None:
        """What the worker does within a minute."""
        keep(self.story.app)
        self.story.sweep()
        self.story.deliver()


def test_the_page_plays_two_meetings_to_legal_force_and_an_assignment(
    story: Story, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(OPTIONS, "json", False)  # whatever a test of the command line left
    story.people(lambda _: demo_file("people.yaml").read_text("utf-8"))
    Reader(story, monkeypatch, tmp_path).reads()
    said, refused = capsys.readouterr()
    story.no = "RS260001"
    assert story.state == "under_follow_up"
    assert story.rows(models.documents, key="minutes_extract"), "the decision came with an extract of the minutes"
    (given,) = story.rows(assignments)
    assert (given["state"], given["receiver"], given["body"]) == ("reported", "manager@regionkontoret", "rs")
    story.no = "MRS260001"
    assert story.state == "closed"
    (notice,) = story.rows(notices)
    assert (notice["appeal_last_day"].isoformat(), notice["down_on"].isoformat()) == ("2026-10-09", "2026-10-12")
    assert "Redovisa en tidplan för genomförandet" in said
    story.no = "MRF270001"
    assert story.state == "notice_removed"
    (notice,) = story.rows(notices)
    assert (notice["up_on"].isoformat(), notice["appeal_last_day"].isoformat()) == ("2027-03-01", "2027-03-22")
    for reason in ("KL 5:13", "KL 5:14", "35 av 71", "Parti C"):
        assert reason in refused
