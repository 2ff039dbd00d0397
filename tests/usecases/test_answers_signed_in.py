"""Level 3: whoever was asked answers after signing in, by the link of the mail or on a page, without control digits."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response
from links import DIGITS, fields, link_of, regret_of, token_of
from story import Story, told, untouched
from test_signing_in import Browser

from arende import commands
from arende.commands import DecideApproval, Evidence
from arende.errors import Forbidden, Refused
from arende.settings import Settings
from arende.usecases import evidence

KEY = "agenda_clearance"


@pytest.fixture
def asked(story: Story) -> Story:
    """The chair of the RSAU has a request for clearance in the mail."""
    return story.at("awaiting_rsau")


@pytest.fixture
def secret(story: Story) -> Story:
    story.register(title="Hemlig rubrik", secrecy=True)
    return story.on_to("awaiting_rsau")


def send(browser: Browser, path: str, **given: Any) -> Response:
    return browser.post(path, fields(browser.get(path).text) | given)


def shown(story: Story) -> dict[str, Any]:
    return dict(story.events("approval:decided")[-1]["payload"]["evidence"])


def through_sign_in(browser: Browser, path: str, who: str = "rsau_chair") -> Response:
    """From the link to the sign-in page and back, as a person is led."""
    leave = browser.get(f"{path}/sign-in")
    assert (leave.status_code, leave.headers["location"]) == (303, "/sign-in")
    page = browser.get("/sign-in").text
    form = dict(fields(page[page.index('class="persons"') - 80 :]))
    return browser.post("/sign-in/demo", {**form, "person": who})


# ---------------------------------------------------------------- by the link


def test_at_level_login_the_link_leads_to_signing_in_and_back_and_decides_without_digits(asked: Story) -> None:
    path, browser = link_of(asked, "rsau_chair"), Browser(asked, approval_floor="login")
    page = browser.get(path).text
    assert "Det här svaret kräver att du loggar in" in page
    assert f'href="{path}/sign-in"' in page
    assert "Ta upp på sammanträdet</strong>" not in page
    back = through_sign_in(browser, path)
    assert (back.status_code, back.headers["location"]) == (303, path)
    page = browser.get(path).text
    assert "(inloggad)" in page
    assert 'name="control"' not in page
    assert send(browser, path, decision="approve").status_code == 303
    assert shown(asked) == {
        "level": "login", "token_sha256": token_of(asked, path)["sha256"], "digits": False, "channel": "web",
        "needed": "login", "authentication": "demo, 2020-08-03T07:00:00+00:00",
        "message_id": token_of(asked, path)["message_id"],
    }  # fmt: skip
    assert token_of(asked, path)["used_at"] is not None
    assert "Ditt svar är registrerat" in browser.get(path).text
    assert asked.mails("reply_receipt", to="rsau_chair")


def test_the_secret_of_the_link_is_in_no_address_of_the_sign_in(asked: Story) -> None:
    """Addresses are logged by proxies; a link's page is kept out of those logs, the sign-in is not."""
    path, browser = link_of(asked, "rsau_chair"), Browser(asked)
    assert path[3:] not in browser.get(f"{path}/sign-in").headers["location"]
    page = browser.get("/sign-in").text
    assert "href" in page
    assert not [a for a in page.split('href="')[1:] if path[3:] in a.partition('"')[0]]
    browser.sign_in("rsau_chair", path)
    assert browser.get(f"{path}x/sign-in").status_code == 410


def test_where_a_link_is_enough_whoever_has_signed_in_needs_no_digits(asked: Story) -> None:
    path, browser = link_of(asked, "rsau_chair"), Browser(asked)
    assert 'name="control"' in browser.get(path).text
    browser.sign_in("rsau_chair")
    send(browser, path, decision="return", comment="Ändra punkt 2.")
    assert (shown(asked)["level"], asked.asked_of(KEY)) == ("login", {"rsau_chair": "returned"})


@pytest.mark.long
def test_under_secrecy_the_link_shows_and_decides_after_signing_in_and_not_before(secret: Story) -> None:
    path, browser = link_of(secret, "rsau_chair"), Browser(secret)
    page = browser.get(path).text
    assert "Hemlig rubrik" not in page
    assert f'href="{path}/sign-in"' in page
    assert browser.get(f"{path}/documents/1").status_code == 410
    through_sign_in(browser, path)
    assert "Hemlig rubrik" in browser.get(path).text
    assert browser.get(f"{path}/documents/1").status_code == 200
    assert send(browser, path, decision="approve", comment="Känsligt skäl").status_code == 303
    assert "Känsligt skäl" in browser.get(path).text
    browser.http.cookies.clear()
    receipt = browser.get(path).text
    assert "Ditt svar är registrerat" in receipt
    assert "Känsligt skäl" not in receipt
    assert "Hemlig rubrik" not in receipt


def test_under_secrecy_what_a_new_text_changes_is_shown_after_signing_in_only(secret: Story) -> None:
    plain = {"name": "avsikt.txt", "media_type": "text/plain"}
    for words in ("Behovet är stort.", "Behovet har ökat."):
        secret.add("officer", "declaration", words, **plain)
    path, browser = link_of(secret, "rsau_chair"), Browser(secret)
    assert "Behovet" not in browser.get(path).text
    assert "har ändrats sedan" not in browser.get(path).text
    browser.sign_in("rsau_chair")
    for page in (path, f"/approvals/{secret.approvals(KEY)[-1]['id']}"):
        text = browser.get(page).text
        assert "Det här har ändrats sedan den tidigare begäran" in text
        assert "har ökat.</ins>" in text


@pytest.mark.parametrize("who", ["rsau_vice_chair", "officer", "administrator"])
def test_somebody_elses_sign_in_does_not_count(secret: Story, who: str) -> None:
    path, browser = link_of(secret, "rsau_chair"), Browser(secret)
    browser.sign_in(who)
    page = browser.get(path).text
    assert "Den inloggningen räknas inte här" in page
    assert "Hemlig rubrik" not in page
    assert browser.get(f"{path}/documents/1").status_code == 410
    with untouched(secret):
        given = {"csrf": browser.token(), "decision": "approve", "control": DIGITS, "text_sha256": "x"}
        assert browser.post(path, given).status_code == 422


def test_a_forwarded_link_is_answered_with_its_digits_and_not_by_another_sign_in(asked: Story) -> None:
    path, browser = link_of(asked, "rsau_chair"), Browser(asked)
    browser.sign_in("rsau_vice_chair")
    with untouched(asked):
        assert send(browser, path, decision="approve").status_code == 422
    assert send(browser, path, decision="approve", control=DIGITS).status_code == 303
    assert (shown(asked)["level"], shown(asked).get("authentication")) == ("link", None)


def test_a_revoked_or_idle_sign_in_decides_nothing_and_keeps_the_comment(asked: Story) -> None:
    path, browser = link_of(asked, "rsau_chair"), Browser(asked, approval_floor="login")
    browser.sign_in("rsau_chair")
    form = fields(browser.get(path).text) | {"decision": "return", "comment": "Ett långt skäl."}
    asked.clock.advance(minutes=61)
    with untouched(asked):
        late = browser.post(path, form)
    assert late.status_code == 403
    assert "Ett långt skäl." in late.text


def test_the_form_of_a_signed_in_chair_needs_the_sessions_token(asked: Story) -> None:
    path, browser = link_of(asked, "rsau_chair"), Browser(asked)
    cookie = {"csrf": browser.get(path).cookies["arende-form"]}
    browser.sign_in("rsau_chair")
    form = fields(browser.get(path).text) | {"decision": "approve"}
    with untouched(asked):
        assert browser.post(path, form | cookie).status_code == 403
        assert browser.post(path, form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert browser.post(path, form).status_code == 303


def test_a_used_or_superseded_link_is_dead_to_the_signed_in_too(asked: Story) -> None:
    path, browser = link_of(asked, "rsau_chair"), Browser(asked)
    browser.sign_in("rsau_chair")
    form = fields(browser.get(path).text) | {"decision": "approve"}
    asked.add("officer", "declaration", "en ny lydelse")
    with untouched(asked):
        assert browser.post(path, form).status_code in (409, 410)
    assert browser.get(path).status_code == 410


# ---------------------------------------------------------------- taking back

SIGN_IN_FIRST = "Det här svaret tas tillbaka när du har loggat in"


def cleared(story: Story, browser: Browser) -> str:
    """The link of the receipt, after the chair has signed in and said yes; the browser has signed out since."""
    browser.sign_in("rsau_chair")
    answered = send(browser, link_of(story, "rsau_chair"), decision="approve")
    assert "Ångrar du dig?" in browser.get(answered.headers["location"]).text
    browser.http.cookies.clear()
    return regret_of(story)


def test_at_level_login_a_yes_is_taken_back_by_the_receipts_link_after_signing_in(asked: Story) -> None:
    browser = Browser(asked, approval_floor="login")
    path = cleared(asked, browser)
    page = browser.get(path).text
    assert SIGN_IN_FIRST in page
    assert 'name="comment"' not in page
    back = through_sign_in(browser, path)
    assert (back.status_code, back.headers["location"]) == (303, path)
    assert 'name="control"' not in browser.get(path).text
    assert send(browser, path, comment="").status_code == 422
    assert send(browser, path, comment="Fel underlag.").status_code == 303
    assert asked.asked_of(KEY) == {"rsau_chair": "pending"}
    given = asked.events("approval:withdrawn")[0]["payload"]["evidence"]
    assert (given["level"], given["channel"], given["needed"]) == ("login", "web", "login")
    assert given["authentication"].startswith("demo, ")
    assert "Svaret är taget tillbaka" in browser.get(path).text


def test_under_secrecy_a_yes_is_taken_back_after_signing_in_and_the_link_tells_nothing_before(secret: Story) -> None:
    browser = Browser(secret)
    path = cleared(secret, browser)
    assert "Hemlig rubrik" not in secret.mails("secrecy")[-1]["text"]
    page = browser.get(path).text
    assert SIGN_IN_FIRST in page
    assert "Hemlig rubrik" not in page
    through_sign_in(browser, path)
    assert "Hemlig rubrik" in browser.get(path).text
    assert send(browser, path, comment="Hemligt skäl").status_code == 303
    assert secret.asked_of(KEY) == {"rsau_chair": "pending"}
    browser.http.cookies.clear()
    page = browser.get(path).text
    assert "Svaret är taget tillbaka" in page
    assert "Hemlig" not in page


def test_without_the_sign_in_the_receipts_link_takes_nothing_back_at_level_login(asked: Story) -> None:
    browser = Browser(asked, approval_floor="login")
    path = cleared(asked, browser)
    browser.sign_in("rsau_vice_chair")
    with untouched(asked):
        answer = browser.post(path, {"csrf": browser.token(), "comment": "Fel.", "control": DIGITS})
    assert answer.status_code == 422
    assert "kräver inloggning" in answer.text


# ---------------------------------------------------------------- on a page


def order(story: Story, who: str, given: Evidence | None, key: str = KEY, **more: Any) -> DecideApproval:
    row = next(a for a in story.approvals(key) if a["state"] == "pending")
    return DecideApproval(actor=who, door="web", approval=row["id"], decision="approve", evidence=given, **more)


SIGNED = Evidence(level="login", authentication="oidc, acr loa3, 2020-08-03T07:00:00+00:00")


def test_on_a_page_the_person_asked_decides_by_the_sign_in_alone(secret: Story) -> None:
    secret.do(order(secret, "rsau_chair", SIGNED))
    assert shown(secret) == {
        "level": "login", "digits": False, "channel": "web", "needed": "login",
        "authentication": SIGNED.authentication,
    }  # fmt: skip


def test_a_sign_in_that_nobody_can_tell_of_is_none(asked: Story) -> None:
    for door in ("web", "api", "mail"):
        with untouched(asked), told(Refused, "Det framgår inte vem som svarar"):
            asked.do(order(asked, "rsau_chair", Evidence(level="login")).model_copy(update={"door": door}))


def test_signing_in_makes_nobody_the_one_who_was_asked(asked: Story) -> None:
    for who in ("officer", "rsau_vice_chair", "administrator"):
        with untouched(asked), told(Forbidden, "inte dig"):
            asked.do(order(asked, who, SIGNED))


def test_signing_in_lifts_no_conflict_of_interest_and_no_separation(asked: Story) -> None:
    asked.do(commands.DeclareConflict(actor="rsau_chair", register_no=asked.no))
    with told(Forbidden, "jäv"):
        asked.do(order(asked, "rsau_chair", SIGNED))


def test_a_link_of_another_is_not_ones_own_by_signing_in(asked: Story) -> None:
    sha256 = token_of(asked, link_of(asked, "rsau_chair"))["sha256"]
    mine = SIGNED.model_copy(update={"token_sha256": sha256})
    with untouched(asked), told(Forbidden, "hör inte till den här begäran och dig"):
        asked.do(order(asked, "rsau_vice_chair", mine))
    asked.do(order(asked, "rsau_chair", mine))


# ---------------------------------------------------------------- what a site asks for


@pytest.mark.parametrize(
    ("given", "clearance", "formal"),
    [
        ({}, "reply", "reply"),
        ({"approval_floor": "link"}, "link", "link"),
        ({"oidc_issuer": "https://idp.example"}, "reply", "login"),
        ({"oidc_issuer": "https://idp.example", "formal_floor": "link"}, "reply", "link"),
        ({"formal_floor": "login"}, "reply", "login"),
        ({"approval_floor": "login", "formal_floor": "link"}, "login", "login"),
    ],
)
def test_formal_acts_ask_for_a_sign_in_where_there_is_a_provider(given: Any, clearance: str, formal: str) -> None:
    settings = Settings(**given)
    assert evidence.floor(settings, "clearance") == clearance
    assert {evidence.floor(settings, act) for act in evidence.FORMAL} == {formal}


def test_with_a_provider_a_signature_by_link_asks_to_sign_in_first(story: Story) -> None:
    story.at("decided")
    path, browser = link_of(story, "rs_chair"), Browser(story, oidc_issuer="https://idp.example")
    page = browser.get(path).text
    assert "kräver att du loggar in" in page
    assert "Skriv under</strong>" not in page
    assert "Skriv under</strong>" in Browser(story).get(path).text
