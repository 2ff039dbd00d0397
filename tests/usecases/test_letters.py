"""A step writes its letter: typeset with the case's own data, on record, sent with the step's mails, signed."""

from __future__ import annotations

import io
import json
import re
import time
from datetime import date
from functools import reduce
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import insert
from story import Story, letter_of, told, untouched

from arende import db, models
from arende.app import App
from arende.commands import RemovePayload, ReportDelivery
from arende.errors import Refused
from arende.home import demo_file
from arende.letters import Letter
from arende.markdown import plain
from arende.settings import Settings
from arende.workdays import full_date

TYPE = """
key: two_signatures
version: 1.0.0
title: {sv: Skrivelse med två underskrifter, en: A letter with two signatures}
register: RS
initial: draft
by: [case_officer]
roles:
  rs_chair: {office: chair, body: rs, title: {sv: regionstyrelsens ordförande, en: chair of the executive board}}
fields:
  text: {type: markdown, title: {sv: Brevets text, en: The text}, set_by: [ask], required: false}
  addressed_to: {type: text, title: {sv: Mottagare i brevhuvudet, en: As in the heading}, set_by: [ask], required: false}
  sender: {type: body, title: {sv: Avsändare, en: Sender}, set_by: [ask], required: false}
  contact: {type: text, title: {sv: Kontakt, en: Contact}, set_by: [ask], required: false}
  to: {type: party, title: {sv: Mottagare, en: Recipient}, set_by: [ask]}
documents:
  draft_letter: {title: {sv: Skrivelse för underskrift, en: Letter to be signed}, is_text: true}
  letter: {title: {sv: Skrivelse, en: Letter}}
states:
  draft: {waits_for: case_officer, no_deadline: x}
  asked: {waits_for: [rs_chair, region_director], no_deadline: x}
  signed: {waits_for: registrar, no_deadline: x}
  sent: {final: true}
transitions:
  - trigger: ask
    from: draft
    to: asked
    by: [case_officer]
    then:
      - letter: {template: letter, document: draft_letter, to: local_board_partners, sign: [rs_chair, region_director], draft: true}
      - approval:
          key: signature
          of: [region_director, rs_chair]
          act: signature
          join: in_order
          approve: {trigger: sign}
          return: {trigger: back}
  - trigger: back
    from: asked
    to: draft
    by: [rs_chair, region_director]
  - trigger: sign
    from: asked
    to: signed
    by: [rs_chair, region_director]
    when: [approved: signature]
    then:
      - letter: {template: letter, to: [local_board_partners, to], sign: [rs_chair, region_director], signed: signature}
  - trigger: send
    from: signed
    to: sent
    by: [registrar]
    then:
      - mail: {template: notice, to: [to, case_officer], attach: letter}
"""  # noqa: E501 – as it is written in a file


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home/states").mkdir(parents=True)
    (tmp_path / "home/states/two_signatures.yaml").write_text(TYPE, "utf-8")
    return tmp_path / "home"


@pytest.fixture
def letters(story: Story, home: Path) -> Story:
    """A case of the type above, in a home folder."""
    settings = Settings(home=home, data_dir=home / "data")
    opened = Story(App.on(settings, story.app.engine, story.clock), story.clock)
    opened.register("officer", "two_signatures", "Region Halland tar steg *framåt*")
    return opened


def newest(story: Story, key: str) -> tuple[dict, Letter]:
    """The row of the document, and the letter that it was typeset from."""
    row = [d for d in story.rows(models.documents) if d["key"] == key][-1]
    return row, letter_of(story, row)


def asked(story: Story, **fields: str) -> None:
    given = {"text": "Första stycket.\n\n- en punkt", "to": "municipality_laholm", **fields}
    story.step("officer", "ask", **given)


def test_a_step_writes_its_letter_and_puts_it_on_record(letters: Story) -> None:
    asked(letters)
    row, letter = newest(letters, "draft_letter")
    assert (row["media_type"], row["direction"], row["version"]) == ("application/pdf", "drawn_up", 1)
    assert row["name"] == f"Skrivelse för underskrift {letters.no}.pdf"
    added = letters.events("document:added")[-1]["payload"]
    assert (added["template"], added["source"]) == ("letter", row["source"])
    assert letter.title == "Region Halland tar steg *framåt*"
    assert [b["t"] for b in letter.blocks] == ["p", "ul"]
    head = letter.head
    assert (head.unit, head.kind, head.mark) == ("Regionstyrelsen", "Skrivelse", "Utkast")
    assert head.recipients == ("De lokala nämndernas samverkansparter (exempel)",)
    assert head.signatures == (
        ("Regionstyrelsens ordförande", "Regionstyrelsens ordförande", ""),
        ("Regiondirektören", "Regiondirektör", ""),
    )
    assert head.contact.startswith("Vid frågor, kontakta ")
    assert head.foot == ("Region Halland", "Org.nr 232100-0115", "registrator@region.example")


def test_the_signed_letter_tells_who_signed_and_when_and_goes_with_the_mail(letters: Story) -> None:
    asked(letters)
    letters.decide("region_director", "signature")
    letters.decide("rs_chair", "signature")
    row, letter = newest(letters, "letter")
    day = f"Undertecknat elektroniskt den {full_date(date.fromisoformat(letters.day))}"
    assert [s[1:] for s in letter.head.signatures] == [("Regionstyrelsens ordförande", day), ("Regiondirektör", day)]
    assert letter.head.recipients[-1] == "Laholms kommun"
    letters.step("registrar", "send")
    (mail,) = letters.mails("notice", "registrator")
    assert mail["attachments"] == [{"name": row["name"], "media_type": "application/pdf", "sha256": row["sha256"]}]


def test_the_pdf_is_the_letter_set_anew_and_carries_the_cases_data(letters: Story) -> None:
    asked(letters)
    row, letter = newest(letters, "draft_letter")
    data = letters.app.storage.read(row["sha256"])
    assert letters.app.press.pdf(letter) == data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        kept = json.loads(pdf.attachments["arende.json"].get_file().read_bytes())
    assert kept["data"]["register_no"] == letters.no
    assert kept["data"]["fields"]["to"] == "municipality_laholm"


def test_a_value_that_is_missing_refuses_the_step_and_says_which(letters: Story) -> None:
    with untouched(letters), pytest.raises(Refused) as refused:
        letters.step("officer", "ask", to="municipality_laholm")
    sv, en = refused.value.told("sv")[0], refused.value.told("en")[0]
    assert sv.startswith("Uppgiften ”Brevets text” (text) saknas, och handlingen kan inte skrivas utan den.")
    assert en.startswith('The value "The text" (text) is missing')
    assert re.search(r"Mall: letters/\S+\.md\.j2, rad \d+\.$", sv)
    assert re.search(r"Template: letters/\S+\.md\.j2, line \d+\.$", en)


def test_a_value_that_is_missing_in_a_statement_of_the_template_is_named_too(letters: Story, home: Path) -> None:
    (home / "templates/letters").mkdir(parents=True)
    (home / "templates/letters/letter.md.j2").write_text("# Brev\n{% if case.fields.text == 'x' %}\n{% endif %}\n")
    settings = Settings(home=home, data_dir=home / "data")
    opened = Story(App.on(settings, letters.app.engine, letters.clock), letters.clock)
    opened.no = letters.no
    with told(Refused, "Uppgiften ”Brevets text” (text) saknas", "Mall: letters/letter.md.j2, rad 2."):
        opened.step("officer", "ask", to="municipality_laholm")


def test_a_letter_nobody_has_signed_is_never_written_as_signed(story: Story, home: Path) -> None:
    text = TYPE.replace("    when: [approved: signature]\n", "")
    (home / "states/two_signatures.yaml").write_text(text, "utf-8")
    opened = Story(App.on(Settings(home=home, data_dir=home / "data"), story.app.engine, story.clock), story.clock)
    opened.register("officer", "two_signatures", "x")
    asked(opened)
    with untouched(opened), told(Refused, "Ingen har skrivit under än"):
        opened.step("rs_chair", "sign")


def test_a_new_version_of_the_text_shows_what_has_changed(letters: Story) -> None:
    asked(letters)
    letters.decide("region_director", "signature", "return", "Rätta.")
    letters.step("officer", "ask", text="Andra stycket.\n\n- en punkt")
    row, _ = newest(letters, "draft_letter")
    assert (row["version"], row["name"]) == (2, f"Skrivelse för underskrift {letters.no} v2.pdf")


def test_the_letters_source_is_kept_and_goes_with_a_removal(letters: Story) -> None:
    asked(letters)
    row, _ = newest(letters, "draft_letter")
    assert letters.app.storage.has(row["source"])
    letters.deliver()
    letters.on_case(RemovePayload, "registrar", seq=row["added_seq"], decision="Beslut 1")
    assert not letters.app.storage.has(row["sha256"])
    assert not letters.app.storage.has(row["source"])


def test_the_letter_of_2022_to_the_partners_of_the_local_boards_field_by_field(story: Story, home: Path) -> None:
    """The region's public letter of 19 September 2022 in a case opened in 2020. The address in it is invented."""
    said = json.loads(demo_file("skrivelse_RS200982.json").read_text("utf-8"))
    (chair, director), contact = said["undertecknare"], said["kontaktperson"]
    names = [("Regionstyrelsens ordförande, title", chair["namn"]), ("Regiondirektören, title", director["namn"])]
    story.people(lambda t: reduce(lambda text, n: text.replace(f"{{name: {n[0]}", f"{{name: {n[1]}, title"), names, t))
    settings = Settings(home=home, data_dir=home / "data")
    s = Story(App.on(settings, story.app.engine, story.clock), story.clock)
    with db.writing(s.app.engine) as c:
        c.execute(insert(models.counters).values(series="RS", year=2020, next=982))
    s.register("officer", "two_signatures", said["rubrik"])
    s.on_the(said["datum"])
    who = ", ".join(contact[k] for k in ("namn", "titel")) + f", e-post: {contact['epost']}"
    asked(s, text="\n\n".join(said["stycken"]), addressed_to=said["mottagare"], sender="rs", contact=who)
    s.decide("region_director", "signature")
    s.decide("rs_chair", "signature")
    row, letter = newest(s, "letter")
    head = letter.head
    assert head.recipients == (said["mottagare"],)
    assert head.day.isoformat() == said["datum"]
    assert head.register_no == said["diarienummer"]
    assert letter.title == said["rubrik"]
    assert [plain([b]) for b in letter.blocks] == said["stycken"]
    assert head.sender == said["avsandare"]
    assert [(name, title) for name, title, _ in head.signatures] == [
        (u["namn"], u["roll"]) for u in said["undertecknare"]
    ]
    assert {how for _, _, how in head.signatures} == {"Undertecknat elektroniskt den 19 september 2022"}
    assert head.contact == f"Vid frågor vänligen kontakta {who}."
    assert s.app.storage.read(row["sha256"]).startswith(b"%PDF-")


# ---------------------------------------------------------------- one letter for each

EACH = """
key: to_each
version: 1.0.0
title: {sv: Brev till var och en, en: A letter to each}
register: RS
initial: draft
by: [case_officer]
fields:
  text: {type: markdown, title: {sv: Text, en: Text}, set_by: [send]}
  partners: {type: parties, title: {sv: Samverkansparter, en: Partners}, set_by: [send], required: false}
documents:
  partner_letter: {title: {sv: Brev till samverkanspart, en: Letter to a partner}}
states:
  draft: {waits_for: case_officer, no_deadline: x}
  sent: {waits_for: case_officer, no_deadline: x}
  done: {final: true}
transitions:
  - trigger: send
    from: [draft, sent]
    to: sent
    by: [case_officer]
    then:
      - letter: {template: letter, document: partner_letter, to: partners, each: true}
      - mail: {template: letter, to: [partners], attach: [partner_letter]}
  - {trigger: close, from: sent, to: done, by: [case_officer], when: [no_open_tasks, no_unsent_mail]}
"""
PARTY = "  party_{n}: {{name: Part {n}, kind: other, email: part{n}@part.example}}\n"


@pytest.fixture
def each(story: Story, tmp_path: Path) -> Story:
    (tmp_path / "each/states").mkdir(parents=True)
    (tmp_path / "each/states/to_each.yaml").write_text(EACH, "utf-8")
    settings = Settings(home=tmp_path / "each", data_dir=tmp_path / "each/data")
    opened = Story(App.on(settings, story.app.engine, story.clock), story.clock)
    opened.register("officer", "to_each", "De lokala nämnderna upphör")
    return opened


def test_each_of_six_gets_a_letter_of_their_own_and_nobody_elses(each: Story) -> None:
    each.step("officer", "send", text="Kommunen berörs.", partners="municipalities")
    letters_ = each.rows(models.documents)
    assert len(letters_) == 6
    for row in letters_:
        (name,) = letter_of(each, row).head.recipients
        assert row["name"] == f"Brev till samverkanspart {each.no} {name}.pdf"
        (mail,) = [m for m in each.mails("letter") if m["recipient_name"] == name]
        assert [a["sha256"] for a in mail["attachments"]] == [row["sha256"]]
        assert "Brev till samverkanspart" in mail["text"]


def test_a_second_letter_to_the_same_partner_is_its_next_version(each: Story) -> None:
    each.step("officer", "send", text="Först.", partners="municipality_hylte")
    each.step("officer", "send", text="Sedan.")
    rows = each.rows(models.documents)
    assert [(d["key"], d["version"]) for d in rows] == [("partner_letter_municipality_hylte", v) for v in (1, 2)]
    assert rows[-1]["name"] == f"Brev till samverkanspart {each.no} v2 Hylte kommun.pdf"
    assert [a["sha256"] for a in each.mails("letter")[-1]["attachments"]] == [rows[-1]["sha256"]]


def test_a_letter_to_nobody_is_refused(each: Story) -> None:
    with untouched(each), told(Refused, "Brevet har ingen mottagare"):
        each.step("officer", "send", text="Till ingen.")


@pytest.mark.parametrize("many", [20, pytest.param(500, marks=pytest.mark.slow)])
def test_many_letters_are_written_in_one_step_and_one_that_bounces_is_a_task(each: Story, many: int) -> None:
    more = "".join(PARTY.format(n=n) for n in range(many))
    listed = ", ".join(f"party_{n}" for n in range(many))
    group = f"  everybody:\n    title: {{sv: Alla, en: All}}\n    parties: [{listed}]"
    each.people(lambda t: t.replace("\ngroups:\n", f"\n{more}\ngroups:\n{group}\n"))
    begun = time.process_time()
    each.step("officer", "send", text="Till alla.", partners="everybody")
    assert time.process_time() - begun < 5 + many / 5  # a twentieth of a second for each, on a machine that is shared
    assert len({a["sha256"] for m in each.mails("letter") for a in m["attachments"]}) == many
    mail = each.mails("letter")[many // 2]
    each.do(ReportDelivery(actor="system", outbox=mail["id"], reply="550 5.1.1 User unknown"))
    each.deliver()
    with told(Refused, "öppna"):
        each.step("officer", "close")
    each.complete("officer", "delivery_failure")
    each.step("officer", "close")
