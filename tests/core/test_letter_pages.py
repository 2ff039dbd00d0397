"""Letters: Markdown that nobody's words can change the structure of, typeset as PDF/A-3a with PDF/UA-1's structure."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arende import markdown
from arende.errors import Refused
from arende.letters import Head, Letter, Letters
from arende.markdown import Prose
from arende.templating import NOT_SHOWN
from arende.typesetting import Press
from effort import examples

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
HEAD = Head(
    authority="Region Halland",
    day=date(2022, 9, 19),
    register_no="RS200982",
    unit="Regionstyrelsen",
    recipients=("Lokala nämnders samverkansparter",),
    signatures=(("A. Ordförande", "Regionstyrelsens ordförande", ""), ("B. Direktör", "Regiondirektör", "")),
    foot=("Region Halland", "Org.nr 232100-0115"),
)


@pytest.fixture(scope="module")
def press() -> Press:
    return Press([TEMPLATES])


@pytest.fixture
def home(tmp_path):
    """A home folder with one letter of its own."""

    def write(text: str, name: str = "own") -> Letters:
        (tmp_path / "letters").mkdir(exist_ok=True)
        (tmp_path / "letters" / f"{name}.md.j2").write_text(text, encoding="utf-8")
        return Letters([tmp_path, TEMPLATES])

    return write


def text_of(blocks: list[markdown.Block]) -> str:
    return markdown.plain(blocks)


# ---------------------------------------------------------------- words stay words


@pytest.mark.long
@settings(max_examples=examples(300), deadline=None)
@given(st.text(max_size=80))
def test_a_value_is_the_same_words_and_never_structure(value):
    wanted = NOT_SHOWN.sub("", " ".join(value.replace("\ue000", "").replace("\ue001", "").split()))
    found = markdown.blocks(f"# x\n\nFör {markdown.escape(value)} gäller.\n")
    assert [b["t"] for b in found] == ["h", "p"]
    assert all(x["t"] == "text" for x in found[1]["x"])
    got = markdown.words(found[1]["x"])
    assert " ".join(got.replace("\ufffd", "").split()) == " ".join(f"För {wanted} gäller.".replace("\0", "").split())


@pytest.mark.parametrize("value", ["1. ett", "- ett", "> ett", "    kod", "# x", "---", "a | b", "```", "![x](y)",
                                   "[x]: http://y", "<b>", "&amp;", "~~x~~", "====", "a\\"])  # fmt: skip
def test_a_value_that_begins_a_line_or_a_cell_is_words(value):
    (paragraph,) = markdown.blocks(markdown.escape(value))
    assert (paragraph["t"], markdown.words(paragraph["x"])) == ("p", value.strip())
    (table,) = markdown.blocks(f"| a | b |\n|--|--|\n| {markdown.escape(value)} | c |\n")
    assert [markdown.words(cell) for cell in table["rows"][0]] == [value.strip(), "c"]


def test_running_text_keeps_its_structure_and_cannot_swallow_the_rest(home):
    letters = home("# Beslut\n\n## Skäl\n\n{{ text }}\n\n## Hur man överklagar\n\nInom tre veckor.\n")
    text = Prose("# Egen rubrik\n\n- ett\n- två\n\n<script>x</script>\n\n```\nöppet staket\n\n## Falsk rubrik\n")
    letter = letters.write("own", HEAD, {"text": text})
    assert [(b["t"], b.get("l")) for b in letter.blocks] == [
        ("h", 2), ("h", 3), ("ul", None), ("p", None), ("pre", None), ("h", 2), ("p", None)
    ]  # fmt: skip
    assert text_of(letter.blocks).endswith("Hur man överklagar\nInom tre veckor.")
    assert "<script>x</script>" in text_of(letter.blocks)


@settings(max_examples=examples(150), deadline=None)
@given(st.text(alphabet="#*_`~->| \n1.)[](!&\\ab", max_size=60))
def test_running_text_never_reaches_beyond_its_place(text):
    try:
        found = markdown.blocks(f"# x\n\n{Prose(text).mark()}\n\n## Sist\n\nSlut.\n")
    except markdown.Unfit:
        return
    assert [b["t"] for b in found[-2:]] == ["h", "p"]
    assert (found[-2]["l"], text_of(found[-2:])) == (2, "Sist\nSlut.")
    levels = [b["l"] for b in found if b["t"] == "h"]
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_running_text_within_a_line_is_words_on_that_line(home):
    letter = home("# Beslut\n\nSkälet är: {{ text }}\n").write("own", HEAD, {"text": Prose("# a\n\n**b**\n- c")})
    assert text_of(letter.blocks) == "Skälet är: a b - c"


def test_a_title_is_escaped_and_further_first_headings_begin_pages_of_their_own(home):
    letter = home("# {{ t }}\n\nText.\n\n# Hur man överklagar\n\nSå.\n").write("own", HEAD, {"t": "Om *x*\n# y"})
    assert letter.title == "Om *x* # y"
    assert [title for title, _ in letter.parts] == ["Hur man överklagar"]


def test_what_a_template_sets_is_in_the_letterhead(home):
    letter = home(
        '{% set kind = "Beslut" %}{% set recipients = [who] %}{% set wide = true %}'
        '{% set facts = [["Organ", b]] %}# x\n'
    ).write("own", HEAD, {"who": "En\nkommun", "b": "RS"})
    head = letter.head
    assert (head.kind, head.recipients, head.wide, head.facts) == ("Beslut", ("En kommun",), True, (("Organ", "RS"),))
    assert head.unit == "Regionstyrelsen"


# ---------------------------------------------------------------- what is missing


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("# x\n\n{{ case.fields.amount }}\n", "case.fields.amount"),
        ("# x\n\nBeviljat belopp: {{ amount }} kr.\n", "amount"),
        ("{% import 'letters/_nowhere.md.j2' as x %}# x\n", "letters/_nowhere.md.j2"),
        ("# x\n\n{% if %}", "felskriven"),
        ("Ingen rubrik.\n", "börjar inte med en rubrik"),
        ("# x\n\n![bild](bild.png)\n", "en bild kan inte"),
        ("# x\n\n{{ amount|safe }}\n", "safe"),
        ("# x\n\n{{ ''.__class__.__mro__ }}\n", "__class__"),
    ],
)
def test_what_is_missing_or_wrong_refuses_the_step_and_is_named(home, template, told):
    with pytest.raises(Refused) as refused:
        home(template).write("own", HEAD, {"case": {"fields": {}}})
    sentence = refused.value.sentences[0].sv
    assert told in sentence
    assert "letters/own.md.j2" in sentence or told.startswith("letters/")


def test_a_value_that_is_none_is_missing(home):
    with pytest.raises(Refused, match="amount"):
        home("# x\n\n{{ amount }}\n").write("own", HEAD, {"amount": None})


def test_the_line_of_the_template_is_told(home):
    with pytest.raises(Refused, match="rad 3") as refused:
        home("# x\n\n{{ amount }}\n").write("own", HEAD, {})
    assert "letters/own.md.j2" in refused.value.sentences[0].sv


def test_the_homes_letter_counts_before_the_shipped_one_and_may_extend_it(home):
    letters = home('{% extends "shipped:letters/letter.md.j2" %}{% block end %}Hälsningar{% endblock %}', "letter")
    assert letters.is_own("letter")
    letter = letters.write("letter", HEAD, {"case": {"title": "x", "fields": {"text": "y"}}})
    assert text_of(letter.blocks) == "y\nHälsningar"


# ---------------------------------------------------------------- as PDF


@pytest.fixture(scope="module")
def letter() -> Letter:
    text = Prose("Ett stycke med åäö.\n\n1. ett\n2. två\n\n| a | b |\n|--|--|\n| c | d |\n")
    return Letters([TEMPLATES]).write(
        "letter", HEAD, {"case": {"title": "Om samverkan", "fields": {"text": text}}}, {"amount": 5}
    )


@pytest.fixture(scope="module")
def pdf(letter, press) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(press.pdf(letter)))


def test_the_pdf_is_marked_as_archival_and_accessible(pdf):
    with pdf.open_metadata() as xmp:
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "A")
        assert xmp["pdfuaid:part"] == "1"
        assert xmp["dc:title"] == "Om samverkan"
    assert str(pdf.Root.Lang) == "sv"
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert [str(i.S) for i in pdf.Root.OutputIntents] == ["/GTS_PDFA1"]


def test_the_pdf_has_no_fault_that_qpdf_finds(pdf):
    assert pdf.check_pdf_syntax() == []


def test_every_font_is_embedded(pdf):
    fonts = [f for page in pdf.pages for f in page.Resources.Font.values()]
    for font in fonts:
        descriptor = font.DescendantFonts[0].FontDescriptor if "/DescendantFonts" in font else font.FontDescriptor
        assert any(k in descriptor for k in ("/FontFile2", "/FontFile3"))
        assert "Inter" in str(descriptor.FontName)


def roles(node) -> list[str]:
    """The structure of the document, in reading order."""
    kids = node.get("/K", []) if isinstance(node, pikepdf.Dictionary) else []
    kids = kids if isinstance(kids, pikepdf.Array) else [kids]
    here = [str(node.S)] if isinstance(node, pikepdf.Dictionary) and "/S" in node else []
    return here + [r for k in kids if isinstance(k, pikepdf.Dictionary) for r in roles(k)]


def test_the_structure_says_what_is_heading_list_and_table(pdf):
    found = roles(pdf.Root.StructTreeRoot)
    for role in ("/H1", "/P", "/L", "/LI", "/Table", "/TH", "/TD"):
        assert role in found
    assert found.count("/H1") == 1


def test_the_letters_data_lies_in_the_pdf(pdf, letter):
    (name,) = pdf.attachments
    attached = pdf.attachments[name].get_file()
    assert (name, attached.mime_type) == ("arende.json", "application/json")
    kept = json.loads(attached.read_bytes())
    assert (kept["data"], kept["head"]["register_no"]) == ({"amount": 5}, "RS200982")
    assert Letter.from_json(attached.read_bytes().decode()) == letter


def test_the_same_letter_gives_the_same_bytes_in_another_press(letter, press):
    assert press.pdf(letter) == Press([TEMPLATES]).pdf(letter)


def test_what_looks_like_markup_of_the_typesetter_is_words(press, home):
    words = '#eval("1") $x$ @ref <a> \\ // *b* _c_ `d` #image("/etc/passwd") = x'
    letter = home("# {{ t }}\n\n{{ t }}\n").write("own", HEAD, {"t": words})
    assert letter.title == words
    assert press.pdf(letter).startswith(b"%PDF-")


# ---------------------------------------------------------------- text of any kind


def text_in(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture
def shown(press, home):
    """The words of the PDF of a letter whose title and text hold what is given, and its data."""

    def of(words, **head):
        letter = home("# {{ t }}\n\n{{ t }}\n").write("own", replace(HEAD, **head), {"t": words})
        made = press.pdf(letter)
        with pikepdf.open(io.BytesIO(made)) as pdf:
            return text_in(made), pdf.attachments["arende.json"].get_file().read_bytes().decode()

    return of


def test_a_picture_that_no_font_has_stands_as_its_name_and_is_kept_in_the_data(shown):
    text, kept = shown("Bra 👍🏽 jobbat 👩\u200d👧 \U0001f600", recipients=("Ekby 😀",))
    assert "Bra [thumbs up sign] jobbat" in " ".join(text.split())
    assert "👍🏽" in kept
    assert "Ekby 😀" in kept


def test_a_sign_of_a_word_processors_own_font_is_left_out(shown):
    text, _ = shown("\uf0b7 punkt", recipients=("Ekby \ue000",))
    assert "punkt" in text
    assert "\uf0b7" not in text


def test_a_letter_that_no_font_has_is_told_with_the_words_around_it(shown):
    with pytest.raises(Refused) as refused:
        shown("Sökande är Li 李明, Ekby")
    sentence = refused.value.sentences[0]
    assert "tecknet 李 (U+674E), som står i ”Sökande är Li 李明, Ekby”" in sentence.sv
    assert "Brevmall" not in sentence.sv


def test_a_word_longer_than_a_pdf_may_have_is_told(shown):
    with pytest.raises(Refused, match="Ett ord är 40000 tecken långt"):
        shown('"' * 40_000)


@pytest.mark.parametrize("empty", ["##", "## \u200b", "### ****", "- ##"])
def test_a_heading_of_nothing_is_left_out(shown, empty):
    assert "Före" in shown(Prose(f"Före\n\n{empty}\n\nefter"))[0]


@pytest.mark.parametrize(
    "odd", ["\x00", "\x01", "\x0b", "\x85", "\u202e", "\u2066", "\ufffe", "\U000e0041", "&#x202e;"]
)
def test_what_is_never_shown_is_in_no_part_of_a_letter(shown, odd):
    _, kept = shown(Prose(f"a{odd}b `c{odd}d`"), recipients=(f"e{odd}f",), authority=f"g{odd}h", foot=(f"i{odd}j",),
                    facts=((f"k{odd}l", f"m{odd}n"),), contact=f"o{odd}p")  # fmt: skip
    assert not NOT_SHOWN.search(json.dumps(json.loads(kept), ensure_ascii=False))


@pytest.mark.parametrize("text", [
    "x" * 300, f"`{'y' * 300}`", f"```\n{'y' * 300}\n```", f"<https://x.example/{'b' * 300}>",
    "|" + "Rubrik|" * 14 + "\n|" + "-|" * 14 + "\n|" + "mellanstorlek|" * 14,
])  # fmt: skip
def test_no_word_runs_off_the_paper(press, home, text):
    made = press.pdf(home("# x\n\n{{ t }}\n").write("own", HEAD, {"t": Prose(text)}))
    page = pypdf.PdfReader(io.BytesIO(made)).pages[0]
    ends = []
    page.extract_text(visitor_text=lambda words, _, matrix, __, size: ends.append(matrix[4]) if words.strip() else None)
    assert max(ends) < 595 - 27 / 25.4 * 72
    assert len(text_in(made).replace("\u200b", "")) >= len(text)


def test_tables_of_the_same_headings_have_the_same_columns(press, home):
    long = "lång text om något " * 8
    text = f"| Ena | Andra |\n|--|--|\n| {long} | kort |\n\n| Ena | Andra |\n|--|--|\n| kort | {long} |\n"
    made = press.pdf(home("# x\n\n{{ t }}\n").write("own", HEAD, {"t": Prose(text)}))
    begins: list[float] = []

    def seen(words, page, line, *_):
        begins.extend([page[4] + line[4]] if words.strip().startswith("Andra") else [])

    pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text(visitor_text=seen)
    assert len(begins) == 2
    assert begins[0] == pytest.approx(begins[1])
