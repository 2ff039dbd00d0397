"""The case types there are: the editions that cases are pinned to, and how many run on each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from arende import db, models, queries
from arende.casetypes import CaseType, Finding
from arende.errors import NotFound, Sentence
from arende.usecases.administrators import Overseer


@dataclass(frozen=True)
class Edition:
    """One definition that has been used, by its hash."""

    hash: str
    version: str
    stored_at: datetime
    current: bool
    """Whether new cases follow it."""
    running: int
    ended: int


@dataclass(frozen=True)
class Known:
    """One case type. ``rules`` is what new cases follow, else the latest edition; None while a file is broken."""

    key: str
    rules: CaseType | None
    in_files: bool
    """Whether a case of it can be registered."""
    editions: tuple[Edition, ...]
    """The latest first."""
    findings: tuple[Finding, ...]
    """What is wrong with the file, as it was when this process read it."""

    @property
    def running(self) -> int:
        """Cases that have not ended, on whatever edition."""
        return sum(e.running for e in self.editions)


def listing(who: Overseer) -> list[Known]:
    """Every type that is in the files or that some case is of."""
    types, used = who.app.types, _editions(who)
    findings = defaultdict[str, list[Finding]](list)
    for f in types.findings:
        findings[Path(f.file).stem].append(f)
    found = []
    for key in sorted({*types.keys, *used, *findings}):
        current = types.current(key) if key in types.keys else None
        editions = [
            Edition(e.hash, e.version, e.stored_at, current is not None and e.hash == current.hash, e.running, e.ended)
            for e in used.get(key, [])
        ]
        rules = current or (_of(who, editions[0].hash) if editions else None)
        found.append(Known(key, rules, current is not None, tuple(editions), tuple(findings[key])))
    return found


def one(who: Overseer, key: str) -> Known:
    """One type; raises NotFound."""
    for known in listing(who):
        if known.key == key:
            return known
    raise NotFound(Sentence(f"Det finns ingen ärendetyp {key}.", f"There is no case type {key}."))


def rules_of(who: Overseer, known: Known, version: str = "") -> CaseType:
    """The rules of an edition that has been used, or those of new cases. Raises NotFound."""
    for edition in known.editions:
        if edition.version == version:
            return _of(who, edition.hash)
    if known.rules is None or version:
        raise NotFound(Sentence("Det finns ingen sådan utgåva.", "There is no such edition."))
    return known.rules


def _editions(who: Overseer) -> dict[str, list[Edition]]:
    d, c = models.definitions.c, models.cases.c
    counted = select(c.definition, func.count().label("cases"), func.count(c.closed_at).label("ended"))
    per = counted.group_by(c.definition).subquery()
    query = select(d.key, d.hash, d.version, d.stored_at, per.c.cases, per.c.ended).outerjoin(
        per, per.c.definition == d.hash
    )
    found = defaultdict[str, list[Edition]](list)
    with db.reading(who.app.engine) as conn:
        for row in conn.execute(query.order_by(d.key, d.stored_at.desc())):
            ended, cases = row.ended or 0, row.cases or 0
            found[row.key].append(Edition(row.hash, row.version, row.stored_at, False, cases - ended, ended))
    return found


def _of(who: Overseer, sha256: str) -> CaseType:
    with db.reading(who.app.engine) as conn:
        return who.app.types.pinned(sha256, lambda h: queries.definition(conn, h))
