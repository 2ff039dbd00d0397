"""A letter as a word processor's file: head and foot, page numbers, lists that count anew, links, any text."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from arende import markdown
from arende.letters import Head, Letter
from arende.wordfile import docx as word_file

HEAD = Head(
    authority="Region Exempel",
    day=date(2026, 11, 20),
    register_no="RS260017",
    kind="Skrivelse",
    unit="Regionstyrelsen",
    recipients=("Exempelby kommun", "Provköpings kommun"),
    signatures=(("Eva Exempel", "Ordförande", ""), ("Kim Exempel", "Direktör", "")),
    foot=("Region Exempel", "Org.nr 232100-0000"),
)


def made(text: str = "Text.", language: str = "sv", **head: Any) -> Any:
    letter = Letter("own", "Om samverkan", replace(HEAD, **head), markdown.blocks(text), [], "", language)
    return docx.Document(io.BytesIO(word_file(letter)))


def words(file: Any) -> list[str]:
    return [p.text for p in file.paragraphs]


def fields(part: Any) -> list[str]:
    return [f.get(qn("w:instr")) for f in part._element.iter(qn("w:fldSimple"))]


def test_every_page_has_its_number_of_all_and_the_authoritys_foot() -> None:
    section = made().sections[0]
    assert section.different_first_page_header_footer
    for foot in (section.first_page_footer, section.footer):
        assert foot.paragraphs[0].text.startswith("Region Exempel  ·  Org.nr 232100-0000\tSida ")
        assert fields(foot) == ["PAGE", "NUMPAGES"]


def test_the_first_page_has_the_letterhead_and_the_next_ones_tell_whose_letter_it_is() -> None:
    file = made()
    assert words(file)[:5] == [
        "Region Exempel\tSkrivelse", "Regionstyrelsen\t", "Mottagare\tExempelby kommun\nProvköpings kommun",
        "Datum\t2026-11-20", "Diarienummer\tRS260017",
    ]  # fmt: skip
    assert file.sections[0].first_page_header.paragraphs[0].text == ""
    assert file.sections[0].header.paragraphs[0].text == "Region Exempel  ·  Skrivelse\tRS260017   2026-11-20"


def test_many_recipients_are_listed_at_the_end_as_in_the_pdf() -> None:
    said = words(made(recipients=tuple(f"Part {n}" for n in range(9)), copies=("Arkivet",)))
    assert "Mottagare\tEnligt sändlista" in said
    assert said[-11:] == ["Sändlista", *(f"Part {n}" for n in range(9)), "Arkivet"]


def test_a_letter_in_english_has_english_labels_and_its_language() -> None:
    file = made(language="en", copies=("The archive",))
    said = words(file)
    assert {"Date\t2026-11-20", "Case number\tRS260017", "Copies to"} <= set(said)
    assert "\tPage " in file.sections[0].footer.paragraphs[0].text
    assert 'w:lang w:val="en-GB"' in file.styles.element.xml
    assert file.core_properties.language == "en-GB"


def test_each_signature_without_an_electronic_one_has_a_line_for_a_pen() -> None:
    assert made().element.xml.count("<w:pBdr>") == 2
    assert made(signatures=(("Eva", "Ordförande", "Undertecknat elektroniskt"),)).element.xml.count("<w:pBdr>") == 0


def test_each_numbered_list_begins_at_its_own_number() -> None:
    file = made("1. ett\n2. två\n\nMellan.\n\n1. nytt\n\nMellan.\n\n7. sju\n")
    counts = [p._p.pPr.numPr.numId.val for p in file.paragraphs if p.style.name == "List Number"]
    assert counts[0] == counts[1]
    assert len(set(counts)) == 3
    numbering = file.part.numbering_part.element
    starts = [numbering.num_having_numId(n).find(f".//{qn('w:startOverride')}").get(qn("w:val")) for n in counts]
    assert starts == ["1", "1", "1", "7"]


def test_a_list_in_a_list_stands_further_in_and_what_follows_an_item_belongs_to_it() -> None:
    file = made("- ett\n\n  mer om ett\n  - inom ett\n    1. innerst\n- två\n")
    styles = {p.text: p.style.name for p in file.paragraphs}
    assert styles["ett"] == styles["två"] == "List Bullet"
    assert styles["mer om ett"] == "List Continue"
    assert (styles["inom ett"], styles["innerst"]) == ("List Bullet 2", "List Number 3")


def test_a_link_leads_there_and_one_to_a_file_is_words() -> None:
    file = made("Se [sidan](https://region.example/a) och [filen](file:///etc/passwd).")
    assert [r.target_ref for r in file.part.rels.values() if r.is_external] == ["https://region.example/a"]
    assert any(line.startswith("Se sidan") for line in words(file))


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    text = "lång text om något " * 8
    table = made(f"| Nr | Vad |\n|--|--|\n| 1 | {text} |\n").tables[0]
    narrow, wide = (c.width for c in table.rows[0].cells)
    assert wide > 3 * narrow


def test_tables_of_the_same_headings_have_the_same_columns() -> None:
    long = "lång text om något " * 8
    text = f"| A | B |\n|--|--|\n| {long} | kort |\n\nText.\n\n| A | B |\n|--|--|\n| kort | {long} |\n"
    one, other = ([c.width for c in t.rows[0].cells] for t in made(text).tables)
    assert one == other


@pytest.mark.parametrize("odd", ["\x00", "\x0b", "\ufffe", "\U0001f600", "مرحبا", "a" * 100_000])
def test_a_file_is_made_of_any_text(odd: str) -> None:
    blocks = [{"t": "p", "x": [{"t": "text", "s": f"före {odd} efter"}]}]
    head = replace(HEAD, recipients=(f"Kommun {odd}",))
    letter = Letter("own", f"Titel {odd}", head, blocks, [(f"Bilaga {odd}", blocks)], "")
    said = words(docx.Document(io.BytesIO(word_file(letter))))
    assert any(p.startswith("före ") and p.endswith(" efter") for p in said)
