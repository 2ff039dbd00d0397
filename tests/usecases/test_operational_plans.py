"""Versions of an operational plan are kept on its case, with what they were read from and are compared with."""

import json
from datetime import date, datetime
from importlib.resources import files

import pytest
from story import Story, letter_of, told, untouched

from arende import db, models, queries
from arende.errors import Forbidden, Invalid, NotFound, Refused
from arende.markdown import plain
from arende.operationalcommands import FollowUpActivity, ImportPlan, TieCase
from arende.operationaltables import plan_follow_ups, plan_links, plan_versions
from arende.usecases.operationalplans import (
    Compare,
    base_words,
    comparison,
    decided,
    followed,
    plan_in,
    read_file,
    version_of,
    versions,
)
from handclock import STOCKHOLM
from planstory import adopted, to_the_board

FOLDER = files("arende.demo")
TEXT = FOLDER.joinpath("operational_plan_2019.txt").read_text(encoding="utf-8")
TABLE = FOLDER.joinpath("operational_plan_2019.json").read_text(encoding="utf-8")
SMALL = {
    "title": "Verksamhetsplan",
    "sections": [
        {
            "kind": "section",
            "text": "1.1 Trafik",
            "children": [
                {
                    "kind": "assignment",
                    "text": "Utveckla trafiken",
                    "children": [
                        {"kind": "activity", "text": "Bygg en ny bro över ån"},
                        {"kind": "activity", "text": "Revidera cykelplanen"},
                    ],
                }
            ],
        }
    ],
}


@pytest.fixture
def drafted(story: Story) -> Story:
    """A case for the plan of 2019, still a draft."""
    story.register("officer", "operational_plan", "Verksamhetsplan 2019",
                   fields={"year": "2019", "decision_body": "rs"})  # fmt: skip
    return story


def keep(story: Story, text: object = None, who: str = "officer", name: str = "plan.json", **more):
    given = text if isinstance(text, str) else json.dumps(text or SMALL, ensure_ascii=False)
    return story.do(ImportPlan(actor=who, register_no=story.no, file_name=name, text=given, **more))


def changed(**texts: str) -> dict:
    """The small plan with other words for some of its texts."""
    said = json.dumps(SMALL, ensure_ascii=False)
    for old, new in texts.items():
        said = said.replace(old.replace("_", " "), new)
    return json.loads(said)


def compared(story: Story, *versions: int) -> Compare:
    with db.reading(story.app.engine) as conn:
        return comparison(conn, story.rules, queries.case(conn, story.no), *versions)


def test_the_text_of_a_document_is_kept_with_its_doubts_and_its_file(drafted: Story) -> None:
    done = keep(drafted, TEXT, name="verksamhetsplan.txt")
    assert (done.data["plan_version"], done.data["counts"]["numbered"], done.data["base"]) == (1, 13, None)
    assert done.data["counts"]["uncertain"] > 200
    (row,) = drafted.rows(plan_versions)
    (record,) = drafted.rows(models.documents, key="plan_source")
    assert (row["record_no"], row["source"]) == (record["record_no"], "verksamhetsplan.txt")
    assert drafted.app.storage.read(record["sha256"]).decode() == TEXT
    assert drafted.events("plan:imported")[0]["payload"]["counts"]["section"] == 9


def test_a_table_read_by_people_is_kept_with_180_activities_that_have_keys(drafted: Story) -> None:
    keep(drafted, TABLE)
    plan = plan_in(drafted.rows(plan_versions)[0])
    assert [a.key for a in plan.of("activity")] == [f"A{n}" for n in range(1, 181)]


def test_the_next_version_keeps_the_keys_and_is_compared_with_the_one_before(drafted: Story) -> None:
    keep(drafted)
    done = keep(drafted, changed(Revidera_cykelplanen="Rita en karta", Bygg_en_ny_bro="Rusta en ny bro"))
    assert done.data["base"] == {"register_no": drafted.no, "version": 1, "decision": None}
    keys = [a.key for a in plan_in(drafted.rows(plan_versions)[1]).of("activity")]
    assert keys == ["A1", "A3"]
    found = compared(drafted)
    assert found.found.counts() == {"added": 1, "removed": 1, "reworded": 1, "changed": 0, "moved": 0}
    assert found.told.sv == "Version 2 jämförd med version 1, som inte är beslutad."


def test_a_version_after_the_decision_is_compared_with_the_decided_one(drafted: Story) -> None:
    keep(drafted)
    keep(drafted, changed(Bygg="Rusta"))
    adopted(drafted)
    drafted.step("manager", "revise", "Nya uppdrag i budgeten.")
    keep(drafted, changed(Bygg="Riv"))
    done = keep(drafted, changed(Bygg="Rita"))
    assert done.data["base"]["version"] == 2
    assert compared(drafted).told.sv.startswith("Version 4 jämförd med den beslutade version 2: ")
    assert "2020-09-08 § 31" in compared(drafted).told.sv
    assert "inte är beslutad" in compared(drafted, 4, 3).told.sv
    assert compared(drafted, 4, 2).told == compared(drafted).told


def test_each_version_is_written_as_a_plan_and_as_a_plan_with_its_changes_marked(drafted: Story) -> None:
    keep(drafted)
    keep(drafted, changed(Bygg="Rusta"))
    (first, plan), (before, changes) = (drafted.rows(models.documents, key=key) for key in ("plan", "changes"))
    assert drafted.app.storage.read(plan["sha256"]).startswith(b"%PDF")
    assert plan["name"] == f"Verksamhetsplan {drafted.no} v2.pdf"
    assert "Rusta en ny bro över ån" in plain(letter_of(drafted, plan).blocks)
    told_first, told_now = (plain(letter_of(drafted, d).blocks) for d in (before, changes))
    assert "ingen tidigare version att jämföra med" in told_first
    assert "Version 2 jämförd med version 1, som inte är beslutad." in told_now
    assert "[OMFORMULERAD] [borttaget: Bygg] [nytt: Rusta] en ny bro över ån" in told_now
    assert first["version"] == 1


def test_a_remitted_or_declined_revision_leaves_the_decided_plan_in_force(drafted: Story) -> None:
    keep(drafted)
    adopted(drafted)
    drafted.step("manager", "revise", "Nya uppdrag i budgeten.")
    keep(drafted, changed(Bygg="Riv"))
    drafted.step("officer", "propose_revision", revision_date="2020-10-13")
    drafted.clock.now = datetime(2020, 10, 14, 9, tzinfo=STOCKHOLM)
    drafted.step("rs_secretary", "remit_revision", "Kostnaden saknas.", revision_date="2020-10-13")
    assert drafted.state == "being_revised"
    base = keep(drafted, changed(Bygg="Rita")).data["base"]
    assert (base["version"], base["decision"]) == (1, "RS 2020-09-08 § 31"), "not the day of the remittal"
    drafted.step("officer", "propose_revision", revision_date="2020-11-10")
    drafted.clock.now = datetime(2020, 11, 11, 9, tzinfo=STOCKHOLM)
    drafted.step("rs_secretary", "decline_revision", "Avslag.", revision_date="2020-11-10", revision_section="§ 60")
    assert drafted.state == "under_follow_up"
    with db.reading(drafted.app.engine) as conn:
        assert followed(conn, drafted.rules, queries.case(conn, drafted.no))["version"] == 1
    open_ = [(t["act"], t["due_at"].astimezone(STOCKHOLM).date()) for t in drafted.rows(models.tasks, state="open")]
    assert open_ == [("report", date(2021, 2, 4))], "nothing else is to be done, and it is told once"
    drafted.step("manager", "revise", "Nytt försök.")
    assert keep(drafted, changed(Bygg="Mät")).data["base"] == base


def test_the_text_as_the_board_changed_it_is_the_decided_one(drafted: Story) -> None:
    keep(drafted)
    to_the_board(drafted)
    drafted.step("rs_secretary", "record_amended", "Bron rustas.", decision_date="2020-09-08", decision_section="§ 31")
    keep(drafted, changed(Bygg="Rusta"))
    drafted.step("rs_secretary", "enter_amendments")
    with db.reading(drafted.app.engine) as conn:
        case = queries.case(conn, drafted.no)
        was = decided(conn, drafted.rules, case, versions(conn, case["id"]))
    assert was is not None
    assert was["version"] == 2
    drafted.step("registrar", "publish", report_due="2021-02-04")
    drafted.step("manager", "revise", "Nya uppdrag.")
    base = keep(drafted, changed(Bygg="Riv")).data["base"]
    assert (base["version"], base["decision"]) == (2, "RS 2020-09-08 § 31")


def test_a_decided_plan_is_exchanged_neither_by_a_version_nor_by_a_file(drafted: Story) -> None:
    keep(drafted)
    adopted(drafted)
    for key in ("plan", "changes"):
        with untouched(drafted), told(Refused, "Planen är fryst"):
            drafted.add("officer", key, direction="incoming")


def test_next_years_plan_is_compared_with_the_decided_plan_it_follows(drafted: Story) -> None:
    keep(drafted)
    adopted(drafted)
    before = drafted.no
    drafted.register("officer", "operational_plan", "Verksamhetsplan 2022",
                     fields={"year": "2022", "decision_body": "rs"})  # fmt: skip
    done = keep(drafted, changed(Bygg="Rusta"), follows=before)
    assert (done.data["base"]["register_no"], done.data["base"]["version"]) == (before, 1)
    assert f"av planen i {before}" in compared(drafted).told.sv
    assert keep(drafted, changed(Bygg="Rita")).data["base"] == done.data["base"], "the decided one, not the draft"


def test_a_section_with_another_number_alone_is_not_told_as_reworded(drafted: Story) -> None:
    keep(drafted)
    keep(drafted, changed(**{"1.1_Trafik": "1.2 Trafik"}))
    found = compared(drafted).found
    assert found.counts() == {"added": 0, "removed": 0, "reworded": 0, "changed": 1, "moved": 0}
    assert found.sections[0].told[0].sv == "avsnittets nummer: 1.1 → 1.2"


def test_a_first_version_has_nothing_to_be_compared_with(drafted: Story) -> None:
    keep(drafted)
    with told(NotFound, "ingen tidigare"):
        compared(drafted)
    assert "ingen tidigare version" in base_words(drafted.no, 1, None).sv


def test_a_plan_is_written_by_its_officer_and_not_while_it_lies_before_others(drafted: Story) -> None:
    with untouched(drafted), told(Forbidden, "skrivs av handläggaren"):
        keep(drafted, who="rs_secretary")
    keep(drafted)
    drafted.add("officer", "plan")
    drafted.step("officer", "prepare")
    keep(drafted, changed(Bygg="Rusta"))
    drafted.add("officer", "changes")
    drafted.step("manager", "circulate", version_no="1")
    with untouched(drafted), told(Refused, "Planen är fryst"):
        keep(drafted)
    drafted.step("officer", "new_version", "Synpunkter.")
    keep(drafted, changed(Bygg="Riv"))


def test_a_case_of_another_type_carries_no_plan(story: Story) -> None:
    story.register()
    with untouched(story), told(Refused, "ingen verksamhetsplan"):
        keep(story)
    with db.reading(story.app.engine) as conn, told(NotFound, "har ingen verksamhetsplan"):
        version_of(conn, queries.case(conn, story.no))


@pytest.mark.parametrize(("text", "why"), [
    ("Hej", "inget avsnitt"), ("{", "inte riktig JSON"), ("[" * 100_000, "JSON"), ("a\x00b", "ingen text"),
    ('{"title": "x\\u0000"}', "ingen text"), ('{"title": "P", "sections": [{}]}', "är fel"), ("[]", "är fel"),
    ('{"title": "\\ud800"}', "är fel"),
])  # fmt: skip
def test_what_is_no_plan_is_refused_in_words(text: str, why: str) -> None:
    with told(Invalid, why):
        read_file("plan.txt", text)


def test_a_key_that_no_version_has_is_refused(drafted: Story) -> None:
    mine = changed()
    mine["sections"][0]["key"] = "S7"
    with untouched(drafted), told(Invalid, "Nyckeln S7 finns inte"):
        keep(drafted, mine)


def test_what_was_shown_can_be_read_in_again_with_its_keys(drafted: Story) -> None:
    keep(drafted, TABLE)
    again = plan_in(drafted.rows(plan_versions)[0]).model_dump(mode="json")
    with untouched(drafted), told(Refused, "i allt densamma som version 1"):
        keep(drafted, again)
    again["title"] = "Verksamhetsplan 2019, rättad"
    keep(drafted, again)
    assert sum(compared(drafted).found.counts().values()) == 0


def test_an_activity_is_followed_up_and_tied_to_the_case_that_carries_it_out(drafted: Story) -> None:
    keep(drafted)
    plan_no = drafted.no
    other = str(drafted.register().register_no)
    drafted.no = plan_no
    follow = {"actor": "officer", "register_no": plan_no, "activity": "A1"}
    drafted.do(FollowUpActivity(**follow, status="ongoing", comment="Upphandlad."))
    drafted.do(TieCase(**follow, other=other))
    assert [(r["activity"], r["status"]) for r in drafted.rows(plan_follow_ups)] == [("A1", "ongoing")]
    assert [r["other"] for r in drafted.rows(plan_links)] == [other]
    with untouched(drafted), told(Refused, "redan knutet"):
        drafted.do(TieCase(**follow, other=other))
    with untouched(drafted), told(Refused, "sig själv"):
        drafted.do(TieCase(**follow, other=plan_no))
    with untouched(drafted), told(NotFound, "ingen aktivitet A9"):
        drafted.do(FollowUpActivity(**{**follow, "activity": "A9"}, status="done"))


def test_a_version_is_kept_alike_on_each_kind_of_database(story_on_each: Story) -> None:
    story_on_each.register("officer", "operational_plan", "Verksamhetsplan 2019",
                           fields={"year": "2019", "decision_body": "rs"})  # fmt: skip
    keep(story_on_each, TABLE)
    with told(Refused, "i allt densamma som version 1"):
        keep(story_on_each, TABLE)
    keep(story_on_each, TABLE.replace('"title": "', '"title": "Ny ', 1))
    assert sum(compared(story_on_each).found.counts().values()) == 0
