"""Document bytes, kept by their SHA-256: the same bytes once, never changed, on disk before they are referred to."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from arende.errors import Invalid, NotFound, Sentence, Unavailable


class Storage:
    """Files below one folder, ``ab/cd/abcd…``. Safe to use from several processes."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder = folder
        self.max_bytes = max_bytes

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Store everything the stream gives and sync it to disk. Returns (SHA-256 in hex, size in bytes).

        Raises Invalid for an empty or too large document, Unavailable when the disk refuses.
        """
        try:
            return self._put(stream)
        except OSError as e:
            raise Unavailable(
                Sentence(
                    f"Handlingen kunde inte sparas: {e.strerror}. Kontrollera disken och försök igen.",
                    f"The document could not be stored: {e.strerror}. Check the disk and try again.",
                )
            ) from e

    def _put(self, stream: BinaryIO) -> tuple[str, int]:
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".new-", delete=False) as temporary:
            try:
                while chunk := stream.read(1 << 20):
                    digest.update(chunk)
                    size += len(chunk)
                    if size > self.max_bytes:
                        raise _too_large(self.max_bytes)
                    temporary.write(chunk)
                if size == 0:
                    raise Invalid(Sentence("Handlingen är tom (0 byte).", "The document is empty (0 bytes)."))
                temporary.flush()
                os.fsync(temporary.fileno())
                self._settle(Path(temporary.name), digest.hexdigest())
            finally:
                with contextlib.suppress(FileNotFoundError):
                    Path(temporary.name).unlink()
        return digest.hexdigest(), size

    def _settle(self, temporary: Path, sha256: str) -> None:
        target = self.path(sha256)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def path(self, sha256: str) -> Path:
        """Where the bytes lie; raises Invalid for anything that is not a SHA-256."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise Invalid(Sentence("Ogiltig kontrollsumma.", "Not a checksum."))
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def read(self, sha256: str) -> bytes:
        """The bytes, checked against their name; raises NotFound when missing, Unavailable when damaged."""
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFound(
                Sentence("Handlingens fil saknas i lagret.", "The document's file is missing from storage.")
            ) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Unavailable(
                Sentence(
                    "Handlingens fil är skadad: innehållet stämmer inte med kontrollsumman.",
                    "The document's file is damaged: its content does not match its checksum.",
                )
            )
        return data

    def has(self, sha256: str) -> bool:
        """Whether the bytes are there."""
        return self.path(sha256).is_file()


def _too_large(limit: int) -> Invalid:
    mb = limit // 1_000_000
    return Invalid(
        Sentence(
            f"Handlingen är större än {mb} MB, som är gränsen. Dela upp den eller komprimera den.",
            f"The document is larger than {mb} MB, the limit. Split or compress it.",
        )
    )
