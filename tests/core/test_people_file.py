"""A people file is readable, and what is wrong in it is told with its line and what to do."""

import json
from datetime import date

import pytest

from arende.errors import Invalid
from arende.home import demo_file
from arende.people import People, examine, read
from arende.workdays import is_working_day

SOUND = """\
authority: {key: region_x, name: Region X, org_no: 232100-0115, email: region@region.example}
bodies:
  rs: {name: {sv: Regionstyrelsen}, short: RS, kind: executive_board, members: 15}
  rsau: {name: {sv: Arbetsutskottet}, kind: committee, parent: rs, from: 2019-01-01}
persons:
  chair: {name: Ordföranden, title: ordförande, email: chair@region.example}
  vice: {name: Vice ordföranden, email: vice@region.example, language: en}
offices:
  - {person: chair, office: chair, body: rsau, from: 2019-01-01}
  - {person: vice, office: vice_chair, body: rsau, from: 2019-01-01, to: 2022-12-31, ordinal: 1}
substitutes:
  - {for: chair, by: vice, from: 2021-07-01, to: 2021-07-31, reason: semester}
parties:
  hylte: {name: Hylte kommun, kind: municipality, email: registrator@hylte.example, code: 1315, org_no: 212000-1207}
groups:
  all: {title: {sv: Kommunerna}, parties: [hylte]}
"""


def changed(old: str, new: str) -> str:
    assert old in SOUND
    return SOUND.replace(old, new, 1)


def told(text: str, level: str = "error") -> list[tuple[int, str]]:
    _, findings = examine(text, "people.yaml")
    return [(f.line, f.code) for f in findings if f.level == level]


def test_a_sound_file_is_read_whole() -> None:
    people, findings = examine(SOUND, "people.yaml")
    assert findings == []
    assert isinstance(people, People)
    assert people.offices[1].to == date(2022, 12, 31)
    assert people.substitutes[0].for_ == "chair"
    assert people.parties["hylte"].code == "1315"
    assert read(SOUND, "people.yaml") == people


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("person: chair, office: chair", "person: chiar, office: chair", 9, "P01"),
        ("office: chair, body: rsau", "office: chair, body: rsua", 9, "P01"),
        ("parent: rs,", "parent: rf,", 4, "P01"),
        ("parties: [hylte]", "parties: [halmstad]", 16, "P01"),
        ("by: vice,", "by: nobody,", 12, "P01"),
        ("to: 2021-07-31", "to: 2021-06-30", 12, "P02"),
        ("to: 2022-12-31", "to: 2018-12-31", 10, "P02"),
        ("groups:", "  chair: {name: X, kind: other, email: x@x.example}\ngroups:", 15, "P03"),
        ("  vice: {", "  system: {name: X, email: x@x.example}\n  vice: {", 7, "P03"),
        ("parties: [hylte]", "parties: [hylte, hylte]", 16, "P03"),
        ("by: vice,", "by: chair,", 12, "P04"),
        ("short: RS,", "short: RS, parent: rsau,", 3, "P05"),
        ("email: vice@region.example", "email: vice@region", 7, "P00"),
        ("email: vice@region.example", "email: 'vice region.example'", 7, "P00"),
        ("kind: committee", "kind: comittee", 4, "P00"),
        ("members: 15", "members: 0", 3, "P00"),
        ("from: 2021-07-01", "from: 2021-02-30", 12, "P00"),
        ("from: 2021-07-01", "from: 1 juli 2021", 12, "P00"),
        ("org_no: 232100-0115", "org_no: 232100-0116", 1, "P00"),
        ("name: Ordföranden", 'name: "Ord\\nBcc: x"', 6, "P00"),
        ("name: Ordföranden", 'name: ""', 6, "P00"),
        ("title: ordförande", "titel: ordförande", 6, "P00"),
        ("  rs: {", "  RS: {", 3, "P00"),
        ("authority:", "authorities:", 1, "P00"),
        ("language: en", "language: no", 7, "P00"),
        ("groups:\n", "groups:\n\t", 16, "P00"),
    ],
)
def test_each_mistake_is_told_at_its_line(old: str, new: str, line: int, code: str) -> None:
    assert (line, code) in told(changed(old, new))
    with pytest.raises(Invalid) as error:
        read(changed(old, new), "people.yaml")
    assert any(s.startswith(f"people.yaml, rad {line}: ") for s in error.value.told())
    assert any(s.startswith(f"people.yaml, line {line}: ") for s in error.value.told("en"))


def test_a_misspelt_name_is_answered_with_the_one_meant() -> None:
    with pytest.raises(Invalid) as error:
        read(changed("person: chair,", "person: chiar,"), "people.yaml")
    assert error.value.told() == ["people.yaml, rad 9: Personen chiar finns inte i filen. Menade du chair?"]
    assert error.value.told("en") == ["people.yaml, line 9: There is no person chiar in the file. Did you mean chair?"]


def test_every_mistake_is_told_at_once_in_the_order_of_the_file() -> None:
    text = changed("by: vice,", "by: nobody,").replace("body: rsau, from", "body: rsua, from")
    assert told(text) == [(9, "P01"), (10, "P01"), (12, "P01")]


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("office: vice_chair", "office: chair", 10, "P06"),
        ("vice@region.example", "Chair@region.example", 7, "P07"),
        ("parent: rs, from: 2019-01-01", "parent: rs, from: 2019-01-01, to: 2022-12-31", 9, "P08"),
        ("office: vice_chair", "office: vise_chair", 10, "P09"),
    ],
)
def test_what_is_doubtful_is_told_but_read(old: str, new: str, line: int, code: str) -> None:
    text = changed(old, new)
    assert told(text, "warn") == [(line, code)]
    assert read(text, "people.yaml")


def test_one_person_cannot_hold_the_same_office_twice_at_once() -> None:
    text = changed("person: vice, office: vice_chair", "person: chair, office: chair")
    assert told(text) == [(10, "P02")]


def test_following_holders_of_one_chair_are_in_order() -> None:
    text = changed("office: chair, body: rsau, from: 2019-01-01", "office: chair, body: rsau, from: 2023-01-01")
    assert told(text.replace("office: vice_chair", "office: chair"), "warn") == []


@pytest.mark.parametrize("text", ["", "- a\n", "people", "authority:\n"])
def test_a_file_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read(text, "people.yaml")


def test_an_empty_section_is_no_section() -> None:
    assert told("authority: {key: x, name: X, email: x@x.example}\nbodies:\npersons: {}\n") == []


def test_the_demonstration_is_sound_and_reaches_nobody() -> None:
    people, findings = examine(demo_file("people.yaml").read_text("utf-8"), "people.yaml")
    assert findings == []
    assert people is not None
    addresses = [a.email for a in (*people.persons.values(), *people.parties.values(), people.authority)]
    assert all(address.endswith(".example") for address in addresses)
    assert [people.parties[key].name.split()[0] for key in people.groups["municipalities"].parties] == [
        "Falkenbergs", "Halmstads", "Hylte", "Kungsbacka", "Laholms", "Varbergs",
    ]  # fmt: skip
    assert {o.person for o in people.offices} == set(people.persons)


def test_the_calendar_of_the_demonstration_is_that_of_2021() -> None:
    calendar = json.loads(demo_file("calendar_2021.json").read_text("utf-8"))
    days = [date.fromisoformat(m["start_date"]) for m in calendar["meetings"]]
    assert len(days) == 16
    assert {d.strftime("%A") for d in days} == {"Wednesday"}
    assert all(is_working_day(d) for d in days)
