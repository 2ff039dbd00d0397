"""A step that the law bars is barred at every door: page, API and command line refuse it with the same sentences.

The steps are those of the tables in tests/data/demands; each is tried at every door on the same copy of the case.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from demands import Aside, Teller, Witness, demands
from scenarios import Player, scenarios
from starlette.testclient import TestClient
from story import Story

from arende import virtualtime
from arende.cli import main
from arende.cli.shared import OPTIONS
from arende.commands import Advance, Command, Outcome
from arende.errors import ArendeError
from arende.usecases import apikeys
from arende.web import create_app
from edges.webvisit import entering, hidden

API = "http://127.0.0.1/api/v1"


class AtEveryDoor(Witness):
    """Tries a step that is refused at the other doors too."""

    capsys: pytest.CaptureFixture[str]
    tried: Counter[str]

    def do(self, command: Command) -> Outcome:
        try:
            return super().do(command)
        except ArendeError as e:
            if self.refusing and isinstance(command, Advance):
                self._everywhere(command, e.told("sv"))
            raise

    def _everywhere(self, step: Advance, sentences: list[str]) -> None:
        virtualtime.set_to(self.app.engine, self.clock.now)
        before = self.state, len(self.events())
        for door in (self._api, self._cli, self._web):
            said = " ".join(door(step).split())
            assert [s for s in sentences if s not in said] == [], f"{door.__name__} said: {said}"
            self.tried[door.__name__] += 1
        assert (self.state, len(self.events())) == before

    def _api(self, step: Advance) -> str:
        _, key = apikeys.make(self.app, "administrator", "e-tjänsten", step.actor, "act", 30)
        body = {"register_no": self.no, "trigger": step.trigger, "fields": dict(step.fields), "note": step.note}
        answer = TestClient(create_app(self.app), base_url=API).post(
            "/commands/advance", json={k: v for k, v in body.items() if v},
            headers={"authorization": f"Bearer {key}", "idempotency-key": str(uuid4()),
                     "if-match": f'"{self.case["version"]}"'},
        )  # fmt: skip
        assert answer.status_code == 409, answer.text
        return " ".join(answer.json()["sentences"])

    def _cli(self, step: Advance) -> str:
        fields = [word for key, value in step.fields.items() for word in ("--field", f"{key}={value}")]
        note = ["--note", step.note] if step.note else []
        self.capsys.readouterr()
        OPTIONS.json, OPTIONS.lang = False, "sv"
        with pytest.raises(SystemExit) as e:
            main(["case", "advance", self.no, step.trigger, *note, *fields, "--as", step.actor])
        assert e.value.code == 1
        return self.capsys.readouterr().err

    def _web(self, step: Advance) -> str:
        page, given = f"/cases/{self.no}/step/{step.trigger}", {**step.fields, "note": step.note or ""}
        with entering(self.app) as enter:
            browser = enter(step.actor)
            sent: dict[str, Any] = {**hidden(browser, "/"), "version": str(self.case["version"]), **given}
            answer = browser.post(page, data={**sent, "command": str(uuid4())})
        assert answer.status_code in (409, 422), answer.text
        return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))


@pytest.mark.parametrize("key", ["delegated_decision", "chair_decision"])
def test_what_the_law_bars_is_refused_with_the_same_sentences_at_every_door(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    tried = Counter[str]()

    class Beside(Aside):
        def of(self, told: Player) -> Witness:
            found = super().of(told)
            found.__class__ = AtEveryDoor
            vars(found).update(capsys=capsys, tried=tried)
            return found

    beside, told = Beside(tmp_path), next(iter(scenarios(key)))
    monkeypatch.setenv("ARENDE_DATABASE_URL", f"sqlite:///{tmp_path / 'aside.sqlite'}")
    monkeypatch.setenv("ARENDE_DATA_DIR", str(story.app.settings.data_dir))
    teller = Teller(story.app, story.clock)
    rows = [r for r in demands(key) if r.story == 1 and r.ground != "routine" and any("refused" in s for s in r.steps)]
    failed = teller.tell(rows, beside)
    teller.play(told, key)
    beside.engine.dispose()
    assert failed == []
    assert min(tried[door] for door in ("_api", "_cli", "_web")) > 0
