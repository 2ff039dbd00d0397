"""A request for an urgent decision names the body in whose place it is taken, as the case type calls its steps."""

from arende.app import App
from arende.casetypes import CaseType
from arende.casewords import answer_words
from arende.effecttypes import ApprovalEffect

OTHER = {"Besluta på regionstyrelsens vägnar": "Besluta på driftnämndens vägnar",
         "Lämna till regionstyrelsen": "Lämna till driftnämnden"}  # fmt: skip


def asked(rules: CaseType) -> ApprovalEffect:
    return next(e.approval for t in rules.transitions for e in t.then if e.approval is not None)


def test_the_answers_are_called_as_the_steps_of_the_type(shipped_app: App) -> None:
    rules = shipped_app.types.current("chair_decision")
    assert answer_words(rules, asked(rules), "approve") == "Besluta på regionstyrelsens vägnar"
    assert answer_words(rules, asked(rules), "reject") == "Lämna till regionstyrelsen"
    assert answer_words(rules, asked(rules), "approve", "en") == "Decide on behalf of the executive board"


def test_another_board_is_named_where_the_type_is_another_boards(shipped_app: App) -> None:
    text = shipped_app.types.current("chair_decision").model_dump_json(by_alias=True)
    for ours, theirs in OTHER.items():
        text = text.replace(ours, theirs)
    rules = CaseType.model_validate_json(text)
    assert answer_words(rules, asked(rules), "approve") == "Besluta på driftnämndens vägnar"
    assert answer_words(rules, asked(rules), "reject") == "Lämna till driftnämnden"


def test_a_step_without_a_title_is_called_by_the_words_of_the_act(shipped_app: App) -> None:
    rules = shipped_app.types.current("chair_decision")
    plain = rules.model_copy(
        update={"transitions": tuple(t.model_copy(update={"title": None}) for t in rules.transitions)}
    )
    assert answer_words(plain, asked(rules), "approve") == "Besluta på nämndens vägnar"
    assert answer_words(plain, asked(rules), "reject", "en") == "Leave to the board"
