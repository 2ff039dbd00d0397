"""Which body follows one that has ended: its diary series, its name on letters and its seats go on there.

A number that has been given never changes (OSL 5:1–2): cases keep theirs, and only new ones are opened in the
successor's series. All follows from the days in the people file, so nothing has to happen on the day itself.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, select

from arende import models
from arende.errors import Refused, Sentence
from arende.organisationtables import successions
from arende.prepared import Prepared, Row
from arende.work import Work

_SERIES = re.compile(r"[A-ZÅÄÖ]{2,6}")
_b, _s = models.bodies.c, successions.c
_BODY = Prepared(select(models.bodies).where(_b.key == bindparam("key")))
_OF_SERIES = Prepared(select(models.bodies).where(_b.short == bindparam("short")).order_by(_b.valid_to.desc(), _b.id))
_AFTER = Prepared(
    select(models.bodies)
    .join(successions, _s.successor == _b.key)
    .where(_s.body == bindparam("key"))
    .order_by(_s.id.desc())
    .limit(1)
)


def body(conn: Connection, key: str) -> Row | None:
    """The body as the people file has it, or None."""
    return next(iter(_BODY.rows(conn, key=key.strip().lower())), None)


def exists(row: Row, day: date) -> bool:
    """Whether the body exists on the day; the first and the last day count."""
    return bool((row["valid_from"] or date.min) <= day <= (row["valid_to"] or date.max))


def first_day(ended: Row, successor: Row) -> date:
    """The day from which what waited for the body waits for its successor.

    The day after the body's last, and not before the successor exists. Raises Refused while the people file gives the
    body no last day (KL 3:4).
    """
    if ended["valid_to"] is None:
        raise Refused(
            Sentence(
                f"{ended['name_sv']} har ingen sista dag i personfilen. Lägg in den dag då fullmäktige har bestämt att "
                "organet upphör (3 kap. 4 § kommunallagen); överlämningen gäller från dagen därefter.",
                f"{ended['name_en'] or ended['name_sv']} has no last day in the people file. Enter the day on which "
                "the assembly has decided that it ends (KL 3:4); the hand-over applies from the day after.",
            )
        )
    last: date = ended["valid_to"]
    return max(last + timedelta(days=1), successor["valid_from"] or date.min)


def demand_body(conn: Connection, row: Row, day: date) -> None:
    """Raise Refused when the body does not exist on the day, naming the one that has taken over."""
    if exists(row, day):
        return
    sv, en = row["name_sv"], row["name_en"] or row["name_sv"]
    if row["valid_to"] is not None and row["valid_to"] < day:
        after = following(conn, row, day)
        sv, en = f"{sv} upphörde den {row['valid_to']}", f"{en} ended on {row['valid_to']}"
        instead = (
            Sentence(f"Välj {after['name_sv']}, som har tagit över.",
                     f"Choose {after['name_en'] or after['name_sv']}, which has taken over.")
            if after else Sentence("Välj det organ som har tagit över.", "Choose the body that has taken over.")
        )  # fmt: skip
    else:
        sv, en = f"{sv} finns från den {row['valid_from']}", f"{en} exists from {row['valid_from']}"
        instead = Sentence("Välj en senare dag, eller ett annat organ.", "Choose a later day, or another body.")
    law_sv = "fullmäktige bestämmer vilka nämnder som finns (3 kap. 3–4 §§ kommunallagen)"
    law_en = "the assembly settles which boards there are (KL 3:3–4)"
    raise Refused(
        Sentence(f"{sv}, och {day} går inte: {law_sv}. {instead.sv}", f"{en}, not on {day}: {law_en}. {instead.en}")
    )


def following(conn: Connection, row: Row, day: date) -> Row | None:
    """The body itself while it exists, else the one that has taken over from it; None when nobody has on that day."""
    passed: set[str] = set()
    while not exists(row, day):
        after = next(iter(_AFTER.rows(conn, key=row["key"])), None)
        if after is None or row["key"] in passed:
            return None
        passed.add(row["key"])
        row = after
    return row


def of_series(w: Work, series: str) -> Row | None:
    """The body whose series it is, or was: the one of that short form that exists, before one that has ended."""
    rows = _OF_SERIES.rows(w.conn, short=series)
    return next((r for r in rows if exists(r, w.today)), rows[0] if rows else None)


def for_new_cases(w: Work, series: str) -> str:
    """The series in which a new case of a type is opened: the successor's, once the body of the type's has ended."""
    owner = of_series(w, series)
    if owner is None or exists(owner, w.today) or w.today < (owner["valid_from"] or date.min):
        return series
    after = following(w.conn, owner, w.today)
    while after is not None and not _SERIES.fullmatch(after["short"] or ""):
        after = body(w.conn, after["parent"]) if after["parent"] else None  # a body without one is in its parent's
    if after is None:
        name, en = owner["name_sv"], owner["name_en"] or owner["name_sv"]
        raise Refused(
            Sentence(
                f"{name} upphörde den {owner['valid_to']}, och ingen har tagit över diarieserien {series} (5 kap. 1 § "
                "OSL, 3 kap. 3–4 §§ kommunallagen). För över den i ärendet om organisationsändringen, eller ändra "
                "ärendetypens serie.",
                f"{en} ended on {owner['valid_to']}, and nobody has taken over the diary series {series} (OSL 5:1, KL "
                "3:3–4). Hand it over in the case of the change of organisation, or change the case type's series.",
            )
        )
    return str(after["short"])
