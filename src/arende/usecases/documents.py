"""Use cases on documents: the bytes are in storage already, by their SHA-256; here they become records of the case."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import partial

from arende import models
from arende.actors import Actor
from arende.commands import AddDocument
from arende.errors import Invalid, NotFound, Refused, Sentence
from arende.guards import document_title
from arende.prepared import Row
from arende.usecases import requests
from arende.usecases.cases import demand_in_house
from arende.usecases.facts import demand, standing
from arende.usecases.fields import clean_note
from arende.work import Work

RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))}


def add_document(w: Work, cmd: AddDocument) -> None:
    """Put a document on the case, or a new version of one. A new text makes approvals of the old one void."""
    w.open_case(cmd.register_no)
    behalf = _may_add(w, cmd)
    if w.rules.states[w.case["state"]].final and cmd.direction != "incoming":  # what comes in is always filed
        raise Refused(
            Sentence(
                "Ärendet är avslutat; bara inkomna handlingar kan läggas till.",
                "The case has ended; only what comes in is added.",
            )
        )
    key = _key(w, cmd.key)
    demand_unfrozen(w, key)
    if not w.app.storage.has(cmd.sha256):
        raise NotFound(Sentence("Handlingens fil saknas i lagret.", "The document's file is missing from storage."))
    exchanged = _exchanged(w, key, cmd.reason)
    name, stored = clean_name(cmd.file_name), (cmd.sha256, cmd.size)
    record(w, key, name, cmd.media_type, stored, cmd.direction, on_behalf_of=behalf, reason=exchanged)


def demand_unfrozen(w: Work, key: str) -> None:
    """A plan that lies before others or is decided is not exchanged, neither by a version nor by a file of its own."""
    plan, state = w.rules.plan, w.case["state"]
    if plan is not None and key in (plan.plan, plan.changes) and plan.freezes(state):
        titles = w.rules.state_title(state), w.rules.state_title(state, "en")
        raise Refused(
            Sentence(
                f"Planen är fryst medan ärendet är i läget ”{titles[0]}”. Ta steget som öppnar den för en ny version.",
                f'The plan is frozen while the case is in the state "{titles[1]}". Take the step that opens it.',
            )
        )


def record(
    w: Work,
    key: str,
    name: str,
    media_type: str,
    stored: tuple[str, int],
    direction: str = "drawn_up",
    *,
    on_behalf_of: Actor | None = None,
    access: str | None = None,
    source: tuple[str, str] | None = None,
    reason: str | None = None,
) -> Row:
    """Make bytes that are ``stored`` (SHA-256, size) a record of the case: a new document, or its next version.

    ``source``: the template that it was typeset by, and the SHA-256 of the letter as JSON, which is stored too.
    ``reason``: why it takes the place of what was signed.
    """
    sha256, size = stored
    known = w.rows(models.documents)
    version = 1 + max((d["version"] for d in known if d["key"] == key), default=0)
    number = 1 + max((d["record_no"] for d in known), default=0)
    payload = {"document": key, "version": version, "record_no": number, "name": name, "sha256": sha256}
    payload |= {"size": size, "media_type": media_type, "direction": direction}
    if source is not None:
        payload |= {"template": source[0], "source": source[1]}
    if reason:
        payload["reason"] = reason
    seq = w.event("document:added", payload, on_behalf_of=on_behalf_of)
    row = w.insert(
        models.documents,
        key=key,
        version=version,
        record_no=number,
        direction=direction,
        name=name,
        media_type=media_type[:127],
        size=size,
        sha256=sha256,
        source=source[1] if source is not None else None,
        added_seq=seq,
        added_at=w.at,
        added_by_id=w.actor.id,
        access=access,
        inbound_id=None,
        moved_to=None,
    )
    w.afterwards.append(partial(w.app.storage.claim, sha256))
    if source is not None:
        w.afterwards.append(partial(w.app.storage.claim, source[1]))
    w.data.update({"record_no": number, "version": version})
    declared = w.rules.documents.get(key)
    if declared is not None and declared.is_text and not w.rules.states[w.case["state"]].hold:
        requests.supersede(w)
    return row


def _may_add(w: Work, cmd: AddDocument) -> Actor | None:
    """Colleagues may add anything; a party that has been asked may hand in what comes with its answer."""
    asked = {a["party_id"] for a in w.rows(models.answers)}
    if w.actor.id in asked and cmd.direction == "incoming":
        return None
    return demand_in_house(w)


def _exchanged(w: Work, key: str, reason: str | None) -> str | None:
    """Why a signed document is exchanged: by the registrar alone. Refuses a new version of what stays as it is."""
    declared, state = w.rules.documents.get(key), w.case["state"]
    if declared is None:
        return None
    sv, en = document_title(w.rules, key, "sv"), document_title(w.rules, key, "en")
    if state in declared.fixed_in:
        raise Refused(
            Sentence(
                f"”{sv}” kan inte bytas ut eller läggas till i läget ”{w.rules.state_title(state, 'sv')}”: det som är "
                "beslutat, undertecknat eller sänt gäller i den lydelse som finns. Lägg filen som ”annan handling” "
                "(other). Ska något ändras görs det genom ett nytt beslut eller en ny skrivelse.",
                f'"{en}" cannot be exchanged or added in the state "{w.rules.state_title(state, "en")}": what is '
                "decided, signed or sent holds in the words there are. File it as another record (other). A change "
                "takes a new decision or a new letter.",
            )
        )
    if not declared.is_signed or not any(d["key"] == key for d in w.rows(models.documents)):
        return None
    what = Sentence(f"”{sv}” är undertecknad eller beslutad.", f'"{en}" is signed or decided.')
    demand(w, standing(w), ("registrar",), what)
    if why := clean_note(reason):
        return why
    raise Refused(
        Sentence(
            f"”{sv}” finns redan och bär underskrifter eller ett beslut. Är filen samma lydelse, till exempel en "
            "bättre skanning: skriv skälet, så att akten visar varför den byttes. Är lydelsen en annan gäller "
            "underskrifterna den inte: skicka tillbaka ärendet i stället.",
            f'"{en}" is there already, with signatures or a decision. If the file has the same words, such as a '
            "better scan: say why, so that the record shows it. If the words are others, the signatures do not hold "
            "for them: send the case back instead.",
        )
    )


def _key(w: Work, key: str) -> str:
    """A kind of document that the case type knows, or ``other``."""
    if key == "other" or key in w.rules.documents:
        return key
    near = get_close_matches(key, w.rules.documents, 1)
    sv, en = (f" Menade du {near[0]}?", f" Did you mean {near[0]}?") if near else ("", "")
    listed = ", ".join([*w.rules.documents, "other"])
    raise Refused(
        Sentence(
            f"Ärendetypen har inget slag av handling som heter ”{key}”.{sv} Den har: {listed}.",
            f'The case type has no kind of document called "{key}".{en} It has: {listed}.',
        )
    )


def clean_name(name: str) -> str:
    """A file name without folders, control marks and what file systems forbid; raises Invalid when nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    shown = re.sub(r'[<>:"|?*]', "_", " ".join(shown.split())).strip(". ")
    if not shown or shown.split(".")[0].lower() in RESERVED:
        raise Invalid(
            Sentence("Filnamnet går inte att använda. Döp om filen.", "The file name cannot be used. Rename the file.")
        )
    stem, dot, ending = shown.rpartition(".")
    return shown if len(shown) <= 200 else f"{(stem or ending)[:180]}{dot}{ending[:19] if stem else ''}"
