"""A step is taken whole or not at all, whatever fails, and the person is told in a sentence."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from story import TOWNS, Story, told, untouched

from arende import db
from arende.app import App
from arende.commands import Command, RegisterCase
from arende.errors import Refused, Unavailable
from arende.settings import Settings

Act = Callable[[Story], Command]


@pytest.fixture
def story(story_alone: Story) -> Story:
    """What is done to the engine here must not be met by other stories."""
    return story_alone


def full(story: Story) -> Exception:
    if story.app.engine.dialect.name == "postgresql":
        return psycopg.errors.DiskFull("could not extend file")
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname = "SQLITE_FULL"
    return error


@contextmanager
def failing_at(story: Story, nth: int) -> Iterator[list[str]]:
    """The nth writing statement fails; gives the list of those that came before."""
    seen: list[str] = []

    def before(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.split(maxsplit=1)[0] in ("INSERT", "UPDATE", "DELETE", "NOTIFY"):
            if len(seen) == nth:
                raise full(story)
            seen.append(statement)

    event.listen(story.app.engine, "before_cursor_execute", before)
    try:
        yield seen
    finally:
        event.remove(story.app.engine, "before_cursor_execute", before)


def registration(story: Story) -> Command:
    return RegisterCase(actor="registrar", type="declaration_of_intent", title="Nytt", officer="officer")


def dispatch(story: Story) -> Command:
    story.at("awaiting_decision").add("rs_secretary", "minutes_extract")
    return story.asked("rs_secretary", "record_decision", **story.minutes)


def last_answer(story: Story) -> Command:
    story.at("municipal_consultation")
    for town in TOWNS[1:]:
        story.answer(town)
    return story.answering(TOWNS[0])


def closing(story: Story) -> Command:
    story.at("concluded").deliver()
    return story.asked("officer", "close")


@pytest.mark.parametrize("prepare", [registration, dispatch, last_answer, closing])
def test_a_failure_at_any_statement_leaves_nothing_half_done(story_on_each: Story, prepare: Act) -> None:
    story = story_on_each
    command = prepare(story)
    for nth in range(100):
        with failing_at(story, nth) as seen:
            try:
                story.do(command)
            except Unavailable as e:
                said = e.told()[0]
            else:
                break
        assert "Inget har sparats" in said
        assert str(command.id) not in command_ids(story)
    assert nth == len(seen) > 3
    assert str(command.id) in command_ids(story)


def command_ids(story: Story) -> set[str]:
    with db.reading(story.app.engine) as conn:
        return {r.id for r in conn.exec_driver_sql("SELECT id FROM commands")}


def test_a_failure_leaves_every_row_as_it_was(story: Story) -> None:
    command = dispatch(story)
    for nth in range(6):
        with untouched(story), failing_at(story, nth), told(Unavailable, "Disken med databasen är full"):
            story.do(command)
    story.do(command)


def test_a_commit_that_fails_leaves_nothing(story: Story) -> None:
    command = dispatch(story)

    def refuse(_conn: Any) -> None:
        raise full(story)

    event.listen(story.app.engine, "commit", refuse)
    with untouched(story), told(Unavailable, "Disken med databasen är full", "The disk of the database is full"):
        story.do(command)
    event.remove(story.app.engine, "commit", refuse)
    story.do(command)


def test_a_locked_database_is_told_and_the_step_may_be_taken_again(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.at("manager_review")
    command = story.asked("officer", "take_back", "Fel.")
    file = story.app.engine.url.database
    monkeypatch.setattr(db, "LOCK_WAIT", 0.05)
    impatient = db.open_engine(f"sqlite:///{file}", sync_full=False)
    other = sqlite3.connect(str(file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    app = App(**{**vars(story.app), "engine": impatient})
    with untouched(story), told(Unavailable, "låst av någon annan", "locked by somebody else"):
        app.do(command)
    other.execute("ROLLBACK")
    other.close()
    assert app.do(command).state == "draft"
    impatient.dispose()


def test_a_disk_that_is_really_full_leaves_nothing(story: Story) -> None:
    command = dispatch(story)
    engine = story.app.engine
    engine.dispose()

    def small(driver: Any, _record: Any) -> None:
        driver.execute("PRAGMA max_page_count=1")  # as many as there are, and no more

    event.listen(engine, "connect", small)
    with untouched(story), told(Unavailable, "Disken med databasen är full"):
        for n in range(400):
            story.do(command if n == 399 else registration(story))
    event.remove(engine, "connect", small)
    engine.dispose()
    story.do(command)


def test_a_database_that_may_only_be_read_is_told(story: Story) -> None:
    command = dispatch(story)
    url = f"sqlite:///file:{story.app.engine.url.database}?mode=ro&uri=true"
    reader = db.open_engine(url, sync_full=False)
    app = App(**{**vars(story.app), "engine": reader})
    with untouched(story), told(Unavailable, "går bara att läsa"):
        app.do(command)
    reader.dispose()


def test_a_template_that_lacks_a_value_refuses_the_whole_step(story: Story, tmp_path: Path) -> None:
    story.at("draft").add("officer", "declaration")
    story.relate()
    folder = tmp_path / "home" / "templates" / "mail" / "task_assigned" / "sv"
    folder.mkdir(parents=True)
    settings = Settings(home=tmp_path / "home", data_dir=tmp_path / "data")
    for lacks, *said in (
        ("the_weather", "task_assigned", "the_weather"),
        ("case.fields.outcome", "Uppgiften ”Utfall” (outcome) saknas, och mejlet kan inte skrivas utan den",
         "Fyll i den i steget ”För in utfallet”", "Mall: mail/task_assigned/sv/body.txt.j2, rad 1."),
    ):  # fmt: skip
        (folder / "body.txt.j2").write_text(f"Hej {{{{ recipient_name }}}}, {{{{ {lacks} }}}}", "utf-8")
        app = App.on(settings, story.app.engine, story.clock)
        with untouched(story), told(Refused, *said):
            app.do(story.asked("officer", "request_review"))
    assert story.state == "draft"
    story.step("officer", "request_review")
