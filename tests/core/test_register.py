"""A diary number is written one way and read as people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arende.errors import Invalid, Refused
from arende.register import RegisterNo, format_no, next_no, parse_no


def test_a_diary_number_has_series_two_digits_of_the_year_and_four_of_the_serial() -> None:
    assert format_no("RS", 2020, 982) == "RS200982"
    assert format_no("RS", 20, 982) == "RS200982"
    assert parse_no("RS200982") == RegisterNo("RS", 2020, 982)


@pytest.mark.parametrize("text", ["rs200982", "RS 200982", " rs 200982 ", "RS\u00a0200982"])
def test_lower_case_and_one_space_are_understood(text: str) -> None:
    assert str(parse_no(text)) == "RS200982"


def test_a_decomposed_letter_is_the_same_letter() -> None:
    assert str(parse_no("A\u0308N200982")) == "ÄN200982"


@pytest.mark.parametrize(
    "text",
    ["", "RS", "RS20982", "RS2009821", "R200982", "RS20 0982", "RS  200982", "RS-200982", "RS200000", "RS२००९८२"],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Invalid) as error:
        parse_no(text)
    assert "RS200982" in error.value.told()[0]
    assert "RS200982" in error.value.told("en")[0]


def test_a_hostile_number_is_shown_on_one_bounded_line() -> None:
    with pytest.raises(Invalid) as error:
        parse_no("RS\n\u202e" + "9" * 1000)
    sentence = error.value.told()[0]
    assert "\n" not in sentence
    assert "\u202e" not in sentence
    assert len(sentence) < 250


@pytest.mark.parametrize(
    ("series", "year", "serial"), [("rs", 2020, 1), ("R", 2020, 1), ("RS", 1999, 1), ("RS", 2020, 0)]
)
def test_what_cannot_be_written_is_refused(series: str, year: int, serial: int) -> None:
    with pytest.raises(Invalid):
        format_no(series, year, serial)


def test_numbers_follow_each_other_until_the_series_is_full() -> None:
    assert next_no("RS", 2026, 0) == "RS260001"
    assert next_no("RS", 2026, 9998) == "RS269999"
    with pytest.raises(Refused, match="full för 2026"):
        next_no("RS", 2026, 9999)


@given(st.text("ABCÅÄÖ", min_size=2, max_size=6), st.integers(2000, 2099), st.integers(1, 9999))
def test_what_is_written_is_read_back(series: str, year: int, serial: int) -> None:
    assert parse_no(format_no(series, year, serial)) == RegisterNo(series, year, serial)
