"""Settings: environment variables with the prefix ``ARENDE_``, secrets also from files.

Nothing here opens, reads or creates anything but the secret files named. Every value can be shown to an
administrator with its source, except the secrets.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from arende.errors import Invalid, Sentence

PREFIX = "ARENDE_"


_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 – recognised, not listened on


def own_url(host: str, port: int) -> str:
    """Where this machine itself reaches what listens on ``host`` and ``port``."""
    name = _EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


class Settings(BaseModel):
    """Where things are and how they are reached. Times are seconds, ports are TCP ports on this machine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path | None = None
    """Folder whose states/, templates/ and flows/ override and extend the shipped ones."""
    trust_home: bool = False
    """Whether Python code in the home folder (flows, guards) may be run."""
    data_dir: Path = Path("var")
    """Documents, the site key and, unless ``database_url`` is set, the database."""
    database_url: str | None = None
    """The database as SQLAlchemy writes it, such as ``postgresql+psycopg://arende@db/arende``; else SQLite."""
    language: Literal["sv", "en"] = "sv"
    """Language of the command line's sentences. Mails are written in Swedish."""
    host: str = "127.0.0.1"
    """Address that the web listens on."""
    web_port: int = Field(default=8420, ge=1, le=65535)
    """Port that the web listens on."""
    base_url: str = Field(default_factory=lambda given: own_url(given.get("host", ""), given.get("web_port", 0)))
    """What links in mails begin with: the address that people reach the web by; else where it listens. The web's own
    counts for every process of the site."""
    prefect_port: int = Field(default=4200, ge=1, le=65535)
    """Port of the Prefect server that ``arende up`` starts."""
    mailbox_port: int = Field(default=2525, ge=1, le=65535)
    """Port of the development mailbox, for SMTP."""
    prefect_api_url: str | None = None
    """A Prefect server of the site's own; ``arende up`` then starts none."""
    prefect_ui_url: str | None = None
    """Where administrators reach Prefect's pages, for links; else where its API is."""

    smtp_host: str = "127.0.0.1"
    """The site's mail server. As long as it is the development mailbox, ``arende up`` starts that."""
    smtp_port: int = Field(default_factory=lambda given: given.get("mailbox_port", 0), ge=1, le=65535)
    """Port of the mail server; else that of the development mailbox."""
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    """How the connection with the mail server is protected. ``none`` is meant for a server on this machine."""
    smtp_user: str | None = None
    """Name to log in to the mail server with, if it asks for one."""
    smtp_password: SecretStr | None = None
    """Password for the mail server; better as a file."""
    smtp_password_file: Path | None = None
    """File that holds the password for the mail server; wins over ``smtp_password``."""
    smtp_timeout: float = Field(default=20.0, gt=0, le=300)
    """Seconds to wait for each answer of the mail server; five times as long for it to accept a whole mail."""
    mail_from: str = "Ärendesystemet <arende@region.example>"
    """Sender of every mail."""
    mail_domain: str = "arende.region.example"
    """Right-hand side of Message-IDs and of the addresses that replies and bounces come to."""
    approval_floor: Literal["reply", "link", "login"] = "reply"
    """The least that any approval asks for, whatever the case types say: a mailed reply, a link with control digits,
    or signing in."""
    oidc_issuer: str | None = None
    """The identity provider that people sign in at (OpenID Connect), such as
    ``https://login.microsoftonline.com/TENANT/v2.0``. Unset, nobody signs in that way."""
    oidc_client_id: str = ""
    """What the identity provider calls this installation."""
    oidc_client_secret: SecretStr | None = None
    """Secret that goes with it; better as a file."""
    oidc_client_secret_file: Path | None = None
    """File that holds that secret; wins over ``oidc_client_secret``."""
    oidc_scope: str = "openid profile"
    """What the identity provider is asked to tell."""
    oidc_claim: str = "sub"
    """The claim that says who it is and never changes; the people file has it as ``identity``. Several are joined:
    ``tid/oid`` for Entra ID. Never an address or a name, which people change and pass on."""
    oidc_acr: str = ""
    """How sure the identity provider must be: one of these values of ``acr``, apart by spaces. Unset, as it is."""
    oidc_name: str = ""
    """What people call the identity provider, for the button."""
    local_accounts: bool = False
    """Whether people sign in by a password kept here (``arende people password``): for one machine without more."""
    session_idle_minutes: int = Field(default=60, ge=1, le=1440)
    """Minutes after which somebody who has done nothing has to sign in again."""
    session_hours: int = Field(default=10, ge=1, le=168)
    """Hours after which anybody has to sign in again."""
    webhook_hosts: str = ""
    """Hosts that webhooks may go to although they are on this machine or inside the site's network, or take no https:
    ``erp.region.example 127.0.0.1``, apart by spaces. Every other has to be a public address, over https."""
    api_per_minute: int = Field(default=600, ge=1, le=100_000)
    """How many requests a minute each key may make of the API, in each web process."""
    public_register: bool = False
    """Whether anybody may read the public part of the register at ``/public`` without signing in. A demonstration
    always shows it."""
    formal_floor: Literal["reply", "link", "login"] | None = None
    """The least that a formal act asks for: a decision, a signature, the approval of minutes. Unset, signing in where
    there is an identity provider, else ``approval_floor``. ``link`` also needs a board's decision that allows it."""
    authserv_id: str | None = None
    """The name by which the site's own mail server signs ``Authentication-Results``; it must remove that name from what
    comes in from outside. Unset, a mailed reply decides nothing."""
    lmtp_host: str = "127.0.0.1"
    """Address that ``arende worker`` takes in mail on, from the site's own mail server."""
    lmtp_port: int | None = Field(default=None, ge=1, le=65535)
    """Port for that, by LMTP (RFC 2033). Unset, nothing listens."""
    imap_host: str | None = None
    """A mailbox to read instead of, or beside, LMTP."""
    imap_port: int = Field(default=993, ge=1, le=65535)
    """Port of the mailbox."""
    imap_tls: Literal["none", "starttls", "tls"] = "tls"
    """How the connection with the mailbox is protected. ``none`` is meant for a server on this machine."""
    imap_user: str = ""
    """Name to log in to the mailbox with."""
    imap_password: SecretStr | None = None
    """Password for the mailbox; better as a file."""
    imap_password_file: Path | None = None
    """File that holds the password for the mailbox; wins over ``imap_password``."""
    imap_folder: str = "INBOX"
    """Folder of the mailbox that is read."""
    imap_done_folder: str = "Behandlat"
    """Folder that a mail is moved to once it is stored here."""
    imap_review_folder: str = "Granska"
    """Folder for what could not be stored at all: larger than ``max_document_mb``, or empty."""
    site_key_file: Path | None = None
    """The site key, 32 random bytes; else ``site.key`` in the data folder, made on first use. Retired keys lie in the
    folder beside it that has its name and ``.retired``."""
    max_document_mb: int = Field(default=100, ge=1, le=2000)
    """The largest document taken in, in megabytes."""
    erms_xsd: Path | None = None
    """The ERMS schema that archive packages are held against before they are written; none comes with arende."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much the logs tell. DEBUG also shows the traceback of a fault in arende itself."""

    @property
    def url(self) -> str:
        """The database's address: the one given, or an SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'arende.sqlite').resolve()}"

    @property
    def web_url(self) -> str:
        """Where this machine itself reaches its web, whatever name others know it by."""
        return own_url(self.host, self.web_port)

    @property
    def blob_dir(self) -> Path:
        """Where the bytes of documents lie, by their SHA-256."""
        return self.data_dir / "blobs"

    @property
    def mailbox_dir(self) -> Path:
        """Where the development mailbox keeps what was sent to it."""
        return self.data_dir / "mailbox"

    @property
    def mail_stays_here(self) -> bool:
        """Whether mail goes to the development mailbox of this machine, so that nothing reaches real people."""
        return self.smtp_host in ("127.0.0.1", "localhost", "::1") and self.smtp_port == self.mailbox_port

    @property
    def signs_in(self) -> bool:
        """Whether there is a real way to sign in, so that nothing is a demonstration."""
        return self.oidc_issuer is not None or self.local_accounts

    def oidc_secret(self) -> str | None:
        """The secret at the identity provider, from the setting or from its file."""
        return _secret(self.oidc_client_secret, self.oidc_client_secret_file)

    def smtp_secret(self) -> str | None:
        """The password for the mail server, from the setting or from its file."""
        return _secret(self.smtp_password, self.smtp_password_file)

    def imap_secret(self) -> str:
        """The password for the mailbox, from the setting or from its file."""
        return _secret(self.imap_password, self.imap_password_file) or ""


def _secret(given: SecretStr | None, file: Path | None) -> str | None:
    if file is not None:
        return file.read_text(encoding="utf-8").strip()
    return given.get_secret_value() if given else None


def read_settings(**given: object) -> Settings:
    """The settings of the environment, but for what is ``given``; raises Invalid, naming the variable, for nonsense.

    A variable that is empty counts as not set, as container files write it.
    """
    found = {name: value for name in Settings.model_fields if (value := os.environ.get(PREFIX + name.upper()))}
    try:
        return Settings.model_validate({**found, **given})
    except ValidationError as e:
        raise Invalid(
            *(
                Sentence(
                    f"Inställningen {PREFIX}{str(x['loc'][0]).upper()} går inte att använda: {x['msg']}.",
                    f"The setting {PREFIX}{str(x['loc'][0]).upper()} cannot be used: {x['msg']}.",
                )
                for x in e.errors(include_input=False, include_url=False)
                if x["type"] != "default_factory_not_called"  # follows from another, which is told of itself
            )
        ) from None


# ---------------------------------------------------------------- shown to an administrator


class Shown(NamedTuple):
    """One setting as it may be shown: never a secret."""

    variable: str
    value: str
    """Empty where nothing is set; of a secret, nothing but whether it is set."""
    secret: bool
    source: Literal["environment", "given", "default"]
    """``given``: by the process itself as it started, from its command line or what the site has written down."""

    @property
    def is_set(self) -> bool:
        """Whether there is a value at all."""
        return bool(self.value)


HIDDEN = "•••"
"""Stands for a secret that is set."""
_PASSWORD = re.compile(r"(?<=://)([^/?#@:]*:)[^/?#]*(?=@)")
_PARAMETER = re.compile(r"(?i)([?&][^=&]*(?:pass|secret|token|key)[^=&]*=)[^&#]*")


def shown(settings: Settings) -> list[Shown]:
    """Every setting with where its value comes from. Passwords inside addresses are left out."""
    return [_shown(settings, name) for name in Settings.model_fields]


def _shown(settings: Settings, name: str) -> Shown:
    value, variable = getattr(settings, name), PREFIX + name.upper()
    secret = isinstance(value, SecretStr) or name in SECRETS
    source: Literal["environment", "given", "default"] = "default"
    if name in settings.model_fields_set:
        source = "environment" if os.environ.get(variable) else "given"
    if secret:
        return Shown(variable, HIDDEN if value else "", secret=True, source=source)
    return Shown(variable, "" if value is None else without_passwords(str(value)), secret=False, source=source)


def without_passwords(value: str) -> str:
    """An address without the password or secret in it; any other text as it is."""
    return _PARAMETER.sub(rf"\1{HIDDEN}", _PASSWORD.sub(rf"\1{HIDDEN}", value)) if "://" in value else value


SECRETS = frozenset({"smtp_password", "oidc_client_secret", "imap_password"})
