"""A letter on paper is registered as mail is: on its case or as a new one, not public before it is checked."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from story import TYPE, Story, party, told, untouched

from arende import models
from arende.commands import CheckRecord, MailRecord
from arende.errors import Forbidden, Invalid, NotFound, Refused
from arende.registercommands import RegisterPost


def scanned(story: Story, name: str = "brev.pdf", text: str = "sida") -> MailRecord:
    sha256, size = story.app.storage.put(io.BytesIO(text.encode()))
    return MailRecord(name=name, media_type="application/pdf", size=size, sha256=sha256)


def letter(story: Story, **given: Any) -> RegisterPost:
    values: dict[str, Any] = {"actor": "registrar", "sender": "Anna Ek", "about": "Synpunkter", **given}
    values.setdefault("arrived_on", story.clock.now.date())
    return RegisterPost(**values)


def test_scanned_pages_become_records_that_only_a_check_makes_public(story: Story) -> None:
    story.at("draft")
    pages = (scanned(story), scanned(story, "bilaga.pdf", "karta"))
    numbers = story.do(letter(story, register_no=story.no, records=pages, kept_at="pärm 12")).data["records"]
    event = story.events("post:received")[-1]["payload"]
    assert (event["from"], event["kept_at"], event["records"]) == ("Anna Ek", "pärm 12", numbers)
    added = [d for d in story.rows(models.documents) if d["record_no"] in numbers]
    assert [(d["name"], d["direction"], d["access"]) for d in added] == [
        ("brev.pdf", "incoming", "unchecked"),
        ("bilaga.pdf", "incoming", "unchecked"),
    ]
    assert {"read_mail", "check_secrecy"} <= set(story.waiting())
    story.on_case(CheckRecord, "registrar", record_no=numbers[0], access="public")
    assert "check_secrecy" in story.waiting()
    story.on_case(CheckRecord, "registrar", record_no=numbers[1], access="secret", ground="OSL 25:1")
    assert "check_secrecy" not in story.waiting()


def test_a_letter_that_is_not_scanned_gets_a_sheet_that_says_where_it_lies(story: Story) -> None:
    story.at("draft")
    (number,) = story.do(letter(story, register_no=story.no, kept_at="pärm 12")).data["records"]
    record = next(d for d in story.rows(models.documents) if d["record_no"] == number)
    sheet = story.app.storage.read(record["sha256"]).decode()
    assert all(word in sheet for word in ("Anna Ek", "Synpunkter", "pärm 12", story.no))


def test_a_letter_opens_a_case_of_its_own(story: Story) -> None:
    outcome = story.do(letter(story, type=TYPE, about="Ansökan om bro", secrecy=True))
    assert outcome.events[:2] == ("case:registered", "post:received")
    story.no = str(outcome.register_no)
    assert (story.case["title"], story.case["secrecy"]) == ("Ansökan om bro", True)


def test_a_letter_of_a_party_that_is_awaited_is_its_answer_handed_in(story: Story) -> None:
    story.at("municipal_consultation")
    came = story.clock.now.date() - timedelta(days=1)
    story.do(letter(story, register_no=story.no, party=party("hylte"), arrived_on=came))
    (row,) = [a for a in story.rows(models.answers) if a["state"] == "received"]
    assert row["pending"]["came"].startswith(came.isoformat())
    assert "enter_answer" in story.waiting()


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"actor": "officer"}, Forbidden, "är inte registrator"),
        ({"actor": "administrator"}, Forbidden, "är inte registrator"),
        ({"arrived_on": date(2099, 1, 1)}, Refused, "kan inte ha kommit in"),
        ({"register_no": None}, Invalid, "Ange ett diarienummer"),
        ({"register_no": "RS209999"}, NotFound, "Det finns inget ärende"),
        ({"party": "officer"}, Refused, "är ingen part"),
        ({"about": "\u202e "}, Invalid, "Rubriken är tom"),
        ({"records": (MailRecord(name="a", media_type="b", size=1, sha256="0" * 64),)}, NotFound, "saknas i lagret"),
    ],
)
def test_a_letter_that_cannot_be_registered_changes_nothing(
    story: Story, given: Any, error: type[Exception], words: str
) -> None:
    story.at("draft")
    with untouched(story), told(error, words):
        story.do(letter(story, **{"register_no": story.no, **given}))
