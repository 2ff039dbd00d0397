"""How a plan is getting on: each activity, figures for each priority, and the report to the board."""

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from room import Room
from story import Story, letter_of, told, untouched

from arende import db, models, queries
from arende.errors import Forbidden, NotFound, Refused
from arende.home import demo_file
from arende.markdown import plain
from arende.meetingtables import agenda_cases, agenda_items
from arende.operationalcommands import FollowUpActivity, ImportPlan, ReportPlan, TieCase
from arende.operationalplan import Entry, Plan
from arende.operationaltables import plan_versions
from arende.planfollowup import STATUSES, figures
from arende.rights import NOBODY
from arende.usecases import planreads, promises
from arende.usecases.operationalplans import plan_in, version_of
from arende.workdays import local_day
from handclock import START, STOCKHOLM
from planstory import HOSTILE, adopted, changed

TABLE = demo_file("operational_plan_2019.json").read_text("utf-8")


@pytest.fixture
def kept(story: Story) -> Story:
    """The real plan, kept in its case."""
    story.register("officer", "operational_plan", "Verksamhetsplan 2019",
                   fields={"year": "2019", "decision_body": "rs"})  # fmt: skip
    story.do(ImportPlan(actor="officer", register_no=story.no, file_name="plan.json", text=TABLE))
    return story


def follow(story: Story, activity: str, status: str, who: str = "officer", **more):
    return story.do(FollowUpActivity(actor=who, register_no=story.no, activity=activity, status=status, **more))


def read(story: Story):
    with db.reading(story.app.engine) as conn:
        case = queries.case(conn, story.no)
        return plan_in(version_of(conn, case)), planreads.follow_ups(conn, case["id"])


def test_the_last_follow_up_counts_and_says_who_told_it(kept: Story) -> None:
    follow(kept, "A12", "ongoing", comment="Avtalet är på remiss.")
    follow(kept, "A12", "done")
    _, last = read(kept)
    assert (last["A12"]["status"], last["A12"]["by"], last["A12"]["comment"]) == ("done", "Handläggaren", None)
    assert len(kept.events("plan:followed_up")) == 2


def test_figures_count_every_activity_once_by_priority(kept: Story) -> None:
    follow(kept, "A12", "ongoing")
    plan, last = read(kept)
    found = figures(plan, last, local_day(kept.clock()))
    assert sum(f.activities for f in found) == 180
    assert sum(f.untold for f in found) == 179
    (ongoing,) = [f for f in found if f.by_status["ongoing"]]
    assert ongoing.name.startswith("Regionförstoring genom utveckling")


def test_an_activity_past_its_day_is_late_until_it_is_done_or_moved(kept: Story) -> None:
    plan, last = read(kept)
    (late,) = [a for a in plan.of("activity") if a.ends]
    assert sum(f.late for f in figures(plan, last, local_day(kept.clock()))) == 1
    follow(kept, late.key, "delayed", ends="2021-01-31")
    assert sum(f.late for f in figures(*read(kept), local_day(kept.clock()))) == 0


def test_the_report_to_the_board_tells_figures_what_is_late_and_each_comment(kept: Story) -> None:
    follow(kept, "A12", "ongoing", comment="Avtalet är på | remiss.")
    with untouched(kept), told(Refused, "Ingen version av planen är fastställd än"):
        kept.do(ReportPlan(actor="officer", register_no=kept.no))
    adopted(kept)
    kept.do(ReportPlan(actor="officer", register_no=kept.no))
    (row,) = kept.rows(models.documents, key="follow_up_report")
    said = plain(letter_of(kept, row).blocks)
    assert "med 180 aktiviteter. 179 av dem är inte uppföljda än." in said
    assert "Avtalet är på | remiss." in said
    assert "(senast 30 juni 2019)" in said


def test_the_report_goes_to_the_next_agenda_of_the_board(kept: Story) -> None:
    adopted(kept)
    assert kept.do(ReportPlan(actor="officer", register_no=kept.no)).data["agenda"] is None
    room = Room(kept, "rs")
    room.plan("2020-10-13")
    room.step("close_cases")
    assert kept.do(ReportPlan(actor="officer", register_no=kept.no)).data["agenda"] == room.no
    promises.keep(kept.app)
    (item,) = [i for i in room.rows(agenda_items) if i["kind"] == "report"]
    assert item["heading"] == f"Uppföljning av Verksamhetsplan 2019 ({kept.no})"
    assert f"i {kept.no}" in item["proposal"]
    assert [c["register_no"] for c in room.rows(agenda_cases) if c["item"] == item["item"]] == [kept.no]
    assert item["warnings"] == []  # the plan waits for nothing here: the board is told of it


def test_a_second_report_is_an_item_of_its_own(kept: Story) -> None:
    adopted(kept)
    room = Room(kept, "rs")
    room.plan("2020-10-13")
    for _ in range(2):
        kept.do(ReportPlan(actor="officer", register_no=kept.no))
    promises.keep(kept.app)
    first, second = [i for i in room.rows(agenda_items) if i["kind"] == "report"]
    assert first["proposal"] != second["proposal"]


def test_the_plan_in_force_is_followed_up_while_it_is_revised_and_tells_what_has_gone(kept: Story) -> None:
    adopted(kept)
    follow(kept, "A1", "stopped", comment="Ingår i budgeten.")
    kept.do(TieCase(actor="officer", register_no=kept.no, activity="A1", other=other_case(kept)))
    kept.step("manager", "revise", "Nya uppdrag.")
    newer = json.dumps(changed(json.loads(TABLE)))
    done = kept.do(ImportPlan(actor="officer", register_no=kept.no, file_name="plan.json", text=newer))
    assert [t["activity"] for t in done.data["loose"]] == ["A1"]
    follow(kept, "A1", "done")
    (row, new) = kept.rows(plan_versions)
    added = next(a.key for a in plan_in(new).of("activity") if a.text == HOSTILE)
    with untouched(kept), told(Refused, f"Aktivitet {added} står i version 2, som inte är beslutad"):
        follow(kept, added, "done")
    kept.step("officer", "propose_revision", revision_date="2020-10-13")
    kept.decide("rs_chair", "agenda_clearance")
    kept.do(ReportPlan(actor="officer", register_no=kept.no))
    kept.step("officer", "report", report_kind="interim", report_due="2021-03-01")
    kept.clock.now = datetime(2020, 10, 14, 9, tzinfo=STOCKHOLM)
    kept.step("rs_secretary", "record_revision", revision_date="2020-10-13", revision_section="§ 40")
    with untouched(kept), told(Refused, "Aktivitet A1 har utgått: den står i version 1, men inte i version 2"):
        follow(kept, "A1", "ongoing")
    follow(kept, added, "ongoing")
    kept.do(ReportPlan(actor="officer", register_no=kept.no))
    before, now = (plain(letter_of(kept, d).blocks) for d in kept.rows(models.documents, key="follow_up_report"))
    assert "Rapporten gäller version 1 av planen" in before
    assert "har utgått" not in before
    assert "Rapporten gäller version 2 av planen" in now
    assert plan_in(row).of("activity")[0].text in now.split("Aktiviteter som har utgått ur planen")[1]
    due = [t["due_at"] for t in kept.rows(models.tasks) if (t["act"], t["state"]) == ("report", "open")]
    assert [local_day(d).isoformat() for d in due] == ["2021-03-01"]


def other_case(story: Story) -> str:
    """A case beside the plan's."""
    plan_no, number = story.no, str(story.register().register_no)
    story.no = plan_no
    return number


def test_only_those_who_have_the_plan_follow_it_up(kept: Story) -> None:
    with untouched(kept), told(Forbidden, "följs upp av handläggaren"):
        follow(kept, "A12", "done", who="rs_secretary")
    with untouched(kept), told(NotFound, "ingen aktivitet A999"):
        follow(kept, "A999", "done")
    plan_no = kept.no
    kept.register()
    with untouched(kept), told(Refused, "ingen verksamhetsplan"):
        kept.do(ReportPlan(actor="officer", register_no=kept.no))
    kept.no = plan_no


def test_a_tied_case_is_told_of_to_those_only_who_may_see_it(kept: Story) -> None:
    plan_no = kept.no
    other = str(kept.register(secrecy=True).register_no)
    kept.no = plan_no
    kept.do(TieCase(actor="officer", register_no=plan_no, activity="A12", other=other))
    with db.reading(kept.app.engine) as conn:
        case = queries.case(conn, plan_no)
        assert planreads.ties(conn, NOBODY, case["id"]) == {}
        assert [a["activity"] for a in planreads.tied_to(conn, NOBODY, other)] == ["A12"]


PLAN = st.lists(st.sampled_from([None, *STATUSES]), max_size=8).map(
    lambda found: Plan(title="P", sections=(Entry(kind="section", text="1.1", children=tuple(
        Entry(kind="activity", text="a", key=f"A{n}", status=s) for n, s in enumerate(found))),))
)  # fmt: skip


@given(PLAN, st.dictionaries(st.integers(0, 9).map("A{}".format), st.sampled_from(STATUSES)))
def test_figures_always_add_up(plan, told_) -> None:
    last = {k: {"status": s, "ends": None} for k, s in told_.items()}
    for f in figures(plan, last, START.date()):
        assert f.activities == f.untold + sum(f.by_status.values())
