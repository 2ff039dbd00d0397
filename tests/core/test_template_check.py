"""Templates without a case: every shipped one is written and typeset, and what is wrong is told with file and line."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from arende import lettersamples
from arende.definitions import load_folder
from arende.errors import NotFound, Refused
from arende.letters import Head, Letters
from arende.letterwords import VARIABLES, LetterWords
from arende.markdown import Prose, plain
from arende.plansamples import OF_PLANS
from arende.templatecheck import Templating
from arende.typesetting import Press

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES, STATES = ROOT / "templates", ROOT / "states"
NAMES = sorted(Letters([TEMPLATES]).names())


@pytest.fixture(scope="module")
def shipped() -> Templating:
    return Templating([TEMPLATES], [])


@pytest.fixture
def home(tmp_path):
    def write(**letters: str) -> Templating:
        (tmp_path / "letters").mkdir(exist_ok=True)
        for name, text in letters.items():
            (tmp_path / "letters" / f"{name}.md.j2").write_text(text, encoding="utf-8")
        return Templating([tmp_path, TEMPLATES], [])

    return write


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_is_typeset_as_archival_and_accessible(shipped, name):
    with pikepdf.open(io.BytesIO(shipped.pdf(name))) as pdf:
        assert pdf.check_pdf_syntax() == []
        with pdf.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"], xmp["pdfuaid:part"]) == ("3", "A", "1")
            assert xmp["dc:title"]
    assert shipped.letter(name).head.kind


@pytest.fixture(scope="module")
def with_fields() -> Templating:
    """As the command line shows them: with the fields of all shipped case types."""
    types, _ = load_folder(sorted(STATES.glob("*.yaml")), parts=[STATES / "parts"])
    return Templating([TEMPLATES], types.values())


@pytest.mark.parametrize("name", ["grant_correction", "delegated_correction", "disclosure_correction"])
def test_a_correction_never_takes_the_day_of_a_dismissal_for_that_of_the_decision(name):
    head, values = lettersamples.of(name)
    fields = {**values["case"].fields, "served_on": "5 oktober 2026"}
    before = replace(values["case"], fields=fields)
    after = replace(values["case"], fields={**fields, "dismissal_point": "3.2"})
    said = [Letters([TEMPLATES]).write(name, head, {**values, "case": c}).plain() for c in (before, after)]
    assert ["den 5 oktober 2026, då du" in text for text in said] == [True, False]
    assert "från den dag då du fick del av det beslut som rättas" in said[1]


def test_the_court_is_told_which_decision_the_day_of_receipt_is_of():
    head, values = lettersamples.of("appeal_transmittal")
    fields = {k: v for k, v in values["case"].fields.items() if k != "dismissal_point"}
    before = replace(values["case"], fields=fields)
    after = replace(values["case"], fields={**fields, "dismissal_point": "3.2"})
    said = [
        Letters([TEMPLATES]).write("appeal_transmittal", head, {**values, "case": c}).plain() for c in (before, after)
    ]
    assert ["det beslut som sändes senast" in text for text in said] == [False, True]
    assert "Fick del av beslutet" in said[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_letter_is_shown_with_words_of_its_own(with_fields, name):
    assert "Exempel på" not in with_fields.letter(name).plain()


@pytest.mark.parametrize("name", [n for n in NAMES if n not in {**lettersamples.OF_MEETINGS, **OF_PLANS}])
def test_a_letter_of_a_case_names_only_what_it_is_told(name):
    assert Letters([TEMPLATES]).variables_read(name) <= set(VARIABLES)


def test_the_reference_tells_of_everything_a_letter_is_told():
    assert set(VARIABLES) == {*LetterWords.__dataclass_fields__, "head"}


@pytest.mark.long
def test_the_shipped_templates_have_no_fault(shipped):
    assert list(shipped.faults()) == []


@pytest.mark.long
def test_every_fault_is_told_with_its_file_and_line(home):
    found = list(
        home(one="# x\n\n{{ case.fields.nonsense }}\n", two="Ingen rubrik\n", three="# x\n{% if %}\n").faults()
    )
    told = {f.name: f.sentence.sv for f in found}
    assert set(told) == {"one", "two", "three"}
    assert "case.fields.nonsense" in told["one"]
    assert "letters/one.md.j2, rad 3" in told["one"]
    assert "letters/three.md.j2, rad 2" in told["three"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{{ 1 / 0 }}", "”1 / 0” går inte att räkna ut (division by zero). Mall: letters/own.md.j2, rad 3."),
        ("{{ case.title + 3 }}", "”case.title + 3” går inte att räkna ut"),
        ("{{ 'tre'|kronor }}", "går inte att räkna ut"),
        ("{{ case.title|stor }}", "No filter named 'stor'"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "tar aldrig slut"),
        ("{% for a in range(9999999) %}{% endfor %}", "tar aldrig slut"),
        ("{{ 'a ' * 600000 }}", "högst 1 000 000 tecken"),
        ("{{ 'a ' * 99999999999 }}", "högst 1 000 000 tecken"),
        ("{{ 9**9**9**9 }}", "högst 1 000 000 tecken"),
        ("{% include 'letters/own.md.j2' %}", "mallen tar in sig själv om och om igen"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "mallen tar in sig själv om och om igen"),
        ("{% include '../../../etc/passwd' %}", "mallen ../../../etc/passwd finns inte"),
        ("{% include '/etc/passwd' %}", "mallen /etc/passwd finns inte"),
        ("{% set recipients = 5 %}", "brevhuvudet är felskrivet"),
        ("|" + "a|" * 15 + "\n|" + "-|" * 15, "Tabellen som börjar med ”a” har 15 kolumner. I handlingen ryms 14"),
        ("- " + "x" * 10_001, "Ett ord är 10001 tecken långt: det börjar ”xxx"),
    ],
)
def test_a_template_that_cannot_be_written_is_told_in_a_sentence(home, written, said):
    with pytest.raises(Refused) as refused:
        home(own=f"# x\n\n{written}\n").letter("own")
    assert said in refused.value.told("sv")[0]


def test_a_template_that_is_not_utf8_is_told_in_a_sentence(home, tmp_path):
    found = home(own="# x\n")
    (tmp_path / "letters/own.md.j2").write_bytes("# Bestämt\n".encode("latin-1"))
    with pytest.raises(Refused, match="filen är inte sparad som UTF-8"):
        found.letter("own")


@pytest.mark.long
def test_a_mail_that_reads_what_it_is_not_told_is_a_fault(tmp_path):
    place = tmp_path / "mail/dispatch/sv"
    place.mkdir(parents=True)
    for part, text in (("subject.txt", "x"), ("body.txt", "{{ contct.name }}"), ("body.html", "x")):
        (place / f"{part}.j2").write_text(text, encoding="utf-8")
    (fault,) = Templating([tmp_path, TEMPLATES], []).faults()
    assert (fault.name, fault.kind) == ("dispatch", "mail")
    assert "contct" in fault.sentence.sv
    assert "contact" in fault.sentence.sv


def test_the_homes_own_templates_are_listed_as_its_own(home):
    rows = {r.name: r for r in home(letter="# x\n", own="# x\n").listed() if r.kind == "letter"}
    assert [rows[n].own for n in ("letter", "own", "opinion")] == [True, True, False]


def test_a_letter_that_is_not_there_is_told_with_the_one_meant(shipped):
    with pytest.raises(NotFound, match="Menade du minutes"):
        shipped.pdf("minuts")


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_is_a_word_processors_file_too(shipped, name):
    import docx

    file = docx.Document(io.BytesIO(shipped.docx(name)))
    letter = shipped.letter(name)
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    said = "\n".join([*(p.text for p in file.paragraphs), *cells])
    assert {*letter.title.split(), *plain(letter.blocks).split()} - {"|", "-"} <= set(said.split())
    assert file.core_properties.title == letter.title
    assert 'w:lang w:val="sv-SE"' in file.styles.element.xml
    section = file.sections[0]
    assert (section.page_width > section.page_height) == letter.head.wide
    headed = [b for b in letter.blocks if b["t"] == "table" and any(b["head"])]
    assert file.element.xml.count("<w:tblHeader") >= len(headed)


# ---------------------------------------------------------------- sizes of content

LONG = Prose("\n\n".join(["Regionen vill ta ett samlat ansvar för den fysiska planeringen. " * 9] * 24))
TABLE = Prose("| Kommun | Synpunkt |\n|--|--|\n" + "".join(f"| Kommun {n} | Synpunkt {n} |\n" for n in range(80)))


@pytest.mark.parametrize(
    ("text", "pages"), [(Prose("En rad."), 1), (LONG, 6), (TABLE, 3)], ids=["line", "long", "table"]
)
def test_a_letter_of_any_length_ends_with_its_signatures_beside_some_words(text, pages):
    head, values = lettersamples.of("letter")
    case = {"title": "Om samverkan", "fields": {"text": text}}
    letter = Letters([TEMPLATES]).write("letter", head, {**values, "case": case})
    made = Press([TEMPLATES]).pictures(letter, 20)
    assert abs(len(made) - pages) <= 1


@pytest.mark.parametrize("many", [0, 1, 6, 60])
def test_a_letter_to_any_number_of_recipients_is_set(many):
    head = Head(authority="Region Exempel", day=lettersamples.DAY, register_no="RS260017",
                recipients=tuple(f"Part nummer {n} i Exempels län" for n in range(many)))  # fmt: skip
    letter = Letters([TEMPLATES]).write("letter", head, lettersamples.of("letter")[1])
    assert Press([TEMPLATES]).pdf(letter).startswith(b"%PDF-")
