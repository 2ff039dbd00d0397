"""Guards answer nothing, or a sentence."""

from datetime import date

from arende.casetypes import CaseType, FieldDef
from arende.guards import Facts, judge
from arende.hearingguards import Sent
from arende.lawguards import LawFacts

RULES = CaseType.model_validate(
    {"key": "mini", "version": "1.0.0", "initial": "open", "states": {"open": {"waits_for": "case_officer"}}}
)


def facts(**given: object) -> Facts:
    return Facts(actor="anna", roles=frozenset({"case_officer"}), today=date(2026, 11, 22), **given)  # type: ignore[arg-type]  # test data


def test_a_missing_document_is_told_in_both_languages() -> None:
    sentence = judge(RULES, "document_present", "declaration", facts())
    assert sentence is not None
    assert "saknas" in sentence.sv
    assert "missing" in sentence.en
    assert judge(RULES, "document_present", "declaration", facts(documents=frozenset({"declaration"}))) is None


def test_an_unset_field_is_outside_every_bound() -> None:
    assert judge(RULES, "field", {"amount": {"gt": 5}}, facts()) is not None
    assert judge(RULES, "field", {"amount": {"gt": 5}}, facts(fields={"amount": 6})) is None
    assert judge(RULES, "field", {"amount": {"present": False}}, facts()) is None


def test_a_text_never_satisfies_a_number_bound() -> None:
    assert judge(RULES, "field", {"amount": {"gt": 5}}, facts(fields={"amount": "600"})) is not None


def test_a_meeting_in_the_future_has_not_been_held() -> None:
    assert judge(RULES, "meeting_held", "rsau", facts(fields={"rsau_date": "2026-11-23"})) is not None
    assert judge(RULES, "meeting_held", "rsau", facts(fields={"rsau_date": "2026-11-22"})) is None


def test_a_statutory_time_has_passed_on_the_day_after_its_last_day() -> None:
    six = {"since": "came", "months": 6, "law": "12 § förvaltningslagen"}
    assert judge(RULES, "time_passed", six, facts(fields={"came": "2026-05-21"})) is not None  # a Saturday's Monday
    assert judge(RULES, "time_passed", six, facts(fields={"came": "2026-05-20"})) is None
    missing = judge(RULES, "time_passed", six, facts())
    assert missing is not None
    assert "12 § förvaltningslagen" in missing.sv


def test_what_is_given_once_is_not_given_twice() -> None:
    assert judge(RULES, "first_time", "ask", facts()) is None
    assert judge(RULES, "first_time", "ask", facts(done_by={"ask": frozenset({"anna"})})) is not None


def test_what_lasts_until_a_day_lasts_at_least_today() -> None:
    assert judge(RULES, "day_ahead", "until", facts(fields={"until": "2026-11-21"})) is not None
    assert judge(RULES, "day_ahead", "until", facts(fields={"until": "2026-11-22"})) is None


def test_an_unknown_guard_bars_the_step() -> None:
    assert judge(RULES, "os.getcwd", None, facts()) is not None


def test_one_of_takes_a_list_as_yaml_writes_it() -> None:
    arg = {"body": {"one_of": ["rs", "rf"]}}
    assert judge(RULES, "field", arg, facts(fields={"body": "rf"})) is None
    assert judge(RULES, "field", arg, facts(fields={"body": "rsau"})) is not None


def test_a_stored_definition_keeps_the_order_of_its_file() -> None:
    """The pages show the states in the order in which the lawyer wrote them; the hash does not depend on it."""
    states = {"zeta": {"waits_for": "manager"}, "open": {"waits_for": "manager"}, "alpha": {"final": True}}
    rules = CaseType.model_validate({"key": "mini", "version": "1.0.0", "initial": "zeta", "states": states})
    again = CaseType.from_text(rules.text())
    assert list(again.states) == ["zeta", "open", "alpha"]
    assert again.hash == rules.hash == CaseType.from_text(rules.canonical()).hash


HEARING = {
    "field": "heard", "why": "heard_why", "step": "communicate", "party": "applicant", "material": "material",
    "outcome": "outcome", "favours": "granted",
}  # fmt: skip
UNDER_FL = RULES.model_copy(update={"legal_regime": "administrative_appeal"})


def heard(sent: Sent | None = None, rules: CaseType = UNDER_FL, **fields: str) -> str:
    law = LawFacts(sent={"communicate": sent} if sent else {})
    sentence = judge(rules, "heard_first", HEARING, facts(fields=fields, law=law))
    return sentence.sv if sentence else ""


def test_what_goes_against_the_party_waits_until_the_party_was_heard() -> None:
    assert heard() == heard(outcome="granted") == ""
    assert "Ange om parten" in heard(outcome="refused")
    assert "inte fått något" in heard(outcome="refused", heard="done")
    assert heard(Sent("sent"), outcome="refused", heard="done") == ""
    assert "inte levererat" in heard(Sent("queued"), outcome="refused", heard="done")
    assert "inte fram" in heard(Sent("failed"), outcome="refused", heard="done")
    assert "Mer har kommit in" in heard(Sent("sent", newer=True), outcome="refused", heard="done")


def test_a_claim_that_the_party_was_heard_is_held_against_what_was_sent_whatever_the_outcome() -> None:
    assert "inte fått något" in heard(outcome="granted", heard="done")


def test_leaving_out_the_hearing_takes_words() -> None:
    assert "Skriv varför" in heard(outcome="refused", heard="at_once", heard_why="  ")
    assert heard(outcome="refused", heard="at_once", heard_why="Stödet tar slut i dag.") == ""


def test_the_act_asks_for_no_hearing_where_it_does_not_hold() -> None:
    assert heard(rules=RULES, outcome="refused") == ""


def test_without_a_state_of_its_own_the_last_day_to_answer_is_waited_for_unless_the_answer_came() -> None:
    arg = {k: HEARING[k] for k in ("field", "why", "step", "party")} | {"until": "answer_by"}
    law = LawFacts(sent={"communicate": Sent("sent")})
    for day, said, barred in (
        ("2026-11-22", "done", True),
        ("2026-11-21", "done", False),
        ("2026-11-22", "answered", False),
    ):
        given = facts(fields={"heard": said, "answer_by": day}, law=law)
        assert (judge(UNDER_FL, "heard_first", arg, given) is not None) is barred


def test_no_time_for_appeal_runs_from_a_day_before_the_decision() -> None:
    rules = RULES.model_copy(
        update={"fields": {"served": FieldDef.model_validate({"type": "date", "title": {"sv": "Fick del"}})}}
    )
    guard = {"field": "served", "step": "decide", "law": "44 § förvaltningslagen"}
    law = LawFacts(taken={"decide": date(2026, 11, 20)})
    before = judge(rules, "day_since", guard, facts(fields={"served": "2016-11-21"}, law=law))
    assert before is not None
    assert "”Fick del” är den 21 november 2016" in before.sv
    assert "44 § förvaltningslagen" in before.sv
    assert judge(rules, "day_since", guard, facts(fields={"served": "2026-11-20"}, law=law)) is None
    assert judge(rules, "day_since", guard, facts(fields={"served": "2016-11-21"}, law=LawFacts())) is None
