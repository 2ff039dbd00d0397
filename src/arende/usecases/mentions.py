"""Colleagues named in a working note, as ``@officer2``: they get a mail that says so, and the case onto their list.

The mail does not carry the note: that is outside the record and is cleared when the case ends, which a mail is not.
"""

from __future__ import annotations

import re

from sqlalchemy import insert

from arende import actors, desk, rights
from arende.actors import Actor
from arende.errors import Refused, Sentence
from arende.usecases import mails
from arende.watchtables import watches
from arende.work import Work

_NAMED = re.compile(r"(?<![\w@.])@([a-z][a-z0-9_]{0,62})\b")
_WATCH = insert(watches)


def mention(w: Work, text: str) -> None:
    """Tell everybody named in the text. Raises NotFound for a key that nobody has, Refused for who may not see it."""
    for key in dict.fromkeys(_NAMED.findall(text)):
        to = _colleague(w, key)
        if to.id == w.actor.id:
            continue
        if not desk.is_watched(w.conn, w.case["id"], to.id):
            w.execute(_WATCH, case_id=w.case["id"], actor_id=to.id, since=w.now)
        mails.mention(w, to, f"{w.cmd.id}.mention")


def _colleague(w: Work, key: str) -> Actor:
    to = w.ask(actors.actor, key)
    if to.kind != "person" or not w.ask(actors.offices_of, to.id, w.today):
        raise Refused(
            Sentence(f"{to.name} har inget uppdrag här och kan inte nämnas.", f"{to.name} holds no office here.")
        )
    if not rights.may_see(w.conn, w.ask(rights.reader, to.id, w.today), w.case):
        raise Refused(
            Sentence(f"{to.name} får inte se ärendet och kan inte nämnas.", f"{to.name} may not see the case.")
        )
    return to
