"""The registrar mends the register: void numbers, moved records, merged cases – with a trace in each case."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from story import TYPE, Story, told, untouched
from test_faults import full

from arende import commands, db, models, queries, rights, search
from arende.actors import actor
from arende.app import App
from arende.commands import AddNote, CheckRecord, CorrectEvent, DeclareConflict, MailRecord
from arende.errors import Forbidden, Invalid, NotFound, Refused
from arende.registercommands import MergeCases, MoveRecord, RegisterPost, TakeRecord, VoidCase
from arende.searchwords import Wanted
from arende.usecases import audit, promises
from arende.usecases.options import offers

WHY = "Registrerat av misstag."


@pytest.fixture
def two(story: Story) -> Story:
    """Two cases; the words are about the first, ``numbers[1]`` is the other."""
    story.at("draft")
    first = story.no
    story.register(title="En annan avsikt")
    story.numbers, story.no = [first, story.no], first
    return story


def letter(story: Story, **given: Any) -> int:
    sha256, size = story.app.storage.put(io.BytesIO(b"brev"))
    pages = (MailRecord(name="brev.txt", media_type="text/plain", size=size, sha256=sha256),)
    values: dict[str, Any] = {"register_no": story.no, "records": pages, **given}
    day = story.clock.now.date()
    outcome = story.do(RegisterPost(actor="registrar", sender="Anna", about="Brev", arrived_on=day, **values))
    return int(outcome.data["records"][0])


def documents(app: App, number: str) -> dict[int, dict[str, Any]]:
    with db.reading(app.engine) as conn:
        return {d["record_no"]: d for d in queries.documents(conn, queries.case(conn, number)["id"])}


# ---------------------------------------------------------------- void


def test_a_void_number_stays_with_its_reason_and_is_never_given_again(story: Story) -> None:
    story.register()
    story.on_case(AddNote, "officer", text="Utkast")
    story.on_case(VoidCase, "registrar", reason=WHY)
    assert (story.case["ending"], story.case["closed_at"] is not None) == ("voided", True)
    assert story.events("case:voided")[-1]["payload"] == {"reason": WHY}
    assert story.waiting() == set()
    assert story.rows(models.notes) == []
    void = story.no
    assert story.register().register_no != void


def test_nothing_more_is_done_to_a_void_number_but_corrections(story: Story) -> None:
    story.register()
    story.on_case(VoidCase, "registrar", reason=WHY)
    for again in (
        commands.Advance(actor="officer", register_no=story.no, trigger="request_review"),
        commands.AssignCase(actor="manager", register_no=story.no, officer="officer2"),
        VoidCase(actor="registrar", register_no=story.no, reason=WHY),
    ):
        with untouched(story), told(Refused, "är makulerat"):
            story.do(again)
    assert offers(story.app, story.no, "officer").choices == ()
    story.on_case(CorrectEvent, "registrar", seq=1, text="Numret togs av misstag.")


@pytest.mark.parametrize(
    ("who", "reason", "error", "words"),
    [
        ("officer", WHY, Forbidden, "är inte registrator"),
        ("administrator", WHY, Forbidden, "är inte registrator"),
        ("registrar", "\u202e", Invalid, "Ange skälet"),
    ],
)
def test_only_the_registrar_makes_a_number_void_and_says_why(
    story: Story, who: str, reason: str, error: type[Exception], words: str
) -> None:
    story.register()
    with untouched(story), told(error, words):
        story.on_case(VoidCase, who, reason=reason)


def test_a_number_with_records_or_decisions_is_not_made_void(story: Story) -> None:
    story.at("draft")
    letter(story)
    with untouched(story), told(Refused, "har handlingar"):
        story.on_case(VoidCase, "registrar", reason=WHY)


# ---------------------------------------------------------------- a record moves


def test_a_record_moves_with_its_bytes_and_both_cases_tell(two: Story) -> None:
    number = letter(two)
    right = two.numbers[1]
    two.on_case(MoveRecord, "registrar", record_no=number, to=right, reason="Fel ärende.")
    here, there = documents(two.app, two.no)[number], documents(two.app, right)
    assert (here["moved_to"], here["removed"]) == (right, True)
    (taken,) = there.values()
    assert (taken["name"], taken["sha256"], taken["access"]) == ("brev.txt", here["sha256"], "unchecked")
    assert two.events("record:moved")[-1]["payload"]["to"] == right
    two.no = right
    assert two.events("record:taken")[-1]["payload"]["from"] == two.numbers[0]
    assert {"read_mail", "check_secrecy"} <= set(two.waiting())
    two.on_case(CheckRecord, "registrar", record_no=taken["record_no"], access="public")
    assert "check_secrecy" not in two.waiting()
    for no in two.numbers:
        assert audit.verify(two.app, no)


def test_the_check_of_what_has_moved_no_longer_waits_on_the_wrong_case(two: Story) -> None:
    number = letter(two)
    assert "check_secrecy" in two.waiting()
    two.on_case(MoveRecord, "registrar", record_no=number, to=two.numbers[1], reason="Fel.")
    assert "check_secrecy" not in two.waiting()
    with untouched(two), told(NotFound, "ingen handling"):
        two.on_case(CheckRecord, "registrar", record_no=number, access="public")
    with untouched(two), told(NotFound, "ingen handling"):
        two.on_case(MoveRecord, "registrar", record_no=number, to=two.numbers[1], reason="Fel.")


def test_nobody_opens_a_record_where_it_no_longer_is(two: Story) -> None:
    number = letter(two)
    two.on_case(MoveRecord, "registrar", record_no=number, to=two.numbers[1], reason="Fel.")
    with db.reading(two.app.engine) as conn:
        who = rights.reader(conn, actor(conn, "registrar").id, two.clock.now.date())
        assert not rights.may_open(conn, who, two.case, documents(two.app, two.no)[number])
        assert search.find(conn, Wanted(words=("brev",))).rows == []


def test_a_record_does_not_move_to_a_number_that_has_ended(two: Story) -> None:
    number, right = letter(two), two.numbers[1]
    two.do(VoidCase(actor="registrar", register_no=right, reason=WHY))
    with untouched(two), told(Refused, "är makulerat"):
        two.on_case(MoveRecord, "registrar", record_no=number, to=right, reason="Fel.")


@contextmanager
def full_after_the_first_half(story: Story) -> Iterator[None]:
    """The disk is full from the first commit on, so that only the first half of a move is carried out."""
    engine, committed = story.app.engine, list[object]()
    note = committed.append

    def before(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if committed and statement.split(maxsplit=1)[0] in ("INSERT", "UPDATE", "DELETE"):
            raise full(story)

    event.listen(engine, "commit", note)
    event.listen(engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(engine, "commit", note)
        event.remove(engine, "before_cursor_execute", before)


def test_a_move_that_was_interrupted_is_carried_out_once_by_the_next_sweep(two: Story) -> None:
    number, right = letter(two), two.numbers[1]
    with full_after_the_first_half(two):
        two.on_case(MoveRecord, "registrar", record_no=number, to=right, reason="Fel.")
    assert documents(two.app, right) == {}
    assert promises.keep(two.app) == (1, 0)
    assert promises.keep(two.app) == (0, 0)
    assert [d["name"] for d in documents(two.app, right).values()] == ["brev.txt"]


def test_a_record_that_the_right_case_no_longer_takes_is_put_back(two: Story) -> None:
    number, right = letter(two), two.numbers[1]
    with full_after_the_first_half(two):
        two.on_case(MoveRecord, "registrar", record_no=number, to=right, reason="Fel.")
    two.do(VoidCase(actor="registrar", register_no=right, reason=WHY))
    assert promises.keep(two.app) == (0, 1)
    assert documents(two.app, two.no)[number]["moved_to"] is None
    assert any("kunde inte ta emot" in t["title"]["sv"] for t in two.tasks() if t["state"] == "open")


@pytest.mark.parametrize(
    ("who", "given", "error", "words"),
    [
        ("officer", {}, Forbidden, "är inte registrator"),
        ("registrar", {"to": "RS209999"}, NotFound, "Det finns inget ärende"),
        ("registrar", {"to": "själva"}, Invalid, "inget diarienummer"),
        ("registrar", {"record_no": 99}, NotFound, "ingen handling 99"),
        ("registrar", {"reason": " \u202e "}, Invalid, "Ange skälet"),
    ],
)
def test_a_move_that_makes_no_sense_changes_nothing(
    two: Story, who: str, given: Any, error: type[Exception], words: str
) -> None:
    number = letter(two)
    with untouched(two), told(error, words):
        two.on_case(MoveRecord, who, **{"record_no": number, "to": two.numbers[1], "reason": "Fel.", **given})


def test_what_we_wrote_ourselves_does_not_move(two: Story) -> None:
    outcome = two.add("officer", "declaration")
    with untouched(two), told(Refused, "Bara det som har kommit in"):
        two.on_case(MoveRecord, "registrar", record_no=outcome.data["record_no"], to=two.numbers[1], reason="Fel.")


def test_nobody_takes_a_record_without_the_office(two: Story) -> None:
    letter(two)
    record = MailRecord(name="a", media_type="text/plain", size=4, sha256=documents(two.app, two.no)[1]["sha256"])
    with untouched(two), told(Forbidden, "är inte registrator"):
        two.do(
            TakeRecord(
                actor="officer", register_no=two.numbers[1], promise=1, record=record, access=None,
                came_from=two.no, record_there=1,
            )
        )  # fmt: skip


# ---------------------------------------------------------------- two become one


def test_a_merged_case_ends_pointing_to_the_one_that_continues(two: Story) -> None:
    letter(two)
    other = two.numbers[1]
    two.on_case(MergeCases, "registrar", into=other, reason="Samma sak.")
    assert (two.case["ending"], two.case["continued_in"]) == ("merged", other)
    assert two.waiting() == set()
    assert [(r["kind"], r["other"]) for r in two.rows(models.relations)] == [("continued_in", other)]
    assert len(documents(two.app, two.no)) == 1
    with untouched(two), told(Refused, f"har gått upp i {other}"):
        two.step("officer", "request_review")
    two.no = other
    assert [(r["kind"], r["other"]) for r in two.rows(models.relations)] == [("continues", two.numbers[0])]
    assert two.events("case:joined")[-1]["payload"] == {"from": two.numbers[0]}
    assert "read_mail" in two.waiting()


@pytest.mark.parametrize("how", ["itself", "ended", "closed", "officer", "conflict", "round"])
def test_a_merger_that_would_lose_something_is_refused(story: Story, how: str) -> None:
    story.at({"round": "municipal_consultation", "closed": "closed"}.get(how, "draft"))
    first, other = story.no, str(story.register().register_no)
    story.no, who = first, "registrar"
    error, words = {
        "itself": (Refused, "samma ärende"), "ended": (Refused, "är makulerat"), "closed": (Refused, "redan avslutat"),
        "officer": (Forbidden, "är inte registrator"), "conflict": (Forbidden, "jäv"), "round": (Refused, "En omgång"),
    }[how]  # fmt: skip
    if how == "itself":
        other = first
    elif how == "ended":
        story.do(VoidCase(actor="registrar", register_no=other, reason=WHY))
    elif how == "officer":
        who = "officer"
    elif how == "conflict":
        story.on_case(DeclareConflict, "registrar", reason="Granne")
    with untouched(story), told(error, words):
        story.on_case(MergeCases, who, into=other, reason="Samma sak.")


def test_what_comes_in_for_a_number_that_has_ended_is_still_filed(two: Story) -> None:
    two.on_case(MergeCases, "registrar", into=two.numbers[1], reason="Samma sak.")
    sha256, size = two.app.storage.put(io.BytesIO(b"mejl"))
    with db.writing(two.app.engine) as conn:
        conn.execute(
            models.inbound.insert().values(
                id=1, dedupe="d", received_at=two.clock.now, door="lmtp", recipient="a@region.example",
                mail_from="b@kommun.example", raw_sha256=sha256, size=size, state="received",
            )
        )  # fmt: skip
    record = MailRecord(name="mejl-1.eml", media_type="message/rfc822", size=size, sha256=sha256)
    two.do(
        commands.FileMail(
            actor="system", door="mail", inbound=1, register_no=two.no, disposition="incoming", records=(record,)
        )
    )
    assert documents(two.app, two.no)[1]["name"] == "mejl-1.eml"


def test_a_case_of_a_type_is_registered_after_a_void_one_with_the_next_number(story: Story) -> None:
    first = str(story.register(type_=TYPE).register_no)
    story.on_case(VoidCase, "registrar", reason=WHY)
    second = str(story.register(type_=TYPE).register_no)
    assert int(second[-4:]) == int(first[-4:]) + 1
