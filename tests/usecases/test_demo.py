"""The demonstration: played once, gone on with when cut off, and never among other people's cases."""

from __future__ import annotations

import json
import os
import re
import time
from datetime import date
from pathlib import Path

import pytest
from links import Phone
from sqlalchemy import insert
from story import Story

from arende import beats, db, mailbox, meetingqueries, models, queries, virtualtime
from arende.app import App
from arende.commands import RegisterCase
from arende.demo import play, waiting
from arende.demo.stage import Stage
from arende.errors import Refused
from arende.home import demo_file
from arende.intake import composer
from arende.settings import Settings
from arende.usecases import keptplans
from handclock import VirtualClock


@pytest.fixture
def fresh(tmp_path: Path, sqlite_url: str) -> App:
    return play.open_fresh(Settings(data_dir=tmp_path, database_url=sqlite_url, smtp_port=9))


@pytest.mark.slow
def test_the_story_is_played_to_its_end_with_every_mail_sent(fresh: App) -> None:
    told: list[str] = []
    played = play.play(fresh, "declaration_of_intent", lambda line: told.append(line.sv))
    assert played.state == "closed"
    assert set(played.mails) == {"sent"}
    assert played.broken == []
    assert any("Varberg tar tillbaka" in line for line in told)
    with db.reading(fresh.engine) as conn:
        assert virtualtime.virtual(conn) is None
    again = play.play(fresh, "declaration_of_intent", lambda line: told.append(line.sv))
    assert (again.register_no, again.events, again.mails) == (played.register_no, played.events, played.mails)


@pytest.mark.slow
def test_after_the_story_two_chairs_have_something_to_answer(tmp_path: Path, sqlite_url: str) -> None:
    """One by a mailed reply, the other by the link in the mail; a second start adds nothing."""
    app = play.open_fresh(Settings(data_dir=tmp_path, database_url=sqlite_url))
    play.play(app, "declaration_of_intent", lambda _line: None)
    clearance, signature = waiting.to_answer(app)
    assert clearance.title.startswith("Exempel: ")
    assert (clearance.person, clearance.by_reply) == ("rsau_chair", True)
    assert (signature.person, signature.by_reply) == ("rs_chair", False)
    assert clearance.message is not None
    assert signature.message is not None
    assert composer.reply(app, clearance.message, "GODKÄNN").told == "decided"
    link = re.search(r"/b/\w+", mailbox.show(app.settings.mailbox_dir, signature.message)["text"])
    assert link is not None
    sent = Phone(Story(app, VirtualClock())).answer(link[0], "approve", control=signature.register_no[-4:])
    assert sent.status_code == 303
    with db.reading(app.engine) as conn:
        assert queries.case(conn, signature.register_no)["state"] == "signed"
    assert waiting.to_answer(app) == []
    assert play.is_played(app)
    play.play(app, "declaration_of_intent", lambda _line: None)
    with db.reading(app.engine) as conn:
        assert queries.count_cases(conn) == 20  # with the plan of 2021 and its sixteen meetings


@pytest.mark.slow
def test_the_mails_of_the_story_never_come_to_another_installations_mailbox(tmp_path: Path, sqlite_url: str) -> None:
    others = tmp_path / "others"
    with play._own_mailbox(Settings(data_dir=others)) as port:
        app = play.open_fresh(Settings(data_dir=tmp_path / "own", database_url=sqlite_url, mailbox_port=port))
        assert app.settings.mail_stays_here
        play.play(app, "declaration_of_intent", lambda _line: None)
    assert mailbox.list_messages(Settings(data_dir=others).mailbox_dir) == []
    assert len(mailbox.list_messages(app.settings.mailbox_dir)) > 50


@pytest.mark.slow
def test_an_example_that_was_cut_off_is_brought_to_its_chair(fresh: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Stage, "position", cut)
        patched.setitem(play.STORIES, "declaration_of_intent", _told_in_a_word)
        with pytest.raises(KeyboardInterrupt):
            play.play(fresh, "declaration_of_intent", lambda _line: None)
        patched.undo()
    assert not play.is_played(fresh)
    play.play(fresh, "declaration_of_intent", lambda _line: None)
    assert [one.person for one in waiting.to_answer(fresh)] == ["rsau_chair", "rs_chair"]
    assert play.is_played(fresh)


def _told_in_a_word(stage: Stage) -> None:
    stage.register("officer", "declaration_of_intent", "Kort")
    stage.step("officer", "dismiss", "Kort.")


def test_a_mail_server_that_is_away_is_told_of_once_and_not_waited_for(fresh: App) -> None:
    fresh.do(RegisterCase(actor="officer", type="declaration_of_intent", title="Något"))
    with db.writing(fresh.engine) as conn:  # a worker is alive: this process
        conn.execute(
            insert(models.beats), {"key": "worker:1", "seen_at": beats.real_now(), "data": {"pid": os.getpid()}}
        )
    told: list[str] = []
    started = time.monotonic()
    with play._delivery(fresh, lambda line: told.append(line.sv)) as deliver:
        for _ in range(5):
            fresh.do(RegisterCase(actor="registrar", type="declaration_of_intent", title="Något", officer="officer"))
            deliver(fresh)
    assert time.monotonic() - started < 20
    assert len(told) == 1
    assert "127.0.0.1:9 tar inte emot mejlen nu" in told[0]


@pytest.mark.slow
def test_a_story_that_was_cut_off_goes_on_where_it_stood(fresh: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(stage: Stage, day: str, *_given: object, **_more: object) -> None:
        if day >= "2021-05-20":
            raise KeyboardInterrupt
        whole(stage, day, *_given, **_more)  # type: ignore[arg-type]  # handed on as given

    whole = Stage.scene
    with monkeypatch.context() as patched:
        patched.setattr(Stage, "scene", cut)
        with pytest.raises(KeyboardInterrupt):
            play.play(fresh, "declaration_of_intent", lambda _line: None)
    assert not play.is_played(fresh)
    played = play.play(fresh, "declaration_of_intent", lambda _line: None)
    assert played.state == "closed"
    with db.reading(fresh.engine) as conn:
        case = queries.case(conn, played.register_no)
        kinds = [e["kind"] for e in queries.history(conn, case["id"])]
    assert kinds.count("case:registered") == 1
    assert kinds.count("answer:received") == 7  # Varberg said first that it would return
    assert kinds.count("answer:withdrawn") == 3


def test_a_story_is_refused_among_other_peoples_cases(fresh: App) -> None:
    fresh.do(RegisterCase(actor="officer", type="declaration_of_intent", title="Ett riktigt ärende"))
    with pytest.raises(Refused, match="flyttar klockan"):
        play.play(fresh, "declaration_of_intent", lambda _line: None)
    with db.reading(fresh.engine) as conn:
        assert virtualtime.virtual(conn) is None


@pytest.mark.slow
def test_the_year_2021_is_played_beside_the_story_exactly_as_it_was_decided(fresh: App) -> None:
    told: list[str] = []
    play.play(fresh, "declaration_of_intent", lambda line: told.append(line.sv))
    calendar = json.loads(demo_file("calendar_2021.json").read_text("utf-8"))
    wanted = sorted(
        (m["start_date"], m["body"].lower(), m["end_date"], m["start"], m["end"]) for m in calendar["meetings"]
    )
    with db.reading(fresh.engine) as conn:
        found = meetingqueries.listed(conn)
        plan = queries.case(conn, "RS200002")
        (round_,) = queries.consultations(conn, queries.case(conn, "RS200001")["id"])
    keys = ("day", "body", "last_day", "starts_at", "ends_at")
    assert [tuple(str(m[k]) if "day" in k else m[k] for k in keys) for m in found] == wanted
    assert {m["state"] for m in found} == {"closed"}
    assert (plan["type"], plan["fields"]["krf_date"]) == ("meeting_plan", "2020-09-02")
    assert any(line.endswith("KRF 3–4 februari (internat), 10 mars, 7 april, 5 maj, 2 juni, 1 september, 6 oktober, "
                             "17 november") for line in told)  # fmt: skip
    assert any("KRF möts" in line for line in told), "the way back from the KRF is told"
    assert plan["fields"]["next_decided_on"] == "2021-09-01", "the year after is decided at the meeting of September"
    september = next(m["register_no"] for m in found if (m["body"], str(m["day"])) == ("krf", "2021-09-01"))
    with db.reading(fresh.engine) as conn:
        items = meetingqueries.meeting(conn, september)["items"]
        fired = [e["payload"]["step"] for e in queries.history(conn, plan["id"]) if e["kind"] == "deadline:fired"]
        kept = keptplans.of_case(conn, queries.case(conn, "RS200001")["id"], date(2020, 9, 2))
    assert ("Nästa års sammanträden", "approved") in [(i["heading"], i["outcome"]) for i in items]
    assert "escalate" not in fired
    assert kept is not None
    assert (kept.body, kept.meeting) == ("krf", date(2020, 9, 2)), "the plan back from the KRF is kept on the case"
    ways = {a["party"].removeprefix("municipality_"): a["revision"] for a in round_["answers"]}
    assert ways == {"falkenberg": 2, "halmstad": 2, "hylte": 1, "kungsbacka": 1, "laholm": 1, "varberg": 2}
