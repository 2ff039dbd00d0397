"""Replies written in the development mailbox: as from the recipient's own mail program, and on this machine only."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from starlette.testclient import TestClient
from story import Story, told, untouched

from arende import mailbox, outbox
from arende.errors import Invalid, NotFound, Refused
from arende.intake import composer, lmtp
from arende.web import create_app

KEY = "agenda_clearance"
HOST = "http://127.0.0.1"


@pytest.fixture
def posted(story: Story) -> Story:
    """The chair's request lies in the development mailbox."""
    story.at("awaiting_rsau")

    async def delivered() -> int:
        server = await mailbox.listen(story.app.settings.mailbox_dir, 0)
        port = int(server.sockets[0].getsockname()[1])
        here = story.app.settings.model_copy(update={"smtp_port": port, "mailbox_port": port})
        await outbox.drain(replace(story.app, settings=here))
        server.close()
        return port

    port = asyncio.run(delivered())
    here = story.app.settings.model_copy(update={"smtp_port": port, "mailbox_port": port})
    story.app = replace(story.app, settings=here)
    return story


def request_of_the_chair(story: Story) -> int:
    found = mailbox.list_messages(story.app.settings.mailbox_dir, "rsau_chair@region.example")
    return int(found[-1]["id"])


def site(story: Story, host: str = "127.0.0.1") -> TestClient:
    return TestClient(create_app(story.app), base_url=HOST, client=(host, 50_000), headers={"accept-language": "sv"})


def test_the_chair_answers_in_the_mailbox_and_the_request_is_decided(posted: Story) -> None:
    done = composer.reply(posted.app, request_of_the_chair(posted), "GODKÄNN\n\nBra.")
    assert (done.told, done.register_no) == ("decided", posted.no)
    assert posted.asked_of(KEY) == {"rsau_chair": "approved"}
    assert posted.events("approval:decided")[-1]["payload"]["comment"] == "Bra."


def test_a_reply_goes_by_lmtp_where_the_worker_listens(posted: Story) -> None:
    trusting = posted.app.settings.model_copy(update={"authserv_id": "mx.region.example"})
    with lmtp.listening(posted.app, lambda: None, port=0) as port:
        app = replace(posted.app, settings=trusting.model_copy(update={"lmtp_port": port}))
        assert composer.reply(app, request_of_the_chair(posted), "GODKÄNN").told == "decided"
    assert composer.reply(app, request_of_the_chair(posted), "GODKÄNN igen").told == "held", "the listener is away"


def test_somebody_else_who_answers_decides_nothing(posted: Story) -> None:
    done = composer.reply(posted.app, request_of_the_chair(posted), "GODKÄNN", sender="manager@region.example")
    assert done.told == "tray"
    assert posted.asked_of(KEY) == {"rsau_chair": "pending"}


def test_nothing_can_be_written_where_mail_leaves_the_machine(posted: Story) -> None:
    out = posted.app.settings.model_copy(update={"smtp_host": "smtp.region.example"})
    posted.app = replace(posted.app, settings=out)
    number = request_of_the_chair(posted)
    with untouched(posted), told(Refused, "bara skrivas här"):
        composer.reply(posted.app, number, "GODKÄNN")
    assert "<textarea" not in site(posted).get(f"/mail/{number}").text
    assert site(posted).post(f"/mail/{number}/reply", data={"text": "GODKÄNN"}).status_code >= 400


def test_an_empty_reply_and_an_unknown_message_are_refused(posted: Story) -> None:
    with untouched(posted), told(Invalid, "tomt"):
        composer.reply(posted.app, request_of_the_chair(posted), "  ")
    with untouched(posted), told(NotFound, "finns inte i brevlådan"):
        composer.reply(posted.app, 4711, "GODKÄNN")


def test_the_form_on_the_page_answers_and_says_what_came_of_it(posted: Story) -> None:
    number, web = request_of_the_chair(posted), site(posted)
    assert "<textarea" in web.get(f"/mail/{number}").text
    page = web.post(f"/mail/{number}/reply", data={"text": "GODKÄNN"}, headers={"sec-fetch-site": "same-origin"})
    assert (page.status_code, page.url.path) == (200, f"/mail/{number}")
    assert "Svaret är registrerat som beslut" in page.text
    assert posted.asked_of(KEY) == {"rsau_chair": "approved"}


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("127.0.0.1", {"sec-fetch-site": "cross-site"}),
        ("127.0.0.1", {"sec-fetch-site": "same-site"}),
        ("127.0.0.1", {"origin": "null"}),
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.7"}),
        ("192.0.2.7", {}),
    ],
)
def test_a_page_elsewhere_cannot_answer_for_the_chair(posted: Story, host: str, headers: dict[str, str]) -> None:
    number = request_of_the_chair(posted)
    answer = site(posted, host).post(f"/mail/{number}/reply", data={"text": "GODKÄNN"}, headers=headers)
    assert answer.status_code >= 400
    assert posted.asked_of(KEY) == {"rsau_chair": "pending"}
