"""A plan's file in another encoding, and as a table out of a spreadsheet: read as it is, and what is doubtful told."""

import pytest

from arende.errors import Invalid
from arende.operationalplan import counts, doubted
from arende.plansheet import between, read_sheet
from arende.plansource import read_source

WORDS = "1.1 Övergripande mål – ”så här” på sju års sikt\nÄrenden\tåtgärder\n"
HEAD = "Avsnitt;Prioriteringsområden;Uppdrag;Nr;Aktiviteter;Ansvarig;Start;Slutdatum;Kostnad\n"
SHEET = (
    HEAD + "1.1 Kollektivtrafik;Buss;Bygg hållplatser;6,7;Välj platser;Infrastruktur;2027-02-01;2027-06-30;\n"
    ';;;;"Skriv avtal; två parter";Regionkontoret;2027-05-01;2027-03-31;40 tkr\n'
    ";;Sänk priset;;Räkna;;;2026-12-31;\n"
    "1.2 Kultur;;;;Spela;;;i höst;\n"
)


@pytest.mark.parametrize(
    ("codec", "mark", "encoding", "guessed"),
    [
        ("utf-8", b"", "UTF-8", False),
        ("utf-8-sig", b"", "UTF-8", False),
        ("utf-16", b"", "UTF-16", False),
        ("utf-16-be", b"\xfe\xff", "UTF-16", False),
        ("utf-16-le", b"", "UTF-16", True),
        ("utf-16-be", b"", "UTF-16", True),
        ("cp1252", b"", "Windows-1252", True),
    ],
)
def test_a_file_is_read_in_its_encoding_and_anything_but_utf_8_is_told(codec, mark, encoding, guessed) -> None:
    found = read_source("plan.txt", mark + WORDS.encode(codec))
    assert found == (WORDS, encoding, guessed)
    assert (found.notice is None) == (encoding == "UTF-8")
    assert found.notice is None or encoding in found.notice.sv


@pytest.mark.parametrize("codec", ["cp437", "cp850", "mac_roman"])
def test_another_old_encoding_is_refused_and_never_read_wrongly(codec: str) -> None:
    with pytest.raises(Invalid, match="teckenkodning"):
        read_source("plan.txt", "Övergripande åtgärder på sju års sikt, ärenden".encode(codec))


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\xff\xfe",
        b"%PDF-1.7 1 0 obj",
        b"{\\rtf1 Plan}",
        b"PK\x03\x04\xff\xfe\xe5",
        b"\xff\xfe\x00",
        b"\xd0\xcf\x11\xe0\xe5",
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="ingen text"):
        read_source("plan.txt", data)


def test_a_table_is_read_with_what_each_cell_stands_under() -> None:
    plan = read_sheet("plan-2027.csv", SHEET)
    assert (plan.title, counts(plan)["section"], counts(plan)["activity"]) == ("plan-2027", 2, 4)
    under = {e.text: [a.text for a in above] for above, e in plan.walk()}
    assert under["Skriv avtal; två parter"] == ["1.1 Kollektivtrafik", "Buss", "Bygg hållplatser"]
    assert under["Spela"] == ["1.2 Kultur"]
    cell = {e.text: e for _, e in plan.walk()}
    assert (cell["Välj platser"].numbers, cell["Välj platser"].owner) == ((6, 7), "Infrastruktur")
    assert (cell["Skriv avtal; två parter"].note, cell["Spela"].note) == ("Kostnad: 40 tkr", "Slutdatum: i höst")
    assert cell["Skriv avtal; två parter"].line == 3


def test_an_end_before_the_start_or_the_year_and_an_owner_nobody_knows_are_kept_and_doubted() -> None:
    cell = {e.text: e for _, e in doubted(read_sheet("plan-2027.csv", SHEET), known={"regionkontoret"}).walk()}
    assert [t for t, e in cell.items() if "ends" in e.doubts] == ["Skriv avtal; två parter", "Räkna", "Spela"]
    assert [t for t, e in cell.items() if "owner" in e.doubts] == ["Välj platser"]
    assert (str(cell["Räkna"].ends), cell["Välj platser"].owner) == ("2026-12-31", "Infrastruktur")


@pytest.mark.parametrize(("column", "said"), [("Nr", "3-1"), ("Nr", "abc"), ("Nr", "0"), ("Läge", "snart")])
def test_a_number_or_a_status_that_cannot_be_read_is_kept_and_doubted(column: str, said: str) -> None:
    plan = read_sheet("p.csv", f"Avsnitt;Aktivitet;{column}\n1.1 Kultur;Spela;{said}\n")
    (entry,) = (e for _, e in plan.walk() if e.kind == "activity")
    assert (entry.numbers, entry.status, "unread" in entry.doubts) == ((), None, True)
    assert said in entry.note


@pytest.mark.parametrize("sign", [",", "\t"])
def test_commas_and_tabs_stand_between_cells_too(sign: str) -> None:
    text = f'Uppdrag{sign}Aktiviteter\n"Bygg{sign} och riv"{sign}Välj\n'
    assert between(text) == sign
    assert [e.text for _, e in read_sheet("p.csv", text).walk()] == [
        "p",
        " ".join(f"Bygg{sign} och riv".split()),
        "Välj",
    ]


@pytest.mark.parametrize(
    "row", ["1.1 A;;;;x;;;;;;för många", '1.1 A;;;;"x', ";;;;;;;;40 tkr", "1.1 A;;;;" + "x" * 4001]
)
def test_a_row_that_cannot_be_read_is_refused_with_its_line(row: str) -> None:
    with pytest.raises(Invalid, match="Rad 2 i tabellen"):
        read_sheet("p.csv", HEAD + row + "\n")


def test_a_text_that_is_no_table_is_not_taken_for_one() -> None:
    assert between(WORDS) is None
    assert between("Prioriteringsområden Prioriteringar Förvaltningens uppdrag Aktiviteter\n") is None
