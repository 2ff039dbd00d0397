"""Mails leave once, in order, and a failure reaches a person – whatever the mail server does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from post import NOW, Clock, Server, add_case, add_mails, open_app, queue_again, rows, serving
from sqlalchemy import Engine, insert

from arende import db, leases, models, outbox
from arende.commands import ReportDelivery
from arende.errors import Sentence
from arende.outbox import Drained


def drained(app_at: Callable[[int], Any], server: Server, **given: Any) -> Drained:
    """Drain once against this server."""

    async def once() -> Drained:
        async with serving(server) as port:
            return await outbox.drain(app_at(port), **{"report": lambda _c: None, **given})

    return asyncio.run(once())


def states(engine: Engine) -> list[str]:
    return [r.state for r in rows(engine)]


def test_every_mail_is_sent_over_one_connection_and_keeps_its_run(engine: Engine, tmp_path: Path) -> None:
    add_mails(engine, add_case(engine), [f"a{n}@kommun.example" for n in range(7)])
    server, said = Server(), list[Sentence]()
    result = drained(lambda p: open_app(engine, tmp_path, p), server, run="run-1", limit=3, log=said.append)
    assert (result.sent, result.failed, result.retried) == (7, 0, 0), rows(engine)[0].reply
    assert server.connections == 1
    assert {(r.state, r.flow_run, r.attempts, r.lease_by) for r in rows(engine)} == {("sent", "run-1", 1, None)}
    assert all("@" not in line and "RS260017" in line for both in said for line in both)
    assert outbox.due(open_app(engine, tmp_path), NOW) == 0


def test_mails_of_one_case_to_one_address_leave_in_order(engine: Engine, tmp_path: Path) -> None:
    add_mails(engine, add_case(engine), ["a@kommun.example"] * 6)
    server = Server()
    assert drained(lambda p: open_app(engine, tmp_path, p), server, limit=2).sent == 6
    subjects = [message_from_bytes(raw, policy=default)["Subject"] for _, _, raw in server.accepted]
    assert subjects == [f"Begäran om yttrande {n}" for n in range(1, 7)]


def test_a_mail_waits_for_the_earlier_one_to_the_same_address(engine: Engine, tmp_path: Path) -> None:
    clock = Clock()
    case = add_case(engine)
    add_mails(engine, case, ["a@kommun.example", "b@kommun.example", "a@kommun.example"])
    answers = iter(["450 4.2.1 mailbox busy"])
    server = Server(rcpt=lambda to: next(answers, None) if to.startswith("a") else None)
    app = open_app(engine, tmp_path, clock=clock)
    result = drained(lambda p: open_app(engine, tmp_path, p, clock=clock), server)
    assert (result.sent, result.retried) == (1, 1)
    assert [(r.state, r.attempts) for r in rows(engine)] == [("queued", 1), ("sent", 1), ("queued", 0)]
    assert outbox.due(app, clock.now) == 0, "the third waits although its own time has come"
    clock.advance(minutes=2)
    assert drained(lambda p: open_app(engine, tmp_path, p, clock=clock), Server()).sent == 2


@pytest.mark.parametrize("answer", ["450 4.2.1 busy", "451 4.7.1 greylisted", "452 4.2.2 full"])
def test_a_temporary_refusal_is_tried_again_later(engine: Engine, tmp_path: Path, answer: str) -> None:
    add_mails(engine, add_case(engine), ["a@kommun.example", "b@kommun.example"])
    server = Server(rcpt=lambda to: answer if to.startswith("a") else None)
    assert drained(lambda p: open_app(engine, tmp_path, p), server).retried == 1
    first, second = rows(engine)
    assert (first.state, first.reply, second.state) == ("queued", answer, "sent")
    assert 40 <= (first.next_at - NOW).total_seconds() <= 80


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_a_permanent_refusal_is_told_to_a_person_at_once_and_once(engine: Engine, tmp_path: Path, where: str) -> None:
    ids = add_mails(engine, add_case(engine), ["gone@kommun.example", "b@kommun.example"])
    refuse: Callable[[str], str | None] = lambda to: "550 5.1.1 no such user" if to.startswith("gone") else None  # noqa: E731 – one line reads better
    told: list[ReportDelivery] = []
    result = drained(
        lambda p: open_app(engine, tmp_path, p), Server(**{where: refuse}), report=told.append
    )  # the other still leaves, on the same connection
    assert (result.sent, result.failed) == (1, 1)
    assert [(c.outbox, c.reply) for c in told] == [(ids[0], "550 5.1.1 no such user")]
    assert outbox.report_failures(open_app(engine, tmp_path), report=told.append) == 0


def test_a_failure_is_told_although_the_process_died_before_telling(engine: Engine, tmp_path: Path) -> None:
    add_mails(engine, add_case(engine), ["gone@kommun.example"])

    def die(_command: ReportDelivery) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drained(lambda p: open_app(engine, tmp_path, p), Server(rcpt=lambda _to: "550 no"), report=die)
    told: list[ReportDelivery] = []
    for _ in range(2):
        outbox.report_failures(open_app(engine, tmp_path), report=told.append)
    assert len(told) == 1
    assert rows(engine)[0].reported_at == NOW


def test_the_same_failure_has_the_same_command_id_and_a_new_failure_another(engine: Engine, tmp_path: Path) -> None:
    clock = Clock()
    (mail,) = add_mails(engine, add_case(engine), ["gone@kommun.example"])
    told: list[ReportDelivery] = []

    def tell_and_die(command: ReportDelivery) -> None:
        told.append(command)
        raise KeyboardInterrupt

    app = open_app(engine, tmp_path, clock=clock)
    with pytest.raises(KeyboardInterrupt):
        drained(
            lambda p: open_app(engine, tmp_path, p, clock=clock), Server(rcpt=lambda _to: "550 no"), report=tell_and_die
        )
    clock.advance(hours=1)
    outbox.report_failures(app, report=told.append)
    queue_again(engine, mail, clock())
    drained(lambda p: open_app(engine, tmp_path, p, clock=clock), Server(rcpt=lambda _to: "550 no"), report=told.append)
    assert told[0].id == told[1].id != told[2].id


def test_421_and_a_refused_connection_reschedule_the_batch_without_spending_attempts(
    engine: Engine, tmp_path: Path
) -> None:
    add_mails(engine, add_case(engine), [f"a{n}@kommun.example" for n in range(5)])
    server = Server(rcpt=lambda _to: "421 4.3.2 closing")
    result = drained(lambda p: open_app(engine, tmp_path, p), server)
    assert (result.sent, result.retried) == (0, 1)
    assert [r.attempts for r in rows(engine)] == [1, 0, 0, 0, 0]
    assert all(r.state == "queued" and r.next_at > NOW for r in rows(engine))
    clock = Clock()
    clock.advance(minutes=5)
    asyncio.run(
        outbox.drain(open_app(engine, tmp_path, 1, clock=clock), report=lambda _c: None)
    )  # port 1: nobody there
    assert sum(r.attempts for r in rows(engine)) == 2
    assert set(states(engine)) == {"queued"}


def test_a_connection_that_ends_between_mails_is_opened_anew(engine: Engine, tmp_path: Path) -> None:
    add_mails(engine, add_case(engine), ["a@kommun.example", "b@kommun.example", "c@kommun.example"])
    told = iter(["421 4.7.0 too many mails on this connection"])
    server = Server(rcpt=lambda to: next(told, None) if to.startswith("b") else None)
    assert drained(lambda p: open_app(engine, tmp_path, p), server).sent == 3
    assert server.connections == 2
    assert len(server.accepted) == 3


def test_a_connection_lost_after_the_text_is_sent_again_under_the_same_message_id(
    engine: Engine, tmp_path: Path
) -> None:
    clock = Clock()
    add_mails(engine, add_case(engine), ["a@kommun.example", "b@kommun.example"])
    dropped = iter([True])
    server = Server(drop=lambda to: to.startswith("a") and next(dropped, False))
    result = drained(lambda p: open_app(engine, tmp_path, p, clock=clock), server)
    assert (result.sent, result.retried) == (1, 1)
    clock.advance(minutes=2)
    assert drained(lambda p: open_app(engine, tmp_path, p, clock=clock), server).sent == 1
    twice = [raw for _, to, raw in server.accepted if to.startswith("a")]
    assert len(twice) == 2
    assert twice[0] == twice[1]


def test_a_person_is_asked_where_the_outcome_is_unknown_and_may_not_be_repeated(engine: Engine, tmp_path: Path) -> None:
    (mail,) = add_mails(engine, add_case(engine), ["a@kommun.example"], on_unknown="ask")
    told: list[ReportDelivery] = []
    drained(lambda p: open_app(engine, tmp_path, p), Server(drop=lambda _to: True), report=told.append)
    assert states(engine) == ["unknown"]
    assert [c.outbox for c in told] == [mail]


def test_a_server_that_stalls_holds_up_nothing_but_the_mail_it_stalls_on(engine: Engine, tmp_path: Path) -> None:
    add_mails(engine, add_case(engine), ["a@kommun.example", "b@kommun.example", "c@kommun.example"])
    result = drained(lambda p: open_app(engine, tmp_path, p, smtp_timeout=0.05), Server(stall=True))
    assert (result.sent, result.retried) == (0, 1)
    assert [r.attempts for r in rows(engine)] == [1, 0, 0]


def test_a_mail_is_given_up_after_the_last_attempt(engine: Engine, tmp_path: Path) -> None:
    add_mails(engine, add_case(engine), ["a@kommun.example"], attempts=leases.MAX_ATTEMPTS - 1)
    told: list[ReportDelivery] = []
    drained(lambda p: open_app(engine, tmp_path, p), Server(rcpt=lambda _to: "450 busy"), report=told.append)
    assert states(engine) == ["failed"]
    assert len(told) == 1


def test_an_impossible_address_fails_by_itself(engine: Engine, tmp_path: Path) -> None:
    wrong = ["", "x", "a@b@kommun.example", "a@kommun.example\r\nRCPT TO:<e@e.example>", "å@kommun.example"]
    add_mails(engine, add_case(engine), [*wrong, "ok@kommun.example"])
    server = Server()
    result = drained(lambda p: open_app(engine, tmp_path, p), server)
    assert (result.sent, result.failed) == (1, len(wrong))
    assert [to for _, to, _ in server.accepted] == ["ok@kommun.example"]


def test_a_missing_attachment_fails_its_own_mail_only(engine: Engine, tmp_path: Path) -> None:
    case = add_case(engine)
    add_mails(
        engine,
        case,
        ["a@kommun.example"],
        attachments=[{"name": "A.pdf", "media_type": "application/pdf", "sha256": "0" * 64}],
    )
    add_mails(engine, case, ["b@kommun.example"])
    assert drained(lambda p: open_app(engine, tmp_path, p), Server()).sent == 1
    assert states(engine) == ["failed", "sent"]


def test_an_abandoned_claim_is_sent_again_when_its_lease_has_run_out(engine: Engine, tmp_path: Path) -> None:
    clock = Clock()
    add_mails(engine, add_case(engine), ["a@kommun.example"])
    app = open_app(engine, tmp_path, clock=clock)
    (row,) = outbox.claim(app, 50, "dead", clock.now)
    assert row.attempts == 1
    assert outbox.claim(app, 50, "other", clock.now) == []
    clock.advance(hours=1)
    assert outbox.due(app, clock.now) == 1
    server = Server()
    assert drained(lambda p: open_app(engine, tmp_path, p, clock=clock), server).sent == 1
    assert b"Message-ID: <m1@arende.region.example>" in server.accepted[0][2]
    assert rows(engine)[0].attempts == 2
    late = [leases.judge(row, leases.Delivery("temporary", "late"), clock.now)]
    outbox.settle(app, late, "dead", "direct", clock.now)
    assert states(engine) == ["sent"], "who has lost the lease settles nothing"


def test_an_abandoned_claim_is_left_to_a_person_where_the_effect_says_so(engine: Engine, tmp_path: Path) -> None:
    clock = Clock()
    add_mails(engine, add_case(engine), ["a@kommun.example"], on_unknown="ask")
    app = open_app(engine, tmp_path, clock=clock)
    outbox.claim(app, 50, "dead", clock.now)
    clock.advance(hours=1)
    told: list[ReportDelivery] = []
    assert drained(lambda p: open_app(engine, tmp_path, p, clock=clock), Server(), report=told.append).sent == 0
    assert states(engine) == ["unknown"]
    assert len(told) == 1


def test_a_stopped_drain_puts_back_what_it_has_not_sent(engine: Engine, tmp_path: Path) -> None:
    add_mails(engine, add_case(engine), [f"a{n}@kommun.example" for n in range(4)])
    server = Server(stall=True)

    async def stop_midway() -> None:
        async with serving(server) as port:
            task = asyncio.create_task(outbox.drain(open_app(engine, tmp_path, port), report=lambda _c: None))
            while not server.attempts:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(stop_midway())
    assert [(r.state, r.attempts) for r in rows(engine)] == [("queued", 1), ("queued", 0), ("queued", 0), ("queued", 0)]


def test_drains_at_once_send_every_mail_once_and_in_order(engine: Engine, tmp_path: Path) -> None:
    case, other = add_case(engine), add_case(engine, 18)
    for n in range(30):
        add_mails(engine, case, [f"a{n % 5}@kommun.example"])
        add_mails(engine, other, [f"a{n % 3}@kommun.example"])
    server, results = Server(), list[Drained]()

    async def several() -> None:
        async with serving(server) as port:
            app = open_app(engine, tmp_path, port)

            def one() -> None:
                results.append(asyncio.run(outbox.drain(app, limit=7, report=lambda _c: None)))

            threads = [threading.Thread(target=one) for _ in range(3)]
            for t in threads:
                t.start()
            while any(t.is_alive() for t in threads):
                await asyncio.sleep(0.01)

    asyncio.run(several())
    # A drain ends when nothing is due for it; what waited for another drain's mail is taken by the next.
    sent = sum(r.sent for r in results)
    sent += drained(lambda p: open_app(engine, tmp_path, p), server).sent
    assert sent == 60
    assert len(server.accepted) == 60
    ids = [message_from_bytes(raw, policy=default)["Message-ID"] for _, _, raw in server.accepted]
    assert len(set(ids)) == 60
    for kind in {(r.case_id, r.address) for r in rows(engine)}:
        of_kind = [r.message_id for r in rows(engine) if (r.case_id, r.address) == kind]
        assert [i for i in ids if i in of_kind] == of_kind


def test_a_batch_is_told_by_diary_number_and_whether_parties_get_it(engine: Engine, tmp_path: Path) -> None:
    with db.writing(engine) as c:
        party = {"key": "hylte", "kind": "party", "name": "Hylte kommun", "data": {}}
        colleague = {**party, "key": "officer", "kind": "person"}
        ids = [c.execute(insert(models.actors).values(**who)).inserted_primary_key for who in (party, colleague)]
    assert ids[0] is not None
    assert ids[1] is not None
    add_mails(engine, add_case(engine, 17), ["a@kommun.example"], recipient_id=ids[0][0])
    add_mails(engine, add_case(engine, 18), ["b@region.example"], recipient_id=ids[1][0])
    add_mails(engine, add_case(engine, 19), ["c@kommun.example"])
    due = outbox.due_mails(open_app(engine, tmp_path), NOW)
    assert due == [("RS260017", True), ("RS260018", False), ("RS260019", False)]
    assert [row.to_party for row in outbox.claim(open_app(engine, tmp_path), 50, "w", NOW)] == [True, False, False]


def test_the_pause_doubles_to_four_hours() -> None:
    minutes = [leases.pause(n).total_seconds() / 60 for n in range(1, 25)]
    assert all(0.8 * min(2**n, 240) <= m <= 1.2 * min(2**n, 240) for n, m in enumerate(minutes))
