"""A party that has been asked more than once: its answer belongs to the round it names, or a person is asked which."""

from typing import Any

import pytest
from links import fields
from scenarios import Player, Row, scenarios
from story import Story, party, told, untouched
from test_signing_in import Browser

from arende import actors, commands, db, models
from arende.answercommands import Position, RecordPositions
from arende.errors import Refused
from arende.registercommands import RegisterPost


def again(story: Story, key: str) -> Player:
    """A case of the type as it stands when its parties have just been asked a second time."""
    rules, player = story.app.types.current(key), Player(story.app, story.clock)
    asks = {t.name for t in rules.transitions if any(e.consultation for e in t.then)}
    for scenario in scenarios(key):
        sent = [n for n, step in enumerate(scenario.steps) if step.get("do") in asks and "refused" not in step]
        if len(sent) > 1:
            starts_with_a_day = "day" in scenario.steps[0]
            return player.play(scenario, key, sent[1] + 1 - starts_with_a_day)
    raise AssertionError(f"no story of {key} asks twice")


def answer(story: Story, who: str, **more: Any) -> None:
    given = {"stance": "supports", **more}
    story.do(commands.AnswerConsultation(actor="registrar", register_no=story.no, party=who, **given))


def stands(story: Story, who: str) -> dict[str, str]:
    """Round → how the party's answer stands there."""
    rows = story.rows(models.answers)
    keys = keys_of(story, {a["party_id"] for a in rows})
    return {f"{a['key']}:{a['round']}": a["state"] for a in rows if keys[a["party_id"]] == who}


def keys_of(story: Story, parties: set[int]) -> dict[int, str]:
    with db.reading(story.app.engine) as conn:
        return actors.keys_of(conn, parties)


@pytest.fixture
def decisions(story: Story) -> Player:
    """An agreement: the parties were asked where they stand, Hylte alone answered, and now for their decision."""
    player = Player(story.app, story.clock)
    told_ = next(s for s in scenarios("agreement") if s.name == "En kommun svarar aldrig")
    until = next(n for n, step in enumerate(told_.steps) if step.get("do") == "request_decisions")
    return player.play(told_, "agreement", until + 1)


HYLTE, VARBERG = party("hylte"), party("varberg")


def test_a_late_position_entered_without_its_round_is_no_decision(decisions: Player) -> None:
    with untouched(decisions), told(Refused, "positions:1", "decisions:1", "Varberg"):
        answer(decisions, VARBERG, stance="opposes")
    answer(decisions, VARBERG, stance="opposes", key="positions")
    assert decisions.state == "parallel_decisions", "a no to the first question does not make the agreement fall"
    assert stands(decisions, VARBERG) == {"positions:1": "accepted", "decisions:1": "sent"}
    assert [t["state"] for t in decisions.tasks(act="late_answer")] == ["open"]
    answer(decisions, VARBERG, stance="opposes", key="decisions:1")
    assert decisions.state == "fallen"


def test_notes_and_a_withdrawal_name_their_round_too(decisions: Player) -> None:
    notes: Row = {"positions": (Position(party=HYLTE, stance="supports"),), "source": "KRF:s anteckningar"}
    with untouched(decisions), told(Refused, "positions:1", "decisions:1"):
        decisions.on_case(RecordPositions, "registrar", **notes)
    with untouched(decisions), told(Refused, "positions:1", "decisions:1"):
        decisions.on_case(commands.WithdrawAnswer, "registrar", party=HYLTE)
    decisions.on_case(commands.WithdrawAnswer, "registrar", party=HYLTE, key="positions")
    assert stands(decisions, HYLTE) == {"positions:1": "withdrawn", "decisions:1": "sent"}


def test_a_letter_is_in_hand_in_both_rounds_until_it_is_entered_in_the_one_it_is_of(decisions: Player) -> None:
    decisions.on_case(
        RegisterPost, "registrar", sender="Varbergs kommun", about="Svar", arrived_on=decisions.today, party=VARBERG
    )
    assert stands(decisions, VARBERG) == {"positions:1": "received", "decisions:1": "received"}
    tasks = decisions.tasks(act="enter_answer", state="open")
    assert ["läs vilken omgång svaret gäller" in t["title"]["sv"] for t in tasks] == [True, True]
    (letter,) = (d["record_no"] for d in decisions.rows(models.documents) if d["key"].startswith("post"))
    browser = Browser(decisions)
    browser.sign_in("registrar")
    page = browser.get(f"/cases/{decisions.no}").text
    assert f"do/answer?party={VARBERG}&amp;key=positions%3A1" in page
    assert f"do/register_answer?party={VARBERG}" not in page, "there is no position in it to verify"
    answer(decisions, VARBERG, key="positions")
    received = decisions.events("answer:received")[-1]["payload"]
    assert received["documents"] == [letter], "what came in is the answer"
    assert stands(decisions, VARBERG) == {"positions:1": "accepted", "decisions:1": "sent"}
    assert decisions.tasks(act="enter_answer", state="open") == []
    assert received["not_of"] == ["decisions:1"]


def test_the_page_enters_an_answer_in_the_round_whose_line_was_chosen(decisions: Player) -> None:
    browser = Browser(decisions)
    browser.sign_in("registrar")
    page = browser.get(f"/cases/{decisions.no}").text
    way = f"/cases/{decisions.no}/do/answer?party={VARBERG}&amp;key="
    assert [f"{way}{name}" in page for name in ("positions%3A1", "decisions%3A1")] == [True, True]
    form = f"/cases/{decisions.no}/do/answer?party={VARBERG}&key=positions%3A1"
    asked = browser.get(form).text
    assert "Varbergs kommun – Avstämning" in asked
    assert "Ställer sig bakom" in asked, "the words of an alignment, not those of a decision"
    browser.post(form, {**fields(asked), "stance": "opposes"})
    assert stands(decisions, VARBERG) == {"positions:1": "accepted", "decisions:1": "sent"}


@pytest.mark.long
@pytest.mark.parametrize("key", ["referral_opinion", "policy_document", "declaration_of_intent", "organisation_change"])
def test_an_answer_to_the_text_of_an_earlier_round_does_not_count_in_the_new_one(story: Story, key: str) -> None:
    case = again(story, key)
    assert [c["round"] for c in sorted(case.rows(models.consultations), key=lambda c: c["seq"])] == [1, 2]
    asked = {n: {a["party_id"] for a in case.rows(models.answers, round=n)} for n in (1, 2)}
    who = min(keys_of(case, asked[1] & asked[2]).values())
    name = case.rows(models.consultations)[0]["key"]
    for unsaid in (None, name):
        with untouched(case), told(Refused, f"{name}:1", f"{name}:2"):
            answer(case, who, key=unsaid)
    answer(case, who, key=f"{name}:1")
    assert stands(case, who)[f"{name}:2"] == "sent"
    answer(case, who, key=f"{name}:2")
    assert stands(case, who)[f"{name}:2"] == "accepted"
