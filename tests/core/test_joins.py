"""What several answers mean together does not hang on their order, and is settled once."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arende.effecttypes import Join
from arende.joins import needed, verdict

JOINS = st.one_of(
    st.sampled_from(["all", "in_order", "first"]),
    st.builds(lambda n: Join(at_least=n), st.integers(1, 8)),
    st.builds(lambda s: Join(fraction=s), st.floats(0.01, 1)),
)
ANSWERS = st.lists(st.sampled_from(["approved", "returned", "rejected", "recused"]), min_size=1, max_size=8)


def story(join, answers):
    """The verdict after each answer, in the order given; those who have not answered are pending."""
    states = ["pending"] * len(answers)
    for n, answer in enumerate(answers):
        states[n] = answer
        yield verdict(join, states)


@given(JOINS, ANSWERS)
def test_what_is_settled_stays_settled(join, answers) -> None:
    if join == "first":
        answers = [a for a in answers if a in ("approved", "recused")] or ["approved"]
    settled = [v for v in story(join, answers) if v is not None]
    assert len(set(settled)) <= 1


@given(JOINS.filter(lambda j: j != "first"), ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_means_nothing(join, answers, chance) -> None:
    other = list(answers)
    chance.shuffle(other)
    assert verdict(join, answers) == verdict(join, other)


@given(JOINS, ANSWERS)
def test_yes_needs_enough_who_said_yes(join, answers) -> None:
    if verdict(join, answers) == "yes":
        assert answers.count("approved") >= needed(join, len(answers))


@given(JOINS, st.integers(1, 8))
def test_when_all_have_said_yes_it_is_yes(join, n) -> None:
    if needed(join, n) <= n:
        assert verdict(join, ["approved"] * n) == "yes"


@given(JOINS, ANSWERS)
def test_when_nobody_is_left_to_answer_it_is_settled(join, answers) -> None:
    answers = [a for a in answers if a != "recused"] or ["approved"]
    if needed(join, len(answers)) <= len(answers):
        assert verdict(join, answers) is not None


@given(JOINS, st.integers(1, 8))
def test_nothing_is_settled_before_anybody_has_answered(join, n) -> None:
    assert verdict(join, ["pending"] * n) is None


@pytest.mark.parametrize(
    ("share", "asked", "enough"), [(0.5, 3, 2), (0.2, 5, 1), (0.1, 10, 1), (1.0, 7, 7), (0.66, 3, 2)]
)
def test_a_share_is_rounded_up_to_whole_people(share, asked, enough) -> None:
    assert needed(Join(fraction=share), asked) == enough


def test_a_recusal_that_nobody_has_stepped_into_is_neither_yes_nor_no() -> None:
    assert verdict("all", ["approved", "recused"]) is None
    assert verdict(Join(at_least=1), ["approved", "recused"]) == "yes"


def test_two_of_four_in_every_order() -> None:
    for states in itertools.product(["approved", "returned", "pending"], repeat=4):
        yes, no = states.count("approved"), states.count("returned")
        assert verdict(Join(at_least=2), states) == ("yes" if yes >= 2 else "no" if no >= 3 else None)
