"""Signing in at an identity provider – a real one on loopback – and what is refused of what comes back."""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from httpx import Response
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import User
from story import Story
from test_signing_in import Browser, rows

from arende.web import oidc

OFFICER, CHAIR = "11111111-aaaa/0f9e", "11111111-aaaa/77cc"
CLAIMS = {"tid": "11111111-aaaa", "oid": "0f9e", "acr": "loa3"}
ABOUT = {"oidc_client_id": "arende", "oidc_client_secret": "hemlig", "oidc_claim": "tid/oid"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    users = [
        User(sub="anna", claims=CLAIMS),
        User(sub="chair", claims=CLAIMS | {"oid": "77cc"}),
        User(sub="stranger", claims=CLAIMS | {"oid": "ffff"}),
        User(sub="nothing", claims={}),
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def known(story: Story) -> Story:
    """Two people have their identity in the people file."""
    story.people(
        lambda t: t.replace("email: officer@region.example", f"email: officer@region.example, identity: {OFFICER}")
        .replace("email: rsau_chair@region.example", f"email: rsau_chair@region.example, identity: {CHAIR}")
    )  # fmt: skip
    return story


@pytest.fixture
def browser(known: Story, issuer: str) -> Browser:
    return at(known, issuer)


def at(story: Story, issuer: str, **more: Any) -> Browser:
    from pydantic import SecretStr

    given = {**ABOUT, "oidc_client_secret": SecretStr("hemlig"), "oidc_issuer": issuer, **more}
    return Browser(story, **given)


def leave(browser: Browser, onward: str = "/cases") -> str:
    """To the provider; the address there."""
    answer = browser.http.get("/sign-in/oidc", params={"next": onward})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def sign_in_there(address: str, who: str) -> str:
    """As a person does it at the provider; the way back, without the host."""
    back = urlsplit(httpx.post(address, data={"sub": who}).headers["location"])
    return f"{back.path}?{back.query}"


def signed_in(browser: Browser, who: str = "anna", onward: str = "/cases") -> Response:
    return browser.get(sign_in_there(leave(browser, onward), who))


def told(answer: Response, words: str, status: int = 403) -> bool:
    return answer.status_code == status and words in answer.text


# ---------------------------------------------------------------- as it should be


def test_whoever_signs_in_at_the_provider_is_the_person_with_that_identity(browser: Browser, known: Story) -> None:
    assert 'href="/sign-in/oidc?next=%2Fcases"' in browser.get("/sign-in?next=/cases").text
    answer = signed_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    assert browser.get("/desk").json() == {"who": "officer"}
    (row,) = rows(known)
    assert (row["way"], row["assurance"]) == ("oidc", "loa3")


def file_with(officer: str | None, chair: str | None = CHAIR) -> Callable[[str], str]:
    def change(text: str) -> str:
        for who, identity in (("officer", officer), ("rsau_chair", chair)):
            mail = f"email: {who}@region.example"
            text = text.replace(mail, f"{mail}, identity: {identity}" if identity else mail)
        return text

    return change


@pytest.mark.parametrize("now", [None, "somebody-else"])
def test_whoever_loses_the_identity_is_signed_out_at_once_and_nobody_else_is(
    browser: Browser, known: Story, now: str | None
) -> None:
    signed_in(browser)
    known.people(file_with(OFFICER))
    assert browser.get("/desk").json() == {"who": "officer"}, "the same file again ends nothing"
    known.people(file_with(now, None))
    assert browser.get("/desk").status_code in (303, 403)
    assert [r["why"] for r in rows(known)] == ["revoked"]
    known.people(file_with(OFFICER))
    assert browser.get("/desk").status_code in (303, 403), "an identity that comes back opens no old session"


def test_whoever_is_taken_out_of_the_file_is_signed_out_for_good(browser: Browser, known: Story) -> None:
    signed_in(browser)
    known.people(lambda t: re.sub(r"(?m)^  (officer:|- \{person: officer,).*\n", "", file_with(OFFICER)(t)))
    assert [r["why"] for r in rows(known)] == ["revoked"]
    known.people(file_with(OFFICER))
    assert browser.get("/desk").status_code in (303, 403)


def test_with_a_provider_nothing_is_a_demonstration(browser: Browser) -> None:
    assert browser.get("/cases").status_code == 303
    assert "vem som helst" not in browser.get("/sign-in").text
    assert browser.post("/sign-in/demo", {"person": "officer"}).status_code == 404


def test_the_provider_is_asked_with_state_nonce_and_a_challenge(browser: Browser) -> None:
    asked = {k: v[0] for k, v in parse_qs(urlsplit(leave(browser)).query).items()}
    again = {k: v[0] for k, v in parse_qs(urlsplit(leave(browser)).query).items()}
    assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", "arende", "openid profile")
    assert asked["redirect_uri"] == "http://127.0.0.1:8420/sign-in/oidc/callback"
    assert asked["code_challenge_method"] == "S256"
    assert all(asked[k] != again[k] for k in ("state", "nonce", "code_challenge"))
    provider = oidc.Provider(browser.app)
    journey = provider.unpacked(browser.http.cookies["arende-form-oidc"])
    assert journey is not None
    digest = sha256(journey.verifier.encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == again["code_challenge"]
    assert "/cases" not in str(asked), "where one was is nothing to the provider"


def test_a_claim_that_only_userinfo_has_is_asked_for_there(known: Story) -> None:
    """Some providers put little into the token."""
    with fake() as provider:
        provider.claims = {"sub": "x"}
        provider.userinfo = {"sub": "x", "tid": "11111111-aaaa", "oid": "0f9e"}
        browser = at(known, provider.issuer)
        assert come_back(browser).status_code == 303
        assert browser.get("/desk").json() == {"who": "officer"}
        provider.userinfo = {"sub": "another", "tid": "11111111-aaaa", "oid": "77cc"}
        other = at(known, provider.issuer)
        assert told(come_back(other), "personen finns inte här")


# ---------------------------------------------------------------- what is refused


@pytest.mark.long
@pytest.mark.parametrize("who", ["stranger", "nothing", "officer", "officer@region.example"])
def test_somebody_unknown_here_is_told_and_not_signed_in(browser: Browser, known: Story, who: str) -> None:
    answer = signed_in(browser, who)
    assert told(answer, "Inloggningen stämmer, men personen finns inte här")
    assert rows(known) == []


def test_a_way_back_serves_once_and_in_its_own_browser_only(browser: Browser, known: Story, issuer: str) -> None:
    """A link that somebody else sends would sign one in as them (login CSRF)."""
    way = sign_in_there(leave(browser), "chair")
    victim = at(known, issuer)
    assert told(victim.get(way), "tog för lång tid")
    leave(victim)
    assert told(victim.get(way), "tog för lång tid")
    assert browser.get(way).status_code == 303
    assert told(browser.get(way), "tog för lång tid")
    assert [r["ended_at"] for r in rows(known)] == [None]


def test_a_journey_that_took_too_long_or_was_forged_is_refused(browser: Browser, known: Story) -> None:
    way = sign_in_there(leave(browser), "anna")
    known.clock.advance(minutes=11)
    assert told(browser.get(way), "tog för lång tid")
    leave(browser)
    text, _, tag = browser.http.cookies["arende-form-oidc"].partition(".")
    journey = json.loads(base64.urlsafe_b64decode(text)) | {"state": "mine", "until": 9e12}
    forged = base64.urlsafe_b64encode(json.dumps(journey).encode()).decode()
    for cookie in (f"{forged}.{tag}", f"{forged}.", "", "x.y", "å"):
        assert oidc.Provider(browser.app).unpacked(cookie) is None
    assert rows(known) == []


def test_a_provider_that_was_told_no_is_told_calmly(browser: Browser, known: Story) -> None:
    address = leave(browser)
    back = urlsplit(httpx.post(address, data={"action": "deny"}).headers["location"])
    state = parse_qs(urlsplit(address).query)["state"][0]
    assert told(browser.get(f"{back.path}?error=access_denied&state={state}"), "avbröts")
    assert rows(known) == []


def test_a_weaker_sign_in_than_the_site_asks_for_is_refused(known: Story, issuer: str) -> None:
    strict = at(known, issuer, oidc_acr="loa4 loa5")
    assert parse_qs(urlsplit(leave(strict)).query)["acr_values"] == ["loa4 loa5"]
    assert told(signed_in(strict), "inte säker nog")
    assert signed_in(at(known, issuer, oidc_acr="loa3 loa4")).status_code == 303


@pytest.mark.long
@pytest.mark.parametrize(
    "change",
    [
        {"iss": "http://evil.example"}, {"aud": "another"}, {"aud": ["another"]}, {"nonce": "old"}, {"nonce": None},
        {"exp": -3600}, {"iat": 3600}, {"exp": None}, {"azp": "another"}, {"sub": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_for_us_and_now_is_not_believed(known: Story, change: dict[str, Any]) -> None:
    with fake() as provider:
        provider.claims |= change
        assert told(come_back(at(known, provider.issuer)), "gick inte att lita på")
    assert rows(known) == []


@pytest.mark.long
def test_a_token_signed_by_another_key_or_by_none_is_not_believed(known: Story) -> None:
    with fake() as provider:
        assert come_back(at(known, provider.issuer)).status_code == 303, "else the rest shows nothing"
        for sign in (_by_another_key, _by_nobody, _by_the_secret):
            provider.sign = sign
            assert told(come_back(at(known, provider.issuer)), "gick inte att lita på"), sign
    assert len(rows(known)) == 1


def test_a_key_that_the_provider_has_changed_is_fetched(known: Story) -> None:
    with fake() as provider:
        browser = at(known, provider.issuer)
        assert come_back(browser).status_code == 303
        provider.key = RSAKey.generate_key(2048, {"kid": "new"})
        assert come_back(browser).status_code == 303


# ---------------------------------------------------------------- a provider in trouble


def test_a_dead_or_slow_provider_is_told_in_a_calm_sentence(
    known: Story, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(oidc, "PATIENCE", 0.6)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for port in (silent.getsockname()[1], 1):
            browser = at(known, f"http://127.0.0.1:{port}")
            began = time.monotonic()
            answer = browser.get("/sign-in/oidc?next=/cases")
            assert told(answer, "Inloggningstjänsten svarar inte just nu", 503)
            assert time.monotonic() - began < 9  # it would be ten
            assert browser.get("/health").status_code == 200
    assert "hemlig" not in caplog.text


@pytest.mark.long
@pytest.mark.parametrize("broken", ["[]", "{}", '{"issuer": "http://evil.example"}', "<html>", "x" * 5000])
def test_a_provider_that_answers_nonsense_signs_nobody_in(known: Story, broken: str) -> None:
    with fake() as provider:
        provider.about = broken
        assert at(known, provider.issuer).get("/sign-in/oidc").status_code in (403, 503)


def test_nothing_of_a_sign_in_is_in_the_log(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    way = sign_in_there(leave(browser), "stranger")
    caplog.clear()
    browser.get(way)
    code = parse_qs(urlsplit(way).query)["code"][0]
    ours = "".join(r.getMessage() for r in caplog.records if r.name.startswith("arende"))
    assert all(word not in ours for word in (code, "ffff", "stranger", "hemlig"))


# ---------------------------------------------------------------- a provider that can lie


class Fake:
    """An identity provider that signs what it is told to."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, {"kid": "first"})
        self.claims: dict[str, Any] = {"sub": "x", "tid": "11111111-aaaa", "oid": "0f9e"}
        self.userinfo: dict[str, Any] = {}
        self.nonce, self.about = "", ""
        self.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def answer(self, path: str) -> str:
        if path.startswith("/.well-known"):
            places = {f"{n}_endpoint": f"{self.issuer}/{n}" for n in ("authorization", "token", "userinfo")}
            return self.about or json.dumps({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **places})
        if path == "/keys":
            return json.dumps({"keys": [self.key.as_dict(private=False)]})
        return json.dumps(self.userinfo if path == "/userinfo" else self.token())

    def token(self) -> dict[str, Any]:
        now = int(time.time())
        whole = {"iss": self.issuer, "aud": "arende", "nonce": self.nonce, "exp": 300, "iat": 0, **self.claims}
        for name in ("exp", "iat"):
            whole[name] = whole[name] if whole[name] is None else now + whole[name]
        claims = {k: v for k, v in whole.items() if v is not None}
        return {"access_token": "t", "token_type": "Bearer", "id_token": self.sign(claims)}


@contextmanager
def fake() -> Iterator[Fake]:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = provider.answer(self.path).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 – the library's name

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Fake(f"http://127.0.0.1:{server.server_port}")
    FAKES.append(provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        FAKES.remove(provider)
        server.shutdown()
        server.server_close()


def come_back(browser: Browser) -> Response:
    """Leave for the lying provider and come back with a code."""
    asked = parse_qs(urlsplit(leave(browser)).query)
    provider = next(f for f in FAKES if f.issuer == browser.app.settings.oidc_issuer)
    provider.nonce = asked["nonce"][0]
    return browser.get(f"/sign-in/oidc/callback?code=c&state={asked['state'][0]}")


FAKES: list[Fake] = []


def _by_another_key(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, RSAKey.generate_key(2048))


def _by_nobody(claims: dict[str, Any]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(x).encode()).decode().rstrip("=") for x in ({"alg": "none"}, claims)]
    return ".".join([*parts, ""])


def _by_the_secret(claims: dict[str, Any]) -> str:
    from joserfc.jwk import OctKey

    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("hemlig" * 8))
