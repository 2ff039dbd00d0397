"""The shipped declaration of intent: it loads, its words exist, and nobody can be stuck in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from arende import definitions, guards, machine, soundness
from arende.casetypes import CaseType
from arende.errors import Refused
from arende.guards import Facts
from arende.render import Words

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def rules() -> CaseType:
    file = ROOT / "states" / "declaration_of_intent.yaml"
    found = definitions.open_file(file)
    assert found.findings == ()
    assert found.case_type is not None
    return found.case_type


@pytest.mark.long
def test_it_is_sound():
    file, words = ROOT / "states" / "declaration_of_intent.yaml", Words([ROOT / "templates"])
    read = definitions.open_file(file)
    assert read.case_type is not None
    fields = {name: words.fields_read(name) for name in words.names()}
    found = soundness.check(
        read.case_type, lines=read.lines, template_names=words.names(), template_fields=fields, file=file.name
    )
    assert [f.sentence.sv for f in found] == []


def test_has_every_state_of_the_process(rules):
    known = "draft manager_review awaiting_rsau rsau_aligned municipal_consultation compiling awaiting_decision decided"
    known += " signed submitted awaiting_reply concluded closed adjourned on_hold dismissed"
    assert set(known.split()) <= set(rules.states)


def test_every_state_step_field_role_and_document_has_a_title_in_both_languages(rules):
    titled = [*rules.states.items(), *rules.fields.items(), *rules.documents.items(), *rules.roles.items()]
    titled += [(t.name, t) for t in rules.transitions]
    assert [name for name, thing in titled if not (thing.title and thing.title.sv and thing.title.en)] == []


def test_every_mail_it_sends_has_words(rules):
    sent = set()
    for t in rules.transitions:
        effects = list(t.then)
        effects += [e for c in t.then if c.consultation for e in c.consultation.on_change]
        for e in effects:
            sent |= {x for x in (e.task and e.task.mail, e.approval and e.approval.mail) if x}
            sent |= {x for x in (e.consultation and e.consultation.mail, e.mail and e.mail.template) if x}
    assert sent <= Words([ROOT / "templates"]).names()


def test_every_guard_and_its_argument_are_known(rules):
    for t in rules.transitions:
        for g in t.when:
            spec = guards.REGISTRY[g.name]
            if spec.argument:
                spec.argument.validate_python(g.arg)


def facts(role, **more):
    return Facts(actor="a", roles=frozenset({role}), today=date(2020, 9, 2), **more)


def test_a_manager_who_wrote_the_draft_may_not_send_it_on(rules):
    mine = facts(
        "manager",
        documents=frozenset({"declaration", "official_statement"}),
        fields={"rsau_date": "2020-09-08"},
        done_by={"request_review": frozenset({"a"})},
    )
    with pytest.raises(Refused, match="får inte också"):
        machine.decide(rules, "manager_review", "submit", mine)


def test_an_alignment_may_rest_on_a_note_where_the_source_gives_no_section(rules):
    held = {"rsau_date": date(2020, 8, 18)}
    cleared = {
        "approvals": {"agenda_clearance": ("approved",)},
        "approval_acts": {"agenda_clearance": "agenda_clearance"},
    }
    with pytest.raises(Refused, match="anteckning"):
        machine.decide(rules, "awaiting_rsau", "record_alignment", facts("rsau_secretary", fields=held, **cleared))
    noted = {**held, "rsau_note": "Ej belagt i källan."}
    step = machine.decide(rules, "awaiting_rsau", "record_alignment", facts("rsau_secretary", fields=noted, **cleared))
    assert step.dest == "rsau_aligned"


def test_an_unspecified_body_needs_no_day_and_no_section_but_a_note(rules):
    unspecified = {"decision_body": "unspecified", "decision_note": "Ej belagt i källan."}
    step = machine.decide(rules, "awaiting_decision", "record_decision", facts("rs_secretary", fields=unspecified))
    assert step.dest == "decided"
    with pytest.raises(Refused):
        machine.decide(
            rules, "awaiting_decision", "record_decision", facts("rs_secretary", fields={"decision_body": "rs"})
        )


def told(rules, state, trigger, who):
    with pytest.raises(Refused) as refused:
        machine.decide(rules, state, trigger, who)
    return refused.value.told()


def test_a_refusal_speaks_of_the_way_that_the_values_point_to(rules):
    known = told(rules, "awaiting_decision", "record_decision", facts("rs_secretary", fields={"decision_body": "rs"}))
    assert any("(decision_date)" in s for s in known)
    assert not any("ej angivet" in s for s in known)
    unknown = {"decision_body": "unspecified"}
    assert told(rules, "awaiting_decision", "record_decision", facts("rs_secretary", fields=unknown)) == [
        "Ange ”anteckning om beslutet” (decision_note)."
    ]
    assert told(rules, "awaiting_reply", "conclude", facts("registrar")) == [
        "Uppgiften ”Utfall” (outcome) saknas. Fyll i den."
    ]


def test_a_missing_value_is_told_once(rules):
    given = {"rsau_note": "x"}
    cleared = {
        "approvals": {"agenda_clearance": ("approved",)},
        "approval_acts": {"agenda_clearance": "agenda_clearance"},
    }
    said = told(rules, "awaiting_rsau", "record_alignment", facts("rsau_secretary", fields=given, **cleared))
    assert said == ["Uppgiften ”RSAU:s sammanträde” (rsau_date) saknas. Fyll i den."]


def test_a_second_round_never_rests_on_the_day_of_the_first(rules):
    stored = {"rsau_date": "2020-06-09", "rsau_section": "§ 41", "krf_date": "2020-06-10"}
    left = rules.fields_for("record_alignment", stored, {"rsau_date": "2020-09-08"})
    assert left == {"rsau_date": "2020-09-08", "krf_date": "2020-06-10"}


def test_only_a_decision_to_withdraw_ends_the_case_as_withdrawn(rules):
    with pytest.raises(Refused, match="återkallelse"):
        machine.decide(rules, "awaiting_reply", "conclude", facts("registrar", fields={"outcome": "withdrawn"}))
    given = {"outcome": "withdrawn", "withdrawal_decision": "RS 2021-05-05 § 70"}
    assert machine.decide(rules, "awaiting_reply", "conclude", facts("registrar", fields=given)).dest == "concluded"


def test_a_case_already_closed_or_dismissed_goes_nowhere(rules):
    assert {r.source for r in rules.rows}.isdisjoint({"closed", "dismissed"})
