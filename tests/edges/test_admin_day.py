"""An administrator's day in a real browser: a mail came back, its address is mended, and it is sent again."""

from __future__ import annotations

from pathlib import Path

import pytest
from post import Server, drained
from sqlalchemy import select, update

import webstory
from arende import db, models, people
from arende.home import demo_file
from arende.usecases import people as register
from browser import chromium, tab
from served import served

WRONG, RIGHT = "registrator@hylte.example", "kansliet@hylte.example"
PEOPLE = demo_file("people.yaml").read_text("utf-8")


@pytest.mark.slow
def test_an_administrator_finds_a_bounce_mends_the_address_and_sends_it_again(
    sqlite_template: Path, tmp_path: Path
) -> None:
    app = webstory.played(sqlite_template, tmp_path)
    o = models.outbox.c
    with db.writing(app.engine) as conn:
        mail = conn.execute(select(o.id).where(o.address == WRONG).order_by(o.id.desc()).limit(1)).scalar_one()
        conn.execute(update(models.outbox).where(o.id == mail).values(state="queued", next_at=app.clock()))
    server = Server(rcpt=lambda to: "550 5.1.1 no such mailbox" if to == WRONG else None)
    assert drained(app, server).failed == 1

    with served(app) as url, chromium() as browser, tab(browser, url) as visit:
        page = visit.page
        visit.open("/sign-in?next=/")
        page.click('button[value="administrator"]')
        page.get_by_role("link", name="Drift").click()
        assert "Mejl som inte gick fram den senaste månaden: 1" in page.inner_text("main")
        assert visit.faults() == []
        page.locator("main table").get_by_role("link", name="Mejl", exact=True).click()
        row = page.locator("tr", has_text=WRONG)
        assert "550 5.1.1 no such mailbox" in row.inner_text()
        assert visit.faults() == []

        register.load(app, people.read(PEOPLE.replace(WRONG, RIGHT), "people.yaml"), app.clock())
        row.get_by_role("link", name=str(mail), exact=True).click()
        assert RIGHT in page.inner_text("main")
        page.get_by_role("button", name="Sänd igen").click()
        page.get_by_text("Mejlet står i kö igen").wait_for()
        assert visit.faults() == []

        assert drained(app, server).failed == 0
        assert RIGHT in [to for _, to, _ in server.accepted]
        page.reload()
        assert "Sänt" in page.inner_text("main")
        visit.open("/cases/RS200001")
        assert "Mejlet till Hylte kommun sänds på nytt till en ny adress." in page.content()
        assert visit.faults(judged=False) == []
    app.engine.dispose()
