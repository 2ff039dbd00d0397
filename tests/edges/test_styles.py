"""What the pages load from npm: pinned, whole, licensed, of no other host, and named by its version."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from arende.web import styles

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src" / "arende" / "web" / "static"
VENDOR = STATIC / "vendor"
HOW = "run: make setup-dev"


@pytest.fixture(scope="module")
def listed() -> dict[str, str]:
    """File → SHA-256, of everything that was fetched."""
    assert (VENDOR / styles.LIST).is_file(), HOW
    lines = (VENDOR / styles.LIST).read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_every_file_is_there_unchanged_and_nothing_else_is(listed: dict[str, str]) -> None:
    found = {str(f.relative_to(VENDOR)) for f in VENDOR.rglob("*") if f.is_file()} - {styles.LIST}
    assert found == set(listed), HOW
    assert {n: hashlib.sha256((VENDOR / n).read_bytes()).hexdigest() for n in found} == listed, HOW


def test_every_package_brings_its_licence_and_has_the_version_that_is_locked(listed: dict[str, str]) -> None:
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    folders = {name.split("/")[0] for name in listed}
    assert folders == {f"{package.split('/')[-1]}-{version}" for package, version in wanted.items()}, HOW
    assert all(f"{folder}/LICENSE" in listed for folder in folders)


def test_the_lock_holds_hashes_and_no_address_to_fetch_from() -> None:
    text = (ROOT / "package-lock.json").read_text("utf-8")
    packages = {name: p for name, p in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(p["integrity"].startswith("sha512-") for p in packages.values())
    assert '"resolved"' not in text
    assert set(re.findall(r"https?://([^/\"]+)", text)) <= {"github.com", "opencollective.com"}, "who asks for money"


def test_no_style_sheet_asks_another_host(listed: dict[str, str]) -> None:
    for name in (n for n in listed if n.endswith(".css")):
        text = re.sub(r"url\(['\"]?data:[^)]*\)", "", (VENDOR / name).read_text("utf-8"))
        assert set(re.findall(r"url\(([^)]+)\)", text)) <= {"inter-latin.woff2", "inter-latin-ext.woff2"}
        assert "@import" not in text


def test_the_pages_load_the_tokens_first_and_our_own_last() -> None:
    found = styles.addresses()
    assert found[0].endswith("/theme.css"), HOW
    assert found[-1].startswith("/static/arende.css?v=")
    assert all((STATIC / a.removeprefix("/static/").partition("?")[0]).is_file() for a in found)


def test_a_package_without_what_the_pages_load_is_not_built(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "assets.py", "README.md", "LICENSE"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "src" / "arende").mkdir(parents=True)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    done = subprocess.run(build, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "make setup" in done.stderr
