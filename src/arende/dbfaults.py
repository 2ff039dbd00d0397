"""What the database drivers say, as sentences: what is wrong and what to do about it."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL
from sqlalchemy.exc import TimeoutError as PoolExhausted

from arende.errors import Sentence

if TYPE_CHECKING:
    import psycopg


def driver_errors() -> tuple[type[Exception], ...]:
    """What the drivers in use raise. PostgreSQL's is known only where it has been imported: it takes its time."""
    postgresql = sys.modules.get("psycopg")
    return (sqlite3.Error, postgresql.Error) if postgresql is not None else (sqlite3.Error,)


def sentence_of(error: BaseException, url: URL) -> Sentence | None:
    """The sentence for a failure that is the database's; None when it is a fault or a conflict of ours."""
    original = getattr(error, "orig", None) or error
    if isinstance(original, sqlite3.Error):
        return _of_sqlite(original, url.database or "")
    if isinstance(original, driver_errors()):
        return _of_postgresql(original, url)  # type: ignore[arg-type]  # the one driver that is not SQLite's
    if isinstance(error, PoolExhausted):
        return _busy()
    return None


def _of_sqlite(error: sqlite3.Error, file: str) -> Sentence | None:
    name = getattr(error, "sqlite_errorname", "")
    kinds = {
        "SQLITE_BUSY": _locked,
        "SQLITE_LOCKED": _locked,
        "SQLITE_FULL": _full,
        "SQLITE_READONLY": lambda: _read_only(file),
        "SQLITE_PERM": lambda: _read_only(file),
        "SQLITE_CANTOPEN": lambda: _cannot_open(file),
        "SQLITE_NOTADB": lambda: _damaged(file),
        "SQLITE_CORRUPT": lambda: _damaged(file),
        "SQLITE_IOERR": lambda: _disk_fault(file),
        "SQLITE_PROTOCOL": _locked,
    }
    for prefix, sentence in kinds.items():
        if name.startswith(prefix):
            return sentence()
    text = str(error)
    if "no such table" in text or "no such column" in text or "has no column" in text:
        return old_schema()
    return None


def _of_postgresql(error: psycopg.Error, url: URL) -> Sentence | None:
    state = error.sqlstate or ""
    kinds = {
        "40001": _locked,
        "40P01": _locked,
        "55P03": _locked,
        "57014": _busy,
        "53100": _full,
        "53300": _busy,
        "25006": lambda: _read_only(_place(url)),
        "42501": lambda: _not_allowed(_place(url)),
        "42P01": old_schema,
        "42703": old_schema,
    }
    if state in kinds:
        return kinds[state]()
    if state[:2] in ("08", "57", "58", "53") or (not state and type(error).__name__ == "OperationalError"):
        return _unreachable(str(error), url)
    return None


def _unreachable(text: str, url: URL) -> Sentence:
    where = _place(url)
    if "authentication" in text or "no password" in text or "role" in text:
        return Sentence(
            f"PostgreSQL på {where} godtar inte inloggningen. Kontrollera namn och lösenord i ARENDE_DATABASE_URL.",
            f"PostgreSQL at {where} does not accept the login. Check the name and password in ARENDE_DATABASE_URL.",
        )
    if "does not exist" in text:
        return Sentence(
            f"Det finns ingen databas {where}. Skapa den (createdb) eller ändra ARENDE_DATABASE_URL.",
            f"There is no database {where}. Create it (createdb) or change ARENDE_DATABASE_URL.",
        )
    return Sentence(
        f"PostgreSQL på {where} svarar inte. Kontrollera att servern är igång och att ARENDE_DATABASE_URL stämmer.",
        f"PostgreSQL at {where} does not answer. Check that the server runs and that ARENDE_DATABASE_URL is right.",
    )


def _place(url: URL) -> str:
    """Host, port and database: never name or password."""
    host = url.host or url.query.get("host") or "localhost"
    return f"{host}:{url.port or 5432}/{url.database or ''}"


def _locked() -> Sentence:
    return Sentence(
        "Databasen är låst av någon annan just nu. Inget har sparats. Försök igen om en stund.",
        "The database is locked by somebody else right now. Nothing was saved. Try again in a moment.",
    )


def _busy() -> Sentence:
    return Sentence(
        "Databasen är överbelastad just nu. Inget har sparats. Försök igen om en stund.",
        "The database is overloaded right now. Nothing was saved. Try again in a moment.",
    )


def _full() -> Sentence:
    return Sentence(
        "Disken med databasen är full. Inget har sparats. Frigör utrymme och försök igen.",
        "The disk of the database is full. Nothing was saved. Free some space and try again.",
    )


def _read_only(place: str) -> Sentence:
    return Sentence(
        f"Databasen {place} går bara att läsa. Inget har sparats. Kontrollera rättigheterna till filen och mappen.",
        f"The database {place} can only be read. Nothing was saved. Check the permissions of the file and its folder.",
    )


def _not_allowed(place: str) -> Sentence:
    return Sentence(
        f"Databasanvändaren saknar rättigheter i {place}. Låt den äga databasen eller ge den rättigheterna.",
        f"The database user lacks permissions in {place}. Let it own the database or grant them.",
    )


def _cannot_open(file: str) -> Sentence:
    return Sentence(
        f"Databasen {file} går inte att öppna. Kontrollera att mappen finns och att programmet får skriva i den.",
        f"The database {file} cannot be opened. Check that the folder exists and that the program may write in it.",
    )


def _damaged(file: str) -> Sentence:
    return Sentence(
        f"Filen {file} är inte en databas, eller är skadad. Rör den inte; återställ den senaste säkerhetskopian.",
        f"The file {file} is not a database, or is damaged. Do not touch it; restore the latest backup.",
    )


def _disk_fault(file: str) -> Sentence:
    return Sentence(
        f"Disken svarar inte som den ska för databasen {file}. Inget har sparats. Kontrollera disken.",
        f"The disk does not answer as it should for the database {file}. Nothing was saved. Check the disk.",
    )


def cannot_create_folder(folder: Path, error: OSError) -> Sentence:
    """The folder of the database could not be made."""
    return Sentence(
        f"Mappen {folder} går inte att skapa ({error.strerror}). Skapa den, eller välj en annan med ARENDE_DATA_DIR.",
        f"The folder {folder} cannot be created ({error.strerror}). Create it, or choose another by ARENDE_DATA_DIR.",
    )


def not_a_database_url() -> Sentence:
    """The address names no database that can be used."""
    return Sentence(
        "ARENDE_DATABASE_URL ska se ut som sqlite:///FIL eller postgresql://NAMN:LÖSENORD@VÄRD/DATABAS.",
        "ARENDE_DATABASE_URL should look like sqlite:///FILE or postgresql://NAME:PASSWORD@HOST/DATABASE.",
    )


def old_schema() -> Sentence:
    """The tables are missing, or older than the program."""
    return Sentence(
        "Databasen är ny eller hör till en äldre version av arende. Kör: arende db upgrade",
        "The database is new or belongs to an older version of arende. Run: arende db upgrade",
    )


def newer_schema(found: str) -> Sentence:
    """The tables are newer than the program."""
    return Sentence(
        f"Databasen hör till en nyare version av arende (schema {found}). Installera den versionen.",
        f"The database belongs to a newer version of arende (schema {found}). Install that version.",
    )


def unreleased_schema(missing: str) -> Sentence:
    """The tables have this program's revision and are not its own: a program that was never released made them."""
    return Sentence(
        f"Databasen kan inte användas: {missing} saknas, fast tabellerna säger sig vara den här versionens. De har "
        "gjorts av en utvecklingsversion av arende och kan inte föras vidare. Välj en ny mapp med ARENDE_DATA_DIR.",
        f"The database cannot be used: {missing} is missing, though the tables claim to be of this version. A "
        "development version of arende made them, and they cannot be upgraded. Choose a new folder by ARENDE_DATA_DIR.",
    )
