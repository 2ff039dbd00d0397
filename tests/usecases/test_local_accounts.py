"""Local accounts: a password for a person, checked slowly and seldom."""

from __future__ import annotations

import time
from statistics import median

import pytest
from argon2 import PasswordHasher
from httpx import Response
from sqlalchemy import select
from story import Story
from test_signing_in import Browser, hidden, rows

from arende import db
from arende.errors import Invalid, NotFound, Refused
from arende.signintables import passwords as table
from arende.usecases import passwords, sessions

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
WORDS = "korrekt häst batteri"


@pytest.fixture
def browser(story: Story) -> Browser:
    passwords.set_password(story.app, "officer", WORDS, CHEAP)
    return Browser(story, hasher=CHEAP, local_accounts=True)


def try_(browser: Browser, key: str, password: str, **more: str) -> Response:
    form = hidden(browser.get("/sign-in?next=/cases").text, "/sign-in/password")
    return browser.post("/sign-in/password", {**form, "key": key, "password": password, **more})


def test_whoever_knows_the_password_is_signed_in(browser: Browser, story: Story) -> None:
    answer = try_(browser, " officer ", WORDS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    assert browser.get("/desk").json() == {"who": "officer"}
    assert rows(story)[0]["way"] == "password"


def test_the_same_letters_are_the_same_password_however_they_are_made(browser: Browser) -> None:
    assert try_(browser, "officer", WORDS.replace("ä", "a\u0308")).status_code == 303


@pytest.mark.parametrize(
    ("key", "password"),
    [
        ("officer", WORDS + "x"), ("officer", WORDS.upper()), ("officer", ""), ("officer", "x" * 200_000),
        ("manager", WORDS), ("nobody", WORDS), ("", WORDS), ("municipality_hylte", WORDS), ("officer\0", WORDS),
        ("' OR 1=1 --", "' OR 1=1 --"),
    ],
)  # fmt: skip
def test_everything_else_is_refused_in_the_same_words(browser: Browser, story: Story, key: str, password: str) -> None:
    answer = try_(browser, key, password)
    assert answer.status_code == 403
    assert "Användarnamnet eller lösenordet stämmer inte" in answer.text
    assert password[:20] not in answer.text or not password
    assert rows(story) == []


def test_an_unknown_name_takes_as_long_as_a_wrong_password(story: Story) -> None:
    """Else the time would tell who has an account."""
    slower = PasswordHasher(time_cost=3, memory_cost=4096, parallelism=1)
    passwords.set_password(story.app, "officer", WORDS, slower)
    passwords.check(story.app, "nobody", "x", slower)

    def seconds(key: str) -> float:
        began = time.process_time()  # of this process alone: others run at the same time
        assert passwords.check(story.app, key, "fel lösenord", slower) is None
        return time.process_time() - began

    known, unknown, without = (median(seconds(k) for _ in range(9)) for k in ("officer", "nobody", "manager"))
    assert unknown > known / 3
    assert without > known / 3


def test_guessing_is_slowed_down_by_name_and_by_address(browser: Browser, story: Story) -> None:
    told = [try_(browser, "officer", f"gissning {n}").status_code for n in range(12)]
    assert told == [403] * 10 + [429] * 2
    assert try_(browser, "officer", WORDS).status_code == 429, "the right one too: else it would tell"
    assert try_(browser, "manager", "x").headers.get("retry-after") is None
    assert [try_(browser, f"name{n}", "x").status_code for n in range(8)][-1] == 429
    assert rows(story) == []


def test_another_password_ends_what_the_old_one_opened(browser: Browser, story: Story) -> None:
    try_(browser, "officer", WORDS)
    passwords.set_password(story.app, "officer", "ett annat långt lösenord", CHEAP)
    assert browser.get("/desk").status_code == 303
    assert try_(browser, "officer", WORDS).status_code == 403
    assert try_(browser, "officer", "ett annat långt lösenord").status_code == 303
    passwords.remove(story.app, "officer")
    assert browser.get("/desk").status_code == 303
    assert try_(browser, "officer", "ett annat långt lösenord").status_code == 403
    with pytest.raises(NotFound, match="inget lösenord"):
        passwords.remove(story.app, "officer")


@pytest.mark.parametrize("easy", ["kort", "", "x" * 201, "aaaaaaaaaaaaaaaa", "officer officer"])
def test_a_password_that_is_easily_guessed_is_refused(story: Story, easy: str) -> None:
    with pytest.raises(Invalid, match="12–200 tecken"):
        passwords.set_password(story.app, "officer", easy, CHEAP)


def test_only_persons_get_passwords(story: Story) -> None:
    for key in ("municipality_hylte", "system"):
        with pytest.raises(Refused):
            passwords.set_password(story.app, key, WORDS, CHEAP)


def test_the_password_stands_nowhere(browser: Browser, story: Story) -> None:
    with db.reading(story.app.engine) as conn:
        (stored,) = conn.execute(select(table.c.hash)).scalars()
    assert stored.startswith("$argon2id$")
    assert WORDS not in stored
    assert passwords.COST.memory_cost >= 64 * 1024
    assert WORDS not in try_(browser, "officer", WORDS + "!").text


def test_without_the_setting_no_password_signs_anybody_in(browser: Browser, story: Story) -> None:
    other = Browser(story, hasher=CHEAP)
    form = hidden(other.get("/sign-in").text, "/sign-in/demo")
    assert other.post("/sign-in/password", {**form, "key": "officer", "password": WORDS}).status_code == 404
    assert sessions.listing(story.app) == []


def test_with_local_accounts_nothing_is_a_demonstration(browser: Browser) -> None:
    assert browser.get("/cases").status_code == 303
    assert browser.post("/sign-in/demo", {"person": "officer"}).status_code == 404


def test_a_password_form_from_elsewhere_is_refused(browser: Browser, story: Story) -> None:
    """Else a page elsewhere could sign the visitor in as its own account."""
    answer = browser.post("/sign-in/password", {"csrf": "0" * 64, "key": "officer", "password": WORDS})
    assert answer.status_code == 403
    form = hidden(browser.get("/sign-in").text, "/sign-in/password")
    given = {**form, "key": "officer", "password": WORDS}
    assert browser.post("/sign-in/password", given, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert rows(story) == []
