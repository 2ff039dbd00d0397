"""Searching the register: by words, number, party, state, type, body, officer and period; last registered first.

SQLite walks its index from the last case backwards and stops when a page is full. PostgreSQL's finds all that match
before it sorts them, so among a million cases a common word would be slow: there the newest cases are looked through
first, and the whole index is asked only when too few of them match – then the words are rare, or the cases are old.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, column, exists, func, or_, select, table, text

from arende import meetingtables, models, queries, rights, searchtables, searchwords
from arende.rights import Reader
from arende.searchwords import Wanted, mark

LOOKS = 30_000
"""Times that PostgreSQL looks for a mark or word among the newest cases before it asks the index."""
NEXT = 250
"""Cases that its index finds which are looked at first: a page is full of them, unless the reader may see few."""
_C = models.cases.c
EVERYTHING = Reader(everything=True)
_INDEX = table(searchtables.NAME, column("rowid"), column("case_id"))
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)
"""What diary numbers can tell the year of."""


_PLAN_ANEW = "SET LOCAL plan_cache_mode = force_custom_plan"
"""A plan that is to serve every search knows nothing of how many cases have a mark, and reads too much."""
_TSQUERY = {"marks": "CAST(:marks AS tsquery)", "words": "to_tsquery('swedish', :words)"}


class Found(NamedTuple):
    """One page of what a search found."""

    rows: list[queries.Row]
    more: bool
    """Whether there are older ones."""
    nearly: bool = False
    """No case had the words as they were typed; these have words that begin so."""


def find(
    conn: Connection, asked: Wanted, *, limit: int = 50, before: int | None = None, visible_to: Reader = EVERYTHING
) -> Found:
    """The cases that match, last registered first; ``before`` is the ``id`` of the last row of the page before.

    What the reader may not see is not found. Where nothing has a word as it was typed, words that begin so will do.
    """
    rows = _rows(conn, asked, limit + 1, before, visible_to)
    nearly = not rows and before is None and any(not w.endswith("*") for w in asked.words)
    if nearly:
        loose = asked._replace(words=tuple(w if w.endswith("*") else f"{w}*" for w in asked.words))
        rows = _rows(conn, loose, limit + 1, None, visible_to)
    return Found(rows[:limit], len(rows) > limit, nearly and bool(rows))


def _rows(conn: Connection, asked: Wanted, limit: int, before: int | None, who: Reader) -> list[queries.Row]:
    conditions, marks = _conditions(asked, who), _marks(conn, asked)
    everywhere = [*_of_body(_C.id, asked), *conditions]
    anything = bool(marks or asked.words)
    if anything and conn.dialect.name == "sqlite":
        of_row = [*_of_body(_INDEX.c.rowid, asked), text(f"{searchtables.NAME} MATCH :found")]
        ids = _by_fts5(conn, of_row, conditions, limit, before, searchwords.fts5(marks, asked.words))
    elif anything:
        given = {"marks": searchwords.tsquery(marks), "words": searchwords.tswords(asked.words)}
        newest = LOOKS // (sum(map(len, marks)) + len(asked.words))
        ids = _by_gin(conn, {k: v for k, v in given.items() if v}, everywhere, limit, before, newest)
    else:
        ids = _ids(conn, _newest(everywhere, limit, before))
    if not ids:
        return []
    listed = queries.LISTED.where(_C.id.in_(ids)).order_by(_C.id.desc())
    return [dict(r) for r in conn.execute(listed).mappings()]


def _ids(conn: Connection, query: Select[Any], **given: str) -> list[int]:
    return list(conn.execute(query, given).scalars())


def _newest(conditions: list[ColumnElement[bool]], limit: int, before: int | None) -> Select[Any]:
    query = select(_C.id).where(*conditions).order_by(_C.id.desc()).limit(limit)
    return query if before is None else query.where(_C.id < before)


def _by_fts5(
    conn: Connection,
    of_row: list[Any],
    conditions: list[ColumnElement[bool]],
    limit: int,
    before: int | None,
    found: str,
) -> list[int]:
    """The index walked backwards, each case looked at as it comes: an EXISTS is never turned round."""
    row = _INDEX.c.rowid
    query = select(row).where(*of_row).order_by(row.desc()).limit(limit)
    if before is not None:
        query = query.where(row < before)
    if conditions:
        query = query.where(exists().where(_C.id == row, *conditions))
    return _ids(conn, query, found=found)


def _by_gin(
    conn: Connection,
    given: dict[str, str],
    conditions: list[ColumnElement[bool]],
    limit: int,
    before: int | None,
    newest: int,
) -> list[int]:
    """Among the newest cases; else among the next that the index finds; else among all of them."""
    conn.exec_driver_sql(_PLAN_ANEW)
    of_case, query, matches = _INDEX.c.case_id, _newest(conditions, limit, before), _matches(given)
    top = before - 1 if before is not None else conn.execute(select(func.max(_C.id))).scalar() or 0
    ids = _ids(conn, query.join(_INDEX, of_case == _C.id).where(matches, of_case > top - newest, of_case <= top))
    if len(ids) >= limit or top <= newest:
        return ids
    older = select(of_case).where(matches, of_case <= top)
    every = older.cte("every").prefix_with("MATERIALIZED", dialect="postgresql")
    next_ones = _ids(conn, select(every.c.case_id).order_by(every.c.case_id.desc()).limit(NEXT))
    ids = _ids(conn, query.where(_C.id.in_(next_ones)))
    if len(ids) >= limit or len(next_ones) < NEXT:
        return ids
    return _ids(conn, query.join(every, every.c.case_id == _C.id))


def _matches(given: dict[str, str]) -> Any:
    """PostgreSQL's condition: marks as they are, words without their endings."""
    whole = " && ".join(_TSQUERY[k] for k in given)
    return text(f"{searchtables.NAME}.found @@ ({whole})").bindparams(**given)


def _marks(conn: Connection, asked: Wanted) -> list[list[str]]:
    """Groups of marks: of each, a case has one at least."""
    found = [[mark(k, v)] for k in ("state", "type", "party") if (v := getattr(asked, k))]
    if asked.officer:
        officer = conn.execute(select(models.actors.c.id).where(models.actors.c.key == asked.officer)).scalar()
        found.append([mark("officer", str(officer or 0))])
    if asked.open:
        found.append([mark("open", "1")])
    if asked.since or asked.until:
        found.append(searchwords.times(asked.since, asked.until, _FIRST, _LAST))
    return found


def _conditions(asked: Wanted, who: Reader) -> list[ColumnElement[bool]]:
    """What no mark says."""
    found = [rights.visible(who)] if not who.everything else []
    if asked.number:
        found.append(_C.register_no == asked.number)
    if who.outside:
        found += [_in_title(word.removesuffix("*")) for word in asked.words]
    return found


def _in_title(word: str) -> ColumnElement[bool]:
    """That the title has the word: what else the index knows, such as names of parties and files, is not for all.

    SQLite folds the letters A–Z alone, so a word that begins with another is asked for with a capital as well.
    """
    forms = dict.fromkeys((word, word.capitalize()))
    return or_(*(_C.title.icontains(form, autoescape=True) for form in forms))


def _of_body(number: ColumnElement[int], asked: Wanted) -> list[ColumnElement[bool]]:
    """That the case has been before the body: few have, so they are looked up, and not each case asked."""
    return [number.in_(_taken_up_by(asked.body))] if asked.body else []


def _taken_up_by(body: str) -> Any:
    """The cases that have stood on an agenda of the body, or still do; and its meetings, which are cases, too."""
    m, on = meetingtables.meetings.c, meetingtables.agenda_cases.c
    numbers = select(on.register_no).join(meetingtables.meetings, m.case_id == on.case_id).where(m.body == body)
    of_body = models.cases.alias("of_body")
    return (
        select(of_body.c.id)
        .where(of_body.c.register_no.in_(numbers))
        .union_all(select(m.case_id).where(m.body == body))
    )
