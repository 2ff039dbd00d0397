"""Two versions of an operational plan: structure first, words second."""

import json
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arende.operationalplan import Entry, Goal, Plan, keyed
from arende.plancomparison import compare, inherited
from arende.planrows import from_table

TABLE = json.loads(files("arende.demo").joinpath("operational_plan_2019.json").read_text(encoding="utf-8"))


def activity(text: str, **more) -> Entry:
    return Entry(kind="activity", text=text, **more)


def plan(*assignments: Entry, **more) -> Plan:
    return Plan(title="Plan", sections=(Entry(kind="section", text="1.1 Allt", children=assignments),), **more)


def assignment(text: str, *activities: Entry, **more) -> Entry:
    return Entry(kind="assignment", text=text, children=activities, **more)


def told(before: Plan, now: Plan) -> list[tuple[str, tuple[str, ...]]]:
    return [(c.entry.text, c.differences) for c in compare(before, now).walk() if c.differences]


BUS = activity("Utöka dialogen om underhåll med Trafikverket")
CABLE = activity("Revidera bredbandsstrategin för Halland")


def test_the_same_plan_differs_in_nothing() -> None:
    real = from_table(TABLE)
    assert told(real, real) == []
    assert told(keyed(real), real) == []


def test_a_new_activity_is_added_and_a_missing_one_is_removed_where_it_stood() -> None:
    now = plan(assignment("Trafik", activity("Bygg en bro över ån"), CABLE))
    found = compare(plan(assignment("Trafik", BUS, CABLE)), now)
    (first, second, third) = found.sections[0].children[0].children
    assert (first.entry, first.differences) == (BUS, ("removed",))
    assert (second.differences, third.differences) == (("added",), ())


def test_other_words_are_shown_word_by_word() -> None:
    now = plan(assignment("Trafik", activity("Utöka dialogen om ny räls med Trafikverket"), CABLE))
    (found,) = [c for c in compare(plan(assignment("Trafik", BUS, CABLE)), now).walk() if c.differences]
    assert found.differences == ("reworded",)
    assert [(p.kind, p.text) for p in found.words] == [
        ("same", "Utöka dialogen om"), ("gone", "underhåll"), ("new", "ny räls"), ("same", "med Trafikverket"),
    ]  # fmt: skip


def test_an_activity_under_another_assignment_is_moved_and_says_from_where() -> None:
    before = plan(assignment("Trafik", BUS, CABLE), assignment("Fiber"))
    now = plan(assignment("Trafik", BUS), assignment("Fiber", CABLE))
    (found,) = [c for c in compare(before, now).walk() if c.differences]
    assert (found.entry, found.differences) == (CABLE, ("moved",))
    assert found.told[0].sv == "stod under uppdrag ”Trafik”"


def test_another_owner_status_number_or_day_is_a_change_in_words() -> None:
    before = plan(assignment("Trafik", BUS, numbers=(6,)))
    ready = BUS.model_copy(update={"owner": "Infrastruktur", "status": "done", "ends": date(2019, 6, 30)})
    found = compare(before, plan(assignment("Trafik", ready, numbers=(6, 7))))
    by_text = {c.entry.text: [t.sv for t in c.told] for c in found.walk() if c.differences == ("changed",)}
    assert by_text == {
        "Trafik": ["siffra: 6 → 6, 7"],
        BUS.text: ["ansvarig: inget → Infrastruktur", "läge: inget → klar", "slutdatum: inget → 2019-06-30"],
    }


def sections(*named: tuple[str, tuple[Entry, ...]]) -> Plan:
    return Plan(title="Plan", sections=tuple(Entry(kind="section", text=t, children=c) for t, c in named))


def test_a_section_put_before_another_renumbers_it_and_moves_nothing() -> None:
    trade = (assignment("Stötta företagen", BUS, CABLE),)
    watch = (assignment("Bevaka omvärlden", activity("Följ utredningar")), assignment("Stötta företagen"))
    before = sections(("1.1 Handel", trade), ("1.2 Övrigt", watch))
    now = sections(("1.1 Nytt först", (assignment("Bygg ut"),)), ("1.2 Handel", trade), ("1.3 Övrigt", watch))
    assert told(before, now) == [
        ("1.1 Nytt först", ("added",)), ("Bygg ut", ("added",)),
        ("1.2 Handel", ("changed",)), ("1.3 Övrigt", ("changed",)),
    ]  # fmt: skip


def test_what_is_both_moved_and_reworded_is_told_as_both() -> None:
    reworded = activity("Utöka dialogen om underhåll med Trafikverket och staten")
    before = plan(assignment("Trafik", BUS), assignment("Bredband", CABLE))
    now = plan(assignment("Trafik"), assignment("Bredband", CABLE, reworded))
    assert told(before, now) == [(reworded.text, ("reworded", "moved"))]


def test_other_spaces_are_no_change_and_other_capitals_are() -> None:
    before = plan(assignment("Trafik", BUS, CABLE))
    now = plan(assignment("Trafik", activity(BUS.text.replace(" ", "\n ")), activity(CABLE.text.upper())))
    assert told(before, now) == [(CABLE.text.upper(), ("reworded",))]


def test_one_that_is_split_is_reworded_and_its_other_half_is_new() -> None:
    whole = activity("Utöka dialogen om underhåll med Trafikverket och revidera bredbandsstrategin för Halland")
    assert told(plan(assignment("Trafik", whole)), plan(assignment("Trafik", BUS, CABLE))) == [
        (BUS.text, ("reworded",)), (CABLE.text, ("added",)),
    ]  # fmt: skip
    assert told(plan(assignment("Trafik", BUS, CABLE)), plan(assignment("Trafik", whole))) == [
        (whole.text, ("reworded",)), (CABLE.text, ("removed",)),
    ]  # fmt: skip


def test_two_hundred_activities_changed_at_once_are_each_told_once() -> None:
    before = plan(*(assignment(f"Uppdrag {n}", activity(f"Aktivitet {n} ska göras i hela länet")) for n in range(200)))
    now = plan(*(assignment(f"Uppdrag {n}", activity(f"Aktivitet {n} ska göras i norra länet")) for n in range(200)))
    assert compare(before, now).counts() == {"added": 0, "removed": 0, "reworded": 200, "changed": 0, "moved": 0}


def test_an_entry_with_its_key_is_the_same_however_it_reads() -> None:
    before = keyed(plan(assignment("Trafik", BUS)))
    other = activity("Något helt annat", key="A1")
    assert told(before, plan(assignment("Trafik", other))) == [("Något helt annat", ("reworded",))]


def test_two_entries_of_one_text_are_paired_in_order() -> None:
    twice = plan(assignment("Ett", BUS, BUS))
    assert told(twice, plan(assignment("Ett", BUS))) == [(BUS.text, ("removed",))]


def test_an_assignment_renamed_keeps_its_activities() -> None:
    before = plan(assignment("Utveckla den regionala kollektivtrafiken", BUS, CABLE))
    now = plan(assignment("Utveckla den nationella kollektivtrafiken", BUS, CABLE))
    assert [d for _, d in told(before, now)] == [("reworded",)]


def test_what_was_kept_has_its_key_and_what_is_new_has_another() -> None:
    before = keyed(plan(assignment("Trafik", BUS, CABLE)))
    now = plan(assignment("Trafik", CABLE, activity("Bygg en bro över ån")))
    after = keyed(now, inherited(before, now), taken={"A": 2})
    assert [e.key for e in after.of("activity")] == ["A2", "A3"]


def test_numbered_activities_that_differ_are_told() -> None:
    before = plan(numbered=(Goal(number=1, text="Hälsa"),))
    after = plan(numbered=(Goal(number=1, text="Kultur"),))
    assert compare(before, after).numbered == (("removed", "1. Hälsa"), ("added", "1. Kultur"))


def test_a_real_plan_with_one_of_each_change_tells_just_these() -> None:
    data = json.loads(json.dumps(TABLE))
    rows = data["rows"]
    rows[0]["activities"].pop(0)
    rows[1]["activities"][0]["text"] = rows[1]["activities"][0]["text"].replace("dialoger", "samtal")
    rows[5]["activities"].append(rows[2]["activities"].pop())
    rows[7]["activities"].append({"text": "Bygg en gång- och cykelbro över Viskan"})
    rows[10]["assignment_numbers"] = [6, 8]
    assert compare(from_table(TABLE), from_table(data)).counts() == {
        "added": 1, "removed": 1, "reworded": 1, "changed": 1, "moved": 1}  # fmt: skip


WORD = st.sampled_from(["bygg", "rusta", "dialog", "bro", "väg", "spår", "hälsa", "kultur", "stöd", "plan"])
TEXT = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
PLAN = st.lists(st.tuples(TEXT, st.lists(TEXT, max_size=4)), max_size=5).map(
    lambda found: plan(*(assignment(t, *(activity(a) for a in below)) for t, below in found))
)


@given(PLAN, PLAN)
def test_every_entry_of_either_version_is_told_once(before, now) -> None:
    found = list(compare(before, now).walk())
    removed = [c for c in found if "removed" in c.differences]
    assert [c.entry for c in found if c not in removed] == [e for _, e in now.walk()]
    added = sum("added" in c.differences for c in found)
    assert len(list(before.walk())) - len(removed) == len(list(now.walk())) - added


@given(PLAN, PLAN)
def test_turned_around_what_was_added_is_removed(before, now) -> None:
    there, back = compare(before, now).counts(), compare(now, before).counts()
    assert there["added"] - there["removed"] == back["removed"] - back["added"]


@given(PLAN)
def test_nothing_differs_from_itself(one) -> None:
    assert told(one, one) == []


@pytest.mark.parametrize("size", [700])
def test_two_large_plans_without_a_word_in_common_are_compared_at_once(size) -> None:
    one = plan(assignment("x", *(activity(f"a{n} b{n}") for n in range(size))))
    other = plan(assignment("x", *(activity(f"c{n} d{n}") for n in range(size))))
    assert compare(one, other).counts()["added"] == size
