"""The site key: 32 random bytes outside the database, from which tags are derived that nobody else can make.

A copy of the database alone can therefore neither decide a case nor report a mail as bounced. When the key is changed,
the one before is retired, not thrown away: what was promised under it is still kept under it, and each row says which.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from arende.errors import Sentence, Unavailable
from arende.settings import Settings

LENGTH = 32
"""Bytes of the key."""


def site_key(settings: Settings) -> bytes:
    """The key of this site, created on first use and readable by its owner only.

    Raises Unavailable when the file cannot be read or made, or holds something else than a key.
    """
    file = _file(settings)
    try:
        if not file.exists():
            _create(file)
        return _checked(file, file.read_bytes())
    except OSError as e:
        raise Unavailable(
            Sentence(
                f"Nyckelfilen {file} går inte att använda: {e.strerror}. Rätta filens plats eller rättigheter.",
                f"The key file {file} cannot be used: {e.strerror}. Correct its place or its permissions.",
            )
        ) from e


def _file(settings: Settings) -> Path:
    return settings.site_key_file or settings.data_dir / "site.key"


def _checked(file: Path, key: bytes) -> bytes:
    if len(key) != LENGTH:
        raise Unavailable(
            Sentence(
                f"Nyckelfilen {file} ska innehålla {LENGTH} byte men har {len(key)}. Lägg tillbaka den rätta filen.",
                f"The key file {file} should hold {LENGTH} bytes but has {len(key)}. Put the right file back.",
            )
        )
    return key


class Ring:
    """The site key and those retired before it, by id. Read when first asked, and again for an id it does not know."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._current = ""
        self._keys: dict[str, bytes] = {}

    @property
    def current(self) -> str:
        """The id of the key that new promises are made under."""
        if not self._current:
            self._read()
        return self._current

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id, the current one first: for what comes back without saying which key it was made under."""
        return (self.current, *(i for i in self._keys if i != self._current))

    def tag(self, key_id: str | None, purpose: str, *parts: str | int) -> str:
        """The tag of these parts under the key of this id (None = the present one).

        Raises Unavailable when the ring does not hold the key.
        """
        key_id = key_id or self.current
        if key_id not in self._keys:
            self._read()
        if key_id not in self._keys:
            raise Unavailable(
                Sentence(
                    f"Nyckeln {key_id} saknas. Lägg tillbaka filen bland de pensionerade nycklarna.",
                    f"The key {key_id} is missing. Put its file back among the retired keys.",
                )
            )
        return tag(self._keys[key_id], purpose, *parts)

    def _read(self) -> None:
        current = site_key(self._settings)
        folder = _retired(_file(self._settings))
        old = [_checked(f, f.read_bytes()) for f in sorted(folder.glob("*.key"))] if folder.is_dir() else []
        self._keys = {key_id(key): key for key in (*old, current)}
        self._current = key_id(current)


def key_id(key: bytes) -> str:
    """What a key is called in rows: says nothing of the key itself."""
    return tag(key, "id")[:8]


def rotate(settings: Settings) -> str:
    """Retire the site key and make a new one; returns the new key's id. What was promised under the old one stands."""
    file = _file(settings)
    old = key_id(site_key(settings))
    folder = _retired(file)
    folder.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.link(file, folder / f"{old}.key")
    _sync_folder(folder)
    draft = _draft(file)
    draft.replace(file)
    _sync_folder(file.parent)
    return key_id(site_key(settings))


def _retired(file: Path) -> Path:
    return file.with_name(f"{file.name}.retired")


def tag(key: bytes, purpose: str, *parts: str | int) -> str:
    """32 characters (160 bits, a–z and 2–7) that only the holder of ``key`` can make for these parts.

    Lower case and without signs, because mail servers may fold the case of an address.
    """
    message = b"".join(len(p).to_bytes(4, "big") + p for p in (str(x).encode() for x in (purpose, *parts)))
    return base64.b32encode(hmac.digest(key, message, hashlib.sha256)[:20]).decode().lower()


def _create(file: Path) -> None:
    """A new key, complete or not at all; of two who make one at once the first wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(file)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        _sync_folder(file.parent)
    finally:
        draft.unlink()


def _draft(file: Path) -> Path:
    """A new key beside ``file``, on disk and readable by its owner only."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(secrets.token_bytes(LENGTH))
        stream.flush()
        os.fsync(stream.fileno())
    return draft


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
