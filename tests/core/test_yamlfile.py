"""YAML is read without surprises, and every value knows its line."""

from pathlib import Path

import pytest

from arende.yamlfile import Unreadable, parse

ROOT = Path(__file__).resolve().parents[2]


def refused(text: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        parse(text, "x.yaml")
    return caught.value


def test_values_are_text_numbers_booleans_and_null_only() -> None:
    text = (
        "a: 1\nb: 1.5\nc: true\nd: ~\ne: 2021-01-20\nf: 13:30\ng: 0115\nh: '1'\ni: 0x1f\nj: 1_000\nk: .inf\n1380: x\n"
    )
    assert parse(text, "x.yaml").data == {
        "a": 1, "b": 1.5, "c": True, "d": None, "e": "2021-01-20", "f": "13:30", "g": "0115",
        "h": "1", "i": "0x1f", "j": "1_000", "k": ".inf", "1380": "x",
    }  # fmt: skip


def test_every_value_knows_its_line() -> None:
    lines = parse("states:\n  draft:\n    title:\n      {sv: Utkast}\nlist:\n- a\n- b: 1\n", "x.yaml").lines
    assert lines.at(("states", "draft")) == 2
    assert lines.at(("states", "draft", "title", "sv")) == 4
    assert lines.at(("list", 1, "b")) == 7
    assert lines.at(("list", 1, "b", "nothing", "here")) == 7
    assert lines.at(("unknown",)) == 1


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off"])
def test_an_accidental_boolean_is_refused_as_value_and_as_key(word: str) -> None:
    assert refused(f"a: 1\nb: {word}\n").line == 2
    assert refused(f"a: 1\n{word}: b\n").line == 2
    assert parse(f"a: '{word}'\n", "x.yaml").data == {"a": word}


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a: &x 1\nb: *x\n", 1, "Ankare"),
        ("a: 1\nb: *x\n", 2, "alias"),
        ("a: !!python/object:os.system x\n", 1, "Märket"),
        ("a: ! x\n", 1, "Märket"),
        ("b: {}\na:\n  <<: {c: 1}\n", 3, "nyckel"),
        ("a: 1\nb: 2\na: 3\n", 3, "första gången på rad 1"),
        ("? [a, b]\n: 1\n", 1, "lista"),
        ("a: 1\n---\nb: 1\n", 2, "ett dokument"),
        ("a:\n\t- b\n", 2, "tabb"),
        ("a: b: c\n", 1, "kolon"),
        ("a: 'b\n", 1, "Citattecknet som öppnas här"),
        ("a: [1, 2\nb: 1\n", 1, "[ öppnas här"),
        ("a: 1\nb: \x00\n", 2, "tecken som inte syns"),
        ("~: 1\n", 1, "nyckel"),
        ("[" * 60 + "]" * 60, 1, "djupt"),
        ("a: " + "x" * 1_000_001, 1, "1 MB"),
    ],
)
def test_what_misleads_is_refused_with_its_line(text: str, line: int, part: str) -> None:
    error = refused(text)
    assert error.line == line
    assert part in error.bare.sv
    assert error.told()[0].startswith(f"x.yaml, rad {line}: ")
    assert error.told("en")[0].startswith(f"x.yaml, line {line}: ")


SLIPS = [
    ("states:\n\tdraft: 1\n", 2, "indragen med tabb. Byt tabben mot blanksteg."),
    ("states:\n  a: 1\n  \tb: 2\n", 3, "indragen med tabb"),
    ("key:mini\nversion: 1.0.0\n", 1, "Skriv key: mini"),
    ("states:\n  draft:\n    title:Utkast\n    phase: x\n", 3, "Skriv title: Utkast"),
    ("a: 1\nkey:mini\n", 2, "Skriv key: mini"),
    ("title: {sv:Utkast, en: Draft}\n", 1, "Skriv sv: Utkast"),
    ("states:\n  draft:{final: true}\n", 2, "Skriv draft: {…"),
    ('a: 1\ntitle: "Utkast\nb: 1\n', 2, "Citattecknet som öppnas här stängs aldrig"),
    ("a: 1\ntitle: 'Utkast\nb: it's\n", 2, "Citattecknet som öppnas här stängs aldrig"),
    ("title: 'it's here'\n", 1, "efter det avslutande citattecknet"),
    ("states:\n  draft:\n    a: 1\n      b: 2\n", 4, "längre indragen än den ovanför"),
    ("states:\n    draft: 1\n  other: 2\n", 3, "indragen med 2 blanksteg"),
    ("steps:\n  - trigger: a\n   from: b\n", 3, "börjar inte med ”-”"),
    ("title: Samråd: Halland\n", 1, 'inom citattecken: title: "Samråd: Halland"'),
    ("title: {sv: Samråd: Halland, en: X}\n", 1, 'sv: "Samråd: Halland" – eller sätt ett komma'),
    ("states\n  a: 1\n", 1, "Skriv states:"),
    ("a: 1\nstates\nb: 1\n", 2, "Skriv states:"),
    ("a: {b: 1, c: 2\nd: 3\n", 1, "{ öppnas här men stängs inte"),
    ("a: {b: 1}}\n", 1, "en } för mycket"),
    ("a: [b, c}\n", 1, "saknas ett komma"),
    ("a: @x\n", 1, "börja med @"),
    ("a: *\n", 1, "& eller *"),
    ("a: |x\n  y\n", 1, "på nästa rad"),
    ('a: "C:\\mapp"\n', 1, "Omvänt snedstreck"),
    ("a: 1\n...\nb: 2\n", 3, "ett dokument"),
]


@pytest.mark.parametrize(("text", "line", "part"), SLIPS)
def test_a_slip_is_told_at_its_line_with_what_to_write(text: str, line: int, part: str) -> None:
    error = refused(text)
    assert error.line == line
    assert part in error.bare.sv
    for english in ("found", "expected", "mapping", "scalar"):
        assert english not in error.bare.sv


@pytest.mark.long
@pytest.mark.parametrize("line", ["  a: 'x' y", "   b: c", "\tb", "b: c: d", "b:c", "b: [", "b: }", "- d", "'", '"'])
def test_no_slip_in_a_real_definition_is_told_in_the_words_of_the_parser(line: str) -> None:
    lines = (ROOT / "states" / "declaration_of_intent.yaml").read_text("utf-8").splitlines()
    told = [said("\n".join([*lines[:at], line, *lines[at:]])) for at in range(5, len(lines), 23)]
    assert [en for en in told if en.startswith("The file cannot be read from here")] == []


def said(text: str) -> str:
    try:
        parse(text, "x.yaml")
    except Unreadable as e:
        return e.bare.en
    return ""


def test_an_empty_file_is_nothing() -> None:
    assert parse("# bara en kommentar\n", "x.yaml").data is None
    assert parse("", "x.yaml").data is None
