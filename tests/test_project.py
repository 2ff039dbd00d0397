"""The project around the program: what is asked for, what is locked, what is installed."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import longtests

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ASKED = {
    "requirements.lock": PROJECT["project"]["dependencies"],
    "requirements-dev.lock": PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"],
    "requirements-setup.lock": PROJECT["dependency-groups"]["setup"],
}


def pins(lock: str) -> dict[str, str]:
    """Package → version, of every pin in the file."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", text, re.MULTILINE)
    }


@pytest.mark.parametrize("lock", ASKED)
def test_everything_asked_for_is_pinned_within_its_bounds(lock: str) -> None:
    pinned = pins(lock)
    for line in ASKED[lock]:
        wanted = Requirement(line)
        version = pinned.get(canonicalize_name(wanted.name))
        assert version, f"{wanted.name} is not in {lock}; run: make lock"
        assert wanted.specifier.contains(version, prereleases=True), f"{wanted} in {lock} is {version}; run: make lock"


@pytest.mark.parametrize("lock", ASKED)
def test_a_lock_holds_pins_and_hashes_and_no_address(lock: str) -> None:
    shape = re.compile(r"[A-Za-z0-9._-]+(\[[^]]*\])?==[^ ;]+( ; [^\\]+?)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not shape.fullmatch(line)] == []
    assert sum(not line.startswith(" ") for line in lines) == len(pins(lock)) > 5


def test_the_tests_run_on_the_very_versions_that_are_shipped() -> None:
    tested = pins("requirements-dev.lock")
    assert {name: tested.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


@pytest.mark.parametrize("line", PROJECT["project"]["dependencies"])
def test_what_is_installed_is_what_is_asked_for_and_locked(line: str) -> None:
    """Prefect, FastAPI and SQLAlchemy above all: newer ones break Prefect's server without a word."""
    wanted = Requirement(line)
    installed = importlib.metadata.version(wanted.name)
    assert wanted.specifier.contains(installed, prereleases=True)
    assert installed == pins("requirements.lock")[canonicalize_name(wanted.name)], "run: make setup-dev"


def test_the_version_is_in_the_changelog() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{PROJECT['project']['version']}]" in changes or "## [Unreleased]" in changes


def test_the_licence_is_the_one_that_is_declared() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["project"]["license"] == "EUPL-1.2"
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert "15.Applicable Law" in text
    assert "Compatible Licences" in text


def test_every_file_of_long_tests_is_there() -> None:
    tests = Path(longtests.__file__).parent
    assert [name for name in sorted(longtests.FILES) if not (tests / name).is_file()] == []
