"""The case types' pictures, drawn once per definition and language and kept by the definition's hash.

The first picture in a process takes seconds, so no page waits for it: it is drawn beside, and shown when it is ready.
"""

from __future__ import annotations

import re
import threading

from markupsafe import Markup

from arende import diagram
from arende.casetypes import CaseType
from arende.web.guard import log

_NODE = re.compile(r'(<g id="n-([a-z0-9_]+)" class="node)(")')
_INNER_TITLE = re.compile(r"(?<=>)\n<title>[^<]*</title>")
_COMMENT = re.compile(r"<!--.*?-->\n?")


class Pictures:
    """Ready pictures by (hash, language). Safe for threads."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, str], str] = {}
        self._asked: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def of(self, rules: CaseType, language: str, state: str) -> Markup | None:
        """The picture with the present state marked; None while it is being drawn."""
        key = (rules.hash, language)
        drawn = self._drawn.get(key)
        if drawn is None:
            self._ask(key, rules)
            return None
        marked = _NODE.sub(lambda m: f"{m[1]} present{m[3]}" if m[2] == state else m[0], drawn)
        return Markup(marked)  # noqa: S704 – drawn by Graphviz, which escapes the definition's words

    def _ask(self, key: tuple[str, str], rules: CaseType) -> None:
        with self._lock:
            if key in self._asked:
                return
            self._asked.add(key)
        threading.Thread(target=self._draw, args=(key, rules), daemon=True, name="pictures").start()

    def _draw(self, key: tuple[str, str], rules: CaseType) -> None:
        try:
            svg = diagram.svg(rules, key[1])
        except Exception as e:
            log.error("picture failed", type=rules.key, error=type(e).__name__)
            return
        self._drawn[key] = _INNER_TITLE.sub("", _COMMENT.sub("", svg))
