"""The declaration of intent from draft to closed, and every step its definition has."""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import update
from story import TOWNS, WAY, Row, Story, told, untouched

from arende import commands, db, models
from arende.errors import Refused

Play = Callable[[Story], object]


def test_the_declaration_travels_from_draft_to_closed_on_each_database(story_on_each: Story) -> None:
    story = story_on_each.at("closed")
    assert [e["payload"]["to"] for e in story.events("case:step:taken")] == list(WAY[1:])
    assert not story.tasks(state="open")
    assert {a["state"] for a in story.approvals()} == {"approved"}
    assert [e["seq"] for e in story.events()] == list(range(1, story.case["seq"] + 1))
    assert {m["address"] for m in story.mails("referral")} == {f"registrator@{t}.example" for t in TOWNS}
    assert len(story.mails("submission", to="finansdepartementet")) == 1


def test_it_may_be_registered_for_somebody_else_who_then_has_the_task(story: Story) -> None:
    story.register("registrar", officer="officer2")
    assert [t["assignee"] for t in story.tasks(state="open")] == ["officer2"]
    (mail,) = story.mails("task_assigned")
    assert mail["address"] == "officer2@region.example"
    assert "Gå vidare från ”Utkast”" in mail["subject"]
    assert story.tasks()[0]["title"] == {"sv": "Gå vidare från ”Utkast”", "en": "Go on from “Draft”"}


def test_a_number_counts_within_its_year(story: Story) -> None:
    story.register()
    story.clock.advance(days=365)
    story.register()
    story.register()
    assert story.numbers == ["RS200001", "RS210001", "RS210002"]


def test_a_series_that_is_full_for_the_year_says_so(story: Story) -> None:
    story.register()
    with db.writing(story.app.engine) as conn:
        conn.execute(update(models.counters).values(next=10_000))
    with untouched(story), told(Refused, "Diarieserien RS är full för 2020"):
        story.register()


# ---------------------------------------------------------------- every transition once

DECISION: Row = {"decision_body": "rf", "decision_section": "§ 7"}


def along(story: Story) -> None:
    story.on_to(WAY[WAY.index(story.state) + 1])


def remitted(story: Story) -> None:
    story.step("rs_secretary", "remit", "Utred mer.", decision_body="rs", decision_date=story.day)


def adjourned(story: Story) -> None:
    story.step("rs_secretary", "adjourn", decision_body="rs", decision_date=story.day)


def declined(story: Story) -> None:
    story.step("rs_secretary", "decline", "Behövs inte.", **story.minutes)


def unspecified(story: Story) -> None:
    story.step("officer", "propose_decision", decision_body="unspecified")


def untold(story: Story) -> None:
    story.step("rs_secretary", "record_decision", decision_body="unspecified", decision_note="Ej belagt i källan.")


def delegated(story: Story) -> None:
    story.add("rs_secretary", "minutes_extract")
    minutes = {**story.minutes, "decision_body": "rsau", "delegation_point": "2.3"}
    story.step("rs_secretary", "record_decision", **minutes)


def returned(story: Story) -> None:
    story.decide("region_director", "signature", "return", "Fel datum.")


def unsigned(story: Story) -> None:
    row = next(a for a in story.approvals("signature") if a["approver"] == "rs_chair")
    story.do(commands.WithdrawApproval(actor="rs_chair", approval=row["id"], reason="Fel bilaga."))


def withdrawn(story: Story) -> None:
    story.step("registrar", "conclude", outcome="withdrawn", withdrawal_decision="RS 2021-04-01 § 9")


def held(story: Story) -> None:
    story.step("officer", "put_on_hold", "Väntar på utredning.", review_on="2020-12-01")


def before(state: str, *acts: Play) -> Play:
    """To a state of the way, and then aside."""

    def play(story: Story) -> None:
        story.at(state)
        for act in acts:
            act(story)

    return play


def steps(who: str, trigger: str, note: str | None = "Därför.") -> Play:
    return lambda story: story.step(who, trigger, note)


def stated(s: Story) -> None:
    s.step("officer", "write_statement", proposal="Att avsiktsförklaringen antas.", summary="Kommunerna har stämt av.")


def written(s: Story) -> None:
    s.step("officer", "write_declaration", intent="Regionen avser att söka uppdraget.", need="Vattnet är delat.")


def extracted(s: Story) -> None:
    said = {"extract_body": "rs", "extract_date": s.day, "extract_section": "§ 12", "extract_text": "Den antas."}
    s.step("rs_secretary", "write_extract", **said)


def written_and_signed(s: Story) -> None:
    """From a declaration that was brought in to one that is written here, and signed."""
    for trigger in ("return_unsigned", "reopen", "revise"):
        s.step("officer", trigger, "Därför.")
    written(s)
    s.step("officer", "request_review")
    s.on_to("signed")


OPEN = (*WAY[:7], "adjourned", "on_hold")
PLACES: dict[str, Play] = {s: before(s) for s in WAY} | {
    "adjourned": before("awaiting_decision", adjourned),
    "signature_returned": before("decided", returned),
    "on_hold": before("draft", held),
}
WAYS: list[tuple[str, str, str, Play]] = [
    ("request_review", "draft", "manager_review", along),
    ("submit", "manager_review", "awaiting_rsau", along),
    ("send_back", "manager_review", "draft", steps("manager", "send_back")),
    ("send_back", "awaiting_rsau", "draft", lambda s: s.decide("rsau_chair", "agenda_clearance", "return", "Kort.")),
    (
        "not_now",
        "awaiting_rsau",
        "manager_review",
        lambda s: s.decide("rsau_chair", "agenda_clearance", "reject", "Fullt."),
    ),
    *(("write_statement", s, s, stated) for s in ("manager_review", "compiling")),
    ("take_back", "manager_review", "draft", steps("officer", "take_back")),
    ("take_back", "awaiting_rsau", "draft", steps("officer", "take_back")),
    (
        "replan_rsau",
        "awaiting_rsau",
        "awaiting_rsau",
        lambda s: s.step("officer", "replan_rsau", rsau_date="2020-09-15"),
    ),
    ("record_alignment", "awaiting_rsau", "rsau_aligned", along),
    ("consult", "rsau_aligned", "municipal_consultation", along),
    (
        "replan_krf",
        "municipal_consultation",
        "municipal_consultation",
        lambda s: s.step("officer", "replan_krf", krf_date="2020-12-02"),
    ),
    ("complete_consultation", "municipal_consultation", "compiling", along),
    ("revise", "compiling", "draft", steps("officer", "revise")),
    ("propose_decision", "compiling", "awaiting_decision", along),
    ("propose_decision", "compiling", "awaiting_decision", lambda s: (s.add("officer", "compilation"), unspecified(s))),
    ("record_decision", "awaiting_decision", "decided", along),
    ("record_decision", "awaiting_decision", "decided", delegated),
    ("record_decision", "awaiting_decision", "decided", untold),
    (
        "replan_decision",
        "awaiting_decision",
        "awaiting_decision",
        lambda s: s.step("rs_secretary", "replan_decision", decision_date="2020-12-08"),
    ),
    ("remit", "awaiting_decision", "draft", remitted),
    ("adjourn", "awaiting_decision", "adjourned", adjourned),
    ("take_up", "adjourned", "awaiting_decision", steps("rs_secretary", "take_up", None)),
    ("decline", "awaiting_decision", "concluded", lambda s: (s.add("rs_secretary", "minutes_extract"), declined(s))),
    ("write_declaration", "draft", "draft", written),
    ("write_extract", "awaiting_decision", "awaiting_decision", extracted),
    ("sign", "decided", "signed", along),
    ("sign", "decided", "signed", written_and_signed),
    ("return_unsigned", "decided", "signature_returned", returned),
    ("unsign", "signed", "signature_returned", unsigned),
    ("request_signatures", "signature_returned", "decided", steps("officer", "request_signatures")),
    ("reopen", "signature_returned", "compiling", steps("officer", "reopen")),
    ("reopen", "signed", "compiling", steps("officer", "reopen")),
    ("submit_to_ministry", "signed", "submitted", along),
    ("acknowledge", "submitted", "awaiting_reply", along),
    ("follow_up", "awaiting_reply", "awaiting_reply", steps("registrar", "follow_up", None)),
    ("conclude", "awaiting_reply", "concluded", along),
    ("conclude", "awaiting_reply", "concluded", withdrawn),
    ("close", "concluded", "closed", along),
    ("resume", "on_hold", "draft", steps("officer", "resume", None)),
    *(
        ("supplement", s, s, lambda s: (s.add("officer", "supplement"), s.step("officer", "supplement")))
        for s in ("submitted", "awaiting_reply")
    ),
    *(("put_on_hold", s, "on_hold", held) for s in OPEN if s != "on_hold"),
    *(("dismiss", s, "dismissed", steps("officer", "dismiss")) for s in OPEN),
]


def test_every_step_of_the_definition_has_its_test(story: Story) -> None:
    story.register()
    declared = Counter((r.transition.name, r.source) for r in story.rules.rows)
    assert declared == Counter((trigger, source) for trigger, source, _, _ in WAYS)


@pytest.mark.parametrize(
    ("trigger", "source", "dest", "act"), WAYS, ids=[f"{w[0]}-{w[1]}-{i}" for i, w in enumerate(WAYS)]
)
def test_a_step_leads_where_the_definition_says(story: Story, trigger: str, source: str, dest: str, act: Play) -> None:
    PLACES[source](story)
    assert story.state == source
    act(story)
    taken = story.events("case:step:taken")[-1]["payload"]
    assert (taken["trigger"], taken["from"], taken["to"], story.state) == (trigger, source, dest, dest)


def test_what_the_committee_decided_on_delegation_is_reported_to_the_board(story: Story) -> None:
    delegated(story.at("awaiting_decision"))
    assert "report_to_board" in story.waiting()
    assert "på delegation (6 kap. 37 §" in story.events("case:step:taken")[-1]["authority"]


def test_an_unspecified_deciding_body_is_not_pretended(story: Story) -> None:
    story.at("compiling").add("officer", "compilation")
    unspecified(story)
    assert [t["role"] for t in story.tasks(act="record_decision", state="open")] == ["rs_secretary"]
    untold(story)
    assert story.events("case:step:taken")[-1]["authority"] == "Ej belagt i källan"
    assert "decision_section" not in story.case["fields"]


def test_a_withdrawal_is_told_to_the_ministry(story: Story) -> None:
    story.at("awaiting_reply")
    withdrawn(story)
    assert len(story.mails("withdrawn", to="finansdepartementet")) == 1


def test_a_value_of_an_earlier_round_does_not_count_in_the_next(story: Story) -> None:
    story.at("compiling")
    story.step("officer", "revise", "Ny avgränsning.")
    story.clock.advance(days=60)
    story.on_to("rsau_aligned")
    assert story.case["fields"]["rsau_date"] == story.day
