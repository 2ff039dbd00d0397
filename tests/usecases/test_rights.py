"""A case under secrecy is seen by those who have to do with it; others see that it is there, and no more."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event
from story import PEOPLE, Story
from test_signing_in import Browser

from arende import actors, db, queries, rights
from arende.commands import AddNote, CorrectEvent, Relate
from arende.errors import Forbidden, NotFound
from arende.people import read
from arende.usecases import apikeys, sessions
from arende.usecases.inbox import inbox_of
from arende.usecases.options import options_for
from arende.usecases.people import load

SECRET = "Hemlig rubrik om beredskapslager"
STAND_IN = """substitutes:
  - {for: rsau_chair, by: rsau_vice_chair, from: 2020-01-01, to: 2030-12-31}
  - {for: registrar, by: cgh_secretary, from: 2020-01-01, to: 2030-12-31, office: registrar}
"""


@pytest.fixture
def secret(story_on_each: Story) -> Story:
    """A declaration under secrecy that the chair of the RSAU has been asked about, and a public one."""
    return told(story_on_each)


@pytest.fixture
def here(story: Story) -> Story:
    """The same, where the kind of database makes no difference."""
    return told(story)


def told(story: Story) -> Story:
    story.register(title="Offentlig rubrik")
    story.register(title=SECRET, secrecy=True)
    return story.on_to("awaiting_rsau")


def who_see(story: Story) -> set[str]:
    """Everybody who sees the secret case, by the filter of lists and by that of single rows – which agree."""
    found = set()
    with db.reading(story.app.engine) as conn:
        case = queries.case(conn, story.no)
        for key in actors.names(conn):
            who = rights.reader(conn, actors.actor(conn, key).id, story.clock().date())
            listed = {r["register_no"] for r in queries.cases(conn, visible_to=who)}
            assert (story.no in listed) == rights.may_see(conn, who, case)
            assert "RS200001" in listed
            if story.no in listed:
                found.add(key)
        assert not rights.may_see(conn, rights.NOBODY, case)
        assert story.no not in {r["register_no"] for r in queries.cases(conn, visible_to=rights.NOBODY)}
    return found


def test_those_see_it_who_have_to_do_with_it(secret: Story) -> None:
    assert who_see(secret) == {"officer", "manager", "registrar", "rsau_chair", "rsau_secretary"}


def test_whoever_is_asked_reads_in_the_inbox_what_it_is_about(here: Story) -> None:
    (row,) = (r for r in inbox_of(here.app, "rsau_chair") if r["kind"] == "approval")
    assert (row["title"], bool(row["what"])) == (SECRET, True)


def test_whoever_stands_in_for_an_administrator_finds_the_pages_and_the_sessions(here: Story) -> None:
    stand_in = "  - {for: administrator, by: cgh_secretary, from: 2020-01-01, to: 2030-12-31, office: administrator}\n"
    people = PEOPLE.replace("substitutes: []", STAND_IN + stand_in)
    load(here.app, read(people, "people.yaml"), here.clock())
    with db.reading(here.app.engine) as conn:
        sessions.begin(here.app, actors.actor(conn, "officer"), "demo")
    browser = Browser(here)
    browser.sign_in("cgh_secretary")
    assert 'href="/admin"' in browser.get("/").text
    assert browser.get("/admin").status_code == 200
    assert apikeys.make(here.app, "cgh_secretary", "e-tjänsten", "officer", "read", 30)
    shown, everybody = sessions.listing_for(here.app, "cgh_secretary")
    assert everybody
    for one in shown:
        if one["key"] == "officer":
            with pytest.raises(NotFound):
                sessions.revoke_as(here.app, "officer2", one["id"])
            sessions.revoke_as(here.app, "cgh_secretary", one["id"])
    assert sessions.listing(here.app, "officer") == []


def test_whoever_stands_in_sees_it_too_and_only_in_the_office_lent(secret: Story) -> None:
    people = read(PEOPLE.replace("substitutes: []", STAND_IN), "people.yaml")
    load(secret.app, people, secret.clock())
    assert who_see(secret) >= {"rsau_vice_chair", "cgh_secretary"}
    secret.clock.advance(days=4000)
    assert "cgh_secretary" not in who_see(secret)


def test_others_can_neither_add_to_it_nor_learn_of_its_steps(here: Story) -> None:
    for order in (
        AddNote(actor="officer2", register_no=here.no, text="x"),
        Relate(actor="officer2", register_no=here.no, kind="basis", other="x"),
        CorrectEvent(actor="rs_chair", register_no=here.no, seq=1, text="x"),
    ):
        with pytest.raises(Forbidden, match="sekretess"):
            here.do(order)
    with pytest.raises(Forbidden, match="sekretess"):
        options_for(here.app, here.no, "administrator")
    here.do(AddNote(actor="registrar", register_no=here.no, text="x"))
    assert options_for(here.app, here.no, "rsau_secretary")


def test_pages_show_it_to_those_and_its_number_to_others(here: Story) -> None:
    browser = Browser(here)
    for who, sees in {"officer": True, "registrar": True, "officer2": False, "administrator": False, "": False}.items():
        if who:
            browser.sign_in(who)
        else:
            browser.http.cookies.clear()
        for path in (f"/cases/{here.no}", "/cases", "/cases?type=declaration_of_intent"):
            page = browser.get(path)
            assert page.status_code == 200
            assert (SECRET in page.text) == sees, (who, path)
        if not sees:
            assert here.no not in browser.get("/cases?type=declaration_of_intent").text
            assert len(re.findall("<dt>", browser.get(f"/cases/{here.no}").text)) == 1


def test_a_record_that_nobody_has_checked_is_for_those_who_work_on_the_case(here: Story) -> None:
    with db.reading(here.app.engine) as conn:
        public, day = queries.case(conn, "RS200001"), here.clock().date()
        readers = {k: rights.reader(conn, actors.actor(conn, k).id, day) for k in ("officer", "officer2", "registrar")}
        for access, may in {None: 4, "public": 4, "unchecked": 2, "secret": 2}.items():
            asking = [*readers.values(), rights.NOBODY]
            assert (
                sum(rights.may_open(conn, who, public, {"access": access, "moved_to": None}) for who in asking) == may
            )
        with pytest.raises(NotFound):
            rights.demand(conn, readers["officer2"], queries.case(conn, here.no))


def test_a_page_of_cases_is_filtered_in_one_select(here: Story) -> None:
    asked: list[str] = []
    with db.reading(here.app.engine) as conn:
        rows = queries.cases(conn)
        who = rights.reader(conn, actors.actor(conn, "officer").id, here.clock().date())
        listener = lambda _c, _cursor, sql, *_: asked.append(sql)  # noqa: E731 – a listener of one line
        event.listen(conn, "before_cursor_execute", listener)
        assert len(rights.seen(conn, who, rows)) == 2
        assert len(asked) == 1
        assert rights.seen(conn, who, [r for r in rows if not r["secrecy"]])
        assert len(asked) == 1
        event.remove(conn, "before_cursor_execute", listener)
