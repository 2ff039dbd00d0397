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
from arende.meetingtables import assignments, notices
from arende.usecases.promises import keep
from arende.workdays import STOCKHOLM

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "meetings.md"
BLOCK = re.compile(r"<!-- on: (\d{4}-\d\d-\d\d) (\d\d):00 -->\n```sh\n(.*?)```", re.DOTALL)


class Reader:
    """Somebody who types what the page shows, in a folder with the files that it names."""

    def __init__(self, story: Story, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.story, self.patch = story, patch
        patch.chdir(folder)

    def reads(self) -> None:
        for day, hour, body in BLOCK.findall(PAGE.read_text("utf-8")):
            self.story.clock.now = datetime.fromisoformat(f"{day}T{hour}:00").replace(tzinfo=STOCKHOLM)
            self.meanwhile()
            for line in body.splitlines():
                self.types(line)
                self.meanwhile()

    def types(self, line: str) -> None:
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
        assert ended.value.code in (None, 0), line

    def meanwhile(self) -> None:
        """What the worker does within a minute."""
        keep(self.story.app)
        self.story.sweep()
        self.story.deliver()


def test_the_page_plays_a_meeting_to_legal_force_and_its_assignment(
    story: Story, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Reader(story, monkeypatch, tmp_path).reads()
    said = capsys.readouterr().out
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
