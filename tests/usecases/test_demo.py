"""The demonstration: played once, gone on with when cut off, and never among other people's cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from arende import db, queries, virtualtime
from arende.app import App
from arende.commands import RegisterCase
from arende.demo import play
from arende.demo.stage import Stage
from arende.errors import Refused
from arende.settings import Settings


@pytest.fixture
def fresh(tmp_path: Path, sqlite_url: str) -> App:
    return play.open_fresh(Settings(data_dir=tmp_path, database_url=sqlite_url, smtp_port=9))


@pytest.mark.slow
def test_the_story_is_played_to_its_end_with_every_mail_sent(fresh: App) -> None:
    told: list[str] = []
    played = play.play(fresh, "declaration_of_intent", told.append)
    assert played.state == "closed"
    assert set(played.mails) == {"sent"}
    assert played.broken == []
    assert any("Varberg tar tillbaka" in line for line in told)
    with db.reading(fresh.engine) as conn:
        assert virtualtime.virtual(conn) is None
    again = play.play(fresh, "declaration_of_intent", told.append)
    assert (again.register_no, again.events, again.mails) == (played.register_no, played.events, played.mails)


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
    assert kinds.count("answer:received") == 6
    assert kinds.count("answer:withdrawn") == 3


def test_a_story_is_refused_among_other_peoples_cases(fresh: App) -> None:
    fresh.do(RegisterCase(actor="officer", type="declaration_of_intent", title="Ett riktigt ärende"))
    with pytest.raises(Refused, match="flyttar klockan"):
        play.play(fresh, "declaration_of_intent", lambda _line: None)
    with db.reading(fresh.engine) as conn:
        assert virtualtime.virtual(conn) is None
