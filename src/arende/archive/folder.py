"""The folder that an export is written to: whole or not at all, and never a file outside it."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from arende.errors import ArendeError, Invalid, Refused, Sentence, Unavailable
from arende.storage import Storage
from arende.usecases.documents import clean_name

MAX_NAME = 200
"""Bytes of a file name: file systems take 255."""


class Written(NamedTuple):
    """One file of the export. ``path`` is relative to the folder, with ``/``; ``size`` in bytes."""

    path: str
    size: int
    sha256: str


class Parcel:
    """A folder being filled beside its place. What it holds is in ``files``, in the order written."""

    def __init__(self, out: Path, root: Path, storage: Storage) -> None:
        self.out, self.root, self._storage = out, root, storage
        self.files: list[Written] = []
        self.set_aside: Path | None = None

    def write(self, path: str, data: bytes) -> Written:
        """A file with these bytes."""
        with self._new(path).open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        return self._written(path, len(data), hashlib.sha256(data).hexdigest())

    def copy(self, path: str, sha256: str, record_no: int) -> Written:
        """A document from storage, checked on the way. Raises Unavailable when it is missing or damaged."""
        digest, size = hashlib.sha256(), 0
        target = self._new(path)
        if not self._storage.has(sha256):
            raise _no_document(record_no, "saknas i lagret", "is missing from storage")
        with self._storage.path(sha256).open("rb") as source, target.open("xb") as stream:
            while chunk := source.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        if digest.hexdigest() != sha256:
            raise _no_document(record_no, "är skadad", "is damaged")
        return self._written(path, size, sha256)

    def _new(self, path: str) -> Path:
        target = self.root.joinpath(*path.split("/"))
        if path.startswith("/") or ".." in path.split("/"):
            raise ValueError(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _written(self, path: str, size: int, sha256: str) -> Written:
        self.files.append(Written(path, size, sha256))
        return self.files[-1]


@contextmanager
def parcel(out: Path, storage: Storage, *, force: bool) -> Iterator[Parcel]:
    """A parcel that gets its place ``out`` when the block is done; when it fails, nothing is left and nothing changed.

    A folder that holds something is refused; with ``force`` it is set aside under another name, never deleted.
    """
    try:
        out = out.resolve()
        demand_free(out, force=force)
        out.parent.mkdir(parents=True, exist_ok=True)
        root = out.parent / f".arende-export-{secrets.token_hex(6)}"
        root.mkdir()
        try:
            made = Parcel(out, root, storage)
            yield made
            made.set_aside = _settle(root, out, force=force)
        finally:
            shutil.rmtree(root, ignore_errors=True)
    except OSError as e:
        why = e.strerror or str(e)
        raise Unavailable(
            Sentence(
                f"Det gick inte att skriva till {out}: {why}. Välj en annan mapp eller rätta rättigheterna.",
                f"It was not possible to write to {out}: {why}. Choose another folder or correct its permissions.",
            )
        ) from e


def demand_free(out: Path, *, force: bool) -> None:
    """Refuse a target that is a file, or a folder that holds something."""
    if out.exists() and not out.is_dir():
        raise Refused(
            Sentence(
                f"{out} är en fil. Ange en mapp; den skapas om den inte finns.",
                f"{out} is a file. Name a folder; it is created if need be.",
            )
        )
    if not force and out.is_dir() and any(out.iterdir()):
        raise Refused(
            Sentence(
                f"Mappen {out} är inte tom. Välj en annan, eller ställ undan den med --force.",
                f"The folder {out} is not empty. Choose another, or set it aside with --force.",
            )
        )


def _settle(root: Path, out: Path, *, force: bool) -> Path | None:
    """Give the finished folder its name. Returns where the earlier one went, if it held anything."""
    demand_free(out, force=force)
    aside = None
    if out.is_dir() and any(out.iterdir()):
        aside = next(p for n in range(1, 10_000) if not (p := out.with_name(f"{out.name}.{n}")).exists())
        out.rename(aside)
    root.rename(out)
    return aside


def file_name(record_no: int, name: str) -> str:
    """``3_Tjänsteskrivelse.pdf``: a name that stays in its folder and fits every file system, whatever it was."""
    try:
        clean = clean_name(name)
    except Invalid:
        clean = "handling"
    ending = Path(clean).suffix
    stem = clean.removesuffix(ending)
    ending = ending if len(ending.encode()) <= 20 else ""
    room = MAX_NAME - len(ending.encode()) - len(str(record_no)) - 1
    return f"{record_no}_{stem.encode()[:room].decode(errors='ignore')}{ending}"


def plain_name(record_no: int, name: str) -> str:
    """The same in a–z, figures, ``.``, ``-`` and ``_`` only, for archives; the real name is kept beside."""
    folded = unicodedata.normalize("NFKD", file_name(record_no, name)).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "_", folded)


def _no_document(record_no: int, sv: str, en: str) -> ArendeError:
    return Unavailable(
        Sentence(
            f"Handling {record_no} {sv}. Ingenting är exporterat. Återställ filen från säkerhetskopian.",
            f"Record {record_no} {en}. Nothing is exported. Restore its file from the backup.",
        )
    )
