# ruff: noqa: E501 – each definition is one line of a table
"""Each rule of soundness has a definition that breaks it, and the smallest sound definition breaks none."""

import copy
from typing import Any

import pytest
import yaml

from arende import definitions, soundness
from arende.casetypes import CaseType, Finding

MINI = """
key: mini
version: 1.0.0
initial: open
fields: {amount: {type: integer, set_by: register}}
states:
  open: {waits_for: case_officer, deadline: {days: 30, unit: calendar, then: {escalate: manager}}}
  closed: {final: true}
transitions:
  - {trigger: close, from: open, to: closed, by: [case_officer]}
"""

BAD = [
    ("V01", "error", "initial: [open, closed]"),
    ("V02", "error", "transitions: [{trigger: ask, from: open, to: nowhere, by: [case_officer]}]"),
    ("V03", "error", "states: {island: {final: true}}"),
    ("V04", "error", "{states: {stuck: {waits_for: manager, no_deadline: waits}}, transitions: [{trigger: park, from: open, to: stuck, by: [manager]}]}"),
    ("V05", "error", "transitions: [{trigger: reopen, from: closed, to: open, by: [manager]}]"),
    ("V06", "error", "transitions: [{trigger: fast, from: open, to: closed, by: [manager], when: [{field: {amount: {gt: 5, lt: 3}}}]}]"),
    ("V07", "error", "transitions: [{trigger: close, from: open, to: open, by: [manager], when: [{field: {amount: {gt: 0}}}]}]"),
    ("V08", "error", "{states: {check: {auto: true}}, transitions: [{trigger: run, from: open, to: check, by: [manager]}, {auto: true, from: check, to: check, when: [{field: {amount: {gt: 0}}}]}, {auto: true, from: check, to: closed, when: [{field: {amount: {le: 0}}}]}]}"),
    ("V09", "error", "states: {open: {waits_for: null}}"),
    ("V10", "error", "states: {open: {deadline: {then: {escalate: case_officer}}}}"),
    ("V11", "error", "transitions: [{trigger: ask, from: open, to: open, by: [manager], then: [{consultation: {parties: [a, b, c], join: {at_least: 4}, late: record, due: {days: 21, unit: calendar}, complete: close, expired: close}}]}]"),
    ("V12", "error", "transitions: [{trigger: skip, from: open, to: closed, by: [manager], then: [{task: {of: manager, act: review}}]}]"),
    ("V13", "warn", "transitions: [{trigger: confirm, from: open, to: closed, by: [chair], quorum: 2}]"),
    ("V14", "error", "{fields: {grant: {type: integer}}, transitions: [{trigger: fast, from: open, to: closed, by: [manager], when: [{field: {grant: {gt: 0}}}]}]}"),
    ("V15", "error", "states: {closed: {kind: decision}}"),
    ("V16", "warn", "scenarios: [{name: start, steps: [{expect: {state: open}}]}]"),
    ("V18", "error", "states: {open: {deadlin: {days: 30, unit: calendar}}}"),
    ("V19", "error", 'transitions: [{trigger: fast, from: open, to: closed, by: [manager], when: ["len(amount) > 0"]}]'),
    ("V02", "error", "plan: {source: x, plan: x, changes: x, by: [nobody], in: [nowhere], decided_by: never}"),
]  # fmt: skip


def merged(base: Any, more: Any) -> Any:
    """Maps merge, lists append, anything else replaces."""
    if isinstance(base, dict) and isinstance(more, dict):
        return {**base, **{k: merged(base[k], v) if k in base else v for k, v in more.items()}}
    return [*base, *more] if isinstance(base, list) and isinstance(more, list) else copy.deepcopy(more)


def text_of(*more: str) -> str:
    """Mini with more merged into it, as YAML."""
    value = yaml.safe_load(MINI)
    for part in more:
        value = merged(value, yaml.safe_load(part))
    return yaml.safe_dump(value, sort_keys=False)


def judged(text: str, **known: Any) -> list[Finding]:
    found = definitions.sound(definitions.read_with_lines(text, "mini.yaml"), "mini.yaml", **known)
    return list(found.findings)


def codes(*more: str) -> set[tuple[str, str]]:
    return {(f.code, f.level) for f in judged(text_of(*more))}


def mini(*more: str) -> CaseType:
    case_type, findings = definitions.read(text_of(*more), "mini.yaml")
    assert case_type is not None, findings
    return case_type


def test_the_smallest_sound_definition_gives_no_finding() -> None:
    assert judged(MINI) == []


@pytest.mark.parametrize(("code", "level", "bad"), BAD, ids=[f"{code}-{n}" for n, (code, _, _) in enumerate(BAD)])
def test_each_rule_finds_what_breaks_it(code: str, level: str, bad: str) -> None:
    assert codes(bad) == {(code, level)}


def test_a_case_that_gets_stuck_is_shown_by_its_path() -> None:
    (found,) = judged(text_of(BAD[3][2]))
    assert found.path == ("open", "stuck")
    assert "open → stuck" in found.sentence.sv


def test_a_version_that_is_raised_too_little_is_an_error() -> None:
    more = (
        "{version: 1.0.1, states: {idle: {waits_for: manager, no_deadline: paused}}, transitions: [{trigger: pause, "
        "from: open, to: idle, by: [manager]}, {trigger: resume, from: idle, to: open, by: [manager]}]}"
    )
    assert judged(text_of(more)) == []
    (found,) = soundness.compare(mini(), mini(more), file="mini.yaml")
    assert (found.code, found.level) == ("V17", "error")
    assert "1.1.0" in found.sentence.sv
    assert soundness.compare(mini(), mini(more, "version: 1.1.0")) == []
    assert soundness.compare(mini(), mini(more, "version: 2.0.0")) == []
    assert soundness.compare(mini(), mini(more, "version: 1.0.0"))
    assert soundness.compare(mini("version: 1.2.0"), mini("version: 1.1.9"))


@pytest.mark.parametrize(
    "more",
    [
        "title: {sv: Litet}",
        "fields: {note: {type: text}}",
        "documents: {note: {title: {sv: Anteckning}}}",
        "states: {open: {title: {sv: Öppet}, help: {sv: Hjälp}}}",
    ],
)
def test_words_and_added_options_are_a_patch(more: str) -> None:
    assert soundness.compare(mini(), mini(more, "version: 1.0.1")) == []
    assert "1.0.1" in soundness.compare(mini(), mini(more))[0].sentence.sv


def test_a_new_scenario_is_no_new_version() -> None:
    assert soundness.compare(mini(), mini(BAD[15][2])) == []


def test_a_shorter_deadline_is_more_than_a_patch() -> None:
    assert soundness.compare(mini(), mini("{version: 1.0.1, states: {open: {deadline: {days: 20}}}}"))


@pytest.mark.parametrize(
    ("more", "code", "says", "meant"),
    [
        ("states: {open: {waits_for: case_oficer}}", "V02", "case_oficer", "case_officer"),
        ("initial: opne", "V02", "opne", "open"),
        ("transitions: [{trigger: x, from: opn, to: closed, by: [manager]}]", "V02", "opn", "open"),
        ("transitions: [{trigger: x, from: open, to: closd, by: [manager]}]", "V02", "closd", "closed"),
        ("transitions: [{trigger: x, from: open, to: closed, by: [manger]}]", "V02", "manger", "manager"),
        ("transitions: [{trigger: x, from: open, to: closed, by: [manager], not_same_as: [clos]}]", "V02", "clos", "close"),
        ("transitions: [{trigger: x, from: open, to: closed, by: [manager], when: [no_open_task]}]", "V02", "no_open_task", "no_open_tasks"),
        ("transitions: [{trigger: x, from: open, to: closed, by: [manager], when: [{field: {amont: {gt: 1}}}]}]", "V02", "amont", "amount"),
        ("{documents: {letter: {}}, transitions: [{trigger: x, from: open, to: closed, by: [manager], when: [{document_present: leter}]}]}", "V02", "leter", "letter"),
        ("transitions: [{trigger: x, from: open, to: closed, by: [manager], when: [{asks_all: {field: amont, of: [municipalities], law: 1 §}}]}]", "V02", "amont", "amount"),
        ("transitions: [{trigger: x, from: open, to: same, by: [manager], then: [{mail: {template: refferal, to: [manager]}}]}]", "V02", "refferal", "referral"),
        ("transitions: [{trigger: x, from: open, to: same, by: [manager], then: [{task: {of: managr, act: see}}]}]", "V02", "managr", "manager"),
        ("states: {open: {deadline: {then: {trigger: clsoe, escalate: null}}}}", "V02", "clsoe", "close"),
        ("states: {open: {deadline: {after: amonut}}}", "V02", "amonut", "amount"),
        ("fields: {amount: {set_by: regster}}", "V02", "regster", "register"),
        ("fields: {amount: {cleared_by: clsoe}}", "V02", "clsoe", "close"),
        ("calendar: sveden", "V02", "sveden", "sweden"),
        ("legal_regime: legal_review", "V02", "legal_review", "legality_review"),
        ("roles: {c: {office: chair, body_from: amunt}}", "V02", "amunt", "amount"),
        ("transitions: [{trigger: x, from: open, to: closed, by: [manager], when: [{field: {amount: {presnt: true}}}]}]", "V19", "field", "present"),
        ("transitions: [{trigger: x, from: open, to: closed, by: [manager], efter: 1}]", "V18", "efter", None),
        ("transitions: [{trigger: x, from: open, to: closed, by: [manager], prioritet: 1}]", "V18", "prioritet", "priority"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_told_with_the_one_that_was_meant(more: str, code: str, says: str, meant: str) -> None:
    findings = judged(text_of(more), template_names={"referral", "task_assigned"})
    assert {f.code for f in findings} == {code}
    assert says in findings[0].sentence.sv
    if meant:
        assert findings[0].suggestion is not None
        assert meant in findings[0].suggestion.en


def test_a_finding_stands_on_its_own_line() -> None:
    text = (
        MINI
        + "  - trigger: ask\n    from: open\n    to: closed\n    by: [case_officer]\n    when:\n      - no_open_task\n"
    )
    (found,) = judged(text)
    assert text.splitlines()[found.line - 1].strip() == "- no_open_task"


@pytest.mark.parametrize("guard", ["len(amount) > 0", "os.getcwd", "__import__('os').system('ls')", "a b", "FIELD"])
def test_no_text_is_evaluated(guard: str) -> None:
    more = yaml.safe_dump(
        {"transitions": [{"trigger": "x", "from": "open", "to": "closed", "by": ["manager"], "when": [guard]}]}
    )
    assert codes(more) == {("V19", "error")}


def test_templates_are_judged_only_where_there_are_some() -> None:
    more = text_of(
        "transitions: [{trigger: x, from: open, to: same, by: [manager], then: [{mail: {template: t, to: [manager]}}]}]"
    )
    assert judged(more) == []
    assert [f.code for f in judged(more, template_names=set())] == ["V02"]


@pytest.mark.parametrize(
    ("letter", "says"),
    [
        ("opinon", "opinon"),
        ("{template: opinion, document: opinon}", "opinon"),
        ("{template: opinion, sign: managr}", "managr"),
        ("{template: opinion, signed: signture}", "signture"),
        ("{template: opinion, to: amount}", "amount"),
    ],
)
def test_what_a_letter_names_exists(letter: str, says: str) -> None:
    step = "trigger: x, from: open, to: same, by: [manager], then: [{letter: %s}]"
    more = f"{{documents: {{opinion: {{}}}}, transitions: [{{{step % letter}}}]}}"
    findings = judged(text_of(more), template_names={"task_assigned", "letters/opinion"})
    assert {f.code for f in findings} == {"V02"}
    assert says in findings[0].sentence.sv


def test_a_letter_may_be_named_by_its_template_alone() -> None:
    step = "{trigger: x, from: open, to: same, by: [manager], then: [{letter: opinion}]}"
    (letter,) = [t.then[0].letter for t in mini(f"transitions: [{step}]").transitions if t.trigger == "x"]
    assert letter is not None
    assert (letter.template, letter.name) == ("opinion", "opinion")


STEP = "trigger: x, from: open, to: closed, by: [manager]"
ROUND = "kind: referral, parties: [a, b], due: {days: 21}, complete: done, expired: done, late: record"
ASKED = (
    "{{states: {{asked: {{waits_for: parties, no_deadline: the round has one}}}}, transitions: ["
    "{{trigger: ask, from: open, to: asked, by: [case_officer], then: [{{consultation: {{{0}}}}}]}},"
    "{{trigger: done, from: asked, to: {1}, by: [system]}}, {{trigger: back, from: asked, to: open, by: [manager]}}]}}"
)
CLEARED = (
    "{{states: {{wait: {{waits_for: chair, no_deadline: the request has one}}}}, transitions: ["
    "{{trigger: ask, from: open, to: wait, by: [case_officer], then: [{{approval: {{{0}}}}}]}},"
    "{{trigger: back, from: wait, to: open, by: [chair]}}, {{trigger: end, from: wait, to: closed, by: [chair]}}]}}"
)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        # V01, V02: legal names, previous
        ("states: {closed: {final: false, waits_for: manager, no_deadline: x}}", "V01"),
        ("transitions: [{from: open, to: closed, by: [manager]}]", "V01"),
        ("states: {previous: {final: true}}", "V01"),
        ("transitions: [{trigger: x, from: open, to: previous, by: [manager]}]", "V02"),
        ("transitions: [{trigger: x, from: open, to: closed, by: [manager], when: [{asks_all: {field: amount, of: [municipalities], law: 1 §}}]}]", "V02"),
        # V06: nobody may, a whole number between two neighbours, a text is never more than a number
        ("transitions: [{trigger: x, from: open, to: closed}]", "V06"),
        (f"transitions: [{{{STEP}, when: [{{field: {{amount: {{gt: 5, lt: 6}}}}}}]}}]", "V06"),
        (f"transitions: [{{{STEP}, when: [{{field: {{amount: {{gt: 5}}}}}}, {{field: {{amount: {{eq: 5}}}}}}]}}]", "V06"),
        (f"{{fields: {{n: {{type: text, set_by: register}}}}, transitions: [{{{STEP}, when: [{{field: {{n: {{gt: 5}}}}}}]}}]}}", "V06"),
        (f"{{fields: {{c: {{type: choice, set_by: register, choices: {{a: {{sv: A}}}}}}}}, transitions: [{{{STEP}, when: [{{field: {{c: {{eq: b}}}}}}]}}]}}", "V06"),
        # V07: an automatic choice leaves nobody out
        ("{states: {check: {auto: true}}, transitions: [{trigger: run, from: open, to: check, by: [manager]}, {auto: true, from: check, to: closed, when: [{field: {amount: {gt: 0}}}]}]}", "V07"),
        # V09
        ("states: {open: {deadline: null}}", "V09"),
        ("states: {open: {deadline: null, no_deadline: ' '}}", "V09"),
        ("{states: {check: {auto: true}}, transitions: [{trigger: run, from: open, to: check, by: [manager]}, {trigger: end, from: check, to: closed, by: [manager]}]}", "V09"),
        # V10
        ("states: {open: {deadline: {remind: [], then: null}}}", "V10"),
        ("states: {open: {deadline: {then: {escalate: null}}}}", "V10"),
        ("states: {open: {deadline: {remind: [1, 5]}}}", "V10"),
        ("states: {open: {waits_for: [manager, administrator], deadline: {then: null}}}", "V10"),
        ("{states: {idle: {waits_for: manager, deadline: {days: 3, then: {trigger: close}}}}, transitions: [{trigger: pause, from: open, to: idle, by: [manager]}, {trigger: resume, from: idle, to: open, by: [manager]}]}", "V10"),
        # V11
        (ASKED.format(ROUND.replace(", late: record", ""), "open"), "V11"),
        (ASKED.format(ROUND.replace(", expired: done", ""), "open"), "V11"),
        (ASKED.format(ROUND, "asked"), "V11"),
        (ASKED.format(ROUND + ", join: {at_least: 0}", "open"), "V11"),
        (ASKED.format(ROUND.replace("complete: done", "complete: close"), "open"), "V11"),
        (CLEARED.format("of: chair, act: clearance, approve: {record: true}"), "V11"),
        (CLEARED.format("of: chair, act: clearance, approve: {trigger: close}, return: {trigger: back}"), "V11"),
        (CLEARED.format("of: chair, act: clearance, approve: {trigger: end}, return: {trigger: back}"), "V11"),
        (CLEARED.format("of: chair, act: clearance, approve: {record: true}, return: {trigger: back}, reject: {trigger: back}"), "V11"),
        (CLEARED.format("of: chair, act: agenda_clearance, approve: {record: true}, return: {trigger: back}, reject: {trigger: end}"), "V11"),
        (CLEARED.format("of: chair, act: signature, due: {days: 3}, hand_over: 2, approve: {record: true}, return: {trigger: back}"), "V11"),
        (CLEARED.format("of: chair, act: clearance, hand_over: 2, approve: {record: true}, return: {trigger: back}"), "V11"),
        (CLEARED.format("of: chair, act: clearance, join: in_order, approve: {record: true}, return: {trigger: back}"), "V11"),
        (CLEARED.format("of: [chair, manager], act: clearance, join: deadline, approve: {record: true}, return: {trigger: back}"), "V11"),
        (CLEARED.format("of: chair, act: clearance, not_same_as: [aks], approve: {record: true}, return: {trigger: back}"), "V02"),
        (ASKED.format(ROUND + ", join: in_order", "open"), "V11"),
        (CLEARED.format("of: chair, act: signature, join: {at_least: 2}, approve: {record: true}, return: {trigger: back}"), "V11"),
        # V12
        ("states: {closed: {deadline: {days: 3}}}", "V12"),
        ("states: {closed: {waits_for: manager}}", "V12"),
        # V14: a role's body, a deadline's step, a system's step
        ("{fields: {who: {type: body}}, roles: {its_chair: {office: chair, body_from: who}}, states: {open: {waits_for: its_chair}}}", "V14"),
        ("{fields: {why: {type: text, set_by: close}}, states: {open: {deadline: {then: {trigger: close}}}}}", "V14"),
        ("{fields: {why: {type: text, set_by: done}}, " + ASKED.format(ROUND, "open")[1:], "V14"),
        (f"{{fields: {{why: {{type: text, set_by: register, required: false}}}}, transitions: [{{{STEP}, when: [{{field: {{why: {{eq: x}}}}}}]}}]}}", "V14"),
        ("{fields: {amount: {cleared_by: wait}}, states: {later: {waits_for: manager, no_deadline: waits}}, transitions: [{trigger: wait, from: open, to: later, by: [manager]}, {trigger: end, from: later, to: closed, by: [manager], when: [{field: {amount: {gt: 5}}}]}, {trigger: give_up, from: later, to: closed, by: [manager]}]}", "V14"),
        # V15
        ("{documents: {d: {}}, states: {open: {decision: {letter: d, delivered_by: close, appeal: {text: none, weeks: 0, from: notice, reason: x}}}}}", "V15"),
        ("{documents: {d: {}}, states: {closed: {kind: decision, decision: {letter: d, delivered_by: close, appeal: {text: none, weeks: 0, from: notice, reason: x}}}}}", "V15"),
        ("{legal_regime: legality_review, documents: {d: {}}, states: {open: {kind: decision, decision: {letter: d, delivered_by: close, appeal: {text: legality_review, weeks: 3, from: service}}}}}", "V15"),
        ("{documents: {d: {}}, states: {open: {kind: decision, decision: {letter: d, delivered_by: close, appeal: {text: legality_review, weeks: 3, from: notice}}}}}", "V15"),
        ("{documents: {d: {}}, states: {open: {kind: decision, decision: {letter: d, delivered_by: close, appeal: {text: none, weeks: 0, from: notice}}}}}", "V15"),
    ],
)  # fmt: skip
def test_each_rule_finds_its_other_breaches(more: str, code: str) -> None:
    assert codes(more) == {(code, "error")}


@pytest.mark.parametrize(
    "more",
    [
        ASKED.format(ROUND, "open"),
        ASKED.format(ROUND + ", join: {at_least: 2}", "open"),
        CLEARED.format("of: chair, act: clearance, approve: {record: true}, return: {trigger: back}"),
        CLEARED.format("of: chair, act: signature, approve: {trigger: end}, return: {trigger: back}"),
        CLEARED.format("of: chair, act: agenda_clearance, approve: {record: true}, return: {trigger: back}, reject: {trigger: back}"),
        CLEARED.format("of: chair, act: clearance, due: {days: 3}, hand_over: 2, approve: {record: true}, return: {trigger: back}"),
        CLEARED.format("of: [chair, manager], act: clearance, join: in_order, approve: {record: true}, return: {trigger: back}"),
        CLEARED.format("of: chair, act: clearance, not_same_as: [ask], approve: {record: true}, return: {trigger: back}"),
        "states: {open: {deadline: {then: null}}}",
        "states: {open: {waits_for: manager, deadline: {then: null}}}",
        "states: {open: {deadline: {remind: [-3, 1]}}}",
        "transitions: [{trigger: close, from: open, to: same, by: [manager], when: [{field: {amount: {gt: 0}}}], priority: 1}, "
        "{trigger: other, from: open, to: closed, by: [manager], when: [{field: {amount: {gt: 0}}}]}, "
        "{trigger: other, from: open, to: same, by: [manager], when: [{field: {amount: {le: 0}}}]}]".replace("trigger: close", "trigger: halt"),
        "{states: {check: {auto: true}}, transitions: [{trigger: run, from: open, to: check, by: [manager]}, {auto: true, from: check, to: open, when: [{field: {amount: {gt: 0}}}]}, {auto: true, from: check, to: closed, when: [{field: {amount: {le: 0}}}]}]}",
        "{fields: {why: {type: text, set_by: end}}, transitions: [{trigger: end, from: open, to: closed, by: [manager], when: [{field: {why: {ne: x}}}]}]}",
        "{fields: {why: {type: text}}, transitions: [{trigger: end, from: open, to: closed, by: [manager], when: [{field: {why: {present: true}}}]}]}",
        "{states: {rest: {hold: true, waits_for: case_officer, no_deadline: rests}}, transitions: [{trigger: hold, from: open, to: rest, by: [manager]}, {trigger: resume, from: rest, to: previous, by: [manager]}]}",
        "{documents: {d: {}}, legal_regime: legality_review, states: {open: {kind: decision, decision: {letter: d, delivered_by: close, appeal: {text: legality_review, weeks: 3, from: notice}}}}}",
        "{fields: {why: {type: text, set_by: end, required: false}}, transitions: [{trigger: end, from: open, to: closed, by: [manager], when: [{field: {why: {ne: x}}}]}]}",
        "scenarios: [{name: end, steps: [{do: close}, {expect: {state: closed}}]}]",
        "scenarios: [{name: end, steps: [{do: close}]}]",
    ],
)  # fmt: skip
def test_what_is_sound_gives_no_finding(more: str) -> None:
    assert codes(more) == set()


def test_a_pattern_is_never_run_so_the_answer_is_undecided() -> None:
    more = f"{{fields: {{n: {{type: text, set_by: register, pattern: '(a+)+$'}}}}, transitions: [{{{STEP}, when: [{{field: {{n: {{eq: b}}}}}}]}}]}}"
    assert codes(more) == {("V06", "warn")}


def test_too_many_cases_are_undecided_rather_than_slow() -> None:
    fields = ", ".join(f"f{n}: {{type: integer, set_by: register}}" for n in range(12))
    bounds = ", ".join(f"f{n}: {{gt: 1, lt: 9}}" for n in range(12))
    assert codes(f"{{fields: {{{fields}}}, transitions: [{{{STEP}, when: [{{field: {{{bounds}}}}}]}}]}}") == {
        ("V06", "warn")
    }


def test_a_choice_that_leaves_a_value_out_is_a_warning() -> None:
    more = (
        "{fields: {kind: {type: choice, choices: {a: {sv: A}, b: {sv: B}, c: {sv: C}}, set_by: register}}, transitions: ["
        "{trigger: end, from: open, to: closed, by: [manager], when: [{field: {kind: {eq: a}}}]}, "
        "{trigger: end, from: open, to: same, by: [manager], when: [{field: {kind: {eq: b}}}]}]}"
    )
    assert codes(more) == {("V07", "warn")}
    assert codes(more.replace("{eq: b}", "{one_of: [b, c]}")) == set()


@pytest.mark.parametrize(
    ("act", "other"), [("signature", "return"), ("minutes", "return"), ("delegated_decision", "reject"), ("urgent_decision", "reject")]
)  # fmt: skip
def test_a_formal_act_by_a_mere_reply_is_a_warning_that_names_the_mandate(act: str, other: str) -> None:
    more = CLEARED.format(f"of: chair, act: {act}, level: LEVEL, approve: {{trigger: end}}, {other}: {{trigger: back}}")
    assert codes(more.replace("LEVEL", "link")) == set()
    (found,) = judged(text_of(more.replace("LEVEL", "reply")))
    assert (found.code, found.level) == ("V11", "warn")
    assert f"acts: [{act}] och ways: [reply]" in found.sentence.sv


def test_separation_that_nobody_can_keep_is_a_warning() -> None:
    more = "transitions: [{trigger: check, from: open, to: same, by: [case_officer]}, {trigger: end, from: open, to: closed, by: [case_officer], not_same_as: [check]}]"
    assert codes(more) == {("V13", "warn")}
    assert codes(more.replace("closed, by: [case_officer]", "closed, by: [case_officer, manager]")) == set()


def test_a_template_reads_only_what_is_given_before() -> None:
    text = text_of(
        "{fields: {grant: {type: integer}}, transitions: [{trigger: x, from: open, to: same, by: [manager], then: [{mail: {template: t, to: [manager]}}]}]}"
    )
    known: dict[str, Any] = {"template_names": {"t"}}
    assert judged(text, **known, template_fields={"t": {"amount", "case.title"}}) == []
    assert [f.code for f in judged(text, **known, template_fields={"t": {"grant"}})] == ["V14"]
