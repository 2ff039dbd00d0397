"""The words of other people's files are read by a process of its own, and a hostile file costs little."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
import typst

from arende import filetext
from arende.filetext import DOCX, PDF

NARROW = '#set page(width: 6cm, height: auto)\n#set text(lang: "sv", hyphenate: true)\n#set par(justify: true)\n'
SAID = "Regionen tar över ansvaret för fysisk planering från länsstyrelsen och samhällsbyggnadsnämnden."


def _pdf(text: str) -> bytes:
    return bytes(typst.compile((NARROW + text).encode()))


def _docx(*paragraphs: str) -> bytes:
    file, kept = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        file.add_paragraph(paragraph)
    file.add_table(1, 1).cell(0, 0).text = "I en cell"
    file.save(kept)
    return kept.getvalue()


def test_a_pdf_says_its_words_and_divided_ones_are_put_together() -> None:
    said = filetext.read(PDF, _pdf(SAID)) or ""
    assert " ".join(said.split()) == SAID


def test_a_docx_says_its_paragraphs_and_what_its_tables_say() -> None:
    said = filetext.read(DOCX, _docx("Första stycket.", "Andra\tstycket.")) or ""
    assert said.split("\n") == ["Första stycket.", "Andra stycket.", "I en cell"]


@pytest.mark.parametrize("kind", [PDF, DOCX])
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 and no more", b"PK\x03\x04", b"\x00" * 1000])
def test_what_is_no_such_file_has_no_words(kind: str, data: bytes) -> None:
    assert filetext.read(kind, data) is None


def test_another_type_has_no_words() -> None:
    assert filetext.read("image/png", b"x") is None


def test_a_file_that_unpacks_to_more_than_there_is_room_for_has_no_words() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * (1 << 26) + b"</a>")
    assert len(kept.getvalue()) < 100_000
    assert filetext.read(DOCX, kept.getvalue()) is None


def test_a_file_that_is_read_for_ever_has_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filetext, "SECONDS", 0.01)
    assert filetext.read(PDF, _pdf(SAID)) is None


def test_a_document_names_no_file_of_this_machine() -> None:
    kept = io.BytesIO()
    body = (
        '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        '<w:d xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:p><w:t>Ett &e;</w:t></w:p></w:d>"
    )
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("word/document.xml", body)
    assert filetext.read(DOCX, kept.getvalue()) == "Ett "
