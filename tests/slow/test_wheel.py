"""The built package, installed with the locked dependencies in a fresh environment that cannot see the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("states", "templates", "flows")


def run(*words: str | Path, cwd: Path, code: int = 0, **variables: str) -> str:
    """Run a program with nothing of this process's settings; its standard output."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ARENDE_", "PYTHON", "VIRTUAL_ENV", "PREFECT_"))}
    done = subprocess.run(
        [str(w) for w in words], cwd=cwd, env=kept | variables, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == code, f"{words} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    [file] = dist.glob("*.whl")
    return file


def shipped_files() -> set[str]:
    """What lies in the three folders of the checkout."""
    return {
        str(f.relative_to(ROOT))
        for name in FOLDERS
        for f in (ROOT / name).rglob("*")
        if f.is_file() and "__pycache__" not in f.parts
    }


def test_the_wheel_holds_the_three_folders_and_the_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"arende/_shipped/{f}" for f in shipped_files()} <= names
    assert any(n.endswith("licenses/LICENSE") for n in names)
    assert "arende/py.typed" in names
    assert any(n.startswith("arende/web/static/vendor/") and n.endswith("/designsystemet.css") for n in names)
    assert not [n for n in names if n.startswith(("tests", "docs", ".")) or "__pycache__" in n]


def test_the_source_archive_builds_the_same_wheel(dist: Path, wheel: Path, tmp_path: Path) -> None:
    [archive] = dist.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    [source] = tmp_path.iterdir()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "again", cwd=source)
    [again] = (tmp_path / "again").glob("*.whl")
    assert sorted(zipfile.ZipFile(again).namelist()) == sorted(zipfile.ZipFile(wheel).namelist())


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and an empty folder to work in."""

    venv: Path
    cwd: Path

    def arende(self, *words: str, code: int = 0, **variables: str) -> str:
        return run(self.venv / "bin" / "arende", *words, cwd=self.cwd, code=code, **variables)

    def json(self, *words: str, **variables: str) -> Any:
        return json.loads(self.arende(*words, "--json", **variables))

    def python(self, program: str, **variables: str) -> str:
        return run(self.venv / "bin" / "python", "-c", program, cwd=self.cwd, **variables).strip()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    uv, venv = Path(sys.prefix) / "bin" / "uv", folder / "venv"
    lock = folder / "requirements.lock"
    shutil.copyfile(ROOT / "requirements.lock", lock)
    (folder / "work").mkdir()
    install = (uv, "pip", "install", "--quiet", "--python", venv / "bin" / "python")
    run(uv, "venv", "--quiet", "--python", sys.executable, venv, cwd=folder)
    run(*install, "--require-hashes", "--only-binary", ":all:", "-r", lock, cwd=folder)
    run(*install, "--no-deps", wheel, cwd=folder)
    return Installed(venv, folder / "work")


def test_the_installed_program_uses_nothing_of_the_checkout(installed: Installed) -> None:
    told = installed.json("home", "path")
    assert Path(told["shipped"]).is_relative_to(installed.venv)
    assert told["home"] is None
    places = json.loads(installed.python("import sys, json; print(json.dumps(sys.path))"))
    assert not [p for p in places if p and Path(p).is_relative_to(ROOT)]
    mentions = subprocess.run(
        ["grep", "-rlF", str(ROOT), *installed.venv.glob("lib/*/site-packages/arende*")],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    assert [m for m in mentions if not m.endswith("direct_url.json")] == []


def test_help_tells_the_commands(installed: Installed) -> None:
    assert "db" in installed.arende("--help")


def test_an_installed_program_makes_its_database(installed: Installed, tmp_path: Path) -> None:
    data = {"ARENDE_DATA_DIR": str(tmp_path / "data")}
    assert installed.json("db", "upgrade", **data)["before"] is None
    assert installed.json("db", "check", **data)["ok"] is True


def test_a_home_is_made_and_compared(installed: Installed, tmp_path: Path) -> None:
    folder = tmp_path / "hem"
    installed.arende("home", "init", str(folder))
    assert installed.json("home", "diff", ARENDE_HOME=str(folder)) == []
    assert installed.json("home", "path", ARENDE_HOME=str(folder))["search_path"][0] == str(folder)


def test_the_shipped_case_types_are_sound_where_they_are_installed(installed: Installed) -> None:
    assert "declaration_of_intent" in installed.arende("states", "list")
    assert [f for f in installed.json("states", "check") if f["level"] == "error"] == []


@pytest.fixture
def own_home(installed: Installed, tmp_path: Path) -> Path:
    """A home folder, as a house would make it: from what is installed."""
    folder = tmp_path / "hem"
    installed.arende("home", "init", str(folder))
    shipped = Path(installed.json("home", "path")["shipped"])
    text = (shipped / "states" / "declaration_of_intent.yaml").read_text(encoding="utf-8")
    (folder / "states" / "ours.yaml").write_text(
        text.replace("key: declaration_of_intent\n", "key: our_declaration\n", 1), encoding="utf-8"
    )
    body = folder / "templates" / "mail" / "notice" / "sv" / "body.txt.j2"
    body.parent.mkdir(parents=True)
    body.write_text(
        '{% extends "shipped:mail/notice/sv/body.txt.j2" %}{% block body %}{{ super() }}\nHälsar husets egen rad.\n'
        "{% endblock %}",
        encoding="utf-8",
    )
    return folder


def test_a_case_type_of_the_home_is_added_and_one_of_the_same_key_replaces(
    installed: Installed, own_home: Path
) -> None:
    def versions() -> dict[str, str]:
        return {t["key"]: t["version"] for t in installed.json("states", "list", ARENDE_HOME=str(own_home))}

    before = versions()
    assert {"declaration_of_intent", "our_declaration"} <= set(before)
    ours = own_home / "states" / "ours.yaml"
    text = ours.read_text(encoding="utf-8")
    (own_home / "states" / "replaced.yaml").write_text(
        text.replace("key: our_declaration\nversion: 1.0.0", "key: declaration_of_intent\nversion: 9.0.0", 1),
        encoding="utf-8",
    )
    assert versions() == before | {"declaration_of_intent": "9.0.0"}


def test_a_template_of_the_home_wins_and_may_extend_the_shipped_one(installed: Installed, own_home: Path) -> None:
    program = (
        "from arende import home, render\nfrom arende.mailsamples import full\n"
        "from arende.settings import read_settings\n"
        "print(render.Words(home.template_folders(read_settings())).mail('notice', full()['notice']).text)"
    )
    plain, own = installed.python(program), installed.python(program, ARENDE_HOME=str(own_home))
    assert "Hälsar husets egen rad." not in plain
    assert "Hälsar husets egen rad." in own
    assert plain.split(".", 1)[0] in own, "the shipped words are there, too"
    assert installed.json("home", "diff", ARENDE_HOME=str(own_home))[-1]["kind"] == "replaces"


def test_a_broken_file_of_the_home_is_told_and_hides_no_other(installed: Installed, own_home: Path) -> None:
    (own_home / "states" / "broken.yaml").write_text("key: broken\nversion: 1.0.0\nnonsense: yes\n", encoding="utf-8")
    told = json.loads(installed.arende("states", "check", "--json", code=1, ARENDE_HOME=str(own_home)))
    assert {Path(f["file"]).name for f in told if f["level"] == "error"} == {"broken.yaml"}
    assert "our_declaration" in installed.arende("states", "list", ARENDE_HOME=str(own_home))
