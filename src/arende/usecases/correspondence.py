"""Use cases on inbound mail: filed on a case, or worked off the tray; and records checked for secrecy.

What the mail door files by itself is not public until a registrar has checked it (OSL 5:1, 5:5). Nothing is dropped: a
mail that no case is known for lies in the tray until a registrar has decided on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import bindparam, select, update

from arende import actors, models, register
from arende.actors import Actor
from arende.commands import CheckRecord, FileMail, MailRecord, RegisterCase, Told, TriageMail
from arende.effecttypes import TaskEffect
from arende.errors import Forbidden, Invalid, NotFound, Refused, Sentence
from arende.prepared import Row
from arende.rights import WHOLE_REGISTER
from arende.usecases import cases, effects, handing_in, replymails
from arende.usecases.documents import clean_name
from arende.usecases.facts import persons_of, refuse_conflict
from arende.usecases.fields import clean_note, clean_title
from arende.work import Work

_M = models.inbound.c
_SETTLE = update(models.inbound).where(_M.id == bindparam("the_mail"), _M.state == bindparam("was"))
_CASE_ID = select(models.cases.c.id).where(models.cases.c.register_no == bindparam("no"))
_CASE_OF = select(models.cases.c.id).where(models.cases.c.register_no == bindparam("the_case_no")).scalar_subquery()
OFFICES = (WHOLE_REGISTER,)
"""Whose office it is to register what has come in: of those who see all of it."""
UNSETTLED = {"received": "togs emot nyss", "tray": "ligger i inkorgen"}
_STATE_AFTER = {"file": "done", "new": "done", "forward": "forwarded", "keep": "kept", "junk": "junk"}


@dataclass(frozen=True)
class _Filing:
    """How a mail is filed on the work's case."""

    mail: Row
    disposition: str
    records: tuple[MailRecord, ...]
    reason: str | None = None
    sender: Actor | None = None
    approval: Row | None = None
    authentication: str | None = None
    told: Told | None = None
    behalf: Actor | None = None


# ---------------------------------------------------------------- the mail door


def file_mail(w: Work, cmd: FileMail) -> None:
    """Settle a mail that was taken in: on its case with everything that came with it, or into the tray."""
    mail = _mail(w, cmd.inbound, "received")
    values = {"disposition": cmd.disposition, "reason": cmd.reason, "answered": cmd.answer, "approval_id": cmd.approval}
    if cmd.disposition == "tray" or cmd.register_no is None:
        state = "tray" if cmd.disposition == "tray" else "done"
        if cmd.answer:
            _say_unread(w, cmd, mail)
        _settle(w, mail, state, cmd.register_no, **values)
        return
    w.open_case(cmd.register_no)
    _settle(w, mail, "done", cmd.register_no, **values)
    if cmd.disposition in ("bounce", "ignored"):
        return
    sender = w.ask(actors.actor, cmd.sender) if cmd.sender else None
    approval = next((a for a in w.rows(models.approvals) if a["id"] == cmd.approval), None)
    filing = _Filing(
        mail,
        cmd.disposition,
        cmd.records,
        cmd.reason,
        sender,
        approval,
        authentication=cmd.authentication,
        told=cmd.told,
    )
    seq = _file(w, filing)
    if cmd.answer and sender is not None and approval is not None:
        _answer(w, cmd, sender, approval, seq)
    if cmd.disposition == "acknowledged":
        _acknowledge(w, sender)
    elif _needs_reading(cmd):
        _tell(w, filing, seq)
        _take_in_hand(w, filing)


def _needs_reading(cmd: FileMail) -> bool:
    """Whether a person has to read the mail: what is decided, asked or answered by itself needs nobody, files do."""
    if cmd.disposition in ("incoming", "comment") or cmd.reason == "conflict":
        return True
    return len(cmd.records) > 1 or (cmd.disposition in ("held", "refused") and not cmd.answer)


def _answer(w: Work, cmd: FileMail, sender: Actor, approval: Row, seq: int) -> None:
    if cmd.disposition == "decided":
        replymails.reply_receipt(w, sender, approval, f"{seq}.0.receipt")
    elif cmd.disposition in ("held", "refused", "comment"):
        told = tuple(Sentence(*t) for t in cmd.told or ())
        replymails.reply_held(w, sender, approval, told, f"{seq}.0.held")


def _say_unread(w: Work, cmd: FileMail, mail: Row) -> None:
    """A reply that could not be read waits in the tray; who was asked is told that it decided nothing."""
    w.open_case(cmd.register_no or "")
    approval = next(a for a in w.rows(models.approvals) if a["id"] == cmd.approval)
    told = tuple(Sentence(*t) for t in cmd.told or ())
    replymails.reply_held(w, w.ask(actors.actor, cmd.sender or ""), approval, told, f"mail:{mail['id']}.held")


def _acknowledge(w: Work, sender: Actor | None) -> None:
    """An automatic receipt of a party that was asked: it has the request, and is still awaited."""
    for answer in w.rows(models.answers):
        if sender is not None and answer["party_id"] == sender.id and answer["state"] == "sent":
            w.change(models.answers, answer, state="acknowledged")


def _take_in_hand(w: Work, filing: _Filing) -> None:
    """What a party writes that is asked for its position is most likely its answer."""
    if filing.sender is not None and filing.sender.kind == "party":
        handing_in.by_mail(w, filing.sender, filing.mail, w.data["records"])


def _tell(w: Work, filing: _Filing, seq: int) -> None:
    """The case officer reads it, the registrar checks for secrecy what has come in from outside."""
    effects.open_task(w, TaskEffect(of="case_officer", act="read_mail"), seq, 0)
    outside = filing.sender is None or filing.sender.kind != "person"
    if filing.records and outside:
        effects.open_task(w, TaskEffect(of="registrar", act="check_secrecy"), seq, 1)
    for n, person in enumerate(persons_of(w, "case_officer")):
        if filing.sender is None or person.id != filing.sender.id:
            replymails.mail_received(w, person, _shown_sender(filing), filing.mail["subject"], f"{seq}.{n}.mail")


def _file(w: Work, filing: _Filing) -> int:
    """One event for the mail, one for each of its records. Returns the number of the first."""
    mail, first = filing.mail, 1 + max((d["record_no"] for d in w.rows(models.documents)), default=0)
    numbers = list(range(first, first + len(filing.records)))
    payload = {
        "mail": mail["id"],
        "from": mail["from_address"] or mail["mail_from"],
        "from_shown": mail["from_shown"],
        "subject": mail["subject"],
        "message_id": mail["message_id"],
        "received_at": mail["received_at"],
        "sha256": mail["raw_sha256"],
        "disposition": filing.disposition,
        "code": filing.reason,
        "told": filing.told,
        "records": numbers,
        "party": filing.sender.key if filing.sender else None,
        "approval": filing.approval["key"] if filing.approval else None,
        "round": filing.approval["round"] if filing.approval else None,
        "authentication": filing.authentication,
    }
    seq = w.event("mail:received", payload, on_behalf_of=filing.behalf)
    for n, record in zip(numbers, filing.records, strict=True):
        _add(w, filing, record, n, "mail" if n == first else "file")
    w.data.update({"records": numbers})
    return seq


def _add(w: Work, filing: _Filing, record: MailRecord, number: int, kind: str) -> None:
    """A record of its own. Its kind is unique in the case, so that no mail looks like a new version of another."""
    if not w.app.storage.has(record.sha256):
        raise NotFound(Sentence("Handlingens fil saknas i lagret.", "The document's file is missing from storage."))
    key, name = f"{kind}_{number}", _name(record.name, number)
    payload = {"document": key, "version": 1, "record_no": number, "name": name, "sha256": record.sha256}
    payload |= {"size": record.size, "media_type": record.media_type, "direction": "incoming", "access": "unchecked"}
    seq = w.event("document:added", payload, on_behalf_of=filing.behalf)
    w.insert(
        models.documents,
        key=key,
        version=1,
        record_no=number,
        direction="incoming",
        name=name,
        media_type=record.media_type[:127],
        size=record.size,
        sha256=record.sha256,
        added_seq=seq,
        added_at=w.at,
        added_by_id=w.actor.id,
        access="unchecked",
        inbound_id=filing.mail["id"],
        moved_to=None,
    )
    w.afterwards.append(partial(w.app.storage.claim, record.sha256))


def _name(name: str, number: int) -> str:
    try:
        return clean_name(name)
    except Invalid:
        return f"bilaga-{number}"


def _shown_sender(filing: _Filing) -> str:
    if filing.sender is not None:
        return filing.sender.name
    return filing.mail["from_address"] or filing.mail["mail_from"] or "–"


# ---------------------------------------------------------------- the tray


def triage_mail(w: Work, cmd: TriageMail) -> None:
    """A registrar decides what becomes of a mail in the tray. What was kept or called junk can be taken up again."""
    mail = _mail(w, cmd.inbound, "tray", "kept", "junk", "forwarded")
    behalf = registrar(w)
    state, note = _STATE_AFTER[cmd.action], clean_note(cmd.note)
    number = cmd.register_no
    if cmd.action == "file":
        w.open_case(_given(number, "--case", "vilket ärende", "which case"))
        refuse_conflict(w)
        number = str(w.case["register_no"])
    elif cmd.action == "new":
        title = clean_title(cmd.title or mail["subject"])
        type_ = _given(cmd.type, "--type", "vilken ärendetyp", "which case type")
        given = {"type": type_, "title": title, "secrecy": cmd.secrecy}
        cases.register_case(w, RegisterCase(id=cmd.id, actor=cmd.actor, door=cmd.door, **given))
        number = str(w.case["register_no"])
    elif cmd.action == "forward":
        to = _given(cmd.to, "--to", "vilken myndighet", "which authority")
        note = clean_note("\n".join(filter(None, (to, note))))
    filed = number if state == "done" else None
    _settle(w, mail, state, filed, disposition="incoming" if filed else mail["disposition"], note=(note or "")[:1000])
    if filed:
        filing = _Filing(mail, "incoming", cmd.records, sender=_party_of(w, mail), behalf=behalf)
        seq = _file(w, filing)
        _tell(w, filing, seq)
        _take_in_hand(w, filing)


def _party_of(w: Work, mail: Row) -> Actor | None:
    """The party or person with the mail's address, as far as an address tells."""
    a = models.actors.c
    found = select(a.key).where(a.email == mail["from_address"], a.kind.in_(("party", "person"))).order_by(a.id)
    key = w.conn.execute(found).scalars().first() if mail["from_address"] else None
    return w.ask(actors.actor, key) if key else None


def registrar(w: Work) -> Actor | None:
    """Refuse all but registrars. Returns whom a substitute represents."""
    if any(office in OFFICES for office, _ in w.ask(actors.offices_of, w.actor.id, w.today)):
        return None
    for absent, only in w.ask(actors.represented_by, w.actor.id, w.today):
        held = {office for office, _ in w.ask(actors.offices_of, absent.id, w.today)}
        if any(office in held and only in (None, office) for office in OFFICES):
            return absent
    raise Forbidden(
        Sentence(
            f"{w.actor.name} är inte registrator. Det som har kommit in registreras av registratorn.",
            f"{w.actor.name} is no registrar. What has come in is registered by the registrar.",
        )
    )


def _given(value: str | None, option: str, sv: str, en: str) -> str:
    if not (value or "").strip():
        raise Invalid(Sentence(f"Ange {sv} med {option}.", f"Say {en} with {option}."))
    return str(value).strip()


# ---------------------------------------------------------------- secrecy


def check_record(w: Work, cmd: CheckRecord) -> None:
    """A registrar has looked at a record: it is public, or secret on a ground that is named (OSL 5:5)."""
    w.open_case(cmd.register_no)
    behalf = registrar(w)
    refuse_conflict(w)
    record = next((d for d in w.rows(models.documents) if d["record_no"] == cmd.record_no), None)
    if record is None or record["moved_to"] is not None:
        raise NotFound(
            Sentence(f"Ärendet har ingen handling {cmd.record_no}.", f"The case has no record {cmd.record_no}.")
        )
    ground = clean_note(cmd.ground)
    if cmd.access == "secret" and not ground:
        raise Refused(
            Sentence(
                "Ange bestämmelsen för sekretessen, till exempel --ground ”OSL 25:1”.",
                'Name the provision on secrecy, for example --ground "OSL 25:1".',
            )
        )
    payload = {"record_no": cmd.record_no, "access": cmd.access, "before": record["access"], "ground": ground}
    w.event("record:checked", payload, on_behalf_of=behalf)
    w.change(models.documents, record, access=cmd.access)
    close_check(w, record)


def close_check(w: Work, record: Row) -> None:
    """The task is done when every record that came with this one has been checked."""
    together = [d for d in w.rows(models.documents) if _came_with(d) == _came_with(record)]
    if any(d["access"] == "unchecked" and d["moved_to"] is None for d in together):
        return
    seq = min(d["added_seq"] for d in together) - 1
    for task in _open_tasks(w, "check_secrecy", seq):
        effects.close_task(w, task, outcome={"by_step": "check"})


def _came_with(record: Row) -> str:
    """The mail or the letter that a record came with; else the record alone."""
    if record["inbound_id"] is not None:
        return f"mail {record['inbound_id']}"
    key, _, first = record["key"].partition("_")
    return f"post {first.partition('_')[0]}" if key == "post" else f"record {record['record_no']}"


def _open_tasks(w: Work, act: str, seq: int) -> Iterable[Row]:
    return [t for t in w.rows(models.tasks) if (t["act"], t["seq"], t["state"]) == (act, seq, "open")]


# ---------------------------------------------------------------- the row


def _mail(w: Work, number: int, *states: str) -> Row:
    """The mail's row, while it may still be decided on."""
    found = w.conn.execute(select(models.inbound).where(_M.id == number)).mappings().first()
    if found is None:
        raise NotFound(Sentence(f"Det finns inget inkommet mejl {number}.", f"There is no inbound mail {number}."))
    if found["state"] not in states:
        raise Refused(
            Sentence(
                f"Mejl {number} är redan omhändertaget ({found['state']}).",
                f"Mail {number} has been taken care of already ({found['state']}).",
            )
        )
    return dict(found)


def _settle(w: Work, mail: Row, state: str, register_no: str | None, **values: object) -> None:
    """Leave the row in its state, unless somebody else has settled it meanwhile."""
    by = {"handled_by_id": w.actor.id, "handled_at": w.now}
    changes = {"state": state, **by, **values}
    if register_no is not None:
        number = str(register.parse_no(register_no))
        changes["case_id"] = w.case.get("id") or w.conn.execute(_CASE_ID, {"no": number}).scalar()
        if changes["case_id"] is None and state == "done":  # a case that this very command opens
            w.claim(_SETTLE.values(state=state), the_mail=mail["id"], was=mail["state"])
            of_new = update(models.inbound).where(_M.id == bindparam("the_mail"))
            w.execute(of_new.values({**changes, "case_id": _CASE_OF}), the_mail=mail["id"], the_case_no=number)
            return
    w.claim(_SETTLE.values(**changes), the_mail=mail["id"], was=mail["state"])
