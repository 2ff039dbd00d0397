"""The catalogue of case types: the definitions in the files now, and every one that a case is pinned to.

A definition is stored by the hash of its canonical text at first use and never changes. A running case keeps its own;
only new cases follow the file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from arende import models
from arende.errors import NotFound, Refused, Sentence, Unsound

if TYPE_CHECKING:
    from arende.casetypes import CaseType, Finding
    from arende.work import Work

_BY_VERSION = select(models.definitions.c.hash)


@cache
def _read(text: str) -> CaseType:
    """The definition of a text; a text never changes, so each is read once in a process."""
    from arende.casetypes import CaseType  # with the models that check a definition: a list needs none

    return CaseType.from_text(text)


class Catalogue:
    """Case types by key (as in the files) and by hash (as pinned). Read when first asked for, then kept."""

    def __init__(
        self,
        files: Iterable[Path],
        template_names: Callable[[], set[str]] | None = None,
        parts: Sequence[Path] = (),
    ) -> None:
        self._files, self._parts = tuple(files), tuple(parts)
        self._template_names = template_names
        self._pinned: dict[str, CaseType] = {}
        self._lock = threading.Lock()

    @cached_property
    def _loaded(self) -> tuple[dict[str, CaseType], list[Finding]]:
        from arende import definitions  # with the soundness rules: only who registers a case needs them

        with self._lock:
            names = self._template_names() if self._template_names else None
            return definitions.load_folder(self._files, names, parts=self._parts)

    @property
    def keys(self) -> list[str]:
        """Every usable case type, in order."""
        return sorted(self._loaded[0])

    @property
    def findings(self) -> list[Finding]:
        """What was found wrong in the files."""
        return self._loaded[1]

    def current(self, key: str) -> CaseType:
        """The definition that new cases follow; raises Unsound for a broken file, NotFound for none."""
        types, findings = self._loaded
        if key in types:
            return types[key]
        broken = [f for f in findings if f.level == "error" and Path(f.file).stem == key]
        if broken:
            raise Unsound(broken)
        near = get_close_matches(key, types, 1)
        sv, en = f"Det finns ingen ärendetyp ”{key}”.", f'There is no case type "{key}".'
        if near:
            raise NotFound(Sentence(f"{sv} Menade du {near[0]}?", f"{en} Did you mean {near[0]}?"))
        listed = ", ".join(types)
        raise NotFound(Sentence(f"{sv} De som finns: {listed}.", f"{en} There are: {listed}."))

    def pinned(self, sha256: str, fetch: Callable[[str], str]) -> CaseType:
        """The definition a case is pinned to; ``fetch`` reads its canonical text the first time."""
        known = self._pinned.get(sha256)
        if known is None:
            known = self._pinned[sha256] = _read(fetch(sha256))
        return known

    def store(self, w: Work) -> None:
        """Make sure the work's definition is stored; raises Refused when its version is taken by another text."""
        rules = w.rules
        if rules.hash in self._pinned:
            return
        d = models.definitions.c
        stored = w.conn.execute(_BY_VERSION.where(d.key == rules.key, d.version == rules.version)).scalar()
        if stored is not None and stored != rules.hash:
            raise Refused(
                Sentence(
                    f"Ärendetypen {rules.key} {rules.version} är ändrad utan ny version. Höj versionen i filen.",
                    f"The case type {rules.key} {rules.version} was changed without a new version. Raise it.",
                )
            )
        if stored is None:
            w.before(
                insert(models.definitions),
                hash=rules.hash,
                key=rules.key,
                version=rules.version,
                text=rules.text(),
                stored_at=w.now,
            )
