"""A new case type is one file; a broken one is refused in sentences and harms no other."""

from datetime import date, datetime
from pathlib import Path

import pytest
from story import Story, told, untouched

from arende import db, queries
from arende.commands import Advance, RegisterCase
from arende.errors import Refused, Unsound
from arende.home import demo_file, shipped
from arende.settings import Settings
from arende.workdays import STOCKHOLM
from sharing import open_app

LEAVE = """
key: study_visit
version: 1.0.0
title: {sv: Studiebesök, en: Study visit}
legal_regime: none
register: SB
initial: asked
by: [case_officer]
fields:
  cost: {type: decimal, title: {sv: Kostnad, en: Cost}, set_by: [accept]}
documents:
  invitation: {title: {sv: Inbjudan, en: Invitation}}
states:
  asked:
    title: {sv: Begärt, en: Asked for}
    waits_for: manager
    deadline: {days: 5, unit: working, then: {escalate: region_director}}
  accepted: {title: {sv: Beviljat, en: Accepted}, final: true}
  declined: {title: {sv: Avslaget, en: Declined}, final: true}
transitions:
  - trigger: accept
    from: asked
    to: accepted
    by: [manager]
    when: [document_present: invitation, field: {cost: {le: 1000.5}}]
  - {trigger: decline, from: asked, to: declined, by: [manager], comment: required}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "states").mkdir(parents=True)
    return folder


def opened(story: Story, home: Path) -> Story:
    """The same database, opened anew with the home folder."""
    return Story(open_app(Settings(home=home, data_dir=home / "data"), story.app.engine, story.clock), story.clock)


def write(home: Path, text: str, name: str = "study_visit.yaml") -> None:
    (home / "states" / name).write_text(text, "utf-8")


def test_a_new_case_type_is_one_file(story: Story, home: Path) -> None:
    write(home, LEAVE)
    visit = opened(story, home)
    assert visit.app.types.findings == []
    assert visit.register(type_="study_visit", title="Besök i Skåne").register_no == "SB200001"
    assert [t["assignee"] for t in visit.tasks(state="open")] == ["manager"]
    with untouched(visit), told(Refused, "”Inbjudan” saknas", "”Kostnad” är 1000.75, men steget kräver högst 1000.5"):
        visit.step("manager", "accept", cost="1000,75")
    visit.add("officer", "invitation")
    for wrong in ("NaN", "Infinity", "1e999", "tusen", ""):
        with untouched(visit), told(Refused, "Kostnad"):
            visit.step("manager", "accept", cost=wrong)
    visit.step("manager", "accept", cost="1000,50")
    assert visit.case["fields"] == {"cost": "1000.50"}
    assert visit.case["closed_at"] is not None


def test_a_deadline_hangs_on_the_next_meeting_of_a_body(story: Story, home: Path) -> None:
    calendar = home / "calendars" / "2021.json"
    calendar.parent.mkdir()
    calendar.write_text(demo_file("calendar_2021.json").read_text("utf-8"), "utf-8")
    write(
        home, LEAVE.replace("deadline: {days: 5, unit: working,", "deadline: {days: 10, unit: working, meeting: krf,")
    )
    visit = opened(story, home)
    assert visit.app.types.findings == []
    for today, last in (
        ("2021-03-22", "2021-03-22"),  # ten working days before 7 April, past Good Friday and Easter Monday
        ("2021-03-23", "2021-04-21"),  # too late for it: the one on 5 May
        ("2021-12-01", "2021-12-30"),  # no meeting is known: somebody is reminded in twenty working days
    ):
        visit.clock.now = datetime.fromisoformat(f"{today}T09:00").replace(tzinfo=STOCKHOLM)
        visit.register(type_="study_visit", title="Besök")
        with db.reading(visit.app.engine) as conn:
            case = queries.case(conn, visit.no)
            due = [d["due_on"] for d in queries.open_deadlines(conn, case["id"])]
        assert due == [date.fromisoformat(last)]


def test_a_broken_type_among_good_ones_stops_nobody_else(story: Story, home: Path) -> None:
    write(home, LEAVE)
    write(home, LEAVE.replace("study_visit", "broken").replace("to: accepted", "to: acepted"), "broken.yaml")
    write(home, "key: [", "torn.yaml")
    visit = opened(story, home)
    keys = sorted(file.stem for file in (shipped() / "states").glob("*.yaml"))
    assert visit.app.types.keys == [*keys, "study_visit"]
    visit.register(type_="study_visit")
    visit.register()
    with untouched(visit), told(Unsound, "Tillståndet acepted finns inte"):
        visit.register(type_="broken")
    with untouched(visit), told(Unsound):
        visit.register(type_="torn")


def test_a_version_that_was_used_is_never_another_text(story: Story, home: Path) -> None:
    write(home, LEAVE)
    opened(story, home).register(type_="study_visit")
    write(home, LEAVE.replace("days: 5", "days: 6"))
    changed = opened(story, home)
    with told(Refused, "study_visit 1.0.0 är ändrad utan ny version. Höj versionen"):
        changed.register(type_="study_visit")
    write(home, LEAVE.replace("days: 5", "days: 6").replace("1.0.0", "1.0.1"))
    assert opened(story, home).register(type_="study_visit").register_no == "SB200002"


def test_a_running_case_keeps_the_rules_it_began_with(story: Story, home: Path) -> None:
    write(home, LEAVE)
    old = opened(story, home)
    old.register(type_="study_visit")
    write(home, LEAVE.replace("1.0.0", "2.0.0").replace("comment: required", "when: [document_present: invitation]"))
    new = opened(story, home)
    new.no = old.no
    with told(Refused, "Skriv en motivering"):
        new.step("manager", "decline")
    new.step("manager", "decline", "Ingen tid.")
    (home / "states" / "study_visit.yaml").unlink()
    gone = opened(story, home)
    gone.no = old.no
    assert gone.rules.version == "1.0.0"


SYSTEM_STEP = """
  - trigger: finish
    from: asked
    to: accepted
    by: [system]
    when: [document_present: invitation]
"""


def test_an_answer_that_leads_no_further_stands_and_the_officer_is_told(story: Story, home: Path) -> None:
    text = LEAVE.replace(
        "transitions:\n",
        "transitions:\n"
        "  - trigger: ask\n    from: asked\n    to: asking\n    by: [case_officer]\n    then:\n"
        "      - consultation: {kind: referral, parties: municipalities, due: {days: 21, unit: calendar}, join: first,"
        " late: record, complete: finish, expired: give_up, mail: referral}\n"
        "  - {trigger: give_up, from: asking, to: declined, by: [system, case_officer]}\n"
        + SYSTEM_STEP.replace("from: asked", "from: asking"),
    ).replace(
        "  accepted: {",
        "  asking: {title: {sv: Frågar, en: Asking}, waits_for: parties, no_deadline: Omgången har sin.}\n"
        "  accepted: {",
    )
    write(home, text)
    visit = opened(story, home)
    assert [f for f in visit.app.types.findings if f.level == "error"] == []
    visit.register(type_="study_visit")
    visit.step("officer", "ask")
    visit.answer("hylte")
    assert visit.state == "asking"
    assert visit.stances()["hylte"] == "accepted"
    told_ = visit.tasks(act="led_no_further", state="open")[0]
    assert told_["assignee"] == "officer"
    assert "Handlingen ”Inbjudan” saknas" in told_["title"]["sv"]


def test_a_case_type_is_not_used_before_its_first_day(story: Story, home: Path) -> None:
    write(home, LEAVE.replace("version: 1.0.0", 'version: 1.0.0\nvalid_from: "2020-08-04"'))
    visit = opened(story, home)
    with pytest.raises(Refused, match="gäller från den 2020-08-04"):
        visit.app.do(RegisterCase(actor="officer", type="study_visit", title="Besök"))
    visit.clock.advance(days=1)
    assert visit.app.do(RegisterCase(actor="officer", type="study_visit", title="Besök")).state == "asked"


def test_a_round_is_refused_without_the_letter_it_declares(story: Story, home: Path) -> None:
    text = LEAVE.replace(
        "  accepted: {title",
        "  asking: {waits_for: parties, no_deadline: egen sista dag}\n  accepted: {title",
        1,
    )
    text += """  - trigger: ask
    from: asked
    to: asking
    by: [manager]
    then:
      - consultation: {parties: municipalities, due: {days: 9}, late: record, letter: invitation, complete: done}
  - {trigger: done, from: asking, to: accepted, by: [system]}
"""
    write(home, text.replace("complete: done}", "complete: done, expired: done}"))
    visit = opened(story, home)
    number = visit.app.do(RegisterCase(actor="officer", type="study_visit", title="Besök")).register_no
    assert number is not None
    with pytest.raises(Refused, match="Inbjudan” följer med utskicket"):
        visit.app.do(Advance(actor="manager", register_no=number, trigger="ask"))
