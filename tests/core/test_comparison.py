"""Two versions of a text, and what a reader is shown of their difference."""

import time

from hypothesis import given
from hypothesis import strategies as st

from arende.comparison import LINES, marked, passages

LINE = st.text(alphabet="abc åäö", max_size=40)
TEXT = st.lists(LINE, max_size=12).map("\n".join)


def words(found, *kinds):
    return [w for passage in found for p in passage if p.kind in kinds for w in p.text.split()]


def test_a_changed_word_is_shown_with_the_words_around_it() -> None:
    (one,) = passages("Behovet är stort i länet.", "Behovet har ökat i länet.")
    assert marked(one, "borttaget", "nytt") == "Behovet [borttaget: är stort] [nytt: har ökat] i länet."


def test_equal_words_show_nothing() -> None:
    assert passages("a b\n\nc", "a  b\nc ") == ()


@given(TEXT, TEXT)
def test_what_is_gone_stood_in_the_old_text_and_what_is_new_in_the_new(before, now) -> None:
    found = passages(before, now)
    if found is not None:
        assert set(words(found, "gone", "same")) <= set(before.split())
        assert set(words(found, "new", "same")) <= set(now.split())
        assert bool(found) == ([x.split() for x in before.splitlines() if x.split()]
                               != [x.split() for x in now.splitlines() if x.split()])  # fmt: skip


def test_too_much_to_compare_is_left_to_the_reader() -> None:
    assert passages("a\n" * (LINES + 1), "b") is None
    assert passages("a " * 5000, "b " * 5000) is None
    assert (
        passages(
            "\n".join(f"rad {n}" for n in range(400)),
            "\n".join(f"rad {n} ny" if n % 9 == 0 else f"rad {n}" for n in range(400)),
        )
        is None
    )


def test_a_hostile_text_takes_no_time() -> None:
    began = time.process_time()
    passages("a a b\n" * LINES, "b a a\n" * LINES)
    assert time.process_time() - began < 3
