"""Letters that a step writes (``letter:`` under ``then:``): what they know, who has signed, whom they go to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from arende import actors as people
from arende import casewords, models, queries, workdays
from arende.actors import Actor
from arende.effecttypes import ConsultationEffect, LetterEffect
from arende.errors import Refused, Sentence
from arende.guards import document_title
from arende.letterwords import Enclosed, LetterCase, LetterWords
from arende.mailwords import Given
from arende.prepared import Row
from arende.usecases import compiling, deadlines, decisionwords, lacking, mails, successions, typeset
from arende.usecases.facts import persons_of
from arende.work import Work

NOBODY = Sentence(
    "Brevet har ingen mottagare, så det skrivs inte. Ange minst en mottagare.",
    "The letter has no recipient, so it is not written. Give at least one recipient.",
)


def write(w: Work, effect: LetterEffect, *, note: str | None = None) -> None:
    """Write the letter, typeset it, and put it on record; one for each of those it is addressed to, if it says so."""
    if not effect.each:
        _file(w, effect, known(w, effect, note, tuple(_recipients(w, effect.to))), effect.name, "")
        return
    addressed = {a.key: a.name for a in _receivers(w, effect.to)}
    if not addressed:
        raise Refused(NOBODY)
    words = known(w, effect, note, ())
    for key, name in addressed.items():
        _file(w, effect, replace(words, recipients=(name,)), mails.own_key(effect.name, key), name)


def _file(w: Work, effect: LetterEffect, words: LetterWords, key: str, to: str) -> None:
    head = typeset.head(
        w,
        unit=words.unit,
        recipients=words.recipients,
        sender=words.unit if effect.sign or effect.signed else "",
        signatures=_signatures(w, effect),
        contact=typeset.contact_line(words.contact),
        mark="Utkast" if effect.draft else "",
    )
    values = {name: getattr(words, name) for name in LetterWords.__dataclass_fields__}
    with lacking.told(w, Sentence("handlingen", "the document")):
        letter = typeset.write(w, effect.template, head, values, data(w, words))
    name = " ".join(x for x in (_name(w, effect.name, key), to) if x)
    typeset.put(w, key, name, letter, "outgoing" if effect.to and not effect.draft else "drawn_up")


def _name(w: Work, kind: str, key: str) -> str:
    version = 1 + max((d["version"] for d in w.rows(models.documents) if d["key"] == key), default=0)
    number = f" v{version}" if version > 1 else ""
    return f"{document_title(w.rules, kind, 'sv')} {w.case['register_no']}{number}"


def data(w: Work, words: LetterWords) -> Row:
    """The case's data as it lies in the PDF: values as they are stored, not in words."""
    return {
        "register_no": w.case["register_no"],
        "case_type": w.rules.key,
        "version": w.rules.version,
        "state": w.case["state"],
        "title": w.case["title"],
        "day": w.today.isoformat(),
        "fields": {k: v for k, v in w.case["fields"].items() if not _secret(w, k)},
        "recipients": list(words.recipients),
        "documents": [{"record_no": d.record_no, "key": d.key} for d in words.documents],
    }


def _secret(w: Work, key: str) -> bool:
    declared = w.rules.fields.get(key)
    return declared is not None and declared.secret


def known(w: Work, effect: LetterEffect, note: str | None, recipients: tuple[str, ...]) -> LetterWords:
    """Everything that the template may name."""
    last = mails.happened(w)
    return LetterWords(
        case=LetterCase(
            register_no=w.case["register_no"],
            title=w.case["title"],
            type=w.rules.name(),
            state=w.rules.state_title(w.case["state"]),
            fields={k: _value(w, k, v) for k, v in w.case["fields"].items()},
        ),
        authority=w.authority[0],
        unit=_unit(w, effect),
        today=workdays.full_date(w.today),
        recipients=recipients,
        contact=mails.contact(w),
        by=w.actor.name,
        by_title=w.actor.title,
        step=w.rules.trigger_title(last.get("trigger", "")),
        note=note,
        given=tuple(_given(w, k, v) for k, v in (last.get("fields") or {}).items() if v is not None),
        documents=tuple(_documents(w)),
        rounds=tuple(compiling.table(w, r) for r in w.rows(models.consultations)),
        decision=decisionwords.decided(w),
        appeal=decisionwords.appeal(w),
        answer_by=_answer_by(w, last),
        asked_for=next((c.kind for c in _opened(w, last)), None),
        answer_address=mails.answer_address(w),
        signed_on=_signed_on(w, effect),
        relations=tuple(_relations(w)),
    )


def _value(w: Work, key: str, value: Any) -> Any:
    """A value in words; running text keeps its structure."""
    declared = w.rules.fields.get(key)
    if declared is not None and declared.type == "markdown":
        from arende.markdown import Prose  # only where a letter is written

        return Prose(value)
    return casewords.value_words(w.rules, key, value, _names(w)).sv


def _names(w: Work) -> dict[str, str]:
    return {**w.ask(queries.body_names), **w.ask(people.names)}


def _given(w: Work, key: str, value: Any) -> Given:
    return Given(title=casewords.field_words(w.rules, key).sv, value=_value(w, key, value))


def _documents(w: Work) -> Iterator[Enclosed]:
    newest = mails.newest(w, dict.fromkeys(d["key"] for d in w.rows(models.documents)))
    for d in sorted(newest, key=lambda d: d["record_no"]):
        title = casewords.document_words(w.rules, d["key"]).sv
        day = workdays.local_day(d["added_at"]).isoformat()
        yield Enclosed(title=title, record_no=d["record_no"], added=day, key=d["key"])


def _opened(w: Work, step: Row) -> list[ConsultationEffect]:
    """The rounds that the step opens: its letter is written before, since it goes with the question."""
    taken = [t for t in w.rules.transitions if t.trigger == step.get("trigger") and step.get("from") in t.from_]
    return [e.consultation for t in taken for e in t.then if e.consultation is not None]


def _answer_by(w: Work, step: Row) -> str | None:
    last = next((day for c in _opened(w, step) if (day := deadlines.falls_on(w, c.due)) is not None), None)
    return workdays.spoken_date(last) if last is not None else None


def _relations(w: Work) -> Iterator[Given]:
    for r in w.rows(models.relations):
        yield Given(title=casewords.relation_words(r["kind"]).sv, value=r["other"])


# ---------------------------------------------------------------- from whom, to whom


def _unit(w: Work, effect: LetterEffect) -> str:
    """The body named, else the one whose diary series the case is in, else the unit that signs our mails."""
    if not effect.sender:
        return decisionwords.unit_of_series(w) or w.authority[1]
    found = successions.body(w.conn, effect.sender)
    if found is None:
        raise Refused(
            Sentence(
                f"Organet {effect.sender} finns inte i personfilen.", f"There is no body {effect.sender} in the file."
            )
        )
    successions.demand_body(w.conn, found, w.today)
    return str(found["name_sv"])


def _recipients(w: Work, names: tuple[str, ...]) -> Iterator[str]:
    """Names as on an envelope: a group by its title, people and parties by name."""
    g = models.party_groups.c
    for name in names:
        title = w.conn.execute(select(g.title).where(g.key == name)).scalar()
        if title:
            yield str(title["sv"])
        else:
            yield from (a.name for a in _receivers(w, (name,)))


def _receivers(w: Work, names: tuple[str, ...]) -> list[Actor]:
    from arende.usecases.effects import receivers  # it carries out letters, so it builds on this module

    return receivers(w, names)


# ---------------------------------------------------------------- signatures


def _signatures(w: Work, effect: LetterEffect) -> tuple[tuple[str, str, str], ...]:
    """Name, title, and how and when it was signed, for each who signs."""
    answered = _answered(w, effect.signed)
    roles = effect.sign or tuple(answered)
    return tuple(_signature(w, role, answered.get(role)) for role in roles)


def _signed_on(w: Work, effect: LetterEffect) -> str | None:
    """The day of the last signature, spoken."""
    days = [workdays.local_day(a["decided_at"]) for a in _answered(w, effect.signed).values()]
    return workdays.full_date(max(days)) if days else None


def _answered(w: Work, keys: tuple[str, ...]) -> dict[str, Row]:
    """The signatures of each group's last round, by role, in the order asked."""
    return {a["role"]: a for key in keys for a in _given_in(w, key)}


def _given_in(w: Work, key: str) -> list[Row]:
    rows = [a for a in w.rows(models.approvals) if a["key"] == key]
    last = max((a["round"] for a in rows), default=0)
    given = [a for a in rows if a["round"] == last and a["state"] == "approved"]
    if not given:
        raise Refused(
            Sentence(
                "Ingen har skrivit under än, så handlingen kan inte skrivas ut som undertecknad.",
                "Nobody has signed yet, so the document cannot be written as signed.",
            )
        )
    return given


def _signature(w: Work, role: str, answer: Row | None) -> tuple[str, str, str]:
    if answer is None:
        who = _holder(w, role)
        return who.name, _title(w, role, who), ""
    who = w.ask(people.by_id, answer["decided_by_id"] or answer["approver_id"])
    title = _title(w, role, who)
    behalf = answer["on_behalf_of_id"]
    if behalf is not None and behalf != who.id:
        title = f"{title}, genom {who.title or 'ersättare'}"
    day = workdays.full_date(workdays.local_day(answer["decided_at"]))
    done = "Undertecknat" if answer["act"] in ("signature", "minutes") else "Beslutat"
    return who.name, title, f"{done} elektroniskt den {day}"


def _title(w: Work, role: str, who: Actor) -> str:
    """As what somebody signs: the role, but the person's own title where a point is delegated to several."""
    declared = w.rules.roles.get(role)
    own = who.title if declared is not None and declared.delegation else None
    titles = (own, own) if own else (w.rules.role_title(role), w.rules.role_title(role, "en"))
    return casewords.capital(Sentence(*titles)).sv


def _holder(w: Work, role: str) -> Actor:
    found = persons_of(w, role)
    if found:
        return found[0]
    sv, en = w.rules.role_title(role), w.rules.role_title(role, "en")
    raise Refused(
        Sentence(
            f"Ingen är {sv} i dag, så handlingen har ingen undertecknare. Rätta personfilen.",
            f"Nobody is {en} today, so the document has no signatory. Mend the people file.",
        )
    )
