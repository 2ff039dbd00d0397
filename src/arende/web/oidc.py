"""Signing in at an identity provider of the site's: OpenID Connect, code flow with PKCE (RFC 7636), state and nonce.

The provider says who it is by a claim that never changes; the people file says which person that is. Nothing else of
what it tells is believed or kept: offices come from the people file. What the browser has to bring back lies in a
cookie of ten minutes, with a tag that only this site can make.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
import logging
import secrets
import time
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, NoReturn

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from arende.app import App
from arende.errors import Forbidden, Sentence, Unavailable

log = structlog.wrap_logger(
    logging.getLogger("arende.web"), processors=[structlog.processors.KeyValueRenderer(key_order=["event"])]
)

PATIENCE = 10.0
"""Seconds that the provider has for all it is asked in one step."""
FRESH = 3600.0
"""Seconds for which its addresses and keys are believed; an unknown key is asked for at once."""
LIFE = timedelta(minutes=10)
"""How long somebody may take to sign in there."""
LEEWAY = 60
"""Seconds by which its clock may differ from ours."""
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures only: never ``none``, never a secret that we share with the provider."""


@dataclass(frozen=True)
class Journey:
    """What the browser takes along to the provider and has to bring back."""

    state: str
    nonce: str
    verifier: str
    onward: str
    until: float


@dataclass(frozen=True)
class Known:
    """Who the provider says it is."""

    identity: str
    assurance: str


class Provider:
    """The identity provider of the settings."""

    def __init__(self, app: App) -> None:
        self.app, self.settings = app, app.settings
        self.here = f"{app.settings.base_url.rstrip('/')}/sign-in/oidc/callback"
        self._told: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._asked = float("-inf")

    # ------------------------------------------------------------ there

    async def leave(self, onward: str) -> tuple[str, Journey]:
        """The address at the provider, and what to bring back. Raises Unavailable when it does not answer."""
        journey = Journey(
            secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), onward,
            (self.app.clock() + LIFE).timestamp(),
        )  # fmt: skip
        more = {"acr_values": self.settings.oidc_acr} if self.settings.oidc_acr else {}
        async with self._talk() as client:
            told = await self._addresses(client)
            address, _ = client.create_authorization_url(
                told["authorization_endpoint"], state=journey.state, nonce=journey.nonce,
                code_verifier=journey.verifier, **more,
            )  # fmt: skip
        return str(address), journey

    # ------------------------------------------------------------ and back

    async def arrive(self, given: dict[str, str], journey: Journey | None) -> Known:
        """Who has come back. Raises Forbidden where it does not hold, Unavailable when the provider does not answer."""
        if journey is None or journey.until < self.app.clock().timestamp():
            _refuse("no journey", TOO_LATE)
        if not hmac.compare_digest(given.get("state", "").encode(), journey.state.encode()):
            _refuse("state", TOO_LATE)
        if "error" in given or "code" not in given:
            _refuse("answered with an error", BROKEN_OFF)
        if given.get("iss", self.settings.oidc_issuer) != self.settings.oidc_issuer:  # RFC 9207
            _refuse("another issuer", NOT_BELIEVED)
        async with self._talk() as client:
            told = await self._addresses(client)
            token = await self._token(client, told["token_endpoint"], given["code"], journey.verifier)
            claims = await self._believed(client, str(token.get("id_token") or ""), journey.nonce)
            if not self._identity(claims) and "userinfo_endpoint" in told:
                more = (await client.get(told["userinfo_endpoint"])).raise_for_status().json()
                claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
        return Known(self._identity(claims), str(claims.get("acr") or ""))

    async def _token(self, client: Any, address: str, code: str, verifier: str) -> dict[str, Any]:
        from authlib.oauth2 import OAuth2Error

        try:
            return dict(await client.fetch_token(address, code=code, code_verifier=verifier))
        except OAuth2Error:
            _refuse("no token for the code", NOT_BELIEVED)

    async def _believed(self, client: Any, raw: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token, signed by the provider for us, now, and for this journey."""
        try:
            try:
                token = jwt.decode(raw, await self._key_set(client), algorithms=ALGORITHMS)
            except JoseError:
                token = jwt.decode(raw, await self._key_set(client, anew=True), algorithms=ALGORITHMS)
            asked = {
                "iss": {"essential": True, "value": self.settings.oidc_issuer},
                "aud": {"essential": True, "value": self.settings.oidc_client_id},
                "exp": {"essential": True},
                "iat": {"essential": True},
                "sub": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            }
            jwt.JWTClaimsRegistry(leeway=LEEWAY, **asked).validate(token.claims)  # type: ignore[arg-type]  # options by name
        except (JoseError, ValueError) as e:
            _refuse(f"token: {type(e).__name__}", NOT_BELIEVED)
        claims = dict(token.claims)
        if claims.get("azp", self.settings.oidc_client_id) != self.settings.oidc_client_id:
            _refuse("made for somebody else", NOT_BELIEVED)
        if self.settings.oidc_acr and claims.get("acr") not in self.settings.oidc_acr.split():
            _refuse("not sure enough", TOO_WEAK)
        return claims

    def _identity(self, claims: dict[str, Any]) -> str:
        """The claims that the settings name, joined like their names: ``tid/oid``. Empty where one is missing."""
        values = [str(claims.get(name) or "") for name in self.settings.oidc_claim.split("/")]
        return "/".join(values) if all(values) else ""

    # ------------------------------------------------------------ what the provider tells of itself

    @asynccontextmanager
    async def _talk(self) -> AsyncIterator[Any]:
        """A client for this step; whatever keeps the provider from answering in time is told in a sentence."""
        with warnings.catch_warnings():
            import authlib.deprecate  # noqa: F401 – it sets a filter of its own, so it comes first

            warnings.simplefilter("ignore")  # Authlib would rather have httpx2, which nothing else here needs
            from authlib.integrations.httpx_client import AsyncOAuth2Client
        s = self.settings
        client = AsyncOAuth2Client(
            s.oidc_client_id, s.oidc_secret(), scope=s.oidc_scope, redirect_uri=self.here,
            code_challenge_method="S256", timeout=PATIENCE / 2, follow_redirects=False,
        )  # fmt: skip
        try:
            async with asyncio.timeout(PATIENCE), client:
                yield client
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError) as e:
            log.warning("identity provider unavailable", why=type(e).__name__)
            raise Unavailable(AWAY) from e

    async def _addresses(self, client: Any) -> dict[str, Any]:
        if time.monotonic() - self._asked > FRESH:
            issuer = str(self.settings.oidc_issuer)
            address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
            told = (await client.request("GET", address, withhold_token=True)).raise_for_status().json()
            if not isinstance(told, dict) or told.get("issuer") != issuer:
                _refuse("tells another issuer", NOT_BELIEVED)
            self._told, self._keys, self._asked = told, None, time.monotonic()
        return self._told

    async def _key_set(self, client: Any, *, anew: bool = False) -> KeySet:
        if self._keys is None or anew:
            answer = await client.request("GET", self._told["jwks_uri"], withhold_token=True)
            self._keys = KeySet.import_key_set(answer.raise_for_status().json())
        return self._keys

    # ------------------------------------------------------------ the cookie

    def packed(self, journey: Journey) -> str:
        """A journey as the cookie holds it."""
        text = base64.urlsafe_b64encode(json.dumps(asdict(journey)).encode()).decode()
        return f"{text}.{self.app.keys.tag(None, 'oidc', text)}"

    def unpacked(self, cookie: str) -> Journey | None:
        """The journey of a cookie that this site has made; None for anything else."""
        text, _, tag = cookie.partition(".")
        if not hmac.compare_digest(tag.encode(), self.app.keys.tag(None, "oidc", text).encode()):
            return None
        try:
            return Journey(**json.loads(base64.urlsafe_b64decode(text)))
        except (ValueError, TypeError, binascii.Error):
            return None


def _refuse(why: str, told: Sentence) -> NoReturn:
    log.warning("sign-in refused", why=why)  # never what was sent: it holds a code or a name
    raise Forbidden(told)


TOO_LATE = Sentence(
    "Inloggningen tog för lång tid, eller började i ett annat fönster. Försök igen.",
    "Signing in took too long, or began in another window. Try again.",
)
BROKEN_OFF = Sentence("Inloggningen avbröts. Försök igen.", "Signing in was broken off. Try again.")
NOT_BELIEVED = Sentence(
    "Svaret från inloggningstjänsten gick inte att lita på, så ingen är inloggad. Försök igen, eller kontakta den som "
    "sköter arende.",
    "The answer of the identity provider could not be trusted, so nobody is signed in. Try again, or ask whoever runs "
    "arende.",
)
TOO_WEAK = Sentence(
    "Inloggningen är inte säker nog här. Logga in med kort eller tvåfaktor.",
    "This sign-in is not strong enough here. Sign in with a card or two factors.",
)
AWAY = Sentence(
    "Inloggningstjänsten svarar inte just nu. Vänta en stund och försök igen. Länkar i mejl fungerar som vanligt.",
    "The identity provider does not answer just now. Wait a while and try again. Links in mails work as usual.",
)
