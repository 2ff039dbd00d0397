"""A plan and its changes in words: red and underlined or struck, and told in words as well."""

import io
import re

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arende import markdown, plansamples, planwords
from arende.home import shipped
from arende.letters import Letter
from arende.markdown import Changed, blocks, words
from arende.operationalplan import Entry, Plan
from arende.planwords import plan_words
from arende.templatecheck import Templating
from arende.templating import NOT_SHOWN
from arende.wordfile import docx as word_file

RED = "B3001B"


@pytest.fixture(scope="module")
def letter() -> Letter:
    return Templating([shipped() / "templates"], []).letter("plan_changes")


def kinds(letter: Letter) -> dict[str, str]:
    """The words of each kind of change in the letter's tables."""
    found: dict[str, str] = {}
    cells = [c for b in letter.blocks if b["t"] == "table" for row in b["rows"] for c in row]
    for x in (x for cell in cells for x in cell if x["t"] in ("new", "gone", "mark")):
        found[x["t"]] = f"{found.get(x['t'], '')}|{words(x['x'])}"
    return found


def test_each_change_is_told_in_words_beside_its_colour(letter) -> None:
    found = kinds(letter)
    marked = {mark for marks in re.findall(r"\[(.+?)\]", found["mark"]) for mark in marks.split(", ")}
    assert marked == {"NY", "STRUKEN", "OMFORMULERAD", "ÄNDRAD", "FLYTTAD"}
    assert "[nytt: ny räls]" in found["new"]
    assert "[borttaget: underhåll]" in found["gone"]
    assert "jämförd med den beslutade version 2: Regionstyrelsen 2026-12-09 § 145." in markdown.plain(letter.blocks)


def test_a_word_file_has_the_same_marks(letter) -> None:
    runs = [r for t in docx.Document(io.BytesIO(word_file(letter))).tables for row in t.rows for c in row.cells
            for p in c.paragraphs for r in p.runs]  # fmt: skip
    new = [r for r in runs if "[nytt:" in r.text or "cykelbro" in r.text]
    gone = [r for r in runs if "[borttaget:" in r.text or "medfinansiering" in r.text]
    assert all(str(r.font.color.rgb) == RED and r.underline and not r.font.strike for r in new)
    assert all(str(r.font.color.rgb) == RED and r.font.strike for r in gone)
    assert len(new) == len(gone) == 2
    assert not any(r.font.color.rgb for r in runs if r.text.startswith("Utöka dialogen"))


def test_nobody_can_write_a_change_by_their_own_words() -> None:
    forged = Changed([("new", "x")]).mark()
    assert markdown.escape(forged) == r"\=" + forged[2:-1]
    (paragraph,) = blocks(markdown.Prose(forged).mark())
    assert "new" not in {x["t"] for x in paragraph["x"]}


@given(st.lists(st.tuples(st.sampled_from(["same", "new", "gone", "mark"]), st.text(max_size=20)), min_size=1))
def test_the_words_of_a_change_are_kept_whatever_they_are(parts) -> None:
    (paragraph,) = blocks(f"x {Changed(parts).mark()}")
    assert words(paragraph["x"]) == "x " + " ".join(NOT_SHOWN.sub("", text) for _, text in parts)


def test_a_cell_stands_in_the_first_row_that_it_covers() -> None:
    two = (Entry(kind="activity", text="a"), Entry(kind="activity", text="b"))
    inner = Entry(kind="assignment", text="u", numbers=(6, 7), children=two)
    empty = Entry(kind="priority", text="tom", note="Omformulerat", change="reworded")
    section = Entry(kind="section", text="1.1", children=(inner, empty))
    (found,) = plan_words(Plan(title="P", sections=(section,)))["sections"]
    assert [list(r.values()) for r in found["rows"]] == [
        ["", "", "6,7 u", "a"], ["", "", "", "b"], ["", "tom (omformulerad)", "", ""]]  # fmt: skip


def test_the_samples_show_one_of_each_change() -> None:
    assert len(plansamples.OF_PLANS["plan_changes"]["counts"]) == 5
    assert planwords.HEADINGS[0] == "Prioriteringsområden"
