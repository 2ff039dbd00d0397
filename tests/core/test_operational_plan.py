"""The structure of an operational plan, and what is read out of the text and the table of a real one."""

import json
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arende.errors import Invalid
from arende.operationalplan import KINDS, Entry, Plan, counts, end_of, folded, keyed, odd_years, read, uncertain
from arende.planrows import from_table, mark_of
from arende.plantext import joined, read_text

SOURCE = files("arende.demo").joinpath("operational_plan_2019.txt").read_text(encoding="utf-8")
TABLE = json.loads(files("arende.demo").joinpath("operational_plan_2019.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def text() -> Plan:
    return read_text(SOURCE)


@pytest.fixture(scope="module")
def table() -> Plan:
    return from_table(TABLE)


def at(plan: Plan, line: int) -> Entry:
    return next(e for _, e in plan.walk() if e.line == line)


# ---------------------------------------------------------------- the real plan


def test_the_table_holds_thirteen_numbered_activities_nine_sections_and_180_activities(table) -> None:
    found = counts(table)
    assert (found["numbered"], found["section"], found["activity"]) == (13, 9, 180)
    assert [s.text[:3] for s in table.sections] == [f"1.{n}" for n in range(1, 10)]


def test_the_text_holds_the_same_numbered_activities_and_sections(text, table) -> None:
    assert text.numbered == table.numbered
    assert [folded(s.text) for s in text.sections] == [folded(s.text) for s in table.sections]
    assert text.revision_note == table.revision_note


def test_every_activity_of_the_reading_is_found_in_the_text_in_its_own_words(text, table) -> None:
    all_words = "".join(folded(e.text) for e in sorted((e for _, e in text.walk()), key=lambda e: e.line or 0))
    by_line = {e.line: folded(e.text) for _, e in text.walk()}
    activities = [a for a in table.of("activity") if folded(a.text) not in by_line.get(a.line, "")]
    assert {a.line for a in activities} == {762, 1434, 1461}, "run together with the cell before, and doubted there"
    assert all(folded(a.text)[:20] in all_words or a.line == 762 for a in activities)
    assert all("fused" in at(text, line).doubts for line in (758, 1426, 1457))


def test_no_line_of_the_tables_is_lost(text) -> None:
    start = SOURCE.index("1.1 Övergripande")
    body = [line for line in SOURCE[start:].splitlines() if not line.strip().startswith("Prioriteringsområden")]
    kept = "".join(folded(f"{','.join(map(str, e.numbers))}{e.note}{e.text}") for _, e in text.walk())
    lost = [line for line in body if folded(line) not in kept and folded(line) not in folded("uppdrag Aktiviteter")]
    assert [line.strip() for line in lost if "nära patienten-" not in line and "finnas kvar" not in line] == []


def test_what_the_text_is_read_to_say_for_certain_is_what_people_read(text, table) -> None:
    by_line = {e.line: e for _, e in table.walk() if e.line}
    certain = [e for _, e in text.walk() if e.confidence == "high" and e.kind != "section"]
    assert len(certain) >= 10
    for entry in certain:
        assert (entry.kind, entry.numbers) == (by_line[entry.line].kind, by_line[entry.line].numbers), entry.text


def test_a_kind_that_is_probable_is_never_another_in_the_reading(text, table) -> None:
    by_line = {e.line: e.kind for _, e in table.walk() if e.line}
    probable = [e for _, e in text.walk() if e.confidence == "medium"]
    assert [e.text for e in probable if by_line.get(e.line, e.kind) != e.kind] == []


def test_a_cell_that_stands_where_no_column_can_be_told_says_so(text) -> None:
    assert "column" in at(text, 58).doubts, "an assignment without a number, as wide as an activity"
    assert all(uncertain(e) for _, e in text.walk() if e.kind == "activity")


def test_what_stands_across_a_page_break_belongs_to_nothing_for_certain(text) -> None:
    assert "place" in at(text, 526).doubts


def test_lone_and_fused_numbers_split_words_and_odd_years_are_kept_and_flagged(text) -> None:
    assert at(text, 351).text == "4"
    assert "lone_number" in at(text, 351).doubts
    assert at(text, 296).text.startswith("4Halland")
    assert "fused" in at(text, 296).doubts
    assert "planeringsförutsättning ar" in at(text, 205).text
    assert "split_word" in at(text, 205).doubts
    assert at(text, 594).text == "Projektet: Smart industri 20201-2020"
    assert "years" in at(text, 594).doubts


def test_a_text_said_twice_is_kept_twice_and_flagged(text) -> None:
    twice = [e for _, e in text.walk() if e.text == "Verka för fortsatt utveckling av Välmående ger resultat"]
    assert len(twice) == 2
    assert all("duplicate" in e.doubts for e in twice)


def test_the_red_marks_that_the_text_has_lost_leave_the_change_unknown(text, table) -> None:
    for plan in (text, table):
        marks = {e.change for _, e in plan.walk() if e.kind != "section"}
        assert marks == {"unknown", "reworded", "kept"} or plan is text
        assert "unchanged" not in marks
        assert all("change" in e.doubts for _, e in plan.walk() if e.change == "unknown" and e.kind != "section")
    assert [e.line for _, e in text.walk() if e.change == "reworded"] == [129, 140]
    assert [e.line for _, e in table.walk() if e.change == "reworded"] == [129, 140]


def test_numbers_span_and_end_dates_are_read_where_the_words_name_a_day(text, table) -> None:
    assert at(text, 254).numbers == at(table, 254).numbers == (6, 7)
    assert at(text, 1518).ends == at(table, 1518).ends == date(2019, 6, 30)
    assert at(text, 454 - 1).ends is None


def test_the_tables_own_certainty_is_kept(table) -> None:
    rows = [e for _, e in table.walk() if e.kind == "assignment" and e.confidence == "medium"]
    assert len(rows) == 22
    assert all("place" in e.doubts for e in rows)


# ---------------------------------------------------------------- small texts

SMALL = """ 1 Verksamhetsplan
Tillägg och ändringar är markerade med rött.

Hälsa

1. Ett mål

1.1 Allmänt
Prioriteringsområden Prioriteringar Förvaltningens uppdrag Aktiviteter

En aktivitet som är
så lång som kolumnen

1 Uppdraget att göra
det som ska göras

Den sista aktiviteten
i sin sammanslagna rad
"""


def test_a_merged_cell_covers_the_cells_before_it_and_the_one_after() -> None:
    (section,) = read_text(SMALL).sections
    (assignment,) = section.children
    assert [a.text for a in assignment.children] == ["En aktivitet som är så lång som kolumnen",
                                                     "Den sista aktiviteten i sin sammanslagna rad"]  # fmt: skip


def test_a_line_said_twice_in_a_cell_is_kept_and_flagged() -> None:
    plan = read_text(SMALL + "\nsamma rad\nsamma rad\n")
    cell = next(e for _, e in plan.walk() if "samma rad" in e.text)
    assert (cell.text, "repeated_line" in cell.doubts) == ("samma rad samma rad", True)


@pytest.mark.parametrize("text", ["", "Hej", "1.1 Bara en rubrik\n", "\f\f", "\x00"])
def test_a_text_without_a_table_is_refused_in_words(text) -> None:
    with pytest.raises(Invalid, match="Ett avsnitt börjar med nummer"):
        read_text(text)


CELL = st.lists(st.text(alphabet="abcåÄ 12,-.", min_size=1, max_size=30).map(str.strip).filter(bool), max_size=5)


@given(st.lists(CELL, max_size=12), st.booleans())
def test_whatever_stands_in_the_cells_every_word_is_kept(cells, cut) -> None:
    header = " Prioriteringsområden Prioriteringar Förvaltningens uppdrag Aktiviteter\n\n"
    body = "\n\n".join("\n".join(c) for c in cells)
    source = f"Plan\n\n1.1 Rubrik\n{header}{body}\n\n{header if cut else ''}Sist\nav allt\n"
    plan = read_text(source)
    kept = sorted(folded("".join(f"{''.join(map(str, e.numbers))}{e.note}{e.text}" for _, e in plan.walk())))
    given_ = sorted(folded("1.1 Rubrik" + body + "Sist av allt"))
    assert kept == given_ or "1" in body or "2" in body or "," in body, "a heading or leading zeros within the cells"
    assert plan == read(json.loads(plan.model_dump_json()))
    assert read_text(source.replace("\n", "\r\n")) == plan


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(source) -> None:
    try:
        plan = read_text(f"1.1 X\n{source}")
    except Invalid:
        return
    for above, entry in plan.walk():
        assert not above or KINDS.index(above[-1].kind) < KINDS.index(entry.kind)


# ---------------------------------------------------------------- the structure


def test_words_cut_by_a_hyphen_are_joined_and_others_are_not() -> None:
    assert joined(["infrastruktur-", "behov för att"]) == "infrastrukturbehov för att"
    assert joined(["kompetens-", "och arbetsliv"]) == "kompetens- och arbetsliv"
    assert joined(["i OECD-", "rapporten"]) == "i OECD-rapporten"
    assert joined(["Varberg -", "Göteborg"]) == "Varberg - Göteborg"


@pytest.mark.parametrize(("text", "odd"), [("20201-2020", True), ("2020-2018", True), ("2018-2029", False),
                                           ("17-20", False), ("2019-20", False), ("2019–2020", False)])  # fmt: skip
def test_years_that_cannot_be_are_told_from_those_that_can(text, odd) -> None:
    assert odd_years(f"Projektet {text}") is odd


def test_half_years_end_on_their_last_day() -> None:
    assert end_of("Färdigt första halvåret 2019.") == date(2019, 6, 30)
    assert end_of("Klart andra halvåret 2020") == date(2020, 12, 31)
    assert end_of("under året") is None


def test_a_note_of_the_source_is_a_mark_and_anything_else_is_unknown() -> None:
    assert [mark_of(n) for n in ("Omformulerat", "Ska finnas kvar", "Utgår", "Ny", "")] == [
        "reworded", "kept", "deleted", "new", "unknown"]  # fmt: skip


def test_keys_are_given_once_and_never_again(table) -> None:
    first = keyed(table)
    assert len({e.key for _, e in first.walk()}) == sum(1 for _ in first.walk())
    assert keyed(first) == first
    more = keyed(table.model_copy(update={"sections": table.sections[:1]}), taken={"A": 500})
    assert more.of("activity")[0].key == "A501"


def test_a_plan_out_of_its_levels_or_with_one_key_twice_is_refused(table) -> None:
    section = Entry(kind="section", text="1", children=(Entry(kind="activity", text="a"),))
    with pytest.raises(Invalid, match="kan inte stå under"):
        read({"title": "P", "sections": [{"kind": "section", "text": "1", "children": [section.model_dump()]}]})
    twice = Entry(kind="activity", text="a", key="A1")
    with pytest.raises(Invalid, match="A1 står på två ställen"):
        read(Plan(title="P", sections=(section.model_copy(update={"children": (twice, twice)}),)).model_dump())
    with pytest.raises(Invalid, match="title är fel"):
        read({"sections": []})


@pytest.mark.parametrize("wrong", [{}, {"title": "x", "sections": {}, "rows": [{}]}, [], None,
                                   {"title": "x", "sections": {}, "rows": [{"section": "9"}]}])  # fmt: skip
def test_a_table_that_is_none_is_refused_in_words(wrong) -> None:
    with pytest.raises(Invalid):
        from_table(wrong)


def table_of(*cells: str) -> Entry:
    """The section of a text with one table of these cells."""
    headings = "Prioriteringsområden Prioriteringar Förvaltningens uppdrag Aktiviteter"
    return read_text("Plan\n\n1.1 Allt\n" + headings + "\n\n" + "\n\n".join(cells) + "\n").sections[0]


@pytest.mark.parametrize(("said", "numbers", "text"), [
    ("6–8 Samordna tågen", (6, 7, 8), "Samordna tågen"),
    ("2, 4-5 och 9 Samordna tågen", (2, 4, 5, 9), "Samordna tågen"),
    ("0 Samordna tågen", (), "0 Samordna tågen"),
    ("8–6 Samordna tågen", (), "8–6 Samordna tågen"),
    ("1-99 Samordna tågen", (), "1-99 Samordna tågen"),
    ("3.1–3.4 Planera järnvägen", (), "3.1–3.4 Planera järnvägen"),
])  # fmt: skip
def test_numbers_in_front_are_read_as_they_span_or_stay_words(said, numbers, text) -> None:
    entry = table_of(said).children[0]
    assert (entry.numbers, entry.text) == (numbers, text)


def test_a_numbered_activity_of_nought_is_words_and_breaks_nothing() -> None:
    headings = "Prioriteringsområden Prioriteringar Förvaltningens uppdrag Aktiviteter"
    found = read_text(f"Plan\n\n0. Noll\n\n1. Ett\n\n1.1 Allt\n{headings}\n\n1 Samordna\n")
    assert [g.number for g in found.numbered] == [1]


@pytest.mark.parametrize("said", ["Klart 2026-06-30 enligt beslut", "Ring 0340-123456"])
def test_a_day_or_a_telephone_number_is_no_odd_interval_of_years(said) -> None:
    assert not odd_years(said)


def test_half_a_year_of_no_year_is_no_day() -> None:
    assert end_of("andra halvåret 0000") is None


def test_a_line_that_only_looks_like_a_section_is_doubtful() -> None:
    headings = "Prioriteringsområden Prioriteringar Förvaltningens uppdrag Aktiviteter"
    text = f"Plan\n\n1.1 Allt\n{headings}\n\n1 Stötta\n\nTa fram en budget på\n1.5 miljoner kronor\n"
    assert [s.doubts for s in read_text(text).sections] == [(), ("empty",)]


def test_the_refusal_of_a_text_without_a_table_tells_what_a_table_begins_with() -> None:
    with pytest.raises(Invalid, match="Prioriteringsområden"):
        read_text("Plan\n\n1.1 Allt\n\n1 Stötta\n")
