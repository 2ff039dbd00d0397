"""The opinion that is sent is the one that was decided, in its words and its stance."""

import io
import json
from typing import Any

import pikepdf
from scenarios import Player, scenarios
from story import Story, letter_of

from arende import models


def until(story: Story, told: int, trigger: str) -> Player:
    """One of the type's stories, played until a step of it."""
    whole = scenarios("referral_opinion")[told]
    steps = whole.steps[1:] if "day" in whole.steps[0] else whole.steps  # a day that comes first is no step of its own
    before = next(n for n, s in enumerate(steps) if s.get("do") == trigger and "refused" not in s)
    return Player(story.app, story.clock).play(whole, "referral_opinion", until=before)


def sent(player: Player) -> dict[str, Any]:
    (attached,) = [m for m in player.rows(models.outbox) if m["template"] == "opinion"][-1]["attachments"]
    return dict(attached)


def test_an_opinion_of_ones_own_is_sent_as_it_was_decided(story: Story) -> None:
    player = until(story, 2, "dispatch")
    decided = [d for d in player.rows(models.documents) if d["key"] == "opinion"][-1]
    player.step("registrar", "dispatch")
    assert sent(player)["sha256"] == decided["sha256"]


def test_what_the_body_decided_otherwise_than_proposed_is_what_is_sent(story: Story) -> None:
    player = until(story, 1, "record_decision")
    said = {"stance": "opposes", "summary": "Regionen avstyrker.", "text": "Länet bör vara kvar."}
    when = {"decision_date": "2020-10-04", "decision_section": "§ 70", "minutes_approved_on": "2020-10-04"}
    player.step(player.person("deciding_secretary"), "record_decision", **said, **when)
    player.step("registrar", "dispatch")
    with pikepdf.open(io.BytesIO(player.app.storage.read(sent(player)["sha256"]))) as pdf:
        kept = json.loads(pdf.attachments["arende.json"].get_file().read_bytes())
    assert {key: kept["data"]["fields"][key] for key in said} == said


def test_the_positions_told_are_those_to_the_words_that_are_sent(story: Story) -> None:
    player = until(story, 1, "dispatch")
    player.step("registrar", "dispatch")
    rounds = {r["round"]: r["state"] for r in player.rows(models.consultations)}
    assert rounds == {1: "closed_early", 2: "complete"}
    told = letter_of(player, player.rows(models.documents, key="opinion")[-1]).plain()
    assert told.count("ställer sig bakom") == 6
    assert "inget svar" not in told, "nobody was asked of these words then"
