"""What leaves the house is in plain words, and whoever is asked is told by when and what silence leads to."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from arende import mailsamples as samples
from arende.render import Words

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FULL = samples.full()
WRITTEN = sorted(f for f in TEMPLATES.rglob("*.j2") if "fonts" not in f.parts)

STIFF = (
    r"härmed|översänd\w*|erhåll\w*|avseende|beträffande|vederbörande|jämlikt|jämte|föreligg\w*|äger rum|inkomma"
    r"|tillse\w*|ombesörj\w*|införskaffa\w*|ovanstående|nedanstående|medelst|densamma|varvid"
    r"|i enlighet med|hos undertecknad"
    r"|hereby|herewith|pursuant|aforementioned|henceforth|in order to|prior to|with regard to|with respect to|utilis\w+"
)
"""Words that no mail or letter of ours needs (Myndigheternas skrivregler; the plain English of public notices)."""

BY_WHEN = re.compile(r"14 oktober|21 augusti")
"""The last days of the examples."""
SILENCE = re.compile(r"Om ingen|Om inget|Hör vi inget|Får vi inget|Har vi inte|Kommer inget|Gör ingen|Så länge vi inte")
ASKED_BY_A_DAY = {
    "approval_request": {},
    "approval_reminder": {"overdue": False},
    "approval_handed_over": {},
    "question_answered": {},
    "referral": {},
    "referral_reminder": {"overdue": False},
    "answer_notice": {"what": "supplement"},
    "supplement_order": {},
    "communication": {},
    "deadline_reminder": {"overdue": False},
}
"""Mails that ask for something by a day; what is set otherwise than in the example."""
ASKED = {**ASKED_BY_A_DAY, "opinion": {}, "submission": {}, "extension_request": {}, "policy_document_expiring": {}}
"""Mails that ask for something."""


@pytest.fixture(scope="module")
def words() -> Words:
    return Words([TEMPLATES])


def test_no_mail_or_letter_has_a_stiff_word() -> None:
    found = {
        f"{f.relative_to(TEMPLATES)}: {m.group()}"
        for f in WRITTEN
        for m in re.finditer(rf"\b(?:{STIFF})\b", f.read_text(encoding="utf-8"), re.IGNORECASE)
    }
    assert found == set()


def test_the_list_of_stiff_words_finds_one() -> None:
    assert re.search(rf"\b(?:{STIFF})\b", "Region Exempel översänder härmed", re.IGNORECASE)


@pytest.mark.parametrize("name", sorted(ASKED_BY_A_DAY))
def test_who_is_asked_is_told_by_when(words: Words, name: str) -> None:
    mail = words.mail(name, replace(FULL[name], **ASKED_BY_A_DAY[name]))
    assert BY_WHEN.search(mail.subject)
    for text in (mail.text, mail.html):
        assert BY_WHEN.search(text)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_who_is_asked_is_told_what_silence_leads_to(words: Words, name: str) -> None:
    mail = words.mail(name, replace(FULL[name], **ASKED[name]))
    for text in (mail.text, mail.html):
        assert SILENCE.search(" ".join(text.split())), name


@pytest.mark.parametrize("name", sorted(n for n in ASKED_BY_A_DAY if n.startswith(("approval", "question"))))
def test_a_clearance_speaks_of_no_decision(words: Words, name: str) -> None:
    """It prepares and never decides (KL 6:24, 6:27, 6:35)."""
    mail = words.mail(name, replace(FULL[name], **ASKED_BY_A_DAY[name]))
    assert not re.search(r"\b(beslut\w*|godkän\w*|bifall\w*|avslå\w*)\b", mail.text.split("\n--\n")[0], re.IGNORECASE)


def test_a_decision_sent_out_says_who_took_it_and_when(words: Words) -> None:
    said = " ".join(words.mail("dispatch", FULL["dispatch"]).text.split())
    assert "Regionstyrelsen har den 8 september 2020, § 87, beslutat i ärendet Avsiktsförklaring" in said
    assert "Region Halland har beslutat" in words.mail("dispatch", replace(FULL["dispatch"], decided=None)).text


@pytest.mark.parametrize("name", sorted({f.parents[1].name for f in WRITTEN if f.name == "body.txt.j2"}))
def test_a_mail_to_somebody_outside_tells_number_contact_and_that_it_becomes_public(words: Words, name: str) -> None:
    if "_base/outside" not in (TEMPLATES / "mail" / name / "sv/body.txt.j2").read_text(encoding="utf-8"):
        return
    foot = " ".join(words.mail(name, FULL[name]).text.split("\n--\n")[1].split())
    assert "Kontakt: Alva Ek, handläggare, alva.ek@region.example" in foot
    assert "Ange diarienummer RS200982 när ni svarar." in foot
    assert "blir allmän handling" in foot
