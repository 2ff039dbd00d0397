"""Bars stay inside their picture, on a scale of round figures."""

from __future__ import annotations

import pytest

from arende.web.admin.bars import LABELS, RIGHT, WIDTH, Row, chart


@pytest.mark.parametrize("longest", [0.0, 0.1, 0.9, 1.0, 3.5, 10.0, 99.9, 839.0, 12345.6])
def test_the_longest_bar_fits_and_the_scale_is_round(longest: float) -> None:
    found = chart([Row("a", longest / 2, longest, ""), Row("b", 0, 0, "")])
    room = WIDTH - LABELS - RIGHT
    assert max(b.p90 for b in found.bars) <= room
    assert found.ticks[0] == (LABELS, "0")
    assert 2 <= len(found.ticks) <= 6
    assert found.ticks[-1][0] == LABELS + room
    assert all(b.y < found.height for b in found.bars)


def test_nothing_to_show_is_an_empty_picture() -> None:
    assert chart([]).bars == ()
