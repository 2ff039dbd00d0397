"""The text of a case: what its requests are bound to, and void with when it changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from arende import models
from arende.prepared import Row
from arende.work import Work


def text_sha256(w: Work) -> str:
    """What an approval is bound to: title, fields, and the newest version of each document of the text."""
    newest: dict[str, tuple[int, str]] = {}
    for d in w.rows(models.documents):
        declared = w.rules.documents.get(d["key"])
        if declared is not None and declared.is_text:
            newest[d["key"]] = max(newest.get(d["key"], (0, "")), (d["version"], d["sha256"]))
    text = [w.case["title"], {k: sha for k, (_, sha) in newest.items()}]
    return hashlib.sha256(json.dumps(text, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def current(w: Work, rounds: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """Rounds of requests as they stand for the text as it is: a yes to earlier words is no yes to these."""
    now = text_sha256(w) if rounds else ""
    return {key: [_of_text(row, now) for row in group] for key, group in rounds.items()}


def _of_text(request: Row, now: str) -> Row:
    past = request["state"] == "approved" and request["text_sha256"] != now
    return {**request, "state": "superseded"} if past else request


def written(documents: Iterable[Row]) -> frozenset[str]:
    """Kinds of document whose newest version a step has written, rather than somebody brought in."""
    newest = {d["key"]: d for d in sorted(documents, key=lambda d: d["version"])}
    return frozenset(key for key, d in newest.items() if d["source"])


def withheld(documents: Iterable[Row], *, secret: bool) -> frozenset[str]:
    """Kinds of document whose newest version is secret or not checked yet; every kind of a case under secrecy."""
    newest = {d["key"]: d for d in sorted(documents, key=lambda d: d["version"])}
    return frozenset(key for key, d in newest.items() if secret or d["access"] in ("secret", "unchecked"))
