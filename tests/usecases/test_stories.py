"""Every story of the sources is played to its end, and reads right on the pages of its cases."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

import storyread
from arende import db, models, queries, workdays
from arende.app import App
from arende.demo import localboards, partners, play, policies
from arende.demo.stage import Stage
from arende.home import demo_file
from arende.letters import Letter
from arende.markdown import plain
from arende.settings import Settings
from arende.web import create_app

pytestmark = pytest.mark.slow
OTHERS = sorted(set(play.STORIES) - {play.FIRST})


@pytest.fixture
def fresh(tmp_path: Path, sqlite_url: str) -> App:
    return play.open_fresh(Settings(data_dir=tmp_path, database_url=sqlite_url))


def told(app: App, name: str) -> tuple[play.Played, list[str]]:
    lines: list[str] = []
    return play.play(app, name, lambda line: lines.append(line.sv)), lines


def page(app: App, number: str) -> str:
    """The words of a case's page, as whoever comes to a demonstration reads them."""
    browser = TestClient(create_app(app), base_url="http://127.0.0.1", headers={"accept-language": "sv"})
    answer = browser.get(f"/cases/{number}")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def letters(app: App, number: str, key: str) -> list[Letter]:
    with db.reading(app.engine) as conn:
        rows = queries.of_case(conn, models.documents, queries.case(conn, number)["id"])
    found = [r for r in rows if r["key"] == key or r["key"].startswith(f"{key}_")]
    return [Letter.from_json(app.storage.read(r["source"]).decode()) for r in found]


def media_types(app: App) -> set[str]:
    """Of every document that a story's people hand in or that the steps write."""
    with db.reading(app.engine) as conn:
        return {str(r.media_type) for r in conn.execute(models.documents.select())}


def listed(app: App) -> dict[str, str]:
    """Title and state of every case."""
    with db.reading(app.engine) as conn:
        return {r.title: r.state for r in conn.execute(models.cases.select())}


@pytest.mark.parametrize("name", OTHERS)
def test_a_story_is_played_to_its_end_with_every_mail_sent_and_no_second_time(fresh: App, name: str) -> None:
    played, lines = told(fresh, name)
    assert (played.state, set(played.mails), played.broken) == ("closed", {"sent"}, [])
    assert len(lines) > 4
    again, _ = told(fresh, name)
    assert (again.register_no, again.events, again.mails) == (played.register_no, played.events, played.mails)
    assert play.is_played(fresh)
    assert "Avslutad" in page(fresh, played.register_no)
    assert "text/markdown" not in media_types(fresh), "each paper is a letter that a secretary would know"
    _is_read_from_beginning_to_end(fresh)


def test_the_story_that_is_played_first_is_read_from_beginning_to_end(fresh: App) -> None:
    told(fresh, play.FIRST)
    _is_read_from_beginning_to_end(fresh)


def _is_read_from_beginning_to_end(app: App) -> None:
    """Every page and document that its cases lead to, by one of its people: found, in Swedish, and of its kind."""
    found = storyread.read(app, "registrar")
    assert found.wrong == []
    with db.reading(app.engine) as conn:
        documents = conn.execute(select(models.documents.c.record_no, models.documents.c.name)).all()
        numbers = conn.execute(select(models.cases.c.register_no)).scalars().all()
        over = models.cases.c.closed_at.is_not(None) & (models.cases.c.id == models.documents.c.case_id)
        kept = conn.execute(select(models.documents.c.name, models.documents.c.access).where(over)).all()
    assert [name for name, access in kept if access != "public"] == [], "the public register shows what is public"
    opened = [path for path in found.opened if re.fullmatch(r"/cases/\w+/documents/\d+", path)]
    assert len(opened) == len(documents), "a document that no page leads to"
    assert {f"/cases/{n}" for n in numbers} <= set(found.opened)
    assert not [name for _, name in documents if re.search(r"[a-z]_[a-z]|\.md$", name)], (
        "a name no secretary would give"
    )


def test_every_story_has_a_title(fresh: App) -> None:
    assert list(play.TITLES) == list(play.STORIES)


def test_the_letter_of_2022_is_the_one_that_was_sent(fresh: App) -> None:
    told(fresh, "letter_to_partners")
    said = json.loads(demo_file(partners.FILE).read_text("utf-8"))
    (letter,) = letters(fresh, said["diarienummer"], "signed_letter")
    head = letter.head
    assert (head.recipients, head.day.isoformat()) == ((said["mottagare"],), said["datum"])
    assert (head.register_no, letter.title, head.sender) == (said["diarienummer"], said["rubrik"], said["avsandare"])
    assert [plain([b]) for b in letter.blocks] == said["stycken"]
    assert [s[:2] for s in head.signatures] == [(u["namn"], u["roll"]) for u in said["undertecknare"]]
    who = said["kontaktperson"]
    assert head.contact == f"Vid frågor vänligen kontakta {who['namn']}, {who['titel']}, e-post: {who['epost']}."
    words = page(fresh, said["diarienummer"])
    assert said["rubrik"] in words
    assert "Mikaela Waltersson, regionstyrelsens ordförande, skrev under" in words


def test_each_partner_is_told_that_the_local_boards_end(fresh: App) -> None:
    number = told(fresh, "local_boards_end")[0].register_no
    found = letters(fresh, number, "partner_letter")
    assert len(found) == 7
    assert len({letter.head.recipients for letter in found}) == 7
    assert all("Regionfullmäktige beslutade den 2 mars 2022" in letter.plain() for letter in found)
    assert plain(found[0].blocks[-1:]) == localboards.TEXT.split("\n\n")[1]
    assert "Underrättelse till samverkanspart" in page(fresh, number)


def test_the_policy_documents_are_warned_of_and_expire_on_their_days(fresh: App) -> None:
    number = told(fresh, "policy_documents")[0].register_no
    assert listed(fresh) == {
        "Kulturstrategi och kulturplan 2021–2024": "closed",
        "Trafikförsörjningsprogram 2020–2023": "closed",
        "Hallands strategi för hållbar tillväxt 2021–2028": "in_force",
    }
    with db.reading(fresh.engine) as conn:
        case = queries.case(conn, number)["id"]
        taken = [e for e in queries.history(conn, case) if e["kind"] == "case:step:taken"]
        warned = [m for m in queries.of_case(conn, models.outbox, case) if m["template"] == "policy_document_expiring"]
    steps = [(e["payload"]["to"], workdays.local_day(e["occurred_at"]).isoformat()) for e in taken]
    assert ("review_due", "2023-07-01") in steps
    assert [day for state, day in steps if state == "expired"] == ["2025-01-02"]
    assert {m["recipient_name"] for m in warned} == {"Avdelningschefen", "Handläggaren"}
    (application,) = letters(fresh, number, "application")
    assert application.head.recipients == ("Statens kulturråd",)
    assert "Styrdokument, handling" in application.plain()
    assert "Missiv" not in application.plain()


def test_a_policy_document_goes_the_way_of_the_law_day_by_day() -> None:
    for c in policies.COURSES:
        order = [c.begun, c.consulted, *sorted(c.answered), c.answer_by, c.submitted, c.cleared, c.rs, c.recommended,
                 c.rf, c.minutes_approved, c.announced, c.in_force]  # fmt: skip
        assert order == sorted(order)
        assert len({*c.answered}) == 6
        days = {d: date.fromisoformat(d) for d in order}
        assert all(workdays.is_working_day(day) for day in days.values())
        assert days[c.recommended] + timedelta(days=7) < days[c.rf], "announced a week before"
        assert (days[c.announced] - days[c.minutes_approved]).days <= 2
        assert c.in_force >= c.valid[0], "nothing applies before its day"


def test_no_policy_document_applies_before_its_first_day(fresh: App) -> None:
    told(fresh, "policy_documents")
    with db.reading(fresh.engine) as conn:
        for row in conn.execute(models.cases.select()).mappings():
            taken = [e for e in queries.history(conn, row["id"]) if e["kind"] == "case:step:taken"]
            days = {e["payload"]["to"]: workdays.local_day(e["occurred_at"]).isoformat() for e in reversed(taken)}
            assert days["in_force"] >= row["fields"]["valid_from"]


def test_a_local_boards_year_is_minuted_announced_and_gains_legal_force(fresh: App) -> None:
    told(fresh, "local_board_year")
    states = listed(fresh)
    assert len([t for t in states if t.startswith("Lokal nämnd Kungsbacka 2021-")]) == 4
    assert set(states.values()) == {"closed"}
    words = page(fresh, "MLNKU210002")
    assert "2021-05-27" in words
    assert "Bekräfta laga kraft" in words
    assert "tog steget ”Avsluta”. Ärendet gick från Anslag nedtaget till Avslutat" in words
    assert "Tiden har gått ut" not in words, "the court is asked in time"
    (minutes, *_) = letters(fresh, "MLNKU210002", "minutes")
    said = minutes.plain()
    assert "Stadshuset i Kungsbacka (påhittad plats)" in said
    assert "Nämnden väljer vice ordföranden till justerare. (Påhittat:" in said
    assert "Ej belagt" not in said
    assert "Lokala nämndens vice ordförande | vice ordförande" in said


def test_the_plan_of_2021_is_decided_by_the_forum_and_its_sixteen_meetings_are_held(fresh: App) -> None:
    number = told(fresh, "meetings_2021")[0].register_no
    states = listed(fresh)
    assert len(states) == 17
    assert set(states.values()) == {"closed"}
    words = page(fresh, number)
    assert "KRF beslutade 2021 års möten enligt arbetsordningen" in words
    assert "Onsdagen den 3 februari 2021 till torsdagen den 4 februari 2021 internat" in words
    assert "Kommun- och regionledningsforum 2021-02-03" in states, "whoever reads the public register knows no letters"


def test_a_story_that_was_cut_off_goes_on_where_it_was(fresh: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Stage, "answer_request", cut)
        with pytest.raises(KeyboardInterrupt):
            told(fresh, "letter_to_partners")
    assert told(fresh, "letter_to_partners")[0].state == "closed"
    assert list(listed(fresh).values()) == ["closed"]
