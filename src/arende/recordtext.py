"""What a record says, as plain words: of a letter that was typeset here, of a plain text, of a PDF or DOCX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arende.storage import Storage

PLAIN = ("text/plain", "text/markdown")
SHORT = 200_000
"""Bytes of a plain text that is read at most."""
LONG = 20_000_000
"""Bytes of a PDF or DOCX that is read at most."""


def own_text(storage: Storage, record: Mapping[str, Any]) -> str | None:
    """The words of a letter of ours or a plain text, at once: also in the middle of a step. None for other records."""
    if record["source"]:
        from arende.letters import Letter  # with Jinja2 and Markdown: a text that was typeset here is seldom compared

        return Letter.from_json(storage.read(record["source"]).decode("utf-8")).plain()
    if record["media_type"] not in PLAIN or record["size"] > SHORT:
        return None
    try:
        return storage.read(record["sha256"]).decode("utf-8")
    except UnicodeDecodeError:
        return None


def text_of(storage: Storage, record: Mapping[str, Any]) -> str | None:
    """The words of any record that has some, in up to ten seconds. None where there are none to read."""
    from arende import filetext

    if record["source"] or record["media_type"] not in filetext.READABLE or record["size"] > LONG:
        return own_text(storage, record)
    return filetext.read(record["media_type"], storage.read(record["sha256"]))
