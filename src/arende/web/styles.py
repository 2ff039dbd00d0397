"""Which style sheets the pages load, in order: the design system's, the typeface's, and our own on top.

Those of others are fetched from npm at set-up and lie in ``static/vendor``, each in a folder named by its version.
Without them the pages work and look plain.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files

LIST = "SHA256SUMS"
"""Names every file that was fetched; ``assets.py`` writes it."""
FIRST = "theme.css"
"""The tokens, which the rest is built on."""


def addresses() -> tuple[str, ...]:
    """The address of each style sheet. One that changes gets another address."""
    return (*_fetched(), own("arende.css"))


def own(name: str) -> str:
    """The address of a file of our own, with its version."""
    content = files("arende.web").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def _fetched() -> list[str]:
    listed = files("arende.web").joinpath("static", "vendor", LIST)
    if not listed.is_file():
        return []
    names = [line.split("  ")[1] for line in listed.read_text("utf-8").splitlines()]
    sheets = sorted((n for n in names if n.endswith(".css")), key=lambda n: (not n.endswith(FIRST), n))
    return [f"/static/vendor/{name}" for name in sheets]
