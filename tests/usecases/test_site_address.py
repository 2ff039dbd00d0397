"""Links in mails lead to where the web is, whoever words the mail."""

from __future__ import annotations

from sqlalchemy import Engine
from story import Story

from arende import db, siteaddress
from arende.settings import Settings

SITE = "https://arende.region.example"
SET = Settings(base_url=SITE)
OWN = Settings(web_port=8421)


def announce(story: Story, settings: Settings) -> tuple[str, str | None]:
    return siteaddress.announce(story.app.engine, settings, story.clock())


def test_every_process_words_links_with_the_address_of_the_web(story: Story) -> None:
    story.register()
    announce(story, SET)
    story.on_to("municipal_consultation")
    assert story.app.settings.base_url == "http://127.0.0.1:8420"
    for mail in story.mails():
        assert SITE in mail["text"] + mail["html"]
        assert "127.0.0.1" not in mail["text"] + mail["html"]


def test_before_the_web_ever_was_the_settings_count(story: Story) -> None:
    story.at("awaiting_rsau")
    assert "http://127.0.0.1:8420" in story.mails(to="rsau_chair")[-1]["text"]


def test_who_moves_the_web_is_told_where_older_links_lead(story: Story) -> None:
    assert announce(story, Settings()) == ("http://127.0.0.1:8420", None)
    assert announce(story, OWN) == ("http://127.0.0.1:8421", "http://127.0.0.1:8420")
    assert announce(story, OWN) == ("http://127.0.0.1:8421", None)
    assert announce(story, SET) == (SITE, "http://127.0.0.1:8421")


def test_a_web_without_the_sites_settings_does_not_turn_its_links_towards_itself(story: Story) -> None:
    announce(story, SET)
    assert announce(story, OWN) == (SITE, None)
    assert announce(story, Settings(base_url="https://other.region.example")) == ("https://other.region.example", SITE)


def test_what_is_made_outside_a_command_has_the_same_address(engine: Engine, story: Story) -> None:
    announce(story, SET)
    with db.reading(story.app.engine) as conn:
        assert siteaddress.outside(conn, OWN) == SITE
    with db.reading(engine) as conn:
        assert siteaddress.outside(conn, OWN) == "http://127.0.0.1:8421"
