"""A definition can be read aloud, and drawn."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from arende import definitions, diagram, prose, schema, vocabulary
from arende.casetypes import CaseType

STATES = Path(__file__).resolve().parents[2] / "states"
SHIPPED = definitions.load_folder([STATES])[0]

SMALL = """\
key: small
version: 1.0.0
title: {sv: 'Litet <ärende> "&"', en: Small case}
initial: open
fields:
  amount: {type: integer, title: {sv: belopp, en: amount}, set_by: register}
documents:
  letter: {title: {sv: brevet, en: the letter}, required: true}
states:
  open: {title: {sv: Öppet: här}, waits_for: case_officer, deadline: {days: 1, unit: working, ground: law, law: 9 § FL}}
  end: {title: {sv: Slut}, final: true}
transitions:
  - trigger: close
    title: {sv: Stäng, en: Close}
    from: open
    to: end
    by: [case_officer, manager]
    when: [{field: {amount: {gt: 5, le: 10}}}, {document_present: letter}]
    not_same_as: [close]
    comment: required
""".replace("Öppet: här", '"Öppet: här"')


@pytest.fixture
def small() -> CaseType:
    case_type, findings = definitions.read(SMALL, "small.yaml")
    assert case_type is not None, findings
    return case_type


def test_a_definition_reads_as_swedish(small: CaseType) -> None:
    told = prose.page(small)
    assert "Ärendet väntar på handläggare. Senast 1 arbetsdag efter att ärendet kom hit (enligt lag: 9 § FL)." in told
    assert "5 arbetsdagar efter sista dagen lämnas saken till chef." in told
    assert (
        "- **Stäng** → ”Slut”. Görs av handläggare eller chef. Det krävs att ”belopp” är mer än 5 och högst 10 och "
        "handlingen ”brevet” finns. Den som gjorde ”Stäng” får inte göra detta. Skälet ska skrivas."
    ) in told


def test_a_definition_reads_as_english(small: CaseType) -> None:
    told = prose.page(small, "en")
    assert "The case waits for case officer. Within 1 working day from its arrival here (by law: 9 § FL)." in told
    assert '"amount" is more than 5 and at most 10' in told


@pytest.mark.parametrize("key", sorted(SHIPPED))
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_shipped_definition_can_be_read_and_names_nothing_by_its_id(key: str, language: str) -> None:
    ct = SHIPPED[key]
    told = prose.page(ct, language)
    for state in ct.states:
        assert ct.state_title(state, language) in told
    ids = {*ct.fields, *ct.documents, *ct.triggers, *ct.roles, *ct.states} - {"declaration_of_intent"}
    assert [i for i in sorted(ids) if "_" in i and i in told] == []
    assert "None" not in told
    assert "  " not in told.replace("\n  - ", "\n")


def test_every_mail_that_shipped_definitions_send_has_words() -> None:
    sent = {
        name
        for ct in SHIPPED.values()
        for t in ct.transitions
        for e in t.then
        for name in (e.mail and e.mail.template, e.consultation and e.consultation.mail)
        if name
    }
    assert sent <= set(vocabulary.MAILS)


def test_mermaid_takes_no_word_for_syntax(small: CaseType) -> None:
    told = diagram.mermaid(small)
    assert told.startswith("stateDiagram-v2\n")
    assert 'state "Öppet∶ här" as open' in told
    assert "open --> end_ : Stäng" in told
    assert "end_ --> [*]" in told


@pytest.mark.long
def test_the_svg_has_a_title_and_a_node_for_every_state(small: CaseType) -> None:
    drawn = diagram.svg(small)
    root = ET.fromstring(drawn)  # noqa: S314 – our own drawing
    assert root.get("role") == "img"
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == 'Litet <ärende> "&" – lägen och steg'
    assert root.get("aria-labelledby") == title.get("id")
    assert {e.get("id") for e in root.iter()} >= {"n-open", "n-end"}


def test_the_schema_that_is_kept_is_current() -> None:
    assert (STATES / "schema.json").read_text(encoding="utf-8") == schema.text(), (
        "arende states schema > states/schema.json"
    )


def test_the_schema_knows_the_short_forms_and_the_guards() -> None:
    told = json.loads(schema.text())
    by = told["$defs"]["Transition"]["properties"]["by"]["anyOf"]
    assert {s["type"] for s in by} == {"string", "array", "null"}
    alone, argued = told["$defs"]["Guard"]["anyOf"]
    assert "no_open_tasks" in alone["enum"]
    assert "document_present" in argued["properties"]
    assert told["$defs"]["Guard"] != told["$defs"]["Transition"]
