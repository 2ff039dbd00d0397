"""What a mail or a letter is short of, in the words of whoever takes the step: the field of the case, and its label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from arende import casewords
from arende.errors import Lack, Refused, Sentence
from arende.work import Work

_FIELD = re.compile(r"""case\.fields(?:\.|\[["'])([a-z][a-z0-9_]*)""")


@contextmanager
def told(w: Work, what: Sentence) -> Iterator[None]:
    """While ``what`` ("mejlet") is written: a value that the case asks for and lacks is named by its label."""
    try:
        yield
    except Refused as e:
        refusal = _named(w, what, e.lack) if e.lack else None
        if refusal is None:
            raise
        raise refusal from e


def _named(w: Work, what: Sentence, lack: Lack) -> Refused | None:
    """The refusal, where what is missing is a field of the case."""
    missing, written = lack.names
    named = _FIELD.findall(written)
    keys = [missing] if missing in named or not written else list(dict.fromkeys(named))
    keys = [k for k in keys if k in w.rules.fields and w.case["fields"].get(k) is None]
    if not keys:
        return None
    titles = [casewords.field_words(w.rules, k) for k in keys]
    sv = ", ".join(f"”{t.sv}” ({k})" for t, k in zip(titles, keys, strict=True))
    en = ", ".join(f'"{t.en}" ({k})' for t, k in zip(titles, keys, strict=True))
    steps = dict.fromkeys(trigger for k in keys for trigger in w.rules.fields[k].set_by if trigger != "register")
    where_sv = " eller ".join(f"”{w.rules.trigger_title(s, 'sv')}”" for s in steps)
    where_en = " or ".join(f'"{w.rules.trigger_title(s, "en")}"' for s in steps)
    return Refused(
        Sentence(
            f"Uppgiften {sv} saknas, och {what.sv} kan inte skrivas utan den. Fyll i den"
            f"{f' i steget {where_sv}' if steps else ''}. {lack.place.sv}",
            f"The value {en} is missing, and {what.en} cannot be written without it. Give it"
            f"{f' in the step {where_en}' if steps else ''}. {lack.place.en}",
        )
    )
