"""Document bytes, kept by their SHA-256: the same bytes once, never changed, on disk before they are referred to.

Bytes that have been put and that no document names yet are *unclaimed*: a mark of the same name lies in ``.unclaimed``
until a document does. Marked bytes are never removed, unless the mark is so old that whoever put them has given up.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from arende.errors import Invalid, NotFound, Sentence, Unavailable


class Storage:
    """Files below one folder, ``ab/cd/abcd…``. Safe to use from several processes."""

    def __init__(self, folder: Path, max_bytes: int, *, sync: bool = True) -> None:
        """``sync=False`` gives up that what is put survives a power cut: for what is thrown away."""
        self.folder = folder
        self.max_bytes = max_bytes
        self.sync = sync

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
                    raise Invalid(
                        Sentence(
                            "Handlingen är tom (0 byte). Kontrollera filen och lägg till den igen.",
                            "The document is empty (0 bytes). Check the file and add it again.",
                        )
                    )
                temporary.flush()
                if self.sync:
                    os.fsync(temporary.fileno())
                self._settle(Path(temporary.name), digest.hexdigest())
            finally:
                with contextlib.suppress(FileNotFoundError):
                    Path(temporary.name).unlink()
        return digest.hexdigest(), size

    def _settle(self, temporary: Path, sha256: str) -> None:
        target = self.path(sha256)
        with self._locked(fcntl.LOCK_SH):
            self._mark(sha256).parent.mkdir(exist_ok=True)
            self._mark(sha256).touch()
            if target.exists():
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(target)
        if not self.sync:
            return
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _mark(self, sha256: str) -> Path:
        return self.folder / ".unclaimed" / sha256

    @contextlib.contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Many may put at once; nobody puts while bytes are being removed. The lock goes with the process."""
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, how)
            yield

    def claim(self, sha256: str) -> None:
        """A committed document names these bytes."""
        with contextlib.suppress(FileNotFoundError):
            self._mark(sha256).unlink()

    def remove(self, sha256: str, is_named: Callable[[], bool], abandoned: datetime | None = None) -> bool:
        """Take the bytes away, unless a document names them; returns whether they are gone.

        Bytes that somebody has put and not yet named stay as well, unless that was before ``abandoned``. ``is_named``
        is asked last, while nobody can put the same bytes anew.
        """
        target = self.path(sha256)
        if not target.exists():
            return True
        with self._locked(fcntl.LOCK_EX):
            put = _changed(self._mark(sha256))
            if (put is not None and (abandoned is None or put >= abandoned.timestamp())) or is_named():
                return False
            target.unlink(missing_ok=True)
            self.claim(sha256)
        return True

    def held(self) -> Iterator[str]:
        """The SHA-256 of everything in storage, in no order."""
        for file in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            yield file.name

    def drop_unfinished(self, abandoned: datetime) -> None:
        """Take away what was left half written before then by a process that died."""
        for file in self.folder.glob(".new-*"):
            if (_changed(file) or abandoned.timestamp()) < abandoned.timestamp():
                file.unlink(missing_ok=True)

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


def _changed(file: Path) -> float | None:
    with contextlib.suppress(FileNotFoundError):
        return file.stat().st_mtime
    return None


def _too_large(limit: int) -> Invalid:
    mb = limit // 1_000_000
    return Invalid(
        Sentence(
            f"Handlingen är större än {mb} MB, som är gränsen. Dela upp den eller komprimera den.",
            f"The document is larger than {mb} MB, the limit. Split or compress it.",
        )
    )
