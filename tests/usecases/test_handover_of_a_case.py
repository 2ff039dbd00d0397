"""What becomes of one case on the day its body ends: who is asked, whose links hold, what bars it, who is first."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from links import Phone, link_of
from sqlalchemy import select, update
from story import Story, told, untouched
from test_handovers import change, gathering, hand_over, on, the_day

from arende import db, models, sweeps
from arende.assignmentcommands import GiveAssignment
from arende.commands import AddNote, AssignCase, RegisterCase
from arende.errors import Stale
from arende.meetingcommands import AddAgendaItem
from arende.meetingtables import assignments, promised_steps
from arende.registercommands import MergeCases
from arende.settings import Settings
from arende.usecases import promises
from arende.workdays import STOCKHOLM
from processes import eventually
from sharing import open_app

TYPE = """
key: asking
version: 1.0.0
title: {sv: Fråga, en: Question}
legal_regime: none
register: FR
initial: draft
by: [case_officer]
roles:
  its_secretary: {office: secretary, body_from: body, title: {sv: organets sekreterare, en: secretary of the body}}
  its_chair: {office: chair, body_from: body, title: {sv: organets ordförande, en: chair of the body}}
  hyltes_chair: {office: chair, body: ln_hylte, title: {sv: ordföranden i Hylte, en: the chair in Hylte}}
fields:
  body: {type: body, title: {sv: Organ, en: Body}, set_by: [register]}
documents:
  text: {title: {sv: Texten, en: The text}, is_text: true}
states:
  draft: {title: {sv: Utkast, en: Draft}, waits_for: case_officer, no_deadline: inget}
  asked: {title: {sv: Frågat, en: Asked}, phase: prepare, waits_for: case_officer, no_deadline: frågan har sin}
  out: {title: {sv: På remiss, en: Out}, phase: prepare, waits_for: parties, no_deadline: omgången har sin}
  cleared: {title: {sv: Klart, en: Cleared}, phase: prepare, waits_for: case_officer, no_deadline: inget}
  closed: {title: {sv: Avslutat, en: Closed}, final: true}
transitions:
  - {trigger: clear, from: asked, to: cleared, by: [case_officer, system]}
  - trigger: ask
    from: draft
    to: asked
    by: [case_officer]
    then:
      - approval: {key: group, of: its_chair, act: clearance, level: link, due: {days: 3, unit: working},
                   approve: {trigger: clear}, return: {trigger: back}}
  - trigger: ask_hylte
    from: draft
    to: asked
    by: [case_officer]
    then:
      - approval: {key: fixed, of: hyltes_chair, act: clearance, level: link, due: {days: 3, unit: working},
                   approve: {trigger: clear}, return: {trigger: back}}
  - trigger: send
    from: draft
    to: out
    by: [case_officer]
    then:
      - consultation: {kind: referral, parties: municipalities, due: {days: 30, unit: working}, late: record,
                       complete: close, expired: close, attach: [text], mail: referral}
  - trigger: prepare
    from: draft
    to: same
    by: [case_officer]
    then:
      - task: {of: its_secretary, act: enter_agenda, stays: true, title: {sv: Förbered mötet, en: Prepare the meeting}}
  - {trigger: close, from: [cleared, out], to: closed, by: [case_officer, system]}
  - {trigger: back, from: asked, to: draft, by: [case_officer, system]}
"""


def seated(text: str) -> str:
    """The local board of Hylte has a chair and a secretary."""
    lines = "".join(f"  - {{person: {who}, office: {what}, body: ln_hylte, from: 2019-01-01}}\n"
                    for who, what in (("rs_m1", "chair"), ("krf_secretary", "secretary")))  # fmt: skip
    return text.replace("offices:\n", f"offices:\n{lines}", 1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def story(request: pytest.FixtureRequest) -> Story:
    """Told on both kinds of database; on SQLite from what others have played."""
    told: Story = request.getfixturevalue("story" if request.param == "sqlite" else "story_on_postgres")
    return told


@pytest.fixture
def case(story: Story, tmp_path: Path) -> Story:
    """A change of organisation that is being carried out, and a case of the local board of Hylte; the story is its."""
    change(story)
    (tmp_path / "home" / "states").mkdir(parents=True)
    (tmp_path / "home" / "states" / "asking.yaml").write_text(TYPE, "utf-8")
    settings = Settings(home=tmp_path / "home", data_dir=tmp_path / "data")
    played = Story(open_app(settings, story.app.engine, story.clock), story.clock)
    assert [f for f in played.app.types.findings if f.level == "error"] == []
    played.people(seated)
    played.numbers = [story.no]
    played.on_the("2022-12-28")
    played.register("officer", "asking", "Frågan", fields={"body": "ln_hylte"})
    played.add("officer", "text", "Ett förslag.", "text.txt", media_type="text/plain")
    return played


def hand_on(case: Story, successor: str = "rs") -> Any:
    """Order the hand-over and come to the day; the story goes on with the case."""
    mine = case.no
    case.no = case.numbers[0]
    ordered = hand_over(case, successor=successor)
    the_day(case)
    case.no = mine
    return ordered


def test_a_request_is_made_anew_to_the_chair_of_the_successor_and_the_old_link_says_so(case: Story) -> None:
    case.step("officer", "ask")
    old = link_of(case, "rs-m1")
    assert hand_on(case)["remains"] == []
    page = Phone(case).open(old)
    assert "Organet har upphört, och ärendet har gått över till Regionstyrelsen." in page.text
    assert "Nu är det Regionstyrelsens ordförande som tillfrågas." in page.text
    (event,) = case.events("case:handed_over")
    assert event["payload"]["asked"] == ["rs_chair"]
    states = {a["approver"]: a["state"] for a in case.approvals("group")}
    assert states == {"rs_m1": "handed_over", "rs_chair": "pending"}
    before = case.count()
    Phone(case).http.post(old, data={"decision": "approve"})
    assert {a["approver"]: a["state"] for a in case.approvals("group")} == states
    assert case.count() == before
    case.decide("rs_chair", "group")
    assert case.state == "cleared"


def test_the_new_request_has_a_last_day_of_its_own(case: Story) -> None:
    case.step("officer", "ask")
    (was,) = (a["due_at"] for a in case.rows(models.approvals))
    hand_on(case)
    asked = next(a for a in case.rows(models.approvals) if a["state"] == "pending")
    assert asked["due_at"] > was
    open_ = [d for d in case.rows(models.deadlines) if d["key"] == "approval:group" and d["state"] == "open"]
    assert {d["due_at"] for d in open_ if d["step"] == "due"} == {asked["due_at"]}


def test_a_request_stays_where_the_successor_has_no_chair_and_a_person_is_told(case: Story) -> None:
    case.step("officer", "ask")
    (left,) = hand_on(case, "rs_bsh")["remains"]
    assert (left["register_no"], left["sv"]) == (
        case.no,
        (
            "Ingen har uppdraget chair i Regionstyrelsens beredning för social hållbarhet den 2023-01-01. "
            "Lägg in det i personfilen först."
        ),
    )
    assert [a["state"] for a in case.approvals("group")] == ["pending"]


def test_a_body_that_the_case_type_itself_names_is_for_a_person_to_finish(case: Story) -> None:
    case.register("officer", "asking", "Hyltes fråga", fields={"body": "tu"})
    case.add("officer", "text", "Ett förslag.", "text.txt", media_type="text/plain")
    case.step("officer", "ask_hylte")
    (left,) = hand_on(case)["remains"]
    assert left["register_no"] == case.no
    assert left["sv"].startswith("Ärendetypen själv nämner organet.")
    assert case.events("case:handed_over") == []


def test_a_partys_link_answers_after_the_hand_over_as_before(case: Story) -> None:
    case.step("officer", "send")
    before = case.rows(models.tokens)
    assert len(before) >= 6
    hand_on(case)
    assert case.events("case:handed_over")
    assert case.rows(models.tokens) == before
    case.answer("hylte")
    assert case.stances()["hylte"] == "accepted"


def test_an_assignment_is_reported_to_the_successor(case: Story) -> None:
    given = {"what": "Utred.", "to": "officer", "report_on": "2023-03-01"}
    case.on_case(GiveAssignment, "registrar", body="ln_hylte", decision="LN 2022-12-01 § 4", **given)
    hand_on(case)
    assert [a["body"] for a in case.rows(assignments)] == ["rs"]


def test_an_open_task_of_an_office_waits_for_whoever_holds_it_in_the_successor(case: Story) -> None:
    case.step("officer", "prepare")
    (task,) = (t for t in case.tasks() if t["act"] == "enter_agenda")
    assert (task["office"], task["assignee"]) == ("secretary@ln_hylte", "krf_secretary")
    hand_on(case)
    (task,) = (t for t in case.tasks() if t["act"] == "enter_agenda")
    assert (task["office"], task["assignee"]) == ("secretary@rs", "rs_secretary")


def test_a_case_on_an_agenda_of_the_body_waits_until_the_item_is_taken_up_or_struck(case: Story) -> None:
    fields = {"body": "ln_hylte", "meeting_date": "2022-12-30"}
    meeting = str(case.do(RegisterCase(actor="krf_secretary", type="meeting", title="LN", fields=fields)).register_no)
    mine = case.no
    on(case, meeting).on_case(AddAgendaItem, "krf_secretary", heading="Frågan", cases=(mine,))
    on(case, case.numbers[0])
    remains = {r["register_no"]: r["sv"] for r in hand_over(case)["remains"]}
    assert remains == {
        mine: f"Ärendet står på dagordningen för {meeting}. Ta upp eller stryk punkten där först.",
        meeting: "Det är ett sammanträde med organet. Håll det eller ställ in det.",
    }


# ---------------------------------------------------------------- many, at once, and in the middle


def passed(case: Story, numbers: list[str]) -> dict[str, int]:
    return {no: len(on(case, no).events("case:handed_over")) for no in numbers}


def test_more_cases_than_a_batch_pass_by_the_sweeps_and_each_once(case: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "BATCH", 4)
    numbers = [case.no, *(gathering(case, "ln_hylte") for _ in range(9))]
    hand_on(case)
    assert passed(case, numbers) == dict.fromkeys(numbers, 1)
    assert {on(case, no).case["fields"]["body"] for no in numbers} == {"rs"}


CHILD = """
import sys, time
from pathlib import Path
from arende.app import App
from arende.registercommands import MergeCases
from arende.settings import Settings
from arende.usecases import promises
from arende.workdays import STOCKHOLM

do = App.do
def slowly(app, command):
    time.sleep(0.05)
    return do(app, command)
App.do = slowly

url, home, key = sys.argv[1:]
given = {"home": Path(home), "data_dir": Path(home).parent / "data", "site_key_file": Path(key)}
app = App.open(Settings(database_url=url, **given))
promises.keep(app)
"""
"""A sweep that takes its time, so that it can be killed in the middle."""


def test_a_hand_over_that_is_killed_in_the_middle_goes_on_and_moves_nothing_twice(
    case: Story, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    numbers = [case.no, *(gathering(case, "ln_hylte") for _ in range(11))]
    on(case, case.numbers[0]).on_the("2023-01-02")
    with monkeypatch.context() as m:
        m.setattr(promises, "keep", lambda _: (0, 0))  # nobody sweeps but the child
        hand_over(case)
    url = case.app.engine.url.render_as_string(hide_password=False)
    (tmp_path / "home").mkdir(exist_ok=True)
    child = subprocess.Popen([sys.executable, "-c", CHILD, url, str(tmp_path / "home"), str(tmp_path / "site.key")])
    eventually(lambda: len(_done(case)) >= 2 or child.poll() is not None, every=0.01)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert 2 <= len(_done(case)) < len(numbers)
    while promises.keep(case.app)[0]:
        pass
    assert passed(case, numbers) == dict.fromkeys(numbers, 1)


def _done(case: Story) -> list[Any]:
    query = select(promised_steps.c.id).where(promised_steps.c.kind == "handover", promised_steps.c.state == "done")
    with db.reading(case.app.engine) as conn:
        return list(conn.execute(query).scalars())


def test_a_record_that_moves_does_not_wait_behind_the_cases_that_pass(
    case: Story, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    numbers = [case.no, *(gathering(case, "ln_hylte") for _ in range(9))]
    on(case, case.numbers[0]).on_the("2023-01-02")
    monkeypatch.setattr(promises, "BATCH", 2)
    hand_over(case)
    assert sum(passed(case, numbers).values()) == 2, "the others wait for the sweeps"
    case.register("officer", "asking", "En fråga till", fields={"body": "tu"})
    case.register("officer", "asking", "Samma fråga", fields={"body": "tu"})
    case.on_case(MergeCases, "registrar", into=case.numbers[-2], reason="Samma sak.")
    assert on(case, case.numbers[-2]).events("case:joined")
    sweeps.sweep(case.app, "deadlines", "direct")
    assert passed(case, numbers) == dict.fromkeys(numbers, 1)


def test_a_promise_that_the_program_cannot_read_bars_no_other(case: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [case.no, *(gathering(case, "ln_hylte") for _ in range(5))]
    on(case, case.numbers[0]).on_the("2023-01-02")
    with monkeypatch.context() as m:
        m.setattr(promises, "BATCH", 0)
        hand_over(case)
    p = promised_steps.c
    first = select(p.id).where(p.kind == "handover").order_by(p.id).limit(3)
    with db.writing(case.app.engine) as conn:  # as a newer version of the program might have left it
        spoilt = list(conn.execute(first).scalars())
        conn.execute(update(promised_steps).where(p.id.in_(spoilt)).values(data={"unheard": "of"}))
    monkeypatch.setattr(promises, "BATCH", 2)
    said: list[str] = []
    assert promises.keep(case.app, said.append) == (2, 0)
    assert said == [f"promise {id_}: ValidationError" for id_ in spoilt]
    assert promises.keep(case.app) == (1, 0)
    assert sum(passed(case, numbers).values()) == 3


def test_whoever_reads_the_case_while_it_passes_is_told_what_changed(case: Story) -> None:
    seen = case.case["version"]
    hand_on(case)
    with untouched(case), told(Stale, "ändrats av någon annan"):
        case.on_case(AssignCase, "manager", officer="officer2", expected_version=seen)


def test_two_sweeps_and_a_step_at_the_same_instant_lose_nothing_and_double_nothing(case: Story) -> None:
    mine, barrier = case.no, threading.Barrier(3)
    on(case, case.numbers[0])
    hand_over(case)
    case.clock.now = datetime(2023, 1, 2, 9, tzinfo=STOCKHOLM)
    failed: list[BaseException] = []

    def together(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except BaseException as e:
            failed.append(e)

    note = AddNote(actor="officer", register_no=mine, text="Samtidigt.")
    acts: tuple[Callable[[], object], ...] = (
        lambda: promises.keep(case.app),
        lambda: promises.keep(case.app),
        lambda: case.app.do(note),
    )
    threads = [threading.Thread(target=together, args=(act,)) for act in acts]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert failed == []
    while promises.keep(case.app)[0]:
        pass
    assert passed(case, [mine]) == {mine: 1}
    assert [n["text"] for n in case.rows(models.notes)] == ["Samtidigt."]
    assert len(on(case, case.numbers[0]).events("organisation:handed_over")) == 1
