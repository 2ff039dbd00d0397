"""Two secretaries at work on one meeting: each is told of the other, and nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_acting import Browser, events, words
from test_meeting_acts import found, headings, item, opened, planned

import meetingstory
import webstory
from arende import db
from arende import people as people_of
from arende.actors import actor
from arende.app import App
from arende.commands import RegisterCase, Relate
from arende.usecases import people, sessions
from browser import chromium, tab
from served import served
from sharing import people_file

FIRST = "Någon annan hann före"
OFFICE = "  - {person: rsau_secretary,  office: secretary,       body: rsau,           from: 2019-01-01}\n"


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = webstory.seated(sqlite_template, tmp_path_factory.mktemp("together"))
    text = meetingstory.seated(people_file())
    two = text.replace(OFFICE, f"{OFFICE}{OFFICE.replace('person: rsau_secretary, ', 'person: officer2, ')}")
    people.load(app.engine, people_of.read(two, "people.yaml"), app.clock())
    yield app
    app.engine.dispose()


def secretaries(app: App) -> tuple[Browser, Browser]:
    """The committee's two, each in a browser; after the day of the meeting has come."""
    return Browser(app, "rsau_secretary"), Browser(app, "officer2")


def test_an_outcome_that_somebody_else_entered_meanwhile_is_not_written_over_unseen(app: App) -> None:
    m = opened(app, "Budget")
    one, other = secretaries(app)
    at = f"/meetings/{m.no}/items/{item(app, m, 'Budget')['item']}"
    hidden = one.form(at)
    other.send(f"{at}/outcome", outcome="approved", decision="Att bifalla.")
    said = one.send(f"{at}/outcome", 409, hidden=hidden, outcome="rejected", decision="Att avslå helt.")
    assert FIRST in said
    assert "”Budget”: bifall. (Andra handläggaren)" in said, "what happened, and who did it"
    assert "Att avslå helt." in said
    assert item(app, m, "Budget")["outcome"] == "approved"
    one.send(f"{at}/outcome", outcome="rejected", decision="Att avslå helt.")
    assert item(app, m, "Budget")["outcome"] == "rejected"


def test_what_happens_elsewhere_at_the_meeting_holds_nobody_up(app: App) -> None:
    m = opened(app, "Budget", "Remissvar")
    one, other = secretaries(app)
    base = f"/meetings/{m.no}"
    at = f"{base}/items/{item(app, m, 'Budget')['item']}"
    outcome, attend = one.form(f"{at}/outcome"), one.form(f"{base}/do/attend")
    one.send(f"{base}/items/{item(app, m, 'Remissvar')['item']}/outcome", outcome="noted")
    other.send(f"{base}/do/attend", person="officer", role="official")
    one.send(f"{at}/outcome", hidden=outcome, outcome="approved")
    one.send(f"{base}/do/attend", hidden=attend, person="manager", role="official")
    assert item(app, m, "Budget")["outcome"] == "approved"


def test_a_form_sent_twice_is_one_although_it_changed_what_it_was_made_from(app: App) -> None:
    m = opened(app, "Budget")
    one, _ = secretaries(app)
    at = f"/meetings/{m.no}/items/{item(app, m, 'Budget')['item']}/outcome"
    hidden = one.form(at)
    one.send(at, hidden=hidden, outcome="approved")
    before = events(app, m.no)
    one.send(at, hidden=hidden, outcome="approved")
    assert events(app, m.no) == before


def test_the_same_person_is_not_entered_anew_over_what_somebody_else_entered(app: App) -> None:
    m = opened(app, "Budget")
    one, other = secretaries(app)
    form = f"/meetings/{m.no}/do/attend"
    hidden = one.form(form)
    other.send(form, person="officer", role="official", remote="true")
    said = one.send(form, 409, hidden=hidden, person="officer", role="official")
    assert FIRST in said
    assert "Handläggaren är närvarande." in said


def test_an_order_made_from_another_agenda_is_not_written(app: App) -> None:
    m = planned(app)
    for heading in ("Ett", "Två", "Tre"):
        m.add(heading)
    one, other = secretaries(app)
    base = f"/meetings/{m.no}"
    hidden, moving = one.form(f"{base}/do/order"), one.form(base)
    two, three = (item(app, m, heading)["item"] for heading in ("Två", "Tre"))
    other.send(f"{base}/do/add", heading="Fyra")
    said = one.send(f"{base}/do/order", 409, hidden=hidden, **{f"place-{three}": "1"})
    assert FIRST in said
    assert "satte upp ”Fyra”" in said
    assert FIRST in one.send(f"{base}/items/{two}/up", 409, hidden=moving)
    assert headings(app, m) == ["Ett", "Två", "Tre", "Fyra"]


def test_a_ballot_made_before_somebody_came_is_shown_again(app: App) -> None:
    m = opened(app, "Budget")
    one, other = secretaries(app)
    vote = f"/meetings/{m.no}/items/{item(app, m, 'Budget')['item']}/vote"
    hidden = one.form(vote)
    other.send(f"/meetings/{m.no}/do/attend", person="officer", role="official")
    said = one.send(vote, 409, hidden=hidden, yes_means="bifall", no_means="avslag")
    assert "Handläggaren är närvarande." in said
    assert 'value="avslag"' in one.http.post(
        vote, data={"csrf": one.csrf, **hidden, "yes_means": "bifall", "no_means": "avslag"}
    ).text  # fmt: skip


def test_a_roll_call_made_before_somebody_else_began_is_shown_again_with_its_ticks(app: App) -> None:
    m = planned(app).called("Budget")
    one, other = secretaries(app)
    form = f"/meetings/{m.no}/roll-call"
    hidden = one.form(form)
    other.send(form, here=["led1"])
    data = {"csrf": one.csrf, **hidden, "here": ["led1", "led2"], "checker": ["led2"]}
    answer = one.http.post(form, data=data)
    assert answer.status_code == 409
    assert FIRST in words(answer.text)
    assert "Ledamot Ett är närvarande." in words(answer.text)
    assert 'name="here" value="led2" checked' in answer.text
    assert 'name="checker" value="led2" checked' in answer.text
    one.send(form, here=["led2"])
    one.send(form, hidden=one.form(form), here=["led3", "rsau_chair"], presiding="rsau_chair")
    assert {a["actor"] for a in found(app, m)["attendance"]} >= {"led1", "led2", "led3", "rsau_chair"}


def test_minutes_made_from_another_agenda_are_not_entered(app: App) -> None:
    m = planned(app)
    m.add("Budget")
    one, other = secretaries(app)
    number = item(app, m, "Budget")["item"]
    form = f"/meetings/{m.no}/from-minutes"
    hidden = one.form(form)
    other.send(f"/meetings/{m.no}/do/add", heading="Ett till")
    pdf: dict[str, object] = {"file": ("protokoll.pdf", b"%PDF-1.7 minutes", "application/pdf")}
    said = one.send(form, 409, hidden=hidden, files=pdf, minutes_approved_on="2023-12-24",
                    **{f"outcome-{number}": "rejected", f"decision-{number}": "Enligt pärmen."})  # fmt: skip
    assert FIRST in said
    assert "satte upp ”Ett till”" in said
    assert "Enligt pärmen." in said
    assert item(app, m, "Budget")["outcome"] is None


def test_what_is_wrong_in_a_form_does_not_hide_what_happened_since(app: App) -> None:
    """The form that comes back for a missing reason is still made from what its writer saw."""
    number = str(app.do(RegisterCase(actor="officer", type=webstory.TYPE, title="Om kustleden")).register_no)
    officer = Browser(app, "officer")
    step = f"/cases/{number}/step/put_on_hold"
    hidden = officer.form(step)
    app.do(Relate(actor="officer2", register_no=number, kind="follows", other="Strukturbilden"))
    html = officer.http.post(step, data={"csrf": officer.csrf, **hidden, "note": "x"}).text
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html)) | {"csrf": officer.csrf}
    answer = officer.http.post(step, data={**again, "review_on": "2023-12-01", "note": "Väntar"})
    assert answer.status_code == 409
    assert "kopplade ärendet till Strukturbilden" in words(answer.text)


# ---------------------------------------------------------------- what is not sent yet


def test_a_roll_call_is_gone_on_with_where_it_was_left(app: App) -> None:
    m = planned(app).called("Budget")
    one, other = secretaries(app)
    form = f"/meetings/{m.no}/roll-call"
    written = {"csrf": one.csrf, "_place": form, "here": ["led1", "ers1"], "checker": "led1", "for-ers1": "led3"}
    assert one.http.post("/drafts", data={**written, "presiding": "rsau_chair"}).status_code == 204
    html = one.read(form)
    for ticked in ('"here" value="led1" checked', '"here" value="ers1" checked', '"checker" value="led1" checked',
                   '"presiding" value="rsau_chair" checked', 'value="led3" selected'):  # fmt: skip
        assert ticked in html
    assert "Det här började du skriva" in words(html)
    assert '"here" value="led2" checked' in one.read(f"{form}?here=all")
    assert "checked" not in other.read(form)
    one.send(form, here=["led1"])
    assert "checked" not in one.read(form)


def test_minutes_kept_elsewhere_are_gone_on_with_where_they_were_left(app: App) -> None:
    m = planned(app)
    m.add("Budget")
    one, _ = secretaries(app)
    form, number = f"/meetings/{m.no}/from-minutes", item(app, m, "Budget")["item"]
    one.send(form, 422, **{f"outcome-{number}": "approved", f"decision-{number}": "Enligt pärmen."})
    html = one.read(form)
    assert "Enligt pärmen." in html
    assert '<option value="approved" selected>' in html
    one.send("/drafts/discard", hidden={"_place": form})
    assert "Enligt pärmen." not in one.read(form)


def test_what_a_file_is_was_told_and_stays_though_the_file_was_not_chosen(app: App) -> None:
    number = str(app.do(RegisterCase(actor="officer", type=webstory.TYPE, title="Om kustleden")).register_no)
    officer, form = Browser(app, "officer"), f"/cases/{number}/documents/new"
    officer.send(form, 422, kind="declaration", direction="incoming")
    html = officer.read(form)
    assert '<option value="declaration" selected>' in html
    assert 'value="incoming" checked' in html
    officer.send(form, kind="declaration", direction="incoming", files={"file": ("a.txt", b"x")})
    assert "selected" not in officer.read(form)


@pytest.mark.slow
def test_a_roll_call_that_stands_open_follows_the_other_and_keeps_its_own_ticks(app: App) -> None:
    m = planned(app).called("Budget")
    _, other = secretaries(app)
    form = f"/meetings/{m.no}/roll-call"
    with db.reading(app.engine) as conn:
        raw = sessions.begin(app, actor(conn, "rsau_secretary"), "demo")
    cookie = [{"name": "arende", "value": raw, "domain": "127.0.0.1", "path": "/"}]
    with served(app) as address, chromium() as browser, tab(browser, address, "light", cookie) as visit:
        visit.open(form)
        page = visit.page
        page.check("[name=here][value=led2]")
        page.check("[name=remote][value=led2]")
        other.send(form, here=["led1"])
        page.locator("#row-led1 .tag").wait_for(timeout=8000)
        assert page.is_checked("[name=here][value=led2]")
        assert not page.is_checked("[name=checker][value=led2]")
        assert visit.faults() == []
        page.click("form[data-draft] button[type=submit]")
        page.wait_for_url("**/meetings/*done=attend*")
    kept = {a["actor"]: a for a in found(app, m)["attendance"]}
    assert kept.keys() == {"led1", "led2"}
    assert kept["led2"]["remote"]
