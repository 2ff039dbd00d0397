"""The register is searched by words and by everything that a case is chosen by, and tells nobody of what is secret."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from room import Room
from story import Story

from arende import actors, db, rights, search
from arende.cli import casesearch, main
from arende.commands import RemovePayload
from arende.errors import Invalid
from arende.rights import NOBODY, Reader
from arende.searchwords import fts5, times, typed, wanted


def found(story: Story, reader: Reader = search.EVERYTHING, **asked: str) -> list[str]:
    """The numbers of the cases found, in order."""
    with db.reading(story.app.engine) as conn:
        given = {"from": asked.pop("since", ""), "to": asked.pop("until", ""), **asked}
        return [r["register_no"] for r in search.find(conn, wanted(given), visible_to=reader).rows]


@pytest.fixture
def three(story_on_each: Story) -> Story:
    """Two declarations and one under secrecy; the last is with the municipalities."""
    story = story_on_each
    story.register(title="Avsiktsförklaring om kraftverket i Ätran")
    story.register(title="Hemlig rubrik om beredskapslager", secrecy=True)
    story.register(title="Avsiktsförklaring om en ny hållplats")
    return story.on_to("municipal_consultation")


def test_a_case_is_found_by_what_it_says_and_by_what_it_is(three: Story) -> None:
    assert found(three, q="avsiktsförklaring") == ["RS200003", "RS200001"]
    assert found(three, q="KRAFTVERKET ätran") == ["RS200001"]
    assert found(three, q="atran") == []  # Ä is a letter, no A with dots
    assert found(three, q="kraftverket hållplats") == []
    assert found(three, q="rs 200003") == ["RS200003"]
    assert found(three, q="rs2000*") == ["RS200003", "RS200002", "RS200001"]
    assert found(three, state="municipal_consultation") == ["RS200003"]
    assert found(three, state="draft", q="avsiktsförklaring") == ["RS200001"]
    assert found(three, type="declaration_of_intent", open="1")[0] == "RS200003"
    assert found(three, party="municipality_kungsbacka") == ["RS200003"]
    assert found(three, q="kungsbacka") == ["RS200003"]
    assert found(three, officer="officer") == ["RS200003", "RS200002", "RS200001"]
    assert found(three, officer="nobody") == []


def test_a_period_is_whole_days_here(three: Story) -> None:
    day = three.clock().date().replace(month=8, day=3)
    assert found(three, since=str(day), until=str(day)) == ["RS200003", "RS200002", "RS200001"]
    assert found(three, until="2020-08-02") == []
    assert found(three, since="2020-08-04", q="avsiktsförklaring") == []
    assert found(three, since="2019-01-01", until="2031-12-31", q="hållplats") == ["RS200003"]


def test_words_that_begin_so_will_do_where_nothing_has_them_as_they_were_typed(three: Story) -> None:
    with db.reading(three.app.engine) as conn:
        page = search.find(conn, wanted({"q": "beredskaps"}))
        assert [r["register_no"] for r in page.rows] == ["RS200002"]
        assert page.nearly
        assert not search.find(conn, wanted({"q": "hållplats"})).nearly
        assert search.find(conn, wanted({"q": "finnsinte"})) == ([], False, False)


def test_what_is_secret_is_found_by_those_alone_who_may_see_it(three: Story) -> None:
    with db.reading(three.app.engine) as conn:
        officer, other = (
            rights.reader(conn, actors.actor(conn, key).id, date(2020, 8, 3)) for key in ("officer", "rs_chair")
        )
    for asked in ({"q": "beredskapslager"}, {"q": "RS200002"}, {"q": "beredskap*"}):
        assert found(three, officer, **asked) == ["RS200002"]
        assert found(three, other, **asked) == found(three, NOBODY, **asked) == []
    assert "RS200002" not in found(three, NOBODY, type="declaration_of_intent")


def test_pages_follow_one_another(three: Story) -> None:
    with db.reading(three.app.engine) as conn:
        asked = wanted({"type": "declaration_of_intent"})
        first = search.find(conn, asked, limit=2)
        assert ([r["register_no"] for r in first.rows], first.more) == (["RS200003", "RS200002"], True)
        rest = search.find(conn, asked, limit=2, before=first.rows[-1]["id"])
        assert ([r["register_no"] for r in rest.rows], rest.more) == (["RS200001"], False)


def test_a_record_is_found_by_its_name_until_a_decision_removes_it(three: Story) -> None:
    three.add("officer", "other", name="trafikmätning.pdf")
    assert found(three, q="trafikmätning") == ["RS200003"]
    seq = three.events("document:added")[-1]["seq"]
    three.do(RemovePayload(actor="registrar", register_no=three.no, seq=seq, decision="RS 2020-09-01 § 1"))
    assert found(three, q="trafikmätning") == []


@pytest.mark.parametrize("text", ['"', "'", "a OR b", "NEAR(a b)", "=state=draft", "a:b & !c | (", "*", "😀", "_"])
def test_nothing_that_is_typed_is_read_as_a_question_of_the_index(three: Story, text: str) -> None:
    assert found(three, q=f"hållplats {text} {text}") in ([], ["RS200003"])
    assert found(three, state=text, type=text, party=text) == []


def test_words_are_small_letters_without_signs() -> None:
    assert typed("Ny BRO, ny bro* – över_Lagan!") == ("ny", "bro", "bro*", "över", "lagan")
    assert len(typed(" ".join(map(str, range(100))))) == 12
    assert fts5([["=open=1"], ["=year=2020", "=year=2021"]], ["bro", "väg*"]) == (
        '("=open=1") AND ("=year=2020" OR "=year=2021") AND "bro" AND "väg"*'
    )


def test_a_period_is_whole_years_whole_months_and_the_days_at_its_ends() -> None:
    first, last = date(2000, 1, 1), date(2099, 12, 31)
    assert times(date(2020, 11, 30), date(2021, 1, 1), first, last) == [
        "=day=2020=11=30",
        "=month=2020=12",
        "=day=2021=01=01",
    ]
    assert times(date(2097, 11, 1), None, first, last) == [
        "=month=2097=11",
        "=month=2097=12",
        "=year=2098",
        "=year=2099",
    ]
    assert times(None, date(2001, 2, 1), first, last) == ["=year=2000", "=month=2001=01", "=day=2001=02=01"]


@given(
    first=st.dates(date(2019, 1, 1), date(2023, 12, 31)),
    length=st.integers(0, 900),
    day=st.dates(date(2018, 1, 1), date(2026, 12, 31)),
)
def test_a_day_has_one_of_the_marks_of_a_period_when_it_is_in_it(first: date, length: int, day: date) -> None:
    last = first + timedelta(days=length)
    of_period = times(first, last, date(2000, 1, 1), date(2099, 12, 31))
    of_day = {f"=day={day:%Y=%m=%d}", f"=month={day:%Y=%m}", f"=year={day.year}"}
    assert len(of_day.intersection(of_period)) == (first <= day <= last)


def test_a_period_beyond_all_diary_numbers_finds_nothing(three: Story) -> None:
    assert found(three, since="2150-01-01") == []
    assert found(three, until="1999-12-31") == []
    assert found(three, since="9999-12-31", q="avsiktsförklaring") == []


def test_what_few_may_see_is_found_far_behind_what_all_others_may(
    three: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LOOKS", 0)
    monkeypatch.setattr(search, "NEXT", 1)
    assert found(three, q="avsiktsförklaring") == ["RS200003", "RS200001"]
    assert found(three, NOBODY, officer="officer") == ["RS200003", "RS200001"]


@pytest.mark.parametrize("asked", [{"from": "2020-13-01"}, {"to": "i går"}, {"from": "2020-02-02", "to": "2020-01-01"}])
def test_a_day_that_is_none_is_told(asked: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        wanted(asked)


def test_the_command_line_searches_as_a_person_or_as_the_house(
    three: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(casesearch, "open_app", lambda: three.app)

    def told(line: str) -> tuple[Any, str]:
        with pytest.raises(SystemExit) as ended:
            main([*line.split(), "--json"])
        return json.loads(capsys.readouterr().out), str(ended.value.code)

    def numbers(line: str) -> list[str]:
        rows, code = told(line)
        assert code == "0"
        return [r["register_no"] for r in rows]

    assert numbers("case search beredskapslager") == ["RS200002"]
    assert numbers("case search beredskapslager --as rs_chair") == []
    assert numbers("case search --type declaration_of_intent --limit 2") == ["RS200003", "RS200002"]
    answer, code = told("case search --from igår")
    assert (answer["error"], code) == ("Invalid", "2")


def test_a_body_has_the_cases_of_its_agendas(story: Story) -> None:
    room = Room(story)
    room.plan("2020-09-14")
    case = story.register(title="Avsiktsförklaring om en ny hållplats").register_no or ""
    assert found(story, body="rsau") == [room.no]
    room.add(None, case)
    assert found(story, body="rsau", q="hållplats") == [case]
    assert found(story, body="rs") == []
