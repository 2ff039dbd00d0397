"""Each demand of law, rules of procedure and routine on a shipped type is played.

What it bars is refused; what it sets a day for comes due on that day. The rows lie in tests/data/demands; ``pytest -s``
prints how many there are.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from demands import TABLES, Aside, Teller, demands, never_refused, without_row
from scenarios import Coverage, scenarios
from story import Story


@pytest.fixture(scope="module")
def aside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aside]:
    one = Aside(tmp_path_factory.mktemp("aside"))
    yield one
    one.engine.dispose()


@pytest.mark.parametrize("key", TABLES)
def test_what_is_demanded_of_a_type_is_refused_or_comes_due(story: Story, aside: Aside, key: str) -> None:
    teller, rows, failures = Teller(story.app, story.clock), demands(key), list[str]()
    start, rules = story.clock.now, story.app.types.current(key)
    teller.coverage = Coverage(rules)
    for n, told in enumerate(scenarios(key), 1):
        mine = [row for row in rows if row.story == n]
        if mine:
            story.clock.now = start
            failed = teller.tell(mine, aside)
            teller.play(told, key)
            failures += failed
            failures += [f"story {n} never comes to {where}" for where in teller.rows_at]
    sys.stdout.write(f"\n{key}: {len(rows)} rows\n")
    assert not failures, "\n".join(failures)
    assert without_row(rules, rows) == []
    assert never_refused(teller.coverage) == []


def test_every_table_is_of_a_shipped_type() -> None:
    assert [key for key in TABLES if not (Path(__file__).parents[2] / "states" / f"{key}.yaml").exists()] == []
