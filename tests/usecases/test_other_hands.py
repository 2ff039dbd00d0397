"""The pages of whoever is signed in, in other hands: another's request, another's form, the same form twice."""

from __future__ import annotations

from typing import Any

import pytest
from links import fields
from story import Story, untouched
from test_signing_in import Browser, hidden

KEY = "agenda_clearance"
OTHERS = ["officer", "rsau_vice_chair"]


@pytest.fixture
def asked(story: Story) -> Story:
    return story.at("awaiting_rsau")


def signed_in(story: Story, who: str) -> Browser:
    browser = Browser(story)
    browser.sign_in(who)
    return browser


def form_of(browser: Browser, path: str) -> dict[str, Any]:
    return hidden(browser.get(path).text, path)


def page_of(story: Story) -> str:
    return f"/approvals/{story.approvals(KEY)[-1]['id']}"


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_but_the_person_asked_answers_on_the_page_or_takes_the_answer_back(asked: Story, who: str) -> None:
    path = page_of(asked)
    chair, other = signed_in(asked, "rsau_chair"), signed_in(asked, who)
    taken = form_of(chair, path) | {"csrf": other.token(), "decision": "approve", "actor": "rsau_chair"}
    with untouched(asked):
        for decision in ("approve", "return", "reject", "recuse"):
            assert other.post(path, taken | {"decision": decision, "comment": "x"}).status_code in (403, 422)
    chair.post(path, form_of(chair, path) | {"decision": "approve"})
    assert asked.asked_of(KEY) == {"rsau_chair": "approved"}
    with untouched(asked):
        back = form_of(chair, f"{path}/withdraw") | {"csrf": other.token(), "reason": "x"}
        assert other.get(f"{path}/withdraw").status_code in (403, 404, 409)
        assert other.post(f"{path}/withdraw", back).status_code in (403, 404, 409, 422)


def test_a_form_that_is_not_of_this_session_is_refused(asked: Story) -> None:
    chair, other, path = signed_in(asked, "rsau_chair"), signed_in(asked, "officer"), page_of(asked)
    elsewhere = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    for page in (path, f"{path}/withdraw"):
        form = form_of(chair, page) | {"decision": "approve", "reason": "x"}
        with untouched(asked):
            assert chair.post(page, form | {"csrf": ""}).status_code == 403
            assert chair.post(page, form | {"csrf": other.token()}).status_code == 403
            assert chair.post(page, form, headers=elsewhere).status_code == 403
            assert Browser(asked).post(page, form).status_code in (303, 403), "led to the sign-in"
        chair.post(path, form | {"decision": "approve"})


def test_the_same_form_twice_is_one_answer_and_one_withdrawal(asked: Story) -> None:
    chair, path = signed_in(asked, "rsau_chair"), page_of(asked)
    yes, back = form_of(chair, path) | {"decision": "approve"}, f"{path}/withdraw"
    assert [chair.post(path, yes).status_code for _ in range(2)] == [303, 303]
    assert len(asked.events("approval:decided")) == 1
    regret = form_of(chair, back) | {"reason": "Fel underlag."}
    assert [chair.post(back, regret).status_code for _ in range(2)] == [303, 303]
    assert len(asked.events("approval:withdrawn")) == 1
    with untouched(asked):
        chair.post(path, yes)
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}


def test_a_form_with_the_id_of_anothers_command_does_not_answer_as_that_person(asked: Story) -> None:
    chair, other, path = signed_in(asked, "rsau_chair"), signed_in(asked, "officer"), page_of(asked)
    yes = form_of(chair, path) | {"decision": "approve"}
    chair.post(path, yes)
    with untouched(asked):
        assert other.post(path, yes | {"csrf": other.token()}).status_code in (403, 409, 422)


def test_one_does_not_see_what_somebody_else_has_answered(asked: Story) -> None:
    chair, path = signed_in(asked, "rsau_chair"), page_of(asked)
    chair.post(path, form_of(chair, path) | {"decision": "approve"})
    assert asked.no in chair.get("/me/answers").text
    assert asked.no not in signed_in(asked, "officer").get("/me/answers").text


def test_under_secrecy_strangers_learn_nothing_and_mails_nothing_but_the_number(story: Story) -> None:
    story.register(title="Hemlig rubrik", secrecy=True)
    story.on_to("awaiting_rsau")
    path, chair, stranger = page_of(story), signed_in(story, "rsau_chair"), signed_in(story, "krf_chair")
    with untouched(story):
        for what in ("", "/withdraw"):
            answer = stranger.get(path + what)
            assert answer.status_code == 404
            assert "Hemlig" not in answer.text
    assert "Hemlig rubrik" in chair.get(path).text
    chair.post(path, form_of(chair, path) | {"decision": "approve", "comment": "Hemligt skäl"})
    chair.post(f"{path}/withdraw", form_of(chair, f"{path}/withdraw") | {"reason": "Hemligt fel"})
    chair.post(path, form_of(chair, path) | {"decision": "recuse", "comment": "Hemlig släkt"})
    assert story.asked_of(KEY)["rsau_vice_chair"] == "pending"
    assert len(story.mails(to="rsau_chair")) >= 3, "request, receipt and new request"
    for mail in story.mails():
        assert "Hemlig" not in mail["subject"] + mail["text"] + (mail["html"] or ""), mail["template"]


def test_fields_of_the_links_page_mean_nothing_here(asked: Story) -> None:
    """Level, token and evidence are what the session says, whatever a form claims."""
    path, chair = page_of(asked), signed_in(asked, "rsau_chair")
    claimed = {"level": "link", "evidence": "{}", "door": "mail", "token_sha256": "0" * 64, "control": "0001"}
    chair.post(path, form_of(chair, path) | {"decision": "approve"} | claimed)
    assert asked.events("approval:decided")[0]["payload"]["evidence"]["level"] == "login"
    assert fields(chair.get(path).text) is not None
