"""What starting costs: the command line, and the memory of the long-lived processes."""

from __future__ import annotations

import compileall
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import arende
from arende import db
from benchmarks.measure import Line, megabytes
from benchmarks.places import Place
from benchmarks.steps import STEPS, prepared  # noqa: F401 – the database holds that many cases
from processes import eventually, free_port

ROUNDS = 9
READS = (
    ["case", "list"],
    ["case", "show", "RS200001"],
    ["case", "history", "RS200001"],
    ["case", "options", "RS200001", "--as", "officer"],
    ["inbox", "--as", "officer"],
)


def commands(place: Place, folder: Path) -> Iterator[Line]:
    """``arende --help`` and the commands that read, each a new process."""
    url, _ = prepared(place, folder)
    compileall.compile_dir(str(Path(arende.__file__).parent), quiet=1)  # as the set-up leaves it, whatever was edited
    env = {**os.environ, "ARENDE_DATABASE_URL": url, "ARENDE_DATA_DIR": str(folder)}
    for words, limit in [(["--help"], 0.5), *((read, 1.0) for read in READS)]:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken = sorted(_seconds(words, env) for _ in range(ROUNDS))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / ROUNDS
        middle = taken[ROUNDS // 2]
        figures = f"{middle:.2f} s (fastest {taken[0]:.2f} s, CPU {own:.2f} s)"
        yield Line(f"arende {' '.join(words[:2])}, {place.kind}", figures, f"≤ {limit} s", middle <= limit)


def _seconds(words: list[str], env: dict[str, str]) -> float:
    begun = time.perf_counter()
    done = subprocess.run(
        [str(Path(sys.executable).with_name("arende")), *words], env=env, capture_output=True, check=False
    )
    taken = time.perf_counter() - begun
    assert done.returncode == 0, done.stderr.decode()
    return taken


def memory(place: Place, folder: Path) -> Iterator[Line]:
    """Resident memory of the web process and of a worker that cannot reach Prefect; ``delivery`` has one that does."""
    url, _ = prepared(place, folder)
    engine = db.open_engine(url)
    engine.dispose()
    port = free_port()
    given = {"DATABASE_URL": url, "DATA_DIR": folder, "WEB_PORT": port, "PREFECT_PORT": free_port()}
    env = {**os.environ, **{f"ARENDE_{k}": str(v) for k, v in given.items()}}
    for words, limit in ((["serve"], 200), (["worker"], 250)):
        process = subprocess.Popen(
            [sys.executable, "-m", "arende.cli", *words],
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            time.sleep(8)
            if words == ["serve"]:
                eventually(lambda: _page(port))
            found = megabytes(process.pid)
        finally:
            process.terminate()
            process.wait(20)
        yield Line(f"memory of arende {words[0]}, {place.kind}", f"{found:.0f} MB", f"≤ {limit} MB", found <= limit)


def _page(port: int) -> bool:
    import httpx

    try:
        return httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, follow_redirects=True).status_code < 500
    except httpx.HTTPError:
        return False
