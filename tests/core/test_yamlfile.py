"""YAML is read without surprises, and every value knows its line."""

import pytest

from arende.yamlfile import Unreadable, parse


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
        ("a: 'b\n", 2, "citattecken"),
        ("a: [1, 2\nb: 1\n", 2, ""),
        ("a: \x00\n", 1, "YAML"),
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


def test_an_empty_file_is_nothing() -> None:
    assert parse("# bara en kommentar\n", "x.yaml").data is None
    assert parse("", "x.yaml").data is None
