"""The site key: 32 random bytes outside the database, from which tags are derived that nobody else can make.

A copy of the database alone can therefore neither decide a case nor report a mail as bounced.
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
    file = settings.site_key_file or settings.data_dir / "site.key"
    try:
        if not file.exists():
            _create(file)
        key = file.read_bytes()
    except OSError as e:
        raise Unavailable(
            Sentence(
                f"Nyckelfilen {file} går inte att använda: {e.strerror}. Rätta filens plats eller rättigheter.",
                f"The key file {file} cannot be used: {e.strerror}. Correct its place or its permissions.",
            )
        ) from e
    if len(key) != LENGTH:
        raise Unavailable(
            Sentence(
                f"Nyckelfilen {file} ska innehålla {LENGTH} byte men har {len(key)}. Lägg tillbaka den rätta filen.",
                f"The key file {file} should hold {LENGTH} bytes but has {len(key)}. Put the right file back.",
            )
        )
    return key


def tag(key: bytes, purpose: str, *parts: str | int) -> str:
    """32 characters (160 bits, a–z and 2–7) that only the holder of ``key`` can make for these parts.

    Lower case and without signs, because mail servers may fold the case of an address.
    """
    message = b"".join(len(p).to_bytes(4, "big") + p for p in (str(x).encode() for x in (purpose, *parts)))
    return base64.b32encode(hmac.digest(key, message, hashlib.sha256)[:20]).decode().lower()


def _create(file: Path) -> None:
    """A new key, complete or not at all; of two who make one at once the first wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(LENGTH))
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        _sync_folder(file.parent)
    finally:
        draft.unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
